"""The types of the schema that are answered with."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Generic, NewType, TypeVar, cast

import msgspec
import strawberry
from strawberry import Info as AnyInfo

from firmhold.doors.graphql.loading import Asking
from firmhold.doors.graphql.shapes import MAX_PAGE
from firmhold.doors.graphql.views import (
    BookingView,
    ItemView,
    LineView,
    Listed,
    SlotView,
    VenueView,
)
from firmhold.engine.waitlist_reader import Queue
from firmhold.identity.sessions import ACCESS_SECONDS
from firmhold.identity.signing_in import SignedIn

Whole = NewType("Whole", int)
"""A whole number that may be larger than the 32 bits of the language's own `Int`."""

Info = AnyInfo[Asking, None]

First = Annotated[int, strawberry.argument(description=f"Entries of the page, 1 to {MAX_PAGE}.")]
After = Annotated[
    str | None, strawberry.argument(description="The cursor after which the page begins.")
]


def _about(text: str) -> Any:
    """A field that only needs describing."""
    return strawberry.field(description=text)


F = TypeVar("F", bound=Callable[..., Any])


def described(text: str) -> Callable[[F], F]:
    """A field that a function finds."""

    def enter(function: F) -> F:
        return cast("F", strawberry.field(function, description=text))

    return enter


def _plain(view: msgspec.Struct, *hidden: str) -> dict[str, Any]:
    """What a view says, by the names of fields."""
    names = (name for name in view.__struct_fields__ if name not in hidden)
    return {name: getattr(view, name) for name in names}


@strawberry.type(description="An amount of money.")
class Money:
    """What a unit costs."""

    amount: Whole = _about("In the currency's minor unit: cents.")
    currency: str = _about("Three letters, as in ISO 4217.")


def _money(amount: int | None, currency: str | None) -> Money | None:
    if amount is None or currency is None:
        return None
    return Money(amount=Whole(amount), currency=currency)


@strawberry.type(description="When a venue is open on one day of the week, by its own clocks.")
class Hours:
    """For people to read: what can be booked is told by slots."""

    day: str = _about("MO to SU.")
    opens: str = _about("Such as 09:00.")
    closes: str = _about("Such as 17:30; what is not later than `opens` is on the next day.")


@strawberry.type(description="A place where slots take place. Other doors call it a site.")
class Venue:
    """A site."""

    id: strawberry.ID = _about("Begins with `site_`; it never changes.")
    name: str = _about("What people call it.")
    address: str | None = _about("Where it is.")
    time_zone: str = _about("IANA name of the zone by whose clocks it lives.")
    slot_minutes: int = _about("How long its slots are, unless a schedule says otherwise.")
    opening_hours: list[Hours] = _about("When it is open.")


def venue(view: VenueView) -> Venue:
    """The site as the schema has it."""
    hours = [Hours(**_plain(it)) for it in view.hours]
    return Venue(**_plain(view, "hours"), opening_hours=hours)


@strawberry.type(description="Something that can be booked, at a venue and at a time.")
class Slot:
    """A slot."""

    id: strawberry.ID = _about("Begins with `slot_`; it never changes.")
    title: str = _about("What it is for.")
    description: str | None = _about("Text about it.")
    starts_at: datetime = _about("When it begins.")
    ends_at: datetime = _about("When it is over.")
    capacity: int = _about("Places there are, promised or not.")
    available: int = _about("Places that nobody has a claim on.")
    bookable: bool = _about("Whether a customer can book it now.")
    why_not: str | None = _about("Why not: `sold_out`, `pool_busy`, `too_late_to_book` …")
    blocked: bool = _about("Whether an operator has closed it.")
    price: Money | None = _about("What a place costs.")
    withdrawn_at: datetime | None = _about("Since when it is closed for good.")
    server_time: datetime = _about("The clock that decides, as it stood then.")
    site: strawberry.Private[str]

    @described("Where it takes place.")
    async def venue(self, info: Info) -> Venue | None:
        """From its site."""
        found = await info.context.venues.load(self.site)
        return None if found is None else venue(found)


