"""Slots: publishing, changing, moving and withdrawing them.

Owns what is done under which locks. How many units a slot has, and who has them, are matters of
commands; this module never touches a counter of a slot that exists.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import uuid_utils

from firmhold.domain.commands import Reconsider
from firmhold.domain.desk import CLOCK
from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import Loan, Per, Pool, Requirement
from firmhold.domain.publishing import (
    NewSlot,
    SlotFields,
    flaw_of_fields,
    flaw_of_slot,
    loans_of_slot,
    refuse_requirements,
)
from firmhold.engine import publishing
from firmhold.engine.effects import Due, Effects
from firmhold.engine.engine import Engine
from firmhold.engine.lending import lend
from firmhold.engine.places import no_site
from firmhold.engine.publishing import Placed
from firmhold.engine.rows import bare
from firmhold.engine.ticket import Act, Answer, Reply
from firmhold.engine.timetable import PublishedSlot, read_slots
from firmhold.store.sql import statement

MAX_SLOTS = 10_000
"""Published at once: two seconds' work, for which their pools are locked."""

Render = Callable[[PublishedSlot], tuple[int, bytes]]
"""The door's answer: status and body."""


class Slots:
    """Writes the slots of all organizations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._effects = Effects(engine)

    async def publish(
        self,
        organization: str,
        actor: str,
        slots: Sequence[NewSlot],
        render: Callable[[list[PublishedSlot]], tuple[int, bytes]],
        act: Act | None = None,
        *,
        listed: bool = False,
    ) -> Reply:
        """Publish all of the slots or none. `listed`: the request has them in a list of slots, as
        it has several, and a refusal names the place in it.

        Refuses what a pool cannot lend beside what it has lent, and beside the slots named before
        (`pool_busy`, with the pool, the time, and the place of the slot).
        """

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            if not 1 <= len(slots) <= MAX_SLOTS:
                raise Refused(malformed("slots", f"1 to {MAX_SLOTS:,} slots, not {len(slots)}"))
            several = listed or len(slots) > 1
            where = [f"slots[{n}]." if several else "" for n in range(len(slots))]
            _raise_first(flaw_of_slot(it, now, at) for it, at in zip(slots, where, strict=True))
            await _check_sites(connection, organization, slots, where)
            required = [need for it in slots for need in it.fields.requirements]
            pools = await publishing.lock_pools(connection, organization, required)
            _raise_first(
                refuse_requirements(it.fields.requirements, pools, at)
                for it, at in zip(slots, where, strict=True)
            )
            placed = [Placed(f"slot_{uuid_utils.uuid7().hex}", it) for it in slots]
            loans = await _take(connection, organization, pools, placed)
            await publishing.insert(connection, organization, actor, now, placed, loans)
            ids = [it.id for it in placed]
            return (ids[0], *render(await read_slots(connection, organization, ids)))

        return await self._effects.carry_out(organization, act, work)

    async def update(
        self,
        organization: str,
        actor: str,
        id: str,
        change: Callable[[PublishedSlot], SlotFields | Refusal],
        render: Render,
        act: Act | None = None,
    ) -> Reply:
        """Replace what `change` makes of a slot's fields, under its lock.

        What the slot takes from pools itself can be replaced under live reservations; what each of
        these takes, only while there are none (`capacity_below_reserved`).
        """
        waited_for = False

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            nonlocal waited_for
            slot = await _lock(connection, organization, id)
            _refuse_withdrawn(slot)
            fields = change(slot)
            if isinstance(fields, Refusal):
                raise Refused(fields)
            if flaw := flaw_of_fields(fields):
                raise Refused(flaw)
            if set(fields.requirements) != set(slot.fields.requirements):
                await _replace_requirements(connection, organization, slot, fields)
            elif fields._replace(requirements=()) == slot.fields._replace(requirements=()):
                return (id, *render(slot))
            await connection.execute(
                statement("slots", "update_slot"),
                bare(organization),
                bare(id),
                await publishing.clock(connection),
                actor,
                *publishing.field_columns(fields),
            )
            changed = (await read_slots(connection, organization, [id]))[0]
            waited_for = changed.offering.waiting > 0
            return (id, *render(changed))

        reply = await self._effects.carry_out(organization, act, work)
        if waited_for and isinstance(reply, Answer):
            # Who waits may be served under the new terms. If this fails, a worker looks again.
            with contextlib.suppress(Exception):
                await self._engine.submit(
                    organization, Reconsider(id, CLOCK), lambda *_: (200, b"")
                )
        return reply

    async def move(
        self,
        organization: str,
        actor: str,
        id: str,
        elsewhere: Callable[[PublishedSlot], NewSlot],
        render: Render,
        act: Act | None = None,
    ) -> Reply:
        """Publish a slot at another time or with other pools in place of this one, which is
        withdrawn: both or neither. `render` is given the new one.

        Refused as publishing is, and while anything of the old one is held or confirmed
        (`capacity_below_reserved`). What the old one takes from pools the new one may take. A slot
        that has been withdrawn, or moved by somebody else, is not moved (`version_conflict`).
        """

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            slot = await _lock(connection, organization, id)
            _refuse_withdrawn(slot)
            await _refuse_reserved(
                connection, organization, slot, "The slot is reserved and cannot be moved."
            )
            new = elsewhere(slot)
            if flaw := flaw_of_slot(new, now):
                raise Refused(flaw)
            await _check_sites(connection, organization, [new], [""])
            before, after = slot.fields.requirements, new.fields.requirements
            pools = await publishing.lock_pools(connection, organization, {*before, *after})
            if refusal := refuse_requirements(after, pools, standing=before):
                raise Refused(refusal)
            placed = Placed(f"slot_{uuid_utils.uuid7().hex}", new)
            at = await publishing.clock(connection)
            await publishing.withdraw(
                connection, organization, actor, at, [id], f"moved to {placed.id}", by_hand=True
            )
            # What the old one took is given back by now, and in nobody's way.
            loans = await _take(connection, organization, pools, [placed])
            await publishing.insert(connection, organization, actor, now, [placed], loans)
            return (
                placed.id,
                *render((await read_slots(connection, organization, [placed.id]))[0]),
            )

        return await self._effects.carry_out(organization, act, work)

    async def withdraw(
        self,
        organization: str,
        actor: str,
        id: str,
        render: Render,
        *,
        reason: str | None = None,
        act: Act | None = None,
    ) -> Reply:
        """Close a slot for good, give back what it took from pools and let who waits go.

        Refused while anything of it is held or confirmed (`capacity_below_reserved`). Withdrawing
        it once more is harmless.
        """

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            slot = await _lock(connection, organization, id)
            if slot.withdrawn_at is None:
                await _refuse_reserved(
                    connection, organization, slot, "The slot is reserved and cannot be withdrawn."
                )
                at = await publishing.clock(connection)
                why = "withdrawn" if reason is None else f"withdrawn: {reason}"
                await publishing.withdraw(
                    connection, organization, actor, at, [id], why, by_hand=True
                )
                slot = (await read_slots(connection, organization, [id]))[0]
            return (id, *render(slot))

        return await self._effects.carry_out(organization, act, work)


def _raise_first(refusals: Any) -> None:
    """Raise the first of these refusals that is one."""
    for refusal in refusals:
        if refusal is not None:
            raise Refused(refusal)


async def _check_sites(
    connection: Any, organization: str, slots: Sequence[NewSlot], where: Sequence[str]
) -> None:
    found = await connection.fetch(
        statement("slots", "known_sites"),
        bare(organization),
        list({bare(it.site) for it in slots}),
    )
    known = {row["id"].hex for row in found}
    for slot, at in zip(slots, where, strict=True):
        if bare(slot.site) not in known:
            raise Refused(no_site(slot.site, field=f"{at}site"))


async def _take(
    connection: Any, organization: str, pools: dict[str, Pool], placed: Sequence[Placed]
) -> list[Loan]:
    """What the slots take themselves, each beside what is lent and what those before it take.
    Raises `Refused`, or `Due` if only ended holds are in the way."""
    taking = [
        list(loans_of_slot(it.id, *it.slot[:3], it.slot.fields.requirements, pools))
        for it in placed
    ]
    every = [loan for loans in taking for loan in loans]
    if not every:
        return []
    now = await publishing.clock(connection)
    room = await publishing.read_room(connection, organization, pools, every, now)
    for number, (it, loans) in enumerate(zip(placed, taking, strict=True)):
        facts = {"slot": number, "starts_at": it.slot.starts_at, "ends_at": it.slot.ends_at}
        if refusal := room.calendar.take(loans, **facts):
            raise Refused(refusal)
    if ended := room.held_by_none(every):
        raise Due(ended)
    return every


async def _lock(connection: Any, organization: str, id: str) -> PublishedSlot:
    await connection.fetch(statement("slots", "lock_slots"), bare(organization), [bare(id)])
    found = await read_slots(connection, organization, [id])
    if not found:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such slot.", slot=id))
    return found[0]


def _refuse_withdrawn(slot: PublishedSlot) -> None:
    if slot.withdrawn_at is not None:
        raise Refused(
            refuse(
                Code.VERSION_CONFLICT,
                "The slot has been withdrawn.",
                slot=slot.id,
                withdrawn_at=slot.withdrawn_at,
            )
        )


async def _refuse_reserved(
    connection: Any, organization: str, slot: PublishedSlot, detail: str
) -> None:
    """Raise `Refused` if the slot is reserved, or `Due` if it only seems so."""
    offering = slot.offering
    if offering.held or offering.confirmed:
        raise Refused(
            refuse(
                Code.CAPACITY_BELOW_RESERVED,
                detail,
                slot=slot.id,
                held=offering.held,
                confirmed=offering.confirmed,
            )
        )
    if ended := await publishing.ended_holds(connection, organization, [slot.id], slot.now):
        raise Due(ended)


async def _replace_requirements(
    connection: Any, organization: str, slot: PublishedSlot, fields: SlotFields
) -> None:
    """Let the slot require this from now on, and have what it takes itself."""
    before, after = set(slot.fields.requirements), set(fields.requirements)
    gone, new = before - after, after - before
    pools = await publishing.lock_pools(connection, organization, before | after)
    if refusal := refuse_requirements(fields.requirements, pools, standing=before):
        raise Refused(refusal)
    if any(required.per is Per.RESERVATION for required in gone | new):
        await _refuse_reserved(
            connection,
            organization,
            slot,
            "Reservations have taken what they require, which cannot be replaced.",
        )
    loans = await _loans_instead(connection, organization, slot, gone, new, pools)
    await connection.execute(
        statement("slots", "drop_requirements"),
        bare(organization),
        bare(slot.id),
        [bare(required.pool) for required in gone],
    )
    await publishing.insert_requirements(
        connection, organization, [(slot.id, required) for required in new]
    )
    await lend(connection, organization, loans)


async def _loans_instead(
    connection: Any,
    organization: str,
    slot: PublishedSlot,
    gone: set[Requirement],
    new: set[Requirement],
    pools: dict[str, Pool],
) -> list[Loan]:
    """What the slot takes by its new requirements, once what it took by old ones is given back."""
    ordered = sorted(new, key=lambda required: required.pool)
    times = slot.starts_at, slot.ends_at
    loans = list(loans_of_slot(slot.id, slot.site.id, *times, ordered, pools))
    if not loans:
        return []
    now = await publishing.clock(connection)
    # A pool is required once, so whatever the slot has of the new ones' pools is to be given back.
    room = await publishing.read_room(
        connection, organization, pools, loans, now, leaving=[slot.id]
    )
    if refusal := room.calendar.take(
        loans, slot=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at
    ):
        raise Refused(refusal)
    if ended := room.held_by_none(loans):
        raise Due(ended)
    return loans
