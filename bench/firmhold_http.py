"""Owns: Firmhold's server as cases. It runs as shipped, with every guard on.

Each case gets a fresh database (the one with a history keeps its own), stock written by SQL, a
server of one worker, and tokens for as many customers as the rivals have. ``firmhold verify``
judges afterwards, on top of the same proof the rivals give.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import asyncpg

from bench import firmhold_stock as stock
from bench.lab import PLENTY, SECRET, SKU, Case, Lab, Run, hold_one, run_of
from bench.load_spec import TargetSpec
from bench.process import Service, free_port, resident_mb, scratch_directory
from bench.weigh import Scale
from firmhold.identity.keyring import Keyring
from firmhold.identity.roles import Role
from firmhold.identity.tokens import Tokens
from firmhold.limits.policy import WIDE
from firmhold.store.migrate import migrate

PROGRAM = Path(sys.executable).with_name("firmhold")
TOKEN_SECONDS = 3600
FEW = 100  # units of the item that is to be sold out before the measurement begins
IDLE_PAUSE = 0.02  # seconds between an answer and the next request of the only customer
MIXED_RATE = 500.0
VERIFY_SECONDS = 900.0  # over the longest history; a fresh database takes a second or two
REST_SECONDS = 2.0  # after the first answer, before memory is looked at


@dataclass(frozen=True, slots=True)
class Shop:
    """A running server with stock, and what is needed to shop there."""

    service: Service
    tokens: list[str]
    connection: asyncpg.Connection[Any]
    env: dict[str, str]
    holds_before: int

    async def load(
        self,
        lab: Lab,
        name: str,
        targets: list[TargetSpec],
        rate: float = 0.0,
        pause: float = 0.0,
        counted: str = "201",
        lines: int = 1,
    ) -> Run:
        spec = lab.spec(self.service.url, self.tokens, targets)
        spec.rate, spec.pause = rate, pause
        if pause:
            spec.connections = 1
        scale = Scale(self.connection)
        await scale.before()
        result, share = lab.measure(spec, self.service.pid)
        written = await scale.after()
        proof = await stock.prove(self.connection, result, self.holds_before, lines)
        if proof.ok:
            verdict = verify(self.env)
            proof.ok, proof.note = verdict == "", verdict
        await scale.count(written)
        run = run_of(name, result, share, proof, counted, asked=rate)
        run.written = written
        return run


def verify(env: dict[str, str]) -> str:
    """Nothing when every invariant holds, else what ``firmhold verify`` said."""
    try:
        done = subprocess.run(
            [PROGRAM, "verify"],
            env={**os.environ, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=VERIFY_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"firmhold verify had not ended after {VERIFY_SECONDS:.0f} s"
    return "" if done.returncode == 0 else done.stdout[-1000:] or "firmhold verify failed"


def serve(env: dict[str, str], workers: int = 1) -> Service:
    port = free_port()
    options = ["--port", str(port), "--workers", str(workers)]
    # No limit is met, and each is asked.
    return Service([str(PROGRAM), "serve", *options], port, {**env, "FIRMHOLD_LIMITS": WIDE})


@asynccontextmanager
async def shop(
    lab: Lab,
    items: int = 1,
    capacity: int = PLENTY,
    history: int = 0,
    workers: int = 1,
    **settings: str,
) -> AsyncIterator[Shop]:
    """A database, its stock and a server, for one case; a history is made once and kept."""
    name = f"firmhold_aged_{history}" if history else "firmhold_hot"
    if not (history and await lab.postgres.has_database(name)):
        await open_shop(lab, name, items, capacity, history)
    await lab.postgres.settle()
    connection = await lab.postgres.connect(name)
    try:
        tokens = await customers(connection, lab.options.customers)
        with scratch_directory() as data_dir:
            env = {
                "FIRMHOLD_DATABASE_URL": lab.postgres.dsn(name),
                "FIRMHOLD_DATA_DIR": str(data_dir),
                "FIRMHOLD_SECRET_KEY": SECRET,
                **settings,
            }
            before = await stock.holds_made(connection)
            with serve(env, workers) as service:
                wait_until_ready(service)
                yield Shop(service, tokens, connection, env, before)
    finally:
        await connection.close()


async def open_shop(lab: Lab, name: str, items: int, capacity: int, history: int) -> None:
    await lab.postgres.new_database(name)
    connection = await lab.postgres.connect(name)
    try:
        await migrate(connection)
        organization = await stock.add_organization(connection)
        await stock.add_items(connection, organization, items, capacity)
    finally:
        await connection.close()
    if history:
        superuser = await lab.postgres.superuser(name)
        try:
            await stock.add_history(superuser, organization, history)
        finally:
            await superuser.close()


async def customers(connection: asyncpg.Connection[Any], count: int) -> list[str]:
    """A bearer token for each of so many registered customers."""
    organization = await stock.add_organization(connection)
    rows = await connection.fetch(stock.ADD_CUSTOMERS, organization, count)
    tokens = Tokens(Keyring([SECRET.encode()]))

    def token(user: str, email: str) -> str:
        return tokens.access_token(
            f"org_{organization}", user, email, Role.CUSTOMER, f"ses_{user[4:]}", TOKEN_SECONDS
        )

    return [token(f"usr_{row['id'].hex}", row["email"]) for row in rows]


class Hot:
    """Holds on one item that does not sell out: the figure most others are compared with."""

    name = "firmhold/hot"

    async def run(self, lab: Lab) -> Run:
        async with shop(lab) as open_shop:
            return await open_shop.load(lab, self.name, [hold_one()])


class Spread:
    """The same holds over many items in turn."""

    name = "firmhold/spread"

    async def run(self, lab: Lab) -> Run:
        async with shop(lab, items=lab.options.items) as open_shop:
            return await open_shop.load(lab, self.name, [hold_one(SKU, lab.options.items)])


class SoldOut:
    """Refusals: the item sells out during the warm-up."""

    name = "firmhold/sold_out"

    async def run(self, lab: Lab) -> Run:
        async with shop(lab, capacity=FEW) as open_shop:
            return await open_shop.load(lab, self.name, [hold_one()], counted="409")


class Aged:
    """Holds on the same item, in a database with a long past, some of it the item's own."""

    name = "firmhold/aged"

    async def run(self, lab: Lab) -> Run:
        history = lab.options.past
        async with shop(lab, items=stock.HISTORY_ITEMS, history=history) as open_shop:
            return await open_shop.load(lab, self.name, [hold_one()])


