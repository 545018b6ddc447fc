"""What the engine's values look like at this door, before anybody has chosen fields of them.

As structs and not as the schema's types, because what an effect has made is kept as JSON along with
its idempotency key and read again from there.
"""

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from firmhold.domain.errors import Code
from firmhold.domain.model import Reservation
from firmhold.doors.shared.rendering import seconds_left
from firmhold.engine.catalogue import Item
from firmhold.engine.confirmation import code_of
from firmhold.engine.places import Site
from firmhold.engine.timetable import SOLD_OUT, PublishedSlot


class LineView(Struct, frozen=True):
    """One slot or item of a booking."""

    offering_id: str
    quantity: int
    held: int
    confirmed: int
    unit_price: int | None
    currency: str | None


class BookingView(Struct, frozen=True):
    """A reservation as it stands at `server_time`."""

    id: str
    confirmation_code: str | None
    status: str
    customer: str | None
    of: tuple[LineView, ...]
    guest_count: int | None
    notes: str | None
    reason: str | None
    created_at: datetime
    expires_at: datetime | None
    ttl_seconds: int | None
    cancellable_until: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    server_time: datetime


class SlotView(Struct, frozen=True):
    """A slot as it stands at `server_time`."""

    id: str
    site: str
    title: str
    description: str | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    available: int
    bookable: bool
    why_not: str | None
    blocked: bool
    unit_price: int | None
    currency: str | None
    withdrawn_at: datetime | None
    server_time: datetime


class HoursView(Struct, frozen=True):
    """When a venue is open on one day of the week."""

    day: str
    opens: str
    closes: str


class VenueView(Struct, frozen=True):
    """A site."""

    id: str
    name: str
    address: str | None
    time_zone: str
    slot_minutes: int
    hours: tuple[HoursView, ...]


class ItemView(Struct, frozen=True):
    """An item as it stands at `server_time`."""

    id: str
    sku: str
    name: str
    description: str | None
    capacity: int
    held: int
    confirmed: int
    available: int
    why_not: str | None
    unit_price: int | None
    currency: str | None
    sale_starts_at: datetime | None
    sale_ends_at: datetime | None
    max_per_customer: int | None
    server_time: datetime


class Listed(NamedTuple):
    """A page of views, each with its cursor, and whether anything comes after it."""

    entries: list[tuple[Struct, str]]
    more: bool


def booking_view(
    reservation: Reservation, now: datetime, cancellable_until: datetime | None
) -> BookingView:
    """A reservation in this door's words."""
    return BookingView(
        reservation.id,
        code_of(reservation.id),
        reservation.status.value,
        reservation.customer,
        tuple(
            LineView(
                line.offering,
                line.quantity,
                line.held,
                line.confirmed,
                line.unit_price,
                line.currency,
            )
            for line in reservation.lines
        ),
        reservation.guest_count,
        reservation.notes,
        reservation.reason,
        reservation.created_at,
        reservation.expires_at,
        seconds_left(reservation, now),
        cancellable_until,
        reservation.confirmed_at,
        reservation.ended_at,
        now,
    )


def slot_view(slot: PublishedSlot) -> SlotView:
    """A slot without what those who run it have noted."""
    terms = slot.fields.terms
    return SlotView(
        slot.id,
        slot.site.id,
        slot.fields.title,
        slot.fields.description,
        slot.starts_at,
        slot.ends_at,
        slot.offering.capacity,
        slot.available,
        slot.refusal is None,
        slot.reason,
        not slot.offering.open,
        terms.unit_price,
        terms.currency,
        slot.withdrawn_at,
        slot.now,
    )


def venue_view(site: Site) -> VenueView:
    """A site without what those who run it have noted."""
    fields = site.fields
    hours = tuple(HoursView(*it) for it in fields.opening_hours)
    return VenueView(site.id, fields.name, fields.address, fields.zone, fields.slot_minutes, hours)


def item_view(item: Item) -> ItemView:
    """An item without what those who run it have noted."""
    terms, why = item.fields.terms, item.why_unavailable
    return ItemView(
        item.id,
        item.sku,
        item.fields.name,
        item.fields.description,
        item.capacity,
        item.held,
        item.confirmed,
        item.available,
        None if why is None else SOLD_OUT if why is Code.INSUFFICIENT_CAPACITY else why.value,
        terms.unit_price,
        terms.currency,
        terms.sale_starts_at,
        terms.sale_ends_at,
        terms.max_per_customer,
        item.now,
    )
