"""What one customer may have holds for all their requests together, however parallel."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from firmhold.domain.commands import Confirm
from firmhold.engine.ticket import Key
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
)
from tests.shop import OPERATOR, Shop


async def limit_holds(shop: Shop, most: int) -> None:
    changed = await shop.services.directory.change_organization(
        shop.organization.id, {"max_live_holds": most}
    )
    assert changed is not None and changed.max_live_holds == most


@pytest.mark.parametrize("engines", [1, 4])
async def test_parallel_requests_do_not_pass_the_limit_per_customer(
    shops: list[Shop], engines: int
) -> None:
    for _ in range(rounds(30)):
        item = await shops[0].item(1_000, max_per_customer=3)
        names = ["ada", "bob"]
        replies = await asyncio.gather(
            *(shops[n % engines].hold((item, 1), customer=names[n % 8 // 4]) for n in range(80))
        )
        assert outcomes(replies) == {"accepted": 6, "limit_exceeded": 74}
        assert await shops[0].counts(item) == (1_000, 6, 0)
    await clean(shops[0])


async def test_confirmed_units_count_against_the_limit_and_ended_ones_do_not(
    shops: list[Shop],
) -> None:
    item = await shops[0].item(1_000, max_per_customer=2)
    kept = await shops[0].held((item, 1), customer="ada")
    await shops[1].submit(Confirm(kept.id, OPERATOR))
    ended = await shops[2].held((item, 1), customer="ada")
    assert outcome(await shops[3].hold((item, 1), customer="ada")) == "limit_exceeded"
    await end_holds(shops[0].dsn, [ended.id], [-1])
    replies = await asyncio.gather(
        *(shops[n % 4].hold((item, 1), customer="ada") for n in range(20)),
        *(shops[n % 4].submit(Confirm(ended.id, OPERATOR, reacquire=True)) for n in range(4)),
    )
    # One unit more, whether by a new hold or by the late payment.
    assert sum(await shops[0].counts(item)) == 1_002
    taken = Counter(outcome(reply) for reply in replies)
    assert taken["accepted"] == 1 or taken["accepted"] == 4, taken
    await clean(shops[0])


@pytest.mark.parametrize("engines", [1, 4])
async def test_parallel_holds_on_different_items_do_not_pass_the_limit_of_live_holds(
    shops: list[Shop], engines: int
) -> None:
    """No row is common to these holds but the customer, who has none."""
    await limit_holds(shops[0], 2)
    items = await many_items(shops[0], 20, 1_000)
    for number in range(rounds(30)):
        replies = await asyncio.gather(
            *(
                shops[n % engines].hold((items[n % 20], 1), customer=f"c{number}.{n % 3}")
                for n in range(60)
            )
        )
        assert outcomes(replies) == {"accepted": 6, "limit_exceeded": 54}
    async with raw(shops[0].dsn) as connection:
        most = await connection.fetchval(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM reservation GROUP BY customer) AS c"
        )
    assert most == 2
    await clean(shops[0])


async def test_a_hold_that_has_ended_makes_room_for_another(shops: list[Shop]) -> None:
    await limit_holds(shops[0], 1)
    items = await many_items(shops[0], 8, 10)
    for _ in range(rounds(10)):
        replies = await asyncio.gather(
            *(shops[n % 4].hold((items[n], 1), customer="ada") for n in range(8))
        )
        assert outcomes(replies) == {"accepted": 1, "limit_exceeded": 7}
        winner = next(reply for reply in replies if outcome(reply) == "accepted")
        # Nobody has recorded its end, and the next hold is on another item.
        await end_holds(shops[0].dsn, [winner.subject.id], [-1])
    await clean(shops[0])


async def test_a_limit_that_is_set_while_requests_run_is_kept_from_then_on(
    shops: list[Shop],
) -> None:
    items = await many_items(shops[0], 10, 1_000)

    async def hold(number: int) -> str:
        return outcome(await shops[number % 4].hold((items[number % 10], 1), customer="ada"))

    before = [asyncio.create_task(hold(n)) for n in range(40)]
    await limit_holds(shops[0], 1)
    await asyncio.gather(*before)
    after = await asyncio.gather(*(hold(n) for n in range(40)))
    assert set(after) == {"limit_exceeded"}
    await clean(shops[0])


async def test_a_limit_set_elsewhere_binds_a_batch_that_waits_for_its_rows(
    pair: tuple[Shop, Shop],
) -> None:
    """The batch began when there was no limit, and so without waiting for its customer's turn."""
    near, far = pair
    one, other = await many_items(near, 2, 10)
    async with locked(near.dsn, one) as holder:
        waiting = asyncio.create_task(far.hold((one, 1), customer="ada"))
        await blocked(near.dsn)
        await limit_holds(near, 1)
        assert outcome(await near.hold((other, 1), customer="ada")) == "accepted"
        await holder.execute("COMMIT")
    assert outcome(await waiting) == "limit_exceeded"
    await clean(near)


async def test_a_limit_is_in_force_once_no_batch_that_knows_of_none_is_under_way(
    pair: tuple[Shop, Shop],
) -> None:
    """The batch has decided and is about to write. Were the limit in force before, its customer
    could place one more hold elsewhere, where this one is not seen yet."""
    near, far = pair
    one, other = await many_items(near, 2, 10)
    key = Key.of(OPERATOR.label, "place_hold", "the key it stumbles over", b"")
    async with raw(near.dsn) as rival:
        await rival.execute("BEGIN")
        await rival.execute(
            "INSERT INTO idempotency (organization_id, key, fingerprint, status, body, subject, "
            "created_at) VALUES ($1, $2, $2, 200, '', $2, now())",
            near.organization.id[-32:],
            key.scope,
        )
        decided = asyncio.create_task(far.hold((one, 1), customer="ada", key=key))
        await blocked(near.dsn, 1)
        limited = asyncio.create_task(limit_holds(near, 1))
        await blocked(near.dsn, 2)
        late = asyncio.create_task(near.hold((other, 1), customer="ada"))
        await rival.execute("ROLLBACK")
    assert outcome(await decided) == "accepted"
    await limited
    assert outcome(await late) == "limit_exceeded"
    await clean(near)


async def test_a_limit_is_found_out_anew_and_lifted_by_every_engine(
    pair: tuple[Shop, Shop],
) -> None:
    """Set and lifted by turns, by one or the other, with and without a pause in between."""
    near, far = pair
    items = await many_items(near, 4, 100)
    for number, setter in enumerate([near, far] * 3):
        customer = f"c{number}"
        await limit_holds(setter, 1)
        replies = [await shop.hold((items[0], 1), customer=customer) for shop in (near, far, near)]
        assert outcomes(replies) == {"accepted": 1, "limit_exceeded": 2}
        await setter.services.directory.change_organization(
            setter.organization.id, {"max_live_holds": None}
        )
        replies = await asyncio.gather(
            *(shop.hold((item, 1), customer=customer) for shop in (near, far) for item in items)
        )
        assert outcomes(replies) == {"accepted": 8}
    await clean(near)
