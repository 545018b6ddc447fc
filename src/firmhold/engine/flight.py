"""A batch until every ticket in it is answered: attempts, retries, splitting, lost commits.

One bad command never fails its neighbours, and a commit whose answer was lost is looked up,
never repeated blindly.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import asyncpg
import structlog

from firmhold import tracing
from firmhold.domain.errors import Code, Refusal, refuse
from firmhold.engine.batch import Claims, find_unlocked
from firmhold.engine.faults import Again, BadCommand, KeyRace, Unknown, is_transient
from firmhold.engine.stats import Stats
from firmhold.engine.ticket import Reply, Ticket
from firmhold.engine.transaction import LostCommit, carry_out
from firmhold.store.database import Database

FIRST_PAUSE = 0.01
"""Seconds before the first retry; doubled for each further one, with jitter."""

LONGEST_PAUSE = 0.5
"""Seconds. Short enough that recovery is noticed at once, long enough not to hammer."""

PORTION = 8
"""Replies in one turn of the event loop: a fraction of a millisecond's work for their callers."""

MOST_ATTEMPTS = 100
"""A batch that keeps failing this often is given up even if its callers were patient."""

SHUTTING_DOWN = (
    "The server is shutting down. The request may have been carried out; repeat it with the same "
    "idempotency key to learn its outcome."
)

_log = structlog.get_logger(__name__)


class Flight:
    """One batch in the air."""

    def __init__(
        self, database: Database, stats: Stats, handout: Handout, organization: str
    ) -> None:
        self._database = database
        self._stats = stats
        self._handout = handout
        self._organization = organization
        self._customers = False
        self._landed: Callable[[set[str]], None] = lambda rows: None

    @property
    def locks_customers(self) -> bool:
        """Whether this organization turned out to have a limit that spans offerings."""
        return self._customers

    async def fly(
        self,
        tickets: Sequence[Ticket],
        landed: Callable[[set[str]], None],
        *,
        locks_customers: bool,
    ) -> None:
        """Answer every ticket. Never raises but for cancellation.

        `landed` is told of offerings that the rest of a divided batch no longer needs.
        """
        self._customers = locks_customers
        self._landed = landed
        asked = (ticket.asked for ticket in tickets)
        with tracing.batch(self._organization, len(tickets), asked):
            await self._answer(list(tickets), set())

    async def _answer(self, tickets: list[Ticket], needed: set[str]) -> None:
        """Answer these. `needed` are offerings that the rest of a divided batch waits for."""
        lost: LostCommit | None = None
        more: frozenset[str] = frozenset()
        asked: frozenset[str] = frozenset()
        who: frozenset[str] = frozenset()
        attempt = 0
        while attempt < MOST_ATTEMPTS:
            if lost is None:
                tickets = [ticket for ticket in tickets if not ticket.gone]
            if all(ticket.gone for ticket in tickets):
                return
            claims = Claims(
                more.union(asked, *(ticket.rows for ticket in tickets)),
                self._customers,
                who,
                asked,
            )
            try:
                async with self._database.engine() as connection:
                    replies = await carry_out(connection, self._organization, tickets, claims, lost)
            except Again as again:
                more |= again.offerings
                asked |= again.asked
                if again.customers is not None:
                    self._customers = True
                    who |= again.customers
            except LostCommit as error:
                lost = error
                self._stats.lost_commits += 1
                await self._pause(attempt, error)
            except (KeyRace, BadCommand) as error:
                lost = None
                if isinstance(error, BadCommand):
                    self._fail(tickets.pop(error.index), error.__cause__ or error)
            except Exception as error:  # noqa: BLE001 - sorted by `faults` just below
                if self._worth_splitting(tickets, error) and lost is None:
                    first, rest = await self._divide(tickets, error)
                    await self._answer(first, needed | _rows(rest))
                    self._landed(_rows(first) - _rows(rest) - needed)
                    await self._answer(rest, needed)
                    return
                if not is_transient(error) and lost is None:
                    self._fail(tickets[0], error)
                    return
                await self._pause(attempt, error)
            else:
                lost = None
                tickets = self._deliver(tickets, replies)
                continue  # what is left has only been put off, and has not failed
            attempt += 1
        for ticket in tickets:
            ticket.reply(overloaded("The engine could not carry this out in time."))

    def _deliver(self, tickets: list[Ticket], replies: Sequence[Reply | None]) -> list[Ticket]:
        """Hand out the replies; return the tickets that have to be tried once more."""
        answered = [
            (ticket, reply)
            for ticket, reply in zip(tickets, replies, strict=True)
            if reply is not None
        ]
        self._handout.add(answered)
        return [ticket for ticket, reply in zip(tickets, replies, strict=True) if reply is None]

    def _worth_splitting(self, tickets: list[Ticket], error: Exception) -> bool:
        """Whether part of the batch might get through where all of it did not."""
        if len(tickets) == 1:
            return False
        if isinstance(error, asyncpg.LockNotAvailableError):
            return any(ticket.rows != tickets[0].rows for ticket in tickets)
        return not is_transient(error)

    async def _divide(
        self, tickets: list[Ticket], error: Exception
    ) -> tuple[list[Ticket], list[Ticket]]:
        """Two parts: those that nobody's lock is in the way of, if that was the trouble, and the
        rest; or two halves."""
        if isinstance(error, asyncpg.LockNotAvailableError):
            with contextlib.suppress(Exception):
                async with self._database.engine_for(self._organization) as connection:
                    free = await find_unlocked(connection, self._organization, _rows(tickets))
                first = [ticket for ticket in tickets if free.issuperset(ticket.rows)]
                rest = [ticket for ticket in tickets if not free.issuperset(ticket.rows)]
                if first and rest:
                    return first, rest
        half = len(tickets) // 2
        return tickets[:half], tickets[half:]

    def _fail(self, ticket: Ticket, error: BaseException) -> None:
        if isinstance(error, Unknown):
            ticket.fail(error)
            return
        self._stats.failed += 1
        told = {} if ticket.asked is None else ticket.asked.told()
        told["organization"] = self._organization
        _log.error("command failed", command=type(ticket.command).__name__, **told, exc_info=error)
        ticket.fail(error)

    async def _pause(self, attempt: int, error: Exception) -> None:
        self._stats.retries += 1
        tracing.happened("tried again")
        _log.debug(
            "batch is tried again",
            organization=self._organization,
            attempt=attempt,
            error=repr(error),
        )
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt, 16))
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret


class Handout:
    """Gives replies to their callers, a few in each turn of the event loop, in order.

    All at once would wake all their callers before the next flight could send its first statement,
    and again before each further one; database and process would take turns instead of working at
    the same time.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Ticket, Reply]] = deque()
        self._scheduled = False

    def add(self, answered: Iterable[tuple[Ticket, Reply]]) -> None:
        """Give these, after those that are still waiting."""
        self._waiting.extend(answered)
        if not self._scheduled:
            self._next()

    def _next(self) -> None:
        for _ in range(min(PORTION, len(self._waiting))):
            ticket, reply = self._waiting.popleft()
            ticket.reply(reply)
        self._scheduled = bool(self._waiting)
        if self._scheduled:
            asyncio.get_running_loop().call_soon(self._next)


def _rows(tickets: Sequence[Ticket]) -> set[str]:
    return {row for ticket in tickets for row in ticket.rows}


def overloaded(detail: str) -> Refusal:
    """The engine has more to do than it can, or its database is away."""
    return refuse(Code.OVERLOADED, detail, retry_after=1)
