"""Buckets that several nodes keep together, and what happens while their keeper is away.

Requests that arrive while a question to the keeper is under way go along with the next. Nobody
waits long for it: a keeper that fails, or does not answer in time, is away, and the node's own
buckets decide at once, without another attempt. Every second one question that nobody waits for
finds out whether it is back.

What the keeper admits is taken from the node's buckets too, so that nobody begins afresh with a
full bucket when it goes away.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import structlog

from firmhold.limits.bucket import MAX_BURST, UNLIMITED, Ask, Levels, Policy, decide
from firmhold.limits.memory import NEAR, SharedBuckets
from firmhold.request import apart

PATIENCE = 0.025
"""Seconds until a question without an answer is given up. A request may wait for two: the one under
way when it comes, and its own."""

LATE = 0.005
"""Seconds. When the alarm itself rings so late, the process was busy, and an answer may be there
unread."""

CLOSING = 1.0
"""Seconds to wait for a question that is under way at shutdown."""

PAUSE = 1.0
"""Seconds between attempts while the keeper is away."""

OPENING = 2.0
"""Seconds for the first attempt, which has to connect. Nobody is served yet."""

AT_ONCE = 512
"""Requests in one question."""

MOST_WAITING = 20_000
"""Requests that wait for the next questions; beyond it the node decides."""

PROBE = (Ask(Policy("probe", MAX_BURST, 1), "", ""),)
"""A bucket that is there to be asked: only what can be written to is back."""

_log = structlog.get_logger(__name__)


class Found(NamedTuple):
    """What the keeper had for one request. It has decided by the same rule what to keep."""

    asks: Sequence[Ask]
    """Each bucket once."""
    full_at: Sequence[int]
    """When each bucket was full before, in microseconds by the keeper's clock."""
    now: int
    """The instant by that clock."""


class Keeper(Protocol):
    """Where nodes keep buckets together. May raise anything while it is away."""

    name: str
    """In the log."""

    async def take(self, batch: Sequence[Sequence[Ask]]) -> list[Found]:
        """Take the tokens of each request, or none of any of its, one request after the other."""

    async def close(self) -> None:
        """Let go of connections."""


class _Waiting(NamedTuple):
    asks: Sequence[Ask]
    answer: "asyncio.Future[Levels]"


class CommonLimiter:
    """Buckets of all nodes, and while those cannot be had, of this node. See `limiter.Limiter`."""

    def __init__(self, keeper: Keeper, node: SharedBuckets) -> None:
        self._keeper = keeper
        self._node = node
        self.away = True
        """Whether the node decides for itself."""
        self._waiting: list[_Waiting] = []
        self._aloft: list[_Waiting] = []
        self._scheduled = False
        self._flight: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._return: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Try to reach the keeper, for at most `OPENING` seconds."""
        probe = asyncio.create_task(self._keeper.take([PROBE]))
        done, _ = await asyncio.wait({probe}, timeout=OPENING)
        if done and probe.exception() is None:
            self.away = False
            return
        self._leave(repr(probe.exception()) if done else "no answer", probe)

    async def take(self, asks: Sequence[Ask]) -> Levels:
        """See `Limiter`."""
        if not asks:
            return UNLIMITED
        assert len(asks) <= NEAR, "more buckets than the node could see to"
        if self.away or len(self._waiting) >= MOST_WAITING:
            return self._node.take(asks)
        loop = asyncio.get_running_loop()
        waiting = _Waiting(asks, loop.create_future())
        self._waiting.append(waiting)
        if self._flight is None and not self._scheduled:
            # Not at once: what else arrives in this turn of the event loop goes along.
            self._scheduled = True
            loop.call_soon(self._depart)
        return await waiting.answer

    async def close(self) -> None:
        """Answer who still waits, and let go of the keeper."""
        self.away = True
        for task in (self._return, self._flight):
            if task is not None:
                task.cancel()
                await asyncio.wait({task}, timeout=CLOSING)
        self._decide_here()
        await self._keeper.close()

    def _depart(self) -> None:
        self._scheduled = False
        # Whoever has gone meanwhile is not charged.
        waiting = [one for one in self._waiting if not one.answer.done()]
        self._aloft, self._waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        if self._aloft:
            self._flight = asyncio.create_task(self._fly(self._aloft), context=apart())

    async def _fly(self, aloft: list[_Waiting]) -> None:
        self._set_alarm(again=True)
        try:
            self._land(aloft, await self._keeper.take([one.asks for one in aloft]))
        except Exception as error:  # noqa: BLE001 - whatever it is, the node decides
            self._leave(repr(error))
        finally:
            assert self._alarm is not None
            self._alarm.cancel()
            self._flight = None
        if self._waiting:
            self._depart()

    def _land(self, aloft: list[_Waiting], found: list[Found]) -> None:
        for one, had in zip(aloft, found, strict=True):
            if one.answer.done():
                continue  # decided here meanwhile, or gone
            levels = decide(had.asks, had.full_at, had.now)
            if levels.allowed:
                # Of the node's, too. It has fewer left only if it decided by itself meanwhile, and
                # then what it has is all there is.
                own = self._node.take(one.asks)
                levels = levels if own.allowed else own
            one.answer.set_result(levels)

    def _set_alarm(self, *, again: bool) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + PATIENCE
        self._alarm = loop.call_at(due, self._overdue, due, again)

    def _overdue(self, due: float, again: bool) -> None:
        if again and asyncio.get_running_loop().time() - due > LATE:
            self._set_alarm(again=False)
        else:
            self._leave("no answer in time", self._flight)

    def _leave(self, error: str, unfinished: asyncio.Task[Any] | None = None) -> None:
        """The keeper is away: decide here, and find out when it is back. `unfinished` is a question
        that may still be answered, to be waited for before another one."""
        if self._return is None:
            self.away = True
            self._return = asyncio.create_task(self._come_back(unfinished), context=apart())
            _log.warning("limits hold on this node alone", keeper=self._keeper.name, error=error)
        self._decide_here()

    def _decide_here(self) -> None:
        for one in (*self._aloft, *self._waiting):
            if not one.answer.done():
                one.answer.set_result(self._node.take(one.asks))
        self._aloft, self._waiting = [], []

    async def _come_back(self, unfinished: asyncio.Task[Any] | None) -> None:
        if unfinished is not None:
            await asyncio.gather(unfinished, return_exceptions=True)
        while not await self._is_back():
            pass
        self._return = None
        self.away = False
        _log.info("limits hold across nodes again", keeper=self._keeper.name)

    async def _is_back(self) -> bool:
        await asyncio.sleep(PAUSE)
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            await self._keeper.take([PROBE])
        except Exception:  # noqa: BLE001 - that it is away has been said
            return False
        return loop.time() - asked_at <= PATIENCE
