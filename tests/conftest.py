"""Fixtures for all tests: one PostgreSQL per run of pytest, one database and shop per test."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from tests.databases import Address, Server, running_server
from tests.shop import Shop, open_shop

# An example that takes long on a busy machine is not a wrong one.
settings.register_profile("firmhold", deadline=None)
settings.load_profile("firmhold")


LONGEST = (
    "pages/test_in_a_browser.py",
    "faults/test_faults.py",
    "faults/test_servers.py",
    "cli/test_limits_of_servers.py",
    "faults/test_failpoints.py",
    "simulation/test_pools.py",
    "simulation/test_lines.py",
    "faults/test_workload.py",
    "models/test_doors.py",
    "models/test_engine.py",
    "linearizability/test_histories.py",
    "cli/test_audit_of_servers.py",
    "audit/test_tampering.py",
    "live/test_live.py",
)
"""Files that take long, with few tests: begun first, so that nobody waits for them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, then those with the most tests."""
    counts = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int]:
        path = item.path.as_posix()
        long = next((at for at, it in enumerate(LONGEST) if path.endswith(it)), len(LONGEST))
        return long, -counts[item.path]

    items.sort(key=place)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL."""
    with running_server() as server:
        yield server


@pytest.fixture
async def database(server: Server) -> AsyncIterator[Address]:
    """A migrated database with nothing in it."""
    address = await server.clone()
    yield address
    await server.drop(address)


@pytest.fixture
async def shop(database: Address) -> AsyncIterator[Shop]:
    """An organization on the real engine, without background workers."""
    async with open_shop(database.dsn) as shop:
        yield shop
