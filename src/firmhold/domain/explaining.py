"""Why something cannot be had, for those who only look.

Asks the questions that deciding asks, of what was read without locks. So the answer is the one that
a command would get at that instant, and no promise for the next.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from firmhold.domain.admission import Claimant, Wanted, refuse_capacity, refuse_time
from firmhold.domain.counts import Counts
from firmhold.domain.errors import Refusal
from firmhold.domain.lending import Lending
from firmhold.domain.model import LedgerEntry, Loan, Offering, Pool

ANYONE = Claimant(None, {}, {})
"""A customer of whom nothing is known, and so nothing that stands in the way."""


def refuse_anyone(
    offering: Offering, pools: Mapping[str, Pool], loans: Sequence[Loan], now: datetime
) -> Refusal | None:
    """Why no customer can take the least that may be taken at once, or `None` if one can."""
    wanted = [Wanted(0, Counts(offering, _nothing), offering.terms.min_quantity)]
    return (
        refuse_time(wanted, ANYONE, now)
        or refuse_capacity(wanted)
        or Lending(pools, loans, now).refuse([(0, offering)])
    )


def _nothing(entry: LedgerEntry) -> None:
    raise AssertionError("whoever only looks moves nothing")
