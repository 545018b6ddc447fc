"""Whoever is subscribed is told everything once, whenever they come, go and come back."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from firmhold.identity.directory import Directory
from firmhold.relay import hub as module
from firmhold.relay import subscription as bounds
from firmhold.relay.change import Entry
from firmhold.relay.event import Event
from firmhold.relay.hub import Hub
from firmhold.relay.position import Position, position_of
from firmhold.relay.subscription import News, Subscription
from tests.relay.book import Book, put


def words(what: Entry | Event) -> bytes:
    return f"{what.offering} {what.seq}".encode() if isinstance(what, Entry) else what.id.encode()


@pytest.fixture
async def hub(book: Book) -> AsyncIterator[Hub]:
    """One that looks again and again."""
    hub = Hub(book.database, words)

    async def run() -> None:
        while True:
            await hub.run_once()
            await asyncio.sleep(0.002)

    task = asyncio.create_task(run())
    yield hub
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def news(subscription: Subscription) -> News:
    assert await subscription.has_news(10)
    return subscription.take()


def counts(told: News) -> list[tuple[str, int]]:
    return [(it.what.offering, it.what.seq) for it in told.availability]


async def test_a_change_is_told_to_those_who_want_it_and_to_nobody_else(
    book: Book, hub: Hub
) -> None:
    item, other = await book.offering(), await book.offering()
    wants = await hub.subscribe(book.organization, [item])
    another = await hub.subscribe(book.organization, [other])
    feed = await hub.subscribe(book.organization, [book.organization])
    await book.write(item)
    told = await news(wants.subscription)
    assert (counts(told), told.events, told.resync) == ([(item, 1)], (), False)
    (event,) = (await news(feed.subscription)).events
    assert isinstance(event.what, Event)
    assert event.what.type == "reservation.held"
    assert not await another.subscription.has_news(0.05)


async def test_who_is_new_is_told_what_is_left_and_what_changes_from_there(
    book: Book, hub: Hub
) -> None:
    item = await book.offering()
    await book.write(item)
    joined = await hub.subscribe(book.organization, [item])
    assert [(row["capacity"], row["available"]) for row in joined.stock] == [(9, 9)]
    await book.write(item)
    assert counts(await news(joined.subscription)) == [(item, 2)]


async def test_of_counts_only_the_newest_wait_and_events_all(book: Book, hub: Hub) -> None:
    item, reservation = await book.offering(), "rsv_" + "7" * 32
    joined = await hub.subscribe(book.organization, [item, reservation])
    for kind in ("held", "extended", "confirmed"):
        await book.write(item, kind=kind, reservation=reservation)
    while hub.position_of(joined.subscription) is None:
        await asyncio.sleep(0.01)
    told, types = [], []
    while await joined.subscription.has_news(0.2):
        taken = joined.subscription.take()
        told += counts(taken)
        types += [it.what.type for it in taken.events if isinstance(it.what, Event)]
    assert told[-1] == (item, 3)
    assert types == ["reservation.held", "reservation.extended", "reservation.confirmed"]


async def test_another_organization_is_told_nothing_even_if_it_knows_the_id(
    book: Book, hub: Hub
) -> None:
    other = await Directory(book.database).ensure_organization("other", "Other")
    item = await book.offering()
    spy = await hub.subscribe(other.id, [item, book.organization])
    assert spy.stock == []
    await book.write(item)
    assert not await spy.subscription.has_news(0.1)
    again = await hub.subscribe(other.id, [item, book.organization], spy.position)
    assert not await again.subscription.has_news(0.1)


async def test_a_subscriber_who_takes_nothing_is_bounded_and_told_to_look_anew(
    book: Book, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_EVENTS", 3)
    item = await book.offering()
    joined = await hub.subscribe(book.organization, [book.organization])
    for _ in range(5):
        await book.write(item)
    while True:
        told = await news(joined.subscription)
        if told.resync:
            break
    assert told.events == ()
    await book.write(item)
    assert len((await news(joined.subscription)).events) >= 0


async def test_who_comes_back_too_late_is_told_to_look_anew(
    book: Book, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_MISSED", 2)
    monkeypatch.setattr("firmhold.relay.tail.AT_ONCE", 1)
    item = await book.offering()
    start = await book.position()
    for _ in range(6):
        await book.write(item)
    for after in (start._replace(system=1), start):
        joined = await hub.subscribe(book.organization, [item], after)
        if joined.resync:
            assert len(joined.stock) == 1
    assert (await hub.subscribe(book.organization, [item], start._replace(system=1))).resync


async def test_what_happens_before_the_hub_has_looked_for_the_first_time_is_told(
    book: Book,
) -> None:
    hub, item = Hub(book.database, words), await book.offering()
    joined = await hub.subscribe(book.organization, [item])
    await book.write(item)
    await hub.run_once()
    assert counts(await news(joined.subscription)) == [(item, 1)]


async def test_a_hub_without_subscribers_reads_nothing(book: Book) -> None:
    hub = Hub(book.database, words)
    task = asyncio.create_task(hub.run_once())
    await asyncio.sleep(0.05)
    assert not task.done()
    joined = await hub.subscribe(book.organization, ["rsv_1"])
    await asyncio.wait_for(task, 10)
    hub.leave(joined.subscription)
    hub.leave(joined.subscription)
    assert hub.subscriptions == 0
    assert hub._by_topic == {}


async def test_a_hub_is_behind_from_its_first_subscriber_on_until_it_has_told_all(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    hub, item = Hub(book.database, words), await book.offering()
    assert hub.lag() == 0
    joined = await hub.subscribe(book.organization, [item])
    assert hub.lag() == 0
    now += 5
    assert hub.lag() == 5
    with monkeypatch.context() as patch:
        patch.setattr(module, "read", partial(module.read, at_once=1))
        for _ in range(3):
            await book.write(item)
        assert await hub.run_once() == 0.0
        assert hub.lag() == 5, "that was not all"
    await hub.run_once()
    assert hub.lag() == 0
    now += 5
    hub.leave(joined.subscription)
    assert hub.lag() == 0


@pytest.mark.parametrize("seed", range(4))
async def test_subscribers_who_come_and_go_miss_nothing_and_hear_nothing_twice(
    book: Book, hub: Hub, seed: int
) -> None:
    """Each leaves at any moment, even before it has taken anything, with the last position it
    knows."""
    items = [await book.offering() for _ in range(4)]
    dice, over = random.Random(seed), asyncio.Event()
    start = await book.position()

    async def write() -> None:
        connection = await book.writer()
        for _ in range(60):
            transaction = connection.transaction()
            await transaction.start()
            await connection.fetchval("SELECT pg_current_xact_id()::text")
            await asyncio.sleep(dice.random() * 0.005)
            await put(connection, dice.sample(items, dice.randint(1, 3)))
            await asyncio.sleep(dice.random() * 0.005)
            await (transaction.rollback() if dice.random() < 0.2 else transaction.commit())
        await connection.close()

    async def follow(topics: list[str]) -> list[Any]:
        heard: list[Any] = []
        position: Position = start
        while True:
            ended = over.is_set()
            again = position_of(position.text())
            joined = await hub.subscribe(book.organization, topics, again)
            assert not joined.resync
            for _ in range(dice.randint(0, 6)):
                if await joined.subscription.has_news(0.05):
                    told = joined.subscription.take()
                    heard += [it.what for it in (*told.availability, *told.events)]
                    position = told.position
                elif quiet := hub.position_of(joined.subscription):
                    position = quiet
                await asyncio.sleep(dice.random() * 0.01)
            while ended:
                if await joined.subscription.has_news(0.3):
                    told = joined.subscription.take()
                    heard += [it.what for it in (*told.availability, *told.events)]
                elif hub.position_of(joined.subscription):
                    break
            hub.leave(joined.subscription)
            if ended:
                return heard

    followers = [asyncio.create_task(follow([book.organization])) for _ in range(5)]
    one = asyncio.create_task(follow([items[0]]))
    await asyncio.gather(*(write() for _ in range(4)))
    over.set()
    written = (await book.read(start)).changes
    expected = [e.id for c in written for e in module.events_of(c)]
    for heard in await asyncio.gather(*followers):
        ids = [event.id for event in heard]
        assert len(ids) == len(set(ids))
        assert set(ids) == set(expected)
        last: dict[str, int] = {}
        for event in heard:
            for entry in event.entries:
                assert entry.seq > last.get(entry.offering, 0)
                last[entry.offering] = entry.seq
    seen = [entry.seq for entry in await one]
    assert seen == sorted(set(seen))
    assert seen[-1] == max(e.seq for c in written for e in c.entries if e.offering == items[0])


async def test_a_subscriber_waits_no_longer_than_was_said_and_may_go_away_meanwhile(
    book: Book,
) -> None:
    hub, item = Hub(book.database, words), await book.offering()
    subscription = (await hub.subscribe(book.organization, [item])).subscription
    waiting = asyncio.create_task(subscription.has_news(3600))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not await asyncio.wait_for(subscription.has_news(0.01), 10)
    again = asyncio.create_task(subscription.has_news(3600))
    await asyncio.sleep(0)
    hub.leave(subscription)
    assert await asyncio.wait_for(again, 10), "it is over, and nobody waits for more"


async def test_who_has_missed_more_than_may_wait_is_told_all_of_it(
    book: Book, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That nobody was there to tell them is not their slowness."""
    monkeypatch.setattr(bounds, "MOST_EVENTS", 3)
    item, start = await book.offering(), await book.position()
    for _ in range(10):
        await book.write(item)
    joined = await hub.subscribe(book.organization, [book.organization], start)
    for _ in range(2):
        await book.write(item)
    told: list[Any] = []
    while len(told) < 12:
        taken = await news(joined.subscription)
        assert not taken.resync
        told += taken.events
    for _ in range(5):
        await book.write(item)
    while not (await news(joined.subscription)).resync:
        pass
