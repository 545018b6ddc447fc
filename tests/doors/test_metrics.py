"""What `/metrics` says: what was counted, and what the database says at that moment."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from firmhold.audit.sealer import Sealer
from firmhold.notify.webhooks.planning import Planner
from firmhold.settings import Settings
from firmhold.workers.expirer import Expirer
from tests.audit.logs import SIGNER
from tests.doors.client import Api, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def samples(api: Api) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    response = await api.http.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def name(metric: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return metric, frozenset(labels.items())


async def test_the_metrics_count_requests_to_reserve_by_their_status(api: Api) -> None:
    item = await api.item(3)
    before = await samples(api)
    body = {"sku": item["sku"], "quantity": 2}
    path = "/api/v1/inventory/reserve"
    ok(await api.post(path, api.customer, body, key=fresh("k")), 201)
    hold = {"productId": item["sku"], "email": "ada@example.org"}
    ok(await api.post("/api/holds", api.customer, hold, key=fresh("k")), 201)
    for _ in range(3):
        problem(await api.post(path, api.customer, body, key=fresh("k")), "insufficient_capacity")
    problem(await api.post(path, api.customer, {}), "malformed_request")
    problem(await api.post("/v1/reservations", None, {}), "unauthenticated")
    await api.get("/v1/items")
    after = await samples(api)

    def more(metric: str, **labels: str) -> float:
        key = name(metric, **labels)
        return after.get(key, 0) - before.get(key, 0)

    for status, times in {"201": 2, "409": 3, "400": 1, "401": 1, "200": 0}.items():
        assert more("reserve_requests_total", status=status) == times, status
    assert more("reserve_duration_seconds_count") == 7
    assert 0 < more("reserve_duration_seconds_sum") < 7
    assert more("reserve_duration_seconds_bucket", le="+Inf") == 7


async def test_the_metrics_show_live_holds_and_stock_as_they_are(api: Api) -> None:
    item = await api.item(20)
    label = {"organization": api.slug, "sku": item["sku"]}
    before = await samples(api)
    assert before[name("inventory_available", **label)] == 20
    holds = [await api.hold(item["id"], 3) for _ in range(4)]
    ok(await api.act(holds[0]["id"], "confirm", api.customer))
    ok(await api.act(holds[1]["id"], "release", api.customer))
    after = await samples(api)
    active = name("active_reservations_count")
    assert after[active] - before[active] == 2
    assert after[name("inventory_available", **label)] == 11
    await api.shop.make_due(holds[2]["id"])
    later = await samples(api)
    assert later[active] - before[active] == 1
    assert later[name("inventory_available", **label)] == 14


async def test_the_metrics_survive_any_sku(api: Api) -> None:
    sku = 'quote " back\\slash {} = , # \u00e4\U0001f600'
    await api.item(5, sku=sku)
    found = await samples(api)
    assert found[name("inventory_available", organization=api.slug, sku=sku)] == 5


async def test_the_metrics_show_how_the_engine_is_doing(api: Api) -> None:
    item = await api.item(100)
    before = await samples(api)
    for size in (1, 3):
        await asyncio.gather(*(api.hold(item["id"]) for _ in range(size)))
    engine = api.shop.services.engine
    limits = engine._batcher._limits
    engine._batcher._limits = limits._replace(queue=0)
    try:
        body = {"lines": [{"item": item["id"], "quantity": 1}]}
        problem(await api.post("/v1/reservations", api.customer, body), "overloaded")
    finally:
        engine._batcher._limits = limits
    after = await samples(api)

    def more(metric: str, **labels: str) -> float:
        return after[name(metric, **labels)] - before[name(metric, **labels)]

    size = "firmhold_engine_batch_commands"
    assert more(f"{size}_sum") == 4
    assert 2 <= more(f"{size}_count") == more(f"{size}_bucket", le="512.0") <= 4
    assert more("firmhold_engine_overloaded_commands_total") == 1
    for none in ("retries", "lost_commits", "failed_commands"):
        assert more(f"firmhold_engine_{none}_total") == 0
    assert after[name("firmhold_engine_waiting_commands")] == 0


async def test_the_metrics_show_how_many_commands_wait(api: Api) -> None:
    item = await api.item(100)
    database = api.shop.services.database
    async with database.engine_across() as connection:
        await connection.execute("SELECT FROM offering WHERE id = $1 FOR UPDATE", item["id"][-32:])
        holding = [asyncio.create_task(api.hold(item["id"])) for _ in range(5)]
        waiting = name("firmhold_engine_waiting_commands")
        while (seen := (await samples(api))[waiting]) < 5:
            assert seen >= 0
    await asyncio.gather(*holding)
    assert (await samples(api))[waiting] == 0


async def test_the_metrics_count_refusals_by_their_code(api: Api) -> None:
    before = await samples(api)
    problem(await api.get("/v1/items/item_" + "0" * 32, api.operator), "not_found")
    problem(await api.http.get("/nothing"), "not_found")
    problem(await api.post("/v1/reservations", api.customer, {}), "malformed_request")
    after = await samples(api)
    for code, times in {"not_found": 2, "malformed_request": 1, "internal_error": 0}.items():
        key = name("firmhold_refusals_total", code=code)
        assert after[key] - before[key] == times, code


STEPS = "firmhold_engine_step_seconds"


async def test_the_metrics_tell_the_wait_for_locks_from_the_work_and_the_commit(api: Api) -> None:
    item = await api.item(100)
    before = await samples(api)
    database = api.shop.services.database
    async with database.engine_across() as connection:
        await connection.execute("SELECT FROM offering WHERE id = $1 FOR UPDATE", item["id"][-32:])
        holding = asyncio.create_task(api.hold(item["id"]))
        async with database.read_shared() as looking:
            while not await looking.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0)
        began = time.perf_counter()
        behind = asyncio.create_task(api.hold(item["id"]))
        while api.shop.services.engine.waiting < 2:
            await asyncio.sleep(0)
        await connection.execute("SELECT pg_sleep(0.05)")
        held_for = time.perf_counter() - began
    await asyncio.gather(holding, behind)
    after = await samples(api)

    def more(metric: str, **labels: str) -> float:
        return after[name(metric, **labels)] - before[name(metric, **labels)]

    for step in ("lock", "work", "commit"):
        assert more(f"{STEPS}_count", step=step) == 2, step
        assert more(f"{STEPS}_sum", step=step) > 0, step
    assert more(f"{STEPS}_sum", step="lock") >= held_for
    queue = "firmhold_engine_queue_seconds"
    assert more(f"{queue}_count") == more("firmhold_engine_batch_commands_count") == 2
    assert more(f"{queue}_sum") >= 0.05, "the second has waited in the queue for the first"


async def test_the_metrics_show_connections_in_use_of_those_there_may_be(api: Api) -> None:
    database = api.shop.services.database
    in_use, limit = (f"firmhold_database_connections_{it}" for it in ("in_use", "limit"))
    # Whoever asked before may not have given theirs back yet.
    for _ in range(100):
        before = await samples(api)
        if not before[name(in_use, pool="engine")]:
            break
        await asyncio.sleep(0.05)
    assert before[name(in_use, pool="read")] == before[name(in_use, pool="engine")] == 0
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(database.engine())
            await stack.enter_async_context(database.read_shared())
        during = await samples(api)
        assert during[name(in_use, pool="engine")] == 2
        assert during[name(in_use, pool="read")] == 2
    with pytest.raises(ZeroDivisionError):
        async with database.engine():
            raise ZeroDivisionError
    after = await samples(api)
    assert after[name(in_use, pool="engine")] == 0
    assert after[name(limit, pool="engine")] == Settings().engine_connections
    assert after[name(limit, pool="read")] == Settings().read_connections


async def test_the_metrics_count_who_is_turned_away_for_want_of_a_connection(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned_away = name("firmhold_database_all_in_use_total")
    before = (await samples(api))[turned_away]
    async with AsyncExitStack() as stack:
        for _ in range(Settings().read_connections):
            await stack.enter_async_context(api.shop.services.database.read_shared())
        stack.enter_context(monkeypatch.context()).setattr(
            "firmhold.store.database.READ_PATIENCE", 0.05
        )
        problem(await api.get("/v1/items", api.operator), "overloaded")
    assert (await samples(api))[turned_away] == before + 1


async def test_the_metrics_show_for_how_long_an_ended_hold_is_not_recorded(api: Api) -> None:
    lag = name("firmhold_expirer_lag_seconds")
    hold = await api.hold((await api.item(5))["id"])
    expirer = Expirer(api.shop.services.engine)
    while await expirer.run_once() == 0.0:
        pass
    assert (await samples(api))[lag] == 0
    await api.shop.make_due(hold["id"])
    first = (await samples(api))[lag]
    assert 0 < first < (await samples(api))[lag]
    await expirer.run_once()
    assert (await samples(api))[lag] == 0


@pytest.mark.parametrize("at_once", [1, 5000], ids=["one by one", "at once"])
async def test_the_metrics_show_for_how_long_something_is_not_sealed(
    api: Api, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """One by one the sealer stops at an entry, else behind its transaction."""
    monkeypatch.setattr("firmhold.audit.sealer.AT_ONCE", at_once)
    lag = name("firmhold_sealer_lag_seconds")
    sealer = Sealer(api.shop.services.database, SIGNER)

    async def seal() -> None:
        while await sealer.run_once() == 0.0:
            pass

    await seal()
    assert (await samples(api))[lag] == 0
    for act in (lambda: api.item(5), lambda: api.shop.item(5)):
        await act()
        first = (await samples(api))[lag]
        assert 0 < first < (await samples(api))[lag]
        await seal()
        assert (await samples(api))[lag] == 0
    user: Any = {"email": f"{fresh('u')}@example.org", "role": "operator"}
    ok(await api.post("/v1/users", api.owner, user), 201)
    assert (await samples(api))[lag] > 0, "an act is one of those"
    await seal()
    assert (await samples(api))[lag] == 0
    assert (await samples(api))[name("firmhold_database_up")] == 1


@pytest.mark.parametrize("at_once", [1, 500], ids=["one by one", "at once"])
async def test_the_metrics_show_for_how_long_something_is_not_planned_for_webhooks(
    api: Api, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("firmhold.notify.follower.AT_ONCE", at_once)
    lag = name("firmhold_relay_lag_seconds", follower="webhooks")
    planner = Planner(api.shop.services.database, lambda _: b"{}")

    async def plan() -> None:
        while await planner.run_once() == 0.0:
            pass

    await plan()
    before = await samples(api)
    assert before[lag] == 0
    assert name("firmhold_relay_lag_seconds", follower="notices") not in before, "nobody follows"
    for _ in range(3):
        await api.item(5)
    first = (await samples(api))[lag]
    assert 0 < first < (await samples(api))[lag]
    if await planner.run_once() == 0.0:
        assert (await samples(api))[lag] > 0, "that was not all"
    await plan()
    assert (await samples(api))[lag] == 0


async def test_what_was_committed_late_has_been_waiting_as_well(api: Api) -> None:
    """It has a lower number than what was planned meanwhile."""
    lag = name("firmhold_relay_lag_seconds", follower="webhooks")
    database = api.shop.services.database
    planner = Planner(database, lambda _: b"{}")
    await planner.run_once()
    item = (await api.item(5))["id"]
    async with database.read(api.shop.organization.id) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta,"
            " held_delta, confirmed_delta, capacity, held, confirmed, at, actor)"
            " SELECT organization_id, id, 999, 'updated', 0, 0, 0, 5, 0, 0, clock_timestamp(), 'x'"
            " FROM offering WHERE id = $1",
            item[-32:],
        )
        await api.item(5)
        await planner.run_once()
        assert (await samples(api))[lag] == 0
        await transaction.commit()
    assert (await samples(api))[lag] > 0
