"""Many short histories of real concurrent runs, each searched for an order that explains it.

    python -m tests.linearizability.run --histories 5000 --seconds 600 --json findings.json
    python -m tests.linearizability.run --histories 500 --processes 4

(`make histories` for short.) Engines in this process by default, with connections that break and
callers that go away; with `--processes`, so many server processes over HTTP, which are killed and
come back. Ends after so many histories or seconds, whichever comes first. The exit code is 1 if a
history cannot be explained, or if `firmhold verify` finds something; such a history is shown, and
what is left of it when all is forgotten that has no part in the contradiction.

The seed decides who asks for what. What comes of it is also a matter of who is faster.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import sys
import time
from pathlib import Path
from typing import Any

import structlog

from firmhold.store.verify import verify
from tests.databases import Server, connected, running_server
from tests.linearizability.rounds import SHOWN, Findings, play
from tests.linearizability.stages import Stage, engines, servers
from tests.origin import origin

NEWS = 10.0
"""Seconds between two lines about how it goes."""

KILL_EACH = 2
"""Rounds from one killed server to the next."""


async def run(
    server: Server, *, seed: int, histories: int, seconds: float, processes: int, quiet: bool = True
) -> tuple[Findings, Stage]:
    """Make and judge so many histories, or as many as there is time for."""
    dice, findings = random.Random(seed), Findings()
    began = told = time.monotonic()
    staged = servers(server, dice, processes) if processes else engines(server, dice)
    async with staged as stage:
        rounds = 0
        while findings.histories < histories and time.monotonic() - began < seconds:
            rounds += 1
            disturb = stage.disturb if rounds % KILL_EACH == 0 else None
            await play(stage.counter, stage.clock, dice, findings, disturb=disturb)
            if not quiet and time.monotonic() - told > NEWS:
                told = time.monotonic()
                print(f"{told - began:5.0f} s: {_summary(findings)}", flush=True)
        report = await connected(stage.database.dsn, verify)
        findings.wrong += [f"firmhold verify: {finding}" for finding in report.findings]
    return findings, stage


def _summary(findings: Findings) -> str:
    return (
        f"{findings.histories} histories, {findings.operations} operations, "
        f"{findings.unanswered} without an answer, {len(findings.wrong)} wrong"
    )


def _told(findings: Findings, stage: Stage, seed: int, seconds: float) -> dict[str, Any]:
    return {
        "seed": seed,
        "seconds": round(seconds, 1),
        "histories": findings.histories,
        "operations": findings.operations,
        "unanswered": findings.unanswered,
        "faults": stage.faults,
        "kills": len(stage.killed),
        "broken off by kills": sum(map(len, stage.killed)),
        "answers": dict(sorted(findings.answers.items())),
        "wrong": findings.wrong,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--json", type=Path, default=None, metavar="FILE")
    given = parser.parse_args()
    whence = origin()
    seed = random.getrandbits(32) if given.seed is None else given.seed
    print(f"Seed {seed}", flush=True)
    # Each connection that breaks would be told of.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = time.monotonic()
    with running_server() as server:
        findings, stage = asyncio.run(
            run(
                server,
                seed=seed,
                histories=given.histories,
                seconds=given.seconds,
                processes=given.processes,
                quiet=False,
            )
        )
    for wrong in findings.wrong[:SHOWN]:
        print(wrong)
    told = _told(findings, stage, seed, time.monotonic() - began)
    print(f"{_summary(findings)}, {stage.faults} faults, {told['seconds']} s")
    if given.json is not None:
        told = {"origin": whence, **told}
        given.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
