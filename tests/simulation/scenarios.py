"""What is put on stage, by name. Each scenario is small: what two or three do at once, again and
again in other orders, finds more than many who do much.

A scenario is a function that is given a loop, makes its choices through it, and returns a `Story`.
To add one, write it here with `@scenario`; `stage` does the rest.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from firmhold.engine.batcher import Limits
from tests.simulation import actors
from tests.simulation.actors import TTL, Stage
from tests.simulation.exploring import Scenario, Story
from tests.simulation.loop import Loop
from tests.simulation.promises import Promises
from tests.simulation.server import EPOCH
from tests.simulation.tables import (
    Entry,
    Offering,
    Organization,
    Pool,
    Requirement,
    Site,
    Tables,
)
from tests.simulation.world import PATIENCE, World

ORGANIZATION = f"{1:032x}"
OTHER = f"{2:032x}"
SITE = f"{3:032x}"

SCENARIOS: dict[str, Scenario] = {}

MOST_FAULTS = 3
WITHIN = 60
"""Messages within which faults happen: about as many as a schedule without them has."""


def scenario(function: Callable[[Loop], Story]) -> Scenario:
    SCENARIOS[function.__name__] = function
    return function


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


def with_slots(units: int, *, exclusive: bool, slots: int = 2, capacity: int = 1) -> Tables:
    """Slots that overlap, each of whose reservations requires one unit of the same pool."""
    tables = with_items(2)
    tables.put(Site(ORGANIZATION, SITE))
    pool = Pool(ORGANIZATION, f"{4:032x}", "Pool", units, exclusive, 15, 15)
    tables.put(pool)
    for number in range(slots):
        id = slot_id(number)[-32:]
        starts_at = EPOCH + timedelta(hours=2, minutes=30 * number)
        add(
            tables,
            Offering(
                ORGANIZATION, id, "slot", capacity, lends=True, site=SITE, starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
            ),
        )  # fmt: skip
        tables.put(Requirement(ORGANIZATION, id, pool.id, 1, "reservation"))
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
) -> Story:
    """A story with these people in it, on one or two nodes unless told otherwise. With `hot`, all
    of them want one item of that capacity, and their answers have to be one story."""
    loop.leaps = (0, 10, 60)[loop.choose(3)]
    world = World(loop, tables, nodes=nodes or 1 + loop.choose(2), workers=workers, limits=limits)
    world.faults.make_plan(loop, faults, WITHIN)
    promises = Promises(world.server)
    promises.calm = not world.faults.plan and not loop.leaps and limits is None
    stage = Stage(world, ORGANIZATION, promises)
    stage.history.kept = hot is not None

    async def main() -> None:
        await asyncio.gather(*cast(stage))
        await world.drain()
        promises.check_everything()
        if hot is not None:
            stage.history.check(hot)

    def counts() -> Counter[str]:
        counted = Counter(world.faults.injected)
        counted.update(world.server.counts)
        counted["answers acknowledged"] += promises.acknowledged
        for node in world.nodes:
            counted["lost commits"] += node.engine.stats.lost_commits
            counted["retries"] += node.engine.stats.retries
        return counted

    return Story(main(), lambda: world.server.violation, counts)


@scenario
def hot_item(loop: Loop) -> Story:
    """Everybody wants one item, and nobody runs out of time: one story, whatever breaks."""
    return play(
        loop,
        with_items(4),
        lambda stage: [
            *(actors.rival(stage, f"shopper{n}", item_id(0)) for n in range(3)),
            actors.restocker(stage, "operator", item_id(0)),
        ],
        hot=4,
    )


@scenario
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


@scenario
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


@scenario
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


@scenario
def moving(loop: Loop) -> Story:
    """Exchanging one thing for another, crosswise."""
    a, b = item_id(0), item_id(1)
    return play(
        loop,
        with_items(1, 1),
        lambda stage: [
            actors.mover(stage, "ann", a, b),
            actors.mover(stage, "ben", b, a),
            actors.shopper(stage, "cleo", b),
            actors.clock(stage),
        ],
    )


@scenario
def elsewhere(loop: Loop) -> Story:
    """What one node moves is confirmed late on another, which knows where it was before."""
    return _elsewhere(loop, with_items(1, 1), item_id(0), item_id(1), item_id(1))


@scenario
def another_room(loop: Loop) -> Story:
    """The same in one room: from a slot in the morning to one in the afternoon, when another slot
    takes the room as well."""
    tables = with_slots(1, exclusive=True, slots=5)
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


@scenario
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


@scenario
def rooms(loop: Loop) -> Story:
    """Two slots that overlap, and one room."""
    return _pools(loop, with_slots(1, exclusive=True))


@scenario
def equipment(loop: Loop) -> Story:
    """Three slots that overlap, and two ventilators."""
    return _pools(loop, with_slots(2, exclusive=False, slots=3))


def _pools(loop: Loop, tables: Tables) -> Story:
    return play(
        loop,
        tables,
        lambda stage: [
            actors.shopper(stage, "ann", slot_id(0), item_id(0)),
            actors.shopper(stage, "ben", slot_id(1)),
            actors.waiter(stage, "cleo", slot_id(1)),
            actors.mover(stage, "dan", slot_id(1), slot_id(0)),
            actors.clock(stage),
        ],
    )


@scenario
def limits(loop: Loop) -> Story:
    """One customer at several counters, while the number of holds becomes limited."""
    return play(
        loop,
        with_items(3, 3),
        lambda stage: [
            actors.shopper(stage, "ann", item_id(0), customer="ann"),
            actors.shopper(stage, "anna", item_id(1), customer="ann"),
            actors.shopper(stage, "anne", item_id(0), customer="ann"),
            actors.policy_maker(stage),
        ],
        nodes=2,
    )


@scenario
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


@scenario
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


@scenario
def tenants(loop: Loop) -> Story:
    """Two organizations side by side, of which one asks for what is the other's."""
    tables = with_items(2)
    add(tables, Offering(OTHER, item_id(1)[-32:], "item", 1))

    def cast(stage: Stage) -> list[Coroutine[Any, Any, None]]:
        others = Stage(stage.world, OTHER, stage.promises)
        # The first id that is made for a reservation, whoever gets it.
        return [
            actors.shopper(stage, "ann", item_id(0)),
            actors.shopper(others, "ben", item_id(1)),
            actors.stranger(others, "carl", f"rsv_{2:032x}"),
        ]

    return play(loop, tables, cast)
