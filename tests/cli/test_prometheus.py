"""A real Prometheus watches a real server of four processes, and says what has happened."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from firmhold.identity.roles import Role
from tests.databases import Address, Server, running_server
from tests.processes import Serving, serving

PROMETHEUS, PROMTOOL = shutil.which("prometheus"), shutil.which("promtool")

pytestmark = pytest.mark.skipif(
    PROMETHEUS is None or PROMTOOL is None,
    reason="Prometheus is not installed (Debian's package prometheus)",
)

DEPLOYED = Path(__file__).resolve().parents[2] / "deploy" / "prometheus"

WORKERS = 4
CAPACITY = 500
CLIENTS = 16
HOLDS = 120

PATIENCE = 120.0
"""Seconds. Only bounds a test that would wait for ever."""

ROUND = "3s"
"""How often Prometheus asks, and how long it waits for the answer."""

LINT = {"active_reservations_count": 'should not have "_count" suffix'}
"""What `promtool check metrics` has to say: that name was given to us."""


class Watching:
    """A Prometheus that watches a server."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=10)

    def value(self, query: str) -> float | None:
        answer = self.http.get("/api/v1/query", params={"query": query}).json()
        assert answer["status"] == "success", answer
        result = answer["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    def wait_for(self, query: str, value: float) -> None:
        """Wait until it says so."""
        end = time.monotonic() + PATIENCE
        while (seen := self.value(query)) != value:
            assert time.monotonic() < end, f"{query} is {seen}, and not {value}; {self.trouble()}"
            time.sleep(0.1)

    def trouble(self) -> list[str]:
        """Why Prometheus could not ask the server last time, if it could not."""
        targets = self.http.get("/api/v1/targets").json()["data"]["activeTargets"]
        return [target["lastError"] for target in targets]

    def alerts(self) -> dict[str, str]:
        found = self.http.get("/api/v1/alerts").json()["data"]["alerts"]
        return {alert["labels"]["alertname"]: alert["state"] for alert in found}


def until(happens: Callable[[], Any], what: str) -> None:
    """Wait for it."""
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def watching(running: Serving, folder: Path) -> Iterator[Watching]:
    """As deployed, but with short rounds, and rules that do not wait to be sure."""
    rules = (DEPLOYED / "alerts.yml").read_text(encoding="utf-8")
    (folder / "alerts.yml").write_text(re.sub(r"for: \d+m", "for: 0s", rules))
    config = (DEPLOYED / "prometheus.yml").read_text(encoding="utf-8")
    config = config.replace("interval: 15s", f"interval: {ROUND}")
    config = config.replace("localhost:8080", running.url.removeprefix("http://"))
    (folder / "prometheus.yml").write_text(config)
    port = free_port()
    assert PROMETHEUS is not None
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                PROMETHEUS,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    seen = Watching(f"http://127.0.0.1:{port}")
    try:

        def is_ready() -> bool:
            assert process.poll() is None, (folder / "log").read_text()
            try:
                return seen.http.get("/-/ready").status_code == 200
            except httpx.TransportError:
                return False

        until(is_ready, "Prometheus does not start")
        yield seen
    finally:
        seen.http.close()
        process.terminate()
        process.wait(30)


async def reserved(running: Serving, sku: str, holds: int) -> list[int]:
    """Requests to reserve, over so many connections that every process has some; their answers."""
    bearer = {"authorization": f"Bearer {await running.token()}"}
    left = iter(range(holds))
    statuses: list[int] = []

    async def buy() -> None:
        for _ in left:
            async with httpx.AsyncClient(base_url=running.url, timeout=60) as client:
                body = {"lines": [{"sku": sku, "quantity": 1}]}
                headers = {**bearer, "idempotency-key": uuid4().hex}
                answer = await client.post("/v1/reservations", json=body, headers=headers)
                statuses.append(answer.status_code)

    await asyncio.gather(*(buy() for _ in range(CLIENTS)))
    return statuses


def on_sale(running: Serving) -> str:
    """The SKU of a new item in a catalogue that is everybody's."""
    owner = asyncio.run(running.token(Role.OWNER))
    with httpx.Client(
        base_url=running.url, headers={"authorization": f"Bearer {owner}"}, timeout=60
    ) as client:
        changed = client.patch("/v1/organization", json={"public_catalogue": True})
        assert changed.status_code == 200, changed.text
        item = {"sku": "TICKET", "name": "Ticket", "capacity": CAPACITY}
        made = client.post("/v1/items", json=item)
        assert made.status_code == 201, made.text
    return "TICKET"


def told(running: Serving) -> dict[str, float]:
    """What the server says at this moment, without its labels' order."""
    text = httpx.get(f"{running.url}/metrics", timeout=60).text
    return {
        f"{sample.name}{json.dumps(sample.labels, sort_keys=True)}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def database(server: Server) -> Iterator[Address]:
    address = asyncio.run(server.clone())
    yield address
    asyncio.run(server.drop(address))


def children(pid: int) -> list[int]:
    """The server processes of the one that was started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(pid) for pid in text.split() if b"supervisor" in _command_line(pid)]


def _command_line(pid: str) -> bytes:
    with contextlib.suppress(OSError):  # it has ended meanwhile
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def test_what_four_processes_count_adds_up_also_when_one_of_them_dies(
    database: Address, tmp_path: Path
) -> None:
    with serving(database, "--workers", str(WORKERS)) as running:
        sku = on_sale(running)
        with watching(running, tmp_path) as seen:
            statuses = asyncio.run(reserved(running, sku, HOLDS))
            assert statuses == [201] * HOLDS
            expected = {
                'sum(reserve_requests_total{status="201"})': HOLDS,
                "sum(reserve_duration_seconds_count)": HOLDS,
                'sum(reserve_duration_seconds_bucket{le="+Inf"})': HOLDS,
                "sum(firmhold_engine_batch_commands_sum)": HOLDS,
                "max(active_reservations_count)": HOLDS,
                f'min(inventory_available{{sku="{sku}"}})': CAPACITY - HOLDS,
                "sum(firmhold_engine_waiting_commands)": 0,
                'sum(firmhold_database_connections_limit{pool="engine"})': 16 * WORKERS,
                "min(firmhold_database_up)": 1,
            }
            for query, value in expected.items():
                seen.wait_for(query, value)
            batches = seen.value("sum(firmhold_engine_batch_commands_count)")
            assert seen.value("sum(firmhold_engine_queue_seconds_count)") == batches
            assert seen.value('sum(firmhold_engine_step_seconds_count{step="commit"})') == batches
            before = told(running)
            (first, *_) = children(running.process.pid)
            _kill(first)
            until(lambda: first not in children(running.process.pid), "it does not die")
            until(lambda: len(children(running.process.pid)) == WORKERS, "it is not replaced")
            after = told(running)
            for name, value in before.items():
                if re.search(r"_(total|count|sum|bucket)\{", name):
                    assert after[name] >= value, f"{name} has gone back"
            # Neither are connections of the dead counted, nor are those of the new one not.
            seen.wait_for('sum(firmhold_database_connections_limit{pool="read"})', 8 * WORKERS)
            assert seen.alerts() == {}


def _kill(pid: int) -> None:
    subprocess.run(["kill", "-KILL", str(pid)], check=True)


def test_promtool_has_nothing_to_say_about_the_metrics_but_of_the_name_that_was_given(
    database: Address,
) -> None:
    for workers in ("1", "2"):
        with serving(database, "--workers", workers) as running:
            asyncio.run(reserved(running, "NONE", 1))
            text = httpx.get(f"{running.url}/metrics", timeout=60).text
        assert PROMTOOL is not None
        done = subprocess.run(
            [PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, check=False
        )
        said = [line for line in (done.stdout + done.stderr).splitlines() if line]
        assert [line for line in said if not _is_known(line)] == []


def _is_known(line: str) -> bool:
    return any(line.startswith(name) and why in line for name, why in LINT.items())


def test_a_database_that_goes_away_raises_the_alarm(tmp_path: Path) -> None:
    with ExitStack() as stack:
        postgres = stack.enter_context(running_server())
        address = asyncio.run(postgres.clone())
        env = {"FIRMHOLD_PATIENCE_SECONDS": "0.2"}
        with serving(address, "--workers", "2", env=env) as running:
            sku = on_sale(running)
            token = asyncio.run(running.token())
            with watching(running, tmp_path) as seen:
                seen.wait_for("min(firmhold_database_up)", 1)
                assert seen.alerts() == {}
                stack.close()
                body = {"lines": [{"sku": sku, "quantity": 1}]}
                bearer = {"authorization": f"Bearer {token}"}

                def fail_until_it_is_noticed() -> bool:
                    answer = httpx.post(
                        f"{running.url}/v1/reservations", json=body, headers=bearer, timeout=60
                    )
                    assert answer.status_code == 503
                    firing = {it for it, state in seen.alerts().items() if state == "firing"}
                    return {"ReservingFails", "DatabaseAway"} <= firing

                until(fail_until_it_is_noticed, "nobody is told")
