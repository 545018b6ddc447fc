"""Checking in: whether a customer came, told by someone who was there, and put right if need be."""

from datetime import timedelta

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Kind, Line, Offering, Status
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    DAY,
    HOUR,
    MINUTE,
    NO_TIME,
    NOW,
    OPERATOR,
    TICK,
    a_checked_in,
    a_confirmed,
    a_hold,
    an_ended,
    cancel,
    check_in,
    confirm,
    extend,
    given,
    hold,
    move,
    offering,
    pool,
    release,
    slot,
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
    unchanged,
    wrote,
)

FULFILLED, NO_SHOW = Status.FULFILLED, Status.NO_SHOW
tent, bed, am = offering("tent"), offering("bed"), slot("am", starts=NOW - MINUTE)
CAME = accepted(FULFILLED, wrote("am", Kind.FULFILLED), am=(10, 0, 2))
DID_NOT = accepted(NO_SHOW, wrote("am", Kind.NO_SHOW), am=(10, 0, 2))

CHECK_IN = [
    case("somebody who came", given(am, a_confirmed(am=2)), check_in(), CAME),
    case("somebody who did not", given(am, a_confirmed(am=2)), check_in(NO_SHOW), DID_NOT),
    case(
        "somebody who came after all",
        given(am, a_checked_in(NO_SHOW, am=2)),
        check_in(FULFILLED),
        CAME,
    ),
    case(
        "somebody who did not come after all",
        given(am, a_checked_in(FULFILLED, am=2)),
        check_in(NO_SHOW),
        DID_NOT,
    ),
    case("again", given(am, a_checked_in(FULFILLED, am=2)), check_in(), unchanged(FULFILLED)),
    case(
        "again as a no-show",
        given(am, a_checked_in(NO_SHOW, am=2)),
        check_in(NO_SHOW),
        unchanged(NO_SHOW),
    ),
    case(
        "every line that was confirmed",
        given(
            tent,
            bed,
            am,
            a_confirmed()._replace(
                lines=(Line("tent", 5, 0, 2), Line("bed", 1, 0, 0), Line("am", 1, 0, 1))
            ),
        ),
        check_in(),
        accepted(
            FULFILLED,
            wrote("tent", Kind.FULFILLED),
            wrote("am", Kind.FULFILLED),
            claims={"tent": 2, "am": 1},
            tent=(10, 0, 2),
            am=(10, 0, 1),
        ),
    ),
    case(
        "after the slot is over",
        given(slot(starts=NOW - 9 * HOUR), a_confirmed(am=2)),
        check_in(),
        CAME,
    ),
    case(
        "what is only held",
        given(am, a_hold(am=2)),
        check_in(),
        refused(Code.VERSION_CONFLICT, reservation="r", state="held"),
    ),
    case(
        "a hold that ends now",
        given(am, a_hold(expires=NOW, am=2)),
        check_in(),
        refused(Code.HOLD_EXPIRED, wrote("am", Kind.EXPIRED, held=-2)),
    ),
    *(
        case(f"what is {status}", given(am, an_ended(status, am=2)), check_in(), refused(code))
        for status, code in {
            Status.EXPIRED: Code.HOLD_EXPIRED,
            Status.RELEASED: Code.ALREADY_RELEASED,
            Status.CANCELLED: Code.ALREADY_CANCELLED,
        }.items()
    ),
    case("what is not there", given(am), check_in(), refused(Code.NOT_FOUND, reservation="r")),
    case(
        "as something else",
        given(am, a_confirmed(am=2)),
        check_in(Status.CANCELLED),
        refused(Code.MALFORMED_REQUEST, field="outcome"),
    ),
    *(
        case(
            f"by {actor.label}",
            given(am, a_confirmed(am=2)),
            check_in(FULFILLED, "r", actor),
            refused(Code.FORBIDDEN),
        )
        for actor in (ANN, BOB, token_of("r"))
    ),
]


