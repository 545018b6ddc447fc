"""A small PostgreSQL: transactions, locks, a clock, and what can go wrong with them.

Owns what is committed and who holds which lock. A statement is a function of `statements`; the
scheduler decides when it arrives. As in READ COMMITTED, each statement sees what was committed when
it began and what its own transaction has written, and a row that it had to wait for as it is then.
A client sees nothing of a transaction before its commit, so what holds at every commit holds at
every step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import asyncpg

from firmhold.store.database import COMMAND_TIMEOUT
from tests.simulation.constraints import Refused, check
from tests.simulation.loop import Loop, Message, Process
from tests.simulation.tables import Answer, Entry, Tables, View, key_of
from tests.simulation.violations import Violation

EPOCH = datetime(2030, 1, 1, tzinfo=UTC)
"""When virtual time begins."""

LOCK_TIMEOUT = 1.0
"""Seconds, as the engine sets it for each of its transactions."""

LockKey = tuple[Any, ...]
Statement = Callable[..., Any]
Answering = Callable[[Any], None]


class Lock:
    """Who has it, and whether others may have it along."""

    __slots__ = ("holders", "shared", "waiters")

    def __init__(self) -> None:
        self.holders: dict[Transaction, None] = {}
        self.shared = False
        self.waiters: dict[Session, None] = {}


class Transaction(View):
    """What a session does between BEGIN and its end, or one statement of its own."""

    def __init__(self, server: Server, session: Session, *, implicit: bool) -> None:
        super().__init__(server.tables)
        self.server = server
        self.session = session
        self.implicit = implicit
        self.began = server.now
        self.statement_began = server.now
        self.locked_at = server.now
        """When it got the last of the locks under which it decides."""
        self.locks: dict[LockKey, Lock] = {}
        self.xid: int | None = None
        self.aborted = False
        self.patience: float | None = None
        """Its `lock_timeout`; without one the driver's patience ends it."""
        self.whose = session.whose
        """For which organization it works; a session says so for statements on their own."""

    def write(self, row: Any) -> None:
        """Insert or update a row, if the constraints allow it."""
        self._writes()
        try:
            check(self, row)
        except Refused as refused:
            self.server.refused(refused)
            raise refused.error from None
        self.put(row)

    def insert(self, row: Any) -> None:
        """A row whose key must be new."""
        if self.get(type(row), *key_of(row)) is not None:
            self.server.refused(Refused("primary key", row))
            raise asyncpg.UniqueViolationError(f"{type(row).__name__} exists: {row}")
        self.write(row)

    def remove(self, row: Any) -> None:
        self._writes()
        self.delete(row)

    def _writes(self) -> None:
        if self.session.read_only:
            raise asyncpg.ReadOnlySQLTransactionError("the server is a standby")
        if self.xid is None:
            self.xid = self.server.next_xid
            self.server.next_xid += 1

    def lock(self, *key: Any, shared: bool = False) -> Generator[LockKey, None, None]:
        """Wait for a lock that lasts until the end of the transaction."""
        while not self.server.lock(self, key, shared):
            yield key

    def lock_row(self, table: type, *key: Any) -> Generator[LockKey, None, Any]:
        """Lock a row, and return it as it is by then."""
        if self.session.read_only:
            raise asyncpg.ReadOnlySQLTransactionError("rows cannot be locked on a standby")
        yield from self.lock(table, *key)
        return self.get(table, *key)


class Session:
    """The server's side of a connection."""

    def __init__(self, server: Server, number: int, process: Process) -> None:
        self.server = server
        self.name = f"{process.name}/{number}"
        self.process = process
        self.lane = Message(1000 + number, self.name)
        self.hangup = Message(5000 + number, f"end of {self.name}")
        self.transaction: Transaction | None = None
        self.running: Generator[LockKey, None, Any] | None = None
        self.answer: Answering | None = None
        self.waits_for: LockKey | None = None
        self.open = True
        """Whether the client is still there."""
        self.read_only = False
        self.whose = ""

    def leave(self) -> None:
        """Nobody is there any more, as the server notices some time later."""
        if self.open:
            self.open = False
            if self in self.server.sessions:
                self.server.loop.post(self.hangup, lambda: self.server.hang_up(self))


