"""Whether units may be taken now: sale window, limits, capacity, in the published order.

Holding and reacquiring ask the same questions here, so a late payment gets past no rule that
a new customer would be held to.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from firmhold.domain.counts import Counts
from firmhold.domain.errors import Code, Refusal, refuse


class Wanted(NamedTuple):
    """Units asked of one offering, summed over the request's lines."""

    line: int
    """Index of the first line of the request that names the offering."""
    counts: Counts
    quantity: int


def refuse_terms(
    wanted: list[Wanted],
    customer: str | None,
    usage: Mapping[tuple[str, str], int],
    now: datetime,
) -> Refusal | None:
    """Why this customer may not take these units now, or `None` if the terms allow it.

    `usage` holds the units each customer already has (held and confirmed) of each offering
    that limits them. Rules are checked one after the other over all lines, so that the answer
    does not depend on the order in which the lines were written.
    """
    for check in (_not_on_sale_yet, _sale_ended):
        for want in wanted:
            if refusal := check(want, now):
                return refusal
    for want in wanted:
        if refusal := _outside_limits(want, customer, usage):
            return refusal
    return None


def refuse_capacity(wanted: list[Wanted]) -> Refusal | None:
    """Why there are not enough units, or `None` if there are."""
    for want in wanted:
        if want.quantity > want.counts.available:
            return refuse(
                Code.INSUFFICIENT_CAPACITY,
                f"{want.quantity} requested, {want.counts.available} available.",
                line=want.line,
                offering=want.counts.offering.id,
                requested=want.quantity,
                available=want.counts.available,
            )
    return None


def _not_on_sale_yet(want: Wanted, now: datetime) -> Refusal | None:
    starts = want.counts.offering.terms.sale_starts_at
    if starts is None or starts <= now:
        return None
    return refuse(
        Code.NOT_ON_SALE_YET,
        "The sale has not started yet.",
        line=want.line,
        offering=want.counts.offering.id,
        sale_starts_at=starts,
    )


def _sale_ended(want: Wanted, now: datetime) -> Refusal | None:
    ends = want.counts.offering.terms.sale_ends_at
    if ends is None or now < ends:
        return None
    return refuse(
        Code.SALE_ENDED,
        "The sale has ended.",
        line=want.line,
        offering=want.counts.offering.id,
        sale_ends_at=ends,
    )


def _outside_limits(
    want: Wanted, customer: str | None, usage: Mapping[tuple[str, str], int]
) -> Refusal | None:
    for limit, bound, detail, broken, more in _limits(want, customer, usage):
        if broken:
            return refuse(
                Code.LIMIT_EXCEEDED,
                detail,
                line=want.line,
                offering=want.counts.offering.id,
                limit=limit,
                bound=bound,
                requested=want.quantity,
                **more,
            )
    return None


def _limits(
    want: Wanted, customer: str | None, usage: Mapping[tuple[str, str], int]
) -> Iterator[tuple[str, int, str, bool, dict[str, int]]]:
    terms = want.counts.offering.terms
    low, high, most = terms.min_quantity, terms.max_quantity, terms.max_per_customer
    if low > 1:
        detail = f"At least {low} units have to be taken at once."
        yield "min_quantity", low, detail, want.quantity < low, {}
    if high is not None:
        detail = f"At most {high} units may be taken at once."
        yield "max_quantity", high, detail, want.quantity > high, {}
    if most is not None:
        # Without a customer the limit binds the reservation, or leaving the name out would
        # be the way around it.
        has = usage.get((customer, want.counts.offering.id), 0) if customer is not None else 0
        detail = f"A customer may have at most {most} units; this one has {has}."
        yield "max_per_customer", most, detail, has + want.quantity > most, {"has": has}
