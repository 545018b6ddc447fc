"""Who waits for whom: nobody for a row they do not need, nobody for ever, and in fair order."""

from __future__ import annotations

import asyncio

import pytest

from firmhold.engine.ticket import Answer, Reply
from tests.databases import Address
from tests.engine.several import (
    blocked,
    clean,
    locked,
    many_items,
    outcome,
    outcomes,
    turn,
)
from tests.shop import Shop, open_shop, refused


async def test_a_locked_item_holds_up_no_other(shop: Shop) -> None:
    hot, *cold = await many_items(shop, 21, 1_000)
    async with locked(shop.dsn, hot) as holder:
        waiting = [asyncio.create_task(shop.hold((hot, 1))) for _ in range(50)]
        await blocked(shop.dsn)
        for _ in range(5):
            replies = await asyncio.gather(*(shop.hold((item, 1)) for item in cold))
            assert outcomes(replies) == {"accepted": 20}
            waiting += [asyncio.create_task(shop.hold((hot, 1))) for _ in range(10)]
            await turn()
        assert not any(task.done() for task in waiting)
        await holder.execute("COMMIT")
    assert outcomes(await asyncio.gather(*waiting)) == {"accepted": 100}
    await clean(shop)


async def test_a_hold_on_both_waits_and_those_behind_it_wait_only_for_their_own(
    shop: Shop,
) -> None:
    hot, cold, other = await many_items(shop, 3, 1_000)
    async with locked(shop.dsn, hot) as holder:
        first = asyncio.create_task(shop.hold((hot, 1)))
        await blocked(shop.dsn)
        both = asyncio.create_task(shop.hold((hot, 1), (cold, 1)))
        await turn()
        behind = asyncio.create_task(shop.hold((cold, 1)))
        assert outcome(await shop.hold((other, 1))) == "accepted"
        # It came after one that needs the same item, and is not served before it.
        assert not both.done() and not behind.done()
        await holder.execute("COMMIT")
    assert outcomes(await asyncio.gather(first, both, behind)) == {"accepted": 3}
    await clean(shop)


async def test_the_last_units_go_to_those_who_asked_first(shop: Shop) -> None:
    """2,000 requests, several batches, 700 units: the first 700 get them."""
    item = await shop.item(700)
    answered: list[int] = []

    async def ask(number: int) -> Reply:
        reply = await shop.hold((item, 1))
        answered.append(number)
        return reply

    replies = await asyncio.gather(*(ask(n) for n in range(2_000)))
    assert [outcome(reply) for reply in replies] == (
        ["accepted"] * 700 + ["insufficient_capacity"] * 1_300
    )
    assert answered == sorted(answered)
    await clean(shop)


async def test_order_is_kept_among_requests_for_one_and_for_several_items(shop: Shop) -> None:
    left, right = await many_items(shop, 2, 300)
    wishes = [[(left, 1)], [(left, 1), (right, 1)], [(right, 1)], [(right, 1), (left, 1)]]
    replies = await asyncio.gather(*(shop.hold(*wishes[n % 4]) for n in range(1_000)))
    # Each of four takes three of the left and three of the right: after 400, both are sold out.
    names = [outcome(reply) for reply in replies]
    assert names == ["accepted"] * 400 + ["insufficient_capacity"] * 600
    await clean(shop)


async def test_one_request_too_many_is_told_so_at_once(database: Address) -> None:
    async with open_shop(database.dsn, queue_limit=50) as shop:
        item = await shop.item(1_000)
        async with locked(shop.dsn, item) as holder:
            waiting = [asyncio.create_task(shop.hold((item, 1))) for _ in range(50)]
            await blocked(shop.dsn)
            for _ in range(3):
                task = asyncio.create_task(shop.hold((item, 1)))
                await turn()
                assert task.done() and refused(task.result()) == "overloaded"
            assert shop.services.engine.waiting == 50
            await holder.execute("COMMIT")
        assert outcomes(await asyncio.gather(*waiting)) == {"accepted": 50}
        assert outcome(await shop.hold((item, 1))) == "accepted"
        assert await shop.counts(item) == (1_000, 51, 0)
        await clean(shop)


async def test_patience_ends_when_it_is_said_to_and_all_is_well_afterwards(
    database: Address,
) -> None:
    async with open_shop(database.dsn, patience_seconds=0.5) as shop:
        item = await shop.item(1_000)
        loop = asyncio.get_running_loop()
        async with locked(shop.dsn, item) as holder:
            began = loop.time()
            replies = await asyncio.gather(*(shop.hold((item, 1)) for _ in range(100)))
            assert outcomes(replies) == {"overloaded": 100}
            assert 0.5 <= loop.time() - began < 2
            assert shop.services.engine.waiting == 0
            await holder.execute("COMMIT")

        async def sold() -> str:
            return outcome(await shop.hold((item, 1)))

        # The attempt that was under way may still be; the next ones are not refused for it.
        names = [await sold() for _ in range(5)]
        assert names[1:] == ["accepted"] * 4, names
        await clean(shop)


