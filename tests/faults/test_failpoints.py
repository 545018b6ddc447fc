"""The server dies at every step of a batch, and whoever asks again finds one effect."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from firmhold.domain.commands import Command
from firmhold.engine import batch, customers, lending, transaction, waitlist
from tests.databases import Address
from tests.faults.failpoint_server import names
from tests.faults.failpoint_stories import STORIES
from tests.faults.failpoints import Report, failpoints

OUTSIDE = {"batch.find_unlocked"}
"""What these modules ask outside of a batch: it changes nothing, and divides one that failed."""


def statements() -> set[str]:
    """All that a batch may send to PostgreSQL."""
    known = names()
    found = {
        known[value]
        for module in (batch, customers, lending, waitlist)
        for value in vars(module).values()
        if isinstance(value, str) and value in known
    }
    sent = re.findall(r'execute\(\s*"([A-Z]+)"', Path(transaction.__file__).read_text())
    return found - OUTSIDE | {"BEGIN", *sent}


def without_a_story(report: Report) -> set[str]:
    """Kinds of commands that the engine carries out, at which no server has died."""
    return {command.__name__ for command in get_args(Command)} - report.commands


def without_a_point(report: Report) -> set[str]:
    """Statements at which no server has died."""
    points = {point.split(" ")[1] for point in report.points}
    return statements() - points


async def test_wherever_the_server_dies_there_is_one_effect(database: Address) -> None:
    """Each point in the first story that passes it; `make soak` takes each in every story."""
    report = await failpoints(database, list(STORIES), each_once=True)
    print("\n".join(report.lines()))
    assert report.wrong == []
    assert report.clean == len(STORIES)
    assert without_a_point(report) == set()
    assert without_a_story(report) == set()
    for step in ("before BEGIN", "sent COMMIT", "after COMMIT", "before reply", "after answer"):
        assert step in report.points
