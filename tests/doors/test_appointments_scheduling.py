"""The appointments door: scheduling a procedure in a room, with a doctor and equipment."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from firmhold.engine.pools import PoolKind, Pools
from firmhold.engine.slots import Slots
from tests.doors.client import Api, Json, ok, problem
from tests.doors.ward import Ward, order
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE
from tests.shop import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def schedule(ward: Ward, body: Json, token: str | None = None, **more: Any) -> httpx.Response:
    return await ward.api.post("/api/admin/slots", token or ward.api.operator, body, **more)


# --- scheduling ---


async def test_a_slot_takes_its_room_and_doctor_and_each_booking_its_equipment(api: Api) -> None:
    ward = await Ward.of(api)
    theatre = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    ventilator = await ward.named(PoolKind.EQUIPMENT, "Ventilator", 3)
    monitor = await ward.named(PoolKind.EQUIPMENT, "Monitor", 2)
    equipment = [{"id": ventilator, "units": 2}, {"name": "Monitor"}]
    made = ok(await schedule(ward, order(ward, theatre, equipment=equipment)), 201)
    (doctor,) = await ward.pools.find(ward.organization, kind=PoolKind.PRACTITIONER)
    assert made == {
        "slot_id": made["slot_id"],
        "doctor_id": doctor.id,
        "doctor_name": "Dr. Grace Okafor",
        "procedure_type": "Knee arthroscopy",
        "room_id": theatre,
        "room_name": "Theatre 1",
        "site_id": ward.site,
        "zone": "Europe/Berlin",
        "start_time": NINE.isoformat().replace("+00:00", "Z"),
        "end_time": (NINE + HOUR).isoformat().replace("+00:00", "Z"),
        "equipment": [
            {"id": ventilator, "name": "Ventilator", "units": 2},
            {"id": monitor, "name": "Monitor", "units": 1},
        ],
        "capacity": 1,
        "server_time": made["server_time"],
    }
    assert {loan[0] for loan in await ward.loans()} == {_uuid(theatre), _uuid(doctor.id)}
    booked = ok(await ward.book(made["slot_id"]), 201)
    assert (booked["slot"]["room"], booked["slot"]["practitioner"]) == (
        "Theatre 1",
        "Dr. Grace Okafor",
    )
    assert len(await ward.loans()) == 4
    seen = await ward.seen(made["slot_id"])
    assert seen.site.id == ward.site


def _uuid(id: str) -> UUID:
    return UUID(hex=id[-32:])


async def test_a_doctor_is_found_by_name_or_made(api: Api) -> None:
    ward = await Ward.of(api)
    rooms = [await ward.named(PoolKind.ROOM, f"Room {n}", site=ward.site) for n in range(5)]
    known = await ward.named(PoolKind.PRACTITIONER, "Dr. Leila Haddad")
    names = ["Dr. Leila Haddad", "dr. leila  haddad", " DR. LEILA HADDAD ", "Dr. New", "Dr. New"]
    made = []
    for n, name in enumerate(names):
        body = order(ward, rooms[n], name, starts=NINE + n * DAY)
        made.append(ok(await schedule(ward, body), 201))
    assert [it["doctor_id"] == known for it in made] == [True, True, True, False, False]
    assert made[3]["doctor_id"] == made[4]["doctor_id"]
    assert {it["doctor_name"] for it in made} == {"Dr. Leila Haddad", "Dr. New"}
    assert await ward.practitioners() == ["Dr. Leila Haddad", "Dr. New"]
    # A name written in the very same way goes before one that differs in case.
    other = await ward.named(PoolKind.PRACTITIONER, "dr. new")
    body = order(ward, rooms[0], "dr. new", starts=NINE + 9 * DAY)
    assert ok(await schedule(ward, body), 201)["doctor_id"] == other


async def test_a_doctor_among_thousands_is_found(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmhold.doors.appointments.scheduling._PAGE", 2)
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Room", site=ward.site)
    doctors = [await ward.named(PoolKind.PRACTITIONER, f"Dr. {n}") for n in range(5)]
    for n in (0, 1, 3, 4):
        body = order(ward, room, f"Dr. {n}", starts=NINE + n * DAY)
        assert ok(await schedule(ward, body), 201)["doctor_id"] == doctors[n]
    assert len(await ward.practitioners()) == 5


async def test_a_room_or_a_doctor_who_is_scheduled_then_is_a_conflict_that_names_which_and_when(
    api: Api,
) -> None:
    ward = await Ward.of(api)
    one = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site, after_minutes=30)
    await ward.named(PoolKind.ROOM, "Theatre 2", site=ward.site)
    ok(await schedule(ward, order(ward, one)), 201)
    before = await api.checksum()
    later = order(ward, one, "Dr. Other", starts=NINE + HOUR + 10 * MINUTE)
    found = problem(await schedule(ward, later), "pool_busy", 409)
    assert (found["kind"], found["pool"], found["pool_name"]) == ("room", one, "Theatre 1")
    assert datetime.fromisoformat(found["busy_until"]) == NINE + HOUR + 30 * MINUTE
    span = f"from {found['busy_from']} to {found['busy_until']}"
    assert found["detail"] == f"The room Theatre 1 is already scheduled {span}."
    assert datetime.fromisoformat(found["start_time"]) == NINE + HOUR + 10 * MINUTE
    assert not {"slot", "line", "starts_at"} & set(found)
    same = order(ward, "Theatre 2", starts=NINE + 30 * MINUTE)
    found = problem(await schedule(ward, same), "pool_busy", 409)
    assert (found["kind"], found["pool_name"]) == ("practitioner", "Dr. Grace Okafor")
    assert found["detail"].startswith("Dr. Grace Okafor is already scheduled from ")
    assert await api.checksum() == before
    assert await ward.practitioners() == ["Dr. Grace Okafor"], "nobody is made for nothing"
    ok(await schedule(ward, order(ward, "Theatre 2", starts=NINE + HOUR)), 201)


async def test_equipment_is_taken_by_bookings_and_not_by_scheduling(api: Api) -> None:
    ward = await Ward.of(api)
    await ward.named(PoolKind.EQUIPMENT, "Ventilator", 1)
    slots = []
    for n in range(2):
        await ward.named(PoolKind.ROOM, f"Theatre {n}", site=ward.site)
        body = order(ward, f"Theatre {n}", f"Dr. {n}", equipment=[{"name": "Ventilator"}])
        slots.append(ok(await schedule(ward, body), 201)["slot_id"])
    ok(await ward.book(slots[0]), 201)
    assert problem(await ward.book(slots[1], api.other), "pool_busy", 409)["kind"] == "equipment"


async def test_the_site_is_the_rooms_or_the_only_one_or_has_to_be_said(api: Api) -> None:
    ward = Ward(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1")
    found = problem(await schedule(ward, order(ward, room)), "malformed_request")
    assert (found["field"], found["reason"]) == (
        "room_id",
        "Theatre 1 is at no site and there is no site; give it one first",
    )
    only = await ward.new_site("Only")
    assert ok(await schedule(ward, order(ward, room)), 201)["site_id"] == only
    second = await ward.new_site("Second", "Asia/Kathmandu")
    found = problem(await schedule(ward, order(ward, room)), "malformed_request")
    assert (found["field"], found["reason"]) == (
        "room_id",
        "Theatre 1 is at no site and there are several sites; give it one first",
    )
    there = await ward.named(PoolKind.ROOM, "Theatre 2", site=second)
    made = ok(await schedule(ward, order(ward, there, "Dr. There")), 201)
    assert (made["site_id"], made["zone"]) == (second, "Asia/Kathmandu")


async def test_a_room_is_named_by_its_id_or_its_name(api: Api) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    person = await ward.named(PoolKind.PRACTITIONER, "Theatre 2")
    for n, name in enumerate((room, "Theatre 1", "theatre 1")):
        body = order(ward, name, starts=NINE + n * DAY)
        assert ok(await schedule(ward, body), 201)["room_id"] == room
    for name in (person, "Theatre 2", "Theatre", new_id("pool"), "pool_x"):
        found = problem(await schedule(ward, order(ward, name, starts=NINE + 9 * DAY)), "not_found")
        assert (found["field"], found["room_id"]) == ("room_id", name)
    looks_like_one = new_id("pool")
    odd = await ward.named(PoolKind.ROOM, looks_like_one, site=ward.site)
    body = order(ward, looks_like_one, starts=NINE + 10 * DAY)
    assert ok(await schedule(ward, body), 201)["room_id"] == odd


@pytest.mark.parametrize(
    ("equipment", "field", "code"),
    [
        ([{}], "equipment[0]", "malformed_request"),
        ([{"id": "VENT", "name": "Ventilator"}], "equipment[0]", "malformed_request"),
        ([{"name": "Ventilator"}, {"name": "Nothing"}], "equipment[1]", "not_found"),
        ([{"id": "pool_" + "0" * 32}], "equipment[0]", "not_found"),
        ([{"id": "ROOM"}], "equipment[0]", "not_found"),
        ([{"name": "Theatre 1"}], "equipment[0]", "not_found"),
        ([{"name": "Ventilator", "units": 4}], "equipment[0].units", "malformed_request"),
        ([{"name": "Ventilator"}, {"id": "VENT"}], "equipment[1].id", "malformed_request"),
        ([{"name": "Ventilator", "units": 0}], "equipment[0].units", "malformed_request"),
        ([{"name": "Ventilator"}] * 19, "equipment", "malformed_request"),
    ],
    ids=str,
)
async def test_equipment_that_makes_no_sense_is_refused_by_its_place(
    api: Api, equipment: list[Json], field: str, code: str
) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    ventilator = await ward.named(PoolKind.EQUIPMENT, "Ventilator", 3)
    names = {"VENT": ventilator, "ROOM": room}
    given = [{k: names.get(v, v) for k, v in it.items()} for it in equipment]
    before = await api.checksum()
    found = problem(await schedule(ward, order(ward, room, equipment=given)), code)
    assert found["field"] == field
    assert "requirements" not in found["detail"]
    assert await api.checksum() == before
    assert await ward.practitioners() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"end_time": NINE.isoformat()}, "end_time"),
        ({"end_time": (NINE + 400 * DAY).isoformat()}, "end_time"),
        ({"start_time": "2020-01-01T09:00:00Z", "end_time": "2020-01-01T10:00:00Z"}, "start_time"),
        ({"start_time": "2030-01-01T09:00:00"}, "start_time"),
        ({"end_time": "0001-01-01T00:00:00+14:00"}, "end_time"),
        ({"doctor_name": " "}, "doctor_name"),
        ({"doctor_name": "x" * 201}, "doctor_name"),
        ({"procedure_type": ""}, "procedure_type"),
        ({"room_id": ""}, "room_id"),
        ({"capacity": 2}, "capacity"),
    ],
    ids=str,
)
async def test_a_slot_that_makes_no_sense_is_refused_in_the_words_of_the_request(
    api: Api, change: Json, field: str
) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    before = await api.checksum()
    found = problem(await schedule(ward, {**order(ward, room), **change}), "malformed_request")
    assert found["field"] == field
    assert "starts_at" not in found["detail"]
    assert await api.checksum() == before
    assert await ward.practitioners() == []


async def test_scheduling_is_repeated_by_its_key(api: Api) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    body = order(ward, room)
    first = await schedule(ward, body, key="mine")
    again = await schedule(ward, {**body, "idempotencyKey": "mine"})
    assert problem(again, "malformed_request")["field"] == "idempotencyKey", "snake case here"
    again = await schedule(ward, {**body, "idempotency_key": "mine"})
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    before = await api.checksum()
    other = {**order(ward, room, "Dr. Other", starts=NINE + DAY), "idempotency_key": "mine"}
    problem(await schedule(ward, other), "idempotency_key_reused")
    found = problem(await schedule(ward, other, key="another"), "malformed_request")
    assert found["field"] == "idempotency_key"
    assert await api.checksum() == before
    assert await ward.practitioners() == ["Dr. Grace Okafor"]


async def test_only_operators_schedule(api: Api) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    for token in (api.customer, api.auditor):
        problem(await schedule(ward, order(ward, room), token), "forbidden")
    problem(await api.post("/api/admin/slots", None, order(ward, room)), "unauthenticated")
    ok(await schedule(ward, order(ward, room), api.admin), 201)


async def test_of_many_who_schedule_the_room_or_the_doctor_at_once_one_does(api: Api) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    bodies = [order(ward, room, f"Dr. {n}", starts=NINE + n * 5 * MINUTE) for n in range(8)]
    answers = await asyncio.gather(*(schedule(ward, body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(await ward.practitioners()) == 1, "whoever was made for nothing is not kept"
    rooms = [await ward.named(PoolKind.ROOM, f"Room {n}", site=ward.site) for n in range(8)]
    bodies = [order(ward, room, "Dr. Same", starts=NINE + DAY) for room in rooms]
    answers = await asyncio.gather(*(schedule(ward, body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(await ward.practitioners()) == 2
    assert (await api.shop.verify()).ok


async def test_a_doctor_is_not_kept_if_somebody_else_is_faster(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room was free when it was looked at, and is taken when the doctor is there."""
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    publish, create = Slots.publish, Pools.create

    async def overtaken(self: Pools, *args: Any) -> Any:
        faster = [ward.new(slot=[room])]
        await publish(ward.slots, ward.organization, "test", faster, lambda _: (201, b""))
        return await create(self, *args)

    monkeypatch.setattr(Pools, "create", overtaken)
    found = problem(await schedule(ward, order(ward, room)), "pool_busy", 409)
    assert found["pool"] == room
    assert await ward.practitioners() == []


async def test_a_doctor_whom_somebody_takes_back_is_made_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two schedule the first slot of a new doctor; one made them, and is refused."""
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    doctor = await ward.named(PoolKind.PRACTITIONER, "Dr. Grace Okafor")
    publish, deleted = Slots.publish, False

    async def overtaken(self: Slots, *args: Any) -> Any:
        nonlocal deleted
        if not deleted:
            deleted = True
            await ward.pools.delete(ward.organization, doctor, lambda _: (200, b""))
        return await publish(self, *args)

    monkeypatch.setattr(Slots, "publish", overtaken)
    made = ok(await schedule(ward, order(ward, room)), 201)
    assert made["doctor_id"] != doctor
    assert await ward.practitioners() == ["Dr. Grace Okafor"]
