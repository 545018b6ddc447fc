"""The server with a clock that is wrong: `python -m tests.faults.launcher serve …`.

Everything else is the real command line and the real processes. `CLOCK_AHEAD` in the environment is
how many seconds the clock is ahead (or behind, if negative), and `CLOCK_DRIFT` how many more it
gains with each second. `ANSWERS_KEPT` is for how many seconds the pruner lets stored answers be;
then little is remembered in memory too, so that it is soon full.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, tzinfo
from typing import Any

LAUNCHER = (sys.executable, "-m", "tests.faults.launcher")
AHEAD, DRIFT, ANSWERS_KEPT = "CLOCK_AHEAD", "CLOCK_DRIFT", "ANSWERS_KEPT"
WORK = "from firmhold.cli.supervisor import work; work()"


def set_clock() -> None:
    """Let this process see the wrong time where it asks for it: in tokens and in new ids."""
    import jwt.api_jwt
    import uuid_utils

    ahead, drift = float(os.environ.get(AHEAD, "0")), float(os.environ.get(DRIFT, "0"))
    if not (ahead or drift):
        return
    right, began, uuid7 = time.time, time.monotonic(), uuid_utils.uuid7

    def wrong() -> float:
        return right() + ahead + drift * (time.monotonic() - began)

    def numbered() -> Any:
        # The first 48 bits are the time in milliseconds.
        return uuid_utils.UUID(int=uuid7().int + (int((wrong() - right()) * 1000) << 80))

    class Datetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.fromtimestamp(wrong(), tz)

    time.time = wrong
    jwt.api_jwt.datetime = Datetime  # type: ignore[attr-defined]
    uuid_utils.uuid7 = numbered


def forget_soon() -> None:
    """Let the pruner work, and memory be full, as if days had passed."""
    if (kept := os.environ.get(ANSWERS_KEPT)) is not None:
        from firmhold.engine import lookup
        from firmhold.workers import pruner

        # What is filled for twenty minutes looks like a leak all the while.
        lookup.REMEMBERED = 500
        pruner.PAUSE = 10.0
        pruner.Pruner.__init__.__defaults__ = (timedelta(seconds=float(kept)),)  # type: ignore[attr-defined]


def pass_on() -> None:
    """Let the processes that the supervisor starts come by way of this module too."""
    from firmhold.cli import child

    start = subprocess.Popen

    def started(command: list[str], *args: Any, **more: Any) -> Any:
        if command[1:] == ["-c", WORK]:
            command = [command[0], "-c", "from tests.faults.launcher import work; work()"]
        return start(command, *args, **more)

    child.subprocess = _With(child.subprocess, Popen=started)  # type: ignore[assignment]


class _With:
    """A module, but for some of its names."""

    def __init__(self, module: Any, **names: Any) -> None:
        self.__dict__.update(vars(module), **names)


def work() -> None:
    """The main function of a server process."""
    set_clock()
    forget_soon()
    from firmhold.cli import supervisor

    supervisor.work()


if __name__ == "__main__":
    set_clock()
    forget_soon()
    pass_on()
    from firmhold.cli.main import main

    sys.exit(main())
