"""What a refusal tells a program, all of it: the facts that it needs to react."""

from __future__ import annotations

from typing import Any

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Status, Wait
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    a_checked_in,
    a_confirmed,
    a_hold,
    adjust_capacity,
    an_ended,
    cancel,
    check_in,
    confirm,
    expire,
    extend,
    given,
    hold,
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
    waited,
    waits,
)
from tests.unit.then import TABLE, decided

TENT = offering(capacity=10)
FEW = given(offering(capacity=10, confirmed=8))
FULL = given(offering(confirmed=10), waits(tent=2))
HELD = given(TENT, a_hold(tent=4))


def row(sentence: str, state: State, command: Command, code: Code, /, **facts: Any) -> Any:
    return pytest.param(state, command, (code, facts), id=sentence.replace(" ", "-"))


WHO = [
    row("of somebody else", HELD, release(by=BOB), Code.FORBIDDEN),
    row("for somebody else", HELD, hold(by=ANN, of="bob", tent=1), Code.FORBIDDEN),
    row("stock", HELD, set_capacity(5, by=ANN), Code.FORBIDDEN),
    row("who came", HELD, check_in(by=ANN), Code.FORBIDDEN),
    row("a place in the line", FULL, leave(by=ANN), Code.FORBIDDEN),
]

NOT_THERE = [
    row("a reservation", HELD, release("x"), Code.NOT_FOUND, reservation="x"),
    row("one to expire", HELD, expire("x"), Code.NOT_FOUND, reservation="x"),
    row(
        "an offering",
        HELD,
        hold("new", ANN, ("tent", 1), ("yurt", 1)),
        Code.NOT_FOUND,
        line=1,
        offering="yurt",
    ),
    row("one to count", HELD, adjust_capacity(1, "yurt"), Code.NOT_FOUND, offering="yurt"),
    row("one to wait for", HELD, join(yurt=1), Code.NOT_FOUND, offering="yurt"),
    row("one to look at", HELD, reconsider("yurt"), Code.NOT_FOUND, offering="yurt"),
    row("a place in the line", HELD, leave("x"), Code.NOT_FOUND, entry="x"),
]

WHEN = [
    row(
        "before the sale",
        given(TENT, offering("yurt", sale_starts_at=NOW + SECOND)),
        hold("new", ANN, ("tent", 1), ("yurt", 1)),
        Code.NOT_ON_SALE_YET,
        line=1,
        offering="yurt",
        sale_starts_at=NOW + SECOND,
    ),
    row(
        "after the sale",
        given(TENT, offering("yurt", sale_ends_at=NOW)),
        hold("new", ANN, ("tent", 1), ("yurt", 1)),
        Code.SALE_ENDED,
        line=1,
        offering="yurt",
        sale_ends_at=NOW,
    ),
    row(
        "what is closed",
        given(TENT, offering("yurt", open=False)),
        hold("new", ANN, ("tent", 1), ("yurt", 1)),
        Code.SALE_ENDED,
        line=1,
        offering="yurt",
        closed=True,
    ),
    row(
        "too far ahead",
        given(TENT, slot(starts=NOW + 9 * DAY, horizon=7 * DAY)),
        hold("new", ANN, ("tent", 1), ("am", 1)),
        Code.TOO_FAR_AHEAD,
        line=1,
        offering="am",
        bookable_from=NOW + 2 * DAY,
    ),
    row(
        "at the last minute",
        given(TENT, slot(notice=HOUR)),
        hold("new", ANN, ("tent", 1), ("am", 1)),
        Code.TOO_LATE_TO_BOOK,
        line=1,
        offering="am",
        bookable_until=NOW,
    ),
    row(
        "too late to cancel",
        given(TENT, slot(cutoff=HOUR), a_confirmed(tent=1, am=1)),
        cancel(),
        Code.TOO_LATE_TO_CANCEL,
        offering="am",
        cancellable_until=NOW,
    ),
    row(
        "somebody who comes early",
        given(slot(starts=NOW + 3 * HOUR), a_confirmed(am=1)),
        check_in(),
        Code.TOO_FAR_AHEAD,
        reservation="r",
        offering="am",
        check_in_from=NOW + HOUR,
    ),
    row(
        "somebody who is only held",
        HELD,
        check_in(),
        Code.VERSION_CONFLICT,
        reservation="r",
        state="held",
    ),
]

