"""The waitlist: units that come free are held for the first whom they fit, before anyone else."""

from datetime import timedelta

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import MAX_QUANTITY, Actor, Kind, Line, Status, Wait, WaitlistEntry
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    CLOCK,
    HOUR,
    NOW,
    OPERATOR,
    WAITLIST,
    a_confirmed,
    a_hold,
    an_offer,
    given,
    in_line,
    join,
    leave,
    offering,
    pool,
    slot,
    token_of,
    waited,
    waits,
)
from tests.unit.then import (
    TABLE,
    Then,
    accepted,
    case,
    check,
    decided,
    joined,
    offered,
    refused,
    unchanged,
    unlisted,
    wrote,
)

WAITING, OFFERED = Wait.WAITING, Wait.OFFERED
full = offering(capacity=2, confirmed=2)
tent, bed = offering(capacity=2), offering("bed")


JOIN = [
    case(
        "when nothing is left",
        given(full),
        join("w", tent=1),
        accepted(WAITING, joined(), waits={"w": WAITING}, tent=(2, 0, 2)),
    ),
    case(
        "for as many as one may want",
        given(offering(capacity=MAX_QUANTITY, confirmed=1)),
        join("w", tent=MAX_QUANTITY),
        accepted(WAITING, joined(), waits={"w": WAITING}, tent=(MAX_QUANTITY, 0, 1)),
    ),
    case(
        "for more than is left",
        given(offering(capacity=2, confirmed=1)),
        join("w", tent=2),
        accepted(WAITING, joined(), waits={"w": WAITING}, tent=(2, 0, 1)),
    ),
    case(
        "for what is free gets an offer at once",
        given(tent),
        join("w", tent=2),
        accepted(OFFERED, joined(), offered("w", 2), waits={"w": OFFERED}, tent=(2, 2, 0)),
    ),
    case(
        "behind others who get nothing either",
        given(offering(capacity=3, confirmed=2), *in_line(2)),
        join("w", tent=2),
        accepted(WAITING, joined(), waits={"w": WAITING}, tent=(3, 0, 2)),
    ),
    case(
        "behind others for what does not fit them",
        given(offering(capacity=3, confirmed=2), *in_line(2)),
        join("w", tent=1),
        accepted(OFFERED, joined(), offered("w", 1), waits={"w": OFFERED}, tent=(3, 1, 2)),
    ),
    case(
        "what comes back at this moment is for who waited before",
        given(tent, a_hold(expires=NOW, tent=2), *in_line(2)),
        join("w", tent=1),
        accepted(
            WAITING,
            wrote("tent", Kind.EXPIRED, held=-2, of="r"),
            offered("w1", 2),
            joined(),
            waits={"w1": OFFERED, "w": WAITING},
            tent=(2, 2, 0),
        ),
    ),
    case("again", given(full, waits("w", tent=1)), join("new", tent=1), unchanged(WAITING)),
    case(
        "again with an offer",
        given(tent, *an_offer(tent=1)),
        join("new", tent=1),
        unchanged(OFFERED),
    ),
    case(
        "again for more",
        given(full, waits("w", tent=1)),
        join("new", tent=2),
        refused(Code.ALREADY_EXISTS, waitlist_entry="w", quantity=1),
    ),
    case(
        "again for another offering",
        given(full, bed._replace(capacity=0), waits("w", tent=1)),
        join("new", bed=1),
        refused(Code.INSUFFICIENT_CAPACITY),
    ),
    *(
        case(
            f"again after it has been {status}",
            given(full, waited(status, "old", tent=1)),
            join("w", tent=1),
            accepted(WAITING, joined(), waits={"w": WAITING}, tent=(2, 0, 2)),
        )
        for status in (Wait.ACCEPTED, Wait.DECLINED, Wait.LAPSED, Wait.WITHDRAWN, Wait.CLOSED)
    ),
    case(
        "for more than there ever are",
        given(full),
        join("w", tent=3),
        refused(Code.INSUFFICIENT_CAPACITY, requested=3, capacity=2, available=0),
    ),
    case(
        "for none",
        given(full),
        join("w", tent=0),
        refused(Code.MALFORMED_REQUEST, field="quantity"),
    ),
    case("for what is not there", given(full), join("w", yurt=1), refused(Code.NOT_FOUND)),
    case(
        "by an operator for a customer",
        given(full),
        join("w", OPERATOR, of="ann", tent=1),
        accepted(WAITING, joined(), waits={"w": WAITING}, tent=(2, 0, 2)),
    ),
    case(
        "by a customer for another",
        given(full),
        join("w", BOB, of="ann", tent=1),
        refused(Code.FORBIDDEN),
    ),
    case(
        "by whoever has a token",
        given(full, a_hold("r", ANN), bed),
        join("w", token_of("r"), of="ann", tent=1),
        refused(Code.FORBIDDEN),
    ),
    case(
        "by an operator at the last minute, as a customer",
        given(slot(capacity=0, starts=NOW + HOUR, notice=HOUR)),
        join("w", OPERATOR, of="ann", am=1),
        refused(Code.TOO_LATE_TO_BOOK),
    ),
    case(
        "with fewer than the least",
        given(offering(capacity=2, confirmed=2, min_quantity=2)),
        join("w", tent=1),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity"),
    ),
    case(
        "beyond what a customer may have",
        given(offering(capacity=4, confirmed=2, max_per_customer=2), a_confirmed("r", BOB, tent=2)),
        join("w", tent=1),
        refused(Code.LIMIT_EXCEEDED, limit="max_per_customer", has=2),
    ),
    case(
        "with as many holds as a customer may have, to wait until there are fewer",
        given(tent, bed, a_hold("r", BOB, bed=1), max_live_holds=1),
        join("w", tent=1),
        accepted(WAITING, joined(), waits={"w": WAITING}, tent=(2, 0, 0)),
    ),
    case(
        "while its room is taken",
        given(pool("room"), slot(needs={"room": 1}), a_hold(am=1)),
        join("w", am=1),
        accepted(WAITING, joined("am"), waits={"w": WAITING}, am=(10, 1, 0)),
    ),
]


