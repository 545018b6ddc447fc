"""A world for one schedule: a database, nodes with engines on it, and requests that travel to them.

Owns how a node starts, dies and comes back, and that callers hear nothing from a node that has
died. The engine is the real one. Chance is taken out of it in one place, `without_chance`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

import structlog

import firmhold.engine.flight
import firmhold.engine.waitlist
from firmhold.domain.commands import Command
from firmhold.engine.batcher import Limits
from firmhold.engine.engine import Engine
from firmhold.engine.ticket import Key, Reply
from firmhold.workers.expirer import Expirer
from firmhold.workers.loop import run
from firmhold.workers.waitlist import WaitlistKeeper
from tests.simulation import statements_around, statements_lending
from tests.simulation.faults import Faults
from tests.simulation.invariants import Invariants
from tests.simulation.loop import Loop, Message, Process
from tests.simulation.past import Past
from tests.simulation.refusals import Rooms
from tests.simulation.server import Server
from tests.simulation.session import SimulatedDatabase
from tests.simulation.tables import Id, Tables
from tests.simulation.told import render
from tests.simulation.violations import Violation

assert statements_around and statements_lending  # which know statements, too

PATIENCE = 1.5
"""Seconds of virtual time. Shorter than in life, for each of them costs as much as a request."""

TOLERANCE = 0.2
"""Seconds by which an answer may be late: deadlines are looked at every now and then."""


class NoAnswer(Exception):
    """The node has died, or was not there. What was asked may have been done or not."""


class Node:
    """A place where an engine runs, again after it has died."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.starts = itertools.count(1)
        self.workers: list[asyncio.Task[None]] = []
        self.process: Process
        self.engine: Engine
        self.database: SimulatedDatabase
        self.start()

    def start(self) -> None:
        self.process = self.world.loop.process(f"{self.name}.{next(self.starts)}")
        self.database = SimulatedDatabase(self.world.server, self.process, self.world.faults)
        self.engine = Engine(self.database, self.world.limits)
        self.world.engines.append(self.engine)
        self.run(self.engine.start)
        if self.world.with_workers:
            for round in (Expirer(self.engine).run_once, WaitlistKeeper(self.engine).run_once):
                self.workers.append(self.task(run("worker", round)))

    def run(self, function: Callable[[], Any]) -> Any:
        """Call a function as part of this process."""
        return self.process.context.copy().run(function)

    def task(self, coroutine: Any) -> asyncio.Task[Any]:
        """Run a coroutine as part of this process."""
        return self.world.loop.create_task(coroutine, context=self.process.context.copy())


class World:
    """All there is."""

    def __init__(
        self,
        loop: Loop,
        tables: Tables,
        *,
        nodes: int = 1,
        workers: bool = False,
        limits: Limits | None = None,
    ) -> None:
        _IDS.numbers = itertools.count(1)
        self.loop = loop
        self.faults = Faults()
        self.faults.crash = self._crash
        self.faults.leave = self._caller_leaves
        self.server = Server(loop)
        self.server.tables = tables
        self.invariants = Invariants(self.server)
        self.past = Past(self.server)
        self.rooms = Rooms(self.server)
        self.server.recorders = [self.invariants, self.past, self.rooms]
        self.limits = limits or Limits(patience=PATIENCE)
        self.with_workers = workers
        self.numbers = itertools.count(1)
        self.asked: dict[asyncio.Future[Reply], tuple[Process, asyncio.Task[None] | None]] = {}
        """Requests without an answer, who works on them, and how."""
        self.slowest = 0.0
        self._clients = itertools.count(200)
        self.engines: list[Engine] = []
        """All there have been: a node has another one each time it starts."""
        self.nodes = [Node(self, f"node{number}") for number in range(1, nodes + 1)]

    def new_id(self, prefix: str) -> str:
        """A new id. They grow, as ids do on one node."""
        return f"{prefix}_{next(self.numbers):032x}"

    def client(self, name: str) -> Client:
        return Client(self, Message(next(self._clients), name))

    def _crash(self, process: Process) -> bool:
        """Stop a node where it stands, if it is one. The server notices some time later, and so
        does whoever starts it again; callers see at once that the connection is gone."""
        if process is self.loop.world:
            return False
        self.loop.kill(process)
        for session in [it for it in self.server.sessions if it.process is process]:
            session.leave()
        for future in [it for it, (of, _) in self.asked.items() if of is process]:
            self._hear_nothing(future)
        for node in self.nodes:
            if node.process is process:
                self.loop.call_later(0.02, node.start)
        return True

    def _caller_leaves(self, process: Process, choice: int) -> bool:
        asked = [(it, task) for it, (of, task) in self.asked.items() if of is process and task]
        if not asked:
            return False
        future, task = asked[choice % len(asked)]
        task.cancel()
        self._hear_nothing(future)
        return True

    def _hear_nothing(self, future: asyncio.Future[Reply]) -> None:
        self.asked.pop(future, None)
        if not future.done():
            future.set_exception(NoAnswer())

    async def drain(self) -> None:
        """Let no fault happen any more, and everything come to its end. Raises `Violation` if
        something is left over."""
        self.faults.plan.clear()
        self.loop.leaps = 0
        for node in self.nodes:
            for worker in node.workers:
                worker.cancel()
        for _ in range(400):
            if self._is_quiet():
                break
            await asyncio.sleep(0.05)
        else:
            raise Violation("something never comes to its end", self._what_is_left())
        self.server.ahead += 3600.0
        for _ in range(20):
            expirer = Expirer(self.nodes[0].engine)
            await self.nodes[0].task(expirer.run_once())
            if not self.invariants.has_holds():
                break
            self.server.ahead += 3600.0
        else:
            raise Violation("a hold never expires")
        self.invariants.check_everything()
        if failed := sum(engine.stats.failed for engine in self.engines):
            # Whoever asked may be gone, so that nobody was told.
            raise Violation("an engine has failed", f"{failed} commands")
        for task in self.loop.tasks:
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise Violation(f"a task has died of {type(error).__name__}", str(error))

    def _is_quiet(self) -> bool:
        return not self._what_is_left()

    def _what_is_left(self) -> str:
        if not self.server.up or not all(node.process.alive for node in self.nodes):
            return "a process"
        for node in self.nodes:
            if node.engine.waiting:
                return "commands"
            if node.database.pool.out:
                return "connections"
            if node.engine._batcher._queues or node.engine._batcher._tasks:
                return "flights"
        if any(session.transaction is not None for session in self.server.sessions):
            return "transactions"
        if self.server.locks:
            return "locks"
        return ""