HOW_MANY = [
    row(
        "beyond what there is",
        given(TENT, offering("yurt", 5, held=1, confirmed=2)),
        hold("new", ANN, ("tent", 1), ("yurt", 3)),
        Code.INSUFFICIENT_CAPACITY,
        line=1,
        offering="yurt",
        requested=3,
        available=2,
    ),
    row(
        "fewer than at least",
        given(TENT, offering("yurt", min_quantity=3)),
        hold("new", ANN, ("tent", 1), ("yurt", 2)),
        Code.LIMIT_EXCEEDED,
        line=1,
        offering="yurt",
        limit="min_quantity",
        bound=3,
        requested=2,
    ),
    row(
        "more than at most",
        given(TENT, offering("yurt", max_quantity=3)),
        hold("new", ANN, ("tent", 1), ("yurt", 4)),
        Code.LIMIT_EXCEEDED,
        line=1,
        offering="yurt",
        limit="max_quantity",
        bound=3,
        requested=4,
    ),
    row(
        "more than a customer may have",
        given(offering(max_per_customer=3), a_hold(tent=2)),
        hold(tent=2),
        Code.LIMIT_EXCEEDED,
        line=0,
        offering="tent",
        limit="max_per_customer",
        bound=3,
        requested=2,
        has=2,
    ),
    row(
        "more often than a customer may come",
        given(slot(limit=(3, 7)), slot("pm", limit=(3, 7)), a_hold(am=2)),
        hold(pm=2),
        Code.LIMIT_EXCEEDED,
        line=0,
        offering="pm",
        limit="customer_limit",
        bound=3,
        days=7,
        requested=2,
        has=2,
    ),
    row(
        "a hold longer than one may be",
        given(TENT, hold_ttl_seconds=60),
        hold(ttl=61, tent=1),
        Code.LIMIT_EXCEEDED,
        limit="ttl_seconds",
        bound=60,
        requested=61,
    ),
    row(
        "more holds than one may have",
        given(TENT, a_hold("a", tent=1), a_hold("b", tent=1), max_live_holds=1),
        hold(tent=1),
        Code.LIMIT_EXCEEDED,
        limit="max_live_holds",
        bound=1,
        has=2,
    ),
    row(
        "any hold, where none may be had",
        given(TENT, max_live_holds=0),
        hold(tent=1),
        Code.LIMIT_EXCEEDED,
        limit="max_live_holds",
        bound=0,
        has=0,
    ),
    row(
        "longer than a hold can live",
        HELD,
        extend(ttl=14 * 60 + 1),
        Code.LIMIT_EXCEEDED,
        limit="extend_until",
        bound=NOW + 14 * MINUTE,
        requested=14 * 60 + 1,
    ),
    row(
        "confirming more than is held",
        HELD,
        confirm("r", ANN, ("tent", 2), ("tent", 3)),
        Code.LIMIT_EXCEEDED,
        line=1,
        offering="tent",
        limit="held",
        bound=4,
        requested=5,
    ),
    row(
        "confirming fewer than could be held",
        given(TENT, offering("yurt", min_quantity=3), a_hold(tent=1, yurt=4)),
        confirm("r", ANN, ("tent", 1), ("yurt", 2)),
        Code.LIMIT_EXCEEDED,
        line=1,
        offering="yurt",
        limit="min_quantity",
        bound=3,
        requested=2,
    ),
    row(
        "giving back more than one has",
        given(TENT, offering("yurt"), a_hold(tent=1, yurt=4)),
        release("r", ANN, ("tent", 1), ("yurt", 3), ("yurt", 2)),
        Code.LIMIT_EXCEEDED,
        line=1,
        offering="yurt",
        limit="reserved",
        bound=4,
        requested=5,
    ),
    row(
        "keeping fewer than could be held",
        given(TENT, offering("yurt", min_quantity=3), a_hold(tent=1, yurt=4)),
        release("r", ANN, yurt=2),
        Code.LIMIT_EXCEEDED,
        offering="yurt",
        limit="min_quantity",
        bound=3,
        requested=2,
    ),
    row(
        "below what is reserved",
        FEW,
        set_capacity(7),
        Code.CAPACITY_BELOW_RESERVED,
        requested=7,
        held=0,
        confirmed=8,
    ),
    row(
        "on another count than it is",
        FEW,
        set_capacity(12, expected=11),
        Code.VERSION_CONFLICT,
        expected=11,
        capacity=10,
    ),
    row(
        "a room that is taken",
        given(
            TENT,
            slot(needs={"room": 2}),
            pool(units=3),
            lent("room", NOW + HOUR, NOW + 3 * HOUR, 2),
        ),
        hold("new", ANN, ("tent", 1), ("am", 1)),
        Code.POOL_BUSY,
        line=1,
        offering="am",
        pool="room",
        pool_name="The room",
        requested=2,
        units=3,
        taken=2,
        busy_from=NOW + HOUR,
        busy_until=NOW + 3 * HOUR,
    ),
]

