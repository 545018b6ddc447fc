"""A schedule: which hours a site keeps on which days, and how they are cut into slots.

Owns what a schedule may say and the words for what it may not. Knows wall-clock times only; what
they come to on a given day, when the clocks may change, is the plan's business.

A day's hours are its sessions. A session belongs to the date on which it opens, also when it closes
after midnight. Breaks hold on every day unless an override for the date says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refusal, Refused, malformed
from firmhold.planning.recurrence import Start, first_date, last_date, next_date
from firmhold.planning.rule import Rule, read_rule
from firmhold.planning.wall_clock import (
    DAY_MINUTES,
    Span,
    read_date,
    read_local,
    read_span,
    read_whole,
)
from firmhold.planning.zones import midnight, zone_of

DEFAULT_SLOT_MINUTES = 30
"""What most appointments take."""

MAX_SPANS = 48
"""Sessions, or breaks, of one day: one every half an hour."""

MAX_DATES = 2_000
"""Overrides, and blackouts: more than five years of days, few enough to be checked at once."""

LONGEST_REASON = 200
"""Characters."""


class Override(NamedTuple):
    """What one date keeps instead of its usual hours."""

    on: date
    sessions: tuple[Span, ...]
    """None: closed. On a date on which the rule does not fall, the site opens for these."""
    breaks: tuple[Span, ...] | None = None
    """`None` keeps the usual ones."""


class Blackout(NamedTuple):
    """A time for which no schedule of a site makes slots: `[starts, ends)`."""

    starts: datetime
    """By the wall clock, without `tzinfo`, as is `ends`."""
    ends: datetime
    reason: str | None = None


class Schedule(NamedTuple):
    """When slots are offered, in the wall-clock time of a site. Passed `check` if it was read."""

    zone: ZoneInfo
    rule: Rule
    """The dates on which the site opens."""
    starts_on: date
    sessions: tuple[Span, ...]
    """In their order, none reaching into another."""
    ends_on: date | None = None
    """The last date, if there is one; a rule may have an end of its own."""
    slot_minutes: int = DEFAULT_SLOT_MINUTES
    gap_minutes: int = 0
    """Between a slot and the next one of its session."""
    breaks: tuple[Span, ...] = ()
    """A slot that reaches into one is left out; those after it keep their times."""
    overrides: tuple[Override, ...] = ()
    """At most one for a date. Those outside of `starts_on` to `ends_on` have no effect."""
    blackouts: tuple[Blackout, ...] = ()

    @property
    def start(self) -> Start:
        """Where the rule begins. The day's first session is what an UNTIL is compared with."""
        opens = min(session.start for session in self.sessions)
        at = (midnight(self.starts_on) + timedelta(minutes=opens)).time()
        return Start(self.starts_on, at, self.zone)


Texts = Sequence[tuple[str, str]]
"""Spans of a day as people write them: ("09:00", "12:00")."""


def read_schedule(
    *,
    zone: str,
    rule: str,
    starts_on: str,
    sessions: Texts,
    ends_on: str | None = None,
    slot_minutes: int = DEFAULT_SLOT_MINUTES,
    gap_minutes: int = 0,
    breaks: Texts = (),
    overrides: Iterable[Override] = (),
    blackouts: Iterable[Blackout] = (),
) -> Schedule:
    """A schedule from what people write, checked.

    Raises `Refused` (`malformed_request`) for the first thing wrong, naming its field.
    """
    schedule = Schedule(
        zone=zone_of(zone),
        rule=read_rule(rule),
        starts_on=read_date("starts_on", starts_on),
        ends_on=None if ends_on is None else read_date("ends_on", ends_on),
        sessions=read_spans("sessions", sessions),
        slot_minutes=slot_minutes,
        gap_minutes=gap_minutes,
        breaks=read_spans("breaks", breaks),
        overrides=tuple(overrides),
        blackouts=tuple(blackouts),
    )
    check(schedule)
    return schedule


def read_override(field: str, on: str, sessions: Texts, breaks: Texts | None = None) -> Override:
    """What a date keeps instead of its usual hours; no sessions means that it is closed."""
    return Override(
        read_date(f"{field}.on", on),
        read_spans(f"{field}.sessions", sessions),
        None if breaks is None else read_spans(f"{field}.breaks", breaks),
    )


def read_blackout(field: str, starts: str, ends: str, reason: str | None = None) -> Blackout:
    """A blackout from two dates or wall-clock times; at the second it is over (half-open)."""
    blackout = Blackout(
        read_local(f"{field}.starts", starts), read_local(f"{field}.ends", ends), reason
    )
    _check_blackout(field, blackout)
    return blackout


def read_spans(field: str, texts: Texts) -> tuple[Span, ...]:
    """Parts of a day, each from one time to another, in the order of their starts."""
    if len(texts) > MAX_SPANS:
        _refuse(field, f"at most {MAX_SPANS} for a day, not {len(texts)}")
    spans = [read_span(f"{field}[{place}]", *pair) for place, pair in enumerate(texts)]
    return tuple(sorted(spans))


