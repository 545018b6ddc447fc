"""Random work on 20 pools and 500 slots by several server processes, held against a small model.

    python -m tests.faults.workload --minutes 5 --processes 4 --seed 7 --json FILE

Prints what it does and ends with a report. The exit code is 1 if the model and the engine disagree
about anything that was done or said, or if `firmhold verify` finds something. The parts: what there
is (`workload_town`), who asks for what (`workload_traffic`), what the database wrote
(`workload_tables`), the rules (`workload_model`) and how all is compared (`workload_replay`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg

import tests.processes
from firmhold.identity.roles import Role
from tests.databases import Address, looking, running_server
from tests.faults.workload_replay import TOO_MUCH, Replay
from tests.faults.workload_tables import (
    NUMBER_ENTRIES,
    Answers,
    differences,
    read_batches,
)
from tests.faults.workload_town import Town
from tests.faults.workload_traffic import Crowd, Request, Wire
from tests.origin import origin
from tests.processes import firmhold, make_token, serving

PEOPLE = 40
SHOWN = 20
NEWS = 15.0
"""Seconds between two lines about how it goes."""


@dataclass
class Report:
    """What was done, and everything that was wrong."""

    seed: int
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests by verb and outcome."""
    effects: Counter[str] = field(default_factory=Counter)
    """What the ledger says has happened, as it was replayed, by kind."""
    explained: Counter[str] = field(default_factory=Counter)
    """Answers to what changed nothing that the model gives too, by outcome."""
    at_once: int = 0
    """How many refusals among them were so already when they were asked for."""
    deadlocks: int = 0
    """That the database resolved."""
    slowest: float = 0.0
    """Seconds that an answer took at most."""
    wrong: list[str] = field(default_factory=list)

    @property
    def overloaded(self) -> int:
        """Requests that were turned away unheard."""
        return sum(n for (_, outcome), n in self.outcomes.items() if outcome == TOO_MUCH)

    def lines(self) -> Iterator[str]:
        """As a table."""
        verbs: dict[str, list[str]] = {}
        for (verb, outcome), n in sorted(self.outcomes.items(), key=lambda it: (it[0][0], -it[1])):
            verbs.setdefault(verb, []).append(f"{outcome} {n}")
        yield f"{'Seed':28}{self.seed:>9}"
        yield f"{'Requests':28}{self.outcomes.total():>9}"
        for verb, found in verbs.items():
            yield f"  {verb:26}{', '.join(found)}"
        yield f"{'Effects replayed':28}{self.effects.total():>9}   {_told(self.effects)}"
        yield f"{'Answers without effect':28}{self.explained.total():>9}   {_told(self.explained)}"
        yield f"{'  true when asked for':28}{self.at_once:>9}"
        yield f"{'Answers 503 overloaded':28}{self.overloaded:>9}"
        yield f"{'Deadlocks in the database':28}{self.deadlocks:>9}"
        yield f"{'Slowest answer, seconds':28}{self.slowest:>9.2f}"
        yield f"{'Wrong':28}{len(self.wrong):>9}"
        yield from (f"  {what}" for what in self.wrong[:SHOWN])

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "seed": self.seed,
            "requests": self.outcomes.total(),
            "outcomes": {f"{verb} {what}": n for (verb, what), n in sorted(self.outcomes.items())},
            "effects": dict(self.effects),
            "explained": self.explained.total(),
            "explained_by_outcome": dict(self.explained),
            "true_when_asked_for": self.at_once,
            "overloaded": self.overloaded,
            "deadlocks": self.deadlocks,
            "slowest_answer_seconds": round(self.slowest, 2),
            "wrong": self.wrong,
        }


def _told(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counted.most_common())


