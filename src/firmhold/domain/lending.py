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
) -> Iterator[Loan]:
    """What has to be taken for the requirements, each with its pool's buffers."""
    for pool_id, units, _ in requirements:
        pool = pools[pool_id]
        yield Loan(
            pool_id,
            slot_id,
            units,
            slot.starts_at - pool.before,
            slot.ends_at + pool.after,
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

    __slots__ = ("_before", "_lent", "_now", "pools")

    def __init__(self, pools: Mapping[str, Pool], loans: Iterable[Loan], now: datetime) -> None:
        self.pools = pools
        self._now = now
        self._lent: dict[str, dict[str, Loan]] = {id: {} for id in pools}
        """By pool and slot."""
        for loan in loans:
            self._lent[loan.pool][loan.slot] = loan
        self._before: dict[tuple[str, str], Loan | None] = {}
        """As it was, wherever it may be different by now."""

    @property
    def changed(self) -> list[Loan]:
        """What slots have taken of pools now, where that is different; 0 units if all came back."""
        return [
            loan
            for (pool, slot), before in self._before.items()
            if (loan := self._lent[pool][slot]) != before and (loan.units or before)
        ]

    def refuse(
        self, offerings: Iterable[tuple[int, Offering]], leaving: Iterable[Offering] = ()
    ) -> Refusal | None:
        """Why a reservation of these offerings, each with the line that names it, cannot have what
        they require, or `None` if it can. What one takes for those `leaving` comes back before."""
        beside = [loan._replace(units=-loan.units) for it in leaving for loan in self._loans(it)]
        for line, offering in offerings:
            for loan in self._loans(offering):
                refusal = refuse_loan(
                    self.pools[loan.pool],
                    # What was lent before is nobody's trouble any more.
                    loan._replace(starts_at=max(loan.starts_at, self._now)),
                    (
                        *self._lent[loan.pool].values(),
                        *(other for other in beside if other.pool == loan.pool),
                    ),
                    line=line,
                    offering=offering.id,
                )
                if refusal:
                    return refusal
                beside.append(loan)
        return None

    def take(self, offering: Offering) -> None:
        """Take what one reservation of the offering requires, everything having been checked."""
        for loan in self._loans(offering):
            self._add(loan, loan.units)

    def give_back(self, offering: Offering) -> None:
        """Give back what one reservation of the offering has taken."""
        for loan in self._loans(offering):
            self._add(loan, -loan.units)

    def _add(self, loan: Loan, units: int) -> None:
        lent = self._lent[loan.pool].get(loan.slot)
        self._before.setdefault((loan.pool, loan.slot), lent)
        after = units if lent is None else lent.units + units
        assert after >= 0, "more is given back than was taken"
        self._lent[loan.pool][loan.slot] = loan._replace(units=after)

    def _loans(self, offering: Offering) -> Iterator[Loan]:
        """What one reservation of the offering takes, from now on if the slot has begun. Whatever a
        slot has of a pool is for one time, that of the first: buffers may have been others then."""
        slot = offering.slot
        if slot is None:
            return
        for loan in loans_for(offering.id, slot, slot.requirements, self.pools):
            lent = self._lent[loan.pool].get(loan.slot)
            if lent is not None and lent.units:
                yield lent._replace(units=loan.units)
            else:
                yield loan._replace(starts_at=max(loan.starts_at, self._now))