@pytest.mark.parametrize(TABLE, JOIN)
def test_joining(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_what_is_remembered_of_who_joins() -> None:
    (entry,) = decided(given(full), join("w", OPERATOR, of="bob", tent=2)).waitlist
    assert entry == WaitlistEntry("w", "tent", "bob", "user:olga", 2, 8, WAITING, NOW)


def test_an_offer_is_a_hold_that_lasts_so_long_and_no_longer() -> None:
    decision = decided(given(tent, offer_ttl_seconds=90), join("w", tent=2))
    (entry,), (held,) = decision.waitlist, decision.created
    until = NOW + timedelta(seconds=90)
    assert (entry.status, entry.reservation, entry.offered_at) == (OFFERED, "offer:w", NOW)
    assert (held.status, held.customer, held.actor) == (Status.HELD, "bob", WAITLIST)
    assert held.lines == (Line("tent", 2, 2, 0),)
    assert (held.created_at, held.expires_at, held.extend_until) == (NOW, until, until)
    assert [e.hold_expires_at for e in decision.entries] == [None, until]


def test_joining_twice_in_a_batch_is_one_place() -> None:
    decision = decided(given(full), join("a", tent=1), join("b", tent=1), join("c", ANN, tent=1))
    assert [outcome[0].id for outcome in decision.outcomes] == ["a", "a", "c"]  # type: ignore[union-attr]  # accepted
    assert [(e.id, e.place) for e in decision.waitlist] == [("a", 8), ("c", 9)]
    assert decision.offerings[0].waiting == 2


# --- leaving --------------------------------------------------------------------------------------

DECLINED = (
    wrote("tent", Kind.RELEASED, held=-1, of="offer:w"),
    unlisted(of="offer:w"),
)

LEAVE = [
    case(
        "while waiting",
        given(full, waits("w", tent=1)),
        leave(),
        accepted(Wait.WITHDRAWN, unlisted(), waits={"w": Wait.WITHDRAWN}, tent=(2, 0, 2)),
    ),
    case(
        "with an offer",
        given(tent, *an_offer(tent=1)),
        leave(),
        accepted(Wait.DECLINED, *DECLINED, waits={"w": Wait.DECLINED}, tent=(2, 0, 0)),
    ),
    case(
        "with an offer that falls to the next",
        given(offering(capacity=1), *an_offer(tent=1), *in_line(1, 1)),
        leave(),
        accepted(
            Wait.DECLINED,
            *DECLINED,
            offered("w1", 1),
            waits={"w": Wait.DECLINED, "w1": OFFERED},
            tent=(1, 1, 0),
        ),
    ),
    case(
        "with an offer that ends now",
        given(tent, *an_offer(expires=NOW, tent=1)),
        leave(),
        unchanged(
            Wait.LAPSED,
            wrote("tent", Kind.EXPIRED, held=-1, of="offer:w"),
            unlisted(of="offer:w", by=CLOCK),
            waits={"w": Wait.LAPSED},
        ),
    ),
    case(
        "after having accepted",
        given(full, waited(Wait.ACCEPTED, tent=1)),
        leave(),
        refused(Code.ALREADY_CONFIRMED, reservation="offer:w"),
    ),
    *(
        case(
            f"after it has been {status}",
            given(full, waited(status, tent=1)),
            leave(),
            unchanged(status),
        )
        for status in (Wait.DECLINED, Wait.LAPSED, Wait.WITHDRAWN, Wait.CLOSED)
    ),
    case(
        "by an operator",
        given(full, waits("w", tent=1)),
        leave("w", OPERATOR),
        accepted(Wait.WITHDRAWN, unlisted(), waits={"w": Wait.WITHDRAWN}, tent=(2, 0, 2)),
    ),
    case("by another", given(full, waits("w", tent=1)), leave("w", ANN), refused(Code.FORBIDDEN)),
    case(
        "by nobody in particular",
        given(full, waits("w", tent=1)),
        leave("w", Actor("anonymous")),
        refused(Code.FORBIDDEN),
    ),
    case(
        "by the token of what is offered",
        given(tent, *an_offer(tent=1)),
        leave("w", token_of("offer:w")),
        refused(Code.FORBIDDEN),
    ),
    case("what is not there", given(full), leave(), refused(Code.NOT_FOUND, entry="w")),
]


@pytest.mark.parametrize(TABLE, LEAVE)
def test_leaving(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_leaving_an_offer_leaves_what_the_customer_has_added_to_it() -> None:
    entry, held = an_offer(tent=1)
    held = held._replace(lines=(*held.lines, Line("bed", 2, 2, 0)))
    decision = decided(given(tent, bed, entry, held), leave())
    (changed,) = decision.changed
    assert (changed.status, changed.lines) == (Status.HELD, (Line("bed", 2, 2, 0),))
    assert [e.status for e in decision.waitlist] == [Wait.DECLINED]
