"""A town to book in: pools, slots that overlap, and items, drawn by lot and made through the API.

Owns what there is to be had, in the engine and in the model alike, and the way between the names
that each has for it. Slots that the model cannot publish are asked of the engine all the same.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.faults.workload_answers import DAY, explains
from tests.faults.workload_model import Model
from tests.faults.workload_things import Command, Need, Offering, Pool

POOLS = (("room", 6), ("practitioner", 4), ("equipment", 10))
SLOTS = 500
IMPOSSIBLE = 20
"""Slots besides those, that need at once what is taken."""
ITEMS = 12
DEFAULT_TTL = 300
"""Seconds, as the organization has it unless told otherwise."""
MOST_HOLDS = 5
"""That a customer may have at a time."""
CUSTOMERS = 30

FIRST, LAST = 60, 1320
"""Minutes of the day between which slots begin. Most of 500 have twenty others beside them."""
LENGTHS = (20, 30, 45, 60, 90)
BUFFERS = (0, 0, 0, 5, 10, 15)
MINUTES = LAST + max(LENGTHS) + 2 * max(BUFFERS)

Json = dict[str, Any]
Ask = Callable[[str, str, Json], Awaitable[tuple[int, Json]]]
"""Method, path and body of a request, and its status and answer."""


class Town:
    """What there is, and how the model sees it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.model = Model(DEFAULT_TTL, MOST_HOLDS)
        self.slots: list[str] = []
        self.items: list[str] = []
        self._skus: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        """Items by SKU, and the other way round."""
        self._rivals: dict[str, list[str]] = {}

    async def build(self, operator: Ask, owner: Ask) -> list[str]:
        """Make all of it; and sentences about answers that were not right."""
        await _insist(owner, "PATCH", "/v1/organization", {"max_live_holds": MOST_HOLDS})
        site = await _insist(operator, "POST", "/v1/sites", {"name": "Town", "zone": "UTC"})
        for kind, number in POOLS:
            for n in range(number):
                await self._make_pool(operator, kind, f"{kind} {n}")
        for n in range(ITEMS):
            it = self._draw(f"sku-{n}", self.random.randint(10, 40))
            body = {"sku": it.id, "name": it.id, **_terms(it)}
            made = await _insist(operator, "POST", "/v1/items", body)
            self._ids[it.id], self._skus[made["id"]] = made["id"], it.id
            self.items.append(made["id"])
            self.model.publish(replace(it, id=made["id"]))
        await self._make_slots(operator, site["id"])
        return await self._ask_for_more(operator, site["id"])

    async def _make_pool(self, ask: Ask, kind: str, name: str) -> None:
        units = self.random.randint(1, 5) if kind == "equipment" else 1
        before, after = self.random.choice(BUFFERS), self.random.choice(BUFFERS)
        about = {"kind": kind, "name": name, "units": units}
        body = {**about, "before_minutes": before, "after_minutes": after}
        made = await _insist(ask, "POST", "/v1/pools", body)
        self.model.pools[made["id"]] = Pool(units, before, after, [0] * MINUTES)

    async def _make_slots(self, ask: Ask, site: str) -> None:
        drawn: list[Offering] = []
        while len(drawn) < SLOTS:
            slot = self._draw_slot(f"slot {len(drawn)}")
            if not self.model.publish(slot):
                drawn.append(slot)
        bodies = [_slot_body(site, slot) for slot in drawn]
        made = await _insist(ask, "POST", "/v1/slots/bulk", {"slots": bodies})
        for slot, answer in zip(drawn, made["data"], strict=True):
            # It has another name from now on, and has taken what it needs already.
            del self.model.offerings[slot.id]
            self.model.offerings[answer["id"]] = replace(slot, id=answer["id"])
            self.slots.append(answer["id"])

    async def _ask_for_more(self, ask: Ask, site: str) -> list[str]:
        """Ask for slots for which there is no room."""
        wrong: list[str] = []
        asked = 0
        while asked < IMPOSSIBLE:
            slot = self._draw_slot("one more")
            reasons = self.model.busy(slot, slot.own)
            if reasons:
                asked += 1
                status, answer = await ask("POST", "/v1/slots", _slot_body(site, slot))
                if status != 409 or not explains(reasons, answer | {"offering": slot.id}):
                    wrong.append(f"publishing {slot} was answered with {answer}, not {reasons}")
        return wrong

    def _draw_slot(self, title: str) -> Offering:
        begins = self.random.randrange(FIRST, LAST, 5)
        own: list[Need] = []
        each: list[Need] = []
        for id in self.random.sample(
            list(self.model.pools), self.random.choice([1, 1, 2, 2, 3, 4])
        ):
            need = Need(id, self.random.randint(1, min(2, self.model.pools[id].units)))
            (own if self.random.random() < 0.2 else each).append(need)
        return replace(
            self._draw(title, self.random.randint(1, 4)),
            begins=begins,
            ends=begins + self.random.choice(LENGTHS),
            own=tuple(own),
            each=tuple(each),
        )

    def _draw(self, name: str, capacity: int) -> Offering:
        """Something of which there are so many, on terms that chance sets."""
        draw = self.random.choice
        ttl, least = draw([None, None, 2, 4]), draw([1] * 7 + [2])
        return Offering(name, capacity, ttl, least, draw([None, None, 2, 3]), draw([None, None, 4]))

    def rivals(self, id: str) -> list[str]:
        """The offering itself, and slots at the same time whose reservations need the same."""
        if id not in self._rivals:
            it = self.model.offerings[id]
            pools = {need.pool for need in it.each}
            self._rivals[id] = [id] + [
                slot
                for slot in self.slots
                if (other := self.model.offerings[slot]).begins < it.ends
                and it.begins < other.ends
                and any(need.pool in pools for need in other.each)
            ]
        return self._rivals[id]

    # --- how it is spoken of ---

    def line(self, rng: random.Random, offering: str, quantity: int) -> Json:
        """A line of a request that names the offering, in one of the ways there are."""
        if offering.startswith("slot_"):
            return {"slot": offering, "quantity": quantity}
        by = {"item": offering} if rng.random() < 0.5 else {"sku": self._skus[offering]}
        return {**by, "quantity": quantity}

    def command(self, verb: str, id: str, body: Json) -> Command:
        """What a request means to the model."""
        return Command(
            verb,
            id,
            tuple(self._lines(body["lines"])) if "lines" in body else None,
            body.get("customer"),
            body.get("ttl_seconds"),
            body.get("confirm", False),
            body.get("reacquire", False),
            body.get("outcome", "fulfilled"),
        )

    def _lines(self, lines: Sequence[Json]) -> Iterator[tuple[str, int]]:
        for line in lines:
            yield (line.get("slot") or line.get("item") or self._ids[line["sku"]]), line["quantity"]


def _slot_body(site: str, slot: Offering) -> Json:
    needs = [(need, "slot") for need in slot.own] + [(need, "reservation") for need in slot.each]
    return {
        "site": site,
        "title": slot.id,
        "starts_at": (DAY + timedelta(minutes=slot.begins)).isoformat(),
        "minutes": slot.ends - slot.begins,
        "requirements": [{"pool": it.pool, "units": it.units, "per": per} for it, per in needs],
        **_terms(slot),
    }


def _terms(it: Offering) -> Json:
    return {
        "capacity": it.capacity,
        "hold_ttl_seconds": it.ttl,
        "min_quantity": it.least,
        "max_quantity": it.most,
        "max_per_customer": it.most_each,
    }


async def _insist(ask: Ask, method: str, path: str, body: Json) -> Json:
    status, answer = await ask(method, path, body)
    assert status in {200, 201}, (status, answer)
    return answer
