"""The server is killed before and after every single step of a batch, for every kind of command.

    python -m tests.faults.failpoints --json FILE

First each story is told undisturbed, and the points that it passes are written down. Then it is
told once for each of them, and the server dies there; it comes back, and whoever asked asks again
under the same key. Whether the effect was there already or not: in the end there is one, the answer
is the same, and the tables look as they do when nothing is in the way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec

from firmhold.identity.roles import Role
from firmhold.store.verify import verify
from tests.databases import Address, connected, running_server
from tests.engine.several import eventually
from tests.faults.failpoint_server import TRACE, Orders
from tests.faults.failpoint_stories import STORIES, Act, Stage
from tests.faults.servers import NO_ANSWER, TOKEN_SECONDS, Client
from tests.origin import origin
from tests.processes import make_token

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS = 30.0

COMMITTED = "after COMMIT"
"""The point at which the effect is there and nobody has been told."""

STATE = (
    "SELECT kind, capacity, held, confirmed, seq, drain_to, waiting FROM offering WHERE id = $1",
    "SELECT seq, kind, capacity_delta, held_delta, confirmed_delta, capacity, held, confirmed, "
    "reason FROM ledger WHERE offering_id = $1 ORDER BY seq",
    "SELECT r.status, r.customer, r.reason, l.position, l.quantity, l.held, l.confirmed, l.status "
    "FROM reservation_line AS l JOIN reservation AS r ON r.id = l.reservation_id "
    "WHERE l.offering_id = $1 ORDER BY r.id",
    "SELECT customer, quantity, place, status FROM waitlist_entry WHERE offering_id = $1 "
    "ORDER BY place",
    "SELECT units, upper(during) - lower(during) FROM loan WHERE slot_id = $1 ORDER BY units, 2",
)
"""All that there is about an offering, but for ids and times, which are others each time."""


class Traced(NamedTuple):
    """A story as it goes when nothing is in the way."""

    command: str
    """Name of the command's class."""
    points: list[str]
    """All that it passes."""
    ending: Ending


class Ending(NamedTuple):
    """How a story ends: what was answered, and what is there."""

    status: int
    answer: tuple[tuple[str, Any], ...]
    state: tuple[Any, ...]


