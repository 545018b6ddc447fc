"""What is going on when the server is killed: one short story for each kind of command.

A story prepares what its command needs, each time anew, and says what is then asked. It knows the
API, and nothing of where the server dies.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.engine.several import eventually
from tests.faults.servers import Client

Json = dict[str, Any]

SOON = 2
"""Seconds until the server is to find out something: by then, what is armed is armed."""


@dataclass
class Act:
    """What is asked, and what it is about."""

    command: str
    """Name of the command's class."""
    method: str
    path: str
    body: Any
    offerings: list[str]
    lose: bool = False
    """Whether the answer to the first COMMIT is lost on its way."""
    awaited: str | None = None
    """A question to the database about what the path names, true once the server has found out by
    itself; nothing is asked before."""


@dataclass
class Stage:
    """A clean place for one run of a story."""

    operator: Client
    owner: Client
    offerings: list[str] = field(default_factory=list)

    async def make(self, path: str, body: Json, method: str = "POST") -> Json:
        """Ask, and insist."""
        client = self.owner if path == "/v1/organization" else self.operator
        status, answer = await client.call(method, path, body)
        assert status in {200, 201}, (path, body, answer)
        return dict(answer)

    async def item(self, capacity: int = 10, **more: Any) -> str:
        sku = f"sku-{random.getrandbits(60)}"
        made = await self.make("/v1/items", {"sku": sku, "name": sku, "capacity": capacity, **more})
        self.offerings.append(made["id"])
        return str(made["id"])

    async def pool(self, units: int = 1) -> str:
        kind = "equipment" if units > 1 else "room"
        body = {"kind": kind, "name": f"pool {random.getrandbits(60)}", "units": units}
        return str((await self.make("/v1/pools", body))["id"])

    async def slot(self, *pools: str, site: Json | None = None, **more: Any) -> str:
        """A slot in a month, each of whose reservations takes a unit of the pools."""
        name = f"site {random.getrandbits(60)}"
        place = await self.make("/v1/sites", {"name": name, "zone": "UTC", **(site or {})})
        starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
        body = {
            "site": place["id"],
            "title": "Visit",
            "starts_at": starts.isoformat(),
            "minutes": 30,
            "capacity": 2,
            "requirements": [{"pool": it, "units": 1, "per": "reservation"} for it in pools],
        }
        made = await self.make("/v1/slots", {**body, **more})
        self.offerings.append(made["id"])
        return str(made["id"])

    async def held(self, *offerings: str, quantity: int = 2, **more: Any) -> str:
        made = await self.make("/v1/reservations", _lines(*offerings, quantity=quantity) | more)
        return str(made["id"])

    async def recorded(self, offering: str, kind: str) -> None:
        """Wait until the ledger says that such a thing has happened."""

        async def is_there() -> bool:
            path = f"/v1/offerings/{offering}/ledger"
            _, page = await self.operator.call("GET", path)
            return any(entry["kind"] == kind for entry in page["data"])

        await eventually(is_there)

    async def waits(self, offering: str, **more: Any) -> Json:
        return await self.make("/v1/waitlist", {**_line(offering, 1), "customer": "bob", **more})

    def act(self, command: str, path: str, body: Any, **more: Any) -> Act:
        return Act(command, more.pop("method", "POST"), path, body, self.offerings, **more)


def _line(offering: str, quantity: int) -> Json:
    return {offering.split("_", maxsplit=1)[0]: offering, "quantity": quantity}


def _lines(*offerings: str, quantity: int = 2) -> Json:
    return {"lines": [_line(it, quantity) for it in offerings]}


Story = Callable[[Stage], Awaitable[Act]]
STORIES: dict[str, Story] = {}


def story(of: Story) -> Story:
    """Enter a story into the list."""
    STORIES[of.__name__.replace("_", " ")] = of
    return of


@story
async def hold(stage: Stage) -> Act:
    lines = _lines(await stage.item(), await stage.item())
    return stage.act("Hold", "/v1/reservations", lines)


@story
async def hold_with_limits(stage: Stage) -> Act:
    """Of the item and of the organization."""
    await stage.make("/v1/organization", {"max_live_holds": 1000}, "PATCH")
    lines = _lines(await stage.item(max_per_customer=5))
    return stage.act("Hold", "/v1/reservations", lines | {"customer": "ada"})


@story
async def hold_whose_commit_is_not_answered(stage: Stage) -> Act:
    return stage.act("Hold", "/v1/reservations", _lines(await stage.item()), lose=True)


@story
async def confirm(stage: Stage) -> Act:
    id = await stage.held(await stage.item())
    return stage.act("Confirm", f"/v1/reservations/{id}/confirm", {})


@story
async def partial_confirm(stage: Stage) -> Act:
    item = await stage.item()
    id = await stage.held(item)
    body = _lines(item, quantity=1)
    return stage.act("Confirm", f"/v1/reservations/{id}/confirm", body)


@story
async def extend(stage: Stage) -> Act:
    id = await stage.held(await stage.item(), ttl_seconds=60)
    return stage.act("Extend", f"/v1/reservations/{id}/extend", {"ttl_seconds": 120})


