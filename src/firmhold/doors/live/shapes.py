"""Shapes of the live door."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from firmhold.doors.shared.fields import Available, Capacity, Confirmed, Held, OfferingId
from firmhold.doors.shared.text import Request
from firmhold.relay.cloud_event import CloudEvent

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
        tuple[CloudEvent, ...], Meta(description="Events, in the order in which they happened.")
    ] = ()
