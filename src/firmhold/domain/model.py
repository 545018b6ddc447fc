"""The nouns: offering, slot, pool, reservation, waitlist entry, ledger entry, actor.

Immutable values without behaviour.

Ids are strings such as `rsv_0199…`: a typed prefix and the 32 hex digits of a UUIDv7.
Quantities are whole units; times are aware datetimes in UTC, read from the database's clock.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

MAX_LINES = 100
"""Lines of one reservation: enough for any cart, few enough to lock at once."""

MAX_QUANTITY = 1_000_000
"""Units of one line. A request beyond it is a mistake, not a customer."""

MAX_CAPACITY = 1_000_000_000
"""Units of one offering: counters and their sums stay within a 32-bit integer."""

MAX_TTL_SECONDS = 7 * 24 * 3600
"""The longest time a hold may be configured to last."""

EXTENSION_FACTOR = 3
"""A hold lives at most this many times its offering's TTL, however often it is extended."""


class Status(StrEnum):
    """Where a reservation is in its life. There is exactly one way out of `held`, ever."""

    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FULFILLED = "fulfilled"
    NO_SHOW = "no_show"


class Kind(StrEnum):
    """What a ledger entry records."""

    CREATED = "created"
    UPDATED = "updated"
    CAPACITY_SET = "capacity_set"
    CAPACITY_ADJUSTED = "capacity_adjusted"
    HELD = "held"
    EXTENDED = "extended"
    CONFIRMED = "confirmed"
    REACQUIRED = "reacquired"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    MOVED = "moved"
    FULFILLED = "fulfilled"
    NO_SHOW = "no_show"
    WAITLISTED = "waitlisted"
    UNLISTED = "unlisted"
    """A waitlist entry has come to its end, whichever that was."""


class Actor(NamedTuple):
    """Who asks, and for whom that allows them to ask."""

    label: str
    """Stable name for ledger and idempotency scope, for example `user:usr_0199…`."""
    customer: str | None = None
    """The customer this actor is; its own reservations are those made for this customer."""
    operator: bool = False
    """May act for every customer and change stock."""
    reservation: str | None = None
    """The one reservation a hold token opens, and nothing else."""


class Terms(NamedTuple):
    """Under which conditions an offering is sold. `None` means unrestricted."""

    sale_starts_at: datetime | None = None
    sale_ends_at: datetime | None = None
    min_quantity: int = 1
    max_quantity: int | None = None
    max_per_customer: int | None = None
    hold_ttl_seconds: int | None = None
    """Default and cap of a hold's TTL; `None` takes the organization's."""
    unit_price: int | None = None
    """In the currency's minor unit (cents)."""
    currency: str | None = None


class Per(StrEnum):
    """For how long a slot takes what it requires from a pool."""

    SLOT = "slot"
    """From when the slot is published, however many reserve it."""
    RESERVATION = "reservation"
    """With each reservation of the slot, whatever its quantity, and only as long as it lives."""


class Requirement(NamedTuple):
    """What a slot takes from a pool."""

    pool: str
    units: int
    per: Per


class Pool(NamedTuple):
    """Units that are lent for a time and given back: a room, a practitioner, equipment."""

    id: str
    name: str
    units: int
    before: timedelta
    """Time before each use that counts as taken, for getting ready."""
    after: timedelta
    """Time after each use that counts as taken, for cleaning up."""


class Loan(NamedTuple):
    """Units of a pool that a slot has taken for `[starts_at, ends_at)`, buffers included: by being
    published, or all that live reservations of it have taken together."""

    pool: str
    slot: str
    units: int
    starts_at: datetime
    ends_at: datetime


class CustomerLimit(NamedTuple):
    """At most so many units for one customer within any such number of days at one site."""

    units: int
    days: int


class Slot(NamedTuple):
    """When an offering takes place, and what booking in time and in space depends on."""

    site: str
    starts_at: datetime
    ends_at: datetime
    horizon: timedelta
    """How long before its start it can be booked at the earliest."""
    notice: timedelta = timedelta()
    """How long before its start a customer can book it at the latest."""
    cutoff: timedelta = timedelta()
    """How long before its start a customer can cancel or leave it at the latest."""
    customer_limit: CustomerLimit | None = None
    requirements: tuple[Requirement, ...] = ()
    """What each reservation takes from pools. What the slot itself takes was taken when it was
    published and is no matter of reserving."""


class Offering(NamedTuple):
    """What a line can name. `available = capacity - held - confirmed`."""

    id: str
    capacity: int
    held: int
    confirmed: int
    seq: int
    """Number of its newest ledger entry; counts up by one without gaps."""
    drain_to: int | None
    """A lower capacity that is being approached as units come back, if any."""
    terms: Terms
    waiting: int = 0
    """Waitlist entries that wait or have an open offer."""
    open: bool = True
    """Whether it can be taken at all; an operator may close it for a while."""
    slot: Slot | None = None
    """Set if it takes place at a time; an item is sold for good."""
    lends: bool = False
    """Whether its reservations take anything from pools."""


class Line(NamedTuple):
    """One offering within a reservation."""

    offering: str
    quantity: int
    """Units asked for. What is still claimed of them is `held + confirmed`."""
    held: int
    confirmed: int
    unit_price: int | None = None
    currency: str | None = None


class Reservation(NamedTuple):
    """One claim by one customer on one or more lines, all or nothing."""

    id: str
    status: Status
    customer: str | None
    actor: str
    lines: tuple[Line, ...]
    created_at: datetime
    expires_at: datetime | None
    """When an unconfirmed hold ends. `None` if it was confirmed without being held."""
    extend_until: datetime | None
    """The latest `expires_at` that extending can reach."""
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    """When it was released, cancelled, checked in, or recorded as expired."""
    reason: str | None = None
    notes: str | None = None
    guest_count: int | None = None
    metadata: Mapping[str, Any] | None = None
    reacquired: bool = False
    """Confirmed after its hold had expired, because its units were still free."""


class Wait(StrEnum):
    """Where a waitlist entry is in its life."""

    WAITING = "waiting"
    OFFERED = "offered"
    """Units are held for it, by the reservation it names."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    """The offer ended unanswered."""
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    """The sale, or the time to book, ended before its turn came."""


class WaitlistEntry(NamedTuple):
    """A customer's place in the line for an offering."""

    id: str
    offering: str
    customer: str
    actor: str
    quantity: int
    place: int
    """Number of the ledger entry by which it joined: lower goes first."""
    status: Wait
    created_at: datetime
    reservation: str | None = None
    """The reservation by which units were held for it, once they were."""
    offered_at: datetime | None = None
    ended_at: datetime | None = None


class LedgerEntry(NamedTuple):
    """One immutable record of one change to one offering, with the counts that it left."""

    offering: str
    seq: int
    kind: Kind
    reservation: str | None
    capacity_delta: int
    held_delta: int
    confirmed_delta: int
    capacity: int
    held: int
    confirmed: int
    actor: str
    reason: str | None
    hold_expires_at: datetime | None
    """The hold's end as it stands after this entry, for entries about a hold."""
