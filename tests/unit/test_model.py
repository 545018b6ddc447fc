"""Long random stories with several customers, limits, drains and a clock that only moves on.

What is compared and what must hold is in `story`; what can happen is here.
"""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    Command,
    Confirm,
    Expire,
    Extend,
    Hold,
    Release,
    SetCapacity,
)
from firmhold.domain.model import Actor, Offering, Terms
from firmhold.domain.state import Policy
from tests.unit.build import ANN, BOB, NOW, OPERATOR, TICK, token_of
from tests.unit.story import TOKEN, Story

SEARCH = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def build(kind: Any, *args: Any, **fields: Any) -> st.SearchStrategy[Any]:
    """A named tuple whose other fields keep their defaults, which `st.builds` alone would fill."""

    def make(*args: Any, **fields: Any) -> Any:
        return kind(*args, **fields)

    return st.builds(make, *args, **fields)


def often(*choices: Any) -> st.SearchStrategy[Any]:
    """One of the strategies; one given several times comes as much more often."""
    return st.sampled_from(choices).flatmap(lambda choice: choice)


# --- who and what ---------------------------------------------------------------------------------
# Small numbers, so that limits, the last unit and the end of a hold are met all the time.

OFFERINGS = ("bed", "cot", "tent")
NONE = st.none()
SOON = st.integers(0, 40).map(lambda n: NOW + timedelta(seconds=n))
RARELY = st.sampled_from([False, False, False, True])

terms = build(
    Terms,
    sale_starts_at=often(NONE, NONE, NONE, SOON.map(lambda at: at - timedelta(seconds=30))),
    sale_ends_at=often(NONE, NONE, NONE, SOON),
    min_quantity=st.sampled_from([1] * 7 + [2]),
    max_quantity=often(NONE, NONE, NONE, st.integers(2, 4)),
    max_per_customer=often(NONE, NONE, NONE, st.integers(2, 6)),
    hold_ttl_seconds=often(NONE, NONE, NONE, st.integers(1, 20)),
)
policies = build(
    Policy, hold_ttl_seconds=st.integers(5, 30), max_live_holds=often(NONE, NONE, st.integers(1, 3))
)
offerings = st.tuples(
    *(
        build(
            Offering,
            st.just(id),
            st.integers(2, 8),
            st.just(0),
            st.just(0),
            st.just(0),
            st.none(),
            terms,
        )
        for id in OFFERINGS
    )
)

# --- what is asked --------------------------------------------------------------------------------

line = build(Asked, st.sampled_from(OFFERINGS * 9 + ("yurt",)), st.integers(1, 3))
some_lines = st.lists(line, min_size=1, max_size=3).map(tuple)


def a_hold(by: Actor, for_: str | None, lines: tuple[Asked, ...], ttl: int, at_once: bool) -> Hold:
    customer = for_ if by.operator else by.customer
    return Hold("", by, customer, lines, ttl or None, at_once)


holds = st.builds(
    a_hold,
    st.sampled_from([ANN, ANN, BOB, OPERATOR]),
    st.sampled_from(["ann", "bob", None]),
    some_lines,
    st.integers(0, 25),
    RARELY,
)
forged_holds = build(Hold, st.just(""), st.just(BOB), st.sampled_from(["ann", None]), some_lines)


def asked_of(verb: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A command to one of the reservations there are by then, or rarely to none."""
    actors = st.sampled_from([ANN, ANN, BOB, OPERATOR, OPERATOR, TOKEN, token_of("r0")])
    return build(verb, st.integers(-1, 20).map(str), actors, **fields)


def asked_of_stock(verb: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return build(
        verb,
        st.sampled_from(OFFERINGS * 9 + ("yurt",)),
        st.sampled_from([OPERATOR] * 5 + [ANN]),
        **fields,
    )


# Nonsense, such as a quantity of zero, is for the tables. So is what comes first of a line too
# large and a line that is not held, or of a wrong expectation and too low a capacity.
part = st.one_of(
    line.map(lambda one: (one,)),
    st.sets(st.sampled_from(OFFERINGS), min_size=1).map(
        lambda names: tuple(Asked(name, 1) for name in sorted(names))
    ),
)
commands = often(
    *[holds] * 8,
    forged_holds,
    asked_of(Confirm),
    asked_of(Confirm),
    asked_of(Extend, ttl_seconds=st.integers(10, 60)),
    asked_of(Confirm, lines=part),
    asked_of(Confirm, lines=st.none() | part, reacquire=st.just(True)),
    asked_of(Extend, ttl_seconds=st.integers(1, 60)),
    asked_of(Release),
    asked_of(Cancel, reason=st.sampled_from([None, "rain"])),
    asked_of(Expire),
    asked_of_stock(SetCapacity, capacity=st.integers(0, 10), drain=st.booleans()),
    asked_of_stock(
        SetCapacity, capacity=st.integers(0, 10), expected=st.integers(0, 8), drain=st.just(True)
    ),
    asked_of_stock(
        AdjustCapacity, delta=st.integers(-5, 3), reason=st.just("recount"), drain=st.booleans()
    ),
)
batches = st.lists(commands, min_size=1, max_size=6)
waits = st.sampled_from([TICK, *(timedelta(seconds=n) for n in (1, 5, 20, 3600))])
near = st.sampled_from([-TICK, 0 * TICK, TICK])


class Life(RuleBasedStateMachine):
    @initialize(policy=policies, offerings=offerings)
    def open(self, policy: Policy, offerings: tuple[Offering, ...]) -> None:
        self.story = Story(policy, offerings)

    @rule(batch=batches)
    def ask(self, batch: list[Command]) -> None:
        self.story.tell(batch)

    @rule(time=waits)
    def wait(self, time: timedelta) -> None:
        self.story.wait(time)

    @rule(off=near)
    def wait_for_an_end(self, off: timedelta) -> None:
        self.story.wait_for_an_end(off)

    @invariant()
    def all_agree(self) -> None:
        self.story.check()


TestLife = Life.TestCase
TestLife.settings = settings(SEARCH, max_examples=200, stateful_step_count=25)

chapters = st.lists(st.tuples(near | waits, batches), min_size=4, max_size=12)


def tell(policy: Policy, offerings: tuple[Offering, ...], chapters: Any) -> Story:
    story = Story(policy, offerings)
    for time, batch in chapters:
        if time in (-TICK, 0 * TICK, TICK):
            story.wait_for_an_end(time)
        else:
            story.wait(time)
        story.tell(batch)
        story.check()
    return story


@settings(SEARCH, max_examples=350)
@given(policies, offerings, chapters)
def test_a_story_told_in_batches_one_by_one_and_naively_ends_the_same(
    policy: Policy, offerings: tuple[Offering, ...], chapters: Any
) -> None:
    tell(policy, offerings, chapters)
