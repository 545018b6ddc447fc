"""Extends schedules as their horizon comes nearer, day by day."""

from typing import Any
from uuid import UUID

import structlog

from firmhold.domain.errors import Refused
from firmhold.engine.schedules import Schedules
from firmhold.store.database import Database
from firmhold.store.sql import statement

AT_ONCE = 100
"""Schedules in one round; more follow at once."""

PAUSE = 600.0
"""Seconds. A day begins at a different time at each site, and nobody waits for its slots at the
horizon that minute."""

NOWHERE = UUID(int=0)
"""Less than any id."""

_log = structlog.get_logger(__name__)


class Horizon:
    """Any number may run: a schedule is extended by whoever locks it first."""

    def __init__(self, database: Database, schedules: Schedules) -> None:
        self._database = database
        self._schedules = schedules
        self._after: tuple[Any, Any] = (NOWHERE, NOWHERE)
        self.created = 0

    async def run_once(self) -> float:
        """Extend what falls short of its horizon; return the seconds until the next round."""
        async with self._database.read() as connection:
            found = await connection.fetch(
                statement("workers", "schedules_behind"), *self._after, AT_ONCE
            )
        for row in found:
            await self._extend(f"org_{row['organization_id'].hex}", f"sched_{row['id'].hex}")
        if len(found) == AT_ONCE:
            self._after = (found[-1]["organization_id"], found[-1]["id"])
            return 0.0
        self._after = (NOWHERE, NOWHERE)
        return PAUSE

    async def _extend(self, organization: str, schedule: str) -> None:
        try:
            report = await self._schedules.extend(organization, schedule)
        except Refused as refused:
            # Its pools may be gone, or it makes too many slots: the others go on.
            _log.warning(
                "schedule cannot be extended",
                organization=organization,
                schedule=schedule,
                code=refused.refusal.code,
                reason=refused.refusal.detail,
            )
            return
        if report is None:
            return
        self.created += len(report.created)
        for conflict in report.conflicts:
            _log.warning(
                "slot of a schedule cannot be made",
                organization=organization,
                schedule=schedule,
                starts_at=conflict.starts_at.isoformat(),
                reason=conflict.refusal.detail,
            )
