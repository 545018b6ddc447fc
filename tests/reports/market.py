"""A shop with items and slots in which anything may happen, and time that can be stretched: what
takes a second in the test has taken hours, so that it falls into many quarters of an hour."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    CheckIn,
    Command,
    Confirm,
    Extend,
    Join,
    Move,
    Release,
    SetCapacity,
)
from firmhold.domain.model import Status
from firmhold.engine.ticket import Answer
from firmhold.reports.counting import Counter
from firmhold.reports.figures import class_begins
from firmhold.reports.reader import COUNTS, Reports, Subject
from firmhold.reports.steps import Every, Period, period_of
from tests.databases import Address, connected
from tests.engine.clinic import NINE, Clinic
from tests.reports.fold import Fold, fold
from tests.shop import OPERATOR, Shop, new_id, open_shop

FACTOR = 3600
"""Seconds that one second takes when time is stretched."""

_STRETCH = (
    "UPDATE ledger SET at = $1::timestamptz + (at - $1) * $2, "
    "hold_expires_at = $1 + (hold_expires_at - $1) * $2",
    "UPDATE reservation SET created_at = $1::timestamptz + (created_at - $1) * $2, "
    "expires_at = $1 + (expires_at - $1) * $2, extend_until = $1 + (extend_until - $1) * $2, "
    "confirmed_at = $1 + (confirmed_at - $1) * $2, ended_at = $1 + (ended_at - $1) * $2",
)

ENTRIES = (
    "SELECT l.*, o.kind AS offering_kind, o.site_id FROM ledger AS l "
    "JOIN offering AS o USING (organization_id) WHERE o.id = l.offering_id "
    "AND l.organization_id = $1"
)

WITH_OTHERS = """
SELECT EXISTS (
    SELECT FROM ledger AS l JOIN ledger AS other ON other.xid = l.xid
    WHERE l.reservation_id = $1 AND other.reservation_id IS DISTINCT FROM l.reservation_id)
