"""Rules for publishing slots: what may be said about one, and what it takes from pools at once.

Knows nothing of reservations. What those take is decided by the same arithmetic, in `lending`, when
they are made.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.lending import loans_for
from firmhold.domain.model import (
    MAX_CAPACITY,
    MAX_TTL_SECONDS,
    Loan,
    Per,
    Pool,
    Requirement,
    Slot,
    Terms,
)

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 4000
"""Characters; of a page, not of a book."""

MAX_REQUIREMENTS = 22
"""Pools that one slot takes from: a room, a practitioner and twenty besides, as the doors let it be
said. An operating theatre has fewer, and a hold locks each of them."""

MAX_LENGTH = timedelta(days=366)
"""Of one slot. A bed is taken for months; for longer than a year it is not a booking."""

LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Slots end before. Later dates are slips of the finger, and zones are unknown there."""


class SlotFields(NamedTuple):
    """What an operator says about a slot; its time, place and capacity aside."""

    title: str
    description: str | None = None
    terms: Terms = Terms()
    requirements: tuple[Requirement, ...] = ()
    """In any order, each pool once."""
    metadata: Mapping[str, Any] = {}
    open: bool = True
    """Whether it can be taken at all."""


class NewSlot(NamedTuple):
    """A slot to be published."""

    site: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    fields: SlotFields


class Clash(NamedTuple):
    """Why a slot cannot have what it requires."""

    slot: int
    """Its place among those that were asked for."""
    refusal: Refusal


def flaw_of_slot(slot: NewSlot, now: datetime, where: str = "") -> Refusal | None:
    """What about the slot cannot mean anything at `now`, or `None`. `where` it stands in the
    request goes in front of the names of its fields."""
    starts, ends = slot.starts_at, slot.ends_at
    for name, at in (("starts_at", starts), ("ends_at", ends)):
        if at.tzinfo is None:
            return malformed(where + name, "has no offset from UTC")
    if ends <= starts:
        return malformed(f"{where}ends_at", "not after starts_at")
    if ends - starts > MAX_LENGTH:
        return malformed(f"{where}ends_at", f"more than {MAX_LENGTH.days} days after starts_at")
    if starts < now:
        return malformed(f"{where}starts_at", "lies in the past")
    if ends >= LATEST:
        return malformed(f"{where}ends_at", f"must be before the year {LATEST.year}")
    if not 0 <= slot.capacity <= MAX_CAPACITY:
        return malformed(f"{where}capacity", f"0 to {MAX_CAPACITY:,}, not {slot.capacity}")
    return flaw_of_fields(slot.fields, where)


def flaw_of_fields(fields: SlotFields, where: str = "") -> Refusal | None:
    """What about a slot's fields cannot mean anything, or `None`."""
    if not fields.title.strip() or len(fields.title) > LONGEST_TITLE:
        return malformed(f"{where}title", f"1 to {LONGEST_TITLE} characters, not only spaces")
    if fields.description is not None and len(fields.description) > LONGEST_DESCRIPTION:
        return malformed(f"{where}description", f"at most {LONGEST_DESCRIPTION:,} characters")
    return flaw_of_terms(fields.terms, where) or _flaw_of_requirements(fields.requirements, where)


def flaw_of_terms(terms: Terms, where: str = "") -> Refusal | None:
    """What about terms of sale cannot mean anything, or `None`."""
    starts, ends = terms.sale_starts_at, terms.sale_ends_at
    low = terms.min_quantity
    ttl = terms.hold_ttl_seconds
    flaws = (
        ("sale_ends_at", starts and ends and ends <= starts, "not after sale_starts_at"),
        ("min_quantity", low < 1, f"at least 1, not {low}"),
        ("max_quantity", _below(terms.max_quantity, low), "less than min_quantity"),
        ("max_per_customer", _below(terms.max_per_customer, low), "less than min_quantity"),
        (
            "hold_ttl_seconds",
            ttl is not None and not 1 <= ttl <= MAX_TTL_SECONDS,
            f"1 to {MAX_TTL_SECONDS:,} seconds, not {ttl}",
        ),
        ("unit_price", (terms.unit_price or 0) < 0, "less than nothing"),
        (
            "currency",
            (terms.unit_price is None) != (terms.currency is None),
            "goes with a price, and a price with it",
        ),
    )
    for name, wrong, reason in flaws:
        if wrong:
            return malformed(where + name, reason)
    return None


def _below(units: int | None, low: int) -> bool:
    return units is not None and units < low


def _flaw_of_requirements(requirements: Sequence[Requirement], where: str) -> Refusal | None:
    if len(requirements) > MAX_REQUIREMENTS:
        return malformed(
            f"{where}requirements", f"at most {MAX_REQUIREMENTS}, not {len(requirements)}"
        )
    seen: set[str] = set()
    for index, required in enumerate(requirements):
        if required.units < 1:
            return malformed(
                f"{where}requirements[{index}].units", f"at least 1, not {required.units}"
            )
        if required.pool in seen:
            return malformed(f"{where}requirements[{index}].pool", "required twice")
        seen.add(required.pool)
    return None


def refuse_requirements(
    requirements: Sequence[Requirement],
    pools: Mapping[str, Pool],
    where: str = "",
    *,
    standing: Container[Requirement] = (),
) -> Refusal | None:
    """Why these pools can never lend so much, or `None`. `pools` are those that there are. What is
    `standing` was asked for when there was as much, and is not asked for now."""
    for index, required in enumerate(requirements):
        if required in standing:
            continue
        field = f"{where}requirements[{index}]"
        pool = pools.get(required.pool)
        if pool is None:
            return refuse(
                Code.NOT_FOUND, "There is no such pool.", pool=required.pool, field=f"{field}.pool"
            )
        if required.units > pool.units:
            return malformed(
                f"{field}.units",
                f"{pool.name} has {pool.units} units in all, and {required.units} are required",
            )
    return None


def loans_of_slot(
    slot_id: str,
    site: str,
    starts_at: datetime,
    ends_at: datetime,
    requirements: Iterable[Requirement],
    pools: Mapping[str, Pool],
) -> Iterator[Loan]:
    """What a slot takes from pools by being published."""
    # When it can be booked does not matter here.
    slot = Slot(site, starts_at.astimezone(UTC), ends_at.astimezone(UTC), timedelta())
    return loans_for(slot_id, slot, (r for r in requirements if r.per is Per.SLOT), pools)
