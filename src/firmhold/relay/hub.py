"""Tells subscribers what happens: one for each process, reading the end of the ledger for all.

It reads as long as anybody is subscribed. Nothing of it is kept: whoever comes back says how far
they got, and what came after that is read from the ledger.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from time import monotonic
from typing import Any, NamedTuple

from firmhold.relay.change import Change, Entry
from firmhold.relay.event import Event, events_of
from firmhold.relay.position import Position
from firmhold.relay.subscription import Subscription, Told
from firmhold.relay.tail import AT_ONCE, Elsewhere, newest, read
from firmhold.store.database import Database
from firmhold.store.sql import statement
from firmhold.telemetry import LIVE_LAG

PAUSE = 0.05
"""Seconds between looks. The rest of the time until everybody knows is theirs who are told."""

MOST_MISSED = 5 * AT_ONCE
"""Entries of an organization that are read for one who comes back. Beyond, to look anew is less
work for both."""

LAG_NOTED = 1.0
"""Seconds after which it is noted again how far the hub is behind. Apart from its looks, as one of
them may be what takes so long."""

Words = Callable[[Entry | Event], bytes]
"""How something is said, in JSON."""


class Joined(NamedTuple):
    """Somebody who is told from now on."""

    subscription: Subscription
    position: Position
    """Where they stand."""
    resync: bool
    """They have missed too much to be told."""
    stock: list[Any]
    """Rows of the offerings among their topics as they are at that position, for who is new or has
    to resynchronize."""


class Hub:
    """Reads once, tells many."""

    def __init__(self, database: Database, words: Words) -> None:
        self._database = database
        self._words = words
        self._by_topic: dict[str, set[Subscription]] = defaultdict(set)
        self._all: set[Subscription] = set()
        self._waiting: set[Subscription] = set()
        """Those who have been told something since they reached a position, or are new."""
        self._position: Position | None = None
        self._all_told_at = 0.0
        """Whatever was committed before then has been told, by the process's clock."""
        self._opening = asyncio.Lock()
        self._somebody = asyncio.Event()

    @property
    def subscriptions(self) -> int:
        """How many there are."""
        return len(self._all)

    def lag(self) -> float:
        """For how many seconds something may have happened that is not told yet, at most; 0 if
        there is nobody to be told."""
        return monotonic() - self._all_told_at if self._all else 0.0

    async def note_lag(self) -> float:
        """Let the metric say so; return the seconds until the next time."""
        LIVE_LAG.set(self.lag())
        return LAG_NOTED

    async def run_once(self) -> float:
        """Tell what has happened; return the seconds until the next look. Waits for subscribers if
        there are none."""
        if not self._all:
            self._position = None
            self._somebody.clear()
            await self._somebody.wait()
        before = await self._opened()
        looked_at = monotonic()
        try:
            async with (
                self._database.read_across() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                reading = await read(connection, before)
        except Elsewhere:
            # Another cluster is in the place of the one before: nothing tells what came between.
            self._position = None
            self._start_again(await self._opened())
            return 0.0
        self._tell(reading.changes)
        self._position = reading.position
        if reading.is_all:
            self._all_told_at = looked_at
        self._waiting = {one for one in self._waiting if not one.reach(reading.position)}
        return PAUSE if reading.is_all else 0.0

    async def subscribe(
        self, organization: str, topics: Iterable[str], after: Position | None = None
    ) -> Joined:
        """Somebody new; or who comes back `after` a position that they have reached before, and is
        told what they missed. That these topics are theirs to be told of is for the caller to
        see."""
        subscription = Subscription(organization, frozenset(topics))
        # Before anything is read for them, so that nothing falls between.
        await self._opened()
        self._enter(subscription)
        try:
            async with (
                self._database.read(organization) as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                return await self._begin(connection, subscription, after)
        except BaseException:
            self.leave(subscription)
            raise

    def leave(self, subscription: Subscription) -> None:
        """They are told nothing any more. May be said twice."""
        self._all.discard(subscription)
        self._waiting.discard(subscription)
        for topic in subscription.topics:
            group = self._by_topic.get(topic, set())
            group.discard(subscription)
            if not group:
                self._by_topic.pop(topic, None)
        subscription.end()

    def position_of(self, subscription: Subscription) -> Position | None:
        """Where somebody stands who has been told nothing for a while; `None` if they are about to
        be told something."""
        if subscription in self._waiting or self._position is None:
            return None
        return self._position if subscription.reach(self._position) else None

    async def _begin(
        self, connection: Any, subscription: Subscription, after: Position | None
    ) -> Joined:
        missed: list[Change] | None = None
        if after is not None:
            missed = await _missed(connection, after, subscription.organization)
        position = await newest(connection)
        stock: list[Any] = []
        if missed is None:
            offerings = [it for it in subscription.topics if it.startswith(("item_", "slot_"))]
            stock = await connection.fetch(
                statement("relay", "stock_of"),
                subscription.organization[-32:],
                [offering[-32:] for offering in offerings],
            )
        told = [
            told
            for change in missed or ()
            for topics, told in self._said(change, subscription.topics)
        ]
        subscription.begin(position, told)
        return Joined(subscription, position, after is not None and missed is None, stock)

    def _enter(self, subscription: Subscription) -> None:
        if not self._all:
            self._all_told_at = monotonic()  # nobody has waited until now
        self._all.add(subscription)
        self._waiting.add(subscription)
        for topic in subscription.topics:
            self._by_topic[topic].add(subscription)
        self._somebody.set()

    async def _opened(self) -> Position:
        """The position from which on the hub reads."""
        async with self._opening:
            if self._position is None:
                async with self._database.read_across() as connection:
                    self._position = await newest(connection)
            return self._position

    def _tell(self, changes: Iterable[Change]) -> None:
        for change in changes:
            organization = change.entries[0].organization
            for topics, told in self._said(change, self._by_topic):
                # Whoever wants it for two reasons is told once.
                for one in {one for topic in topics for one in self._by_topic.get(topic, ())}:
                    # Ids are of one organization anyway; this is the second look.
                    if one.organization == organization:
                        one.tell(told)
                        self._waiting.add(one)

    def _said(
        self, change: Change, wanted: Container[str]
    ) -> Iterator[tuple[tuple[str, ...], Told]]:
        """What is to be told of a change, put into words once, and to which of the topics that are
        `wanted` it belongs."""
        for entry in change.entries:
            topics = tuple(it for it in (entry.offering, entry.site) if it and it in wanted)
            if topics:
                yield topics, Told(change.xid, entry, self._words(entry))
        for event in events_of(change):
            # Of an offering is told what it comes to; all that happened to it is for the feed.
            about: tuple[str, ...] = (event.subject, event.organization)
            if not event.type.startswith("reservation."):
                about = (event.organization,)
            topics = tuple(it for it in about if it in wanted)
            if topics:
                yield topics, Told(change.xid, event, self._words(event))

    def _start_again(self, position: Position) -> None:
        for one in self._all:
            one.start_again(position)
        self._waiting = set(self._all)


async def _missed(connection: Any, after: Position, organization: str) -> list[Change] | None:
    """What came after a position, if it can be told."""
    changes: list[Change] = []
    entries = 0
    while entries <= MOST_MISSED:
        try:
            reading = await read(connection, after, organization)
        except Elsewhere:
            return None
        changes += reading.changes
        if reading.is_all:
            return changes
        entries += sum(len(change.entries) for change in reading.changes)
        after = reading.position
    return None
