"""What the native API's requests and answers look like on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.domain.model import MAX_LINES
from firmhold.doors.shared.fields import (
    Available,
    Capacity,
    Confirmed,
    ConfirmedAt,
    Description,
    DrainingTo,
    EndedAt,
    Held,
    ItemId,
    ItemSku,
    MaxPerCustomer,
    Name,
    ReservationId,
    ReservationStatus,
    SaleEndsAt,
    SaleStartsAt,
    ServerTime,
    Version,
    WhyNot,
)
from firmhold.doors.shared.text import (
    Currency,
    Cursor,
    Customer,
    Delta,
    Id,
    Instant,
    Limit,
    NewSku,
    Quantity,
    Request,
    Search,
    Sku,
    Text,
    Title,
    Ttl,
    Units,
)


class Price(Struct, forbid_unknown_fields=True, frozen=True):
    """An amount of money."""

    amount: Annotated[
        int,
        Meta(ge=0, le=10**15, description="Minor units, such as cents: 1999 EUR is 19.99 €."),
    ]
    currency: Currency


# --- reservations ---


class LineRequest(Request):
    """One offering, named by `item` (its id) or by `sku`, and how many units of it."""

    quantity: Annotated[
        Quantity, Meta(description="Units; lines on the same item are summed before any check.")
    ]
    item: Annotated[Id | None, Meta(description="The item's id; either this or `sku`.")] = None
    sku: Annotated[Sku | None, Meta(description="The item's SKU; either this or `item`.")] = None


_Lines = Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=MAX_LINES)]


class HoldRequest(Request):
    """What to hold, for whom and for how long; with `confirm`, to take it for good at once."""

    lines: Annotated[_Lines, Meta(description="What to hold: all of it or nothing.")]
    customer: Annotated[
        Customer | None,
        Meta(
            description="Whom it is for, if an operator asks: a user's id or e-mail address, or "
            "any reference or address of your own. Others hold for themselves."
        ),
    ] = None
    ttl_seconds: Annotated[
        Ttl | None,
        Meta(
            description="Seconds until the hold ends, at most the shortest time that its items "
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
            description="What to keep of each item, at most what is held; the rest goes back on "
            "sale. All of it unless given."
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


class CancelRequest(Request):
    """Why."""

    reason: Annotated[Text | None, Meta(description="Why; kept with it and in the ledger.")] = None


class EmptyRequest(Request):
    """Nothing has to be said."""


class LineView(Struct, frozen=True):
    """One offering of a reservation."""

    offering: ItemId
    sku: ItemSku
    quantity: Annotated[int, Meta(description="Units asked for; this never changes.")]
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
    lines: Annotated[tuple[LineView, ...], Meta(description="What it claims, an entry per item.")]
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
        Literal["held", "confirmed", "released", "expired", "cancelled"] | None,
        Meta(description="As of now: a hold whose time is over has expired."),
    ] = None
    offering: Annotated[Id | None, Meta(description="Those with a line on this item.")] = None
    customer: Annotated[
        Customer | None, Meta(description="Those of this customer, named as in the reservation.")
    ] = None
    since: Annotated[
        Instant | None, Meta(description="Placed at this instant or later; RFC 3339.")
    ] = msgspec.field(name="from", default=None)
    until: Annotated[Instant | None, Meta(description="Placed before this instant; RFC 3339.")] = (
        msgspec.field(name="to", default=None)
    )
    limit: Limit = 50
    cursor: Cursor = None


# --- items ---

_Name = Annotated[Title, Meta(description="What people call it; need not be unique.")]
_About = Annotated[Text | None, Meta(description="Text about it; `null` for none.")]
_Price = Annotated[
    Price | None, Meta(description="Of one unit; what is held already keeps the price it had.")
]
_SaleStartsAt = Annotated[
    Instant | None,
    Meta(description="RFC 3339: before it nothing can be held; `null` for no such bound."),
]
_SaleEndsAt = Annotated[
    Instant | None,
    Meta(
        description="RFC 3339: from it on nothing can be held, but what is held can still be "
        "confirmed; `null` for no such bound."
    ),
]
_MinQuantity = Annotated[Quantity, Meta(description="Fewest units of one reservation.")]
_MaxQuantity = Annotated[
    Quantity | None,
    Meta(description="Most units of one reservation; `null` for no such limit."),
]
_MaxPerCustomer = Annotated[
    Quantity | None,
    Meta(
        description="Most units of one customer, held and confirmed together; `null` for no such "
        "limit."
    ),
]
_HoldTtl = Annotated[
    Ttl | None,
    Meta(description="Seconds a hold on it lasts, at most too; `null` for the organization's."),
]
_Metadata = Annotated[dict[str, Any], Meta(description="Members of your own to keep with it.")]


class ItemRequest(Request):
    """A new item."""

    sku: Annotated[
        NewSku, Meta(description="Stock-keeping unit: unique in the organization, never changed.")
    ]
    name: _Name
    capacity: Annotated[Units, Meta(description="Units there are to give at first.")]
    description: _About = None
    price: _Price = None
    sale_starts_at: _SaleStartsAt = None
    sale_ends_at: _SaleEndsAt = None
    min_quantity: _MinQuantity = 1
    max_quantity: _MaxQuantity = None
    max_per_customer: _MaxPerCustomer = None
    hold_ttl_seconds: _HoldTtl = None
    metadata: _Metadata = msgspec.field(default_factory=dict)


class ItemsRequest(Request):
    """Many new items: all of them or none."""

    items: Annotated[
        tuple[ItemRequest, ...],
        Meta(min_length=1, max_length=1000, description="The items, each with a SKU of its own."),
    ]


class ItemChange(Request):
    """What to change about an item; what is left out stays. `null` lifts a limit. The stock is
    changed by its own call."""

    name: _Name | UnsetType = UNSET
    description: _About | UnsetType = UNSET
    price: _Price | UnsetType = UNSET
    sale_starts_at: _SaleStartsAt | UnsetType = UNSET
    sale_ends_at: _SaleEndsAt | UnsetType = UNSET
    min_quantity: _MinQuantity | UnsetType = UNSET
    max_quantity: _MaxQuantity | UnsetType = UNSET
    max_per_customer: _MaxPerCustomer | UnsetType = UNSET
    hold_ttl_seconds: _HoldTtl | UnsetType = UNSET
    metadata: _Metadata | UnsetType = UNSET


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


class ItemView(Struct, frozen=True):
    """An item and its counts at `server_time`."""

    id: ItemId
    sku: ItemSku
    name: Name
    description: Description
    price: Annotated[
        Price | None, Meta(description="Of one unit from now on; `null` if it has none.")
    ]
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    draining_to: DrainingTo
    sale_starts_at: SaleStartsAt
    sale_ends_at: SaleEndsAt
    min_quantity: Annotated[int, Meta(description="Fewest units of one reservation.")]
    max_quantity: Annotated[
        int | None, Meta(description="Most units of one reservation; `null`: any.")
    ]
    max_per_customer: MaxPerCustomer
    hold_ttl_seconds: Annotated[
        int | None,
        Meta(description="Seconds a hold on it lasts; `null`: what the organization has set."),
    ]
    metadata: Annotated[dict[str, Any], Meta(description="Members of your own.")]
    version: Version
    created_at: Annotated[datetime, Meta(description="When it was put on sale.")]
    updated_at: Annotated[
        datetime, Meta(description="When anything but its counts was last changed.")
    ]
    server_time: ServerTime


class ItemsQuery(Request):
    """Which items to list."""

    search: Search = None
    sku: Annotated[Sku | None, Meta(description="The one item with exactly this SKU.")] = None
    limit: Limit = 50
    cursor: Cursor = None


class CapacityView(Struct, frozen=True):
    """An offering's counts after its capacity was changed."""

    offering: ItemId
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    draining_to: DrainingTo
    version: Version
    server_time: ServerTime


