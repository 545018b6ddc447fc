"""The driver's side: connections and pools that behave like asyncpg's, on the simulated server.

The engine's own `Database` stands on them, so that what it does with a connection is tested too.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Generator
from functools import wraps
from typing import Any

import asyncpg

from firmhold.store.connections import ACROSS, SETTING
from firmhold.store.database import COMMAND_TIMEOUT, Database
from firmhold.store.sql import statement
from tests.simulation.faults import Faults
from tests.simulation.loop import Process
from tests.simulation.server import (
    LOCK_TIMEOUT,
    Server,
    Session,
    Transaction,
    commit,
    roll_back,
)
from tests.simulation.statements import STATEMENTS, Function

SAID = re.compile(rf"{re.escape(SETTING)} = '(\w+)'")
"""For whom a transaction works, in the message that begins it."""

OF_MANY = {
    statement("lookup", name) for name in ("offerings_of_reservations", "offerings_of_entries")
}
"""Statements that name an organization for each thing they ask for."""

CONNECTIONS = 4
"""Of one engine's pool: few enough to run out of."""


def _function(text: str) -> Function:
    """What stands for a statement. Raises `KeyError` with its text if nothing does."""
    if text.startswith("BEGIN"):
        patience = LOCK_TIMEOUT if "lock_timeout" in text else None
        said = SAID.search(text)
        return lambda tx: tx.server.begin(tx.session, patience, said[1] if said else "")
    if text == "COMMIT":
        return commit
    if text == "ROLLBACK":
        return roll_back
    found = STATEMENTS.get(text)
    if found is None:
        raise LookupError(f"the simulated database does not know this statement:\n{text}")
    return _behind_policies(found, text)


def _behind_policies(function: Function, text: str) -> Function:
    """A statement that names an organization works for whom its transaction does. PostgreSQL would
    show it nothing; here it is an error, for nothing else comes of it."""

    @wraps(function)
    def run(tx: Transaction, *args: Any) -> Any:
        named = {args[0]} if args and isinstance(args[0], str) else set()
        if text in OF_MANY:
            named = set(args[0])
        if tx.whose != ACROSS and not (tx.whose and named <= {tx.whose}):
            detail = f"{function.__name__}: {tx.whose!r}"
            tx.server.found("a statement works for another organization", detail)
        return function(tx, *args)

    return run


class Connection:
    """What the pool hands out."""

    def __init__(self, session: Session, faults: Faults) -> None:
        self._session = session
        self._faults = faults
        self._closed = False
        self._in_transaction = False
        self._timeout = COMMAND_TIMEOUT
        self.opened_at = session.server.loop.time()
        self.pending: asyncio.Future[Any] | None = None

    async def work_for(self, whose: str) -> None:
        """As behind a PgBouncer: each statement on its own says it along with itself."""
        self._session.whose = whose

    async def execute(self, text: str, *args: Any, timeout: float | None = None) -> Any:
        return await self._run(text, args, timeout)

    async def fetch(self, text: str, *args: Any) -> list[Any]:
        found: list[Any] = await self._run(text, args, None)
        return found

    async def fetchrow(self, text: str, *args: Any) -> Any:
        found = await self._run(text, args, None)
        return found[0] if found else None

    async def fetchval(self, text: str, *args: Any) -> Any:
        found = await self._run(text, args, None)
        return found[0][0] if found else None

    def is_closed(self) -> bool:
        return self._closed

    def is_in_transaction(self) -> bool:
        self._require_open()
        return self._in_transaction

    def terminate(self) -> None:
        """Close it without a word; the server notices some time later."""
        if not self._closed:
            self._closed = True
            self._session.leave()

    def cut(self) -> None:
        """Let the client see that the connection is broken."""
        self._closed = True
        if self.pending is not None and not self.pending.done():
            self.pending.set_exception(
                asyncpg.ConnectionDoesNotExistError("connection was closed in the middle")
            )

    def break_off(self) -> None:
        """Cut it: the client sees it now, the server some time later."""
        self.cut()
        self._session.leave()

    def _require_open(self) -> None:
        if self._closed:
            raise asyncpg.InterfaceError("connection is closed")

    async def _run(self, text: str, args: Any, timeout: float | None) -> Any:
        self._require_open()
        session, loop = self._session, self._session.server.loop
        if self.pending is not None:
            raise asyncpg.InterfaceError("another operation is in progress")
        function = _function(text)
        future = self.pending = loop.create_future()
        loop.post(session.lane, lambda: self._faults.arrive(self, session, function, text, args))
        self._timeout = timeout or COMMAND_TIMEOUT
        try:
            return await future
        except asyncio.CancelledError:
            self._cancel()
            raise
        finally:
            self.pending = None
            transaction = session.transaction
            self._in_transaction = transaction is not None and not transaction.implicit

    def deliver(self, text: str, result: Any) -> None:
        """Let a statement's answer come back: at once within a transaction, for nobody can tell;
        and when the scheduler says so, if others may see before us what it has done."""
        session = self._session
        trace = session.server.loop.trace
        if trace is not None:
            trace(f"{session.name}: {title(text)} → {_brief(result)}")
        if session.open and (text == "COMMIT" or session.transaction is None):
            session.server.loop.post(session.lane, lambda: self._settle(result))
        else:
            self._settle(result)

    def _settle(self, result: Any) -> None:
        future = self.pending
        if future is None or future.done():
            return
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)

    def stay_silent(self) -> None:
        """Let a statement get no answer: in the end it is cancelled, along with its transaction."""
        future = self.pending

        def give_up() -> None:
            if future is not None and not future.done():
                self._cancel()
                future.set_exception(TimeoutError())

        self._session.server.loop.call_later(self._timeout, give_up)

    def _cancel(self) -> None:
        session = self._session
        session.server.loop.withdraw(session.lane)
        session.server.cancel(session)


