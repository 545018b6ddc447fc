"""A practice with schedules, through the native door: short ways to make them and to look."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from firmhold.workers.horizon import Horizon
from tests.doors.client import Api, ok

HOURS = [
    {"day": day, "opens": "09:00", "closes": "12:00"} for day in ("MO", "TU", "WE", "TH", "FR")
]


def today() -> date:
    return datetime.now(UTC).date()


def day(after: int) -> str:
    return (today() + timedelta(days=after)).isoformat()


async def clinic(api: Api, **more: Any) -> str:
    """A site at which one books five weeks ahead."""
    site: str = (await api.site(**{"opening_hours": HOURS, "horizon_days": 35, **more}))["id"]
    return site


def said(at_site: str, **more: Any) -> dict[str, Any]:
    """Four slots of half an hour on each of five days."""
    return {
        "site": at_site,
        "title": "General practice",
        "rule": "FREQ=DAILY",
        "starts_on": day(2),
        "ends_on": day(6),
        "sessions": [{"opens": "09:00", "closes": "11:00"}],
        **more,
    }


async def make(api: Api, site: str, **more: Any) -> Any:
    return ok(await api.post("/v1/schedules", api.operator, said(site, **more)), 201)


async def change(api: Api, schedule: str, **fields: Any) -> Any:
    """What a change comes to."""
    return ok(await api.patch(f"/v1/schedules/{schedule}", api.operator, fields))


async def change_site(api: Api, site: str, **fields: Any) -> None:
    ok(await api.patch(f"/v1/sites/{site}", api.operator, fields))


async def slots_of(api: Api, schedule: str, **more: Any) -> list[Any]:
    return await api.walk("/v1/slots", api.operator, schedule=schedule, limit=100, **more)


async def foreseen(api: Api, schedule: str, body: dict[str, Any]) -> Any:
    """The report that a preview of this instead of a schedule gives."""
    path = f"/v1/schedules/preview?schedule={schedule}"
    return ok(await api.post(path, api.operator, body))["report"]


async def next_round(api: Api) -> float:
    """Let the horizon worker go round once, and say how long it would rest."""
    services = api.shop.services
    return await Horizon(services.database, services.schedules).run_once()
