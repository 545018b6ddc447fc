"""Owns: slots as cases: holds that take from pools, and a calendar that is looked at.

Holds go through the native door, because the shop's, by which the other cases hold, knows no
slots. So plain items are held through it too, or the ratio would compare doors. The server runs as
shipped; the proof is the one of the other cases, and that no pool ever lent more than it has.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import asyncpg

from bench import firmhold_stock as stock
from bench.firmhold_http import Shop, customers, serve, wait_until_ready
from bench.lab import SECRET, Case, Lab, Run
from bench.load_spec import TargetSpec
from bench.process import scratch_directory
from bench.time_stock import Place, add_past_slots, add_places, add_slots, overlent, tomorrow
from firmhold.store.migrate import migrate

NATIVE = "/v1/reservations"
NATIVE_KEY = "Idempotency-Key"
CALENDAR_RATE = 100.0
PAGE = 50

# Ten theatres, each with its own room and surgeon, and machines that all of them share. The last
# slot lies within the 90 days that customers can look ahead.
THEATRES = Place(sites=1, lanes=10, opens=0, a_day=96, minutes=15, equipment=10)
NO_POOLS = Place(sites=1, lanes=10, opens=0, a_day=96, minutes=15, equipment=0)
DAYS_AHEAD = 89

# Five sites with four rooms each. Whoever books takes one of three machines, so that a slot may be
# free and yet not bookable.
CLINICS = Place(sites=5, lanes=20, opens=8, a_day=17, minutes=30, equipment=3, per="slot")
CALENDAR_SLOTS = 10_000
MONTH = tomorrow()  # the same in all rounds: one of them may begin after midnight
BOOKED_UP = timedelta(days=7)  # the first days, as they are where there is more demand than room
PAST_SHARE = 10  # past slots are so much fewer than past reservations of the other aged case

Fill = Callable[["asyncpg.Connection[Any]", str], Awaitable[None]]


@asynccontextmanager
async def open_place(lab: Lab, name: str, fill: Fill, keep: bool = False) -> AsyncIterator[Shop]:
    """A database filled for one case, and a server; it is made once if it is to be kept."""
    if not (keep and await lab.postgres.has_database(name)):
        await lab.postgres.new_database(name)
        await _fill(lab, name, fill)
    await lab.postgres.settle()
    connection = await lab.postgres.connect(name)
    try:
        tokens = await customers(connection, lab.options.customers)
        with scratch_directory() as data_dir:
            env = {
                "FIRMHOLD_DATABASE_URL": lab.postgres.dsn(name),
                "FIRMHOLD_DATA_DIR": str(data_dir),
                "FIRMHOLD_SECRET_KEY": SECRET,
            }
            before = await stock.holds_made(connection)
            with serve(env) as service:
                wait_until_ready(service)
                yield Shop(service, tokens, connection, env, before)
    finally:
        await connection.close()


async def _fill(lab: Lab, name: str, fill: Fill) -> None:
    connection = await lab.postgres.connect(name)
    try:
        await migrate(connection)
        organization = await stock.add_organization(connection)
    finally:
        await connection.close()
    superuser = await lab.postgres.superuser(name)
    try:
        await fill(superuser, organization)
        # Or autovacuum would, while we measure.
        await superuser.execute("VACUUM (FREEZE, ANALYZE)")
    finally:
        await superuser.close()


async def check_pools(shop: Shop, run: Run) -> Run:
    """One thing more to prove: no pool lent more than its units at any instant."""
    if run.proof is not None and run.proof.ok:
        found = await overlent(shop.connection)
        run.proof.ok, run.proof.note = found == "", found
    return run


# --- holds ---


@dataclass(frozen=True, slots=True)
class Items:
    """One unit each of many items in turn: a plain hold, through the door that knows slots."""

    name: str = "firmhold/items"

    async def run(self, lab: Lab) -> Run:
        async def fill(connection: asyncpg.Connection[Any], organization: str) -> None:
            await stock.add_items(connection, organization, lab.options.items)

        async with open_place(lab, "firmhold_items", fill) as shop:
            ids = await offerings(shop.connection)
            return await shop.load(lab, self.name, [_native_hold("item", ids)])


@dataclass(frozen=True, slots=True)
class HoldSlots:
    """Every request another slot, which only it asks for, so that each can succeed."""

    name: str
    place: Place

    async def run(self, lab: Lab) -> Run:
        place = self.place
        count = DAYS_AHEAD * place.lanes * place.a_day

        async def fill(connection: asyncpg.Connection[Any], organization: str) -> None:
            await add_places(connection, organization, place)
            await add_slots(connection, organization, place, count, tomorrow())

        async with open_place(lab, "firmhold_slots", fill) as shop:
            ids = await offerings(shop.connection)
            run = await shop.load(lab, self.name, [_native_hold("slot", ids)])
            if run.proof is not None and run.proof.held >= count:
                raise RuntimeError(f"all {count:,} slots were taken: measure for a shorter time")
            return await check_pools(shop, run)


async def offerings(connection: asyncpg.Connection[Any]) -> list[str]:
    return [row["id"].hex for row in await connection.fetch("SELECT id FROM offering")]


def _native_hold(kind: str, ids: list[str]) -> TargetSpec:
    body = f'{{"lines":[{{"{kind}":"{kind}_{{n}}","quantity":1}}]}}'
    return TargetSpec(NATIVE, body=body, values=ids, key_header=NATIVE_KEY)


# --- the calendar ---


@dataclass(frozen=True, slots=True)
class Calendar:
    """A month of slots, listed and filtered at a fixed rate, with a past behind it or none."""

    name: str
    aged: bool

    async def run(self, lab: Lab) -> Run:
        past = past_slots(lab.options.past) if self.aged else 0

        async def fill(connection: asyncpg.Connection[Any], organization: str) -> None:
            await add_places(connection, organization, CLINICS)
            # Before the past, for which the tables' triggers are put aside.
            await add_slots(
                connection, organization, CLINICS, CALENDAR_SLOTS, MONTH, MONTH + BOOKED_UP
            )
            if past:
                await add_past_slots(connection, organization, CLINICS, past, MONTH)

        database = self.name.replace("/", "_")
        async with open_place(lab, database, fill, keep=self.aged) as shop:
            written = await shop.connection.fetchval(
                "SELECT count(*) FROM offering WHERE starts_at < $1", MONTH
            )
            if written != past:
                raise RuntimeError(f"{written:,} slots are over and not {past:,}")
            browser = Browser(shop, MONTH, MONTH + timedelta(days=CLINICS.days(CALENDAR_SLOTS)))
            run = await shop.load(
                lab, self.name, await browser.mix(), rate=CALENDAR_RATE, counted="200"
            )
            return await check_pools(shop, run)


def past_slots(past_reservations: int) -> int:
    return past_reservations // PAST_SHARE


@dataclass(frozen=True, slots=True)
class Browser:
    """What clients of a calendar ask: addresses, as they would make or follow them."""

    shop: Shop
    first: datetime
    end: datetime

    async def mix(self) -> list[TargetSpec]:
        """In ten requests four days of a site, three pages of its month, one of what a pool does
        from now on, and two of what can be booked, wherever, at a site or with a practitioner."""
        sites = await self._ids("SELECT id FROM site ORDER BY name", "site_")
        pools = await self._ids("SELECT id FROM pool ORDER BY kind, name", "pool_")
        staff = "SELECT id FROM pool WHERE kind = 'practitioner' ORDER BY name"
        days = [
            self._list(site=site, since=day, until=day + timedelta(days=1))
            for site in sites
            for day in self._days()
        ]
        bookable = [
            self._list(bookable=True),
            *(self._list(site=site, bookable=True) for site in sites),
            *(self._list(pool=pool, bookable=True) for pool in await self._ids(staff, "pool_")),
        ]
        return [
            _looks(days, 4),
            _looks([page for site in sites for page in self._month(site)], 3),
            _looks([self._list(pool=pool, since=self.first) for pool in pools], 1),
            _looks(bookable, 2),
        ]

    def _days(self) -> Iterator[datetime]:
        day = self.first
        while day < self.end:
            yield day
            day += timedelta(days=1)

    def _month(self, site: str) -> Iterator[str]:
        """The pages of a site's month, turned over one by one to see that no slot is missing."""
        path: str | None = self._list(site=site, since=self.first, until=self.end)
        seen: list[tuple[str, str]] = []
        with closing(HTTPConnection("127.0.0.1", self.shop.service.port, timeout=30)) as client:
            while path is not None:
                yield path
                client.request(
                    "GET", path, headers={"Authorization": f"Bearer {self.shop.tokens[0]}"}
                )
                response = client.getresponse()
                answer = json.loads(response.read())
                if response.status != 200:
                    raise RuntimeError(f"{path} answered {response.status}: {answer}")
                seen += [(slot["starts_at"], slot["id"]) for slot in answer["data"]]
                link = response.getheader("Link")
                path = None if link is None else link[1 : link.index(">")]
        if len(set(seen)) != CALENDAR_SLOTS // CLINICS.sites or seen != sorted(seen):
            raise RuntimeError(f"the month of {site} has {len(set(seen))} slots, or in disorder")

    async def _ids(self, query: str, prefix: str) -> list[str]:
        return [prefix + row["id"].hex for row in await self.shop.connection.fetch(query)]

    def _list(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        **equal: str | bool,
    ) -> str:
        query: dict[str, str] = {name: str(value).lower() for name, value in equal.items()}
        for name, at in (("from", since), ("to", until)):
            if at is not None:
                query[name] = at.isoformat()
        return f"/v1/slots?{urlencode({**query, 'limit': str(PAGE)})}"


def _looks(paths: list[str], weight: int) -> TargetSpec:
    return TargetSpec("{n}", method="GET", values=paths, weight=weight)


def time_cases() -> list[Case]:
    return [
        Items(),
        HoldSlots("firmhold/slots", NO_POOLS),
        HoldSlots("firmhold/three_pools", THEATRES),
        Calendar("firmhold/calendar", aged=False),
        Calendar("firmhold/calendar_aged", aged=True),
    ]
