"""Why nobody could have something, as those are told who only look."""

from collections.abc import Sequence

import pytest

from firmhold.domain.errors import Code
from firmhold.domain.explaining import refuse_anyone
from firmhold.domain.model import Loan, Offering, Pool
from tests.unit.build import DAY, HOUR, MINUTE, NOW, lent, offering, pool, slot

ROOM = pool("room", units=2, before=10 * MINUTE)
SOON, LATER = NOW + HOUR, NOW + 2 * HOUR

OPEN = [
    ("an item", offering(capacity=1), ()),
    ("the last ones that may be taken at once", offering(capacity=2, min_quantity=2), ()),
    ("a slot", slot(), ()),
    ("more than a customer has, for nobody has any", offering(max_per_customer=1), ()),
    ("what takes the last room", slot(needs={"room": 1}), (lent("room", SOON, LATER),)),
    ("what takes nothing of a room that is taken", slot(), (lent("room", SOON, LATER, 2),)),
]

SHUT: list[tuple[str, Offering, Sequence[Loan], Code, dict[str, object]]] = [
    (
        "sold out",
        offering(capacity=3, held=1, confirmed=2),
        (),
        Code.INSUFFICIENT_CAPACITY,
        {"line": 0, "offering": "tent", "requested": 1, "available": 0},
    ),
    (
        "fewer than may be taken at once",
        offering(capacity=1, min_quantity=2),
        (),
        Code.INSUFFICIENT_CAPACITY,
        {"line": 0, "offering": "tent", "requested": 2, "available": 1},
    ),
    (
        "not on sale yet, which is said before that it is sold out",
        offering(capacity=0, sale_starts_at=SOON),
        (),
        Code.NOT_ON_SALE_YET,
        {"line": 0, "offering": "tent", "sale_starts_at": SOON},
    ),
    (
        "further ahead than a customer may book",
        slot(starts=NOW + 9 * DAY, horizon=8 * DAY),
        (),
        Code.TOO_FAR_AHEAD,
        {"line": 0, "offering": "am", "bookable_from": NOW + DAY},
    ),
    (
        "begun, though a member of staff could take someone in",
        slot(starts=NOW, lasts=HOUR),
        (),
        Code.TOO_LATE_TO_BOOK,
        {"line": 0, "offering": "am", "bookable_until": NOW},
    ),
    (
        "without a room",
        slot(needs={"room": 1}),
        (lent("room", SOON, LATER, 2),),
        Code.POOL_BUSY,
        {
            "line": 0,
            "offering": "am",
            "pool": "room",
            "pool_name": "The room",
            "requested": 1,
            "units": 2,
            "taken": 2,
            "busy_from": SOON,
            "busy_until": LATER,
        },
    ),
]


def pools(some: Sequence[Pool] = (ROOM,)) -> dict[str, Pool]:
    return {it.id: it for it in some}


@pytest.mark.parametrize(("it", "loans"), [row[1:] for row in OPEN], ids=[row[0] for row in OPEN])
def test_what_somebody_can_have(it: Offering, loans: Sequence[Loan]) -> None:
    assert refuse_anyone(it, pools(), loans, NOW) is None


@pytest.mark.parametrize(
    ("it", "loans", "code", "facts"), [row[1:] for row in SHUT], ids=[row[0] for row in SHUT]
)
def test_what_nobody_can_have(
    it: Offering, loans: Sequence[Loan], code: Code, facts: dict[str, object]
) -> None:
    refusal = refuse_anyone(it, pools(), loans, NOW)
    assert refusal is not None
    assert (refusal.code, refusal.facts) == (code, facts)