def check(schedule: Schedule) -> None:
    """Raise `Refused` (`malformed_request`) unless the schedule can be planned.

    Says nothing about how many slots it makes; that depends on the days that are planned.
    """
    slot = read_whole("slot_minutes", schedule.slot_minutes, 1, DAY_MINUTES, "minutes")
    read_whole("gap_minutes", schedule.gap_minutes, 0, DAY_MINUTES, "minutes")
    if not schedule.sessions:
        _refuse("sessions", "at least one is needed, such as 09:00 to 17:00")
    _check_sessions("sessions", schedule.sessions, slot)
    _check_breaks("breaks", schedule.breaks, schedule.sessions)
    _check_overrides(schedule, slot)
    if len(schedule.blackouts) > MAX_DATES:
        _refuse("blackouts", f"at most {MAX_DATES:,}, not {len(schedule.blackouts):,}")
    for place, blackout in enumerate(schedule.blackouts):
        _check_blackout(f"blackouts[{place}]", blackout)
    _check_dates(schedule)


def flaw_of_past(schedule: Schedule, today: date) -> Refusal | None:
    """Why the schedule has no date from `today` on, by what ends it; `None` if it has one."""
    ends_on, rule = schedule.ends_on, schedule.rule
    following = next_date(rule, schedule.start, today)
    if following is not None and (ends_on is None or following <= ends_on):
        return None
    soonest = max(today, schedule.starts_on)
    if any(
        it.sessions and soonest <= it.on and (ends_on is None or it.on <= ends_on)
        for it in schedule.overrides
    ):
        return None
    if ends_on is not None and ends_on < today:
        return malformed("ends_on", f"{ends_on} is in the past; today is {today} at the site")
    if following is not None:
        return malformed("ends_on", f"{ends_on} is before {following}, the next date of the rule")
    until = last_date(rule, schedule.start)
    over = "rule.UNTIL" if until is not None and until < today else "rule.COUNT"
    field = over if rule.until or rule.times else "rule"
    return malformed(field, f"falls on no date from {today} on, which is today at the site")


def _check_sessions(field: str, sessions: tuple[Span, ...], slot: int) -> None:
    for place, session in enumerate(sessions):
        if session.minutes < slot:
            _refuse(
                f"{field}[{place}]",
                f"{session} lasts {session.minutes} minutes, less than a slot's {slot}",
            )
        if place and session.start < sessions[place - 1].end:
            _refuse(f"{field}[{place}]", f"{session} overlaps {sessions[place - 1]}")


def _check_breaks(field: str, breaks: tuple[Span, ...], sessions: tuple[Span, ...]) -> None:
    for place, pause in enumerate(breaks):
        if place and pause.start < breaks[place - 1].end:
            _refuse(f"{field}[{place}]", f"{pause} overlaps {breaks[place - 1]}")
        if not any(within(pause, session) for session in sessions):
            _refuse(f"{field}[{place}]", f"{pause} is in none of the sessions")


def within(pause: Span, session: Span) -> list[Span]:
    """The break as it lies in a session; one after midnight lies in that of the night before."""
    tomorrow = Span(pause.start + DAY_MINUTES, pause.end + DAY_MINUTES)
    return [it for it in (pause, tomorrow) if it.start < session.end and session.start < it.end]


def _check_overrides(schedule: Schedule, slot: int) -> None:
    if len(schedule.overrides) > MAX_DATES:
        _refuse("overrides", f"at most {MAX_DATES:,}, not {len(schedule.overrides):,}")
    places: dict[date, int] = {}
    for place, override in enumerate(schedule.overrides):
        field = f"overrides[{place}]"
        if override.on in places:
            _refuse(f"{field}.on", f"{override.on} is there twice")
        places[override.on] = place
        _check_sessions(f"{field}.sessions", override.sessions, slot)
        if override.breaks:
            _check_breaks(f"{field}.breaks", override.breaks, override.sessions)


def _check_blackout(field: str, blackout: Blackout) -> None:
    starts, ends, reason = blackout
    if starts.tzinfo is not None or ends.tzinfo is not None:
        _refuse(field, "is in the site's wall-clock time, so it has no offset from UTC")
    if not starts < ends:
        _refuse(f"{field}.ends", f"{ends} is not after {starts}")
    if reason is not None and (len(reason) > LONGEST_REASON or not reason.isprintable()):
        _refuse(f"{field}.reason", f"one line of at most {LONGEST_REASON} characters")


def _check_dates(schedule: Schedule) -> None:
    starts_on, ends_on = schedule.starts_on, schedule.ends_on
    if ends_on is not None and ends_on < starts_on:
        _refuse("ends_on", f"{ends_on} is before the start on {starts_on}")
    first = first_date(schedule.rule, schedule.start)
    if ends_on is not None and ends_on < first:
        opened = (it.on for it in schedule.overrides if it.sessions)
        if not any(starts_on <= on <= ends_on for on in opened):
            _refuse("ends_on", f"the rule falls on {first} first, which is after {ends_on}")


def _refuse(field: str, reason: str) -> NoReturn:
    raise Refused(malformed(field, reason))
