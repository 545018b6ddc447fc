"""Short histories of real concurrent runs: each can be explained by one thing after the other."""

from __future__ import annotations

import random

from tests.databases import Server
from tests.engine.several import rounds
from tests.linearizability.run import run
from tests.linearizability.stages import Stage

FOR_EVER = 3600.0


async def judged(
    server: Server, histories: int, processes: int = 0
) -> tuple[dict[str, int], Stage]:
    """How often each answer was given, in histories that can all be explained, and where."""
    seed = random.getrandbits(32)
    print(f"--histories {histories} --processes {processes} --seed {seed}")
    findings, stage = await run(
        server, seed=seed, histories=histories, seconds=FOR_EVER, processes=processes
    )
    assert findings.wrong == [], "\n".join(findings.wrong)
    assert stage.faults > 0 and findings.unanswered > 0
    return findings.answers, stage


async def test_what_engines_do_at_once_can_be_explained_one_by_one(server: Server) -> None:
    """Connections break around their commits, and callers go away."""
    answers, _ = await judged(server, rounds(160))
    for answer in (
        "hold held",
        "hold insufficient_capacity",
        "confirm done",
        "confirm hold_expired",
        "confirm already_released",
        "cancel done",
        "extend done",
        "move done",
        "move insufficient_capacity",
        "reacquire done",
        "reacquire insufficient_capacity",
        "set done",
        "set version_conflict",
        "see expired",
    ):
        assert answers[answer] > 0, answers


async def test_what_processes_do_at_once_can_be_explained_one_by_one(server: Server) -> None:
    """Over HTTP, with connections that break, and one of them is killed while it is asked."""
    answers, stage = await judged(server, max(40, rounds(40)), processes=2)
    assert stage.killed and all(stage.killed), "nobody was asking a server that was killed"
    assert stage.faults > len(stage.killed), "no connection of theirs broke"
    paths = {path.rpartition("/")[2] for broken in stage.killed for path in broken}
    assert paths & {"reservations", "confirm"}, paths
    assert answers["hold held"] and answers["confirm hold_expired"], answers
