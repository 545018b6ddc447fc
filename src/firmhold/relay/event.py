"""What a change means to those who are told: one event for each thing that happened.

A change to a reservation of several lines is one event, although it has an entry for each offering.
Events are made of entries alone, so whoever makes them, and however often, makes the same ones.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from firmhold.domain.model import Kind
from firmhold.relay.change import Change, Entry
from firmhold.relay.sequence import in_sequence

RESERVATION = {
    Kind.HELD,
    Kind.EXTENDED,
    Kind.CONFIRMED,
    Kind.REACQUIRED,
    Kind.RELEASED,
    Kind.EXPIRED,
    Kind.CANCELLED,
    Kind.MOVED,
    Kind.FULFILLED,
    Kind.NO_SHOW,
}
OFFERING = {Kind.CREATED, Kind.UPDATED, Kind.CAPACITY_SET, Kind.CAPACITY_ADJUSTED}
WAITLIST = {Kind.WAITLISTED: "joined", Kind.UNLISTED: "left"}

TYPES = (
    *sorted(f"reservation.{kind}" for kind in RESERVATION),
    *sorted(f"offering.{kind}" for kind in OFFERING),
    *sorted(f"waitlist.{word}" for word in WAITLIST.values()),
)
"""Every type of event."""


class Event(NamedTuple):
    """Something that happened, once and for all."""

    id: str
    """`evt_…`, the same whenever it is told."""
    type: str
    """Of `TYPES`."""
    organization: str
    subject: str
    """The reservation, or the offering if it is about none."""
    entries: tuple[Entry, ...]
    """One for each offering that it is about, by offering."""

    @property
    def at(self) -> datetime:
        """When it happened, by the database's clock."""
        return self.entries[0].at


def events_of(change: Change) -> list[Event]:
    """The events of a transaction, such that those of each offering and of each reservation come as
    they happened."""
    groups: dict[tuple[str, str, int], list[Entry]] = defaultdict(list)
    times: dict[tuple[str, str, str], int] = defaultdict(int)
    for entry in change.entries:
        about = entry.offering
        if entry.reservation is not None and entry.kind in RESERVATION:
            about = entry.reservation
        # Of two extensions in one transaction each is an event.
        same = entry.offering, about, entry.kind
        times[same] += 1
        groups[about, entry.kind, times[same]].append(entry)
    events = [_event(about, entries) for (about, _, _), entries in groups.items()]
    order = in_sequence([[(e.offering, e.seq) for e in event.entries] for event in events])
    return [events[at] for at in order]


def _event(about: str, entries: Iterable[Entry]) -> Event:
    entries = tuple(entries)
    first = entries[0]
    if first.kind in WAITLIST:
        type = f"waitlist.{WAITLIST[Kind(first.kind)]}"
    else:
        type = f"{'reservation' if first.kind in RESERVATION else 'offering'}.{first.kind}"
    # An entry is part of one event only, so the first one names it.
    named = f"{first.organization} {first.offering} {first.seq}".encode()
    id = hashlib.sha256(named).hexdigest()[:32]
    return Event(f"evt_{id}", type, first.organization, about, entries)