OVER = [
    row(
        "released",
        given(TENT, an_ended(Status.RELEASED, tent=1)),
        confirm(),
        Code.ALREADY_RELEASED,
        reservation="r",
        ended_at=NOW - SECOND,
    ),
    row(
        "cancelled",
        given(TENT, an_ended(Status.CANCELLED, tent=1)),
        confirm(),
        Code.ALREADY_CANCELLED,
        reservation="r",
        confirmed_at=NOW - 2 * SECOND,
        ended_at=NOW - SECOND,
    ),
    row(
        "expired",
        given(TENT, an_ended(Status.EXPIRED, tent=1)),
        confirm(),
        Code.HOLD_EXPIRED,
        reservation="r",
        expired_at=NOW - SECOND,
        ended_at=NOW - SECOND,
    ),
    row(
        "confirmed",
        given(TENT, a_confirmed(tent=1)),
        extend(ttl=60),
        Code.ALREADY_CONFIRMED,
        reservation="r",
        confirmed_at=NOW - SECOND,
    ),
    row(
        "fulfilled",
        given(TENT, a_checked_in(Status.FULFILLED, tent=1)),
        move(tent=2),
        Code.ALREADY_CONFIRMED,
        reservation="r",
        confirmed_at=NOW - SECOND,
        ended_at=NOW - SECOND,
    ),
    row(
        "not come",
        given(TENT, a_checked_in(Status.NO_SHOW, tent=1)),
        cancel(),
        Code.ALREADY_CONFIRMED,
        reservation="r",
        confirmed_at=NOW - SECOND,
        ended_at=NOW - SECOND,
    ),
]

IN_LINE = [
    row(
        "for more than there ever is",
        FEW,
        join(tent=11),
        Code.INSUFFICIENT_CAPACITY,
        offering="tent",
        requested=11,
        available=2,
        capacity=10,
    ),
    row(
        "for more than may be taken at once",
        given(offering(confirmed=10, max_quantity=1)),
        join(tent=2),
        Code.LIMIT_EXCEEDED,
        line=0,
        offering="tent",
        limit="max_quantity",
        bound=1,
        requested=2,
    ),
    row(
        "twice",
        FULL,
        join(tent=1),
        Code.ALREADY_EXISTS,
        waitlist_entry="w",
        quantity=2,
    ),
    row(
        "no more, having taken the offer",
        given(TENT, waited(Wait.ACCEPTED, tent=1)),
        leave(),
        Code.ALREADY_CONFIRMED,
        reservation="offer:w",
    ),
]

ALL = [*WHO, *NOT_THERE, *WHEN, *HOW_MANY, *OVER, *IN_LINE]


@pytest.mark.parametrize(TABLE, ALL)
def test_a_refusal_tells_all_of_it(
    state: State, command: Command, then: tuple[Code, dict[str, Any]]
) -> None:
    decision = decided(state, command)
    (outcome,) = decision.outcomes
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.facts) == then
    assert not any(decision[1:]), "wrote something"


MALFORMED = [
    ("lines", HELD, hold("new", ANN)),
    ("lines[1].quantity", HELD, hold("new", ANN, ("tent", 1), ("tent", 0))),
    ("reservation", HELD, hold("r", tent=1)),
    ("ttl_seconds", HELD, hold(ttl=0, tent=1)),
    ("ttl_seconds", HELD, extend(ttl=0)),
    ("lines", HELD, confirm()._replace(lines=())),
    ("lines[1].quantity", HELD, confirm("r", ANN, ("tent", 1), ("tent", 0))),
    ("lines[1]", HELD, confirm("r", ANN, ("tent", 1), ("yurt", 1))),
    ("lines[1]", HELD, release("r", ANN, ("tent", 1), ("yurt", 1))),
    ("lines", HELD, move("r", ANN)),
    ("outcome", HELD, check_in(Status.HELD)),
    ("capacity", HELD, set_capacity(-1)),
    ("quantity", HELD, join(tent=0)),
]


@pytest.mark.parametrize(("field", "state", "command"), MALFORMED)
def test_what_means_nothing_names_its_field(field: str, state: State, command: Command) -> None:
    (outcome,) = decided(state, command).outcomes
    assert isinstance(outcome, Refusal) and outcome.code is Code.MALFORMED_REQUEST
    assert outcome.facts.keys() == {"field", "reason"}
    assert outcome.facts["field"] == field
    assert outcome.detail == f"{field}: {outcome.facts['reason']}"
