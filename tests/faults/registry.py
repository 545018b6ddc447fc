"""What a fault is, and the list of all of them.

A fault is a class of a few lines: a name, the world that it needs, `strike`, and `mend` if the
damage stays until somebody repairs it. To add one, write it in a module of its kind and name that
module in `load`. Whoever strikes them decides when and how often, and lets the books be compared.

Another kind of load than customers who buy is an actor: see `world.ACTORS`.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, ClassVar, TypeVar

if TYPE_CHECKING:
    from tests.faults.world import World

KINDS = ("processes", "postgresql", "failover", "network", "clocks", "resources", "clients")
"""The modules `faults_of_…`, in the order in which they are struck."""


class Fault:
    """Something that goes wrong."""

    name: ClassVar[str]
    kind: ClassVar[str]
    """The module that it is in; filled in."""
    world: ClassVar[str] = "home"
    """In which of the worlds it can happen; see `world.WORLDS`."""
    lasts: ClassVar[tuple[float, float]] = (0.0, 0.0)
    """Seconds between strike and mend, at least and at most."""
    needs_time: ClassVar[bool] = False
    """Whether it is another fault if it is over in a moment. The soak strikes it, `make test` does
    not."""
    silent: ClassVar[bool] = False
    """Whether requests may stay without an answer meanwhile, for no mistake of the server's."""

    def cannot(self) -> str | None:
        """Why it cannot be struck on this machine; None if it can."""
        return None

    async def strike(self, world: World) -> None:
        """Let it happen. Returns when it has; raises if it has not."""
        raise NotImplementedError

    async def mend(self, world: World) -> None:
        """Repair what does not repair itself."""


FAULTS: dict[str, Fault] = {}

F = TypeVar("F", bound=type[Fault])


def fault(cls: F) -> F:
    """Enter a fault into the list."""
    cls.kind = cls.__module__.rpartition("faults_of_")[2]
    assert cls.name not in FAULTS, cls.name
    FAULTS[cls.name] = cls()
    return cls


def load() -> dict[str, Fault]:
    """All faults by name, those of each kind together."""
    for kind in KINDS:
        importlib.import_module(f"tests.faults.faults_of_{kind}")
    return FAULTS


def only_root(what: str) -> str | None:
    """For faults that take the right to mount or to change others' limits."""
    return None if os.geteuid() == 0 else f"only root can {what}"
