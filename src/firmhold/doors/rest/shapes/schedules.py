"""What requests and answers about schedules look like on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.rest.shapes.slots import (
    PoolName,
    Practitioner,
    Requirements,
    RequirementView,
    Room,
    SlotTitle,
)
from firmhold.doors.rest.shapes.terms import (
    About,
    Fewest,
    FewestNow,
    GivenPrice,
    HoldSeconds,
    HoldSecondsNow,
    Members,
    Most,
    MostNow,
    MostPerCustomer,
    OwnMembers,
    PriceNow,
    SaleFrom,
    SaleUntil,
)
from firmhold.doors.shared.fields import MaxPerCustomer, SaleEndsAt, SaleStartsAt, ServerTime
from firmhold.doors.shared.text import Clock, Cursor, Id, Limit, Request, Units

SHOWN = 1_000
"""Entries of each list in a report. What is beyond them is counted."""


class Session(Struct, forbid_unknown_fields=True, frozen=True):
    """A part of a day in which slots are offered, by the site's clocks."""

    opens: Annotated[Clock, Meta(description="Wall-clock time of the site, such as `09:00`.")]
    closes: Annotated[
        Clock, Meta(description="Likewise; what is not later than `opens` is on the next day.")
    ]


class Break(Struct, forbid_unknown_fields=True, frozen=True):
    """A part of a day into which no slot reaches, by the site's clocks."""

    starts: Annotated[Clock, Meta(description="Wall-clock time of the site, such as `12:00`.")]
    ends: Annotated[
        Clock, Meta(description="Likewise; what is not later than `starts` is on the next day.")
    ]


_Sessions = Annotated[tuple[Session, ...], Meta(min_length=1, max_length=48)]
_Breaks = Annotated[tuple[Break, ...], Meta(max_length=48)]


class Override(Struct, forbid_unknown_fields=True, frozen=True):
    """What one date keeps instead of its usual hours: it is `closed`, or it has `sessions` of its
    own, also if the rule does not fall on it."""

    on: Annotated[date, Meta(description="The date, by the site's clocks.")]
    closed: Annotated[bool, Meta(description="Whether there are no slots at all.")] = False
    sessions: Annotated[
        Annotated[tuple[Session, ...], Meta(max_length=48)],
        Meta(description="The hours of this date."),
    ] = ()
    breaks: Annotated[
        _Breaks | None, Meta(description="The breaks of this date; `null`: the usual ones.")
    ] = None


_Rule = Annotated[
    Annotated[str, Meta(min_length=1, max_length=2000, examples=["FREQ=WEEKLY;BYDAY=MO,WE"])],
    Meta(description="RFC 5545: the dates on which there are slots, by the site's clocks."),
]
_StartsOn = Annotated[date, Meta(description="The first date.")]
_EndsOn = Annotated[date | None, Meta(description="The last date; `null`: goes on.")]
_Hours = Annotated[_Sessions, Meta(description="Hours of each date.")]
_Minutes = Annotated[int, Meta(ge=1, le=1440)]
_SlotMinutes = Annotated[
    _Minutes | None, Meta(description="Length of a slot; `null`: as the site has it.")
]
_GapMinutes = Annotated[
    Annotated[int, Meta(ge=0, le=1440)],
    Meta(description="Minutes between a slot and the next one of its session."),
]
_Pauses = Annotated[
    _Breaks, Meta(description="Parts of each date that no slot reaches into, such as lunch.")
]
_Overrides = Annotated[
    tuple[Override, ...],
    Meta(max_length=2000, description="Single dates that are different, each once."),
]
_Capacity = Annotated[Units, Meta(description="Units that each slot has to give.")]


class ScheduleRequest(Request):
    """A new schedule, and what its slots are. All its dates and times are those of the site."""

    site: Annotated[Id, Meta(description="Id of the site; this never changes.")]
    title: SlotTitle
    rule: _Rule
    starts_on: Annotated[date | None, Meta(description="The first date; today unless given.")] = (
        None
    )
    ends_on: _EndsOn = None
    sessions: Annotated[
        _Sessions | None,
        Meta(description="Hours of each date; the opening hours of the site unless given."),
    ] = None
    slot_minutes: _SlotMinutes = None
    gap_minutes: _GapMinutes = 0
    breaks: _Pauses = ()
    overrides: _Overrides = ()
    description: About = None
    capacity: _Capacity = 1
    room: Room = None
    practitioner: Practitioner = None
    requirements: Requirements = ()
    price: GivenPrice = None
    sale_starts_at: SaleFrom = None
    sale_ends_at: SaleUntil = None
    min_quantity: Fewest = 1
    max_quantity: Most = None
    max_per_customer: MostPerCustomer = None
    hold_ttl_seconds: HoldSeconds = None
    metadata: Members = msgspec.field(default_factory=dict)


