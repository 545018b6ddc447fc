"""What a schedule comes to: slots to be made, to be taken back, and to be left alone.

Owns the comparison of a plan with the slots that exist, under locks when it is carried out and
without any when somebody only wants to see. Which slots a schedule plans is the business of
`planning`; whether pools can lend what they take is the domain's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import MAX_CAPACITY, Loan, Pool
from firmhold.domain.publishing import (
    NewSlot,
    SlotFields,
    flaw_of_fields,
    loans_of_slot,
    refuse_requirements,
)
from firmhold.engine import publishing
from firmhold.engine.effects import Due
from firmhold.engine.lending import pool, slot_id
from firmhold.engine.places import SiteFields
from firmhold.engine.publishing import Placed
from firmhold.engine.rows import bare
from firmhold.engine.timetable import read_slots
from firmhold.planning.notes import Note
from firmhold.planning.plan import Plan, PlannedSlot, differences, plan
from firmhold.planning.schedule import Schedule, read_blackout, read_override, read_schedule
from firmhold.store.sql import statement

MAX_SLOTS = 10_000
"""Made at once. A year of thirty on every day."""

Times = tuple[tuple[str, str], ...]
"""Parts of a day, each from one time to another: ("09:00", "12:30")."""


class OverrideFields(NamedTuple):
    """What one date keeps instead of its usual hours."""

    on: str
    sessions: Times = ()
    """None: closed."""
    breaks: Times | None = None
    """`None` keeps the usual ones."""


class ScheduleFields(NamedTuple):
    """What an operator says about a schedule. Dates and times are the site's."""

    site: str
    """For good."""
    rule: str
    """RFC 5545, for example FREQ=WEEKLY;BYDAY=MO,TH."""
    starts_on: str
    sessions: Times
    slot: SlotFields
    """What its slots are."""
    capacity: int = 1
    """Of each slot."""
    ends_on: str | None = None
    slot_minutes: int | None = None
    """`None`: as the site has it."""
    gap_minutes: int = 0
    breaks: Times = ()
    overrides: tuple[OverrideFields, ...] = ()


class Made(NamedTuple):
    """A slot that has been made or withdrawn, or would be."""

    slot: str | None
    """Its id, once it has one."""
    starts_at: datetime
    ends_at: datetime


class Why(StrEnum):
    """Why a slot is left as it is, though its schedule would not have it so."""

    RESERVED = "reserved"
    WAITED_FOR = "waited_for"
    """Nobody has reserved it, but somebody waits for it, and it would be replaced."""
    BY_HAND = "by_hand"
    """Somebody has changed it."""


class LeftAlone(NamedTuple):
    """A slot that is not what its schedule says."""

    slot: str
    starts_at: datetime
    ends_at: datetime
    why: Why


class Conflict(NamedTuple):
    """A slot that cannot be made, and why not."""

    starts_at: datetime
    ends_at: datetime
    refusal: Refusal


class Report(NamedTuple):
    """What became of a plan, or would."""

    until: date
    """The last date of it."""
    created: tuple[Made, ...]
    kept: int
    """Slots that are there and as they should be."""
    withdrawn: tuple[Made, ...]
    """A slot that had to be another is withdrawn, and made anew."""
    left_alone: tuple[LeftAlone, ...]
    conflicts: tuple[Conflict, ...]
    notes: tuple[Note, ...]
    """What the plan has to say about single dates."""


class Task(NamedTuple):
    """What is to be generated."""

    id: str | None
    """The schedule's, unless it only might be one."""
    version: int
    fields: ScheduleFields
    site: SiteFields
    first: date
    last: date
    afresh: bool
    """Whether what exists is compared with the plan. Otherwise everything planned is new."""
    planned: bool = True
    """Whether it plans anything at all; one that is stopped does not."""


class Existing(NamedTuple):
    """A slot that the schedule has made."""

    id: str
    starts_at: datetime
    ends_at: datetime
    reserved: bool
    waiting: int
    withdrawn: bool
    """By somebody, so that it is not made again."""
    version: int
    by_hand: bool


class Survey(NamedTuple):
    """A plan beside what exists, before anything is done."""

    missing: list[PlannedSlot]
    kept: int
    superfluous: list[Existing]
    replaced: list[Existing]
    """There at the right time, and not what they should be: to be withdrawn and made anew."""
    left_alone: list[LeftAlone]
    notes: tuple[Note, ...]

    @property
    def leaving(self) -> list[Existing]:
        """What is to be withdrawn."""
        return [*self.superfluous, *self.replaced]


