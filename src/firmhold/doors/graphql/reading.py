"""The fields of `Query`: what may be looked at."""

from datetime import timedelta
from typing import Any

from firmhold.domain.desk import may_act_on
from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.doors.graphql.fields import field
from firmhold.doors.graphql.shapes import (
    BookingsPage,
    Coded,
    ItemNamed,
    ItemsPage,
    Named,
    Page,
    QueueOf,
    SlotsPage,
)
from firmhold.doors.graphql.views import (
    BookingView,
    ItemView,
    Listed,
    SlotView,
    VenueView,
    booking_view,
    item_view,
    slot_view,
    venue_view,
)
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Without
from firmhold.doors.shared.pages import encode_cursor, id_cursor, time_cursor, time_position
from firmhold.doors.shared.rendering import cut_offs_of
from firmhold.engine.places import Site
from firmhold.engine.reader import Filter, Seen
from firmhold.engine.timetable import SlotFilter
from firmhold.engine.waitlist_reader import Queue
from firmhold.identity.permissions import Permission
from firmhold.planning.wall_clock import FIRST_YEAR, LAST_YEAR
from firmhold.planning.zones import midnight, to_instant, zone_of

_CATALOGUE: dict[str, Any] = {
    "permission": Permission.CATALOGUE_READ,
    "without_token": Without.CATALOGUE,
}


@field("query", Page, **_CATALOGUE)
async def venues(call: Call) -> Listed:
    """The organization's venues, in the order of their creation."""
    body: Page = call.body
    after = id_cursor(body.after, "site_")
    found = await call.services.places.find(call.organization, after=after, limit=body.first + 1)
    return _listed([(venue_view(it), encode_cursor(it.id)) for it in found], body.first)


@field("query", Named, **_CATALOGUE)
async def venue(call: Call) -> VenueView:
    """One venue."""
    return venue_view(await site_of(call, call.body.id))


@field("query", SlotsPage, **_CATALOGUE)
async def available_slots(call: Call) -> Listed:
    """The slots of a venue that a customer could book now, perhaps of one date by the venue's
    clocks, in the order of time."""
    body: SlotsPage = call.body
    site = await site_of(call, body.venue_id, "venueId")
    since = until = None
    if body.date is not None:
        if not FIRST_YEAR <= body.date.year <= LAST_YEAR:
            raise Refused(malformed("date", f"a year from {FIRST_YEAR} to {LAST_YEAR}"))
        zone = zone_of(site.fields.zone)
        since = to_instant(midnight(body.date), zone)
        until = to_instant(midnight(body.date + timedelta(days=1)), zone)
    position = time_cursor(body.after, "slot_")
    found = await call.services.timetable.page(
        call.organization,
        SlotFilter(site.id, since, until, bookable=True),
        after=None if position is None else (position[0], position[1][0]),
        limit=body.first + 1,
    )
    entries = [(slot_view(it), encode_cursor(time_position(*it.position))) for it in found]
    return _listed(entries, body.first)


@field("query", Named, **_CATALOGUE)
async def slot(call: Call) -> SlotView:
    """One slot, what is left of it, and why it cannot be booked if it cannot."""
    id = require_id(call.body.id, "slot_", "slot")
    found = await call.services.timetable.find(call.organization, [id])
    if not found:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such slot.", slot=id))
    return slot_view(found[0])


@field("query", ItemsPage, **_CATALOGUE)
async def items(call: Call) -> Listed:
    """The catalogue, in the order of its making, searched by name and SKU."""
    body: ItemsPage = call.body
    after = id_cursor(body.after, "item_")
    found = await call.services.catalogue.find(
        call.organization, after=after, search=body.search, limit=body.first + 1
    )
    return _listed([(item_view(it), encode_cursor(it.id)) for it in found], body.first)