@story
async def release(stage: Stage) -> Act:
    id = await stage.held(await stage.item())
    return stage.act("Release", f"/v1/reservations/{id}/release", {})


@story
async def cancel(stage: Stage) -> Act:
    id = await stage.held(await stage.item(), confirm=True)
    return stage.act("Cancel", f"/v1/reservations/{id}/cancel", {"reason": "Ill"})


@story
async def set_capacity(stage: Stage) -> Act:
    id = await stage.item()
    return stage.act("SetCapacity", f"/v1/items/{id}/capacity", {"capacity": 7, "expected": 10})


@story
async def adjust_capacity(stage: Stage) -> Act:
    id = await stage.item()
    body = {"delta": 5, "reason": "Delivery"}
    return stage.act("AdjustCapacity", f"/v1/items/{id}/capacity", body)


@story
async def expire(stage: Stage) -> Act:
    """Nobody asks for it: the server finds out by itself."""
    id = await stage.held(await stage.item(), ttl_seconds=SOON)
    return stage.act(
        "Expire",
        f"/v1/reservations/{id}",
        None,
        method="GET",
        awaited="SELECT status = 'expired' FROM reservation WHERE id = $1",
    )


@story
async def confirm_what_has_expired(stage: Stage) -> Act:
    """The units are still free, so they are taken again."""
    item = await stage.item()
    id = await stage.held(item, ttl_seconds=1)
    await stage.recorded(item, "expired")
    return stage.act("Confirm", f"/v1/reservations/{id}/confirm", {"reacquire": True})


@story
async def hold_of_a_slot(stage: Stage) -> Act:
    """With two pools, one of them exclusive, at a site that limits its customers."""
    limit = {"customer_limit": {"units": 3, "days": 7}}
    slot = await stage.slot(await stage.pool(), await stage.pool(4), site=limit)
    lines = _lines(slot, quantity=1)
    return stage.act("Hold", "/v1/reservations", lines | {"customer": "ada"})


@story
async def confirm_of_a_slot(stage: Stage) -> Act:
    id = await stage.held(await stage.slot(await stage.pool(2)), quantity=1)
    return stage.act("Confirm", f"/v1/reservations/{id}/confirm", {})


@story
async def cancel_of_a_slot_with_somebody_waiting(stage: Stage) -> Act:
    """For another slot, which needs the same room."""
    room = await stage.pool()
    slot, other = await stage.slot(room), await stage.slot(room)
    id = await stage.held(slot, quantity=1, confirm=True)
    await stage.waits(other)
    return stage.act("Cancel", f"/v1/reservations/{id}/cancel", {})


@story
async def move(stage: Stage) -> Act:
    """From one slot to another; each has a room and both the same device."""
    device = await stage.pool(4)
    slot = await stage.slot(await stage.pool(), device)
    other = await stage.slot(await stage.pool(), device)
    id = await stage.held(slot, quantity=1, confirm=True)
    return stage.act("Move", f"/v1/reservations/{id}/move", _lines(other, quantity=1))


@story
async def check_in(stage: Stage) -> Act:
    """To a slot that begins soon."""
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    slot = await stage.slot(await stage.pool(), starts_at=soon.isoformat())
    id = await stage.held(slot, quantity=1, confirm=True)
    body = {"outcome": "fulfilled"}
    return stage.act("CheckIn", f"/v1/reservations/{id}/check-in", body)


@story
async def join_waitlist(stage: Stage) -> Act:
    item = await stage.item(2)
    await stage.held(item)
    return stage.act("Join", "/v1/waitlist", _line(item, 1) | {"customer": "bob"})


@story
async def leave_waitlist(stage: Stage) -> Act:
    item = await stage.item(2)
    await stage.held(item)
    entry = await stage.waits(item)
    return stage.act("Leave", f"/v1/waitlist/{entry['id']}", None, method="DELETE")


@story
async def decline_an_offer(stage: Stage) -> Act:
    """Which falls to the next in the line."""
    item = await stage.item(2)
    id = await stage.held(item)
    entry = await stage.waits(item, quantity=2)
    await stage.waits(item, quantity=2, customer="eve")
    await stage.make(f"/v1/reservations/{id}/release", {})
    return stage.act("Leave", f"/v1/waitlist/{entry['id']}", None, method="DELETE")


@story
async def reconsider(stage: Stage) -> Act:
    """Nobody asks for it: units are free for one who waits as soon as they are on sale again."""
    item = await stage.item(2)
    id = await stage.held(item)
    entry = await stage.waits(item)
    again = datetime.now(UTC) + timedelta(seconds=SOON)
    await stage.make(f"/v1/items/{item}", {"sale_starts_at": again.isoformat()}, "PATCH")
    await stage.make(f"/v1/reservations/{id}/release", {})
    return stage.act(
        "Reconsider",
        f"/v1/waitlist/{entry['id']}",
        None,
        method="GET",
        awaited="SELECT status <> 'waiting' FROM waitlist_entry WHERE id = $1",
    )
