"""Shapes of the live door."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.shared.fields import Available, Capacity, Confirmed, Held, OfferingId
from firmhold.doors.shared.text import Request

MOST_TOPICS = 500
"""Offerings, sites and reservations of one subscriber together. A month's slots are a site."""

LONGEST_CURSOR = 8192


class LiveQuery(Request):
    """What a stream is about."""

    offerings: Annotated[
        str | None, Meta(description="Ids of items and slots, with commas between.")
    ] = None
    sites: Annotated[
        str | None, Meta(description="Ids of sites, for all slots there, with commas between.")
    ] = None
    reservations: Annotated[
        str | None, Meta(description="Ids of reservations, with commas between.")
    ] = None
    feed: Annotated[
        bool, Meta(description="All events of the organization, for those who read the ledger.")
    ] = False
    cursor: Annotated[
        Annotated[str, Meta(max_length=LONGEST_CURSOR)] | None,
        Meta(
            description="Of the last frame that came, to go on from there. A browser says the same "
            "in `Last-Event-ID` by itself."
        ),
    ] = None


class Subscribe(Request, tag_field="type", tag="subscribe"):
    """What a socket is about from now on; it takes the place of what it was about before."""

    offerings: Annotated[tuple[str, ...], Meta(max_length=MOST_TOPICS)] = ()
    sites: Annotated[tuple[str, ...], Meta(max_length=MOST_TOPICS)] = ()
    reservations: Annotated[tuple[str, ...], Meta(max_length=MOST_TOPICS)] = ()
    feed: bool = False
    cursor: Annotated[str, Meta(max_length=LONGEST_CURSOR)] | None = None


class Authenticate(Request, tag_field="type", tag="authenticate"):
    """Who is at the socket; again and again, as tokens last for minutes and sockets for days."""

    token: Annotated[str, Meta(max_length=4096)] | None = None
    organization: Annotated[str, Meta(max_length=100)] | None = None
    """Its slug, for whoever has no token."""


class CountsView(Struct, frozen=True):
    """An offering's counts, as they are now."""

    offering: OfferingId
    seq: Annotated[int, Meta(description="Of its newest ledger entry. Higher is newer.")]
    capacity: Capacity
    held: Held
    confirmed: Confirmed
    available: Available


class LineView(Struct, frozen=True):
    """What a change did to one offering."""

    offering: OfferingId
    seq: Annotated[int, Meta(description="The ledger entry's number.")]
    capacity_delta: Annotated[int, Meta(description="Units of capacity more, or fewer.")]
    held_delta: Annotated[int, Meta(description="Units held more, or fewer.")]
    confirmed_delta: Annotated[int, Meta(description="Units confirmed more, or fewer.")]


class ChangeView(Struct, frozen=True):
    """What an event is about."""

    lines: Annotated[list[LineView], Meta(description="One for each offering, by its id.")]
    actor: Annotated[str, Meta(description="Whose doing it was, such as `user:usr_…`.")]
    reservation: Annotated[
        str | UnsetType, Meta(description="The reservation, if it is about one.")
    ] = UNSET
    expires_at: Annotated[
        datetime | UnsetType, Meta(description="When the hold ends, as it stood then.")
    ] = UNSET
    reason: Annotated[str | UnsetType, Meta(description="Why, if someone said so.")] = UNSET


class EventView(Struct, frozen=True):
    """A CloudEvent, version 1.0."""

    id: Annotated[str, Meta(description="The same whenever and however it is told.")]
    type: Annotated[str, Meta(description="Such as `firmhold.reservation.held`.")]
    source: Annotated[str, Meta(description="The organization, as a URN.")]
    subject: Annotated[
        str, Meta(description="The reservation; or the offering, if it is about none.")
    ]
    time: Annotated[datetime, Meta(description="When it happened, by the clock that decides.")]
    data: Annotated[ChangeView, Meta(description="What happened.")]
    specversion: Annotated[str, Meta(description="Of CloudEvents.")] = "1.0"
    datacontenttype: Annotated[str, Meta(description="Of `data`.")] = "application/json"


class Frame(Struct, frozen=True):
    """What a subscriber is told at once; whatever comes later has a later cursor."""

    type: Annotated[
        Literal["subscribed", "change", "resync", "alive"],
        Meta(
            description="`subscribed` comes first, with the counts as they are; then every "
            "`change`. After `resync` look at everything anew, for something was left out. "
            "`alive`: nothing has changed."
        ),
    ]
    cursor: Annotated[
        str, Meta(description="Whoever comes back with it is told what follows this frame.")
    ]
    availability: Annotated[
        tuple[CountsView, ...], Meta(description="Offerings whose counts have changed, each once.")
    ] = ()
    events: Annotated[
        tuple[EventView, ...], Meta(description="Events, in the order in which they happened.")
    ] = ()
