"""Two things that cannot both happen, asked for at once on different engines: one of them does,
and every unit comes back exactly once.

Each race runs 1,000 rounds, 25 at a time, each on an item of its own: so the engines' batches
overlap in many rows and in different orders, as they do under load. Holds that are to end during a
race are aged to end within a few milliseconds of it, before, amid and after.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    Confirm,
    Expire,
    Extend,
    Release,
    SetCapacity,
)
from firmhold.domain.desk import CLOCK
from firmhold.engine.ticket import Reply
from firmhold.workers.expirer import Expirer
from tests.engine.several import (
    blocked,
    clean,
    end_holds,
    locked,
    many_items,
    outcome,
    outcomes,
    raw,
    rounds,
    statuses,
    together,
)
from tests.shop import OPERATOR, Shop

AT_ONCE = 25
"""Rounds that run side by side."""

Pair = tuple[Shop, Shop]
Act = Callable[[Shop, str, str], Awaitable[Reply]]


def confirm(shop: Shop, item: str, id: str) -> Awaitable[Reply]:
    return shop.submit(Confirm(id, OPERATOR))


def reacquire(shop: Shop, item: str, id: str) -> Awaitable[Reply]:
    return shop.submit(Confirm(id, OPERATOR, reacquire=True))


def release(shop: Shop, item: str, id: str) -> Awaitable[Reply]:
    return shop.submit(Release(id, OPERATOR))


def cancel(shop: Shop, item: str, id: str) -> Awaitable[Reply]:
    return shop.submit(Cancel(id, OPERATOR))


def expire(shop: Shop, item: str, id: str) -> Awaitable[Reply]:
    return shop.submit(Expire(id, CLOCK))


def extend(shop: Shop, item: str, id: str) -> Awaitable[Reply]:
    return shop.submit(Extend(id, OPERATOR, 600))


def hold_next(shop: Shop, item: str, id: str) -> Awaitable[Reply]:
    return shop.hold((item, 1))


def lower(shop: Shop, item: str, id: str) -> Awaitable[Reply]:
    return shop.submit(SetCapacity(item, OPERATOR, 0))


async def items_with_a_hold(shop: Shop, number: int, quantity: int = 1) -> list[tuple[str, str]]:
    """Items of which every unit is held, and the holds."""
    items = await many_items(shop, number, quantity)
    holds = await asyncio.gather(*(shop.held((item, quantity)) for item in items))
    return [(item, hold.id) for item, hold in zip(items, holds, strict=True)]


async def race(
    pair: Pair, *acts: Act, ends: bool = False, quantity: int = 1
) -> list[tuple[str, str, list[str]]]:
    """Run the acts against each other; each round's item, hold and outcomes in the acts' order."""
    results = []
    for number in range(rounds(1_000) // AT_ONCE or 1):
        stock = await items_with_a_hold(pair[0], AT_ONCE, quantity)
        if ends:
            # Milliseconds. Where the end falls among the acts depends on how busy the machine is.
            at = [random.uniform(-1, 8 << number % 6) for _ in stock]
            await end_holds(pair[0].dsn, [id for _, id in stock], at)
        swap = random.random() < 0.5
        starts = [
            lambda act=act, shop=pair[(n + swap) % 2], item=item, id=id: act(shop, item, id)
            for item, id in stock
            for n, act in enumerate(acts)
        ]
        replies = await together(*starts)
        for n, (item, id) in enumerate(stock):
            of_round = replies[n * len(acts) : (n + 1) * len(acts)]
            results.append((item, id, [outcome(reply) for reply in of_round]))
    return results


async def counts_of(shop: Shop, items: list[str]) -> list[tuple[int, int, int]]:
    async with raw(shop.dsn) as connection:
        found = await connection.fetch(
            "SELECT id, capacity, held, confirmed FROM offering WHERE id = ANY ($1)",
            [item[-32:] for item in items],
        )
    by_id = {row["id"].hex: (row["capacity"], row["held"], row["confirmed"]) for row in found}
    return [by_id[item[-32:]] for item in items]


async def test_confirm_against_expiry(pair: Pair) -> None:
    results = await race(pair, confirm, expire, hold_next, ends=True)
    after = await statuses(pair[0].dsn, [id for _, id, _ in results])
    seen = Counter()
    for (_, _, (confirmed, _, held)), status in zip(results, after, strict=True):
        seen[confirmed, held] += 1
        if confirmed == "accepted":
            assert status == "confirmed" and held == "insufficient_capacity"
        else:
            assert confirmed == "hold_expired" and status == "expired"
            # Or it asked before the end, and was refused.
            assert held in {"accepted", "insufficient_capacity"}
    assert seen["accepted", "insufficient_capacity"] and seen["hold_expired", "accepted"], seen
    for capacity, held, confirmed in await counts_of(pair[0], [item for item, _, _ in results]):
        assert held + confirmed <= capacity == 1
    await clean(pair[0])


async def test_release_against_confirm(pair: Pair) -> None:
    results = await race(pair, release, confirm)
    after = await statuses(pair[0].dsn, [id for _, id, _ in results])
    counts = await counts_of(pair[0], [item for item, _, _ in results])
    seen = Counter()
    for (_, _, of_round), status, count in zip(results, after, counts, strict=True):
        seen[tuple(of_round), status, count] += 1
    assert set(seen) == {
        (("accepted", "already_released"), "released", (1, 0, 0)),
        (("already_confirmed", "accepted"), "confirmed", (1, 0, 1)),
    }, seen
    await clean(pair[0])


async def test_cancel_ten_times_gives_back_once(pair: Pair) -> None:
    for _ in range(rounds(1_000) // AT_ONCE or 1):
        stock = await items_with_a_hold(pair[0], AT_ONCE)
        await asyncio.gather(*(confirm(pair[0], item, id) for item, id in stock))
        starts = [
            lambda shop=pair[n % 2], item=item, id=id: cancel(shop, item, id)
            for item, id in stock
            for n in range(10)
        ]
        assert outcomes(await together(*starts)) == {"accepted": 10 * AT_ONCE}
        assert set(await counts_of(pair[0], [item for item, _ in stock])) == {(1, 0, 0)}
    async with raw(pair[0].dsn) as connection:
        cancelled = await connection.fetchval("SELECT count(*) FROM ledger WHERE kind='cancelled'")
    assert cancelled == (rounds(1_000) // AT_ONCE or 1) * AT_ONCE
    await clean(pair[0])


async def test_cancel_against_confirm(pair: Pair) -> None:
    """Both may win, one after the other; what counts is that the unit is back once in the end."""
    results = await race(pair, cancel, confirm, cancel)
    after = await statuses(pair[0].dsn, [id for _, id, _ in results])
    for (_, _, (first, confirmed, second)), status in zip(results, after, strict=True):
        assert first == second == "accepted"
        assert (confirmed, status) in {
            ("accepted", "cancelled"),
            ("already_released", "released"),
        }
    assert set(await counts_of(pair[0], [item for item, _, _ in results])) == {(1, 0, 0)}
    await clean(pair[0])


async def test_extend_against_expiry(pair: Pair) -> None:
    results = await race(pair, extend, expire, hold_next, ends=True)
    after = await statuses(pair[0].dsn, [id for _, id, _ in results])
    seen = Counter()
    for (_, _, (extended, _, held)), status in zip(results, after, strict=True):
        seen[extended] += 1
        if extended == "accepted":
            assert status == "held" and held == "insufficient_capacity"
        else:
            assert extended == "hold_expired" and status == "expired"
    assert set(seen) == {"accepted", "hold_expired"}
    await clean(pair[0])


async def test_two_expirers_give_back_once(pair: Pair) -> None:
    expirers = [Expirer(shop.services.engine) for shop in pair]
    for _ in range(rounds(1_000) // AT_ONCE or 1):
        stock = await items_with_a_hold(pair[0], AT_ONCE)
        await end_holds(pair[0].dsn, [id for _, id in stock], [-1] * AT_ONCE)
        await together(*(expirer.run_once for expirer in expirers))
        assert set(await counts_of(pair[0], [item for item, _ in stock])) == {(1, 0, 0)}
        assert set(await statuses(pair[0].dsn, [id for _, id in stock])) == {"expired"}
    async with raw(pair[0].dsn) as connection:
        expired = await connection.fetchval("SELECT count(*) FROM ledger WHERE kind='expired'")
    assert expired == (rounds(1_000) // AT_ONCE or 1) * AT_ONCE
    await clean(pair[0])


async def test_confirm_against_confirm_with_different_parts(pair: Pair) -> None:
    """The first says how much is kept; the other is told that it came too late."""

    def part(units: int) -> Act:
        return lambda shop, item, id: shop.submit(Confirm(id, OPERATOR, (Asked(item, units),)))

    results = await race(pair, part(1), part(2), confirm, quantity=3)
    counts = await counts_of(pair[0], [item for item, _, _ in results])
    seen = set()
    for (_, _, of_round), count in zip(results, counts, strict=True):
        winners = [n for n, name in enumerate(of_round) if name == "accepted"]
        if of_round[:2] == ["already_confirmed"] * 2:
            assert winners == [2] and count == (3, 0, 3)
        else:
            # Confirming a confirmed reservation without naming lines returns it.
            assert len(winners) == 2 and winners[1] == 2
            assert count == (3, 0, winners[0] + 1)
        seen.add(winners[0])
    assert seen == {0, 1, 2}
    await clean(pair[0])


async def test_hold_against_capacity_lowered(pair: Pair) -> None:
    """Never below what is promised, never sold beyond what is left."""
    seen = Counter()
    for _ in range(rounds(1_000) // AT_ONCE or 1):
        items = await many_items(pair[0], AT_ONCE, 1)
        starts = [
            start
            for item in items
            for start in (
                lambda item=item: hold_next(pair[0], item, ""),
                lambda item=item: lower(pair[1], item, ""),
            )
        ]
        replies = await together(*starts)
        counts = await counts_of(pair[0], items)
        for n, count in enumerate(counts):
            seen[outcome(replies[2 * n]), outcome(replies[2 * n + 1]), count] += 1
    assert set(seen) == {
        ("accepted", "capacity_below_reserved", (1, 1, 0)),
        ("insufficient_capacity", "accepted", (0, 0, 0)),
    }, seen
    await clean(pair[0])


async def test_hold_against_capacity_drained(pair: Pair) -> None:
    results = []
    for _ in range(rounds(400) // AT_ONCE or 1):
        items = await many_items(pair[0], AT_ONCE, 3)
        holds = await asyncio.gather(*(pair[0].held((item, 2)) for item in items))
        starts = [
            start
            for item, held in zip(items, holds, strict=True)
            for start in (
                lambda item=item: pair[0].hold((item, 1)),
                lambda item=item: pair[1].submit(AdjustCapacity(item, OPERATOR, -3, "gone", True)),
                lambda id=held.id: pair[0].submit(Release(id, OPERATOR)),
            )
        ]
        results += await together(*starts)
        for capacity, held, confirmed in await counts_of(pair[0], items):
            assert held + confirmed == capacity and capacity in {0, 1}
    assert outcomes(results[1::3]) == {"accepted": len(results) // 3}
    await clean(pair[0])


async def test_reacquire_against_a_new_hold(pair: Pair) -> None:
    seen = Counter()
    for _ in range(rounds(1_000) // AT_ONCE or 1):
        stock = await items_with_a_hold(pair[0], AT_ONCE)
        await end_holds(pair[0].dsn, [id for _, id in stock], [-1] * AT_ONCE)
        starts = [
            start
            for n, (item, id) in enumerate(stock)
            for start in (
                lambda item=item, id=id, n=n: reacquire(pair[n % 2], item, id),
                lambda item=item, id=id, n=n: hold_next(pair[1 - n % 2], item, id),
            )
        ]
        replies = await together(*starts)
        counts = await counts_of(pair[0], [item for item, _ in stock])
        after = await statuses(pair[0].dsn, [id for _, id in stock])
        for n in range(AT_ONCE):
            both = outcome(replies[2 * n]), outcome(replies[2 * n + 1])
            seen[both, counts[n], after[n]] += 1
    assert set(seen) == {
        (("accepted", "insufficient_capacity"), (1, 0, 1), "confirmed"),
        (("insufficient_capacity", "accepted"), (1, 1, 0), "expired"),
    }, seen
    await clean(pair[0])


async def test_release_against_expiry(pair: Pair) -> None:
    results = await race(pair, release, expire, hold_next, ends=True)
    after = await statuses(pair[0].dsn, [id for _, id, _ in results])
    for (_, _, (released, _, _)), status in zip(results, after, strict=True):
        assert (released, status) in {("accepted", "released"), ("hold_expired", "expired")}
    await clean(pair[0])


@pytest.mark.parametrize("lines", [2, 5])
async def test_lines_in_any_order_never_deadlock_and_are_all_or_nothing(
    pair: Pair, lines: int
) -> None:
    """1,000 rounds of two (or five) holds that name the same items in different orders. No error
    reaches a caller, and a reservation has all of its lines or does not exist."""
    items = [await pair[0].item(40) for _ in range(lines + 1)]
    placed: list[tuple[str, ...]] = []
    refusals = 0
    for _ in range(rounds(1_000) // AT_ONCE or 1):
        orders = [tuple(random.sample(items, lines)) for _ in range(AT_ONCE)]
        starts = [
            start
            for order in orders
            for start in (
                lambda order=order: pair[0].hold(*((item, 1) for item in order)),
                lambda order=order: pair[1].hold(*((item, 1) for item in reversed(order))),
            )
        ]
        replies = await together(*starts)
        counted = outcomes(replies)
        assert set(counted) <= {"accepted", "insufficient_capacity"}
        refusals += counted.get("insufficient_capacity", 0)
        placed = [reply.subject for reply in replies if outcome(reply) == "accepted"]
        for reservation in placed:
            assert len(reservation.lines) == lines
        expected = Counter(line.offering for r in placed for line in r.lines)
        assert [held for _, held, _ in await counts_of(pair[0], items)] == [
            expected[item] for item in items
        ]
        given_back = await together(
            *(
                lambda id=r.id, n=n: pair[n % 2].submit(Release(id, OPERATOR))
                for n, r in enumerate(placed)
            )
        )
        assert outcomes(given_back) == {"accepted": len(placed)}
    assert refusals, "the race was too easy to show anything"
    await clean(pair[0])


async def test_chaos_of_all_commands_keeps_the_books(shops: list[Shop]) -> None:
    """10,000 random commands on few items and few reservations, over four engines."""
    items = [await shops[0].item(8) for _ in range(5)]
    known: list[str] = []

    async def one(number: int) -> str:
        shop = shops[number % 4]
        if len(known) < 20 or random.random() < 0.4:
            chosen = random.sample(items, random.randint(1, 3))
            reply = await shop.hold(*((item, random.randint(1, 3)) for item in chosen))
            if outcome(reply) == "accepted":
                known.append(reply.subject.id)
            return outcome(reply)
        if random.random() < 0.1:
            item = random.choice(items)
            return outcome(
                await shop.submit(
                    SetCapacity(item, OPERATOR, random.randint(4, 10), None, random.random() < 0.5)
                )
            )
        act = random.choice([confirm, release, cancel, expire, extend, reacquire])
        return outcome(await act(shop, "", random.choice(known[-40:])))

    seen: Counter[str] = Counter()
    for _ in range(rounds(25)):
        seen.update(await asyncio.gather(*(one(n) for n in range(400))))
        due = random.sample(known, min(10, len(known)))
        held = [
            id
            for id, status in zip(due, await statuses(shops[0].dsn, due), strict=True)
            if status == "held"
        ]
        await end_holds(shops[0].dsn, held, [random.uniform(-1, 5) for _ in held])
    assert not set(seen) & {"overloaded", "internal_error"}, seen
    assert seen["accepted"] > 100 and seen["hold_expired"], seen
    await clean(shops[0])


async def test_offerings_are_locked_in_the_order_of_their_ids(pair: Pair) -> None:
    """With the middle one of three in somebody else's hands, the engine has taken the first and not
    yet the last: whatever the order in which the hold names them."""
    shop = pair[0]
    items = sorted([await shop.item(100) for _ in range(3)], key=lambda id: id[-32:])
    for _ in range(10):
        async with locked(shop.dsn, items[1]) as outsider:
            held = asyncio.create_task(shop.hold(*((item, 1) for item in reversed(items))))
            await blocked(shop.dsn)
            async with raw(shop.dsn) as onlooker:
                found = await onlooker.fetch(
                    "SELECT id FROM offering WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED",
                    [item[-32:] for item in items],
                )
            assert [row["id"].hex for row in found] == [items[2][-32:]]
            await outsider.execute("COMMIT")
        assert outcome(await held) == "accepted"
