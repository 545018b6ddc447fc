"""Slots from files through the native door: what is taken, what is not, and why."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from firmhold.engine import slot_import, slot_reading
from firmhold.planning import calendar_slots
from tests.doors.client import Api, at, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEADER = "title,starts_at,minutes,capacity,room,practitioner,price_amount,price_currency"


async def send(
    api: Api,
    site: str,
    content: str | bytes,
    media_type: str = "text/csv",
    *,
    key: str | None = None,
    token: str | None = None,
    **query: Any,
) -> httpx.Response:
    return await api.post(
        "/v1/slots/import",
        token or api.operator,
        content=content if isinstance(content, bytes) else content.encode(),
        headers={"content-type": media_type},
        key=key,
        site=site,
        **query,
    )


def rows(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def calendar(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{body}END:VCALENDAR\r\n"


def ical(hours: float) -> str:
    return at(hours).replace("-", "").replace(":", "")


async def titles(api: Api, site: str) -> list[str]:
    return [slot["title"] for slot in await api.walk("/v1/slots", api.operator, site=site)]


# --- CSV ---


async def test_rows_become_slots_with_their_room_and_practitioner(api: Api) -> None:
    site = (await api.site(zone="Europe/Berlin"))["id"]
    room, doctor = await api.pool(), await api.pool("practitioner")
    content = rows(
        f"Check-up,{at(30)},20,2,{room['name']},{doctor['name']},4900,EUR",
        '"Blood, drawn",2035-03-06T09:00,15,4,,,,',
    )
    done = ok(await send(api, site, content), 201)
    assert done == {
        "created": 2,
        "rejected": [],
        "rejected_count": 0,
        "outside": 0,
        "cancelled": 0,
    }
    one, two = await api.walk("/v1/slots", api.operator, site=site)
    assert (one["title"], one["capacity"], one["starts_at"]) == ("Check-up", 2, at(30))
    assert (one["room"]["id"], one["practitioner"]["id"]) == (room["id"], doctor["id"])
    assert one["price"] == {"amount": 4900, "currency": "EUR"}
    assert (two["title"], two["starts_at"]) == ("Blood, drawn", "2035-03-06T08:00:00Z")


BAD_ROWS = {
    2: (f"A,{at(30)},20,many,,,,", "capacity"),
    3: (f"B,{at(31)},20,1,No such room,,,", "room"),
    4: (f"C,{at(32)},20,1,,Dr. Nobody,,", "practitioner"),
    5: ("D,2035-02-30T09:00,20,1,,,,", "starts_at"),
    6: ("E,2020-01-01T09:00,20,1,,,,", "starts_at"),
    7: (f"F,{at(33)},20", None),
    8: (f"G,{at(34)},20,1,,,100,", "price_currency"),
}


async def test_bad_rows_are_named_and_nothing_is_kept_unless_asked_for(api: Api) -> None:
    site = (await api.site())["id"]
    good = f"Good,{at(40)},20,1,,,,"
    content = rows(*(row for row, _ in BAD_ROWS.values()), good)
    before = await api.checksum()
    found = problem(await send(api, site, content), "malformed_request")
    assert found["field"] == "file"
    told = {row["line"]: row["field"] for row in found["rejected"]}
    assert told == {line: field for line, (_, field) in BAD_ROWS.items()}
    assert found["rejected_count"] == len(BAD_ROWS)
    for row in found["rejected"]:
        assert row["reason"] and "`" not in row["reason"]
    assert await api.checksum() == before
    done = ok(await send(api, site, content, on_error="skip"), 201)
    assert (done["created"], done["rejected_count"]) == (1, len(BAD_ROWS))
    assert {row["line"]: row["field"] for row in done["rejected"]} == {
        line: field for line, (_, field) in BAD_ROWS.items()
    }
    assert await titles(api, site) == ["Good"]


async def test_rows_that_want_one_room_at_one_time_are_told(api: Api) -> None:
    site, room = (await api.site())["id"], await api.pool()
    await api.slot(site, room=room["id"], starts_at=at(30), minutes=60)
    content = rows(
        f"Taken,{at(30.5)},30,1,{room['name']},,,",
        f"First,{at(40)},60,1,{room['name']},,,",
        f"Second,{at(40.5)},60,1,{room['name']},,,",
    )
    before = await api.checksum()
    found = problem(await send(api, site, content, on_error="abort"), "malformed_request")
    assert [row["line"] for row in found["rejected"]] == [2, 4]
    assert room["name"] in found["rejected"][0]["reason"]
    assert await api.checksum() == before
    done = ok(await send(api, site, content, on_error="skip"), 201)
    assert (done["created"], [row["line"] for row in done["rejected"]]) == (1, [2, 4])


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "header"),
        (b"title,starts_at\n", "header"),
        (b"title;starts_at;minutes;capacity\n", "header"),
        (b"name,starts_at,minutes,capacity\n", "header"),
        (b"title,starts_at,minutes,capacity\nA,\xff\xfe,20,1\n", "file"),
        ("title,starts_at,minutes,capacity\n".encode("utf-16"), "file"),
    ],
)
async def test_a_file_that_is_none_is_refused(api: Api, content: bytes, field: str) -> None:
    site = (await api.site())["id"]
    before = await api.checksum()
    for on_error in ("skip", "abort"):
        response = await send(api, site, content, on_error=on_error)
        assert problem(response, "malformed_request")["field"] == field
    assert await api.checksum() == before


async def test_a_file_has_a_type_and_a_size_and_a_site(api: Api) -> None:
    site = (await api.site())["id"]
    for media_type in ("application/json", "text/plain", "", "text/csv2", "multipart/form-data"):
        response = await send(api, site, rows(), media_type)
        assert problem(response, "malformed_request")["field"] == "Content-Type"
    ok(await send(api, site, rows(), "Text/CSV; charset=utf-8"), 201)
    limit = api.shop.services.body_limit * 64
    response = await send(api, site, b"x" * (limit + 1))
    assert problem(response, "malformed_request", 413)["body_limit"] == limit
    for wrong in ("site_" + "0" * 32, "x", (await api.pool())["id"]):
        problem(await send(api, wrong, rows()), "not_found")
    response = await send(api, site, rows(), on_error="maybe")
    assert problem(response, "malformed_request")["field"] == "on_error"
    for token in (api.customer, api.auditor):
        problem(await send(api, site, rows(), token=token), "forbidden")


async def test_more_slots_than_are_published_at_once_are_told_in_numbers(api: Api) -> None:
    site = (await api.site())["id"]
    content = rows(*(f"x,{at(30)},20,1,,,," for _ in range(10_001)))
    found = problem(await send(api, site, content), "malformed_request")
    assert "10,001" in found["reason"] and "10,000" in found["reason"]


async def test_a_file_is_taken_once_under_its_key(api: Api) -> None:
    site, other = (await api.site())["id"], (await api.site())["id"]
    content, key = rows(f"A,{at(30)},20,1,,,,", f"B,{at(31)},20,1,,,,"), fresh("key")
    answers = await asyncio.gather(*(send(api, site, content, key=key) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert await titles(api, site) == ["A", "B"]
    for more in ({"site": other}, {"site": site, "on_error": "skip"}):
        response = await send(api, content=content, key=key, **more)
        problem(response, "idempotency_key_reused")


# --- calendars ---


async def test_events_become_slots_and_recurring_ones_many(api: Api) -> None:
    site, room = (await api.site(zone="Europe/Berlin"))["id"], await api.pool()
    first = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y%m%d")
    content = calendar(
        f"UID:one\r\nSUMMARY:Ward round\r\nDTSTART:{ical(30)}\r\nDURATION:PT30M\r\n"
        f"LOCATION:{room['name']}\r\nX-FIRMHOLD-CAPACITY:3",
        f"UID:two\r\nSUMMARY:Daily\r\nDTSTART:{first}T100000\r\nDURATION:PT1H\r\n"
        "RRULE:FREQ=DAILY;COUNT=5\r\nLOCATION:Somewhere else",
        f"UID:three\r\nSUMMARY:Off\r\nDTSTART:{ical(30)}\r\nDURATION:PT1H\r\nSTATUS:CANCELLED",
        "UID:four\r\nSUMMARY:Long ago\r\nDTSTART:20010101T100000Z\r\nDURATION:PT1H",
    )
    done = ok(await send(api, site, content, "text/calendar"), 201)
    assert (done["created"], done["outside"], done["cancelled"]) == (6, 1, 1)
    slots = await api.walk("/v1/slots", api.operator, site=site)
    one = next(slot for slot in slots if slot["title"] == "Ward round")
    assert (one["room"]["id"], one["capacity"]) == (room["id"], 3)
    assert one["metadata"] == {"calendar": {"uid": "one"}}
    daily = [slot for slot in slots if slot["title"] == "Daily"]
    assert len(daily) == 5 and daily[0]["room"] is None
    assert daily[0]["metadata"]["calendar"]["location"] == "Somewhere else"


async def test_bad_events_are_named_by_line_and_uid(api: Api) -> None:
    site, room = (await api.site())["id"], await api.pool()
    content = calendar(
        f"UID:good\r\nSUMMARY:Good\r\nDTSTART:{ical(30)}\r\nDURATION:PT30M",
        f"UID:nameless\r\nDTSTART:{ical(31)}\r\nDURATION:PT30M",
        "UID:feb\r\nSUMMARY:x\r\nDTSTART:20350230T100000Z\r\nDURATION:PT30M",
        "UID:day\r\nSUMMARY:x\r\nDTSTART;VALUE=DATE:20350201",
        f"UID:room-1\r\nSUMMARY:x\r\nDTSTART:{ical(40)}\r\nDURATION:PT1H\r\n"
        f"LOCATION:{room['name']}",
        f"UID:room-2\r\nSUMMARY:x\r\nDTSTART:{ical(40.5)}\r\nDURATION:PT1H\r\n"
        f"LOCATION:{room['name']}",
    )
    before = await api.checksum()
    found = problem(await send(api, site, content, "text/calendar"), "malformed_request")
    assert [row["uid"] for row in found["rejected"]] == ["nameless", "feb", "day", "room-2"]
    assert await api.checksum() == before
    done = ok(await send(api, site, content, "text/calendar", on_error="skip"), 201)
    assert done["created"] == 2
    by_uid = {row["uid"]: row for row in done["rejected"]}
    assert set(by_uid) == {"nameless", "feb", "day", "room-2"}
    assert by_uid["room-2"]["line"] == 33 and room["name"] in by_uid["room-2"]["reason"]


async def test_an_event_that_is_there_already_is_not_taken_again(api: Api) -> None:
    site, other = (await api.site())["id"], (await api.site())["id"]
    daily = "UID:daily\r\nSUMMARY:Round\r\nDURATION:PT1H"
    first = f"{daily}\r\nDTSTART:{ical(30)}\r\nRRULE:FREQ=DAILY;COUNT=3"
    longer = f"{daily}\r\nDTSTART:{ical(30)}\r\nRRULE:FREQ=DAILY;COUNT=4"
    answers = await asyncio.gather(
        *(send(api, site, calendar(first), "text/calendar", on_error="skip") for _ in range(4))
    )
    assert sorted(ok(answer, 201)["created"] for answer in answers) == [0, 0, 0, 3]
    found = problem(await send(api, site, calendar(longer), "text/calendar"), "malformed_request")
    assert "is there already, as slot_" in found["rejected"][0]["reason"]
    done = ok(await send(api, site, calendar(longer), "text/calendar", on_error="skip"), 201)
    assert (done["created"], done["rejected_count"]) == (1, 3)
    assert ok(await send(api, other, calendar(first), "text/calendar"), 201)["created"] == 3
    for slot in await api.walk("/v1/slots", api.operator, site=site):
        ok(await api.delete(f"/v1/slots/{slot['id']}", api.operator))
    again = ok(await send(api, site, calendar(first), "text/calendar"), 201)
    assert again["created"] == 3, "what was withdrawn may come again"


@pytest.mark.parametrize(
    "content",
    [b"", b"BEGIN:VEVENT", b"hello", calendar("UID:x")[:-8].encode() + b"\xff"],
)
async def test_a_calendar_that_is_none_is_refused(api: Api, content: bytes) -> None:
    site = (await api.site())["id"]
    response = await send(api, site, content, "text/calendar")
    assert problem(response, "malformed_request")["field"] == "file"


async def test_a_calendar_that_means_harm_is_refused_or_read_in_time(api: Api) -> None:
    site = (await api.site())["id"]
    start = f"DTSTART:{ical(30)}\r\nDURATION:PT1M"
    many = "RRULE:FREQ=DAILY"
    content = calendar(*(f"UID:{n}\r\nSUMMARY:x\r\n{start}\r\n{many}" for n in range(200)))
    response = await send(api, site, content, "text/calendar", on_error="skip")
    assert problem(response, "malformed_request")["field"] == "file"
    nested = "BEGIN:VCALENDAR\r\n" + "BEGIN:X\r\n" * 50
    response = await send(api, site, nested, "text/calendar")
    assert problem(response, "malformed_request")["field"] == "file"


async def test_one_file_is_read_at_a_time_and_others_wait_or_are_told_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = (await api.site())["id"]
    begun, may_end = threading.Event(), threading.Event()

    def slowly(*given: Any) -> Any:
        begun.set()
        may_end.wait(10)
        return slot_reading.read(*given)

    monkeypatch.setattr(slot_import, "read", slowly)
    importing = api.shop.services.slot_import
    first = asyncio.create_task(send(api, site, rows(f"First,{at(30)},20,1,,,,")))
    try:
        await asyncio.to_thread(begun.wait, 60)
        # Nobody waits for it any more. The file is being read all the same.
        first.cancel()
        problem(await first, "overloaded")
        patience, importing.patience = importing.patience, 0.01
        problem(await send(api, site, rows(f"Second,{at(31)},20,1,,,,")), "overloaded")
        importing.patience = patience
        third = asyncio.create_task(send(api, site, rows(f"Third,{at(32)},20,1,,,,")))
    finally:
        may_end.set()
    assert ok(await third, 201)["created"] == 1
    assert await titles(api, site) == ["Third"]


async def test_a_file_that_is_none_lets_the_next_one_be_read(api: Api) -> None:
    site = (await api.site())["id"]
    for _ in range(3):
        problem(await send(api, site, b"\xff", "text/calendar"), "malformed_request")
    assert ok(await send(api, site, rows(f"A,{at(30)},20,1,,,,")), 201)["created"] == 1


async def test_a_rule_that_means_harm_costs_its_own_file_and_little_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_slots, "MAX_DAYS", 100_000)
    site = (await api.site())["id"]
    rule = "FREQ=YEARLY;COUNT=20000;BYMONTHDAY=1,2,3,4,5;BYDAY=MO,TU,WE;BYSETPOS=366"
    event = f"SUMMARY:x\r\nDTSTART:19000101T090000\r\nDURATION:PT1H\r\nRRULE:{rule}"
    content = calendar(*(f"UID:{n}\r\n{event}" for n in range(20)))
    response = await send(api, site, content, "text/calendar", on_error="skip")
    assert "100,000 days" in problem(response, "malformed_request")["reason"]


async def test_what_began_earlier_today_is_counted_as_outside(api: Api) -> None:
    site = (await api.site(zone="UTC"))["id"]
    past = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y%m%dT%H%M%SZ")
    content = calendar(f"UID:past\r\nSUMMARY:x\r\nDTSTART:{past}\r\nDURATION:PT1H")
    done = ok(await send(api, site, content, "text/calendar"), 201)
    assert (done["created"], done["outside"], done["rejected_count"]) == (0, 1, 0)


async def test_times_without_a_zone_are_in_the_one_that_is_said(api: Api) -> None:
    site = (await api.site(zone="Europe/Berlin"))["id"]
    event = "SUMMARY:{0}\r\nUID:{0}\r\nDTSTART{1}:20350105T090000\r\nDURATION:PT1H"
    year = (datetime.now(UTC) + timedelta(days=90)).year
    events = calendar(event.format("a", ""), event.format("b", ";TZID=Our Clinic"))
    events = events.replace("2035", str(year))
    found = problem(await send(api, site, events, "text/calendar"), "malformed_request")
    assert "say with zone" in found["rejected"][0]["reason"]
    nowhere = await send(api, site, events, "text/calendar", zone="Nowhere")
    assert problem(nowhere, "malformed_request")["field"] == "zone"
    ok(await send(api, site, events, "text/calendar", zone="America/New_York"), 201)
    table = rows("c,2035-01-05T09:00,20,1,,,,")
    ok(await send(api, site, table, zone="Asia/Tokyo"), 201)
    seen = {it["title"]: it["starts_at"] for it in await api.walk("/v1/slots", None, site=site)}
    assert {title: at[10:] for title, at in seen.items()} == {
        "a": "T14:00:00Z",
        "b": "T14:00:00Z",
        "c": "T00:00:00Z",
    }


async def test_the_books_are_in_order_after_all_this(stage: Api) -> None:
    assert (await stage.shop.verify()).ok