class ScheduleChange(Request):
    """What to change about a schedule; what is left out stays. Its slots are made anew by it, but
    for those that are reserved, waited for or were changed by somebody; if it has been stopped, not
    before it is started."""

    title: SlotTitle | UnsetType = UNSET
    rule: _Rule | UnsetType = UNSET
    starts_on: _StartsOn | UnsetType = UNSET
    ends_on: _EndsOn | UnsetType = UNSET
    sessions: _Hours | UnsetType = UNSET
    slot_minutes: _SlotMinutes | UnsetType = UNSET
    gap_minutes: _GapMinutes | UnsetType = UNSET
    breaks: _Pauses | UnsetType = UNSET
    overrides: _Overrides | UnsetType = UNSET
    description: About | UnsetType = UNSET
    capacity: _Capacity | UnsetType = UNSET
    room: Room | UnsetType = UNSET
    practitioner: Practitioner | UnsetType = UNSET
    requirements: Requirements | UnsetType = UNSET
    price: GivenPrice | UnsetType = UNSET
    sale_starts_at: SaleFrom | UnsetType = UNSET
    sale_ends_at: SaleUntil | UnsetType = UNSET
    min_quantity: Fewest | UnsetType = UNSET
    max_quantity: Most | UnsetType = UNSET
    max_per_customer: MostPerCustomer | UnsetType = UNSET
    hold_ttl_seconds: HoldSeconds | UnsetType = UNSET
    metadata: Members | UnsetType = UNSET


class ScheduleView(Struct, frozen=True):
    """A recurrence rule that makes slots, up to as far ahead as they can be booked."""

    id: Annotated[str, Meta(description="The schedule's id; it never changes.")]
    site: Annotated[str, Meta(description="Id of the site.")]
    title: Annotated[str, Meta(description="What its slots are for.")]
    description: Annotated[str | None, Meta(description="Text about its slots, if any.")]
    rule: Annotated[str, Meta(description="RFC 5545: the dates on which there are slots.")]
    starts_on: _StartsOn
    ends_on: _EndsOn
    sessions: Annotated[tuple[Session, ...], Meta(description="Hours of each date.")]
    slot_minutes: _SlotMinutes
    gap_minutes: _GapMinutes
    breaks: _Pauses
    overrides: Annotated[tuple[Override, ...], Meta(description="Single dates that are different.")]
    capacity: _Capacity
    room: Annotated[PoolName | None, Meta(description="The room that each slot takes, if any.")]
    practitioner: Annotated[
        PoolName | None, Meta(description="The practitioner that each slot takes, if any.")
    ]
    requirements: Annotated[
        tuple[RequirementView, ...], Meta(description="What else each slot takes from pools.")
    ]
    price: PriceNow
    sale_starts_at: SaleStartsAt
    sale_ends_at: SaleEndsAt
    min_quantity: FewestNow
    max_quantity: MostNow
    max_per_customer: MaxPerCustomer
    hold_ttl_seconds: HoldSecondsNow
    metadata: OwnMembers
    active: Annotated[bool, Meta(description="Whether it goes on making slots.")]
    generated_until: Annotated[
        date | None,
        Meta(description="Its slots are there, and as it says, up to the end of this date."),
    ]
    refusal: Annotated[
        str | None,
        Meta(description="Why its slots could not be extended the last time it was tried, if so."),
    ]
    version: Annotated[int, Meta(description="One more with each change of what it says.")]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]
    server_time: ServerTime


class SchedulesQuery(Request):
    """Which schedules to list."""

    site: Annotated[Id | None, Meta(description="Those of this site.")] = None
    limit: Limit = 50
    cursor: Cursor = None


class PreviewQuery(Request):
    """What a preview is compared with."""

    schedule: Annotated[
        Id | None,
        Meta(description="Id of the schedule that would say this instead; none: a new one."),
    ] = None


