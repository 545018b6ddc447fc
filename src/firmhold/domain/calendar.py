"""What pools have lent at which times, for whoever adds thousands of loans to thousands.

Owns the order in which loans are kept, so that one more is compared with few of them, however long
they last. Whether a pool can lend is asked of `lending`; here it is known beforehand when it can.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate

from firmhold.domain.errors import Refusal
from firmhold.domain.lending import refuse_loan
from firmhold.domain.model import Loan, Pool

_SHORT_DAYS = 2
"""Dates beyond the first that a loan may touch to be looked for by its day: any slot of a schedule
with its buffers, or nearly. Longer ones are few, and all are looked at."""


class Calendar:
    """What pools have lent. A slot has one loan of a pool."""

    __slots__ = ("_levels", "_long", "_pools", "_short")

    def __init__(self, pools: Mapping[str, Pool], loans: Iterable[Loan] = ()) -> None:
        self._pools = pools
        self._short: dict[tuple[str, int], dict[Loan, None]] = {}
        """By pool, and the day on which they begin."""
        self._long: dict[str, dict[Loan, None]] = {}
        by_pool: dict[str, list[Loan]] = {}
        for loan in dict.fromkeys(loans):
            self._beginning(loan)[loan] = None
            by_pool.setdefault(loan.pool, []).append(loan)
        self._levels = {pool: _Levels(lent) for pool, lent in by_pool.items()}

    def add(self, loan: Loan) -> None:
        """Let it be lent."""
        self._beginning(loan)[loan] = None
        self._levels_of(loan).change(loan, loan.units)

    def remove(self, loan: Loan) -> None:
        """Let it have been given back."""
        del self._beginning(loan)[loan]
        self._levels_of(loan).change(loan, -loan.units)

    def beside(self, loan: Loan) -> list[Loan]:
        """What the same pool has lent for some of the same time."""
        days = range(loan.starts_at.toordinal() - _SHORT_DAYS, loan.ends_at.toordinal() + 1)
        found = [*self._long.get(loan.pool, ())]
        for day in days:
            found += self._short.get((loan.pool, day), ())
        return [
            other
            for other in found
            if other.starts_at < loan.ends_at and loan.starts_at < other.ends_at
        ]

    def take(self, loans: Sequence[Loan], **facts: object) -> Refusal | None:
        """Lend all of these, or say why one of them cannot be lent and lend none."""
        for number, loan in enumerate(loans):
            pool = self._pools[loan.pool]
            if self._levels_of(loan).most(loan) + loan.units > pool.units and (
                refusal := refuse_loan(pool, loan, self.beside(loan), **facts)
            ):
                for taken in loans[:number]:
                    self.remove(taken)
                return refusal
            self.add(loan)
        return None

    def _beginning(self, loan: Loan) -> dict[Loan, None]:
        """Those among which a loan is kept."""
        day = loan.starts_at.toordinal()
        if loan.ends_at.toordinal() - day <= _SHORT_DAYS:
            return self._short.setdefault((loan.pool, day), {})
        return self._long.setdefault(loan.pool, {})

    def _levels_of(self, loan: Loan) -> "_Levels":
        if loan.pool not in self._levels:
            self._levels[loan.pool] = _Levels(())
        return self._levels[loan.pool]


class _Levels:
    """How many units of one pool are lent from each instant at which that changes."""

    __slots__ = ("_times", "_units")

    def __init__(self, loans: Iterable[Loan]) -> None:
        changes: Counter[datetime] = Counter()
        for loan in loans:
            changes[loan.starts_at] += loan.units
            changes[loan.ends_at] -= loan.units
        self._times = sorted(changes)
        self._units = list(accumulate(changes[at] for at in self._times))

    def most(self, loan: Loan) -> int:
        """Units that are lent at some instant of the loan's time, at the most."""
        first = max(bisect_right(self._times, loan.starts_at) - 1, 0)
        return max(self._units[first : bisect_left(self._times, loan.ends_at)], default=0)

    def change(self, loan: Loan, units: int) -> None:
        """Let so many more be lent for the loan's time."""
        first, end = self._at(loan.starts_at), self._at(loan.ends_at)
        self._units[first:end] = [level + units for level in self._units[first:end]]

    def _at(self, at: datetime) -> int:
        """Where the level of this instant begins, from now on if not before."""
        place = bisect_left(self._times, at)
        if place == len(self._times) or self._times[place] != at:
            self._times.insert(place, at)
            self._units.insert(place, self._units[place - 1] if place else 0)
        return place
