"""What may be said to each field, with its bounds: the same as the other doors have."""

import datetime
from typing import Annotated

from msgspec import Meta

from firmhold.doors.shared.text import (
    Customer,
    Email,
    Id,
    IdempotencyKey,
    Quantity,
    Reason,
    Request,
    Sku,
    Text,
    Title,
    Ttl,
)
from firmhold.identity.passwords import LONGEST, SHORTEST

MAX_PAGE = 100
"""Entries of one page. Ten thousand objects would take seconds, in which nobody else is served."""

_First = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
_Cursor = Annotated[str, Meta(max_length=300)] | None
_Slug = Annotated[str, Meta(min_length=1, max_length=63)] | None


class Named(Request, rename="camel"):
    """One thing by its id."""

    id: Id


class Page(Request, rename="camel"):
    """A stretch of a list."""

    first: _First = 20
    after: _Cursor = None


class SlotsPage(Page, rename="camel", kw_only=True):
    """Of the slots of a venue that can be booked."""

    venue_id: Id
    date: datetime.date | None = None


class ItemsPage(Page, rename="camel"):
    """Of the catalogue."""

    search: Annotated[str, Meta(max_length=100)] | None = None


class BookingsPage(Page, rename="camel"):
    """Of one's own bookings."""

    status: str | None = None


class ItemNamed(Request, rename="camel"):
    """An item by its id or its SKU."""

    id: Id | None = None
    sku: Sku | None = None


class Coded(Request, rename="camel"):
    """A booking by its confirmation code."""

    code: Annotated[str, Meta(max_length=40)]


class VenueNamed(Request, rename="camel"):
    """A venue by its id."""

    venue_id: Id


class QueueOf(Request, rename="camel"):
    """A venue, or one of its slots."""

    venue_id: Id
    slot_id: Id | None = None


class SignIn(Request, rename="camel"):
    """Who signs in."""

    email: Email
    password: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    organization: _Slug = None


class Register(Request, rename="camel"):
    """Who wants an account."""

    email: Email
    password: Annotated[str, Meta(min_length=SHORTEST, max_length=LONGEST)]
    name: Title | None = None
    organization: _Slug = None


class Refresh(Request, rename="camel"):
    """How to stay signed in."""

    refresh_token: Annotated[str, Meta(max_length=128)]


_Guests = Annotated[int, Meta(ge=1, le=1_000_000)]


class NewBooking(Request, rename="camel"):
    """Places of a slot."""

    slot_id: Id
    venue_id: Id | None = None
    guest_count: _Guests | None = None
    quantity: Quantity | None = None
    notes: Text | None = None
    customer: Customer | None = None
    ttl_seconds: Ttl | None = None


class NewItemBooking(Request, rename="camel"):
    """Units of an item."""

    sku: Sku | None = None
    item_id: Id | None = None
    quantity: Quantity = 1
    notes: Text | None = None
    customer: Customer | None = None
    ttl_seconds: Ttl | None = None


class Given(Request, rename="camel"):
    """A booking to give back."""

    id: Id
    reason: Reason | None = None


class Keyed(Request, rename="camel"):
    """The key of one effect."""

    idempotency_key: IdempotencyKey
