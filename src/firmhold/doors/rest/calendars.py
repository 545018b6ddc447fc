"""Calendars to subscribe to and to open: the slots of a site, and those of one reservation.

What is in a site's calendar is for anyone who may see its slots: it says nothing of any person.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.domain.model import Status as State
from firmhold.doors.rest.finding import visible_reservation
from firmhold.doors.rest.shapes.sites import FeedQuery, FeedTokensWithdrawn, FeedTokenView
from firmhold.doors.rest.sites import site_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, Without, operation
from firmhold.doors.shared.reply import Reply, calendar_reply, encode
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.engine.calendars import Claim
from firmhold.engine.places import Site
from firmhold.engine.timetable import PublishedSlot
from firmhold.identity.actors import feed_actor
from firmhold.identity.permissions import Permission
from firmhold.identity.tokens import FEED_TOKEN_SECONDS
from firmhold.planning.calendar_file import Entry, Status, write_feed, write_reservation
from firmhold.planning.zones import zone_of

TABLE: list[Operation] = []

MOST = 2_000
"""Slots to come of one calendar, which some programs read anew every few minutes."""

PAST, MOST_PAST = timedelta(days=7), 200
"""How long what is over stays in a calendar, and how much of it."""


@operation(
    "GET",
    "/v1/sites/{site}/calendar.ics",
    table=TABLE,
    tag="sites",
    permission=Permission.CATALOGUE_READ,
    without_token=Without.FEED,
    query=FeedQuery,
    media_type="text/calendar",
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"site": "a site"}),
)
async def get_site_calendar(call: Call) -> Reply:
    """The slots of a site as a calendar to subscribe to: the next two thousand, and the last two
    hundred of the week that is over. Nothing in it is about any person."""
    site = await _site(call)
    slots = await call.services.calendars.around(
        call.organization, site.id, site.now, PAST, (MOST_PAST, MOST)
    )
    # Writing takes a while: not here, where everybody waits.
    return await asyncio.to_thread(_feed, site, slots)


async def _site(call: Call) -> Site:
    """The site in the address, if the token, should it be a calendar's, is that one's and has not
    been withdrawn."""
    id = site_id(call)
    found: list[Site] = await call.services.places.find(call.organization, ids=[id])
    if not found:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such site."))
    version = call.identity.calendar_version
    if version is not None:
        if call.actor != feed_actor(id):
            raise Refused(refuse(Code.FORBIDDEN, "This is the token of another site's calendar."))
        if version != await call.services.calendars.version(call.organization, id):
            raise Refused(refuse(Code.UNAUTHENTICATED, "This token has been withdrawn."))
    return found[0]


def _feed(site: Site, slots: list[PublishedSlot]) -> Reply:
    entries = tuple(_entry(slot, site) for slot in slots)
    return calendar_reply(_written(entries, site.fields.name, site.fields.zone))


@lru_cache(maxsize=8)
def _written(entries: tuple[Entry, ...], name: str, zone: str) -> bytes:
    """The calendar. Writing one takes many times as long as reading what is in it, and anyone may
    ask for it again and again."""
    return write_feed(entries, name=name, zone=zone_of(zone))


@operation(
    "POST",
    "/v1/sites/{site}/calendar-token",
    table=TABLE,
    tag="sites",
    permission=Permission.STOCK_WRITE,
    status=201,
    answer=FeedTokenView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"site": "a site"}),
)
async def create_calendar_token(call: Call) -> Reply:
    """Make a token for the address of a site's calendar, for programs that cannot send one
    otherwise. It opens that calendar for five years or until the tokens are withdrawn, and nothing
    else. Under an idempotency key a repeat brings back the same token, withdrawn or not: the
    stored answer has it, for as long as answers are kept."""
    id = site_id(call)

    def render(version: int, now: datetime) -> tuple[int, bytes]:
        token = call.services.tokens.feed_token(call.organization, id, version)
        path = f"/v1/sites/{id}/calendar.ics?token={token}"
        expires_at = now + timedelta(seconds=FEED_TOKEN_SECONDS)
        return 201, encode(FeedTokenView(token, path, expires_at))

    act = act_of(call)
    return reply_to(await call.services.calendars.make_token(call.organization, id, render, act))


@operation(
    "DELETE",
    "/v1/sites/{site}/calendar-token",
    table=TABLE,
    tag="sites",
    permission=Permission.STOCK_WRITE,
    answer=FeedTokensWithdrawn,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"site": "a site"}),
)
async def withdraw_calendar_tokens(call: Call) -> Reply:
    """Withdraw all tokens of a site's calendar that there are: whoever has subscribed by one needs
    a new one. Where the catalogue is public, the calendar stays open to all who send none."""
    id = site_id(call)

    def render(version: int, now: datetime) -> tuple[int, bytes]:
        return 200, encode(FeedTokensWithdrawn(id, version, now))

    act = act_of(call)
    return reply_to(
        await call.services.calendars.withdraw_tokens(call.organization, id, render, act)
    )


@operation(
    "GET",
    "/v1/reservations/{reservation}/calendar.ics",
    table=TABLE,
    tag="reservations",
    permission=Permission.RESERVATIONS_OWN,
    media_type="text/calendar",
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"reservation": "a booking"}),
)
async def get_reservation_calendar(call: Call) -> Reply:
    """The slots of a reservation as a file for one's own calendar. Opened again after the
    reservation has been moved, given back or cancelled, it takes back what was there before: the
    slots that it has left are in it as cancelled."""
    id = (await visible_reservation(call)).reservation.id
    claims = await call.services.calendars.claims(call.organization, id)
    if not claims:
        raise Refused(refuse(Code.NOT_FOUND, "There is no slot in this reservation."))
    slots = await call.services.timetable.find(call.organization, [it.slot for it in claims])
    places = list({slot.site.id for slot in slots})
    sites = await call.services.places.find(call.organization, ids=places)
    return await asyncio.to_thread(_file, id, claims, slots, {site.id: site for site in sites})


def _file(
    reservation: str, claims: list[Claim], slots: list[PublishedSlot], sites: Mapping[str, Site]
) -> Reply:
    known = {slot.id: slot for slot in slots}
    entries = [
        _own_entry(reservation, claim, slot, sites.get(slot.site.id))
        for claim in claims
        if (slot := known.get(claim.slot)) is not None
    ]
    return calendar_reply(write_reservation(entries))


_STATUS = {
    State.HELD: Status.TENTATIVE,
    State.CONFIRMED: Status.CONFIRMED,
    State.FULFILLED: Status.CONFIRMED,
    State.NO_SHOW: Status.CONFIRMED,
}
"""Everything else is cancelled, as far as a calendar is concerned."""


def _own_entry(reservation: str, claim: Claim, slot: PublishedSlot, site: Site | None) -> Entry:
    """The event is that of the reservation and the slot: what has been moved elsewhere is another
    one, and this one is off."""
    entry = _entry(slot, site)
    status = Status.CANCELLED
    if claim.status is not None:
        status = _STATUS.get(claim.status, status)
    return entry._replace(
        uid=f"{reservation}-{slot.id}",
        sequence=claim.number,
        changed_at=max(entry.changed_at, claim.changed_at),
        status=status,
        busy=status is not Status.CANCELLED,
        capacity=None,
        available=None,
    )


def _entry(slot: PublishedSlot, site: Site | None) -> Entry:
    room = next((it.name for it in slot.requires if it.kind == "room"), None)
    address = None if site is None else site.fields.address
    return Entry(
        uid=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=slot.fields.title,
        changed_at=slot.updated_at if site is None else max(slot.updated_at, site.updated_at),
        sequence=slot.offering.seq,
        location=", ".join(filter(None, (room, slot.site.name, address))),
        description=slot.fields.description,
        capacity=slot.offering.capacity,
        available=slot.available,
    )
