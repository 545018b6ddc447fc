"""The appointments door: who has booked what, and that it is nobody else's business."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from firmhold.domain.model import Status
from firmhold.engine.pools import PoolKind
from tests.doors.client import EMAIL, OTHER_EMAIL, Api, Json, fresh, ok, problem
from tests.doors.ward import Ward, order
from tests.engine.clinic import DAY, HOUR, NINE
from tests.shop import Shop

# Ids of nothing; written out, so that every process that collects this names its tests alike.
NO_SITE = "site_0199" + "0" * 28
NO_SLOT = "slot_0199" + "0" * 28

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def schedule(ward: Ward, body: Json, token: str | None = None, **more: Any) -> httpx.Response:
    return await ward.api.post("/api/admin/slots", token or ward.api.operator, body, **more)


async def test_the_report_has_every_booking_with_its_patient(api: Api) -> None:
    ward = await Ward.of(api)
    theatre = await ward.named(PoolKind.ROOM, "Theatre 1")
    surgeon = await ward.named(PoolKind.PRACTITIONER, "Dr. Okafor")
    slot = await ward.slot(slot=[theatre, surgeon], title="Hip replacement")
    made = ok(await ward.book(slot, patientName="Nora Lindqvist", notes="Left hip"), 201)
    (line,) = await ward.reported()
    native = ok(await api.get(f"/v1/reservations/{made['bookingId']}", api.operator))
    assert line == {
        "bookingId": made["bookingId"],
        "status": "PENDING",
        "reason": None,
        "reservationStatus": "held",
        "patientId": api.user(api.customer),
        "patientName": "Nora Lindqvist",
        "patientEmail": EMAIL,
        "notes": "Left hip",
        "qty": 1,
        "slotId": slot,
        "title": "Hip replacement",
        "startsAt": NINE.isoformat().replace("+00:00", "Z"),
        "endsAt": (NINE + HOUR).isoformat().replace("+00:00", "Z"),
        "zone": "Europe/Berlin",
        "siteName": "Clinic",
        "room": "Theatre 1",
        "practitioner": "Dr. Okafor",
        "bookedAt": native["created_at"],
        "expiresAt": made["expiresAt"],
        "confirmedAt": None,
        "endedAt": None,
    }


async def test_the_report_tells_each_status_as_it_is_and_finds_by_it(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=10)
    ids = [ok(await ward.book(slot), 201)["bookingId"] for _ in range(6)]
    pending, firm, released, cancelled, expired, absent = ids
    for id in (firm, cancelled, absent):
        ok(await ward.confirm(slot, id))
    for id in (released, cancelled):
        ok(await ward.cancel(id))
    await ward.check_in(absent, Status.NO_SHOW)
    await api.shop.make_due(expired)  # last, so that nothing records it
    expected = {
        pending: ("PENDING", None, "held"),
        firm: ("CONFIRMED", None, "confirmed"),
        released: ("FAILED", "released", "released"),
        cancelled: ("FAILED", "cancelled", "cancelled"),
        expired: ("FAILED", "expired", "expired"),
        absent: ("CONFIRMED", None, "no_show"),
    }
    told = {
        it["bookingId"]: (it["status"], it["reason"], it["reservationStatus"])
        for it in await ward.reported()
    }
    assert told == expected
    for status in ("PENDING", "CONFIRMED", "FAILED"):
        found = {it["bookingId"] for it in await ward.reported(status=status, limit=1)}
        assert found == {id for id, it in expected.items() if it[0] == status}


async def test_the_report_has_the_latest_slots_first_and_is_found_by_site_slot_and_time(
    api: Api,
) -> None:
    ward = await Ward.of(api)
    elsewhere = await ward.new_site("Elsewhere")
    here = [await ward.slot(NINE + n * DAY, capacity=3) for n in range(3)]
    there = await ward.slot(NINE + 5 * DAY, site=elsewhere)
    booked: dict[str, list[str]] = {}
    for slot in (*here, *here, there):
        booked.setdefault(slot, []).append(ok(await ward.book(slot), 201)["bookingId"])
    item = await api.item(5)
    await api.hold(item["id"])

    async def found(**query: Any) -> list[str]:
        return [it["bookingId"] for it in await ward.reported(limit=2, **query)]

    in_order = [id for slot in (there, *here[::-1]) for id in booked[slot][::-1]]
    assert await found() == in_order
    assert await found(siteId=elsewhere) == booked[there]
    assert await found(siteId=ward.site) == in_order[1:]
    assert await found(slotId=here[1]) == booked[here[1]][::-1]
    assert await found(slotId=there, siteId=ward.site) == []
    assert await found(from_=(NINE + 2 * DAY).isoformat()) == in_order[:3]
    assert await found(to=(NINE + DAY).isoformat()) == booked[here[0]][::-1]
    empty = await ward.new_site("Empty")
    assert await found(siteId=empty) == []


async def test_a_reservation_of_several_slots_has_a_line_for_each(api: Api) -> None:
    ward = await Ward.of(api)
    item = (await api.item(3))["id"]
    slots = [await ward.slot(NINE + n * DAY) for n in range(3)]
    id = await ward.several("MRN-7", item, slots[0], slots[1])
    lines = await ward.reported()
    assert [(it["slotId"], it["bookingId"]) for it in lines] == [(slots[1], id), (slots[0], id)]
    part = {"lines": [{"slot": slots[1], "quantity": 1}]}
    response = await api.post(f"/v1/reservations/{id}/cancel", api.operator, part)
    if response.status_code == 200:  # as soon as the native API takes lines
        told = {it["slotId"]: it["status"] for it in await ward.reported()}
        assert told == {slots[1]: "FAILED", slots[0]: "CONFIRMED"}
    await ward.move(id, slots[2])
    assert [it["slotId"] for it in await ward.reported()] == [slots[2]]


async def test_patients_are_known_by_what_was_said_of_them(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=10)
    for patient in ("MRN-2041", "new@patients.example", api.user(api.other), "usr_" + "0" * 32):
        ok(await ward.book(slot, api.operator, patient), 201)
    await api.shop.held((slot, 1), metadata={"patient_name": ["not", "a", "name"]})
    lines = await ward.reported()
    assert {(it["patientId"], it["patientEmail"]) for it in lines} == {
        ("MRN-2041", None),
        ("new@patients.example", "new@patients.example"),
        (api.user(api.other), OTHER_EMAIL),
        ("usr_" + "0" * 32, None),
        (None, None),
    }
    assert {it["patientName"] for it in lines} == {None}


async def test_a_report_of_rare_bookings_is_walked_to_its_end(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page looks through so many slots and no more, and says where the next one begins."""
    monkeypatch.setattr("firmhold.engine.roster.SLOTS", 3)
    monkeypatch.setattr("firmhold.engine.roster.MOST_ROUNDS", 2)
    ward = await Ward.of(api)
    slots = [await ward.slot(NINE + n * HOUR, capacity=5) for n in range(20)]
    wanted = []
    for slot in slots:
        id = ok(await ward.book(slot), 201)["bookingId"]
        if slot in (slots[1], slots[18]):
            wanted.append(id)
        else:
            ok(await ward.cancel(id))
    for status in ("PENDING", None):
        found = [it["bookingId"] for it in await ward.reported(limit=2, status=status)]
        assert len(found) == len(set(found)) == (2 if status else 20)
        assert [id for id in found if id in wanted] == wanted[::-1]
    assert len(await ward.reported(status="FAILED", limit=500)) == 18


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\uff1d1")


