"""What is said about offerings of either kind: capacity, what is left and why not, the ledger."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from firmhold.doors.shared.fields import (
    Available,
    Capacity,
    Confirmed,
    DrainingTo,
    Held,
    OfferingId,
    ServerTime,
    Version,
)
from firmhold.doors.shared.text import Cursor, Delta, Id, Instant, Limit, Request, Text, Units


class CapacityRequest(Request):
    """Either the new `capacity`, optionally only if it still is `expected`, or a signed `delta`
    with a `reason`. With `drain` it may go below what is reserved: sales stop, and it comes down
    as units come back."""

    capacity: Annotated[
        Units | None, Meta(description="Units there are to be from now on; either this or `delta`.")
    ] = None
    expected: Annotated[
        Units | None,
        Meta(description="Change it only if the capacity still is this; goes with `capacity`."),
    ] = None
    delta: Annotated[
        Delta | None, Meta(description="Units to add, or to take away if negative.")
    ] = None
    drain: Annotated[
        bool, Meta(description="Go below what is reserved, step by step as units come back.")
    ] = False
    reason: Annotated[
        Text | None, Meta(description="Why, for the ledger; a `delta` needs one.")
    ] = None


class CapacityView(Struct, frozen=True):
    """An offering's counts after its capacity was changed."""

    offering: OfferingId
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    draining_to: DrainingTo
    version: Version
    server_time: ServerTime


class AvailabilityQuery(Request):
    """The instant to look at; now, unless given."""

    at: Annotated[
        Instant | None, Meta(description="RFC 3339, not in the future; now unless given.")
    ] = None


WhyNotNow = Annotated[
    Literal[
        "not_on_sale_yet",
        "sale_ended",
        "too_far_ahead",
        "too_late_to_book",
        "sold_out",
        "pool_busy",
    ]
    | None,
    Meta(description="Why no customer can have it now, in the order in which it is checked."),
]


class BusyView(Struct, frozen=True):
    """A pool that has too little left at that time for one more reservation."""

    pool: Annotated[str, Meta(description="The pool's id.")]
    name: Annotated[str, Meta(description="What people call it.")]
    busy_from: Annotated[
        datetime, Meta(description="From then on most of it is taken, buffers included.")
    ]
    busy_until: Annotated[datetime, Meta(description="Until then.")]


class AvailabilityView(Struct, frozen=True):
    """What is left of an offering, and why it cannot be had if it cannot."""

    offering: OfferingId
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    bookable: Annotated[
        bool, Meta(description="Whether a customer can have the fewest units of a hold now.")
    ]
    reason: WhyNotNow
    bookable_from: Annotated[
        datetime | None, Meta(description="From when on, if it is too early now.")
    ]
    bookable_until: Annotated[
        datetime | None, Meta(description="Until when it was possible, if it is too late now.")
    ]
    busy: Annotated[
        BusyView | None, Meta(description="What it requires and cannot have, if `pool_busy`.")
    ]
    waiting: Annotated[int, Meta(description="Waitlist entries that wait or have an open offer.")]
    next_expiry: Annotated[
        datetime | None, Meta(description="When the next hold on it ends, unless that is moved.")
    ]
    version: Version
    server_time: ServerTime


class CountsView(Struct, frozen=True):
    """The counts of an offering as they stood at an instant."""

    offering: OfferingId
    at: Annotated[datetime, Meta(description="The instant that was asked for.")]
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    version: Version
    server_time: ServerTime


class LedgerQuery(Request):
    """Which part of the ledger, and from which end."""

    reservation: Annotated[
        Id | None, Meta(description="Those about this reservation; all unless given.")
    ] = None
    order: Annotated[Literal["oldest", "newest"], Meta(description="Which entries come first.")] = (
        "oldest"
    )
    limit: Limit = 100
    cursor: Cursor = None


EntryKind = Literal[
    "created",
    "updated",
    "capacity_set",
    "capacity_adjusted",
    "held",
    "extended",
    "confirmed",
    "reacquired",
    "released",
    "expired",
    "cancelled",
    "moved",
    "fulfilled",
    "no_show",
    "waitlisted",
    "unlisted",
]
"""As the domain names what it writes."""


class EntryView(Struct, frozen=True):
    """One change to an offering, and the counts that it left. It never changes."""

    seq: Annotated[int, Meta(description="Its number: 1, 2, 3 and so on for each offering.")]
    kind: Annotated[EntryKind, Meta(description="What happened.")]
    at: Annotated[datetime, Meta(description="When it happened, by the server's clock.")]
    actor: Annotated[str, Meta(description="Whose doing it was, such as `user:usr_…`.")]
    reservation: Annotated[
        str | None, Meta(description="The reservation it is about, if it is about one.")
    ]
    capacity_delta: Annotated[int, Meta(description="Units of capacity more, or fewer.")]
    held_delta: Annotated[int, Meta(description="Units held more, or fewer.")]
    confirmed_delta: Annotated[int, Meta(description="Units confirmed more, or fewer.")]
    capacity: Annotated[int, Meta(description="Capacity after it.")]
    held: Annotated[int, Meta(description="Units held after it.")]
    confirmed: Annotated[int, Meta(description="Units confirmed after it.")]
    reason: Annotated[str | None, Meta(description="Why, if someone said so.")]
    hold_expires_at: Annotated[
        datetime | None,
        Meta(description="The hold's end as it stood after it, if it has one."),
    ]
