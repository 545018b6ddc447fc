"""A world of the model behind three doors: calls go to the doors and to the model.

Owns the names, the people with their tokens, and what the doors show. It decides nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import httpx

from firmhold.engine.ticket import Key
from tests.doors.client import STATUS, Api, a_problem, ok
from tests.engine.clinic import MINUTE, NINE
from tests.models import calls, rules
from tests.models.calls import ID_OF, PLACING, WAYS
from tests.models.clock import StoppedClock
from tests.models.keys import requested
from tests.models.state import Ask, Said, State

IN_PROGRESS = "idempotency_key_in_progress"
KEPT = "SELECT key FROM idempotency WHERE organization_id = $1"
GUEST = "gus"
IN_A_SHOP = {
    "held": "PENDING",
    "confirmed": "CONFIRMED",
    "expired": "EXPIRED",
    "released": "CANCELLED",
    "cancelled": "CANCELLED",
}
IN_A_CLINIC = {"held": "PENDING", "confirmed": "CONFIRMED"}


class Call(NamedTuple):
    """A call, and what is wrong with the request as such."""

    ask: Ask
    flaws: frozenset[str] = frozenset()
    """`token`: it is forged. `body`: it means nothing."""
    nonsense: Any = None
    """What stands where a number should, or in a field that there is not."""


class Heard(NamedTuple):
    """What a door said."""

    code: str
    subject: str
    response: httpx.Response


class Street:
    """One organization, its doors, and the model of it."""

    def __init__(self, api: Api, stranger: Api, clock: StoppedClock, world: State) -> None:
        self.api = api
        self.stranger = stranger
        self.clock = clock
        self.world = world
        self.began = clock.now
        self.ids: dict[str, str] = {}
        self.tokens: dict[str | None, str | None] = {}
        self.people: dict[str, tuple[str, str]] = {}
        self.first: dict[tuple[Any, ...], bytes] = {}
        """The first answer to each request under a key."""
        self.heard: Counter[tuple[str, str]] = Counter()

    async def open(self) -> None:
        """Put everything on sale, and let the people in."""
        api = self.api
        self.tokens = {"ada": api.customer, "eve": api.other, None: api.operator, GUEST: None}
        for name in ("ada", "eve"):
            token = self.tokens[name]
            assert token is not None
            self.people[name] = (api.user(token), f"{name}@example.org")
        self.people[GUEST] = (f"{GUEST}@example.org", f"{GUEST}@example.org")
        site = (await api.site())["id"]
        pools = {}
        for name, pool in self.world.pools.items():
            buffers = {"before_minutes": pool.before, "after_minutes": pool.after}
            pools[name] = (await api.pool("equipment", pool.units, **buffers))["id"]
        for name, it in self.world.things.items():
            terms = {
                "hold_ttl_seconds": it.ttl,
                "min_quantity": it.least,
                "max_quantity": it.most,
                "max_per_customer": it.each,
            }
            if it.ends:
                needs = [
                    {"pool": pools[p], "units": n, "per": "reservation"}
                    for p, n in it.needs.items()
                ]
                made = await api.slot(
                    site,
                    self.world.target[name],
                    starts_at=(NINE + it.begins * MINUTE).isoformat(),
                    ends_at=(NINE + it.ends * MINUTE).isoformat(),
                    requirements=needs,
                    **terms,
                )
            else:
                made = await api.item(self.world.target[name], sku=name, **terms)
            self.ids[name] = made["id"]

    # --- calling ---

    async def call(self, made: Sequence[Call]) -> None:
        """Let all be under way at once. What is wrong with a request is said in the published
        order; the rest must be so in some order that the model allows."""
        heard = await asyncio.gather(*(self._send(call) for call in made))
        self.heard.update((call.ask.way, it.code) for call, it in zip(made, heard, strict=True))
        asks = {}
        for n, (call, it) in enumerate(zip(made, heard, strict=True)):
            if (flaw := flaw_of(call)) is not None:
                assert it.code == flaw, (call, it.response.text)
            elif it.code == IN_PROGRESS:
                others = [other.ask for other in made if scope_of(other.ask) == scope_of(call.ask)]
                assert any(requested(other) != requested(call.ask) for other in others), call
            else:
                asks[n] = call.ask
        for after in rules.ways(
            self.world, asks, lambda n, said: self._fits(made, heard, n, said), calls.do
        ):
            self._learn(made, heard, after)
            if await self._shows(after):
                self.world = after
                self._remember(made, heard)
                return
        raise AssertionError(self._complaint(made, heard))

    def _fits(self, made: Sequence[Call], heard: Sequence[Heard], n: int, said: Said) -> bool:
        code, subject, _ = heard[n]
        ask = made[n].ask
        if said.code == "same" and code == "again" and ask.key is not None:
            twins = [it for it in made if scope_of(it.ask) == scope_of(ask)]
            code = "done" if len(twins) > 1 else code
        if code != {"same": "done"}.get(said.code, said.code):
            return False
        known = None if said.subject is None else self.ids.get(said.subject)
        return known in {None, subject}

    def _learn(self, made: Sequence[Call], heard: Sequence[Heard], after: State) -> None:
        """The ids of what is new in this world, and the tokens that came with it."""
        for call, it in zip(made, heard, strict=True):
            if it.code == "done" and call.ask.way in PLACING and call.ask.id in after.claims:
                self.ids[call.ask.id] = it.subject
                if call.ask.by == GUEST:
                    body = it.response.json()
                    token = body.get("hold_token") or body["holdToken"]
                    self.tokens[rules.token_of(call.ask.id)] = token

    def _remember(self, made: Sequence[Call], heard: Sequence[Heard]) -> None:
        """A replay is the first answer to the byte."""
        for wanted in ("done", "again"):
            for call, (code, _, response) in zip(made, heard, strict=True):
                scope = scope_of(call.ask)
                asked, _ = self.world.answers.get(scope, (None, ""))
                if code == wanted and asked == requested(call.ask):
                    first = self.first.setdefault(scope, response.content)
                    assert response.content == first, (first, response.content)

    async def _send(self, call: Call) -> Heard:
        ask = call.ask
        path, body = calls.request(ask, self._id, self.people)
        body = {name: value for name, value in body.items() if value is not None}
        key = ask.key
        if key == "k2" and WAYS[ask.way].of == "slot" and ask.verb != "set":
            # This door takes it in the body too.
            body["idempotencyKey"], key = key, None
        token = "forged" if "token" in call.flaws else self.tokens[ask.by]
        content = None
        if "body" in call.flaws:
            body, content = spoilt(body, call.nonsense)
        response = await self.api.post(path, token, body, key=key, content=content)
        if response.status_code >= 400:
            code = a_problem(response)["code"]
            assert response.status_code == STATUS[code], response.text
            assert "idempotent-replayed" not in response.headers
            return Heard(code, "", response)
        shown = ok(response, 201 if ask.way in PLACING else 200)
        again = response.headers.get("idempotent-replayed")
        assert again in {None, "true"}
        return Heard("again" if again else "done", shown[ID_OF.get(ask.way, "id")], response)

    def _id(self, name: str) -> str:
        kind = "slot" if name in {"am", "noon", "pm"} else "item" if name == "yurt" else "rsv"
        return self.ids.get(name, f"{kind}_{'0' * 31}1")

    def _complaint(self, made: Sequence[Call], heard: Sequence[Heard]) -> str:
        lines = [
            f"{call}: {it.code} {it.response.text}" for call, it in zip(made, heard, strict=True)
        ]
        if len(made) == 1 and flaw_of(made[0]) is None:
            lines.append(f"expected {calls.do(self.world.copy(), made[0].ask)}")
        return "\n".join([*lines, f"in {self.world}"])

    async def wait(self, seconds: int) -> None:
        await self.clock.forward(seconds)
        self.world = self.world.copy()
        self.world.now += seconds
        assert await self._shows(self.world)

    # --- looking ---

    async def _shows(self, world: State) -> bool:
        """Whether the native door shows this world, and answers are kept for the keys that had an
        effect: of two with one effect that is not to be seen otherwise."""
        api, names = self.api, {id: name for name, id in self.ids.items()}
        things = await api.walk("/v1/items", api.operator, limit=100)
        things += await api.walk("/v1/slots", api.operator, limit=100)
        seen = {
            names[it["id"]]: (it["capacity"], it["held"], it["confirmed"], it["available"])
            for it in things
        }
        if seen != {name: counts_of(world, name) for name in world.things}:
            return False
        who = {id: name for name, (id, _) in self.people.items()}
        found = await api.walk("/v1/reservations", api.operator, limit=100)
        claims = {}
        for it in found:
            units = {self._offering(line, names): line["quantity"] for line in it["lines"]}
            customer = who.get(it["customer"])
            claims[names.get(it["id"], it["id"])] = (it["status"], customer, units)
        if claims != {id: (it.status, it.customer, dict(it.units)) for id, it in all_claims(world)}:
            return False
        kept = await self.api.shop.fetch(KEPT, self.api.shop.organization.id[-32:])
        scopes = {Key.of(self._label(by), *named, b"").scope for by, *named in world.answers}
        return scopes == {row["key"].hex for row in kept}

    def _label(self, by: str | None) -> str:
        """The actor's name, as keys know it."""
        if by == GUEST:
            return f"guest:{self.people[GUEST][1]}"
        if by is not None and by not in self.people:
            return f"hold:{self.ids[by.removeprefix('token of ')]}"
        return f"user:{self.api.user(self.api.operator) if by is None else self.people[by][0]}"

    def _offering(self, line: Any, names: dict[str, str]) -> str:
        return names[line["offering"]]

    async def look_through_other_doors(self, dice: Random) -> None:
        """What one door does the others show, each in its words and to whom it may."""
        api, world = self.api, self.world
        sku = dice.choice(["bed", "tent"])
        capacity, held, confirmed, available = counts_of(world, sku)
        shown = ok(await api.get(f"/api/v1/inventory/{sku}"))
        counts = (shown["total"], shown["reserved"], shown["sold"], shown["available"])
        assert counts == (capacity, held, confirmed, available), shown
        shown = ok(await api.get(f"/api/products/{self.ids[sku]}"))
        assert shown["availableStock"] == available, shown
        for slot in ok(await api.get("/api/slots", api.customer)):
            name = next(name for name, id in self.ids.items() if id == slot["id"])
            assert slot["remainingCapacity"] == counts_of(world, name)[3] > 0
        claims = dict(all_claims(world))
        if not claims:
            return
        id = dice.choice(list(claims))
        it, path = claims[id], f"/v1/reservations/{self.ids[id]}"
        for name in ("ada", "eve", None, rules.token_of(id)):
            if name in self.tokens:
                response = await api.get(path, self.tokens[name])
                if name in {None, it.customer, rules.token_of(id)}:
                    assert ok(response)["status"] == it.status
                else:
                    assert a_problem(response)["code"] == "forbidden"
        slots = [o for o in it.units if world.things[o].ends]
        response = await api.get(f"/api/bookings/{self.ids[id]}", api.operator)
        if slots:
            assert ok(response)["status"] == IN_A_CLINIC.get(it.status, "FAILED")
        else:
            assert a_problem(response)["code"] == "not_found"
        mine = ok(await api.get("/api/orders", api.customer, email="ada@example.org", limit=100))
        assert {order["orderId"]: order["status"] for order in mine} == {
            self.ids[n]: IN_A_SHOP[c.status]
            for n, c in claims.items()
            if c.customer == "ada" and not any(world.things[o].ends for o in c.units)
        }

    async def look_from_elsewhere(self, ask: Ask) -> None:
        """Who is of another organization finds nothing here, whatever they try."""
        path, body = calls.request(ask, self._id, self.people)
        body = {name: value for name, value in body.items() if value is not None}
        theirs = self.stranger.operator
        response = await self.stranger.post(path, theirs, body, key=f"elsewhere-{ask.id}")
        assert a_problem(response)["code"] == "not_found", response.text
        for kind in ("items", "slots", "reservations"):
            assert await self.stranger.walk(f"/v1/{kind}", theirs) == []
        for name, id in self.ids.items():
            kind = {"item": "items", "slot": "slots", "rsv": "reservations"}[id.partition("_")[0]]
            response = await self.stranger.get(f"/v1/{kind}/{id}", theirs)
            assert a_problem(response)["code"] == "not_found", name


