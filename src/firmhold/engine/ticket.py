"""A command on its way through the engine, and what comes back for it."""

from asyncio import Future
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from firmhold.domain.commands import Command
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Offering, Reservation, WaitlistEntry
from firmhold.domain.state import Accepted
from firmhold.request import Request

Render = Callable[[Accepted, datetime], tuple[int, bytes]]
"""Turns an accepted command, at the transaction's time, into the door's answer (status, body).

It runs inside the transaction, because an answer to a caller who named a key is stored with the
effect. It must be quick and must not have effects of its own.
"""


class Key(NamedTuple):
    """A caller's name for one intended effect, digested for storage."""

    scope: str
    """128 bits in hex, over actor, operation and the key itself."""
    fingerprint: str
    """128 bits in hex, over what is asked for."""

    @classmethod
    def of(cls, actor: str, operation: str, key: str, request: bytes) -> "Key":
        """The same key from another actor or for another operation is another effect."""
        scope = blake2b("\0".join((actor, operation, key)).encode(), digest_size=16)
        return cls(scope.hexdigest(), blake2b(request, digest_size=16).hexdigest())


class Act(NamedTuple):
    """Something done that comes one at a time: what the audit notes of it, and that it is done once
    if it has a key."""

    actor: str
    kind: str
    """The operation's name."""
    facts: Any = None
    """What was asked for, as an object in JSON."""
    key: Key | None = None


class Answer(NamedTuple):
    """What the door sends."""

    status: int
    body: bytes
    replayed: bool = False
    """This is the first answer once more; nothing was done now."""
    subject: Reservation | Offering | WaitlistEntry | None = None
    """What the command was about, as it stands after it. `None` in a replay."""


Reply = Answer | Refusal


class Ticket:
    """One command waiting for its turn. Compared by identity; ordered by arrival."""

    __slots__ = ("asked", "command", "deadline", "future", "key", "organization", "render", "rows")

    def __init__(
        self,
        organization: str,
        command: Command,
        rows: tuple[str, ...],
        key: Key | None,
        render: Render,
        deadline: float,
        future: "Future[Reply]",
        asked: Request | None = None,
    ) -> None:
        self.organization = organization
        self.command = command
        self.rows = rows
        """Offerings the command needs locked."""
        self.key = key
        self.render = render
        self.deadline = deadline
        """On the event loop's clock; no rule depends on it, only patience."""
        self.future = future
        self.asked = asked
        """The request that it is part of, for log and trace; background loops have none."""

    @property
    def gone(self) -> bool:
        """Nobody waits for this any more: answered, timed out, or the caller went away."""
        return self.future.done()

    def reply(self, reply: Reply) -> None:
        """Answer, if somebody still waits."""
        if not self.future.done():
            self.future.set_result(reply)

    def fail(self, error: BaseException) -> None:
        """Let the caller see a defect of ours, if somebody still waits."""
        if not self.future.done():
            self.future.set_exception(error)
