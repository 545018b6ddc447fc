"""Gathers what arrives while the previous transaction is in flight, and sends it as the next.

There is no timer and no batch size to tune: an idle system sends a single command at once, and
the busier it gets the more each transaction carries. Each organization has a queue of its own,
so nobody waits for another tenant's rows.
"""

import asyncio
from contextvars import Context
from typing import NamedTuple

from firmhold.engine.flight import SHUTTING_DOWN, Flight, Handout, overloaded
from firmhold.engine.lanes import Lanes
from firmhold.engine.stats import Stats
from firmhold.engine.ticket import Ticket
from firmhold.request import apart
from firmhold.store.database import Database

CLOSE_SECONDS = 1.0
"""For the last batches at shutdown. Whoever waited for them has had seconds already."""


SMALLEST_HALF = 48
"""Commands. Below this a batch is not worth dividing: each has a fixed cost of about as much work
as a dozen commands."""


STUCK_AFTER = 0.2
"""Seconds. Many times what a transaction takes, and little beside a caller's patience."""

MOST_STUCK = 2
"""Per organization: few beside the connections there are, so that the others find some too."""


class Limits(NamedTuple):
    """How much the engine takes on."""

    batch: int = 512
    """Commands in one transaction. Keeps a transaction, and so the wait for its rows, short."""
    queue: int = 20_000
    """Commands waiting or in flight, over all organizations; beyond it, `overloaded`."""
    flights: int = 2
    """Transactions in flight per organization: one for what is hot, one for the rest. More would
    make smaller batches, which cost more than they gain."""
    patience: float = 5.0
    """Seconds until a command that could not be carried out is answered with `overloaded`."""


class _Queue:
    """One organization's waiting commands and its flights."""

    __slots__ = ("aloft", "flights", "landed", "lanes", "scheduled", "stuck")

    def __init__(self) -> None:
        self.lanes = Lanes()
        self.flights = 0
        """Transactions in flight that are under way normally."""
        self.stuck = 0
        """Transactions in flight that have been waiting for long: they do not count, or a few rows
        that are locked elsewhere would stop everything else."""
        self.scheduled = False
        self.aloft = 0
        """Commands in flight."""
        self.landed = 0
        """Commands of the flight that landed last. Their callers tend to come back."""

    def portion(self) -> int:
        """How many commands the next batch should take: half of those around.

        While the database works on one half, this process reads and answers the other; with all
        of them in one batch, each would wait for the other to finish.
        """
        return max(SMALLEST_HALF, (self.lanes.waiting + self.aloft + self.landed) // 2)


class Batcher:
    """Takes tickets and sees to it that each is answered in bounded time."""

    def __init__(self, database: Database, limits: Limits, stats: Stats) -> None:
        self._database = database
        self._limits = limits
        self._stats = stats
        self._queues: dict[str, _Queue] = {}
        self._limit_holds: set[str] = set()
        """Organizations that were seen to limit live holds. Only spares their batches the attempt
        that would find it out: what counts is read under lock, each time."""
        # Whoever waits for an answer.
        self._open: dict[Ticket, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._closing = False
        self._handout = Handout()
        # Kept, because asking for the running loop costs a system call on older Pythons.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = Context()
        """In which batches are carried out."""

    def start(self) -> None:
        """Begin to watch deadlines. Needs a running event loop."""
        self._loop = asyncio.get_running_loop()
        self._context = apart()
        self._watch = asyncio.create_task(self._watch_deadlines(), name="engine deadlines")

    async def close(self) -> None:
        """Let what is in flight finish, if it does so soon."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
        for task in (*self._tasks, self._watch):
            if task is not None:
                task.cancel()
        for ticket in self._open:
            ticket.reply(overloaded(SHUTTING_DOWN))

    @property
    def waiting(self) -> int:
        """Commands that have no answer yet."""
        return len(self._open)

    @property
    def full(self) -> bool:
        """Whether one more command would be too many."""
        return len(self._open) >= self._limits.queue

    def add(self, ticket: Ticket) -> None:
        """Queue a ticket, which is to be forgotten once it has its answer, or nobody wants one any
        more. The caller has seen that there is room."""
        self._open[ticket] = None
        queue = self._queues.get(ticket.organization)
        if queue is None:
            queue = self._queues[ticket.organization] = _Queue()
        queue.lanes.add(ticket)
        if not queue.scheduled and queue.flights < self._limits.flights:
            # Not at once: what else arrives in this turn of the event loop goes along.
            queue.scheduled = True
            assert self._loop is not None, "the engine has not been started"
            self._loop.call_soon(self._dispatch, ticket.organization, queue)

    def forget(self, ticket: Ticket) -> None:
        """Nobody waits for this ticket any more."""
        del self._open[ticket]
        if not self._open:
            self._stats.waiting(0)

    def _dispatch(self, organization: str, queue: _Queue) -> None:
        queue.scheduled = False
        self._stats.waiting(len(self._open))
        while queue.flights < self._limits.flights and not self._closing:
            batch, rows = queue.lanes.take(min(self._limits.batch, queue.portion()))
            if not batch:
                break
            queue.flights += 1
            queue.aloft += len(batch)
            assert self._loop is not None
            first = min(ticket.deadline for ticket in batch) - self._limits.patience
            self._stats.batch(len(batch), self._loop.time() - first)
            # Else it would seem to be a part of whichever request has set it off.
            task = asyncio.create_task(
                self._fly(organization, queue, batch, rows), context=self._context.copy()
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        idle = not queue.flights and not queue.stuck and not queue.lanes.waiting
        if idle and self._queues.get(organization) is queue:
            del self._queues[organization]

    async def _fly(
        self, organization: str, queue: _Queue, batch: list[Ticket], rows: set[str]
    ) -> None:
        flight = Flight(self._database, self._stats, self._handout, organization)
        stuck = False

        def is_stuck() -> None:
            nonlocal stuck
            if queue.stuck < MOST_STUCK:
                stuck = True
                queue.flights -= 1
                queue.stuck += 1
                self._dispatch(organization, queue)

        assert self._loop is not None
        alarm = self._loop.call_later(STUCK_AFTER, is_stuck)

        def landed(done: set[str]) -> None:
            rows.difference_update(done)
            queue.lanes.free(done)
            self._dispatch(organization, queue)

        try:
            await flight.fly(batch, landed, locks_customers=organization in self._limit_holds)
            if flight.locks_customers:
                self._limit_holds.add(organization)
        except BaseException:
            for ticket in batch:
                ticket.reply(overloaded(SHUTTING_DOWN))
            raise
        finally:
            alarm.cancel()
            if stuck:
                queue.stuck -= 1
            else:
                queue.flights -= 1
            queue.aloft -= len(batch)
            queue.landed = len(batch)
            queue.lanes.free(rows)
            self._dispatch(organization, queue)

    async def _watch_deadlines(self) -> None:
        """Answer tickets whose time is up."""
        loop = asyncio.get_running_loop()
        while True:
            self._end_patience(loop.time())
            self._stats.waiting(len(self._open))
            await asyncio.sleep(0.05)

    def _end_patience(self, now: float) -> None:
        # All are looked at: who had to be looked up first has been here for less time than waiting.
        for ticket in [ticket for ticket in self._open if ticket.deadline <= now]:
            if not ticket.gone:
                self._stats.overloaded += 1
                ticket.reply(
                    overloaded(
                        "No answer in time. The request may still be carried out; repeat it "
                        "with the same idempotency key to learn its outcome."
                    )
                )
