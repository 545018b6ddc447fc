"""Nobody works for a sender who has gone, and nothing is kept of one who was answered."""

import asyncio
import gc
import weakref
from collections.abc import Mapping
from typing import Any

import pytest

from firmhold.doors.shared import presence
from firmhold.doors.shared.body import Disconnected
from firmhold.doors.shared.presence import Presence
from firmhold.doors.shared.reply import Reply

REPLY = Reply(200, b"")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LOOK_AFTER", 0.01)


async def gone() -> Mapping[str, Any]:
    return {"type": "http.disconnect"}


async def still_there() -> Mapping[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError("an event that nobody sets")


class Slow:
    """A handler that says whether it was let come to its end."""

    def __init__(self, seconds: float = 60) -> None:
        self.seconds = seconds
        self.cancelled = False

    async def answer(self) -> Reply:
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return REPLY


async def test_who_has_gone_is_worked_for_no_longer() -> None:
    slow = Slow()
    with pytest.raises(Disconnected):
        await Presence().watched(asyncio.get_running_loop(), slow.answer(), gone)
    assert slow.cancelled
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


async def test_who_stays_is_answered_however_long_it_takes() -> None:
    slow = Slow(0.1)
    watched = Presence().watched(asyncio.get_running_loop(), slow.answer(), still_there)
    assert await watched == REPLY
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1, "whoever looked is still there"


async def test_of_many_only_those_who_have_gone_lose_their_answer() -> None:
    one = Presence()
    loop = asyncio.get_running_loop()
    asked = [
        one.watched(loop, Slow(0.1).answer(), gone if number % 2 else still_there)
        for number in range(20)
    ]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Reply, Disconnected] * 10


async def test_a_server_that_stops_is_no_sender_that_has_gone() -> None:
    slow = Slow()
    loop = asyncio.get_running_loop()
    task = loop.create_task(Presence().watched(loop, slow.answer(), still_there))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert slow.cancelled


async def test_nothing_is_kept_of_a_request_that_is_over() -> None:
    one = Presence()
    loop = asyncio.get_running_loop()

    class Asked:
        async def receive(self) -> Mapping[str, Any]:
            return await still_there()

    async def ask() -> weakref.ref[Any]:
        asked = Asked()
        assert await one.watched(loop, Slow(0).answer(), asked.receive) == REPLY
        return weakref.ref(asked)

    gc.disable()
    try:
        assert (await ask())() is None, "it waits for its turn, or for the garbage to be collected"
    finally:
        gc.enable()


async def test_when_all_are_answered_nothing_goes_on() -> None:
    one = Presence()
    loop = asyncio.get_running_loop()
    for _ in range(3):
        assert await one.watched(loop, Slow(0).answer(), still_there) == REPLY
    await asyncio.sleep(0.05)
    assert one._timer is None and not one._begun
    assert await one.watched(loop, Slow(0.05).answer(), still_there) == REPLY
