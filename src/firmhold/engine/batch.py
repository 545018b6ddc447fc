"""What happens inside one transaction: lock, load, decide, write.

Knows the statements and how values are passed to them. It neither begins nor ends the
transaction, and no rule is written here: the decision is the domain's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import asyncpg

from firmhold.domain.commands import Command, Confirm, Hold, Join, Leave, ReservationCommand
from firmhold.domain.decide import decide
from firmhold.domain.errors import Refusal
from firmhold.domain.expiry import is_due
from firmhold.domain.line import MoreWaiting
from firmhold.domain.model import Offering, Reservation, Status
from firmhold.domain.state import Decision, Outcome, Policy, State
from firmhold.engine import answers, customers, lending, rows, waitlist
from firmhold.engine.faults import Again, BadCommand, KeyRace
from firmhold.engine.ticket import Answer, Reply, Ticket
from firmhold.store.sql import statement

DUE_AT_ONCE = 2000
"""Due holds one transaction expires, more or less. If there are more, it does nothing else, and the
batch goes on with the next ones."""

_LOCK_CUSTOMERS = statement("batch", "lock_customers")
_LOCK_OFFERINGS = statement("batch", "lock_offerings")
_LOAD_BATCH = statement("batch", "load_batch")
_UPDATE_RESERVATIONS = statement("batch", "update_reservations")
_WRITE_BATCH = statement("batch", "write_batch")
_FIND_ENTRY = statement("batch", "find_entry")
_FIND_UNLOCKED = statement("batch", "find_unlocked")

Connection: TypeAlias = "asyncpg.Connection[Any]"


class Claims(NamedTuple):
    """What the transaction locks."""

    offerings: frozenset[str]
    customers: bool
    """Whether customers are locked too, as a limit needs that spans offerings."""
    more_customers: frozenset[str] = frozenset()
    """Those among them whom no command names, such as those who wait."""
    asked: frozenset[str] = frozenset()
    """Offerings of which units may be taken, beside those that commands were known to need."""


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
        self.asked: set[str] = set()
        """Offerings of which units may be taken."""
        self.lent = lending.Lent()
        self.locked_customers: set[str] = set()
        self.mark: Mark | None = None
        """One ledger entry written, if any."""

    # --- lock ---

    async def lock(self, claims: Claims) -> None:
        """Customers, then offerings, then pools; see the statements for the order within each."""
        if claims.customers:
            self.locked_customers = customers.named(self._commands) | claims.more_customers
        if self.locked_customers:
            await self.connection.fetch(
                _LOCK_CUSTOMERS, self.organization, list(self.locked_customers)
            )
        found = await self.connection.fetch(
            _LOCK_OFFERINGS,
            self.organization,
            [rows.bare(id) for id in claims.offerings],
            DUE_AT_ONCE,
        )
        self.offerings = {offering.id: offering for offering in map(rows.offering, found)}
        slots = {id: o for id, o in self.offerings.items() if id.startswith("slot_")}
        # An offering that is locked along gets units back and is asked for none.
        self.asked = {row for ticket in self.tickets for row in ticket.rows} | claims.asked
        self.asked.update(id for id, offering in self.offerings.items() if offering.waiting)
        if slots:
            self.lent = await lending.lock_and_load(
                self.connection, self.organization, slots, self.asked, DUE_AT_ONCE
            )
            self.offerings.update(self.lent.offerings)

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
        decision = await self._decide(loaded, [self.tickets[index].command for index in fresh])
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

    @property
    def _commands(self) -> list[Command]:
        return [ticket.command for ticket in self.tickets]

    @property
    def _leaving(self) -> list[str]:
        """Waitlist entries that somebody gives up."""
        return [command.entry for command in self._commands if isinstance(command, Leave)]

    @property
    def _joining(self) -> list[tuple[str, str]]:
        """Customers, and what they want to wait for."""
        return [
            (command.customer, command.offering)
            for command in self._commands
            if isinstance(command, Join)
        ]

    async def _load(self) -> _Loaded:
        """What the decision needs and the locks now protect."""
        named = [
            rows.bare(command.reservation)
            for command in self._commands
            if isinstance(command, ReservationCommand)
        ]
        named += await waitlist.find_offers(
            self.connection, self.organization, self._leaving, self._joining
        )
        due = sorted(self.lent.due)[:DUE_AT_ONCE]
        found = await self.connection.fetch(
            _LOAD_BATCH,
            self.organization,
            # What else is due on the others can wait.
            rows.plain(map(rows.bare, self.asked)),
            rows.plain([*named, *map(rows.bare, due)]),
            DUE_AT_ONCE,
            rows.plain([ticket.key.scope for ticket in self.tickets if ticket.key is not None]),
        )
        first = found[0]
        reservations = {
            reservation.id: reservation
            for reservation in (rows.reservation(row) for row in found if row["id"] is not None)
        }
        missing = frozenset(
            line.offering
            for reservation in reservations.values()
            for line in reservation.lines
            if line.offering not in self.offerings
        )
        if taking := self._taken_again(reservations) - self.asked:
            raise Again(asked=taking)
        truncated = max(first["due"], len(due)) >= DUE_AT_ONCE
        if not (missing or truncated or self.lent.due_at(first["now"]) <= reservations.keys()):
            raise Again
        missing |= await self._waited_for(reservations, first["now"])
        if missing:
            raise Again(missing)
        return _Loaded(
            first["now"],
            Policy(first["hold_ttl_seconds"], first["max_live_holds"], first["offer_ttl_seconds"]),
            reservations,
            truncated,
            answers.stored_in(first),
        )

    def _taken_again(self, reservations: Mapping[str, Reservation]) -> frozenset[str]:
        """Offerings that a late confirmation takes units of once more. Somebody else may have moved
        the reservation there since it was looked up, so that they were not asked for."""
        return frozenset(
            line.offering
            for command in self._commands
            if isinstance(command, Confirm) and command.reacquire
            if (reservation := reservations.get(command.reservation)) is not None
            for line in reservation.lines
        )

    async def _waited_for(
        self, reservations: Mapping[str, Reservation], now: datetime
    ) -> frozenset[str]:
        """Slots that have to be locked as well, because someone waits for what this batch may give
        back to a pool, or for what it may take though they could have had it before: at a time that
        meets ours, a hold may have ended that does not."""
        if not (self.lent.stretches and self.lent.awaited):
            return frozenset()
        gives_back = any(not isinstance(it, Hold | Join) for it in self._commands) or any(
            r.status is Status.HELD and r.expires_at is not None and is_due(r.expires_at, now)
            for r in reservations.values()
        )
        found = await lending.waited_for_around(
            self.connection, self.organization, self.lent.stretches, with_ended=not gives_back
        )
        return frozenset(found - self.offerings.keys())

    async def _decide(self, loaded: _Loaded, commands: Sequence[Command]) -> Decision:
        """Decide, knowing as much of the waitlists as it takes."""
        named = customers.claims(commands, loaded.reservations)
        self._require_locks(loaded.policy, {customer for customer, _ in named})
        further: dict[str, waitlist.Further] = {}
        while True:
            waiting = await self._load_waiting(loaded, further)
            taking = named | {(it.customer, it.offering) for it in waiting.entries.values()}
            has = await customers.load(
                self.connection,
                self.organization,
                taking,
                self.offerings,
                loaded.policy,
                loaded.now,
            )
            state = State(
                loaded.policy,
                self.offerings,
                loaded.reservations,
                has.usage,
                has.live_holds,
                pools=self.lent.pools,
                loans=self.lent.loans,
                queues=waiting.queues,
                waitlist=waiting.entries,
                offers=waiting.offers,
                visits=has.visits,
                partial=loaded.truncated,
            )
            try:
                decision = decide(state, commands, loaded.now)
            except MoreWaiting as more:
                waitlist.look_further(further, more.offering, more.fits)
                continue
            # Of those who wait, most get nothing, and need not be locked to be told so.
            self._require_locks(loaded.policy, {it.customer for it in decision.created})
            return decision

    def _require_locks(self, policy: Policy, taking: set[str | None]) -> None:
        """A limit that spans offerings needs its customers locked, who may not have been known."""
        who = frozenset(customer for customer in taking if customer is not None)
        if who <= self.locked_customers:
            return
        if customers.limits_customers(policy, self.offerings.values()):
            raise Again(customers=who)

    async def _load_waiting(
        self, loaded: _Loaded, further: Mapping[str, waitlist.Further]
    ) -> waitlist.Waiting:
        waited_for = [id for id, offering in self.offerings.items() if offering.waiting]
        if not (waited_for or self._leaving or self._joining):
            return waitlist.NOBODY
        return await waitlist.load(
            self.connection,
            self.organization,
            waited_for,
            reservations=loaded.reservations,
            entries=self._leaving,
            places=self._joining,
            further=further,
        )

    async def _write(self, decision: Decision, given: list[answers.Given], now: datetime) -> None:
        # New reservations are written as they were placed. What has become of them since, as may
        # happen to an offer that is declined in the same batch, is written like any other change.
        record = await self.connection.fetchrow(
            _WRITE_BATCH,
            self.organization,
            now,
            *rows.write_columns(decision.created, decision.offerings, decision.entries),
            *answers.columns(given),
        )
        assert record is not None
        if record["answers"] != len(given):
            raise KeyRace
        if decision.changed:
            await self.connection.fetch(
                _UPDATE_RESERVATIONS,
                self.organization,
                *rows.changed_reservation_columns(decision.changed, decision.moved),
            )
        await lending.write(self.connection, self.organization, decision)
        await waitlist.write(self.connection, self.organization, decision.waitlist)
        last = decision.entries[-1]
        self.mark = Mark(last.offering, last.seq, now, int(record["xid"]))
