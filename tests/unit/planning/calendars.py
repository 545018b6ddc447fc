"""iCalendar files for the tests of reading them."""

from __future__ import annotations

from typing import Any

from firmhold.planning.calendar_slots import CalendarSlots, read_calendar
from tests.unit.planning.build import BERLIN, day

FIRST, LAST = day("2026-01-01"), day("2026-12-31")


def an_event(*more: str, **said: str) -> str:
    """One of an hour, at nine on the fifth of January, unless something else is said."""
    usual = {"UID": "1", "DTSTART": "20260105T090000", "DURATION": "PT1H"}
    named = {**usual, **{name.upper().replace("_", "-"): text for name, text in said.items()}}
    rows = [f"{name}:{text}" for name, text in named.items() if text]
    return "\r\n".join(["BEGIN:VEVENT", *rows, *more, "END:VEVENT"])


def a_file(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""])


def read(*events: str, **said: Any) -> CalendarSlots:
    usual: dict[str, Any] = {"site": BERLIN, "first": FIRST, "last": LAST}
    return read_calendar(a_file(*events), **{**usual, **said})


def starts(found: CalendarSlots) -> str:
    assert found.problems == []
    return " ".join(f"{slot.starts_at:%m-%dT%H:%M}" for slot in found.slots)
