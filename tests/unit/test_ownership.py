"""Who may do what: a customer with their own, an operator with all, a token with one."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Actor, Kind, Status
from firmhold.domain.state import Accepted, State
from tests.unit.build import (
    ANN,
    BOB,
    OPERATOR,
    WAITLIST,
    a_confirmed,
    a_hold,
    adjust_capacity,
    an_offer,
    cancel,
    check_in,
    confirm,
    expire,
    extend,
    given,
    hold,
    join,
    leave,
    move,
    offering,
    release,
    set_capacity,
    token_of,
    waits,
)
from tests.unit.then import (
    TABLE,
    Then,
    accepted,
    case,
    check,
    decided,
    refused,
    wrote,
    wrote_nothing,
)

NOBODY = Actor("anonymous")
AUDITOR = Actor("user:aude", customer="aude")

ANNS = given(
    offering(),
    a_hold("held", ANN, tent=1),
    a_hold("late", ANN, tent=1),
    a_confirmed("sold", ANN, tent=1),
    a_hold("nobody's", OPERATOR, tent=1),
    a_hold("two", ANN, tent=2),
    *an_offer("w", ANN, tent=1),
)

VERBS = {
    "confirm": lambda actor: confirm("held", actor),
    "extend": lambda actor: extend("held", actor, ttl=600),
    "release": lambda actor: release("held", actor),
    "cancel a hold": lambda actor: cancel("held", actor),
    "cancel": lambda actor: cancel("sold", actor),
    "reacquire": lambda actor: confirm("held", actor, reacquire=True),
    "release a part": lambda actor: release("two", actor, tent=1),
    "cancel a part": lambda actor: cancel("two", actor, tent=1),
    "move": lambda actor: move("held", actor, tent=2),
    "move for good": lambda actor: move("sold", actor, tent=2),
    "decline an offer": lambda actor: release("offer:w", actor),
    "accept an offer": lambda actor: confirm("offer:w", actor),
}
OWNERS = {"the customer": ANN, "an operator": OPERATOR}
STRANGERS = {
    "another customer": BOB,
    "nobody in particular": NOBODY,
    "the token of another hold": token_of("late"),
    "a customer with the token of another hold": Actor("mix", "bob", reservation="late"),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
@pytest.mark.parametrize("actor", OWNERS.values(), ids=OWNERS)
def test_a_reservation_obeys(actor: Actor, verb: object) -> None:
    command = verb(actor)  # type: ignore[operator]  # a table of makers
    (outcome,) = decided(ANNS, command).outcomes
    assert isinstance(outcome, Accepted) and outcome.changed


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
@pytest.mark.parametrize("actor", STRANGERS.values(), ids=STRANGERS)
def test_a_reservation_does_not_obey(actor: Actor, verb: object) -> None:
    check(ANNS, verb(actor), refused(Code.FORBIDDEN))  # type: ignore[operator]  # as above


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_hold_token_opens_its_reservation(verb: object) -> None:
    command = verb(NOBODY)  # type: ignore[operator]  # as above
    holder = token_of(command.reservation)
    (outcome,) = decided(ANNS, command._replace(actor=holder)).outcomes
    assert isinstance(outcome, Accepted) and outcome.changed


WAITING = {
    "join": lambda actor: join("new", actor, of="cat", tent=1),
    "leave": lambda actor: leave("w", actor),
    "check in": lambda actor: check_in(Status.FULFILLED, "sold", actor),
}


@pytest.mark.parametrize("verb", WAITING.values(), ids=WAITING)
@pytest.mark.parametrize("actor", STRANGERS.values(), ids=STRANGERS)
def test_the_line_and_the_desk_do_not_obey(actor: Actor, verb: object) -> None:
    check(ANNS, verb(actor), refused(Code.FORBIDDEN))  # type: ignore[operator]  # as above


@pytest.mark.parametrize("verb", WAITING.values(), ids=WAITING)
def test_the_line_and_the_desk_obey_an_operator(verb: object) -> None:
    (outcome,) = decided(ANNS, verb(OPERATOR)).outcomes  # type: ignore[operator]  # as above
    assert isinstance(outcome, Accepted) and outcome.changed


def test_a_customer_checks_nobody_in_not_even_themselves() -> None:
    check(ANNS, check_in(Status.NO_SHOW, "sold", ANN), refused(Code.FORBIDDEN))


def test_a_hold_token_of_an_offer_opens_the_offer_and_not_the_place_in_the_line() -> None:
    check(ANNS, leave("w", token_of("offer:w")), refused(Code.FORBIDDEN))
    (outcome,) = decided(ANNS, release("offer:w", token_of("offer:w"))).outcomes
    assert isinstance(outcome, Accepted) and outcome.changed


def test_an_offer_is_made_by_the_waitlist_for_the_customer_who_waited() -> None:
    state = given(offering(capacity=1), a_hold("bobs", BOB, tent=1), waits("w", ANN, tent=1))
    batch = release("bobs", BOB), confirm("offer:w", BOB), confirm("offer:w", ANN)
    decision = decided(state, *batch)
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, Code.FORBIDDEN, None]
    assert [entry.actor for entry in decision.entries] == [
        BOB.label,
        WAITLIST,
        ANN.label,
        ANN.label,
    ]
    (offer,) = decision.created
    assert (offer.actor, offer.customer) == (WAITLIST, "ann")


@pytest.mark.parametrize("actor", STRANGERS.values(), ids=STRANGERS)
def test_what_is_held_for_nobody_belongs_to_nobody(actor: Actor) -> None:
    """In particular, that neither side has a name does not make them the same."""
    check(ANNS, release("nobody's", actor), refused(Code.FORBIDDEN))


def test_whose_a_refusal_is_does_not_say() -> None:
    (outcome,) = decided(ANNS, confirm("held", BOB)).outcomes
    assert outcome == (Code.FORBIDDEN, "This reservation belongs to another customer.", {})


HELD = accepted(Status.HELD, wrote("tent", Kind.HELD, held=+1), tent=(10, 1, 0))

HOLDING = [
    case("a customer for themselves", given(offering()), hold("new", ANN, tent=1), HELD),
    case(
        "an operator for a customer",
        given(offering()),
        hold("new", OPERATOR, of="ann", tent=1),
        HELD,
    ),
    case("an operator for nobody", given(offering()), hold("new", OPERATOR, of=None, tent=1), HELD),
    *(
        case(sentence, given(offering()), command, refused(Code.FORBIDDEN))
        for sentence, command in {
            "no customer for another": hold("new", BOB, of="ann", tent=1),
            "no customer for nobody": hold("new", ANN, of=None, tent=1),
            "nobody for nobody": hold("new", NOBODY, of=None, tent=1),
            "nobody for a customer": hold("new", NOBODY, of="ann", tent=1),
            "no token for anybody": hold("new", token_of("new"), of=None, tent=1),
        }.items()
    ),
]


@pytest.mark.parametrize(TABLE, HOLDING)
def test_who_may_hold(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


@pytest.mark.parametrize("actor", [ANN, NOBODY, token_of("r"), AUDITOR], ids=lambda a: a.label)
@pytest.mark.parametrize("change", [set_capacity, adjust_capacity], ids=["set", "adjust"])
def test_only_an_operator_changes_stock(actor: Actor, change: object) -> None:
    command = change(5, by=actor)  # type: ignore[operator]  # a table of makers
    check(given(offering()), command, refused(Code.FORBIDDEN))


def test_what_another_did_forbidden_leaves_the_batch_to_the_others() -> None:
    batch = cancel("held", BOB), confirm("held", BOB), confirm("held", ANN)
    decision = decided(ANNS, *batch)
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [Code.FORBIDDEN, Code.FORBIDDEN, None]
    assert [(e.kind, e.actor) for e in decision.entries] == [(Kind.CONFIRMED, ANN.label)]


def test_the_ledger_names_who_did_it() -> None:
    commands = (
        hold("new", OPERATOR, of="ann", tent=1),
        confirm("new", ANN),
        cancel("new", token_of("new")),
    )
    decision = decided(given(offering()), *commands)
    assert [entry.actor for entry in decision.entries] == ["user:olga", "user:ann", "token:new"]
    (reservation,) = decision.reservations
    assert (reservation.actor, reservation.customer) == ("user:olga", "ann")


def test_recording_an_expiry_is_up_to_time_and_not_to_who_asks() -> None:
    (outcome,) = decided(ANNS, expire("held", NOBODY)).outcomes
    decision = decided(ANNS, expire("held", NOBODY))
    assert decision.outcomes == [outcome] and wrote_nothing(decision)