class Client:
    """Somebody who sends one request at a time."""

    def __init__(self, world: World, lane: Message) -> None:
        self.world = world
        self.lane = lane

    async def ask(
        self, node: Node, organization: str, command: Command, key: Key | None = None
    ) -> Reply:
        """The engine's reply. Raises `NoAnswer`, and `Violation` if it takes too long or raises."""
        world = self.world
        future: asyncio.Future[Reply] = world.loop.create_future()

        def arrive() -> None:
            if not node.process.alive:
                future.set_exception(NoAnswer())
                return
            serving = self._serve(node, organization, command, key, future)
            world.asked[future] = (node.process, node.task(serving))

        if world.loop.trace is not None:
            world.loop.trace(f"{self.lane.name} → {node.name}: {command}")
        world.loop.post(self.lane, arrive)
        try:
            reply = await future
        finally:
            world.asked.pop(future, None)
        if world.loop.trace is not None:
            world.loop.trace(f"{self.lane.name} ← {node.name}: {_told(reply)}")
        return reply

    async def _serve(
        self,
        node: Node,
        organization: str,
        command: Command,
        key: Key | None,
        future: asyncio.Future[Reply],
    ) -> None:
        world = self.world
        began = world.loop.now
        try:
            reply = await node.engine.submit(f"org_{organization}", command, render, key)
        except Exception as error:  # noqa: BLE001 - callers see replies, and nothing else
            if not future.done():
                future.set_exception(Violation(f"a caller sees {type(error).__name__}", str(error)))
            return
        if world.loop.now - began > world.limits.patience + TOLERANCE:
            future.set_exception(Violation("an answer is late", f"{world.loop.now - began:.2f} s"))
            return
        if not future.done():
            world.asked.pop(future, None)
            world.loop.post(self.lane, lambda: future.done() or future.set_result(reply))


def _told(reply: Reply) -> str:
    body = getattr(reply, "body", None)
    return reply[1] if body is None else f"{body.decode()}{' again' if reply.replayed else ''}"  # type: ignore[union-attr,return-value]


class _Ids:
    """New ids for what the engine itself makes, the same in each world."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)

    def uuid7(self) -> Id:
        return Id(f"f{next(self.numbers):031x}")


_IDS = _Ids()
_PAUSES = SimpleNamespace(uniform=lambda low, high: low)


@contextmanager
def without_chance() -> Iterator[None]:
    """Let the engine's ids and pauses be the same each time, and let it log nothing of what is done
    to it on purpose."""
    config = structlog.get_config()
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    with (
        mock.patch.object(firmhold.engine.waitlist, "uuid_utils", _IDS),
        mock.patch.object(firmhold.engine.flight, "random", _PAUSES),
    ):
        structlog.configure(wrapper_class=quiet)
        try:
            yield
        finally:
            structlog.configure(**config)
