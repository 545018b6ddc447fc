"""The audit of slots, pools and waitlists notices what it is there for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firmhold.domain.model import WaitlistEntry
from tests.databases import Address, connected
from tests.engine.clinic import HOUR, MINUTE, NINE, Clinic
from tests.faults.audit_of_time import (
    Loan,
    Tables,
    audit_of_time,
    lent_too_often,
    lost_days,
    lost_places,
    most,
    passed_over,
    uneven_days,
    untold_places,
    waiting_for_what_is_free,
)
from tests.faults.book import Book, Waiting
from tests.shop import Shop
from tests.store.corruptions import UNGUARDED

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def entry(seq: int, kind: str, units: int = 0, reservation: str | None = None, **more: Any) -> Any:
    """A row of the ledger of a slot."""
    return {
        "offering_id": "slot",
        "seq": seq,
        "kind": kind,
        "units": units,
        "reservation_id": reservation,
        "reason": None,
        "at": NOON + seq * timedelta(minutes=1),
        **more,
    }


def wait(place: int, status: str = "waiting", quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A place in line for the slot, under its entry's id."""
    row = {
        "offering_id": "slot",
        "offering": "slot_1",
        "customer": f"patient {place}",
        "quantity": quantity,
        "status": status,
        "place": place,
        "reservation": None,
        "reservation_id": None,
        "ended_at": None,
    }
    return {f"wait_{place}": {**row, **more}}


def ward(**more: Any) -> Tables:
    """Two slots that overlap, one ventilator for each reservation, and two of these."""
    slot = {"capacity": 3, "taken": 0, "reservations": 0, "withdrawn": False}
    slots = {
        name: {**slot, "starts_at": NOON + at, "ends_at": NOON + at + HOUR}
        for name, at in (("slot", timedelta()), ("beside", 30 * MINUTE))
    }
    pool = {"name": "ventilators", "units": 2, "before_minutes": 0, "after_minutes": 10}
    needs = [{"slot_id": id, "pool_id": "pool", "units": 1, "each": True} for id in slots]
    return replace(Tables({"pool": pool}, slots, needs, [], {}, [], []), **more)


def test_what_comes_back_at_an_instant_is_there_for_who_takes_it_then() -> None:
    assert most([]) == 0
    assert most([Loan(NOON, NOON + HOUR, 2), Loan(NOON + HOUR, NOON + 2 * HOUR, 2)]) == 2
    assert most([Loan(NOON, NOON + HOUR, 2), Loan(NOON + 59 * MINUTE, NOON + 2 * HOUR, 1)]) == 3


def test_a_pool_that_lends_too_much_is_noticed_by_loans_and_by_reservations() -> None:
    tables = ward()
    tables.slots["slot"].update(reservations=1, taken=1)
    tables.slots["beside"].update(reservations=1, taken=2)
    assert list(lent_too_often(tables)) == []
    tables.slots["beside"].update(reservations=2)
    (what,) = lent_too_often(tables)
    assert what == "ventilators has 2 units and has to lend 3 at a time"
    # Ten minutes after it is not yet back.
    tables.slots["beside"].update(starts_at=NOON + 65 * MINUTE)
    assert len(list(lent_too_often(tables))) == 1
    tables.slots["beside"].update(starts_at=NOON + 70 * MINUTE)
    assert list(lent_too_often(tables)) == []
    loans = [("pool", 2, NOON, NOON + HOUR), ("pool", 1, NOON, NOON + MINUTE)]
    (what,) = lent_too_often(ward(loans=loans))
    assert what == "ventilators has 2 units and lends 3 at a time"


def test_a_slot_needs_what_it_needs_for_itself_until_it_is_withdrawn() -> None:
    needs = [
        {"slot_id": id, "pool_id": "pool", "units": 2, "each": False} for id in ("slot", "beside")
    ]
    tables = ward(needs=needs)
    assert len(list(lent_too_often(tables))) == 1
    tables.slots["slot"]["withdrawn"] = True
    assert list(lent_too_often(tables)) == []


def test_who_waits_for_what_is_free_is_noticed() -> None:
    tables = ward(waits=wait(2, quantity=2))
    (what,) = waiting_for_what_is_free(tables)
    assert what == "wait_2 waits for 2 of slot_1, which are free"
    tables.slots["slot"].update(taken=2)
    assert list(waiting_for_what_is_free(tables)) == []
    tables.slots["slot"].update(taken=1)
    tables.slots["beside"].update(reservations=2)
    assert list(waiting_for_what_is_free(tables)) == [], "both ventilators are in use"
    tables.slots["beside"].update(reservations=1)
    assert len(list(waiting_for_what_is_free(tables))) == 1
    assert list(waiting_for_what_is_free(ward(waits=wait(2, "offered")))) == []


