"""One key, one effect, the same answer to everyone; and nothing at all for a refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from firmhold.domain.commands import Asked, Cancel, Confirm, Hold, Release
from firmhold.domain.model import Actor
from firmhold.engine.ticket import Key, Reply
from tests.engine.several import (
    clean,
    identity,
    outcome,
    outcomes,
    rounds,
    rows_in_tables,
)
from tests.shop import OPERATOR, Shop, new_id, refused


def key_of(name: str, request: bytes = b"", actor: str = OPERATOR.label) -> Key:
    return Key.of(actor, "place_hold", name, request)


@pytest.mark.parametrize("engines", [1, 4])
async def test_50_requests_with_one_key_make_one_reservation(
    shops: list[Shop], engines: int
) -> None:
    item = await shops[0].item(1_000)
    for number in range(rounds(20)):
        key = key_of(f"key {number}")
        replies = await asyncio.gather(
            *(shops[n % engines].hold((item, 1), key=key) for n in range(50))
        )
        assert outcomes(replies) == {"accepted": 1, "replayed": 49}
        assert len({identity(reply) for reply in replies}) == 1
        assert await shops[0].counts(item) == (1_000, number + 1, 0)
    await clean(shops[0])


@pytest.mark.parametrize("engines", [1, 4])
@pytest.mark.parametrize("items", ["one item", "different items"])
async def test_one_key_for_different_requests_has_one_effect(
    shops: list[Shop], engines: int, items: str
) -> None:
    """On different items no row lock keeps the two apart: the key itself has to."""
    stock = [await shops[0].item(1_000) for _ in range(1 if items == "one item" else 10)]
    for number in range(rounds(20)):
        replies = await asyncio.gather(
            *(
                shops[n % engines].hold(
                    (stock[n % len(stock)], 1 + n), key=key_of(f"key {number}", b"%d" % n)
                )
                for n in range(20)
            )
        )
        counted = outcomes(replies)
        assert counted.pop("accepted") == 1
        assert set(counted) <= {"idempotency_key_reused", "idempotency_key_in_progress"}
        assert sum(counted.values()) == 19
    assert (await rows_in_tables(shops[0].dsn))["reservation"] == rounds(20)
    assert (await rows_in_tables(shops[0].dsn))["idempotency"] == rounds(20)
    await clean(shops[0])


async def test_the_same_request_for_different_items_under_one_key_is_carried_out_once(
    shops: list[Shop],
) -> None:
    """Same key and same fingerprint, but no row in common: engines race for the key alone."""
    stock = [await shops[0].item(1_000) for _ in range(4)]
    for number in range(rounds(50)):
        replies = await asyncio.gather(
            *(shops[n % 4].hold((stock[n % 4], 1), key=key_of(f"key {number}")) for n in range(16))
        )
        assert outcomes(replies) == {"accepted": 1, "replayed": 15}
        assert len({identity(reply) for reply in replies}) == 1
    held = sum([(await shops[0].counts(item))[1] for item in stock])
    assert held == rounds(50)
    await clean(shops[0])


async def test_batches_that_race_for_many_keys_do_not_deadlock(pair: tuple[Shop, Shop]) -> None:
    first, second = await pair[0].item(100_000), await pair[0].item(100_000)
    for number in range(rounds(30)):
        names = [f"{number}.{n}" for n in range(40)]
        replies = await asyncio.gather(
            *(pair[0].hold((first, 1), key=key_of(name)) for name in names),
            *(pair[1].hold((second, 1), key=key_of(name)) for name in reversed(names)),
        )
        assert outcomes(replies) == {"accepted": 40, "replayed": 40}
    await clean(pair[0])


async def test_another_actors_key_is_another_effect(shops: list[Shop]) -> None:
    item = await shops[0].item(100)
    replies = await asyncio.gather(
        *(
            shops[n % 4].hold(
                (item, 1),
                key=key_of("the same key", actor=f"user:{n}"),
                actor=Actor(f"user:{n}", customer=f"c{n}"),
                customer=f"c{n}",
            )
            for n in range(10)
        )
    )
    assert outcomes(replies) == {"accepted": 10}
    assert len({identity(reply) for reply in replies}) == 10
    await clean(shops[0])


async def test_another_operations_key_is_another_effect(shop: Shop) -> None:
    item = await shop.item(10)
    held = await shop.held((item, 1), key=Key.of("user:1", "place_hold", "k", b""))
    reply = await shop.submit(Confirm(held.id, OPERATOR), Key.of("user:1", "confirm", "k", b""))
    assert outcome(reply) == "accepted"
    again = await shop.submit(Confirm(held.id, OPERATOR), Key.of("user:1", "confirm", "k", b""))
    assert outcome(again) == "replayed" and identity(again) == held.id


async def test_whose_key_it_is_comes_before_whether_there_is_such_a_reservation(shop: Shop) -> None:
    item = await shop.item(10)
    held = await shop.held((item, 1))

    def confirm(reservation: str, key: str) -> Awaitable[Reply]:
        named = Key.of("user:1", "confirm", key, reservation.encode())
        return shop.submit(Confirm(reservation, OPERATOR), named)

    assert outcome(await confirm(held.id, "mine")) == "accepted"
    before = await rows_in_tables(shop.dsn)
    nobody = new_id("rsv")
    assert refused(await confirm(nobody, "mine")) == "idempotency_key_reused"
    assert refused(await confirm(nobody, "new")) == "not_found"
    assert await rows_in_tables(shop.dsn) == before


async def test_an_answer_is_the_same_after_everything_has_changed(shop: Shop) -> None:
    item = await shop.item(1)
    key = key_of("once")
    held = await shop.held((item, 1), key=key)
    await shop.submit(Release(held.id, OPERATOR))
    other = await shop.held((item, 1))
    again = await shop.hold((item, 1), key=key)
    assert outcome(again) == "replayed" and identity(again) == held.id
    assert await shop.counts(item) == (1, 1, 0)
    await shop.submit(Release(other.id, OPERATOR))
    again = await shop.hold((item, 1), key=key)
    assert outcome(again) == "replayed" and identity(again) == held.id
    assert await shop.counts(item) == (1, 0, 0)
    await clean(shop)


async def test_a_refused_request_may_succeed_later_under_the_same_key(shop: Shop) -> None:
    item = await shop.item(1)
    first = await shop.held((item, 1))
    key = key_of("patience")
    assert refused(await shop.hold((item, 1), key=key)) == "insufficient_capacity"
    await shop.submit(Cancel(first.id, OPERATOR))
    assert outcome(await shop.hold((item, 1), key=key)) == "accepted"
    assert outcome(await shop.hold((item, 1), key=key)) == "replayed"
    await clean(shop)


async def test_a_flood_of_refusals_writes_nothing(shops: list[Shop]) -> None:
    """No key, no ledger entry, no row of any kind: refusals cannot fill the disk."""
    item = await shops[0].item(1)
    held = await shops[0].held((item, 1), customer="a")
    before = await rows_in_tables(shops[0].dsn)
    stranger = Actor("user:b", customer="b")
    replies = await asyncio.gather(
        *(shops[n % 4].hold((item, 1), key=key_of(f"{n}")) for n in range(1_000)),
        *(shops[n % 4].submit(Cancel(held.id, stranger), key_of(f"c{n}")) for n in range(1_000)),
        *(
            shops[n % 4].submit(
                Hold(new_id("rsv"), stranger, "a", (Asked(item, 1),)), key_of(f"h{n}")
            )
            for n in range(1_000)
        ),
    )
    assert outcomes(replies) == {"insufficient_capacity": 1_000, "forbidden": 2_000}
    assert await rows_in_tables(shops[0].dsn) == before
    assert await shops[0].counts(item) == (1, 1, 0)
    await clean(shops[0])
