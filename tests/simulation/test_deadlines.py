"""Everybody is answered in time, also those of whom something had to be looked up first."""

from __future__ import annotations

import asyncio
from collections import Counter

from firmhold.domain.commands import Asked, Confirm, Hold
from firmhold.domain.errors import Code, Refusal
from tests.simulation.actors import OPERATOR
from tests.simulation.exploring import Story, replayed
from tests.simulation.faults import Planned, silence, slow
from tests.simulation.loop import Loop
from tests.simulation.scenarios import ORGANIZATION, item_id, with_items
from tests.simulation.server import EPOCH
from tests.simulation.tables import Line, Reservation
from tests.simulation.world import World


def test_a_command_is_not_late_because_it_was_looked_up_for_long() -> None:
    """Its look-up took so long that another has come before it, which has more time left; a client
    that hears too late finds a violation by itself."""
    until = EPOCH.replace(year=2031)
    id = f"{9:032x}"
    tables = with_items(5)
    tables.put(
        Reservation(ORGANIZATION, id, "held", None, "test", EPOCH, until, until),
        Line(
            ORGANIZATION, id, item_id(0)[-32:], 0, 1, 1, 0, None, None, "held", until, None
        ),
    )  # fmt: skip

    def scenario(loop: Loop) -> Story:
        world = World(loop, tables)
        # The look-up is slow, and no transaction ever begins.
        world.faults.plan = {1: Planned(slow, 1), 2: Planned(silence, 0), 3: Planned(silence, 0)}
        replies = []

        async def main() -> None:
            first, second = world.client("first"), world.client("second")
            node = world.nodes[0]
            looked_up = loop.create_task(
                first.ask(node, ORGANIZATION, Confirm(f"rsv_{id}", OPERATOR))
            )
            await asyncio.sleep(0.25)
            hold = Hold(world.new_id("rsv"), OPERATOR, None, (Asked(item_id(0), 1),))
            replies.append(await second.ask(node, ORGANIZATION, hold))
            replies.append(await looked_up)
            assert all(
                isinstance(reply, Refusal) and reply.code is Code.OVERLOADED for reply in replies
            )

        return Story(main(), lambda: world.server.violation, Counter)

    assert replayed(scenario, []).violation is None
