"""Whatever happens between the engine and its database, and at whichever statement: every command
is carried out exactly once, and its caller gets the answer that is true.

A proxy stands before the real PostgreSQL and cuts where it is told to. PostgreSQL itself raises
the errors that a busy or failing server raises.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable

import pytest

import firmhold.store.database
from firmhold.domain.commands import Cancel, Confirm, Release
from firmhold.engine.ticket import Key
from firmhold.store.database import PATIENCE
from tests.databases import Address
from tests.engine.several import (
    blocked,
    clean,
    identity,
    locked,
    outcomes,
    raw,
    rounds,
    several,
    superuser,
)
from tests.faults.proxy import Fault, Proxy, begins_with, is_query, proxied
from tests.shop import OPERATOR, Shop, open_shop, refused

COMMIT, BEGIN = is_query("COMMIT"), begins_with(f"BEGIN; {PATIENCE}")
Message = Callable[[int, bytes], bool]


@pytest.fixture
async def proxy(database: Address) -> AsyncIterator[Proxy]:
    async with proxied(database.dsn) as proxy:
        yield proxy


@pytest.fixture
async def far(proxy: Proxy, database: Address) -> AsyncIterator[Shop]:
    """A shop whose engine reaches its database through the proxy; what the test itself asks the
    database goes straight to it."""
    async with open_shop(proxy.dsn) as shop:
        shop.dsn = database.dsn
        yield shop
        proxy.rule = None


def key_of(name: str) -> Key:
    return Key.of(OPERATOR.label, "place_hold", name, b"")


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.CUT_AT_ONCE, Fault.CUT_BEFORE])
@pytest.mark.parametrize("keys", [True, False], ids=["with keys", "without keys"])
async def test_a_commit_without_an_answer_is_looked_up(
    far: Shop, proxy: Proxy, fault: Fault, keys: bool
) -> None:
    item = await far.item(10_000)
    total = 0
    for number in range(rounds(30)):
        proxy.once(fault, COMMIT)
        replies = await asyncio.gather(
            *(far.hold((item, 1), key=key_of(f"{number}.{n}") if keys else None) for n in range(20))
        )
        assert outcomes(replies) == {"accepted": 20}
        total += 20
        assert await far.counts(item) == (10_000, total, 0)
    assert proxy.faults == far.services.engine.stats.lost_commits == rounds(30)
    await clean(far)


async def test_a_lost_commit_is_told_from_another_engines(
    far: Shop, proxy: Proxy, database: Address
) -> None:
    """While one engine wonders about its commit, another goes on writing the same rows."""
    async with open_shop(database.dsn) as near:
        item = await near.item(10_000)
        for fault in (Fault.CUT_AFTER, Fault.CUT_AT_ONCE, Fault.CUT_BEFORE) * rounds(20):
            proxy.once(fault, COMMIT)
            before = (await near.counts(item))[1]
            replies = await asyncio.gather(*(shop.hold((item, 1)) for shop in (far, near) * 10))
            assert outcomes(replies) == {"accepted": 20}
            assert (await near.counts(item))[1] == before + 20
        await clean(near)


async def test_a_lost_commit_of_every_command(far: Shop, proxy: Proxy) -> None:
    item = await far.item(4)
    first, second = await far.held((item, 2)), await far.held((item, 2))
    for command, counts in (
        (Confirm(first.id, OPERATOR), (4, 2, 2)),
        (Release(second.id, OPERATOR), (4, 0, 2)),
        (Cancel(first.id, OPERATOR), (4, 0, 0)),
    ):
        for _ in range(2):
            proxy.once(Fault.CUT_AFTER, COMMIT)
            reply = await far.submit(command)
            assert outcomes([reply]) == {"accepted": 1}
            assert await far.counts(item) == counts
    await clean(far)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.CUT_AT_ONCE])
@pytest.mark.parametrize("fresh", [True, False], ids=["fresh connection", "used connection"])
async def test_a_cut_at_any_message_of_the_transaction(
    far: Shop, proxy: Proxy, fault: Fault, fresh: bool
) -> None:
    """The first message, then the second, and so on, until the transaction has no more of them.
    On a fresh connection each statement is prepared first, which doubles the places."""
    item, other = await far.item(100_000), await far.item(100_000)
    held = 0
    for place in range(100):
        if fresh:
            proxy.cut_all()
        else:
            await far.held((item, 1), key=key_of(f"warm {place}"))
            held += 1
        seen = -1

        def rule(kind: int, body: bytes, place: int = place) -> Fault | None:
            nonlocal seen
            if seen >= 0 or BEGIN(kind, body):
                seen += 1
            if seen != place:
                return None
            proxy.rule = None
            return fault

        faults = proxy.faults
        proxy.rule = rule
        replies = await asyncio.gather(
            *(far.hold((item, 1), (other, 1), key=key_of(f"{place}.{n}")) for n in range(5))
        )
        held += 5
        proxy.rule = None
        assert outcomes(replies) == {"accepted": 5}, place
        assert (await far.counts(item))[1] == held, place
        again = await far.hold((item, 1), (other, 1), key=key_of(f"{place}.0"))
        assert outcomes([again]) == {"replayed": 1} and identity(again) == identity(replies[0])
        if proxy.faults == faults:
            break
    else:
        pytest.fail("there is no end to this transaction")
    assert place >= (8 if fresh else 5), place
    await clean(far)


async def test_silence_is_answered_in_time_and_the_engine_recovers(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that swallows everything: callers hear within their patience, and as soon as
    the driver gives the connection up, work goes on."""
    monkeypatch.setattr(firmhold.store.database, "COMMAND_TIMEOUT", 1.0)
    async with open_shop(proxy.dsn, patience_seconds=0.5) as shop:
        item = await shop.item(100)
        await shop.held((item, 1))
        for fault in (Fault.SWALLOW, Fault.SWALLOW_ANSWER):
            for message in (BEGIN, COMMIT):
                proxy.once(fault, message)
                loop = asyncio.get_running_loop()
                began = loop.time()
                key = key_of(f"{fault} {message}")
                replies = await asyncio.gather(shop.hold((item, 1), key=key), shop.hold((item, 1)))
                assert outcomes(replies) == {"overloaded": 2}
                assert loop.time() - began < 3
                # Repeated with the same key, until it is known what became of it.
                for _ in range(20):
                    again = await shop.hold((item, 1), key=key)
                    if "overloaded" not in outcomes([again]):
                        break
                assert set(outcomes([again])) <= {"accepted", "replayed"}
        await clean(shop)


