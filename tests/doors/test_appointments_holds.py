"""The appointments door: to hold, confirm and give back a slot, by whom and under which key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from firmhold.domain.model import Status
from firmhold.engine.pools import PoolKind
from tests.doors.client import EMAIL, OTHER_EMAIL, Api, fresh, ok, problem
from tests.doors.ward import NINE, Ward
from tests.shop import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")
# --- hold, confirm, cancel ---


async def test_a_slot_is_held_confirmed_and_given_back(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=5)
    held = ok(await ward.hold(slot, 2), 201)
    left = datetime.fromisoformat(held["expiresAt"]) - datetime.fromisoformat(held["serverTime"])
    assert left == timedelta(seconds=300)
    assert held == {
        "holdId": held["reservationId"],
        "reservationId": held["reservationId"],
        "slotId": slot,
        "qty": 2,
        "status": "held",
        "expiresAt": held["expiresAt"],
        "ttlSeconds": 300,
        "cancellableUntil": NINE.isoformat().replace("+00:00", "Z"),
        "confirmedAt": None,
        "endedAt": None,
        "serverTime": held["serverTime"],
    }
    assert (await ward.seen(slot)).available == 3
    firm = ok(await ward.confirm(slot, held["holdId"]))
    assert (firm["status"], firm["qty"], firm["ttlSeconds"]) == ("confirmed", 2, None)
    assert firm["confirmedAt"] == firm["serverTime"]
    again = ok(await ward.confirm(slot, held["holdId"]))
    assert again["confirmedAt"] == firm["confirmedAt"]
    gone = ok(await ward.cancel(held["reservationId"]))
    assert (gone["status"], gone["slotId"]) == ("cancelled", slot)
    assert ok(await ward.cancel(held["reservationId"]))["endedAt"] == gone["endedAt"]
    assert await api.shop.counts(slot) == (5, 0, 0)


async def test_a_hold_that_is_cancelled_is_released_and_one_place_is_the_default(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot()
    held = ok(await api.post(f"/api/slots/{slot}/hold", api.customer), 201)
    assert held["qty"] == 1
    path = f"/api/reservations/{held['holdId']}/cancel"
    gone = ok(await api.post(path, api.customer, {"reason": "Feeling better"}))
    assert gone["status"] == "released"
    assert await api.shop.counts(slot) == (1, 0, 0)
    problem(await ward.confirm(slot, held["holdId"]), "already_released")


async def test_a_hold_that_is_over_cannot_be_confirmed_or_cancelled(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot()
    held = ok(await ward.hold(slot), 201)
    await api.shop.make_due(held["holdId"])
    problem(await ward.confirm(slot, held["holdId"]), "hold_expired")
    problem(await ward.cancel(held["holdId"]), "hold_expired")
    ok(await ward.hold(slot, token=api.other), 201)


async def test_a_hold_is_confirmed_at_its_own_slot_only(api: Api) -> None:
    ward = await Ward.of(api)
    slot, other = await ward.slot(), await ward.slot()
    held = ok(await ward.hold(slot), 201)["holdId"]
    for at, hold in (
        (other, held),
        (slot, new_id("rsv")),
        (slot, "nothing"),
        (new_id("slot"), held),
    ):
        found = problem(await ward.confirm(at, hold), "not_found")
        assert found["hold"] == hold
    problem(await ward.confirm("nowhere", held), "not_found")
    assert await api.shop.counts(slot) == (1, 1, 0)
    await ward.move(held, other)
    problem(await ward.confirm(slot, held), "not_found")
    assert ok(await ward.confirm(other, held))["slotId"] == other


async def test_a_hold_that_another_process_has_moved_is_confirmed_where_it_is(api: Api) -> None:
    from tests.shop import open_shop

    ward = await Ward.of(api)
    slot, other = await ward.slot(), await ward.slot(title="Another")
    held = ok(await ward.book(slot), 201)["bookingId"]
    async with open_shop(api.shop.dsn, slug=api.slug) as elsewhere:
        there = Ward(Api(elsewhere))
        await there.move(held, other)
    booking = ok(await api.post(f"/api/bookings/{held}/confirm", api.customer))
    assert (booking["status"], booking["slotId"]) == ("CONFIRMED", other)
    assert booking["slot"]["title"] == "Another"
    async with open_shop(api.shop.dsn, slug=api.slug) as elsewhere:
        await Ward(Api(elsewhere)).move(held, slot)
    problem(await ward.confirm(other, held), "not_found")
    assert ok(await ward.confirm(slot, held))["slotId"] == slot


async def test_too_many_places_and_none_left_are_conflicts_that_say_so(api: Api) -> None:
    ward = await Ward.of(api)
    room = await ward.named(PoolKind.ROOM, "Bay 4")
    slot = await ward.slot(capacity=3, slot=[room])
    ok(await ward.hold(slot, 2), 201)
    found = problem(await ward.hold(slot, 2), "insufficient_capacity")
    assert (found["requested"], found["available"], found["slot"]) == (2, 1, slot)
    assert found["detail"] == "1 of 3 places are left."
    ok(await ward.hold(slot), 201)
    found = problem(await ward.hold(slot), "insufficient_capacity")
    assert (found["room"], found["room_name"], found["available"]) == (room, "Bay 4", 0)
    assert found["detail"] == "The room Bay 4 is already booked for this slot."
    plain = await ward.slot()
    ok(await ward.hold(plain), 201)
    found = problem(await ward.hold(plain), "insufficient_capacity")
    assert found["detail"] == "It is already booked."
    assert "room" not in found and "offering" not in found and "line" not in found


@pytest.mark.parametrize("verb", ["hold", "confirm"])
@pytest.mark.parametrize("slot", ["slot_" + "0" * 32, "item_" + "0" * 32, "nothing"])
async def test_a_slot_that_there_is_not_is_not_found(stage: Api, slot: str, verb: str) -> None:
    body = {"qty": 1} if verb == "hold" else {"holdId": new_id("rsv")}
    found = problem(
        await stage.post(f"/api/slots/{slot}/{verb}", stage.customer, body), "not_found"
    )
    assert found.get("slot", slot) == slot


async def test_an_item_is_no_business_of_this_door(api: Api) -> None:
    item = await api.item(5)
    held = await api.hold(item["id"])
    id = held["id"]
    problem(await api.post(f"/api/slots/{item['id']}/hold", api.customer, {}), "not_found")
    problem(await api.post(f"/api/reservations/{id}/cancel", api.customer, {}), "not_found")
    problem(await api.get(f"/api/bookings/{id}", api.customer), "not_found")
    problem(await api.post(f"/api/bookings/{id}/confirm", api.customer), "not_found")
    assert await api.counts(item["id"]) == (5, 1, 0)


async def test_a_reservation_of_a_slot_and_an_item_is_confirmed_and_given_back_whole(
    api: Api,
) -> None:
    ward = await Ward.of(api)
    item, slot = (await api.item(5))["id"], await ward.slot()
    held = await ward.several(api.user(api.customer), item, slot, confirm=False)
    assert ok(await ward.confirm(slot, held))["slotId"] == slot
    assert await api.shop.counts(item) == (5, 0, 1)
    assert ok(await ward.cancel(held))["status"] == "cancelled"
    assert await api.shop.counts(item) == (5, 0, 0)


async def test_cancelling_is_too_late_for_a_customer_and_not_for_an_operator(api: Api) -> None:
    ward = await Ward.of(api)
    site = await ward.new_site("Strict", cutoff_minutes=10 * 24 * 60)
    slot = await ward.slot(site=site)
    held = ok(await ward.hold(slot), 201)["holdId"]
    ok(await ward.confirm(slot, held))
    found = problem(await ward.cancel(held), "too_late_to_cancel", 422)
    assert found["cancellable_until"]
    assert ok(await ward.cancel(held, api.operator))["status"] == "cancelled"


async def test_what_has_been_used_is_not_given_back(api: Api) -> None:
    ward = await Ward.of(api)
    for outcome in (Status.FULFILLED, Status.NO_SHOW):
        slot = await ward.slot()
        held = ok(await ward.hold(slot), 201)["holdId"]
        ok(await ward.confirm(slot, held))
        await ward.check_in(held, outcome)
        assert ok(await ward.confirm(slot, held))["status"] == outcome.value
        problem(await ward.cancel(held, api.operator), "already_confirmed")


# --- who may ---


async def test_a_customer_acts_for_itself_and_an_operator_for_anyone(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=20)

    async def customer_of(hold: str) -> str:
        seen = ok(await api.get(f"/v1/reservations/{hold}", api.operator))
        return str(seen["customer"])

    own, theirs = api.user(api.customer), api.user(api.other)
    for token, given, expected in (
        (api.customer, {}, own),
        (api.customer, {"patientId": own}, own),
        (api.customer, {"patientId": EMAIL}, own),
        (api.operator, {}, api.user(api.operator)),
        (api.operator, {"patientId": theirs}, theirs),
        (api.operator, {"patientId": OTHER_EMAIL.upper()}, theirs),
        (api.operator, {"patientId": "MRN-2041"}, "MRN-2041"),
        (api.auditor, {}, api.user(api.auditor)),
    ):
        held = ok(await ward.hold(slot, 1, token, **given), 201)
        assert await customer_of(held["holdId"]) == expected
    for token in (api.customer, api.auditor):
        for name in (theirs, OTHER_EMAIL, "MRN-2041"):
            problem(await ward.hold(slot, 1, token, patientId=name), "forbidden")


async def test_only_its_customer_and_operators_act_on_a_hold(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=5)
    held = ok(await ward.hold(slot), 201)["holdId"]
    for token in (api.other, api.auditor):
        for response in (await ward.confirm(slot, held, token), await ward.cancel(held, token)):
            found = problem(response, "forbidden")
            assert set(found) == {"type", "title", "status", "detail", "code"}
    for path in (f"/api/slots/{slot}/hold", f"/api/reservations/{held}/cancel"):
        problem(await api.post(path, None, {}), "unauthenticated")
    ok(await ward.confirm(slot, held, api.operator))
    ok(await ward.cancel(held, api.operator))


async def test_a_hold_token_opens_its_hold_and_places_none(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=5)
    held = await ward.several("guest@example.org", slot, confirm=False)
    token = api.shop.services.tokens.hold_token(api.shop.organization.id, held)
    problem(await ward.hold(slot, 1, token), "forbidden")
    body = {"slotId": slot, "patientId": "guest@example.org"}
    problem(await api.post("/api/bookings", token, body), "forbidden")
    assert ok(await api.get(f"/api/bookings/{held}", token))["status"] == "PENDING"
    ok(await ward.confirm(slot, held, token))
    assert ok(await ward.cancel(held, token))["status"] == "cancelled"


# --- keys ---


async def test_a_key_in_the_body_counts_like_one_in_the_header(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=5)
    key = fresh("key")
    first = await ward.hold(slot, idempotencyKey=key)
    ok(first, 201)
    for again in (
        await ward.hold(slot, idempotencyKey=key),
        await ward.hold(slot, key=key),
        await ward.hold(slot, key=key, idempotencyKey=key),
        await ward.hold(slot, key=f'"{key}"', idempotencyKey=key),
        await ward.hold(slot, idempotencyKey=f'"{key}"'),
    ):
        assert again.content == first.content
        assert again.headers["idempotent-replayed"] == "true"
    problem(await ward.hold(slot, 2, idempotencyKey=key), "idempotency_key_reused")
    assert (await ward.seen(slot)).available == 4
    ok(await ward.hold(slot, token=api.other, idempotencyKey=key), 201)


async def test_two_keys_that_are_not_the_same_are_malformed_and_both_are_named(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=5)
    held = ok(await ward.hold(slot), 201)["holdId"]
    before = await api.checksum()
    user = api.user(api.customer)
    for path, body in (
        (f"/api/slots/{slot}/hold", {"qty": 1}),
        (f"/api/slots/{slot}/confirm", {"holdId": held}),
        (f"/api/reservations/{held}/cancel", {}),
        ("/api/bookings", {"slotId": slot, "patientId": user}),
        (f"/api/bookings/{held}/confirm", {}),
    ):
        found = problem(
            await api.post(path, api.customer, {**body, "idempotencyKey": "one"}, key="two"),
            "malformed_request",
        )
        assert found["field"] == "idempotencyKey"
        assert "idempotencyKey" in found["detail"] and "Idempotency-Key" in found["detail"]
    assert await api.checksum() == before


@pytest.mark.parametrize("key", ["", "one two", "x" * 256, "schl\u00fcssel", "a\n", 7, True, []])
async def test_a_key_in_the_body_that_cannot_be_one_is_refused(stage: Api, key: Any) -> None:
    path = f"/api/slots/{new_id('slot')}/hold"
    found = problem(
        await stage.post(path, stage.customer, {"idempotencyKey": key}), "malformed_request"
    )
    assert found["field"] == "idempotencyKey"
    assert "`" not in found["reason"]


async def test_confirm_and_cancel_are_replayed_by_the_key_in_the_body(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=3)
    held = [ok(await ward.hold(slot), 201)["holdId"] for _ in range(3)]
    for path, body in (
        (f"/api/slots/{slot}/confirm", {"holdId": held[0]}),
        (f"/api/bookings/{held[1]}/confirm", {}),
        (f"/api/reservations/{held[2]}/cancel", {}),
    ):
        keyed = {**body, "idempotencyKey": "the-same"}
        first = await api.post(path, api.customer, keyed)
        again = await api.post(path, api.customer, body, key="the-same")
        assert ok(first) == ok(again)
        assert again.headers["idempotent-replayed"] == "true"
