"""Schedules: recurring hours in a site's wall-clock time, and the slots they keep publishing.

Owns how a schedule is stored, locked and changed. What it comes to is in `generation`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import uuid_utils

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import Per, Requirement, Terms
from firmhold.domain.publishing import SlotFields
from firmhold.engine.effects import Effects
from firmhold.engine.engine import Engine
from firmhold.engine.generation import (
    OverrideFields,
    Report,
    ScheduleFields,
    Task,
    foresee,
    generate,
    no_schedule,
)
from firmhold.engine.places import SiteFields, no_site, read_sites
from firmhold.engine.rows import bare
from firmhold.engine.ticket import Key, Reply
from firmhold.planning.zones import to_local, zone_of
from firmhold.store.sql import statement


class ScheduleSeen(NamedTuple):
    """A schedule as it stands at `now`."""

    id: str
    fields: ScheduleFields
    active: bool
    """Whether it goes on making slots."""
    generated_until: date | None
    """Its slots exist up to the end of this day."""
    version: int
    created_at: datetime
    updated_at: datetime
    now: datetime


Render = Callable[[ScheduleSeen, Report], tuple[int, bytes]]
"""The door's answer: status and body."""


class Schedules:
    """The schedules of all organizations."""

    def __init__(self, engine: Engine) -> None:
        self._database = engine.database
        self._effects = Effects(engine)

    async def create(
        self,
        organization: str,
        actor: str,
        fields: ScheduleFields,
        render: Render,
        key: Key | None = None,
    ) -> Reply:
        """Create a schedule with its slots up to the horizon. Slots for which a pool is busy are
        left out and reported."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            id = f"sched_{uuid_utils.uuid7().hex}"
            task = await _task(connection, organization, id, 1, fields, now)
            await connection.execute(
                statement("schedules", "insert_schedule"),
                bare(organization),
                bare(id),
                bare(fields.site),
                fields.slot.title,
                fields.rule,
                _plan(fields),
                task.last,
                now,
            )
            report = await generate(connection, organization, actor, task, now)
            return (id, *render(await _one(connection, organization, id), report))

        return await self._effects.carry_out(organization, key, work)

    async def update(
        self,
        organization: str,
        actor: str,
        id: str,
        change: Callable[[ScheduleSeen], ScheduleFields | Refusal],
        render: Render,
        key: Key | None = None,
    ) -> Reply:
        """Replace what `change` makes of a schedule's fields, and generate it anew. Slots that are
        reserved, or were changed by somebody, stay what they are."""

        def edit(old: ScheduleSeen) -> ScheduleSeen:
            fields = change(old)
            if isinstance(fields, Refusal):
                raise Refused(fields)
            return _with_fields(old, fields)

        return await self._change(organization, actor, id, edit, render, key)

    async def regenerate(
        self, organization: str, actor: str, id: str, render: Render, key: Key | None = None
    ) -> Reply:
        """Make what is missing up to the horizon and take back what is planned no more."""

        def edit(old: ScheduleSeen) -> ScheduleSeen:
            if not old.active:
                detail = "The schedule has been stopped; start it first."
                raise Refused(refuse(Code.VERSION_CONFLICT, detail, schedule=id))
            return old

        return await self._change(organization, actor, id, edit, render, key)

    async def start(
        self, organization: str, actor: str, id: str, render: Render, key: Key | None = None
    ) -> Reply:
        """Let a schedule that was stopped go on, and generate it anew."""
        return await self._change(
            organization, actor, id, lambda old: old._replace(active=True), render, key
        )

    async def stop(
        self,
        organization: str,
        actor: str,
        id: str,
        render: Render,
        *,
        withdraw: bool = False,
        key: Key | None = None,
    ) -> Reply:
        """Let a schedule make no more slots; with `withdraw`, also take back those to come that
        nobody has reserved. Stopping it once more is harmless."""

        def edit(old: ScheduleSeen) -> ScheduleSeen:
            return old._replace(active=False)

        return await self._change(organization, actor, id, edit, render, key, compare=withdraw)

    async def preview(
        self, organization: str, fields: ScheduleFields, id: str | None = None
    ) -> Report | Refusal:
        """What creating a schedule, or changing that with this id, would do. Locks nothing and
        changes nothing, so the next moment may be different."""
        async with self._database.read() as connection:
            try:
                now = await connection.fetchval("SELECT statement_timestamp()")
                task = await _task(connection, organization, None, 1, fields, now)
                if id is not None:
                    old = await _one(connection, organization, id)
                    new = _with_fields(old, fields)
                    task = _afresh(task._replace(version=new.version), old)
                return await foresee(connection, organization, task, now)
            except Refused as refused:
                return refused.refusal

    async def extend(self, organization: str, id: str) -> Report | None:
        """Make slots up to the horizon that has come nearer since; leave alone what exists. `None`
        if there is nothing to do, or someone else is doing it."""
        report: Report | None = None

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            nonlocal report
            report = None
            locked = await connection.fetchrow(
                statement("schedules", "lock_schedule_if_free"), bare(organization), bare(id)
            )
            if locked is None:
                return id, 200, b""
            old = await _one(connection, organization, id)
            task = await _task(connection, organization, id, old.version, old.fields, now)
            if old.generated_until is not None:
                task = task._replace(first=max(task.first, old.generated_until + _DAY))
            if task.first > task.last:
                return id, 200, b""
            report = await generate(connection, organization, ACTOR, task, now)
            await _save(connection, organization, old._replace(generated_until=task.last), now)
            return id, 200, b""

        reply = await self._effects.carry_out(organization, None, work)
        if isinstance(reply, Refusal):
            raise Refused(reply)
        return report

    async def find(
        self,
        organization: str,
        *,
        ids: Sequence[str] | None = None,
        site: str | None = None,
        after: str | None = None,
        limit: int = 1000,
    ) -> list[ScheduleSeen]:
        """Schedules by id, or page by page in the order of their creation."""
        async with self._database.read() as connection:
            return await _schedules(
                connection, organization, ids=ids, site=site, after=after, limit=limit
            )

    async def _change(
        self,
        organization: str,
        actor: str,
        id: str,
        edit: Callable[[ScheduleSeen], ScheduleSeen],
        render: Render,
        key: Key | None,
        *,
        compare: bool = True,
    ) -> Reply:
        """Let the schedule be what `edit` makes of it, under its lock, and its slots what it then
        says, unless they are not to be compared."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            lock = statement("schedules", "lock_schedule")
            if not await connection.fetchrow(lock, bare(organization), bare(id)):
                raise Refused(no_schedule(id))
            old = await _one(connection, organization, id)
            new = edit(old)
            task = _afresh(
                await _task(connection, organization, id, new.version, new.fields, now), old
            )
            task = task._replace(planned=new.active)
            if compare:
                report = await generate(connection, organization, actor, task, now)
            else:
                report = Report(task.last, (), 0, (), (), (), ())
            until = task.last if compare and new.active else old.generated_until
            new = new._replace(generated_until=until)
            if new != old:
                await _save(connection, organization, new, now)
            return (id, *render(await _one(connection, organization, id), report))

        return await self._effects.carry_out(organization, key, work)