async def generate(
    connection: Any, organization: str, actor: str, task: Task, now: datetime
) -> Report:
    """Make and take back slots. The schedule has been locked. Raises `Due` if holds that have ended
    are in the way, and `Refused` if the schedule cannot be meant."""
    survey = await _locked_survey(connection, organization, task, now)
    required = task.fields.slot.requirements
    pools = await publishing.lock_pools(connection, organization, required)
    at = await publishing.clock(connection)
    placed, conflicts, loans = await _fit(connection, organization, task, pools, survey, at)
    if survey.leaving:
        await publishing.withdraw(
            connection,
            organization,
            actor,
            at,
            [it.id for it in survey.leaving],
            "withdrawn by its schedule",
            by_hand=False,
        )
    if placed:
        await publishing.insert(connection, organization, actor, now, placed, loans)
    return _report(task, survey, placed, conflicts)


async def foresee(connection: Any, organization: str, task: Task, now: datetime) -> Report:
    """What `generate` would do, as far as can be told without locking anything."""
    survey = await _survey(connection, organization, task, await _draw(task, now), now)
    ids = [bare(required.pool) for required in task.fields.slot.requirements]
    found = await connection.fetch(statement("schedules", "read_pools"), bare(organization), ids)
    pools = {it.id: it for it in map(pool, found)}
    placed, conflicts, _ = await _fit(connection, organization, task, pools, survey, now, dry=True)
    placed = [it._replace(id="") for it in placed]
    return _report(task, survey, placed, conflicts)


def read_fields(fields: ScheduleFields, site: SiteFields) -> Schedule:
    """The schedule as planning understands it. Raises `Refused` (`malformed_request`)."""
    if flaw := flaw_of_fields(fields.slot):
        raise Refused(flaw)
    if not 0 <= fields.capacity <= MAX_CAPACITY:
        raise Refused(malformed("capacity", f"0 to {MAX_CAPACITY:,}, not {fields.capacity}"))
    return read_schedule(
        zone=site.zone,
        rule=fields.rule,
        starts_on=fields.starts_on,
        ends_on=fields.ends_on,
        sessions=fields.sessions,
        slot_minutes=fields.slot_minutes or site.slot_minutes,
        gap_minutes=fields.gap_minutes,
        breaks=fields.breaks,
        overrides=[
            read_override(f"overrides[{place}]", *it) for place, it in enumerate(fields.overrides)
        ],
        blackouts=[
            read_blackout(f"blackouts[{place}]", *it) for place, it in enumerate(site.blackouts)
        ],
    )


async def _draw(task: Task, now: datetime) -> Plan:
    """What is planned from now on."""
    schedule = read_fields(task.fields, task.site)
    if not task.planned:
        return Plan((), ())
    # Thousands of slots take their time, for which others need not wait.
    drawn = await asyncio.to_thread(plan, schedule, task.first, task.last)
    slots = tuple(it for it in drawn.slots if it.starts_at > now)
    if len(slots) > MAX_SLOTS:
        reason = f"would make {len(slots):,} slots, and at most {MAX_SLOTS:,} are made at once"
        flaw = malformed("rule", reason)
        raise Refused(flaw._replace(facts={**flaw.facts, "slots": len(slots), "bound": MAX_SLOTS}))
    return drawn._replace(slots=slots)


async def _survey(
    connection: Any, organization: str, task: Task, drawn: Plan, now: datetime
) -> Survey:
    if task.id is None or not task.afresh:
        return Survey(list(drawn.slots), 0, [], [], [], drawn.notes)
    found = await connection.fetch(
        statement("schedules", "slots_of_schedule"), bare(organization), bare(task.id), now
    )
    compared = differences(drawn.slots, map(_existing, found))
    left: list[LeftAlone] = []
    superfluous = [it for it in compared.superfluous if not it.withdrawn and not _spared(it, left)]
    other = await _different(connection, organization, task, compared.kept)
    replaced = [it for it in other if not _spared(it, left, replaced=True)]
    kept = sum(not it.withdrawn for it in compared.kept) - len(other)
    return Survey(compared.missing, kept, superfluous, replaced, left, drawn.notes)


def _existing(row: Any) -> Existing:
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