def title(text: str) -> str:
    """A statement in a few words."""
    function = STATEMENTS.get(text)
    return text.split(";", maxsplit=1)[0] if function is None else function.__name__


def _brief(result: Any) -> str:
    if isinstance(result, Exception):
        return f"{type(result).__name__}: {result}"
    if isinstance(result, list):
        return f"{len(result)} rows"
    return "done"


class Pool:
    """Connections of one process, handed out first come, first served."""

    def __init__(self, server: Server, process: Process, faults: Faults) -> None:
        self._server = server
        self._process = process
        self._faults = faults
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.out: dict[Connection, None] = {}
        """Those that somebody has."""

    def acquire(self, timeout: float | None = None) -> _Acquiring:
        """To be awaited, or entered."""
        return _Acquiring(self)

    def get_size(self) -> int:
        return len(self._idle) + len(self.out)

    def get_idle_size(self) -> int:
        return len(self._idle)

    def get_max_size(self) -> int:
        return CONNECTIONS

    async def take(self) -> Connection:
        """The next connection that is free."""
        while len(self.out) >= CONNECTIONS:
            turn: asyncio.Future[None] = self._server.loop.create_future()
            self._waiting.append(turn)
            await turn
        connection = self._take()
        self.out[connection] = None
        return connection

    async def release(self, connection: Connection) -> None:
        del self.out[connection]
        if not connection.is_closed():
            if connection.is_in_transaction():
                self._server.found("a connection goes back to its pool in a transaction")
            self._idle.append(connection)
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break

    def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return self._faults.connect(self._server, self._process)


class _Acquiring:
    """What a pool's `acquire` returns."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: Connection | None = None

    def __await__(self) -> Generator[Any, None, Connection]:
        return self._pool.take().__await__()

    async def __aenter__(self) -> Connection:
        self._connection = await self._pool.take()
        return self._connection

    async def __aexit__(self, *error: object) -> None:
        assert self._connection is not None
        await self._pool.release(self._connection)


class SimulatedDatabase(Database):
    """The engine's `Database` on simulated pools."""

    def __init__(self, server: Server, process: Process, faults: Faults) -> None:
        super().__init__("simulated", engine_connections=0, read_connections=0, pooler=True)
        self.pool = Pool(server, process, faults)
        self._engine = self._read = self.pool  # type: ignore[assignment]  # behaves like one
