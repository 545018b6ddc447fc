"""Who goes next: in turn within an offering, never twice at once, and nobody for nothing."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from firmhold.engine.lanes import Lanes
from firmhold.engine.ticket import Ticket
from tests.unit.build import expire

SEARCH = settings(deadline=None, derandomize=True, database=None)


class Caller:
    """As much of a future as a ticket's queue looks at."""

    def __init__(self) -> None:
        self.left = False

    def done(self) -> bool:
        return self.left


def ticket(*rows: str, gone: bool = False) -> Ticket:
    caller: Any = Caller()
    caller.left = gone
    return Ticket("org", expire(), rows, None, lambda accepted, now: (200, b""), 0.0, caller)


def leave(one: Ticket) -> None:
    caller: Any = one.future
    caller.left = True


def queue(*tickets: Ticket) -> Lanes:
    lanes = Lanes()
    for one in tickets:
        lanes.add(one)
    return lanes


def drain(lanes: Lanes, limit: int) -> list[list[Ticket]]:
    """Batches as they come when each has landed before the next departs."""
    batches = []
    while True:
        batch, rows = lanes.take(limit)
        if not batch:
            return batches
        batches.append(batch)
        lanes.free(rows)


# --- one by one -----------------------------------------------------------------------------------


def test_nobody_waiting_means_nothing_to_take() -> None:
    assert Lanes().take(10) == ([], set())


def test_an_idle_queue_sends_a_single_command_at_once() -> None:
    one = ticket("tent")
    assert queue(one).take(10) == ([one], {"tent"})


def test_all_who_need_the_same_offering_go_together_in_the_order_they_came() -> None:
    tickets = [ticket("tent") for _ in range(5)]
    assert queue(*tickets).take(10) == (tickets, {"tent"})


def test_what_is_in_flight_is_not_taken_again_before_it_lands() -> None:
    first, second = ticket("tent"), ticket("tent")
    lanes = queue(first)
    _, rows = lanes.take(10)
    lanes.add(second)
    assert lanes.take(10) == ([], set())
    lanes.free(rows)
    assert lanes.take(10) == ([second], {"tent"})


def test_a_hot_offering_in_flight_holds_up_nobody_who_does_not_need_it() -> None:
    lanes = queue(ticket("hot"))
    lanes.take(10)
    hot, both, cold = ticket("hot"), ticket("hot", "cold"), ticket("lukewarm")
    for one in (hot, both, cold):
        lanes.add(one)
    assert lanes.take(10) == ([cold], {"lukewarm"})


def test_who_needs_two_offerings_is_not_overtaken_in_either() -> None:
    lanes = queue(ticket("hot"))
    _, rows = lanes.take(10)
    both, behind = ticket("hot", "cold"), ticket("cold")
    lanes.add(both)
    lanes.add(behind)
    assert lanes.take(10) == ([], set())
    lanes.free(rows)
    batch, rows = lanes.take(10)
    assert batch == [both, behind] and rows == {"hot", "cold"}


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_no_batch_is_larger_than_its_limit_and_nobody_is_left_behind(limit: int) -> None:
    tickets = [ticket(rows) for rows in "aabbbabc"]
    batches = drain(queue(*tickets), limit)
    assert all(len(batch) <= limit for batch in batches)
    taken = [one for batch in batches for one in batch]
    assert len(taken) == len(tickets) and set(taken) == set(tickets)


def test_when_the_limit_cuts_the_lanes_take_turns() -> None:
    lanes = queue(*[ticket("hot") for _ in range(9)], ticket("cold"), ticket("cool"))
    rows = [{one.rows[0] for one in batch} for batch in drain(lanes, 3)]
    assert rows == [{"hot"}, {"cold", "cool", "hot"}, {"hot"}, {"hot"}]


@pytest.mark.parametrize("rows", [("tent",), ("tent", "bed")], ids=["one lane", "two lanes"])
def test_whoever_has_gone_is_dropped_and_counted_off(rows: tuple[str, ...]) -> None:
    gone, here = ticket(*rows), ticket(*rows)
    lanes = queue(gone, here)
    assert lanes.waiting == 2
    leave(gone)
    assert lanes.take(10)[0] == [here]
    assert lanes.waiting == 0


def test_whoever_has_gone_takes_no_place_in_a_batch() -> None:
    lanes = queue(*[ticket("tent", gone=True) for _ in range(5)], here := ticket("tent"))
    assert lanes.take(1) == ([here], {"tent"})


def test_who_stood_behind_someone_gone_is_let_through_in_every_lane() -> None:
    gone, a, b = ticket("a", "b", gone=True), ticket("a"), ticket("b")
    assert set(queue(gone, a, b).take(10)[0]) == {a, b}


def test_only_gone_leave_nothing_behind() -> None:
    lanes = queue(ticket("a", gone=True), ticket("a", "b", gone=True))
    assert lanes.take(10) == ([], set())
    assert lanes.waiting == 0
    assert not lanes._lanes, "an empty lane is kept for ever"


def test_whoever_leaves_a_lane_in_flight_does_not_open_it() -> None:
    lanes = queue(ticket("hot"))
    lanes.take(10)
    lanes.add(ticket("cold", "hot", gone=True))
    lanes.add(ticket("hot"))
    assert lanes.take(10) == ([], set())


# --- at random ------------------------------------------------------------------------------------

ROWS = st.lists(st.sampled_from("abcde"), min_size=1, max_size=3, unique=True).map(tuple)


