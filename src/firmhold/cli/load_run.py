"""One run of a load test: customers, their pace, and what is counted on the way."""

import asyncio
import random
import time
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from firmhold.cli.load_books import Claim, ItemBook, Verb
from firmhold.cli.load_client import Answer, Client, Server, Unreachable, problem_of

FIRST_PAUSE = 0.05
"""Seconds before a request is repeated whose connection was lost; doubled each time, up to one."""

GIVE_UP_SECONDS = 30.0
"""A request that was repeated for so long is left unanswered."""

ANSWER_SECONDS = 30.0
"""A connection on which an answer takes longer is cut, and the request repeated on another."""

SLOT = 0.1
"""Seconds. The finest step of throughput over time."""

REFUSALS = frozenset({(409, "insufficient_capacity"), (422, "limit_exceeded")})
"""What a hold may be told when there is nothing left: the server at its best."""

SUCCESS = {Verb.HOLD: 201, Verb.CONFIRM: 200, Verb.CANCEL: 200}

clock = time.perf_counter


class Plan(NamedTuple):
    """What the customers are to do."""

    customers: int
    requests: int | None
    seconds: float | None
    items: int
    capacity: int
    quantity: int
    confirm: float
    cancel: float
    rate: float | None


class Outcome(NamedTuple):
    """A kind of answer."""

    verb: Verb
    status: int
    code: str

    @property
    def expected(self) -> bool:
        """Whether the server may answer so while it does its work well."""
        return self.done or (self.verb is Verb.HOLD and (self.status, self.code) in REFUSALS)

    @property
    def done(self) -> bool:
        """Whether the request had the effect that was asked for."""
        return self.status == SUCCESS[self.verb] and not self.code


class Pace:
    """When requests start, and when no more do.

    Closed loop: whenever a customer is free. Open loop: at fixed instants, whatever the answers
    do. A customer who comes late to its instant still counts from it, so that a stall is charged
    to every request that had to wait (no coordinated omission).
    """

    def __init__(self, requests: int | None, seconds: float | None, rate: float | None) -> None:
        self._requests = requests
        self._seconds = seconds
        self._rate = rate
        self._sleepers: set[asyncio.Future[None]] = set()
        self._stopping = asyncio.Event()
        self.origin = 0.0
        self.given = 0

    def start(self) -> None:
        """From now."""
        self.origin = clock()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """No more requests; those under way are finished."""
        self._stopping.set()
        for sleeper in self._sleepers:
            _wake(sleeper)

    async def turn(self) -> float | None:
        """Wait for one's turn. The instant that the request counts from, or None at the end."""
        if self._stopping.is_set() or self.given == self._requests:
            return None
        now = clock()
        due = now if self._rate is None else self.origin + self.given / self._rate
        if self._seconds is not None and due >= self.origin + self._seconds:
            return None
        self.given += 1
        if due > now:
            await self._sleep(due - now)
            if self._stopping.is_set():
                self.given -= 1
                return None
            # The loop's timers are as fine as a millisecond and may be early by a part of it.
            return min(due, clock())
        return due

    async def _sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        sleeper = loop.create_future()
        timer = loop.call_later(seconds, _wake, sleeper)
        self._sleepers.add(sleeper)
        try:
            await sleeper
        finally:
            timer.cancel()
            self._sleepers.discard(sleeper)


def _wake(sleeper: "asyncio.Future[None]") -> None:
    if not sleeper.done():
        sleeper.set_result(None)


class Tally:
    """What was counted. Latencies are all kept: percentiles are exact."""

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.repeats: Counter[str] = Counter()
        self.latencies = array("d")
        self.done: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()
        self.wrong: Counter[int] = Counter()
        self.replays = 0
        self.same_twice = 0
        self.unanswered = 0

    @property
    def requests(self) -> int:
        """Requests answered for good."""
        return len(self.latencies)

    @property
    def unexpected(self) -> int:
        """Answers that a healthy server does not give."""
        return sum(n for outcome, n in self.outcomes.items() if not outcome.expected)

    def answered(self, outcome: Outcome, slot: int, seconds: float) -> None:
        """One request has its answer."""
        self.outcomes[outcome] += 1
        self.latencies.append(seconds)
        if outcome.done:
            self.done[slot] += 1
        elif outcome.expected:
            self.refused[slot] += 1
        else:
            self.wrong[slot] += 1


class _Asked(msgspec.Struct):
    item: str
    quantity: int


class _Line(msgspec.Struct):
    held: int
    confirmed: int


class _Reservation(msgspec.Struct):
    id: str
    status: str
    lines: list[_Line]


_LINE = msgspec.json.Encoder()
_RESERVATION = msgspec.json.Decoder(_Reservation)


