"""One date's hours as starts of slots: where they fall when the clocks change, and which go.

Owns what a change of the clocks does to a day's slots, and what happens where sessions meet. Never
looks at more than the days it is handed, and never at blackouts.

A start is a wall-clock time and a slot lasts its minutes exactly, like the start and the duration
of an event in RFC 5545, sections 3.3.5 and 3.8.2.5. Hence:

- A start that occurs twice is offered once, the first time round.
- A start that does not occur is moved forward by the gap, and given up if there it comes too close
  to a slot that starts at its own time.
- A slot that would end after its session's closing is left out, and so is one that would start
  before the one before it is over. Both can only be where the clocks go forward.
- A slot as long as its session is the session: it ends at closing, an hour sooner or later. Else
  a shelter that offers nights from 18:00 to 08:00 would offer none when the clocks go forward.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from firmhold.planning.notes import NoteKind, Notes
from firmhold.planning.schedule import Schedule, within
from firmhold.planning.wall_clock import DAY_MINUTES, Span
from firmhold.planning.zones import Fit, place, to_instant, to_local

_NEAR = 3
"""Days before and after a date that its moved slots may meet: Samoa once skipped a whole date, and
a session may begin the day before and end the day after."""


class Hours(NamedTuple):
    """What one date keeps."""

    on: date
    sessions: tuple[Span, ...]
    breaks: tuple[Span, ...]


class Start(NamedTuple):
    """A slot that a session would have: `[starts_at, ends_at)` in UTC."""

    starts_at: datetime
    ends_at: datetime
    wall: datetime
    """The wall-clock time that the session's grid asks for."""
    fit: Fit
    on: date
    session: Span


class Day(NamedTuple):
    """The starts of one date: those at their own time, and those that have to move."""

    kept: list[Start]
    moving: list[Start]


def grid(schedule: Schedule, session: Span) -> range:
    """The starts of a session's slots, in minutes after midnight."""
    step = schedule.slot_minutes + schedule.gap_minutes
    return range(session.start, session.end - schedule.slot_minutes + 1, step)


def day_of(schedule: Schedule, hours: Hours, night: Hours | None, notes: Notes) -> Day:
    """The starts of a date. `night` is what the day before keeps, if it keeps anything."""
    day = Day([], [])
    busy_until = _end_of_night(schedule, night)
    for session in hours.sessions:
        pauses = _pauses(schedule, hours, session)
        for start in _starts(schedule, hours.on, session, notes):
            if in_break(start, pauses, notes):
                continue
            if start.fit is Fit.NEVER:
                day.moving.append(start)
            elif busy_until is not None and start.starts_at < busy_until:
                detail = f"The session of the night before overlaps {session}."
                notes.add(NoteKind.OVERLAP, hours.on, detail)
            elif day.kept and _collide(schedule, day.kept[-1], start):
                detail = f"{_clock(start)} comes before the slot before it is over."
                notes.add(NoteKind.SKIPPED, hours.on, detail, daily=True)
            else:
                if start.fit is Fit.TWICE:
                    detail = f"{_clock(start)} occurs twice; its slot is the first time round."
                    notes.add(NoteKind.REPEATED, hours.on, detail, daily=True)
                day.kept.append(start)
    return day


def settle(schedule: Schedule, days: Mapping[date, Day], notes: Notes) -> Iterator[Start]:
    """All starts of some days in a row, with those that move where there is room for them."""
    moved: list[Start] = []
    for day in days.values():
        yield from day.kept
    for on, day in days.items():
        if not day.moving:
            continue
        near = (days.get(on + timedelta(days=n)) for n in range(-_NEAR, _NEAR + 1))
        kept = [start for other in near if other for start in other.kept]
        for start in day.moving:
            if any(_collide(schedule, other, start) for other in kept + moved):
                detail = f"{_clock(start)} does not occur, and where it would move is no room."
                notes.add(NoteKind.SKIPPED, start.on, detail, daily=True)
                continue
            now = to_local(start.starts_at, schedule.zone)
            when = f"{now:%H:%M}" if now.date() == start.wall.date() else f"{now:%Y-%m-%d %H:%M}"
            detail = f"{_clock(start)} does not occur; its slot starts at {when}."
            notes.add(NoteKind.MOVED, start.on, detail, daily=True)
            moved.append(start)
            yield start


class Pause(NamedTuple):
    """A break on one day: `[starts_at, ends_at)` in UTC."""

    starts_at: datetime
    ends_at: datetime
    span: Span


def in_break(start: Start, pauses: Iterable[Pause], notes: Notes) -> bool:
    """Whether the slot reaches into a break, and a note of it."""
    for pause in pauses:
        if start.starts_at < pause.ends_at and pause.starts_at < start.ends_at:
            notes.add(NoteKind.BREAK, start.on, f"Break {pause.span}.")
            return True
    return False


def _starts(schedule: Schedule, on: date, session: Span, notes: Notes) -> Iterator[Start]:
    zone, midnight = schedule.zone, session.starts_on(on) - timedelta(minutes=session.start)
    length = timedelta(minutes=schedule.slot_minutes)
    closes = to_instant(session.ends_on(on), zone)
    whole = session.minutes == schedule.slot_minutes
    for minute in grid(schedule, session):
        wall = midnight + timedelta(minutes=minute)
        at, fit = place(wall, zone)
        start = Start(at, closes if whole else at + length, wall, fit, on, session)
        if start.starts_at < start.ends_at <= closes:
            yield start
        else:
            detail = f"{_clock(start)} is too close to the closing of {session} on this day."
            notes.add(NoteKind.SKIPPED, on, detail, daily=True)


def _pauses(schedule: Schedule, hours: Hours, session: Span) -> list[Pause]:
    return [
        Pause(
            to_instant(part.starts_on(hours.on), schedule.zone),
            to_instant(part.ends_on(hours.on), schedule.zone),
            pause,
        )
        for pause in hours.breaks
        for part in within(pause, session)
    ]


def _end_of_night(schedule: Schedule, night: Hours | None) -> datetime | None:
    """When the day before's sessions that last past midnight are over."""
    if night is None:
        return None
    late = [session for session in night.sessions if session.end > DAY_MINUTES]
    ends = (to_instant(session.ends_on(night.on), schedule.zone) for session in late)
    return max(ends, default=None)


def _collide(schedule: Schedule, one: Start, other: Start) -> bool:
    """Whether two slots overlap or, in the same session, leave less than the gap between them."""
    same = one.on == other.on and one.session == other.session
    gap = timedelta(minutes=schedule.gap_minutes if same else 0)
    return one.starts_at < other.ends_at + gap and other.starts_at < one.ends_at + gap


def _clock(start: Start) -> str:
    return f"{start.wall:%H:%M}"
