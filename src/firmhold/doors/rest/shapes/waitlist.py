"""What requests and answers about waitlists look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from firmhold.doors.shared.fields import OfferingId, ServerTime
from firmhold.doors.shared.text import Cursor, Customer, Id, Limit, Quantity, Request, Sku

WaitStatus = Literal["waiting", "offered", "accepted", "declined", "lapsed", "withdrawn", "closed"]

NotYet = Literal[
    "not_on_sale_yet",
    "sale_ended",
    "too_far_ahead",
    "too_late_to_book",
    "limit_exceeded",
    "insufficient_capacity",
    "pool_busy",
]


class WaitRequest(Request):
    """What to wait for, named by `item` (its id), `sku` or `slot` (its id)."""

    quantity: Annotated[
        Quantity, Meta(description="Units that are wanted: all of them at once, or none.")
    ]
    item: Annotated[Id | None, Meta(description="The item's id; this, `sku` or `slot`.")] = None
    sku: Annotated[Sku | None, Meta(description="The item's SKU; this, `item` or `slot`.")] = None
    slot: Annotated[Id | None, Meta(description="The slot's id; this, `item` or `sku`.")] = None
    customer: Annotated[
        Customer | None,
        Meta(
            description="Who waits, if an operator asks for somebody: named as in a reservation. "
            "Otherwise whoever asks."
        ),
    ] = None


class WaitView(Struct, frozen=True):
    """A place in the line for an offering, as it stands at `server_time`."""

    id: Annotated[str, Meta(description="The entry's id; it never changes.")]
    offering: OfferingId
    sku: Annotated[str | None, Meta(description="The item's SKU; `null` for a slot.")]
    starts_at: Annotated[
        datetime | None, Meta(description="When the slot starts; `null` for an item.")
    ]
    ends_at: Annotated[datetime | None, Meta(description="When the slot ends; `null` for an item.")]
    customer: Annotated[str, Meta(description="Who waits.")]
    quantity: Annotated[int, Meta(description="Units that are wanted.")]
    status: Annotated[
        WaitStatus,
        Meta(
            description="`offered`: units are held by `reservation`, to be confirmed or declined; "
            "`lapsed`: that hold ended; `closed`: it became too late, or the slot was "
            "withdrawn."
        ),
    ]
    position: Annotated[
        int | None,
        Meta(
            description="1 for whoever is next; `null` if not waiting any more, or if a long line "
            "has only just been joined."
        ),
    ]
    reason: Annotated[
        NotYet | None, Meta(description="Why it is not served yet, if it waits for something.")
    ]
    reservation: Annotated[
        str | None, Meta(description="The hold that is its offer, once there was one.")
    ]
    offer_expires_at: Annotated[
        datetime | None, Meta(description="When the offer ends, or ended, if there was one.")
    ]
    created_at: Annotated[datetime, Meta(description="When it was joined.")]
    ended_at: Annotated[datetime | None, Meta(description="When it was over, if it is.")]
    server_time: ServerTime


class WaitlistQuery(Request):
    """Which entries to list."""

    offering: Annotated[
        Id | None, Meta(description="Those for this item or slot, in the order of the line.")
    ] = None
    customer: Annotated[
        Customer | None,
        Meta(
            description="Those of this customer, by a user's id, an e-mail address in any case of "
            "letters, or as the entry has it."
        ),
    ] = None
    status: Annotated[WaitStatus | None, Meta(description="As of now.")] = None
    limit: Limit = 50
    cursor: Cursor = None
