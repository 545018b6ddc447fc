"""Owns: the ceilings as cases: services that do nothing, and pgbench on one hot row."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass

from bench.lab import CpuWatch, Lab, Run, bench_tokens, hold_one, run_of
from bench.process import web

FEW_CLIENTS = (1, 2, 4, 8, 16, 32, 64)  # the first round tries all, the others take the best
TRY_SECONDS = 2
HOT_ROW = "UPDATE counter SET held = held + 1 WHERE id = 1;\n"


@dataclass(frozen=True, slots=True)
class DoNothing:
    """The same request and answer with nothing in between."""

    framework: str  # "lane", "litestar" or "asgi"

    @property
    def name(self) -> str:
        return f"nothing_{self.framework}/hot"

    async def run(self, lab: Lab) -> Run:
        await lab.postgres.settle()
        with web(f"bench.ceiling_app:{self.framework}_app") as service:
            spec = lab.spec(service.url, bench_tokens(lab.options.customers), [hold_one()])
            result, share = lab.measure(spec, service.pid)
        return run_of(self.name, result, share)


class Pgbench:
    """Transactions per second that PostgreSQL commits on one row, with no service at all.

    ``hot_row`` has as many clients as every other case has connections: that is what a hot
    item is. ``best`` has the number of clients that suits PostgreSQL most, which is a few:
    the more clients wait for one row, the fewer transactions there are.
    """

    def __init__(self, kind: str) -> None:
        self.name = f"pgbench/{kind}"
        self._clients: int | None = None

    async def run(self, lab: Lab) -> Run:
        await lab.postgres.new_database("pgbench")
        connection = await lab.postgres.connect("pgbench")
        await connection.execute(
            "CREATE TABLE counter (id integer PRIMARY KEY, held bigint NOT NULL)"
        )
        await connection.execute("INSERT INTO counter VALUES (1, 0)")
        await connection.close()
        await lab.postgres.settle()
        if self._clients is None:
            self._clients = self._choose(lab)
        watch = CpuWatch(None, [lab.postgres.pid])
        rate = transactions_per_second(lab, self._clients, max(1, round(lab.options.seconds)))
        extra = {"clients": float(self._clients)}
        return Run(case=self.name, rate=rate, cpu=watch.share(), extra=extra)

    def _choose(self, lab: Lab) -> int:
        if self.name == "pgbench/hot_row":
            return lab.options.connections
        rates = {n: transactions_per_second(lab, n, TRY_SECONDS) for n in FEW_CLIENTS}
        return max(rates, key=lambda clients: rates[clients])


def transactions_per_second(lab: Lab, clients: int, seconds: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(HOT_ROW)
        script.flush()
        done = subprocess.run(
            [
                *(lab.postgres.pgbench, "--no-vacuum", "--protocol=prepared"),
                *(f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={seconds}"),
                *(f"--file={script.name}", lab.postgres.dsn("pgbench")),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if not found:
        raise RuntimeError(f"pgbench said:\n{done.stdout}")
    return float(found[1])