def slot(view: SlotView) -> Slot:
    """The slot as the schema has it."""
    price = _money(view.unit_price, view.currency)
    return Slot(**_plain(view, "unit_price", "currency"), price=price)


@strawberry.type(description="Something that is sold for good, so many as there are.")
class Item:
    """An item."""

    id: strawberry.ID = _about("Begins with `item_`; it never changes.")
    sku: str = _about("What it is called in stock; it never changes.")
    name: str = _about("What people call it.")
    description: str | None = _about("Text about it.")
    capacity: int = _about("Units there are, promised or not.")
    held: int = _about("Units promised for now.")
    confirmed: int = _about("Units promised for good.")
    available: int = _about("Units that can be had.")
    why_not: str | None = _about("Why not: `sold_out`, `not_on_sale_yet` or `sale_ended`.")
    price: Money | None = _about("What a unit costs.")
    sale_starts_at: datetime | None = _about("From then on it is on sale.")
    sale_ends_at: datetime | None = _about("From then on it is no longer.")
    max_per_customer: int | None = _about("Units that one customer may have.")
    server_time: datetime = _about("The clock that decides, as it stood then.")


def item(view: ItemView) -> Item:
    """The item as the schema has it."""
    price = _money(view.unit_price, view.currency)
    return Item(**_plain(view, "unit_price", "currency"), price=price)


@strawberry.type(description="One slot or item of a booking.")
class BookingLine:
    """A line."""

    quantity: int = _about("Units asked for.")
    held: int = _about("Units that are held.")
    confirmed: int = _about("Units that are confirmed.")
    price: Money | None = _about("What a unit cost when it was booked.")
    offering_id: strawberry.Private[str]

    @described("The slot, if it is one.")
    async def slot(self, info: Info) -> Slot | None:
        """From its id."""
        return await _slot_of(info, self.offering_id)

    @described("The item, if it is one.")
    async def item(self, info: Info) -> Item | None:
        """From its id."""
        if not self.offering_id.startswith("item_"):
            return None
        found = await info.context.items.load(self.offering_id)
        return None if found is None else item(found)


async def _slot_of(info: Info, offering: str) -> Slot | None:
    if not offering.startswith("slot_"):
        return None
    found = await info.context.slots.load(offering)
    return None if found is None else slot(found)


def _line(view: LineView) -> BookingLine:
    price = _money(view.unit_price, view.currency)
    return BookingLine(**_plain(view, "unit_price", "currency"), price=price)


@strawberry.enum(description="Where a booking is in its life.")
class BookingStatus(Enum):
    """As every other door calls it, in capitals."""

    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FULFILLED = "fulfilled"
    NO_SHOW = "no_show"


@strawberry.type(
    description="One customer's claim on slots or items. Other doors call it a reservation."
)
class Booking:
    """A reservation."""

    id: strawberry.ID = _about("Begins with `rsv_`; it never changes.")
    confirmation_code: str | None = _about("What to say on the phone. It opens nothing by itself.")
    status: BookingStatus = _about("Where it is in its life.")
    customer: str | None = _about("Whose it is.")
    guest_count: int | None = _about("How many people come.")
    notes: str | None = _about("What was noted with it.")
    reason: str | None = _about("Why it was given back.")
    created_at: datetime = _about("When it was made.")
    expires_at: datetime | None = _about("From then on an unconfirmed hold is over.")
    ttl_seconds: int | None = _about("Whole seconds until then; null unless held.")
    cancellable_until: datetime | None = _about("Until then its customer can give it back.")
    confirmed_at: datetime | None = _about("When it was made firm.")
    ended_at: datetime | None = _about("When it was released, cancelled, checked in or expired.")
    server_time: datetime = _about("The clock that decides, as it stood then.")
    of: strawberry.Private[tuple[LineView, ...]]

    @described("What it is for.")
    def lines(self, first: First = 10) -> list[BookingLine]:
        """As many as are asked for."""
        return [_line(view) for view in self.of[: max(0, min(first, MAX_PAGE))]]

    @described("The slot it is for; the first, if there are several.")
    async def slot(self, info: Info) -> Slot | None:
        """Of its lines."""
        ids = [it.offering_id for it in self.of if it.offering_id.startswith("slot_")]
        return await _slot_of(info, ids[0]) if ids else None


