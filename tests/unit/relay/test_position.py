"""A position says exactly what has been seen, and survives being written down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.relay.position import LONGEST_TEXT, MOST_NUMBERS, Position, position_of

NUMBER = st.integers(0, 2**63 - 1)


@st.composite
def positions(draw: st.DrawFn) -> Position:
    next = draw(NUMBER)
    below = st.sets(st.integers(0, max(0, next - 1)), max_size=20 if next else 0)
    above = st.sets(st.integers(next, 2**63 - 1), max_size=20)
    system = draw(st.integers(-(2**63), 2**63 - 1))
    return Position(system, next, tuple(sorted(draw(below))), tuple(sorted(draw(above))))


@given(positions())
def test_a_position_is_read_as_it_was_written(position: Position) -> None:
    text = position.text()
    assert position_of(text) == position
    assert not text.strip("0123456789abcdef.-")


@given(st.text(max_size=60) | st.text("0123456789abcdef.-", max_size=60))
def test_any_other_text_is_no_position_or_one_that_makes_sense(text: str) -> None:
    position = position_of(text)
    if position is not None:
        assert all(x < position.next for x in position.missing)
        assert all(x >= position.next for x in position.ahead)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.2.3",
        "1.2.3.4.5",
        "1.2..1",
        "1.2.2.",
        "1.2.1-.x",
        "1.-2..",
        "1.+2..",
        "1. 2..",
        "1.٢..",
        "1.0x2..",
        "1.10000000000000000..",
        "1.2.." + "-".join(["3"] * (MOST_NUMBERS + 1)),
        "1.f." + "-".join(["1"] * LONGEST_TEXT) + ".",
    ],
)
def test_what_makes_no_sense_is_no_position(text: str) -> None:
    assert position_of(text) is None


def test_what_has_been_seen_is_what_a_snapshot_sees() -> None:
    position = Position(7, 10, (4, 8), (12,))
    assert [x for x in range(15) if position.has_seen(x)] == [0, 1, 2, 3, 5, 6, 7, 9, 12]


def test_reading_on_forgets_what_is_over_and_keeps_what_was_pulled_forward() -> None:
    position = Position(7, 10, (4, 8), (12, 20)).until(15, [8, 13, 16], [18])
    assert position == Position(7, 15, (8, 13), (18, 20))
