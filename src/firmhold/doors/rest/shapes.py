"""What the native API's requests and answers look like on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.domain.model import MAX_LINES
from firmhold.doors.shared.text import (
    Customer,
    Delta,
    Id,
    Instant,
    Limit,
    Line,
    Quantity,
    Request,
    Sku,
    Text,
    Ttl,
    Units,
)

# --- reservations ---


class LineRequest(Request):
    """One offering, named by `item` (its id) or by `sku`, and how many units of it."""

    quantity: Quantity
    item: Id | None = None
    sku: Sku | None = None


class HoldRequest(Request):
    """What to hold, for whom and for how long; with `confirm`, to take it for good at once."""

    lines: Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=MAX_LINES)]
    customer: Customer | None = None
    ttl_seconds: Ttl | None = None
    notes: Text | None = None
    guest_count: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    metadata: dict[str, Any] | None = None
    confirm: bool = False


class ConfirmRequest(Request):
    """Which lines to confirm (all, unless given), and whether to take them again if the hold has
    expired but they are still free."""

    lines: Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=MAX_LINES)] | None = (
        None
    )
    reacquire: bool = False


class ExtendRequest(Request):
    """How long from now the hold is to last at least."""

    ttl_seconds: Ttl


class CancelRequest(Request):
    """Why."""

    reason: Text | None = None


class EmptyRequest(Request):
    """Nothing has to be said."""


class LineView(Struct, frozen=True):
    """One offering of a reservation."""

    offering: str
    quantity: int
    held: int
    confirmed: int
    unit_price: "Price | None"


class ReservationView(Struct, frozen=True):
    """A reservation as it stands at `server_time`."""

    id: str
    status: str
    customer: str | None
    lines: tuple[LineView, ...]
    created_at: datetime
    expires_at: datetime | None
    ttl_seconds: int | None
    extend_until: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    notes: str | None
    guest_count: int | None
    metadata: dict[str, Any] | None
    created_by: str
    server_time: datetime


class ReservationsQuery(Request):
    """Which reservations to list."""

    status: Literal["held", "confirmed", "released", "expired", "cancelled"] | None = None
    offering: Id | None = None
    customer: Customer | None = None
    since: Instant | None = msgspec.field(name="from", default=None)
    until: Instant | None = msgspec.field(name="to", default=None)
    limit: Limit = 50
    cursor: str | None = None


# --- items ---


class Price(Struct, forbid_unknown_fields=True, frozen=True):
    """An amount of money in the currency's minor unit: 1999 EUR is 19.99 €."""

    amount: Annotated[int, Meta(ge=0, le=10**15)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217.")]


class ItemRequest(Request):
    """A new item."""

    sku: Sku
    name: Line
    capacity: Units
    description: Text | None = None
    price: Price | None = None
    sale_starts_at: Instant | None = None
    sale_ends_at: Instant | None = None
    min_quantity: Quantity = 1
    max_quantity: Quantity | None = None
    max_per_customer: Quantity | None = None
    hold_ttl_seconds: Ttl | None = None
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)


class ItemsRequest(Request):
    """Many new items: all of them or none."""

    items: Annotated[tuple[ItemRequest, ...], Meta(min_length=1, max_length=1000)]


class ItemChange(Request):
    """What to change about an item; what is left out stays. `null` lifts a limit. The stock is
    changed by its own call."""

    name: Line | UnsetType = UNSET
    description: Text | UnsetType | None = UNSET
    price: Price | UnsetType | None = UNSET
    sale_starts_at: Instant | UnsetType | None = UNSET
    sale_ends_at: Instant | UnsetType | None = UNSET
    min_quantity: Quantity | UnsetType = UNSET
    max_quantity: Quantity | UnsetType | None = UNSET
    max_per_customer: Quantity | UnsetType | None = UNSET
    hold_ttl_seconds: Ttl | UnsetType | None = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET


class CapacityRequest(Request):
    """Either the new `capacity`, optionally only if it still is `expected`, or a signed `delta`
    with a `reason`. With `drain` it may go below what is reserved: sales stop, and it comes down
    as units come back."""

    capacity: Units | None = None
    expected: Units | None = None
    delta: Delta | None = None
    drain: bool = False
    reason: Text | None = None


class ItemView(Struct, frozen=True):
    """An item and its counts at `server_time`."""

    id: str
    sku: str
    name: str
    description: str | None
    price: Price | None
    capacity: int
    held: int
    confirmed: int
    available: int
    draining_to: int | None
    sale_starts_at: datetime | None
    sale_ends_at: datetime | None
    min_quantity: int
    max_quantity: int | None
    max_per_customer: int | None
    hold_ttl_seconds: int | None
    metadata: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    server_time: datetime


class ItemsQuery(Request):
    """Which items to list."""

    search: Annotated[str, Meta(max_length=100)] | None = None
    sku: Sku | None = None
    limit: Limit = 50
    cursor: str | None = None


class CapacityView(Struct, frozen=True):
    """An offering's counts after its capacity was changed."""

    offering: str
    capacity: int
    held: int
    confirmed: int
    available: int
    draining_to: int | None
    version: int
    server_time: datetime


# --- availability and ledger ---


class AvailabilityQuery(Request):
    """The instant to look at; now, unless given."""

    at: Instant | None = None


class AvailabilityView(Struct, frozen=True):
    """What is left of an offering, and why it cannot be had if it cannot."""

    offering: str
    capacity: int
    held: int
    confirmed: int
    available: int
    on_sale: bool
    reason: str | None
    """`sold_out`, `not_on_sale_yet` or `sale_ended`."""
    next_expiry: datetime | None
    version: int
    server_time: datetime


class CountsView(Struct, frozen=True):
    """The counts of an offering as they stood at an instant."""

    offering: str
    at: datetime
    capacity: int
    held: int
    confirmed: int
    available: int
    version: int
    server_time: datetime


class LedgerQuery(Request):
    """Which part of the ledger."""

    limit: Limit = 100
    cursor: str | None = None


class EntryView(Struct, frozen=True):
    """One change to an offering, and the counts that it left."""

    seq: int
    kind: str
    at: datetime
    actor: str
    reservation: str | None
    capacity_delta: int
    held_delta: int
    confirmed_delta: int
    capacity: int
    held: int
    confirmed: int
    reason: str | None
    hold_expires_at: datetime | None


# --- organization ---


class OrganizationView(Struct, frozen=True):
    """What an organization allows."""

    id: str
    slug: str
    name: str
    hold_ttl_seconds: int
    max_live_holds: int | None
    guest_holds: bool
    public_catalogue: bool


class OrganizationChange(Request):
    """What to change; what is left out stays."""

    name: Line | UnsetType = UNSET
    hold_ttl_seconds: Ttl | UnsetType = UNSET
    max_live_holds: Quantity | UnsetType | None = UNSET
    guest_holds: bool | UnsetType = UNSET
    public_catalogue: bool | UnsetType = UNSET
