"""The audit of a running server: sealed by itself, checked beside it and far away from it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from firmhold.audit import checker
from firmhold.identity.roles import Role
from tests.databases import Address, Server
from tests.processes import Serving, firmhold, serving

OWN_KEY = {"FIRMHOLD_AUDIT_KEY": ""}
"""That of the data directory."""

CHECKER = Path(checker.__file__)


@pytest.fixture
def database(server: Server) -> Iterator[Address]:
    address = asyncio.run(server.clone())
    yield address
    asyncio.run(server.drop(address))


def audit(database: Address, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return firmhold(database, ["audit", *arguments, "--data-dir", str(folder)], env=OWN_KEY)


def sealed(database: Address, folder: Path) -> Any:
    """What `audit verify` says once nothing waits any more."""
    for _ in range(100):
        done = audit(database, folder, "verify", "--json")
        report = json.loads(done.stdout)
        if not any(log["waiting"] for log in report["logs"]):
            return report
        time.sleep(0.1)
    raise AssertionError(f"it is not being sealed: {report}")


def sealer_of(running: Serving, *besides: int) -> psutil.Process:
    """The process that seals, as soon as there is one besides those."""
    server = psutil.Process(running.process.pid)
    for _ in range(200):
        for process in server.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                seals = "firmhold.cli.background" in " ".join(process.cmdline())
                if seals and process.pid not in besides:
                    return process
        time.sleep(0.1)
    raise AssertionError("nothing seals")


def reserve(running: Serving, times: int) -> None:
    token = asyncio.run(running.token(Role.OPERATOR))
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=running.url, headers=headers) as client:
        sku = f"A-{time.monotonic_ns()}"
        made = client.post("/v1/items", json={"sku": sku, "name": "A", "capacity": 5})
        assert made.status_code == 201, made.text
        line = {"item": made.json()["id"], "quantity": 1}
        for _ in range(times):
            assert client.post("/v1/reservations", json={"lines": [line]}).status_code == 201


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_sealer_that_is_killed_is_replaced_and_goes_on_where_it_was(
    database: Address, tmp_path: Path, workers: str
) -> None:
    folder = tmp_path / "data"
    options = ("--workers", workers, "--data-dir", str(folder))
    with serving(database, *options, env=OWN_KEY) as running:
        reserve(running, 2)
        entries = sealed(database, folder)["logs"][0]["entries"]
        first = sealer_of(running)
        first.send_signal(signal.SIGKILL)
        reserve(running, 3)
        second = sealer_of(running, first.pid)
        report = sealed(database, folder)
        assert (report["ok"], report["logs"][0]["entries"]) == (True, entries + 5)
    assert not second.is_running()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_sealer_ends_with_its_server_however_that_ends(
    database: Address, tmp_path: Path, workers: str
) -> None:
    options = ("--workers", workers, "--data-dir", str(tmp_path / "data"))
    with serving(database, *options, env=OWN_KEY) as running:
        sealer = sealer_of(running)
        running.process.kill()
        running.process.wait()
        sealer.wait(20)
    assert not sealer.is_running()


@pytest.mark.parametrize("workers", ["1", "3"])
def test_what_is_done_on_a_server_is_sealed_and_can_be_checked_by_anyone(
    database: Address, tmp_path: Path, workers: str
) -> None:
    folder = tmp_path / "data"
    options = ("--workers", workers, "--data-dir", str(folder))
    with serving(database, *options, env=OWN_KEY) as running:
        reserve(running, 5)
        report = sealed(database, folder)
        (log,) = report["logs"]
        assert (report["ok"], log["slug"], log["findings"]) == (True, "default", [])
        # The item and five holds in the ledger; the organization, who made the item, and that they
        # did as acts.
        assert log["entries"] == 9
        file, key = tmp_path / "log.jsonl", audit(database, folder, "key").stdout.strip()
        assert audit(database, folder, "export", str(file)).returncode == 0
        kept = tmp_path / "checkpoint"
        kept.write_text(audit(database, folder, "checkpoint").stdout)

        async def tamper() -> None:
            connection = await asyncpg.connect(database.superuser)
            await connection.execute("SET session_replication_role = replica")
            await connection.execute("UPDATE ledger SET held = 0 WHERE kind = 'held' AND seq = 3")
            await connection.close()

        asyncio.run(tamper())
        done = audit(database, folder, "verify", "--since", str(kept))
        assert done.returncode == 1
        assert "TAMPERED (default, entry " in done.stderr
        # What was taken away before needs nothing of ours to be checked.
        alone = [sys.executable, "-I", str(CHECKER), str(file), "--key", key]
        checked = subprocess.run(alone, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (folder / "audit.key").stat().st_mode & 0o077 == 0