async def test_the_report_is_also_a_spreadsheet_that_runs_nothing(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=20, title="=HYPERLINK(A1)")
    notes = 'Said "no", then;\nyes, perhaps'
    ok(
        await ward.book(slot, api.operator, "MRN-1", patientName="Zo\u00eb, the 1st", notes=notes),
        201,
    )
    for text in FORMULAS:
        held = await api.shop.held(
            (slot, 1), customer=text, notes=text, metadata={"patient_name": text}
        )
        assert held
    response = await api.get("/api/admin/bookings", api.operator, format="csv")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="bookings.csv"'
    assert response.headers["vary"] == "accept"
    rows = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
    lines = await ward.reported()
    assert list(rows[0]) == list(lines[0])
    assert len(rows) == len(lines) == 1 + len(FORMULAS)
    for row, line in zip(rows, lines, strict=True):
        for name, value in line.items():
            cell = row[name]
            if isinstance(value, str) and value.strip()[0] in "=+-@\uff1d":
                assert cell == f"'{value}"
            else:
                assert cell == ("" if value is None else str(value))
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))
    assert rows[-1]["notes"] == notes


@pytest.mark.parametrize(
    ("accept", "format", "expected"),
    [
        (None, None, "json"),
        ("*/*", None, "json"),
        ("text/csv", None, "csv"),
        ("TEXT/CSV; charset=utf-8", None, "csv"),
        ("application/json, text/csv", None, "json"),
        ("application/json;q=0.5, text/csv", None, "csv"),
        ("text/csv;q=0.4, application/json;q=0.5", None, "json"),
        ("text/csv;q=0", None, "json"),
        ("text/csv;q=x", None, "json"),
        ("text/csv", "json", "json"),
        ("application/json", "csv", "csv"),
    ],
)
async def test_the_form_of_the_report_is_what_was_asked_for(
    stage: Api, accept: str | None, format: str | None, expected: str
) -> None:
    headers = {} if accept is None else {"accept": accept}
    response = await stage.get(
        "/api/admin/bookings", stage.operator, headers=headers, format=format
    )
    kind = {"json": "application/json", "csv": "text/csv; charset=utf-8"}[expected]
    assert response.headers["content-type"] == kind
    found = problem(
        await stage.get("/api/admin/bookings", stage.operator, format="xml"), "malformed_request"
    )
    assert found["field"] == "format"


