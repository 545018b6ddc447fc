"""What a schedule says, what is to be made of it, and what came of that.

Owns the words of it, and how a schedule's fields are read. How it is carried out is in
`schedule_slots`, what is compared for it in `survey`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import MAX_CAPACITY
from firmhold.domain.publishing import SlotFields, flaw_of_fields
from firmhold.engine.places import SiteFields
from firmhold.planning.notes import Note
from firmhold.planning.schedule import Schedule, read_blackout, read_override, read_schedule
from firmhold.planning.zones import midnight, to_instant, to_local, zone_of

_DAY = timedelta(days=1)

Times = tuple[tuple[str, str], ...]
"""Parts of a day, each from one time to another: ("09:00", "12:30")."""


class OverrideFields(NamedTuple):
    """What one date keeps instead of its usual hours."""

    on: str
    sessions: Times = ()
    """None: closed."""
    breaks: Times | None = None
    """`None` keeps the usual ones."""


class ScheduleFields(NamedTuple):
    """What an operator says about a schedule. Dates and times are the site's."""

    site: str
    """For good."""
    rule: str
    """RFC 5545, for example FREQ=WEEKLY;BYDAY=MO,TH."""
    starts_on: str
    sessions: Times
    slot: SlotFields
    """What its slots are."""
    capacity: int = 1
    """Of each slot."""
    ends_on: str | None = None
    slot_minutes: int | None = None
    """`None`: as the site has it."""
    gap_minutes: int = 0
    breaks: Times = ()
    overrides: tuple[OverrideFields, ...] = ()


class Made(NamedTuple):
    """A slot that has been made or withdrawn, or would be."""

    slot: str | None
    """Its id, once it has one."""
    starts_at: datetime
    ends_at: datetime


class Why(StrEnum):
    """Why a slot is left as it is, though its schedule would not have it so."""

    RESERVED = "reserved"
    WAITED_FOR = "waited_for"
    """Nobody has reserved it, but somebody waits for it, and it would be replaced."""
    BY_HAND = "by_hand"
    """Somebody has changed it."""
    WITHDRAWN = "withdrawn"
    """Somebody has withdrawn it, and its time is not offered again."""


class LeftAlone(NamedTuple):
    """A slot that is not what its schedule says."""

    slot: str
    starts_at: datetime
    ends_at: datetime
    why: Why


class Conflict(NamedTuple):
    """A slot that cannot be made, because of a pool, or of a slot of its schedule that stays."""

    starts_at: datetime
    ends_at: datetime
    refusal: Refusal
    """With the `pool` or the `slot`, and from when until when it is taken."""


class Report(NamedTuple):
    """What became of a plan, or would."""

    until: date
    """The last date that was looked at."""
    whole: bool
    """Whether that is all there is; else the horizon worker goes on from there."""
    created: tuple[Made, ...]
    kept: int
    """Slots that are there and as they should be."""
    withdrawn: tuple[Made, ...]
    """A slot that had to be another is withdrawn, and made anew."""
    left_alone: tuple[LeftAlone, ...]
    conflicts: tuple[Conflict, ...]
    notes: tuple[Note, ...]
    """What the plan has to say about single dates."""


class Mode(StrEnum):
    """How what is planned meets what is there."""

    NEW = "new"
    """Nothing is there. All is made at once, or refused."""
    AFRESH = "afresh"
    """What is there is compared with the plan, as much as can be at once."""
    ONWARD = "onward"
    """What is there stays as it is, and as much as can be is made beside it."""


class Task(NamedTuple):
    """What is to be generated."""

    id: str | None
    """The schedule's, unless it only might be one."""
    version: int
    fields: ScheduleFields
    site: SiteFields
    schedule: Schedule | None
    """The fields as planning has them; `None` plans nothing, as a schedule that is stopped does."""
    since: datetime
    """What starts before is not looked at."""
    last: date
    """The date to look at last, by the clocks of the site."""
    mode: Mode
    watched: bool = True
    """Whether somebody asked for it, who wants to be told of other schedules."""

    @property
    def first(self) -> date:
        """The first date whose sessions matter: what is open at night belongs to the day before."""
        return self.date_of(self.since) - _DAY

    def date_of(self, at: datetime) -> date:
        """The date of an instant at the site."""
        return to_local(at, zone_of(self.site.zone)).date()

    def last_before(self, at: datetime) -> date:
        """The last date on which something can start before an instant."""
        return self.date_of(at - timedelta(microseconds=1))

    def end_of(self, on: date) -> datetime:
        """The instant at which a date is over at the site."""
        return to_instant(midnight(on + _DAY), zone_of(self.site.zone))


def read_fields(fields: ScheduleFields, site: SiteFields) -> Schedule:
    """The schedule as planning understands it. Raises `Refused` (`malformed_request`)."""
    if flaw := flaw_of_fields(fields.slot):
        raise Refused(flaw)
    if not 0 <= fields.capacity <= MAX_CAPACITY:
        raise Refused(malformed("capacity", f"0 to {MAX_CAPACITY:,}, not {fields.capacity}"))
    return read_schedule(
        zone=site.zone,
        rule=fields.rule,
        starts_on=fields.starts_on,
        ends_on=fields.ends_on,
        sessions=fields.sessions,
        slot_minutes=fields.slot_minutes or site.slot_minutes,
        gap_minutes=fields.gap_minutes,
        breaks=fields.breaks,
        overrides=[
            read_override(f"overrides[{place}]", *it) for place, it in enumerate(fields.overrides)
        ],
        blackouts=[
            read_blackout(f"blackouts[{place}]", *it) for place, it in enumerate(site.blackouts)
        ],
    )


def no_schedule(id: str) -> Refusal:
    """There is no such schedule in this organization."""
    return refuse(Code.NOT_FOUND, "There is no such schedule.", schedule=id)
