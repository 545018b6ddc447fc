"""Events as they are told outside, in the form of CloudEvents 1.0 (https://cloudevents.io)."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.relay.event import Event

PREFIX = "firmhold."
"""Before the types, as CloudEvents asks for."""

_Offering = Annotated[str, Meta(description="The item's or slot's id; it never changes.")]


class ChangedLine(Struct, frozen=True):
    """What a change did to one offering."""

    offering: _Offering
    seq: Annotated[int, Meta(description="The ledger entry's number.")]
    capacity_delta: Annotated[int, Meta(description="Units of capacity more, or fewer.")]
    held_delta: Annotated[int, Meta(description="Units held more, or fewer.")]
    confirmed_delta: Annotated[int, Meta(description="Units confirmed more, or fewer.")]


class EventData(Struct, frozen=True):
    """What an event is about."""

    lines: Annotated[list[ChangedLine], Meta(description="One for each offering, by its id.")]
    actor: Annotated[str, Meta(description="Whose doing it was, such as `user:usr_…`.")]
    reservation: Annotated[
        str | UnsetType, Meta(description="The reservation, if it is about one.")
    ] = UNSET
    expires_at: Annotated[
        datetime | UnsetType, Meta(description="When the hold ends, as it stood then.")
    ] = UNSET
    reason: Annotated[str | UnsetType, Meta(description="Why, if someone said so.")] = UNSET


class CloudEvent(Struct, frozen=True):
    """A CloudEvent, version 1.0."""

    id: Annotated[str, Meta(description="The same whenever and however it is told.")]
    type: Annotated[str, Meta(description="Such as `firmhold.reservation.held`.")]
    source: Annotated[str, Meta(description="The organization, as a URN.")]
    subject: Annotated[
        str, Meta(description="The reservation; or the offering, if it is about none.")
    ]
    time: Annotated[datetime, Meta(description="When it happened, by the clock that decides.")]
    data: Annotated[EventData, Meta(description="What happened.")]
    specversion: Annotated[str, Meta(description="Of CloudEvents.")] = "1.0"
    datacontenttype: Annotated[str, Meta(description="Of `data`.")] = "application/json"


def cloud_event(event: Event) -> CloudEvent:
    """An event as everybody is told it, whichever way."""
    first = event.entries[0]
    lines = [
        ChangedLine(e.offering, e.seq, e.capacity_delta, e.held_delta, e.confirmed_delta)
        for e in event.entries
    ]
    data = EventData(
        lines,
        first.actor,
        UNSET if first.reservation is None else first.reservation,
        UNSET if first.hold_expires_at is None else first.hold_expires_at,
        UNSET if first.reason is None else first.reason,
    )
    return CloudEvent(
        event.id,
        f"{PREFIX}{event.type}",
        f"urn:firmhold:{event.organization}",
        event.subject,
        event.at,
        data,
    )
