"""A world of the model in a real organization on real engines: commands go to both.

Owns the names: which id stands for which word. It decides nothing: it asks, and compares what was
said and everything that can be seen.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from firmhold.domain.commands import (
    Asked,
    Cancel,
    Command,
    Confirm,
    Extend,
    Hold,
    Join,
    Leave,
    Move,
    Reconsider,
    Release,
    SetCapacity,
)
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Actor, Offering, Reservation, WaitlistEntry
from firmhold.domain.state import Accepted
from firmhold.engine.reader import Filter
from firmhold.engine.ticket import Answer, Key, Reply
from firmhold.engine.waitlist_reader import WaitFilter
from tests.engine.clinic import MINUTE, NINE, Clinic
from tests.models import rules
from tests.models.clock import StoppedClock
from tests.models.keys import requested
from tests.models.state import Ask, Said, State
from tests.shop import Shop, new_id

IN_PROGRESS = "idempotency_key_in_progress"
EVERYTHING = 1000
KEPT = "SELECT key FROM idempotency WHERE organization_id = $1"

View = dict[str, Any]


class Town:
    """One organization on several engines, and the model of it."""

    def __init__(self, shops: Sequence[Shop], clock: StoppedClock, world: State) -> None:
        self.shops = shops
        self.clock = clock
        self.world = world
        self.began = clock.now
        self.organization = shops[0].organization.id
        self.ids: dict[str, str] = {}
        """Offerings, reservations and places by their names."""
        self.offers: dict[str, str] = {}
        """The reservation that a place may lead to."""
        self.heard: Counter[tuple[str, str]] = Counter()
        self.turn = self.looks = 0
        """Which engine is asked next, and which is looked at."""

    async def open(self) -> None:
        """Put everything on sale."""
        clinic = await Clinic(self.shops[0]).open()
        pools = {
            name: await clinic.pool(it.units, before_minutes=it.before, after_minutes=it.after)
            for name, it in self.world.pools.items()
        }
        for name, thing in self.world.things.items():
            terms: dict[str, Any] = {
                "hold_ttl_seconds": thing.ttl,
                "min_quantity": thing.least,
                "max_quantity": thing.most,
                "max_per_customer": thing.each,
            }
            capacity = self.world.target[name]
            if thing.ends:
                self.ids[name] = await clinic.slot(
                    NINE + thing.begins * MINUTE,
                    (thing.ends - thing.begins) * MINUTE,
                    capacity,
                    each=[(pools[pool], units) for pool, units in thing.needs.items()],
                    **terms,
                )
            else:
                self.ids[name] = await self.shops[0].item(capacity, name, **terms)

    # --- asking ---

    async def ask(self, asks: Sequence[Ask]) -> None:
        """Let all be under way at once, each on the next engine. What is said, and what there is
        to be seen afterwards, must be so in some order that the model allows."""
        replies = await asyncio.gather(*(self._submit(ask) for ask in asks))
        said = [_said(reply) for reply in replies]
        self.heard.update((_way(ask), code) for ask, (code, _) in zip(asks, said, strict=True))
        seen = await self.seen()

        def allowed(number: int, expected: Said) -> bool:
            code, subject = said[number]
            if expected.code == "same" and code == "again" and _has_twin(asks[number], asks):
                # Whoever is asked along with it gets the answer of the other.
                code = "done"
            if code != {"same": "done"}.get(expected.code, expected.code):
                return False
            return expected.subject in {None, self._name(subject)}

        views = []
        for after in rules.ways(self.world, self._carried_out(asks, said), allowed):
            view = self.seen_by(after)
            if view == seen:
                self.world = after
                return
            views.append(view)
        raise AssertionError(self._complaint(asks, said, seen, views))

    def _carried_out(self, asks: Sequence[Ask], said: Sequence[tuple[str, str]]) -> dict[int, Ask]:
        """Without those that were told that another request with their key is under way, which
        there has to be."""
        for ask, (code, _) in zip(asks, said, strict=True):
            if code == IN_PROGRESS:
                others = [it for it in asks if _scope(it) == _scope(ask)]
                assert any(requested(it) != requested(ask) for it in others), ask
        return {n: ask for n, ask in enumerate(asks) if said[n][0] != IN_PROGRESS}

    def _complaint(
        self, asks: Sequence[Ask], said: Sequence[tuple[str, str]], seen: View, worlds: list[View]
    ) -> str:
        """What cannot be explained."""
        told = ((ask, code, self._name(s)) for ask, (code, s) in zip(asks, said, strict=True))
        lines = [f"{ask}: {code} {name}" for ask, code, name in told]
        lines += [f"from {self.seen_by(self.world)}", f"seen {seen}"]
        lines += [f"not  {world}" for world in worlds] or ["no order is answered like this"]
        if not worlds:
            alone = (rules.do(self.world.copy(), ask) for ask in asks)
            lines += [f"alone {it.code} {it.subject}" for it in alone]
            lines.append(f"in {self.world}")
        return "\n".join(lines)

    async def wait(self, seconds: int) -> None:
        """Let time pass."""
        await self.clock.forward(seconds)
        self.world.now += seconds
        self.world = self.world.copy()
        seen = await self.seen()
        assert seen == self.seen_by(self.world), (seen, self.seen_by(self.world))

    async def look(self) -> None:
        """Let those who wait have their turn, as the background does."""
        waited_for = {self.world.line[id].offering for id in self.world.line}
        for offering in sorted(waited_for):
            await self.ask([Ask("look", None, offering)])

    async def _submit(self, ask: Ask) -> Reply:
        self.turn += 1
        engine = self.shops[self.turn % len(self.shops)].services.engine
        actor = Actor(f"user:{ask.by}", customer=ask.by, operator=ask.by is None)
        key = None
        if ask.key is not None:
            request = repr(requested(ask)).encode()
            key = Key.of(actor.label, ask.verb, ask.key, request)
        return await engine.submit(self.organization, self._command(ask, actor), _render, key)

    def _command(self, ask: Ask, actor: Actor) -> Command:
        lines = tuple(Asked(self._id(offering, "line"), units) for offering, units in ask.lines)
        id = self._id(ask.id, ask.verb)
        match ask.verb:
            case "hold":
                return Hold(id, actor, ask.customer, lines, ask.number, ask.also)
            case "confirm":
                return Confirm(id, actor, lines or None, reacquire=ask.also)
            case "extend":
                return Extend(id, actor, ask.number or 0)
            case "release":
                return Release(id, actor, lines or None)
            case "cancel":
                return Cancel(id, actor, lines=lines or None)
            case "move":
                return Move(id, actor, lines)
            case "set":
                return SetCapacity(id, actor, ask.number or 0, ask.expected, ask.also)
            case "join":
                self.offers[ask.id] = new_id("rsv")
                (line,) = lines
                return Join(id, self.offers[ask.id], actor, ask.customer or "", *line)
            case "leave":
                return Leave(id, actor)
            case _:
                return Reconsider(id, actor)

    def _id(self, name: str, verb: str) -> str:
        """The id of what is named: to a command about reservations, a place is its offer."""
        if name in self.offers and verb not in {"join", "leave"}:
            return self.offers[name]
        if name not in self.ids:
            # What is new, and what there is not.
            kind = {"join": "wait", "leave": "wait", "set": "item", "line": "item"}.get(verb, "rsv")
            self.ids[name] = new_id(kind)
        return self.ids[name]

    def _name(self, id: str) -> str:
        """What has this id."""
        names = {id: name for name, id in (*self.ids.items(), *self.offers.items())}
        return names.get(id, id)

    # --- seeing ---

    async def seen(self) -> View:
        """Everything, as an engine shows it."""
        self.looks += 1
        shop = self.shops[self.looks % len(self.shops)]
        services, organization = shop.services, self.organization
        line = await self._line(shop)
        names = {id: name for name, id in (*self.ids.items(), *self.offers.items())}
        items = [id for id in self.ids.values() if id.startswith("item_")]
        slots = [id for id in self.ids.values() if id.startswith("slot_")]
        things: dict[str, Any] = {}
        for it in await services.catalogue.find(organization, ids=items):
            things[names[it.id]] = (it.capacity, it.held, it.confirmed, it.available)
        for slot in await services.timetable.find(organization, slots):
            o = slot.offering
            things[names[slot.id]] = (o.capacity, o.held, o.confirmed, slot.available)
        found = await services.reader.reservations(
            organization, Filter(), below=None, limit=EVERYTHING
        )
        claims = {names[it.reservation.id]: self._claim(it.reservation, names) for it in found}
        return {"things": things, "claims": claims, "line": line, **await self._books(names)}

    async def _line(self, shop: Shop) -> View:
        """Who waits where, and by the way which reservation has come of it."""
        if not self.offers:
            return {}
        entries = await shop.services.waitlist.entries(
            self.organization, WaitFilter(), beyond=None, limit=EVERYTHING
        )
        names = {id: name for name, id in self.ids.items()}
        for it in entries:
            if it.entry.reservation is not None:
                self.offers[names[it.entry.id]] = it.entry.reservation
        return {names[it.entry.id]: (it.entry.status.value, it.position) for it in entries}

    def _claim(self, it: Reservation, names: dict[str, str]) -> Any:
        units = {
            names[line.offering]: line.held + line.confirmed
            for line in it.lines
            if line.held + line.confirmed
        }
        ends = None
        if it.status == "held" and it.expires_at is not None:
            ends = (it.expires_at - self.began) / timedelta(seconds=1)
        lines = {names[line.offering]: line.quantity for line in it.lines}
        return it.status.value, it.customer, units, lines, ends

    async def _books(self, names: dict[str, str]) -> View:
        """What the ledger tells of each reservation, and under which keys answers are kept."""
        async with self.shops[0].services.database.read_across() as connection:
            entries = await connection.fetch(
                "SELECT offering_id, reservation_id, kind FROM ledger WHERE organization_id = $1 "
                "AND reservation_id IS NOT NULL AND kind <> 'unlisted' ORDER BY offering_id, seq",
                self.organization[-32:],
            )
            kept = await connection.fetch(KEPT, self.organization[-32:])
        bare = {id[-32:]: name for id, name in names.items()}
        told: dict[tuple[str, str], list[str]] = {}
        for offering, reservation, kind in entries:
            told.setdefault((bare[reservation.hex], bare[offering.hex]), []).append(kind)
        ledger = {at: _noticed(kinds) for at, kinds in told.items()}
        return {"ledger": ledger, "answers": {row["key"].hex for row in kept}}

    def seen_by(self, world: State) -> View:
        """Likewise, as the model has it."""
        things = {}
        for name in world.things:
            capacity = world.capacity(name)
            held, confirmed = world.out(name, "held"), world.out(name, "confirmed")
            things[name] = (capacity, held, confirmed, capacity - held - confirmed)
        claims, ledger = {}, {}
        for id in world.claims:
            it = world.claim(id)
            assert it is not None
            ends = it.ends if it.status == "held" else None
            units = dict(it.units) if it.live else {}
            claims[id] = (it.status, it.customer, units, dict(it.lines), ends)
            ledger |= {(id, offering): _noticed(told) for offering, told in it.told.items()}
        line, before = {}, dict.fromkeys(world.things, 0)
        for id, place in world.line.items():
            status = world.standing(id)
            before[place.offering] += status == "waiting"
            line[id] = (status, before[place.offering] if status == "waiting" else None)
        answers = {Key.of(f"user:{by}", *named, b"").scope for by, *named in world.answers}
        return {
            "things": things, "claims": claims, "line": line, "ledger": ledger, "answers": answers
        }  # fmt: skip


def _noticed(kinds: Sequence[str]) -> list[str]:
    """What was told, whether or not anyone has noticed an end yet."""
    return list(kinds[:-1] if kinds and kinds[-1] == "expired" else kinds)


def _way(ask: Ask) -> str:
    """What was asked for, more closely."""
    if ask.verb in {"confirm", "release", "cancel"} and ask.lines:
        return f"{ask.verb} a part"
    return "reacquire" if ask.verb == "confirm" and ask.also else ask.verb


def _scope(ask: Ask) -> tuple[str | None, str, str | None]:
    return ask.by, ask.verb, ask.key


def _has_twin(ask: Ask, asks: Sequence[Ask]) -> bool:
    return ask.key is not None and [_scope(it) for it in asks].count(_scope(ask)) > 1


def _render(accepted: Accepted, now: object) -> tuple[int, bytes]:
    assert isinstance(accepted.subject, Reservation | Offering | WaitlistEntry)
    return 200, accepted.subject.id.encode()


def _said(reply: Reply) -> tuple[str, str]:
    """What was said, and about what."""
    if isinstance(reply, Refusal):
        return reply.code.value, ""
    assert isinstance(reply, Answer)
    return "again" if reply.replayed else "done", reply.body.decode()
