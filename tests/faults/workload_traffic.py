"""People who hold, confirm, extend, move, release, cancel and check in, by lot and all at once.

Owns what is asked, of which process, and the record of every request: when it was sent, when it
was answered, and what the answer was. It judges nothing.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from urllib.parse import urlsplit

from tests.faults.workload_answers import Json, instant
from tests.faults.workload_town import CUSTOMERS, Town

ALIVE = 350
"""Reservations beyond which more are given back than made: enough to fill the town, and few enough
that something can still be had."""
CHECKED_IN = 80
"""Units of these never come back."""
PATIENCE = 30.0
"""Seconds. The engine's is 5; far beyond it, a request hangs."""
SOON = 0.4
"""Seconds for which one waits for the end of a hold."""
IDLE = 10.0
"""Seconds after which a connection is made anew. The server closes one that idles for longer."""

HELD = {"confirm": 36, "extend": 16, "release": 18, "cancel": 8, "move": 20, "check-in": 2}
CONFIRMED = {"cancel": 40, "move": 30, "confirm": 10, "check-in": 10, "release": 5, "extend": 5}
ENDED = {"confirm": 50, "extend": 10, "release": 12, "cancel": 12, "move": 10, "check-in": 6}
"""What is asked about a reservation that is, or should be, in such a state, and how often."""


@dataclass
class Request:
    """What was sent, and what came back."""

    verb: str
    id: str
    """The reservation; none for a hold."""
    body: Json
    key: str | None
    process: int
    sent: datetime
    answered: datetime
    status: int
    raw: bytes
    replayed: bool

    @cached_property
    def answer(self) -> Json:
        found: Json = json.loads(self.raw)
        return found

    @property
    def accepted(self) -> bool:
        return self.status in {200, 201}

    @property
    def outcome(self) -> str:
        """In a word."""
        if self.accepted:
            return "replayed" if self.replayed else "accepted"
        return str(self.answer["code"])

    @property
    def at(self) -> datetime:
        """When what was accepted happened, by the database's clock."""
        at = instant(self.answer["server_time"])
        assert at is not None
        return at


class Wire:
    """A connection to one process, opened when it is needed."""

    def __init__(self, url: str, token: str, process: int = 0) -> None:
        self.process = process
        self._url = urlsplit(url)
        self._token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def ask(self, method: str, path: str, body: Json) -> tuple[int, Json]:
        """Status and answer."""
        status, raw, _ = await self.send(method, path, body, None)
        return status, json.loads(raw)

    async def send(
        self, method: str, path: str, body: Json, key: str | None
    ) -> tuple[int, bytes, bool]:
        """Status, body, and whether it is the first answer once more."""
        content = json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: firmhold\r\nauthorization: Bearer {self._token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(content)}\r\n"
        )
        if key is not None:
            head += f"idempotency-key: {key}\r\n"
        async with asyncio.timeout(PATIENCE):
            return await self._exchange(head.encode() + b"\r\n" + content)

    async def _exchange(self, request: bytes) -> tuple[int, bytes, bool]:
        if time.monotonic() - self._used > IDLE:
            self.close()
        if self._streams is None:
            assert self._url.hostname is not None
            self._streams = await asyncio.open_connection(self._url.hostname, self._url.port)
        reader, writer = self._streams
        writer.write(request)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        raw = await reader.readexactly(int(headers["content-length"]))
        self._used = time.monotonic()
        if headers.get("connection") == "close":
            self.close()
        return int(lines[0].split(" ")[1]), raw, "idempotent-replayed" in headers

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


@dataclass
class Seen:
    """A reservation as the last answer about it has it."""

    id: str
    status: str
    asked: dict[str, int]
    ends: datetime | None
    reach: datetime | None
    at: datetime

    @property
    def left(self) -> float:
        """Seconds until it ends, if it is held."""
        if self.status != "held" or self.ends is None:
            return 0.0
        return max(0.0, _seconds_to(self.ends))

    @property
    def kind(self) -> dict[str, int]:
        """What is worth asking about it."""
        if self.left:
            return HELD
        return CONFIRMED if self.status == "confirmed" else ENDED


