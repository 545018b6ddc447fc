"""How many units and holds one reservation and one customer may have."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Status
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    NOW,
    OPERATOR,
    TICK,
    a_confirmed,
    a_hold,
    an_ended,
    cancel,
    confirm,
    given,
    hold,
    offering,
    release,
)
from tests.unit.then import TABLE, Then, accepted, case, check, decided, refused, wrote


def held(units: int, before: int = 0, confirmed: int = 0) -> Then:
    left = (10, before + units, confirmed)
    return accepted(Status.HELD, wrote("tent", Kind.HELD, held=units), tent=left)


def over(limit: str, **facts: int) -> Then:
    return refused(Code.LIMIT_EXCEEDED, limit=limit, offering="tent", **facts)


PER_RESERVATION = [
    case("the least", given(offering(min_quantity=2)), hold(tent=2), held(2)),
    case(
        "less than the least",
        given(offering(min_quantity=2)),
        hold(tent=1),
        over("min_quantity", line=0, bound=2, requested=1),
    ),
    case("the most", given(offering(max_quantity=3)), hold(tent=3), held(3)),
    case(
        "more than the most",
        given(offering(max_quantity=3)),
        hold(tent=4),
        over("max_quantity", line=0, bound=3, requested=4),
    ),
    case(
        "two lines that reach the least together",
        given(offering(min_quantity=2)),
        hold("new", ANN, ("tent", 1), ("tent", 1)),
        held(2),
    ),
    case(
        "two lines that pass the most together",
        given(offering(max_quantity=3)),
        hold("new", ANN, ("tent", 2), ("tent", 2)),
        over("max_quantity", line=0, bound=3, requested=4),
    ),
    case(
        "more than the most confirmed at once",
        given(offering(max_quantity=3)),
        hold(tent=4, confirm=True),
        over("max_quantity"),
    ),
    case(
        "more than the most in the second line",
        given(offering("bed"), offering("tent", max_quantity=3)),
        hold(bed=5, tent=4),
        over("max_quantity", line=1),
    ),
]


@pytest.mark.parametrize(TABLE, PER_RESERVATION)
def test_one_reservation_takes(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


limited = offering(max_per_customer=4)

PER_CUSTOMER = [
    case("all that they may have at once", given(limited), hold(tent=4), held(4)),
    case(
        "more than they may have",
        given(limited),
        hold(tent=5),
        over("max_per_customer", line=0, bound=4, requested=5, has=0),
    ),
    case(
        "what is missing to the limit",
        given(limited, a_hold("old", tent=1), a_confirmed("older", tent=2)),
        hold(tent=1),
        held(1, before=1, confirmed=2),
    ),
    case(
        "more on top of what they hold",
        given(limited, a_hold("old", tent=3)),
        hold(tent=2),
        over("max_per_customer", bound=4, requested=2, has=3),
    ),
    case(
        "more on top of what they have confirmed",
        given(limited, a_confirmed("old", tent=3)),
        hold(tent=2),
        over("max_per_customer", has=3),
    ),
    case(
        "more confirmed at once on top of what they hold",
        given(limited, a_hold("old", tent=3)),
        hold(tent=2, confirm=True),
        over("max_per_customer", has=3),
    ),
    case(
        "what others have does not count",
        given(limited, a_hold("other", BOB, tent=4)),
        hold(tent=4),
        held(4, before=4),
    ),
    case(
        "what they have of something else does not count",
        given(limited, offering("bed"), a_hold("old", bed=4)),
        hold(tent=4),
        held(4),
    ),
    case(
        "what they gave back does not count",
        given(limited, an_ended(Status.RELEASED, "old", tent=4)),
        hold(tent=4),
        held(4),
    ),
    case(
        "what they let expire does not count",
        given(limited, a_hold("old", expires=NOW, tent=4)),
        hold(tent=4),
        accepted(
            Status.HELD,
            wrote("tent", Kind.EXPIRED, held=-4, of="old"),
            wrote("tent", Kind.HELD, held=+4),
            tent=(10, 4, 0),
        ),
    ),
    case(
        "what they let expire does not give them more",
        given(limited, a_hold("old", expires=NOW, tent=4)),
        hold(tent=5),
        refused(
            Code.LIMIT_EXCEEDED,
            wrote("tent", Kind.EXPIRED, held=-4, of="old"),
            limit="max_per_customer",
            has=0,
        ),
    ),
    case(
        "what they hold to the last microsecond counts",
        given(limited, a_hold("old", expires=NOW + TICK, tent=4)),
        hold(tent=1),
        over("max_per_customer", has=4),
    ),
    case(
        "more through an operator",
        given(limited, a_hold("old", tent=3)),
        hold("new", OPERATOR, of="ann", tent=2),
        over("max_per_customer", has=3),
    ),
    case(
        "without a name the limit binds the reservation",
        given(limited),
        hold("new", OPERATOR, of=None, tent=5),
        over("max_per_customer", bound=4, has=0),
    ),
    case(
        "two lines that pass the limit together",
        given(limited),
        hold("new", ANN, ("tent", 2), ("tent", 3)),
        over("max_per_customer", requested=5),
    ),
    case(
        "an expired hold on top of what they have since taken",
        given(limited, an_ended(Status.EXPIRED, "r", tent=2), a_hold("newer", tent=3)),
        confirm("r", reacquire=True),
        over("max_per_customer", requested=2, has=3),
    ),
    case(
        "an expired hold does not count against itself",
        given(limited, an_ended(Status.EXPIRED, "r", tent=4)),
        confirm("r", reacquire=True),
        accepted(Status.CONFIRMED, wrote("tent", Kind.REACQUIRED, confirmed=+4), tent=(10, 0, 4)),
    ),
]


@pytest.mark.parametrize(TABLE, PER_CUSTOMER)
def test_one_customer_has(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


LIVE_HOLDS = [
    case(
        "the last hold allowed",
        given(offering(), a_hold("old", tent=1), max_live_holds=2),
        hold(tent=1),
        held(1, before=1),
    ),
    case(
        "one hold too many",
        given(offering(), a_hold("old", tent=1), a_hold("older", tent=1), max_live_holds=2),
        hold(tent=1),
        refused(Code.LIMIT_EXCEEDED, limit="max_live_holds", bound=2, has=2),
    ),
    case(
        "holds on something else count too",
        given(offering(), offering("bed"), a_hold("old", bed=1), max_live_holds=1),
        hold(tent=1),
        refused(Code.LIMIT_EXCEEDED, limit="max_live_holds"),
    ),
    case(
        "holds of others do not count",
        given(offering(), a_hold("other", BOB, tent=1), max_live_holds=1),
        hold(tent=1),
        held(1, before=1),
    ),
    case(
        "what is confirmed is no hold",
        given(offering(), a_confirmed("old", tent=1), max_live_holds=1),
        hold(tent=1),
        held(1, confirmed=1),
    ),
    case(
        "what is due is no hold",
        given(offering(), a_hold("old", expires=NOW, tent=1), max_live_holds=1),
        hold(tent=1),
        accepted(
            Status.HELD,
            wrote("tent", Kind.EXPIRED, held=-1, of="old"),
            wrote("tent", Kind.HELD, held=+1),
            tent=(10, 1, 0),
        ),
    ),
    case(
        "what is due makes no room beside what lives",
        given(
            offering(),
            a_hold("old", expires=NOW, tent=1),
            a_hold("live", tent=1),
            max_live_holds=1,
        ),
        hold(tent=1),
        refused(
            Code.LIMIT_EXCEEDED,
            wrote("tent", Kind.EXPIRED, held=-1, of="old"),
            limit="max_live_holds",
            has=1,
        ),
    ),
    case(
        "what is confirmed at once needs no hold",
        given(offering(), a_hold("old", tent=1), max_live_holds=1),
        hold(tent=1, confirm=True),
        accepted(Status.CONFIRMED, wrote("tent", Kind.CONFIRMED, confirmed=+1), tent=(10, 1, 1)),
    ),
    case(
        "a hold for nobody is nobody's hold",
        given(offering(), max_live_holds=1),
        hold("new", OPERATOR, of=None, tent=1),
        held(1),
    ),
    case(
        "a hold of many lines is one hold",
        given(offering(), offering("bed"), a_hold("old", tent=1, bed=1), max_live_holds=2),
        hold(tent=1),
        held(1, before=1),
    ),
]


@pytest.mark.parametrize(TABLE, LIVE_HOLDS)
def test_holds_at_a_time(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


two, one = offering(max_per_customer=2), offering()

# What the first command of a batch does to the customer's units and holds is seen by the second.
WITHIN_A_BATCH = [
    pytest.param(given(two), hold("a", tent=2), False, id="units taken are counted"),
    pytest.param(
        given(two), hold("a", tent=2, confirm=True), False, id="units confirmed are counted"
    ),
    pytest.param(
        given(two, an_ended(Status.EXPIRED, "r", tent=2)),
        confirm("r", reacquire=True),
        False,
        id="units taken again are counted",
    ),
    pytest.param(
        given(two, a_hold("r", tent=2)), confirm("r"), False, id="confirming keeps the units"
    ),
    pytest.param(
        given(two, a_hold("r", tent=2)),
        confirm("r", tent=1),
        True,
        id="units not confirmed are free again",
    ),
    pytest.param(
        given(two, a_hold("r", tent=2)), release("r"), True, id="units released are free again"
    ),
    pytest.param(
        given(two, a_confirmed("r", tent=2)),
        cancel("r"),
        True,
        id="units cancelled are free again",
    ),
    pytest.param(
        given(two, an_ended(Status.RELEASED, "r", tent=2), a_hold("old", tent=2)),
        release("r"),
        False,
        id="units released long ago are not given back again",
    ),
    pytest.param(
        given(one, max_live_holds=1), hold("a", tent=1), False, id="a hold placed is counted"
    ),
    pytest.param(
        given(two, max_live_holds=2), hold("a", tent=1), True, id="a hold placed is counted once"
    ),
    pytest.param(
        given(one, max_live_holds=1),
        hold("a", tent=1, confirm=True),
        True,
        id="a hold never placed is not counted",
    ),
    pytest.param(
        given(one, a_hold("r", tent=1), max_live_holds=1),
        confirm("r"),
        True,
        id="a hold confirmed is a hold no more",
    ),
    pytest.param(
        given(one, a_hold("r", tent=1), max_live_holds=1),
        release("r"),
        True,
        id="a hold released is a hold no more",
    ),
    *(
        pytest.param(
            given(offering(), a_hold("r", tent=1), a_hold("s", tent=1), max_live_holds=1),
            command,
            False,
            id=f"one hold fewer is one fewer: {type(command).__name__}",
        )
        for command in (confirm("r"), release("r"))
    ),
    pytest.param(
        given(one, a_hold("r", tent=1), max_live_holds=1),
        cancel("r"),
        True,
        id="a hold given up is a hold no more",
    ),
    pytest.param(
        given(one, a_hold("r", tent=1), a_confirmed("c", tent=1), max_live_holds=1),
        cancel("c"),
        False,
        id="cancelling what was confirmed makes no room for a hold",
    ),
    pytest.param(
        given(one, an_ended(Status.EXPIRED, "r", tent=1), a_hold("h", tent=1), max_live_holds=1),
        confirm("r", reacquire=True),
        False,
        id="taking units again makes no room for a hold",
    ),
]


@pytest.mark.parametrize(("state", "first", "then_one_more"), WITHIN_A_BATCH)
def test_limits_within_one_batch(state: State, first: Command, then_one_more: bool) -> None:
    outcomes = decided(state, first, hold("next", tent=1)).outcomes
    codes = [getattr(outcome, "code", None) for outcome in outcomes]
    assert codes == [None, None if then_one_more else Code.LIMIT_EXCEEDED]


def test_nobody_in_particular_has_no_number_of_holds() -> None:
    state = given(offering(), max_live_holds=0)
    decision = decided(
        state, hold("a", OPERATOR, of=None, tent=1), hold("b", OPERATOR, of="ann", tent=1)
    )
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, Code.LIMIT_EXCEEDED]
