"""A plan: the slots that a schedule makes on given days, and what became of those it cannot make.

Owns which days are opened, how many slots may be made at once, and what blackouts take away; a
day's own rules are in `day`. Never reads what slots exist and never stores any: `differences` says
what would have to be done, and whoever does it spares slots with live reservations.

A plan does not depend on which days are planned together: that of a year has the slots of the plans
of its days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.day import Day, Hours, Start, day_of, grid, settle
from firmhold.planning.notes import Note, NoteKind, Notes
from firmhold.planning.recurrence import dates
from firmhold.planning.schedule import Schedule
from firmhold.planning.zones import to_instant, to_local

MAX_SLOTS = 20_000
"""Slots of one plan: a year of eighty on every working day, made in well under a second."""

_DAY = timedelta(days=1)

_AROUND = 3 * _DAY
"""Days before and after that have a say: the night before, and the days to which slots may move
where a zone skips a whole date, as Samoa did. One more makes the first of them complete too."""


class PlannedSlot(NamedTuple):
    """A slot that should be there: `[starts_at, ends_at)` in UTC."""

    starts_at: datetime
    ends_at: datetime
    local_start: datetime
    """What the site's clocks show when it starts, without `tzinfo`."""
    on: date
    """The date of its session; for the hours after midnight that is the day before."""


class Plan(NamedTuple):
    """Slots in the order of time, none overlapping another, and what is to be said about them."""

    slots: tuple[PlannedSlot, ...]
    notes: tuple[Note, ...]


class Existing(Protocol):
    """A slot as it is stored; anything that says when it is."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


Slot = TypeVar("Slot", bound=Existing)


def plan(schedule: Schedule, first: date, last: date) -> Plan:
    """The slots of the sessions that open on `first` to `last`, both included.

    Raises `Refused` (`malformed_request`) if the dates are inverted, or if they would make more
    than `MAX_SLOTS` slots, counted before breaks and blackouts are taken off.
    """
    if last < first:
        raise Refused(malformed("to", f"{last} is before {first}"))
    notes = Notes(first, last)
    hours = {it.on: it for it in _hours(schedule, first - _AROUND, last + _AROUND, notes)}
    _refuse_too_many(schedule, [it for it in hours.values() if first <= it.on <= last])
    days: dict[date, Day] = {}
    for on, it in hours.items():
        days[on] = day_of(schedule, it, hours.get(on - _DAY), notes)
    starts = (start for start in settle(schedule, days, notes) if first <= start.on <= last)
    return Plan(tuple(_open(schedule, sorted(starts), notes)), notes.all())


def _hours(schedule: Schedule, first: date, last: date, notes: Notes) -> Iterator[Hours]:
    """What each date keeps, in the order of dates, without those that are closed."""
    first = max(first, schedule.starts_on)
    last = last if schedule.ends_on is None else min(last, schedule.ends_on)
    usual = set(dates(schedule.rule, schedule.start, first, last))
    overrides = {it.on: it for it in schedule.overrides if first <= it.on <= last}
    for on in sorted(usual | overrides.keys()):
        if (override := overrides.get(on)) is None:
            yield Hours(on, schedule.sessions, schedule.breaks)
        elif override.sessions:
            said = f"Open {', '.join(map(str, override.sessions))}."
            notes.add(NoteKind.OTHER_HOURS, on, said, slots=0, daily=True)
            breaks = schedule.breaks if override.breaks is None else override.breaks
            yield Hours(on, override.sessions, breaks)
        elif on in usual:
            notes.add(NoteKind.CLOSED, on, "Closed.", slots=0, daily=True)


def _refuse_too_many(schedule: Schedule, days: list[Hours]) -> None:
    count = sum(len(grid(schedule, session)) for day in days for session in day.sessions)
    if count > MAX_SLOTS:
        reason = f"would make {count:,} slots, and at most {MAX_SLOTS:,} are made at once"
        refusal = malformed("to", reason)
        facts = {**refusal.facts, "slots": count, "bound": MAX_SLOTS}
        raise Refused(refusal._replace(facts=facts))


def _open(schedule: Schedule, starts: list[Start], notes: Notes) -> Iterator[PlannedSlot]:
    """The slots, in the order of time, that no blackout touches."""
    zone = schedule.zone
    blackouts = sorted(
        (to_instant(it.starts, zone), to_instant(it.ends, zone), it) for it in schedule.blackouts
    )
    ahead = 0
    over: list[tuple[datetime, str]] = []  # blackouts that have begun, by their ends
    for start in starts:
        while ahead < len(blackouts) and blackouts[ahead][0] < start.ends_at:
            _, ends, it = blackouts[ahead]
            said = f"{it.reason or 'Blackout'}, from {it.starts:%Y-%m-%d %H:%M}"
            over.append((ends, f"{said} to {it.ends:%Y-%m-%d %H:%M}."))
            ahead += 1
        over = [each for each in over if start.starts_at < each[0]]
        if over:
            notes.add(NoteKind.BLACKOUT, start.on, over[0][1])
            continue
        local = to_local(start.starts_at, zone)
        yield PlannedSlot(start.starts_at, start.ends_at, local, start.on)


class Differences(NamedTuple, Generic[Slot]):
    """What separates the slots that should be there from those that are."""

    missing: list[PlannedSlot]
    """To be made."""
    kept: list[Slot]
    superfluous: list[Slot]
    """In nobody's plan. Only those without live reservations may go."""


def differences(planned: Iterable[PlannedSlot], existing: Iterable[Slot]) -> Differences[Slot]:
    """Compare a plan with the slots that exist, by the instants at which they start and end.

    Of several existing slots with the same start and end, as many are kept as are planned: the
    first ones given.
    """
    wanted: defaultdict[tuple[datetime, datetime], list[PlannedSlot]] = defaultdict(list)
    for slot in planned:
        wanted[slot.starts_at, slot.ends_at].append(slot)
    kept: list[Slot] = []
    superfluous: list[Slot] = []
    for it in existing:
        waiting = wanted[it.starts_at, it.ends_at]
        if waiting:
            waiting.pop()
            kept.append(it)
        else:
            superfluous.append(it)
    missing = sorted(slot for waiting in wanted.values() for slot in waiting)
    return Differences(missing, kept, superfluous)
