"""What a schedule comes to: on usual days, when the clocks change, and when something is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from firmhold.domain.errors import Refused
from firmhold.planning.plan import MAX_SLOTS, Plan, count, plan, reach
from firmhold.planning.schedule import read_blackout, read_override
from tests.unit.planning.build import a_schedule, day, notes, planned, refused, times, utc, wall

HALF_HOURS = "05.09:00+30 05.09:30+30 05.10:00+30 05.10:30+30 05.11:00+30 05.11:30+30"


# --- usual days ---


def test_a_session_is_cut_into_slots() -> None:
    made = planned("2026-01-05")
    assert times(made) == HALF_HOURS
    assert made.notes == ()
    first = made.slots[0]
    assert (first.starts_at, first.ends_at) == (utc("2026-01-05T08:00"), utc("2026-01-05T08:30"))
    assert (first.local_start, first.on) == (wall("2026-01-05T09:00"), day("2026-01-05"))


USUAL: list[tuple[dict[str, Any], str]] = [
    ({"slot_minutes": 45}, "05.09:00+45 05.09:45+45 05.10:30+45 05.11:15+45"),
    ({"slot_minutes": 50}, "05.09:00+50 05.09:50+50 05.10:40+50"),
    ({"slot_minutes": 50, "gap_minutes": 10}, "05.09:00+50 05.10:00+50 05.11:00+50"),
    ({"gap_minutes": 60}, "05.09:00+30 05.10:30+30"),
    ({"slot_minutes": 180}, "05.09:00+180"),
    (
        {"sessions": [("09:00", "10:00"), ("10:00", "11:00")], "gap_minutes": 30},
        "05.09:00+30 05.10:00+30",
    ),
    (
        {"sessions": [("13:00", "14:00"), ("09:00", "10:00")]},
        "05.09:00+30 05.09:30+30 05.13:00+30 05.13:30+30",
    ),
    ({"sessions": [("23:00", "00:30")]}, "05.23:00+30 05.23:30+30 06.00:00+30"),
    ({"sessions": [("23:00", "24:00")]}, "05.23:00+30 05.23:30+30"),
    ({"rule": "FREQ=WEEKLY;BYDAY=TU"}, ""),
    ({"starts_on": "2026-01-06"}, ""),
    ({"ends_on": "2026-01-04"}, ""),
    ({"ends_on": "2026-01-05", "starts_on": "2026-01-05"}, HALF_HOURS),
    ({"rule": "FREQ=DAILY;UNTIL=20260105T085959"}, ""),
    ({"rule": "FREQ=DAILY;UNTIL=20260105T090000"}, HALF_HOURS),
]


@pytest.mark.parametrize(("said", "slots"), USUAL)
def test_a_usual_day(said: dict[str, Any], slots: str) -> None:
    made = planned("2026-01-05", **said)
    assert times(made) == slots
    assert made.notes == ()


def test_the_hours_after_midnight_belong_to_the_night_before() -> None:
    made = planned("2026-01-05", sessions=[("22:00", "02:00")], slot_minutes=60)
    assert times(made) == "05.22:00+60 05.23:00+60 06.00:00+60 06.01:00+60"
    assert {slot.on for slot in made.slots} == {day("2026-01-05")}


# --- what is in the way ---


def test_slots_that_reach_into_a_break_are_left_out_and_the_others_keep_their_times() -> None:
    made = planned("2026-01-05", "2026-01-07", breaks=[("10:15", "10:45")])
    assert times(made).startswith("05.09:00+30 05.09:30+30 05.11:00+30 05.11:30+30 06.09:00+30")
    assert notes(made) == ["break 2026-01-05 2026-01-07 6 Break 10:15–10:45."]


def test_a_break_after_midnight_is_one_of_the_night() -> None:
    made = planned(
        "2026-01-05",
        sessions=[("22:00", "03:00")],
        slot_minutes=60,
        breaks=[("01:00", "02:00")],
    )
    assert times(made) == "05.22:00+60 05.23:00+60 06.00:00+60 06.02:00+60"


def test_an_override_closes_a_date() -> None:
    made = planned("2026-01-04", "2026-01-06", overrides=[read_override("o", "2026-01-05", [])])
    assert {slot.on.day for slot in made.slots} == {4, 6}
    assert notes(made) == ["closed 2026-01-05 2026-01-05 0 Closed."]


def test_an_override_gives_a_date_other_hours() -> None:
    override = read_override("o", "2026-01-05", [("10:00", "11:00"), ("15:00", "15:30")])
    made = planned("2026-01-05", overrides=[override])
    assert times(made) == "05.10:00+30 05.10:30+30 05.15:00+30"
    assert notes(made) == ["other_hours 2026-01-05 2026-01-05 0 Open 10:00–11:00, 15:00–15:30."]


def test_an_override_opens_a_date_on_which_the_rule_does_not_fall() -> None:
    override = read_override("o", "2026-01-04", [("10:00", "10:30")])
    made = planned("2026-01-04", "2026-01-05", rule="FREQ=WEEKLY;BYDAY=MO", overrides=[override])
    assert times(made) == f"04.10:00+30 {HALF_HOURS}"


def test_a_date_that_is_closed_anyway_is_not_worth_a_note() -> None:
    override = read_override("o", "2026-01-04", [])
    assert planned("2026-01-04", rule="FREQ=WEEKLY;BYDAY=MO", overrides=[override]).notes == ()


def test_an_override_before_the_start_or_after_the_end_has_no_effect() -> None:
    hours = [("10:00", "11:00")]
    overrides = [read_override("o", on, hours) for on in ("2026-01-04", "2026-01-07")]
    made = planned(
        "2026-01-01",
        "2026-01-31",
        starts_on="2026-01-05",
        ends_on="2026-01-06",
        overrides=overrides,
    )
    assert {slot.on.day for slot in made.slots} == {5, 6}
    assert made.notes == ()


def test_breaks_hold_on_a_date_with_other_hours_unless_it_has_its_own() -> None:
    usual = read_override("o", "2026-01-05", [("09:00", "11:00")])
    own = read_override("o", "2026-01-05", [("09:00", "11:00")], [("09:00", "09:30")])
    none = read_override("o", "2026-01-05", [("09:00", "11:00")], [])
    breaks = [("10:00", "10:30")]
    assert times(planned("2026-01-05", breaks=breaks, overrides=[usual])) == (
        "05.09:00+30 05.09:30+30 05.10:30+30"
    )
    assert times(planned("2026-01-05", breaks=breaks, overrides=[own])) == (
        "05.09:30+30 05.10:00+30 05.10:30+30"
    )
    assert len(planned("2026-01-05", breaks=breaks, overrides=[none]).slots) == 4


def test_blackouts_are_half_open() -> None:
    made = planned(
        "2026-01-05",
        blackouts=[
            read_blackout("b", "2026-01-05T09:30", "2026-01-05T10:00"),
            read_blackout("b", "2026-01-05T11:10", "2026-01-05T11:20", "Fire drill"),
        ],
    )
    assert times(made) == "05.09:00+30 05.10:00+30 05.10:30+30 05.11:30+30"
    assert notes(made) == [
        "blackout 2026-01-05 2026-01-05 1 Blackout, from 2026-01-05 09:30 to 2026-01-05 10:00.",
        "blackout 2026-01-05 2026-01-05 1 Fire drill, from 2026-01-05 11:10 to 2026-01-05 11:20.",
    ]


def test_a_blackout_of_dates_ends_before_the_last() -> None:
    made = planned(
        "2026-12-23", "2027-01-02", blackouts=[read_blackout("b", "2026-12-24", "2027-01-02")]
    )
    assert {slot.on.day for slot in made.slots} == {23, 2}
    assert [note.slots for note in made.notes] == [54]


def test_a_long_blackout_is_not_hidden_by_a_short_one_in_it() -> None:
    blackouts = [
        read_blackout("b", "2026-01-05T10:00", "2026-01-05T10:30"),
        read_blackout("b", "2026-01-05", "2026-01-06"),
    ]
    for order in (blackouts, blackouts[::-1]):
        assert planned("2026-01-05", blackouts=order).slots == ()


def test_blackouts_of_the_same_time_are_as_good_as_one() -> None:
    times = ("2026-01-05T09:30", "2026-01-05T10:00")
    for reasons in (("Fair", None), (None, "Fair"), (None, None), ("Fair", "Drill")):
        blackouts = [read_blackout("b", *times, reason) for reason in reasons]
        made = planned("2026-01-05", blackouts=blackouts)
        assert times_of_day(made) == ["09:00", "10:00", "10:30", "11:00", "11:30"]
        assert [note.slots for note in made.notes] == [1]


def times_of_day(made: Plan) -> list[str]:
    return [f"{slot.local_start:%H:%M}" for slot in made.slots]


def test_a_blackout_goes_before_an_override() -> None:
    override = read_override("o", "2026-01-05", [("10:00", "11:00")])
    blackout = read_blackout("b", "2026-01-05", "2026-01-06")
    assert planned("2026-01-05", overrides=[override], blackouts=[blackout]).slots == ()


def test_a_night_goes_before_the_session_of_the_next_day() -> None:
    sessions = [("22:00", "06:00"), ("05:00", "08:00")]
    made = planned("2026-01-06", sessions=sessions, slot_minutes=60)
    assert times(made).startswith("06.06:00+60 06.07:00+60 06.22:00+60")
    assert notes(made) == [
        "overlap 2026-01-06 2026-01-06 1 The session of the night before overlaps 05:00–08:00."
    ]
    # The first day has no night before it.
    made = planned("2026-01-06", sessions=sessions, slot_minutes=60, starts_on="2026-01-06")
    assert times(made).startswith("06.05:00+60 06.06:00+60")


# --- bounds ---


def test_inverted_dates_are_refused() -> None:
    with refused("to", "2026-01-04 is before 2026-01-05"):
        planned("2026-01-05", "2026-01-04")


def test_too_many_slots_are_refused_with_their_number() -> None:
    schedule = a_schedule(sessions=[("08:00", "20:00")], slot_minutes=5)
    with pytest.raises(Refused) as caught:
        plan(schedule, day("2026-01-01"), day("2027-12-31"))
    assert caught.value.refusal.facts == {
        "field": "to",
        "reason": "would make 105,120 slots, and at most 10,000 are made at once",
        "slots": 105_120,
        "bound": MAX_SLOTS,
    }


def test_as_many_slots_as_are_allowed_are_made() -> None:
    schedule = a_schedule(sessions=[("00:00", "16:40")], slot_minutes=5, zone="UTC")
    made = plan(schedule, day("2026-01-01"), day("2026-01-01") + timedelta(days=49))
    assert len(made.slots) == MAX_SLOTS


def test_a_long_time_is_planned_as_far_as_there_may_be_slots() -> None:
    schedule = a_schedule(
        sessions=[("00:00", "16:40")],
        slot_minutes=5,
        overrides=[read_override("o", "2026-01-03", [])],
    )
    first, last = day("2026-01-01"), day("2026-12-31")
    end = reach(schedule, first, last)
    assert end == day("2026-02-20"), "fifty days of two hundred, and one that is closed"
    assert count(schedule, first, end) == MAX_SLOTS
    assert plan(schedule, first, end).slots[-1].on == end
    assert reach(schedule, first, day("2026-02-19")) == day("2026-02-19")


def test_no_day_has_more_slots_than_there_may_be() -> None:
    whole = [("00:00", "24:00")]
    schedule = a_schedule(sessions=whole, slot_minutes=1)
    first = day("2026-01-01")
    assert reach(schedule, first, day("2026-12-31")) > first + timedelta(days=1)


def test_a_plan_of_more_than_a_century_is_refused() -> None:
    with refused("to", "choose a shorter time"):
        planned("2026-01-01", "2126-06-01", rule="FREQ=YEARLY")


def test_planning_twice_is_the_same_and_leaves_the_schedule_alone() -> None:
    schedule = a_schedule(breaks=[("10:00", "10:30")])
    before = repr(schedule)
    first, last = day("2026-03-01"), day("2026-11-01")
    assert plan(schedule, first, last) == plan(schedule, first, last)
    assert repr(schedule) == before
