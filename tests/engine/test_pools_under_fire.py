"""A unit of a pool is lent once, whoever asks for it at the same time: customers of overlapping
slots, operators who publish, holds that end, reservations that move, on one engine and on four.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from firmhold.domain.commands import Asked, Cancel, Confirm, Expire, Move, Release
from firmhold.domain.desk import CLOCK
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Per, Requirement
from firmhold.engine.ticket import Reply
from tests.databases import Address
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE, Clinic, insisted
from tests.engine.several import (
    clean,
    end_holds,
    identity,
    outcome,
    outcomes,
    rounds,
    several,
    statuses,
    together,
)
from tests.shop import OPERATOR, Shop

ENGINES = pytest.mark.parametrize("engines", [1, 4])


async def opened(shops: list[Shop]) -> list[Clinic]:
    """One clinic, as each of the engines sees it."""
    return [await Clinic(shop).open() for shop in shops]


async def no_deadlocks(shop: Shop) -> None:
    found = await shop.fetchval(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert found == 0


@ENGINES
async def test_the_last_ventilator_is_booked_once(database: Address, engines: int) -> None:
    """Two overlapping slots, 50 customers each, all at the same moment."""
    async with several(database.dsn, engines) as shops:
        clinic = (await opened(shops))[0]
        for number in range(rounds(15)):
            at = NINE + number * DAY
            # With others on either side, which end when it begins and begin when it ends.
            ventilators = await clinic.pool(2)
            await clinic.slot(at - HOUR, 3 * HOUR, slot=[ventilators])
            slots = await clinic.published(
                *(clinic.new(at + n * 30 * MINUTE, HOUR, 50, each=[ventilators]) for n in range(2))
            )
            replies = await together(
                *(
                    partial(shops[n % engines].hold, (slots[n % 2], 1), customer=f"{n}")
                    for n in range(100)
                )
            )
            assert outcomes(replies) == {"accepted": 1, "pool_busy": 99}
            winner = next(reply for reply in replies if not isinstance(reply, Refusal))
            if number % 2:
                await shops[0].submit(Release(identity(winner), OPERATOR))
                next_one = await shops[-1].hold((slots[number % 4 // 2], 1))
                assert outcome(next_one) == "accepted"
        await clean(shops[0])


@ENGINES
async def test_as_many_as_there_are_units_and_no_more(database: Address, engines: int) -> None:
    """Slots that overlap in chains, so that what is lent differs from minute to minute."""
    async with several(database.dsn, engines) as shops:
        clinic = (await opened(shops))[0]
        for number in range(rounds(5)):
            kits = await clinic.pool(3)
            slots = await clinic.published(
                *(
                    clinic.new(NINE + number * DAY + n * 20 * MINUTE, HOUR, 20, each=[kits])
                    for n in range(9)
                )
            )
            replies = await together(
                *(
                    partial(shops[n % engines].hold, (slots[n % 9], 1), customer=f"{n}")
                    for n in range(180)
                )
            )
            assert set(outcomes(replies)) == {"accepted", "pool_busy"}
            # Nobody was refused for whom there would have been one.
            for slot in slots:
                assert (await clinic.seen(slot)).reason == "pool_busy"
        await clean(shops[0])


@ENGINES
async def test_a_room_is_published_once(database: Address, engines: int) -> None:
    async with several(database.dsn, engines) as shops:
        clinics = await opened(shops)
        room, surgeon = await clinics[0].room(after_minutes=10), await clinics[0].room()
        for number in range(rounds(10)):
            at = NINE + number * DAY
            # Each overlaps each other, if only by the ten minutes after it.
            replies = await together(
                *(
                    partial(
                        clinics[n % engines].publish,
                        clinics[0].new(at + n * MINUTE, HOUR, slot=[room, surgeon]),
                        clinics[0].new(at + HOUR + 70 * MINUTE, slot=[surgeon, room]),
                    )
                    for n in range(20)
                )
            )
            assert outcomes(replies) == {"accepted": 1, "pool_busy": 19}
        assert await shops[0].fetchval("SELECT count(*) FROM slot") == 2 * rounds(10)
        await clean(shops[0])
        await no_deadlocks(shops[0])


async def test_a_slot_and_a_reservation_do_not_both_get_the_last_one(pair: Any) -> None:
    """One takes it when it is published, the other when it is held."""
    clinics = await opened(list(pair))
    clinic = clinics[0]
    for number in range(rounds(40)):
        at = NINE + number * DAY
        kit = await clinic.pool(1)
        slot = await clinic.slot(at, each=[kit], capacity=3)
        replies = await together(
            partial(pair[0].hold, (slot, 1)),
            partial(clinics[1].publish, clinic.new(at, 2 * HOUR, slot=[kit])),
            partial(pair[1].hold, (slot, 1)),
            partial(clinics[0].publish, clinic.new(at - HOUR, 2 * HOUR, slot=[kit])),
        )
        assert outcomes(replies) == {"accepted": 1, "pool_busy": 3}
    await clean(pair[0])


async def test_what_a_hold_has_is_free_at_the_very_instant_of_its_end(pair: Any) -> None:
    """Its customer confirms, somebody else holds the slot beside it, and the hold ends amid it."""
    clinic = (await opened(list(pair)))[0]
    won: Counter[tuple[str, str]] = Counter()
    for number in range(rounds(100)):
        kit = await clinic.pool(1)
        slot, beside = await clinic.published(
            clinic.new(NINE + number * HOUR, each=[kit]),
            clinic.new(NINE + number * HOUR + 30 * MINUTE, each=[kit]),
        )
        hold = await pair[0].held((slot, 1))
        await end_holds(pair[0].dsn, [hold.id], [random.uniform(-1, 10)])
        confirmed, held = await together(
            partial(pair[0].submit, Confirm(hold.id, OPERATOR)),
            partial(pair[1].hold, (beside, 1)),
        )
        won[outcome(confirmed), outcome(held)] += 1
    # Never both; and nobody only if the one was too late when the other was too early.
    assert set(won) <= {
        ("accepted", "pool_busy"),
        ("hold_expired", "accepted"),
        ("hold_expired", "pool_busy"),
    }
    assert len(won) >= 2, won
    await clean(pair[0])


async def test_a_hold_that_has_ended_is_in_nobodys_way_though_nobody_has_noticed(
    pair: Any,
) -> None:
    """Not even when it is on another slot, together with things that have nothing to do with it."""
    clinic = (await opened(list(pair)))[0]
    for number in range(rounds(20)):
        kit = await clinic.pool(1)
        slots = await clinic.published(
            *(clinic.new(NINE + number * HOUR + n * MINUTE, each=[kit]) for n in range(3))
        )
        item = await pair[0].item(1)
        hold = await pair[0].held((slots[0], 1), (item, 1))
        await end_holds(pair[0].dsn, [hold.id], [-0.001])
        taken = await together(*(partial(pair[n].hold, (s, 1)) for n, s in enumerate(slots[1:])))
        assert outcomes(taken) == {"accepted": 1, "pool_busy": 1}
        assert await statuses(pair[0].dsn, [hold.id]) == ["expired"]
        assert (await pair[0].counts(item))[1] == 0
    await clean(pair[0])


@ENGINES
async def test_holds_of_many_things_in_any_order_do_not_wait_for_each_other_for_ever(
    database: Address, engines: int
) -> None:
    """Items and slots of several pools, named in opposite orders."""
    async with several(database.dsn, engines) as shops:
        clinic = (await opened(shops))[0]
        kits = [await clinic.pool(200) for _ in range(4)]
        slots = await clinic.published(
            *(
                clinic.new(NINE + n * 10 * MINUTE, HOUR, 500, each=[kits[n % 4], kits[3 - n % 4]])
                if n % 4 != 3 - n % 4
                else clinic.new(NINE, HOUR, 500)
                for n in range(8)
            )
        )
        items = [await shops[0].item(1_000) for _ in range(4)]
        things = [*slots, *items]

        async def one(number: int) -> Reply:
            shop = shops[number % engines]
            some = random.sample(things, 5)
            if number % 2:
                some.reverse()
            reply = await shop.hold(*((thing, 1) for thing in some))
            if not isinstance(reply, Refusal) and number % 3 == 0:
                end = Release if number % 2 else Cancel
                await shop.submit(end(identity(reply), OPERATOR))
            return reply

        for _ in range(rounds(5)):
            replies = await asyncio.gather(*(one(n) for n in range(60)))
            assert set(outcomes(replies)) <= {"accepted", "pool_busy"}
        assert sum(shop.services.engine.stats.retries for shop in shops) == 0
        await no_deadlocks(shops[0])
        await clean(shops[0])


@ENGINES
async def test_reservations_that_change_places(database: Address, engines: int) -> None:
    """Eight slots with three places and two kits for each pair of neighbours; twelve reservations
    that all want to be elsewhere, again and again. Whoever moves is never in both, nor in neither.
    """
    async with several(database.dsn, engines) as shops:
        clinic = (await opened(shops))[0]
        kits = await clinic.pool(4)
        slots = await clinic.published(
            *(clinic.new(NINE + n * 30 * MINUTE, HOUR, 3, each=[kits]) for n in range(8))
        )
        held = []
        for n in range(12):
            reply = await shops[0].hold((slots[n * 2 % 8], 1), confirm=n % 2 == 0)
            if not isinstance(reply, Refusal):
                held.append(identity(reply))
        assert len(held) >= 6

        async def wander(number: int, id: str) -> list[str]:
            seen = []
            for _ in range(rounds(10)):
                lines = tuple(
                    Asked(slot, 1) for slot in random.sample(slots, random.choice([1, 1, 2]))
                )
                reply = await shops[random.randrange(engines)].submit(Move(id, OPERATOR, lines))
                seen.append(outcome(reply))
            return seen

        outcomes_seen = Counter(
            name
            for names in await asyncio.gather(*(wander(n, id) for n, id in enumerate(held)))
            for name in names
        )
        assert set(outcomes_seen) <= {"accepted", "pool_busy", "insufficient_capacity"}
        assert outcomes_seen["accepted"] > 0
        found = await shops[0].fetch(
            "SELECT reservation_id, count(*) AS places, sum(held + confirmed) AS units "
            "FROM reservation_line WHERE held + confirmed > 0 GROUP BY 1"
        )
        assert {row["reservation_id"].hex for row in found} == {id[-32:] for id in held}
        assert all(1 <= row["places"] <= 2 for row in found)
        await no_deadlocks(shops[0])
        await clean(shops[0])


async def test_two_who_want_each_others_place(pair: Any) -> None:
    """With one place in each slot, neither can move before the other has; and neither is lost."""
    clinic = (await opened(list(pair)))[0]
    for number in range(rounds(30)):
        kit = await clinic.pool(1)
        slots = await clinic.published(
            *(clinic.new(NINE + (2 * number + n) * HOUR, each=[kit]) for n in range(2))
        )
        holds = [(await pair[0].held((slot, 1), confirm=True)).id for slot in slots]
        replies = await together(
            *(
                partial(pair[n].submit, Move(holds[n], OPERATOR, (Asked(slots[1 - n], 1),)))
                for n in range(2)
            )
        )
        assert outcomes(replies) == {"insufficient_capacity": 2}
        free = await clinic.slot(NINE + 2 * number * HOUR, each=[])
        chain: list[Callable[[], Awaitable[Reply]]] = [
            partial(pair[0].submit, Move(holds[0], OPERATOR, (Asked(free, 1),))),
            partial(pair[1].submit, Move(holds[1], OPERATOR, (Asked(slots[0], 1),))),
        ]
        first, second = await together(*chain)
        assert outcome(first) == "accepted"
        assert outcome(second) in {"accepted", "insufficient_capacity"}
    await no_deadlocks(pair[0])
    await clean(pair[0])


async def test_slots_that_exchange_their_rooms_while_customers_come(pair: Any) -> None:
    clinics = await opened(list(pair))
    clinic = clinics[0]
    rooms = [await clinic.room() for _ in range(3)]
    kits = await clinic.pool(5)
    each = Requirement(kits, 1, Per.RESERVATION)
    slots = await clinic.published(
        *(clinic.new(NINE, HOUR, 9, slot=[rooms[n]], each=[kits]) for n in range(2))
    )

    async def swap(n: int) -> str:
        needs = (Requirement(random.choice(rooms), 1, Per.SLOT), each)
        return outcome(await clinics[n % 2].change(slots[n % 2], requirements=needs))

    async def book(n: int) -> str:
        reply = await pair[n % 2].hold((slots[n % 2], 1))
        if not isinstance(reply, Refusal):
            await pair[1 - n % 2].submit(Cancel(identity(reply), OPERATOR))
        return outcome(reply)

    for _ in range(rounds(5)):
        starts: list[Callable[[], Awaitable[str]]] = [
            partial(act, n) for n in range(12) for act in (swap, book)
        ]
        seen = Counter(await together(*starts))
        assert set(seen) <= {"accepted", "pool_busy"}
        in_use = await pair[0].fetchval("SELECT sum(units) FROM loan WHERE exclusive")
        assert in_use == 2
    await no_deadlocks(pair[0])
    await clean(pair[0])


async def test_withdrawing_and_booking_at_once(pair: Any) -> None:
    clinics = await opened(list(pair))
    clinic = clinics[0]
    won: Counter[tuple[str, str]] = Counter()
    for number in range(rounds(60)):
        room = await clinic.room()
        slot = await clinic.slot(NINE + number * HOUR, slot=[room])
        withdrawn, held, again = await together(
            partial(clinics[0].withdraw, slot),
            partial(pair[1].hold, (slot, 1)),
            partial(clinics[1].withdraw, slot),
        )
        assert outcome(withdrawn) == outcome(again)
        won[outcome(held), outcome(withdrawn)] += 1
    assert set(won) <= {
        ("accepted", "capacity_below_reserved"),
        ("sale_ended", "accepted"),
    }
    await clean(pair[0])


async def test_shrinking_and_lending_at_once(pair: Any) -> None:
    clinics = await opened(list(pair))
    clinic = clinics[0]
    for number in range(rounds(40)):
        kits = await clinic.pool(2)
        slot = await clinic.slot(NINE + number * HOUR, capacity=5, each=[kits])
        *holds, shrunk = await together(
            *(partial(pair[n % 2].hold, (slot, 1)) for n in range(3)),
            partial(
                clinics[1].pools.update,
                clinic.organization,
                kits,
                lambda pool: pool.fields._replace(units=1),
                lambda pool: (200, b""),
            ),
        )
        accepted = outcomes(holds).get("accepted", 0)
        assert (outcome(shrunk), accepted) in {("accepted", 1), ("capacity_below_reserved", 2)}
    await clean(pair[0])


async def test_expiring_and_lending_at_once_on_many_slots(shops: list[Shop]) -> None:
    """Thirty holds of one pool that end within a few milliseconds, and thirty who want theirs."""
    clinic = (await opened(shops))[0]
    for number in range(rounds(10)):
        kits = await clinic.pool(3)
        slots = await clinic.published(
            *(
                clinic.new(NINE + number * DAY + n * 10 * MINUTE, 30 * MINUTE, each=[kits])
                for n in range(30)
            )
        )
        first = await asyncio.gather(*(shops[0].hold((slot, 1)) for slot in slots))
        ids = [identity(reply) for reply in first if not isinstance(reply, Refusal)]
        await end_holds(shops[0].dsn, ids, [random.uniform(-1, 8) for _ in ids])
        beside = await clinic.published(
            *(
                clinic.new(NINE + number * DAY + n * 10 * MINUTE, 30 * MINUTE, each=[kits])
                for n in range(30)
            )
        )
        starts: list[Callable[[], Awaitable[Reply]]] = [
            partial(shops[n % 4].hold, (beside[n], 1)) for n in range(30)
        ]
        starts += [partial(shops[n % 4].submit, Expire(id, CLOCK)) for n, id in enumerate(ids)]
        replies = await together(*starts)
        assert set(outcomes(replies)) <= {"accepted", "pool_busy"}
    await no_deadlocks(shops[0])
    await clean(shops[0])


async def test_the_same_reservation_is_not_lent_to_twice(pair: Any) -> None:
    """Taken again after its end by one, while another takes the kit for somebody else."""
    clinic = (await opened(list(pair)))[0]
    won: Counter[tuple[str, str]] = Counter()
    for number in range(rounds(50)):
        kit = await clinic.pool(1)
        slot, beside = await clinic.published(
            clinic.new(NINE + number * HOUR, each=[kit]),
            clinic.new(NINE + number * HOUR, each=[kit]),
        )
        hold = await pair[0].held((slot, 1))
        await end_holds(pair[0].dsn, [hold.id], [-1])
        again, other = await together(
            partial(pair[0].submit, Confirm(hold.id, OPERATOR, reacquire=True)),
            partial(pair[1].hold, (beside, 1)),
        )
        won[outcome(again), outcome(other)] += 1
        insisted(again if outcome(again) == "accepted" else other)
    assert set(won) <= {("accepted", "pool_busy"), ("pool_busy", "accepted")}
    await clean(pair[0])
