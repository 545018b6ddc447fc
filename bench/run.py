"""Owns: the order of a benchmark run. ``python -m bench.run --help`` tells the choices.

Rounds of all cases, every second round backwards, so that a machine that gets slower or
faster meanwhile does so for everybody; then the proofs, the table, the JSON and the plots.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from bench import record
from bench.ceilings import DoNothing, Pgbench
from bench.disk import Flush
from bench.engine_alone import engine_cases
from bench.firmhold_http import firmhold_cases
from bench.firmhold_live import live_cases
from bench.firmhold_time import time_cases
from bench.lab import Case, Lab, Options, Run
from bench.process import wait_until_quiet
from bench.report import LATEST, Report, print_case, print_report
from bench.rivals import RedisLuaRival, SqlRival
from bench.servers import Postgres, Valkey

QUICK = Options(rounds=2, seconds=3, warmup=1, items=1_000, past=100_000)
SQL_STRATEGIES = (
    "row_lock",
    "conditional_update",
    "one_statement",
    "serializable",
    "redis_lock",
)


def all_cases() -> list[Case]:
    return [
        *(SqlRival(strategy) for strategy in SQL_STRATEGIES),
        RedisLuaRival(),
        DoNothing("lane"),
        DoNothing("litestar"),
        DoNothing("asgi"),
        Pgbench("hot_row"),
        Pgbench("best"),
        Flush(),
        *engine_cases(),
        *firmhold_cases(),
        *live_cases(),
        *time_cases(),
    ]


async def run_rounds(lab: Lab, cases: Sequence[Case]) -> list[str]:
    """Measure every case in every round; returns what went wrong."""
    failures: list[str] = []
    for number in range(1, lab.options.rounds + 1):
        for case in cases if number % 2 else reversed(cases):
            wait_until_quiet(lab.options.patience)
            try:
                run = await case.run(lab)
            except Exception as error:  # noqa: BLE001  (the other cases are still worth it)
                failures.append(f"round {number}, {case.name}: {type(error).__name__}: {error}")
                sys.stderr.write(failures[-1] + "\n")
                continue
            run.round = number
            lab.runs.append(run)
            print_case(run, lab.options.rounds)
            if run.proof and not run.proof.ok:
                failures.append(f"round {number}, {case.name}: proof failed: {run.proof}")
            if run.fault:
                failures.append(f"round {number}, {case.name}: {run.fault}")
    return failures


def chosen(cases: Sequence[Case], only: str) -> list[Case]:
    """Cases whose name or first part matches one of the comma-separated patterns."""
    patterns = [pattern for pattern in only.split(",") if pattern]
    if not patterns:
        return list(cases)
    return [
        case
        for case in cases
        if any(fnmatch(case.name, p) or fnmatch(case.name.split("/")[0], p) for p in patterns)
    ]


def parse(arguments: Sequence[str] | None = None) -> tuple[Options, argparse.Namespace]:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs, for a first look")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="measured time of each run")
    parser.add_argument("--customers", type=int, help="who take turns, each with a token")
    parser.add_argument("--connections", type=int)
    parser.add_argument(
        "--past",
        type=int,
        help="past reservations of the case with a history; past slots are a tenth",
    )
    parser.add_argument(
        "--patience", type=float, help="seconds to wait before each run for a quiet machine"
    )
    parser.add_argument("--only", default="", help="cases, as in 'row_lock,firmhold/h*'")
    parser.add_argument("--list", action="store_true", help="name the cases and end")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--as", dest="name", default=LATEST, help="the name the result is kept by")
    given = parser.parse_args(arguments)
    options = QUICK if given.quick else Options()
    for name in ("rounds", "seconds", "customers", "connections", "past", "patience"):
        if getattr(given, name) is not None:
            setattr(options, name, getattr(given, name))
    return options, given


def main() -> None:
    options, given = parse()
    cases = chosen(all_cases(), given.only)
    if given.list or not cases:
        sys.stdout.write("\n".join(case.name for case in cases or all_cases()) + "\n")
        sys.exit(0 if given.list else 2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers are stopped on the way out
    commit = record.commit()  # the tree may be changed before the end
    with Postgres() as postgres, Valkey() as valkey:
        lab = Lab(options, postgres, valkey)
        failures = asyncio.run(run_rounds(lab, cases))
    runs: list[Run] = lab.runs
    report = Report.of(options, runs, failures, sys.argv[1:], commit)
    print_report(report)
    sys.stdout.write(f"\n{report.write(given.out, given.name)}\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
