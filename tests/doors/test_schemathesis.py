"""Schemathesis against a real server: no operation ever fails, whatever a schema can dream up."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode

from firmhold.app import OPERATIONS, Application, build_services
from firmhold.doors.shared.openapi import document
from firmhold.doors.shared.operation import Operation
from firmhold.identity.keyring import Keyring
from firmhold.identity.roles import Role
from firmhold.limits.policy import WIDE
from firmhold.settings import Settings
from tests.databases import Server
from tests.doors.client import FLASH, Api, example
from tests.shop import SECRET, Shop, open_shop

SCHEMA = schemathesis.openapi.from_dict(document(OPERATIONS))
DESCRIBED = {
    found.ok().definition.raw["operationId"]: found.ok() for found in SCHEMA.get_all_operations()
}

EXAMPLES = 20
"""For each operation and way of making them."""

checks: Any = schemathesis.checks
LEFT_OUT = [
    # Some requests fit the schema and mean nothing: a line with both an item and a SKU, a sale
    # that ends before it starts.
    checks.positive_data_acceptance,
]


class Running(NamedTuple):
    """A server with something in it."""

    url: str
    token: str
    real: dict[str, dict[str, str]]
    """For each operation, real names for the parts of its path."""
    body: dict[str, str]
    """Real names for fields of a body."""


@pytest.fixture(scope="module")
def server_url(server: Server) -> Iterator[Running]:
    address = asyncio.run(server.clone())
    token, real = asyncio.run(_furnish(address.dsn))
    app = Application(build_services(Settings(), address.dsn, Keyring([SECRET])), workers=False)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", lifespan="on")  # type: ignore[arg-type]
        serving = uvicorn.Server(config)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        body = {"productId": FLASH, "reservation_id": real["get_reservation"]["reservation"]}
        yield Running(url, token, real, body)
        serving.should_exit = True
        thread.join()
    asyncio.run(_check(address.dsn))
    asyncio.run(server.drop(address))


async def _furnish(dsn: str) -> tuple[str, dict[str, dict[str, str]]]:
    async with open_shop(dsn, limits=WIDE) as shop:
        api = Api(shop)
        async with api.http:
            await api.open()
            await api.item(1_000_000, sku=FLASH, price={"amount": 4900, "currency": "EUR"})
            real = {}
            for operation in OPERATIONS:
                path, _, _ = await example(api, operation, api.owner)
                shown, parts = operation.path.split("/"), path.partition("?")[0].split("/")
                real[operation.name] = {
                    name.strip("{}"): part
                    for name, part in zip(shown, parts, strict=True)
                    if name.startswith("{")
                }
        return await shop.token("owner@example.org", Role.OWNER), real


async def _check(dsn: str) -> None:
    async with open_shop(dsn, limits=WIDE) as shop:
        assert isinstance(shop, Shop)
        report = await shop.verify()
        assert report.ok, report


MODES = [
    (operation, mode)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    for operation in OPERATIONS
    if mode is GenerationMode.POSITIVE or operation.body or operation.query
]
"""What takes neither a body nor a query cannot be sent a wrong one."""


@pytest.mark.parametrize(
    ("operation", "mode"), MODES, ids=[f"{mode.value}-{op.name}" for op, mode in MODES]
)
def test_an_operation_does_as_the_document_says(
    server_url: Running,
    operation: Operation,
    mode: GenerationMode,
    record_property: Callable[[str, object], None],
) -> None:
    described = DESCRIBED[operation.name]
    headers = {"Authorization": f"Bearer {server_url.token}"}
    sent = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=mode))
    def run(case: schemathesis.Case) -> None:
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = {**server_url.real[operation.name]}
            if isinstance(case.body, dict):
                case.body |= {n: v for n, v in server_url.body.items() if n in case.body}
        else:
            # What is wrong with a query must not get lost on its way.
            assume(not any(value in (None, [], {}) for value in (case.query or {}).values()))
        case.call_and_validate(base_url=server_url.url, headers=headers, excluded_checks=LEFT_OUT)
        nonlocal sent
        sent += 1

    run()
    record_property(mode.value, sent)  # for `tests.access`, which counts them
    assert sent >= 1, "something was sent"
