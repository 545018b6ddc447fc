"""Wall-clock times of a place and instants in UTC, and how one becomes the other.

Owns the two answers that a change of the clocks asks for, and nobody else may give others. Never
reads a clock, never knows the zone of the machine it runs on, and never says what happens when.

The answers are those of RFC 5545, section 3.3.5: a wall-clock time that occurs twice means its
first occurrence; one that does not occur is read with the offset from UTC before the gap, which
moves it forward by the length of the gap. They are also what Python gives for `fold=0` (PEP 495).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")

LONGEST_NAME = 64
"""Characters. The longest name in the database has 32; far longer ones break file systems."""

# In the database's folder without being places: "right" counts leap seconds, which would shift
# every instant by half a minute; "localtime" is the machine's own zone.
_NO_PLACES = frozenset({"Factory", "localtime", "posix", "posixrules", "right"})


class Fit(StrEnum):
    """How often a wall-clock time occurs in its zone."""

    ONCE = "once"
    TWICE = "twice"
    """The clocks go back over it."""
    NEVER = "never"
    """The clocks go forward past it."""


class Placed(NamedTuple):
    """A wall-clock time as an instant."""

    at: datetime
    """In UTC."""
    fit: Fit


def zone_of(name: str, field: str = "zone") -> ZoneInfo:
    """The time zone of this name in the IANA database.

    The machine's copy of the database is used where there is one, else that of the `tzdata`
    package. Raises `Refused` (`malformed_request`, naming `field`) if there is no such zone.
    """
    if not name:
        raise Refused(malformed(field, "is required; a wall-clock time without a zone is no time"))
    if len(name) <= LONGEST_NAME and _NAME.fullmatch(name):
        root = name.partition("/")[0]
        if root not in _NO_PLACES:
            try:
                return ZoneInfo(name)
            # A folder of the database ("America"), a file in it that is no zone, or nothing.
            except (KeyError, OSError, ValueError):
                pass
    shown = name if len(name) <= 40 else f"{name[:40]}…"
    raise Refused(
        malformed(field, f"{shown!r} is not in the IANA time zone database; one is Europe/Berlin")
    )


def place(local: datetime, zone: ZoneInfo) -> Placed:
    """The instant of a wall-clock time (without `tzinfo`), and how often that time occurs."""
    assert local.tzinfo is None, "a wall-clock time has no offset"
    here = local.replace(tzinfo=zone, fold=0)
    before, after = here.utcoffset(), here.replace(fold=1).utcoffset()
    assert before is not None and after is not None
    fit = Fit.ONCE if before == after else Fit.TWICE if before > after else Fit.NEVER
    return Placed((local - before).replace(tzinfo=UTC, fold=0), fit)


def to_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time (without `tzinfo`), in UTC."""
    return place(local, zone).at


def to_local(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks in `zone` show at an instant, without `tzinfo`."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def midnight(on: date) -> datetime:
    """The wall-clock time at which a date begins."""
    return datetime.combine(on, time.min)
