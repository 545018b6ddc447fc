"""What is written when a reservation moves: all of it in the new place, nothing in the old."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firmhold.domain.commands import Asked, Confirm, Expire, Extend, Move, Release
from firmhold.domain.desk import CLOCK
from firmhold.engine.reader import Filter
from firmhold.engine.ticket import Answer, Key, Reply
from tests.engine.clinic import HOUR, MINUTE, NINE, Clinic, contents, insisted, refusal
from tests.engine.several import clean, end_holds
from tests.shop import OPERATOR, Shop, refused


@pytest.fixture
async def clinic(shop: Shop) -> Clinic:
    return await Clinic(shop).open()


async def move(clinic: Clinic, id: str, *lines: tuple[str, int], key: Key | None = None) -> Reply:
    asked = tuple(Asked(*line) for line in lines)
    return await clinic.shop.submit(Move(id, OPERATOR, asked), key)


async def has(clinic: Clinic, id: str) -> dict[str, tuple[int, int, int]]:
    """Quantity, held and confirmed by offering, as the rows have them."""
    found = await clinic.shop.fetch(
        "SELECT offering_id, quantity, held, confirmed FROM reservation_line "
        "WHERE reservation_id = $1 ORDER BY position",
        id[-32:],
    )
    return {row["offering_id"].hex: tuple(row)[1:] for row in found}


async def test_units_and_kits_go_along(clinic: Clinic) -> None:
    kits, beds = await clinic.pool(1), await clinic.pool(3)
    first, second, third = await clinic.published(
        clinic.new(NINE, capacity=4, each=[kits]),
        clinic.new(NINE + 30 * MINUTE, capacity=4, each=[kits, (beds, 2)]),
        clinic.new(NINE + HOUR, capacity=4),
    )
    item = await clinic.shop.item(5)
    for confirm in (False, True):
        hold = await clinic.shop.held((first, 1), (item, 2), confirm=confirm)

        def units(number: int, confirm: bool = confirm) -> tuple[int, int, int]:
            return (number, 0, number) if confirm else (number, number, 0)

        # The only kit moves along, from one slot to one that overlaps it.
        insisted(await move(clinic, hold.id, (second, 2), (item, 1)))
        assert await has(clinic, hold.id) == {second[-32:]: units(2), item[-32:]: units(1)}
        assert {(loan[0].hex, loan[1].hex, loan[2]) for loan in await clinic.loans()} == {
            (kits[-32:], second[-32:], 1),
            (beds[-32:], second[-32:], 2),
        }
        # Twice the same is once.
        before = await contents(clinic.shop)
        insisted(await move(clinic, hold.id, (item, 1), (second, 2)))
        assert await contents(clinic.shop) == before
        insisted(await move(clinic, hold.id, (third, 1), (first, 1)))
        assert await has(clinic, hold.id) == {third[-32:]: units(1), first[-32:]: units(1)}
        insisted(await move(clinic, hold.id, (third, 1)))
        assert await clinic.loans() == []
        if not confirm:
            insisted(await clinic.shop.submit(Release(hold.id, OPERATOR)))
    await clean(clinic.shop)


async def test_a_move_that_cannot_be_changes_nothing(clinic: Clinic) -> None:
    kits = await clinic.pool(1)
    first, busy, full = await clinic.published(
        clinic.new(NINE, capacity=2),
        clinic.new(NINE, capacity=2, each=[kits]),
        clinic.new(NINE, capacity=2),
    )
    await clinic.shop.held((busy, 1))
    await clinic.shop.held((full, 2))
    hold = await clinic.shop.held((first, 1), confirm=True)
    before = await contents(clinic.shop)
    assert refused(await move(clinic, hold.id, (busy, 1))) == "pool_busy"
    said = refusal(await move(clinic, hold.id, (first, 1), (full, 1)))
    assert (said.code, said.facts["line"]) == ("insufficient_capacity", 1)
    assert refused(await move(clinic, hold.id, (first, 3))) == "insufficient_capacity"
    assert await contents(clinic.shop) == before
    key = Key.of("test", "move", "a", b"")
    insisted(await move(clinic, hold.id, (first, 2), key=key))
    assert insisted(await move(clinic, hold.id, (first, 1), key=key)).replayed
    assert (await has(clinic, hold.id))[first[-32:]] == (2, 0, 2)
    await clean(clinic.shop)


async def test_what_is_held_for_long_is_no_way_to_hold_for_long_what_is_not(
    clinic: Clinic,
) -> None:
    item = await clinic.shop.item(1, hold_ttl_seconds=600)
    kits = await clinic.pool(1)
    slot = await clinic.slot(each=[kits], hold_ttl_seconds=60)
    hold = await clinic.shop.held((item, 1))
    reply = await move(clinic, hold.id, (slot, 1))
    assert isinstance(reply, Answer)
    row = await clinic.shop.fetchrow(
        "SELECT expires_at, extend_until, (SELECT expires_at FROM reservation_line) AS line_until "
        "FROM reservation"
    )
    assert hold.extend_until is not None and hold.expires_at is not None
    assert row["expires_at"] < hold.expires_at - timedelta(minutes=5)
    assert row["expires_at"] == row["line_until"]
    # However often it is asked to be extended.
    assert row["extend_until"] == row["expires_at"] + timedelta(seconds=120)
    assert refused(await clinic.shop.submit(Extend(hold.id, OPERATOR, 600))) == "limit_exceeded"
    insisted(await clinic.shop.submit(Extend(hold.id, OPERATOR, 170)))
    insisted(await clinic.shop.submit(Confirm(hold.id, OPERATOR)))
    assert [loan[2] for loan in await clinic.loans()] == [1]
    await clean(clinic.shop)


async def test_a_reservation_is_listed_where_it_is(clinic: Clinic) -> None:
    """Once, however often it came and went; and where it has left, not any more."""
    slots = await clinic.published(*(clinic.new(NINE + n * HOUR, capacity=9) for n in range(3)))
    early, wanderer, late = [
        (await clinic.shop.held((slots[0], 1), confirm=True)).id for _ in range(3)
    ]

    async def listed(slot: str) -> list[str]:
        found = await clinic.shop.services.reader.reservations(
            clinic.organization, Filter(offering=slot), below=None, limit=10
        )
        return [seen.reservation.id for seen in found]

    insisted(await move(clinic, wanderer, (slots[1], 1)))
    other = (await clinic.shop.held((slots[1], 1))).id
    assert await listed(slots[0]) == [late, early]
    assert await listed(slots[1]) == [other, wanderer]
    for lines in (((slots[1], 3),), ((slots[0], 1),), ((slots[1], 2), (slots[2], 1))):
        insisted(await move(clinic, wanderer, *lines))
    assert await listed(slots[0]) == [late, early]
    assert await listed(slots[1]) == [other, wanderer]
    assert await listed(slots[2]) == [wanderer]


async def test_counts_at_an_instant_know_that_offers_end_with_their_holds(clinic: Clinic) -> None:
    """Several holds that ended together and were recorded together, with the places on the
    waitlist that they were offers to in between."""
    shop = clinic.shop
    slot = await clinic.slot(capacity=3)
    offers = [(await clinic.join(slot, f"{n}")).reservation for n in range(3)]
    held = [offer for offer in offers if offer is not None]
    assert len(held) == 3
    await end_holds(shop.dsn, held, [-1000] * 3)
    at = await shop.fetchval("SELECT clock_timestamp()")
    await shop.submit(Expire(held[0], CLOCK))
    kinds = await shop.fetch("SELECT kind FROM ledger ORDER BY seq DESC LIMIT 6")
    assert [row["kind"] for row in kinds] == ["unlisted", "expired"] * 3
    counts = await shop.services.reader.counts_at(clinic.organization, slot, at)
    assert counts is not None
    assert counts.held == 0
    await clean(shop)