@dataclass
class Report:
    """What was done, and everything that was wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    """By story."""
    commands: set[str] = field(default_factory=set)
    """Classes of commands at which a server was killed."""
    points: set[str] = field(default_factory=set)
    """All that were passed, in whatever story."""
    clean: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """As a table."""
        rows: list[tuple[str, object]] = [*self.kills.items()]
        rows += [
            ("Kinds of commands", len(self.commands)),
            ("Kinds of points", len(self.points)),
            ("Servers killed", self.kills.total()),
            ("Verify clean", self.clean),
            ("Lost, done twice or otherwise wrong", len(self.wrong)),
            ("Seconds", round(self.seconds)),
        ]
        return [*(f"{what:44}{value:>10}" for what, value in rows), *self.wrong[:20]]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "kills": dict(self.kills),
            "killed": self.kills.total(),
            "commands": sorted(self.commands),
            "points": sorted(self.points),
            "verify_clean": self.clean,
            "lost": len(self.wrong),
            "seconds": round(self.seconds, 1),
            "wrong": self.wrong,
        }


class Theatre:
    """A database, a server that dies when told to, and one who asks it."""

    def __init__(self, database: Address, orders: Path) -> None:
        self.database = database
        self.host, self.port = "127.0.0.1", 0
        self._orders = orders
        self._process: asyncio.subprocess.Process
        self._tokens: list[str] = []
        self._listening: asyncio.Task[None]
        self._child = 0
        self._ended = 0

    async def open(self) -> None:
        for role in (Role.OPERATOR, Role.OWNER):
            self._tokens.append(await make_token(self.database, role, seconds=TOKEN_SECONDS))
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.failpoint_server"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        told = json.dumps([self.database.dsn, str(self._orders)])
        self._process.stdin.write(told.encode() + b"\n")
        self.port = int(await self._process.stdout.readline())
        self._listening = asyncio.create_task(self._listen(self._process.stdout))
        # Nothing ends by itself but what is meant to.
        async with self._stage() as stage:
            await stage.make("/v1/organization", {"hold_ttl_seconds": 86_400}, "PATCH")

    async def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._listening

    async def _listen(self, said: asyncio.StreamReader) -> None:
        while line := await said.readline():
            what, number = line.split()
            if what == b"began":
                self._child = int(number)
            else:
                self._ended += 1

    @asynccontextmanager
    async def _stage(self) -> AsyncIterator[Stage]:
        clients = [Client(self, token) for token in self._tokens]  # type: ignore[arg-type]
        try:
            yield Stage(*clients)
        finally:
            for client in clients:
                client.close()

    async def renew(self) -> None:
        """Let a server be killed that is not in the middle of anything: the next knows nothing."""
        ended = self._ended
        os.kill(self._child, signal.SIGKILL)
        await self._until_ended(ended)

    async def _until_ended(self, before: int) -> None:
        async def has_ended() -> bool:
            return self._ended > before

        await eventually(has_ended)

    async def trace(self, story: str) -> Traced:
        """Tell it undisturbed."""
        await self.renew()
        trace = self._orders.with_suffix(".trace")
        trace.unlink(missing_ok=True)
        command, ending = await self._tell(story, TRACE)
        self._orders.unlink()
        points = list(dict.fromkeys(trace.read_text().splitlines()))
        await self.renew()
        return Traced(command, points, ending)

    async def kill_at(self, story: str, point: str) -> Ending:
        """The end of a story in which the server dies at a point."""
        ended = self._ended
        _, ending = await self._tell(story, point)
        await self._until_ended(ended)
        return ending

    async def _tell(self, story: str, point: str) -> tuple[str, Ending]:
        """Whose story it is, and how it ends."""
        async with self._stage() as stage:
            act = await STORIES[story](stage)
            ready = self._orders.with_suffix(".new")
            ready.write_bytes(msgspec.json.encode(Orders(act.command, point, act.lose)))
            ready.rename(self._orders)
            status, body = await self._ask(stage.operator, act, again=point != TRACE)
            state = await self._state(act)
        async with self._stage() as stage:  # what the other was connected to may be dead
            await stage.make("/v1/organization", {"max_live_holds": None}, "PATCH")
        kept = tuple((k, body[k]) for k in ("status", "code", "capacity", "held") if k in body)
        return act.command, Ending(status, kept, state)

    async def _ask(self, client: Client, act: Act, *, again: bool) -> tuple[int, Any]:
        """The answer, which is the same when it is asked for `again`."""
        if act.awaited is not None:
            await self._until(act.awaited, act)
            return await _insist(client, act, None)
        key = f"key-{random.getrandbits(60)}"
        answer = await _insist(client, act, key)
        if again:
            repeated = await _insist(client, act, key)
            assert repeated == answer, f"first {answer}, then {repeated}"
        return answer

    async def _until(self, sql: str, act: Act) -> None:
        id = act.path[-32:]

        async def is_so() -> bool:
            return bool(await connected(self.database.dsn, lambda it: it.fetchval(sql, id)))

        await eventually(is_so)

    async def _state(self, act: Act) -> tuple[Any, ...]:
        async def read(connection: asyncpg.Connection[Any]) -> list[Any]:
            return [
                tuple(map(tuple, await connection.fetch(sql, offering[-32:])))
                for offering in act.offerings
                for sql in STATE
            ]

        return tuple(await connected(self.database.dsn, read))


async def _insist(client: Client, act: Act, key: str | None) -> tuple[int, Any]:
    """Ask under the same key until there is an answer that is one."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        with suppress(*NO_ANSWER, TimeoutError):
            status, body = await client.call(act.method, act.path, act.body, key)
            if status != 503:
                return status, body
    raise AssertionError(f"{act.method} {act.path} gets no answer")


@asynccontextmanager
async def theatre(database: Address) -> AsyncIterator[Theatre]:
    """A theatre on this database."""
    folder = Path(tempfile.mkdtemp(prefix="firmhold-failpoints-"))
    opened = Theatre(database, folder / "orders")
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()
        shutil.rmtree(folder)


async def failpoints(
    database: Address,
    stories: Sequence[str],
    *,
    each_once: bool = False,
    quiet: bool = True,
) -> Report:
    """Tell the stories and kill the server at every point of each; or, with `each_once`, at every
    point in the first story that passes it, and once it has committed for every kind of command."""
    report = Report()
    began = time.monotonic()
    async with theatre(database) as on:
        for story in stories:
            command, points, undisturbed = await on.trace(story)
            for point in points:
                new = point not in report.points
                if point == COMMITTED:
                    new = new or command not in report.commands
                    report.commands.add(command)
                if each_once and not new:
                    continue
                report.points.add(point)
                report.kills[story] += 1
                try:
                    ending = await on.kill_at(story, point)
                except AssertionError as error:
                    report.wrong.append(f"{story}, {point}: {error}")
                    continue
                if ending != undisturbed:
                    report.wrong.append(f"{story}, {point}: {ending} instead of {undisturbed}")
            if not quiet:
                print(f"{time.strftime('%H:%M:%S')} {story}: {len(points)} points", flush=True)
            found = (await connected(database.dsn, verify)).findings
            report.wrong += [finding.what for finding in found]
            report.clean += not found
    report.seconds = time.monotonic() - began
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--stories", help="names, by commas, instead of all of them")
    parser.add_argument("--json", type=Path, default=None, help="file for the report")
    given = parser.parse_args()
    whence = origin()
    stories = given.stories.split(",") if given.stories else list(STORIES)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with running_server() as server:
        database = asyncio.run(server.clone())
        report = asyncio.run(failpoints(database, stories, quiet=False))
    print("\n" + "\n".join(report.lines()))
    if given.json is not None:
        told = {"origin": whence, **report.as_json()}
        given.json.write_text(json.dumps(told, indent=2) + "\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
