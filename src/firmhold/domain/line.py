"""The waiting line of each offering while a batch is decided: who waits, who has an offer.

Keeps the papers only. When it is whose turn, and what that takes, is in `waiting`.
"""

from collections.abc import Mapping
from datetime import datetime

from firmhold.domain.counts import Counts
from firmhold.domain.model import Kind, Wait, WaitlistEntry
from firmhold.domain.state import State


class MoreWaiting(Exception):
    """The decision needs to know more of this offering's waitlist than the state contains: those
    who want at most so many units."""

    def __init__(self, offering: str, fits: int) -> None:
        super().__init__(f"{offering} has a longer waitlist")
        self.offering = offering
        self.fits = fits


class WaitingLine:
    """The waitlists of a batch's offerings. Lives for one decision."""

    __slots__ = (
        "_behind",
        "_counts",
        "_fits",
        "_offered",
        "_places",
        "entries",
        "offers",
        "queues",
        "seen",
        "shut",
        "touched",
    )

    def __init__(self, counts: Mapping[str, Counts], state: State) -> None:
        self._counts = counts
        self.entries = dict(state.waitlist)
        """By id."""
        self.offers = dict(state.offers)
        """By an entry's id, the id for a reservation made for it now."""
        self.queues = {offering: list(queue.entries) for offering, queue in state.queues.items()}
        """Ids of those who wait, in their order, by offering."""
        self._fits = {
            offering: queue.fits for offering, queue in state.queues.items() if queue.whole
        }
        """Offerings where nobody else waits, or only who wants more units than this."""
        self._behind = {
            id
            for queue in state.queues.values()
            if queue.fits is not None
            for id in queue.entries[queue.known :]
        }
        """Those in front of whom others may wait who are not known."""
        self.seen: dict[str, int] = {}
        """By offering, how much had been changed when everyone in its queue was last looked at."""
        self.shut: set[str] = set()
        """Offerings of which nothing can be had at this time, as was seen by then."""
        self.touched: dict[str, WaitlistEntry] = {}
        """What has become new or different."""
        self._offered = {
            entry.reservation: entry.id
            for entry in state.waitlist.values()
            if entry.status is Wait.OFFERED and entry.reservation is not None
        }

        self._places = {
            (entry.customer, entry.offering): entry.id
            for entry in state.waitlist.values()
            if entry.status in (Wait.WAITING, Wait.OFFERED)
        }

    def own(self, customer: str, offering: str) -> WaitlistEntry | None:
        """The customer's place in this line, or the offer it has led to."""
        id = self._places.get((customer, offering))
        return None if id is None else self.entries[id]

    def join(self, entry: WaitlistEntry, offer: str, actor: str) -> None:
        """Let the entry stand at the end of its line, with the next ledger entry as its place."""
        counts = self._counts[entry.offering]
        counts.waiting += 1
        counts.move(Kind.WAITLISTED, None, actor)
        self._put(entry._replace(place=counts.seq))
        self._places[entry.customer, entry.offering] = entry.id
        self.offers[entry.id] = offer
        if entry.offering not in self.queues:
            # Nobody waited, or its waitlist would have been loaded.
            self.queues[entry.offering] = []
            self._fits[entry.offering] = None
        if self.is_whole(entry.offering, entry.quantity):
            self.queues[entry.offering].append(entry.id)
            if self._fits[entry.offering] is not None:
                self._behind.add(entry.id)

    def is_whole(self, offering: str, units: int) -> bool:
        """Whether everybody is known who waits for at most so many units."""
        fits = self._fits.get(offering, 0)
        return fits is None or units <= fits

    def position(self, entry: WaitlistEntry) -> int | None:
        """1 for whoever is next; `None` for who does not wait, or if not all before are known."""
        queue = self.queues.get(entry.offering, ())
        if entry.id not in queue or entry.id in self._behind:
            return None
        return queue.index(entry.id) + 1

    def offer(self, entry: WaitlistEntry, reservation: str, now: datetime) -> None:
        """Note that units are held for the entry by this reservation."""
        self.queues[entry.offering].remove(entry.id)
        self._offered[reservation] = entry.id
        self._put(entry._replace(status=Wait.OFFERED, reservation=reservation, offered_at=now))

    def end(self, entry: WaitlistEntry, status: Wait, actor: str, now: datetime) -> WaitlistEntry:
        """Let the entry be over."""
        queue = self.queues.get(entry.offering, [])
        if entry.id in queue:
            queue.remove(entry.id)
        del self._places[entry.customer, entry.offering]
        counts = self._counts[entry.offering]
        counts.waiting -= 1
        counts.move(Kind.UNLISTED, entry.reservation, actor, reason=status.value)
        return self._put(entry._replace(status=status, ended_at=now))

    def settle(
        self,
        reservation: str,
        status: Wait,
        actor: str,
        now: datetime,
        offering: str | None = None,
    ) -> None:
        """Let the entry be over whose offer this reservation is, if it is one (for `offering`)."""
        id = self._offered.get(reservation)
        if id is None or offering not in (None, self.entries[id].offering):
            return
        del self._offered[reservation]
        self.end(self.entries[id], status, actor, now)

    def _put(self, entry: WaitlistEntry) -> WaitlistEntry:
        self.entries[entry.id] = self.touched[entry.id] = entry
        return entry
