"""A schedule's plan beside the slots that are there: what is missing, what has to go, what stays.

Owns how much is looked at in one go, and which slots are left alone and why. Locks nothing and
changes nothing: whoever wants the answer to stay true has locked what is to go, and says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from firmhold.domain.errors import Code, refuse
from firmhold.engine.generation import Conflict, LeftAlone, Mode, Task, Why
from firmhold.engine.lending import slot_id
from firmhold.engine.rows import bare
from firmhold.engine.timetable import read_slots
from firmhold.planning import plan as planning
from firmhold.planning.plan import Plan, PlannedSlot, beside, differences, plan
from firmhold.store.sql import statement

_DAY = timedelta(days=1)

AROUND = 2 * _DAY
"""Slots that start so long before or after the time that is looked at may reach into it: one of a
schedule lasts for a day at most, and an hour more when the clocks go back."""


READ_AT_ONCE = 500
"""Slots that are read at a time, while others have their turn."""


class Existing(NamedTuple):
    """A slot that the schedule has made."""

    id: str
    starts_at: datetime
    ends_at: datetime
    reserved: bool
    waiting: int
    withdrawn: bool
    """By somebody, so that its time is not offered again."""
    version: int
    by_hand: bool


class Piece(NamedTuple):
    """As much of a task as is done at once: whole days."""

    last: date
    until: datetime
    """What starts then or later is left for the next one."""
    whole: bool
    """Whether there is no next one."""


class Survey(NamedTuple):
    """A plan beside what exists, before anything is done."""

    missing: list[PlannedSlot]
    kept: int
    superfluous: list[Existing]
    replaced: list[Existing]
    """There at the right time, and not what they should be: to be withdrawn and made anew."""
    left_alone: list[LeftAlone]
    conflicts: list[Conflict]
    """With slots that are left alone."""

    @property
    def leaving(self) -> list[Existing]:
        """What is to be withdrawn."""
        return [*self.superfluous, *self.replaced]


async def cut(connection: Any, organization: str, task: Task) -> Piece:
    """As much of the task as there may be at once. Raises `Refused` if it has to be all."""
    last = task.last
    if task.schedule is not None:
        if task.mode is Mode.NEW:
            number = planning.count(task.schedule, task.first, last)
            planning.refuse_too_many("rule", number)
        last = planning.reach(task.schedule, task.first, last)
    if task.mode is Mode.AFRESH:
        beyond = await connection.fetchval(
            statement("schedules", "slot_after_many"), *_of(organization, task), planning.MAX_SLOTS
        )
        if beyond is not None:
            last = min(last, task.date_of(beyond) - _DAY)
    last = max(last, task.date_of(task.since))
    return Piece(last, task.end_of(last), last >= task.last)


async def draw(task: Task, piece: Piece) -> Plan:
    """What is planned for the piece, with the slots just before it."""
    if task.schedule is None:
        return Plan((), ())
    # Thousands of slots take their time, for which others need not wait.
    drawn = await asyncio.to_thread(plan, task.schedule, task.first, piece.last)
    first = task.date_of(task.since)
    return drawn._replace(notes=tuple(note for note in drawn.notes if note.last >= first))


def within(task: Task, piece: Piece, drawn: Plan) -> list[PlannedSlot]:
    """What is planned to start in the piece."""
    return [it for it in drawn.slots if task.since <= it.starts_at < piece.until]


async def compare(
    connection: Any,
    organization: str,
    task: Task,
    piece: Piece,
    drawn: Plan,
    locked: Collection[str] | None = None,
) -> Survey:
    """What the piece comes to. With `locked` only these slots may go."""
    planned = within(task, piece, drawn)
    if task.mode is Mode.NEW:
        return Survey(planned, 0, [], [], [], [])
    rows = await _existing(connection, organization, task, piece)
    live = [it for it in rows if not it.withdrawn]
    found = differences(planned, (it for it in live if _looked_at(task, piece, it)))
    staying = [it for it in live if not _looked_at(task, piece, it) and _bars(task, it)]
    missing, closing = _open(found.missing, [it for it in rows if it.withdrawn])
    if task.mode is Mode.ONWARD:
        free, conflicts = _clear(task, drawn, missing, [*staying, *found.superfluous])
        return Survey(free, len(found.kept), [], [], [], conflicts)
    left = [_left(it, Why.WITHDRAWN) for it in closing]
    superfluous: list[Existing] = []
    for it in found.superfluous:
        (superfluous if _may_go(it, left, _why(it, locked)) else staying).append(it)
    other = await _different(connection, organization, task, found.kept)
    replaced = [it for it in other if _may_go(it, left, _why(it, locked, replaced=True))]
    free, conflicts = _clear(task, drawn, missing, staying)
    return Survey(free, len(found.kept) - len(other), superfluous, replaced, left, conflicts)


def _bars(task: Task, it: Existing) -> bool:
    """Whether a slot before or after the piece stays where it is: because it has begun, or because
    it would not be taken back in its turn."""
    return it.starts_at < task.since or _why(it, None) is not None


def _looked_at(task: Task, piece: Piece, it: Existing) -> bool:
    """Whether the slot starts in the piece. What starts after the last one is looked at with it: it
    was made by the clocks of another zone."""
    return task.since <= it.starts_at and (it.starts_at < piece.until or piece.whole)


def _open(
    missing: Sequence[PlannedSlot], withdrawn: Sequence[Existing]
) -> tuple[list[PlannedSlot], list[Existing]]:
    """What does not fall into time that somebody has withdrawn, and what keeps the rest out."""
    closing = [it for it, _ in beside(withdrawn, missing).blocked]
    return beside(missing, withdrawn).free, closing


def _clear(
    task: Task, drawn: Plan, missing: Sequence[PlannedSlot], staying: Iterable[Existing]
) -> tuple[list[PlannedSlot], list[Conflict]]:
    """What keeps clear of slots that stay, and why the rest cannot be."""
    if task.schedule is None:
        return [], []
    # What is as planned is in nobody's way: the plan has seen to that.
    meant = {(it.starts_at, it.ends_at) for it in drawn.slots}
    there = [it for it in staying if (it.starts_at, it.ends_at) not in meant]
    found = beside(missing, there, timedelta(minutes=task.schedule.gap_minutes))
    return found.free, [_conflict(slot, it) for slot, it in found.blocked]


def _conflict(slot: PlannedSlot, it: Existing) -> Conflict:
    refusal = refuse(
        Code.ALREADY_EXISTS,
        "Another slot of the schedule is there at that time, and stays.",
        slot=it.id,
        busy_from=it.starts_at,
        busy_until=it.ends_at,
    )
    return Conflict(slot.starts_at, slot.ends_at, refusal)


def _why(it: Existing, locked: Collection[str] | None, *, replaced: bool = False) -> Why | None:
    """Why the slot has to be left alone."""
    if it.reserved:
        return Why.RESERVED
    if it.by_hand:
        return Why.BY_HAND
    if replaced and it.waiting:
        return Why.WAITED_FOR
    # What could go and is not locked was reserved a moment ago; it can go the next time.
    return Why.RESERVED if locked is not None and it.id not in locked else None


def _may_go(it: Existing, left: list[LeftAlone], why: Why | None) -> bool:
    """Whether the slot may go, or else a note of why not."""
    if why is not None:
        left.append(_left(it, why))
    return why is None


def _left(it: Existing, why: Why) -> LeftAlone:
    return LeftAlone(it.id, it.starts_at, it.ends_at, why)


async def _different(
    connection: Any, organization: str, task: Task, kept: Iterable[Existing]
) -> list[Existing]:
    """Those that were made by another version of the schedule and are not what this one makes."""
    older = {it.id: it for it in kept if it.version != task.version}
    wanted = task.fields.slot._replace(requirements=())
    required = set(task.fields.slot.requirements)
    ids = list(older)
    return [
        older[slot.id]
        for start in range(0, len(ids), READ_AT_ONCE)
        for slot in await read_slots(connection, organization, ids[start : start + READ_AT_ONCE])
        if slot.offering.capacity != task.fields.capacity
        or slot.fields._replace(requirements=()) != wanted
        or set(slot.fields.requirements) != required
    ]


# --- what is there ---


def _of(organization: str, task: Task) -> tuple[str, str, str, datetime]:
    assert task.id is not None
    return bare(organization), bare(task.fields.site), bare(task.id), task.since


async def count(connection: Any, organization: str, task: Task) -> int:
    """How many slots of the schedule there are from the task's beginning on."""
    number: int = await connection.fetchval(
        statement("schedules", "count_slots"), *_of(organization, task)
    )
    return number


async def _existing(connection: Any, organization: str, task: Task, piece: Piece) -> list[Existing]:
    """What the schedule has made in the piece and around it, and is not over before it begins."""
    *of, since = _of(organization, task)
    until = None if piece.whole else piece.until + AROUND
    found = await connection.fetch(
        statement("schedules", "slots_of_schedule"), *of, since - AROUND, until
    )
    return [it for it in map(_row, found) if it.ends_at > since]


def _row(row: Any) -> Existing:
    return Existing(
        slot_id(row["id"]),
        row["starts_at"],
        row["ends_at"],
        row["reserved"],
        row["waiting"],
        row["withdrawn"],
        row["schedule_version"],
        row["by_hand"],
    )
