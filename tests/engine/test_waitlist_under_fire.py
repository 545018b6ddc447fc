"""Who waits is served first, in order, and no unit is promised twice: while others cancel, decline,
walk in, and holds end, all at once and on several engines.

What happened is told by the ledger of the offering, which has one order; it is gone through entry
by entry to see who was passed over.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

import pytest

from firmhold.domain.commands import Cancel, Confirm, Expire, Reconsider, Release
from firmhold.domain.desk import CLOCK
from firmhold.domain.errors import Refusal
from firmhold.domain.model import CustomerLimit
from firmhold.domain.waiting import WAITLIST
from firmhold.workers.expirer import Expirer
from tests.databases import Address
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE, Clinic, insisted
from tests.engine.several import (
    clean,
    end_holds,
    identity,
    outcome,
    outcomes,
    raw,
    rounds,
    several,
    together,
)
from tests.shop import OPERATOR, Shop

ENGINES = pytest.mark.parametrize("engines", [1, 4])
Start = Callable[[], Awaitable[Any]]


class Place(NamedTuple):
    id: str
    place: int
    quantity: int
    status: str
    reservation: str | None
    ended_at: Any


async def line_of(shop: Shop, offering: str) -> list[Place]:
    found = await shop.fetch(
        "SELECT id, place, quantity, status, reservation_id, ended_at FROM waitlist_entry "
        "WHERE offering_id = $1 ORDER BY place",
        offering[-32:],
    )
    return [
        Place(
            f"wait_{row['id'].hex}",
            row["place"],
            row["quantity"],
            row["status"],
            None if row["reservation_id"] is None else row["reservation_id"].hex,
            row["ended_at"],
        )
        for row in found
    ]


async def nobody_was_passed_over(shop: Shop, offering: str) -> None:
    """Go through the ledger. Whenever units were taken by or for somebody, nobody waited before
    them for no more than was free; and at the end nobody waits for what is free."""
    line = await line_of(shop, offering)
    entries = await shop.fetch(
        "SELECT seq, kind, reservation_id, capacity, held, confirmed, held_delta, confirmed_delta, "
        "reason, at FROM ledger WHERE offering_id = $1 ORDER BY seq",
        offering[-32:],
    )
    by_place = {place.place: place for place in line}
    by_offer = {place.reservation: place for place in line if place.reservation}
    left = Counter(place.ended_at for place in line if place.status == "withdrawn")
    waiting: dict[int, Place] = {}
    free = 0
    for entry in entries:
        reservation = "" if entry["reservation_id"] is None else entry["reservation_id"].hex
        taken = entry["held_delta"] + entry["confirmed_delta"]
        offered = by_offer.get(reservation) if entry["kind"] == "held" else None
        if entry["kind"] == "waitlisted":
            waiting[entry["seq"]] = by_place[entry["seq"]]
        elif entry["kind"] == "unlisted" and entry["reason"] == "withdrawn":
            # Whose it was is told by the time; those of one batch are gone with the first of them.
            gone = [
                place
                for place in waiting.values()
                if place.status == "withdrawn" and place.ended_at == entry["at"]
            ]
            assert gone or left[entry["at"]] > 1
            for place in gone:
                del waiting[place.place]
        elif taken > 0 and entry["kind"] in ("held", "confirmed", "reacquired"):
            first = offered.place if offered else None
            for place in waiting.values():
                if first is not None and place.place >= first:
                    continue
                assert place.quantity > free, f"{place} was passed over by entry {entry['seq']}"
        if offered is not None:
            assert offered.place in waiting, "an offer to somebody who does not wait"
            del waiting[offered.place]
        free = entry["capacity"] - entry["held"] - entry["confirmed"]
    still = [place for place in line if place.status == "waiting"]
    assert {place.place for place in still} == waiting.keys()
    assert all(place.quantity > free for place in still), "somebody waits for what is free"


async def offerings(clinic: Clinic, capacity: int) -> list[str]:
    """An item, a slot, and a slot that takes a kit for each reservation, of which there are as many
    as it has places."""
    kits = await clinic.pool(capacity)
    at = NINE + random.randrange(1_000) * HOUR
    return [
        await clinic.shop.item(capacity),
        *await clinic.published(
            clinic.new(at, capacity=capacity),
            clinic.new(at, capacity=capacity, each=[kits]),
        ),
    ]


@ENGINES
async def test_cancels_declines_expiries_and_walk_ins_together(
    database: Address, engines: int
) -> None:
    async with several(database.dsn, engines) as shops:
        clinics = [await Clinic(shop).open() for shop in shops]
        seen: Counter[str] = Counter()
        for number in range(rounds(12)):
            offering = (await offerings(clinics[0], 4))[number % 3]
            seen += await _round(clinics, offering)
        assert seen["walked in"] and seen["turned away"] and seen["offered"], seen
        await clean(shops[0])


async def _round(clinics: list[Clinic], offering: str) -> Counter[str]:
    shops = [clinic.shop for clinic in clinics]

    def shop() -> Shop:
        return random.choice(shops)

    confirmed = [
        (await shops[0].held((offering, 1), customer=f"c{n}", confirm=True)).id for n in range(2)
    ]
    held = [(await shops[0].held((offering, 1), customer=f"h{n}")).id for n in range(2)]
    waiting = [
        await clinics[0].join(offering, f"w{n}", random.choice([1, 1, 2]))
        for n in range(random.choice([1, 3, 8]))
    ]
    await end_holds(shops[0].dsn, held, [random.uniform(-1, 10) for _ in held])
    starts: list[Start] = [partial(shop().submit, Cancel(id, OPERATOR)) for id in confirmed]
    starts += [partial(shop().submit, Expire(id, CLOCK)) for id in held for _ in range(2)]
    starts += [partial(Expirer(shop().services.engine).run_once) for _ in range(2)]
    starts += [
        partial(shop().hold, (offering, random.choice([1, 2])), customer=f"walk-in {n}")
        for n in range(10)
    ]
    starts += [
        partial(random.choice(clinics).leave, entry.id)
        for entry in random.sample(waiting, min(3, len(waiting)))
    ]
    starts += [
        partial(random.choice(clinics).join, offering, f"late {n}", random.choice([1, 2]))
        for n in range(random.choice([0, 4]))
    ]
    replies = await together(*starts)
    for place in await line_of(shops[0], offering):
        if place.status == "offered" and random.random() < 0.5:
            confirm = Confirm(f"rsv_{place.reservation}", OPERATOR)
            assert outcome(await shop().submit(confirm)) == "accepted"
    await settled(shops[0], offering, held)
    await nobody_was_passed_over(shops[0], offering)
    walk_ins = replies[8:18]
    line = await line_of(shops[0], offering)
    return Counter(
        {
            "walked in": sum(not isinstance(reply, Refusal) for reply in walk_ins),
            "turned away": sum(isinstance(reply, Refusal) for reply in walk_ins),
            "offered": sum(place.reservation is not None for place in line),
        }
    )


async def settled(shop: Shop, offering: str, held: list[str]) -> None:
    """Nothing is due that has not been recorded."""
    for id in held:
        await shop.submit(Expire(id, CLOCK))
    await shop.submit(Reconsider(offering, WAITLIST))


@ENGINES
async def test_a_unit_that_comes_free_is_never_anybodys_but_the_next_ones(
    database: Address, engines: int
) -> None:
    """One unit, twenty who wait, and crowds that try to snipe it each time it changes hands."""
    async with several(database.dsn, engines) as shops:
        clinics = [await Clinic(shop).open() for shop in shops]
        for number in range(rounds(3)):
            offering = (await offerings(clinics[0], 1))[number % 3]
            first = (await shops[0].held((offering, 1), customer="first")).id
            entries = [await clinics[0].join(offering, f"w{n}") for n in range(20)]
            owner = first
            for turn in range(20):
                starts: list[Start] = [
                    partial(shops[n % engines].hold, (offering, 1), customer=f"s{n}")
                    for n in range(10)
                ]
                end = random.choice(["release", "expire", "decline"])
                if end == "decline" and owner != first:
                    starts.append(partial(clinics[-1].leave, entries[turn - 1].id))
                elif end == "expire":
                    await end_holds(shops[0].dsn, [owner], [random.uniform(-1, 3)])
                    starts.append(Expirer(shops[-1].services.engine).run_once)
                else:
                    starts.append(partial(shops[-1].submit, Release(owner, OPERATOR)))
                replies = await together(*starts)
                snipers = outcomes(reply for reply in replies[:10])
                assert snipers == {"insufficient_capacity": 10}
                await settled(shops[0], offering, [owner])
                line = await line_of(shops[0], offering)
                offered = [place for place in line if place.status == "offered"]
                assert [place.id for place in offered] == [entries[turn].id]
                owner = f"rsv_{offered[0].reservation}"
            await nobody_was_passed_over(shops[0], offering)
        await clean(shops[0])


@ENGINES
async def test_limits_of_customers_hold_for_those_who_wait(database: Address, engines: int) -> None:
    """Live holds, units per customer, and units within days at a site: whoever has as much as
    allowed is passed over until that changes, and never gets more, whatever happens at once."""
    async with several(database.dsn, engines) as shops:
        clinics = [await Clinic(shop).open() for shop in shops]
        clinic = clinics[0]
        async with raw(shops[0].dsn) as connection:
            await connection.execute("UPDATE organization SET max_live_holds = 2")
        site = await clinic.new_site("Strict", customer_limit=CustomerLimit(3, 7))
        for number in range(rounds(8)):
            at = NINE + number * 20 * DAY / 8
            slots = await clinic.published(
                *(
                    clinic.new(at + n * HOUR, capacity=2, site=site, max_per_customer=2)
                    for n in range(4)
                )
            )
            people = [f"{number}-{n}" for n in range(4)]
            full = [
                (await shops[0].held((slot, 2), customer=f"{number} {slot}")).id for slot in slots
            ]
            for slot in slots:
                for customer in random.sample(people, 4):
                    await clinic.join(slot, customer, random.choice([1, 1, 2]))
            starts: list[Start] = [
                partial(random.choice(shops).submit, Release(id, OPERATOR)) for id in full
            ]
            starts += [
                partial(random.choice(shops).hold, (slot, 1), customer=customer)
                for slot in slots
                for customer in people
            ]
            replies = await together(*starts)
            for reply in replies[4:]:
                if not isinstance(reply, Refusal) and random.random() < 0.5:
                    await shops[0].submit(Confirm(identity(reply), OPERATOR))
            await _limits_hold(shops[0])
            held = await shops[0].fetch(
                "SELECT id FROM reservation WHERE status = 'held' AND customer = ANY ($1)", people
            )
            more: list[Start] = [
                partial(
                    random.choice(shops).submit,
                    random.choice([Release, Cancel, Confirm])(f"rsv_{row['id'].hex}", OPERATOR),
                )
                for row in held
            ]
            more += [
                partial(random.choice(shops).submit, Reconsider(slot, WAITLIST))
                for slot in slots
                for _ in range(2)
            ]
            await together(*more)
            await _limits_hold(shops[0])
        await clean(shops[0])


async def _limits_hold(shop: Shop) -> None:
    live = await shop.fetchval(
        "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM reservation "
        "WHERE status = 'held' GROUP BY customer) AS each"
    )
    assert live <= 2
    units = await shop.fetchval(
        "SELECT max(n) FROM (SELECT sum(held + confirmed) AS n FROM reservation_line "
        "GROUP BY customer, offering_id) AS each"
    )
    assert units <= 2
    # All slots of one round are within a day, and those of two rounds may be within seven.
    within = await shop.fetchval(
        """
        SELECT max(n) FROM (
            SELECT l.customer, sum(m.held + m.confirmed) AS n
            FROM reservation_line AS l
            JOIN offering AS o ON o.id = l.offering_id
            JOIN reservation_line AS m ON m.customer = l.customer
            JOIN offering AS p ON p.id = m.offering_id AND p.site_id = o.site_id
             AND p.starts_at >= o.starts_at AND p.starts_at < o.starts_at + interval '168 hours'
            GROUP BY l.customer, l.reservation_id, l.offering_id
        ) AS windows
        """
    )
    assert within <= 3


async def test_whoever_waits_twice_at_once_waits_once(shops: list[Shop]) -> None:
    clinics = [await Clinic(shop).open() for shop in shops]
    for number in range(rounds(20)):
        slot = await clinics[0].slot(NINE + number * HOUR)
        await shops[0].held((slot, 1))
        entries = await together(*(partial(clinics[n % 4].join, slot, "ada") for n in range(12)))
        assert len({entry.id for entry in entries}) == 1
        line = await line_of(shops[0], slot)
        assert len(line) == 1
    await clean(shops[0])


async def test_an_offer_is_accepted_declined_or_lapses_and_only_one_of_these(pair: Any) -> None:
    clinics = [await Clinic(shop).open() for shop in pair]
    ended: Counter[str] = Counter()
    for number in range(rounds(60)):
        slot = await clinics[0].slot(NINE + number * HOUR)
        first = await clinics[0].join(slot, "ada")
        second = await clinics[0].join(slot, "bob")
        assert first.reservation is not None
        offer = first.reservation
        await end_holds(pair[0].dsn, [offer], [random.uniform(-1, 50)])
        confirmed, left, _ = await together(
            partial(pair[0].submit, Confirm(offer, OPERATOR)),
            partial(clinics[1].leave, first.id),
            partial(pair[number % 2].submit, Expire(offer, CLOCK)),
        )
        line = {place.id: place for place in await line_of(pair[0], slot)}
        status = line[first.id].status
        assert (outcome(confirmed) == "accepted") == (status == "accepted")
        if status == "accepted":
            assert outcome(left) == "already_confirmed"
            assert line[second.id].status == "waiting"
        elif status != "offered":
            assert line[second.id].status == "offered"
        ended[status] += 1
    assert {"accepted", "declined"} <= set(ended) <= {"accepted", "declined", "lapsed"}, ended
    await clean(pair[0])


async def test_pools_that_come_free_for_those_who_wait_elsewhere(pair: Any) -> None:
    """Ten slots that share two kits, and people who wait for each: a kit is promised once."""
    clinics = [await Clinic(shop).open() for shop in pair]
    for number in range(rounds(6)):
        kits = await clinics[0].pool(2)
        at = NINE + number * DAY
        slots = await clinics[0].published(
            *(clinics[0].new(at + n * MINUTE, HOUR, 3, each=[kits]) for n in range(10))
        )
        holders = [(await pair[0].held((slots[n], 1), customer=f"{n}")).id for n in range(2)]
        for slot in slots:
            for customer in ("ada", "bob"):
                await clinics[0].join(slot, customer)
        starts: list[Start] = [partial(pair[0].submit, Release(id, OPERATOR)) for id in holders]
        starts += [
            partial(pair[n].submit, Reconsider(slot, WAITLIST)) for slot in slots for n in range(2)
        ]
        starts += [partial(pair[1].hold, (slot, 1), customer="walk-in") for slot in slots]
        await together(*starts)
        for slot in slots:
            insisted(await pair[0].submit(Reconsider(slot, WAITLIST)))
        lent = "SELECT sum(units) FROM loan WHERE pool_id = $1"
        assert await pair[0].fetchval(lent, kits[-32:]) == 2
    await clean(pair[0])
