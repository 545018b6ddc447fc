"""What the storefront door's requests and answers look like on the wire."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.shared.fields import (
    Capacity,
    Confirmed,
    ConfirmedAt,
    Description,
    EndedAt,
    ExpiresAt,
    Held,
    HoldToken,
    ItemId,
    ItemSku,
    MaxPerCustomer,
    Name,
    ReservationId,
    ReservationStatus,
    SaleEndsAt,
    SaleStartsAt,
    ServerTime,
    WhyNot,
)
from firmhold.doors.shared.text import (
    LONGEST_SKU,
    Cursor,
    Email,
    Id,
    Limit,
    Quantity,
    Request,
    Search,
    Sku,
)

_Currency = Annotated[str, Meta(description="Three letters, as in ISO 4217.")]
_InCart = Annotated[int, Meta(description="Units in it: those confirmed, or else those asked for.")]


class Money(Struct, frozen=True):
    """An amount of money."""

    amount: Annotated[int, Meta(description="Minor units, such as cents: 1999 EUR is 19.99 €.")]
    currency: _Currency


class ReserveRequest(Request):
    """So many units of an item. A guest says who they are by e-mail."""

    sku: Annotated[Sku, Meta(description="The item's SKU.")]
    quantity: Annotated[Quantity, Meta(description="Units to hold: all of them or none.")]
    email: Annotated[
        Email | None,
        Meta(
            description="Who a guest is, in any case of letters; from an operator, whom it is "
            "for. Others hold for themselves."
        ),
    ] = None


class ReserveAnswer(Struct, frozen=True):
    """A hold, and until when."""

    reservation_id: ReservationId
    sku: ItemSku
    quantity: Annotated[int, Meta(description="Units that are held.")]
    expires_at: ExpiresAt
    ttl_seconds: Annotated[int, Meta(description="Whole seconds from now to `expires_at`.")]
    status: ReservationStatus
    server_time: ServerTime
    hold_token: HoldToken | UnsetType = UNSET


class CheckoutRequest(Request):
    """Which reservation."""

    reservation_id: Annotated[Id, Meta(description="The `reservation_id` of the hold.")]


class OrderLine(Struct, frozen=True):
    """One product of an order."""

    sku: ItemSku
    quantity: _InCart
    unit_price: Annotated[
        int | None,
        Meta(description="Minor units for one when it was held; `null` if it had no price."),
    ]
    currency: Annotated[
        str | None, Meta(description="Of the price: three letters, as in ISO 4217.")
    ]


class CheckoutAnswer(Struct, frozen=True):
    """The order that a reservation has become."""

    reservation_id: ReservationId
    status: ReservationStatus
    lines: Annotated[tuple[OrderLine, ...], Meta(description="What is in it, a line per item.")]
    total: Annotated[
        Money | None,
        Meta(description="Sum of the lines; `null` unless all have prices in one currency."),
    ]
    confirmed_at: ConfirmedAt
    ended_at: EndedAt
    server_time: ServerTime


class InventoryAnswer(Struct, frozen=True):
    """What is left of an item."""

    sku: ItemSku
    available: Annotated[
        int, Meta(description="Units that can be had: total less reserved less sold.")
    ]
    reserved: Held
    sold: Confirmed
    total: Capacity
    on_sale: Annotated[bool, Meta(description="Whether the fewest units of a hold can be had now.")]
    reason: WhyNot
    server_time: ServerTime


class Product(Struct, frozen=True, rename="camel"):
    """An item as a shop shows it."""

    id: ItemId
    sku: ItemSku
    name: Name
    description: Description
    price: Annotated[
        Money | None, Meta(description="Of one unit from now on; `null` if it has none.")
    ]
    sale_starts_at: SaleStartsAt
    sale_ends_at: SaleEndsAt
    total_stock: Capacity
    available_stock: Annotated[
        int, Meta(description="Units that can be had: neither in a hold nor sold.")
    ]
    status: Annotated[
        str, Meta(description="At this moment `live`, `upcoming`, `ended` or `sold_out`.")
    ]
    max_per_customer: MaxPerCustomer
    server_time: ServerTime


class ProductsQuery(Request):
    """Which products."""

    search: Search = None
    limit: Limit = 100
    cursor: Cursor = None


class HoldRequest(Request, rename="camel"):
    """Two minutes to decide."""

    product_id: Annotated[
        str,
        Meta(min_length=1, max_length=LONGEST_SKU, description="The product's id or its SKU."),
    ]
    email: Annotated[
        Email,
        Meta(description="The buyer's: one's own, or from an operator, whom it is for."),
    ]
    qty: Annotated[Quantity, Meta(description="Units to hold: all of them or none.")] = 1


class Order(Struct, frozen=True, rename="camel"):
    """A shop's view of a reservation."""

    order_id: ReservationId
    status: Annotated[
        str,
        Meta(description="`PENDING`, `CONFIRMED`, `EXPIRED` or, when given back, `CANCELLED`."),
    ]
    product_id: Annotated[str, Meta(description="The id of its item; of several, of the first.")]
    qty: _InCart
    hold_expires_at: Annotated[
        datetime | None,
        Meta(description="From then on the hold is over; `null` if it was confirmed at once."),
    ]
    confirmed_at: ConfirmedAt
    server_time: ServerTime
    hold_token: HoldToken | UnsetType = UNSET


