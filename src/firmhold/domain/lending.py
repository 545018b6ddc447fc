"""What pools have lent while a batch is decided: taken, given back, and never more than there is.

Knows nothing of customers or capacity. What the slots themselves take is decided by the same
arithmetic when they are published.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from firmhold.domain.errors import Code, Refusal, refuse
from firmhold.domain.model import Loan, Offering, Pool, Requirement, Slot

Reserved = tuple[str, str]
"""A reservation and a slot: whatever that line has taken from pools."""

Time = tuple[datetime, datetime]
"""From when until when, buffers included."""


class Busy(NamedTuple):
    """When a pool has lent most within some time, and how much that is."""

    units: int
    starts_at: datetime
    ends_at: datetime


def loans_for(
    slot_id: str,
    slot: Slot,
    requirements: Iterable[Requirement],
    pools: Mapping[str, Pool],
    reservation: str | None = None,
    expires_at: datetime | None = None,
) -> Iterator[Loan]:
    """What has to be taken for the requirements, each with its pool's buffers."""
    for pool_id, units, _ in requirements:
        pool = pools[pool_id]
        yield Loan(
            pool_id,
            slot_id,
            reservation,
            units,
            slot.starts_at - pool.before,
            slot.ends_at + pool.after,
            expires_at,
        )


def busiest(loans: Iterable[Loan], starts_at: datetime, ends_at: datetime) -> Busy:
    """The most that these loans of one pool take at any instant of `[starts_at, ends_at)`.

    All are half-open: what ends when another begins makes room for it.
    """
    changes: Counter[datetime] = Counter()
    for loan in loans:
        if loan.starts_at < ends_at and starts_at < loan.ends_at:
            changes[max(loan.starts_at, starts_at)] += loan.units
            changes[loan.ends_at] -= loan.units
    most = Busy(0, starts_at, ends_at)
    units = 0
    for at, until in pairwise(sorted(at for at, change in changes.items() if change)):
        units += changes[at]
        if units > most.units:
            most = Busy(units, at, until)
    return most


def refuse_loan(pool: Pool, loan: Loan, others: Iterable[Loan], **facts: object) -> Refusal | None:
    """Why the pool cannot make this loan beside the others, or `None` if it can."""
    busy = busiest(others, loan.starts_at, loan.ends_at)
    if busy.units + loan.units <= pool.units:
        return None
    if pool.units < loan.units:
        detail = f"{pool.name} has {pool.units} units in all, and {loan.units} are needed."
    else:
        detail = f"{pool.name} is taken at that time."
    return refuse(
        Code.POOL_BUSY,
        detail,
        **facts,
        pool=pool.id,
        pool_name=pool.name,
        requested=loan.units,
        units=pool.units,
        taken=busy.units,
        busy_from=busy.starts_at,
        busy_until=busy.ends_at,
    )


class Lending:
    """The loans of a batch's pools. Lives for one decision."""

    __slots__ = ("_kept", "_lent", "_own", "pools", "returned", "taken")

    def __init__(self, pools: Mapping[str, Pool], loans: Iterable[Loan]) -> None:
        self.pools = pools
        # Units by pool and time: there are far fewer times than loans, for all reservations of a
        # slot take theirs for the same one.
        self._lent: dict[str, Counter[Time]] = {id: Counter() for id in pools}
        self._own: dict[Reserved, list[Loan]] = {}
        for loan in loans:
            self._lent[loan.pool][loan.starts_at, loan.ends_at] += loan.units
            if loan.reservation is not None:
                self._own.setdefault((loan.reservation, loan.slot), []).append(loan)
        self.returned: list[Reserved] = []
        self.taken: dict[Reserved, list[Loan]] = {}
        self._kept: dict[Reserved, datetime | None] = {}

    @property
    def kept(self) -> list[tuple[str, datetime | None]]:
        """Reservations that keep what they had, and the end of the hold it goes with, if any."""
        return list({reservation: end for (reservation, _), end in self._kept.items()}.items())

    def refuse(
        self, offerings: Iterable[tuple[int, Offering]], leaving: Iterable[Reserved] = ()
    ) -> Refusal | None:
        """Why a reservation of these offerings, each with the line that names it, cannot have what
        they require, or `None` if it can. `leaving` will be given back before."""
        wanted: list[Loan] = []
        for line, offering in offerings:
            slot = offering.slot
            if slot is None or not slot.requirements:
                continue
            for loan in loans_for(offering.id, slot, slot.requirements, self.pools):
                others = (*self._beside(loan, leaving), *wanted)
                refusal = refuse_loan(
                    self.pools[loan.pool],
                    loan,
                    (other for other in others if other.pool == loan.pool),
                    line=line,
                    offering=offering.id,
                )
                if refusal:
                    return refusal
                wanted.append(loan)
        return None

    def _beside(self, loan: Loan, leaving: Iterable[Reserved]) -> Iterator[Loan]:
        """What is lent at the same time, as one loan for each time, less what is leaving."""
        for (starts, ends), units in self._lent[loan.pool].items():
            if starts < loan.ends_at and loan.starts_at < ends:
                yield loan._replace(units=units, starts_at=starts, ends_at=ends)
        for own in leaving:
            for gone in self._own.get(own, ()):
                yield gone._replace(units=-gone.units)

    def take(self, reservation: str, offering: Offering, expires_at: datetime | None) -> None:
        """Take what the offering requires, everything having been checked."""
        slot = offering.slot
        if slot is None or not slot.requirements:
            return
        loans = list(
            loans_for(offering.id, slot, slot.requirements, self.pools, reservation, expires_at)
        )
        for loan in loans:
            self._lent[loan.pool][loan.starts_at, loan.ends_at] += loan.units
        own = (reservation, offering.id)
        self._own[own] = self.taken[own] = loans

    def give_back(self, reservation: str, offering: Offering) -> None:
        """Give back what this reservation has taken for this offering."""
        slot = offering.slot
        if slot is None or not slot.requirements:
            return
        own = (reservation, offering.id)
        for loan in self._own.pop(own, ()):
            self._lent[loan.pool][loan.starts_at, loan.ends_at] -= loan.units
        self._kept.pop(own, None)
        if self.taken.pop(own, None) is None:
            self.returned.append(own)

    def keep(self, reservation: str, offering: Offering, expires_at: datetime | None) -> None:
        """Let what it has taken stay taken until a later end of the hold, or for good."""
        slot = offering.slot
        if slot is None or not slot.requirements:
            return
        own = (reservation, offering.id)
        if loans := self.taken.get(own):
            self.taken[own] = [loan._replace(expires_at=expires_at) for loan in loans]
        else:
            self._kept[own] = expires_at
