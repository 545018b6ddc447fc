"""Schemathesis against a real server: no operation ever fails, whatever a schema can dream up.

By itself a run makes up a part, which is a bounded number of requests; with `MADE_UP=whole`, as
`python -m tests.access` sets it, all.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.engine import events, from_schema

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

WHOLE = os.environ.get("MADE_UP") == "whole"

EXAMPLES = 20 if WHOLE else 5
"""For each operation and way of making them."""

FUZZED = 20
"""The same, where Schemathesis chooses what comes after what."""

STORIES = 400 if WHOLE else 30
"""Of several requests, each of which follows from an answer."""

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
    app = Application(
        build_services(Settings(limits=WIDE), address.dsn, Keyring([SECRET])), workers=False
    )
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


# --- all of its phases, in the order of its own ---


PHASES = {
    "examples": 1,
    "coverage": 1,
    "fuzzing": FUZZED,
    "stateful": STORIES,
}
"""Each with how many requests it makes up for an operation, as far as it makes up any: examples are
the document's, and of the bounds of each field every one is tried. What is fuzzed is of the kind
that is made up for each operation above."""

NO_SUCH_PATH = {"examples", "coverage", "fuzzing"}
"""In which paths are made up, and get the names of real things."""


def engine(server_url: Running, phase: str) -> Any:
    config = schemathesis.Config.from_dict(
        {
            "base-url": server_url.url,
            "headers": {"Authorization": f"Bearer {server_url.token}"},
            "workers": 1,
            "continue-on-failure": True,
            "generation": {
                "max-examples": PHASES[phase],
                "deterministic": True,
                "database": "none",
            },
            "phases": {name: {"enabled": name == phase} for name in PHASES},
            "checks": {
                "positive_data_acceptance": {"enabled": False},  # see `LEFT_OUT`
                # A body that is refused for its length is as wrong as any other.
                "negative_data_rejection": {
                    "expected-statuses": [400, 401, 403, 404, 405, 409, 413, 422, 429]
                },
            },
        }
    )
    return from_schema(schemathesis.openapi.from_dict(document(OPERATIONS), config=config))


@pytest.fixture
def real_paths(server_url: Running) -> Iterator[None]:
    """Whatever is right otherwise is about something that is there."""

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        made = case.meta
        if made is None or made.phase.name.value not in NO_SUCH_PATH:
            return
        if made.generation.mode is GenerationMode.POSITIVE and case.path_parameters:
            name = case.operation.definition.raw["operationId"]
            case.path_parameters = {**server_url.real[name]}

    schemathesis.hook(before_call)
    yield
    schemathesis.hooks.unregister(before_call)


@pytest.mark.parametrize("phase", [it for it in PHASES if WHOLE or it != "fuzzing"])
@pytest.mark.usefixtures("real_paths")
def test_every_operation_does_as_the_document_says_in_each_phase(
    server_url: Running, phase: str, record_property: Callable[[str, object], None]
) -> None:
    sent, wrong = 0, []
    for event in engine(server_url, phase).execute():
        if isinstance(event, events.ScenarioFinished):
            sent += len(event.recorder.interactions)
            wrong += [
                f"{found.failure_info.failure.operation}: {found.failure_info.failure.message}\n"
                f"{found.failure_info.code_sample}"
                for checks in event.recorder.checks.values()
                for found in checks
                if found.failure_info is not None
            ]
        elif isinstance(event, events.NonFatalError):
            wrong.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    record_property(phase, sent)  # for `tests.access`, which counts them
    assert wrong == []
    assert sent >= len(OPERATIONS), "something was sent"


def test_a_link_leads_to_what_was_made() -> None:
    """By itself each is true: the operation is below the address, and takes one id more."""
    linked = {
        (path, name): link["parameters"]
        for path, methods in document(OPERATIONS)["paths"].items()
        for method in methods.values()
        for answer in method["responses"].values()
        for name, link in answer.get("links", {}).items()
    }
    made = "/v1/reservations"
    here = {name for path, name in linked if path == made}
    assert {"get_reservation", "confirm_reservation", "release_reservation"} <= here
    paths = {op.name: op.path for op in OPERATIONS}
    for (path, name), parameters in linked.items():
        asked = {part.strip("{}") for part in paths[name].split("/") if part.startswith("{")}
        assert set(parameters) == asked
        assert paths[name].startswith(f"{path}/{{")
