"""Every kind of rule that is read, and how two libraries read some of them otherwise.

The libraries are python-dateutil 4.0, which the tests ask, and libical 3.0.16, whose answers are
written down in `libical.txt`. A kind that stands in neither of the two lists below is read alike by
Firmhold and both of them, from each of `STARTS` on for ten years. The lists say how a library
differs, and what RFC 5545 says about it; the tests see to it that no entry is missing and none is
superfluous.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.unit.planning.build import day

KINDS = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYMONTH=2,12;BYDAY=SA,SU",
    "FREQ=DAILY;BYMONTHDAY=-1,1",
    "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR;BYSETPOS=1",
    "FREQ=DAILY;INTERVAL=11;BYMONTH=5",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=WE",
    "FREQ=WEEKLY;BYMONTH=1;WKST=SU",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,TU,SA;BYSETPOS=-2",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTH=2,4,6;BYMONTHDAY=29,30,31",
    "FREQ=MONTHLY;BYDAY=-5MO",
    "FREQ=MONTHLY;BYDAY=MO,2TU,-1FR",
    "FREQ=MONTHLY;INTERVAL=7;BYDAY=SU;BYSETPOS=-1,2",
    "FREQ=MONTHLY;BYMONTHDAY=-7,-6,-5;BYDAY=TU",
    "FREQ=MONTHLY;BYMONTHDAY=1,15;BYSETPOS=2",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=2,3",
    "FREQ=YEARLY;BYMONTHDAY=31,-31",
    "FREQ=YEARLY;BYDAY=MO",
    "FREQ=YEARLY;BYDAY=TH,53FR,-53SA,1SU",
    "FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYDAY=5SA,-1MO",
    "FREQ=YEARLY;BYYEARDAY=1,-1,60,366,-366",
    "FREQ=YEARLY;BYYEARDAY=100,101,102;BYDAY=MO,2TU",
    "FREQ=YEARLY;BYMONTH=4;BYYEARDAY=91,100,-250",
    "FREQ=YEARLY;BYYEARDAY=13,44;BYMONTHDAY=13",
    "FREQ=YEARLY;BYWEEKNO=1",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU",
    "FREQ=YEARLY;BYWEEKNO=1,52,53;BYDAY=TH",
    "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR",
    "FREQ=YEARLY;BYWEEKNO=-53,-52;BYDAY=MO,SU",
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,SU;WKST=SU;INTERVAL=2",
    "FREQ=YEARLY;BYWEEKNO=20,40;BYMONTHDAY=1,15,28",
    "FREQ=YEARLY;BYWEEKNO=-51,27;BYMONTH=1,7;WKST=TH",
    "FREQ=YEARLY;BYMONTH=12;BYDAY=MO,TU;BYSETPOS=-1,1",
    "FREQ=YEARLY;BYWEEKNO=10,11;BYSETPOS=2",
    "FREQ=YEARLY;BYDAY=MO;BYSETPOS=-3,40",
    "FREQ=YEARLY;BYMONTHDAY=31;BYSETPOS=7",
    "FREQ=YEARLY;INTERVAL=4",
]
STARTS = [day("2010-01-03"), day("2025-12-31"), day("2026-01-07"), day("2028-02-29")]
"""The first begins the ten years that are compared instant by instant; see `offsets`."""


class Differs(NamedTuple):
    """How a library reads a kind of rule, and what RFC 5545, section 3.3.10, says about it."""

    how: str
    rfc: str
    words: tuple[str, ...] = ()
    """The same days in words that the library does not misread, where there are such words: all
    dates of these rules, `{day}` being the weekday of the start."""


# Sentences of section 3.3.10, word by word.
ALL_DAYS = (
    "If an integer modifier is not present, it means all days of this type within the specified"
    " frequency."
)
APPLIED = (
    "If multiple BYxxx rule parts are specified, then after evaluating the specified FREQ and"
    " INTERVAL rule parts, the BYxxx rule parts are applied to the current set of evaluated"
    " occurrences in the following order: BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYHOUR,"
    " BYMINUTE, BYSECOND and BYSETPOS; then COUNT and UNTIL are evaluated."
)
EXPANDED = (
    "BYxxx rule parts for a period of time less than the frequency generally increase or expand the"
    " number of occurrences of the recurrence."
)
FOUR_DAYS = (
    "Week number one of the calendar year is the first week that contains at least four (4) days in"
    " that calendar year."
)
FROM_THE_END = "For example, -10 represents the tenth to the last day of the month."
FROM_THE_START = (
    "Information, not contained in the rule, necessary to determine the various recurrence instance"
    ' start time and dates are derived from the Start Time ("DTSTART") component attribute.'
)
IN_ONE_INTERVAL = (
    "BYSETPOS operates on a set of recurrence instances in one interval of the recurrence rule."
)
NAMES_OF_DAYS = "SU indicates Sunday; MO indicates Monday; TU indicates Tuesday"
OTHER_YEARS = (
    'First, the "INTERVAL=2" would be applied to "FREQ=YEARLY" to arrive at "every other year".'
)
WHOLE_INTERVAL = (
    "A set of recurrence instances starts at the beginning of the interval defined by the FREQ rule"
    " part."
)

_MIXED = "takes days with and without a number together for days that are both: there are none"
_WHOLE_WEEKS = "takes all seven days of the week, whatever the weekday of the start"

DATEUTIL_DIFFERS = {
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1": Differs(
        "begins the set of the first week at the start, and so takes a Wednesday for its first",
        WHOLE_INTERVAL,
        ("FREQ=WEEKLY;BYDAY=MO",),
    ),
    "FREQ=MONTHLY;BYDAY=MO,2TU,-1FR": Differs(
        _MIXED, ALL_DAYS, ("FREQ=MONTHLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=2TU,-1FR")
    ),
    "FREQ=YEARLY;BYDAY=TH,53FR,-53SA,1SU": Differs(
        _MIXED, ALL_DAYS, ("FREQ=YEARLY;BYDAY=TH", "FREQ=YEARLY;BYDAY=53FR,-53SA,1SU")
    ),
    # The second Tuesday of a year is never its hundredth day, so Monday alone says the same.
    "FREQ=YEARLY;BYYEARDAY=100,101,102;BYDAY=MO,2TU": Differs(
        _MIXED, ALL_DAYS, ("FREQ=YEARLY;BYYEARDAY=100,101,102;BYDAY=MO",)
    ),
    "FREQ=YEARLY;BYWEEKNO=1": Differs(
        _WHOLE_WEEKS, FROM_THE_START, ("FREQ=YEARLY;BYWEEKNO=1;BYDAY={day}",)
    ),
    "FREQ=YEARLY;BYWEEKNO=-51,27;BYMONTH=1,7;WKST=TH": Differs(
        _WHOLE_WEEKS,
        FROM_THE_START,
        ("FREQ=YEARLY;BYWEEKNO=-51,27;BYMONTH=1,7;WKST=TH;BYDAY={day}",),
    ),
    "FREQ=YEARLY;BYWEEKNO=10,11;BYSETPOS=2": Differs(
        _WHOLE_WEEKS, FROM_THE_START, ("FREQ=YEARLY;BYWEEKNO=10,11;BYDAY={day};BYSETPOS=2",)
    ),
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU": Differs(
        "puts 2 January 2011, the Sunday of week 52 of 2010, into a week 53", FOUR_DAYS
    ),
    "FREQ=YEARLY;BYWEEKNO=-53,-52;BYDAY=MO,SU": Differs(
        "leaves out the Mondays of first weeks that lie in December", FOUR_DAYS
    ),
}

_NO_POSITIONS = "takes all the days, as if BYSETPOS were not there"
_ONE_MONTH = "stays in the month of the start"
_NOTHING = "finds nothing where these parts stand together, as its documentation says"
_OTHER_DAY = "takes another day of the week than that of the start, or none"
_LAST_WEEK = "leaves out the last week of some years"

LIBICAL_DIFFERS = {
    "FREQ=DAILY;BYMONTHDAY=-1,1": Differs(
        "leaves out days that are counted from the end of the month", FROM_THE_END
    ),
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1": Differs(_NO_POSITIONS, IN_ONE_INTERVAL),
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,TU,SA;BYSETPOS=-2": Differs(_NO_POSITIONS, IN_ONE_INTERVAL),
    "FREQ=YEARLY;BYMONTHDAY=31,-31": Differs(_ONE_MONTH, EXPANDED),
    "FREQ=YEARLY;BYMONTHDAY=31;BYSETPOS=7": Differs(_ONE_MONTH, EXPANDED),
    "FREQ=YEARLY;BYMONTH=4;BYYEARDAY=91,100,-250": Differs(_NOTHING, APPLIED),
    "FREQ=YEARLY;BYYEARDAY=13,44;BYMONTHDAY=13": Differs(_NOTHING, APPLIED),
    "FREQ=YEARLY;BYWEEKNO=20,40;BYMONTHDAY=1,15,28": Differs(_NOTHING, APPLIED),
    "FREQ=YEARLY;BYWEEKNO=-51,27;BYMONTH=1,7;WKST=TH": Differs(_NOTHING, APPLIED),
    "FREQ=YEARLY;BYWEEKNO=1": Differs(_OTHER_DAY, FROM_THE_START),
    "FREQ=YEARLY;BYWEEKNO=10,11;BYSETPOS=2": Differs(_OTHER_DAY, FROM_THE_START),
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU": Differs(
        "takes Mondays of first weeks that lie in December, such as 29 December 2014", FOUR_DAYS
    ),
    "FREQ=YEARLY;BYWEEKNO=1,52,53;BYDAY=TH": Differs(_LAST_WEEK, FOUR_DAYS),
    "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR": Differs(_LAST_WEEK, FOUR_DAYS),
    "FREQ=YEARLY;BYWEEKNO=-53,-52;BYDAY=MO,SU": Differs(
        "takes 29 December 2026, a Tuesday", NAMES_OF_DAYS
    ),
    # The RFC does not say whether these years are those of the calendar or those that its weeks
    # belong to. python-dateutil and Firmhold take it literally.
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,SU;WKST=SU;INTERVAL=2": Differs(
        "counts days of December that lie in a first week to the next year", OTHER_YEARS
    ),
}

READ_BY_NEITHER = [
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1",
    "FREQ=YEARLY;BYWEEKNO=1",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU",
    "FREQ=YEARLY;BYWEEKNO=-53,-52;BYDAY=MO,SU",
    "FREQ=YEARLY;BYWEEKNO=-51,27;BYMONTH=1,7;WKST=TH",
    "FREQ=YEARLY;BYWEEKNO=10,11;BYSETPOS=2",
]
"""In these words. Four of them python-dateutil confirms in others, and for the two that count the
weeks of a year up to 53 the weeks of Python's own calendar answer; see `libraries`."""
