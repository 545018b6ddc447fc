"""Whose turn it is on a waitlist, for how long, and who is passed by."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.line import MoreWaiting
from firmhold.domain.model import Actor, Kind, Status, Wait, WaitlistEntry
from firmhold.domain.state import Accepted, Queue, Standing, State
from tests.unit.build import (
    BOB,
    CAT,
    HOUR,
    MINUTE,
    NOW,
    OPERATOR,
    TICK,
    WAITLIST,
    a_confirmed,
    a_hold,
    adjust_capacity,
    an_offer,
    cancel,
    confirm,
    given,
    hold,
    in_line,
    join,
    leave,
    lent,
    move,
    offering,
    pool,
    reconsider,
    release,
    set_capacity,
    slot,
    waits,
)
from tests.unit.then import (
    accepted,
    check,
    decided,
    offered,
    refused,
    unchanged,
    wrote,
)

WAITING, OFFERED = Wait.WAITING, Wait.OFFERED
full = offering(capacity=2, confirmed=2)
tent, bed = offering(capacity=2), offering("bed")


def turns(state: State, *commands: Command) -> list[str]:
    """Who gets an offer, in the order in which they do."""
    decision = decided(state, *commands)
    return [e.reservation[6:] for e in decision.entries if e.actor == WAITLIST and e.reservation]


def taken(units: int, *rest: WaitlistEntry) -> State:
    """Every tent is held by Ann."""
    return given(offering(capacity=units), a_hold(tent=units), *rest)


@pytest.mark.parametrize(
    ("free", "wanted", "served"),
    [
        (1, (1, 1), ["w1"]),
        (2, (1, 1), ["w1", "w2"]),
        (2, (1, 2, 1), ["w1", "w3"]),
        (3, (2, 2, 1), ["w1", "w3"]),
        (2, (3, 3), []),
        (5, (6, 2, 4, 2, 1), ["w2", "w4", "w5"]),
    ],
)
def test_first_come_first_served_by_what_fits(
    free: int, wanted: tuple[int, ...], served: list[str]
) -> None:
    assert turns(taken(free, *in_line(*wanted)), release()) == served


def test_the_line_is_as_long_as_people_have_joined_and_not_left() -> None:
    batch = join("x", CAT, tent=1), leave("w1", Actor("user:c1", "c1")), release()
    assert turns(taken(2, *in_line(1, 1)), *batch) == ["w2", "x"]


FREES: dict[str, tuple[Command, ...]] = {
    "a release": (release(),),
    "a cancel": (confirm(), cancel()),
    "a partial release": (release(tent=1), release(tent=1)),
    "a partial confirm": (confirm(bed=1),),
    "a move": (move(bed=1),),
    "a capacity set higher": (set_capacity(4),),
    "a capacity raised": (adjust_capacity(+2),),
}


@pytest.mark.parametrize("commands", FREES.values(), ids=FREES)
def test_nobody_gets_between_the_line_and(commands: tuple[Command, ...]) -> None:
    state = given(tent, bed, a_hold(tent=2, bed=1), *in_line(1, 1))
    decision = decided(state, *commands, hold("sniper", BOB, tent=1))
    assert decision.outcomes[-1][0] is Code.INSUFFICIENT_CAPACITY
    assert [e.id for e in decision.waitlist if e.status is OFFERED] == ["w1", "w2"]


LOOKS = {"a walk-in": hold("new", BOB, tent=1), "a look": reconsider(), "a joining": join(tent=1)}


@pytest.mark.parametrize("command", LOOKS.values(), ids=LOOKS)
def test_what_has_come_free_by_itself_goes_to_the_line_before(command: Command) -> None:
    state = given(tent, a_hold(expires=NOW, tent=2), *in_line(1, 1))
    assert turns(state, command) == ["w1", "w2"]


def test_a_walk_in_gets_what_fits_nobody_in_the_line() -> None:
    state = given(offering(capacity=3, confirmed=2), *in_line(2))
    held = accepted(Status.HELD, wrote("tent", Kind.HELD, held=+1), tent=(3, 1, 2))
    check(state, hold(tent=1), held)


def test_an_answer_about_stock_tells_what_the_line_has_left_of_it() -> None:
    check(
        given(full, *in_line(1)),
        set_capacity(4),
        accepted(
            None,
            wrote("tent", Kind.CAPACITY_SET, capacity=+2),
            offered("w1", 1),
            waits={"w1": OFFERED},
            tent=(4, 1, 2),
        ),
    )


def test_capacity_lowered_and_drained_beside_a_line() -> None:
    state = given(offering(capacity=4), a_hold(tent=2), a_confirmed("c", BOB, tent=1), *in_line(2))
    batch = adjust_capacity(-1), set_capacity(1, drain=True), release(), cancel("c", BOB)
    decision = decided(state, *batch)
    assert decision.waitlist == []
    (left,) = decision.offerings
    assert (left.capacity, left.held, left.confirmed, left.waiting) == (1, 0, 0, 1)


ROOM = pool("room")
am = slot("am", starts=NOW + HOUR, needs={"room": 1})
noon = slot("noon", starts=NOW + HOUR + 30 * MINUTE, needs={"room": 1})


def test_a_room_that_comes_free_is_held_for_the_line_of_another_slot() -> None:
    state = given(ROOM, am, noon, a_hold(am=1), waits("w", BOB, noon=1))
    decision = decided(state, release(), hold("sniper", CAT, am=1))
    assert decision.outcomes[1][0] is Code.POOL_BUSY
    assert [(loan.slot, loan.units) for loan in decision.loans] == [("am", 0), ("noon", 1)]
    assert [r.id for r in decision.created] == ["offer:w"]


def test_who_waits_for_units_is_passed_by_while_the_room_is_taken() -> None:
    busy = lent("room", NOW, NOW + 2 * HOUR)
    state = given(ROOM, busy, am, waits("w", BOB, am=1))
    assert decided(state, reconsider("am")).entries == []


LIMITED = {
    "max per customer": (
        given(offering(capacity=4, max_per_customer=2), a_hold("b", BOB, tent=2), a_hold(tent=2),
              waits("w", BOB, tent=2), waits("x", CAT, place=2, tent=2)),
        ["x"],
    ),
    "live holds": (
        given(tent, bed, a_hold("b", BOB, bed=1), a_hold(tent=2),
              waits("w", BOB, tent=2), waits("x", CAT, place=2, tent=2), max_live_holds=1),
        ["x"],
    ),
    "an offer is a live hold": (
        given(tent, bed, *an_offer("o", BOB, bed=1), a_hold(tent=2),
              waits("w", BOB, tent=2), max_live_holds=1),
        [],
    ),
    "max at once, lowered since": (
        given(offering(capacity=2, max_quantity=1), a_hold(tent=2), *in_line(2, 1)),
        ["w2"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("state", "served"), LIMITED.values(), ids=LIMITED)
def test_who_may_not_have_more_is_passed_by(state: State, served: list[str]) -> None:
    assert turns(state, release()) == served


def test_who_may_have_more_again_is_next() -> None:
    state = given(tent, bed, a_hold("b", BOB, bed=1), waits("w", BOB, tent=2), max_live_holds=1)
    assert turns(state, reconsider()) == []
    assert turns(state, reconsider(), release("b", BOB), hold("sniper", CAT, tent=1)) == ["w"]
    assert turns(state, confirm("b", BOB)) == ["w"]


def test_a_limit_over_time_binds_the_line() -> None:
    first = slot("first", starts=NOW + HOUR, limit=(2, 7))
    last = slot("last", 2, starts=NOW + 9 * HOUR, limit=(2, 7))
    state = given(first, last, a_hold("b", BOB, first=1), a_hold(last=2), waits("w", BOB, last=2))
    assert turns(state, release()) == []
    assert turns(state, release(), release("b", BOB)) == ["w"]


def test_an_offer_is_counted_once_against_a_customer() -> None:
    state = given(offering(max_per_customer=2))
    batch = join("w", tent=2), hold("more", BOB, tent=1), confirm("offer:w", BOB)
    decision = decided(state, *batch, hold("still", BOB, tent=1), cancel("offer:w", BOB))
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, Code.LIMIT_EXCEEDED, None, Code.LIMIT_EXCEEDED, None]
    again = decided(state, *batch, cancel("offer:w", BOB), join("x", tent=2))
    assert isinstance(again.outcomes[-1], Accepted)


# --- when it is over, or not just now -------------------------------------------------------------

LATE = {
    "the sale has ended": offering(capacity=2, sale_ends_at=NOW),
    "it is too late to book": slot("tent", 2, starts=NOW + HOUR, notice=HOUR),
    "the slot has begun": slot("tent", 2, starts=NOW - MINUTE),
    "the sale has ended while it was closed": offering(capacity=2, sale_ends_at=NOW, open=False),
    "the slot has begun while it was closed": slot("tent", 2, starts=NOW, open=False),
    "the slot has begun and nothing is free": slot("tent", 2, starts=NOW, confirmed=2),
}


@pytest.mark.parametrize("it", LATE.values(), ids=LATE)
def test_the_line_is_closed_when(it: object) -> None:
    state = given(it, *in_line(1, 2))  # type: ignore[arg-type]  # table
    decision = decided(state, reconsider())
    assert [(e.id, e.status, e.ended_at) for e in decision.waitlist] == [
        ("w1", Wait.CLOSED, NOW),
        ("w2", Wait.CLOSED, NOW),
    ]
    assert [(e.kind, e.actor, e.reason) for e in decision.entries] == [
        (Kind.UNLISTED, WAITLIST, "closed")
    ] * 2
    assert [o.waiting for o in decision.offerings] == [0]


def test_an_offer_outlives_the_sale() -> None:
    state = given(offering(sale_ends_at=NOW), *an_offer(tent=1), *in_line(1))
    decision = decided(state, confirm("offer:w", BOB))
    assert {e.id: e.status for e in decision.waitlist} == {"w": Wait.ACCEPTED, "w1": Wait.CLOSED}


PAUSED = {
    "it is closed": offering(capacity=2, open=False),
    "its sale has not begun": offering(capacity=2, sale_starts_at=NOW + TICK),
    "it is too far ahead": slot("tent", 2, starts=NOW + 99 * 24 * HOUR),
}


@pytest.mark.parametrize("it", PAUSED.values(), ids=PAUSED)
def test_the_line_waits_while(it: object) -> None:
    state = given(it, a_hold(tent=1), *in_line(1))  # type: ignore[arg-type]  # table
    assert [e.kind for e in decided(state, reconsider(), release()).entries] == [Kind.RELEASED]


# --- when not everything is known -----------------------------------------------------------------


def knowing(state: State, *ids: str) -> State:
    """The same, but only the first of the line are known."""
    return state._replace(queues={"tent": Queue(ids, whole=False)})


def test_more_of_the_line_is_asked_for_when_someone_further_behind_might_fit() -> None:
    with pytest.raises(MoreWaiting) as raised:
        decided(knowing(taken(2, *in_line(3, 3, 1)), "w1", "w2"), release())
    assert (raised.value.offering, raised.value.fits) == ("tent", 2)
    assert str(raised.value) == "tent has a longer waitlist"


def test_more_of_the_line_is_asked_for_when_all_that_is_known_has_been_served() -> None:
    state = given(tent, a_hold("a", tent=1), a_hold("b", tent=1), *in_line(1, 1))
    assert turns(knowing(state, "w1"), release("a")) == ["w1"]
    with pytest.raises(MoreWaiting):
        decided(knowing(state, "w1"), release("a"), release("b"), hold("sniper", CAT, tent=1))
    with pytest.raises(MoreWaiting):
        decided(knowing(state), release("a"))


def test_no_more_of_the_line_is_asked_for_while_nothing_is_free() -> None:
    state = knowing(taken(2, *in_line(1, 1, 1)), "w1")
    assert turns(state, join("x", tent=1), leave("w3", OPERATOR), hold("new", tent=1)) == []
    assert turns(knowing(taken(1, *in_line(1, 1)), "w1"), release()) == ["w1"]


def test_who_joins_behind_those_who_are_not_known_is_behind_them() -> None:
    state = given(offering(capacity=3), a_hold("a", tent=1), a_hold("b", tent=2), *in_line(3, 1))
    with pytest.raises(MoreWaiting):
        decided(knowing(state, "w1"), join("x", tent=1), release("a"))


def positions(state: State, *commands: Command) -> list[int | None]:
    """What those are told of their place who say again, or for the first time, that they wait."""
    standings = [
        getattr(outcome, "standing", None) for outcome in decided(state, *commands).outcomes
    ]
    assert all(isinstance(standing, Standing) for standing in standings)
    return [standing.position for standing in standings if standing is not None]


def test_a_place_is_told_only_where_everybody_before_is_known() -> None:
    c1, c2, c3 = (Actor(f"user:c{n}", f"c{n}") for n in (1, 2, 3))
    state = taken(2, *in_line(2, 2, 1))
    again = join(by=c1, tent=2), join(by=c2, tent=2), join(by=c3, tent=1)
    assert positions(state, *again) == [1, 2, 3]
    # Behind the first, only those are there who want one at most.
    some = state._replace(queues={"tent": Queue(("w1", "w3"), True, 1, 1)})
    assert positions(some, again[0], again[2]) == [1, None]
    new = join("x", BOB, tent=1), join("y", CAT, tent=2)
    assert positions(state, *new) == [4, 5]
    assert positions(some, *new) == [None, None]
    # Who wants more than those who are known is behind others who are not.
    some = taken(3, *in_line(2, 2))._replace(queues={"tent": Queue((), True, 1)})
    with pytest.raises(MoreWaiting) as raised:
        decided(some, *new, release())
    assert raised.value.fits == 2


def test_a_partial_state_decides_nothing_and_makes_no_offer() -> None:
    state = given(tent, a_hold(expires=NOW, tent=2), *in_line(2))._replace(partial=True)
    decision = decided(state, hold("new", BOB, tent=1), reconsider())
    assert decision.outcomes == [] and decision.waitlist == [] and decision.created == []
    assert [e.kind for e in decision.entries] == [Kind.EXPIRED]


# --- in one batch ---------------------------------------------------------------------------------


def test_an_offer_made_and_declined_in_one_batch_is_new_and_over() -> None:
    state = given(tent, a_hold(tent=2), *in_line(2, 2))
    decision = decided(state, release(), leave("w1", OPERATOR), confirm("offer:w2", OPERATOR))
    assert [r.id for r in decision.created] == ["offer:w1", "offer:w2"]
    assert [r.status for r in decision.created] == [Status.HELD] * 2
    assert {r.id: r.status for r in decision.changed} == {
        "r": Status.RELEASED,
        "offer:w1": Status.RELEASED,
        "offer:w2": Status.CONFIRMED,
    }
    assert {e.id: e.status for e in decision.waitlist} == {"w1": Wait.DECLINED, "w2": Wait.ACCEPTED}


def test_joined_and_left_in_one_batch_it_is_written_once_as_it_ends_up() -> None:
    decision = decided(given(full), join("w", tent=1), leave(), join("x", tent=1))
    assert [(e.id, e.status) for e in decision.waitlist] == [("w", Wait.WITHDRAWN), ("x", WAITING)]
    assert [e.kind for e in decision.entries] == [Kind.WAITLISTED, Kind.UNLISTED, Kind.WAITLISTED]
    assert [o.waiting for o in decision.offerings] == [1]


def test_of_many_who_come_at_once_those_who_join_go_before_those_who_walk_in() -> None:
    state = given(offering(capacity=2), a_hold(tent=2))
    batch = join("w", BOB, tent=1), release(), hold("one", CAT, tent=1), hold("two", CAT, tent=1)
    codes = [getattr(outcome, "code", None) for outcome in decided(state, *batch).outcomes]
    assert codes == [None, None, None, Code.INSUFFICIENT_CAPACITY]


def test_a_refused_command_leaves_the_line_as_it_was() -> None:
    state = taken(2, *in_line(1))
    batch = hold("x", tent=1), join("y", tent=9), leave("w1", BOB), confirm("r", BOB), move(tent=0)
    decision = decided(state, *batch)
    assert all(not isinstance(outcome, Accepted) for outcome in decision.outcomes)
    assert not any(decision[1:])


def test_looking_again_changes_nothing() -> None:
    check(taken(2, *in_line(1)), reconsider(), unchanged(None))
    check(given(tent), reconsider("yurt"), refused(Code.NOT_FOUND, offering="yurt"))
