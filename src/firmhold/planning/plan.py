"""A plan: the slots that a schedule makes on given days, and what became of those it cannot make.

Owns which days are opened, how many slots may be made at once, and what blackouts take away; a
day's own rules are in `day`. Never reads what slots exist and never stores any: `differences` says
what would have to be done, and whoever does it spares slots with live reservations.

A plan does not depend on which days are planned together: that of a year has the slots of the plans
of its days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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

MAX_SLOTS = 10_000
"""Slots of one plan, and of all that is done at once: a year of thirty on every day. The database
takes two seconds for them, for which their pools are locked."""

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
    """A slot as it is stored or planned; anything that says when it is."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


Slot = TypeVar("Slot", bound=Existing)
Other = TypeVar("Other", bound=Existing)


def plan(schedule: Schedule, first: date, last: date) -> Plan:
    """The slots of the sessions that open on `first` to `last`, both included.

    Raises `Refused` (`malformed_request`) if the dates are inverted, or if they would make more
    than `MAX_SLOTS` slots, counted before breaks and blackouts are taken off.
    """
    if last < first:
        raise Refused(malformed("to", f"{last} is before {first}"))
    notes = Notes(first, last)
    hours = {it.on: it for it in _hours(schedule, first - _AROUND, last + _AROUND, notes)}
    refuse_too_many(
        "to", sum(_number(schedule, it) for it in hours.values() if first <= it.on <= last)
    )
    days: dict[date, Day] = {}
    for on, it in hours.items():
        days[on] = day_of(schedule, it, hours.get(on - _DAY), notes)
    starts = (start for start in settle(schedule, days, notes) if first <= start.on <= last)
    return Plan(tuple(_open(schedule, sorted(starts), notes)), notes.all())


def count(schedule: Schedule, first: date, last: date) -> int:
    """How many slots the sessions of these dates have, breaks and blackouts aside."""
    return sum(_number(schedule, day) for day in _hours(schedule, first, last, Notes(first, last)))


def reach(schedule: Schedule, first: date, last: date) -> date:
    """The last date up to which a plan from `first` on has no more than `MAX_SLOTS` slots, if it is
    before `last`. Two days always fit."""
    total = 0
    for day in _hours(schedule, first, last, Notes(first, last)):
        total += _number(schedule, day)
        if total > MAX_SLOTS:
            return day.on - _DAY
    return last


def _number(schedule: Schedule, day: Hours) -> int:
    return sum(len(grid(schedule, session)) for session in day.sessions)


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


def refuse_too_many(field: str, number: int) -> None:
    """Raise `Refused` (`malformed_request`) if so many slots are more than one plan may have."""
    if number > MAX_SLOTS:
        reason = f"would make {number:,} slots, and at most {MAX_SLOTS:,} are made at once"
        refusal = malformed(field, reason)
        facts = {**refusal.facts, "slots": number, "bound": MAX_SLOTS}
        raise Refused(refusal._replace(facts=facts))


def _open(schedule: Schedule, starts: list[Start], notes: Notes) -> Iterator[PlannedSlot]:
    """The slots, in the order of time, that no blackout touches."""
    zone = schedule.zone
    times = [
        (to_instant(it.starts, zone), to_instant(it.ends, zone), it) for it in schedule.blackouts
    ]
    blackouts = sorted(times, key=lambda it: it[:2])  # several may be at the same time
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


class Beside(NamedTuple, Generic[Slot, Other]):
    """Slots beside others that stay where they are."""

    free: list[Slot]
    """Those that keep clear of all of them."""
    blocked: list[tuple[Slot, Other]]
    """The rest, each with the first that is in its way."""


def beside(
    slots: Iterable[Slot], staying: Iterable[Other], gap: timedelta = timedelta()
) -> Beside[Slot, Other]:
    """Tell those slots apart that overlap one that stays, or leave less than the gap to it."""
    there = sorted(staying, key=lambda it: it.starts_at)
    starts = [it.starts_at for it in there]
    longest = max((it.ends_at - it.starts_at for it in there), default=timedelta())
    found: Beside[Slot, Other] = Beside([], [])
    for slot in slots:
        low = bisect_right(starts, slot.starts_at - gap - longest)
        near = there[low : bisect_left(starts, slot.ends_at + gap)]
        blocking = next((it for it in near if slot.starts_at < it.ends_at + gap), None)
        if blocking is None:
            found.free.append(slot)
        else:
            found.blocked.append((slot, blocking))
    return found
