"""Shapes of the live door."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

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

    offering: str
    seq: Annotated[int, Meta(description="Of its newest ledger entry. Higher is newer.")]
    capacity: int
    held: int
    confirmed: int
    available: int


class LineView(Struct, frozen=True):
    """What a change did to one offering."""

    offering: str
    seq: Annotated[int, Meta(description="The ledger entry's number.")]
    capacity_delta: int
    held_delta: int
    confirmed_delta: int


class ChangeView(Struct, frozen=True):
    """What an event is about."""

    lines: list[LineView]
    actor: Annotated[str, Meta(description="Whose doing it was, such as `user:usr_…`.")]
    reservation: str | UnsetType = UNSET
    expires_at: Annotated[
        datetime | UnsetType, Meta(description="When the hold ends, as it stood then.")
    ] = UNSET
    reason: str | UnsetType = UNSET


class EventView(Struct, frozen=True):
    """A CloudEvent, version 1.0."""

    id: str
    type: Annotated[str, Meta(description="Such as `firmhold.reservation.held`.")]
    source: str
    subject: str
    time: datetime
    data: ChangeView
    specversion: str = "1.0"
    datacontenttype: str = "application/json"


class Frame(Struct, frozen=True, tag_field="type", tag="change"):
    """What a subscriber is told at once; whatever comes later has a later cursor."""

    cursor: str
    availability: tuple[CountsView, ...] = ()
    events: tuple[EventView, ...] = ()
