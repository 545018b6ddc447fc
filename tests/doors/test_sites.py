"""Sites and pools through the native door: making, finding, changing and deleting them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.doors.client import Api, at, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

FULL: dict[str, Any] = {
    "zone": "America/New_York",
    "address": "1 Station Road\nSecond floor",
    "slot_minutes": 20,
    "opening_hours": [
        {"day": "MO", "opens": "09:00", "closes": "17:00"},
        {"day": "SA", "opens": "22:00", "closes": "06:00"},
    ],
    "blackouts": [
        {"starts": "2035-12-24T12:00", "ends": "2035-12-27", "reason": "Holidays"},
        {"starts": "2036-01-01", "ends": "2036-01-02", "reason": None},
    ],
    "horizon_days": 30,
    "notice_minutes": 60,
    "cutoff_minutes": 120,
    "customer_limit": {"units": 2, "days": 7},
    "metadata": {"floor": 2},
}


# --- sites ---


async def test_a_site_is_made_with_everything_that_was_said_about_it(api: Api) -> None:
    name = fresh("North clinic")
    site = ok(await api.post("/v1/sites", api.operator, {"name": name, **FULL}), 201)
    assert {field: site[field] for field in FULL} == FULL
    assert site["id"].startswith("site_") and site["name"] == name
    seen = ok(await api.get(f"/v1/sites/{site['id']}", api.auditor))
    assert {**seen, "server_time": 0} == {**site, "server_time": 0}


async def test_a_site_needs_no_more_than_a_name_and_a_zone(api: Api) -> None:
    body = {"name": fresh("Site"), "zone": "UTC"}
    site = ok(await api.post("/v1/sites", api.operator, body), 201)
    for field in ("address", "horizon_days", "notice_minutes", "cutoff_minutes", "customer_limit"):
        assert site[field] is None
    assert (site["slot_minutes"], site["opening_hours"], site["blackouts"]) == (30, [], [])


async def test_sites_are_listed_in_the_order_of_their_creation(api: Api) -> None:
    made = [(await api.site())["id"] for _ in range(5)]
    for limit in (1, 2, 50):
        found = await api.walk("/v1/sites", None, limit=limit)
        assert [site["id"] for site in found] == made


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": "localtime"}, "zone"),
        ({"name": " "}, "name"),
        (
            {"opening_hours": [{"day": "MO", "opens": "09:00", "closes": "09:00"}]},
            "opening_hours[0]",
        ),
        (
            {"opening_hours": [{"day": "MO", "opens": "24:00", "closes": "09:00"}]},
            "opening_hours[0]",
        ),
        (
            {"opening_hours": [{"day": "MO", "opens": "9:00", "closes": "10:00"}]},
            "opening_hours[0].opens",
        ),
        ({"blackouts": [{"starts": "2030-02-30", "ends": "2030-03-01"}]}, "blackouts[0].starts"),
        ({"blackouts": [{"starts": "2030-03-02", "ends": "2030-03-01"}]}, "blackouts[0].ends"),
        ({"blackouts": [{"starts": "2030-03-02", "ends": "2030-03-02"}]}, "blackouts[0].ends"),
        (
            {"blackouts": [{"starts": "2030-03-01T09:00Z", "ends": "2030-03-02"}]},
            "blackouts[0].starts",
        ),
        ({"blackouts": [{"starts": "soon", "ends": "2030-03-02"}]}, "blackouts[0].starts"),
    ],
)
async def test_a_site_that_cannot_be_meant_is_refused_by_the_name_of_its_field(
    api: Api, change: dict[str, Any], field: str
) -> None:
    site = await api.site()
    before = await api.checksum()
    body = {"name": fresh("Site"), "zone": "UTC", **change}
    response = await api.post("/v1/sites", api.operator, body)
    assert problem(response, "malformed_request")["field"] == field
    response = await api.patch(f"/v1/sites/{site['id']}", api.operator, change)
    assert problem(response, "malformed_request")["field"] == field
    assert await api.checksum() == before


async def test_a_name_is_taken_once(api: Api) -> None:
    one, two = await api.site(), await api.site()
    before = await api.checksum()
    body = {"name": one["name"], "zone": "UTC"}
    found = problem(await api.post("/v1/sites", api.operator, body), "already_exists")
    assert found["name"] == one["name"]
    response = await api.patch(f"/v1/sites/{two['id']}", api.operator, {"name": one["name"]})
    problem(response, "already_exists")
    assert await api.checksum() == before
    answers = await asyncio.gather(
        *(api.post("/v1/sites", api.operator, {"name": "Race", "zone": "UTC"}) for _ in range(8))
    )
    assert sorted(r.status_code for r in answers) == [201] + [409] * 7


async def test_a_site_is_changed_in_what_is_said_and_null_lifts_a_limit(api: Api) -> None:
    site = ok(await api.post("/v1/sites", api.operator, {"name": fresh("Site"), **FULL}), 201)
    path = f"/v1/sites/{site['id']}"
    changed = ok(await api.patch(path, api.operator, {"notice_minutes": 30, "address": None}))
    same = {name: site[name] for name in site if name not in {"updated_at", "server_time"}}
    assert {**same, "notice_minutes": 30, "address": None}.items() <= changed.items()
    lifted = ok(await api.patch(path, api.operator, {"customer_limit": None, "horizon_days": None}))
    assert (lifted["customer_limit"], lifted["horizon_days"]) == (None, None)
    assert ok(await api.patch(path, api.operator, {}))["updated_at"] == lifted["updated_at"]


async def test_a_new_limit_of_a_site_holds_for_the_next_booking(api: Api) -> None:
    site = await api.site()
    slot = await api.slot(site["id"], 5)
    await api.hold(slot["id"])
    limit = {"customer_limit": {"units": 1, "days": 1}}
    ok(await api.patch(f"/v1/sites/{site['id']}", api.operator, limit))
    body = {"lines": [{"slot": slot["id"], "quantity": 1}]}
    problem(await api.post("/v1/reservations", api.customer, body), "limit_exceeded")


async def test_a_slot_keeps_its_time_when_its_site_gets_another_zone(api: Api) -> None:
    site = await api.site()
    slot = await api.slot(site["id"])
    ok(await api.patch(f"/v1/sites/{site['id']}", api.operator, {"zone": "Asia/Tokyo"}))
    seen = ok(await api.get(f"/v1/slots/{slot['id']}"))
    assert (seen["starts_at"], seen["zone"]) == (slot["starts_at"], "Asia/Tokyo")


# --- pools ---


async def test_a_pool_is_made_found_changed_and_deleted(api: Api) -> None:
    site = (await api.site())["id"]
    body = {
        "kind": "equipment",
        "name": fresh("Ventilator"),
        "units": 3,
        "site": site,
        "before_minutes": 5,
        "after_minutes": 15,
        "metadata": {"serial": [1, 2]},
    }
    pool = ok(await api.post("/v1/pools", api.operator, body), 201)
    assert body.items() <= pool.items()
    path = f"/v1/pools/{pool['id']}"
    assert ok(await api.get(path, api.auditor)) == pool
    changed = ok(await api.patch(path, api.operator, {"units": 5, "site": None}))
    assert (changed["units"], changed["site"], changed["after_minutes"]) == (5, None, 15)
    assert ok(await api.delete(path, api.operator))["id"] == pool["id"]
    for response in (
        await api.get(path, api.operator),
        await api.patch(path, api.operator, {"units": 1}),
        await api.delete(path, api.operator),
        await api.get(f"{path}/loans", api.operator, from_=at(0), to=at(1)),
    ):
        problem(response, "not_found")
    ok(await api.post("/v1/pools", api.operator, body), 201)  # the name is free again


async def test_pools_are_listed_by_kind_and_by_site(api: Api) -> None:
    site = (await api.site())["id"]
    rooms = [(await api.pool(site=site))["id"] for _ in range(3)]
    nurse = (await api.pool("practitioner", site=site))["id"]
    bed = (await api.pool("equipment", 9))["id"]

    async def ids(**query: Any) -> list[str]:
        return [p["id"] for p in await api.walk("/v1/pools", api.auditor, limit=2, **query)]

    assert await ids() == [*rooms, nurse, bed]
    assert await ids(kind="room") == rooms
    assert await ids(site=site) == [*rooms, nurse]
    assert await ids(site=site, kind="practitioner") == [nurse]
    assert await ids(site=(await api.site())["id"]) == []
    problem(await api.get("/v1/pools", api.auditor, site="site_x"), "not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "room", "units": 2}, "units"),
        ({"kind": "practitioner", "units": 0}, "units"),
        ({"kind": "equipment", "units": -1}, "units"),
        ({"kind": "beds"}, "kind"),
        ({"kind": "room", "after_minutes": 1441}, "after_minutes"),
        ({"kind": "room", "name": "\t"}, "name"),
    ],
)
async def test_a_pool_that_cannot_be_meant_is_refused(
    api: Api, body: dict[str, Any], field: str
) -> None:
    before = await api.checksum()
    response = await api.post("/v1/pools", api.operator, {"name": fresh("Pool"), **body})
    assert problem(response, "malformed_request")["field"] == field
    assert await api.checksum() == before


async def test_names_are_unique_among_pools_of_a_kind(api: Api) -> None:
    room, other = await api.pool(), await api.pool()
    body = {"kind": "room", "name": room["name"]}
    problem(await api.post("/v1/pools", api.operator, body), "already_exists")
    response = await api.patch(f"/v1/pools/{other['id']}", api.operator, {"name": room["name"]})
    problem(response, "already_exists")
    ok(await api.post("/v1/pools", api.operator, {**body, "kind": "practitioner"}), 201)


@pytest.mark.parametrize("site", ["site_" + "0" * 32, "x", "pool_" + "0" * 32])
async def test_a_pool_is_at_home_at_a_site_that_there_is(api: Api, site: str) -> None:
    pool = await api.pool()
    body = {"kind": "room", "name": fresh("Room"), "site": site}
    assert problem(await api.post("/v1/pools", api.operator, body), "not_found")["field"] == "site"
    response = await api.patch(f"/v1/pools/{pool['id']}", api.operator, {"site": site})
    assert problem(response, "not_found")["field"] == "site"


async def test_a_pool_is_not_made_smaller_than_what_it_lends(api: Api) -> None:
    site, machine = (await api.site())["id"], await api.pool("equipment", 4)
    needs = [{"pool": machine["id"], "units": 3}]
    slot = await api.slot(site, 2, requirements=needs)
    booked = await api.hold(slot["id"], confirm=True)
    path = f"/v1/pools/{machine['id']}"
    before = await api.checksum()
    found = problem(await api.patch(path, api.operator, {"units": 2}), "capacity_below_reserved")
    assert (found["requested"], found["taken"]) == (2, 3)
    assert (found["busy_from"], found["busy_until"]) == (slot["starts_at"], slot["ends_at"])
    assert problem(await api.delete(path, api.operator), "version_conflict")["slots"] == 1
    assert await api.checksum() == before
    assert ok(await api.patch(path, api.operator, {"units": 3}))["units"] == 3
    ok(await api.act(booked["id"], "cancel", api.operator))
    ok(await api.patch(path, api.operator, {"units": 0}))


async def test_a_pool_tells_what_it_has_lent_where_and_when(api: Api) -> None:
    site = (await api.site())["id"]
    room = await api.pool(before_minutes=10, after_minutes=20)
    machine = await api.pool("equipment", 2)
    times = [{"starts_at": at(100 + 3 * hour), "minutes": 60} for hour in range(3)]
    needs = [{"pool": machine["id"]}]
    slots = [await api.slot(site, 2, room=room["id"], requirements=needs, **t) for t in times]
    await api.hold(slots[1]["id"], confirm=True)
    held = await api.hold(slots[2]["id"])
    window = {"from_": at(90), "to": at(120)}
    for limit in (1, 2, 50):
        loans = await api.walk(f"/v1/pools/{room['id']}/loans", api.auditor, limit=limit, **window)
        assert [loan["slot"] for loan in loans] == [slot["id"] for slot in slots]
        assert {(loan["per"], loan["units"]) for loan in loans} == {("slot", 1)}
        lent = await api.walk(
            f"/v1/pools/{machine['id']}/loans", api.auditor, limit=limit, **window
        )
        assert [loan["slot"] for loan in lent] == [slot["id"] for slot in slots[1:]]
    assert loans[0]["starts_at"] == at(100 - 10 / 60), "getting ready included"
    assert loans[0]["ends_at"] == at(101 + 20 / 60), "cleaning up included"
    assert {(loan["per"], loan["units"]) for loan in lent} == {("reservation", 1)}
    await api.shop.make_due(held["id"])
    lent = await api.walk(f"/v1/pools/{machine['id']}/loans", api.auditor, **window)
    assert [loan["slot"] for loan in lent] == [slots[1]["id"]]
    narrow = {"from_": at(103), "to": at(103.5)}
    loans = await api.walk(f"/v1/pools/{room['id']}/loans", api.auditor, **narrow)
    assert [loan["slot"] for loan in loans] == [slots[1]["id"]]
    for wrong, field in (({"from_": at(1)}, "to"), ({"from_": at(2), "to": at(1)}, "to")):
        response = await api.get(f"/v1/pools/{room['id']}/loans", api.auditor, **wrong)
        assert problem(response, "malformed_request")["field"] == field
    for wrong_cursor in ("x", "MQ", "IngiIA"):
        response = await api.get(
            f"/v1/pools/{room['id']}/loans", api.auditor, cursor=wrong_cursor, **window
        )
        assert problem(response, "malformed_request")["field"] == "cursor"


async def test_the_books_are_in_order_after_all_this(stage: Api) -> None:
    assert (await stage.shop.verify()).ok
