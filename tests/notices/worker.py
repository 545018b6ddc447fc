"""Plans and sends in a process of its own, and kills itself at a step.

    python -m tests.notices.worker DSN PORT STEP TIME

The step is one of `STEPS`, at which it dies the TIME-th time; or `none`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from firmhold.notify.carriers.carrier import Message, Outcome
from firmhold.notify.carriers.smtp import Mailer, MailServer
from firmhold.notify.notices import planning, sending
from firmhold.notify.notices.kinds import Channel
from firmhold.notify.notices.planning import NoticePlanner
from firmhold.notify.notices.sending import NoticeSender
from firmhold.store.database import Database
from firmhold.store.sql import statement

BEFORE = ("reservations", "drop_old", "plan", "claim", "facts", "templates_of", "record")
"""Before these statements."""

STEPS = (*BEFORE, "planned", "claimed", "carrying", "taken", "recorded")

WINDOW = frozenset({"record", "taken"})
"""Where a message has been taken and nobody knows it yet."""


class Death:
    """Comes at a step."""

    def __init__(self, step: str, time: int) -> None:
        self.step, self.left = step, time

    def at(self, step: str) -> None:
        if step == self.step:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, file: str, name: str) -> str:
        self.at(name)
        return statement(file, name)


class Mortal:
    """A carrier that may die with a message in its hands, or when it has been taken."""

    def __init__(self, carrier: Any, death: Death) -> None:
        self._carrier, self._death = carrier, death

    async def carry(self, message: Message) -> Outcome:
        self._death.at("carrying")
        outcome: Outcome = await self._carrier.carry(message)
        self._death.at("taken")
        return outcome


async def work(dsn: str, port: int, death: Death) -> None:
    planning.statement = sending.statement = death.statement  # type: ignore[assignment,attr-defined]
    database = Database(dsn, engine_connections=1, read_connections=2, pooler=False)
    await database.open()
    carrier = Mailer(MailServer("127.0.0.1", port, "none", None, None, "tickets@example.org"))
    planner = NoticePlanner(database)
    sender = NoticeSender(database, Channel.EMAIL, Mortal(carrier, death))
    while await planner.run_once() == 0.0:
        pass
    death.at("planned")
    # One by one, so that it can be said how often something comes twice.
    while claimed := await sender.claim(1):
        death.at("claimed")
        await sender.send(claimed[0])
        death.at("recorded")
    await carrier.close()
    await database.close()


if __name__ == "__main__":
    dsn, port, step, time = sys.argv[1:]
    asyncio.run(work(dsn, int(port), Death(step, int(time))))
