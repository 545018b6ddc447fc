"""The primary dies, its standby takes over, and the dead one comes back as the standby."""

from __future__ import annotations

from tests.faults import pair
from tests.faults.registry import Fault, fault
from tests.faults.world import World


@fault
class FailedOver(Fault):
    """What was acknowledged had reached both, so it is still there."""

    name = "failover"
    world = "pair"

    def cannot(self) -> str | None:
        return pair.why_impossible()

    async def strike(self, world: World) -> None:
        assert world.pair is not None
        await world.pair.fail_over()

    async def mend(self, world: World) -> None:
        assert world.pair is not None
        # While they work on the new primary, which is where the copy is taken from.
        await world.pair.rebuild()
