"""Pools when time has gone by: buffers and sizes that are others by now, slots that have begun,
holds that have ended unnoticed, lines that wait for what comes back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firmhold.domain.commands import Asked, Cancel, CheckIn, Confirm, Expire, Move, Release
from firmhold.domain.desk import CLOCK
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Status
from firmhold.engine.ticket import Reply
from firmhold.engine.timetable import SlotFilter
from firmhold.workers.expirer import Expirer
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE, Clinic, insisted
from tests.engine.several import clean, end_holds, outcome, outcomes, raw, superuser
from tests.shop import OPERATOR, Shop, refused


@pytest.fixture
async def clinic(shop: Shop) -> Clinic:
    return await Clinic(shop).open()


async def change_pool(clinic: Clinic, id: str, **fields: Any) -> Reply:
    return await clinic.pools.update(
        clinic.organization, id, lambda pool: pool.fields._replace(**fields), lambda _: (200, b"")
    )


async def let_pass(clinic: Clinic, by: timedelta, *slots: str) -> None:
    """Let so much time go by, as far as these slots are concerned."""
    async with raw(superuser(clinic.shop.dsn)) as connection:
        await connection.execute("SET session_replication_role = replica")
        for slot in slots:
            for statement in (
                "UPDATE offering SET starts_at = starts_at - $2::interval, "
                "ends_at = ends_at - $2 WHERE id = $1",
                "UPDATE loan SET during = tstzrange(lower(during) - $2::interval, "
                "upper(during) - $2) WHERE slot_id = $1",
            ):
                await connection.execute(statement, slot[-32:], by)


async def a_long_stay(clinic: Clinic) -> tuple[str, str, str, list[str]]:
    """Five beds: three were used on Monday, two are all week, and it is Wednesday. The pool, the
    slots of Monday and of the week, and who stays the week."""
    start = datetime.now(UTC) + DAY
    beds = await clinic.pool(5)
    monday, week = await clinic.published(
        clinic.new(start, HOUR, 5, each=[beds]), clinic.new(start, 7 * DAY, 9, each=[beds])
    )
    for _ in range(3):
        await clinic.shop.held((monday, 1), confirm=True)
    staying = [(await clinic.shop.held((week, 1), confirm=True)).id for _ in range(2)]
    await let_pass(clinic, 3 * DAY, monday, week)
    return beds, monday, week, staying


async def test_what_was_lent_on_monday_keeps_nobody_out_on_wednesday(clinic: Clinic) -> None:
    _, _, week, _ = await a_long_stay(clinic)
    taken = [await clinic.shop.hold((week, 1)) for _ in range(4)]
    assert outcomes(taken) == {"accepted": 3, "pool_busy": 1}
    await clean(clinic.shop)


async def test_a_pool_that_has_become_smaller_gets_back_what_it_has_lent(clinic: Clinic) -> None:
    beds, _, week, staying = await a_long_stay(clinic)
    insisted(await change_pool(clinic, beds, units=3))
    insisted(await clinic.shop.submit(Cancel(staying[0], OPERATOR)))
    held = await clinic.shop.held((week, 1))
    await end_holds(clinic.shop.dsn, [held.id], [-1.0])
    expirer = Expirer(clinic.engine)
    await expirer.run_once()
    insisted(await clinic.shop.hold((week, 1)))
    await clean(clinic.shop)


async def test_a_room_is_free_for_who_comes_when_the_other_has_left(clinic: Clinic) -> None:
    """Both have the room for a stretch of time, one of which is over."""
    room = await clinic.room()
    start = datetime.now(UTC) + DAY
    early, week = await clinic.published(
        clinic.new(start, HOUR, each=[room]), clinic.new(start, 7 * DAY, each=[room])
    )
    await clinic.shop.held((early, 1), confirm=True)
    assert refused(await clinic.shop.hold((week, 1))) == "pool_busy"
    await let_pass(clinic, 3 * DAY, early, week)
    insisted(await clinic.shop.hold((week, 1)))
    (_, has) = await clinic.loans()
    assert has[3] > datetime.now(UTC) - HOUR, "from now on"
    await clean(clinic.shop)


async def test_a_slot_that_took_units_with_wider_buffers_asks_for_these(clinic: Clinic) -> None:
    kits = await clinic.pool(2, after_minutes=60)
    first, next = await clinic.published(
        clinic.new(NINE, HOUR, 2, each=[kits]),
        clinic.new(NINE + 90 * MINUTE, HOUR, 2, each=[kits]),
    )
    await clinic.shop.held((first, 1))
    insisted(await change_pool(clinic, kits, after_minutes=0))
    await clinic.shop.held((next, 1))
    for _ in range(2):
        assert refused(await clinic.shop.hold((first, 1))) == "pool_busy"
    assert (await clinic.seen(first)).reason == "pool_busy"
    page = await clinic.timetable.page(clinic.organization, SlotFilter(bookable=True), limit=10)
    assert first not in [slot.id for slot in page]
    await clean(clinic.shop)


@pytest.mark.parametrize("recorded", [False, True])
async def test_which_buffers_apply_does_not_depend_on_whether_an_end_was_noticed(
    clinic: Clinic, recorded: bool
) -> None:
    kits = await clinic.pool(1)
    slot = await clinic.slot(capacity=2, each=[kits])
    hold = await clinic.shop.held((slot, 1))
    insisted(await change_pool(clinic, kits, after_minutes=30))
    await clinic.shop.make_due(hold.id)
    if recorded:
        insisted(await clinic.shop.submit(Expire(hold.id, CLOCK)))
    assert (await clinic.seen(slot)).reason is None
    await clinic.shop.held((slot, 1))
    ((*_, begins, ends),) = await clinic.loans()
    assert ends - begins == 90 * MINUTE
    await clean(clinic.shop)


async def test_a_chain_of_ended_holds_is_not_followed(clinic: Clinic) -> None:
    """Each shares a time and a pool with the next."""
    kits = await clinic.pool(1000)
    slots = await clinic.published(
        *(clinic.new(NINE + n * 30 * MINUTE, HOUR, 5, each=[kits]) for n in range(120))
    )
    holds = [
        insisted(it) for it in await asyncio.gather(*(clinic.shop.hold((s, 1)) for s in slots))
    ]
    await end_holds(clinic.shop.dsn, [it.subject.id for it in holds], [-10.0] * len(holds))
    insisted(await clinic.shop.hold((slots[0], 1)))
    recorded = await clinic.shop.fetchval(
        "SELECT count(*) FROM reservation WHERE status = 'expired'"
    )
    assert 2 <= recorded <= 6, "those beside it, and hardly more"
    await clean(clinic.shop)


async def test_more_ended_holds_than_one_transaction_takes_are_taken_by_and_by(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmhold.engine.batch.DUE_AT_ONCE", 4)
    kits = await clinic.pool(9)
    full, beside = await clinic.published(
        clinic.new(NINE, HOUR, 9, each=[kits]), clinic.new(NINE, HOUR, 20, each=[kits])
    )
    holds = [await clinic.shop.held((full, 1)) for _ in range(9)]
    await end_holds(clinic.shop.dsn, [it.id for it in holds], [-10.0] * 9)
    taken = [await clinic.shop.hold((beside, 1)) for _ in range(10)]
    assert outcomes(taken) == {"accepted": 9, "pool_busy": 1}
    await clean(clinic.shop)


async def test_what_was_collected_counts_for_a_customers_limit(clinic: Clinic) -> None:
    item = await clinic.shop.item(100, max_per_customer=2)
    first = await clinic.shop.held((item, 2), customer="ada", confirm=True)
    insisted(await clinic.shop.submit(CheckIn(first.id, OPERATOR, Status.FULFILLED)))
    assert refused(await clinic.shop.hold((item, 1), customer="ada")) == "limit_exceeded"
    insisted(await clinic.shop.hold((item, 1), customer="bob"))
    await clean(clinic.shop)


async def test_what_comes_back_to_a_pool_is_for_the_line_of_another_slot(clinic: Clinic) -> None:
    """And for nobody who comes along at that moment, on whichever slot."""
    ventilators = await clinic.pool(2)
    hip, bypass, knee = await clinic.published(
        clinic.new(NINE, HOUR, each=[ventilators]),
        clinic.new(NINE, HOUR, each=[(ventilators, 2)]),
        clinic.new(NINE, HOUR, each=[ventilators]),
    )
    for gives_back in ("cancel", "expire"):
        hold = await clinic.shop.held((hip, 1), confirm=gives_back == "cancel")
        entry = await clinic.join(bypass, f"ada-{gives_back}")
        if gives_back == "cancel":
            starts = (clinic.shop.submit(Cancel(hold.id, OPERATOR)), clinic.shop.hold((knee, 1)))
        else:
            await end_holds(clinic.shop.dsn, [hold.id], [-1.0])
            starts = (clinic.shop.hold((hip, 1)), clinic.shop.hold((knee, 1)))
        replies = await asyncio.gather(*starts)
        assert outcome(replies[1]) == "pool_busy"
        found = await clinic.shop.fetchrow(
            "SELECT status, reservation_id FROM waitlist_entry WHERE id = $1", entry.id[-32:]
        )
        assert found["status"] == "offered"
        insisted(await clinic.shop.submit(Release(f"rsv_{found['reservation_id'].hex}", OPERATOR)))
        for reply in replies:
            if not isinstance(reply, Refusal) and reply.subject.status is Status.HELD:
                insisted(await clinic.shop.submit(Release(reply.subject.id, OPERATOR)))
    await clean(clinic.shop)


async def test_a_move_leaves_nothing_behind_that_the_books_do_not_know(clinic: Clinic) -> None:
    a, b, c = await clinic.published(*(clinic.new(NINE + n * DAY, HOUR, 3) for n in range(3)))
    confirmed = await clinic.shop.held((a, 1), (b, 1), confirm=True)
    insisted(await clinic.shop.submit(Cancel(confirmed.id, OPERATOR, lines=(Asked(a, 1),))))
    insisted(await clinic.shop.submit(Move(confirmed.id, OPERATOR, (Asked(c, 1),))))
    held = await clinic.shop.held((a, 1), (b, 1))
    insisted(await clinic.shop.submit(Confirm(held.id, OPERATOR, lines=(Asked(b, 1),))))
    insisted(await clinic.shop.submit(Move(held.id, OPERATOR, (Asked(c, 1),))))
    await clean(clinic.shop)