async def test_a_caller_that_goes_away_frees_its_place(database: Address) -> None:
    async with open_shop(database.dsn, queue_limit=20) as shop:
        item = await shop.item(1_000)
        async with locked(shop.dsn, item) as holder:
            first = asyncio.create_task(shop.hold((item, 1)))
            await blocked(shop.dsn)
            waiting = [asyncio.create_task(shop.hold((item, 1))) for _ in range(19)]
            await turn()
            assert refused(await shop.hold((item, 1))) == "overloaded"
            for task in waiting[:10]:
                task.cancel()
            await turn()
            assert shop.services.engine.waiting == 10
            waiting += [asyncio.create_task(shop.hold((item, 1))) for _ in range(10)]
            await turn()
            assert refused(await shop.hold((item, 1))) == "overloaded"
            await holder.execute("COMMIT")
        assert outcomes(await asyncio.gather(first, *waiting[10:])) == {"accepted": 20}
        # Those who left before their batch began have had no effect.
        assert await shop.counts(item) == (1_000, 20, 0)
        assert shop.services.engine.waiting == 0
        await clean(shop)


async def test_another_organization_does_not_wait(database: Address) -> None:
    async with (
        open_shop(database.dsn) as shop,
        open_shop(database.dsn, slug="other") as other,
    ):
        # The same process serves both.
        other.services = shop.services
        mine, theirs = await many_items(shop, 30, 10), await other.item(1_000)
        async with locked(shop.dsn, *mine) as holder:
            waiting = [asyncio.create_task(shop.hold((item, 1))) for item in mine]
            await blocked(shop.dsn)
            replies = await asyncio.gather(*(other.hold((theirs, 1)) for _ in range(50)))
            assert outcomes(replies) == {"accepted": 50}
            assert not any(task.done() for task in waiting)
            await holder.execute("COMMIT")
        assert outcomes(await asyncio.gather(*waiting)) == {"accepted": 30}
        await clean(shop)


async def test_an_item_that_stays_locked_delays_the_others_for_a_bounded_time_only(
    database: Address,
) -> None:
    """Requests for the locked item keep coming, give up and come again, and so get into batches
    with the others' requests. Those must not be given up along with them."""
    async with open_shop(database.dsn, patience_seconds=3) as shop:
        hot, cold = await many_items(shop, 2, 100_000)
        loop = asyncio.get_running_loop()
        names: list[str] = []
        slowest = 0.0
        async with locked(shop.dsn, hot):
            ends = loop.time() + 7

            async def nag() -> None:
                while loop.time() < ends:
                    await shop.hold((hot, 1))

            async def buy() -> None:
                nonlocal slowest
                while loop.time() < ends:
                    began = loop.time()
                    names.append(outcome(await shop.hold((cold, 1))))
                    slowest = max(slowest, loop.time() - began)

            await asyncio.gather(*(nag() for _ in range(10)), *(buy() for _ in range(10)))
        assert set(names) == {"accepted"}, (len(names), slowest)
        await clean(shop)


async def test_two_locked_items_do_not_hold_up_a_third(shop: Shop) -> None:
    hot, warm, cold = await many_items(shop, 3, 100)
    async with locked(shop.dsn, hot, warm) as holder:
        first = asyncio.create_task(shop.hold((hot, 1)))
        await blocked(shop.dsn, 1)
        second = asyncio.create_task(shop.hold((warm, 1)))
        await blocked(shop.dsn, 2)
        third = await shop.hold((cold, 1))
        assert isinstance(third, Answer)
        assert not first.done() and not second.done()
        await holder.execute("COMMIT")
    assert outcomes(await asyncio.gather(first, second)) == {"accepted": 2}
    await clean(shop)


@pytest.mark.parametrize("pooler", [False, True], ids=["session", "behind a pooler"])
async def test_a_batch_is_not_stuck_on_a_row_for_long(database: Address, pooler: bool) -> None:
    """Behind a pooler no setting outlives a transaction, so each has to bring its own."""
    async with open_shop(database.dsn, database_pooler=pooler) as shop:
        hot, cold = await many_items(shop, 2, 10)
        async with locked(shop.dsn, hot) as holder:
            # Begun in one turn of the event loop, so that they are in one batch.
            stuck = asyncio.create_task(shop.hold((hot, 1)))
            assert outcome(await shop.hold((cold, 1))) == "accepted"
            assert not stuck.done()
            await holder.execute("COMMIT")
        assert outcome(await stuck) == "accepted"
        await clean(shop)
