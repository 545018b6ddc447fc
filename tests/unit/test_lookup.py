"""Coalesced look-ups: many ask at once, one query answers, and one who leaves harms nobody."""

import asyncio
from collections.abc import Awaitable

import pytest

from firmhold.engine import lookup as module
from firmhold.engine.lookup import AT_ONCE, InOrganization, Lookup


class Table:
    """What is looked up, on demand: each query waits until the test lets it be answered."""

    def __init__(self, **rows: int) -> None:
        self.rows = rows
        self.queries: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.error: BaseException | None = None

    async def load(self, whose: str, keys: list[InOrganization]) -> dict[InOrganization, int]:
        assert {key.organization for key in keys} == {whose}
        self.queries.append([key.value for key in keys])
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return {key: self.rows[key.value] for key in keys if key.value in self.rows}


def ours(value: str) -> InOrganization:
    return InOrganization("ours", value)


async def soon(answer: Awaitable[int | None]) -> int | None:
    """An answer that never comes is a failure and not a hanging suite."""
    async with asyncio.timeout(5):
        return await answer


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_an_answer_is_asked_for_once_and_then_known() -> None:
    table = Table(a=1)
    lookup = Lookup(table.load)
    assert lookup.known(ours("a")) is None
    assert await soon(lookup.get(ours("a"))) == 1
    assert await soon(lookup.get(ours("a"))) == 1
    assert lookup.known(ours("a")) == 1
    assert table.queries == [["a"]]


async def test_many_who_ask_at_once_share_one_query() -> None:
    table = Table(a=1, b=2)
    lookup = Lookup(table.load)
    answers = await asyncio.gather(
        *[lookup.get(ours(key)) for key in "abab"], lookup.get(ours("c"))
    )
    assert answers == [1, 2, 1, 2, None]
    assert table.queries == [["a", "b", "c"]]


async def test_whoever_asks_during_a_query_is_answered_by_the_next() -> None:
    table = Table(a=1, b=2, c=3)
    table.open.clear()
    lookup = Lookup(table.load)
    first = asyncio.create_task(lookup.get(ours("a")))
    await settle()
    later = [asyncio.create_task(lookup.get(ours(key))) for key in "bcb"]
    await settle()
    assert table.queries == [["a"]]
    table.open.set()
    assert [await task for task in (first, *later)] == [1, 2, 3, 2]
    assert table.queries == [["a"], ["b", "c"]]


async def test_a_query_is_about_one_organization_and_each_has_its_turn() -> None:
    table = Table(a=1, b=2)
    table.open.clear()
    lookup = Lookup(table.load)
    theirs = InOrganization("theirs", "a")
    asked = [ours("a"), theirs, ours("b"), InOrganization("theirs", "b")]
    answers = [asyncio.create_task(lookup.get(key)) for key in asked]
    await settle()
    table.open.set()
    assert [await answer for answer in answers] == [1, 1, 2, 2]
    assert table.queries == [["a", "b"], ["a", "b"]]
    assert lookup.known(theirs) == 1


async def test_what_is_not_there_is_asked_for_again_because_it_may_come() -> None:
    table = Table()
    lookup = Lookup(table.load)
    assert await soon(lookup.get(ours("a"))) is None
    assert lookup.known(ours("a")) is None
    table.rows["a"] = 1
    assert await soon(lookup.get(ours("a"))) == 1


async def test_what_was_told_otherwise_need_not_be_asked() -> None:
    table = Table()
    lookup = Lookup(table.load)
    lookup.remember(ours("a"), 1)
    assert lookup.known(ours("a")) == 1
    assert await soon(lookup.get(ours("a"))) == 1
    assert table.queries == []