def _spared(it: Existing, left: list[LeftAlone], *, replaced: bool = False) -> bool:
    """Whether the slot has to be left alone, and if so, notes why."""
    if it.reserved:
        why = Why.RESERVED
    elif it.by_hand:
        why = Why.BY_HAND
    elif replaced and it.waiting:
        why = Why.WAITED_FOR
    else:
        return False
    left.append(_left(it, why))
    return True


def _left(it: Existing, why: Why) -> LeftAlone:
    return LeftAlone(it.id, it.starts_at, it.ends_at, why)


async def _different(
    connection: Any, organization: str, task: Task, kept: Iterable[Existing]
) -> list[Existing]:
    """Those that were made by another version of the schedule and are not what this one makes."""
    older = {it.id: it for it in kept if not it.withdrawn and it.version != task.version}
    wanted = task.fields.slot._replace(requirements=())
    required = set(task.fields.slot.requirements)
    return [
        older[slot.id]
        for slot in await read_slots(connection, organization, list(older))
        if slot.offering.capacity != task.fields.capacity
        or slot.fields._replace(requirements=()) != wanted
        or set(slot.fields.requirements) != required
    ]


async def _locked_survey(connection: Any, organization: str, task: Task, now: datetime) -> Survey:
    """A survey that stays true, because what is to go has been locked. Raises `Due` if only holds
    that have ended are in the way."""
    drawn = await _draw(task, now)
    survey = await _survey(connection, organization, task, drawn, now)
    if not survey.leaving:
        return survey
    ids = [bare(it.id) for it in survey.leaving]
    locked = await connection.fetch(statement("slots", "lock_slots"), bare(organization), ids)
    taken = [slot_id(row["id"]) for row in locked if row["held"] or row["confirmed"]]
    at = await publishing.clock(connection)
    if ended := await publishing.ended_holds(connection, organization, taken, at):
        raise Due(ended)
    # Somebody may have reserved or changed one of them in the meantime.
    survey = await _survey(connection, organization, task, drawn, now)
    ours = {slot_id(row["id"]) for row in locked}
    # Or given one up: that was reserved a moment ago, and can go the next time.
    late = [it for it in survey.leaving if it.id not in ours]
    return survey._replace(
        superfluous=[it for it in survey.superfluous if it.id in ours],
        replaced=[it for it in survey.replaced if it.id in ours],
        left_alone=[*survey.left_alone, *(_left(it, Why.RESERVED) for it in late)],
    )


async def _fit(
    connection: Any,
    organization: str,
    task: Task,
    pools: dict[str, Pool],
    survey: Survey,
    now: datetime,
    *,
    dry: bool = False,
) -> tuple[list[Placed], list[Conflict], list[Loan]]:
    """Those of the missing for which pools can lend what they take, why the others cannot be, and
    what is lent. Raises `Due` if only holds that have ended are in the way."""
    fields = task.fields
    if refusal := refuse_requirements(fields.slot.requirements, pools):
        raise Refused(refusal)
    made_by = (task.id, None if task.id is None else task.version)
    times = [(it.starts_at, it.ends_at) for it in survey.missing]
    times += [(it.starts_at, it.ends_at) for it in survey.replaced]
    candidates = [
        Placed(
            f"slot_{uuid_utils.uuid7().hex}",
            NewSlot(fields.site, starts_at, ends_at, fields.capacity, fields.slot),
            *made_by,
        )
        for starts_at, ends_at in sorted(times)
    ]
    taking = [
        list(loans_of_slot(it.id, *it.slot[:3], fields.slot.requirements, pools))
        for it in candidates
    ]
    every = [loan for loans in taking for loan in loans]
    leaving = [it.id for it in survey.leaving]
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


def _report(
    task: Task, survey: Survey, placed: Sequence[Placed], conflicts: Sequence[Conflict]
) -> Report:
    return Report(
        task.last,
        tuple(Made(it.id or None, it.slot.starts_at, it.slot.ends_at) for it in placed),
        survey.kept,
        tuple(Made(it.id, it.starts_at, it.ends_at) for it in survey.leaving),
        tuple(sorted(survey.left_alone, key=lambda it: it.starts_at)),
        tuple(conflicts),
        survey.notes,
    )


def no_schedule(id: str) -> Refusal:
    """There is no such schedule in this organization."""
    return refuse(Code.NOT_FOUND, "There is no such schedule.", schedule=id)
