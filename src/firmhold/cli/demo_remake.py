"""Making the demo's data anew: everything is taken back, and then made as it was at first.

The ledger is append-only, so nothing is erased: reservations are cancelled, waitlists left,
schedules stopped and slots withdrawn; then all is published and sold anew and the shop's items are
restocked. What took place, as check-ins say, stays. Items, sites and pools that somebody added stay
too, with nothing reserved of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from firmhold.cli.demo_fitting import carried_out, fits, leave_out
from firmhold.cli.demo_hospital import make_hospital
from firmhold.cli.demo_maker import AT_ONCE, Maker
from firmhold.cli.demo_mark import Mark
from firmhold.cli.demo_relief import make_relief
from firmhold.cli.demo_shop import Shop
from firmhold.domain.commands import Cancel, Command, Leave
from firmhold.domain.model import Actor, Wait
from firmhold.doors.shared.services import Reset
from firmhold.engine.engine import Engine
from firmhold.engine.generation import Report
from firmhold.engine.reader import Filter, Reader
from firmhold.engine.schedules import Schedules, ScheduleSeen
from firmhold.engine.slots import Slots
from firmhold.engine.timetable import SlotFilter, Timetable
from firmhold.engine.waitlist_reader import WaitFilter, WaitlistReader

REASON = "demo reset"

TOGETHER = 8
"""Slots that are withdrawn at a time, each in a transaction of its own."""

IN_VAIN = 3
"""Rounds in which nothing is carried out: what was listed may have come to its end by itself."""


async def make_places(maker: Maker, customer: str) -> None:
    """Let there be the hospital and the relief network, as far as they fit."""
    await maker.attempt("the hospital", make_hospital(maker, customer))
    await make_relief(maker, customer)


class Remaking:
    """Makes the data of an organization anew. Whoever does must be the only one."""

    def __init__(self, engine: Engine, organization: str, customer: str, actor: Actor) -> None:
        """`customer`: the demo's, by id."""
        self._engine = engine
        self._organization = organization
        self._customer = customer
        self._actor = actor
        self._reader = Reader(engine.database)
        self._waitlists = WaitlistReader(engine.database)
        self._slots, self._schedules = Slots(engine), Schedules(engine)
        self._timetable = Timetable(engine.database)

    async def run(self) -> Reset:
        """Make all of it anew, and say what was done. Should it be broken off, a mark says so."""
        now = datetime.now(UTC).replace(microsecond=0)
        maker = Maker(self._engine, self._organization, now, afresh=True)
        mark = Mark(self._engine, self._organization)
        await mark.set(maker)
        # Whoever waits would be offered what is given back.
        await self._all_leave()
        cancelled = await self._cancel()
        withdrawn = await self._withdraw(now)
        shop = Shop(self._engine, self._organization, now)
        await shop.restock()
        await make_places(maker, self._customer)
        await mark.clear()
        reserved = shop.reserved + maker.reserved
        return Reset(cancelled, withdrawn, maker.published, shop.restocked, reserved, now)

    async def _all_leave(self) -> None:
        async def waiting() -> list[Command]:
            where = WaitFilter(status=Wait.WAITING)
            found = await self._waitlists.entries(
                self._organization, where, beyond=None, limit=AT_ONCE
            )
            return [Leave(it.entry.id, self._actor) for it in found]

        await self._repeat(waiting, "those who wait")

    async def _cancel(self) -> int:
        done = 0
        for status in ("held", "confirmed"):

            async def live(status: str = status) -> list[Command]:
                found = await self._reader.reservations(
                    self._organization, Filter(status=status), below=None, limit=AT_ONCE
                )
                return [Cancel(it.reservation.id, self._actor, REASON) for it in found]

            done += await self._repeat(live, f"what is {status}")
        return done

    async def _repeat(self, find: Callable[[], Awaitable[Sequence[Command]]], what: str) -> int:
        """Carry out what there is to do until there is nothing left, or nothing more that can be
        done; says how much that was."""
        done = in_vain = 0
        while commands := await find():
            replies = await asyncio.gather(
                *(
                    self._engine.submit(self._organization, it, lambda *_: (200, b""))
                    for it in commands
                )
            )
            went_well = sum(carried_out(reply) for reply in replies)
            done += went_well
            in_vain = 0 if went_well else in_vain + 1
            if in_vain == IN_VAIN:
                leave_out(what, f"{len(commands)} stay as they are")
                break
        return done

    async def _withdraw(self, now: datetime) -> int:
        """Take back every slot to come: those of schedules along with them."""
        done = 0
        for schedule in await self._schedules.find(self._organization):
            if schedule.active:
                done += await self._stop(schedule.id)
        after = None
        since = now - timedelta(days=1)
        while page := await self._timetable.page(
            self._organization, SlotFilter(since=since), after=after, limit=AT_ONCE
        ):
            after = page[-1].position
            slots = [slot.id for slot in page if slot.ends_at > now]
            for start in range(0, len(slots), TOGETHER):
                replies = await asyncio.gather(
                    *(
                        self._slots.withdraw(
                            self._organization,
                            self._actor.label,
                            id,
                            lambda _: (200, b""),
                            reason=REASON,
                        )
                        for id in slots[start : start + TOGETHER]
                    )
                )
                done += sum(carried_out(reply) for reply in replies)
        return done

    async def _stop(self, schedule: str) -> int:
        withdrawn = 0

        def render(_: ScheduleSeen, report: Report) -> tuple[int, bytes]:
            nonlocal withdrawn
            withdrawn = len(report.withdrawn)
            return 200, b""

        reply = await self._schedules.stop(
            self._organization, self._actor.label, schedule, render, withdraw=True
        )
        fits(reply, schedule)
        return withdrawn