class OrdersQuery(Request):
    """Whose orders."""

    email: Annotated[Email, Meta(description="Whose orders, in any case of letters.")]
    limit: Limit = 100


_Holds = Annotated[int, Meta(description="Holds that were placed.")]
_Confirms = Annotated[int, Meta(description="Reservations that were confirmed.")]
_Expiries = Annotated[int, Meta(description="Holds that were recorded as expired.")]
_Releases = Annotated[int, Meta(description="Holds that were given back.")]
_Cancellations = Annotated[int, Meta(description="Confirmed reservations that were given back.")]


class Totals(Struct, frozen=True, rename="camel"):
    """Sums over all items, or of the one, as they are now, and what has happened since `since`."""

    offerings: Annotated[int, Meta(description="Items there are.")]
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    sell_through: Annotated[
        float, Meta(description="Confirmed units as a share of all units, 0 to 1.")
    ]
    live_holds: Annotated[int, Meta(description="Holds that run now.")]
    oversold: Annotated[
        int, Meta(description="Items with more units promised than there are: none, ever.")
    ]
    holds: _Holds
    confirms: _Confirms
    expiries: _Expiries
    releases: _Releases
    cancellations: _Cancellations


class Step(Struct, frozen=True, rename="camel"):
    """What happened in one step of time."""

    at: Annotated[datetime, Meta(description="The step's first instant.")]
    holds: _Holds
    confirms: _Confirms
    expiries: _Expiries
    releases: _Releases
    cancellations: _Cancellations
    units_confirmed: Annotated[int, Meta(description="Units that were confirmed.")]


class Reserving(Struct, frozen=True, rename="camel"):
    """How requests to reserve went, of all organizations, on the node that answers."""

    requests: Annotated[int, Meta(description="Requests to reserve.")]
    refused: Annotated[
        int, Meta(description="Those refused: sold out, above a limit, too often (4xx).")
    ]
    failed: Annotated[int, Meta(description="Those that came to nothing for our doing (5xx).")]
    p95_seconds: Annotated[
        float | None,
        Meta(description="One in twenty took longer; `null` if there were none. An estimate."),
    ]
    seconds: Annotated[float, Meta(description="How long a time this is of.")]


class ReservingStep(Reserving, frozen=True, rename="camel"):
    """The same in one step of time."""

    at: Annotated[datetime, Meta(description="The step's first instant.")]


class MetricsAnswer(Struct, frozen=True, rename="camel"):
    """Numbers for an operator's charts."""

    since: Annotated[
        datetime, Meta(description="From when on is counted: the server's start, or a day ago.")
    ]
    server_time: ServerTime
    totals: Annotated[Totals, Meta(description="Over all items, or of the one.")]
    step_seconds: Annotated[int, Meta(description="Length of a step.")]
    series: Annotated[
        tuple[Step, ...],
        Meta(description="Oldest first; steps in which nothing happened are left out."),
    ]
    reserving: Annotated[
        Reserving, Meta(description="Over the last five minutes, of which alarms are made.")
    ]
    reserving_series: Annotated[
        tuple[ReservingStep, ...],
        Meta(description="Oldest first; an hour at most, and since the server's start."),
    ]


class MetricsQuery(Request):
    """Of what, how far back the series reaches, and in which steps."""

    item: Annotated[
        Id | None, Meta(description="The id of one item; all of them unless given.")
    ] = None

    minutes: Annotated[
        int, Meta(ge=1, le=1440, description="How far back the series reaches, 1 to 1,440.")
    ] = 60
    step_seconds: Annotated[
        int, Meta(ge=1, le=3600, description="Length of a step, 1 to 3,600.")
    ] = 60