JOINED = [entry(2, "waitlisted"), entry(3, "waitlisted")]
TWO = {**wait(2), **wait(3, "accepted", reservation_id="late")}


@pytest.mark.parametrize(
    ("waits", "entries", "times"),
    [
        (TWO, [entry(4, "held", 1, "late")], 1),
        (TWO, [entry(4, "held", 1, "walk-in")], 2),
        (TWO, [entry(4, "confirmed", 1, "walk-in"), entry(5, "reacquired", 1, "back")], 4),
        # A hold that is confirmed takes nothing more, and who moves brings along what it has.
        (TWO, [entry(4, "confirmed", 0, "old"), entry(5, "moved", 1, "old")], 0),
        # Wanting two, nobody is passed over by who takes one.
        ({**TWO, **wait(2, quantity=2)}, [entry(4, "held", 1, "late")], 0),
        # Served in their order, or gone before.
        (
            {**wait(2, "offered", reservation_id="early"), **wait(3)},
            [entry(4, "held", 1, "early")],
            0,
        ),
        (
            {**TWO, **wait(2, "withdrawn", ended_at=NOON + 4 * MINUTE)},
            [entry(4, "unlisted", reason="withdrawn"), entry(5, "held", 1, "late")],
            0,
        ),
    ],
)
def test_who_is_passed_over_is_noticed(
    waits: dict[str, Any], entries: list[Any], times: int
) -> None:
    assert len(list(passed_over(ward(waits=waits, entries=[*JOINED, *entries])))) == times


def test_places_that_are_lost_changed_or_untold_are_noticed() -> None:
    tables = ward(waits=wait(2))
    book = Book()
    assert len(list(untold_places(tables, book))) == 1
    told = book.waits["wait_2"] = Waiting("slot_1", "patient 2", 1, "waiting", None)
    assert [*untold_places(tables, book), *lost_places(tables, book)] == []
    book.waits["wait_2"] = told._replace(status="offered", reservation="rsv_1")
    book.waits["wait_3"] = told
    assert len(list(lost_places(tables, book))) == 2


def test_days_of_a_schedule_that_are_missing_short_or_double_are_noticed() -> None:
    def planned(*days: tuple[int, ...]) -> Tables:
        first = datetime(2030, 1, 1)  # noqa: DTZ001 - by the site's clocks
        at = [
            first + timedelta(days=n, hours=hour) for n, hours in enumerate(days) for hour in hours
        ]
        return ward(scheduled=[("sched_1", it) for it in at])

    assert list(uneven_days(planned((10,), (9, 10), (9, 10)))) == []
    for wrong in ((9,), (9, 9, 10), ()):
        assert len(list(uneven_days(planned((10,), wrong, (9, 10))))) == 1
    # The last day is like any other.
    assert len(list(uneven_days(planned((9, 10), (9, 10), (9, 10, 10))))) == 1
    tables = planned((9, 10), (9, 10))
    assert list(lost_days(tables, Book(planned={"sched_1": "2030-01-02"}))) == []
    assert len(list(lost_days(tables, Book(planned={"sched_1": "2030-01-03"})))) == 1
    assert len(list(lost_days(tables, Book(planned={"sched_2": "2030-01-01"})))) == 1


async def test_the_tables_are_read_as_they_are(shop: Shop, database: Address) -> None:
    clinic = await Clinic(shop).open()
    kits = await clinic.pool(1)
    slots = await clinic.published(
        *(clinic.new(NINE + n * 30 * MINUTE, HOUR, 2, each=[kits]) for n in range(2))
    )
    await shop.held((slots[0], 1), customer="ada")
    waiting: WaitlistEntry = await clinic.join(slots[1], "bob")
    told = Waiting(slots[1], "bob", 1, "waiting", None)
    book = Book(waits={waiting.id: told})
    assert await audit_of_time(database.dsn, book) == []
    offered = await clinic.join(slots[0], "eve")
    assert [it.kind for it in await audit_of_time(database.dsn, book)] == ["otherwise"]
    book.waits[offered.id] = Waiting(slots[0], "eve", 1, "waiting", None)
    assert await audit_of_time(database.dsn, book) == []

    async def tamper(connection: Any) -> None:
        await connection.execute(UNGUARDED)
        await connection.execute(
            "INSERT INTO loan SELECT organization_id, pool_id, $1, units, during, exclusive "
            "FROM loan WHERE slot_id = $2",
            slots[1][-32:],
            slots[0][-32:],
        )

    await connected(database.superuser, tamper)
    assert [it.kind for it in await audit_of_time(database.dsn, book)] == ["oversold"]
