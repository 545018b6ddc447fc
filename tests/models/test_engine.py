"""Real engines on a real database do and show what the small models say, step by step.

Every step asks one or several things at once; what is said must be so in some order of them, and
after it everything that can be seen is as in the model. The clock stands still in between.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.databases import Server
from tests.models.clock import PATIENCE, StoppedClock, stopped
from tests.models.machines import run_machine
from tests.models.state import Ask, State
from tests.models.town import Town
from tests.models.wishes import a_latecomer, a_wish, a_world, held, rarely
from tests.shop import Shop, new_id, open_shop

ENGINES = 3
CHAPTER = 8
"""Steps in a row, so that most of them are such."""

WAYS = {
    *("hold", "confirm", "reacquire", "extend", "release", "cancel", "move", "set", "join"),
    *("leave", "confirm a part", "release a part", "cancel a part"),
}
"""What has to have been done at least once."""


class Stage:
    """Engines on one database with a clock that stands, in an event loop of their own: the state
    machine is not asynchronous. Each run has an organization of its own."""

    def __init__(self, server: Server) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.heard: Counter[tuple[str, str]] = Counter()
        self.shops, self.clock = self.run(self._open(server))

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(what)

    async def _open(self, server: Server) -> tuple[list[Shop], StoppedClock]:
        address, clock = await self._stack.enter_async_context(stopped(server))
        opening = (
            self._stack.enter_async_context(open_shop(address.dsn, patience_seconds=PATIENCE))
            for _ in range(ENGINES)
        )
        return [await shop for shop in opening], clock

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._runner.close()

    async def town(self, world: State) -> Town:
        """A new organization in which there is this."""
        slug = new_id("town")[-20:]
        organizations = [
            await shop.services.directory.ensure_organization(slug, slug) for shop in self.shops
        ]
        await self.shops[0].services.directory.change_organization(
            organizations[0].id,
            {
                "hold_ttl_seconds": world.ttl,
                "offer_ttl_seconds": world.offer_ttl,
                "max_live_holds": world.most_holds,
            },
        )
        shops = [Shop(it.services, organizations[0], it.dsn) for it in self.shops]
        town = Town(shops, self.clock, world)
        await town.open()
        return town


class Life(RuleBasedStateMachine):
    stage: ClassVar[Stage]

    @initialize(dice=st.randoms(use_true_random=True))
    def begin(self, dice: Random) -> None:
        """The dice are drawn once. The search chooses among steps; were it to draw for each of
        them, it would like to try the same again and again."""
        self.dice, self.number = dice, 0
        self.asked: list[Ask] = []
        self.town: Town = self.stage.run(self.stage.town(a_world(dice)))

    @rule()
    def ask(self) -> None:
        for _ in range(CHAPTER):
            self._ask([self._wish() for _ in range(self.dice.choice([1, 1, 2, 3, 4]))])
            if rarely(self.dice, 4):
                self._wait_for_an_end(early=0)

    @rule()
    def ask_twice_at_once(self) -> None:
        """Perhaps under one key, and perhaps along with something else under that key."""
        first = self._wish()._replace(key=self.dice.choice([None, "k1", "k3"]))
        asks = [first, self._once_more(first)]
        if rarely(self.dice, 2):
            asks.append(self._something_like(first))
        self._ask(asks)

    @rule()
    def ask_for_two_things_at_once_under_one_key(self) -> None:
        """No row is common to them, so that the key alone keeps them apart."""
        self.number += 2
        first, second = self.dice.sample(list(self.town.world.things), 2)
        hold = Ask("hold", None, f"r{self.number}", key=f"k{self.number}")
        self._ask(
            [
                hold._replace(lines=((first, 2),)),
                hold._replace(id=f"r{self.number - 1}", lines=((second, 2),)),
            ]
        )

    @rule(which=st.integers(0, 20))
    def repeat(self, which: int) -> None:
        """What somebody gave a name to is asked for again."""
        named = [ask for ask in self.asked if ask.key is not None]
        if named:
            self._ask([self._once_more(named[-1 - which % len(named)])])

    @rule()
    def come_back_late(self) -> None:
        """To where one was moved, and where another has been since. The engine that is asked has
        placed the hold, and has not moved it."""
        self.number += 2
        mine, other = f"r{self.number}", f"r{self.number - 1}"
        before, after = self.dice.sample(list(self.town.world.things), 2)
        self._ask([Ask("hold", None, mine, lines=((before, 1),))])
        self._ask([Ask("move", None, mine, lines=((after, 1),))])
        self._end(mine)
        free = self.town.world.target[after] - self.town.world.out(after)
        self._ask([Ask("hold", None, other, lines=((after, max(1, free)),))])
        self._end(other)
        self._ask([Ask("confirm", None, mine, also=True)])

    def _end(self, hold: str) -> None:
        """Let the time of a hold be over, if it is one. Nobody notices."""
        world = self.town.world
        if hold in (ends := held(world)):
            self.stage.run(self.town.wait(ends[hold] - world.now))

    @rule(seconds=st.sampled_from([1, 1, 3, 10]))
    def wait(self, seconds: int) -> None:
        self._wait(seconds)

    @rule(early=st.sampled_from([0, 0, 1]))
    def wait_for_an_end(self, early: int) -> None:
        """Until a second before a hold ends, or until that very instant."""
        self._wait_for_an_end(early)

    def _wait_for_an_end(self, early: int) -> None:
        now = self.town.world.now
        if later := [it for end in held(self.town.world).values() if (it := end - early) > now]:
            self._wait(self.dice.choice([min(later), *later]) - now)

    def _wait(self, seconds: int) -> None:
        """Let time pass. Only sometimes anyone looks whose turn it is before somebody comes."""
        before = held(self.town.world)
        self.stage.run(self.town.wait(seconds))
        if rarely(self.dice, 3):
            self.stage.run(self.town.look())
        ended = sorted(before.keys() - held(self.town.world).keys())
        self.number += 1
        if ended:
            late = self.dice.choice(ended)
            self._ask([a_latecomer(self.dice, self.town.world, self.number, late)])

    def teardown(self) -> None:
        if hasattr(self, "town"):
            self.stage.heard += self.town.heard

    def _ask(self, asks: list[Ask]) -> None:
        self.asked += asks
        self.stage.run(self.town.ask(asks))

    def _wish(self) -> Ask:
        self.number += 1
        return a_wish(self.dice, self.town.world, self.number)

    def _something_like(self, first: Ask) -> Ask:
        """Something else that the same one asks for in the same way under the same key."""
        other = self._wish()
        while other.verb != first.verb:
            other = self._wish()
        return other._replace(by=first.by, customer=first.customer, key=first.key)

    def _once_more(self, ask: Ask) -> Ask:
        """The same, but whatever it makes would be new."""
        self.number += 1
        prefix = {"hold": "r", "join": "w"}.get(ask.verb)
        return ask if prefix is None else ask._replace(id=f"{prefix}{self.number}")


@pytest.fixture
def stage(server: Server) -> Iterator[Stage]:
    stage = Stage(server)
    Life.stage = stage
    yield stage
    stage.close()


def test_engines_do_and_show_what_the_model_says(stage: Stage) -> None:
    run_machine(Life, examples=18, steps=20)
    assert stage.run(stage.shops[0].verify()).findings == []
    print(stage.heard)
    # What it is about has come up.
    codes = {code for _, code in stage.heard}
    assert {
        *("done", "again", "forbidden", "idempotency_key_reused", "not_found", "limit_exceeded"),
        *("insufficient_capacity", "pool_busy", "hold_expired", "version_conflict"),
    } <= codes, sorted(codes)
    done = {way for way, code in stage.heard if code == "done"}
    assert done >= WAYS, WAYS - done
    assert stage.heard["reacquire", "insufficient_capacity"]
