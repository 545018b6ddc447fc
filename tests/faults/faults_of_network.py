"""Connections that are slow, torn and silent: between server and PostgreSQL, and to the clients."""

from __future__ import annotations

import asyncio
import random

from tests.faults.pipe import Pipe
from tests.faults.postgres import until
from tests.faults.registry import Fault, fault
from tests.faults.world import World


class _OnWire(Fault):
    world = "wires"
    wire: str
    lasts = (0.5, 2.5)

    async def strike(self, world: World) -> None:
        pipe = world.wires[self.wire]
        before = pipe.met
        self.befall(pipe)
        await asyncio.to_thread(until, lambda: pipe.met > before)

    async def mend(self, world: World) -> None:
        world.wires[self.wire].mend()

    def befall(self, pipe: Pipe) -> None:
        raise NotImplementedError


class _Delayed(_OnWire):
    """Each piece comes up to a tenth of a second late."""

    def befall(self, pipe: Pipe) -> None:
        pipe.delay = 0.05


class _Dripping(_OnWire):
    """A few bytes at a time."""

    def befall(self, pipe: Pipe) -> None:
        pipe.drips = True


class _CutIn(_OnWire):
    """Torn in the middle of what is sent, again and again."""

    lasts = (0.3, 1.0)

    def befall(self, pipe: Pipe) -> None:
        pipe.bytes_left["in"] = random.randint(1, 20_000)


class _CutOut(_OnWire):
    """Torn in the middle of what is answered: it has been carried out."""

    lasts = (0.3, 1.0)

    def befall(self, pipe: Pipe) -> None:
        pipe.bytes_left["out"] = random.randint(1, 20_000)


class _Reset(_OnWire):
    """All connections at once."""

    lasts = (0.0, 0.1)

    def befall(self, pipe: Pipe) -> None:
        pipe.reset()


class _HalfOpen(_OnWire):
    """The far end has gone, and nobody tells the near one."""

    lasts = (0.0, 0.1)

    def befall(self, pipe: Pipe) -> None:
        pipe.half_close()


class _BlackHole(_OnWire):
    """Accepts everything and passes on nothing, until it does again."""

    lasts = (2.0, 6.0)
    needs_time = True

    def befall(self, pipe: Pipe) -> None:
        pipe.hold()


_WAYS = {
    "slow": _Delayed,
    "dripping": _Dripping,
    "cut in a request": _CutIn,
    "cut in an answer": _CutOut,
    "reset": _Reset,
    "half open": _HalfOpen,
    "a black hole": _BlackHole,
}
_QUIET = (_HalfOpen, _BlackHole)
"""After these a client gets no answer, however well the server does."""

for _wire, _whose in (("database", "database"), ("clients", "clients'")):
    for _how, _what in _WAYS.items():
        fault(
            type(
                f"{_what.__name__}{_wire.title()}",
                (_what,),
                {
                    "__module__": __name__,
                    "__doc__": _what.__doc__,
                    "name": f"{_whose} connections {_how}",
                    "wire": _wire,
                    "silent": _wire == "clients" and issubclass(_what, _QUIET),
                },
            )
        )