@pytest.mark.parametrize(TABLE, CHECK_IN)
def test_checking_in(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def begins(later: timedelta, id: str = "am") -> Offering:
    return slot(id, starts=NOW + later)


TWO = given(begins(-HOUR), begins(DAY, "pm"), a_confirmed(am=1, pm=1))
PART = a_confirmed()._replace(lines=(Line("am", 1, 0, 1), Line("pm", 1, 0, 0)))

WHEN = [
    case(
        "nobody as it begins",
        given(begins(NO_TIME), a_confirmed(am=2)),
        check_in(NO_SHOW),
        DID_NOT,
    ),
    case(
        "nobody a moment before it begins",
        given(begins(TICK), a_confirmed(am=2)),
        check_in(NO_SHOW),
        refused(Code.TOO_FAR_AHEAD, offering="am", check_in_from=NOW + TICK),
    ),
    case(
        "somebody two hours before it begins",
        given(begins(2 * HOUR), a_confirmed(am=2)),
        check_in(),
        CAME,
    ),
    case(
        "somebody earlier than that",
        given(begins(2 * HOUR + TICK), a_confirmed(am=2)),
        check_in(),
        refused(Code.TOO_FAR_AHEAD, offering="am", check_in_from=NOW + TICK),
    ),
    case(
        "what was put down as a no-show long before, as if somebody had come",
        given(begins(DAY), a_checked_in(NO_SHOW, am=2)),
        check_in(),
        refused(Code.TOO_FAR_AHEAD, check_in_from=NOW + DAY - 2 * HOUR),
    ),
    case(
        "again, whenever it begins",
        given(begins(DAY), a_checked_in(NO_SHOW, am=2)),
        check_in(NO_SHOW),
        unchanged(NO_SHOW),
    ),
    case(
        "somebody who came to the first of two slots",
        TWO,
        check_in(),
        accepted(
            FULFILLED,
            wrote("am", Kind.FULFILLED),
            wrote("pm", Kind.FULFILLED),
            am=(10, 0, 1),
            pm=(10, 0, 1),
        ),
    ),
    case(
        "nobody as long as the last of two slots is to come",
        TWO,
        check_in(NO_SHOW),
        refused(Code.TOO_FAR_AHEAD, offering="pm", check_in_from=NOW + DAY),
    ),
    case(
        "nobody when the slot that is to come was given back",
        given(begins(-HOUR), begins(DAY, "pm"), PART),
        check_in(NO_SHOW),
        accepted(NO_SHOW, wrote("am", Kind.NO_SHOW), claims={"am": 1}, am=(10, 0, 1)),
    ),
    case(
        "nobody for an item, whose slot is to come",
        given(tent, begins(DAY), a_confirmed(tent=1, am=1)),
        check_in(NO_SHOW),
        refused(Code.TOO_FAR_AHEAD, offering="am"),
    ),
    *(
        case(
            f"an item alone at any time as {outcome}",
            given(tent, a_confirmed(tent=1)),
            check_in(outcome),
            accepted(outcome, wrote("tent", Kind(outcome.value)), tent=(10, 0, 1)),
        )
        for outcome in (FULFILLED, NO_SHOW)
    ),
    case(
        "what is only held and far ahead",
        given(begins(DAY), a_hold(am=2)),
        check_in(NO_SHOW),
        refused(Code.VERSION_CONFLICT, state="held"),
    ),
    case(
        "what was cancelled and is far ahead",
        given(begins(DAY), an_ended(Status.CANCELLED, am=2)),
        check_in(NO_SHOW),
        refused(Code.ALREADY_CANCELLED),
    ),
    case(
        "what is far ahead, by its customer",
        given(begins(DAY), a_confirmed(am=2)),
        check_in(NO_SHOW, "r", ANN),
        refused(Code.FORBIDDEN),
    ),
]


@pytest.mark.parametrize(TABLE, WHEN)
def test_nobody_is_checked_in_to_what_is_far_ahead(
    state: State, command: Command, then: Then
) -> None:
    check(state, command, then)


def test_it_is_said_from_when_somebody_can_be_checked_in() -> None:
    state = given(begins(DAY), a_confirmed(am=2))
    came, absent = decided(state, check_in(), check_in(NO_SHOW)).outcomes
    assert isinstance(came, Refusal) and isinstance(absent, Refusal)
    assert came.detail == "Somebody can be checked in from 2026-03-15 10:00 UTC on."
    assert absent.detail == "Nobody is late yet: only from 2026-03-15 12:00 UTC on."


AFTERWARDS = {
    "released": release(),
    "cancelled": cancel(),
    "cancelled by an operator": cancel("r", OPERATOR),
    "cancelled in part": cancel(am=1),
    "moved": move(tent=1),
    "extended": extend(ttl=60),
    "confirmed as something else": confirm(am=1),
}


@pytest.mark.parametrize("command", AFTERWARDS.values(), ids=AFTERWARDS)
@pytest.mark.parametrize("status", [FULFILLED, NO_SHOW])
def test_what_is_checked_in_is_not(status: Status, command: Command) -> None:
    state = given(am, tent, a_checked_in(status, am=2))
    check(
        state, command, refused(Code.ALREADY_CONFIRMED, ended_at=state.reservations["r"].ended_at)
    )


@pytest.mark.parametrize("status", [FULFILLED, NO_SHOW])
@pytest.mark.parametrize("command", [confirm(), confirm(am=2)], ids=["all of it", "by line"])
def test_what_is_checked_in_is_still_confirmed(status: Status, command: Command) -> None:
    check(given(am, a_checked_in(status, am=2)), command, unchanged(status))


def test_checking_in_says_when_and_the_last_time_counts() -> None:
    before = a_confirmed(am=2)
    (changed,) = decided(given(am, before), check_in(NO_SHOW)).changed
    assert changed == before._replace(status=NO_SHOW, ended_at=NOW)
    (corrected,) = decided(given(am, a_checked_in(NO_SHOW, am=2)), check_in()).changed
    assert corrected == before._replace(status=FULFILLED, ended_at=NOW)


def test_units_and_rooms_of_who_did_not_come_do_not_come_back() -> None:
    room = pool("room")
    used = slot(starts=NOW - MINUTE, capacity=2, needs={"room": 1}, max_per_customer=2)
    state = given(room, used, a_confirmed(am=1), waits("w", BOB, am=1))
    decision = decided(
        state,
        check_in(NO_SHOW),
        hold("x", OPERATOR, of="bob", am=1),
        hold("y", OPERATOR, of="ann", am=2),
        check_in(FULFILLED),
    )
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, Code.POOL_BUSY, Code.LIMIT_EXCEEDED, None]
    assert decision.loans == []
    # Nobody can wait for what has begun.
    kinds = [Kind.UNLISTED, Kind.NO_SHOW, Kind.FULFILLED]
    assert [entry.kind for entry in decision.entries] == kinds


def test_from_hold_to_check_in_in_one_batch() -> None:
    decision = decided(given(slot()), hold(am=1), confirm("new"), check_in(FULFILLED, "new"))
    assert [outcome[0].status for outcome in decision.outcomes] == [  # type: ignore[union-attr]  # accepted
        Status.HELD,
        Status.CONFIRMED,
        FULFILLED,
    ]
    assert [(e.held, e.confirmed) for e in decision.entries] == [(1, 0), (0, 1), (0, 1)]
