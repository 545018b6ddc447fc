"""The long run: everything that can go wrong, again and again under load, and counted.

    python -m tests.faults.soak --kills 200 --postgres-stops 20 --failovers 50 --seconds 600

Kills, stops and failovers come as often as asked: every second kill meets one worker of several,
the others all processes of the server or the one above the workers. Beside failovers, half of the
kills and stops meet a PostgreSQL with a standby. Besides, every fault of the
registry is struck, round after round, for as many seconds as there are. Prints what it does and
ends with a table: faults by name, operations acknowledged, what was lost, oversold or otherwise
wrong. The exit code is 1 if anything was, `firmhold verify` being asked as well, or if a fault that
can be struck here never was.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.book import Wrong, numbers
from tests.faults.registry import FAULTS, Fault, load
from tests.faults.world import WORLDS, World
from tests.origin import origin

KEPT_ROUNDS = 10
"""Faults between two comparisons of all books with the whole database."""

SHOWN = 20
KILLS = ("worker killed", "server killed", "worker killed", "supervisor killed")
STOPS = ("postgresql stopped at once", "postgresql killed")

IN_PAIR = "pair: "
"""Before a fault's name in a plan: not where it is struck otherwise, but in the pair."""


@dataclass
class Report:
    """What was done, and everything that was wrong."""

    faults: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    clean: int = 0
    """How often the books were compared with the database and nothing was wrong."""
    slowest: float = 0.0
    seconds: float = 0.0
    wrong: list[Wrong] = field(default_factory=list)
    impossible: dict[str, str] = field(default_factory=dict)
    """Faults that cannot be struck here, and why."""

    def add(self, world: World) -> None:
        """What came of one world."""
        self.faults += world.faults
        self.answers += world.book.answers
        self.acknowledged += world.book.acknowledged
        self.clean += world.clean
        self.slowest = max(self.slowest, world.book.longest)
        self.wrong += world.wrong

    def lines(self) -> Iterator[str]:
        """As a table."""
        for name, times in self.faults.items():
            yield _row(name, times)
        yield _row("Faults injected", self.faults.total())
        yield _row("Operations acknowledged", self.acknowledged)
        yield _row("Requests that got no answer", self.answers["no answer"])
        yield _row("Answers 503 overloaded", self.answers["overloaded"])
        yield f"{'Slowest answer, seconds':44}{self.slowest:>10.1f}"
        yield _row("Books compared and clean", self.clean)
        for name, number in numbers(self.wrong).items():
            yield _row(name.replace("_", " ").capitalize(), number)
        yield f"{'Seconds':44}{self.seconds:>10.0f}"
        yield from (f"  {kind}: {what}" for kind, what in self.wrong[:SHOWN])
        yield from (f"  not struck: {name}: {why}" for name, why in self.impossible.items())

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "faults": dict(self.faults),
            "faults_injected": self.faults.total(),
            "acknowledged": self.acknowledged,
            **numbers(self.wrong),
            "slowest_answer_seconds": round(self.slowest, 2),
            "verify_clean": self.clean,
            "answers": dict(self.answers),
            "seconds": round(self.seconds, 1),
            "impossible_here": self.impossible,
            "wrong": [what for _, what in self.wrong[:SHOWN]],
        }


def _row(what: str, number: int) -> str:
    return f"{what:44}{number:>10}"


async def soak(folder: Path, plan: Iterable[str], *, workers: int, quiet: bool = True) -> Report:
    """Strike these faults, those of each world together and otherwise in an order of chance."""
    faults = load()
    began = time.monotonic()
    report = Report()
    by_world: dict[str, list[Fault]] = {}
    for name in plan:
        fault = faults[name.removeprefix(IN_PAIR)]
        if (why := fault.cannot()) is not None:
            report.impossible[fault.name] = why
            continue
        world = "pair" if name.startswith(IN_PAIR) else fault.world
        by_world.setdefault(world, []).append(fault)
    for number, (world, struck) in enumerate(by_world.items()):
        random.shuffle(struck)
        place = folder / f"{number}-{world.replace(' ', '-')}"
        place.mkdir()
        place.chmod(0o755)
        await _strike_all(report, place, world, struck, workers, quiet=quiet)
        if report.wrong:
            break
        shutil.rmtree(place)
    report.seconds = time.monotonic() - began
    return report


