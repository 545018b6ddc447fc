"""What is not taken from an iCalendar file is reported with its line and the reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmhold.domain.errors import Refused
from firmhold.planning import calendar_slots
from firmhold.planning.calendar_lines import LONGEST_FILE, MAX_EVENTS
from firmhold.planning.calendar_slots import Problem, read_calendar
from tests.unit.planning.build import BERLIN, day, refused
from tests.unit.planning.calendars import FIRST, LAST, a_file, an_event, read, starts

BAD = [
    (an_event(uid=""), None, "has no UID"),
    (an_event("UID:2"), "1", "has UID twice, in lines 4 and 7"),
    (an_event(uid="x" * 256), "x" * 40 + "…", "UID has more than 255 characters"),
    (an_event(dtstart=""), "1", "has no DTSTART"),
    (an_event(dtstart="20260105"), "1", "lasts whole days; a slot needs a time of day"),
    (an_event("DTSTART;VALUE=DATE:20260105", dtstart=""), "1", "lasts whole days"),
    (an_event(dtstart="20260105T0900"), "1", "DTSTART in line 5 is no time"),
    (an_event(dtstart="20260230T090000"), "1", "DTSTART in line 5 is on no calendar or clock"),
    (an_event(dtstart="20260105T240000"), "1", "DTSTART in line 5 is on no calendar or clock"),
    (
        an_event(dtstart="16010101T000000"),
        "1",
        "DTSTART in line 5 is outside the years 1900 to 2199",
    ),
    (an_event("DTSTART;TZID=UTC:20260105T090000Z", dtstart=""), "1", "both in UTC and in a zone"),
    (
        an_event("DTSTART;TZID=Nowhere:20260105T090000", dtstart=""),
        "1",
        "TZID: 'Nowhere' is not a zone",
    ),
    (an_event(duration=""), "1", "has neither DTEND nor DURATION, so it takes no time"),
    (an_event(duration="PT0S"), "1", "does not end after it starts: see its DURATION"),
    (an_event(duration="-PT1H"), "1", "has no DURATION such as PT30M: '-PT1H'"),
    (an_event(duration="P"), "1", "has no DURATION such as PT30M: 'P'"),
    (an_event(duration="P1Y"), "1", "has no DURATION such as PT30M: 'P1Y'"),
    (an_event(duration="P367D"), "1", "lasts more than 366 days"),
    (an_event("DTEND:20260105T100000"), "1", "has both DTEND and DURATION"),
    (
        an_event("DTEND:20260105T090000", duration=""),
        "1",
        "does not end after it starts: see its DTEND",
    ),
    (an_event("DTEND:20260106", duration=""), "1", "has a date without a time of day in its DTEND"),
    (an_event("RRULE:FREQ=HOURLY"), "1", "RRULE.FREQ: HOURLY repeats within a day"),
    (an_event("RRULE:FREQ=WEEKLY;BYDAY=XX"), "1", "RRULE.BYDAY: must be days"),
    (an_event("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "1", "has RRULE twice"),
    (an_event("EXRULE:FREQ=DAILY"), "1", "has an EXRULE, which RFC 5545 no longer knows"),
    (an_event("EXDATE:soon"), "1", "EXDATE in line 7 is no time: 'soon'"),
    (an_event("RDATE;VALUE=DATE:20260106"), "1", "has an RDATE without a time of day in line 7"),
    (an_event("RDATE;VALUE=PERIOD:20260106T090000/P0D"), "1", "does not end after it starts"),
    (
        an_event("RDATE;VALUE=PERIOD:20260106T090000/20260106"),
        "1",
        "has a period without a time of day",
    ),
    (
        an_event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260105T090000"),
        "1",
        "changes all later ones too",
    ),
    (
        an_event("RECURRENCE-ID;VALUE=DATE:20260105"),
        "1",
        "has a RECURRENCE-ID without a time of day",
    ),
    (
        an_event("RECURRENCE-ID:20260105T090000", "RRULE:FREQ=DAILY"),
        "1",
        "has a RECURRENCE-ID and recurs itself",
    ),
    (an_event(summary="x" * 201), "1", "SUMMARY has more than 200 characters"),
    (an_event(description="x" * 4001), "1", "DESCRIPTION has more than 4,000 characters"),
    (
        an_event(x_firmhold_capacity="many"),
        "1",
        "X-FIRMHOLD-CAPACITY is no number up to",
    ),
    (an_event(x_firmhold_capacity="-1"), "1", "X-FIRMHOLD-CAPACITY is no number up to"),
    (an_event(sequence="9" * 12), "1", "SEQUENCE is no number up to 2,147,483,647"),
    (an_event("SUMMARY"), "1", "line 7 is not a property: a name, a colon and a value"),
    ("BEGIN:VEVENT\r\nUID:1", "1", "has no END:VEVENT before the next event in line 5"),
]


@pytest.mark.parametrize(("event", "uid", "reason"), BAD)
def test_a_bad_event_is_reported_and_the_good_ones_are_kept(
    event: str, uid: str | None, reason: str
) -> None:
    found = read(event, an_event(uid="good"))
    assert [slot.uid for slot in found.slots] == ["good"]
    ((line, of, why),) = found.problems
    assert (line, of) == (3, uid)
    assert reason in why


def test_what_is_not_needed_is_not_looked_at() -> None:
    alarm = ["BEGIN:VALARM", "TRIGGER:-PT5M", "DTSTART:nonsense", "DURATION:PT5M", "END:VALARM"]
    task = "BEGIN:VTODO\r\nUID:9\r\nDTSTART:nonsense\r\nEND:VTODO"
    found = read(an_event(*alarm, "ATTACH:" + "x" * 5000, "no property at all", "ÄÖÜ:x"), task)
    assert starts(found) == "01-05T08:00"


def test_line_ends_of_any_kind_are_read() -> None:
    text = a_file(an_event("SUMMARY:a", "  folded", "\tline"))
    for end in ("\r\n", "\n", "\r"):
        found = read_calendar(text.replace("\r\n", end), BERLIN, FIRST, LAST)
        assert [(slot.line, slot.title) for slot in found.slots] == [(3, "a foldedline")]
    assert read_calendar(f"\ufeff{text}", BERLIN, FIRST, LAST) == found


def test_several_calendars_in_one_file_are_read() -> None:
    text = a_file(an_event()) + a_file(an_event(uid="2", dtstart="20260106T090000"))
    found = read_calendar(text, BERLIN, FIRST, LAST)
    assert starts(found) == "01-05T08:00 01-06T08:00"


def test_a_file_that_was_cut_off_says_so() -> None:
    text = a_file(an_event(), an_event(uid="2"))
    found = read_calendar(text[: text.rindex("DURATION")], BERLIN, FIRST, LAST)
    assert [slot.uid for slot in found.slots] == ["1"]
    assert found.problems == [
        Problem(8, "2", "has no END:VEVENT"),
        Problem(10, None, "the file ends without END:VCALENDAR; it may be cut off"),
    ]


# --- bounds ---

NO_FILES = ["", "\n", "title,starts_at\n", "BEGIN:VCARD\nEND:VCARD\n", "{}", "BEGIN:VEVENT\n"]


@pytest.mark.parametrize("text", NO_FILES)
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with refused("file", "is not an iCalendar file; one starts BEGIN:VCALENDAR"):
        read_calendar(text, BERLIN, FIRST, LAST)


def test_inverted_and_endless_windows_are_refused() -> None:
    with refused("to", "2025-12-31 is before 2026-01-01"):
        read(last=day("2025-12-31"))
    with refused("to", "is more than 36,521 days after 2026-01-01"):
        read(last=day("2126-01-01"))


def test_too_much_is_refused() -> None:
    with refused("file", "is longer than"):
        read_calendar("BEGIN:VCALENDAR\n" + "x" * LONGEST_FILE, BERLIN, FIRST, LAST)
    with refused("file", "is nested too deep at line 12"):
        read("BEGIN:X\r\n" * 20)
    with refused("file", "has more than 20,000 events"):
        read("BEGIN:VEVENT\r\n" * (MAX_EVENTS + 1))
    with refused("file", "has more than 1,000 recurring events"):
        read(*(an_event("RRULE:FREQ=YEARLY", uid=str(n)) for n in range(1001)))
    with refused("file", "makes more than 10,000 slots from 2026-01-01 to 2029-12-31"):
        read(*(an_event("RRULE:FREQ=DAILY", uid=str(n)) for n in range(14)), last=day("2029-12-31"))
    found = read(an_event("RDATE:" + ",".join(["20260105T090000"] * 5001)))
    assert found.problems[0].reason == "has more than 5,000 dates in its RDATE"


HARMFUL = (
    "RRULE:FREQ=YEARLY;COUNT=20000;BYMONTHDAY="
    + ",".join(map(str, range(1, 32)))
    + ";BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366"
)
"""Looks at every day since 1900, and falls on one in four years."""


def test_a_file_that_takes_too_long_to_expand_is_refused_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendar_slots, "MAX_DAYS", 100_000)
    events = [an_event(HARMFUL, uid=str(n), dtstart="19000101T090000") for n in range(3)]
    assert read(*events[:2]).problems == []
    with refused("file", "more than 100,000 days"):
        read(*events)


def test_a_thousand_weekly_sessions_are_far_from_too_long() -> None:
    events = (an_event("RRULE:FREQ=WEEKLY;COUNT=10", uid=str(n)) for n in range(1000))
    found = read(*events)
    assert (len(found.slots), found.problems) == (10_000, [])


def test_a_rule_that_gives_too_much_by_itself_is_a_bad_event() -> None:
    forever = an_event("RRULE:FREQ=DAILY", dtstart="19500101T090000")
    found = read(forever, an_event(uid="2"), first=day("1950-01-01"), last=day("2020-01-01"))
    assert "falls on more than 20,000 dates" in found.problems[0].reason
    assert (found.slots, found.outside) == ([], 1)


# --- whatever the file ---

NAMES = ["UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"]
VALUES = st.sampled_from(
    [
        *("1", "20260105T090000", "20260105T090000Z", "20260105", "PT1H", "P1D", "FREQ=DAILY"),
        *("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "20260105T090000/PT1H", "", ",", "/", "CANCELLED"),
    ]
)
PARAMS = st.sampled_from(
    ["", ";TZID=Europe/Berlin", ";VALUE=DATE", ";TZID=", ";X", ';A="', ";RANGE=X"]
)
ROWS = st.tuples(
    st.sampled_from([*NAMES, "STATUS", "BEGIN", "END"]), PARAMS, VALUES | st.text(max_size=8)
)


@settings(max_examples=150)
@given(st.lists(ROWS.map(lambda row: f"{row[0]}{row[1]}:{row[2]}"), max_size=8))
def test_any_event_is_read_or_reported(rows: list[str]) -> None:
    event = "\r\n".join(["BEGIN:VEVENT", *rows, "END:VEVENT"])
    found = read(event, an_event(uid="good"))
    accounted = {slot.line for slot in found.slots} | {it.line for it in found.problems}
    assert accounted or found.outside or found.cancelled
    for slot in found.slots:
        assert slot.starts_at < slot.ends_at


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_calendar(f"BEGIN:VCALENDAR\nVERSION:2.0\n{text}", BERLIN, FIRST, LAST)
    with pytest.raises(Refused):
        read_calendar(f"x{text}", BERLIN, FIRST, LAST)
