"""The appointments door: many at once for the last place, the last ventilator, one booking."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from firmhold.engine.pools import PoolKind
from tests.doors.client import Api, fresh, ok, problem
from tests.doors.ward import Ward
from tests.engine.clinic import MINUTE, NINE

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def confirm(api: Api, booking: str) -> Any:
    return await api.post(f"/api/bookings/{booking}/confirm", api.customer)


async def test_of_many_who_want_the_last_place_at_once_one_has_it(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot()
    tokens = [await api.shop.token(f"{fresh('rival')}@example.org") for _ in range(30)]
    answers = await asyncio.gather(*(ward.hold(slot, token=token) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 29
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, "insufficient_capacity")
    assert await api.shop.counts(slot) == (1, 1, 0)


async def test_overlapping_slots_do_not_share_the_last_ventilator(api: Api) -> None:
    ward = await Ward.of(api)
    for _ in range(5):
        ventilator = await ward.named(PoolKind.EQUIPMENT, fresh("Ventilator"), 1)
        slots = [await ward.slot(NINE + n * 10 * MINUTE, each=[ventilator]) for n in range(4)]
        answers = await asyncio.gather(*(ward.hold(slot) for slot in slots))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        for answer in answers:
            if answer.status_code == 409:
                assert problem(answer, "pool_busy", 409)["pool"] == ventilator
    assert (await api.shop.verify()).ok


async def test_two_bookings_of_overlapping_slots_for_the_last_ventilator(api: Api) -> None:
    ward = await Ward.of(api)
    for _ in range(10):
        ventilator = await ward.named(PoolKind.EQUIPMENT, fresh("Ventilator"), 3)
        early = await ward.slot(each=[(ventilator, 2)])
        late = await ward.slot(NINE + 30 * MINUTE, each=[(ventilator, 2)])
        answers = await asyncio.gather(ward.book(early), ward.book(late, api.other))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        loser = max(answers, key=lambda answer: answer.status_code)
        assert problem(loser, "pool_busy", 409)["pool"] == ventilator
    assert (await api.shop.verify()).ok


async def test_fifty_at_once_with_one_key_make_one_booking(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=100)
    answers = await asyncio.gather(
        *(
            ward.book(slot, **({"key": "one"} if n % 2 else {"idempotencyKey": "one"}))
            for n in range(50)
        )
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await api.shop.counts(slot) == (100, 1, 0)


async def test_a_booking_is_confirmed_once_or_cancelled_once_and_never_both(api: Api) -> None:
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=50)
    ids = [ok(await ward.book(slot), 201)["bookingId"] for _ in range(10)]
    for id in ids:
        await asyncio.gather(
            *(act for _ in range(3) for act in (confirm(api, id), ward.cancel(id)))
        )
    statuses = {(await ward.booking(id))["reservationStatus"] for id in ids}
    assert statuses <= {"released", "cancelled"}
    assert await api.shop.counts(slot) == (50, 0, 0)
    assert (await api.shop.verify()).ok
