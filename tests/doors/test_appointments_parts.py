"""Reservations at the appointments door of which a part was given back: the live slot counts."""

from __future__ import annotations

import pytest

from tests.doors.client import Api, ok, problem
from tests.doors.ward import Ward

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_booking_is_for_the_slot_that_is_still_claimed(api: Api) -> None:
    ward = await Ward.of(api)
    gone, kept = await ward.slot(), await ward.slot()
    booking = await ward.several(api.user(api.customer), gone, kept)
    lines = [{"slot": gone, "quantity": 1}]
    ok(await api.act(booking, "cancel", api.operator, {"lines": lines}))
    seen = await ward.booking(booking)
    assert (seen["slotId"], seen["qty"], seen["status"]) == (kept, 1, "CONFIRMED")
    # What another door asks about again is the same.
    again = await api.post(f"/api/bookings/{booking}/confirm", api.customer, {})
    assert ok(again)["slotId"] == kept
    assert ok(await ward.confirm(kept, booking))["slotId"] == kept


async def test_a_slot_that_was_given_back_is_no_confirmed_booking(api: Api) -> None:
    ward = await Ward.of(api)
    gone, kept = await ward.slot(), await ward.slot()
    booking = await ward.several(api.user(api.customer), gone, kept, confirm=False)
    lines = [{"slot": kept, "quantity": 1}]
    ok(await api.act(booking, "confirm", api.operator, {"lines": lines}))
    assert (await ward.booking(booking))["slotId"] == kept
    before = await api.checksum()
    problem(await ward.confirm(gone, booking), "not_found")
    assert await api.checksum() == before


async def test_a_booking_of_which_only_an_item_is_left_has_failed(api: Api) -> None:
    ward = await Ward.of(api)
    slot, item = await ward.slot(), (await api.item())["id"]
    booking = await ward.several(api.user(api.customer), item, slot)
    lines = [{"slot": slot, "quantity": 1}]
    ok(await api.act(booking, "cancel", api.operator, {"lines": lines}))
    seen = await ward.booking(booking)
    assert (seen["slotId"], seen["status"], seen["reason"]) == (slot, "FAILED", "cancelled")
    assert (seen["qty"], seen["reservationStatus"]) == (0, "confirmed")


async def test_a_booking_that_is_over_still_says_what_it_was_for(api: Api) -> None:
    ward = await Ward.of(api)
    one, two = await ward.slot(), await ward.slot()
    booking = await ward.several(api.user(api.customer), one, two)
    cancelled = ok(await ward.cancel(booking))
    assert (cancelled["slotId"], cancelled["qty"]) == (one, 1)
    seen = await ward.booking(booking)
    assert (seen["slotId"], seen["status"], seen["reason"]) == (one, "FAILED", "cancelled")
