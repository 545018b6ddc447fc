"""What callers have been told, held against what is committed: nothing that was acknowledged may
ever be lost, one key has one effect, and its answer is the same each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    Command,
    Confirm,
    Extend,
    Hold,
    Join,
    Leave,
    Move,
    Release,
)
from firmhold.domain.errors import Code, Refusal
from firmhold.engine.ticket import Key, Reply
from tests.simulation import tables
from tests.simulation.past import Past
from tests.simulation.server import Server
from tests.simulation.tables import Entry, Reservation, Wait
from tests.simulation.told import Told, Units, read
from tests.simulation.violations import Violation

CANNOT_BE = frozenset((Code.INTERNAL_ERROR, Code.UNAUTHENTICATED, Code.FORBIDDEN))
"""Refusals that nobody in these stories deserves."""

ENDED = ("released", "cancelled")


class Question(NamedTuple):
    """One request, when it is sent."""

    organization: str
    command: Command
    key: Key | None
    stored: tables.Answer | None
    """The answer that there is under its key already."""
    was_done: bool
    """Whether its effect is there already."""


class Promises:
    """What has been acknowledged."""

    def __init__(self, server: Server, past: Past) -> None:
        self._server = server
        self._past = past
        self._acknowledged: dict[tuple[str, str], Question] = {}
        """By organization and the id of what was told about."""
        self.acknowledged = 0
        self.calm = False
        """Whether nothing goes wrong and nothing is late, so that everybody must be served."""
        self.heard_how_often: Counter[str] = Counter()
        """Commands and what became of them."""

    def asking(self, organization: str, command: Command, key: Key | None) -> Question:
        """Somebody is about to ask this."""
        stored = None
        if key is not None:
            stored = self._server.tables.of(tables.Answer).get((organization, key.scope))
        # Without a key, a second hold is a second wish.
        done = key is not None and self._was_done(organization, command)
        return Question(organization, command, key, stored, done)

    def heard(self, question: Question, reply: Reply) -> None:
        """A caller has this reply. Raises `Violation` if it is not true."""
        what = type(question.command).__name__
        if isinstance(reply, Refusal):
            self.heard_how_often[f"{what} {reply.code}"] += 1
            self._check_refusal(question, reply)
            return
        if question.stored is not None and question.stored.body != reply.body:
            raise Violation("one key has two answers", f"{question.stored} {reply.body!r}")
        told = read(reply)
        self.heard_how_often[f"{what} {'again' if reply.replayed else 'done'}"] += 1
        if told.changed:
            self.acknowledged += 1
            self._acknowledged[question.organization, told.id[-32:]] = question
        if told.id.startswith("rsv_"):
            self._check_reservation(question, told)
        self._check_other(question, told)

    def _check_refusal(self, question: Question, reply: Refusal) -> None:
        if reply.code in CANNOT_BE:
            raise Violation(f"a caller is refused as {reply.code}", reply.detail)
        if reply.code is Code.OVERLOADED:
            if self.calm:
                raise Violation("somebody is sent away for no reason", reply.detail)
            return
        if question.was_done:
            raise Violation("what was done is refused", f"{question.command}: {reply}")
        key, stored = question.key, question.stored
        if key is not None and stored is not None and stored.fingerprint == key.fingerprint:
            raise Violation("what was answered is refused", f"{question.command}: {reply}")
        if reply.code is Code.HOLD_EXPIRED:
            id = getattr(question.command, "reservation", "")
            row = self._server.tables.of(Reservation).get((question.organization, id[-32:]))
            if row is not None and row.status == "held" and row.expires_at > self._server.now:
                raise Violation("a hold that has not ended is said to have", str(row))

    def _was_done(self, organization: str, command: Command) -> bool:
        """Whether this request has had its effect, by what only it can have left."""
        match command:
            case Hold(notes=intent) if intent is not None:
                return any(
                    (row.organization, row.notes) == (organization, intent)
                    for row in self._server.tables.of(Reservation).values()
                )
            case AdjustCapacity(reason=intent):
                return any(
                    (entry.organization, entry.reason) == (organization, intent)
                    for entry in self._server.tables.of(Entry).values()
                )
        return False

    def _check_reservation(self, question: Question, told: Told) -> None:
        organization, command = question.organization, question.command
        row = self._server.tables.of(Reservation).get((organization, told.id[-32:]))
        if row is None:
            raise Violation("what was acknowledged is lost", f"{command}: {told}")
        if not self._past.has_been(organization, told.id[-32:], told.units):
            raise Violation("what was told has never been so", f"{command}: {told}")
        held = {id: units for id, (units, _) in told.units.items() if units}
        match command:
            case Hold(lines=lines, confirm=at_once):
                right = told.units == _units(lines, confirmed=at_once)
            case Confirm(lines=None):
                right = row.confirmed_at is not None and bool(told.units) and not held
            case Confirm(lines=lines):
                right = row.confirmed_at is not None
                right &= told.units == _units(lines or (), confirmed=True)
            case Release(lines=None) | Cancel(lines=None):
                right = not told.units and told.status in ENDED and row.status in ENDED
            case Move(lines=lines):
                of = {id: sum(units) for id, units in told.units.items()}
                right = of == {it.offering: it.quantity for it in lines}
            case Extend():
                right = bool(held) and not told.units.keys() - held.keys()
            case _:
                right = True
        if not right:
            raise Violation("what was acknowledged is lost", f"{command}: {told} {row}")
        if (
            isinstance(command, Confirm)
            and not command.reacquire
            and row.reacquired
            and told.changed
        ):
            raise Violation("a hold is confirmed after its end", f"{command}: {row}")

    def _check_other(self, question: Question, told: Told) -> None:
        organization, command = question.organization, question.command
        key = (organization, told.id[-32:])
        match command:
            case AdjustCapacity():
                right = any(
                    entry.reason == command.reason and entry[:2] == key
                    for entry in self._server.tables.of(Entry).values()
                )
            case Join():
                right = key in self._server.tables.of(Wait)
            case Leave():
                wait = self._server.tables.of(Wait).get(key)
                right = wait is not None and wait.status not in ("waiting", "offered")
            case _:
                return
        if not right:
            raise Violation("what was acknowledged is lost", f"{command}: {told}")

    def check_everything(self) -> None:
        """Whatever was acknowledged is still there, and adjustments happened once."""
        rows = self._server.tables
        for key, question in self._acknowledged.items():
            if not any(key in rows.of(it) for it in (Reservation, Wait, tables.Offering)):
                raise Violation("what was acknowledged is lost", str(question.command))
        reasons = [e.reason for e in rows.of(Entry).values() if e.kind == _ADJUSTED]
        if len(set(reasons)) != len(reasons):
            raise Violation("one request has two effects", str(reasons))


def _units(lines: Iterable[Asked], *, confirmed: bool) -> Units:
    """What a reservation has that is for these lines."""
    units: Units = {}
    for offering, quantity in lines:
        units[offering] = (0, quantity) if confirmed else (quantity, 0)
    return units


_ADJUSTED = "capacity_adjusted"
