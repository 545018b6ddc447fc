"""Order out of several lists, each numbered on its own."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.relay.sequence import in_sequence


@given(st.lists(st.sets(st.integers(0, 5), min_size=1), max_size=30), st.integers())
def test_what_was_numbered_in_some_order_is_put_into_one_that_fits(
    touched: list[set[int]], seed: int
) -> None:
    last: dict[int, int] = {}
    things = []
    for keys in touched:
        for key in keys:
            last[key] = last.get(key, 0) + 1
        things.append([(key, last[key]) for key in keys])
    random.Random(seed).shuffle(things)
    order = in_sequence(things)
    assert sorted(order) == list(range(len(things)))
    seen: dict[int, int] = {}
    for at in order:
        for key, number in things[at]:
            assert number == seen.get(key, 0) + 1
            seen[key] = number


def test_where_there_is_a_choice_things_stay_as_they_stand() -> None:
    assert in_sequence([[("a", 2)], [("b", 1)], [("a", 1)], [("c", 5)]]) == [1, 2, 0, 3]


def test_one_thing_may_have_several_numbers_of_a_list() -> None:
    assert in_sequence([[("a", 3), ("a", 4)], [("a", 1), ("a", 2)]]) == [1, 0]


def test_numbers_that_contradict_each_other_are_told() -> None:
    with pytest.raises(ValueError, match="contradict"):
        in_sequence([[("a", 1), ("b", 2)], [("a", 2), ("b", 1)]])
