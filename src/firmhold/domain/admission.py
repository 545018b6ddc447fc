"""Whether units may be taken now: sale window, time, limits, capacity, in the published order.

Holding, moving, reacquiring and serving the waitlist ask the same questions here, so a late
payment or a rebooking gets past no rule that a new customer would be held to.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from firmhold.domain.counts import Counts
from firmhold.domain.errors import Code, Refusal, refuse
from firmhold.domain.state import Visit


class Wanted(NamedTuple):
    """Units asked of one offering, summed over the request's lines."""

    line: int
    """Index of the first line of the request that names the offering."""
    counts: Counts
    quantity: int


class Claimant(NamedTuple):
    """For whom units are to be taken, and what that customer has already."""

    customer: str | None
    usage: Mapping[tuple[str, str], int]
    """Units per (customer, offering), held and confirmed, wherever that is limited."""
    visits: Mapping[tuple[str, str], Sequence[Visit]]
    """Slots per (customer, site), wherever that is limited."""
    operator: bool = False
    """Whether an operator takes them, who may book ahead of time and at the last minute."""


def refuse_terms(wanted: Sequence[Wanted], who: Claimant, now: datetime) -> Refusal | None:
    """Why these units may not be taken now, or `None` if the terms allow it."""
    return refuse_time(wanted, who, now) or refuse_limits(wanted, who)


def refuse_time(wanted: Sequence[Wanted], who: Claimant, now: datetime) -> Refusal | None:
    """Why this is not the time to take these units, or `None` if it is.

    Rules are checked one after the other over all lines, so that the answer does not depend on the
    order in which the lines were written.
    """
    for check in (_not_on_sale_yet, _closed, _sale_ended, _too_far_ahead, _too_late_to_book):
        for want in wanted:
            if refusal := check(want, who, now):
                return refusal
    return None


def is_over(want: Wanted, who: Claimant, now: datetime) -> bool:
    """Whether there will be no time any more to take these units, whatever else is in the way."""
    return bool(_sale_ended(want, who, now) or _too_late_to_book(want, who, now))


def refuse_limits(wanted: Sequence[Wanted], who: Claimant) -> Refusal | None:
    """Why a customer may not have so many units, at once or in all, or `None`."""
    for want in wanted:
        if refusal := _outside_limits(want, who):
            return refusal
    return _too_many_visits(wanted, who)


def refuse_capacity(wanted: Sequence[Wanted]) -> Refusal | None:
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


def _not_on_sale_yet(want: Wanted, _: Claimant, now: datetime) -> Refusal | None:
    starts = want.counts.offering.terms.sale_starts_at
    if starts is None or starts <= now:
        return None
    return _refuse(
        want, Code.NOT_ON_SALE_YET, "The sale has not started yet.", sale_starts_at=starts
    )


def _closed(want: Wanted, _: Claimant, now: datetime) -> Refusal | None:
    if want.counts.offering.open:
        return None
    return _refuse(want, Code.SALE_ENDED, "This is closed to booking.", closed=True)


def _sale_ended(want: Wanted, _: Claimant, now: datetime) -> Refusal | None:
    ends = want.counts.offering.terms.sale_ends_at
    if ends is None or now < ends:
        return None
    return _refuse(want, Code.SALE_ENDED, "The sale has ended.", sale_ends_at=ends)


def _too_far_ahead(want: Wanted, who: Claimant, now: datetime) -> Refusal | None:
    slot = want.counts.offering.slot
    if slot is None or who.operator or slot.starts_at - slot.horizon <= now:
        return None
    return _refuse(
        want,
        Code.TOO_FAR_AHEAD,
        f"It can be booked from {slot.horizon.days} days ahead.",
        bookable_from=slot.starts_at - slot.horizon,
    )


def _too_late_to_book(want: Wanted, who: Claimant, now: datetime) -> Refusal | None:
    slot = want.counts.offering.slot
    if slot is None:
        return None
    # Whoever works there may take someone in until it is over.
    until = slot.ends_at if who.operator else slot.starts_at - slot.notice
    if now < until:
        return None
    return _refuse(
        want, Code.TOO_LATE_TO_BOOK, "It is too late to book this.", bookable_until=until
    )


def _outside_limits(want: Wanted, who: Claimant) -> Refusal | None:
    terms = want.counts.offering.terms
    low, high, most = terms.min_quantity, terms.max_quantity, terms.max_per_customer
    if want.quantity < low:
        detail = f"At least {low} units have to be taken at once."
        return _refuse_limit(want, detail, "min_quantity", low)
    if high is not None and want.quantity > high:
        detail = f"At most {high} units may be taken at once."
        return _refuse_limit(want, detail, "max_quantity", high)
    if most is not None:
        # Without a customer the limit binds the reservation, or leaving the name out would
        # be the way around it.
        has = 0
        if who.customer is not None:
            has = who.usage.get((who.customer, want.counts.offering.id), 0)
        if has + want.quantity > most:
            detail = f"A customer may have at most {most} units; this one has {has}."
            return _refuse_limit(want, detail, "max_per_customer", most, has=has)
    return None


def _refuse_limit(want: Wanted, detail: str, limit: str, bound: int, **more: int) -> Refusal:
    return _refuse(
        want,
        Code.LIMIT_EXCEEDED,
        detail,
        limit=limit,
        bound=bound,
        requested=want.quantity,
        **more,
    )


def _too_many_visits(wanted: Sequence[Wanted], who: Claimant) -> Refusal | None:
    """Limits over time: units of one customer within any so many days at one site."""
    new: dict[str, list[Visit]] = {}
    for want in wanted:
        slot = want.counts.offering.slot
        if slot is None or slot.customer_limit is None:
            continue
        most, days = slot.customer_limit
        visits = new.setdefault(slot.site, [])
        if not visits and who.customer is not None:
            visits += who.visits.get((who.customer, slot.site), ())
        has = most_within(visits, slot.starts_at, timedelta(days=days))
        if has + want.quantity > most:
            return _refuse(
                want,
                Code.LIMIT_EXCEEDED,
                f"A customer may have at most {most} within {days} days here; this one has {has}.",
                limit="customer_limit",
                bound=most,
                days=days,
                requested=want.quantity,
                has=has,
            )
        visits.append(Visit(slot.starts_at, want.quantity))
    return None


def most_within(visits: Sequence[Visit], at: datetime, length: timedelta) -> int:
    """The most units that start within any half-open window of this length around `at`."""
    near = [visit for visit in visits if abs(visit.starts_at - at) < length]
    starts = {at, *(visit.starts_at for visit in near if visit.starts_at < at)}
    return max(
        sum(visit.units for visit in near if start <= visit.starts_at < start + length)
        for start in starts
    )


def _refuse(want: Wanted, code: Code, detail: str, **facts: object) -> Refusal:
    """A refusal that names the line and the offering."""
    return refuse(code, detail, line=want.line, offering=want.counts.offering.id, **facts)
