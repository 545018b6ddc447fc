"""When something is on sale: from its first instant on, up to but without its last."""

from datetime import datetime

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Status
from firmhold.domain.state import State
from tests.unit.build import (
    MINUTE,
    NOW,
    OPERATOR,
    TICK,
    a_hold,
    an_ended,
    confirm,
    extend,
    given,
    hold,
    offering,
)
from tests.unit.then import TABLE, Then, accepted, case, check, refused, wrote

HELD = accepted(Status.HELD, wrote("tent", Kind.HELD, held=+1), tent=(10, 1, 0))


def on_sale(starts: datetime | None, ends: datetime | None) -> State:
    return given(offering(sale_starts_at=starts, sale_ends_at=ends))


WINDOW = [
    case("sold in the midst of its sale", on_sale(NOW - MINUTE, NOW + MINUTE), hold(tent=1), HELD),
    case(
        "not sold a microsecond before it starts",
        on_sale(NOW + TICK, None),
        hold(tent=1),
        refused(Code.NOT_ON_SALE_YET, line=0, offering="tent", sale_starts_at=NOW + TICK),
    ),
    case("sold at the instant it starts", on_sale(NOW, None), hold(tent=1), HELD),
    case("sold a microsecond before it ends", on_sale(None, NOW + TICK), hold(tent=1), HELD),
    case(
        "not sold at the instant it ends",
        on_sale(None, NOW),
        hold(tent=1),
        refused(Code.SALE_ENDED, line=0, offering="tent", sale_ends_at=NOW),
    ),
    case(
        "not sold after it ended",
        on_sale(NOW - MINUTE, NOW - TICK),
        hold(tent=1),
        refused(Code.SALE_ENDED, sale_ends_at=NOW - TICK),
    ),
    case(
        "not confirmed at once before it starts either",
        on_sale(NOW + TICK, None),
        hold(tent=1, confirm=True),
        refused(Code.NOT_ON_SALE_YET),
    ),
    case(
        "not sold by an operator either",
        on_sale(None, NOW),
        hold("new", OPERATOR, tent=1, of="ann"),
        refused(Code.SALE_ENDED),
    ),
    case(
        "not sold beside something that is on sale",
        given(offering("bed"), offering("tent", sale_ends_at=NOW)),
        hold(bed=1, tent=1),
        refused(Code.SALE_ENDED, line=1, offering="tent"),
    ),
    case(
        "not yet comes before no more whichever line is first",
        given(offering("bed", sale_ends_at=NOW), offering("tent", sale_starts_at=NOW + TICK)),
        hold(bed=1, tent=1),
        refused(Code.NOT_ON_SALE_YET, line=1, offering="tent"),
    ),
    case(
        "an expired hold is not taken again after the sale",
        given(offering(sale_ends_at=NOW), an_ended(Status.EXPIRED, tent=1)),
        confirm(reacquire=True),
        refused(Code.SALE_ENDED, line=0, offering="tent"),
    ),
    case(
        "who held in time may confirm after the sale",
        given(offering(sale_ends_at=NOW), a_hold(tent=1)),
        confirm(),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-1, confirmed=+1),
            tent=(10, 0, 1),
        ),
    ),
    case(
        "who held in time may extend after the sale",
        given(offering(sale_ends_at=NOW), a_hold(tent=1)),
        extend(ttl=600),
        accepted(Status.HELD, wrote("tent", Kind.EXTENDED), tent=(10, 1, 0)),
    ),
]


@pytest.mark.parametrize(TABLE, WINDOW)
def test_an_offering_is(state: State, command: Command, then: Then) -> None:
    check(state, command, then)
