"""What is to be said about a plan: what was left out, moved or replaced, and why.

Owns the kinds of reasons and how many of them become one line. Never decides what is left out.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class NoteKind(StrEnum):
    """Why a plan is not simply what the schedule's sessions say."""

    CLOSED = "closed"
    """An override closes the date."""
    OTHER_HOURS = "other_hours"
    """An override gives the date other sessions."""
    BREAK = "break"
    """Slots that reach into a break are left out."""
    BLACKOUT = "blackout"
    """Slots that reach into a blackout are left out."""
    OVERLAP = "overlap"
    """The session of the night before lasts into this one; its slots go first. Or another schedule
    has slots at the same time, which leaves nothing out but may be a slip."""
    SKIPPED = "skipped"
    """The clocks go forward past the start of a slot, or leave too little time for it."""
    MOVED = "moved"
    """The clocks go forward past the start of a slot, which therefore starts later."""
    REPEATED = "repeated"
    """The clocks go back over the start of a slot, which is offered the first time round only."""


class Note(NamedTuple):
    """One reason, with the dates and the number of slots that it concerns."""

    kind: NoteKind
    first: date
    last: date
    slots: int
    """Left out or moved; kept, if repeated or at the same time as those of another schedule. 0 if
    a date was closed or given other sessions."""
    detail: str
    """One sentence for a person."""


class Notes:
    """Reasons as they are found, for the dates from `first` to `last`."""

    def __init__(self, first: date, last: date) -> None:
        self._first, self._last = first, last
        self._found: dict[tuple[NoteKind, str, date | None], Note] = {}

    def add(
        self, kind: NoteKind, on: date, detail: str, *, slots: int = 1, daily: bool = False
    ) -> None:
        """Note it. What is said again is counted; if `daily`, only when it is for the same date.

        A lunch break is one note for a year; what a change of the clocks does is one for each day.
        """
        if not self._first <= on <= self._last:
            return
        key = (kind, detail, on if daily else None)
        if old := self._found.get(key):
            first, last = min(on, old.first), max(on, old.last)
            self._found[key] = Note(kind, first, last, old.slots + slots, detail)
        else:
            self._found[key] = Note(kind, on, on, slots, detail)

    def all(self) -> tuple[Note, ...]:
        """What was noted, in the order of first dates."""
        return tuple(sorted(self._found.values(), key=lambda note: note.first))
