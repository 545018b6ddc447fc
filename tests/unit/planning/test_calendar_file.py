"""Slots and reservations become iCalendar files that others read as they were meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "BEGIN:STANDARD",
        "DTSTART:20260301T090000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:slot_0199",
        "DTSTAMP:20260107T101530Z",
        "LAST-MODIFIED:20260107T101530Z",
        "SEQUENCE:4",
        "DTSTART;TZID=Europe/Berlin:20260302T090000",
        "DTEND;TZID=Europe/Berlin:20260302T093000",
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


def test_a_feed_without_a_zone_is_in_utc() -> None:
    text = feed(an_entry())
    assert "DTSTART:20260302T080000Z" in lines(text)
    assert "VTIMEZONE" not in text


def test_a_feed_with_nothing_in_it_is_a_calendar() -> None:
    assert (
        read_calendar(feed(zone=BERLIN), BERLIN, day("2026-01-01"), day("2026-12-31")).slots == []
    )


def test_a_reservation_is_a_calendar_of_its_slots() -> None:
    hold = an_entry(uid="rsv_1", status=Status.TENTATIVE, busy=True, url="https://example.org/r/1")
    text = write_reservation([hold, an_entry(uid="rsv_1-2")], zone=BERLIN).decode()
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
    for found, was in ((slot.title, title), (slot.location, place), (slot.description, more)):
        assert (found or "") == clean(was).strip()
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


def test_the_second_time_round_is_written_in_utc() -> None:
    twice = an_entry(starts_at=utc("2026-10-25T01:30"), ends_at=utc("2026-10-25T02:30"))
    found = event_of(feed(twice, zone=BERLIN))
    assert {"DTSTART:20261025T013000Z", "DTEND:20261025T023000Z"} <= set(found)
    once = an_entry(starts_at=utc("2026-10-25T00:30"), ends_at=utc("2026-10-25T02:30"))
    found = event_of(feed(once, zone=BERLIN))
    assert "DTSTART;TZID=Europe/Berlin:20261025T023000" in found


@pytest.mark.parametrize("place", PLACES)
def test_a_feed_explains_its_zone(place: str) -> None:
    first, last = utc("2010-02-01"), utc("2020-12-01")
    span = [an_entry(starts_at=at, ends_at=at + timedelta(hours=1)) for at in (first, last)]
    text = feed(*span, zone=ZoneInfo(place))
    (theirs,) = icalendar.Calendar.from_ical(text.encode()).timezones
    # Evaluated from the file alone, without the database.
    explained = theirs.to_tz(lookup_tzid=False)
    offsets = PLACES[place]
    moments = [first, last, *(it for it in offsets.since[1:] if first < it < last)]
    for at in moments:
        for minutes in (-1439, -61, -59, -1, 1, 59, 61, 1439):
            then = at + timedelta(minutes=minutes)
            local = (then + offsets.at(then)).replace(tzinfo=None)
            if offsets.to_instant(local) == then and not _in_overlap(local, offsets.since, place):
                assert local.replace(tzinfo=explained) - then == timedelta(0)


def _in_overlap(local: datetime, since: list[datetime], place: str) -> bool:
    """Whether the local time occurs twice; the library has no word for which one is meant."""
    offsets = PLACES[place]
    readings = {local.replace(tzinfo=since[0].tzinfo) - offset for offset in offsets.offsets}
    return sum(at + offsets.at(at) == local.replace(tzinfo=at.tzinfo) for at in readings) > 1


def test_summer_time_begins_by_the_clock_that_it_ends() -> None:
    span = [
        an_entry(starts_at=at, ends_at=at + timedelta(hours=1))
        for at in (utc("2026-01-10"), utc("2027-07-10"))
    ]
    text = feed(*span, zone=BERLIN)
    assert (
        "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
        "TZNAME:CEST\r\nRDATE:20270328T020000\r\nEND:DAYLIGHT\r\n"
    ) in text
    assert "BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\n" in text


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
