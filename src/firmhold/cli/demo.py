"""Demo data: a believable shop, a hospital and a relief network, in one organization.

Owns what someone who starts the demo is told, and how its data is made anew. What there is in it is
said in the modules beside this one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from firmhold.cli.demo_hospital import make_hospital
from firmhold.cli.demo_maker import AT_ONCE, Maker, insist
from firmhold.cli.demo_relief import make_relief
from firmhold.cli.demo_shop import Shop
from firmhold.domain.commands import Cancel, Command, Leave
from firmhold.domain.errors import Code, Refusal, Refused, refuse
from firmhold.domain.model import Actor, Wait
from firmhold.doors.shared.services import RenderReset, Reset
from firmhold.engine.effects import Effects
from firmhold.engine.engine import Engine
from firmhold.engine.generation import Report
from firmhold.engine.reader import Filter, Reader
from firmhold.engine.schedules import Schedules, ScheduleSeen
from firmhold.engine.slots import Slots
from firmhold.engine.ticket import Answer, Key, Reply
from firmhold.engine.timetable import SlotFilter, Timetable
from firmhold.engine.waitlist_reader import WaitFilter, WaitlistReader
from firmhold.identity.actors import Role
from firmhold.identity.directory import Directory
from firmhold.identity.tokens import Tokens
from firmhold.settings import DEMO_ORGANIZATION
from firmhold.store.database import Database
from firmhold.store.sql import statement

TOKEN_SECONDS = 7 * 24 * 3600
"""A demo is left running over a week-end."""

REASON = "demo reset"

TOGETHER = 8
"""Slots that are withdrawn at a time, each in a transaction of its own."""

LOOK_AGAIN = 0.1
"""Seconds until it is asked again whether somebody else has finished."""

IN_VAIN = 3
"""Rounds in which nothing is carried out: what was listed may have come to its end by itself."""

_NOT_YET = refuse(Code.INTERNAL_ERROR, "Nothing has been done under this key yet.")


@dataclass(frozen=True)
class Welcome:
    """What someone who starts the demo needs to know."""

    admin: str
    operator: str
    customer: str

    def text(self, address: str) -> str:
        """The lines to print."""
        return f"""
  A demo is open: a shop, a hospital and a relief network. Try it:

    API reference      {address}/docs
    What is for sale   {address}/api/products
    What can be booked {address}/api/slots

  Tokens, valid for a week (the demo's data is yours alone, and only on this machine):

    admin     {self.admin}

    operator  {self.operator}

    customer  {self.customer}

  Reserve the flash sale as the customer:

    curl -X POST {address}/api/v1/inventory/reserve \\
      -H 'Authorization: Bearer CUSTOMER-TOKEN' -H 'Idempotency-Key: first-try' \\
      -H 'Content-Type: application/json' -d '{{"sku":"FLASH-SALE-001","quantity":2}}'

  Have everything as it was at first, as the admin:

    curl -X POST {address}/api/seed -H 'Authorization: Bearer ADMIN-TOKEN'

  Press Ctrl-C to stop."""


async def seed_demo(database: Database, key: bytes) -> Welcome:
    """Make what is missing of the demo, and tokens for it. Sale windows, and days that have passed,
    are set anew at each start, so that a coming sale is still coming."""
    directory = Directory(database)
    organization = await directory.ensure_organization(
        DEMO_ORGANIZATION, "Demo", guest_holds=True, public_catalogue=True
    )
    people = {
        role: (await directory.put_user(organization.id, f"{role}@demo.example", role))[0]
        for role in (Role.ADMIN, Role.OPERATOR, Role.CUSTOMER)
    }
    engine = Engine(database)
    engine.start()
    try:
        async with _alone(database):
            now = datetime.now(UTC).replace(microsecond=0)
            await Shop(engine, organization.id, now).make()
            maker = Maker(engine, organization.id, now, afresh=False)
            await _make(maker, people[Role.CUSTOMER].id)
    finally:
        await engine.close()
    return Welcome(
        *[
            Tokens(key).access_token(organization.id, user.id, user.email, role, TOKEN_SECONDS)
            for role, user in people.items()
        ]
    )


async def _make(maker: Maker, customer: str) -> None:
    await make_hospital(maker, customer)
    await make_relief(maker, customer)


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    """While nobody else makes demo data, in whichever process. On a connection of its own, because
    everyone else's may all be needed meanwhile."""
    own = Database(database.dsn, engine_connections=1, read_connections=1, pooler=True)
    await own.open()
    try:
        async with own.read() as connection, connection.transaction():
            lock = statement("demo", "lock_demo")
            # Another process has no event to wait for.
            while not await connection.fetchval(lock, DEMO_ORGANIZATION):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_AGAIN)
            yield
    finally:
        await own.close()


