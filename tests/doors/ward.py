"""A ward: theatres, people and ventilators behind the appointments door, and short ways to ask."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx

from firmhold.domain.commands import Asked, CheckIn, Hold, Move
from firmhold.domain.model import Actor, Status
from firmhold.engine.pools import PoolFields, PoolKind, PoolSeen
from tests.doors.client import EMAIL, Api, Json, fresh, ok
from tests.engine.clinic import HOUR, NINE, Clinic, catching, insisted
from tests.shop import OPERATOR, new_id

STATUSES = ("PENDING", "CONFIRMED", "FAILED")


class Ward(Clinic):
    """An organization's clinic, called through the door."""

    def __init__(self, api: Api) -> None:
        super().__init__(api.shop)
        self.api = api

    @classmethod
    async def of(cls, api: Api) -> Ward:
        ward = cls(api)
        await ward.open()
        return ward

    async def named(self, kind: PoolKind, name: str, units: int = 1, **fields: Any) -> str:
        """The id of a new pool with this name."""
        ids: list[str] = []
        new = PoolFields(name, units, **fields)
        insisted(await self.pools.create(self.organization, kind, new, catching(ids, PoolSeen)))
        return ids[0]

    async def practitioners(self) -> list[str]:
        """Their names."""
        found = await self.pools.find(self.organization, kind=PoolKind.PRACTITIONER)
        return sorted(pool.fields.name for pool in found)

    # --- through the door ---

    async def hold(
        self, slot: str, qty: int = 1, token: str | None = None, **more: Any
    ) -> httpx.Response:
        key = more.pop("key", None)
        body = {"qty": qty, **more}
        return await self.api.post(
            f"/api/slots/{slot}/hold", token or self.api.customer, body, key=key
        )

    async def confirm(self, slot: str, hold: str, token: str | None = None) -> httpx.Response:
        path = f"/api/slots/{slot}/confirm"
        return await self.api.post(path, token or self.api.customer, {"holdId": hold})

    async def cancel(self, reservation: str, token: str | None = None) -> httpx.Response:
        path = f"/api/reservations/{reservation}/cancel"
        return await self.api.post(path, token or self.api.customer, {})

    async def book(
        self, slot: str, token: str | None = None, patient: str | None = None, **more: Any
    ) -> httpx.Response:
        """A booking, by the customer for themselves unless told otherwise."""
        token = token or self.api.customer
        key = more.pop("key", None)
        body = {"slotId": slot, "patientId": patient or self.api.user(token), **more}
        return await self.api.post("/api/bookings", token, body, key=key)

    async def booking(self, id: str, token: str | None = None) -> Json:
        """A booking as the door shows it."""
        return ok(await self.api.get(f"/api/bookings/{id}", token or self.api.customer))

    async def listed(self, token: str | None = None, **query: Any) -> list[Json]:
        """Every open slot, page by page."""
        return await self.walk("/api/slots", token, **query)

    async def reported(self, token: str | None = None, **query: Any) -> list[Json]:
        """Every line of the report, page by page."""
        return await self.walk("/api/admin/bookings", token or self.api.operator, **query)

    async def walk(self, path: str, token: str | None, **query: Any) -> list[Json]:
        entries: list[Json] = []
        response = await self.api.get(path, token, **query)
        for _ in range(1000):
            page = ok(response)
            assert len(page) <= query.get("limit", 500)
            entries += page
            if "link" not in response.headers:
                return entries
            link = response.headers["link"]
            assert link.endswith('; rel="next"'), link
            response = await self.api.get(link[1 : link.index(">")], token)
        raise AssertionError("the list does not end")

    # --- past the door ---

    async def check_in(self, reservation: str, outcome: Status) -> None:
        """Record that somebody came, or did not, as if the slot had just begun."""
        async with self.shop.begun(reservation):
            await self._done(CheckIn(reservation, OPERATOR, outcome))

    async def move(self, reservation: str, *slots: str) -> None:
        await self._done(Move(reservation, OPERATOR, tuple(Asked(slot, 1) for slot in slots)))

    async def several(self, customer: str, *offerings: str, confirm: bool = True) -> str:
        """The id of a reservation of one unit each."""
        reservation = new_id("rsv")
        lines = tuple(Asked(offering, 1) for offering in offerings)
        actor = Actor("user:operator", operator=True)
        await self._done(Hold(reservation, actor, customer, lines, confirm=confirm))
        return reservation

    async def _done(self, command: Any) -> None:
        insisted(await self.engine.submit(self.organization, command, lambda *_: (200, b"")))


def order(ward: Ward, room: str, doctor: str = "Dr. Grace Okafor", **more: Any) -> Json:
    """The body of a call that schedules a slot."""
    starts: datetime = more.pop("starts", NINE)
    length: timedelta = more.pop("length", HOUR)
    return {
        "doctor_name": doctor,
        "procedure_type": "Knee arthroscopy",
        "room_id": room,
        "start_time": starts.isoformat(),
        "end_time": (starts + length).isoformat(),
        **more,
    }


__all__ = ["EMAIL", "HOUR", "NINE", "STATUSES", "Ward", "fresh", "order"]
