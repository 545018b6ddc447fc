"""What is put on stage, by name. Each scenario is small: what two or three do at once, again and
again in other orders, finds more than many who do much.

A scenario is a function that is given a loop, makes its choices through it, and returns a `Story`.
To add one, write it here with `@scenario`, in one of the groups that have a file of tests each, and
say what must have happened in it at least once after some hundred schedules; `play` does the rest.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple
from unittest import mock

import firmhold.engine.batch
from firmhold.engine.batcher import Limits
from tests.simulation import actors
from tests.simulation.actors import TTL, Stage
from tests.simulation.exploring import Scenario, Story
from tests.simulation.loop import Loop
from tests.simulation.promises import Promises
from tests.simulation.server import EPOCH
from tests.simulation.tables import (
    Entry,
    Loan,
    Offering,
    Organization,
    Pool,
    Requirement,
    Site,
    Tables,
    Wait,
)
from tests.simulation.world import PATIENCE, World

ORGANIZATION = f"{1:032x}"
OTHER = f"{2:032x}"
SITE = f"{3:032x}"

SCENARIOS: dict[str, Scenario] = {}

MOST_FAULTS = 3
WITHIN = 60
"""Messages within which faults happen: about as many as a schedule without them has."""


GROUPS: dict[str, list[str]] = {"items": [], "lines": [], "keys": [], "pools": []}
"""Names of scenarios, by what they are about."""

SHOWS: dict[str, tuple[str, ...]] = {}
"""What has to have happened in a scenario, or it is about nothing: commands and what became of
them, kinds of ledger entries, ends of waiting."""


def scenario(group: str, *shows: str) -> Callable[[Scenario], Scenario]:
    """Enter a scenario into its group."""

    def enter(function: Scenario) -> Scenario:
        name = function.__name__
        SCENARIOS[name], SHOWS[name] = function, shows
        GROUPS[group].append(name)
        return function

    return enter


def item_id(number: int) -> str:
    return f"item_{0xA00 + number:032x}"


def slot_id(number: int) -> str:
    return f"slot_{0xB00 + number:032x}"


def with_items(*capacities: int, organization: str = ORGANIZATION, **terms: Any) -> Tables:
    """An organization with so many items."""
    tables = Tables()
    tables.put(
        Organization(ORGANIZATION, hold_ttl_seconds=TTL, offer_ttl_seconds=TTL),
        Organization(OTHER, hold_ttl_seconds=TTL, offer_ttl_seconds=TTL),
    )
    for number, capacity in enumerate(capacities):
        add(tables, Offering(organization, item_id(number)[-32:], "item", capacity, **terms))
    return tables


def add(tables: Tables, offering: Offering) -> None:
    """An offering with the entry that it begins with."""
    capacity = offering.capacity
    tables.put(
        offering,
        Entry(
            *offering[:2], 1, "created", None, capacity, 0, 0, capacity, 0, 0, EPOCH, "test", None,
            None, 1,
        ),
    )  # fmt: skip


class Share(NamedTuple):
    """A pool, and what slots take of it."""

    units: int
    exclusive: bool = False
    each: int = 1
    """Units, for each reservation or for the slot."""
    per: str = "reservation"


def with_slots(*shares: Share, slots: int = 2, capacity: int = 1, **of_site: Any) -> Tables:
    """An item, and slots that begin half an hour apart and take from the same pools."""
    tables = with_items(2)
    tables.put(Site(ORGANIZATION, SITE, **of_site))
    pools = [
        Pool(ORGANIZATION, f"{0x40 + number:032x}", "Pool", it.units, it.exclusive, 15, 15)
        for number, it in enumerate(shares)
    ]
    tables.put(*pools)
    for number in range(slots):
        id = slot_id(number)[-32:]
        starts_at = EPOCH + timedelta(hours=2, minutes=30 * number)
        ends_at = starts_at + timedelta(hours=1)
        add(
            tables,
            Offering(
                ORGANIZATION, id, "slot", capacity, lends=any(it.per != "slot" for it in shares),
                site=SITE, starts_at=starts_at, ends_at=ends_at,
            ),
        )  # fmt: skip
        for pool, it in zip(pools, shares, strict=True):
            tables.put(Requirement(ORGANIZATION, id, pool.id, it.each, it.per))
            if it.per == "slot":
                buffer = timedelta(minutes=15)
                during = starts_at - buffer, ends_at + buffer
                tables.put(Loan(ORGANIZATION, pool.id, id, it.each, *during, it.exclusive))
    return tables


Cast = Callable[[Stage], list[Coroutine[Any, Any, None]]]


def play(
    loop: Loop,
    tables: Tables,
    cast: Cast,
    *,
    nodes: int = 0,
    workers: bool = False,
    faults: int = MOST_FAULTS,
    limits: Limits | None = None,
    hot: int | None = None,
    due_at_once: int | None = None,
) -> Story:
    """A story with these people in it, on one or two nodes unless told otherwise. With `hot`, all
    of them want one item of that capacity, and their answers have to be one story."""
    loop.leaps = (0, 10, 60)[loop.choose(3)]
    world = World(loop, tables, nodes=nodes or 1 + loop.choose(2), workers=workers, limits=limits)
    world.faults.make_plan(loop, faults, WITHIN)
    promises = Promises(world.server, world.past)
    promises.calm = not world.faults.plan and not loop.leaps and limits is None
    stage = Stage(world, ORGANIZATION, promises)
    stage.history.kept = hot is not None

    async def main() -> None:
        with _finding_at_most(world, due_at_once):
            await asyncio.gather(*cast(stage))
            await world.drain()
        promises.check_everything()
        if hot is not None:
            stage.history.check(hot)

    def counts() -> Counter[str]:
        counted = Counter(world.faults.injected)
        counted.update(world.server.counts)
        counted["answers acknowledged"] += promises.acknowledged
        for engine in world.engines:
            counted["lost commits"] += engine.stats.lost_commits
            counted["retries"] += engine.stats.retries
        return counted

    def shows() -> Counter[str]:
        shown = Counter(promises.heard_how_often)
        shown.update(entry.kind for entry in world.server.tables.of(Entry).values())
        shown.update(f"wait {wait.status}" for wait in world.server.tables.of(Wait).values())
        return shown

    return Story(main(), lambda: world.server.violation, counts, shows)


@contextmanager
def _finding_at_most(world: World, due: int | None) -> Iterator[None]:
    if due is None:
        yield
        return
    world.invariants.may_be_partial = True
    with mock.patch.object(firmhold.engine.batch, "DUE_AT_ONCE", due):
        yield


@scenario(
    "items",
    "cancelled",
    "Hold insufficient_capacity",
    "Hold again",
    "Confirm already_released",
    "AdjustCapacity capacity_below_reserved",
)
def hot_item(loop: Loop) -> Story:
    """Everybody wants one item, and nobody runs out of time: one story, whatever breaks."""
    return play(
        loop,
        with_items(4, hold_ttl_seconds=actors.LONG),
        lambda stage: [
            *(actors.rival(stage, f"shopper{n}", item_id(0)) for n in range(3)),
            actors.restocker(stage, "operator", item_id(0)),
        ],
        hot=4,
    )


@scenario("items", "extended", "reacquired", "Confirm hold_expired", "Extend hold_expired")
def expiry(loop: Loop) -> Story:
    """Holds end while they are confirmed, extended, taken by others."""
    return play(
        loop,
        with_items(2),
        lambda stage: [
            *(actors.shopper(stage, f"shopper{n}", item_id(0)) for n in range(3)),
            actors.clock(stage),
        ],
    )


@scenario("items", "Hold insufficient_capacity", "Hold again", "capacity_adjusted", "reacquired")
def carts(loop: Loop) -> Story:
    """Lines in opposite orders, and operators who change what there is."""
    a, b = item_id(0), item_id(1)
    return play(
        loop,
        with_items(2, 3),
        lambda stage: [
            actors.shopper(stage, "ann", a, b),
            actors.shopper(stage, "ben", b, a),
            actors.operator(stage, "operator", a),
            actors.clock(stage),
        ],
    )


@scenario(
    "items",
    "Move done",
    "Move again",
    "Move insufficient_capacity",
    "Move hold_expired",
    "reacquired",
)
def moving(loop: Loop) -> Story:
    """Exchanging one thing for another, crosswise, or for more of both."""
    a, b = item_id(0), item_id(1)
    return play(
        loop,
        with_items(2, 2),
        lambda stage: [
            actors.mover(stage, "ann", [a], [b]),
            actors.mover(stage, "ben", [b], [a, b]),
            actors.shopper(stage, "cleo", b),
            actors.clock(stage),
        ],
    )


@scenario("items", "Move done", "reacquired", "Confirm insufficient_capacity")
def elsewhere(loop: Loop) -> Story:
    """What one node moves is confirmed late on another, which knows where it was before."""
    return _elsewhere(loop, with_items(1, 1), item_id(0), item_id(1), item_id(1))


@scenario("pools", "Move done", "reacquired", "Confirm pool_busy")
def another_room(loop: Loop) -> Story:
    """The same in one room: from a slot in the morning to one in the afternoon, when another slot
    takes the room as well."""
    tables = with_slots(Share(1, exclusive=True), slots=5)
    return _elsewhere(loop, tables, slot_id(0), slot_id(3), slot_id(4))


def _elsewhere(loop: Loop, tables: Tables, first: str, second: str, other: str) -> Story:
    def cast(stage: Stage) -> list[Coroutine[Any, Any, None]]:
        here, there = (
            Stage(stage.world, ORGANIZATION, stage.promises, node) for node in stage.world.nodes
        )
        return [
            actors.latecomer(here, there, "ann", first, second),
            actors.forgetful(stage, "ben", other),
            actors.shopper(stage, "cleo", first),
        ]

    return play(loop, tables, cast, nodes=2)


@scenario(
    "lines",
    "wait accepted",
    "wait declined",
    "wait lapsed",
    "wait withdrawn",
    "Hold insufficient_capacity",
)
def waitlist(loop: Loop) -> Story:
    """Some wait, some walk in, and units come back."""
    return play(
        loop,
        with_items(2),
        lambda stage: [
            actors.shopper(stage, "ann", item_id(0)),
            actors.waiter(stage, "ben", item_id(0)),
            actors.waiter(stage, "cleo", item_id(0)),
            actors.shopper(stage, "dan", item_id(0)),
            actors.shopper(stage, "eve", item_id(0)),
            actors.clock(stage),
        ],
    )


@scenario("lines", "wait accepted", "wait declined", "wait lapsed", "wait withdrawn")
def workers(loop: Loop) -> Story:
    """The background loops of several nodes run beside it all."""
    return play(
        loop,
        with_items(2),
        lambda stage: [
            actors.shopper(stage, "ann", item_id(0)),
            actors.waiter(stage, "ben", item_id(0)),
            actors.clock(stage),
        ],
        workers=True,
    )


@scenario("lines", "Hold overloaded")
def crowd(loop: Loop) -> Story:
    """More than there is room for: a short queue, and small batches."""
    return play(
        loop,
        with_items(3, 3),
        lambda stage: [
            *(actors.shopper(stage, f"shopper{n}", item_id(n % 2)) for n in range(6)),
            actors.shopper(stage, "cart", item_id(0), item_id(1)),
        ],
        limits=Limits(batch=2, queue=5, patience=PATIENCE),
        nodes=1 + loop.choose(4),
    )


@scenario("lines", "expired", "wait lapsed", "Hold insufficient_capacity")
def backlog(loop: Loop) -> Story:
    """More holds have ended than one batch records."""
    return play(
        loop,
        with_items(4, 2),
        lambda stage: [
            *(actors.forgetful(stage, f"shopper{n}", item_id(0)) for n in range(4)),
            actors.waiter(stage, "ben", item_id(0)),
            actors.shopper(stage, "cart", item_id(1), item_id(0)),
            actors.clock(stage),
        ],
        due_at_once=2,
    )


@scenario("pools", "Hold pool_busy", "Move done", "wait accepted", "Confirm pool_busy")
def rooms(loop: Loop) -> Story:
    """Two slots that overlap, and one room."""
    return _pools(loop, with_slots(Share(1, exclusive=True)))


@scenario("pools", "Hold pool_busy", "wait lapsed", "expired")
def between(loop: Loop) -> Story:
    """Somebody waits for a slot in the middle, for which the room is needed both by one before and
    by one after, and these two do not meet."""
    return play(
        loop,
        with_slots(Share(1, exclusive=True), slots=4),
        lambda stage: [
            actors.forgetful(stage, "ann", slot_id(0)),
            actors.waiter(stage, "ben", slot_id(1)),
            actors.forgetful(stage, "cleo", slot_id(3)),
            actors.clock(stage),
        ],
    )


@scenario("pools", "Hold pool_busy", "Move done", "wait accepted", "Hold insufficient_capacity")
def equipment(loop: Loop) -> Story:
    """Three slots that overlap, and two ventilators."""
    return _pools(loop, with_slots(Share(2), slots=3, capacity=2))


@scenario(
    "pools",
    "Hold pool_busy",
    "Move done",
    "wait accepted",
    "wait closed",
    "Hold too_late_to_book",
)
def theatre(loop: Loop) -> Story:
    """Whoever operates takes two nurses of three; each slot has its own lamp of two, whoever comes.
    Several nodes look after holds and lines, and the hour of the operation may come."""
    tables = with_slots(Share(3, each=2), Share(2, per="slot"), capacity=3)
    return _pools(loop, tables, workers=True, far=7200.0)


def _pools(loop: Loop, tables: Tables, *, workers: bool = False, far: float = 0.0) -> Story:
    return play(
        loop,
        tables,
        lambda stage: [
            actors.shopper(stage, "ann", slot_id(0), item_id(0)),
            actors.shopper(stage, "ben", slot_id(1)),
            actors.waiter(stage, "cleo", slot_id(1)),
            actors.mover(stage, "dan", [slot_id(1)], [slot_id(0)]),
            actors.clock(stage, far),
        ],
        workers=workers,
    )


@scenario("keys", "Hold again", "Hold idempotency_key_reused", "Hold idempotency_key_in_progress")
def keys(loop: Loop) -> Story:
    """The same request from two nodes at once, and again."""
    return play(
        loop,
        with_items(2, 2),
        lambda stage: [
            actors.repeater(stage, "ann", item_id(0), item_id(1)),
            actors.repeater(stage, "ben", item_id(1), item_id(0)),
            actors.shopper(stage, "cleo", item_id(1), item_id(0)),
        ],
        nodes=2,
    )


@scenario("keys", "Hold limit_exceeded", "reacquired")
def limits(loop: Loop) -> Story:
    """One customer at several counters, while the number of holds becomes limited."""
    return play(
        loop,
        with_items(3, 3, max_per_customer=2),
        lambda stage: [
            actors.shopper(stage, "ann", item_id(0), customer="ann"),
            actors.shopper(stage, "anna", item_id(1), customer="ann"),
            actors.shopper(stage, "anne", item_id(0), customer="ann"),
            actors.policy_maker(stage),
            actors.clock(stage),
        ],
        nodes=2,
    )


@scenario("keys", "Hold limit_exceeded", "reacquired")
def visits(loop: Loop) -> Story:
    """One customer books slots of one site on several nodes, and may have two within a day."""
    tables = with_slots(slots=3, capacity=3, customer_limit=2, customer_days=1)
    return play(
        loop,
        tables,
        lambda stage: [
            actors.shopper(stage, "ann", slot_id(0), customer="ann"),
            actors.shopper(stage, "anna", slot_id(1), customer="ann"),
            actors.shopper(stage, "anne", slot_id(2), slot_id(0), customer="ann"),
            actors.clock(stage),
        ],
        nodes=2,
    )


@scenario("keys", "Confirm not_found", "Release not_found", "Cancel not_found", "Extend not_found")
def tenants(loop: Loop) -> Story:
    """Two organizations side by side, of which one asks for what is the other's."""
    tables = with_items(2)
    add(tables, Offering(OTHER, item_id(1)[-32:], "item", 1))

    def cast(stage: Stage) -> list[Coroutine[Any, Any, None]]:
        others = Stage(stage.world, OTHER, stage.promises)
        return [
            actors.shopper(stage, "ann", item_id(0)),
            actors.shopper(others, "ben", item_id(1)),
            actors.stranger(others, "carl", ORGANIZATION),
        ]

    return play(loop, tables, cast)
