"""People who book time: they hold, move, extend, give back in part, wait in line and are offered.

Each goes by a name of their own and has their reservations and places in line to themselves, so
what they were told last is how things are, until somebody else's doing offers them something.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from firmhold.identity.roles import Role
from tests.databases import connected
from tests.faults.actor import Actor
from tests.faults.audit_of_time import Tables, waiting_for_what_is_free
from tests.faults.book import Waiting
from tests.faults.hospital import DAYS, Hospital, Json
from tests.faults.servers import Client, Customers, Server

NUMBER = 4

PAUSE = 0.1
"""Seconds between two requests of one of them, at most."""

MOST = 2
"""Reservations that one of them takes without giving any back, and places in line."""

OFFER_SECONDS = 3
"""That an offer lasts: some let it lapse."""

SETTLING_SECONDS = 20.0
"""For all to be offered what is free. The waitlist's keeper looks every second."""

FARTHEST = 3000
"""Days that can be booked in the end, however long it takes."""

VERBS = {
    "held": {"move": 35, "extend": 15, "release a part": 15, "release": 10, "confirm": 25},
    "confirmed": {"move": 40, "cancel": 35, "cancel a part": 25},
}
"""What comes to their minds, and how often, by how a reservation stands."""

TAKEN = frozenset({"insufficient_capacity", "pool_busy"})


class Patients(Actor):
    """All of them."""

    most = NUMBER

    def __init__(self, server: Server, token: str, customers: Customers) -> None:
        """The customers know how to insist on an answer, and keep the book."""
        super().__init__()
        self._server = server
        self._token = token
        self._customers = customers
        self._people: list[Patient] = []
        self._hospital: Hospital
        self._days = DAYS

    async def open(self) -> None:
        client = Client(self._server, self._token)
        owner = Client(self._server, await self._server.token(Role.OWNER))

        async def make(path: str, body: Json) -> Json:
            status, answer = await client.call("POST", path, body)
            assert status == 201, answer
            return answer  # type: ignore[no-any-return]

        terms = {"offer_ttl_seconds": OFFER_SECONDS}
        status, answer = await owner.call("PATCH", "/v1/organization", terms)
        assert status == 200, answer
        self._hospital = await Hospital.make(make)
        self._people = [
            Patient(n, Client(self._server, self._token), self._hospital, self._customers)
            for n in range(NUMBER)
        ]
        owner.close()
        client.close()

    async def work(self, number: int) -> None:
        patient = self._people[number]
        while not self.stopping:
            await patient.do_something()
            if number == 0 and random.random() < 0.02:
                await self._look_ahead(patient)
            await asyncio.sleep(random.random() * PAUSE)
        await patient.give_back_what_ends()

    async def _look_ahead(self, patient: Patient) -> None:
        """Let one more day be booked, and often also see to it that its slots are there at once."""
        self._days = min(self._days + 1, FARTHEST)
        path, body = f"/v1/sites/{self._hospital.site}", {"horizon_days": self._days}
        status, answer = await patient.ask("horizon", path, body, "PATCH")
        assert status == 200, answer
        if random.random() < 0.5:
            path = f"/v1/schedules/{self._hospital.schedule}"
            status, answer = await patient.ask("regenerate", f"{path}/regenerate")
            assert status == 200, answer
            schedule = answer["schedule"]
            self._customers.book.planned[schedule["id"]] = schedule["generated_until"]

    async def finish(self) -> None:
        """Let all that can end by itself be over, and all offers be taken that there are."""
        await super().finish()
        deadline = time.monotonic() + SETTLING_SECONDS
        # Beyond that it is for the audit to say what is wrong.
        while time.monotonic() < deadline:
            for patient in self._people:
                await patient.take_what_is_offered()
            tables = await connected(self._server.database.dsn, Tables.read)
            offered = any(it["status"] == "offered" for it in tables.waits.values())
            if not offered and not any(waiting_for_what_is_free(tables)):
                break
            await asyncio.sleep(0.05)
        for patient in self._people:
            patient.client.close()


def _units(lines: list[Json]) -> dict[str, int]:
    """What these lines ask for, by slot."""
    units: dict[str, int] = {}
    for line in lines:
        units[line["slot"]] = units.get(line["slot"], 0) + line["quantity"]
    return units