class Crowd:
    """All of them together: they know what has been reserved, and who comes first is first."""

    def __init__(self, town: Town, urls: list[str], token: str, seed: int) -> None:
        self._town = town
        self._urls = urls
        self._token = token
        self._seed = seed
        self._random = random.Random(seed)
        self._seen: dict[str, Seen] = {}
        self._alive: list[str] = []
        self._listed: set[str] = set()
        """The same, for looking them up."""
        self._past: deque[str] = deque(maxlen=300)
        """Reservations that are over."""
        self._left: deque[str] = deque(maxlen=100)
        """Holds that nobody comes back for in time."""
        self._keyed: deque[tuple[str, str, Json, str]] = deque(maxlen=400)
        self._checked_in = 0
        self._until = 0.0
        self._usual = 0.02
        """Seconds that an answer takes at the moment."""
        self.requests: list[Request] = []
        self.outcomes: Counter[tuple[str, str]] = Counter()

    async def run(self, people: int, seconds: float) -> None:
        """Let so many ask whatever comes to their minds, for so long."""
        self._until = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for number in range(people):
                group.create_task(self._person(number))

    async def _person(self, number: int) -> None:
        rng = random.Random(f"{self._seed}-{number}")
        wires = [Wire(url, self._token, process) for process, url in enumerate(self._urls)]
        try:
            for turn in count(1):
                if time.monotonic() > self._until:
                    break
                await self._do_something(wires, f"{number}-{turn}", rng)
        finally:
            for wire in wires:
                wire.close()

    async def _do_something(self, wires: list[Wire], name: str, rng: random.Random) -> None:
        """One thing, most often under this key; now and then again, or several times at once."""
        verb, id, body = await self._choose(rng)
        key = name if rng.random() < 0.7 else None
        luck = rng.random()
        if luck < 0.02 and self._keyed:
            verb, id, body, key = rng.choice(self._keyed)
        elif luck < 0.03 and self._keyed:
            # The same key for something else, which is a mistake.
            verb, id, _, key = rng.choice(self._keyed)
            body = self._hold(rng) if verb == "hold" else self._body(verb, self._seen[id], rng)
        at_once = 1 if key is None or rng.random() < 0.95 else min(3, len(wires))
        await asyncio.gather(
            *(self._send(wire, verb, id, body, key) for wire in rng.sample(wires, at_once))
        )
        if key is not None and rng.random() < 0.08:
            await self._send(rng.choice(wires), verb, id, body, key)

    async def _send(self, wire: Wire, verb: str, id: str, body: Json, key: str | None) -> None:
        """Ask; and again if it is too much at the moment, as far as the key and the time allow."""
        path = "/v1/reservations" + (f"/{id}/{verb}" if id else "")
        while True:
            sent = datetime.now(UTC)
            status, raw, replayed = await wire.send("POST", path, body, key)
            request = Request(
                verb, id, body, key, wire.process, sent, datetime.now(UTC), status, raw, replayed
            )
            self.requests.append(request)
            took = (request.answered - request.sent).total_seconds()
            self._usual += (min(took, SOON) - self._usual) / 20
            self.outcomes[verb, request.outcome] += 1
            if status != 503 or key is None or time.monotonic() > self._until:
                break
            await asyncio.sleep(0.1)
        if key is not None:
            self._keyed.append((verb, id, body, key))
        if request.accepted:
            self._note(request)

    def _note(self, request: Request) -> None:
        answer = request.answer
        known = self._seen.get(answer["id"])
        if known is not None and known.at > request.at:
            return
        if answer["status"] == "confirmed" or (known is None and not self._is_left(request)):
            self._list(answer["id"])
        if request.verb == "check-in" and known is not None and known.status == "confirmed":
            self._checked_in += 1
        asked = {line["offering"]: line["quantity"] for line in answer["lines"]}
        ends, reach = instant(answer["expires_at"]), instant(answer["extend_until"])
        self._seen[answer["id"]] = Seen(
            answer["id"], answer["status"], asked, ends, reach, request.at
        )

    def _list(self, id: str) -> None:
        if id not in self._listed:
            self._listed.add(id)
            self._alive.append(id)

    def _is_left(self, hold: Request) -> bool:
        """Whether nobody comes back for it, before it is over at least."""
        if hold.body.get("ttl_seconds", 10) > 3 or self._random.random() < 0.35:
            return False
        self._left.append(hold.answer["id"])
        return True

    # --- what comes to their minds ---

    async def _choose(self, rng: random.Random) -> tuple[str, str, Json]:
        """The next request: verb, reservation, body."""
        crowded = len(self._alive) > ALIVE
        seen = None if rng.random() < (0.2 if crowded else 0.5) else self._pick(rng)
        if seen is None:
            if rng.random() < 0.3 and (late := self._late()):
                return "hold", "", await self._what_is_about_to_be_free(rng.choice(late), rng)
            return "hold", "", self._hold(rng)
        weights = seen.kind
        verb = rng.choices(list(weights), list(weights.values()))[0]
        if crowded and weights is not ENDED and rng.random() < 0.5:
            verb = "release" if weights is HELD else "cancel"
        if verb == "check-in" and weights is CONFIRMED and self._checked_in >= CHECKED_IN:
            verb = "cancel"
        if weights is HELD and seen.left < SOON:
            await self._until_the_end(seen, rng)
        return verb, seen.id, self._body(verb, seen, rng)

    async def _what_is_about_to_be_free(self, seen: Seen, rng: random.Random) -> Json:
        """A hold of what somebody's hold has that ends, or of something that needs the same."""
        await self._until_the_end(seen, rng)
        it = rng.choice([other for has in seen.asked for other in self._town.rivals(has)])
        return {**self._hold(rng), "lines": [self._town.line(rng, it, 1)]}

    async def _until_the_end(self, seen: Seen, rng: random.Random) -> None:
        """Ask so that it arrives at about the very instant at which a hold ends."""
        await asyncio.sleep(max(0.0, seen.left - rng.uniform(-0.01, self._usual)))

    def _late(self) -> list[Seen]:
        """Holds that nobody will confirm and that end soon, or have ended."""
        return [seen for id in self._left if (seen := self._seen[id]).left < SOON]

    def _pick(self, rng: random.Random) -> Seen | None:
        luck = rng.random()
        if luck < 0.1 and self._past:
            return self._seen[rng.choice(self._past)]
        if luck < 0.25 and (late := self._late()):
            return rng.choice(late)
        while self._alive:
            index = rng.randrange(len(self._alive))
            seen = self._seen[self._alive[index]]
            if seen.kind is not ENDED:
                return seen
            self._alive[index] = self._alive[-1]
            self._alive.pop()
            self._listed.remove(seen.id)
            self._past.append(seen.id)
        return None

    def _offering(self, rng: random.Random) -> str:
        if rng.random() < 0.2:
            return rng.choice(self._town.items)
        # Some are in more demand than others.
        return self._town.slots[int(len(self._town.slots) * rng.random() ** 1.5)]

    def _lines(self, rng: random.Random, number: int) -> list[Json]:
        return [
            self._town.line(rng, self._offering(rng), rng.choice([1, 1, 1, 2, 2, 3]))
            for _ in range(number)
        ]

    def _hold(self, rng: random.Random) -> Json:
        body: Json = {"lines": self._lines(rng, rng.choice([1, 1, 1, 2, 2, 3]))}
        if rng.random() < 0.9:
            body["customer"] = f"customer-{rng.randrange(CUSTOMERS)}"
        luck = rng.random()
        if luck < 0.25:
            body["confirm"] = True
        elif luck < 0.65:
            body["ttl_seconds"] = rng.randint(1, 3)
        elif luck < 0.7:
            body["ttl_seconds"] = rng.randint(1, 400)
        return body

    def _body(self, verb: str, seen: Seen, rng: random.Random) -> Json:
        body: Json = {}
        match verb:
            case "extend":
                left = 10.0 if seen.reach is None else _seconds_to(seen.reach)
                # Often about as far as it goes.
                most = max(1, int(left) + rng.choice([0, 0, 1]))
                body["ttl_seconds"] = rng.choice([1, 2, 3, 5, 20, most, most, most])
            case "move":
                body["lines"] = self._lines(rng, rng.choice([1, 1, 2]))
                if seen.asked and rng.random() < 0.4:
                    body["lines"] += self._part(seen, rng)
            case "check-in":
                body["outcome"] = rng.choice(["fulfilled", "no_show"])
            case _ if seen.asked and rng.random() < 0.4:
                body["lines"] = self._part(seen, rng)
        if verb == "confirm" and rng.random() < (0.6 if seen.kind is ENDED else 0.2):
            body["reacquire"] = True
        return body

    def _part(self, seen: Seen, rng: random.Random) -> list[Json]:
        """Some lines of the reservation with some of their units, and now and then too many."""
        some = rng.sample(list(seen.asked), rng.randint(1, len(seen.asked)))
        more = rng.random() < 0.05
        return [self._town.line(rng, it, rng.randint(1, seen.asked[it]) + more) for it in some]


def _seconds_to(instant: datetime) -> float:
    return (instant - datetime.now(UTC)).total_seconds()
