"""Slots and reservations become iCalendar files that others read as they were meant."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.planning.calendar_file import (
    Entry,
    Status,
    clean,
    take_apart,
    write_feed,
    write_reservation,
    zone_name,
)
from firmhold.planning.calendar_slots import read_calendar
from tests.unit.planning.build import BERLIN, day, utc
from tests.unit.planning.offsets import PLACES


def an_entry(**said: Any) -> Entry:
    usual: dict[str, Any] = {
        "uid": "slot_0199",
        "starts_at": utc("2026-03-02T08:00"),
        "ends_at": utc("2026-03-02T08:30"),
        "title": "Vaccination",
        "changed_at": utc("2026-01-07T10:15:30"),
    }
    return Entry(**{**usual, **said})


def feed(*entries: Entry, **said: Any) -> str:
    return write_feed(entries, **{"name": "Clinic", **said}).decode()


def lines(text: str) -> list[str]:
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").split("\r\n")


def event_of(text: str) -> list[str]:
    found = lines(text)
    return found[found.index("BEGIN:VEVENT") : found.index("END:VEVENT") + 1]


def test_a_feed_of_a_site() -> None:
    entry = an_entry(
        location="Room 3", description="Bring a card.", sequence=4, capacity=12, available=5
    )
    assert lines(feed(entry, zone=BERLIN)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Firmhold//Firmhold//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Clinic",
        "X-WR-CALNAME:Clinic",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
        "X-WR-TIMEZONE:Europe/Berlin",
        "BEGIN:VEVENT",
        "UID:slot_0199",
        "DTSTAMP:20260107T101530Z",
        "LAST-MODIFIED:20260107T101530Z",
        "SEQUENCE:4",
        "DTSTART:20260302T080000Z",
        "DTEND:20260302T083000Z",
        "SUMMARY:Vaccination",
        "LOCATION:Room 3",
        "DESCRIPTION:Bring a card.",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "X-FIRMHOLD-CAPACITY:12",
        "X-FIRMHOLD-AVAILABLE:5",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_times_are_in_utc_so_that_no_program_has_to_work_out_a_zone() -> None:
    """Some read a zone's changes from yearly rules alone, and a summer day an hour wrong."""
    summer = an_entry(starts_at=utc("2026-07-06T07:00"), ends_at=utc("2026-07-06T08:00"))
    for text in (feed(summer, zone=BERLIN), feed(summer), write_reservation([summer]).decode()):
        assert {"DTSTART:20260706T070000Z", "DTEND:20260706T080000Z"} <= set(event_of(text))
        assert "TZID" not in text and "VTIMEZONE" not in text


