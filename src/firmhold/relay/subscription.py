"""What one subscriber wants to be told, and what they have not taken yet.

Whoever is slow is not waited for and costs a bounded amount of memory: of availability only the
newest counts are kept, and events up to a bound. Beyond it everything is dropped and the subscriber
is told to look for themselves.
"""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from firmhold.relay.change import Entry
from firmhold.relay.event import Event
from firmhold.relay.position import Position

MOST_EVENTS = 256
"""That wait for a subscriber who does not take them. At a sale's start that is a moment; who cannot
follow then has to look at what is now, and not at what has been."""

MOST_OFFERINGS = 10_000
"""Whose counts wait for a subscriber who does not take them: as many as a large site has."""


class Told(NamedTuple):
    """Something that is told to any number of subscribers, put into words once."""

    xid: int
    what: Entry | Event
    """An entry for the counts that it left; or an event."""
    json: bytes


class News(NamedTuple):
    """What a subscriber is told at once. Whoever comes back with the position gets what follows,
    without a gap and without a repetition."""

    position: Position
    availability: tuple[Told, ...]
    """Offerings whose counts have changed, each once, as they are now."""
    events: tuple[Told, ...]
    resync: bool
    """Something was left out: look at everything anew."""


class Subscription:
    """Told by a hub, taken by a subscriber.

    It begins while nobody knows yet what the subscriber knows already: until `begin`, what comes in
    is put by.
    """

    def __init__(self, organization: str, topics: frozenset[str]) -> None:
        """`topics`: ids of offerings, sites and reservations; or of the organization, for all its
        events."""
        self.organization = organization
        self.topics = topics
        self._start: Position | None = None
        """What the subscriber knew when it began."""
        self._early: list[Told] = []
        self._position: Position | None = None
        self._availability: dict[str, Told] = {}
        self._events: list[Told] = []
        self._most_events = MOST_EVENTS
        self._resync = False
        self._has_begun = False
        """A position has been reached that has all they knew at the start, as every later one."""
        self._is_fresh = False
        self._waiter: asyncio.Future[None] | None = None
        # Asked for once: on older Pythons it costs a system call, each time and for thousands.
        self._loop = asyncio.get_running_loop()

    def begin(self, start: Position, missed: Iterable[Told]) -> None:
        """The subscriber knows everything up to `start`, but for what they have `missed`, which is
        told with the rest. Nothing can be taken before `reach`."""
        self._start = start
        missed, early = list(missed), self._early
        # What came before they could take anything is not their slowness.
        self._most_events = MOST_EVENTS + len(missed) + len(early)
        for told in missed:
            self._take(told)
        self._early = []
        for told in early:
            self.tell(told)

    def tell(self, told: Told) -> None:
        """Something has happened that is among the topics."""
        if self._start is not None:
            if not self._start.has_seen(told.xid):
                self._take(told)
        elif len(self._early) < MOST_OFFERINGS:
            self._early.append(told)
        else:
            self._drop()

    def reach(self, position: Position) -> bool:
        """All that was told leads to this position. False if it has to wait for another, because
        the subscriber has not begun or is ahead of it."""
        if not self._has_begun:
            if self._start is None or not position.covers(self._start):
                return False
            self._has_begun = True
        self._position = position
        if self._availability or self._events or self._resync:
            self._freshen()
        return True

    def start_again(self, position: Position) -> None:
        """Nothing tells what came before this position."""
        self._start = position
        self._has_begun = False
        self._drop()

    def end(self) -> None:
        """Nothing more comes: whoever waits need not."""
        self._freshen()

    async def has_news(self, within: float) -> bool:
        """Wait until there is something to take; false if there is not within so many seconds. One
        waits at a time."""
        if not self._is_fresh:
            self._waiter = waiter = self._loop.create_future()
            timer = self._loop.call_later(within, _wake, waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                self._waiter = None
        return self._is_fresh

    def take(self) -> News:
        """What was told since the last time."""
        assert self._position is not None, "it has not begun"
        news = News(
            self._position, tuple(self._availability.values()), tuple(self._events), self._resync
        )
        self._availability, self._events, self._resync = {}, [], False
        self._most_events = MOST_EVENTS
        self._is_fresh = False
        return news

    def _freshen(self) -> None:
        self._is_fresh = True
        if self._waiter is not None:
            _wake(self._waiter)

    def _take(self, told: Told) -> None:
        if self._resync:
            return  # they are going to look for themselves
        if isinstance(told.what, Event):
            self._events.append(told)
        else:
            # At the end, so that what changes most often does not keep others waiting.
            self._availability.pop(told.what.offering, None)
            self._availability[told.what.offering] = told
        if len(self._events) > self._most_events or len(self._availability) > MOST_OFFERINGS:
            self._drop()

    def _drop(self) -> None:
        self._availability, self._events, self._early = {}, [], []
        self._resync = True


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
