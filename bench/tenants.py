"""What row-level security costs a batch: processor time of its PostgreSQL connection.

    python -m bench.tenants [--rounds 300]

Carries out the same batches in turn on two connections: one as the server has it, and one that says
nothing and, having BYPASSRLS, is asked nothing. Holds of one hot item, with customers and keys, in
batches of 1 and of 256; looks at an item by its id; and looks for two organizations in turn, for
which the connection has to be told each time. Medians, and by how much the one is dearer.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import uuid_utils

from bench.engine_alone import render
from bench.firmhold_stock import add_items, add_organization
from firmhold.domain.commands import Asked, Hold
from firmhold.domain.model import Actor
from firmhold.engine.batch import Claims
from firmhold.engine.ticket import Key, Ticket
from firmhold.engine.transaction import carry_out
from firmhold.store.connections import ACROSS, EngineConnection, saying
from firmhold.store.database import SETTINGS
from firmhold.store.embedded import EmbeddedServer
from firmhold.store.migrate import migrate
from firmhold.store.sql import statement

WARM = 20
"""Times that are not counted: plans are made, and caches filled."""

BYPASSING = "CREATE ROLE unwalled LOGIN BYPASSRLS IN ROLE firmhold"

Connection = EngineConnection


class Unsaid(EngineConnection):
    """A connection on which nobody says for whom they work."""

    organization: str

    async def execute(self, query: str, *args: Any, **more: Any) -> str:
        said = f"; {saying(self.organization)}"
        return await super().execute(query.replace(said, ""), *args, **more)

    async def work_for(self, whose: str) -> None:
        pass


def used(connection: Connection) -> int:
    """Nanoseconds that the connection's process has run."""
    return int(Path(f"/proc/{connection.get_server_pid()}/schedstat").read_text().split()[0])


class Holding:
    """Batches of so many holds."""

    def __init__(self, organization: str, offering: str, size: int) -> None:
        self.organization, self.offering, self.size = organization, offering, size
        self._number = 0

    async def __call__(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        tickets = []
        for place in range(self.size):
            self._number += 1
            customer = f"customer-{place}"
            actor = Actor(f"user:{customer}", customer)
            hold = Hold(
                f"rsv_{uuid_utils.uuid7().hex}", actor, customer, (Asked(self.offering, 1),)
            )
            key = Key.of(actor.label, "reserve", f"{id(self)}-{self._number}", b"{}")
            deadline = loop.time() + 60
            tickets.append(
                Ticket(
                    self.organization,
                    hold,
                    (self.offering,),
                    key,
                    render,
                    deadline,
                    loop.create_future(),
                )
            )
        claims = Claims(frozenset({self.offering}), False)
        await carry_out(connection, self.organization, tickets, claims)


class Looking:
    """Looks at an item, for each of these organizations in turn."""

    def __init__(self, items: list[tuple[str, str]]) -> None:
        self._items = items

    async def __call__(self, connection: Connection) -> None:
        for organization, item in self._items:
            await connection.work_for(organization)
            found = await connection.fetch(
                statement("catalogue", "items"), organization, [item], None, None, None, 1
            )
            assert len(found) == 1


async def compare(
    ways: tuple[Connection, Connection], act: Callable[[Connection], Awaitable[None]], rounds: int
) -> tuple[float, float]:
    """Microseconds of processor time with policies and without, in turn; medians."""
    spent: tuple[list[int], list[int]] = ([], [])
    for number in range(rounds + WARM):
        for way, times in zip(ways, spent, strict=True):
            before = used(way)
            await act(way)
            # Answered is not yet done: what the process does after that is counted by the next.
            if number >= WARM:
                times.append(used(way) - before)
    with_policies, without = (statistics.median(times) / 1000 for times in spent)
    return with_policies, without


async def connections(dsn: str, organization: str) -> tuple[Connection, Connection]:
    """As the server has it, and past the policies."""
    opened: Any = await asyncpg.connect(
        dsn, connection_class=EngineConnection, server_settings=SETTINGS
    )
    past: Any = await asyncpg.connect(
        dsn.replace("//firmhold@", "//unwalled@"),
        connection_class=Unsaid,
        server_settings=SETTINGS,
    )
    past.organization = organization
    return opened, past


async def measure(dsn: str, rounds: int) -> None:
    """Fill, compare, and print."""
    admin = await asyncpg.connect(dsn.replace("//firmhold@", "//postgres@"))
    await admin.execute(BYPASSING)
    await admin.close()
    owner = await asyncpg.connect(dsn, server_settings={"firmhold.organization": ACROSS})
    await migrate(owner)
    items = []
    for slug in ("bench", "other"):
        organization = await add_organization(owner, slug)
        await add_items(owner, organization, 1000)
        first = await owner.fetchval(
            "SELECT id FROM item WHERE organization_id = $1 ORDER BY id LIMIT 1", organization
        )
        items.append((organization, first.hex))
    await owner.execute("ANALYZE")
    await owner.close()
    organization, item = items[0]
    ways = await connections(dsn, organization)
    for what, act, times in (
        ("batch of 1", Holding(organization, f"item_{item}", 1), rounds),
        ("batch of 256", Holding(organization, f"item_{item}", 256), max(rounds // 5, 20)),
        ("look at an item", Looking(items[:1]), rounds),
        ("two looks for two organizations", Looking(items), rounds),
    ):
        walled, past = await compare(ways, act, times)
        print(f"{what:32} {walled:9.1f} µs with policies, {past:9.1f} without: {walled / past:.3f}")
    for way in ways:
        await way.close()


def main() -> None:
    """Measure on a PostgreSQL of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="firmhold-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedServer.attach(Path(folder) / "data")
        try:
            asyncio.run(measure(server.dsn, given.rounds))
        finally:
            server.detach()


if __name__ == "__main__":
    main()
