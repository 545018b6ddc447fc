"""What happens inside one transaction: lock, load, decide, write.

Knows the statements and how values are passed to them. It neither begins nor ends the
transaction, and no rule is written here: the decision is the domain's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import asyncpg

from firmhold.domain.commands import Confirm, Hold, ReservationCommand
from firmhold.domain.decide import decide
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Offering, Reservation
from firmhold.domain.state import Decision, Outcome, Policy, State
from firmhold.engine import answers, rows
from firmhold.engine.faults import Again, BadCommand, KeyRace
from firmhold.engine.ticket import Answer, Reply, Ticket
from firmhold.store.sql import statement

DUE_AT_ONCE = 2000
"""Due holds one transaction expires at most. If there are more, it does nothing else, and the batch
goes on with the next ones."""

_LOCK_CUSTOMERS = statement("batch", "lock_customers")
_LOCK_OFFERINGS = statement("batch", "lock_offerings")
_LOAD_BATCH = statement("batch", "load_batch")
_LOAD_USAGE = statement("batch", "load_usage")
_LOAD_LIVE_HOLDS = statement("batch", "load_live_holds")
_UPDATE_RESERVATIONS = statement("batch", "update_reservations")
_WRITE_BATCH = statement("batch", "write_batch")
_FIND_ENTRY = statement("batch", "find_entry")
_FIND_UNLOCKED = statement("batch", "find_unlocked")

Connection: TypeAlias = "asyncpg.Connection[Any]"


class Claims(NamedTuple):
    """What the transaction locks."""

    offerings: frozenset[str]
    customers: bool
    """Whether customers are locked too, as an organization needs that limits live holds."""


class Mark(NamedTuple):
    """By which ledger entry a transaction can be told to have happened.

    Its number alone would not do, since another transaction may have written the entry of that
    number; nor would the transaction's, since after a crash PostgreSQL gives out again the numbers
    of transactions that left no trace.
    """

    offering: str
    seq: int
    at: datetime
    xid: int


class _Loaded(NamedTuple):
    """What was read under lock."""

    now: datetime
    policy: Policy
    reservations: dict[str, Reservation]
    truncated: bool
    """More holds are due than were read."""
    answers: dict[str, answers.Stored]


async def find_unlocked(
    connection: Connection, organization: str, offerings: set[str]
) -> frozenset[str]:
    """Those of the offerings that nobody has locked at this moment."""
    found = await connection.fetch(
        _FIND_UNLOCKED, rows.bare(organization), [rows.bare(id) for id in offerings]
    )
    return frozenset(rows.offering_id(row["id"], row["kind"]) for row in found)


class Batch:
    """The state of one attempt, between BEGIN and COMMIT."""

    def __init__(
        self, connection: Connection, organization: str, tickets: Sequence[Ticket]
    ) -> None:
        self.connection = connection
        self.organization = organization
        self.tickets = tickets
        self.offerings: dict[str, Offering] = {}
        self.locked_customers = False
        self.mark: Mark | None = None
        """One ledger entry written, if any."""

    # --- lock ---

    async def lock(self, claims: Claims) -> None:
        """Customers before offerings; see the statements for the order within each."""
        if claims.customers and (customers := self._customers_holding()):
            await self.connection.fetch(_LOCK_CUSTOMERS, self.organization, customers)
        self.locked_customers = claims.customers
        found = await self.connection.fetch(
            _LOCK_OFFERINGS,
            self.organization,
            [rows.bare(id) for id in claims.offerings],
            DUE_AT_ONCE,
        )
        self.offerings = {offering.id: offering for offering in map(rows.offering, found)}

    async def wrote(self, mark: Mark) -> bool:
        """Whether the transaction that was to leave this mark has left it. The offering is locked
        by us, so that transaction is over."""
        found = await self.connection.fetchval(
            _FIND_ENTRY, self.organization, rows.bare(mark.offering), mark.seq, mark.at
        )
        return found is not None and int(found) == mark.xid

    # --- load, decide, write ---

    async def settle(self) -> list[Reply | None]:
        """Answer from stored answers where there are any, decide the rest, write the effects."""
        loaded = await self._load()
        keys = [ticket.key for ticket in self.tickets]
        replies, fresh, repeats = answers.sort_out(keys, loaded.answers)
        if loaded.truncated:
            # Only record what has ended, and decide with all of it known: a command that was
            # carried out now might get units which an earlier one, refused for want of them, is
            # about to find.
            fresh, repeats = [], {}
        now = loaded.now
        state = State(
            loaded.policy,
            self.offerings,
            loaded.reservations,
            await self._load_usage(now, loaded.reservations),
            await self._load_live_holds(now, loaded.policy),
        )
        decision = decide(state, [self.tickets[index].command for index in fresh], now)
        given: list[answers.Given] = []
        for index, outcome in zip(fresh, decision.outcomes, strict=True):
            replies[index] = self._reply(index, outcome, now, given)
        for index, leader in repeats.items():
            replies[index] = answers.follow(replies[leader], keys[leader], keys[index])
        if decision.entries:
            await self._write(decision, given, now)
        return replies

    def _reply(
        self,
        index: int,
        outcome: Outcome,
        now: datetime,
        given: list[answers.Given],
    ) -> Reply:
        if isinstance(outcome, Refusal):
            return outcome
        ticket = self.tickets[index]
        try:
            status, body = ticket.render(outcome, now)
        except Exception as error:
            raise BadCommand(index) from error
        if ticket.key is not None and outcome.changed:
            given.append(answers.Given(ticket.key, status, body, outcome.subject.id))
        return Answer(status, body, False, outcome.subject)

    async def _load(self) -> _Loaded:
        """What the decision needs and the locks now protect."""
        named = [
            rows.bare(ticket.command.reservation)
            for ticket in self.tickets
            if isinstance(ticket.command, ReservationCommand)
        ]
        found = await self.connection.fetch(
            _LOAD_BATCH,
            self.organization,
            # Only what the commands are about: an offering that is locked along gets units back
            # and is asked for none, so what else is due on it can wait.
            list({rows.bare(row) for ticket in self.tickets for row in ticket.rows}),
            named,
            DUE_AT_ONCE,
            [ticket.key.scope for ticket in self.tickets if ticket.key is not None],
        )
        first = found[0]
        policy = Policy(first["hold_ttl_seconds"], first["max_live_holds"])
        reservations = [rows.reservation(row) for row in found if row["id"] is not None]
        missing = {
            line.offering
            for reservation in reservations
            for line in reservation.lines
            if line.offering not in self.offerings
        }
        customers = policy.max_live_holds is not None and not self.locked_customers
        if missing or customers:
            raise Again(frozenset(missing), customers=customers)
        return _Loaded(
            first["now"],
            policy,
            {reservation.id: reservation for reservation in reservations},
            first["due"] >= DUE_AT_ONCE,
            answers.stored_in(first),
        )

    async def _load_usage(
        self, now: datetime, reservations: dict[str, Reservation]
    ) -> dict[tuple[str, str], int]:
        pairs = self._limited_pairs(reservations)
        if not pairs:
            return {}
        found = await self.connection.fetch(
            _LOAD_USAGE,
            self.organization,
            [customer for customer, _ in pairs],
            [rows.bare(offering) for _, offering in pairs],
            now,
        )
        return {
            (row["customer"], rows.offering_id(row["offering_id"])): row["units"] for row in found
        }

    async def _load_live_holds(self, now: datetime, policy: Policy) -> dict[str, int]:
        if policy.max_live_holds is None:
            return {}
        customers = self._customers_holding()
        if not customers:
            return {}
        found = await self.connection.fetch(_LOAD_LIVE_HOLDS, self.organization, customers, now)
        return {row["customer"]: row["holds"] for row in found}

    def _limited_pairs(self, reservations: dict[str, Reservation]) -> set[tuple[str, str]]:
        """Customer and offering, wherever units may be taken and a limit asks how many there
        are already."""
        taking: list[tuple[str | None, str]] = []
        for ticket in self.tickets:
            command = ticket.command
            if isinstance(command, Hold):
                taking += [(command.customer, asked.offering) for asked in command.lines]
            elif (
                isinstance(command, Confirm)
                and command.reacquire
                and (again := reservations.get(command.reservation))
            ):
                taking += [(again.customer, line.offering) for line in again.lines]
        return {
            (customer, offering)
            for customer, offering in taking
            if customer is not None and self._limits_customers(offering)
        }

    def _limits_customers(self, offering: str) -> bool:
        known = self.offerings.get(offering)
        return known is not None and known.terms.max_per_customer is not None

    def _customers_holding(self) -> list[str]:
        return list(
            {
                command.customer
                for command in (ticket.command for ticket in self.tickets)
                if isinstance(command, Hold)
                and command.customer is not None
                and not command.confirm
            }
        )

    async def _write(self, decision: Decision, given: list[answers.Given], now: datetime) -> None:
        created = [r for r in decision.reservations if r.id in decision.created]
        changed = [r for r in decision.reservations if r.id not in decision.created]
        if changed:
            await self.connection.fetch(
                _UPDATE_RESERVATIONS,
                self.organization,
                *rows.changed_reservation_columns(changed),
            )
        # `write_batch` writes new reservations as they were placed. Nobody can name one before its
        # batch is committed, so nothing else can have happened to it.
        assert all(line.held + line.confirmed == line.quantity for r in created for line in r.lines)
        record = await self.connection.fetchrow(
            _WRITE_BATCH,
            self.organization,
            now,
            *rows.write_columns(created, decision.offerings, decision.entries),
            *answers.columns(given),
        )
        assert record is not None
        if record["answers"] != len(given):
            raise KeyRace
        last = decision.entries[-1]
        self.mark = Mark(last.offering, last.seq, now, int(record["xid"]))
