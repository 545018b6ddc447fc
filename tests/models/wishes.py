"""What people may want next, drawn at random, for state machines: most of it about what there is.

Small numbers, so that limits, the last unit, the end of a hold and a key that comes again are met
all the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

from tests.models.state import Ask, Pool, State, Thing

ITEMS = ("bed", "tent")
SLOTS = {"am": (0, 60), "noon": (30, 90), "pm": (60, 120)}
CUSTOMERS = ("ann", "bob", "cat")
NOWHERE = "yurt"
NEEDS: tuple[dict[str, int], ...] = (
    {},
    {"room": 1},
    {"room": 1},
    {"kit": 1},
    {"room": 1, "kit": 2},
)
QUEUES = {"ann": "bed", "bob": "bed", "cat": "noon"}
"""Each waits in one line, and at most one line is for a slot, so that lines need no order among
each other."""

VERBS = (
    *("hold",) * 6,
    *("confirm",) * 4,
    *("move",) * 3,
    *("cancel", "join", "set") * 2,
    *("release", "extend", "leave"),
)

OF_HOLDS = {"release", "extend", "move"}
"""What is mostly asked of holds."""


def rarely(dice: Random, one_in: int = 6) -> bool:
    return dice.randrange(one_in) == 0


# --- what there is --------------------------------------------------------------------------------


def a_thing(dice: Random, begins: int = 0, ends: int = 0, **needs: int) -> Thing:
    return Thing(
        dice.randint(5, 20) if rarely(dice, 2) else None,
        2 if rarely(dice, 10) else 1,
        dice.randint(2, 3) if rarely(dice) else None,
        dice.randint(2, 4) if rarely(dice) else None,
        begins,
        ends,
        needs,
    )


def a_world(dice: Random) -> State:
    things = {name: a_thing(dice) for name in ITEMS}
    things |= {name: a_thing(dice, *at, **dice.choice(NEEDS)) for name, at in SLOTS.items()}
    buffers = (0, 15)
    return State(
        things,
        {
            "room": Pool(1, dice.choice(buffers), dice.choice(buffers)),
            "kit": Pool(dice.randint(2, 3), dice.choice(buffers), dice.choice(buffers)),
        },
        {name: dice.choice([1, 1, 2, 3, 5]) for name in things},
        dice.randint(5, 30),
        dice.randint(5, 30),
        dice.choice([None, None, 1, 2]),
    )


# --- what is asked for ----------------------------------------------------------------------------


def a_wish(dice: Random, world: State, number: int) -> Ask:
    """The so-manieth command in this world."""
    verb = dice.choice(VERBS)
    by = dice.choice([None, *CUSTOMERS])
    ask = Ask(verb, by, "", key=dice.choice([None, None, None, "k1", "k2"]))
    customer = by if by is not None and not rarely(dice) else dice.choice(CUSTOMERS)
    match verb:
        case "hold":
            seconds, confirm = dice.randint(1, 25) if rarely(dice, 3) else None, rarely(dice, 5)
            return ask._replace(
                id=f"r{number}",
                customer=customer,
                lines=some_lines(dice),
                number=seconds,
                also=confirm,
            )
        case "join":
            line = (QUEUES[customer], dice.choice([1, 1, 2, 3]))
            return ask._replace(id=f"w{number}", customer=customer, lines=(line,))
        case "leave":
            return ask._replace(id=one_of(dice, world.line))
        case "set":
            return ask._replace(
                by=None if rarely(dice, 2) else by,
                id=NOWHERE if rarely(dice, 20) else dice.choice(list(world.things)),
                number=dice.randint(0, 6),
                expected=dice.choice([None, None, *range(5)]),
                also=rarely(dice, 4),
            )
    ask = ask._replace(id=a_claim(dice, world, verb in OF_HOLDS))
    if ask.id in world.claims and not rarely(dice, 4):
        ask = ask._replace(by=dice.choice([None, world.claims[ask.id].customer]))
    if verb == "extend":
        return ask._replace(number=dice.randint(1, 40))
    if verb == "move":
        return ask._replace(lines=some_lines(dice))
    if verb == "confirm" and rarely(dice, 3) and (late := too_late(dice, world)) is not None:
        ask = ask._replace(id=late, also=not rarely(dice, 3))
    if ask.id in world.claims and rarely(dice, 4):
        return ask._replace(lines=some_of(dice, world.claims[ask.id].lines))
    return ask


def a_latecomer(dice: Random, world: State, number: int, id: str) -> Ask:
    """Somebody comes when this hold has just ended and wants what it had: for the first time, or
    because it was theirs before."""
    lines = world.claims[id].lines
    if not rarely(dice, 3):
        late = [it for it in expired(world) if world.claims[it].lines.keys() & lines.keys()]
        return Ask("confirm", None, dice.choice(late), also=True)
    line = dice.choice(list(lines.items()))
    return Ask("hold", None, f"r{number}", dice.choice(CUSTOMERS), (line,), also=rarely(dice))


def some_lines(dice: Random) -> tuple[tuple[str, int], ...]:
    names = (*ITEMS * 3, *SLOTS, *SLOTS)
    return tuple(
        (NOWHERE if rarely(dice, 60) else dice.choice(names), dice.choice([1, 1, 1, 2]))
        for _ in range(dice.choice([1, 1, 1, 2, 3]))
    )


def some_of(dice: Random, lines: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Units of some of these; rarely of something else."""
    names = [*lines, *ITEMS] if rarely(dice) else list(lines)
    return tuple(
        (name, dice.randint(1, lines.get(name, 1) + rarely(dice)))
        for name in dice.sample(names, dice.randint(1, len(names)))
    )


def held(world: State) -> dict[str, int]:
    """The holds, and when they end."""
    return {id: it.ends for id, it in world.live() if it.status == "held" and it.ends is not None}


def a_claim(dice: Random, world: State, hold: bool) -> str:
    """Most of them still live, and where only holds are of use, most are that."""
    if rarely(dice, 4):
        return one_of(dice, world.claims)
    return one_of(dice, (hold and held(world)) or [id for id, _ in world.live()])


def too_late(dice: Random, world: State) -> str | None:
    """One whose time is over, if there is any."""
    ended = expired(world)
    return one_of(dice, ended) if ended else None


def expired(world: State) -> list[str]:
    return [id for id in world.claims if (it := world.claim(id)) and it.status == "expired"]


def one_of(dice: Random, there: Iterable[str]) -> str:
    """The newest are asked about most; rarely something that there is not."""
    known = list(there)[-6:]
    return dice.choice(known) if known and not rarely(dice, 30) else "nobody"
