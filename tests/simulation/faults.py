"""What goes wrong, where, and how often it has.

A schedule is given a plan before it begins: which fault happens to which message to the server,
by its number. So a fault can be moved through all places one by one, and a plan made shorter. To
add a fault, write one function here; its docstring is its name in reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg

from tests.simulation.loop import Loop, Process
from tests.simulation.server import Server, Session

if TYPE_CHECKING:
    from tests.simulation.session import Connection


SOON = 8
"""Messages: as many as a batch sends."""


class Arrival(NamedTuple):
    """A statement that has arrived at the server."""

    faults: Faults
    connection: Connection
    session: Session
    function: Callable[..., Any]
    text: str
    args: Any
    choice: int
    """A number below 4, for faults that come in kinds."""

    def carry_out(self) -> None:
        """As if nothing were wrong."""
        self.session.server.receive(
            self.session,
            self.function,
            self.args,
            lambda result: self.connection.deliver(self.text, result),
        )

    def later(self, seconds: float, then: Callable[[], None]) -> None:
        """Go on after some time, if it is still waited for."""
        waited_for = self.connection.pending

        def arrive() -> None:
            there = self.session in self.session.server.sessions
            if there and self.connection.pending is waited_for:
                then()

        self.session.server.loop.call_later(seconds, arrive)

    def fail(self, error: Exception) -> None:
        """Let the statement fail, and its transaction with it."""

        def raising(*_: Any) -> None:
            raise error

        if self.session.transaction is None and self.text.startswith("BEGIN"):
            self.connection.deliver(self.text, error)
            return
        self._replace(function=raising).carry_out()


Fault = Callable[[Arrival], None]

FAULTS: list[Fault] = []


def fault(function: Fault) -> Fault:
    FAULTS.append(function)
    return function


def name_of(function: Fault) -> str:
    return (function.__doc__ or "").strip().rstrip(".")


class Planned(NamedTuple):
    """One fault of a plan."""

    fault: Fault
    choice: int


class Faults:
    """The plan of one schedule, and what has become of it."""

    def __init__(self) -> None:
        self.plan: dict[int, Planned] = {}
        """By the number of the message at which it happens."""
        self.arrivals = 0
        self.injected: Counter[str] = Counter()
        self.connections: dict[Session, Connection] = {}
        self.crash: Callable[[Process], bool] = lambda process: False
        self.leave: Callable[[Process, int], bool] = lambda process, choice: False

    def make_plan(self, loop: Loop, most: int, within: int) -> None:
        """Up to so many faults within so many messages. Half of them come soon after another: what
        fails most is what is done about a failure."""
        at = 0
        for _ in range(loop.choose(most + 1, "faults")):
            if at and loop.choose(2, "faults"):
                at += 1 + loop.choose(SOON, "faults")
            else:
                at = 1 + loop.choose(within, "faults")
            self.plan[at] = Planned(
                FAULTS[loop.choose(len(FAULTS), "faults")], loop.choose(4, "faults")
            )

    def connect(self, server: Server, process: Process) -> Connection:
        from tests.simulation.session import Connection

        session = server.connect(process)
        connection = self.connections[session] = Connection(session, self)
        return connection

    def cut(self, session: Session) -> None:
        """Let the client of a session see that it is over."""
        self.connections[session].cut()

    def arrive(
        self,
        connection: Connection,
        session: Session,
        function: Callable[..., Any],
        text: str,
        args: Any,
    ) -> None:
        """A statement arrives, or meets its fault."""
        self.arrivals += 1
        it = Arrival(self, connection, session, function, text, args, 0)
        planned = self.plan.pop(self.arrivals, None)
        if planned is None:
            it.carry_out()
            return
        self.injected[name_of(planned.fault)] += 1
        if session.server.loop.trace is not None:
            session.server.loop.trace(
                f"{session.name}: FAULT {name_of(planned.fault)}, {planned.choice}"
            )
        planned.fault(it._replace(choice=planned.choice))

    def put_off(self, it: Arrival, fault: Fault) -> None:
        """Let this fault happen to the next message instead."""
        self.injected[name_of(fault)] -= 1
        self.plan.setdefault(self.arrivals + 1, Planned(fault, it.choice))
        it.carry_out()


@fault
def slow(it: Arrival) -> None:
    """Slow statement."""
    it.later((0.03, 0.3, 1.2, 4.0)[it.choice], it.carry_out)


@fault
def cut_before(it: Arrival) -> None:
    """Connection cut before a statement."""
    it.connection.break_off()


@fault
def cut_after(it: Arrival) -> None:
    """Connection cut after a statement."""
    it.session.server.receive(
        it.session, it.function, it.args, lambda result: it.connection.break_off()
    )


@fault
def lost_commit(it: Arrival) -> None:
    """Commit without an answer."""
    if it.text != "COMMIT":
        it.faults.put_off(it, lost_commit)
        return
    if it.choice >= 2:
        # Somebody who waits for it has had enough.
        it.faults.leave(it.session.process, it.choice)
    if it.choice % 2:
        cut_after(it)
    else:
        cut_before(it)


@fault
def commit_error(it: Arrival) -> None:
    """Commit refused by the server."""
    if it.text != "COMMIT":
        it.faults.put_off(it, commit_error)
        return
    it.session.server.roll_back(it.session)
    it.connection.deliver(it.text, _trouble(it.choice))


@fault
def trouble(it: Arrival) -> None:
    """Serialization failure, deadlock or timeout reported for a statement."""
    if it.text == "COMMIT":
        commit_error(it)
    elif it.text == "ROLLBACK":
        it.carry_out()
    else:
        it.fail(_trouble(it.choice))


def _trouble(choice: int) -> Exception:
    return (
        asyncpg.SerializationError("could not serialize access"),
        asyncpg.DeadlockDetectedError("deadlock detected, with an outsider"),
        asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
        asyncpg.QueryCanceledError("canceling statement due to user request"),
    )[choice]


@fault
def silence(it: Arrival) -> None:
    """Statement without an answer until the driver gives up."""
    if it.choice % 2:
        it.session.server.receive(it.session, it.function, it.args, lambda result: None)
    # Otherwise it has never arrived.
    it.connection.stay_silent()


@fault
def restart(it: Arrival) -> None:
    """Server restart."""
    if it.choice >= 2 and it.text != "COMMIT":
        it.faults.put_off(it, restart)  # for then there is most to lose
        return
    if it.choice % 2:
        it.carry_out()
    it.session.server.restart((0.5, 0.05, 0.001, 0.001)[it.choice], it.faults.cut)


@fault
def fail_over(it: Arrival) -> None:
    """Server demoted to a standby."""
    server = it.session.server
    for session in list(server.sessions):
        if session.transaction is None or session is it.session:
            session.read_only = True
        else:
            it.faults.cut(session)
            server.hang_up(session)
    if it.session.transaction is not None and it.session.transaction.changes:
        it.faults.cut(it.session)
        server.hang_up(it.session)
    else:
        it.carry_out()


@fault
def crash(it: Arrival) -> None:
    """Process crash."""
    if not it.faults.crash(it.session.process):
        it.faults.put_off(it, crash)
    elif it.choice % 2:
        # Its last words are on their way already.
        it.carry_out()


@fault
def caller_leaves(it: Arrival) -> None:
    """Caller gone."""
    if not it.faults.leave(it.session.process, it.choice):
        it.faults.put_off(it, caller_leaves)
    else:
        it.carry_out()
