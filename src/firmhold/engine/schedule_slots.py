"""The slots of a schedule: made, taken back, and left alone.

Owns what is locked for it and in which order: slots that are to go, then pools of those to come.
What has to be done is said by `survey`, and what pools can lend by the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import uuid_utils

from firmhold.domain.errors import Refused
from firmhold.domain.model import Loan, Per, Pool
from firmhold.domain.publishing import NewSlot, loans_of_slot, refuse_requirements
from firmhold.engine import publishing, survey
from firmhold.engine.effects import Due
from firmhold.engine.generation import Conflict, Made, Report, ScheduleFields, Task
from firmhold.engine.lending import pool, slot_id
from firmhold.engine.publishing import Placed
from firmhold.engine.rows import bare
from firmhold.engine.survey import Piece, Survey
from firmhold.planning.notes import Note, NoteKind
from firmhold.planning.plan import Plan, PlannedSlot
from firmhold.store.sql import statement


async def generate(
    connection: Any, organization: str, actor: str, task: Task, now: datetime
) -> Report:
    """Make and take back slots. The schedule has been locked. Raises `Due` if holds that have ended
    are in the way, and `Refused` if the schedule cannot be meant."""
    piece = await survey.cut(connection, organization, task)
    drawn = await survey.draw(task, piece)
    notes = await _notes(connection, organization, task, piece, drawn)
    found = await _locked_survey(connection, organization, task, piece, drawn)
    required = () if task.schedule is None else task.fields.slot.requirements
    pools = await publishing.lock_pools(connection, organization, required)
    at = await publishing.clock(connection)
    placed, conflicts, loans = await _fit(connection, organization, task, pools, found, at)
    if found.leaving:
        await publishing.withdraw(
            connection,
            organization,
            actor,
            at,
            [it.id for it in found.leaving],
            "withdrawn by its schedule",
            by_hand=False,
        )
    if placed:
        await publishing.insert(connection, organization, actor, now, placed, loans)
    return _report(piece, found, placed, conflicts, notes)


async def foresee(connection: Any, organization: str, task: Task, now: datetime) -> Report:
    """What `generate` would do, as far as can be told without locking anything."""
    piece = await survey.cut(connection, organization, task)
    drawn = await survey.draw(task, piece)
    found = await survey.compare(connection, organization, task, piece, drawn)
    pools = await _read_pools(connection, organization, task.fields)
    placed, conflicts, _ = await _fit(connection, organization, task, pools, found, now, dry=True)
    placed = [it._replace(id="") for it in placed]
    notes = await _notes(connection, organization, task, piece, drawn)
    return _report(piece, found, placed, conflicts, notes)


async def leave(connection: Any, organization: str, task: Task) -> Report:
    """Do nothing, and say how many slots stay."""
    kept = await survey.count(connection, organization, task)
    return Report(task.last, True, (), kept, (), (), (), ())


async def check_requirements(connection: Any, organization: str, fields: ScheduleFields) -> None:
    """Raise `Refused` if pools can never lend what slots of the schedule require."""
    pools = await _read_pools(connection, organization, fields)
    if refusal := refuse_requirements(fields.slot.requirements, pools):
        raise Refused(refusal)


async def _read_pools(
    connection: Any, organization: str, fields: ScheduleFields
) -> dict[str, Pool]:
    ids = [bare(required.pool) for required in fields.slot.requirements]
    found = await connection.fetch(statement("schedules", "read_pools"), bare(organization), ids)
    return {it.id: it for it in map(pool, found)}


async def _locked_survey(
    connection: Any, organization: str, task: Task, piece: Piece, drawn: Plan
) -> Survey:
    """A survey that stays true, because what is to go has been locked. Raises `Due` if only holds
    that have ended are in the way."""
    found = await survey.compare(connection, organization, task, piece, drawn)
    if not found.leaving:
        return found
    ids = [bare(it.id) for it in found.leaving]
    rows = await connection.fetch(statement("slots", "lock_slots"), bare(organization), ids)
    taken = [slot_id(row["id"]) for row in rows if row["held"] or row["confirmed"]]
    at = await publishing.clock(connection)
    if ended := await publishing.ended_holds(connection, organization, taken, at):
        raise Due(ended)
    # Somebody may have reserved or changed one of them in the meantime, or given one up.
    locked = {slot_id(row["id"]) for row in rows}
    return await survey.compare(connection, organization, task, piece, drawn, locked)


async def _fit(
    connection: Any,
    organization: str,
    task: Task,
    pools: dict[str, Pool],
    found: Survey,
    now: datetime,
    *,
    dry: bool = False,
) -> tuple[list[Placed], list[Conflict], list[Loan]]:
    """Those of the missing for which pools can lend what they take, why the others cannot be, and
    what is lent. Raises `Due` if only holds that have ended are in the way."""
    if task.schedule is None:
        return [], [], []
    fields = task.fields
    if refusal := refuse_requirements(fields.slot.requirements, pools):
        raise Refused(refusal)
    candidates = list(_candidates(task, [*found.missing, *found.replaced]))
    taking = [
        list(loans_of_slot(it.id, *it.slot[:3], fields.slot.requirements, pools))
        for it in candidates
    ]
    every = [loan for loans in taking for loan in loans]
    leaving = [it.id for it in found.leaving]
    room = await publishing.read_room(connection, organization, pools, every, now, leaving)
    placed: list[Placed] = []
    conflicts: list[Conflict] = []
    lent: list[Loan] = []
    for it, loans in zip(candidates, taking, strict=True):
        if refusal := room.calendar.take(loans):
            conflicts.append(Conflict(it.slot.starts_at, it.slot.ends_at, refusal))
            continue
        placed.append(it)
        lent += loans
    if not dry and (ended := room.held_by_none(lent)):
        raise Due(ended)
    return placed, conflicts, lent


def _candidates(task: Task, wanted: Iterable[PlannedSlot | survey.Existing]) -> Iterable[Placed]:
    """What is to be made, in the order of time."""
    fields = task.fields
    made_by = (task.id, None if task.id is None else task.version)
    for starts_at, ends_at in sorted((it.starts_at, it.ends_at) for it in wanted):
        slot = NewSlot(fields.site, starts_at, ends_at, fields.capacity, fields.slot)
        yield Placed(f"slot_{uuid_utils.uuid7().hex}", slot, *made_by)


# --- what is said ---


async def _notes(
    connection: Any, organization: str, task: Task, piece: Piece, drawn: Plan
) -> tuple[Note, ...]:
    """What the plan has to say, and which other schedules have slots at the same time."""
    planned = survey.within(task, piece, drawn)
    if not task.watched or not planned:
        return drawn.notes
    found = await connection.fetch(
        statement("schedules", "schedules_beside"),
        bare(organization),
        bare(task.fields.site),
        None if task.id is None else bare(task.id),
        any(need.per is Per.SLOT for need in task.fields.slot.requirements),
        [it.starts_at for it in planned],
        [it.ends_at for it in planned],
        planned[0].starts_at - survey.AROUND,
        piece.until,
    )
    return (
        *drawn.notes,
        *(
            Note(
                NoteKind.OVERLAP,
                task.date_of(row["first"]),
                task.date_of(row["last"]),
                row["slots"],
                f"{row['title']} (sched_{row['id'].hex}) has slots at the same time.",
            )
            for row in found
        ),
    )


def _report(
    piece: Piece,
    found: Survey,
    placed: Sequence[Placed],
    conflicts: Sequence[Conflict],
    notes: tuple[Note, ...],
) -> Report:
    return Report(
        piece.last,
        piece.whole,
        tuple(Made(it.id or None, it.slot.starts_at, it.slot.ends_at) for it in placed),
        found.kept,
        tuple(Made(it.id, it.starts_at, it.ends_at) for it in found.leaving),
        tuple(sorted(found.left_alone, key=lambda it: it.starts_at)),
        tuple(sorted([*found.conflicts, *conflicts], key=lambda it: it.starts_at)),
        notes,
    )