class Patient:
    """One of them."""

    def __init__(
        self, number: int, client: Client, hospital: Hospital, customers: Customers
    ) -> None:
        self.client = client
        self._name = f"patient {number}"
        self._hospital = hospital
        self._customers = customers
        self._book = customers.book
        self._live: dict[str, Json] = {}
        """What they have, as the last answer showed it."""
        self._waits: set[str] = set()
        """Their places in line, offers included."""
        self._fleeting: set[str] = set()
        """Holds that are over before anybody comes back for them, most often."""

    async def do_something(self) -> None:
        luck = random.random()
        if self._waits and luck < 0.35:
            await self._look(random.choice(sorted(self._waits)))
        elif self._live and (luck < 0.6 or len(self._live) >= MOST):
            await self._change(random.choice(sorted(self._live)))
        else:
            await self._reserve()

    async def ask(
        self, verb: str, path: str, body: Json | None = None, method: str = "POST"
    ) -> tuple[int, Any]:
        """An answer, under a new key. What was granted is now and then asked for again, and has
        been granted no more than once."""
        key = f"{self._name} {random.getrandbits(60)}".replace(" ", "-")
        insist = self._customers.insist
        status, answer = await insist(self.client, path, body, key, method)
        if status in {200, 201}:
            self._book.answers[f"done {verb}"] += 1
            if random.random() < 0.1:
                again = await insist(self.client, path, body, key, method)
                if again[0] != status or _gist(again[1]) != _gist(answer):
                    self._book.lost.append(f"{key} was answered {answer}, then {again}")
        return status, answer

    # --- reservations ---

    async def _reserve(self) -> None:
        body: Json = {"lines": self._hospital.lines(), "customer": self._name}
        luck = random.random()
        if luck < 0.2:
            body["confirm"] = True
        else:
            body["ttl_seconds"] = 1 if luck < 0.5 else 3600
        status, answer = await self.ask("slot hold", "/v1/reservations", body)
        if status == 201:
            self._has(answer)
            if body.get("ttl_seconds") == 1:
                self._fleeting.add(answer["id"])
            return
        assert (status, answer["code"] in TAKEN) == (409, True), answer
        self._book.answers["slot refused"] += 1
        if len(self._waits) < MOST:
            await self._join(body["lines"][0])

    async def _change(self, id: str) -> None:
        reservation = self._live[id]
        chances = VERBS[reservation["status"]]
        (wish,) = random.choices(list(chances), list(chances.values()))
        verb = wish.removesuffix(" a part")
        status, answer = await self._act(id, verb, self._body(wish, reservation), wish)
        if status != 200 and (verb != "move" or answer["code"] not in TAKEN):
            self._book.lost.append(f"{wish} of {id} was answered {status} {answer}")

    def _body(self, wish: str, reservation: Json) -> Json:
        if wish == "move":
            # One that changes nothing is not remembered under its key (ADR 0005): asked again when
            # the hold has ended, it is refused, and nothing was lost.
            has = {it["offering"]: it["held"] + it["confirmed"] for it in reservation["lines"]}
            while _units(lines := self._hospital.lines()) == has:
                pass
            return {"lines": lines}
        if wish == "extend":
            return {"ttl_seconds": random.randint(3600, 5400)}
        if wish.endswith(" a part"):
            line = random.choice(
                [it for it in reservation["lines"] if it["held"] + it["confirmed"]]
            )
            some = random.randint(1, line["held"] + line["confirmed"])
            return {"lines": [{"slot": line["offering"], "quantity": some}]}
        return {}

    async def _act(self, id: str, verb: str, body: Json, wish: str) -> tuple[int, Any]:
        """Ask for a change of a reservation. That a fleeting one is over is an answer too."""
        status, answer = await self.ask(f"slot {wish}", f"/v1/reservations/{id}/{verb}", body)
        if status == 200:
            self._has(answer)
            if verb in {"extend", "confirm"}:
                self._fleeting.discard(id)
        elif answer["code"] == "hold_expired" and id in self._fleeting:
            self._book.answers["slot hold over"] += 1
            self._book.expire(id)
            self._live.pop(id, None)
            self._fleeting.discard(id)
            return 200, None
        return status, answer

    def _has(self, answer: Json) -> None:
        self._book.note(answer)
        if answer["status"] in VERBS:
            self._live[answer["id"]] = answer
        else:
            self._live.pop(answer["id"], None)
            self._fleeting.discard(answer["id"])

    async def give_back_what_ends(self) -> None:
        """Nothing of theirs is to end by itself from now on, but offers."""
        for id in sorted(self._fleeting):
            status, answer = await self._act(id, "release", {}, "release")
            assert status == 200, answer

    # --- the line ---

    async def _join(self, line: Json) -> None:
        status, answer = await self.ask("join", "/v1/waitlist", {**line, "customer": self._name})
        if status == 201:
            self._waits_as(answer)
        else:
            # For another number, in the same line.
            assert answer["code"] == "already_exists", answer
            assert answer["waitlist_entry"] in self._waits, answer

    def _waits_as(self, answer: Json) -> Waiting:
        told = self._book.note_wait(answer)
        (self._waits.add if told.is_open else self._waits.discard)(answer["id"])
        return told

    async def _look(self, id: str) -> None:
        """See whether it is their turn, and do something about it, or nothing."""
        told = await self._seen(id)
        if told.status == "waiting":
            if random.random() < 0.1:
                await self._leave(id)
        elif told.status == "lapsed" or random.random() < 0.5:
            await self._take(id, told)
        elif random.random() < 0.5:
            await self._leave(id)

    async def _seen(self, id: str) -> Waiting:
        path = f"/v1/waitlist/{id}"
        status, answer = await self._customers.insist(self.client, path, None, None, "GET")
        assert status == 200, answer
        return self._waits_as(answer)

    async def _leave(self, id: str) -> None:
        status, answer = await self.ask("leave", f"/v1/waitlist/{id}", method="DELETE")
        assert status == 200, answer
        told = self._waits_as(answer)
        if told.reservation is not None:
            self._book.end(told.reservation, "released" if told.status == "declined" else "expired")

    async def _take(self, id: str, told: Waiting) -> None:
        """Confirm what is offered, if it still is: else the answer sees to it that its end is
        recorded."""
        assert told.reservation is not None
        self._fleeting.add(told.reservation)
        status, answer = await self._act(told.reservation, "confirm", {}, "offer")
        assert status == 200, answer
        ended = "lapsed" if answer is None else "accepted"
        self._book.waits[id] = told._replace(status=ended)
        self._waits.discard(id)

    async def take_what_is_offered(self) -> None:
        for id in sorted(self._waits):
            told = await self._seen(id)
            if told.status != "waiting":
                await self._take(id, told)


def _gist(answer: Json) -> Json:
    """What of an answer is the same however often it is asked for. Of a request that had no effect
    nothing is kept, and a place in line may have moved on meanwhile."""
    names = ("id", "status", "lines", "expires_at") if "lines" in answer else ("id",)
    return {name: answer.get(name) for name in names}
