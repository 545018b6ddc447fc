"""A real server process that kills itself at a point that was named beforehand.

    python -m tests.faults.failpoint_server < orders

The first line of its input says on which database to work. It prints its port and then a line for
each server process that begins or ends; after each it forks the next, which costs little. Inside
a server process the driver's methods are wrapped, so that there is a point before and after every
statement of a batch, and one wherever a reply is on its way. Production code knows nothing of it.

Which point is armed stands in a file: `Orders`. Armed to trace, it writes down all points that it
passes; so the list of points is what really runs.
"""

from __future__ import annotations

import asyncio
import functools
import os
import re
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from firmhold.app import Application, build_services
from firmhold.cli import worker
from firmhold.engine import flight, ticket
from firmhold.identity.keyring import Keyring
from firmhold.settings import Settings
from firmhold.store.sql import QUERIES, statement
from firmhold.telemetry import set_up_logging
from tests.processes import AUDIT_KEY, SECRET_KEY

TRACE = "trace"
METHODS = ("execute", "fetch", "fetchrow", "fetchval")


class Orders(msgspec.Struct):
    """What to do about the next batch with such a command."""

    command: str
    """Name of the command's class."""
    point: str
    """Where to die, or `TRACE`."""
    lose: bool = False
    """Whether the answer to the first COMMIT is lost on its way."""


def names() -> dict[str, str]:
    """Every statement of the project by its text."""
    return {
        statement(path.stem, name): f"{path.stem}.{name}"
        for path in sorted(QUERIES.glob("*.sql"))
        for name in re.findall(r"^-- name: (\w+)", path.read_text(), re.MULTILINE)
    }


class Points:
    """The points of one server process."""

    def __init__(self, orders: Path) -> None:
        self._orders = orders
        self._names = names()
        self._batch: ContextVar[bool] = ContextVar("batch", default=False)
        self._passed: Counter[str] = Counter()
        self._lost = False

    def install(self) -> None:
        """Wrap the driver, the batch and the way out."""
        for method in METHODS:
            wrapped = self._statement(getattr(asyncpg.Connection, method))
            setattr(asyncpg.Connection, method, wrapped)
        flight.carry_out = self._carrying_out(flight.carry_out)
        ticket.Ticket.reply = self._replying(ticket.Ticket.reply)  # type: ignore[method-assign]

    def _armed(self) -> Orders | None:
        try:
            return msgspec.json.decode(self._orders.read_bytes(), type=Orders)
        except OSError:
            return None

    def _pass(self, when: str, step: str) -> None:
        """Be at a point: die, write it down, or go on."""
        orders = self._armed()
        if orders is None:
            return
        if orders.point == TRACE:
            with self._orders.with_suffix(".trace").open("a") as trace:
                trace.write(f"{when} {step}\n")
        elif orders.point == f"{when} {step}":
            self._die()

    def _die(self) -> None:
        self._orders.unlink()
        os.kill(os.getpid(), signal.SIGKILL)

    def _statement(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        async def run(connection: Any, sql: str, *args: Any, **more: Any) -> Any:
            if not self._batch.get():
                return await original(connection, sql, *args, **more)
            name = self._names.get(sql) or sql.split(";", maxsplit=1)[0]
            self._passed[name] += 1
            step = name if self._passed[name] == 1 else f"{name} {self._passed[name]}"
            self._pass("before", step)
            if sql == "COMMIT":
                await self._commit(original(connection, sql, *args, **more), step)
            else:
                found = await original(connection, sql, *args, **more)
            self._pass("after", step)
            return None if sql == "COMMIT" else found

        return run

    async def _commit(self, sending: Any, step: str) -> None:
        task = asyncio.ensure_future(sending)
        orders = self._armed()
        if orders is not None and orders.point == f"sent {step}":
            # Two turns: one begins to send, the next has sent.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        self._pass("sent", step)
        await task
        if orders is not None and orders.lose and not self._lost:
            self._lost = True
            raise asyncpg.ConnectionDoesNotExistError("the answer to COMMIT was lost on its way")

    def _carrying_out(self, original: Callable[..., Any]) -> Callable[..., Any]:
        async def carry_out(connection: Any, organization: str, tickets: Any, *rest: Any) -> Any:
            orders = self._armed()
            asked = {type(it.command).__name__ for it in tickets}
            if orders is None or orders.command not in asked:
                return await original(connection, organization, tickets, *rest)
            token = self._batch.set(True)
            try:
                return await original(connection, organization, tickets, *rest)
            finally:
                self._batch.reset(token)

        return carry_out

    def _replying(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def reply(self_: Any, reply: Any) -> None:
            orders = self._armed()
            concerns = orders is not None and orders.command == type(self_.command).__name__
            if concerns:
                self._pass("before", "reply")
            original(self_, reply)
            if concerns:
                self._pass("after", "reply")

        return reply

    def around(self, application: Callable[..., Any]) -> Callable[..., Any]:
        """The application with a point before and after each answer."""

        async def answering(scope: Any, receive: Any, send: Any) -> None:
            async def sending(message: Any) -> None:
                if message["type"] == "http.response.start":
                    self._pass("before", "answer")
                await send(message)
                if message["type"] == "http.response.body":
                    self._pass("after", "answer")

            await application(scope, receive, sending if scope["type"] == "http" else send)

        return answering


def main() -> None:
    """Fork one server process after the other until the input ends."""
    dsn, orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=tuple[str, str])
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    points = Points(Path(orders))
    # Nothing is connected yet, so each process can have it as it is.
    services = build_services(Settings.load(), dsn, Keyring([SECRET_KEY.encode()]))
    application = points.around(Application(services))
    worker.build_services = lambda *_, **__: services
    worker.Application = lambda _: application  # type: ignore[assignment, misc]
    print(listener.getsockname()[1], flush=True)
    while True:
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            _serve(dsn, points, listener)
        print("began", child, flush=True)
        _, status = os.waitpid(child, 0)
        print("ended", os.waitstatus_to_exitcode(status), flush=True)
        if status != signal.SIGKILL:
            return


def _serve(dsn: str, points: Points, listener: socket.socket) -> None:
    # The input ends with whoever started us.
    threading.Thread(target=_end_with_input, daemon=True).start()
    set_up_logging("console", "error")  # what it says is read
    points.install()
    settings = Settings.load(audit_key=AUDIT_KEY)
    code = worker.run_worker(settings, dsn, Keyring([SECRET_KEY.encode()]), listener, lambda: None)
    os._exit(code)


def _end_with_input() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