async def test_all_connections_cut_again_and_again_under_load(
    far: Shop, proxy: Proxy, database: Address
) -> None:
    items = [await far.item(100_000) for _ in range(5)]
    done = asyncio.Event()
    answered: list[str] = []

    async def customer(number: int) -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            item = random.choice(items)
            key = key_of(f"{number}.{turn}")
            while "overloaded" in outcomes([reply := await far.hold((item, 1), key=key)]):
                pass
            answered.append(identity(reply))

    customers = [asyncio.create_task(customer(n)) for n in range(30)]
    for _ in range(rounds(100)):
        before = len(answered)
        proxy.cut_all()
        while len(answered) < before + 20:
            assert not any(task.done() for task in customers)
            await asyncio.sleep(0.001)
    done.set()
    await asyncio.gather(*customers)
    assert len(set(answered)) == len(answered)
    held = sum([(await far.counts(item))[1] for item in items])
    assert held == len(answered)
    await clean(far)


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
async def test_serialization_failures_reach_no_caller(
    database: Address, monkeypatch: pytest.MonkeyPatch, isolation: str
) -> None:
    """At a stricter isolation PostgreSQL fails every transaction that waited for a row, with the
    very error that other databases raise under load. The engine has to live with it."""
    settings = {**firmhold.store.database.SETTINGS, "default_transaction_isolation": isolation}
    monkeypatch.setattr(firmhold.store.database, "SETTINGS", settings)
    async with several(database.dsn, 3) as shops:
        item = await shops[0].item(10_000)
        for number in range(rounds(20)):
            replies = await asyncio.gather(
                *(shops[n % 3].hold((item, 1), key=key_of(f"{number}.{n}")) for n in range(30))
            )
            assert outcomes(replies) == {"accepted": 30}
        assert await shops[0].counts(item) == (10_000, 30 * rounds(20), 0)
        assert sum(shop.services.engine.stats.retries for shop in shops) > 0
        await clean(shops[0])


