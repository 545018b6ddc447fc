"""Schedules as rows: how one is written, and what is read of it.

What can be looked for stands in columns of its own, all else in one document. Changes no schedule
that it has not been handed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from firmhold.domain.errors import Refused
from firmhold.domain.model import Per, Requirement, Terms
from firmhold.domain.publishing import SlotFields
from firmhold.engine.generation import OverrideFields, ScheduleFields, no_schedule
from firmhold.engine.rows import bare
from firmhold.planning.zones import to_local, zone_of
from firmhold.store.sql import statement


class ScheduleSeen(NamedTuple):
    """A schedule as it stands at `now`."""

    id: str
    fields: ScheduleFields
    zone: str
    """The site's."""
    active: bool
    """Whether it goes on making slots."""
    reaches: datetime | None
    """Slots that start before are there, and are what it says …"""
    outdated_until: datetime | None
    """… and those that start later, up to then, may still be what it said before."""
    refusal: str | None
    """Why it could not go on the last time, in words."""
    version: int
    created_at: datetime
    updated_at: datetime
    now: datetime

    @property
    def generated_until(self) -> date | None:
        """The last date, by the clocks of the site, of which all slots are there."""
        if self.reaches is None:
            return None
        return to_local(self.reaches, zone_of(self.zone)).date() - timedelta(days=1)


async def insert(
    connection: Any,
    organization: str,
    id: str,
    fields: ScheduleFields,
    reaches: datetime,
    now: datetime,
) -> None:
    """Write a new schedule, whose slots are written along with it."""
    await connection.execute(
        statement("schedules", "insert_schedule"),
        bare(organization),
        bare(id),
        bare(fields.site),
        fields.slot.title,
        fields.rule,
        _plan(fields),
        reaches,
        now,
    )


async def save(connection: Any, organization: str, schedule: ScheduleSeen, now: datetime) -> None:
    """Write what may have changed about a schedule, which has been locked."""
    await connection.execute(
        statement("schedules", "update_schedule"),
        bare(organization),
        bare(schedule.id),
        schedule.fields.slot.title,
        schedule.fields.rule,
        _plan(schedule.fields),
        schedule.version,
        schedule.active,
        schedule.reaches,
        schedule.outdated_until,
        schedule.refusal,
        now,
    )


async def read_one(connection: Any, organization: str, id: str) -> ScheduleSeen:
    """The schedule with this id. Raises `Refused` if there is none."""
    found = await read(connection, organization, ids=[id])
    if not found:
        raise Refused(no_schedule(id))
    return found[0]


async def read(
    connection: Any,
    organization: str,
    *,
    ids: Sequence[str] | None = None,
    site: str | None = None,
    after: str | None = None,
    limit: int = 10_000,
) -> list[ScheduleSeen]:
    """Schedules by id, or page by page in the order of their creation."""
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
        row["zone"],
        row["active"],
        row["generated_until"],
        row["outdated_until"],
        row["refusal"],
        row["version"],
        row["created_at"],
        row["updated_at"],
        row["now"],
    )


def _times(pairs: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((start, end) for start, end in pairs)
