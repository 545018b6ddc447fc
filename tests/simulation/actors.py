"""Who does what in a schedule. Each actor is a coroutine that makes its choices through the loop,
so that the scheduler explores them too, and that ends by itself.

A new actor is a function with a `Stage` and whatever it is to act on; a scenario puts it on stage.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import asyncpg

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    Command,
    Confirm,
    Extend,
    Hold,
    Join,
    Leave,
    Move,
    Release,
)
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Actor
from firmhold.engine.ticket import Answer, Key, Reply
from firmhold.store.connections import ACROSS
from tests.simulation.linear import History
from tests.simulation.promises import Promises
from tests.simulation.statements import SET_LIMIT
from tests.simulation.tables import Reservation, Wait
from tests.simulation.told import read
from tests.simulation.violations import Violation
from tests.simulation.world import Client, NoAnswer, Node, World

OPERATOR = Actor("user:operator", operator=True)
TTL = 10
"""Seconds of a hold, by the database's clock."""

LONG = 3600
"""The same for whom no hold shall end, however long the database keeps silent."""

ATTEMPTS = 5
"""Times that somebody repeats a request without an answer."""


class Stage:
    """One organization of a world, and how its people talk to the engines."""

    def __init__(
        self, world: World, organization: str, promises: Promises, home: Node | None = None
    ) -> None:
        self.world = world
        self.home = home
        """The node that its people ask, if it is always the same."""
        self.organization = organization
        self.promises = promises
        self.history = History()

    def choose(self, n: int) -> int:
        return self.world.loop.choose(n)

    def client(self, name: str) -> Client:
        return self.world.client(name)

    async def ask(self, client: Client, command: Command, key: Key | None = None) -> Reply:
        """One request to some node. Raises `NoAnswer`."""
        node = self.home or self.world.nodes[self.choose(len(self.world.nodes))]
        question = self.promises.asking(self.organization, command, key)
        with self.world.rooms.watched(self.organization) as heard:
            reply = await client.ask(node, self.organization, command, key)
            heard(reply)
        self.promises.heard(question, reply)
        return reply

    async def insist(self, client: Client, make: Callable[[str], Command]) -> Reply | None:
        """A request that is repeated under its key until there is an answer, or given up without
        one if it has none. Each attempt is made anew, with another id, as doors do. `make` is
        told a name for the intended effect."""
        intent = self.world.new_id("intent")
        key = None
        if self.choose(2):
            key = Key.of(client.lane.name, "does", intent, b"")
        return await self.repeat(client, make, intent, key)

    async def repeat(
        self, client: Client, make: Callable[[str], Command], intent: str, key: Key | None
    ) -> Reply | None:
        """As `insist`, under a given key."""
        command = make(intent)
        operation = self.history.begin(client, command)
        for attempt in range(ATTEMPTS):
            if attempt:
                command = make(intent)
                await asyncio.sleep(0.03)
            try:
                reply = await self.ask(client, command, key)
            except NoAnswer:
                if key is None:
                    break
                continue
            if isinstance(reply, Refusal) and reply.code is Code.OVERLOADED:
                # It may have been carried out, or may still be.
                if key is None:
                    break
                continue
            self.history.end(operation, reply)
            return reply
        self.history.unknown(operation)
        return None


def _accepted(reply: Reply | None) -> str | None:
    """The id of what an answer is about."""
    return read(reply).id if isinstance(reply, Answer) else None


async def shopper(stage: Stage, name: str, *items: str, customer: str | None = None) -> None:
    """Holds, in some order of the lines, and then confirms, extends, gives back, or forgets it."""
    client = stage.client(name)
    who = Actor(f"user:{name}", customer or name)
    order = items[::-1] if stage.choose(2) else items
    quantity = 1 + stage.choose(2)

    def hold(intent: str) -> Command:
        lines = tuple(Asked(item, quantity) for item in order)
        return Hold(
            stage.world.new_id("rsv"), who, who.customer, lines, TTL, notes=intent,
            confirm=confirm_at_once,
        )  # fmt: skip

    confirm_at_once = stage.choose(4) == 3
    id = _accepted(await stage.insist(client, hold))
    if id is None:
        return
    await change(stage, client, who, id, order)


