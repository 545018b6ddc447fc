"""What the storefront door's requests and answers look like on the wire."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.shared.text import Email, Id, Limit, Quantity, Request, Sku


class ReserveRequest(Request):
    """So many units of an item. A guest says who they are by e-mail."""

    sku: Sku
    quantity: Quantity
    email: Email | None = None


class ReserveAnswer(Struct, frozen=True):
    """A hold, and until when."""

    reservation_id: str
    sku: str
    quantity: int
    expires_at: datetime
    ttl_seconds: int
    status: str
    server_time: datetime
    hold_token: str | UnsetType = UNSET
    """For guests: the bearer token that opens this reservation, and nothing else."""


class CheckoutRequest(Request):
    """Which reservation."""

    reservation_id: Id


class OrderLine(Struct, frozen=True):
    """One product of an order."""

    sku: str
    quantity: int
    unit_price: int | None
    currency: str | None


class CheckoutAnswer(Struct, frozen=True):
    """The order that a reservation has become."""

    reservation_id: str
    status: str
    lines: tuple[OrderLine, ...]
    total: "Money | None"
    confirmed_at: datetime | None
    ended_at: datetime | None
    server_time: datetime


class Money(Struct, frozen=True):
    """An amount in the currency's minor unit."""

    amount: int
    currency: str


class InventoryAnswer(Struct, frozen=True):
    """What is left of an item."""

    sku: str
    available: int
    reserved: int
    sold: int
    total: int
    on_sale: bool
    reason: str | None
    """Why not: `sold_out`, `not_on_sale_yet` or `sale_ended`."""
    server_time: datetime


class Product(Struct, frozen=True, rename="camel"):
    """An item as a shop shows it."""

    id: str
    sku: str
    name: str
    description: str | None
    price: Money | None
    sale_starts_at: datetime | None
    sale_ends_at: datetime | None
    total_stock: int
    available_stock: int
    status: str
    """`live`, `upcoming`, `ended` or `sold_out`."""
    max_per_customer: int | None
    server_time: datetime


class ProductsQuery(Request):
    """Which products."""

    search: Annotated[str, Meta(max_length=100)] | None = None
    limit: Limit = 100
    cursor: str | None = None


class HoldRequest(Request, rename="camel"):
    """Two minutes to decide. `productId` is a product's id or its SKU."""

    product_id: Annotated[str, Meta(min_length=1, max_length=128)]
    email: Email
    qty: Quantity = 1


class Order(Struct, frozen=True, rename="camel"):
    """A shop's view of a reservation."""

    order_id: str
    status: str
    """`PENDING`, `CONFIRMED`, `EXPIRED` or, when given back, `CANCELLED`."""
    product_id: str
    qty: int
    hold_expires_at: datetime | None
    confirmed_at: datetime | None
    server_time: datetime
    hold_token: str | UnsetType = UNSET


class OrdersQuery(Request):
    """Whose orders."""

    email: Email
    limit: Limit = 100


class Totals(Struct, frozen=True, rename="camel"):
    """Sums over all items, and what has happened since the server started."""

    offerings: int
    capacity: int
    held: int
    confirmed: int
    sell_through: float
    """Confirmed units as a share of all units, 0 to 1."""
    holds: int
    confirms: int
    expiries: int
    releases: int
    cancellations: int


class Step(Struct, frozen=True, rename="camel"):
    """What happened in one step of time: reservations, and units confirmed."""

    at: datetime
    holds: int
    confirms: int
    expiries: int
    releases: int
    cancellations: int
    units_confirmed: int


class MetricsAnswer(Struct, frozen=True, rename="camel"):
    """Numbers for an operator's charts."""

    since: datetime
    server_time: datetime
    totals: Totals
    step_seconds: int
    series: tuple[Step, ...]


class MetricsQuery(Request):
    """How far back the series reaches, and in which steps."""

    minutes: Annotated[int, Meta(ge=1, le=1440)] = 60
    step_seconds: Annotated[int, Meta(ge=1, le=3600)] = 60
