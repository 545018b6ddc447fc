"""The appointments door: which slots are open, and what they need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firmhold.engine.pools import PoolKind
from tests.doors.client import EMAIL, Api, ok, problem
from tests.doors.ward import Ward
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE

# Ids of nothing; written out, so that every process that collects this names its tests alike.
NO_SITE = "site_0199" + "0" * 28
NO_POOL = "pool_0199" + "0" * 28

pytestmark = pytest.mark.asyncio(loop_scope="module")


# --- what is open ---


async def test_an_open_slot_shows_where_who_and_what_it_needs(api: Api) -> None:
    ward = await Ward.of(api)
    theatre = await ward.named(PoolKind.ROOM, "Theatre 1", before_minutes=15)
    surgeon = await ward.named(PoolKind.PRACTITIONER, "Dr. Okafor")
    anaesthetist = await ward.named(PoolKind.PRACTITIONER, "Dr. Tanaka")
    ventilator = await ward.named(PoolKind.EQUIPMENT, "Ventilator", 3)
    monitor = await ward.named(PoolKind.EQUIPMENT, "Monitor", 2)
    slot = await ward.slot(
        slot=[theatre, surgeon, monitor],
        each=[anaesthetist, (ventilator, 2)],
        capacity=2,
        title="Lung resection",
    )
    (seen,) = ok(await api.get("/api/slots"))
    server_time = seen.pop("serverTime")
    assert abs(datetime.fromisoformat(server_time) - datetime.now(UTC)) < timedelta(hours=1)
    assert seen == {
        "id": slot,
        "siteId": ward.site,
        "siteName": "Clinic",
        "zone": "Europe/Berlin",
        "title": "Lung resection",
        "description": None,
        "startsAt": NINE.isoformat().replace("+00:00", "Z"),
        "endsAt": (NINE + HOUR).isoformat().replace("+00:00", "Z"),
        "capacity": 2,
        "remainingCapacity": 2,
        "room": {"id": theatre, "name": "Theatre 1", "free": True},
        "practitioner": {"id": surgeon, "name": "Dr. Okafor", "free": True},
        "equipment": [
            {"id": monitor, "name": "Monitor", "units": 1, "free": True, "unitsFree": 2},
            {"id": ventilator, "name": "Ventilator", "units": 2, "free": True, "unitsFree": 3},
        ],
        "alsoNeeded": [{"id": anaesthetist, "name": "Dr. Tanaka", "free": True}],
        "bookable": True,
        "reason": None,
    }


async def test_a_slot_whose_equipment_is_taken_then_is_open_and_cannot_be_booked(api: Api) -> None:
    ward = await Ward.of(api)
    ventilator = await ward.named(PoolKind.EQUIPMENT, "Ventilator", 3, after_minutes=30)
    slots = [await ward.slot(NINE + n * HOUR, each=[(ventilator, 2)]) for n in range(3)]
    held = ok(await ward.hold(slots[0]), 201)
    seen = {slot["id"]: slot for slot in await ward.listed()}
    assert set(seen) == {slots[1], slots[2]}, "the first has no place left"
    (need,) = seen[slots[1]]["equipment"]
    assert (need["units"], need["unitsFree"], need["free"]) == (2, 1, False)
    assert (seen[slots[1]]["bookable"], seen[slots[1]]["reason"]) == (False, "pool_busy")
    assert seen[slots[1]]["remainingCapacity"] == 1
    assert seen[slots[2]]["equipment"][0]["unitsFree"] == 3
    assert seen[slots[2]]["bookable"] is True
    await api.shop.make_due(held["holdId"])
    again = {slot["id"]: slot for slot in await ward.listed()}
    assert set(again) == set(slots), "and open again when the hold is over, noticed or not"
    assert again[slots[1]]["equipment"][0]["unitsFree"] == 3


async def test_a_slot_is_open_as_long_as_a_customer_can_have_a_place(api: Api) -> None:
    ward = await Ward.of(api)
    two = await ward.slot(capacity=2)
    one = await ward.slot()
    closed = await ward.slot()
    withdrawn = await ward.slot()
    soon = datetime.now(UTC) + HOUR
    early = await ward.slot(sale_starts_at=soon)
    over = await ward.slot(sale_ends_at=datetime.now(UTC) - HOUR)
    far = await ward.slot(NINE + 200 * DAY)
    ok(await ward.hold(two), 201)
    ok(await ward.hold(one), 201)
    await ward.change(closed, open=False)
    await ward.withdraw(withdrawn)
    seen = {slot["id"]: slot["remainingCapacity"] for slot in await ward.listed()}
    assert seen == {two: 1}
    assert not {one, closed, withdrawn, early, over, far} & set(seen)


async def test_slots_are_found_by_site_resource_and_time_and_walked_in_their_order(
    api: Api,
) -> None:
    ward = await Ward.of(api)
    elsewhere = await ward.new_site("Elsewhere", "Asia/Kathmandu")
    room = await ward.room()
    cot = await ward.pool(3)
    here = [await ward.slot(NINE + n * DAY, each=[room]) for n in range(5)]
    there = [await ward.slot(NINE + n * DAY, slot=[cot], site=elsewhere) for n in range(3)]

    async def found(**query: Any) -> list[str]:
        return [slot["id"] for slot in await ward.listed(limit=2, **query)]

    assert sorted(await found()) == sorted([*here, *there])
    assert await found(siteId=ward.site) == here
    assert await found(siteId=elsewhere) == there
    assert await found(resourceId=room) == here
    assert await found(resourceId=cot) == there
    assert await found(resourceId=cot, siteId=ward.site) == []
    assert await found(siteId=ward.site, from_=(NINE + DAY).isoformat()) == here[1:]
    assert await found(siteId=ward.site, to=(NINE + DAY).isoformat()) == here[:1]
    window = {"from_": (NINE + DAY).isoformat(), "to": (NINE + 3 * DAY).isoformat()}
    assert await found(siteId=ward.site, **window) == here[1:3]
    assert await found(siteId=await ward.new_site("Empty")) == []
    assert await found(resourceId=await ward.pool()) == []


async def test_pages_of_open_slots_are_full_although_many_are_taken(api: Api) -> None:
    ward = await Ward.of(api)
    slots = [await ward.slot(NINE + n * HOUR) for n in range(12)]
    for slot in slots[:7:2]:
        ok(await ward.hold(slot, token=api.operator), 201)
    free = [slot for slot in slots if slot not in slots[:7:2]]
    first = ok(await api.get("/api/slots", limit=5))
    assert [slot["id"] for slot in first] == free[:5]
    assert [slot["id"] for slot in await ward.listed(limit=5)] == free


async def test_the_one_free_slot_is_found_however_many_before_it_are_taken(api: Api) -> None:
    ward = await Ward.of(api)
    full = [ward.new(NINE + n * 10 * MINUTE, 10 * MINUTE, capacity=0) for n in range(1_050)]
    await ward.published(*full)
    free = await ward.slot(NINE + 30 * DAY)
    first = await api.get("/api/slots", limit=2)
    assert [slot["id"] for slot in ok(first)] == [free]
    assert "link" not in first.headers
    other = await ward.slot(NINE + 31 * DAY)
    first = await api.get("/api/slots", limit=1)
    assert [slot["id"] for slot in ok(first)] == [free]
    assert [slot["id"] for slot in await ward.listed(limit=1)] == [free, other]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"siteId": "nowhere"}, "not_found"),
        ({"siteId": "pool_" + "0" * 32}, "not_found"),
        ({"siteId": NO_SITE}, "not_found"),
        ({"resourceId": "nothing"}, "not_found"),
        ({"resourceId": NO_POOL}, "not_found"),
        ({"resourceId": "site_" + "0" * 32}, "not_found"),
        ({"from_": "2030-01-01T00:00:00"}, "malformed_request"),
        ({"to": "tomorrow"}, "malformed_request"),
        ({"from_": "2030-01-02T00:00:00Z", "to": "2030-01-01T00:00:00Z"}, "malformed_request"),
        ({"cursor": "x"}, "malformed_request"),
        ({"limit": 0}, "malformed_request"),
        ({"nobody": 1}, "malformed_request"),
    ],
    ids=str,
)
async def test_a_question_about_slots_that_makes_no_sense_is_refused(
    stage: Api, query: dict[str, Any], code: str
) -> None:
    problem(await stage.get("/api/slots", **query), code)


async def test_open_slots_are_public_only_where_the_catalogue_is(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot()
    held = ok(await ward.book(slot, patientName="Nora Lindqvist", notes="a secret"), 201)
    other = await ward.slot(capacity=5)
    response = await api.get("/api/slots")
    assert [it["id"] for it in ok(response)] == [other]
    for secret in (held["bookingId"], api.user(api.customer), "Nora", "secret", EMAIL):
        assert secret not in response.text
    ok(await api.patch("/v1/organization", api.owner, {"public_catalogue": False}))
    api.shop.services.directory.forget()
    problem(await api.get("/api/slots"), "unauthenticated")
    assert [it["id"] for it in ok(await api.get("/api/slots", api.customer))] == [other]


async def test_a_site_is_called_what_it_is_called_now(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=2)
    booking = ok(await ward.book(slot), 201)["bookingId"]
    await ward.places.update(
        ward.organization,
        ward.site,
        lambda site: site.fields._replace(name="Renamed", zone="Asia/Kathmandu"),
        lambda site: (200, b""),
    )
    (seen,) = await ward.listed()
    assert (seen["siteName"], seen["zone"]) == ("Renamed", "Asia/Kathmandu")
    assert (await ward.booking(booking))["slot"]["siteName"] == "Renamed"