async def test_an_error_reaches_all_who_asked_and_is_not_remembered() -> None:
    table = Table(a=1, b=2)
    table.error = ConnectionError("away")
    lookup = Lookup(table.load)
    async with asyncio.timeout(5):
        answers = await asyncio.gather(
            *[lookup.get(ours(key)) for key in "aab"], return_exceptions=True
        )
    assert answers == [table.error] * 3
    table.error = None
    assert await soon(lookup.get(ours("a"))) == 1
    assert await soon(lookup.get(ours("b"))) == 2


async def test_an_error_does_not_reach_those_who_wait_for_the_next_query() -> None:
    table = Table(a=1, b=2)
    table.open.clear()
    table.error = ConnectionError("away")
    lookup = Lookup(table.load)
    first = asyncio.create_task(lookup.get(ours("a")))
    await settle()
    second = asyncio.create_task(lookup.get(ours("b")))
    await settle()
    table.open.set()
    with pytest.raises(ConnectionError):
        await first
    with pytest.raises(ConnectionError):
        await second
    assert table.queries == [["a"], ["b"]]


async def test_a_caller_who_leaves_takes_nobody_along() -> None:
    table = Table(a=1)
    table.open.clear()
    lookup = Lookup(table.load)
    tasks = [asyncio.create_task(lookup.get(ours("a"))) for _ in range(3)]
    await settle()
    tasks[0].cancel()
    await settle()
    assert tasks[0].cancelled()
    table.open.set()
    assert [await task for task in tasks[1:]] == [1, 1]
    assert table.queries == [["a"]]


@pytest.mark.parametrize("error", [None, ConnectionError("away")], ids=["answer", "error"])
async def test_if_all_callers_leave_the_answer_is_still_put_away_in_peace(
    error: Exception | None,
) -> None:
    table = Table(a=1)
    table.open.clear()
    table.error = error
    lookup = Lookup(table.load)
    task = asyncio.create_task(lookup.get(ours("a")))
    await settle()
    task.cancel()
    await settle()
    table.open.set()
    await settle()
    assert lookup.known(ours("a")) == (1 if error is None else None)
    table.error = None
    assert await soon(lookup.get(ours("a"))) == 1


async def test_no_query_is_larger_than_its_limit() -> None:
    table = Table(**{f"k{n}": n for n in range(2 * AT_ONCE + 1)})
    lookup = Lookup(table.load)
    answers = await asyncio.gather(*[lookup.get(ours(key)) for key in table.rows])
    assert answers == list(table.rows.values())
    assert [len(keys) for keys in table.queries] == [AT_ONCE, AT_ONCE, 1]


async def test_memory_is_bounded_and_the_oldest_answer_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    table = Table(a=1, b=2, c=3, d=4)
    lookup = Lookup(table.load)
    for key in "abcd":
        await soon(lookup.get(ours(key)))
    assert [lookup.known(ours(key)) for key in "abcd"] == [None, 2, 3, 4]
    assert await soon(lookup.get(ours("a"))) == 1
    assert [lookup.known(ours(key)) for key in "abcd"] == [1, None, 3, 4]


async def test_to_be_told_again_makes_nobody_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    lookup = Lookup(Table().load)
    for key in "abb":
        lookup.remember(ours(key), 1)
    assert [lookup.known(ours(key)) for key in "ab"] == [1, 1]


async def test_nothing_runs_when_nobody_asks() -> None:
    before = asyncio.all_tasks()
    lookup = Lookup(Table(a=1).load)
    await soon(lookup.get(ours("a")))
    await settle()
    assert asyncio.all_tasks() == before


async def test_if_a_query_is_cancelled_those_behind_it_are_not_left_hanging() -> None:
    table = Table(a=1, b=2)
    table.open.clear()
    table.error = asyncio.CancelledError()
    lookup = Lookup(table.load)
    first = asyncio.create_task(lookup.get(ours("a")))
    await settle()
    second = asyncio.create_task(lookup.get(ours("b")))
    await settle()
    table.open.set()
    await settle()
    assert first.done()
    try:
        assert second.done() or await asyncio.wait_for(lookup.get(ours("b")), 0.05) == 2
    finally:
        second.cancel()