@field("query", ItemNamed, **_CATALOGUE)
async def item(call: Call) -> ItemView:
    """One item, by its id or its SKU."""
    body: ItemNamed = call.body
    if (body.id is None) == (body.sku is None):
        raise Refused(malformed("id", "give either an id or a SKU"))
    ids = None if body.id is None else [require_id(body.id, "item_", "item")]
    skus = None if body.sku is None else [body.sku]
    found = await call.services.catalogue.find(call.organization, ids=ids, skus=skus)
    if not found:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such item."))
    return item_view(found[0])


@field("query", Named, permission=Permission.RESERVATIONS_OWN)
async def booking(call: Call) -> BookingView:
    """One booking: its customer's, or any for auditors and operators."""
    id = require_id(call.body.id, "rsv_", "booking")
    seen = await call.services.reader.reservation(call.organization, id)
    if seen is None:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such booking.", booking=id))
    if not may_see(call, seen):
        raise Refused(refuse(Code.FORBIDDEN, "This booking belongs to another customer."))
    return (await booking_views(call, [seen]))[0]


@field("query", Coded, permission=Permission.RESERVATIONS_OWN)
async def booking_by_confirmation_code(call: Call) -> BookingView:
    """One booking by its confirmation code, with or without hyphens. A code opens nothing: to
    whoever may not see the booking there is none, so that codes cannot be tried either."""
    code: str = call.body.code
    seen = await call.services.reader.reservation_by_code(call.organization, code)
    if seen is None or not may_see(call, seen):
        raise Refused(refuse(Code.NOT_FOUND, "There is no booking with this code."))
    return (await booking_views(call, [seen]))[0]


@field("query", BookingsPage, permission=Permission.RESERVATIONS_OWN)
async def my_bookings(call: Call) -> Listed:
    """One's own bookings, the newest first."""
    body: BookingsPage = call.body
    customer = call.actor.customer
    if customer is None:
        raise Refused(refuse(Code.FORBIDDEN, "Bookings of one's own are for users."))
    found = await call.services.reader.reservations(
        call.organization,
        Filter(body.status, customer=customer),
        below=id_cursor(body.after, "rsv_"),
        limit=body.first + 1,
    )
    views = await booking_views(call, found)
    return _listed([(it, encode_cursor(it.id)) for it in views], body.first)


@field("query", QueueOf, permission=Permission.REPORTS_READ)
async def queue_stats(call: Call) -> Queue:
    """Who waits at a venue, or for one of its slots, in numbers."""
    body: QueueOf = call.body
    site = await site_of(call, body.venue_id, "venueId")
    if body.slot_id is not None:
        slot = require_id(body.slot_id, "slot_", "slot")
        found = await call.services.timetable.find(call.organization, [slot])
        if not found or found[0].site.id != site.id:
            raise Refused(refuse(Code.NOT_FOUND, "There is no such slot there.", slot=slot))
    queue: Queue = await call.services.waitlist.queue(call.organization, site.id, body.slot_id)
    return queue


async def site_of(call: Call, id: str, field: str = "id") -> Site:
    """The site with this id. Raises `Refused`."""
    require_id(id, "site_", "venue")
    found: list[Site] = await call.services.places.find(call.organization, ids=[id])
    if not found:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such venue.", venue=id, field=field))
    return found[0]


def may_see(call: Call, seen: Seen) -> bool:
    """Whether a booking is the caller's to see."""
    return call.identity.may(Permission.RESERVATIONS_READ) or may_act_on(
        call.actor, seen.reservation
    )


async def booking_views(call: Call, found: list[Seen]) -> list[BookingView]:
    """Bookings as they are shown."""
    until = await cut_offs_of(call, [seen.reservation for seen in found])
    return [booking_view(seen.reservation, seen.now, until[seen.reservation.id]) for seen in found]


def _listed(entries: list[tuple[Any, str]], first: int) -> Listed:
    """A page, of which one entry too many was asked for to see whether there is more."""
    return Listed(entries[:first], len(entries) > first)