async def test_a_spreadsheet_has_all_of_the_bookings(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward = await Ward.of(api)
    slots = [await ward.slot(NINE + n * HOUR, capacity=100) for n in range(3)]
    for n in range(105):
        await api.shop.held((slots[n % 3], 1), customer=f"MRN-{n}")
    listed = [it["bookingId"] for it in await ward.reported(limit=500)]
    assert len(listed) == 105

    async def rows(**query: Any) -> list[str]:
        response = await api.get("/api/admin/bookings", api.operator, format="csv", **query)
        assert response.status_code == 200
        assert "link" not in response.headers
        return [row["bookingId"] for row in csv.DictReader(io.StringIO(response.text))]

    monkeypatch.setattr("firmhold.doors.appointments.report.AT_ONCE", 10)
    assert await rows() == listed
    assert await rows(slotId=slots[1]) == listed[35:70]
    assert await rows(status="CONFIRMED") == []
    first = await api.get("/api/admin/bookings", api.operator, limit=20)
    cursor = re.search(r"cursor=([\w-]+)", first.headers["link"])
    assert cursor is not None
    assert await rows(cursor=cursor[1]) == listed[20:]
    monkeypatch.setattr("firmhold.doors.appointments.report.MOST_LINES", 105)
    assert await rows() == listed
    monkeypatch.setattr("firmhold.doors.appointments.report.MOST_LINES", 104)
    response = await api.get("/api/admin/bookings", api.operator, format="csv")
    found = problem(response, "limit_exceeded")
    assert (found["limit"], found["bound"]) == ("bookings", 104)


async def test_a_list_of_bookings_has_a_hundred_to_a_page_unless_told_otherwise(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=101)
    for n in range(101):
        await api.shop.held((slot, 1), customer=f"MRN-{n}")
    response = await api.get("/api/admin/bookings", api.operator)
    assert len(ok(response)) == 100 and "link" in response.headers


async def test_a_spreadsheet_has_pages_if_they_are_asked_for(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=5)
    ids = [ok(await ward.book(slot), 201)["bookingId"] for _ in range(5)]
    found: list[str] = []
    response = await api.get("/api/admin/bookings", api.operator, format="csv", limit=2)
    while True:
        found += [row["bookingId"] for row in csv.DictReader(io.StringIO(response.text))]
        if "link" not in response.headers:
            break
        link = response.headers["link"]
        response = await api.get(link[1 : link.index(">")], api.operator)
        assert response.headers["content-type"].startswith("text/csv")
    assert found == ids[::-1]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"siteId": "nowhere"}, "not_found"),
        ({"siteId": NO_SITE}, "not_found"),
        ({"slotId": "nothing"}, "not_found"),
        ({"slotId": NO_SLOT}, "not_found"),
        ({"slotId": NO_SLOT, "format": "csv"}, "not_found"),
        ({"from_": "2030-01-02T00:00:00Z", "to": "2030-01-01T00:00:00Z"}, "malformed_request"),
        ({"status": "pending"}, "malformed_request"),
        ({"cursor": "x"}, "malformed_request"),
        ({"limit": 501}, "malformed_request"),
    ],
    ids=str,
)
async def test_a_question_for_the_report_that_makes_no_sense_is_refused(
    stage: Api, query: Json, code: str
) -> None:
    problem(await stage.get("/api/admin/bookings", stage.operator, **query), code)