class StopQuery(Request):
    """What becomes of the slots of a schedule that is stopped."""

    withdraw: Annotated[
        bool, Meta(description="Whether those to come that nobody has reserved are withdrawn.")
    ] = True


# --- reports ---


class LeftAlone(Struct, frozen=True):
    """A slot that is not what its schedule says, and stays."""

    slot: Annotated[str, Meta(description="The slot's id.")]
    starts_at: Annotated[datetime, Meta(description="When it starts.")]
    ends_at: Annotated[datetime, Meta(description="When it ends.")]
    reason: Annotated[
        Literal["reserved", "waited_for", "by_hand", "withdrawn"],
        Meta(
            description="`by_hand`: somebody has changed it since it was made; `withdrawn`: "
            "somebody has withdrawn it, and no slot is made in its place."
        ),
    ]


class Conflict(Struct, frozen=True):
    """A slot that cannot be made, because a pool has lent too much at that time, or another slot of
    the schedule is there and stays."""

    starts_at: Annotated[datetime, Meta(description="When it would start.")]
    ends_at: Annotated[datetime, Meta(description="When it would end.")]
    pool: Annotated[str | None, Meta(description="The pool's id, if it is one.")]
    pool_name: Annotated[str | None, Meta(description="What people call the pool.")]
    slot: Annotated[str | None, Meta(description="Id of the slot that is there, if it is one.")]
    busy_from: Annotated[datetime, Meta(description="From then on it is taken, buffers included.")]
    busy_until: Annotated[datetime, Meta(description="Until then.")]


class PlanNote(Struct, frozen=True):
    """Why some slots are not simply what the sessions say."""

    kind: Annotated[
        Literal[
            "closed",
            "other_hours",
            "break",
            "blackout",
            "overlap",
            "skipped",
            "moved",
            "repeated",
        ],
        Meta(
            description="`skipped`, `moved`, `repeated`: the clocks are changed on that day. "
            "`overlap`: the night before lasts into it, or another schedule has slots then."
        ),
    ]
    first: Annotated[date, Meta(description="The first date that it concerns.")]
    last: Annotated[date, Meta(description="The last date that it concerns.")]
    slots: Annotated[int, Meta(description="How many slots it concerns.")]
    detail: Annotated[str, Meta(description="One sentence for a person.")]


class ReportView(Struct, frozen=True):
    """What became of a schedule's slots, or would."""

    until: Annotated[date, Meta(description="The last date that was looked at.")]
    unfinished: Annotated[
        bool, Meta(description="Whether there is more after it, which is seen to within minutes.")
    ]
    created: Annotated[int, Meta(description="Slots that were made.")]
    kept: Annotated[int, Meta(description="Slots that are there and as they should be.")]
    withdrawn: Annotated[
        int, Meta(description="Slots that were taken back, also if one was made in their place.")
    ]
    left_alone: Annotated[
        tuple[LeftAlone, ...],
        Meta(description="Slots that are not as they should be, and stay; the first thousand."),
    ]
    conflicts: Annotated[
        tuple[Conflict, ...],
        Meta(description="Slots that could not be made; the first thousand."),
    ]
    notes: Annotated[
        tuple[PlanNote, ...],
        Meta(description="What is to be said about single dates; the first thousand."),
    ]
    not_shown: Annotated[
        int, Meta(description="How many more entries these three lists would have.")
    ]


class ScheduleAnswer(Struct, frozen=True):
    """A schedule, and what became of its slots."""

    schedule: Annotated[ScheduleView, Meta(description="The schedule as it is now.")]
    report: Annotated[ReportView, Meta(description="What became of its slots by this call.")]


class PlannedView(Struct, frozen=True):
    """A slot that would be made."""

    starts_at: Annotated[datetime, Meta(description="When it would start.")]
    ends_at: Annotated[datetime, Meta(description="When it would end.")]


class PreviewView(Struct, frozen=True):
    """What a schedule would come to."""

    zone: Annotated[str, Meta(description="The site's IANA time zone, to show times in.")]
    slots: Annotated[
        tuple[PlannedView, ...],
        Meta(description="Slots that would be made, in the order of time; the first thousand."),
    ]
    report: Annotated[ReportView, Meta(description="What would become of its slots.")]
