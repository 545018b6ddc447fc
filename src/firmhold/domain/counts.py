"""Working counters of one offering while a batch is decided, and the entries they produce.

Units move here and nowhere else, and every movement writes its ledger entry in the same breath,
so that counters which disagree with the ledger cannot be expressed.
"""

from collections.abc import Callable
from datetime import datetime

from firmhold.domain.model import Kind, LedgerEntry, Offering


class Counts:
    """The counters of one locked offering. Lives for one decision."""

    __slots__ = (
        "_enter", "capacity", "confirmed", "drain_to", "held", "offering", "seq", "waiting",
    )  # fmt: skip

    def __init__(self, offering: Offering, enter: Callable[[LedgerEntry], None]) -> None:
        self.offering = offering
        self.capacity = offering.capacity
        self.held = offering.held
        self.confirmed = offering.confirmed
        self.seq = offering.seq
        self.drain_to = offering.drain_to
        self.waiting = offering.waiting
        self._enter = enter

    @property
    def available(self) -> int:
        """Units nobody has a claim on."""
        return self.capacity - self.held - self.confirmed

    @property
    def changed(self) -> bool:
        """Whether any entry was made."""
        return self.seq != self.offering.seq

    def move(
        self,
        kind: Kind,
        reservation: str | None,
        actor: str,
        *,
        held: int = 0,
        confirmed: int = 0,
        capacity: int = 0,
        reason: str | None = None,
        hold_expires_at: datetime | None = None,
    ) -> None:
        """Change the counters by the given amounts and record it as one entry."""
        self.held += held
        self.confirmed += confirmed
        returned = -(held + confirmed)
        if self.drain_to is not None and returned > 0:
            # A draining offering does not put returned units back on sale until it has
            # come down to its target.
            capacity -= min(returned, self.capacity - self.drain_to)
        self.capacity += capacity
        if self.drain_to is not None and self.capacity <= self.drain_to:
            self.drain_to = None
        assert 0 <= self.held and 0 <= self.confirmed, "more units came back than were out"
        assert self.held + self.confirmed <= self.capacity, "more units out than there are"
        self.seq += 1
        self._enter(
            LedgerEntry(
                self.offering.id,
                self.seq,
                kind,
                reservation,
                capacity,
                held,
                confirmed,
                self.capacity,
                self.held,
                self.confirmed,
                actor,
                reason,
                hold_expires_at,
            )
        )

    def result(self) -> Offering:
        """The offering as it stands now."""
        return self.offering._replace(
            capacity=self.capacity,
            held=self.held,
            confirmed=self.confirmed,
            seq=self.seq,
            drain_to=self.drain_to,
            waiting=self.waiting,
        )
