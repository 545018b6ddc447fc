"""Whoever sends is killed between every two steps, and everything is told once; twice only what had
been taken before that was noted, under the same id."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter

import pytest

from firmhold.notify.carriers.carrier import Message, Outcome, Result
from firmhold.notify.notices import sending
from tests.databases import Address
from tests.notices.desk import DAY, Desk, now
from tests.notices.kills import run
from tests.notices.mail import MailBox
from tests.notices.worker import STEPS, WINDOW

NOTICES = 4


async def work(desk: Desk, box: MailBox, step: str, time: int = 1) -> int:
    """How a worker that dies at this step has ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.notices.worker"),
        *(desk.shop.dsn, str(box.port), step, str(time)),
    )
    return await process.wait()


@pytest.mark.parametrize("step", STEPS)
async def test_a_death_at_any_step_has_nothing_left_out_and_nothing_told_twice(
    desk: Desk, box: MailBox, step: str
) -> None:
    slot = await desk.slot(now() + 3 * DAY)
    for at in range(NOTICES):
        await desk.reserve(slot, customer=f"u{at}@example.org")
    assert await work(desk, box, step) == -signal.SIGKILL
    arrived = len(box.received)
    await desk.later()
    assert await work(desk, box, "none") == 0
    times = Counter(mail.id for mail in box.received)
    ids = {f"<ntf_{id.hex}@example.org>" for (id,) in await desk.rows("id", where="about IS NULL")}
    assert set(times) == ids and len(ids) == NOTICES
    assert times.total() - len(times) == (step in WINDOW), f"{arrived} had arrived"
    assert await desk.rows("status", where="about IS NULL") == [("sent",)] * NOTICES
    # And reminders are planned once.
    assert await desk.rows("status", where="kind = 'reminder'") == [("waiting",)] * 2 * NOTICES


async def test_who_dies_keeps_what_it_has_taken_for_a_while_and_no_longer(
    desk: Desk, box: MailBox
) -> None:
    await desk.reserve(await desk.shop.item(5))
    assert await work(desk, box, "claimed") == -signal.SIGKILL
    assert await work(desk, box, "none") == 0
    assert box.received == [], "whoever has it may be about to send it"
    ((left,),) = await desk.rows("extract(epoch FROM next_at - now())::int")
    assert 20 < left <= 45
    await desk.later()
    await desk.send()
    assert len(box.received) == 1


async def test_two_who_send_at_once_send_everything_once(desk: Desk, box: MailBox) -> None:
    item = await desk.shop.item(500)
    await asyncio.gather(*(desk.reserve(item, customer=f"u{at}@example.org") for at in range(60)))
    await desk.plan()
    others = [desk.sender_of(desk.sender.channel, desk.carrier) for _ in range(3)]
    await asyncio.gather(*(desk.send(it) for it in (desk.sender, *others)))
    assert len(box.received) == len({mail.id for mail in box.received}) == 60


async def test_a_sender_that_was_thought_dead_says_nothing_about_the_next_attempt(
    desk: Desk, box: MailBox
) -> None:
    await desk.reserve(await desk.shop.item(5))
    await desk.plan()
    (slow,) = await desk.sender.claim(1)
    await desk.later()
    (taken,) = await desk.sender.claim(1)
    await desk.sender.record(slow, None, "failed", "too late")
    assert await desk.rows("status", "attempts") == [("waiting", 2)]
    await desk.sender.send(taken)
    assert await desk.rows("status", "attempts") == [("sent", 2)]


async def test_reminders_go_out_once_however_often_whoever_sends_is_killed(
    database: Address,
) -> None:
    report = await run(database, reminders=300, kills=4)
    assert report.ok, report
    assert report.kills == 4
    assert report.notices >= 300


class Slow:
    """A carrier that takes its time, and has taken it when told to."""

    def __init__(self) -> None:
        self.carried: list[str] = []
        self.go = asyncio.Event()

    async def carry(self, message: Message) -> Outcome:
        self.carried.append(message.id)
        await self.go.wait()
        return Outcome(Result.TAKEN)


async def test_who_is_told_to_stop_notes_what_is_being_taken(desk: Desk) -> None:
    """A server that is restarted every day must not repeat itself every day."""
    slow = Slow()
    sender = desk.sender_of(desk.sender.channel, slow)
    await desk.reserve(await desk.shop.item(5))
    await desk.plan()
    task = asyncio.create_task(sender.run_once())
    while not slow.carried:
        await asyncio.sleep(0)
    stopping = asyncio.create_task(sender.stop(60.0))
    await asyncio.sleep(0)
    slow.go.set()
    await stopping
    await task
    assert await desk.rows("status") == [("sent",)]


async def test_who_is_told_to_stop_does_not_wait_for_ever(desk: Desk) -> None:
    slow = Slow()
    sender = desk.sender_of(desk.sender.channel, slow)
    await desk.reserve(await desk.shop.item(5))
    await desk.plan()
    task = asyncio.create_task(sender.run_once())
    while not slow.carried:
        await asyncio.sleep(0)
    await sender.stop(0.01)
    await asyncio.gather(task, return_exceptions=True)
    assert await desk.rows("status", "attempts") == [("waiting", 1)]


async def test_a_database_that_goes_away_for_a_moment_has_nothing_told_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "NOTING_PAUSE", 0.01)
    slow = Slow()
    sender = desk.sender_of(desk.sender.channel, slow)
    await desk.reserve(await desk.shop.item(5))
    await desk.plan()
    task = asyncio.create_task(sender.run_once())
    while not slow.carried:
        await asyncio.sleep(0)
    await desk.shop.fetch("ALTER TABLE notice RENAME TO nothing")  # gone, as far as anybody knows
    slow.go.set()
    for _ in range(20):
        await asyncio.sleep(0.01)
    await desk.shop.fetch("ALTER TABLE nothing RENAME TO notice")
    await sender.settle()
    await asyncio.gather(task, return_exceptions=True)
    assert await desk.rows("status", "attempts") == [("sent", 1)]
