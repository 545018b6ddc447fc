"""What transactions did, and the order in which to tell it.

On one offering, changes have numbers without gaps, given under its lock. Whoever has entry n of an
offering was able to see all before it; so if each offering's entries are told by number, every
reservation's are told as they happened, and nothing is told before what it builds upon.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from firmhold.relay.sequence import in_sequence


class Entry(NamedTuple):
    """A ledger entry. Ids as everywhere, with what they are of in front."""

    xid: int
    organization: str
    offering: str
    site: str | None
    seq: int
    kind: str
    reservation: str | None
    capacity_delta: int
    held_delta: int
    confirmed_delta: int
    capacity: int
    held: int
    confirmed: int
    at: datetime
    actor: str
    reason: str | None
    hold_expires_at: datetime | None

    @property
    def available(self) -> int:
        """Units that were left after it."""
        return self.capacity - self.held - self.confirmed


class Change(NamedTuple):
    """All entries of one transaction, in the order of offerings and numbers. It is of one
    organization."""

    xid: int
    entries: tuple[Entry, ...]


def changes_of(entries: Iterable[Entry]) -> list[Change]:
    """Entries by transaction."""
    by_xid: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_xid[entry.xid].append(entry)
    return [
        Change(xid, tuple(sorted(of_one, key=lambda e: (e.organization, e.offering, e.seq))))
        for xid, of_one in by_xid.items()
    ]


def without_cause(changes: Iterable[Change]) -> list[tuple[str, str, int]]:
    """Of which entries the one before is not among these changes: organization, offering and
    number."""
    entries = [entry for change in changes for entry in change.entries]
    there = {(e.organization, e.offering, e.seq) for e in entries}
    return [
        (e.organization, e.offering, e.seq)
        for e in entries
        if (e.organization, e.offering, e.seq - 1) not in there
    ]


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Changes such that each offering's entries come by number; otherwise by transaction.

    That order exists, because it is the one in which they were committed: whoever changes an
    offering keeps it locked until then. Raises `ValueError` about entries that were written in some
    other way.
    """
    changes = sorted(changes)
    numbers = [[((e.organization, e.offering), e.seq) for e in c.entries] for c in changes]
    return [changes[at] for at in in_sequence(numbers)]
