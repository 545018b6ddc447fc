"""How many units there are: set, adjusted, compared first, drained."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.counts import Counts
from firmhold.domain.errors import Code
from firmhold.domain.model import MAX_CAPACITY, Kind, LedgerEntry, Status
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    NOW,
    a_confirmed,
    a_hold,
    adjust_capacity,
    an_ended,
    cancel,
    confirm,
    expire,
    given,
    hold,
    offering,
    release,
    set_capacity,
)
from tests.unit.then import TABLE, Then, accepted, case, check, decided, refused, unchanged, wrote


def was_set(by: int, **left: tuple[int, int, int]) -> Then:
    return accepted(None, wrote("tent", Kind.CAPACITY_SET, capacity=by), **left)


def was_adjusted(by: int, **left: tuple[int, int, int]) -> Then:
    return accepted(None, wrote("tent", Kind.CAPACITY_ADJUSTED, capacity=by), **left)


busy = offering(capacity=10, held=2, confirmed=4)

SET = [
    case("more", given(busy), set_capacity(15), was_set(+5, tent=(15, 2, 4))),
    case("fewer", given(busy), set_capacity(8), was_set(-2, tent=(8, 2, 4))),
    case("as few as are reserved", given(busy), set_capacity(6), was_set(-4, tent=(6, 2, 4))),
    case(
        "fewer than are reserved",
        given(busy),
        set_capacity(5),
        refused(Code.CAPACITY_BELOW_RESERVED, requested=5, held=2, confirmed=4),
    ),
    case("none", given(offering()), set_capacity(0), was_set(-10, tent=(0, 0, 0))),
    case("what it is", given(busy), set_capacity(10), unchanged(None)),
    case(
        "the most there can be",
        given(offering()),
        set_capacity(MAX_CAPACITY),
        was_set(MAX_CAPACITY - 10, tent=(MAX_CAPACITY, 0, 0)),
    ),
    *(
        case(
            f"{capacity} units",
            given(offering()),
            set_capacity(capacity),
            refused(Code.MALFORMED_REQUEST, field="capacity"),
        )
        for capacity in (-1, MAX_CAPACITY + 1)
    ),
    case(
        "to a negative number by draining",
        given(busy),
        set_capacity(-1, drain=True),
        refused(Code.MALFORMED_REQUEST, field="capacity"),
    ),
    case(
        "of what is not there",
        given(offering()),
        set_capacity(5, of="yurt"),
        refused(Code.NOT_FOUND, offering="yurt"),
    ),
    case(
        "as expected",
        given(busy),
        set_capacity(15, expected=10),
        was_set(+5, tent=(15, 2, 4)),
    ),
    case(
        "not as expected",
        given(busy),
        set_capacity(15, expected=9),
        refused(Code.VERSION_CONFLICT, expected=9, capacity=10),
    ),
    case(
        "expected to be zero when it is not",
        given(busy),
        set_capacity(15, expected=0),
        refused(Code.VERSION_CONFLICT, expected=0, capacity=10),
    ),
    case(
        "what it is but not what was expected",
        given(busy),
        set_capacity(10, expected=9),
        refused(Code.VERSION_CONFLICT),
    ),
]


@pytest.mark.parametrize(TABLE, SET)
def test_setting_capacity(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


ADJUST = [
    case("up", given(busy), adjust_capacity(+5), was_adjusted(+5, tent=(15, 2, 4))),
    case("down", given(busy), adjust_capacity(-4), was_adjusted(-4, tent=(6, 2, 4))),
    case(
        "below what is reserved",
        given(busy),
        adjust_capacity(-5),
        refused(Code.CAPACITY_BELOW_RESERVED, requested=5, held=2, confirmed=4),
    ),
    case("by nothing", given(busy), adjust_capacity(0), unchanged(None)),
    case(
        "below zero",
        given(offering()),
        adjust_capacity(-11),
        refused(Code.MALFORMED_REQUEST, field="capacity"),
    ),
    case(
        "beyond the most there can be",
        given(offering()),
        adjust_capacity(MAX_CAPACITY - 9),
        refused(Code.MALFORMED_REQUEST, field="capacity"),
    ),
    case(
        "what is not there",
        given(offering()),
        adjust_capacity(5, of="yurt"),
        refused(Code.NOT_FOUND, offering="yurt"),
    ),
]


@pytest.mark.parametrize(TABLE, ADJUST)
def test_adjusting_capacity(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


# All six units are out and capacity is coming down to four.
draining = offering(capacity=6, drain_to=4)
DRAINING = given(draining, a_hold("h", ANN, tent=3), a_confirmed("c", BOB, tent=3))

DRAIN = [
    case(
        "what is free goes at once and the rest later",
        given(busy),
        set_capacity(4, drain=True),
        was_set(-4, tent=(6, 2, 4)),
    ),
    case(
        "by a delta likewise",
        given(busy),
        adjust_capacity(-6, drain=True),
        was_adjusted(-4, tent=(6, 2, 4)),
    ),
    case(
        "asked for where it is not needed it is a plain change",
        given(busy),
        set_capacity(6, drain=True),
        was_set(-4, tent=(6, 2, 4)),
    ),
    case("asked for again", DRAINING, set_capacity(4, drain=True), unchanged(None)),
    case(
        "further",
        DRAINING,
        set_capacity(1, drain=True),
        was_set(0, tent=(6, 3, 3)),
    ),
    case(
        "less far",
        DRAINING,
        set_capacity(5, drain=True),
        was_set(0, tent=(6, 3, 3)),
    ),
    case("called off", DRAINING, set_capacity(6), was_set(0, tent=(6, 3, 3))),
    case("turned round", DRAINING, set_capacity(8), was_set(+2, tent=(8, 3, 3))),
    case(
        "a delta counts from where it is going",
        DRAINING,
        adjust_capacity(+5),
        was_adjusted(+3, tent=(9, 3, 3)),
    ),
    case(
        "a delta may call it off exactly",
        DRAINING,
        adjust_capacity(+2),
        was_adjusted(0, tent=(6, 3, 3)),
    ),
    case("a delta of nothing", DRAINING, adjust_capacity(0, drain=True), unchanged(None)),
    case(
        "a delta less far goes on draining",
        DRAINING,
        adjust_capacity(+1),
        was_adjusted(0, tent=(6, 3, 3)),
    ),
    *(
        case(
            f"a delta of {delta} has to ask for it",
            DRAINING,
            adjust_capacity(delta),
            refused(Code.CAPACITY_BELOW_RESERVED, requested=4 + delta, held=3, confirmed=3),
        )
        for delta in (0, -1)
    ),
    case(
        "not without being asked for",
        DRAINING,
        set_capacity(4),
        refused(Code.CAPACITY_BELOW_RESERVED, requested=4, held=3, confirmed=3),
    ),
    case(
        "what is compared is the capacity of now",
        DRAINING,
        set_capacity(8, expected=6),
        was_set(+2, tent=(8, 3, 3)),
    ),
    case(
        "and not the one it is going to",
        DRAINING,
        set_capacity(8, expected=4),
        refused(Code.VERSION_CONFLICT, expected=4, capacity=6),
    ),
    case(
        "nothing is sold meanwhile",
        DRAINING,
        hold("new", BOB, tent=1),
        refused(Code.INSUFFICIENT_CAPACITY, available=0),
    ),
    case(
        "confirming moves no unit in or out",
        DRAINING,
        confirm("h"),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-3, confirmed=+3),
            tent=(6, 0, 6),
        ),
    ),
    case(
        "a unit that comes back is gone",
        DRAINING,
        confirm("h", tent=2),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-3, confirmed=+2, capacity=-1),
            claims={"tent": 2},
            tent=(5, 0, 5),
        ),
    ),
    case(
        "only as many are gone as are too many",
        DRAINING,
        release("h"),
        accepted(
            Status.RELEASED,
            wrote("tent", Kind.RELEASED, held=-3, capacity=-2),
            tent=(4, 0, 3),
        ),
    ),
    case(
        "cancelled units go too",
        DRAINING,
        cancel("c", BOB),
        accepted(
            Status.CANCELLED,
            wrote("tent", Kind.CANCELLED, confirmed=-3, capacity=-2),
            tent=(4, 3, 0),
        ),
    ),
    case(
        "expired units go too",
        given(draining, a_hold("h", expires=NOW, tent=3), a_confirmed("c", BOB, tent=3)),
        hold("new", BOB, tent=2),
        refused(
            Code.INSUFFICIENT_CAPACITY,
            wrote("tent", Kind.EXPIRED, held=-3, capacity=-2, of="h"),
            requested=2,
            available=1,
        ),
    ),
    case(
        "nothing is taken again meanwhile",
        given(draining, an_ended(Status.EXPIRED, tent=1), a_confirmed("c", BOB, tent=6)),
        confirm(reacquire=True),
        refused(Code.INSUFFICIENT_CAPACITY, available=0),
    ),
]


@pytest.mark.parametrize(TABLE, DRAIN)
def test_draining(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


TARGETS = [
    pytest.param(set_capacity(4, drain=True), given(busy), 4, id="while units are out"),
    pytest.param(set_capacity(6, drain=True), given(busy), None, id="not if none are too many"),
    pytest.param(set_capacity(1, drain=True), DRAINING, 1, id="the newest one"),
    pytest.param(adjust_capacity(-1, drain=True), DRAINING, 3, id="the newest one by a delta"),
    pytest.param(set_capacity(6), DRAINING, None, id="not if called off"),
    pytest.param(confirm("h", tent=2), DRAINING, 4, id="while there are still too many"),
    pytest.param(confirm("h", tent=1), DRAINING, None, id="not once it is reached"),
    pytest.param(release("h"), DRAINING, None, id="not once it is passed"),
]


@pytest.mark.parametrize(("command", "state", "target"), TARGETS)
def test_a_drain_remembers_its_target(command: Command, state: State, target: int | None) -> None:
    (changed,) = decided(state, command).offerings
    assert changed.drain_to == target


def test_once_drained_units_that_come_back_are_sold_again() -> None:
    state = given(draining, a_confirmed("a", tent=2), a_confirmed("b", tent=4))
    decision = decided(state, cancel("a"), cancel("b"), hold("new", tent=4))
    assert [(e.capacity_delta, e.capacity) for e in decision.entries] == [(-2, 4), (0, 4), (0, 4)]


def test_the_ledger_says_why_capacity_changed() -> None:
    state = given(offering(), offering("bed"))
    commands = adjust_capacity(-1, reason="one is torn"), set_capacity(5, of="bed", reason="count")
    entries = decided(state, *commands).entries
    assert [entry.reason for entry in entries] == ["one is torn", "count"]
    assert [(e.reservation, e.hold_expires_at) for e in entries] == [(None, None)] * 2


def test_only_one_of_two_who_expect_the_same_gets_their_way() -> None:
    decision = decided(given(offering()), *[set_capacity(n, expected=10) for n in (11, 12)])
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, Code.VERSION_CONFLICT]
    assert [o.capacity for o in decision.offerings] == [11]


def test_two_deltas_add_up() -> None:
    decision = decided(given(offering()), adjust_capacity(-3), adjust_capacity(-3), expire("x"))
    assert [(e.seq, e.capacity) for e in decision.entries] == [(8, 7), (9, 4)]


def test_only_what_comes_back_is_drained() -> None:
    entries: list[LedgerEntry] = []
    counts = Counts(offering(capacity=10, held=2, drain_to=4), entries.append)
    counts.move(Kind.HELD, "r", "user:ann", held=+1)
    counts.move(Kind.CONFIRMED, "r", "user:ann", held=-1, confirmed=+1)
    assert (counts.capacity, counts.held, counts.confirmed, counts.drain_to) == (10, 2, 1, 4)
    assert [entry.capacity_delta for entry in entries] == [0, 0]
