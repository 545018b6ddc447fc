"""Slots through the native door: publishing, finding, changing, withdrawing, and why not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.doors.client import Api, at, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

NO_POOL = "pool_" + "0" * 31 + "1"
NO_SITE = "site_" + "0" * 31 + "1"


async def publish(api: Api, body: dict[str, Any]) -> Any:
    return await api.post("/v1/slots", api.operator, body)


def a_slot_at(at_site: str, **more: Any) -> dict[str, Any]:
    return {"site": at_site, "title": "Something", "starts_at": at(10), "minutes": 30, **more}


async def capacity(api: Api, slot: str, body: Any, code: str | None = None) -> Any:
    response = await api.post(f"/v1/slots/{slot}/capacity", api.operator, body)
    return ok(response) if code is None else problem(response, code)


# --- publishing ---


async def test_a_slot_is_published_with_everything_that_was_said_about_it(api: Api) -> None:
    site = await api.site()
    room, doctor = await api.pool(), await api.pool("practitioner")
    machine, nurse = await api.pool("equipment", 3), await api.pool("practitioner")
    terms = {
        "price": {"amount": 4900, "currency": "EUR"},
        "sale_starts_at": "2020-01-01T00:00:00Z",
        "sale_ends_at": "2090-01-01T00:00:00Z",
        "min_quantity": 2,
        "max_quantity": 3,
        "max_per_customer": 4,
        "hold_ttl_seconds": 60,
        "metadata": {"ward": 7},
    }
    body = {
        "site": site["id"],
        "title": "Hip replacement",
        "description": "Left,\nwith cement",
        "starts_at": "2035-03-05T08:00:00+01:00",
        "minutes": 120,
        "capacity": 6,
        "room": room["id"],
        "practitioner": doctor["id"],
        "requirements": [
            {"pool": machine["id"], "units": 2},
            {"pool": nurse["id"], "per": "slot"},
        ],
        **terms,
    }
    slot = ok(await publish(api, body), 201)
    assert terms.items() <= slot.items()
    assert slot["id"].startswith("slot_")
    assert (slot["site"], slot["site_name"]) == (site["id"], site["name"])
    assert (slot["title"], slot["description"]) == ("Hip replacement", "Left,\nwith cement")
    assert slot["starts_at"] == "2035-03-05T07:00:00Z"
    assert slot["ends_at"] == "2035-03-05T09:00:00Z"
    assert slot["zone"] == "Europe/Berlin"
    assert slot["room"] == {"id": room["id"], "name": room["name"]}
    practitioners = {slot["practitioner"]["id"], slot["requirements"][0]["pool"]}
    assert practitioners == {doctor["id"], nurse["id"]}
    assert slot["requirements"][1] == {
        "pool": machine["id"],
        "name": machine["name"],
        "kind": "equipment",
        "units": 2,
        "per": "reservation",
    }
    assert (slot["capacity"], slot["available"], slot["version"]) == (6, 6, 1)
    assert (slot["open"], slot["bookable"], slot["reason"]) == (True, True, None)
    assert (slot["schedule"], slot["withdrawn_at"], slot["waiting"]) == (None, None, 0)
    seen = ok(await api.get(f"/v1/slots/{slot['id']}", api.auditor))
    assert {**seen, "server_time": 0} == {**slot, "server_time": 0}


async def test_a_slot_ends_at_a_time_or_after_some_minutes(api: Api) -> None:
    site = (await api.site())["id"]
    slot = await api.slot(site, starts_at=at(5), ends_at=at(7))
    assert slot["ends_at"] == at(7)
    base = {"site": site, "title": "Something", "starts_at": at(5)}
    for wrong in (base, {**base, "ends_at": at(6), "minutes": 60}):
        assert problem(await publish(api, wrong), "malformed_request")["field"] == "ends_at"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "2035-03-05T08:00:00"}, "starts_at"),
        ({"starts_at": "2035-02-30T08:00:00Z"}, "starts_at"),
        ({"starts_at": "2035-03-05"}, "starts_at"),
        ({"starts_at": "2020-03-05T08:00:00Z"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:00Z"}, "ends_at"),
        ({"starts_at": "9999-12-31T23:59:00-14:00"}, "starts_at"),
        ({"ends_at": at(5), "starts_at": at(5), "minutes": None}, "ends_at"),
        ({"ends_at": at(4), "starts_at": at(5), "minutes": None}, "ends_at"),
        ({"ends_at": at(24 * 400), "minutes": None}, "ends_at"),
        ({"starts_at": "2201-01-01T00:00:00Z"}, "ends_at"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 366 * 24 * 60 + 1}, "minutes"),
        ({"title": "  "}, "title"),
        ({"capacity": -1}, "capacity"),
        ({"min_quantity": 3, "max_quantity": 2}, "max_quantity"),
        (
            {"sale_starts_at": "2035-01-01T00:00:00Z", "sale_ends_at": "2034-01-01T00:00:00Z"},
            "sale_ends_at",
        ),
        ({"requirements": [{"pool": "x", "units": 0}]}, "requirements[0].units"),
        ({"requirements": [{"pool": "x"}] * 21}, "requirements"),
    ],
)
async def test_a_slot_that_cannot_be_meant_is_refused_by_the_name_of_its_field(
    api: Api, change: dict[str, Any], field: str
) -> None:
    site = (await api.site())["id"]
    before = await api.checksum()
    body = a_slot_at(site, **change)
    if body["minutes"] is None and field != "minutes":
        del body["minutes"]
    found = problem(await publish(api, body), "malformed_request")
    assert found["field"] == field or (field, found["field"]) == ("ends_at", "minutes")
    good = a_slot_at(site)
    many = await api.post("/v1/slots/bulk", api.operator, {"slots": [good, body]})
    found = problem(many, "malformed_request")
    assert found["field"].removeprefix("slots[1].") in {field, "minutes"}
    assert found["field"].startswith("slots[1].")
    assert await api.checksum() == before


async def test_what_a_slot_names_has_to_be_there_and_of_its_kind(api: Api) -> None:
    site, room, bed = (await api.site())["id"], await api.pool(), await api.pool("equipment", 2)
    before = await api.checksum()

    async def refused(code: str, **change: Any) -> Any:
        body = a_slot_at(site, **change)
        found = problem(await publish(api, body), code)
        many = {"slots": [a_slot_at(site), body]}
        again = problem(await api.post("/v1/slots/bulk", api.operator, many), code)
        assert again["field"] == f"slots[1].{found['field']}"
        return found["field"]

    for wrong in (NO_SITE, "x", NO_POOL):
        assert await refused("not_found", site=wrong) == "site"
    for wrong in (NO_POOL, "x", site):
        assert await refused("not_found", room=wrong) == "room"
        assert await refused("not_found", practitioner=wrong) == "practitioner"
        assert await refused("not_found", requirements=[{"pool": wrong}]) == "requirements[0].pool"
    assert await refused("malformed_request", room=bed["id"]) == "room"
    assert await refused("malformed_request", practitioner=room["id"]) == "practitioner"
    needs = [{"pool": bed["id"]}, {"pool": bed["id"]}]
    assert await refused("malformed_request", requirements=needs) == "requirements[1].pool"
    needs = [{"pool": bed["id"], "units": 3}]
    assert await refused("malformed_request", requirements=needs) == "requirements[0].units"
    both = {"room": room["id"], "requirements": [{"pool": room["id"]}]}
    assert await refused("malformed_request", **both) == "requirements[0].pool"
    assert await api.checksum() == before


async def test_a_room_is_not_taken_twice_and_buffers_count(api: Api) -> None:
    site = (await api.site())["id"]
    room = await api.pool(before_minutes=15, after_minutes=15)
    first = await api.slot(site, room=room["id"], starts_at=at(10), minutes=60)
    before = await api.checksum()
    found = problem(
        await publish(api, a_slot_at(site, room=room["id"], starts_at=at(11.25))), "pool_busy"
    )
    assert (found["pool"], found["pool_name"]) == (room["id"], room["name"])
    assert found["busy_from"] <= first["ends_at"] < found["busy_until"]
    two = [a_slot_at(site, room=room["id"], starts_at=at(20 + n / 4)) for n in range(2)]
    found = problem(await api.post("/v1/slots/bulk", api.operator, {"slots": two}), "pool_busy")
    assert found["slot"] == 1, "beside those before it in the same request"
    assert await api.checksum() == before
    ok(await publish(api, a_slot_at(site, room=room["id"], starts_at=at(11.5))), 201)


async def test_of_many_who_want_one_room_at_one_time_one_gets_it(api: Api) -> None:
    site, room = (await api.site())["id"], await api.pool()
    body = a_slot_at(site, room=room["id"])
    answers = await asyncio.gather(*(publish(api, body) for _ in range(10)))
    assert sorted(r.status_code for r in answers) == [201] + [409] * 9
    for response in answers:
        if response.status_code == 409:
            problem(response, "pool_busy")


async def test_a_thousand_slots_are_published_at_once_in_their_order(api: Api) -> None:
    site = (await api.site())["id"]
    slots = [a_slot_at(site, title=f"No. {n}", starts_at=at(10 + n)) for n in range(1000)]
    made = ok(await api.post("/v1/slots/bulk", api.operator, {"slots": slots}), 201)["data"]
    assert [slot["title"] for slot in made] == [slot["title"] for slot in slots]
    response = await api.post("/v1/slots/bulk", api.operator, {"slots": [*slots, slots[0]]})
    assert problem(response, "malformed_request")["field"] == "slots"
    response = await api.post("/v1/slots/bulk", api.operator, {"slots": []})
    assert problem(response, "malformed_request")["field"] == "slots"


# --- finding ---


async def test_slots_are_listed_in_the_order_of_time_and_by_every_filter(api: Api) -> None:
    one, two = (await api.site())["id"], (await api.site())["id"]
    room = (await api.pool())["id"]
    late = await api.slot(one, starts_at=at(30), room=room)
    early = await api.slot(two, starts_at=at(10))
    middle = await api.slot(one, starts_at=at(20))
    same = await api.slot(two, starts_at=at(20))
    full = await api.slot(one, starts_at=at(25))
    await api.hold(full["id"], 1, api.other)
    gone = await api.slot(one, starts_at=at(26))
    ok(await api.delete(f"/v1/slots/{gone['id']}", api.operator))

    for limit in (1, 2, 50):

        async def ids(limit: int = limit, **query: Any) -> list[str]:
            found = await api.walk("/v1/slots", None, limit=limit, **query)
            return [slot["id"] for slot in found]

        def of(*slots: Any) -> list[str]:
            return [slot["id"] for slot in slots]

        assert await ids() == of(early, middle, same, full, late)
        assert await ids(site=one) == of(middle, full, late)
        assert await ids(site=two) == of(early, same)
        assert await ids(pool=room) == of(late)
        assert await ids(bookable="true") == of(early, middle, same, late)
        assert await ids(bookable="false", site=one) == of(middle, full, late)
        assert await ids(withdrawn="true", site=one) == of(middle, full, gone, late)
        assert await ids(from_=at(20)) == of(middle, same, full, late)
        assert await ids(to=at(20)) == of(early)
        assert await ids(from_=at(15), to=at(25), site=one) == of(middle)
    unknown = {"schedule": "sched_" + "0" * 32}
    for wrong in ({"site": "x"}, {"pool": "x"}, {"schedule": "slot_" + "0" * 32}, unknown):
        problem(await api.get("/v1/slots", None, **wrong), "not_found")
    for cursor in ("x", "MQ", "IngiIA", "IjIwMzUtMDEtMDEgc2xvdF94Ig"):
        response = await api.get("/v1/slots", None, cursor=cursor)
        assert problem(response, "malformed_request")["field"] == "cursor"
    response = await api.get("/v1/slots", None, bookable="yes")
    assert problem(response, "malformed_request")["field"] == "bookable"


async def test_a_slot_that_is_not_there_is_not_found(api: Api) -> None:
    for wrong in ("slot_" + "0" * 32, "slot_x", "item_" + "0" * 32):
        for response in (
            await api.get(f"/v1/slots/{wrong}"),
            await api.patch(f"/v1/slots/{wrong}", api.operator, {"title": "x"}),
            await api.delete(f"/v1/slots/{wrong}", api.operator),
            await api.post(f"/v1/slots/{wrong}/capacity", api.operator, {"capacity": 1}),
        ):
            problem(response, "not_found")


# --- why not ---


async def test_a_slot_and_its_availability_say_why_it_cannot_be_booked(api: Api) -> None:
    site = (await api.site(horizon_days=10, notice_minutes=120))["id"]
    machine = await api.pool("equipment")
    needs = [{"pool": machine["id"]}]
    busy = await api.slot(site, requirements=needs, starts_at=at(40), minutes=60)
    other = await api.slot(site, requirements=needs, starts_at=at(40.5), minutes=60)
    await api.hold(busy["id"], 1, api.other)
    slots = {
        "too_far_ahead": await api.slot(site, starts_at=at(24 * 20)),
        "too_late_to_book": await api.slot(site, starts_at=at(0.2), minutes=30),
        "not_on_sale_yet": await api.slot(site, starts_at=at(9), sale_starts_at=at(2)),
        "sale_ended": await api.slot(site, starts_at=at(9), open=False),
        "sold_out": await api.slot(site, 0, starts_at=at(9)),
        "pool_busy": other,
        None: await api.slot(site, starts_at=at(9)),
    }
    for why, slot in slots.items():
        path = f"/v1/offerings/{slot['id']}/availability"
        seen, availability = ok(await api.get(f"/v1/slots/{slot['id']}")), ok(await api.get(path))
        assert (seen["bookable"], seen["reason"]) == (why is None, why)
        assert (availability["bookable"], availability["reason"]) == (why is None, why)
        assert (availability["bookable_from"] is not None) == (why == "too_far_ahead")
        assert (availability["bookable_until"] is not None) == (why == "too_late_to_book")
        if why == "pool_busy":
            assert availability["busy"] == {
                "pool": machine["id"],
                "name": machine["name"],
                "busy_from": other["starts_at"],
                "busy_until": busy["ends_at"],
            }
        else:
            assert availability["busy"] is None
    at_first = ok(await api.get(f"/v1/offerings/{busy['id']}/availability", at=busy["created_at"]))
    assert (at_first["capacity"], at_first["held"]) == (1, 0)
    entries = await api.walk(f"/v1/offerings/{busy['id']}/ledger", api.auditor)
    assert [entry["kind"] for entry in entries] == ["created", "held"]


# --- changing ---


async def test_a_slot_is_changed_in_what_is_said(api: Api) -> None:
    slot = await api.slot(None, 5, price={"amount": 100, "currency": "EUR"}, min_quantity=2)
    path = f"/v1/slots/{slot['id']}"
    change = {
        "title": "Another",
        "description": "x",
        "price": None,
        "max_quantity": 3,
        "open": False,
        "metadata": {"a": 1},
    }
    changed = ok(await api.patch(path, api.operator, change))
    moved = {"version", "updated_at", "server_time", "bookable", "reason"}
    assert {k: changed[k] for k in slot if k not in moved} == {
        **{k: slot[k] for k in slot if k not in moved},
        **change,
    }
    assert (changed["bookable"], changed["reason"], changed["version"]) == (False, "sale_ended", 2)
    before = await api.checksum()
    ok(await api.patch(path, api.operator, {"title": "Another"}))
    assert await api.checksum() == before, "nothing was changed by it"
    for wrong, field in (
        ({"max_quantity": 1}, "max_quantity"),
        ({"title": " "}, "title"),
        ({"starts_at": at(1)}, "starts_at"),
        ({"site": slot["site"]}, "site"),
        ({"capacity": 1}, "capacity"),
        ({"room": NO_POOL}, None),
    ):
        response = await api.patch(path, api.operator, wrong)
        if field is None:
            assert problem(response, "not_found")["field"] == "room"
        else:
            assert problem(response, "malformed_request")["field"] == field
    assert await api.checksum() == before


async def test_another_room_is_taken_and_the_old_one_given_back_under_live_reservations(
    api: Api,
) -> None:
    site, machine = (await api.site())["id"], await api.pool("equipment", 2)
    one, two, doctor = await api.pool(), await api.pool(), await api.pool("practitioner")
    slot = await api.slot(
        site,
        starts_at=at(10),
        room=one["id"],
        practitioner=doctor["id"],
        requirements=[{"pool": machine["id"]}],
    )
    await api.hold(slot["id"], confirm=True)
    path = f"/v1/slots/{slot['id']}"
    changed = ok(await api.patch(path, api.operator, {"room": two["id"]}))
    assert changed["room"]["id"] == two["id"]
    assert (changed["practitioner"], changed["requirements"]) == (
        slot["practitioner"],
        slot["requirements"],
    )
    taken = await api.slot(site, starts_at=at(10), room=one["id"])
    before = await api.checksum()
    found = problem(await api.patch(path, api.operator, {"room": one["id"]}), "pool_busy")
    assert (found["pool"], found["busy_until"]) == (one["id"], taken["ends_at"])
    found = problem(
        await api.patch(path, api.operator, {"requirements": []}), "capacity_below_reserved"
    )
    assert (found["held"], found["confirmed"]) == (0, 1)
    response = await api.patch(path, api.operator, {"room": machine["id"]})
    assert problem(response, "malformed_request")["field"] == "room"
    needs = [{"pool": machine["id"], "units": 2}]
    response = await api.patch(path, api.operator, {"requirements": needs})
    assert problem(response, "capacity_below_reserved")
    assert await api.checksum() == before
    alone = ok(await api.patch(path, api.operator, {"room": None, "practitioner": None}))
    assert (alone["room"], alone["practitioner"]) == (None, None)


async def test_what_cannot_be_required_at_all_is_said_before_that_the_slot_is_reserved(
    api: Api,
) -> None:
    machine = (await api.pool("equipment", 2))["id"]
    slot = (await api.slot(requirements=[{"pool": machine}]))["id"]
    await api.hold(slot)
    before = await api.checksum()
    for pool, units, code, field in (
        (NO_POOL, 1, "not_found", "pool"),
        (machine, 3, "malformed_request", "units"),
    ):
        needs = [{"pool": pool, "units": units}]
        response = await api.patch(f"/v1/slots/{slot}", api.operator, {"requirements": needs})
        assert problem(response, code)["field"] == f"requirements[0].{field}"
    assert await api.checksum() == before


async def test_what_a_slot_requires_already_does_not_keep_its_room_from_being_changed(
    api: Api,
) -> None:
    site, room, machine = (await api.site())["id"], await api.pool(), await api.pool("equipment", 3)
    needs = [{"pool": machine["id"], "units": 3}]
    slot = await api.slot(site, requirements=needs)
    ok(await api.patch(f"/v1/pools/{machine['id']}", api.operator, {"units": 2}))
    path = f"/v1/slots/{slot['id']}"
    changed = ok(await api.patch(path, api.operator, {"room": room["id"]}))
    assert (changed["room"]["id"], changed["requirements"]) == (room["id"], slot["requirements"])
    before = await api.checksum()
    response = await api.patch(path, api.operator, {"requirements": [{**needs[0], "units": 4}]})
    assert problem(response, "malformed_request")["field"] == "requirements[0].units"
    assert await api.checksum() == before


async def test_how_many_units_a_slot_has_is_changed_like_that_of_an_item(api: Api) -> None:
    slot = (await api.slot(None, 3))["id"]
    await api.hold(slot, 2)
    assert (await capacity(api, slot, {"capacity": 5, "expected": 3}))["capacity"] == 5
    await capacity(api, slot, {"capacity": 6, "expected": 3}, "version_conflict")
    assert (await capacity(api, slot, {"delta": -2, "reason": "One nurse less"}))["capacity"] == 3
    found = await capacity(api, slot, {"capacity": 1}, "capacity_below_reserved")
    assert (found["held"], found["confirmed"], found["requested"]) == (2, 0, 1)
    drained = await capacity(api, slot, {"capacity": 0, "drain": True})
    assert (drained["capacity"], drained["draining_to"]) == (2, 0)
    assert ok(await api.get(f"/v1/slots/{slot}"))["draining_to"] == 0


# --- withdrawing ---


async def test_a_slot_is_withdrawn_once_and_gives_back_what_it_took(api: Api) -> None:
    site, room = (await api.site())["id"], await api.pool()
    slot = await api.slot(site, starts_at=at(10), room=room["id"])
    path = f"/v1/slots/{slot['id']}"
    gone = ok(await api.delete(path, api.operator, reason="Theatre closed"))
    assert gone["withdrawn_at"] is not None
    assert (gone["open"], gone["reason"]) == (False, "sale_ended")
    again = ok(await api.delete(path, api.operator))
    assert again["withdrawn_at"] == gone["withdrawn_at"]
    assert ok(await api.get(path))["withdrawn_at"] == gone["withdrawn_at"]
    entries = await api.walk(f"/v1/offerings/{slot['id']}/ledger", api.auditor)
    assert "Theatre closed" in entries[-1]["reason"]
    body = {"lines": [{"slot": slot["id"], "quantity": 1}]}
    problem(await api.post("/v1/reservations", api.operator, body), "sale_ended")
    found = problem(await api.patch(path, api.operator, {"open": True}), "version_conflict")
    assert found["withdrawn_at"] == gone["withdrawn_at"]
    await api.slot(site, starts_at=at(10), room=room["id"])


async def test_a_slot_that_is_reserved_is_not_withdrawn_and_who_waits_is_let_go(api: Api) -> None:
    slot = (await api.slot())["id"]
    hold = await api.hold(slot)
    body = {"slot": slot, "quantity": 1}
    place = ok(await api.post("/v1/waitlist", api.other, body), 201)
    before = await api.checksum()
    found = problem(await api.delete(f"/v1/slots/{slot}", api.operator), "capacity_below_reserved")
    assert (found["held"], found["confirmed"]) == (1, 0)
    assert await api.checksum() == before
    ok(await api.delete(f"/v1/waitlist/{place['id']}", api.other))
    ok(await api.patch(f"/v1/slots/{slot}", api.operator, {"open": False}))
    await api.shop.make_due(hold["id"])
    ok(await api.delete(f"/v1/slots/{slot}", api.operator))
    seen = ok(await api.get(f"/v1/reservations/{hold['id']}", api.customer))
    assert seen["status"] == "expired"


# --- moving ---


async def test_a_slot_is_moved_with_everything_that_is_not_said_otherwise(api: Api) -> None:
    site, room, other = (await api.site())["id"], await api.pool(), await api.pool()
    doctor = await api.pool("practitioner")
    slot = await api.slot(
        site, 3, starts_at=at(10), room=room["id"], practitioner=doctor["id"], metadata={"ward": 7}
    )
    path = f"/v1/slots/{slot['id']}/move"
    moved = ok(await api.post(path, api.operator, {"starts_at": at(10.5)}), 201)
    stays = ("site", "title", "capacity", "room", "practitioner", "metadata", "open")
    assert {name: moved[name] for name in stays} == {name: slot[name] for name in stays}
    assert moved["id"] != slot["id"]
    assert moved["starts_at"] != slot["starts_at"]
    assert ok(await api.get(f"/v1/slots/{slot['id']}"))["withdrawn_at"] is not None
    problem(await api.post(path, api.operator, {"starts_at": at(11)}), "version_conflict")
    path = f"/v1/slots/{moved['id']}/move"
    body = {"starts_at": at(10), "minutes": 20, "room": other["id"], "practitioner": None}
    again = ok(await api.post(path, api.operator, body), 201)
    assert (again["starts_at"], again["room"]["id"]) == (slot["starts_at"], other["id"])
    assert again["practitioner"] is None
    # What it had is free for others.
    await api.slot(site, starts_at=at(10), room=room["id"], practitioner=doctor["id"])


async def test_where_a_slot_cannot_be_moved_is_said_by_the_name_of_its_field(api: Api) -> None:
    site, room, doctor = (await api.site())["id"], await api.pool(), await api.pool("practitioner")
    slot = await api.slot(site, starts_at=at(10), room=room["id"])
    taken = await api.slot(site, starts_at=at(12), room=room["id"])
    path = f"/v1/slots/{slot['id']}/move"
    before = await api.checksum()
    for body, code, field in (
        ({}, "malformed_request", "starts_at"),
        ({"starts_at": "2035-03-07T08:00:00"}, "malformed_request", "starts_at"),
        ({"starts_at": "2001-03-07T08:00:00Z"}, "malformed_request", "starts_at"),
        ({"starts_at": "9999-12-31T23:59:00Z"}, "malformed_request", "starts_at"),
        ({"starts_at": at(11), "minutes": 0}, "malformed_request", "minutes"),
        ({"starts_at": at(11), "minutes": 5, "ends_at": at(12)}, "malformed_request", "ends_at"),
        ({"starts_at": at(11), "ends_at": at(10)}, "malformed_request", "ends_at"),
        ({"starts_at": at(11), "room": doctor["id"]}, "malformed_request", "room"),
        ({"starts_at": at(11), "room": NO_POOL}, "not_found", "room"),
        ({"starts_at": at(11), "capacity": 3}, "malformed_request", "capacity"),
    ):
        found = problem(await api.post(path, api.operator, body), code)
        assert field in {found.get("field"), *(it["field"] for it in found.get("errors", ()))}, body
    found = problem(
        await api.post(path, api.operator, {"starts_at": taken["starts_at"]}), "pool_busy"
    )
    assert found["pool"] == room["id"]
    assert await api.checksum() == before
    await api.hold(slot["id"])
    found = problem(
        await api.post(path, api.operator, {"starts_at": at(11)}), "capacity_below_reserved"
    )
    assert (found["held"], found["confirmed"]) == (1, 0)


async def test_who_waits_is_served_when_a_slot_is_opened_again(api: Api) -> None:
    slot = (await api.slot(None, 1))["id"]
    await api.hold(slot, 1, api.operator)
    body = {"slot": slot, "quantity": 1}
    place = ok(await api.post("/v1/waitlist", api.other, body), 201)
    path = f"/v1/slots/{slot}"
    ok(await api.patch(path, api.operator, {"open": False}))
    await capacity(api, slot, {"capacity": 2})
    seen = ok(await api.get(f"/v1/waitlist/{place['id']}", api.other))
    assert (seen["status"], seen["reason"]) == ("waiting", "sale_ended")
    ok(await api.patch(path, api.operator, {"open": True}))
    assert ok(await api.get(f"/v1/waitlist/{place['id']}", api.other))["status"] == "offered"


async def test_slots_of_another_organization_are_not_taken_along(api: Api, stage: Api) -> None:
    theirs_site, theirs_pool = await stage.site(), await stage.pool()
    mine = (await api.site())["id"]
    assert problem(await publish(api, a_slot_at(theirs_site["id"])), "not_found")["field"] == (
        "site"
    )
    body = a_slot_at(mine, room=theirs_pool["id"])
    assert problem(await publish(api, body), "not_found")["field"] == "room"
    body = a_slot_at(mine, requirements=[{"pool": theirs_pool["id"]}])
    assert problem(await publish(api, body), "not_found")["field"] == "requirements[0].pool"
    theirs = await stage.slot(theirs_site["id"])
    lines = {"lines": [{"slot": theirs["id"], "quantity": 1}]}
    problem(await api.post("/v1/reservations", api.customer, lines), "not_found")
    wait = {"slot": theirs["id"], "quantity": 1}
    problem(await api.post("/v1/waitlist", api.customer, wait), "not_found")
    problem(await api.get("/v1/slots", api.customer, site=theirs_site["id"]), "not_found")
    title = fresh("Mine")
    ok(await publish(api, a_slot_at(mine, title=title)), 201)


# --- what is for those who run it ---


async def test_notes_of_those_who_run_it_are_shown_to_them_alone(api: Api) -> None:
    closed = [{"starts": "2035-12-24", "ends": "2035-12-27", "reason": "The boiler is dead"}]
    metadata = {"cost_centre": "4711-boiler"}
    site = await api.site(blackouts=closed, metadata=metadata)
    slot = await api.slot(site["id"], metadata=metadata)
    paths = ("/v1/slots", f"/v1/slots/{slot['id']}", "/v1/sites", f"/v1/sites/{site['id']}")
    for path in paths:
        for token in (api.operator, api.auditor, api.owner):
            response = await api.get(path, token)
            (seen,) = ok(response).get("data", [ok(response)])
            assert seen["metadata"] == metadata
            assert seen.get("blackouts", closed) == closed
        for token in (None, api.customer):
            response = await api.get(path, token)
            (seen,) = ok(response).get("data", [ok(response)])
            assert "boiler" not in response.text and "4711" not in response.text
            assert seen["metadata"] is None
            times = [{**closed[0], "reason": None}]
            assert seen.get("blackouts", times) == times, "when it is closed is for everybody"


async def test_the_books_are_in_order_after_all_this(stage: Api) -> None:
    assert (await stage.shop.verify()).ok
