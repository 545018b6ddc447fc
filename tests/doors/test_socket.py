"""The doors through a real server of two processes: what a client that skips the socket cannot
see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from firmhold.identity.roles import Role
from tests.databases import Server
from tests.doors.client import ok, problem
from tests.processes import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Client(NamedTuple):
    """Someone who may do everything."""

    http: httpx.AsyncClient

    async def item(self, sku: str, capacity: int = 10) -> str:
        body = {"sku": sku, "name": "Something", "capacity": capacity}
        id: str = ok(await self.http.post("/v1/items", json=body), 201)["id"]
        return id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(server: Server) -> AsyncIterator[Client]:
    address = await server.clone()
    with serving(address, "--workers", "2") as running:
        headers = {"authorization": f"Bearer {await running.token(Role.OWNER)}"}
        async with httpx.AsyncClient(base_url=running.url, headers=headers) as http:
            yield Client(http)
    await server.drop(address)


@pytest.mark.parametrize(
    "sku", ["a/b", "/", "//", "a/", "/a", "a//b/", "a%2Fb", "%2F", "\u00e4/\U0001f600", "a/ b?c#d"]
)
async def test_an_item_is_reached_by_its_sku_whatever_is_in_it(client: Client, sku: str) -> None:
    id = await client.item(sku)
    for encoded in (quote(sku, safe=""), quote(sku, safe="").replace("%2F", "%2f")):
        seen = ok(await client.http.get(f"/api/v1/inventory/{encoded}"))
        assert (seen["sku"], seen["available"]) == (sku, 10)
        assert ok(await client.http.get(f"/api/products/{encoded}"))["id"] == id
        head = await client.http.head(f"/api/products/{encoded}")
        assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/api%2Fproducts",
        "/api/products%2Flive",
        "/api/v1/inventory%2Fa%2Fb",
        "/api/v1/inventory/no%2Fsuch",
        "/v1/items/..%2Fitems",
        "/v1/items%2F",
        "/%2F",
        "/%2Fhealthz",
        "/%ff%2F%ff",
    ],
)
async def test_a_slash_within_a_segment_does_not_part_it(client: Client, path: str) -> None:
    problem(await client.http.get(path), "not_found")


async def test_a_body_that_may_be_left_out_needs_no_length_either(client: Client) -> None:
    await client.item("BODILESS")
    body = {"lines": [{"sku": "BODILESS", "quantity": 1}]}
    hold = ok(await client.http.post("/v1/reservations", json=body), 201)

    async def nothing() -> AsyncIterator[bytes]:
        for _ in ():
            yield b""

    path = f"/v1/reservations/{hold['id']}"
    confirmed = await client.http.post(f"{path}/confirm", content=nothing())
    assert confirmed.request.headers["transfer-encoding"] == "chunked"
    assert ok(confirmed)["status"] == "confirmed"
    assert ok(await client.http.post(f"{path}/cancel"))["status"] == "cancelled"


async def test_the_metrics_are_the_sum_over_all_processes(client: Client) -> None:
    await client.item("SUMMED", 1000)

    async def samples() -> dict[str, float]:
        async with httpx.AsyncClient(base_url=client.http.base_url) as fresh:
            text = (await fresh.get("/metrics")).text
        return {
            sample.name: sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if family.name.startswith("firmhold_engine_")
        }

    async def hold(number: int) -> None:
        # A connection of its own, so that both processes get some.
        async with httpx.AsyncClient(
            base_url=client.http.base_url, headers=client.http.headers
        ) as http:
            body = {"sku": "SUMMED", "quantity": 1}
            key = {"idempotency-key": f"summed-{number}"}
            path = "/api/v1/inventory/reserve"
            ok(await http.post(path, json=body, headers=key), 201)

    before = await samples()
    await asyncio.gather(*(hold(number) for number in range(40)))
    for _ in range(10):  # whichever process answers
        after = await samples()
        name = "firmhold_engine_batch_commands_sum"
        assert after[name] - before.get(name, 0) == 40
        assert after["firmhold_engine_waiting_commands"] == 0
        assert after["firmhold_engine_retries_total"] >= 0