async def change(stage: Stage, client: Client, who: Actor, id: str, items: Sequence[str]) -> None:
    """Whatever can become of a reservation."""
    part = (Asked(items[0], 1),)
    ways: list[Callable[[str], Command]] = [
        lambda _: Confirm(id, who),
        lambda _: Release(id, who),
        lambda _: Confirm(id, who, part),
        lambda _: Cancel(id, who),
        lambda _: Confirm(id, who, reacquire=True),
        lambda _: Extend(id, who, TTL),
        lambda _: Release(id, who, part),
    ]
    for _ in range(1 + stage.choose(2)):
        await stage.insist(client, ways[stage.choose(len(ways))])


async def forgetful(stage: Stage, name: str, item: str) -> None:
    """Tries again and again to get one, from some time on, and when there is one forgets it."""
    client = stage.client(name)
    who = Actor(f"user:{name}", name)

    def hold(intent: str) -> Command:
        return Hold(stage.world.new_id("rsv"), who, name, (Asked(item, 1),), TTL, notes=intent)

    await asyncio.sleep(0.02 * stage.choose(4))
    for _ in range(ATTEMPTS):
        if _accepted(await stage.insist(client, hold)) is not None:
            return
        await asyncio.sleep(0.005)


async def rival(stage: Stage, name: str, item: str) -> None:
    """Holds, and then two of the customer's devices do something about it at once."""
    client = stage.client(name)
    who = Actor(f"user:{name}", name)
    quantity = 1 + stage.choose(2)
    id = _accepted(
        await stage.insist(
            client,
            lambda intent: Hold(
                stage.world.new_id("rsv"), who, name, (Asked(item, quantity),), LONG, notes=intent
            ),
        )
    )
    if id is None:
        return
    ways = (Confirm(id, who), Release(id, who), Cancel(id, who))
    both = [(stage.client(f"{name}.{n}"), ways[stage.choose(3)]) for n in (1, 2)]
    await asyncio.gather(*(stage.insist(at, lambda _, it=way: it) for at, way in both))


async def restocker(stage: Stage, name: str, item: str) -> None:
    """Changes what there is, at once or not at all."""
    client, delta = stage.client(name), (1, -1)[stage.choose(2)]
    await stage.insist(client, lambda intent: AdjustCapacity(item, OPERATOR, delta, intent))


async def repeater(stage: Stage, name: str, item: str, other: str) -> None:
    """Sends the same request twice at once, under one key, or by mistake another one under it: one
    effect, and one answer."""
    who = Actor(f"user:{name}", name)
    intents = [stage.world.new_id("intent")] * 2
    wanted = [item, item]
    if stage.choose(2):
        intents[1], wanted[1] = stage.world.new_id("intent"), other

    async def ask(number: int) -> Reply | None:
        def hold(intent: str) -> Command:
            lines = (Asked(wanted[number], 1),)
            return Hold(stage.world.new_id("rsv"), who, name, lines, TTL, notes=intent)

        client = stage.client(f"{name}.{number}")
        key = Key.of(name, "does", intents[0], wanted[number].encode())
        return await stage.repeat(client, hold, intents[number], key)

    replies = await asyncio.gather(ask(0), ask(1))
    ids = {_accepted(reply) for reply in replies} - {None}
    if len(ids) > 1:
        raise Violation("one key has two effects", str(ids))


async def mover(stage: Stage, name: str, first: Sequence[str], second: Sequence[str]) -> None:
    """Holds one thing and moves to another."""
    client = stage.client(name)
    who = Actor(f"user:{name}", name)
    lines = [tuple(Asked(it, 1) for it in items) for items in (first, second)]
    id = _accepted(
        await stage.insist(
            client,
            lambda intent: Hold(stage.world.new_id("rsv"), who, name, lines[0], TTL, notes=intent),
        )
    )
    if id is None:
        return
    await stage.insist(client, lambda _: Move(id, who, lines[1]))
    await change(stage, client, who, id, second)