class Traffic(RuleBasedStateMachine):
    """Against the plainest queue there is: one list, looked through from the front."""

    def __init__(self) -> None:
        super().__init__()
        self.lanes = Lanes()
        self.line: list[Ticket] = []
        self.flights: list[set[str]] = []

    def may_go(self) -> list[Ticket]:
        """All that could go if a batch had no limit, in the order they came."""
        closed = set().union(*self.flights)
        going = []
        for one in self.line:
            if one.gone:
                continue
            if closed.isdisjoint(one.rows):
                going.append(one)
            else:
                closed.update(one.rows)
        return going

    @rule(rows=ROWS)
    def arrive(self, rows: tuple[str, ...]) -> None:
        one = ticket(*rows)
        self.line.append(one)
        self.lanes.add(one)

    @precondition(lambda self: self.line)
    @rule(data=st.data())
    def go_away(self, data: st.DataObject) -> None:
        leave(data.draw(st.sampled_from(self.line)))

    @rule(limit=st.integers(1, 6))
    def depart(self, limit: int) -> None:
        may_go = self.may_go()
        batch, rows = self.lanes.take(limit)
        assert len(batch) == len(set(batch)) == min(limit, len(may_go))
        assert set(batch) <= set(may_go)
        assert rows == {row for one in batch for row in one.rows}
        assert all(rows.isdisjoint(flight) for flight in self.flights)
        for row in rows:
            in_turn = [one for one in may_go if row in one.rows]
            taken = [one for one in batch if row in one.rows]
            assert taken == in_turn[: len(taken)], f"out of turn for {row}"
        self.line = [one for one in self.line if one not in batch]
        if batch:
            self.flights.append(rows)

    @precondition(lambda self: self.flights)
    @rule(data=st.data())
    def land(self, data: st.DataObject) -> None:
        rows = data.draw(st.sampled_from(self.flights))
        self.flights.remove(rows)
        self.lanes.free(rows)

    @invariant()
    def all_who_wait_are_counted(self) -> None:
        here = sum(not one.gone for one in self.line)
        assert here <= self.lanes.waiting <= len(self.line)

    def teardown(self) -> None:
        """Once everything lands, all get away, and nothing remembers them."""
        for rows in self.flights:
            self.lanes.free(rows)
        self.flights.clear()
        rest = [one for batch in drain(self.lanes, 3) for one in batch]
        assert set(rest) == {one for one in self.line if not one.gone}
        assert len(rest) == len(set(rest))
        assert self.lanes.waiting == 0
        assert not self.lanes._lanes, "an empty lane is kept for ever"


TestTraffic = Traffic.TestCase
TestTraffic.settings = settings(SEARCH, max_examples=200, stateful_step_count=30)


class PatientTraffic(Traffic):
    """The same with callers who wait, so that what comes from leaving can be told apart."""

    go_away = None


TestPatientTraffic = PatientTraffic.TestCase
TestPatientTraffic.settings = settings(SEARCH, max_examples=200, stateful_step_count=30)


@settings(SEARCH, max_examples=150)
@given(st.lists(ROWS, max_size=40), st.integers(1, 8))
def test_each_is_taken_once_and_in_turn(rows: Sequence[tuple[str, ...]], limit: int) -> None:
    tickets = [ticket(*some) for some in rows]
    came = {one: n for n, one in enumerate(tickets)}
    taken = [one for batch in drain(queue(*tickets), limit) for one in batch]
    assert len(taken) == len(tickets) and set(taken) == set(tickets)
    for row in "abcde":
        turns = [came[one] for one in taken if row in one.rows]
        assert turns == sorted(turns)


# --- work, counted in looks at a row and not in seconds -------------------------------------------


class Row(str):
    """A row that counts how often any lane is looked up by it."""

    __slots__ = ()
    looks = 0

    def __hash__(self) -> int:
        Row.looks += 1
        return str.__hash__(self)


def looks_to_drain(tickets: Sequence[Ticket], limit: int) -> int:
    lanes = queue(*tickets)
    Row.looks = 0
    taken = sum(map(len, drain(lanes, limit)))
    assert taken == sum(not one.gone for one in tickets)
    return Row.looks


def hot(many: int) -> list[Ticket]:
    return [ticket(Row("hot")) for _ in range(many)]


def cold(many: int) -> list[Ticket]:
    return [ticket(Row(f"cold {n}")) for n in range(many)]


def pairs(many: int) -> list[Ticket]:
    return [ticket(Row("hot"), Row(f"cold {n}")) for n in range(many)]


def chain(many: int) -> list[Ticket]:
    return [ticket(Row(f"{n}"), Row(f"{n + 1}")) for n in range(many)]


def gone_pairs(many: int) -> list[Ticket]:
    return [ticket(Row("hot"), Row(f"cold {n}"), gone=True) for n in range(many)]


@pytest.mark.parametrize("crowd", [hot, cold, pairs, chain, gone_pairs])
def test_twice_the_crowd_is_twice_the_work(crowd: Any) -> None:
    once, twice = (looks_to_drain(crowd(many), limit=10_000) for many in (500, 1000))
    assert twice <= 2.2 * once + 50
    assert twice <= 40 * 1000


def test_a_crowd_that_cannot_go_costs_nothing_to_pass() -> None:
    lanes = queue(ticket(Row("hot")))
    lanes.take(10)
    for one in [*hot(1000), *cold(1)]:
        lanes.add(one)
    Row.looks = 0
    assert len(lanes.take(10)[0]) == 1
    assert Row.looks < 30
