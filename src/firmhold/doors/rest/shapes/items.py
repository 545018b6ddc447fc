"""What requests and answers about items look like on the wire."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.rest.shapes.terms import (
    About,
    Fewest,
    FewestNow,
    GivenName,
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
from firmhold.doors.shared.fields import (
    Available,
    Capacity,
    Confirmed,
    Description,
    DrainingTo,
    Held,
    ItemId,
    ItemSku,
    MaxPerCustomer,
    Name,
    SaleEndsAt,
    SaleStartsAt,
    ServerTime,
    Version,
)
from firmhold.doors.shared.text import Cursor, Limit, NewSku, Request, Search, Sku, Units


class ItemRequest(Request):
    """A new item."""

    sku: Annotated[
        NewSku, Meta(description="Stock-keeping unit: unique in the organization, never changed.")
    ]
    name: GivenName
    capacity: Annotated[Units, Meta(description="Units there are to give at first.")]
    description: About = None
    price: GivenPrice = None
    sale_starts_at: SaleFrom = None
    sale_ends_at: SaleUntil = None
    min_quantity: Fewest = 1
    max_quantity: Most = None
    max_per_customer: MostPerCustomer = None
    hold_ttl_seconds: HoldSeconds = None
    metadata: Members = msgspec.field(default_factory=dict)


class ItemsRequest(Request):
    """Many new items: all of them or none."""

    items: Annotated[
        tuple[ItemRequest, ...],
        Meta(min_length=1, max_length=1000, description="The items, each with a SKU of its own."),
    ]


class ItemChange(Request):
    """What to change about an item; what is left out stays. `null` lifts a limit. The stock is
    changed by its own call."""

    name: GivenName | UnsetType = UNSET
    description: About | UnsetType = UNSET
    price: GivenPrice | UnsetType = UNSET
    sale_starts_at: SaleFrom | UnsetType = UNSET
    sale_ends_at: SaleUntil | UnsetType = UNSET
    min_quantity: Fewest | UnsetType = UNSET
    max_quantity: Most | UnsetType = UNSET
    max_per_customer: MostPerCustomer | UnsetType = UNSET
    hold_ttl_seconds: HoldSeconds | UnsetType = UNSET
    metadata: Members | UnsetType = UNSET


class ItemView(Struct, frozen=True):
    """An item and its counts at `server_time`."""

    id: ItemId
    sku: ItemSku
    name: Name
    description: Description
    price: PriceNow
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available
    draining_to: DrainingTo
    sale_starts_at: SaleStartsAt
    sale_ends_at: SaleEndsAt
    min_quantity: FewestNow
    max_quantity: MostNow
    max_per_customer: MaxPerCustomer
    hold_ttl_seconds: HoldSecondsNow
    metadata: OwnMembers
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