TRANSIENT = {
    "40001": "serialization failure",
    "40P01": "deadlock",
    "55P03": "lock not available",
    "57014": "statement cancelled",
    "53100": "disk full",
    "53200": "out of memory",
    "25006": "read-only while failing over",
    "57P01": "shutting down",
}


@pytest.mark.parametrize("when", ["at the insert", "at the commit"])
@pytest.mark.parametrize("code", TRANSIENT)
async def test_errors_of_a_database_in_trouble_are_retried(
    shop: Shop, code: str, when: str
) -> None:
    await misbehave(shop, when, f"RAISE EXCEPTION 'injected' USING ERRCODE = '{code}'", times=3)
    item = await shop.item(100)
    replies = await asyncio.gather(*(shop.hold((item, 1), key=key_of(str(n))) for n in range(10)))
    assert outcomes(replies) == {"accepted": 10}
    assert await shop.counts(item) == (100, 10, 0)
    assert shop.services.engine.stats.retries >= 3
    await clean(shop)


@pytest.mark.parametrize("when", ["at the insert", "at the commit"])
async def test_a_session_that_is_terminated_is_replaced(shop: Shop, when: str) -> None:
    await misbehave(shop, when, "PERFORM pg_terminate_backend(pg_backend_pid())", times=3)
    item = await shop.item(100)
    replies = await asyncio.gather(*(shop.hold((item, 1), key=key_of(str(n))) for n in range(10)))
    assert outcomes(replies) == {"accepted": 10}
    assert await shop.counts(item) == (100, 10, 0)
    await clean(shop)


async def misbehave(shop: Shop, when: str, how: str, times: int) -> None:
    """Let the next few transactions that place a hold fail in PostgreSQL itself. A sequence
    counts them, for it is not rolled back."""
    deferred = "CONSTRAINT" if when == "at the commit" else ""
    timing = "AFTER" if deferred else "BEFORE"
    suffix = "DEFERRABLE INITIALLY DEFERRED" if deferred else ""
    async with raw(superuser(shop.dsn)) as connection:
        await connection.execute(f"""
            CREATE SEQUENCE injected;
            CREATE FUNCTION misbehave() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('injected') <= {times} THEN {how}; END IF;
                RETURN NEW;
            END $$;
            CREATE {deferred} TRIGGER misbehave {timing} INSERT ON reservation {suffix}
                FOR EACH ROW EXECUTE FUNCTION misbehave();
        """)


async def test_a_real_deadlock_with_an_outsider_is_retried(shop: Shop) -> None:
    first, second = sorted([await shop.item(10), await shop.item(10)])
    async with locked(superuser(shop.dsn), second) as outsider:
        # The one whose timer is the shorter gives way: not the outsider.
        await outsider.execute("SET LOCAL deadlock_timeout = '60s'")
        hold = asyncio.create_task(shop.hold((first, 1), (second, 1)))
        await blocked(shop.dsn)
        await outsider.execute("SELECT FROM offering WHERE id = $1 FOR UPDATE", first[-32:])
        await outsider.execute("COMMIT")
    assert outcomes([await hold]) == {"accepted": 1}
    assert await shop.counts(first) == await shop.counts(second) == (10, 1, 0)
    await clean(shop)


async def test_a_refusal_is_no_effect_even_if_its_answer_is_lost(far: Shop, proxy: Proxy) -> None:
    item = await far.item(1)
    await far.held((item, 1))
    proxy.once(Fault.CUT_AFTER, is_query("ROLLBACK"))
    assert refused(await far.hold((item, 1))) == "insufficient_capacity"
    assert proxy.faults == 1
    await clean(far)
