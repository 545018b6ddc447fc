"""Limits of a real server with several processes: exact under load, and never open."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from firmhold.identity.roles import Role
from tests.databases import Address, Server
from tests.limits.servers import Valkey, valkey
from tests.processes import Serving, firmhold, serving

BURST = 40
CLIENTS = 24
REQUESTS = 240


@pytest.fixture
def database(server: Server) -> Iterator[Address]:
    address = asyncio.run(server.clone())
    yield address
    asyncio.run(server.drop(address))


@pytest.fixture
def keeper() -> Iterator[Valkey]:
    with valkey() as server:
        yield server


async def storm(
    running: Serving, requests: int = REQUESTS, token: str | None = None
) -> Counter[int]:
    """Reads of one customer's, over so many connections that every process has some; how often
    each status was answered."""
    token = token or await running.token(Role.CUSTOMER)
    bearer = {"authorization": f"Bearer {token}"}
    answers: Counter[int] = Counter()
    left = iter(range(requests))

    async def ask() -> None:
        for _ in left:
            # A connection of its own, which whichever process is free accepts.
            async with httpx.AsyncClient(base_url=running.url, timeout=60) as client:
                answers[(await client.get("/v1/items", headers=bearer)).status_code] += 1

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return answers


LIMITS = {"FIRMHOLD_LIMITS": f"reads_per_address={BURST}/86400"}


@pytest.mark.parametrize("kept", ["node", "postgresql", "redis"])
def test_a_limit_is_exact_over_four_processes_under_load(
    database: Address, keeper: Valkey, kept: str
) -> None:
    env = {**LIMITS, "FIRMHOLD_LIMITS_KEPT": kept}
    if kept == "redis":
        env["FIRMHOLD_REDIS_URL"] = keeper.url
    with serving(database, "--workers", "4", env=env) as running:
        assert asyncio.run(storm(running)) == {200: BURST, 429: REQUESTS - BURST}


@pytest.mark.parametrize("trouble", ["killed", "asleep"])
def test_limiting_goes_on_when_redis_is_away(
    database: Address, keeper: Valkey, trouble: str
) -> None:
    """The node's own buckets have been charged all along, so that on one node nobody gains."""
    env = {**LIMITS, "FIRMHOLD_LIMITS_KEPT": "redis", "FIRMHOLD_REDIS_URL": keeper.url}
    with serving(database, "--workers", "4", env=env) as running:
        token = asyncio.run(running.token(Role.CUSTOMER))
        half = BURST // 2
        assert asyncio.run(storm(running, half, token)) == {200: half}
        if trouble == "killed":
            keeper.kill()
        else:
            keeper.stop()
        answers = asyncio.run(storm(running, REQUESTS, token))
        assert answers == {200: BURST - half, 429: REQUESTS - BURST + half}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("LIMITS", "holds_per_user=ten/60", "limits: holds_per_user"),
        ("LIMITS", "holds=10/60", "limits: there is no limit called 'holds'"),
        ("TRUSTED_PROXIES", "10.0.0.0/40", "trusted_proxies: '10.0.0.0/40'"),
        ("LIMITS_KEPT", "etcd", "limits_kept: node, postgresql or redis"),
        ("LIMITS_KEPT", "redis", "redis_url: together with limits_kept = redis"),
        ("REDIS_URL", "redis://127.0.0.1", "redis_url: together with limits_kept = redis"),
        ("AUDIT_KEY", "too short", "audit_key: "),
    ],
)
def test_a_server_that_is_told_nonsense_says_which_setting_and_why(
    database: Address, name: str, value: str, why: str
) -> None:
    done = firmhold(database, ["serve", "--port", "0"], env={f"FIRMHOLD_{name}": value})
    assert done.returncode in {1, 2}
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_that_is_no_redis_is_refused_at_the_start(database: Address) -> None:
    env = {"FIRMHOLD_LIMITS_KEPT": "redis", "FIRMHOLD_REDIS_URL": "https://example.org"}
    done = firmhold(database, ["serve", "--port", "0"], env=env)
    assert done.returncode in {1, 2}
    assert "redis_url: " in done.stderr
    assert "Traceback" not in done.stderr
