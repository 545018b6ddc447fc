"""Owns: Firmhold's engine on one hot item with no HTTP in front of it.

``engine/hot`` has as many callers as pgbench has clients, with whose one row it is compared;
``engine/crowd`` has four times as many, and so larger batches.

``python -m bench.engine_alone DSN ORGANIZATION CALLERS WARMUP SECONDS`` runs closed-loop
callers in one process and prints one JSON object, as the load generator does. All that a door
asks of the engine is asked: a key, a stored answer, a customer.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import datetime

import msgspec
import uuid_utils
import uvloop

from bench.firmhold_stock import add_items, add_organization, prove
from bench.lab import HOT_SKU, Case, Lab, Run, run_of
from bench.load_spec import LoadResult, latency_of, mark_window
from bench.web import rarely_look_for_garbage
from bench.weigh import Scale
from firmhold.domain.commands import Asked, Hold
from firmhold.domain.model import Actor, Reservation
from firmhold.domain.state import Accepted
from firmhold.engine.engine import Engine
from firmhold.engine.ticket import Answer, Key
from firmhold.store.database import Database
from firmhold.store.migrate import migrate

CROWD = 4


class HoldAnswer(msgspec.Struct):
    reservation_id: str
    sku: str
    quantity: int
    expires_at: datetime | None
    ttl_seconds: int


def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    """What the storefront door answers."""
    reservation = accepted.subject
    assert isinstance(reservation, Reservation)
    expires = reservation.expires_at
    ttl = round((expires - now).total_seconds()) if expires else 0
    answer = HoldAnswer(reservation.id, HOT_SKU, 1, expires, ttl)
    return 201, msgspec.json.encode(answer)


class Callers:
    """Customers who each ask for one unit, get the answer, and ask again."""

    def __init__(self, engine: Engine, organization: str, offering: str) -> None:
        self.engine, self.organization, self.offering = engine, organization, offering
        self.running, self.measuring = True, False
        self.held = self.held_in_window = self.refused = 0
        self.latencies: list[float] = []

    async def call(self, number: int) -> None:
        customer = f"customer-{number}"
        actor = Actor(f"user:{customer}", customer)
        body = b'{"sku":"FLASH-SALE-0","quantity":1}'
        count = 0
        while self.running:
            count += 1
            started, timed = time.perf_counter(), self.measuring
            hold = Hold(
                f"rsv_{uuid_utils.uuid7().hex}", actor, customer, (Asked(self.offering, 1),)
            )
            key = Key.of(actor.label, "reserve", f"{number}-{count}", body)
            reply = await self.engine.submit(self.organization, hold, render, key)
            if not isinstance(reply, Answer):
                self.refused += 1
                continue
            self.held += 1
            self.held_in_window += self.measuring
            if timed:
                self.latencies.append(time.perf_counter() - started)


async def load(
    dsn: str, organization: str, callers: int, warmup: float, seconds: float
) -> LoadResult:
    database = Database(dsn, engine_connections=4, read_connections=1, pooler=False)
    await database.open()
    engine = Engine(database)
    engine.start()
    offering = await engine.item_of_sku(organization, HOT_SKU)
    assert offering is not None
    crowd = Callers(engine, organization, offering)
    tasks = [asyncio.create_task(crowd.call(number)) for number in range(callers)]
    await asyncio.sleep(warmup)
    cpu, start = time.process_time(), time.perf_counter()
    mark_window()
    crowd.measuring = True
    await asyncio.sleep(seconds)
    crowd.measuring = False
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    mark_window()
    crowd.running = False
    await asyncio.gather(*tasks)
    await engine.close()
    await database.close()
    all_statuses = {"201": crowd.held}
    if crowd.refused:
        all_statuses["refused"] = crowd.refused
    return LoadResult(
        requests=crowd.held_in_window,
        seconds=round(elapsed, 4),
        rate=round(crowd.held_in_window / elapsed, 2),
        statuses={"201": crowd.held_in_window},
        all_statuses=all_statuses,
        timed_statuses=all_statuses,
        unanswered=0,
        connections_lost=0,
        latency_ms=latency_of(crowd.latencies),
        cpu_seconds=round(cpu, 4),
        cpu_us_per_request=round(cpu / max(crowd.held_in_window, 1) * 1e6, 2),
    )


@dataclass(frozen=True, slots=True)
class EngineAlone:
    """The case: fresh database, engine and callers in one process, proof by the tables."""

    name: str = "engine/hot"
    callers: int = 1  # for each connection that the other cases have

    async def run(self, lab: Lab) -> Run:
        dsn = await lab.postgres.new_database("firmhold_engine")
        connection = await lab.postgres.connect("firmhold_engine")
        try:
            await migrate(connection)
            organization = await add_organization(connection)
            await add_items(connection, organization, 1)
            await lab.postgres.settle()
            callers = self.callers * lab.options.connections
            numbers = [callers, lab.options.warmup, lab.options.seconds]
            module = ["bench.engine_alone", dsn, organization, *map(str, numbers)]
            scale = Scale(connection)
            await scale.before()
            result, share = lab.watched(module, service_pid=None)
            written = await scale.after()
            run = run_of(self.name, result, share, await prove(connection, result))
            await scale.count(written)
            run.written = written
            run.loadgen_us = 0.0  # engine and callers are one process
        finally:
            await connection.close()
        return run


def engine_cases() -> list[Case]:
    return [EngineAlone(), EngineAlone("engine/crowd", CROWD)]


def main() -> None:
    dsn, organization, callers, warmup, seconds = sys.argv[1:]
    rarely_look_for_garbage()
    result = uvloop.run(load(dsn, organization, int(callers), float(warmup), float(seconds)))
    sys.stdout.write(msgspec.json.encode(result).decode() + "\n")


if __name__ == "__main__":
    main()