def flaw_of(call: Call) -> str | None:
    """What is wrong with the request as such, the first in the published order."""
    ask, way = call.ask, WAYS[call.ask.way]
    if "token" in call.flaws:
        return "unauthenticated"
    if ask.by == GUEST and not way.needs_key:
        return "unauthenticated"
    if way.verb == "set" and ask.by is not None:
        return "forbidden"
    if "body" in call.flaws:
        return "malformed_request"
    if way.needs_key and ask.key is None:
        return "idempotency_key_missing"
    return None


def spoilt(body: dict[str, Any], nonsense: Any) -> tuple[Any, bytes | None]:
    """The body with nonsense where a number stands; without a number, in a field of its own."""
    if nonsense == "{":
        return None, b"{"
    for field in ("quantity", "qty", "ttl_seconds", "capacity"):
        if field in body:
            # Of units there may be none, but nobody holds none.
            value = -1 if (field, nonsense) == ("capacity", 0) else nonsense
            return {**body, field: value}, None
    if "lines" in body:
        (first, *rest) = body["lines"]
        return {**body, "lines": [{**first, "quantity": nonsense}, *rest]}, None
    return {**body, "nonsense": nonsense}, None


def scope_of(ask: Ask) -> tuple[Any, ...]:
    return ask.by, ask.way, ask.key


def counts_of(world: State, name: str) -> tuple[int, int, int, int]:
    capacity = world.capacity(name)
    held, confirmed = world.out(name, "held"), world.out(name, "confirmed")
    return capacity, held, confirmed, capacity - held - confirmed


def all_claims(world: State) -> Any:
    return [(id, it) for id in world.claims if (it := world.claim(id)) is not None]