ACTOR = "system:horizon"
"""Whose doing it is that a schedule goes on."""

_DAY = timedelta(days=1)


async def _task(
    connection: Any,
    organization: str,
    id: str | None,
    version: int,
    fields: ScheduleFields,
    now: datetime,
) -> Task:
    """What is to be made from today to the horizon, by the clocks of the site."""
    found = await read_sites(connection, organization, ids=[fields.site])
    if not found:
        raise Refused(no_site(fields.site, field="site"))
    site: SiteFields = found[0].fields
    days = await connection.fetchval(
        statement("schedules", "horizon"), bare(organization), bare(fields.site)
    )
    today = to_local(now, zone_of(site.zone)).date()
    # From yesterday on, because what is open at night belongs to the day before.
    return Task(id, version, fields, site, today - _DAY, today + timedelta(days=days), afresh=False)


def _with_fields(old: ScheduleSeen, fields: ScheduleFields) -> ScheduleSeen:
    if fields.site != old.fields.site:
        raise Refused(malformed("site", "a schedule stays at its site"))
    if fields == old.fields:
        return old
    return old._replace(fields=fields, version=old.version + 1)


def _afresh(task: Task, old: ScheduleSeen) -> Task:
    """The same, compared with all that exists, however far that reaches."""
    return task._replace(
        id=old.id, last=max(task.last, old.generated_until or task.last), afresh=True
    )


async def _save(connection: Any, organization: str, schedule: ScheduleSeen, now: datetime) -> None:
    await connection.execute(
        statement("schedules", "update_schedule"),
        bare(organization),
        bare(schedule.id),
        schedule.fields.slot.title,
        schedule.fields.rule,
        _plan(schedule.fields),
        schedule.version,
        schedule.active,
        schedule.generated_until,
        now,
    )


async def _one(connection: Any, organization: str, id: str) -> ScheduleSeen:
    found = await _schedules(connection, organization, ids=[id])
    if not found:
        raise Refused(no_schedule(id))
    return found[0]


async def _schedules(
    connection: Any,
    organization: str,
    *,
    ids: Sequence[str] | None = None,
    site: str | None = None,
    after: str | None = None,
    limit: int = 10_000,
) -> list[ScheduleSeen]:
    found = await connection.fetch(
        statement("schedules", "schedules"),
        bare(organization),
        None if ids is None else [bare(id) for id in ids],
        None if after is None else bare(after),
        None if site is None else bare(site),
        limit,
    )
    return [_schedule(row) for row in found]


def _plan(fields: ScheduleFields) -> str:
    """What the columns do not say, as it can be read again."""
    slot = fields.slot
    plan = fields._asdict() | {
        "overrides": [it._asdict() for it in fields.overrides],
        "slot": slot._asdict()
        | {
            "terms": slot.terms._asdict(),
            "requirements": [it._asdict() for it in slot.requirements],
        },
    }
    for column in ("site", "rule"):
        del plan[column]
    del plan["slot"]["title"]
    return msgspec.json.encode(plan).decode()


def _schedule(row: Any) -> ScheduleSeen:
    plan = msgspec.json.decode(row["plan"])
    slot = plan.pop("slot")
    terms = slot.pop("terms")
    for name in ("sale_starts_at", "sale_ends_at"):
        terms[name] = msgspec.convert(terms[name], datetime | None)
    requirements = tuple(
        Requirement(it["pool"], it["units"], Per(it["per"])) for it in slot.pop("requirements")
    )
    made = SlotFields(row["title"], terms=Terms(**terms), requirements=requirements, **slot)
    sessions, breaks = _times(plan.pop("sessions")), _times(plan.pop("breaks"))
    overrides = tuple(
        OverrideFields(
            it["on"],
            _times(it["sessions"]),
            None if it["breaks"] is None else _times(it["breaks"]),
        )
        for it in plan.pop("overrides")
    )
    fields = ScheduleFields(
        f"site_{row['site_id'].hex}",
        row["rule"],
        sessions=sessions,
        slot=made,
        breaks=breaks,
        overrides=overrides,
        **plan,
    )
    return ScheduleSeen(
        f"sched_{row['id'].hex}",
        fields,
        row["active"],
        row["generated_until"],
        row["version"],
        row["created_at"],
        row["updated_at"],
        row["now"],
    )


def _times(pairs: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((start, end) for start, end in pairs)
