"""Owns: the shared ground of one benchmark run, and the record of each measurement in it.

A *case* is one thing to measure (a rival on one hot item, pgbench, …). The runner calls every
case once per round; a case prepares its stock, puts load on, proves the result and returns a
``Run``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Protocol

import jwt
import msgspec

from bench.faults import fault_of
from bench.load_spec import Latency, LoadResult, LoadSpec, TargetSpec
from bench.process import busy_seconds, cpu_seconds
from bench.servers import Postgres, Valkey
from bench.weigh import Written

SECRET = "a key for the benchmark, which is 32 bytes or longer"
HOT_SKU = "FLASH-SALE-0"  # also the first of many
SKU = "FLASH-SALE-{n}"
PATH = "/api/v1/inventory/reserve"
KEY_HEADER = "X-Idempotency-Key"
CORES = os.cpu_count() or 1  # shares are of all of them
PLENTY = 100_000_000  # units of an item that must not sell out


class Options(msgspec.Struct):
    rounds: int = 5
    seconds: float = 8.0
    warmup: float = 2.0
    connections: int = 128
    customers: int = 1_000  # who take turns, each with a token of their own
    items: int = 10_000  # of the case that spreads over many
    patience: float = 0.0  # seconds to wait before each run for other programs to be quiet
    past: int = 10_000_000  # past reservations of the case with a history


class Share(msgspec.Struct):
    """Which part of the machine's CPU time a measurement used, and who: 1 is all cores."""

    service: float = 0
    database: float = 0
    loadgen: float = 0
    elsewhere: float = 0  # other programs of the machine: the reason to distrust a run

    def count_ours(self, part: float, is_load: bool) -> None:
        """Take the part of a process that weighs itself out of what is elsewhere."""
        self.elsewhere = round(max(0.0, self.elsewhere - part), 4)
        if is_load:
            self.loadgen = round(part, 4)
        else:
            self.service = round(part, 4)


class Proof(msgspec.Struct):
    """What was promised to customers beside what there is."""

    ok: bool
    capacity: int
    held: int  # holds there are, or ever were where the load ends some
    answered: int  # holds the customers were told about
    unanswered: int = 0  # requests whose answer never came; each may have become a hold
    note: str = ""


class Run(msgspec.Struct):
    case: str
    rate: float  # per second, of what the case counts
    round: int = 0
    latency_ms: Latency | None = None
    statuses: dict[str, int] = {}
    unanswered: int = 0
    proof: Proof | None = None
    cpu: Share | None = None
    loadgen_us: float = 0.0  # CPU of the load generator per request
    written: Written | None = None
    fault: str = ""  # why its figures are worth nothing, if they are
    extra: dict[str, float] = {}

    def cost(self, cores: float) -> tuple[float, float]:
        """Microseconds of CPU for each thing that the case counts: of the service, of the database.

        Shares are of so many cores. Raises ``ValueError`` where nobody has looked.
        """
        if self.cpu is None or not self.rate:
            raise ValueError(f"nobody knows what {self.case} costs")
        each = cores / self.rate * 1e6
        return self.cpu.service * each, self.cpu.database * each


class Case(Protocol):
    @property
    def name(self) -> str: ...
    async def run(self, lab: Lab) -> Run: ...


@dataclass
class Lab:
    options: Options
    postgres: Postgres
    valkey: Valkey
    runs: list[Run] = field(default_factory=list)

    def median_rate(self, case: str) -> float | None:
        """Of the rounds so far: open-loop cases choose their rate by it."""
        rates = [run.rate for run in self.runs if run.case == case]
        return median(rates) if rates else None

    def measure(self, spec: LoadSpec, service_pid: int) -> tuple[LoadResult, Share]:
        """Let the load generator run as a process of its own, and see who used the CPU."""
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(msgspec.json.encode(spec))
            file.flush()
            return self.watched(["bench.loadgen", file.name], service_pid)

    def watched(self, module: list[str], service_pid: int | None) -> tuple[LoadResult, Share]:
        """Run a module that marks its window and prints a ``LoadResult``; its share as well.

        Without a service of its own the module is the service.
        """
        root = Path(__file__).parents[1]
        command = [sys.executable, "-m", *module]
        with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            watch = CpuWatch(service_pid, [self.postgres.pid, self.valkey.pid])
            process.stdout.readline()
            share = watch.share()
            output = process.stdout.read()
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed")
        result = msgspec.json.decode(output, type=LoadResult)
        share.count_ours(result.cpu_seconds / watch.cores, is_load=service_pid is not None)
        return result, share

    def spec(self, url: str, tokens: list[str], targets: list[TargetSpec]) -> LoadSpec:
        return LoadSpec(
            url=url,
            targets=targets,
            tokens=tokens,
            connections=self.options.connections,
            warmup=self.options.warmup,
            seconds=self.options.seconds,
        )


class CpuWatch:
    """CPU time between two looks: of the service, of the databases, of the whole machine."""

    def __init__(self, service: int | None, databases: Sequence[int]) -> None:
        self._services = [] if service is None else [service]
        self._databases = databases
        self.cores = 0.0  # core-seconds there were between the looks
        self._before, self._since = self._look(), time.monotonic()

    def _look(self) -> tuple[float, float, float]:
        return cpu_seconds(self._services), cpu_seconds(self._databases), busy_seconds()

    def share(self) -> Share:
        parts = [max(b - a, 0) for a, b in zip(self._before, self._look(), strict=True)]
        self.cores = (time.monotonic() - self._since) * CORES
        service, database, busy = (round(part / self.cores, 4) for part in parts)
        return Share(service, database, 0.0, max(0.0, round(busy - service - database, 4)))


def hold_one(sku: str = HOT_SKU, variants: int = 1) -> TargetSpec:
    """A request for one unit of one item, or of many in turn."""
    return TargetSpec(
        path=PATH, body=f'{{"sku":"{sku}","quantity":1}}', variants=variants, key_header=KEY_HEADER
    )


def bench_tokens(customers: int) -> list[str]:
    """One bearer token for each customer, as the rivals check them."""
    expires = int(time.time()) + 6 * 3600
    return [
        jwt.encode(
            {"sub": f"customer-{n}", "iss": "bench", "aud": "bench", "exp": expires},
            SECRET,
            algorithm="HS256",
        )
        for n in range(customers)
    ]


def run_of(
    case: str,
    result: LoadResult,
    share: Share,
    proof: Proof | None = None,
    counted: str = "201",
    asked: float = 0.0,
    busy: str = "",
) -> Run:
    """The record of a run. Its rate counts the answers whose status begins with ``counted``.

    ``asked`` is the rate of requests, 0 for as many as can be; ``busy`` is the status by which a
    service may say that it has too much to do.
    """
    answers = sum(n for status, n in result.statuses.items() if status.startswith(counted))
    rate = round(answers / result.seconds, 2)
    usual = (counted, busy) if busy else (counted,)
    return Run(
        case=case,
        rate=rate,
        latency_ms=result.latency_ms,
        statuses=result.statuses,
        unanswered=result.unanswered,
        proof=proof,
        cpu=share,
        loadgen_us=result.cpu_us_per_request,
        fault=fault_of(result, rate, usual, asked),
    )