class DemoData:
    """The demo's data on a running server, which its admins can have made anew.

    The ledger is append-only, so nothing is erased: reservations are cancelled, waitlists left,
    schedules stopped and slots withdrawn; then all is published and sold anew and the shop's items
    are restocked. What took place, as check-ins say, stays. Items, sites and pools that somebody
    added stay too, with nothing reserved of them.
    """

    def __init__(self, engine: Engine, directory: Directory) -> None:
        self._engine = engine
        self._directory = directory
        self._reader = Reader(engine.database)
        self._waitlists = WaitlistReader(engine.database)
        self._slots, self._schedules = Slots(engine), Schedules(engine)
        self._timetable = Timetable(engine.database)
        self._effects = Effects(engine)

    async def owns(self, organization: str) -> bool:
        """Whether this is the demo's organization."""
        found = await self._directory.organization(DEMO_ORGANIZATION)
        return found is not None and found.id == organization

    async def reset(self, actor: str, render: RenderReset, key: Key | None) -> Reply:
        """Make the data as it was at first, once per key, and say what was done."""
        found = await self._directory.organization(DEMO_ORGANIZATION)
        assert found is not None
        if key is not None:

            async def look(*_: Any) -> tuple[str, int, bytes]:
                raise Refused(_NOT_YET)

            if (reply := await self._effects.carry_out(found.id, key, look)) != _NOT_YET:
                return reply
        async with _alone(self._engine.database):
            done = await self._reset(found.id, Actor(actor, operator=True))

        async def note(_: Any, now: datetime) -> tuple[str, int, bytes]:
            return (found.id, *render(done._replace(now=now)))

        return await self._effects.carry_out(found.id, key, note)

    async def _reset(self, organization: str, actor: Actor) -> Reset:
        now = datetime.now(UTC).replace(microsecond=0)
        # Whoever waits would be offered what is given back.
        await self._all_leave(organization, actor)
        cancelled = await self._cancel(organization, actor)
        withdrawn = await self._withdraw(organization, actor, now)
        shop = Shop(self._engine, organization, now)
        await shop.restock()
        maker = Maker(self._engine, organization, now, afresh=True)
        user, _ = await self._directory.put_user(
            organization, f"{Role.CUSTOMER}@demo.example", Role.CUSTOMER
        )
        await _make(maker, user.id)
        reserved = shop.reserved + maker.reserved
        return Reset(cancelled, withdrawn, maker.published, shop.restocked, reserved, now)

    async def _all_leave(self, organization: str, actor: Actor) -> None:
        async def waiting() -> list[Command]:
            where = WaitFilter(status=Wait.WAITING)
            found = await self._waitlists.entries(organization, where, beyond=None, limit=AT_ONCE)
            return [Leave(it.entry.id, actor) for it in found]

        await self._repeat(organization, waiting)

    async def _cancel(self, organization: str, actor: Actor) -> int:
        done = 0
        for status in ("held", "confirmed"):

            async def live(status: str = status) -> list[Command]:
                found = await self._reader.reservations(
                    organization, Filter(status=status), below=None, limit=AT_ONCE
                )
                return [Cancel(it.reservation.id, actor, REASON) for it in found]

            done += await self._repeat(organization, live)
        return done

    async def _repeat(
        self, organization: str, find: Callable[[], Awaitable[Sequence[Command]]]
    ) -> int:
        """Carry out what there is to do until there is nothing left; says how much that was."""
        done = in_vain = 0
        while commands := await find():
            replies = await asyncio.gather(
                *(self._engine.submit(organization, it, lambda *_: (200, b"")) for it in commands)
            )
            carried_out = sum(isinstance(reply, Answer) for reply in replies)
            done += carried_out
            in_vain = 0 if carried_out else in_vain + 1
            if in_vain == IN_VAIN:
                insist(replies[0])
        return done

    async def _withdraw(self, organization: str, actor: Actor, now: datetime) -> int:
        """Take back every slot to come: those of schedules along with them."""
        done = 0
        for schedule in await self._schedules.find(organization):
            if schedule.active:
                done += await self._stop(organization, actor, schedule.id)
        after = None
        while page := await self._timetable.page(
            organization, SlotFilter(since=now - timedelta(days=1)), after=after, limit=AT_ONCE
        ):
            after = page[-1].position
            slots = [slot.id for slot in page if slot.ends_at > now]
            for start in range(0, len(slots), TOGETHER):
                replies = await asyncio.gather(
                    *(
                        self._slots.withdraw(
                            organization, actor.label, id, lambda _: (200, b""), reason=REASON
                        )
                        for id in slots[start : start + TOGETHER]
                    )
                )
                done += sum(not isinstance(reply, Refusal) for reply in replies)
        return done

    async def _stop(self, organization: str, actor: Actor, schedule: str) -> int:
        withdrawn = 0

        def render(_: ScheduleSeen, report: Report) -> tuple[int, bytes]:
            nonlocal withdrawn
            withdrawn = len(report.withdrawn)
            return 200, b""

        insist(
            await self._schedules.stop(organization, actor.label, schedule, render, withdraw=True)
        )
        return withdrawn
