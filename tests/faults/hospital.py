"""A hospital to be a patient of: slots that overlap and share a theatre and ventilators, and a
schedule that goes on.

Owns what there is to be had and the requests that make it; what is asked for is the patients' own.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.faults.workload_answers import DAY

Json = dict[str, Any]
Make = Callable[[str, Json], Awaitable[Json]]
"""Path and body of a request that has to be fulfilled, and its answer."""

SLOTS = 16
"""Every second is an operation, which takes the theatre."""
EVERY, MINUTES = 20, 45
"""Minutes from one to the next, and that each takes: with buffers, four meet at any time."""
PLACES = 3
"""In a slot that is no operation."""
VENTILATORS = 4
"""For all of them: each reservation takes one."""
DAYS = 10
"""That can be booked at first."""
SESSIONS = ({"opens": "18:00", "closes": "19:00"},)
A_DAY = 2
"""Slots that the schedule has on each."""
HOLD_SECONDS = 86_400
"""That a hold lasts unless told otherwise: longer than any run."""


@dataclass(frozen=True)
class Hospital:
    """What there is, by its ids."""

    places: dict[str, int]
    """Slot to how many it has."""
    site: str
    schedule: str

    @classmethod
    async def make(cls, ask: Make) -> Hospital:
        """All of it, by way of the API."""
        about = {"name": "Hospital", "zone": "Europe/Berlin", "horizon_days": DAYS}
        site = (await ask("/v1/sites", about))["id"]
        theatre = await ask("/v1/pools", _pool("room", 1, before_minutes=5, after_minutes=5))
        office = await ask("/v1/pools", _pool("room", 1))
        ventilators = await ask("/v1/pools", _pool("equipment", VENTILATORS, after_minutes=10))
        made = await ask(
            "/v1/slots/bulk",
            {"slots": [_slot(n, site, theatre["id"], ventilators["id"]) for n in range(SLOTS)]},
        )
        schedule = {
            "site": site,
            "title": "Consulting hours",
            "rule": "FREQ=DAILY",
            "sessions": SESSIONS,
            "slot_minutes": 60 // A_DAY,
            "requirements": [{"pool": office["id"], "per": "slot"}],
        }
        goes_on = (await ask("/v1/schedules", schedule))["schedule"]["id"]
        return cls({it["id"]: it["capacity"] for it in made["data"]}, site, goes_on)

    def lines(self) -> list[Json]:
        """What somebody may want: a slot or two, and one or two places in each."""
        return [
            {"slot": slot, "quantity": random.randint(1, min(2, self.places[slot]))}
            for slot in random.sample(list(self.places), random.choice([1, 1, 1, 2]))
        ]


def _pool(kind: str, units: int, **more: int) -> Json:
    return {"kind": kind, "name": f"{kind} {random.getrandbits(40)}", "units": units, **more}


def _slot(number: int, site: str, theatre: str, ventilators: str) -> Json:
    operation = number % 2 == 0
    needs = [{"pool": ventilators, "units": 1}]
    return {
        "site": site,
        "title": f"Slot {number}",
        "starts_at": (DAY + timedelta(hours=9, minutes=number * EVERY)).isoformat(),
        "minutes": MINUTES,
        "capacity": 1 if operation else PLACES,
        "hold_ttl_seconds": HOLD_SECONDS,
        "requirements": [*needs, {"pool": theatre, "units": 1}] if operation else needs,
    }
