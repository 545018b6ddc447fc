"""Three doors on one organization do and show what the small models say, call by call.

Whatever is done through one door the others show. What is wrong with a request as such is said in
the published order; a repeat under a key gets the first answer to the byte; and who is of another
organization finds nothing.
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

from firmhold.limits.policy import WIDE
from tests.databases import Server
from tests.doors.client import Api
from tests.models import rules
from tests.models.calls import PLACING, WAYS, speaks
from tests.models.clock import PATIENCE, StoppedClock, stopped
from tests.models.machines import run_machine
from tests.models.state import Ask, State
from tests.models.street import GUEST, Call, Street
from tests.models.wishes import NOWHERE, SLOTS, a_world, one_of, rarely, some_lines, too_late
from tests.shop import Shop, new_id, open_shop

PEOPLE = ("ada", "eve")
CHAPTER = 12
"""Calls in a row, so that most of the steps are such."""
NONSENSE = (0, -1, 1.5, 2**63, True, "two", [], "{")


def a_call(dice: Random, street: Street, number: int, way: str | None = None) -> Call:
    """The so-manieth call."""
    way = way or dice.choice([*WAYS, *PLACING])
    verb = WAYS[way].verb
    ask = Ask(verb, dice.choice([None, *PEOPLE]), "", way=way)
    ask = ask._replace(key=dice.choice([None, "k1", "k2", f"k-{number}"]))
    match verb:
        case "hold":
            ask = a_hold(dice, ask, number)
        case "set":
            slots = way == "change_slot_capacity"
            ask = ask._replace(
                by=None if not rarely(dice) else dice.choice([*PEOPLE, *_tokens(street)]),
                id=dice.choice([it for it in street.world.things if (it in SLOTS) is slots]),
                number=dice.randint(0, 6),
                expected=dice.choice([None, *range(4)]),
                also=rarely(dice, 4),
            )
        case _:
            ask = about_a_claim(dice, street, ask)
    flaws = frozenset(it for it in ("token", "body") if rarely(dice, 15))
    if way == "confirm_order" or ask.by == GUEST:
        # One takes no body, the other has no token.
        flaws = frozenset()
    return Call(ask, flaws, dice.choice(NONSENSE))


def a_hold(dice: Random, ask: Ask, number: int) -> Ask:
    way, by = ask.way, ask.by
    if WAYS[way].needs_key and rarely(dice, 3):
        by = GUEST
    customer = by
    if by is None or (rarely(dice, 12) and by != GUEST):
        customer = dice.choice([*PEOPLE, GUEST])
    lines = some_lines(dice)
    if (of := WAYS[way].of) != "":
        names = tuple(SLOTS) if of == "slot" else ("bed", "tent")
        units = 1 if way == "book_slot" else dice.choice([1, 1, 2, 3])
        lines = ((NOWHERE if rarely(dice, 20) else dice.choice(names), units),)
    return ask._replace(
        by=by,
        id=f"r{number}",
        customer=customer,
        lines=lines,
        number=dice.randint(1, 25) if way == "place_hold" and rarely(dice, 3) else None,
        also=way == "place_hold" and rarely(dice, 5),
    )


def about_a_claim(dice: Random, street: Street, ask: Ask) -> Ask:
    world, by = street.world, ask.by
    known = [id for id, it in world.live() if speaks(world, ask, it)]
    id = one_of(dice, world.claims if rarely(dice, 3) else known)
    if ask.way == "confirm_reservation" and rarely(dice, 3):
        id = too_late(dice, world) or id
    if id in world.claims and not rarely(dice, 4):
        by = dice.choice([None, world.claims[id].customer])
    if by == GUEST or rarely(dice, 10):
        token = rules.token_of(id)
        by = token if token in street.tokens else dice.choice([None, *_tokens(street)])
    lines: tuple[tuple[str, int], ...] = ()
    if ask.verb == "move":
        lines = some_lines(dice)
    if ask.way == "confirm_slot":
        own = [o for o in world.claims[id].units if o in SLOTS] if id in world.claims else []
        lines = ((dice.choice(own or list(SLOTS)) if not rarely(dice) else "am", 0),)
    return ask._replace(
        by=by,
        id=id,
        lines=lines,
        number=dice.randint(1, 40) if ask.verb == "extend" else None,
        also=ask.way == "confirm_reservation" and rarely(dice, 2),
    )


def _tokens(street: Street) -> list[str]:
    return [name for name in street.tokens if name is not None and name.startswith("token")]


class Stage:
    """The application on a database with a clock that stands. Each run has an organization of its
    own; one more has nothing in it."""

    def __init__(self, server: Server) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.heard: Counter[tuple[str, str]] = Counter()
        self.run(self._open(server))

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(what)

    async def _open(self, server: Server) -> None:
        address, self.clock = await self._stack.enter_async_context(stopped(server))
        self.shop = await self._stack.enter_async_context(
            open_shop(address.dsn, patience_seconds=PATIENCE, limits=WIDE)
        )
        self.stranger = await self._api("elsewhere")

    async def _api(self, slug: str, app: Any = None) -> Api:
        organization = await self.shop.services.directory.ensure_organization(
            slug, slug, guest_holds=True, public_catalogue=True
        )
        api = Api(Shop(self.shop.services, organization, self.shop.dsn), app)
        await self._stack.enter_async_context(api.http)
        await api.open()
        return api

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._runner.close()

    async def street(self, world: State) -> Street:
        """A new organization in which there is this."""
        api = await self._api(new_id("street")[-20:], self.stranger.app)
        await self.shop.services.directory.change_organization(
            api.shop.organization.id,
            {"hold_ttl_seconds": world.ttl, "max_live_holds": world.most_holds},
        )
        clock: StoppedClock = self.clock
        street = Street(api, self.stranger, clock, world)
        await street.open()
        return street


class Traffic(RuleBasedStateMachine):
    stage: ClassVar[Stage]

    @initialize(dice=st.randoms(use_true_random=True))
    def begin(self, dice: Random) -> None:
        """The dice are drawn once. The search chooses among steps; were it to draw for each of
        them, it would like to try the same again and again."""
        self.dice, self.number = dice, 0
        self.called: list[Call] = []
        self.street: Street = self.stage.run(self.stage.street(a_world(dice)))

    @rule()
    def call(self) -> None:
        for _ in range(CHAPTER):
            self._call([self._one() for _ in range(self.dice.choice([1, 1, 2, 3]))])

    @rule()
    def repeat(self) -> None:
        """Twice at once, something that was asked for under a key, or is now."""
        named = [it for it in self.called[-12:] if it.ask.key is not None and not it.flaws]
        call = self.dice.choice(named) if named and not rarely(self.dice, 3) else self._one()
        self._call([self._once_more(call) for _ in range(self.dice.choice([1, 2]))])

    @rule()
    def ask_for_something_else_under_a_key(self) -> None:
        named = [it for it in self.called[-12:] if it.ask.key is not None and not it.flaws]
        if named:
            first = self.dice.choice(named).ask
            self.number += 1
            other = a_call(self.dice, self.street, self.number, first.way)
            ask = other.ask._replace(key=first.key, by=first.by)
            if ask.by == GUEST:
                # Whatever address is given, that is who the guest is.
                ask = ask._replace(customer=GUEST)
            self._call([other._replace(ask=ask)])

    @rule(seconds=st.sampled_from([1, 3, 10]))
    def wait(self, seconds: int) -> None:
        self.stage.run(self.street.wait(seconds))

    @rule()
    def wait_for_an_end(self) -> None:
        world = self.street.world
        ends = [it.ends for _, it in world.live() if it.status == "held" and it.ends]
        if ends:
            self.stage.run(self.street.wait(min(ends) - world.now))

    @rule()
    def look(self) -> None:
        self.stage.run(self.street.look_through_other_doors(self.dice))

    @rule()
    def look_from_elsewhere(self) -> None:
        ask = self._one().ask
        about = list(self.street.world.claims)
        if ask.verb != "hold" or not about:
            self.stage.run(self.street.look_from_elsewhere(ask))

    def teardown(self) -> None:
        if hasattr(self, "street"):
            self.stage.heard += self.street.heard

    def _call(self, calls: list[Call]) -> None:
        self.called += calls
        self.stage.run(self.street.call(calls))

    def _one(self) -> Call:
        self.number += 1
        return a_call(self.dice, self.street, self.number)

    def _once_more(self, call: Call) -> Call:
        """The same, but whatever it makes would be new."""
        self.number += 1
        if call.ask.verb != "hold":
            return call
        return call._replace(ask=call.ask._replace(id=f"r{self.number}"))


@pytest.fixture
def stage(server: Server) -> Iterator[Stage]:
    stage = Stage(server)
    Traffic.stage = stage
    yield stage
    stage.close()


def test_doors_do_and_show_what_the_model_says(stage: Stage) -> None:
    run_machine(Traffic, examples=20, steps=15)
    assert stage.run(stage.shop.verify()).findings == []
    print(stage.heard)
    # What it is about has come up.
    codes = {code for _, code in stage.heard}
    done = {way for way, code in stage.heard if code == "done"}
    assert done == WAYS.keys(), WAYS.keys() - done
    assert {
        *("again", "unauthenticated", "forbidden", "malformed_request", "not_found"),
        *("idempotency_key_missing", "idempotency_key_reused", "limit_exceeded"),
        *("insufficient_capacity", "pool_busy", "hold_expired", "version_conflict"),
    } <= codes, sorted(codes)
