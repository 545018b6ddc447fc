"""A request that was carried out is answered by its key, also once what it names has changed."""

from __future__ import annotations

import pytest

from firmhold.engine.pools import PoolKind
from tests.doors.client import Api, ok, problem
from tests.doors.practice import change_site, clinic, said
from tests.doors.ward import NINE, Ward, order

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_schedule_in_opening_hours_that_are_others_now(api: Api) -> None:
    site = await clinic(api)
    body = said(site, sessions=None, rule="FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR")
    first = await api.post("/v1/schedules", api.operator, body, key="mine")
    ok(first, 201)
    await change_site(api, site, opening_hours=[])
    before = await api.checksum()
    again = await api.post("/v1/schedules", api.operator, body, key="mine")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = await api.post("/v1/schedules", api.operator, {**body, "title": "Other"}, key="mine")
    problem(other, "idempotency_key_reused")
    problem(await api.post("/v1/schedules", api.operator, body), "malformed_request")
    assert await api.checksum() == before


async def test_an_appointment_in_a_room_that_has_another_name_now(api: Api) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1", site=ward.site)
    kit = await ward.named(PoolKind.EQUIPMENT, "Ventilator", 2)
    body = order(ward, "Theatre 1", equipment=[{"name": "Ventilator", "units": 1}])
    first = await api.post("/api/admin/slots", api.operator, body, key="mine")
    ok(first, 201)
    for pool, name in ((room, "Theatre A"), (kit, "Respirator")):
        ok(await api.patch(f"/v1/pools/{pool}", api.operator, {"name": name}))
    before = await api.checksum()
    again = await api.post("/api/admin/slots", api.operator, body, key="mine")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = {**body, "procedure_type": "Other"}
    other_answer = await api.post("/api/admin/slots", api.operator, other, key="mine")
    problem(other_answer, "idempotency_key_reused")
    problem(await api.post("/api/admin/slots", api.operator, body), "not_found")
    assert await api.checksum() == before


async def test_a_file_with_a_room_that_has_another_name_now(api: Api) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Theatre 1")
    rows = (
        f"title,starts_at,minutes,capacity,room\nVisit,{NINE.isoformat()},30,1,Theatre 1\n".encode()
    )
    first = await api.post("/v1/slots/import", api.operator, rows, site=ward.site, key="mine")
    assert ok(first, 201)["created"] == 1
    ok(await api.patch(f"/v1/pools/{room}", api.operator, {"name": "Theatre A"}))
    before = await api.checksum()
    again = await api.post("/v1/slots/import", api.operator, rows, site=ward.site, key="mine")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    unkeyed = await api.post("/v1/slots/import", api.operator, rows, site=ward.site)
    problem(unkeyed, "malformed_request")
    assert await api.checksum() == before