async def _strike_all(
    report: Report, folder: Path, name: str, struck: Sequence[Fault], workers: int, *, quiet: bool
) -> None:
    async with WORLDS[name](folder, workers) as world:
        try:
            world.begin()
            for number, fault in enumerate(struck, 1):
                # Somewhere in a request, at another place each time.
                try:
                    await world.strike(fault, operations=random.randint(20, 120))
                    if not quiet:
                        _tell(world, f"{name} {number}/{len(struck)}", fault.name)
                    if number % KEPT_ROUNDS == 0 or number == len(struck):
                        if not await world.compare():
                            return
                        if number < len(struck):
                            world.begin()
                except Exception as error:  # noqa: BLE001 - told in the report, with the others
                    traceback.print_exc()
                    world.wrong.append(Wrong("otherwise", f"{fault.name}: {error!r}"))
                    return
        finally:
            report.add(world)


def _tell(world: World, where: str, what: str) -> None:
    print(
        f"{time.strftime('%H:%M:%S')} {where} {what}: {world.book.acknowledged} acknowledged, "
        f"{world.clean} times clean, slowest answer {world.book.longest:.1f} s",
        flush=True,
    )


def planned(kills: int, stops: int, failovers: int) -> list[str]:
    """The faults that are asked for by number. If failovers are, every second of the others meets
    the pair as well, where what is brought back has a standby."""
    others = [
        *[KILLS[n % len(KILLS)] for n in range(kills)],
        *[STOPS[n % len(STOPS)] for n in range(stops)],
    ]
    if failovers:
        # By whole rounds of them, so that each kind comes to be in both.
        others = [f"{IN_PAIR}{it}" if n // 4 % 2 else it for n, it in enumerate(others)]
    return [*others, *["failover"] * failovers]


async def rounds(
    folder: Path, names: Sequence[str], seconds: float, *, workers: int
) -> list[Report]:
    """Every fault once, and again as long as there is time. One round at least, unless there are no
    seconds at all."""
    deadline = time.monotonic() + seconds
    reports: list[Report] = []
    while time.monotonic() < deadline:
        place = folder / f"round-{len(reports)}"
        place.mkdir()
        place.chmod(0o755)
        reports.append(await soak(place, names, workers=workers, quiet=False))
        if reports[-1].wrong:
            break
    return reports


def summed(reports: Iterable[Report]) -> Report:
    """All of them as one."""
    whole = Report()
    for report in reports:
        whole.faults += report.faults
        whole.answers += report.answers
        whole.acknowledged += report.acknowledged
        whole.clean += report.clean
        whole.slowest = max(whole.slowest, report.slowest)
        whole.seconds += report.seconds
        whole.wrong += report.wrong
        whole.impossible |= report.impossible
    return whole


async def _all(given: argparse.Namespace, folder: Path, names: Sequence[str]) -> Report:
    reports = []
    if plan := planned(given.kills, given.postgres_stops, given.failovers):
        (folder / "plan").mkdir()
        (folder / "plan").chmod(0o755)
        reports.append(await soak(folder / "plan", plan, workers=given.workers, quiet=False))
    if not any(report.wrong for report in reports):
        reports += await rounds(folder, names, given.seconds, workers=given.workers)
    return summed(reports)


def main() -> int:
    load()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=0, help="times that the server is killed")
    parser.add_argument("--postgres-stops", type=int, default=0)
    parser.add_argument("--failovers", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0, help="for rounds of all faults")
    parser.add_argument("--faults", help="names, by commas, instead of all of them")
    parser.add_argument("--list", action="store_true", help="tell what faults there are, and end")
    parser.add_argument("--workers", type=int, default=4, help="server processes, two at least")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--json", type=Path, default=None, help="file for the report")
    given = parser.parse_args()
    if given.list:
        for fault in FAULTS.values():
            told = (fault.__doc__ or "").split("\n\n")[0].replace("\n   ", "")
            print(f"{fault.name:44}{fault.cannot() or told}")
        return 0
    names = given.faults.split(",") if given.faults else list(FAULTS)
    if unknown := set(names) - set(FAULTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; --list tells what there is")
    if given.workers < 2:
        # One serves itself, and there is nobody who would replace it.
        parser.error("it takes two workers at least for one to be killed and replaced")
    whence = origin()
    seed = given.seed if given.seed is not None else random.getrandbits(32)
    random.seed(seed)
    # Ended from outside, it still ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="firmhold-soak-"))
    folder.chmod(0o755)
    print(f"Seed {seed}, data in {folder}", flush=True)
    report = asyncio.run(_all(given, folder, names))
    print("\n" + "\n".join(report.lines()))
    if given.json is not None:
        told = {"origin": whence, "seed": seed, **report.as_json()}
        given.json.write_text(json.dumps(told, indent=2) + "\n")
    never = set(names) - set(report.faults) - set(report.impossible) if given.seconds else set()
    for name in sorted(never):
        print(f"  never struck: {name}")
    if report.wrong:
        print(f"The data is kept in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if never else 0


if __name__ == "__main__":
    sys.exit(main())
