"""The fields of `Subscription`: what can be watched."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.graphql.fields import field
from firmhold.doors.graphql.reading import booking_views, may_see, site_of
from firmhold.doors.graphql.shapes import Named, VenueNamed
from firmhold.doors.graphql.views import BookingView, SlotView, slot_view
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Without
from firmhold.doors.shared.staying import HEARTBEAT, require_place
from firmhold.identity.permissions import Permission
from firmhold.relay.change import Entry
from firmhold.relay.hub import Hub

_LEFT_OUT = refuse(
    Code.OVERLOADED,
    "More has happened than you have taken. Look at what there is, and subscribe anew.",
)


@field(
    "subscription",
    VenueNamed,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
)
async def slot_availability_changed(call: Call) -> AsyncIterator[SlotView]:
    """Each slot of a venue of which something is taken or comes back, as it is then."""
    site = await site_of(call, call.body.venue_id, "venueId")
    require_place(call.services.hub)
    return _slots(call, site.id)


@field("subscription", Named, permission=Permission.RESERVATIONS_OWN)
async def booking_status_changed(call: Call) -> AsyncIterator[BookingView]:
    """A booking as it is, and whenever something happens to it: its customer's, or any for auditors
    and operators."""
    id = require_id(call.body.id, "rsv_", "booking")
    seen = await call.services.reader.reservation(call.organization, id)
    if seen is None:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such booking.", booking=id))
    if not may_see(call, seen):
        raise Refused(refuse(Code.FORBIDDEN, "This booking belongs to another customer."))
    require_place(call.services.hub)
    return _bookings(call, id)


async def _slots(call: Call, site: str) -> AsyncIterator[SlotView]:
    async with aclosing(_changes(call, site)) as changes:
        async for slots in changes:
            for slot in await call.services.timetable.find(call.organization, slots):
                yield slot_view(slot)


async def _bookings(call: Call, id: str) -> AsyncIterator[BookingView]:
    async with aclosing(_changes(call, id, at_once=True)) as changes:
        async for _ in changes:
            seen = await call.services.reader.reservation(call.organization, id)
            if seen is not None:
                yield (await booking_views(call, [seen]))[0]


async def _changes(call: Call, topic: str, *, at_once: bool = False) -> AsyncGenerator[list[str]]:
    """Which offerings have changed, each time that any has; for a reservation, that something has
    happened to it. With `at_once` a first time right away. Raises `Refused` if something had to be
    left out."""
    hub: Hub = call.services.hub
    joined = await hub.subscribe(call.organization, [topic])
    subscription = joined.subscription
    try:
        if at_once:
            yield []
        while True:
            if not await subscription.has_news(HEARTBEAT):
                continue
            news = subscription.take()
            if news.resync:
                raise Refused(_LEFT_OUT)
            yield [told.what.offering for told in news.availability if isinstance(told.what, Entry)]
    finally:
        hub.leave(subscription)
