"""What a reservation is for may have changed since this process last heard of it."""

from __future__ import annotations

from firmhold.domain.commands import Asked, Confirm, Move
from firmhold.domain.model import Reservation, Status
from firmhold.engine.ticket import Answer
from tests.shop import OPERATOR, Shop


async def test_a_late_confirmation_takes_what_has_ended_where_it_was_moved_by_another_process(
    pair: tuple[Shop, Shop],
) -> None:
    here, there = pair
    before, after = await here.item(1), await here.item(1)
    moved = await here.held((before, 1))
    reply = await there.submit(Move(moved.id, OPERATOR, (Asked(after, 1),)))
    assert isinstance(reply, Answer)
    await there.make_due(moved.id)
    # Another had it meanwhile, and its hold has ended as well, unnoticed.
    other = await there.held((after, 1))
    await there.make_due(other.id)
    reply = await here.submit(Confirm(moved.id, OPERATOR, reacquire=True))
    assert isinstance(reply, Answer), reply
    assert isinstance(reply.subject, Reservation)
    assert reply.subject.status is Status.CONFIRMED
    assert await here.counts(after) == (1, 0, 1)
