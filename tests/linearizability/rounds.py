"""Rounds of histories: many meetings at the same time, time that passes for all of them, a verdict.

Owns when time passes and what is counted. The clock is the database's and stands still in between;
it is set with all items of the round locked, so that a change that was decided before it is seen
before it. (Looking takes no lock: on a clock that runs, a look can find a hold ended whose
confirmation was decided in time and is being written at this moment.)
"""

from __future__ import annotations

import asyncio
from collections import Counter as Counts
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from detangle import lin

from tests.linearizability.judge import complaint, explained
from tests.linearizability.people import EACH, PEOPLE, Counter, Meeting
from tests.models.clock import StoppedClock

TOGETHER = 20
"""Histories in one round. They meet in batches, in locks and in the queue."""

TICKS = 3

Disturb = Callable[[], Awaitable[None]]

SHOWN = 3
"""Histories that are shown."""


@dataclass
class Findings:
    """What came of all rounds so far."""

    histories: int = 0
    operations: int = 0
    answers: Counts[str] = field(default_factory=Counts)
    """By verb and answer."""
    wrong: list[str] = field(default_factory=list)

    @property
    def unanswered(self) -> int:
        return sum(n for name, n in self.answers.items() if name.endswith("no answer"))

    def add(self, meeting: Meeting) -> None:
        """Judge one history."""
        history = [op for op in meeting.history.operations if op.status != lin.FAIL]
        self.histories += 1
        self.operations += len(history)
        for op in history:
            answer = op.output if isinstance(op.output, str) else "seen"
            self.answers[f"{op.f} {answer if op.status == lin.OK else 'no answer'}"] += 1
        self.wrong += meeting.twice
        if not explained(history, meeting.capacity):
            # Making one short takes longer than finding it, and a few tell enough.
            short = len(self.wrong) < SHOWN
            self.wrong.append(complaint(history, meeting.capacity) if short else "another one")


class Time:
    """The time of one round: it passes whenever enough has been asked for since it last did."""

    def __init__(self, clock: StoppedClock, meetings: int, dice: Random) -> None:
        self._clock = clock
        self._began = clock.now
        self._each = meetings * PEOPLE * EACH // (TICKS + 1)
        self._asked = 0
        self._over = False
        self._enough = asyncio.Event()
        self._all = 0
        self._busy = asyncio.Event()
        self._dice = dice
        everyone = meetings * PEOPLE
        self._begins = dice.randint(everyone * 3 // 2, everyone * EACH // 2)
        """How much has been asked for when it is to be disturbed: all have asked once, and most
        wait for an answer."""

    def asking(self) -> None:
        self._asked += 1
        self._all += 1
        if self._asked >= self._each:
            self._enough.set()
        if self._all >= self._begins:
            self._busy.set()

    async def disturbed(self, disturb: Disturb) -> None:
        """Once, in the middle of it all."""
        await self._busy.wait()
        for _ in range(self._dice.randint(1, 60)):
            await asyncio.sleep(0)
        await disturb()

    def stop(self) -> None:
        """Nobody asks any more."""
        self._over = True
        self._enough.set()

    async def pass_for(self, meetings: Sequence[Meeting], items: Sequence[str]) -> None:
        """A second, and a second, and another."""
        for _ in range(TICKS):
            await self._enough.wait()
            if self._over:
                return
            self._asked = 0
            self._enough.clear()
            later = (self._clock.now - self._began + timedelta(seconds=1)) // timedelta(seconds=1)
            ticks = [(it, it.history.invoke("clock", "tick", (later,))) for it in meetings]
            await self._clock.forward_with_locked(1, items)
            for meeting, op in ticks:
                meeting.history.ok(op)


async def play(
    counter: Counter,
    clock: StoppedClock,
    dice: Random,
    findings: Findings,
    many: int = TOGETHER,
    disturb: Disturb | None = None,
) -> None:
    """One round, and its verdict."""
    time = Time(clock, many, dice)
    meetings = [
        Meeting(counter, Random(dice.getrandbits(64)), findings.histories + n, time.asking)
        for n in range(many)
    ]
    items = [item for meeting in meetings for item in await meeting.open()]
    async with asyncio.TaskGroup() as group:
        group.create_task(time.pass_for(meetings, items))
        if disturb is not None:
            group.create_task(time.disturbed(disturb))
        await asyncio.gather(*(meeting.run() for meeting in meetings))
        time.stop()
    await asyncio.gather(*(meeting.close() for meeting in meetings))
    for meeting in meetings:
        findings.add(meeting)