def booking(view: BookingView) -> Booking:
    """The reservation as the schema has it."""
    return Booking(**{**_plain(view), "status": BookingStatus(view.status)})


@strawberry.type(description="Who waits at a venue, in numbers.")
class QueueStats:
    """A waitlist as those see it who run it."""

    waiting: int = _about("Places in line.")
    units: Whole = _about("What they wait for together.")
    slots: int = _about("For how many slots somebody waits.")
    offered: int = _about("Offers that are open.")
    longest_wait_since: datetime | None = _about("When the first of those who wait has joined.")
    server_time: datetime = _about("The clock that decides, as it stood then.")


def queue_stats(queue: Queue) -> QueueStats:
    """The numbers as the schema has them."""
    return QueueStats(
        waiting=queue.waiting,
        units=Whole(queue.units),
        slots=queue.slots,
        offered=queue.offered,
        longest_wait_since=queue.since,
        server_time=queue.now,
    )


@strawberry.type(description="A person's place in an organization.")
class User:
    """A member."""

    id: strawberry.ID = _about("Begins with `usr_`; it never changes.")
    organization_id: strawberry.ID = _about("Which organization.")
    email: str = _about("Their e-mail address.")
    role: str = _about("What they are here.")
    name: str | None = _about("What people call them.")


@strawberry.type(description="Somebody who has signed in.")
class Session:
    """Their tokens."""

    access_token: str = _about("For the `Authorization` header, after `Bearer`.")
    token_type: str = _about("`Bearer`.")
    expires_in: int = _about("Seconds for which the access token is good.")
    refresh_token: str = _about("For a new access token; used once.")
    verified: bool = _about("Whether the address has been shown to be theirs.")
    user: User = _about("Who has signed in.")


def session(done: SignedIn) -> Session:
    """What whoever has signed in gets."""
    member = done.user
    return Session(
        access_token=done.access_token,
        token_type="Bearer",  # noqa: S106 - a word
        expires_in=ACCESS_SECONDS,
        refresh_token=done.refresh_token,
        verified=done.verified,
        user=User(
            id=strawberry.ID(member.id),
            organization_id=strawberry.ID(member.organization),
            email=member.email,
            role=member.role.value,
            name=member.name,
        ),
    )


# --- lists ---

Node = TypeVar("Node")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """As Relay has it."""

    has_next_page: bool = _about("Whether anything comes after it.")
    has_previous_page: bool = _about("Whether it was asked for with `after`.")
    start_cursor: str | None = _about("Cursor of its first entry.")
    end_cursor: str | None = _about("Cursor of its last entry: where the next page begins.")


@strawberry.type(description="An entry of a list.")
class Edge(Generic[Node]):
    """As Relay has it."""

    node: Node = _about("The entry itself.")
    cursor: str = _about("Where it stands; it says nothing to anyone but this server.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    """As Relay has it."""

    edges: list[Edge[Node]] = _about("The entries.")
    page_info: PageInfo = _about("Where the page stands.")


def connection(listed: Listed, node: Any, after: str | None) -> Any:
    """A page of a list, with entries made by `node`."""
    edges = [Edge(node=node(view), cursor=cursor) for view, cursor in listed.entries]
    info = PageInfo(
        has_next_page=listed.more,
        has_previous_page=after is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=info)
