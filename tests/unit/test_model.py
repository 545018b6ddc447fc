"""Long random stories: customers, limits, pools, waitlists, and a clock that only moves on.

What is compared and what must hold is in `story`; what can happen is here. Everything random comes
from a seed that Hypothesis chooses, so that a story costs little more than what happens in it.
"""

from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    CheckIn,
    Command,
    Confirm,
    Expire,
    Extend,
    Hold,
    Join,
    Leave,
    Move,
    Reconsider,
    Release,
    SetCapacity,
)
from firmhold.domain.model import (
    CustomerLimit,
    Offering,
    Per,
    Pool,
    Requirement,
    Slot,
    Status,
    Terms,
)
from firmhold.domain.state import Policy
from tests.unit.build import ANN, BOB, DAY, NOW, OPERATOR, SECOND, TICK, token_of
from tests.unit.story import TOKEN, Story, World

SEARCH = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# --- where ----------------------------------------------------------------------------------------
# Small numbers, so that limits, the last unit and the end of a hold are met all the time.

ITEMS = ("bed", "tent")
BEGIN = {"am": 150, "noon": 165, "pm": 180, "next": 24 * 3600 + 150}
"""Slots of half a minute: two that touch, one across both, and one a day after the first."""
OFFERINGS = (*ITEMS, *BEGIN)
CUSTOMERS = ("ann", "bob", "cat", "dan")
NEEDS = ({}, {"room": 1}, {"room": 1}, {"kit": 1}, {"kit": 2}, {"kit": 1, "room": 1})


def seconds(dice: Random, most: int) -> timedelta:
    return dice.randint(0, most) * SECOND


def rarely(dice: Random, one_in: int = 6) -> bool:
    return dice.randrange(one_in) == 0


def some_terms(dice: Random) -> Terms:
    return Terms(
        NOW + seconds(dice, 40) - 30 * SECOND if rarely(dice, 10) else None,
        NOW + seconds(dice, 150) if rarely(dice, 10) else None,
        2 if rarely(dice) else 1,
        dice.randint(2, 4) if rarely(dice) else None,
        dice.randint(2, 6) if rarely(dice, 4) else None,
        dice.randint(1, 20) if rarely(dice, 4) else None,
    )


def some_slots(dice: Random) -> list[Offering]:
    """All at one site, which has one horizon, one notice, one cut-off and one limit for all."""
    horizon = dice.choice([90 * DAY, 90 * DAY, 120 * SECOND + seconds(dice, 60)])
    notice, cutoff = (dice.choice([0 * SECOND, seconds(dice, 60)]) for _ in range(2))
    limit = CustomerLimit(dice.randint(2, 5), 1) if rarely(dice, 2) else None
    slots = []
    for name, begins in BEGIN.items():
        starts = NOW + begins * SECOND
        needs = (Requirement(id, n, Per.RESERVATION) for id, n in dice.choice(NEEDS).items())
        when = Slot(
            "clinic",
            starts,
            starts + 30 * SECOND,
            horizon,
            notice,
            cutoff,
            limit,
            tuple(needs),
        )
        open = not rarely(dice, 12)
        terms, capacity = some_terms(dice), dice.randint(1, 4)
        slots.append(Offering(name, capacity, 0, 0, 0, None, terms, open=open, slot=when))
    return slots


def a_world(dice: Random) -> World:
    return World(
        Policy(
            dice.randint(5, 60),
            dice.randint(1, 3) if rarely(dice, 3) else None,
            dice.randint(5, 60),
        ),
        (
            *(Offering(id, dice.randint(1, 6), 0, 0, 0, None, some_terms(dice)) for id in ITEMS),
            *some_slots(dice),
        ),
        (
            Pool("room", "The room", 1, seconds(dice, 20), seconds(dice, 20)),
            Pool("kit", "The kit", dice.randint(1, 3), seconds(dice, 20), seconds(dice, 20)),
        ),
    )


# --- what is asked --------------------------------------------------------------------------------


def an_offering(dice: Random) -> str:
    return "yurt" if rarely(dice, 60) else dice.choice(OFFERINGS)


def some_lines(dice: Random) -> tuple[Asked, ...]:
    how_many = dice.choice([1, 1, 1, 2, 2, 3])
    return tuple(Asked(an_offering(dice), dice.choice([1, 1, 2, 3])) for _ in range(how_many))