@pytest.mark.parametrize("zone", [BERLIN, None])
def test_a_feed_with_nothing_in_it_is_a_calendar(zone: ZoneInfo | None) -> None:
    text = feed(zone=zone)
    assert read_calendar(text, BERLIN, day("2026-01-01"), day("2026-12-31")).slots == []
    # A calendar has at least one component (section 3.6).
    (only,) = icalendar.Calendar.from_ical(text).subcomponents
    assert (only.name, str(only["TZID"])) == ("VTIMEZONE", "UTC")
    (standard,) = only.subcomponents
    assert {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= set(standard)
    assert [it.name for it in icalendar.Calendar.from_ical(feed(an_entry())).subcomponents] == [
        "VEVENT"
    ]


def test_a_reservation_is_a_calendar_of_its_slots() -> None:
    hold = an_entry(uid="rsv_1", status=Status.TENTATIVE, busy=True, url="https://example.org/r/1")
    text = write_reservation([hold, an_entry(uid="rsv_1-2")]).decode()
    assert {"STATUS:TENTATIVE", "TRANSP:OPAQUE", "URL:https://example.org/r/1"} <= set(lines(text))
    assert text.count("BEGIN:VEVENT") == 2
    assert "REFRESH-INTERVAL" not in text


def test_the_same_is_written_the_same() -> None:
    assert feed(an_entry(), zone=BERLIN) == feed(an_entry(), zone=BERLIN)


def test_a_feed_may_be_asked_for_more_rarely() -> None:
    text = feed(refresh=timedelta(hours=6))
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT360M"} <= set(lines(text))


TEXTS = [
    ("a, b; c", r"a\, b\; c"),
    (r"C:\New", r"C:\\New"),
    ("one\r\ntwo\rthree\nfour", r"one\ntwo\nthree\nfour"),
    ("bell\a, null\0, escape\x1b[31m", r"bell\, null\, escape[31m"),
    ("a\u2028b\x85c", r"a\nb\nc"),
    ("half \ud83d a character", "half \ufffd a character"),
    ("END:VEVENT\r\nBEGIN:VEVENT", r"END:VEVENT\nBEGIN:VEVENT"),
    ("Ärztin 👩‍⚕️", "Ärztin 👩‍⚕️"),
]


@pytest.mark.parametrize(("text", "written"), TEXTS)
def test_a_text_is_escaped_and_cleaned(text: str, written: str) -> None:
    found = lines(feed(an_entry(title=text, location=text, description=text), name=text))
    for name in ("NAME", "X-WR-CALNAME", "SUMMARY", "LOCATION", "DESCRIPTION"):
        assert f"{name}:{written}" in found


def test_lines_are_folded_at_75_octets() -> None:
    text = feed(an_entry(title="Ärztin 👩‍⚕️, " * 40))
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"SUMMARY:{'Ärztin 👩‍⚕️, ' * 40}".replace(",", r"\,") in lines(text)


TEXT = st.text(max_size=120)


@given(TEXT, TEXT, TEXT)
def test_any_text_comes_back_as_it_was_but_cleaned(title: str, place: str, more: str) -> None:
    text = feed(an_entry(title=title, location=place, description=more), zone=BERLIN)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    read = read_calendar(text, BERLIN, day("2026-03-02"), day("2026-03-02"))
    assert read.problems == []
    slot = read.slots[0]
    for line, was in ((slot.title, title), (slot.location, place)):
        assert (line or "") == re.sub("[\t\n]+", " ", clean(was)).strip()
    assert (slot.description or "") == clean(more).strip()
    # And as the library reads it, which is not how we do.
    theirs = icalendar.Calendar.from_ical(text.encode()).events[0]
    assert str(theirs.get("SUMMARY", "")) == clean(title)


# --- times ---


@st.composite
def entries(draw: st.DrawFn) -> tuple[list[Entry], ZoneInfo]:
    place = draw(st.sampled_from(sorted(PLACES)))
    near = draw(st.sampled_from(PLACES[place].since[1:] or [utc("2015-06-01")]))
    minutes = st.integers(-300, 300)
    found = []
    for number in range(draw(st.integers(1, 4))):
        starts_at = near + timedelta(minutes=draw(minutes))
        ends_at = starts_at + timedelta(minutes=draw(st.integers(1, 300)))
        found.append(an_entry(uid=f"slot_{number}", starts_at=starts_at, ends_at=ends_at))
    return found, ZoneInfo(place)


@given(entries())
def test_instants_come_back_also_around_a_change_of_the_clocks(
    case: tuple[list[Entry], ZoneInfo],
) -> None:
    written, zone = case
    wanted = sorted((it.starts_at, it.ends_at, it.uid) for it in written)
    text = feed(*written, zone=zone)
    read = read_calendar(text, ZoneInfo("UTC"), day("2009-01-01"), day("2021-12-31"))
    assert sorted((it.starts_at, it.ends_at, it.uid) for it in read.slots) == wanted
    theirs = icalendar.Calendar.from_ical(text.encode()).events
    assert (
        sorted((it.start.astimezone(UTC), it.end.astimezone(UTC), str(it["UID"])) for it in theirs)
        == wanted
    )


# --- lines ---


def test_a_line_is_taken_apart() -> None:
    line = r'SUMMARY;language=de;ALTREP="http://x:1;y":a\, b\; c\nd\\n: e'
    assert take_apart(line) == (
        "SUMMARY",
        {"LANGUAGE": "de", "ALTREP": "http://x:1;y"},
        "a, b; c\nd\\n: e",
    )


@pytest.mark.parametrize("line", ["", "SUMMARY", ":value", "SUM MARY?:x", "A;B:c"])
def test_a_line_that_is_none_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="Content line could not be parsed"):
        take_apart(line)


def test_zones_of_windows_have_iana_names() -> None:
    assert zone_name("W. Europe Standard Time") == "Europe/Berlin"
    assert zone_name("Europe/Berlin") == "Europe/Berlin"
