"""What a file says of its zones is compared with the database, and never quietly another time."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from firmhold.planning import calendar_slots
from tests.unit.planning.build import BERLIN, day, refused
from tests.unit.planning.calendars import an_event, read, starts

OUTLOOK = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def a_zone(name: str, *observances: str, place: str | None = None) -> str:
    """Each observance is when it begins, the offset until then, the one from then on, and perhaps
    more lines."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    if place is not None:
        lines.append(f"X-LIC-LOCATION:{place}")
    for observance in observances:
        begins, before, after, *more = observance.split(" ")
        lines += ["BEGIN:STANDARD", f"DTSTART:{begins}", f"TZOFFSETFROM:{before}"]
        lines += [f"TZOFFSETTO:{after}", *more, "END:STANDARD"]
    return "\r\n".join([*lines, "END:VTIMEZONE"])


def at(zone: str, time: str = "20260705T090000", *more: str) -> str:
    return an_event(f"DTSTART;TZID={zone}:{time}", *more, dtstart="")


def test_a_name_of_the_database_is_that_zone_whatever_the_file_calls_its_place() -> None:
    zone = OUTLOOK.format(name="Europe/Berlin\nX-LIC-LOCATION:America/New_York")
    assert starts(read(zone, at("Europe/Berlin"))) == "07-05T07:00"


def test_a_name_of_the_files_own_is_the_place_that_the_file_gives() -> None:
    zone = OUTLOOK.format(name="Our Clinic\nX-LIC-LOCATION:Europe/Berlin")
    assert starts(read(zone, at("Our Clinic"))) == "07-05T07:00"
    # Another file does not know it: nothing is remembered.
    assert "'Our Clinic' is not a zone" in read(at("Our Clinic")).problems[0].reason


def test_a_zone_that_nobody_knows_is_the_one_that_is_said_with_the_file() -> None:
    (problem,) = read(at("Custom")).problems
    assert "'Custom' is not a zone of the IANA database; say with zone " in problem.reason
    events = at("Custom"), an_event(uid="2"), at("Asia/Tokyo").replace("UID:1", "UID:3")
    found = read(*events, zone=ZoneInfo("America/New_York"))
    assert starts(found) == "01-05T14:00 07-05T00:00 07-05T13:00"
    # Days are the site's all the same.
    late = an_event(dtstart="20261231T200000")
    assert read(late, zone=ZoneInfo("America/New_York"), site=BERLIN).outside == 1


SAME = [
    OUTLOOK.format(name="W. Europe Standard Time"),
    a_zone("W. Europe Standard Time", "20260101T000000 +0100 +0100", "20260329T020000 +0100 +0200"),
    a_zone("W. Europe Standard Time", "20261025T030000 +0200 +0100"),
    a_zone(
        "W. Europe Standard Time",
        "19700101T000000 +0100 +0100",
        "19800406T020000 +0100 +0200 RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=19800406T010000Z",
        "20250330T020000 +0100 +0200 RDATE:20260329T020000",
        "20251026T030000 +0200 +0100 RDATE:20261025T030000",
    ),
    # What cannot be read is not compared.
    a_zone("W. Europe Standard Time", "20260101T000000 east +0900"),
    a_zone("W. Europe Standard Time", "20260101T000000 +0900 +0900 RRULE:FREQ=HOURLY"),
    a_zone("W. Europe Standard Time", "soon +0900 +0900"),
    a_zone("W. Europe Standard Time"),
]


@pytest.mark.parametrize("zone", SAME)
def test_a_zone_that_is_described_as_it_is_is_taken(zone: str) -> None:
    assert starts(read(zone, at("W. Europe Standard Time"))) == "07-05T07:00"


CHANGES = [
    ("20260329T015900", "03-29T00:59"),
    ("20260329T020000", "03-29T01:00"),
    ("20260329T023000", "03-29T01:30"),
    ("20260329T030000", "03-29T01:00"),
    ("20261025T023000", "10-25T00:30"),
    ("20261025T030000", "10-25T02:00"),
]


@pytest.mark.parametrize(("time", "expected"), CHANGES)
def test_around_a_change_of_the_clocks_a_description_means_what_we_mean(
    time: str, expected: str
) -> None:
    zone = OUTLOOK.format(name="Romance Standard Time")
    assert starts(read(zone, at("Romance Standard Time", time))) == expected


def test_an_event_that_the_file_has_at_another_time_than_we_would_is_a_problem() -> None:
    zone = a_zone("Europe/Berlin", "19700101T000000 +0100 +0100")
    summer, winter = at("Europe/Berlin"), at("Europe/Berlin", "20260105T090000")
    found = read(zone, summer, winter.replace("UID:1", "UID:2"))
    assert [slot.uid for slot in found.slots] == ["2"]
    ((line, uid, reason),) = found.problems
    assert (line, uid) == (11, "1")
    assert reason == (
        "is at 2026-07-05T09:00 in 'Europe/Berlin', which is +01:00 by the file and +02:00 in the "
        "IANA database"
    )


def test_a_recurring_event_is_a_problem_if_one_of_it_would_be_at_another_time() -> None:
    zone = a_zone("Europe/Berlin", "19700101T000000 +0100 +0100")
    weekly = at("Europe/Berlin", "20260105T090000", "RRULE:FREQ=MONTHLY;COUNT=12")
    found = read(zone, weekly)
    assert found.slots == []
    assert "is at 2026-04-05T09:00" in found.problems[0].reason
    assert len(read(zone, weekly, last=day("2026-03-20")).slots) == 3


def test_a_zone_that_is_said_with_the_file_is_compared_as_well() -> None:
    zone = a_zone("Custom", "19700101T000000 +0100 +0100")
    event = at("Custom", "20260105T090000")
    assert starts(read(zone, event, zone=BERLIN)) == "01-05T08:00"
    (problem,) = read(zone, event, zone=ZoneInfo("Europe/London")).problems
    assert "+01:00 by the file and +00:00" in problem.reason


def test_describing_a_zone_takes_no_more_work_than_a_file_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendar_slots, "MAX_DAYS", 5_000)
    rule = "RRULE:FREQ=YEARLY;BYMONTHDAY=1,2,3,4,5"
    zones = [a_zone(f"Z{n}", f"19700101T000000 +0100 +0100 {rule}") for n in range(50)]
    events = [at(f"Z{n}").replace("UID:1", f"UID:{n}") for n in range(50)]
    with refused("file", "more than 5,000 days"):
        read(*zones, *events, zone=BERLIN)
