"""Where people ask: engines in this process, or server processes over HTTP, and what goes wrong.

Owns how an operation of a history is carried out and how its outcome is told: an answer, none, or
never asked. Whatever may have had an effect counts as not answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from random import Random
from typing import Any, TypeVar

import httpx

from firmhold.domain.commands import (
    Asked,
    Cancel,
    Command,
    Confirm,
    Extend,
    Hold,
    Move,
    Release,
    SetCapacity,
)
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Actor
from firmhold.engine.faults import is_transient
from firmhold.engine.ticket import Answer, Key, Reply
from tests.linearizability.people import NoAnswer, NotAsked
from tests.shop import OPERATOR, Shop, new_id

T = TypeVar("T")

GONE = 0.06
"""How often someone does not wait for the answer."""

VERBS: dict[str, Callable[[str, Actor], Command]] = {
    "confirm": Confirm,
    "reacquire": partial(Confirm, reacquire=True),
    "release": Release,
    "cancel": Cancel,
}


async def left(asking: Awaitable[T], dice: Random) -> T:
    """The answer, unless whoever asks goes away before it, or the database is not to be reached.
    Raises `NoAnswer` then."""
    task = asyncio.ensure_future(asking)
    if dice.random() < GONE:
        for _ in range(dice.randint(1, 60)):
            await asyncio.sleep(0)
        task.cancel()
    try:
        return await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
        raise NoAnswer from None
    except Exception as error:
        if is_transient(error):
            raise NoAnswer from None
        raise


class Engines:
    """Engines that know nothing of each other."""

    def __init__(self, shops: Sequence[Shop], dice: Random) -> None:
        self._shops = shops
        self._dice = dice

    async def open(self, capacity: int) -> str:
        return await self._shops[0].item(capacity, new_id("sku"))

    async def hold(self, lines: Any, seconds: int, key: str) -> tuple[str, str | None]:
        asked = tuple(Asked(*line) for line in lines)
        command = Hold(new_id("rsv"), OPERATOR, None, asked, seconds)
        said, id = await self._submit(command, "hold", key, [lines, seconds])
        return ("held", id) if said == "done" else (said, None)

    async def act(self, verb: str, reservation: str, key: str) -> str:
        return (await self._submit(VERBS[verb](reservation, OPERATOR), verb, key, reservation))[0]

    async def extend(self, reservation: str, seconds: int, key: str) -> str:
        command = Extend(reservation, OPERATOR, seconds)
        return (await self._submit(command, "extend", key, [reservation, seconds]))[0]

    async def move(self, reservation: str, lines: Any, key: str) -> str:
        command = Move(reservation, OPERATOR, tuple(Asked(*line) for line in lines))
        return (await self._submit(command, "move", key, [reservation, lines]))[0]

    async def set(self, item: str, units: int, expected: int | None, key: str) -> str:
        command = SetCapacity(item, OPERATOR, units, expected)
        return (await self._submit(command, "set", key, [item, units, expected]))[0]

    async def read(self, item: str) -> tuple[int, int, int]:
        shop = self._one()
        asking = shop.services.catalogue.find(shop.organization.id, ids=[item])
        (found,) = await left(asking, self._dice)
        return found.capacity, found.held, found.confirmed

    async def see(self, reservation: str) -> str | None:
        shop = self._one()
        asking = shop.services.reader.reservation(shop.organization.id, reservation)
        found = await left(asking, self._dice)
        return None if found is None else found.reservation.status.value

    def _one(self) -> Shop:
        return self._dice.choice(self._shops)

    async def _submit(
        self, command: Command, verb: str, key: str, request: Any
    ) -> tuple[str, str | None]:
        named = Key.of(OPERATOR.label, verb, key, repr(request).encode())
        reply: Reply = await left(self._one().submit(command, named), self._dice)
        if isinstance(reply, Refusal):
            if reply.code is Code.OVERLOADED:
                raise NoAnswer
            return reply.code.value, None
        assert isinstance(reply, Answer)
        return "done", reply.body.decode()


class Servers:
    """Server processes, called over HTTP. Those that have been killed are in nobody's list."""

    def __init__(self, urls: list[str], token: str, dice: Random) -> None:
        self.urls = urls
        self.broken: list[tuple[str, str]] = []
        """Servers and paths of requests that were broken off."""
        self._dice = dice
        self._http = httpx.AsyncClient(
            headers={"authorization": f"Bearer {token}"},
            timeout=30.0,
            limits=httpx.Limits(max_connections=200),
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def open(self, capacity: int) -> str:
        body = {"sku": new_id("sku"), "name": "Something", "capacity": capacity}
        while True:
            try:
                status, made = await self._ask("POST", "/v1/items", body, body["sku"])
            except (NoAnswer, NotAsked):
                continue
            assert status == 201, made
            return str(made["id"])

    async def hold(self, lines: Any, seconds: int, key: str) -> tuple[str, str | None]:
        body = {**_lines(lines), "ttl_seconds": seconds}
        status, said = await self._left("POST", "/v1/reservations", body, key)
        return ("held", said["id"]) if status == 201 else (said["code"], None)

    async def act(self, verb: str, reservation: str, key: str) -> str:
        if verb == "reacquire":
            return await self._post(reservation, "confirm", {"reacquire": True}, key)
        return await self._post(reservation, verb, {}, key)

    async def extend(self, reservation: str, seconds: int, key: str) -> str:
        return await self._post(reservation, "extend", {"ttl_seconds": seconds}, key)

    async def move(self, reservation: str, lines: Any, key: str) -> str:
        return await self._post(reservation, "move", _lines(lines), key)

    async def _post(self, reservation: str, verb: str, body: Any, key: str) -> str:
        path = f"/v1/reservations/{reservation}/{verb}"
        status, said = await self._left("POST", path, body, key)
        return "done" if status == 200 else str(said["code"])

    async def set(self, item: str, units: int, expected: int | None, key: str) -> str:
        body = {"capacity": units, "expected": expected}
        status, said = await self._left("POST", f"/v1/items/{item}/capacity", body, key)
        return "done" if status == 200 else str(said["code"])

    async def read(self, item: str) -> tuple[int, int, int]:
        status, said = await self._left("GET", f"/v1/items/{item}")
        assert status == 200, said
        return said["capacity"], said["held"], said["confirmed"]

    async def see(self, reservation: str) -> str | None:
        status, said = await self._left("GET", f"/v1/reservations/{reservation}")
        return said["status"] if status == 200 else None

    async def _left(self, *asked: Any) -> tuple[int, Any]:
        return await left(self._ask(*asked), self._dice)

    async def _ask(
        self, method: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]:
        headers = {} if key is None else {"idempotency-key": key}
        url = self._dice.choice(self.urls)
        try:
            answer = await self._http.request(method, url + path, json=body, headers=headers)
        except httpx.ConnectError:
            raise NotAsked from None
        except httpx.TransportError:
            self.broken.append((url, path))
            raise NoAnswer from None
        if answer.status_code == 503:
            raise NoAnswer
        assert answer.status_code < 500, answer.text
        return answer.status_code, answer.json()


def _lines(lines: Any) -> dict[str, Any]:
    """What is wanted, as a body has it."""
    return {"lines": [{"item": item, "quantity": units} for item, units in lines]}
