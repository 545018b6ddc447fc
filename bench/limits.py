"""Owns: what asking the limits costs, by each of the ways to keep buckets.

A request asks two buckets, as a hold does: one of a thousand users', and that of the address that
they share. Each process asks with one caller, and then with many at once, as a busy server does.
All are admitted. What is measured is the time between question and answer with one caller; and with
many, the processor time of the asking process for each, which is what a hold pays, whoever it waits
for.

    python -m bench.limits --seconds 2
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from bench.machine import machine
from bench.record import commit
from bench.servers import Postgres, Valkey
from firmhold import store
from firmhold.limits import together
from firmhold.limits.bucket import MAX_BURST, Ask, Policy
from firmhold.limits.limiter import Limiter, NodeLimiter
from firmhold.limits.memory import SharedBuckets

KEEPERS = ("memory", "redis", "postgresql")
PROCESSES = (1, 4)
CALLERS = 64
USERS = 1000
SECRET = b"a secret that all nodes have"
BUSY = 1.0  # seconds: four processes and a server on two cores wait for the processor, not for it
MIGRATION = Path(store.__file__).parent / "migrations" / "0005_limits.sql"


class Cost(msgspec.Struct):
    """Of one process, or the median over several."""

    keeper: str
    processes: int
    alone_us: float  # one caller: microseconds from question to answer, the median
    busy_us: float  # many callers: of the process's processor time, for each request
    per_second: float  # many callers: requests, all processes together


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.limits", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--only", default=",".join(KEEPERS), help="separated by commas")
    parser.add_argument("--json", type=Path, help="file to write; else it is printed")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--lone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        keeper, where, descriptor = given.child
        buckets = SharedBuckets(int(descriptor), lone=given.lone)
        asyncio.run(_ask(keeper, _limiter(keeper, where, buckets), given.seconds))
        return
    costs = [
        _measure(keeper, where, processes, given.seconds)
        for keeper in given.only.split(",")
        for where in _addresses(keeper)
        for processes in PROCESSES
    ]
    _print(costs)
    report = {
        "commit": commit(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "callers": CALLERS,
        "seconds": given.seconds,
        "costs": msgspec.to_builtins(costs),
    }
    text = msgspec.json.format(msgspec.json.encode(report), indent=2)
    if given.json:
        given.json.write_bytes(text + b"\n")
    else:
        print(text.decode())


def _addresses(keeper: str) -> Iterator[str]:
    """Where its server is, while it is needed."""
    with ExitStack() as stack:
        if keeper == "redis":
            yield stack.enter_context(Valkey()).url
        elif keeper == "postgresql":
            postgres = stack.enter_context(Postgres())
            asyncio.run(_make_table(postgres))
            yield postgres.dsn("limits")
        else:
            yield "-"


async def _make_table(postgres: Postgres) -> None:
    await postgres.new_database("limits")
    connection = await postgres.connect("limits")
    await connection.execute(MIGRATION.read_text(encoding="utf-8"))
    await connection.close()


def _measure(keeper: str, where: str, processes: int, seconds: float) -> Cost:
    buckets = SharedBuckets.create()
    command = [
        *(sys.executable, "-m", "bench.limits", "--seconds", str(seconds)),
        *("--child", keeper, where, str(buckets.descriptor)),
        *(["--lone"] if processes == 1 else []),
    ]
    with _started(command, processes, buckets.descriptor) as children:
        for child in children:
            assert _line(child) == b"ready\n"
        for child in children:
            assert child.stdin is not None
            child.stdin.write(b"\n")
            child.stdin.flush()
        told = [msgspec.json.decode(_line(child)) for child in children]
    buckets.close()
    alone, busy, rate = zip(*told, strict=True)
    return Cost(
        keeper, processes, round(median(alone), 1), round(median(busy), 1), round(sum(rate))
    )


def _line(child: subprocess.Popen[bytes]) -> bytes:
    assert child.stdout is not None
    return child.stdout.readline()


@contextmanager
def _started(
    command: list[str], count: int, descriptor: int
) -> Iterator[list[subprocess.Popen[bytes]]]:
    children = [
        subprocess.Popen(
            command, pass_fds=[descriptor], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(count)
    ]
    try:
        yield children
    finally:
        for child in children:
            child.terminate()
            child.communicate()


async def _ask(keeper: str, limiter: Limiter, seconds: float) -> None:
    """The life of one asking process."""
    together.PATIENCE = BUSY
    await limiter.open()
    user, address = Policy("user", MAX_BURST, 1), Policy("address", MAX_BURST, 1)
    organization = "org_" + "1" * 32
    requests = [
        (Ask(user, organization, f"user:{number:032x}"), Ask(address, organization, "192.0.2.1"))
        for number in range(USERS)
    ]
    print("ready", flush=True)
    sys.stdin.readline()
    times: list[float] = []

    async def caller(first: int, end: float, note: list[float] | None) -> int:
        count = first
        while (begin := time.perf_counter()) < end:
            levels = await limiter.take(requests[count % USERS])
            assert levels.allowed
            if note is not None:
                note.append(time.perf_counter() - begin)
            count += 1
            if keeper == "memory" and count % 100 == 0:
                await asyncio.sleep(0)  # it never waits, and so would never end a turn
        return count - first

    await caller(0, time.perf_counter() + seconds, times)
    begin, used = time.perf_counter(), time.process_time()
    end = begin + seconds
    asked = sum(await asyncio.gather(*[caller(i * 16, end, None) for i in range(CALLERS)]))
    used, took = time.process_time() - used, time.perf_counter() - begin
    assert not getattr(limiter, "away", False), "the keeper was given up"
    print(msgspec.json.encode([median(times) * 1e6, used / asked * 1e6, asked / took]).decode())
    sys.stdout.flush()
    await limiter.close()


def _limiter(keeper: str, where: str, buckets: SharedBuckets) -> Limiter:
    if keeper == "memory":
        return NodeLimiter(buckets)
    if keeper == "redis":
        from firmhold.limits.redis import RedisKeeper

        return together.CommonLimiter(RedisKeeper(where, SECRET), buckets)
    from firmhold.limits.postgres import PostgresKeeper

    return together.CommonLimiter(PostgresKeeper(where, SECRET), buckets)


def _print(costs: list[Cost]) -> None:
    table = Table(title=f"Two buckets asked, {os.cpu_count()} cores")
    for column in ("kept in", "processes", "µs alone", f"µs of CPU, {CALLERS} callers", "a second"):
        table.add_column(column, justify="left" if column == "kept in" else "right")
    for cost in costs:
        table.add_row(
            cost.keeper,
            str(cost.processes),
            f"{cost.alone_us:,.1f}",
            f"{cost.busy_us:,.1f}",
            f"{cost.per_second:,.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