async def test_the_report_is_for_operators_only(api: Api) -> None:
    ward = await Ward.of(api)
    ok(await ward.book(await ward.slot(), patientName="Nora Lindqvist"), 201)
    for token in (api.operator, api.owner, api.admin):
        assert len(await ward.reported(token)) == 1
    for token in (api.auditor, api.customer, api.other):
        response = await api.get("/api/admin/bookings", token, format="csv")
        problem(response, "forbidden")
        assert "Nora" not in response.text
    problem(await api.get("/api/admin/bookings"), "unauthenticated")


# --- other organizations ---


@pytest_asyncio.fixture(loop_scope="module")
async def elsewhere(stage: Api) -> AsyncIterator[Ward]:
    """Another organization with patients of its own."""
    services = stage.shop.services
    slug = fresh("elsewhere")
    organization = await services.directory.ensure_organization(slug, slug, public_catalogue=True)
    api = Api(Shop(services, organization, stage.shop.dsn), stage.app)
    async with api.http:
        await api.open()
        yield await Ward.of(api)


async def test_no_organization_sees_anothers_patients(api: Api, elsewhere: Ward) -> None:
    ward = await Ward.of(api)
    both: dict[str, Json] = {}
    for each, name in ((ward, "Nora Lindqvist"), (elsewhere, "Tadhg Byrne")):
        room = await each.named(PoolKind.ROOM, "Theatre 1", site=each.site)
        slot = ok(await schedule(each, order(each, room)), 201)["slot_id"]
        both[name] = ok(await each.book(slot, patientName=name, notes=f"of {name}"), 201)
    for each, own, other in (
        (ward, "Nora Lindqvist", "Tadhg Byrne"),
        (elsewhere, "Tadhg Byrne", "Nora Lindqvist"),
    ):
        theirs = both[other]
        for query in (
            {},
            {"format": "csv"},
            {"siteId": theirs["slot"]["siteId"]},
            {"slotId": theirs["slotId"]},
            {"slotId": theirs["slotId"], "format": "csv"},
        ):
            known = not {"siteId", "slotId"} & set(query)
            for token in (each.api.operator, each.api.admin):
                response = await each.api.get("/api/admin/bookings", token, **query)
                assert response.status_code == (200 if known else 404)
                assert other not in response.text
                assert theirs["bookingId"] not in response.text
                assert theirs["patientId"] not in response.text
                assert (own in response.text) == known


async def test_nothing_of_another_organization_is_found_held_confirmed_or_cancelled(
    api: Api, elsewhere: Ward
) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    ventilator = await ward.named(PoolKind.EQUIPMENT, "Ventilator", 3)
    slot = await ward.slot(NINE + DAY, capacity=5, slot=[room], each=[ventilator])
    id = ok(await ward.book(slot), 201)["bookingId"]
    there, token = elsewhere.api, elsewhere.api.admin
    own = await elsewhere.named(PoolKind.ROOM, "Own", site=elsewhere.site)
    before = await api.checksum()
    for response in (
        await elsewhere.hold(slot, token=token),
        await elsewhere.confirm(slot, id, token),
        await elsewhere.cancel(id, token),
        await elsewhere.book(slot, token),
        await there.get(f"/api/bookings/{id}", token),
        await there.post(f"/api/bookings/{id}/confirm", token),
        await schedule(elsewhere, order(elsewhere, room), token),
        await schedule(elsewhere, order(elsewhere, "Theatre 1"), token),
    ):
        problem(response, "not_found")
    body = order(elsewhere, own, equipment=[{"id": ventilator}])
    problem(await schedule(elsewhere, body, token), "not_found")
    for of in ({"resourceId": ventilator}, {"siteId": ward.site}):
        problem(await there.get("/api/slots", token, **of), "not_found")
    assert await elsewhere.practitioners() == []
    assert await api.checksum() == before
