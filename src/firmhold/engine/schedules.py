"""Schedules: recurring hours in a site's wall-clock time, and the slots they keep publishing.

Owns what is done to a schedule under its lock, and how far its slots have come. What they are is in
`generation`, how they are made in `schedule_slots`.

What takes too long for one transaction is done in pieces of whole days, the nearest first: slots up
to `reaches` are there and as they should be, and whoever extends the schedule goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.engine import schedule_rows as rows
from firmhold.engine.effects import Effects
from firmhold.engine.engine import Engine
from firmhold.engine.generation import Mode, Report, ScheduleFields, Task, no_schedule, read_fields
from firmhold.engine.places import SiteFields, no_site, read_sites
from firmhold.engine.rows import bare
from firmhold.engine.schedule_rows import ScheduleSeen
from firmhold.engine.schedule_slots import check_requirements, foresee, generate, leave
from firmhold.engine.ticket import Act, Reply
from firmhold.planning.plan import count, refuse_too_many
from firmhold.planning.schedule import flaw_of_past
from firmhold.planning.zones import to_local, zone_of
from firmhold.store.sql import statement

__all__ = ["ACTOR", "Render", "ScheduleSeen", "Schedules"]

ACTOR = "system:horizon"
"""Whose doing it is that a schedule goes on."""

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
        act: Act | None = None,
    ) -> Reply:
        """Create a schedule with its slots up to the horizon. Slots for which a pool is busy are
        left out and reported."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            id = f"sched_{uuid_utils.uuid7().hex}"
            place = await _place(connection, organization, fields.site, now)
            task = _new(id, fields, place)
            reaches = task.end_of(task.last)
            await rows.insert(connection, organization, id, fields, reaches, now)
            report = await generate(connection, organization, actor, task, now)
            return (id, *render(await rows.read_one(connection, organization, id), report))

        return await self._effects.carry_out(organization, act, work)

    async def update(
        self,
        organization: str,
        actor: str,
        id: str,
        change: Callable[[ScheduleSeen], ScheduleFields | Refusal],
        render: Render,
        act: Act | None = None,
    ) -> Reply:
        """Replace what `change` makes of a schedule's fields, and generate it anew, unless it has
        been stopped. Slots that are reserved, or were changed by somebody, stay what they are."""

        def edit(old: ScheduleSeen) -> ScheduleSeen:
            fields = change(old)
            if isinstance(fields, Refusal):
                raise Refused(fields)
            return _with_fields(old, fields)

        return await self._change(organization, actor, id, edit, render, act)

    async def regenerate(
        self, organization: str, actor: str, id: str, render: Render, act: Act | None = None
    ) -> Reply:
        """Make what is missing up to the horizon and take back what is planned no more."""

        def edit(old: ScheduleSeen) -> ScheduleSeen:
            if not old.active:
                detail = "The schedule has been stopped; start it first."
                raise Refused(refuse(Code.VERSION_CONFLICT, detail, schedule=id))
            return old

        return await self._change(organization, actor, id, edit, render, act)

    async def start(
        self, organization: str, actor: str, id: str, render: Render, act: Act | None = None
    ) -> Reply:
        """Let a schedule that was stopped go on, and generate it anew."""
        return await self._change(
            organization, actor, id, lambda old: old._replace(active=True), render, act
        )

    async def stop(
        self,
        organization: str,
        actor: str,
        id: str,
        render: Render,
        *,
        withdraw: bool = False,
        act: Act | None = None,
    ) -> Reply:
        """Let a schedule make no more slots; with `withdraw`, also take back those to come that
        nobody has reserved. Stopping it once more is harmless."""

        def edit(old: ScheduleSeen) -> ScheduleSeen:
            stopped = old._replace(active=False, refusal=None)
            if withdraw:
                return stopped
            # Nothing more is to be done, also of what was under way.
            return stopped._replace(reaches=_made_until(old), outdated_until=None)

        return await self._change(organization, actor, id, edit, render, act, withdraw=withdraw)

    async def preview(
        self, organization: str, fields: ScheduleFields, id: str | None = None
    ) -> Report | Refusal:
        """What creating a schedule, or changing that with this id, would do. Locks nothing and
        changes nothing, so the next moment may be different."""
        async with self._database.read(organization) as connection:
            try:
                now = await connection.fetchval("SELECT statement_timestamp()")
                if id is None:
                    place = await _place(connection, organization, fields.site, now)
                    return await foresee(connection, organization, _new(None, fields, place), now)
                old = await rows.read_one(connection, organization, id)
                new = _with_fields(old, fields)
                task = await _afresh(connection, organization, old, new, now)
                if not new.active:
                    return await leave(connection, organization, task)
                return await foresee(connection, organization, task, now)
            except Refused as refused:
                return refused.refusal

    async def extend(self, organization: str, id: str) -> Report | None:
        """Make slots up to the horizon that has come nearer since, and go on with what was not done
        at once; else leave alone what exists. `None` if there is nothing to do, or someone else is
        doing it. What it is refused stands with the schedule from then on: see `cannot_go_on`."""
        report: Report | None = None

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            nonlocal report
            report = None
            lock = statement("schedules", "lock_schedule_if_free")
            if await connection.fetchrow(lock, bare(organization), bare(id)) is None:
                return id, 200, b""
            old = await rows.read_one(connection, organization, id)
            task = await _onward(connection, organization, old, now)
            if task is not None:
                report = await generate(connection, organization, ACTOR, task, now)
                new = _advanced(old, task, report)
            else:
                new = old._replace(outdated_until=None, refusal=None)
            if new != old:
                await rows.save(connection, organization, new, now)
            return id, 200, b""

        reply = await self._effects.carry_out(organization, None, work)
        if isinstance(reply, Refusal):
            raise Refused(reply)
        return report

    async def cannot_go_on(self, organization: str, id: str, why: str) -> bool:
        """Let those who look at the schedule know why it was not extended, until it is; and say
        whether that is news."""
        news = False

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            nonlocal news
            changed = await connection.fetchrow(
                statement("schedules", "note_refusal"), bare(organization), bare(id), why
            )
            news = changed is not None
            return id, 200, b""

        reply = await self._effects.carry_out(organization, None, work)
        return news and not isinstance(reply, Refusal)

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
        async with self._database.read(organization) as connection:
            return await rows.read(
                connection, organization, ids=ids, site=site, after=after, limit=limit
            )

    async def _change(
        self,
        organization: str,
        actor: str,
        id: str,
        edit: Callable[[ScheduleSeen], ScheduleSeen],
        render: Render,
        act: Act | None,
        *,
        withdraw: bool = False,
    ) -> Reply:
        """Let the schedule be what `edit` makes of it, under its lock, and its slots what it then
        says. Those of one that has been stopped stay as they are, unless they are withdrawn."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            lock = statement("schedules", "lock_schedule")
            if not await connection.fetchrow(lock, bare(organization), bare(id)):
                raise Refused(no_schedule(id))
            old = await rows.read_one(connection, organization, id)
            new = edit(old)
            task = await _afresh(connection, organization, old, new, now)
            if new.active or withdraw:
                report = await generate(connection, organization, actor, task, now)
                new = _advanced(new, task, report)
            else:
                report = await leave(connection, organization, task)
            if new != old:
                await rows.save(connection, organization, new, now)
            return (id, *render(await rows.read_one(connection, organization, id), report))

        return await self._effects.carry_out(organization, act, work)


class _Place(NamedTuple):
    """Where and when a schedule is looked at."""

    site: SiteFields
    now: datetime
    today: date
    """By the clocks of the site."""
    horizon: date
    """The last date up to which slots are made there."""


async def _place(connection: Any, organization: str, site: str, now: datetime) -> _Place:
    found = await read_sites(connection, organization, ids=[site])
    if not found:
        raise Refused(no_site(site, field="site"))
    days = await connection.fetchval(
        statement("schedules", "horizon"), bare(organization), bare(site)
    )
    fields: SiteFields = found[0].fields
    today = to_local(now, zone_of(fields.zone)).date()
    return _Place(fields, now, today, today + timedelta(days=days))


def _with_fields(old: ScheduleSeen, fields: ScheduleFields) -> ScheduleSeen:
    if fields.site != old.fields.site:
        raise Refused(malformed("site", "a schedule stays at its site"))
    if fields == old.fields:
        return old
    return old._replace(fields=fields, version=old.version + 1)


# --- what is to be done ---


def _new(id: str | None, fields: ScheduleFields, place: _Place) -> Task:
    """All that a schedule makes when it is new. Raises `Refused` if it is over."""
    schedule = read_fields(fields, place.site)
    if flaw := flaw_of_past(schedule, place.today):
        raise Refused(flaw)
    return Task(id, 1, fields, place.site, schedule, place.now, place.horizon, Mode.NEW)


async def _afresh(
    connection: Any, organization: str, old: ScheduleSeen, new: ScheduleSeen, now: datetime
) -> Task:
    """The schedule as it is to be compared with all that exists, however far that reaches. Raises
    `Refused` if a change cannot be meant."""
    place = await _place(connection, organization, new.fields.site, now)
    task = Task(new.id, new.version, new.fields, place.site, None, now, place.horizon, Mode.AFRESH)
    if made := _made_until(old):
        task = task._replace(last=max(task.last, task.last_before(made)))
    if new.active:
        task = task._replace(schedule=read_fields(new.fields, place.site))
    if new.fields != old.fields:
        _check_change(old, task, place)
        if not new.active:
            await check_requirements(connection, organization, new.fields)
    return task


def _check_change(old: ScheduleSeen, task: Task, place: _Place) -> None:
    """Raise `Refused` if a person cannot want this instead of what the schedule says."""
    schedule = read_fields(task.fields, place.site)
    over = flaw_of_past(schedule, place.today)
    # An end in the past is how a schedule is ended; one that only has a past is a slip.
    if over is not None and task.fields.starts_on != old.fields.starts_on:
        raise Refused(over)
    number = count(schedule, task.first, task.last)
    try:
        before = count(read_fields(old.fields, place.site), task.first, task.last)
    except Refused:
        before = 0  # its site has changed, and it cannot be planned as it is
    # What a horizon has let it grow to is made in pieces, and does not keep it from being changed.
    if number > before:
        refuse_too_many("rule", number)


async def _onward(
    connection: Any, organization: str, old: ScheduleSeen, now: datetime
) -> Task | None:
    """What follows on what is there, if anything does."""
    place = await _place(connection, organization, old.fields.site, now)
    since = now if old.reaches is None else max(now, old.reaches)
    task = Task(
        old.id,
        old.version,
        old.fields,
        place.site,
        None,
        since,
        place.horizon,
        Mode.ONWARD,
        watched=False,
    )
    if old.outdated_until is not None and old.outdated_until > since:
        last = max(task.last, task.last_before(old.outdated_until))
        task = task._replace(mode=Mode.AFRESH, last=last)
    elif not old.active or task.end_of(task.last) <= since:
        return None
    if old.active:
        task = task._replace(schedule=read_fields(old.fields, place.site))
    return task


def _made_until(schedule: ScheduleSeen) -> datetime | None:
    """When the last slots that it has made have started, whatever they are."""
    ends = (schedule.reaches, schedule.outdated_until)
    return max((it for it in ends if it is not None), default=None)


def _advanced(schedule: ScheduleSeen, task: Task, report: Report) -> ScheduleSeen:
    """The schedule, of which so much has been seen to."""
    until = task.end_of(report.until)
    made = _made_until(schedule)
    more = made if not report.whole and made is not None and made > until else None
    return schedule._replace(
        reaches=until if task.mode is Mode.AFRESH else max(until, schedule.reaches or until),
        outdated_until=more if task.mode is Mode.AFRESH else None,
        refusal=None,
    )
