"""What requests and answers about reservations look like on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from firmhold.domain.model import MAX_LINES
from firmhold.doors.rest.shapes.terms import Price
from firmhold.doors.shared.fields import (
    CancellableUntil,
    ConfirmedAt,
    EndedAt,
    OfferingId,
    ReservationId,
    ReservationStatus,
    ServerTime,
)
from firmhold.doors.shared.text import (
    Cursor,
    Customer,
    Id,
    Instant,
    Limit,
    Quantity,
    Request,
    Sku,
    Text,
    Ttl,
)


class LineRequest(Request):
    """One offering, named by `item` (its id), `sku` or `slot` (its id), and how many units."""

    quantity: Annotated[
        Quantity,
        Meta(description="Units; lines on the same offering are summed before any check."),
    ]
    item: Annotated[Id | None, Meta(description="The item's id; this, `sku` or `slot`.")] = None
    sku: Annotated[Sku | None, Meta(description="The item's SKU; this, `item` or `slot`.")] = None
    slot: Annotated[Id | None, Meta(description="The slot's id; this, `item` or `sku`.")] = None


_Lines = Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=MAX_LINES)]


class HoldRequest(Request):
    """What to hold, for whom and for how long; with `confirm`, to take it for good at once."""

    lines: Annotated[_Lines, Meta(description="What to hold: all of it or nothing.")]
    customer: Annotated[
        Customer | None,
        Meta(
            description="Whom it is for, if an operator asks: a user's id or e-mail address, or "
            "any reference or address of your own. Others hold for themselves alone."
        ),
    ] = None
    ttl_seconds: Annotated[
        Ttl | None,
        Meta(
            description="Seconds until the hold ends, at most the shortest time that its lines "
            "allow, which it is unless given."
        ),
    ] = None
    notes: Annotated[Text | None, Meta(description="Text to keep with it; never changed.")] = None
    guest_count: Annotated[
        Annotated[int, Meta(ge=0, le=1_000_000)] | None,
        Meta(description="People who come along; kept with it and counted nowhere."),
    ] = None
    metadata: Annotated[
        dict[str, Any] | None, Meta(description="Members of your own to keep with it.")
    ] = None
    confirm: Annotated[
        bool, Meta(description="Take the units for good at once, so that nothing expires.")
    ] = False


class ConfirmRequest(Request):
    """Which lines to confirm (all, unless given), and whether to take them again if the hold has
    expired but they are still free."""

    lines: Annotated[
        _Lines | None,
        Meta(
            description="What to keep of each offering, at most what is held; the rest goes back "
            "on sale. All of it unless given."
        ),
    ] = None
    reacquire: Annotated[
        bool,
        Meta(description="If the hold has expired, take its units again, if they are still free."),
    ] = False


class ExtendRequest(Request):
    """How long from now the hold is to last at least."""

    ttl_seconds: Annotated[
        Ttl, Meta(description="Seconds from now; at most until `extend_until`, never shorter.")
    ]


class ReleaseRequest(Request):
    """What to give back of a hold."""

    lines: Annotated[
        _Lines | None,
        Meta(description="What to give back, as units of each offering; all unless given."),
    ] = None


class CancelRequest(Request):
    """What to give back of a confirmed reservation, and why."""

    lines: Annotated[
        _Lines | None,
        Meta(description="What to give back, as units of each offering; all unless given."),
    ] = None
    reason: Annotated[Text | None, Meta(description="Why; kept with it and in the ledger.")] = None


class MoveRequest(Request):
    """What the reservation is to be for instead."""

    lines: Annotated[
        _Lines,
        Meta(description="All of what it is to be for; what is not named is given back."),
    ]


class CheckInRequest(Request):
    """Whether the customer came."""

    outcome: Annotated[
        Literal["fulfilled", "no_show"],
        Meta(
            description="`fulfilled` from two hours before the first slot on; `no_show` once the "
            "last has begun. Sent again, it puts a mistake right."
        ),
    ] = "fulfilled"


class LineView(Struct, frozen=True):
    """One offering of a reservation."""

    offering: OfferingId
    sku: Annotated[str | None, Meta(description="The item's SKU; `null` for a slot.")]
    starts_at: Annotated[
        datetime | None, Meta(description="When the slot starts; `null` for an item.")
    ]
    ends_at: Annotated[datetime | None, Meta(description="When the slot ends; `null` for an item.")]
    quantity: Annotated[
        int, Meta(description="Units asked for: by the hold, or since by moving or releasing.")
    ]
    held: Annotated[int, Meta(description="Units it claims for now: all or, once it ended, 0.")]
    confirmed: Annotated[
        int, Meta(description="Units it claims for good, from confirming until cancelling.")
    ]
    unit_price: Annotated[
        Price | None, Meta(description="Of one unit when it was held; `null` if it had none.")
    ]


class ReservationView(Struct, frozen=True):
    """A reservation as it stands at `server_time`."""

    id: ReservationId
    status: ReservationStatus
    customer: Annotated[
        str | None,
        Meta(description="Whom it is for: a user's id, or the name that an operator gave."),
    ]
    lines: Annotated[
        tuple[LineView, ...], Meta(description="What it claims, an entry per offering.")
    ]
    created_at: Annotated[datetime, Meta(description="When it was placed.")]
    expires_at: Annotated[
        datetime | None,
        Meta(
            description="From this instant on the hold is over; extending moves it. `null` if it "
            "was confirmed at once."
        ),
    ]
    ttl_seconds: Annotated[
        int | None, Meta(description="Whole seconds left of the hold; `null` if it is not held.")
    ]
    extend_until: Annotated[
        datetime | None,
        Meta(description="The latest `expires_at` that extending can reach; `null` if none."),
    ]
    cancellable_until: CancellableUntil
    confirmed_at: ConfirmedAt
    ended_at: EndedAt
    reason: Annotated[str | None, Meta(description="Why it was cancelled, if someone said so.")]
    notes: Annotated[str | None, Meta(description="Text that was kept with it.")]
    guest_count: Annotated[int | None, Meta(description="People who come along.")]
    metadata: Annotated[
        dict[str, Any] | None, Meta(description="Members of your own that were kept with it.")
    ]
    created_by: Annotated[str, Meta(description="The actor that placed it; as in the ledger.")]
    server_time: ServerTime


class ReservationsQuery(Request):
    """Which reservations to list."""

    status: Annotated[
        Literal["held", "confirmed", "released", "expired", "cancelled", "fulfilled", "no_show"]
        | None,
        Meta(description="As of now: a hold whose time is over has expired."),
    ] = None
    offering: Annotated[Id | None, Meta(description="Those with a line on this item or slot.")] = (
        None
    )
    customer: Annotated[
        Customer | None,
        Meta(
            description="Those of this customer, by a user's id, an e-mail address in any case of "
            "letters, or as the reservation has it."
        ),
    ] = None
    since: Annotated[
        Instant | None, Meta(description="Placed at this instant or later; RFC 3339.")
    ] = msgspec.field(name="from", default=None)
    until: Annotated[Instant | None, Meta(description="Placed before this instant; RFC 3339.")] = (
        msgspec.field(name="to", default=None)
    )
    limit: Limit = 50
    cursor: Cursor = None
