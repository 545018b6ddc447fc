"""Extends schedules as their horizon comes nearer, day by day."""

from typing import Any
from uuid import UUID

import structlog

from firmhold.domain.errors import Code, Refused
from firmhold.engine.generation import Report
from firmhold.engine.schedules import Schedules
from firmhold.store.database import Database
from firmhold.store.sql import statement

AT_ONCE = 100
"""Schedules in one round; more follow at once."""

PAUSE = 600.0
"""Seconds. A day begins at a different time at each site, and nobody waits for its slots at the
horizon that minute."""

AGAIN = 30.0
"""Seconds, if there was too much to do at the time for all of it to be tried."""

NOWHERE = UUID(int=0)
"""Less than any id."""

DEFECT = (
    "Something went wrong on our side; the log tells more. It is tried again every ten minutes."
)

_log = structlog.get_logger(__name__)


class Horizon:
    """Any number may run: a schedule is extended by whoever locks it first."""

    def __init__(self, database: Database, schedules: Schedules) -> None:
        self._database = database
        self._schedules = schedules
        self._after: tuple[Any, Any] = (NOWHERE, NOWHERE)
        self._pause = PAUSE
        self.created = 0

    async def run_once(self) -> float:
        """Extend what falls short of its horizon; return the seconds until the next round."""
        async with self._database.read_across() as connection:
            found = await connection.fetch(
                statement("workers", "schedules_behind"), *self._after, AT_ONCE
            )
        for row in found:
            # Before it is tried, so that a round that ends here is not the end of all others.
            self._after = (row["organization_id"], row["id"])
            await self._extend(f"org_{row['organization_id'].hex}", f"sched_{row['id'].hex}")
        if len(found) == AT_ONCE:
            return 0.0
        self._after = (NOWHERE, NOWHERE)
        pause, self._pause = self._pause, PAUSE
        return pause

    async def _extend(self, organization: str, schedule: str) -> None:
        try:
            report = await self._schedules.extend(organization, schedule)
        except Exception as error:  # noqa: BLE001 - one schedule may fail, the others go on
            await self._failed(organization, schedule, error)
            return
        if report is None:
            return
        if not report.whole:
            self._pause = 0.0
        self.created += len(report.created)
        self._tell(organization, schedule, report)

    async def _failed(self, organization: str, schedule: str, error: Exception) -> None:
        """Let it be known why the schedule was not extended, once."""
        about = {"organization": organization, "schedule": schedule}
        if not isinstance(error, Refused):
            _log.error("schedule cannot be extended", **about, exc_info=error)
            why = DEFECT
        elif error.refusal.code is Code.OVERLOADED:
            self._pause = min(self._pause, AGAIN)
            return
        else:
            why = error.refusal.detail
        try:
            news = await self._schedules.cannot_go_on(organization, schedule, why)
        except Exception as another:  # noqa: BLE001 - likewise
            _log.error("refusal cannot be noted", **about, exc_info=another)
            return
        if news and isinstance(error, Refused):
            _log.warning(
                "schedule cannot be extended", **about, code=error.refusal.code, reason=why
            )

    def _tell(self, organization: str, schedule: str, report: Report) -> None:
        for conflict in report.conflicts:
            _log.warning(
                "slot of a schedule cannot be made",
                organization=organization,
                schedule=schedule,
                starts_at=conflict.starts_at.isoformat(),
                reason=conflict.refusal.detail,
            )
