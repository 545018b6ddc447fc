"""A clinic: a site with rooms, people and equipment on a shop's real services, and its slots."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from firmhold.domain.commands import Join, Leave
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Actor, Per, Requirement, Terms, WaitlistEntry
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.domain.state import Accepted
from firmhold.engine.places import Places, Site, SiteFields
from firmhold.engine.pools import PoolFields, PoolKind, Pools, PoolSeen
from firmhold.engine.slots import Slots
from firmhold.engine.ticket import Act, Answer, Key, Reply
from firmhold.engine.timetable import PublishedSlot, Timetable
from tests.shop import OPERATOR, Shop, new_id

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

NINE = (datetime.now(UTC) + 7 * DAY).replace(hour=9, minute=0, second=0, microsecond=0)
"""A week from now, at nine in the morning."""


def under(key: Key | None) -> Act:
    """What is done, once if there is a key."""
    return Act("test", "test", None, key)


class Clinic:
    """One organization's places and slots, and short ways to make more of them."""

    def __init__(self, shop: Shop) -> None:
        engine = shop.services.engine
        self.shop = shop
        self.engine = engine
        self.organization = shop.organization.id
        self.places = Places(engine)
        self.pools = Pools(engine)
        self.slots = Slots(engine)
        self.timetable = Timetable(shop.services.database)
        self.site = ""
        self._numbers = itertools.count(1)

    async def open(self) -> Clinic:
        """With a site, if it has none."""
        found = await self.places.find(self.organization, limit=1)
        self.site = found[0].id if found else await self.new_site("Clinic")
        return self

    async def new_site(self, name: str, zone: str = "Europe/Berlin", **fields: Any) -> str:
        ids: list[str] = []
        render = catching(ids, Site)
        insisted(
            await self.places.create(self.organization, SiteFields(name, zone, **fields), render)
        )
        return ids[0]

    async def pool(self, units: int = 1, kind: PoolKind = PoolKind.EQUIPMENT, **fields: Any) -> str:
        """A new pool's id."""
        ids: list[str] = []
        named = PoolFields(f"{kind} {next(self._numbers)}-{new_id('x')[-6:]}", units, **fields)
        render = catching(ids, PoolSeen)
        insisted(await self.pools.create(self.organization, kind, named, render))
        return ids[0]

    async def room(self, **fields: Any) -> str:
        return await self.pool(1, PoolKind.ROOM, **fields)

    def new(
        self,
        starts_at: datetime = NINE,
        length: timedelta = HOUR,
        capacity: int = 1,
        *,
        slot: Sequence[str | tuple[str, int]] = (),
        each: Sequence[str | tuple[str, int]] = (),
        title: str = "Surgery",
        site: str | None = None,
        **terms: Any,
    ) -> NewSlot:
        """A slot to be published, which takes units of the pools in `slot` itself, and each of its
        reservations those in `each`."""
        needs = [
            Requirement(*((pool, 1) if isinstance(pool, str) else pool), per)
            for pools, per in ((slot, Per.SLOT), (each, Per.RESERVATION))
            for pool in pools
        ]
        fields = SlotFields(title, None, Terms(**terms), tuple(needs))
        return NewSlot(site or self.site, starts_at, starts_at + length, capacity, fields)

    async def publish(self, *slots: NewSlot, key: Key | None = None) -> Reply:
        """The reply to publishing these."""
        return await self.slots.publish(
            self.organization,
            "test",
            slots,
            lambda found: (201, ",".join(slot.id for slot in found).encode()),
            under(key),
        )

    async def published(self, *slots: NewSlot) -> list[str]:
        """The ids of these, which were published."""
        return insisted(await self.publish(*slots)).body.decode().split(",")

    async def slot(self, *args: Any, **fields: Any) -> str:
        """The id of one new slot."""
        return (await self.published(self.new(*args, **fields)))[0]

    async def change(self, id: str, key: Key | None = None, **fields: Any) -> Reply:
        """The reply to changing some fields of a slot."""
        return await self.slots.update(
            self.organization,
            "test",
            id,
            lambda slot: slot.fields._replace(**fields),
            lambda slot: (200, slot.id.encode()),
            under(key),
        )

    async def move(self, id: str, key: Key | None = None, **changed: Any) -> Reply:
        """The reply to having a slot elsewhere, with this about it being otherwise."""

        def elsewhere(slot: PublishedSlot) -> NewSlot:
            return NewSlot(
                slot.site.id, slot.starts_at, slot.ends_at, slot.offering.capacity, slot.fields
            )._replace(**changed)

        return await self.slots.move(
            self.organization, "test", id, elsewhere, lambda it: (201, it.id.encode()), under(key)
        )

    async def withdraw(self, id: str, key: Key | None = None) -> Reply:
        return await self.slots.withdraw(
            self.organization, "test", id, lambda slot: (200, slot.id.encode()), act=under(key)
        )

    async def seen(self, id: str) -> PublishedSlot:
        return (await self.timetable.find(self.organization, [id]))[0]

    async def join(
        self, offering: str, customer: str, quantity: int = 1, actor: Actor = OPERATOR
    ) -> WaitlistEntry:
        """A place on a waitlist, with what it has led to at once."""
        reply = await self.engine.submit(
            self.organization,
            Join(new_id("wait"), new_id("rsv"), actor, customer, offering, quantity),
            no_body,
        )
        entry = insisted(reply).subject
        assert isinstance(entry, WaitlistEntry)
        return entry

    async def leave(self, entry: str) -> Reply:
        return await self.engine.submit(self.organization, Leave(entry, OPERATOR), no_body)

    async def loans(self) -> list[tuple[Any, ...]]:
        """Everything that is lent, as the rows have it."""
        found = await self.shop.fetch(
            "SELECT pool_id, slot_id, units, lower(during), upper(during) FROM loan "
            "ORDER BY pool_id, lower(during), slot_id"
        )
        return [tuple(row) for row in found]


TABLES = (
    *("site", "pool", "offering", "slot", "requirement", "loan", "schedule", "waitlist_entry"),
    *("reservation", "reservation_line", "ledger", "idempotency"),
)


async def contents(shop: Shop) -> dict[str, str]:
    """Everything there is, to see whether anything has changed."""
    return {
        table: await shop.fetchval(
            f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} AS t"
        )
        for table in TABLES
    }


def no_body(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    return 200, b""


def catching(ids: list[str], kind: type) -> Any:
    """Renders an answer, and notes the id of what it is about."""

    def render(seen: Any) -> tuple[int, bytes]:
        assert isinstance(seen, kind)
        ids.append(seen.id)  # type: ignore[attr-defined]  # each of them has one
        return 201, seen.id.encode()  # type: ignore[attr-defined]  # likewise

    return render


def insisted(reply: Reply) -> Answer:
    """The answer, and an error if it is a refusal."""
    assert isinstance(reply, Answer), reply
    return reply


def refusal(reply: Reply) -> Refusal:
    """The refusal, and an error if it is none."""
    assert isinstance(reply, Refusal), reply
    return reply
