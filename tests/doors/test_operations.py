"""Health, readiness, and what the server says at addresses that are no operation."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest

from firmhold.app import OPERATIONS, Application, build_services, running
from firmhold.doors.operations import health
from firmhold.doors.shared.operation import Operation
from firmhold.identity.keyring import Keyring
from firmhold.notify.webhooks.planning import Planner
from firmhold.settings import Settings
from tests.databases import Address, Server, connected, running_server
from tests.doors.client import FLASH, OF_ONE, Api, a_problem, example, fresh, ok, problem
from tests.shop import SECRET, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


def names(operation: Operation) -> str:
    return operation.name


# --- health and readiness ---


async def test_a_server_with_its_database_is_healthy_and_ready(stage: Api) -> None:
    assert ok(await stage.get("/healthz")) == {"status": "ok"}
    ready = ok(await stage.get("/readyz"))
    assert ready == {"status": "ready", "database": "ok", "migrations": "ok", "relay": "ok"}


async def test_a_process_whose_subscribers_hear_of_nothing_is_not_ready_until_they_do(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("firmhold.relay.hub.monotonic", lambda: now)
    hub, item = api.shop.services.hub, await api.item(5)
    assert ok(await api.http.get("/readyz"))["relay"] == "ok", "nobody is subscribed"
    joined = await hub.subscribe(api.shop.organization.id, [item["id"]])
    assert ok(await api.http.get("/readyz"))["relay"] == "ok", "nobody has waited yet"
    now += 30
    assert ok(await api.http.get("/readyz"))["relay"] == "ok"
    now += 1
    waiting = ok(await api.http.get("/readyz"), 503)
    assert (waiting["status"], waiting["relay"]) == ("waiting", "31 seconds behind")
    await hub.run_once()
    assert ok(await api.http.get("/readyz"))["relay"] == "ok"
    hub.leave(joined.subscription)


async def test_webhooks_that_are_late_take_no_server_out_of_service(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MOST_LAG", 0.0)
    await Planner(api.shop.services.database, lambda _: b"{}").run_once()
    await api.item(5)
    ok(await api.http.get("/readyz"))


@asynccontextmanager
async def serving(address: Address) -> AsyncIterator[httpx.AsyncClient]:
    services = build_services(Settings(), address.dsn, Keyring([SECRET]))
    async with running(services, workers=False):
        transport = httpx.ASGITransport(Application(services, workers=False))
        async with httpx.AsyncClient(transport=transport, base_url="http://firmhold.test") as http:
            yield http


async def test_a_database_that_was_not_migrated_is_not_ready(server: Server) -> None:
    address = await server.clone("template0")
    async with serving(address) as http:
        response = await http.get("/readyz")
        waiting = ok(response, 503)
        assert waiting["status"] == "waiting"
        assert waiting["database"] == "ok"
        assert re.fullmatch(r"[1-9]\d* missing", waiting["migrations"])
        assert ok(await http.get("/healthz")) == {"status": "ok"}
    await server.drop(address)


async def test_a_database_of_a_newer_release_is_not_ready(server: Server) -> None:
    address = await server.clone()

    async def from_the_future(connection: Any) -> None:
        table = await connection.fetchval(
            "SELECT tablename FROM pg_tables WHERE tablename LIKE '%migration%'"
        )
        columns = await connection.fetch(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_name = $1 ORDER BY ordinal_position",
            table,
        )
        values = [
            "9999" if "int" in kind else "now()" if "time" in kind else "'9999_future'"
            for _, kind in columns
        ]
        await connection.execute(f"INSERT INTO {table} VALUES ({', '.join(values)})")

    await connected(address.superuser, from_the_future)
    async with serving(address) as http:
        waiting = ok(await http.get("/readyz"), 503)
        assert waiting["status"] == "waiting"
        assert waiting["migrations"] != "ok"
    await server.drop(address)


# --- the database is away ---


class Doomed:
    """A PostgreSQL that a test may take away."""

    def __init__(self, server: Server, stop: Callable[[], None]) -> None:
        self.server = server
        self.stop = stop


async def test_what_takes_the_database_too_long_is_said_to(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: Any, **__: Any) -> Any:
        async with api.shop.services.database.read_shared() as connection:
            await connection.execute("SET statement_timeout = '10ms'")
            try:
                await connection.execute("SELECT pg_sleep(5)")
            finally:
                await connection.execute("RESET statement_timeout")

    monkeypatch.setattr(type(api.shop.services.reader), "reservations", slow)
    refused = problem(await api.get("/v1/reservations", api.operator), "overloaded")
    assert refused["detail"] == "This takes the database too long. Ask for less at a time."


@pytest.fixture(scope="module")
def doomed() -> Iterator[Doomed]:
    with ExitStack() as stack:
        server = stack.enter_context(running_server())
        yield Doomed(server, stack.close)


async def test_without_its_database_every_operation_asks_to_come_back_and_none_fails(
    doomed: Doomed,
) -> None:
    address = await doomed.server.clone()
    async with open_shop(address.dsn, patience_seconds=0.2) as shop:
        api = Api(shop)
        async with api.http:
            await api.open()
            await api.item(1000, sku=FLASH)
            requests = [(op, *await example(api, op, api.owner)) for op in OF_ONE]
            doomed.stop()
            shop.services.directory.forget()
            for operation, path, body, headers in requests:
                for token in (api.owner, None):
                    response = await api.call(operation.method, path, token, body, headers=headers)
                    if token is None and response.status_code == 401:
                        continue
                    if operation.name == "who_am_i":
                        assert ok(response)["role"] == "owner", "the token says it all"
                        continue
                    found = problem(response, "overloaded")
                    assert int(response.headers["retry-after"]) == found["retry_after"] >= 1
            waiting = ok(await api.http.get("/readyz"), 503)
            assert waiting == {"status": "waiting", "database": "away", "relay": "ok"}
            assert ok(await api.http.get("/healthz")) == {"status": "ok"}
            metrics = await api.http.get("/metrics")
            assert metrics.status_code == 200
            assert "reserve_requests_total" in metrics.text
            assert "firmhold_database_up 0.0" in metrics.text
            for unknown in ("active_reserv", "expirer_lag", "relay_lag", "inventory_avail"):
                assert unknown not in metrics.text, "what cannot be known is not made up"
            assert ok(await api.http.get("/openapi.json"))
            problem(await api.http.get("/nothing"), "not_found")


# --- all connections for reading are in use ---


async def test_who_finds_all_reading_connections_in_use_is_told_so_and_what_is_held_is_sold(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await api.item(5)
    hold = await api.hold(item["id"])
    services = api.shop.services
    ok(await api.get(f"/v1/items/{item['id']}", api.operator))
    async with AsyncExitStack() as stack:
        for _ in range(Settings().read_connections):
            await stack.enter_async_context(services.database.read_shared())
        # Now only: to connect may take longer.
        stack.enter_context(monkeypatch.context()).setattr(
            "firmhold.store.database.READ_PATIENCE", 0.05
        )
        refused = problem(await api.get("/v1/items", api.operator), "overloaded")
        assert refused["detail"] == "Too many requests want to read at this moment."
        assert refused["retry_after"] >= 1
        # The database is not away, and whoever asks for the server's health must not take it
        # out of service: it still sells.
        assert ok(await api.http.get("/readyz"))["database"] == "ok"
        ok(await api.act(hold["id"], "confirm", api.customer))
    ok(await api.get("/v1/items", api.operator))


# --- pages ---


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/healthz"])
async def test_what_is_no_ones_secret_needs_no_token_and_no_organization(
    stage: Api, path: str
) -> None:
    for headers in ({}, {"authorization": "Bearer forged"}, {"x-organization": "no-such"}):
        assert (await stage.http.get(path, headers=headers)).status_code == 200


async def test_the_reference_is_a_page_that_loads_nothing_from_outside(stage: Api) -> None:
    response = await stage.http.get("/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", response.text)
    assert "<script" not in response.text


# --- other addresses and methods ---

NOWHERE = [
    "/nothing",
    "/v1",
    "/v1/",
    "/v1/nothing",
    "/v2/items",
    "/api",
    "/api/v1",
    "/V1/items",
    "/v1/items/x/y/z",
    "//v1/items",
    "/v1//items",
    "/v1/../v1/items",
    "/%2e%2e/etc/passwd",
    "/v1/items%2f",
    "/.env",
    "/docs/../.git/config",
    "/schema",
    "/schema/openapi.json",
    "/metrics/x",
    "/" + "x" * 5000,
    "/%00",
    "/%ff",
]


@pytest.mark.parametrize("path", NOWHERE, ids=lambda path: path[:20])
async def test_an_address_that_is_none_is_a_problem(stage: Api, path: str) -> None:
    response = await stage.http.get(path, headers={"authorization": f"Bearer {stage.owner}"})
    if response.status_code == 200:
        assert path in {"//v1/items", "/v1//items", "/v1/../v1/items", "/v1/items%2f"}
        return
    problem(response, "not_found")


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")


@pytest.mark.parametrize("path", sorted({op.path for op in OPERATIONS}))
async def test_a_method_that_an_address_does_not_know_is_refused_with_those_it_does(
    stage: Api, path: str
) -> None:
    known = {op.method for op in OPERATIONS if op.path == path}
    address = re.sub(r"{\w+}", "x", path)
    before = await stage.checksum()
    for method in set(METHODS) - known:
        response = await stage.http.request(
            method, address, headers={"authorization": f"Bearer {stage.owner}"}
        )
        found = a_problem(response)
        # A method that HTTP does not have may also be refused as such.
        assert response.status_code == 405 or method in {"TRACE", "PROPFIND"}, found
        if response.status_code == 405:
            allowed = {name.strip() for name in response.headers["allow"].split(",")}
            assert known <= allowed
            assert allowed <= known | {"HEAD", "OPTIONS"}
    assert await stage.checksum() == before


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"])
async def test_pages_are_read_only(stage: Api, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        response = await stage.http.request(method, path)
        assert a_problem(response)["status"] == 405
        assert "GET" in response.headers["allow"]


SEVERAL = ("/v1/items", "/v1/reservations")


@pytest.mark.parametrize("path", [*SEVERAL, "/healthz", "/docs", "/api/products"])
async def test_options_tell_the_methods_and_head_has_no_body(stage: Api, path: str) -> None:
    options = await stage.http.options(path)
    assert options.status_code in {200, 204}
    assert "GET" in options.headers["allow"]
    assert "access-control-allow-origin" not in options.headers
    head = await stage.http.head(path, headers={"authorization": f"Bearer {stage.owner}"})
    assert head.status_code == 200
    assert head.content == b""


async def test_times_end_in_z_everywhere(stage: Api) -> None:
    item = await stage.item(5, sale_ends_at="2090-01-01T00:00:00+05:30")
    assert item["sale_ends_at"] == "2089-12-31T18:30:00Z"
    hold = await stage.hold(item["id"])
    for value in (item["created_at"], item["server_time"], hold["expires_at"]):
        assert value.endswith("Z")
        assert datetime.fromisoformat(value).tzinfo is not None


@pytest.mark.parametrize("operation", OPERATIONS, ids=names)
async def test_the_fast_lane_and_the_router_answer_alike(stage: Api, operation: Operation) -> None:
    """Hot operations are reached past the router; a trailing slash takes the other way."""
    if not operation.hot:
        return
    body = {"nobody_knows": 1}
    answers = [
        await stage.call(operation.method, path, stage.owner, body, key=fresh("k"))
        for path in (operation.path, operation.path + "/")
    ]
    assert answers[0].status_code == answers[1].status_code == 400
    assert answers[0].content == answers[1].content
    for header in ("content-type", "content-length"):
        assert answers[0].headers[header] == answers[1].headers[header]