"""
"""Whether a reservation was made or changed together with something else: then its time cannot be
moved alone."""


class Market:
    """The shop, who counts, and who reads."""

    def __init__(self, address: Address, shop: Shop, clinic: Clinic) -> None:
        self.address, self.shop, self.clinic = address, shop, clinic
        self.database = shop.services.database
        self.organization = shop.organization.id
        self.reports = Reports(self.database)
        self.items: list[str] = []
        self.slots: list[str] = []
        self.pool = ""
        self.can_be_due = True
        self._made: list[str] = []

    async def open(self) -> None:
        self.pool = await self.clinic.pool(9)
        self.items = [await self.shop.item(units) for units in (3, 5, 200)]
        self.slots = await self.clinic.published(
            self.clinic.new(capacity=3, each=[self.pool]),
            self.clinic.new(NINE + timedelta(hours=2), capacity=4),
        )

    async def live(self, dice: random.Random, steps: int) -> None:
        """Anything happens: what is refused does not."""
        for _ in range(steps):
            await self._step(dice)

    async def _step(self, dice: random.Random) -> None:
        everything = [*self.items, *self.slots]
        some = dice.sample(everything, dice.choice((1, 1, 2, 3)))
        lines = tuple(Asked(it, dice.randint(1, 2)) for it in some)
        known = dice.choice(self._made) if self._made else new_id("rsv")
        submit = self._submit
        match dice.randrange(14):
            case 0 | 1 | 2 | 3 | 4:
                reply = await self.shop.hold(
                    *lines,
                    confirm=dice.random() < 0.15,
                    ttl_seconds=dice.choice((1, 300)),
                )
                if isinstance(reply, Answer):
                    self._made.append(reply.subject.id)  # type: ignore[union-attr]
            case 5 | 6:
                await submit(Confirm(known, OPERATOR, reacquire=dice.random() < 0.5))
            case 7:
                await submit(Confirm(known, OPERATOR, lines[:1]))
            case 8:
                part = lines[:1] if dice.random() < 0.5 else None
                await submit(Release(known, OPERATOR, part))
            case 9:
                part = lines[:1] if dice.random() < 0.5 else None
                await submit(Cancel(known, OPERATOR, None, part))
            case 10:
                await submit(Move(known, OPERATOR, lines))
            case 11:
                await self._stock(dice, some[0])
            case 12:
                wait, offer = new_id("wait"), new_id("rsv")
                await submit(Join(wait, offer, OPERATOR, f"user:{wait}", some[0], 1))
                self._made.append(offer)
            case _:
                await self._end(dice, known)

    async def _submit(self, command: Command) -> None:
        engine = self.shop.services.engine
        await engine.submit(self.organization, command, lambda *_: (200, b""), None)

    async def _stock(self, dice: random.Random, offering: str) -> None:
        if dice.random() < 0.5:
            await self._submit(
                SetCapacity(offering, OPERATOR, dice.randint(0, 9), drain=dice.random() < 0.5)
            )
        else:
            await self._submit(AdjustCapacity(offering, OPERATOR, dice.randint(-2, 4), "so"))

    async def _end(self, dice: random.Random, known: str) -> None:
        status = await self.shop.fetchval(
            "SELECT status FROM reservation WHERE id = $1", known[-32:]
        )
        if status == "held" and dice.random() < 0.3:
            await self._submit(Extend(known, OPERATOR, 400))
        elif status == "held":
            if self.can_be_due and not await self.shop.fetchval(WITH_OTHERS, known[-32:]):
                await self.shop.make_due(known)
                if dice.random() < 0.5:
                    await self._submit(Confirm(known, OPERATOR, reacquire=True))
        elif status == "confirmed":
            async with self.shop.begun(known):
                came = dice.choice((Status.FULFILLED, Status.NO_SHOW))
                await self._submit(CheckIn(known, OPERATOR, came))

    async def stretch(self) -> None:
        """Let all of it have taken long, as somebody nothing can stop."""

        async def stretch(connection: asyncpg.Connection[Any]) -> None:
            await connection.execute("SET session_replication_role = replica")
            first = await connection.fetchval("SELECT min(at) FROM ledger")
            last = await connection.fetchval("SELECT max(at) FROM ledger")
            for sql in _STRETCH:
                # From its end, so that nothing comes to lie in the future.
                await connection.execute(sql, last, FACTOR)
            # Some were recorded as expired long after they were due.
            await connection.execute(
                "UPDATE ledger SET hold_expires_at = at - interval '40 min' "
                "WHERE kind = 'expired' AND hashtext(reservation_id::text) % 2 = 0"
            )
            assert first < last

        await connected(self.address.superuser, stretch)

    async def count(self, at_once: int = 10_000) -> None:
        """Until there is nothing left."""
        counter = Counter(self.database, at_once=at_once)
        while not await counter.run_once():
            pass

    async def fold(self) -> Fold:
        return fold(await self.shop.fetch(ENTRIES, self.organization[-32:]))

    async def assert_right(self, every: Every = Every.HOUR) -> None:
        """What reports tell is what the ledger adds up to."""
        found = await self.fold()
        period = self.period(found, every)
        for subject, scopes in self._subjects():
            steps, fresh = await self.reports.series(self.organization, subject, period, state=True)
            assert fresh.complete
            quarters = period.quarters
            for number, step in enumerate(steps):
                low = quarters[number - 1] if number else -1
                keys = [
                    key
                    for key in found.counts
                    if key[0] in scopes and low <= key[1] < quarters[number]
                ]
                expected = {n: sum(found.counts[key][n] for key in keys) for n in COUNTS}
                assert dict(step.counts) == expected, (subject, number)
                if number:
                    waits = [w for key in keys for w in found.waits.get(key, ())]
                    assert classes(waits) == step.waits

    async def assert_sales_right(self) -> None:
        found = await self.fold()
        period = self.period(found, Every.MONTH, skipped=0)
        rows = []
        for kind in ("item", "slot"):
            some, fresh = await self.reports.sales(
                self.organization, Subject(kind=kind), period, None, 100
            )
            assert fresh.complete
            rows += some
        told = {
            row["offering_id"]: (
                row["first_held_at"],
                row["sold_out_at"],
                row["sold_out_last"],
                row["times_sold_out"],
                row["opened_again_at"],
                row["times_opened"],
            )
            for row in rows
        }
        expected = {
            offering: (
                sale.first,
                min(sale.outs, default=None),
                max(sale.outs, default=None),
                len(sale.outs),
                min(sale.opened, default=None),
                len(sale.opened),
            )
            for offering, sale in found.sales.items()
            if sale.first is not None
        }
        assert told.keys() == expected.keys()
        for offering, sale in expected.items():
            assert told[offering] == sale, f"{told[offering]}\n{sale}"

    def period(self, found: Fold, every: Every, skipped: int = 2) -> Period:
        """From the third quarter of an hour in which something happened to after the last."""
        quarters = sorted({quarter for _, quarter in found.counts})
        since, until = quarters[min(skipped, len(quarters) - 1)], quarters[-1] + 1
        begin, end = (datetime.fromtimestamp(q * 900, UTC) for q in (since, until))
        if end - begin > timedelta(days=40) and every is Every.HOUR:
            every = Every.DAY
        return period_of(begin.isoformat(), end.isoformat(), "Asia/Kathmandu", every, end)

    def _subjects(self) -> Iterable[tuple[Subject, set[Any]]]:
        own = _uuid(self.organization)
        yield Subject(), {(2, own), (3, own)}
        yield Subject(kind="item"), {(2, own)}
        yield Subject(kind="slot"), {(3, own)}
        yield Subject(site=self.clinic.site), {(1, _uuid(self.clinic.site))}
        yield Subject(pool=self.pool), {(0, _uuid(self.slots[0]))}
        for offering in (*self.items, *self.slots):
            yield Subject(offering=offering), {(0, _uuid(offering))}


def classes(waits: Iterable[float]) -> Mapping[int, int]:
    """How many waits there are of each class; seconds."""
    counted: dict[int, int] = {}
    for seconds in waits:
        number = 0
        while class_begins(number + 1) <= round(seconds * 1000):
            number += 1
        counted[number] = counted.get(number, 0) + 1
    return counted


def _uuid(id: str) -> Any:
    return UUID(id[-32:])


@asynccontextmanager
async def open_market(address: Address) -> AsyncIterator[Market]:
    async with open_shop(address.dsn) as shop:
        market = Market(address, shop, await Clinic(shop).open())
        await market.open()
        yield market
