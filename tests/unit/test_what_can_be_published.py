"""What may be said about a slot, and what its requirements can never have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import MAX_CAPACITY, Loan, Per, Requirement, Terms
from firmhold.domain.publishing import (
    LATEST,
    MAX_LENGTH,
    NewSlot,
    SlotFields,
    flaw_of_fields,
    flaw_of_slot,
    flaw_of_terms,
    loans_of_slot,
    refuse_requirements,
)
from tests.unit.build import HOUR, MINUTE, NOW, TICK, pool

LATER = NOW + HOUR


def a_slot(
    starts: datetime = LATER,
    ends: datetime | None = None,
    capacity: int = 10,
    title: str = "Surgery",
    **fields: Any,
) -> NewSlot:
    ends = starts + HOUR if ends is None else ends
    return NewSlot("clinic", starts, ends, capacity, SlotFields(title, **fields))


def needs(*requirements: tuple[str, int]) -> tuple[Requirement, ...]:
    return tuple(Requirement(pool, units, Per.SLOT) for pool, units in requirements)


def flaw(refusal: Refusal | None) -> tuple[str, str] | None:
    """The field and what is wrong with it; the sentence for people says just that."""
    if refusal is None:
        return None
    assert refusal.code is Code.MALFORMED_REQUEST
    assert refusal.detail == f"{refusal.facts['field']}: {refusal.facts['reason']}"
    assert refusal.facts.keys() == {"field", "reason"}
    return refusal.facts["field"], refusal.facts["reason"]


FINE = [
    ("an hour", a_slot()),
    ("one that begins now", a_slot(NOW)),
    ("one that is over at once", a_slot(LATER, LATER + TICK)),
    ("one of a year", a_slot(LATER, LATER + MAX_LENGTH)),
    ("the last that there can be", a_slot(LATEST - HOUR, LATEST - TICK)),
    ("one for nobody", a_slot(capacity=0)),
    ("one for as many as there can be", a_slot(capacity=MAX_CAPACITY)),
    ("in another zone", a_slot(NOW.astimezone(timezone(timedelta(hours=9))))),
    ("a title of one letter", a_slot(title="S")),
    ("the longest title", a_slot(title="S" * 200)),
    ("no words about it", a_slot(description="")),
    ("many words about it", a_slot(description="S" * 4000)),
    ("as many pools as can be", a_slot(requirements=needs(*((f"p{n}", 1) for n in range(22))))),
    ("a price of nothing", a_slot(terms=Terms(unit_price=0, currency="EUR"))),
]

FLAWS = [
    (
        "a start without an offset",
        a_slot(LATER.replace(tzinfo=None), LATER),
        ("starts_at", "has no offset from UTC"),
    ),
    (
        "an end without an offset",
        a_slot(LATER, LATER.replace(tzinfo=None)),
        ("ends_at", "has no offset from UTC"),
    ),
    ("an end at its start", a_slot(LATER, LATER), ("ends_at", "not after starts_at")),
    (
        "a tick longer than a year",
        a_slot(LATER, LATER + MAX_LENGTH + TICK),
        ("ends_at", "more than 366 days after starts_at"),
    ),
    ("one that has begun", a_slot(NOW - TICK), ("starts_at", "lies in the past")),
    (
        "one that ends too late",
        a_slot(LATEST - HOUR, LATEST),
        ("ends_at", "must be before the year 2200"),
    ),
    *(
        (
            f"one for {capacity}",
            a_slot(capacity=capacity),
            ("capacity", f"0 to 1,000,000,000, not {capacity}"),
        )
        for capacity in (-1, MAX_CAPACITY + 1)
    ),
    *(
        (
            f"a title of {len(title)} characters",
            a_slot(title=title),
            ("title", "1 to 200 characters, not only spaces"),
        )
        for title in ("", "  ", "S" * 201)
    ),
    (
        "too many words about it",
        a_slot(description="S" * 4001),
        ("description", "at most 4,000 characters"),
    ),
    ("terms that mean nothing", a_slot(terms=Terms(min_quantity=0)), ("min_quantity",)),
    (
        "more pools than can be",
        a_slot(requirements=needs(*((f"p{n}", 1) for n in range(23)))),
        ("requirements", "at most 22, not 23"),
    ),
    (
        "nothing of a pool",
        a_slot(requirements=needs(("room", 1), ("kit", 0))),
        ("requirements[1].units", "at least 1, not 0"),
    ),
    (
        "one pool twice",
        a_slot(requirements=needs(("room", 1), ("kit", 1), ("room", 2))),
        ("requirements[2].pool", "required twice"),
    ),
]


@pytest.mark.parametrize("slot", [row[1] for row in FINE], ids=[row[0] for row in FINE])
def test_a_slot_that_may_be_published(slot: NewSlot) -> None:
    assert flaw_of_slot(slot, NOW) is None
    assert flaw_of_fields(slot.fields) is None


@pytest.mark.parametrize(
    ("slot", "said"), [row[1:] for row in FLAWS], ids=[row[0] for row in FLAWS]
)
def test_a_slot_that_means_nothing(slot: NewSlot, said: tuple[str, ...]) -> None:
    found = flaw(flaw_of_slot(slot, NOW))
    assert found is not None and found[: len(said)] == said
    named = flaw(flaw_of_slot(slot, NOW, "slots[3]."))
    assert named == (f"slots[3].{found[0]}", found[1])
    by_itself = flaw(flaw_of_fields(slot.fields))
    assert by_itself == (found if found[0] not in {"starts_at", "ends_at", "capacity"} else None)
    assert (flaw(flaw_of_fields(slot.fields, "slot.")) or ("slot.",))[0].startswith("slot.")


TERMS = [
    ("unlimited", Terms(), None),
    ("a sale without an end", Terms(sale_starts_at=NOW), None),
    ("a sale without a beginning", Terms(sale_ends_at=NOW), None),
    ("a sale of a moment", Terms(sale_starts_at=NOW, sale_ends_at=NOW + TICK), None),
    (
        "a sale that ends as it begins",
        Terms(sale_starts_at=NOW, sale_ends_at=NOW),
        ("sale_ends_at", "not after sale_starts_at"),
    ),
    ("none at least", Terms(min_quantity=0), ("min_quantity", "at least 1, not 0")),
    ("exactly two", Terms(min_quantity=2, max_quantity=2, max_per_customer=2), None),
    (
        "at most fewer than at least",
        Terms(min_quantity=2, max_quantity=1),
        ("max_quantity", "less than min_quantity"),
    ),
    (
        "fewer for a customer than at least",
        Terms(min_quantity=2, max_per_customer=1),
        ("max_per_customer", "less than min_quantity"),
    ),
    ("a hold of a second", Terms(hold_ttl_seconds=1), None),
    ("a hold of a week", Terms(hold_ttl_seconds=604_800), None),
    *(
        (
            f"a hold of {seconds} seconds",
            Terms(hold_ttl_seconds=seconds),
            ("hold_ttl_seconds", f"1 to 604,800 seconds, not {seconds}"),
        )
        for seconds in (0, 604_801)
    ),
    ("a price", Terms(unit_price=1, currency="EUR"), None),
    (
        "less than nothing",
        Terms(unit_price=-1, currency="EUR"),
        ("unit_price", "less than nothing"),
    ),
    *(
        (
            f"a price alone or none: {terms}",
            terms,
            ("currency", "goes with a price, and a price with it"),
        )
        for terms in (Terms(unit_price=0), Terms(currency="EUR"))
    ),
]


@pytest.mark.parametrize(
    ("terms", "said"), [row[1:] for row in TERMS], ids=[row[0] for row in TERMS]
)
def test_terms(terms: Terms, said: tuple[str, str] | None) -> None:
    assert flaw(flaw_of_terms(terms)) == said
    named = flaw(flaw_of_terms(terms, "terms."))
    assert named == (None if said is None else (f"terms.{said[0]}", said[1]))


# --- what pools can have --------------------------------------------------------------------------

POOLS = {"room": pool("room", 2, before=MINUTE, after=2 * MINUTE), "kit": pool("kit", 3)}


def test_what_pools_have_can_be_required() -> None:
    assert refuse_requirements(needs(("room", 2), ("kit", 3)), POOLS) is None
    assert refuse_requirements((), {}) is None


def test_a_pool_that_is_not_there_is_named() -> None:
    assert refuse_requirements(needs(("bed", 1)), POOLS) == refuse_requirements(
        needs(("bed", 1)), POOLS, ""
    )
    for where in ("", "slots[1]."):
        refusal = refuse_requirements(needs(("room", 1), ("bed", 1)), POOLS, where)
        assert refusal is not None and refusal.code is Code.NOT_FOUND
        assert refusal.facts == {"pool": "bed", "field": f"{where}requirements[1].pool"}


def test_more_than_a_pool_has_at_all_is_refused() -> None:
    said = "The room has 2 units in all, and 3 are required"
    for where in ("", "slots[1]."):
        refusal = refuse_requirements(needs(("kit", 1), ("room", 3)), POOLS, where)
        assert flaw(refusal) == (f"{where}requirements[1].units", said)


def test_what_was_required_before_is_not_asked_again() -> None:
    before, more = needs(("room", 3)), needs(("kit", 4))
    assert refuse_requirements(before, POOLS, standing=before) is None
    refusal = flaw(refuse_requirements((*before, *more), POOLS, standing=before))
    assert refusal is not None and refusal[0] == "requirements[1].units"


def test_a_published_slot_takes_what_it_needs_by_itself_with_its_buffers_in_utc() -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    starts, ends = LATER.astimezone(there), (LATER + HOUR).astimezone(there)
    requirements = (
        Requirement("room", 1, Per.SLOT),
        Requirement("kit", 2, Per.RESERVATION),
        Requirement("kit", 3, Per.SLOT),
    )
    loans = list(loans_of_slot("slot", "clinic", starts, ends, requirements, POOLS))
    assert loans == [
        Loan("room", "slot", 1, LATER - MINUTE, LATER + HOUR + 2 * MINUTE),
        Loan("kit", "slot", 3, LATER, LATER + HOUR),
    ]
    assert all(at.tzinfo is UTC for at in (*loans[0][3:], *loans[1][3:]))
