"""One long story, told to `decide` in batches, to `decide` one by one, and to the reference.

After every chapter all three must agree, and the books must add up.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from firmhold.domain.commands import Command, Hold, ReservationCommand
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Actor, Offering, Reservation, Status
from firmhold.domain.state import Policy
from tests.unit.build import NOW, token_of
from tests.unit.memory import MemoryDatabase
from tests.unit.reference import Claim, Reference, Said

TOKEN = Actor("token")
"""Stands for whoever has the token of the reservation that a command is about."""


class Story:
    def __init__(self, policy: Policy, offerings: Sequence[Offering]) -> None:
        self.now = NOW
        self.begin = {o.id: o for o in offerings}
        self.database = MemoryDatabase(policy, offerings)
        self.reference = Reference(
            policy,
            {o.id: o.terms for o in offerings},
            {o.id: o.capacity for o in offerings},
            {},
        )
        self.holds = 0
        self.heard: Counter[tuple[str, Said]] = Counter()
        """What was said to which command, to see that a search is worth its name."""

    def wait(self, time: timedelta) -> None:
        self.now += time

    def wait_for_an_end(self, off: timedelta) -> None:
        """Until just before, at or just after the next hold ends."""
        ends = [c.ends for c in self.reference.claims.values() if c.status == "held" and c.ends]
        self.now = min((end + off for end in ends if end + off > self.now), default=self.now)

    def tell(self, commands: Sequence[Command]) -> None:
        """One batch. A hold gets the next free id, another command a reservation to be about."""
        there = list(self.database.reservations)
        batch = [self._made_concrete(command, there) for command in commands]
        alone = self.database.copy()
        outcomes = self.database.run(batch, self.now)
        assert outcomes == [alone.run([command], self.now)[0] for command in batch]
        assert self.database.offerings == alone.offerings
        assert self.database.reservations == alone.reservations
        assert self.database.ledger == alone.ledger
        for command, outcome in zip(batch, outcomes, strict=True):
            said = self.reference.do(command, self.now)
            answer = outcome.code if isinstance(outcome, Refusal) else outcome.changed
            assert answer == said, f"{command}: {outcome}, but the reference says {said}"
            self.heard[type(command).__name__, said] += 1

    def _made_concrete(self, command: Command, there: list[str]) -> Command:
        if isinstance(command, Hold):
            self.holds += 1
            return command._replace(reservation=f"r{self.holds}")
        if not isinstance(command, ReservationCommand):
            return command
        number = int(command.reservation)
        id = there[number % len(there)] if there and number >= 0 else "none"
        actor = token_of(id) if command.actor is TOKEN else command.actor
        return command._replace(reservation=id, actor=actor)

    # --- what must hold after every chapter ---

    def check(self) -> None:
        self._agrees_with_reference()
        self._books_add_up()
        self._units_come_back_once()

    def _agrees_with_reference(self) -> None:
        claims = self.reference.at(self.now)
        assert {id: _claim(r) for id, r in self.database.reservations.items()} == {
            # What is due may be recorded as such or not yet, but no command sees a difference.
            id: c if self._recorded(id) else self.reference.claims[id]
            for id, c in claims.items()
        }
        waiting = {
            line.offering
            for id, r in self.database.reservations.items()
            for line in r.lines
            if not self._recorded(id)
        }
        for o in self.database.offerings.values():
            if o.id in waiting:
                continue
            assert o.held == self.reference.out(o.id, self.now, "held")
            assert o.confirmed == self.reference.out(o.id, self.now, "confirmed")
            assert o.capacity == self.reference.capacity(o.id, self.now)
            target = self.reference.target[o.id]
            assert o.drain_to == (target if target < o.capacity else None)

    def _recorded(self, id: str) -> bool:
        r = self.database.reservations[id]
        return r.status is not Status.HELD or r.expires_at is None or r.expires_at > self.now

    def _books_add_up(self) -> None:
        lines = [line for r in self.database.reservations.values() for line in r.lines]
        for o in self.database.offerings.values():
            assert 0 <= o.held and 0 <= o.confirmed and o.held + o.confirmed <= o.capacity
            assert o.held == sum(line.held for line in lines if line.offering == o.id)
            assert o.confirmed == sum(line.confirmed for line in lines if line.offering == o.id)
            sums = (self.begin[o.id].capacity, 0, 0)
            for seq, e in enumerate(self.database.ledger[o.id], start=1):
                deltas = (e.capacity_delta, e.held_delta, e.confirmed_delta)
                sums = tuple(map(sum, zip(sums, deltas, strict=True)))
                assert (e.capacity, e.held, e.confirmed) == sums and e.seq == seq
            assert (o.capacity, o.held, o.confirmed) == sums
            assert o.seq == len(self.database.ledger[o.id])

    def _units_come_back_once(self) -> None:
        ways_out = defaultdict(set)
        flow = defaultdict(list)
        for entries in self.database.ledger.values():
            for e in entries:
                if e.reservation is None:
                    continue
                if e.held_delta < 0:
                    ways_out[e.reservation].add(e.kind)
                if e.held_delta + e.confirmed_delta:
                    flow[e.reservation, e.offering].append(e.held_delta + e.confirmed_delta)
        assert all(len(kinds) == 1 for kinds in ways_out.values()), "left `held` in two ways"
        for r in self.database.reservations.values():
            for line in r.lines:
                moves = flow[r.id, line.offering]
                assert sum(moves) == line.held + line.confirmed
                assert sum(units > 0 for units in moves) <= 1 + r.reacquired
                given_back = -sum(units for units in moves if units < 0)
                assert given_back <= line.quantity * (1 + r.reacquired)


def _claim(r: Reservation) -> Claim:
    return Claim(
        r.customer,
        r.status.value,
        {line.offering: line.quantity for line in r.lines},
        {line.offering: n for line in r.lines if (n := line.held + line.confirmed)},
        r.expires_at,
        r.extend_until,
    )
