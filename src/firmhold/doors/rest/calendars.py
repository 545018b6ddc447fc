"""Calendars to subscribe to and to open: the slots of a site, and those of one reservation.

What is in a site's calendar is for anyone who may see its slots: it says nothing of any person.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.domain.model import Reservation
from firmhold.domain.model import Status as State
from firmhold.doors.rest.finding import visible_reservation
from firmhold.doors.rest.shapes.sites import FeedQuery, FeedTokenView
from firmhold.doors.rest.sites import site_id
from firmhold.doors.shared.operation import Access, Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.reply import Reply, calendar_reply, encode
from firmhold.doors.shared.submitting import key_of, reply_to
from firmhold.engine.places import Site, no_site
from firmhold.engine.timetable import PublishedSlot, SlotFilter
from firmhold.identity.actors import feed_actor
from firmhold.identity.tokens import FEED_TOKEN_SECONDS
from firmhold.planning.calendar_file import Entry, Status, write_feed, write_reservation
from firmhold.planning.zones import zone_of

TABLE: list[Operation] = []

MOST = 2_000
"""Slots of one calendar, which some programs read anew every few minutes."""

PAST = timedelta(days=7)
"""How long what is over stays in a calendar."""


@operation(
    "GET",
    "/v1/sites/{site}/calendar.ics",
    table=TABLE,
    tag="sites",
    access=Access.FEED,
    query=FeedQuery,
    media_type="text/calendar",
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"site": "a site"}),
)
async def get_site_calendar(call: Call) -> Reply:
    """The slots of a site as a calendar to subscribe to: those of the last week and the next two
    thousand. Nothing in it is about any person."""
    site = await _site(call)
    slots = await call.services.timetable.page(
        call.organization, SlotFilter(site.id, site.now - PAST), limit=MOST
    )
    # Made from all of them each time, which takes a while: not here, where everybody waits.
    return await asyncio.to_thread(_feed, site, slots)


async def _site(call: Call) -> Site:
    """The site in the address, if the token, should it be a calendar's, is that one's."""
    id = site_id(call)
    found: list[Site] = await call.services.places.find(call.organization, ids=[id])
    if not found:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such site."))
    if call.actor.label.startswith("feed:") and call.actor != feed_actor(id):
        raise Refused(refuse(Code.FORBIDDEN, "This is the token of another site's calendar."))
    return found[0]


def _feed(site: Site, slots: list[PublishedSlot]) -> Reply:
    zone = zone_of(site.fields.zone)
    address = site.fields.address
    entries = [_entry(slot, slot.id, slot.offering.seq, address) for slot in slots]
    return calendar_reply(write_feed(entries, name=site.fields.name, zone=zone))


@operation(
    "POST",
    "/v1/sites/{site}/calendar-token",
    table=TABLE,
    tag="sites",
    access=Access.OPERATOR,
    status=201,
    answer=FeedTokenView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"site": "a site"}),
)
async def create_calendar_token(call: Call) -> Reply:
    """Make a token for the address of a site's calendar, for programs that cannot send one
    otherwise. It opens that calendar for five years, and nothing else."""
    id = site_id(call)
    token = call.services.tokens.feed_token(call.organization, id)

    async def make(connection: Any, now: datetime) -> tuple[str, int, bytes]:
        if not await call.services.places.find(call.organization, ids=[id]):
            raise Refused(no_site(id))
        path = f"/v1/sites/{id}/calendar.ics?token={token}"
        expires_at = now + timedelta(seconds=FEED_TOKEN_SECONDS)
        return id, 201, encode(FeedTokenView(token, path, expires_at))

    answer = await call.services.catalogue.effect(call.organization, key_of(call, call.actor), make)
    return reply_to(answer)


@operation(
    "GET",
    "/v1/reservations/{reservation}/calendar.ics",
    table=TABLE,
    tag="reservations",
    access=Access.TOKEN,
    media_type="text/calendar",
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"reservation": "a booking"}),
)
async def get_reservation_calendar(call: Call) -> Reply:
    """The slots of a reservation as a file for one's own calendar. Opened again after the
    reservation has been moved or cancelled, it says so."""
    reservation = (await visible_reservation(call)).reservation
    slots = [line.offering for line in reservation.lines if line.offering.startswith("slot_")]
    found = await call.services.timetable.find(call.organization, slots)
    if not found:
        raise Refused(refuse(Code.NOT_FOUND, "There is no slot in this reservation."))
    sites = await call.services.places.find(
        call.organization, ids=list({slot.site.id for slot in found})
    )
    addresses = {site.id: site.fields.address for site in sites}
    return await asyncio.to_thread(_file, reservation, found, addresses)


def _file(
    reservation: Reservation, slots: list[PublishedSlot], addresses: Mapping[str, str | None]
) -> Reply:
    zones = {slot.site.zone for slot in slots}
    entries = [
        _entry(slot, f"{reservation.id}-{place}", 0, addresses.get(slot.site.id))._replace(
            status=_STATUS[reservation.status],
            changed_at=slot.now,
            busy=True,
            capacity=None,
            available=None,
        )
        for place, slot in enumerate(slots, 1)
    ]
    zone = zone_of(zones.pop()) if len(zones) == 1 else None
    return calendar_reply(write_reservation(entries, zone=zone))


_STATUS = {
    State.HELD: Status.TENTATIVE,
    State.CONFIRMED: Status.CONFIRMED,
    State.FULFILLED: Status.CONFIRMED,
    State.NO_SHOW: Status.CONFIRMED,
    State.RELEASED: Status.CANCELLED,
    State.EXPIRED: Status.CANCELLED,
    State.CANCELLED: Status.CANCELLED,
}


def _entry(slot: PublishedSlot, uid: str, sequence: int, address: str | None) -> Entry:
    room = next((it.name for it in slot.requires if it.kind == "room"), None)
    return Entry(
        uid=uid,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=slot.fields.title,
        changed_at=slot.updated_at,
        sequence=sequence,
        location=", ".join(filter(None, (room, slot.site.name, address))),
        description=slot.fields.description,
        capacity=slot.offering.capacity,
        available=slot.available,
    )