def commit(tx: Transaction) -> None:
    """A failed transaction is rolled back by its commit, without a word."""
    if tx.aborted:
        tx.server.roll_back(tx.session)
    else:
        tx.server.commit(tx)


def roll_back(tx: Transaction) -> None:
    tx.server.roll_back(tx.session)


class Recorder(Protocol):
    """Is told of every commit, before and after it."""

    def committing(self, transaction: Transaction) -> None: ...

    def committed(self, transaction: Transaction) -> None: ...


class Server:
    """One database."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.tables = Tables()
        self.recorders: Sequence[Recorder] = ()
        self.locks: dict[LockKey, Lock] = {}
        self.sessions: dict[Session, None] = {}
        self.next_xid = 1000
        self.up = True
        self.ahead = 0.0
        """Seconds by which its clock is ahead of the processes'."""
        self.counts: Counter[str] = Counter()
        """How often something happened that a reader of a report wants to know."""
        self.violation: Violation | None = None
        """The first that was found where raising it would only be one more error to retry."""
        self._numbers = 0

    @property
    def now(self) -> datetime:
        """The database's clock. It is nobody else's, and may be set forward."""
        return EPOCH + timedelta(seconds=self.loop.now + self.ahead)

    def found(self, what: str, detail: str = "") -> None:
        """Note a violation."""
        if self.violation is None:
            self.violation = Violation(what, detail)

    def refused(self, refused: Refused) -> None:
        """Nothing that the engine writes may need refusing."""
        self.found(f"the database refused: {refused.constraint}", str(refused.args[1]))

    # --- sessions ---

    def connect(self, process: Process) -> Session:
        """A new session. Raises what the driver raises while the server is away."""
        if not self.up:
            raise ConnectionRefusedError("nobody listens")
        self._numbers += 1
        session = Session(self, self._numbers, process)
        self.sessions[session] = None
        return session

    def receive(self, session: Session, statement: Statement, args: Any, answer: Answering) -> None:
        """A statement has arrived. `answer` is called with its result or its error."""
        if session.transaction is None:
            session.transaction = Transaction(self, session, implicit=True)
        transaction = session.transaction
        transaction.statement_began = self.now
        if transaction.aborted and statement not in (commit, roll_back):
            answer(asyncpg.InFailedSQLTransactionError("current transaction is aborted"))
            return
        session.answer = answer
        try:
            result = statement(transaction, *args)
        except Exception as error:  # noqa: BLE001 - whatever a statement raises is its answer
            self._done(session, error)
            return
        if isinstance(result, Generator):
            session.running = result
            self._go_on(session)
        else:
            self._done(session, result)

    def _go_on(self, session: Session) -> None:
        """Run a statement until it is done or has to wait for a lock."""
        if session.running is None:
            return  # it has ended meanwhile
        self._waits_no_more(session)
        try:
            key = next(session.running)
        except StopIteration as stop:
            self._done(session, stop.value)
        except Exception as error:  # noqa: BLE001 - as above
            self._done(session, error)
        else:
            self._wait(session, key)

    def _wait(self, session: Session, key: LockKey) -> None:
        self.counts["waits for locks"] += 1
        session.waits_for = key
        self.locks[key].waiters[session] = None
        if self._closes_a_circle(session):
            self.found("a deadlock", f"{session.name} waits for {key}")
            self._fail(session, asyncpg.DeadlockDetectedError("deadlock detected"))
            return
        transaction = session.transaction
        assert transaction is not None
        running = session.running

        def give_up() -> None:
            if session.running is running and session.waits_for == key:
                self.counts["locks waited for in vain"] += 1
                if transaction.patience is None:
                    self._fail(session, TimeoutError())
                else:
                    timeout = asyncpg.LockNotAvailableError("canceling due to lock timeout")
                    self._fail(session, timeout)

        self.loop.call_later(transaction.patience or COMMAND_TIMEOUT, give_up)

    def _closes_a_circle(self, session: Session) -> bool:
        seen: set[Session] = set()
        look = [session]
        while look:
            waiting = look.pop()
            if waiting.waits_for is None:
                continue
            for holder in self.locks[waiting.waits_for].holders:
                if holder.session is session and waiting is not session:
                    return True
                if holder.session not in seen:
                    seen.add(holder.session)
                    look.append(holder.session)
        return False

    def _waits_no_more(self, session: Session) -> None:
        if session.waits_for is not None:
            lock = self.locks.get(session.waits_for)
            if lock is not None:
                lock.waiters.pop(session, None)
                if not lock.holders and not lock.waiters:
                    del self.locks[session.waits_for]
            session.waits_for = None

    def _fail(self, session: Session, error: Exception) -> None:
        self._waits_no_more(session)
        if session.running is not None:
            session.running.close()
        self._done(session, error)

    def _done(self, session: Session, result: Any) -> None:
        session.running = None
        transaction = session.transaction
        if transaction is not None:
            if isinstance(result, Exception):
                transaction.aborted = True
            if transaction.implicit and transaction.aborted:
                self._end(transaction)
            elif transaction.implicit:
                self.commit(transaction)
        answer, session.answer = session.answer, None
        if answer is not None:
            answer(result)

    def cancel(self, session: Session) -> None:
        """Let a statement fail whose client waits for it no more, and its transaction with it."""
        self._waits_no_more(session)
        session.answer = None
        if session.running is not None:
            session.running.close()
            session.running = None
        if session.transaction is not None:
            session.transaction.aborted = True
            if session.transaction.implicit:
                self._end(session.transaction)

    # --- transactions ---

    def begin(self, session: Session, patience: float | None, whose: str) -> None:
        assert session.transaction is not None and session.transaction.implicit
        session.transaction.implicit = False
        session.transaction.patience = patience
        session.transaction.whose = whose

    def commit(self, transaction: Transaction) -> None:
        """Let it have happened, all of it at once."""
        if transaction.changes:
            for recorder in self.recorders:
                recorder.committing(transaction)
            for table, rows in transaction.changes.items():
                committed = self.tables.of(table)
                for key, row in rows.items():
                    if row is None:
                        committed.pop(key, None)
                    else:
                        committed[key] = row
            self.counts["commits"] += 1
            for recorder in self.recorders:
                recorder.committed(transaction)
        self._end(transaction)

    def _end(self, transaction: Transaction) -> None:
        """Release its locks; whoever waits for one tries again, in an order that nobody knows."""
        transaction.session.transaction = None
        for key, lock in transaction.locks.items():
            lock.holders.pop(transaction, None)
            for waiter in lock.waiters:
                if waiter.running is not None:
                    self._wake(waiter)
            if not lock.holders and not lock.waiters:
                self.locks.pop(key, None)
        transaction.locks.clear()

    def _wake(self, waiter: Session) -> None:
        self.loop.withdraw(waiter.lane)
        self.loop.post(waiter.lane, lambda: self._go_on(waiter))

    def roll_back(self, session: Session) -> None:
        """Let nothing have happened."""
        self._waits_no_more(session)
        if session.running is not None:
            session.running.close()
            session.running = None
        if session.transaction is not None:
            self._end(session.transaction)

    def lock(self, transaction: Transaction, key: LockKey, shared: bool) -> bool:
        """Take a lock if it is free. It lasts until the end of the transaction."""
        lock = self.locks.get(key)
        if lock is None:
            lock = self.locks[key] = Lock()
        if lock.holders and list(lock.holders) != [transaction] and not (lock.shared and shared):
            return False
        if transaction not in lock.holders or not shared:
            lock.shared = shared
        lock.holders[transaction] = None
        if key not in transaction.locks:
            transaction.locks[key] = lock
            if key[0] is not Answer:
                transaction.locked_at = self.now
        return True

    def is_locked(self, *key: Any) -> bool:
        lock = self.locks.get(key)
        return lock is not None and bool(lock.holders)

    # --- ends ---

    def hang_up(self, session: Session) -> None:
        """Notice that nobody is there any more."""
        session.open = False
        self.loop.withdraw(session.lane)
        self.loop.withdraw(session.hangup)
        session.answer = None
        self.roll_back(session)
        self.sessions.pop(session, None)

    def restart(self, downtime: float, cut: Callable[[Session], None]) -> None:
        """Lose all sessions and what they had not committed. Numbers of transactions that left no
        trace are given out again."""
        self.up = False
        for session in list(self.sessions):
            cut(session)
            self.hang_up(session)
        left = [entry.xid for entry in self.tables.of(Entry).values()]
        self.next_xid = max(left, default=999) + 1

        def come_back() -> None:
            self.up = True

        self.loop.call_later(downtime, come_back)
