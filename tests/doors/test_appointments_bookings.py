"""Bookings at the appointments door: pending for two minutes, then confirmed, or failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from firmhold.domain.commands import Leave
from firmhold.domain.model import Status
from firmhold.engine.pools import PoolKind
from tests.doors.client import EMAIL, OTHER_EMAIL, Api, Json, ok, problem
from tests.doors.ward import Ward
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE
from tests.shop import OPERATOR, new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")


def seconds(booking: Json) -> float:
    ends = datetime.fromisoformat(booking["expiresAt"])
    return (ends - datetime.fromisoformat(booking["serverTime"])).total_seconds()


async def confirm(api: Api, booking: str, token: str | None = None, **more: Any) -> Any:
    return await api.post(f"/api/bookings/{booking}/confirm", token or api.customer, **more)


# --- booking ---


async def test_a_booking_is_pending_for_two_minutes_and_says_all_about_itself(api: Api) -> None:
    ward = await Ward.of(api)
    theatre = await ward.named(PoolKind.ROOM, "Theatre 2")
    surgeon = await ward.named(PoolKind.PRACTITIONER, "Dr. Haddad")
    slot = await ward.slot(slot=[theatre, surgeon], title="Hip replacement")
    made = ok(await ward.book(slot, patientName="Nora Lindqvist", notes="Left hip"), 201)
    assert seconds(made) == 120
    assert made == {
        "bookingId": made["bookingId"],
        "status": "PENDING",
        "reason": None,
        "reservationStatus": "held",
        "slotId": slot,
        "slot": {
            "title": "Hip replacement",
            "startsAt": NINE.isoformat().replace("+00:00", "Z"),
            "endsAt": (NINE + HOUR).isoformat().replace("+00:00", "Z"),
            "zone": "Europe/Berlin",
            "siteId": ward.site,
            "siteName": "Clinic",
            "room": "Theatre 2",
            "practitioner": "Dr. Haddad",
        },
        "patientId": api.user(api.customer),
        "patientName": "Nora Lindqvist",
        "notes": "Left hip",
        "qty": 1,
        "expiresAt": made["expiresAt"],
        "ttlSeconds": 120,
        "cancellableUntil": NINE.isoformat().replace("+00:00", "Z"),
        "confirmedAt": None,
        "endedAt": None,
        "serverTime": made["serverTime"],
    }
    seen = await ward.booking(made["bookingId"])
    moving = {"serverTime", "ttlSeconds"}
    assert {n: v for n, v in seen.items() if n not in moving} == {
        n: v for n, v in made.items() if n not in moving
    }
    native = ok(await api.get(f"/v1/reservations/{made['bookingId']}", api.customer))
    assert (native["status"], native["customer"]) == ("held", api.user(api.customer))
    assert native["metadata"] == {"patient_name": "Nora Lindqvist"}
    assert native["notes"] == "Left hip"


async def test_a_booking_without_a_name_or_notes_has_none(api: Api) -> None:
    ward = await Ward.of(api)
    made = ok(await ward.book(await ward.slot()), 201)
    assert (made["patientName"], made["notes"]) == (None, None)
    assert made["slot"]["room"] is None and made["slot"]["practitioner"] is None


@pytest.mark.parametrize(("where", "allowed"), [("slot", 60), ("slot", 900), ("shop", 60)])
async def test_a_booking_is_pending_no_longer_than_the_slot_allows(
    api: Api, where: str, allowed: int
) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(**({"hold_ttl_seconds": allowed} if where == "slot" else {}))
    if where == "shop":
        ok(await api.patch("/v1/organization", api.owner, {"hold_ttl_seconds": allowed}))
        api.shop.services.directory.forget()
    assert seconds(ok(await ward.book(slot), 201)) == min(allowed, 120)


# --- statuses ---


async def test_a_booking_goes_from_pending_to_confirmed_and_doing_it_twice_changes_nothing(
    api: Api,
) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot()
    id = ok(await ward.book(slot), 201)["bookingId"]
    firm = ok(await confirm(api, id))
    assert (firm["status"], firm["reason"], firm["reservationStatus"]) == (
        "CONFIRMED",
        None,
        "confirmed",
    )
    assert firm["confirmedAt"] == firm["serverTime"]
    assert firm["ttlSeconds"] is None
    assert ok(await confirm(api, id))["confirmedAt"] == firm["confirmedAt"]
    assert (await ward.booking(id))["status"] == "CONFIRMED"
    assert await api.shop.counts(slot) == (1, 0, 1)


async def test_a_booking_that_was_not_confirmed_in_time_has_failed_and_is_free_again(
    api: Api,
) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot()
    id = ok(await ward.book(slot), 201)["bookingId"]
    problem(await ward.book(slot, api.other), "insufficient_capacity")
    await api.shop.make_due(id)
    before = await api.checksum()
    seen = await ward.booking(id)
    assert (seen["status"], seen["reason"], seen["reservationStatus"]) == (
        "FAILED",
        "expired",
        "expired",
    )
    assert seen["ttlSeconds"] is None
    assert await api.checksum() == before, "nobody had to notice it"
    found = problem(await confirm(api, id), "hold_expired")
    assert found["expired_at"] == seen["expiresAt"]
    ok(await ward.book(slot, api.other), 201)
    assert (await ward.booking(id))["status"] == "FAILED"


async def test_a_booking_says_until_when_it_can_be_cancelled(api: Api) -> None:
    ward = await Ward.of(api)
    site = await ward.new_site("Strict", cutoff_minutes=24 * 60)
    slot = await ward.slot(site=site)
    until = (NINE - DAY).isoformat().replace("+00:00", "Z")
    booking = ok(await ward.book(slot), 201)
    assert booking["cancellableUntil"] == until
    assert ok(await confirm(api, booking["bookingId"]))["cancellableUntil"] == until
    assert (await ward.booking(booking["bookingId"]))["cancellableUntil"] == until
    gone = ok(await ward.cancel(booking["bookingId"]))
    assert gone["cancellableUntil"] is None
    assert (await ward.booking(booking["bookingId"]))["cancellableUntil"] is None


async def test_each_way_in_which_a_booking_ends_is_told(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=10)
    ids = [ok(await ward.book(slot), 201)["bookingId"] for _ in range(6)]
    released, cancelled, expired, fulfilled, absent, pending = ids
    ok(await ward.cancel(released))
    for id in (cancelled, fulfilled, absent):
        ok(await confirm(api, id))
    ok(await ward.cancel(cancelled))
    await ward.check_in(fulfilled, Status.FULFILLED)
    await ward.check_in(absent, Status.NO_SHOW)
    await api.shop.make_due(expired)  # last, so that nothing records it
    seen = {id: await ward.booking(id) for id in ids}
    told = {id: (it["status"], it["reason"], it["reservationStatus"]) for id, it in seen.items()}
    assert told == {
        released: ("FAILED", "released", "released"),
        cancelled: ("FAILED", "cancelled", "cancelled"),
        expired: ("FAILED", "expired", "expired"),
        fulfilled: ("CONFIRMED", None, "fulfilled"),
        absent: ("CONFIRMED", None, "no_show"),
        pending: ("PENDING", None, "held"),
    }
    for id, code in (
        (released, "already_released"),
        (cancelled, "already_cancelled"),
        (expired, "hold_expired"),
    ):
        problem(await confirm(api, id), code)
    for id in (fulfilled, absent):
        assert ok(await confirm(api, id))["status"] == "CONFIRMED"
    assert {it["qty"] for it in seen.values()} == {1}


@pytest.mark.parametrize("id", ["rsv_" + "0" * 32, "slot_" + "0" * 32, "nothing", "rsv_"])
async def test_a_booking_that_there_is_not_is_not_found(stage: Api, id: str) -> None:
    for response in (
        await stage.get(f"/api/bookings/{id}", stage.customer),
        await stage.post(f"/api/bookings/{id}/confirm", stage.customer),
    ):
        assert problem(response, "not_found")["booking"] == id


async def test_a_booking_of_several_slots_is_shown_by_its_first(api: Api) -> None:
    ward = await Ward.of(api)
    item = (await api.item(3))["id"]
    slots = [await ward.slot(NINE + n * DAY) for n in range(2)]
    id = await ward.several(api.user(api.customer), item, slots[1], slots[0], confirm=False)
    assert (await ward.booking(id))["slotId"] == slots[1]
    assert ok(await confirm(api, id))["slotId"] == slots[1]


async def test_a_name_that_another_door_wrote_is_shown_only_if_it_is_one(api: Api) -> None:
    ward = await Ward.of(api)
    for name in (7, None, ["Nora"], {"first": "Nora"}):
        held = await api.shop.held((await ward.slot(), 1), metadata={"patient_name": name})
        assert (await ward.booking(held.id, api.operator))["patientName"] is None
    held = await api.shop.held((await ward.slot(), 1), metadata={"patient_name": "Nora"})
    seen = await ward.booking(held.id, api.operator)
    assert (seen["patientName"], seen["patientId"]) == ("Nora", None)


# --- why not ---


async def test_a_room_that_is_booked_then_is_named(api: Api) -> None:
    ward = await Ward.of(api)
    bay = await ward.named(PoolKind.ROOM, "Bay 4", after_minutes=30)
    first, second = await ward.slot(each=[bay]), await ward.slot(NINE + HOUR, each=[bay])
    ok(await ward.book(first), 201)
    found = problem(await ward.book(second, api.other), "pool_busy", 409)
    assert (found["kind"], found["pool"], found["pool_name"]) == ("room", bay, "Bay 4")
    assert found["slot"] == second
    span = f"from {found['busy_from']} to {found['busy_until']}"
    assert found["detail"] == f"The room Bay 4 is already booked {span}."
    assert datetime.fromisoformat(found["busy_until"]) == NINE + HOUR + 30 * MINUTE


async def test_a_practitioner_who_is_booked_then_is_named(api: Api) -> None:
    ward = await Ward.of(api)
    tanaka = await ward.named(PoolKind.PRACTITIONER, "Dr. Tanaka")
    first, second = await ward.slot(each=[tanaka]), await ward.slot(each=[tanaka])
    ok(await ward.book(first), 201)
    found = problem(await ward.book(second, api.other), "pool_busy", 409)
    assert (found["kind"], found["pool"]) == ("practitioner", tanaka)
    assert found["detail"].startswith("Dr. Tanaka is already booked from ")


async def test_equipment_that_is_not_enough_is_named_with_what_is_left(api: Api) -> None:
    ward = await Ward.of(api)
    ventilator = await ward.named(PoolKind.EQUIPMENT, "Ventilator", 3)
    first, second = await ward.slot(each=[(ventilator, 2)]), await ward.slot(each=[(ventilator, 2)])
    ok(await ward.book(first), 201)
    found = problem(await ward.book(second, api.other), "pool_busy", 409)
    assert (found["kind"], found["pool_name"]) == ("equipment", "Ventilator")
    assert (found["units"], found["taken"], found["requested"]) == (3, 2, 2)
    span = f"from {found['busy_from']} to {found['busy_until']}"
    assert found["detail"] == (
        f"Insufficient equipment: Ventilator (3 in all, 2 taken {span}, 2 needed)."
    )
    assert await api.shop.counts(second) == (1, 0, 0)


async def test_a_slot_that_is_booked_names_its_room(api: Api) -> None:
    ward = await Ward.of(api)
    theatre = await ward.named(PoolKind.ROOM, "Theatre 1")
    slot = await ward.slot(slot=[theatre])
    ok(await ward.book(slot), 201)
    found = problem(await ward.book(slot, api.other), "insufficient_capacity")
    assert (found["room"], found["room_name"]) == (theatre, "Theatre 1")
    assert found["detail"] == "The room Theatre 1 is already booked for this slot."


async def test_the_bounds_of_time_and_of_customers_are_told(api: Api) -> None:
    ward = await Ward.of(api)
    far = await ward.slot(NINE + 200 * DAY)
    assert problem(await ward.book(far), "too_far_ahead", 422)["slot"] == far
    ok(await ward.book(far, api.operator), 201)
    strict = await ward.new_site("Strict", notice_minutes=30 * 24 * 60)
    late = await ward.slot(site=strict)
    problem(await ward.book(late), "too_late_to_book", 422)
    one = await ward.slot(capacity=3, max_per_customer=1)
    ok(await ward.book(one), 201)
    found = problem(await ward.book(one), "limit_exceeded")
    assert (found["limit"], found["slot"]) == ("max_per_customer", one)
    closed = await ward.slot()
    await ward.withdraw(closed)
    problem(await ward.book(closed), "sale_ended")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "slotId"),
        ({"slotId": "x"}, "patientId"),
        ({"slotId": "x", "patientId": ""}, "patientId"),
        ({"slotId": "x", "patientId": "x", "patientName": " "}, "patientName"),
        ({"slotId": "x", "patientId": "x", "notes": 7}, "notes"),
        ({"slotId": "x", "patientId": "x", "qty": 1}, "qty"),
    ],
    ids=str,
)
async def test_a_booking_that_makes_no_sense_is_refused(stage: Api, body: Json, field: str) -> None:
    found = problem(await stage.post("/api/bookings", stage.customer, body), "malformed_request")
    assert found["field"] == field


async def test_a_slot_that_there_is_not_cannot_be_booked(stage: Api) -> None:
    for slot in (new_id("slot"), "item_" + "0" * 32, "nothing"):
        body = {"slotId": slot, "patientId": stage.user(stage.customer)}
        found = problem(await stage.post("/api/bookings", stage.customer, body), "not_found")
        assert found["slot"] == slot


# --- whose ---


async def test_a_customer_books_for_itself_and_an_operator_for_anyone(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=20)
    own, theirs = api.user(api.customer), api.user(api.other)
    for token, patient, expected in (
        (api.customer, own, own),
        (api.customer, EMAIL, own),
        (api.operator, theirs, theirs),
        (api.operator, OTHER_EMAIL, theirs),
        (api.operator, "MRN-2041", "MRN-2041"),
        (api.operator, "new@patients.example", "new@patients.example"),
    ):
        assert ok(await ward.book(slot, token, patient), 201)["patientId"] == expected
    before = await api.checksum()
    for token in (api.customer, api.auditor):
        for patient in (theirs, OTHER_EMAIL, "MRN-2041"):
            problem(await ward.book(slot, token, patient), "forbidden")
    body = {"slotId": slot, "patientId": own}
    problem(await api.post("/api/bookings", None, body), "unauthenticated")
    assert await api.checksum() == before


async def test_a_booking_is_its_patients_and_the_organizations_and_nobody_elses(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot()
    id = ok(await ward.book(slot, patientName="Nora Lindqvist"), 201)["bookingId"]
    for token in (api.customer, api.operator, api.auditor, api.owner, api.admin):
        assert (await ward.booking(id, token))["patientName"] == "Nora Lindqvist"
    response = await api.get(f"/api/bookings/{id}", api.other)
    problem(response, "forbidden")
    assert "Nora" not in response.text and slot not in response.text
    problem(await api.get(f"/api/bookings/{id}"), "unauthenticated")
    problem(await confirm(api, id, api.other), "forbidden")
    problem(await confirm(api, id, api.auditor), "forbidden")
    problem(await api.post(f"/api/bookings/{id}/confirm", None), "unauthenticated")
    assert ok(await confirm(api, id, api.operator))["status"] == "CONFIRMED"


async def test_a_booking_is_repeated_by_its_key(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=5)
    first = await ward.book(slot, key="mine")
    again = await ward.book(slot, idempotencyKey="mine")
    assert (ok(first, 201), again.headers["idempotent-replayed"]) == (again.json(), "true")
    problem(await ward.book(slot, key="mine", notes="more"), "idempotency_key_reused")
    assert (await ward.seen(slot)).available == 4


# --- both ways of booking, and the waitlist ---


async def test_a_hold_of_the_one_way_is_a_booking_of_the_other(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=2)
    held = ok(await ward.hold(slot), 201)["holdId"]
    assert (await ward.booking(held))["status"] == "PENDING"
    assert ok(await confirm(api, held))["status"] == "CONFIRMED"
    booked = ok(await ward.book(slot), 201)["bookingId"]
    firm = ok(await ward.confirm(slot, booked))
    assert (firm["status"], firm["reservationId"]) == ("confirmed", booked)
    assert (await ward.booking(booked))["status"] == "CONFIRMED"
    assert await api.shop.counts(slot) == (2, 0, 2)


async def test_an_offer_from_the_waitlist_is_a_pending_booking(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot()
    booked = ok(await ward.book(slot), 201)["bookingId"]
    entry = await ward.join(slot, api.user(api.other))
    ok(await ward.cancel(booked))
    problem(await ward.book(slot, api.operator), "insufficient_capacity")
    (line,) = [it for it in await ward.reported(slotId=slot) if it["status"] == "PENDING"]
    assert line["patientId"] == api.user(api.other)
    offer = await ward.booking(line["bookingId"], api.other)
    assert offer["status"] == "PENDING"
    assert ok(await confirm(api, line["bookingId"], api.other))["status"] == "CONFIRMED"
    again = await ward.engine.submit(
        ward.organization, Leave(entry.id, OPERATOR), lambda *_: (200, b"")
    )
    assert again, "the entry has come to its end"


async def test_it_is_pending_until_the_very_end(api: Api) -> None:
    """The end is the database's; nothing here sleeps for it."""
    ward = await Ward.of(api)
    slot = await ward.slot(hold_ttl_seconds=1)
    made = ok(await ward.book(slot), 201)
    assert seconds(made) == 1
    ends = datetime.fromisoformat(made["expiresAt"])
    while True:
        seen = await ward.booking(made["bookingId"])
        now = datetime.fromisoformat(seen["serverTime"])
        assert seen["status"] == ("PENDING" if now < ends else "FAILED")
        if now >= ends:
            break
        assert now < ends + timedelta(seconds=10)
    problem(await confirm(api, made["bookingId"]), "hold_expired")
