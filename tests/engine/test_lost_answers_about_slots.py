"""Whatever breaks between the engine and its database: slots, loans and places on waitlists are
there once, and whoever repeats a request under its key gets the answer that is true."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from firmhold.domain.commands import Asked, CheckIn, Confirm, Join, Leave, Move, Release
from firmhold.domain.model import Status
from firmhold.engine.ticket import Key, Reply
from tests.databases import Address
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE, Clinic, insisted, no_body
from tests.engine.several import clean, identity, outcome, outcomes, rounds
from tests.faults.proxy import Fault, Proxy, is_query, proxied
from tests.shop import OPERATOR, new_id, open_shop

COMMIT = is_query("COMMIT")
LOST = [Fault.CUT_AFTER, Fault.CUT_AT_ONCE, Fault.CUT_BEFORE]


@pytest.fixture
async def proxy(database: Address) -> AsyncIterator[Proxy]:
    async with proxied(database.dsn) as proxy:
        yield proxy


@pytest.fixture
async def far(proxy: Proxy, database: Address) -> AsyncIterator[Clinic]:
    """A clinic whose engine reaches its database through the proxy; what the test itself asks the
    database goes straight to it."""
    async with open_shop(proxy.dsn) as shop:
        shop.dsn = database.dsn
        yield await Clinic(shop).open()
        proxy.rule = None


def key_of(name: str) -> Key:
    return Key.of("test", "anything", name, b"")


@pytest.mark.parametrize("fault", LOST)
async def test_a_lost_commit_of_every_command_about_slots(
    far: Clinic, proxy: Proxy, fault: Fault
) -> None:
    shop = far.shop
    kits = await far.pool(2)
    slot, other = await far.published(
        far.new(NINE, capacity=3, each=[kits]),
        far.new(NINE + 30 * MINUTE, capacity=3, each=[kits]),
    )

    async def lost(act: Callable[[], Awaitable[Reply]]) -> Reply:
        proxy.once(fault, COMMIT)
        reply = await act()
        assert outcome(reply) == "accepted"
        assert proxy.rule is None
        return reply

    async def lent() -> int:
        found = await shop.fetchval("SELECT coalesce(sum(units), 0) FROM loan")
        return int(found)

    first = identity(await lost(lambda: shop.hold((slot, 1), customer="ada")))
    second = identity(await lost(lambda: shop.hold((other, 1), customer="bob")))
    assert await lent() == 2
    entry, offer = new_id("wait"), new_id("rsv")
    joined = Join(entry, offer, OPERATOR, "eve", slot, 1)
    await lost(lambda: shop.services.engine.submit(far.organization, joined, no_body))
    await lost(lambda: shop.submit(Move(second, OPERATOR, (Asked(slot, 2),))))
    assert await lent() == 2
    await lost(lambda: shop.submit(Confirm(first, OPERATOR)))
    await lost(lambda: shop.submit(Release(second, OPERATOR)))
    seen = await shop.fetchrow(
        "SELECT status, reservation_id FROM waitlist_entry WHERE id = $1", entry[-32:]
    )
    assert seen["status"] == "offered"
    assert await lent() == 2
    await lost(
        lambda: shop.services.engine.submit(far.organization, Leave(entry, OPERATOR), no_body)
    )
    assert await lent() == 1
    async with shop.begun(first):
        await lost(lambda: shop.submit(CheckIn(first, OPERATOR, Status.NO_SHOW)))
    entries = await shop.fetch("SELECT kind, count(*) FROM ledger GROUP BY kind")
    assert {row["kind"]: row["count"] for row in entries} == {
        "created": 2,
        "held": 3,
        "waitlisted": 1,
        "moved": 2,
        "confirmed": 1,
        "no_show": 1,
        "released": 2,
        "unlisted": 1,
    }
    assert shop.services.engine.stats.lost_commits >= 8
    await clean(shop)


@pytest.mark.parametrize("fault", LOST)
async def test_the_last_kit_is_lent_once_though_commits_are_lost(
    far: Clinic, proxy: Proxy, fault: Fault
) -> None:
    for number in range(rounds(10)):
        kit = await far.pool(1)
        slots = await far.published(
            *(far.new(NINE + number * DAY + n * MINUTE, HOUR, 20, each=[kit]) for n in range(2))
        )
        proxy.once(fault, COMMIT)
        replies = await asyncio.gather(
            *(far.shop.hold((slots[n % 2], 1), key=key_of(f"{number} {n}")) for n in range(40))
        )
        assert outcomes(replies) == {"accepted": 1, "pool_busy": 39}
    assert proxy.faults == rounds(10)
    await clean(far.shop)


async def _anywhere(
    far: Clinic, proxy: Proxy, fault: Fault, name: str, act: Callable[[int, Key], Awaitable[Reply]]
) -> int:
    """Let the connection break at the first message of a transaction, then at the second, and so
    on; repeat what was not answered under the same key. How many messages there are."""
    for place in range(1, 60):
        seen = 0

        def rule(kind: int, body: bytes, place: int = place) -> Fault | None:
            nonlocal seen
            if seen or body.startswith(b"BEGIN"):
                seen += 1
            if seen != place:
                return None
            proxy.rule = None
            return fault

        key = key_of(f"{name} {place}")
        faults = proxy.faults
        proxy.rule = rule
        reply = await act(place, key)
        proxy.rule = None
        if proxy.faults == faults:
            assert outcome(reply) == "accepted"
            return place
        # It may have happened, and then the answer is the one that was stored with it.
        assert outcome(reply) in {"accepted", "replayed", "overloaded"}
        again = await act(place, key)
        assert outcome(again) in {"accepted", "replayed"}
        assert insisted(await act(place, key)).body == insisted(again).body
    pytest.fail("there is no end to this transaction")


@pytest.mark.parametrize("fault", LOST)
async def test_publishing_changing_and_withdrawing_happen_once(
    far: Clinic, proxy: Proxy, fault: Fault
) -> None:
    room, kits = await far.room(), await far.pool(3)
    published: dict[int, str] = {}

    async def publish(place: int, key: Key) -> Reply:
        new = far.new(NINE + place * DAY, slot=[room], each=[kits])
        reply = await far.publish(new, key=key)
        if outcome(reply) in {"accepted", "replayed"}:
            published[place] = insisted(reply).body.decode()
        return reply

    async def change(place: int, key: Key) -> Reply:
        return await far.change(published[place % len(published) + 1], key, title=f"{place}")

    async def withdraw(place: int, key: Key) -> Reply:
        return await far.withdraw(published[place % len(published) + 1], key)

    number = await _anywhere(far, proxy, fault, "publish", publish)
    assert number >= 8
    assert await far.shop.fetchval("SELECT count(*) FROM slot") == number
    assert await far.shop.fetchval("SELECT count(*) FROM loan") == number
    assert await _anywhere(far, proxy, fault, "change", change) >= 5
    assert await _anywhere(far, proxy, fault, "withdraw", withdraw) >= 5
    await clean(far.shop)
