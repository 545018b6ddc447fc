"""A plan is compared with the slots that exist, by the instants at which they start and end; and
what is to be made with what is in its way."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from firmhold.planning.plan import PlannedSlot, beside, differences
from tests.unit.planning.build import day, planned, utc, wall


class Stored(NamedTuple):
    """A slot as the database has it."""

    id: str
    starts_at: datetime
    ends_at: datetime


def stored(id: str, hour: int, minutes: int = 60) -> Stored:
    starts_at = utc("2026-01-05") + timedelta(hours=hour)
    return Stored(id, starts_at, starts_at + timedelta(minutes=minutes))


def wanted(hour: int, minutes: int = 60) -> PlannedSlot:
    starts_at = utc("2026-01-05") + timedelta(hours=hour)
    local = wall("2026-01-05") + timedelta(hours=hour)
    return PlannedSlot(starts_at, starts_at + timedelta(minutes=minutes), local, day("2026-01-05"))


def test_what_is_missing_kept_and_superfluous() -> None:
    found = differences([wanted(9), wanted(10)], [stored("a", 10), stored("b", 11)])
    assert found.missing == [wanted(9)]
    assert found.kept == [stored("a", 10)]
    assert found.superfluous == [stored("b", 11)]


def test_another_end_is_another_slot() -> None:
    found = differences([wanted(9, 30)], [stored("a", 9, 60)])
    assert (found.missing, found.superfluous) == ([wanted(9, 30)], [stored("a", 9, 60)])


def test_the_same_instant_in_another_zone_is_the_same() -> None:
    there = timezone(timedelta(hours=5))
    slot = stored("a", 9)
    moved = Stored("a", slot.starts_at.astimezone(there), slot.ends_at.astimezone(there))
    assert differences([wanted(9)], [moved]).kept == [moved]


def test_of_two_existing_slots_one_is_kept() -> None:
    found = differences([wanted(9)], [stored("a", 9), stored("b", 9)])
    assert (found.kept, found.superfluous) == ([stored("a", 9)], [stored("b", 9)])


def test_nothing_is_to_be_done_twice() -> None:
    made = planned("2026-01-05", "2026-01-09").slots
    there = [Stored(str(n), it.starts_at, it.ends_at) for n, it in enumerate(made)]
    assert differences(made, there) == ([], there, [])
    assert differences(made, []).missing == list(made)
    assert differences([], there).superfluous == there


HOURS = st.lists(st.integers(0, 5), max_size=8)


@given(HOURS, HOURS)
def test_every_slot_is_accounted_for(plan: list[int], there: list[int]) -> None:
    existing = [stored(str(n), hour) for n, hour in enumerate(there)]
    found = differences(map(wanted, plan), existing)
    assert sorted(found.kept + found.superfluous) == sorted(existing)
    kept = [slot.starts_at.hour for slot in found.kept]
    missing = [slot.starts_at.hour for slot in found.missing]
    assert sorted(kept + missing) == sorted(plan)


def test_what_overlaps_a_slot_that_stays_is_blocked_by_it() -> None:
    staying = [stored("b", 12), stored("a", 9, 30)]
    found = beside([wanted(8), wanted(9), wanted(10), wanted(11, 90)], staying)
    assert found.free == [wanted(8), wanted(10)]
    assert [(slot, it.id) for slot, it in found.blocked] == [
        (wanted(9), "a"),
        (wanted(11, 90), "b"),
    ]


def test_what_leaves_less_than_the_gap_is_blocked() -> None:
    staying = [stored("a", 9)]
    for minutes, free in ((0, [8, 10]), (1, []), (60, []), (61, [])):
        planned = [wanted(8), wanted(10)]
        found = beside(planned, staying, timedelta(minutes=minutes))
        assert [slot.starts_at.hour for slot in found.free] == free
    assert beside([wanted(7), wanted(11)], staying, timedelta(hours=1)).blocked == []


SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 300)), max_size=8)


@given(SPANS, SPANS, st.integers(0, 200))
def test_free_is_what_meets_nothing(
    plan: list[tuple[int, int]], there: list[tuple[int, int]], minutes: int
) -> None:
    gap = timedelta(minutes=minutes)
    planned = [wanted(*span) for span in plan]
    staying = [stored(str(n), *span) for n, span in enumerate(there)]
    found = beside(planned, staying, gap)
    for slot in planned:
        met = {
            it.id
            for it in staying
            if it.starts_at < slot.ends_at + gap and slot.starts_at < it.ends_at + gap
        }
        blocking = [it.id for blocked, it in found.blocked if blocked is slot]
        assert (slot in found.free) == (not met)
        assert set(blocking) <= met and len(blocking) == bool(met)
