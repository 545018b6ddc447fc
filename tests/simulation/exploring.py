"""Schedules by the thousand: each from a number, or one after the other until there are no others;
a failing one made shorter, written down as a token, and run again from it.

The only module that knows the library for this. Of that the strategies, the shrinker, the tokens
and the check for linearizability are used; its event loop knows no processes that die, and is not.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from detangle import DFS, PCT, RandomWalk, Replay, Strategy, decode_token, encode_token
from detangle._choices import strip_trailing_zeros
from detangle._runner import Failure, RunResult
from detangle._shrink import shrink
from detangle.lin import Model, Operation, check

from tests.simulation.loop import Loop
from tests.simulation.violations import Violation

WORLDS_AT_ONCE = 50
"""Schedules until garbage is looked for: some megabytes."""

Scenario = Callable[[Loop], "Story"]
"""Puts everything on stage; what it returns is run."""

__all__ = ["Model", "Operation", "Outcome", "Story", "explore", "is_linearizable", "run"]


@dataclass
class Story:
    """What a scenario has put on stage."""

    main: Any
    """The coroutine that is run."""
    violation: Callable[[], Violation | None]
    """What was found where it could not be raised."""
    counts: Callable[[], Counter[str]]
    """Faults injected, and whatever else a reader wants to know."""
    shows: Callable[[], Counter[str]] = Counter
    """What has happened in it."""


@dataclass
class Outcome:
    """Of one schedule."""

    values: list[int]
    violation: Violation | None
    steps: int
    counts: Counter[str]
    shows: Counter[str]
    trace: list[str] = field(default_factory=list)


def run(scenario: Scenario, strategy: Strategy, *, trace: bool = False) -> Outcome:
    """Run one schedule. The strategy has been started."""
    loop = Loop(strategy)  # type: ignore[arg-type]  # asks for no more than it has
    lines: list[str] = []
    if trace:
        loop.trace = lambda line: lines.append(f"{loop.steps:>5} {loop.now:8.3f}  {line}")
    violation: Violation | None = None
    with loop.running():
        story = scenario(loop)
        try:
            loop.run(story.main)
        except Violation as found:
            violation = found
    violation = story.violation() or violation
    strategy.finish(loop.decisions, violation is not None)  # type: ignore[arg-type]  # likewise
    values = [decision.value for decision in loop.decisions]
    return Outcome(values, violation, loop.steps, story.counts(), story.shows(), lines)


def strategy_of(seed: int) -> Strategy:
    """The strategy of one schedule. The number says everything: none depends on those before it."""
    kind = seed % 4
    strategy: Strategy
    if kind == 0:
        strategy = PCT(seed, depth=2, horizon=150)
    elif kind == 1:
        strategy = PCT(seed, depth=4, horizon=150)
    else:
        strategy = RandomWalk(seed)
    strategy.start(0)
    return strategy


def explore(
    scenario: Scenario, seeds: Iterable[int], seconds: float | None = None
) -> Iterator[tuple[int, Outcome]]:
    """The schedules of these numbers, as far as the time suffices."""
    ends = None if seconds is None else time.monotonic() + seconds
    with _garbage_put_off() as tidy_up:
        for seed in seeds:
            if ends is not None and time.monotonic() > ends:
                return
            yield seed, run(scenario, strategy_of(seed))
            tidy_up()


@contextmanager
def _garbage_put_off() -> Iterator[Callable[[], None]]:
    """Whole worlds are thrown away together; looking for garbage within each takes a fifth of the
    time. What is yielded is called after each."""
    was_enabled = gc.isenabled()
    gc.disable()
    gc.collect()
    gc.freeze()  # what is there already stays, and need not be looked at each time
    worlds = 0

    def tidy_up() -> None:
        nonlocal worlds
        worlds += 1
        if worlds % WORLDS_AT_ONCE == 0:
            gc.collect()

    try:
        yield tidy_up
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def exhaust(scenario: Scenario, delays: int, most: int) -> Iterator[Outcome]:
    """Every schedule whose choices depart from the plainest by no more than `delays` in all; at
    most so many."""
    strategy = DFS(max_delays=delays)
    with _garbage_put_off() as tidy_up:
        for number in range(most):
            if strategy.exhausted:
                return
            strategy.start(number)
            yield run(scenario, strategy)
            tidy_up()
    if not strategy.exhausted:
        raise AssertionError(f"there are more than {most} schedules")


def shortened(scenario: Scenario, outcome: Outcome) -> Outcome:
    """A simpler schedule that finds the same, and what happens in it."""
    assert outcome.violation is not None
    what = outcome.violation.what

    def again(values: list[int]) -> RunResult:
        found = replayed(scenario, values)
        failure = None
        if found.violation is not None:
            failure = Failure(found.violation.what, "")
        result = RunResult([], failure)
        result.__class__ = _Result
        result.__dict__["found"] = found.values
        return result

    values = shrink(again, outcome.values, (what, None, None), budget=600, time_limit=20.0).values
    return replayed(scenario, values, trace=True)


class _Result(RunResult):
    """With the values that were really taken."""

    @property
    def values(self) -> list[int]:
        found: list[int] = self.__dict__["found"]
        return found


def replayed(scenario: Scenario, values: list[int], *, trace: bool = False) -> Outcome:
    """The schedule with these choices; the plainest from their end on."""
    strategy = Replay(values)
    strategy.start(0)
    return run(scenario, strategy, trace=trace)


def token_of(name: str, outcome: Outcome) -> str:
    """What `--replay` takes."""
    return f"{name}:{encode_token(strip_trailing_zeros(outcome.values))}"


def from_token(token: str) -> tuple[str, list[int]]:
    """The scenario's name, and the choices. Raises `ValueError`."""
    name, _, choices = token.partition(":")
    return name, decode_token(choices)


def is_linearizable(operations: list[Operation], model: Model) -> str:
    """Why these cannot be told as one story, or nothing if they can."""
    result = check(operations, model)
    return "" if result.ok else result.explain()
