"""What callers have been told, held against what is committed: nothing that was acknowledged may
ever be lost, one key has one effect, and its answer is the same each time."""

from __future__ import annotations

from firmhold.domain.commands import (
    AdjustCapacity,
    Cancel,
    Command,
    Confirm,
    Hold,
    Join,
    Leave,
    Move,
    Release,
)
from firmhold.domain.errors import Code, Refusal
from firmhold.engine.ticket import Answer, Key, Reply
from tests.simulation.server import Server
from tests.simulation.tables import Entry, Line, Reservation, Wait
from tests.simulation.violations import Violation

CANNOT_BE = frozenset((Code.INTERNAL_ERROR, Code.UNAUTHENTICATED, Code.FORBIDDEN))
"""Refusals that nobody in these stories deserves."""


class Promises:
    """What has been acknowledged."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._answers: dict[tuple[str, Key], bytes] = {}
        self.acknowledged = 0
        self.calm = False
        """Whether nothing goes wrong and nothing is late, so that everybody must be served."""

    def knows(self, organization: str, key: Key | None) -> bool:
        """Whether somebody has an answer under this key."""
        return (organization, key) in self._answers

    def heard(
        self, organization: str, command: Command, key: Key | None, reply: Reply, *, again: bool
    ) -> None:
        """A caller has this reply; `again` if the key had its answer before it was asked for.
        Raises `Violation` if it is not true."""
        before = None if key is None else self._answers.get((organization, key))
        if isinstance(reply, Refusal):
            if reply.code in CANNOT_BE:
                raise Violation(f"a caller is refused as {reply.code}", reply.detail)
            if reply.code is Code.OVERLOADED and self.calm:
                raise Violation("somebody is sent away for no reason", reply.detail)
            if reply.code is not Code.OVERLOADED and self._was_done(organization, command):
                raise Violation("what was done is refused", f"{command}: {reply}")
            if again and reply.code is not Code.OVERLOADED:
                raise Violation("an acknowledged request is refused", f"{command}: {reply}")
            return
        if before is not None and before != reply.body:
            raise Violation("one key has two answers", f"{before!r} {reply.body!r}")
        id, _, changed = reply.body.decode().split(" ")
        if key is not None and changed == "1":
            self._answers[organization, key] = reply.body
        if changed == "1":
            self.acknowledged += 1
        self._check(organization, command, id[-32:], reply, changed=changed == "1")

    def _was_done(self, organization: str, command: Command) -> bool:
        """Whether this request has had its effect."""
        tables = self._server.tables
        match command:
            case Hold():
                return (organization, command.reservation[-32:]) in tables.of(Reservation)
            case AdjustCapacity(reason=intent):
                return any(
                    (entry.organization, entry.reason) == (organization, intent)
                    for entry in tables.of(Entry).values()
                )
        return False

    def _check(
        self, organization: str, command: Command, id: str, reply: Answer, *, changed: bool
    ) -> None:
        tables = self._server.tables
        found = tables.of(Reservation).get((organization, id))
        match command:
            case Hold():
                true = found is not None
            case Confirm():
                true = found is not None and found.confirmed_at is not None
                if true and found.reacquired and changed and not command.reacquire:
                    raise Violation("a hold is confirmed after its end", f"{command}: {found}")
            case Release(lines=None):
                true = found is not None and found.status in ("released", "expired", "cancelled")
            case Cancel(lines=None):
                true = found is not None and found.status in ("cancelled", "released", "expired")
            case Move():
                has = {
                    it.offering for it in tables.of(Line).values() if it[:2] == (organization, id)
                }
                true = bool(has)
            case AdjustCapacity():
                true = any(
                    entry.reason == command.reason and entry[:2] == (organization, id)
                    for entry in tables.of(Entry).values()
                )
            case Join():
                true = (organization, id) in tables.of(Wait)
            case Leave():
                wait = tables.of(Wait).get((organization, id))
                true = wait is not None and wait.status not in ("waiting", "offered")
            case _:
                true = True
        if not true:
            raise Violation("what was acknowledged is lost", f"{command}: {reply.body!r} {found}")

    def check_everything(self) -> None:
        """Every acknowledged key's subject is still there, and adjustments happened once."""
        reasons = [e.reason for e in self._server.tables.of(Entry).values() if e.kind == _ADJUSTED]
        if len(set(reasons)) != len(reasons):
            raise Violation("one request has two effects", str(reasons))


_ADJUSTED = "capacity_adjusted"