# --- availability and ledger ---


class AvailabilityQuery(Request):
    """The instant to look at; now, unless given."""

    at: Annotated[
        Instant | None, Meta(description="RFC 3339, not in the future; now unless given.")
    ] = None


class AvailabilityView(Struct, frozen=True):
    """What is left of an offering, and why it cannot be had if it cannot."""

    offering: ItemId
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    on_sale: Annotated[bool, Meta(description="Whether the fewest units of a hold can be had now.")]
    reason: WhyNot
    next_expiry: Annotated[
        datetime | None, Meta(description="When the next hold on it ends, unless that is moved.")
    ]
    version: Version
    server_time: ServerTime


class CountsView(Struct, frozen=True):
    """The counts of an offering as they stood at an instant."""

    offering: ItemId
    at: Annotated[datetime, Meta(description="The instant that was asked for.")]
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    version: Version
    server_time: ServerTime


class LedgerQuery(Request):
    """Which part of the ledger."""

    limit: Limit = 100
    cursor: Cursor = None


class EntryView(Struct, frozen=True):
    """One change to an offering, and the counts that it left. It never changes."""

    seq: Annotated[int, Meta(description="Its number: 1, 2, 3 and so on for each offering.")]
    kind: Annotated[
        str,
        Meta(
            description="`created`, `updated`, `capacity_set`, `capacity_adjusted`, `held`, "
            "`extended`, `confirmed`, `reacquired`, `released`, `expired` or `cancelled`."
        ),
    ]
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


# --- organization ---


class OrganizationView(Struct, frozen=True):
    """What an organization allows."""

    id: Annotated[str, Meta(description="The organization's id; it never changes.")]
    slug: Annotated[str, Meta(description="Its name in `X-Organization`; it never changes.")]
    name: Annotated[str, Meta(description="What people call it.")]
    hold_ttl_seconds: Annotated[
        int, Meta(description="Seconds a hold lasts, at most too, where an item sets no others.")
    ]
    max_live_holds: Annotated[
        int | None, Meta(description="Holds a customer may have at a time; `null`: any.")
    ]
    guest_holds: Annotated[
        bool, Meta(description="Whether someone with nothing but an e-mail address may hold.")
    ]
    public_catalogue: Annotated[
        bool, Meta(description="Whether items and what is left of them are shown to anyone.")
    ]


class OrganizationChange(Request):
    """What to change; what is left out stays."""

    name: Annotated[Title | UnsetType, Meta(description="What people call it.")] = UNSET
    hold_ttl_seconds: Annotated[
        Ttl | UnsetType,
        Meta(description="Seconds for new holds, at most too, where an item sets no others."),
    ] = UNSET
    max_live_holds: Annotated[
        Quantity | UnsetType | None,
        Meta(description="Holds a customer may have at a time; `null` lifts the limit."),
    ] = UNSET
    guest_holds: Annotated[
        bool | UnsetType,
        Meta(description="Whether someone with nothing but an e-mail address may hold."),
    ] = UNSET
    public_catalogue: Annotated[
        bool | UnsetType,
        Meta(description="Whether items and what is left of them are shown to anyone."),
    ] = UNSET
