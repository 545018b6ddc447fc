"""What requests and answers about slots look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.rest.shapes.offerings import WhyNotNow
from firmhold.doors.rest.shapes.pools import Kind
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
    PriceNow,
    SaleFrom,
    SaleUntil,
)
from firmhold.doors.shared.fields import (
    Available,
    Capacity,
    Confirmed,
    DrainingTo,
    Held,
    MaxPerCustomer,
    SaleEndsAt,
    SaleStartsAt,
    ServerTime,
    StaffMetadata,
    Version,
)
from firmhold.doors.shared.text import (
    Cursor,
    Id,
    Instant,
    Limit,
    Reason,
    Request,
    Title,
    Units,
    Zone,
)

LONGEST_MINUTES = 366 * 24 * 60
"""A bed is taken for months; for longer than a year it is not a booking."""

Per = Literal["reservation", "slot"]


class RequirementRequest(Request):
    """What a slot takes from a pool."""

    pool: Annotated[Id, Meta(description="The pool's id.")]
    units: Annotated[
        Annotated[int, Meta(ge=1, le=100_000)], Meta(description="How many it takes.")
    ] = 1
    per: Annotated[
        Per,
        Meta(
            description="`slot`: from when the slot is published; `reservation`: with each "
            "reservation of it, as long as that lives."
        ),
    ] = "reservation"


SlotTitle = Annotated[Title, Meta(description="What it is for, such as a procedure or a service.")]
Room = Annotated[
    Id | None,
    Meta(description="Id of the room that it takes when it is published; `null` for none."),
]
Practitioner = Annotated[
    Id | None,
    Meta(description="Id of the practitioner it takes when it is published; `null` for none."),
]
Requirements = Annotated[
    tuple[RequirementRequest, ...],
    Meta(max_length=20, description="What else it takes from pools, each pool once."),
]
_Open = Annotated[
    bool, Meta(description="Whether it can be booked at all; `false` closes it for a while.")
]


class SlotRequest(Request):
    """A new slot. Its time and place never change."""

    site: Annotated[Id, Meta(description="Id of the site where it takes place.")]
    title: SlotTitle
    starts_at: Annotated[Instant, Meta(description="RFC 3339, with its offset; not in the past.")]
    ends_at: Annotated[
        Instant | None, Meta(description="RFC 3339, at most 366 days later; this or `minutes`.")
    ] = None
    minutes: Annotated[
        Annotated[int, Meta(ge=1, le=LONGEST_MINUTES)] | None,
        Meta(description="How long it lasts; this or `ends_at`."),
    ] = None
    description: About = None
    capacity: Annotated[Units, Meta(description="Units there are to give at first.")] = 1
    room: Room = None
    practitioner: Practitioner = None
    requirements: Requirements = ()
    open: _Open = True
    price: GivenPrice = None
    sale_starts_at: SaleFrom = None
    sale_ends_at: SaleUntil = None
    min_quantity: Fewest = 1
    max_quantity: Most = None
    max_per_customer: MostPerCustomer = None
    hold_ttl_seconds: HoldSeconds = None
    metadata: Members = msgspec.field(default_factory=dict)


class SlotsRequest(Request):
    """Many new slots: all of them or none."""

    slots: Annotated[
        tuple[SlotRequest, ...],
        Meta(min_length=1, max_length=1000, description="The slots, in any order of time."),
    ]


class SlotChange(Request):
    """What to change about a slot; what is left out stays. Its time and place cannot change, and
    how many units there are is changed by its own call."""

    title: SlotTitle | UnsetType = UNSET
    description: About | UnsetType = UNSET
    room: Room | UnsetType = UNSET
    practitioner: Practitioner | UnsetType = UNSET
    requirements: Requirements | UnsetType = UNSET
    open: _Open | UnsetType = UNSET
    price: GivenPrice | UnsetType = UNSET
    sale_starts_at: SaleFrom | UnsetType = UNSET
    sale_ends_at: SaleUntil | UnsetType = UNSET
    min_quantity: Fewest | UnsetType = UNSET
    max_quantity: Most | UnsetType = UNSET
    max_per_customer: MostPerCustomer | UnsetType = UNSET
    hold_ttl_seconds: HoldSeconds | UnsetType = UNSET
    metadata: Members | UnsetType = UNSET


class SlotMove(Request):
    """Where to move a slot; room and practitioner that are left out stay."""

    starts_at: Annotated[Instant, Meta(description="RFC 3339, with its offset; not in the past.")]
    ends_at: Annotated[
        Instant | None,
        Meta(description="RFC 3339; this, `minutes`, or neither for as long as it is."),
    ] = None
    minutes: Annotated[
        Annotated[int, Meta(ge=1, le=LONGEST_MINUTES)] | None,
        Meta(description="How long it lasts; this, `ends_at`, or neither for as long as it is."),
    ] = None
    room: Room | UnsetType = UNSET
    practitioner: Practitioner | UnsetType = UNSET


class PoolName(Struct, frozen=True):
    """A room or a practitioner."""

    id: Annotated[str, Meta(description="The pool's id.")]
    name: Annotated[str, Meta(description="What people call it.")]


class RequirementView(Struct, frozen=True):
    """What a slot takes from a pool."""

    pool: Annotated[str, Meta(description="The pool's id.")]
    name: Annotated[str, Meta(description="What people call the pool.")]
    kind: Annotated[Kind, Meta(description="What its units are.")]
    units: Annotated[int, Meta(description="How many it takes.")]
    per: Annotated[Per, Meta(description="By being published, or with each reservation.")]


class SlotView(Struct, frozen=True):
    """A slot and its counts at `server_time`."""

    id: Annotated[str, Meta(description="The slot's id; it never changes.")]
    site: Annotated[str, Meta(description="Id of the site where it takes place.")]
    site_name: Annotated[str, Meta(description="What people call the site.")]
    zone: Annotated[str, Meta(description="The site's IANA time zone, to show times in.")]
    title: Annotated[str, Meta(description="What it is for.")]
    description: Annotated[str | None, Meta(description="Text about it, if there is any.")]
    starts_at: Annotated[datetime, Meta(description="When it starts.")]
    ends_at: Annotated[datetime, Meta(description="When it is over: the first instant after it.")]
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    draining_to: DrainingTo
    waiting: Annotated[int, Meta(description="Waitlist entries that wait or have an open offer.")]
    open: Annotated[bool, Meta(description="Whether it can be booked at all.")]
    bookable: Annotated[
        bool, Meta(description="Whether a customer can book the fewest units of it now.")
    ]
    reason: WhyNotNow
    room: Annotated[PoolName | None, Meta(description="The room that it has taken, if any.")]
    practitioner: Annotated[
        PoolName | None, Meta(description="The practitioner that it has taken, if any.")
    ]
    requirements: Annotated[
        tuple[RequirementView, ...], Meta(description="What else it takes from pools.")
    ]
    schedule: Annotated[str | None, Meta(description="Id of the schedule that made it, if any.")]
    price: PriceNow
    sale_starts_at: SaleStartsAt
    sale_ends_at: SaleEndsAt
    min_quantity: FewestNow
    max_quantity: MostNow
    max_per_customer: MaxPerCustomer
    hold_ttl_seconds: HoldSecondsNow
    metadata: StaffMetadata
    version: Version
    created_at: Annotated[datetime, Meta(description="When it was published.")]
    updated_at: Annotated[
        datetime, Meta(description="When anything but its counts was last changed.")
    ]
    withdrawn_at: Annotated[
        datetime | None, Meta(description="When it was closed for good, if it was.")
    ]
    server_time: ServerTime


class SlotsQuery(Request):
    """Which slots to list."""

    site: Annotated[Id | None, Meta(description="Those at this site.")] = None
    pool: Annotated[Id | None, Meta(description="Those that take from this pool.")] = None
    schedule: Annotated[Id | None, Meta(description="Those that this schedule made.")] = None
    since: Annotated[
        Instant | None, Meta(description="Those that start at this instant or later; RFC 3339.")
    ] = msgspec.field(name="from", default=None)
    until: Annotated[
        Instant | None, Meta(description="Those that start before this instant; RFC 3339.")
    ] = msgspec.field(name="to", default=None)
    bookable: Annotated[bool, Meta(description="Only those that a customer could book now.")] = (
        False
    )
    withdrawn: Annotated[bool, Meta(description="Those that were withdrawn, too.")] = False
    limit: Limit = 50
    cursor: Cursor = None


class WithdrawQuery(Request):
    """Why a slot is withdrawn."""

    reason: Annotated[
        Reason | None,
        Meta(description="Why; kept in the ledger."),
    ] = None


class RejectedRow(Struct, frozen=True):
    """A row or an event of a file that did not become a slot."""

    line: Annotated[int, Meta(description="Where it begins in the file, counted from 1.")]
    uid: Annotated[str | None, Meta(description="The event's UID; `null` for a row of CSV.")]
    field: Annotated[str | None, Meta(description="The column that is wrong, if it is one.")]
    reason: Annotated[str, Meta(description="Why it was not taken.")]


class SlotsImported(Struct, frozen=True):
    """What became of a file."""

    created: Annotated[int, Meta(description="Slots that are there now.")]
    rejected: Annotated[
        tuple[RejectedRow, ...],
        Meta(description="Those that were not taken, the first thousand in their order."),
    ]
    rejected_count: Annotated[int, Meta(description="How many were not taken in all.")]
    outside: Annotated[
        int,
        Meta(description="Events without a start between now and a year from now, left out."),
    ]
    cancelled: Annotated[int, Meta(description="Events that only say that they are off.")]


class ImportQuery(Request):
    """Where a file's slots take place, and what becomes of it if not all of it is good."""

    site: Annotated[Id, Meta(description="Id of the site where they take place.")]
    on_error: Annotated[
        Literal["skip", "abort"],
        Meta(description="`skip`: take what is good; `abort`: nothing unless all of it is."),
    ] = "abort"
    zone: Annotated[
        Zone | None,
        Meta(
            description="IANA time zone of times without offset or zone, and of zones in a "
            "calendar that nobody knows; unless given, the former are by the site's clocks and "
            "the latter are not taken."
        ),
    ] = None