async def workload(
    database: Address,
    *,
    processes: int,
    people: int,
    seconds: float,
    seed: int,
    late: float | None = None,
    quiet: bool = True,
) -> Report:
    """Let so many people work on so many processes; compare; say what was found. If it is given,
    holds that have ended are looked for only every `late` seconds, so that it is up to whoever
    wants their units to find them."""
    report = Report(seed)
    connection = await looking(database.dsn)
    try:
        await connection.execute(NUMBER_ENTRIES)
        report.wrong += await _clock_is_ours(connection)
        town = Town(seed)
        operator = await make_token(database, Role.OPERATOR)
        owner = await make_token(database, Role.OWNER)
        with ExitStack() as stack:
            with patch.object(tests.processes, "FIRMHOLD", _command(late)):
                urls = [stack.enter_context(serving(database)).url for _ in range(processes)]
            first, other = Wire(urls[0], operator), Wire(urls[-1], owner)
            report.wrong += await town.build(first.ask, other.ask)
            first.close()
            other.close()
            crowd = Crowd(town, urls, operator, seed)
            news = None if quiet else asyncio.create_task(_tell(crowd))
            await crowd.run(people, seconds)
            if news is not None:
                news.cancel()
        report.outcomes = crowd.outcomes
        await _judge(report, connection, town, crowd.requests, quiet=quiet)
        report.wrong += await _clock_is_ours(connection)
        report.deadlocks = await connection.fetchval(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
    finally:
        await connection.close()
    verified = await asyncio.to_thread(firmhold, database, ["verify"])
    if verified.returncode != 0:
        report.wrong.append(f"firmhold verify: {verified.stdout}{verified.stderr}")
    return report


def _command(late: float | None) -> tuple[str, ...]:
    """How a server is started."""
    if late is None:
        return tests.processes.FIRMHOLD
    slower = f"expirer.SHORTEST_SLEEP = expirer.LONGEST_SLEEP = {late}"
    start = f"from firmhold.workers import expirer; {slower}; {tests.processes.FIRMHOLD[-1]}"
    return (*tests.processes.FIRMHOLD[:-1], start)


async def _judge(
    report: Report,
    connection: asyncpg.Connection[asyncpg.Record],
    town: Town,
    requests: list[Request],
    *,
    quiet: bool,
) -> None:
    """Replay all that was asked, and look at how things stand now that nobody works any more."""
    batches = await read_batches(connection)
    if not quiet:
        print(f"Replaying {len(requests)} requests and {len(batches)} transactions.", flush=True)
    replay = Replay(town, requests, batches, await Answers.read(connection))
    replay.run()
    report.effects, report.explained = replay.effects, replay.explained
    report.at_once = replay.at_once
    report.slowest = max((it.answered - it.sent).total_seconds() for it in requests)
    report.wrong += replay.findings
    report.wrong += [
        f"{it.verb} {it.body} was answered {it.status} {it.raw.decode()}"
        for it in requests
        if it.status >= 500 and it.outcome != TOO_MUCH
    ]
    if not replay.findings:
        report.wrong += await differences(connection, replay.model)


async def _clock_is_ours(connection: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """What is wrong with taking our times for the database's."""
    before = datetime.now(UTC)
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    after = datetime.now(UTC)
    if before <= theirs <= after:
        return []
    return [f"the database's clock says {theirs} between {before} and {after}"]


async def _tell(crowd: Crowd) -> None:
    began = time.monotonic()
    while True:
        await asyncio.sleep(NEWS)
        accepted = sum(n for (_, outcome), n in crowd.outcomes.items() if outcome == "accepted")
        print(
            f"{time.monotonic() - began:4.0f} s: {crowd.outcomes.total()} requests, "
            f"{accepted} accepted",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument(
        "--late",
        type=float,
        default=None,
        metavar="SECONDS",
        help="look for holds that have ended only so often",
    )
    parser.add_argument("--json", type=Path, default=None, help="file for the report")
    given = parser.parse_args()
    whence = origin()
    seed = given.seed if given.seed is not None else random.getrandbits(32)
    # Ended from outside, it still ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"Seed {seed}", flush=True)
    with running_server() as server:
        database = asyncio.run(server.clone())
        report = asyncio.run(
            workload(
                database,
                processes=given.processes,
                people=given.people,
                seconds=given.minutes * 60,
                seed=seed,
                late=given.late,
                quiet=False,
            )
        )
    print("\n".join(report.lines()))
    if given.json is not None:
        told = {"origin": whence, "processes": given.processes, **report.as_json()}
        given.json.write_text(json.dumps(told, indent=2) + "\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
