"""Writes `libical.txt`: what libical makes of many rules.

libical is written in C and shares nothing with the library that Firmhold's tests ask, nor with
Firmhold. It is not needed to run the tests, only to write the table anew, where it is installed
(Debian: libical3, here 3.0.16):

    python -m tests.unit.planning.ask_libical

First come rules that it reads as RFC 5545 does, then every kind of rule from every start of
`kinds`, also where it errs.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from datetime import UTC, date, datetime, time
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.unit.planning.kinds import KINDS, STARTS

TABLE = Path(__file__).with_name("libical.txt")
YEARS = 10
MOST = 4_000

_COMMON = """
2026-01-05 FREQ=DAILY
2026-01-05 FREQ=DAILY;INTERVAL=3
2026-01-05 FREQ=DAILY;INTERVAL=10;COUNT=25
2026-01-05 FREQ=DAILY;COUNT=400
2026-01-05 FREQ=DAILY;UNTIL=20290301
2026-01-05 FREQ=DAILY;BYMONTH=1
2026-02-01 FREQ=DAILY;BYMONTH=2,4,11;INTERVAL=2
2026-01-05 FREQ=DAILY;BYDAY=MO,WE,FR
2026-01-05 FREQ=DAILY;BYDAY=MO,WE,FR;INTERVAL=5
2026-01-10 FREQ=DAILY;BYMONTHDAY=10,11,31
2026-01-10 FREQ=DAILY;BYMONTH=1,12;BYMONTHDAY=10,31
2026-01-05 FREQ=WEEKLY
2026-01-05 FREQ=WEEKLY;INTERVAL=2
2026-01-05 FREQ=WEEKLY;INTERVAL=7;COUNT=60
2026-01-05 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
2026-01-06 FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20301130
2026-01-07 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR
2026-01-07 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR,SU;WKST=SU
2026-01-04 FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=SU
2026-01-04 FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=MO
2026-01-09 FREQ=WEEKLY;INTERVAL=3;BYDAY=FR,TH;WKST=FR
2026-03-03 FREQ=WEEKLY;BYMONTH=3,7;BYDAY=TU,SA
2026-01-31 FREQ=MONTHLY
2026-01-30 FREQ=MONTHLY;INTERVAL=2
2026-01-15 FREQ=MONTHLY;INTERVAL=18;COUNT=10
2026-01-01 FREQ=MONTHLY;BYMONTHDAY=1,15
2026-01-29 FREQ=MONTHLY;BYMONTHDAY=-3
2026-01-01 FREQ=MONTHLY;BYMONTHDAY=1,-1
2026-01-30 FREQ=MONTHLY;BYMONTHDAY=-31,30,-2
2026-02-02 FREQ=MONTHLY;BYMONTH=2,3,10;BYMONTHDAY=2,29,-1
2026-01-06 FREQ=MONTHLY;BYDAY=1TU
2026-01-30 FREQ=MONTHLY;BYDAY=-1FR
2026-01-04 FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU
2026-01-05 FREQ=MONTHLY;BYDAY=MO
2026-01-05 FREQ=MONTHLY;BYDAY=MO,2TU,-1WE
2026-01-29 FREQ=MONTHLY;BYDAY=5TH
2026-01-02 FREQ=MONTHLY;BYDAY=-5FR
2026-02-13 FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13
2026-01-10 FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13
2026-01-30 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1
2026-01-01 FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3,1
2026-01-29 FREQ=MONTHLY;INTERVAL=5;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=15
2026-05-05 FREQ=MONTHLY;BYMONTH=5,6;BYDAY=TU;BYSETPOS=1,-1
2026-02-10 FREQ=YEARLY
2028-02-29 FREQ=YEARLY
2026-02-10 FREQ=YEARLY;INTERVAL=3
2026-01-10 FREQ=YEARLY;BYMONTH=1,2
2026-01-31 FREQ=YEARLY;BYMONTH=1,2,3
2026-06-10 FREQ=YEARLY;BYMONTH=6,7;COUNT=10
2028-02-29 FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29
2026-02-28 FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1
2026-02-01 FREQ=YEARLY;BYMONTH=2,9;BYMONTHDAY=1,-1,15
2026-01-01 FREQ=YEARLY;BYYEARDAY=1,100,200
2026-12-31 FREQ=YEARLY;BYYEARDAY=-1
2026-01-01 FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200;COUNT=10
2028-12-31 FREQ=YEARLY;BYYEARDAY=366
2026-05-18 FREQ=YEARLY;BYDAY=20MO
2026-12-25 FREQ=YEARLY;BYDAY=-1FR
2026-01-01 FREQ=YEARLY;BYDAY=1TH,53TH,-1TH
2026-03-05 FREQ=YEARLY;BYMONTH=3;BYDAY=TH
2026-06-04 FREQ=YEARLY;BYMONTH=6,7,8;BYDAY=TH
2026-10-25 FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU
2026-11-26 FREQ=YEARLY;BYMONTH=11;BYDAY=4TH
2026-11-03 FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8
2026-05-11 FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO
2026-01-12 FREQ=YEARLY;BYWEEKNO=3,10,27;BYDAY=MO,FR
2026-05-17 FREQ=YEARLY;BYWEEKNO=20;BYDAY=SU;WKST=SU
2026-05-12 FREQ=YEARLY;INTERVAL=2;BYWEEKNO=20;BYDAY=TU,TH
2026-12-28 FREQ=YEARLY;BYMONTH=12;BYDAY=MO;BYSETPOS=-1
2026-04-02 FREQ=YEARLY;BYMONTH=4;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2
"""
COMMON = [(line[:10], line[11:]) for line in _COMMON.split("\n") if line]
"""Starts and rules of which nobody doubts what they mean, and libical does not either."""


def digest(dates: list[date]) -> str:
    """A line of the table for some dates: how many, the last one, and a checksum of all."""
    text = " ".join(map(str, dates))
    return f"{len(dates)} {dates[-1] if dates else '-'} {sha256(text.encode()).hexdigest()[:16]}"


def end_of(start: date) -> date:
    """The last date of the window that the table covers."""
    return start.replace(year=start.year + YEARS, day=min(start.day, 28))


@cache
def answers() -> dict[tuple[str, str], str]:
    """The table: for a start and a rule the digest of libical's dates."""
    found = {}
    for line in TABLE.read_text(encoding="ascii").splitlines():
        start, rule, answer = line.split(" ", 2)
        found[start, rule] = answer
    return found


def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("ical")
    assert name is not None, "libical is not installed"
    library = ctypes.CDLL(name)
    library.icalrecur_expand_recurrence.argtypes = [
        *(ctypes.c_char_p, ctypes.c_long, ctypes.c_int),
        ctypes.POINTER(ctypes.c_long),
    ]
    return library


def ask(library: ctypes.CDLL, rule: str, start: date) -> list[date]:
    """The dates that libical gives, at nine in the morning in UTC."""
    found = (ctypes.c_long * MOST)()
    begin = int(datetime.combine(start, time(9), UTC).timestamp())
    # It wants an UNTIL of the start's kind; in the table UNTIL is a date, and stands last.
    text = f"{rule}T235959Z" if "UNTIL" in rule else rule
    library.icalrecur_expand_recurrence(text.encode(), begin, MOST, found)
    dates = [datetime.fromtimestamp(at, UTC).date() for at in found if at]
    return [on for on in dates if on <= end_of(start)]


def main() -> None:
    library = _library()
    asked = [*COMMON, *((str(start), rule) for rule in KINDS for start in STARTS)]
    lines = [
        f"{start} {rule} {digest(ask(library, rule, date.fromisoformat(start)))}\n"
        for start, rule in asked
    ]
    TABLE.write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main()