def some_part(dice: Random) -> tuple[Asked, ...]:
    """Nonsense, such as a quantity of zero, is for the tables. So is what comes first of a line too
    large and a line that is not held, or of a wrong expectation and too low a capacity."""
    if rarely(dice, 2):
        return (Asked(an_offering(dice), dice.randint(1, 3)),)
    return tuple(Asked(name, 1) for name in OFFERINGS if rarely(dice, 3)) or (Asked("bed", 1),)


def a_hold(dice: Random) -> Hold:
    by = dice.choice([ANN, BOB, OPERATOR, OPERATOR])
    customer = dice.choice([*CUSTOMERS, None]) if by.operator or rarely(dice, 20) else by.customer
    ttl = dice.randint(1, 25) if rarely(dice, 3) else None
    return Hold("", by, customer, some_lines(dice), ttl, rarely(dice, 5))


def a_join(dice: Random) -> Join:
    by = dice.choice([ANN, BOB, OPERATOR, OPERATOR])
    customer = by.customer or dice.choice(CUSTOMERS)
    if rarely(dice, 20):
        customer = "dan"
    return Join("", "", by, customer, an_offering(dice), dice.choice([1, 1, 2, 3]))


def of_a_reservation(dice: Random) -> Command:
    """Of one of those there are by then, or rarely of none."""
    one = str(dice.randint(-1, 20))
    by = dice.choice([ANN, BOB, OPERATOR, OPERATOR, TOKEN, TOKEN, TOKEN, token_of("r0")])
    part = some_part(dice) if rarely(dice, 2) else None
    came = dice.choice([Status.FULFILLED, Status.NO_SHOW])
    at_the_desk = by if rarely(dice) else OPERATOR
    return dice.choice(
        [
            Confirm(one, by),
            Confirm(one, by, part),
            Confirm(one, by, part, reacquire=True),
            Extend(one, by, dice.randint(1, 60)),
            Release(one, by, part),
            Cancel(one, by, dice.choice([None, "rain"]), part),
            Move(one, by, some_lines(dice)),
            Move(one, by, some_lines(dice)),
            Move(one, by, some_lines(dice)),
            CheckIn(one, at_the_desk, came),
            Expire(one, by) if rarely(dice) else Move(one, by, some_lines(dice)),
        ]
    )


def of_stock(dice: Random) -> Command:
    what, by = an_offering(dice), ANN if rarely(dice) else OPERATOR
    capacity, drain = dice.randint(0, 8), rarely(dice, 3)
    return dice.choice(
        [
            SetCapacity(what, by, capacity, None, drain),
            SetCapacity(what, by, capacity, dice.randint(0, 6), True),
            AdjustCapacity(what, by, dice.randint(-4, 3), "recount", drain),
            Reconsider(what, by),
        ]
    )


def a_leave(dice: Random) -> Leave:
    return Leave(str(dice.randint(-1, 20)), dice.choice([ANN, BOB, OPERATOR, OPERATOR]))


ASKED = (*[a_hold] * 6, *[a_join] * 3, a_leave, *[of_a_reservation] * 9, of_stock)


def a_batch(dice: Random) -> list[Command]:
    return [dice.choice(ASKED)(dice) for _ in range(dice.randint(1, 6))]


# --- and what comes of it -------------------------------------------------------------------------

seeds = st.randoms(use_true_random=True)
waits = st.sampled_from([TICK, *(n * SECOND for n in (1, 5, 20, 60))])
near = st.sampled_from([-TICK, 0 * TICK, TICK])


class Life(RuleBasedStateMachine):
    @initialize(world=seeds.map(a_world))
    def open(self, world: World) -> None:
        self.story = Story(world)

    @rule(batch=seeds.map(a_batch))
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
TestLife.settings = settings(SEARCH, max_examples=150, stateful_step_count=30)


def tell(dice: Random, chapters: int) -> Story:
    story = Story(a_world(dice))
    for _ in range(chapters):
        if rarely(dice, 3):
            story.wait(dice.choice([TICK, SECOND, 5 * SECOND, 20 * SECOND]))
        elif rarely(dice, 3):
            story.wait_for_an_end(dice.choice([-TICK, 0 * TICK, TICK]))
        story.tell(a_batch(dice))
        story.check()
    return story


@settings(SEARCH, max_examples=250)
@given(seeds)
def test_a_story_told_in_batches_one_by_one_and_naively_ends_the_same(dice: Random) -> None:
    tell(dice, 20)