class HalfRate:
    """Latency with the load at half of what the server can do, however slow an answer is."""

    name = "firmhold/half_rate"

    async def run(self, lab: Lab) -> Run:
        most = lab.median_rate(Hot.name)
        if most is None:
            raise RuntimeError(f"{self.name} needs {Hot.name} measured before it")
        async with shop(lab) as open_shop:
            return await open_shop.load(lab, self.name, [hold_one()], rate=most / 2)


class Idle:
    """Latency for one customer at a time, with pauses."""

    name = "firmhold/idle"

    async def run(self, lab: Lab) -> Run:
        async with shop(lab) as open_shop:
            return await open_shop.load(lab, self.name, [hold_one()], pause=IDLE_PAUSE)


class Mixed:
    """The classic target: looking, holding, confirming, cancelling, at a fixed rate."""

    name = "firmhold/mixed"

    async def run(self, lab: Lab) -> Run:
        items = lab.options.items
        hold = hold_one(SKU, items)
        hold.weight, hold.remember = 3, "reservation_id"
        mix = [
            hold,
            TargetSpec(f"/api/v1/inventory/{SKU}", method="GET", variants=items, weight=5),
            _checkout("confirm"),
            _checkout("cancel"),
        ]
        async with shop(lab, items=items) as open_shop:
            return await open_shop.load(lab, self.name, mix, rate=MIXED_RATE, counted="2")


def _checkout(step: str) -> TargetSpec:
    body = '{"reservation_id":"{id}"}'
    return TargetSpec(f"/api/v1/checkout/{step}", body=body, recall=True)


class Start:
    """From nothing to the first answer, with the embedded PostgreSQL; then memory at rest."""

    name = "firmhold/start"

    async def run(self, lab: Lab) -> Run:
        with scratch_directory() as directory:
            start = time.monotonic()
            with serve({"FIRMHOLD_DATA_DIR": str(directory / "data")}) as service:
                wait_until_ready(service)
                seconds = round(time.monotonic() - start, 3)
                await asyncio.sleep(REST_SECONDS)
                extra = {
                    "first_answer_s": seconds,
                    # The process that serves; and with the one beside it.
                    "worker_mb": resident_mb(service.pid),
                    "server_mb": resident_mb(service.pid, family=True),
                }
        return Run(case=self.name, rate=0, extra=extra)


def wait_until_ready(service: Service, patience: float = 30.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", service.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise RuntimeError("the server did not get ready")


def firmhold_cases() -> list[Case]:
    return [Hot(), Spread(), SoldOut(), Aged(), HalfRate(), Idle(), Mixed(), Start()]
