"""What holds for every plan, whatever its schedule and wherever the clocks change."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from firmhold.planning.notes import NoteKind
from firmhold.planning.plan import plan
from firmhold.planning.rule import Frequency, Rule
from firmhold.planning.schedule import Override, Schedule, check
from firmhold.planning.wall_clock import Span
from firmhold.planning.zones import Fit, place, to_instant, to_local
from tests.unit.planning.build import day
from tests.unit.planning.offsets import PLACES

MINUTES = st.sampled_from([10, 20, 30, 45, 60, 90, 150, 480, 1440])
CHANGES = {
    name: [to_local(at, ZoneInfo(name)).date() for at in offsets.since[1:]] or [day("2015-03-29")]
    for name, offsets in PLACES.items()
}


@st.composite
def spans(draw: st.DrawFn, least: int) -> tuple[Span, ...]:
    found: list[Span] = []
    at = draw(st.integers(0, 20)) * 15
    while at < 1440 and len(found) < 4:
        end = at + least + draw(st.integers(0, 24)) * 15
        if end - at <= 1440:
            found.append(Span(at, end))
        at = end + draw(st.integers(0, 16)) * 15
    return tuple(found)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, date]:
    """A schedule, and a date on which the clocks of its site change."""
    place = draw(st.sampled_from(sorted(PLACES)))
    on = draw(st.sampled_from(CHANGES[place]))
    slot = draw(MINUTES)
    near = st.integers(-3, 3).map(lambda days: on + timedelta(days=days))
    overrides = draw(st.lists(st.tuples(near, spans(slot)), max_size=2, unique_by=lambda it: it[0]))
    schedule = Schedule(
        zone=ZoneInfo(place),
        rule=Rule(Frequency.DAILY, interval=draw(st.integers(1, 2))),
        starts_on=on - timedelta(days=draw(st.integers(0, 30))),
        sessions=draw(spans(slot).filter(bool)),
        slot_minutes=slot,
        gap_minutes=draw(st.sampled_from([0, 0, 5, 30, 60])),
        overrides=tuple(Override(*each) for each in overrides),
    )
    check(schedule)
    return schedule, on


@settings(max_examples=80, deadline=None)
@given(cases())
def test_slots_never_overlap_nor_outlast_their_session(case: tuple[Schedule, date]) -> None:
    schedule, on = case
    made = plan(schedule, on - timedelta(days=3), on + timedelta(days=3))
    sessions = {it.on: it.sessions for it in schedule.overrides}
    for one, next_one in zip(made.slots, made.slots[1:], strict=False):
        assert one.ends_at <= next_one.starts_at
    for slot in made.slots:
        assert slot.starts_at < slot.ends_at
        closings = [
            to_instant(session.ends_on(slot.on), schedule.zone)
            for session in sessions.get(slot.on, schedule.sessions)
        ]
        assert slot.ends_at <= max(closings)
        if slot.ends_at not in closings:
            assert slot.ends_at - slot.starts_at == timedelta(minutes=schedule.slot_minutes)


@settings(max_examples=80, deadline=None)
@given(cases())
def test_slots_start_at_the_times_of_the_sessions(case: tuple[Schedule, date]) -> None:
    schedule, on = case
    made = plan(schedule, on - timedelta(days=3), on + timedelta(days=3))
    sessions = {it.on: it.sessions for it in schedule.overrides}
    step = schedule.slot_minutes + schedule.gap_minutes
    for slot in made.slots:
        grid = [
            session.starts_on(slot.on) + timedelta(minutes=minute)
            for session in sessions.get(slot.on, schedule.sessions)
            for minute in range(0, session.minutes, step)
        ]
        # At its own time, the first time round, or moved from a time that does not occur.
        placed = [place(wall, schedule.zone) for wall in grid]
        fits = {it.fit for it in placed if it.at == slot.starts_at}
        assert slot.local_start in grid or fits == {Fit.NEVER}
        assert slot.starts_at in {it.at for it in placed}


@settings(max_examples=80, deadline=None)
@given(cases())
def test_a_plan_of_days_is_the_plans_of_each(case: tuple[Schedule, date]) -> None:
    schedule, on = case
    days = [on + timedelta(days=n) for n in range(-2, 4)]
    whole = plan(schedule, days[0], days[-1])
    parts = [plan(schedule, each, each) for each in days]
    assert sorted(slot for part in parts for slot in part.slots) == list(whole.slots)
    assert sum(note.slots for part in parts for note in part.notes) == sum(
        note.slots for note in whole.notes
    )


@settings(max_examples=60, deadline=None)
@given(cases())
def test_nothing_is_lost_without_a_note(case: tuple[Schedule, date]) -> None:
    schedule, on = case
    made = plan(schedule, on, on)
    sessions = {it.on: it.sessions for it in schedule.overrides}
    opened = sessions.get(on, schedule.sessions)
    if on not in sessions and (on - schedule.starts_on).days % schedule.rule.interval:
        opened = ()
    step = schedule.slot_minutes + schedule.gap_minutes
    wanted = sum((it.minutes - schedule.slot_minutes) // step + 1 for it in opened)
    kept = {NoteKind.MOVED, NoteKind.REPEATED}
    lost = sum(note.slots for note in made.notes if note.kind not in kept)
    assert len(made.slots) + lost == wanted
