"""One long story, told to `decide` in batches, to `decide` one by one, and to the reference.

After every chapter all three must agree, and the books must add up.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from firmhold.domain.commands import (
    Cancel,
    Command,
    Hold,
    Join,
    Leave,
    Move,
    Release,
    ReservationCommand,
)
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Actor, Offering, Pool, Reservation, Status, Wait, WaitlistEntry
from firmhold.domain.state import Accepted, Outcome, Policy, Standing
from tests.unit.build import NOW, loans_of, token_of
from tests.unit.memory import MemoryDatabase
from tests.unit.reference import Reference, Said
from tests.unit.world import Claim

TOKEN = Actor("token")
"""Stands for whoever has the token of the reservation that a command is about."""


class World(NamedTuple):
    """Where a story takes place."""

    policy: Policy
    offerings: tuple[Offering, ...]
    pools: tuple[Pool, ...] = ()


class Story:
    def __init__(self, world: World) -> None:
        self.now = NOW
        self.begin = {o.id: o for o in world.offerings}
        self.database = MemoryDatabase(*world)
        self.reference = Reference(
            world.policy,
            self.begin,
            self.database.pools,
            {o.id: o.capacity for o in world.offerings},
        )
        self.named = 0
        self.reshaped: set[str] = set()
        """Reservations that were moved, or given back in part."""
        self.heard: Counter[tuple[str, Said]] = Counter()
        """What was said to which command, to see that a search is worth its name."""

    def wait(self, time: timedelta) -> None:
        self.now += time

    def wait_for_an_end(self, off: timedelta) -> None:
        """Until just before, at or just after the next hold ends, or the time to do something."""
        ends = [c.ends for c in self.reference.claims.values() if c.status == "held" and c.ends]
        for slot in (o.slot for o in self.begin.values() if o.slot):
            before = [slot.horizon, slot.notice, slot.cutoff, slot.starts_at - slot.ends_at]
            before += [timedelta(), timedelta(hours=2)]
            ends += [slot.starts_at - time for time in before]
        self.now = min((end + off for end in ends if end + off > self.now), default=self.now)

    def tell(self, commands: Sequence[Command]) -> None:
        """One batch. What is new gets the next free id, another command something to be about."""
        there = self.database.reservations
        live = [id for id, r in there.items() if r.status in {Status.HELD, Status.CONFIRMED}]
        line = list(self.database.waitlist)
        batch = [self._made_concrete(command, list(there), live, line) for command in commands]
        alone = self.database.copy()
        outcomes = self.database.run(batch, self.now)
        apart = [alone.run([command], self.now)[0] for command in batch]
        # How much can be told of a turn depends on how much of the line was read.
        assert [*map(_bare, outcomes)] == [*map(_bare, apart)]
        assert vars(self.database) == vars(alone)
        for command, outcome in zip(batch, outcomes, strict=True):
            said = self.reference.do(command, self.now)
            answer = outcome.code if isinstance(outcome, Refusal) else outcome.changed
            assert answer == said, f"{command}: {outcome}, but the reference says {said}"
            self.heard[type(command).__name__, said] += 1
            self._note(command, outcome)
        self._nobody_waits_for_what_is_free()

    def _note(self, command: Command, outcome: Accepted | Refusal) -> None:
        if isinstance(outcome, Refusal):
            return
        if isinstance(outcome.subject, WaitlistEntry):
            self._check_standing(outcome.subject, outcome.standing)
        if isinstance(command, Move) or (
            isinstance(command, Release | Cancel) and command.lines is not None
        ):
            self.reshaped.add(command.reservation)
        elif isinstance(command, Leave):
            self.reshaped.add(f"offer-{command.entry}")

    def _check_standing(self, entry: WaitlistEntry, standing: Standing | None) -> None:
        assert standing is not None
        line = [w.id for w in self.reference.waiting(entry.offering)]
        assert standing.position is None or line[standing.position - 1] == entry.id
        assert (standing.refusal is not None) == (entry.status is Wait.WAITING)
        if standing.offer_ends_at is not None:
            assert standing.offer_ends_at == self.reference.claims[f"offer-{entry.id}"].ends

    def _made_concrete(
        self, command: Command, there: list[str], live: list[str], line: list[str]
    ) -> Command:
        if isinstance(command, Hold):
            self.named += 1
            return command._replace(reservation=f"r{self.named}")
        if isinstance(command, Join):
            self.named += 1
            return command._replace(entry=f"w{self.named}", offer=f"offer-w{self.named}")
        if isinstance(command, Leave):
            return command._replace(entry=_one_of(line, command.entry))
        if not isinstance(command, ReservationCommand):
            return command
        alive = live and command.reservation[-1] in "13579"
        id = _one_of(live if alive else there, command.reservation)
        actor = token_of(id) if command.actor is TOKEN else command.actor
        return command._replace(reservation=id, actor=actor)

    # --- what must hold after every chapter ---

    def check(self) -> None:
        self._agrees_with_reference()
        self._books_add_up()
        self._pools_suffice()
        self._units_come_back_once()

    def _agrees_with_reference(self) -> None:
        claims = self.reference.at(self.now)
        assert {id: _claim(r) for id, r in self.database.reservations.items()} == {
            # What is due may be recorded as such or not yet, but no command sees a difference.
            id: c if self._recorded(id) else self.reference.claims[id]
            for id, c in claims.items()
        }
        assert [
            (e.id, e.offering, e.customer, e.quantity, e.status.value)
            for e in self.database.waitlist.values()
        ] == [(w.id, w.offering, w.customer, w.quantity, w.status) for w in self.reference.line]
        due = {
            line.offering
            for id, r in self.database.reservations.items()
            for line in r.lines
            if not self._recorded(id)
        }
        for o in self.database.offerings.values():
            if o.id in due:
                continue
            assert o.held == self.reference.out(o.id, self.now, "held")
            assert o.held + o.confirmed == self.reference.out(o.id, self.now)
            assert o.capacity == self.reference.capacity(o.id, self.now)
            target = self.reference.target[o.id]
            assert o.drain_to == (target if target < o.capacity else None)

    def _recorded(self, id: str) -> bool:
        r = self.database.reservations[id]
        return r.status is not Status.HELD or r.expires_at is None or r.expires_at > self.now

    def _nobody_waits_for_what_is_free(self) -> None:
        waiting = self.reference.waiting(*self.begin)
        assert not [w for w in waiting if self.reference.fits(w, self.now)]

    def _books_add_up(self) -> None:
        lines = [line for r in self.database.reservations.values() for line in r.lines]
        waiting = Counter(e.offering for e in self.database.waitlist.values() if not e.ended_at)
        for o in self.database.offerings.values():
            assert 0 <= o.held and 0 <= o.confirmed and o.held + o.confirmed <= o.capacity
            assert o.held == sum(line.held for line in lines if line.offering == o.id)
            assert o.confirmed == sum(line.confirmed for line in lines if line.offering == o.id)
            assert o.waiting == waiting[o.id]
            sums = (self.begin[o.id].capacity, 0, 0)
            for seq, e in enumerate(self.database.ledger[o.id], start=1):
                deltas = (e.capacity_delta, e.held_delta, e.confirmed_delta)
                sums = tuple(map(sum, zip(sums, deltas, strict=True)))
                assert (e.capacity, e.held, e.confirmed) == sums and e.seq == seq
            assert (o.capacity, o.held, o.confirmed) == sums
            assert o.seq == len(self.database.ledger[o.id])

    def _pools_suffice(self) -> None:
        """What is lent is what reservations require, and nowhere more than there is."""
        database = self.database
        required = loans_of(database.reservations.values(), database.offerings, database.pools)
        lent = database.loans.values()
        assert len(required) == len(lent)
        for loan in required:
            has = database.loans[loan.pool, loan.slot]
            assert has == loan._replace(starts_at=has.starts_at)
            assert loan.starts_at <= has.starts_at <= max(loan.starts_at, self.now), "begun"
        for loan in lent:
            others = (other for other in lent if other.pool == loan.pool)
            at = max(loan.starts_at, self.now)
            at_once = (o.units for o in others if o.starts_at <= at < o.ends_at)
            assert sum(at_once) <= database.pools[loan.pool].units

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
        for id, kinds in ways_out.items():
            assert id in self.reshaped or len(kinds) == 1, "left `held` in two ways"
        claims = {
            (r.id, line.offering): (r, line)
            for r in self.database.reservations.values()
            for line in r.lines
        }
        for key, moves in flow.items():
            if key not in claims:
                assert key[0] in self.reshaped and sum(moves) == 0
                continue
            r, line = claims[key]
            assert sum(moves) == line.held + line.confirmed
            if r.id not in self.reshaped:
                assert sum(units > 0 for units in moves) <= 1 + r.reacquired
                given_back = -sum(units for units in moves if units < 0)
                assert given_back <= line.quantity * (1 + r.reacquired)


def _bare(outcome: Outcome) -> Outcome:
    return outcome if isinstance(outcome, Refusal) else outcome._replace(standing=None)


def _one_of(names: Sequence[str], number: str) -> str:
    """One of the latest that there are by then, or none of them for a negative number."""
    return names[-1 - int(number) % min(len(names), 8)] if names and int(number) >= 0 else "none"


def _claim(r: Reservation) -> Claim:
    return Claim(
        r.customer,
        r.status.value,
        {line.offering: line.quantity for line in r.lines},
        {line.offering: n for line in r.lines if (n := line.held + line.confirmed)},
        r.expires_at,
        r.extend_until,
    )