class Run:
    """Drives a server. `tally` and `books` can be looked at while it runs."""

    def __init__(self, server: Server, plan: Plan, books: Sequence[ItemBook], name: str) -> None:
        self._plan = plan
        self._server = server
        self._name = name
        self._clients = [Client(server) for _ in range(plan.customers)]
        self._bodies = [
            (book, b'{"lines":[%s],"customer":' % _LINE.encode(_Asked(book.id, plan.quantity)))
            for book in books
        ]
        self._ids: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._keys = 0
        self._random = random.Random()  # noqa: S311 - load is random, not secret
        self.books = books
        self.pace = Pace(plan.requests, plan.seconds, plan.rate)
        self.tally = Tally()
        self.seconds = 0.0
        self.gave_up = False
        """The server could not be reached for so long that going on made no sense."""

    async def run(self) -> None:
        """Until the plan is fulfilled or `stop`."""
        watch = asyncio.create_task(self._watch())
        self.pace.start()
        self._tasks = [asyncio.create_task(self._customer(n)) for n in range(self._plan.customers)]
        try:
            failures = await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            self.seconds = clock() - self.pace.origin
            watch.cancel()
            await asyncio.gather(*(client.aclose() for client in self._clients))
        for failure in failures:
            if isinstance(failure, Exception):
                raise failure

    def stop(self) -> None:
        """End early: first by finishing what is under way, when called again at once."""
        if self.pace.stopped:
            for task in self._tasks:
                task.cancel()
        self.pace.stop()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            for client in self._clients:
                client.cut_if_waiting_since(loop.time() - ANSWER_SECONDS)

    async def _customer(self, number: int) -> None:
        client, quantity = self._clients[number], self._plan.quantity
        body_end = f'"load-{number + 1:04d}"}}'.encode()
        claim: Claim | None = None
        steps: list[Verb] = []
        while (since := await self.pace.turn()) is not None:
            if steps and claim is not None:
                verb, body = steps.pop(0), b"{}"
                path = f"/v1/reservations/{claim.id}/{verb}"
            else:
                book, body_start = self._random.choice(self._bodies)
                claim, verb, path = Claim(book, quantity), Verb.HOLD, "/v1/reservations"
                body = body_start + body_end
            self._keys += 1
            request = self._server.post(path, f"{self._name}-{self._keys}", body)
            claim.ask(verb)
            done = await self._settle(client, verb, request, claim, since)
            if verb is Verb.HOLD and done:
                steps = self._intentions()
            elif not done:
                steps = []

    def _intentions(self) -> list[Verb]:
        """What a customer who got its hold does next."""
        steps = []
        if self._random.random() < self._plan.confirm:
            steps.append(Verb.CONFIRM)
        if self._random.random() < self._plan.cancel:
            steps.append(Verb.CANCEL)
        return steps

    async def _settle(
        self, client: Client, verb: Verb, request: bytes, claim: Claim, since: float
    ) -> bool:
        """Send until answered. Says whether the request had its effect."""
        tally, first = self.tally, clock()
        self.tally.unanswered += 1
        answer = await self._answer(client, request, first)
        if answer is None:
            return False
        now = clock()
        tally.unanswered -= 1
        tally.replays += answer.replayed
        outcome = Outcome(verb, answer.status, "")
        done = answer.status == SUCCESS[verb]
        if not done:
            outcome = Outcome(verb, answer.status, problem_of(answer).code)
        elif verb is Verb.HOLD:
            done = self._is_promise(answer, claim)
            if not done:
                outcome = Outcome(verb, answer.status, "not what was asked for")
        tally.answered(outcome, int((now - self.pace.origin) / SLOT), now - since)
        # What a server did that failed is as unknown as if it had not answered.
        if done or 400 <= answer.status < 500:
            claim.settle(done=done)
        return done

    async def _answer(self, client: Client, request: bytes, first: float) -> Answer | None:
        """The final answer to a request, repeated with the same key as long as there is none."""
        pause = FIRST_PAUSE
        while True:
            try:
                answer = await client.ask(request)
            except Unreachable:
                reason, wait, reached = "connection lost", pause, False
            else:
                again = _again(answer)
                if again is None:
                    return answer
                reason, reached = again, True
                wait = pause if answer.retry_after is None else answer.retry_after
            if clock() - first + wait > GIVE_UP_SECONDS:
                if not reached:
                    self.gave_up = True
                    self.pace.stop()
                return None
            self.tally.repeats[reason] += 1
            await asyncio.sleep(wait)
            pause = min(pause * 2, 1.0)

    def _is_promise(self, answer: Answer, claim: Claim) -> bool:
        """Whether a 201 promises what was asked for; notes what it promises."""
        try:
            reservation = _RESERVATION.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        if reservation.id in self._ids:
            self.tally.same_twice += 1
        self._ids.add(reservation.id)
        claim.id = reservation.id
        return reservation.status == "held" and claim.quantity == sum(
            line.held for line in reservation.lines
        )


def _again(answer: Answer) -> str | None:
    """Why the request is to be repeated; None if it is settled."""
    if answer.status in {429, 503}:
        return f"{answer.status} {problem_of(answer).code}".strip()
    if answer.status == 409 and problem_of(answer).code == "idempotency_key_in_progress":
        return "409 idempotency_key_in_progress"
    return None
