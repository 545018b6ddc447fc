"""Two who want the same unit, each on a node of its own and with nothing left to choose, so that
every order of their messages can be tried: alone, and with one fault at each of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from firmhold.domain.commands import (
    Asked,
    Cancel,
    Command,
    Confirm,
    Expire,
    Hold,
    Join,
    Leave,
    Release,
)
from firmhold.domain.desk import CLOCK
from firmhold.domain.model import Actor
from firmhold.engine.ticket import Answer, Key
from tests.simulation.actors import TTL, Stage
from tests.simulation.exploring import Scenario, Story
from tests.simulation.faults import Planned
from tests.simulation.loop import Loop
from tests.simulation.promises import Promises
from tests.simulation.scenarios import ORGANIZATION, item_id, with_items
from tests.simulation.told import read
from tests.simulation.world import World

ITEM = item_id(0)
Part = tuple[str, ...]
"""What one of them does, word by word."""

DUELS: dict[str, tuple[Part, Part]] = {
    "both want it": (("hold", "confirm"), ("hold", "confirm")),
    "one gives it back": (("hold", "release"), ("hold", "confirm")),
    "one cancels": (("buy", "cancel"), ("hold",)),
    "one runs out of time": (("hold", "late", "confirm"), ("hold",)),
    "one is expired while confirming": (("hold", "late", "expire"), ("hold", "confirm")),
    "one waits for it": (("hold", "release"), ("join", "leave")),
    "one declines what the other waits for": (("join", "leave"), ("join",)),
    "one waits while the other runs out of time": (("hold", "late"), ("join", "hold")),
}


def duel(name: str, faults: dict[int, Planned] | None = None) -> Scenario:
    """The scenario of one of these, with these faults at the messages of these numbers."""

    def scenario(loop: Loop) -> Story:
        world = World(loop, with_items(1), nodes=2)
        world.faults.plan.update(faults or {})
        promises = Promises(world.server, world.past)
        parts = [
            _act(Stage(world, ORGANIZATION, promises, home=node), who, part)
            for node, who, part in zip(world.nodes, ("ann", "ben"), DUELS[name], strict=True)
        ]

        async def main() -> None:
            await asyncio.gather(*parts)
            await world.drain()
            promises.check_everything()

        def counts() -> Counter[str]:
            return Counter(world.faults.injected, messages=world.faults.arrivals)

        return Story(main(), lambda: world.server.violation, counts)

    return scenario


async def _act(stage: Stage, name: str, part: Part) -> None:
    client, who = stage.client(name), Actor(f"user:{name}", name)
    reservation = entry = ""
    for word in part:
        if word == "late":
            stage.world.server.ahead += TTL
            continue
        commands: dict[str, Callable[[str], Command]] = {
            "hold": lambda intent: _hold(stage, who, intent),
            "buy": lambda intent: _hold(stage, who, intent)._replace(confirm=True),
            "confirm": lambda _, id=reservation: Confirm(id, who),
            "release": lambda _, id=reservation: Release(id, who),
            "cancel": lambda _, id=reservation: Cancel(id, who),
            "expire": lambda _, id=reservation: Expire(id, CLOCK),
            "join": lambda _: Join(
                stage.world.new_id("wait"), stage.world.new_id("rsv"), who, name, ITEM, 1
            ),
            "leave": lambda _, id=entry: Leave(id, who),
        }
        if word in ("confirm", "release", "cancel", "expire") and not reservation:
            return
        key = Key.of(name, word, "once", b"")
        reply = await stage.repeat(client, commands[word], f"{name} {word}", key)
        if isinstance(reply, Answer):
            id = read(reply).id
            reservation = id if id.startswith("rsv_") else reservation
            entry = id if id.startswith("wait_") else entry
        elif word == "join":
            return


def _hold(stage: Stage, who: Actor, intent: str) -> Hold:
    return Hold(stage.world.new_id("rsv"), who, who.customer, (Asked(ITEM, 1),), TTL, notes=intent)
