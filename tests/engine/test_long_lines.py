"""Long waitlists: what a batch reads of them, and whom it locks."""

from __future__ import annotations

from typing import Any

import pytest

from firmhold.domain.commands import Confirm, Reconsider, Release
from firmhold.domain.desk import CLOCK
from firmhold.engine import waitlist
from firmhold.engine.batch import Batch, Claims
from tests.engine.clinic import Clinic, insisted
from tests.engine.several import clean, raw, superuser
from tests.shop import OPERATOR, Shop, refused

LINE = """
    WITH line AS (
        INSERT INTO waitlist_entry (organization_id, id, offering_id, customer, actor, quantity,
                                    place, status, created_at)
        SELECT $1, gen_random_uuid(), $2, 'c' || n, 'test', $4, n + 1, 'waiting', now()
        FROM generate_series(1, $3::integer) AS n RETURNING *
    ), entries AS (
        INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
                            confirmed_delta, capacity, held, confirmed, at, actor)
        SELECT $1, $2, place + o.seq - 1, 'waitlisted', 0, 0, 0, o.capacity, o.held, o.confirmed,
               now(), 'test'
        FROM line, offering AS o WHERE o.id = $2
    )
    UPDATE offering SET waiting = waiting + $3, seq = seq + $3 WHERE id = $2
"""


@pytest.fixture
async def clinic(shop: Shop) -> Clinic:
    return await Clinic(shop).open()


async def wait_in_line(clinic: Clinic, offering: str, number: int, units: int) -> None:
    """Let so many wait for so many units each."""
    async with raw(superuser(clinic.shop.dsn)) as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(LINE, clinic.organization[-32:], offering[-32:], number, units)
        await connection.execute(
            "UPDATE waitlist_entry AS w SET place = l.seq FROM ("
            "  SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM ledger"
            "  WHERE kind = 'waitlisted' AND offering_id = $1) AS l,"
            "  (SELECT id, row_number() OVER (ORDER BY place) AS n FROM waitlist_entry"
            "   WHERE offering_id = $1) AS p WHERE p.id = w.id AND p.n = l.n",
            offering[-32:],
        )


async def test_of_a_long_line_only_those_are_read_who_may_fit(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    load = waitlist.load

    async def watched(*given: Any, **more: Any) -> waitlist.Waiting:
        waiting = await load(*given, **more)
        read.append(len(waiting.entries))
        return waiting

    monkeypatch.setattr(waitlist, "load", watched)
    item = await clinic.shop.item(10)
    sold = await clinic.shop.held((item, 9), confirm=True)
    await wait_in_line(clinic, item, 2_000, 2)
    assert refused(await clinic.shop.hold((item, 5))) == "insufficient_capacity"
    insisted(await clinic.shop.hold((item, 1)))
    assert max(read) <= waitlist.FIRST_LOOK
    # Whoever wants less is found, however far behind.
    patient = await clinic.join(item, "patient", 1)
    assert patient.status == "waiting"
    read.clear()
    one = await clinic.shop.fetchval(
        "SELECT id FROM reservation WHERE status = 'held' AND customer IS DISTINCT FROM 'patient'"
    )
    insisted(await clinic.shop.submit(Release(f"rsv_{one.hex}", OPERATOR)))
    found = await clinic.shop.fetchval(
        "SELECT status FROM waitlist_entry WHERE id = $1", patient.id[-32:]
    )
    assert found == "offered" and max(read) <= waitlist.FIRST_LOOK + 1
    # And when there is more, the first of the line.
    insisted(await clinic.shop.submit(Confirm(sold.id, OPERATOR)))
    await clean(clinic.shop)


async def test_who_waits_and_gets_nothing_is_not_locked(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[int] = []
    lock = Batch.lock

    async def watched(batch: Batch, claims: Claims) -> None:
        await lock(batch, claims)
        locked.append(len(batch.locked_customers))

    monkeypatch.setattr(Batch, "lock", watched)
    async with raw(superuser(clinic.shop.dsn)) as connection:
        await connection.execute("UPDATE organization SET max_live_holds = 3")
    item = await clinic.shop.item(4)
    await clinic.shop.held((item, 4), confirm=True)
    await wait_in_line(clinic, item, 60, 2)
    insisted(await clinic.shop.submit(Reconsider(item, CLOCK)))
    assert max(locked) <= 1
    await clean(clinic.shop)
