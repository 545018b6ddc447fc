"""Words for the tables of these tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firmhold.domain.errors import Code, Refused
from firmhold.planning.plan import Plan, plan
from firmhold.planning.schedule import Schedule, read_schedule

BERLIN = ZoneInfo("Europe/Berlin")


def day(text: str) -> date:
    return date.fromisoformat(text)


def wall(text: str) -> datetime:
    """A wall-clock time."""
    at = datetime.fromisoformat(text)
    assert at.tzinfo is None
    return at


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@contextmanager
def refused(field: str, reason: str) -> Iterator[None]:
    """What is done here is refused as malformed, naming the field and giving a reason like this."""
    with pytest.raises(Refused, match=re.escape(reason)) as caught:
        yield
    refusal = caught.value.refusal
    assert refusal.code is Code.MALFORMED_REQUEST
    assert refusal.facts["field"] == field


def a_schedule(**said: Any) -> Schedule:
    """One that is open every day from nine to twelve in Berlin, unless something else is said."""
    usual: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "rule": "FREQ=DAILY",
        "starts_on": "2020-01-01",
        "sessions": [("09:00", "12:00")],
    }
    return read_schedule(**{**usual, **said})


def planned(first: str, last: str | None = None, **said: Any) -> Plan:
    return plan(a_schedule(**said), day(first), day(last or first))


def times(made: Plan) -> str:
    """The slots of a plan as people would write them: by the local clock, and their minutes."""
    return " ".join(
        f"{slot.local_start:%d.%H:%M}+{(slot.ends_at - slot.starts_at).total_seconds() / 60:.0f}"
        for slot in made.slots
    )


def notes(made: Plan) -> list[str]:
    """The notes of a plan, one line for each."""
    return [f"{it.kind} {it.first} {it.last} {it.slots} {it.detail}" for it in made.notes]


def short(dates: list[date]) -> str:
    """Dates as in the examples of RFC 5545: the year and the month are said once."""
    said = []
    before = date.min
    for on in dates:
        year = "%Y-" if on.year != before.year else ""
        month = "%m-" if year or on.month != before.month else ""
        said.append(on.strftime(f"{year}{month}%d"))
        before = on
    return " ".join(said)