async def latecomer(here: Stage, there: Stage, name: str, first: str, second: str) -> None:
    """Holds one thing here, moves to another there, and confirms here when its time may be over: a
    node remembers where a reservation has been."""
    client = here.client(name)
    who = Actor(f"user:{name}", name)
    id = _accepted(
        await here.insist(
            client,
            lambda intent: Hold(
                here.world.new_id("rsv"), who, name, (Asked(first, 1),), TTL, notes=intent
            ),
        )
    )
    if id is None:
        return
    await there.insist(client, lambda _: Move(id, who, (Asked(second, 1),)))
    for _ in range(1 + here.choose(2)):
        here.world.server.ahead += (0.5, TTL, 3 * TTL)[here.choose(3)]
        await asyncio.sleep(0.01 * (1 + here.choose(4)))
    await here.insist(client, lambda _: Confirm(id, who, reacquire=True))
    await change(here, client, who, id, [second])


async def waiter(stage: Stage, name: str, item: str) -> None:
    """Waits in line, and then leaves it, or takes or declines what is offered."""
    client = stage.client(name)
    who = Actor(f"user:{name}", name)
    quantity = 1 + stage.choose(2)
    entry = _accepted(
        await stage.insist(
            client,
            lambda _: Join(
                stage.world.new_id("wait"), stage.world.new_id("rsv"), who, name, item, quantity
            ),
        )
    )
    if entry is None:
        return
    for _ in range(stage.choose(3)):
        await asyncio.sleep(0.02)
    wait = stage.world.server.tables.of(Wait)[stage.organization, entry[-32:]]
    if wait.reservation is not None and stage.choose(2):
        await change(stage, client, who, f"rsv_{wait.reservation}", [item])
    else:
        await stage.insist(client, lambda _: Leave(entry, who))


async def operator(stage: Stage, name: str, item: str) -> None:
    """Has more units brought, or takes some away, at once or as they come back."""
    client = stage.client(name)
    for _ in range(1 + stage.choose(2)):
        delta = (1, -1, 2, -2)[stage.choose(4)]
        drain = delta < 0 and stage.choose(2) == 1
        await stage.insist(
            client, lambda intent, d=delta, e=drain: AdjustCapacity(item, OPERATOR, d, intent, e)
        )


async def clock(stage: Stage, far: float = 0.0) -> None:
    """Lets time pass by the database's clock: a little, to the end of a hold, well beyond, or
    `far`."""
    leaps = (TTL, 0.5, TTL - 0.01, 3 * TTL, *([far] if far else ()))
    for _ in range(1 + stage.choose(2)):
        for _ in range(stage.choose(3)):
            await asyncio.sleep(0.01)
        stage.world.server.ahead += leaps[stage.choose(len(leaps))]


async def policy_maker(stage: Stage) -> None:
    """Sets a limit of holds for each customer while others hold: no batch that goes by the old
    limit may be under way when the new one is in force."""
    world = stage.world
    while True:
        try:
            connection = world.faults.connect(world.server, world.loop.world)
            await connection.work_for(ACROSS)
            await connection.execute(SET_LIMIT, stage.organization, 1)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await asyncio.sleep(0.05)
        else:
            connection.terminate()
            return


async def stranger(stage: Stage, name: str, other: str) -> None:
    """Belongs to one organization, and asks for the first reservation of another one."""
    client = stage.client(name)
    who = Actor(f"user:{name}", name, operator=True)
    for _ in range(20):
        found = [
            row.id
            for row in stage.world.server.tables.of(Reservation).values()
            if row.organization == other
        ]
        if found:
            break
        await asyncio.sleep(0.01)
    else:
        return
    id = f"rsv_{found[0]}"
    for command in (Confirm(id, who), Release(id, who), Cancel(id, who), Extend(id, who, TTL)):
        reply = await stage.insist(client, lambda _, it=command: it)
        if isinstance(reply, Refusal) and reply.code is not Code.NOT_FOUND:
            raise Violation("somebody hears of another organization's reservation", str(reply))
        if isinstance(reply, Answer):
            raise Violation("somebody gets another organization's reservation", str(command))
