"""The judge of histories: what it must not let pass, and what it must not call wrong."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from random import Random
from typing import Any

import pytest
from detangle import lin

from tests.linearizability.judge import complaint, explained, smallest, told
from tests.linearizability.spec import STEPS, Shelf

ONE = {"bed": 1}
BED = (("bed", 1),)
BOTH = (("bed", 1), ("tent", 1))

Told = tuple[Any, ...]
"""Begin, end (or nothing: no answer ever came), operation, arguments, and the answer."""


def history(*said: Told) -> list[lin.Operation]:
    return [
        lin.Operation(n, f"p{n}", f, arg, call, 0.0, answer, _status(ret), ret)
        for n, (call, ret, f, arg, answer) in enumerate(said)
    ]


def _status(ret: int | None) -> str:
    return lin.INFO if ret is None else lin.OK


def hold(name: str, lines: Any = BED, seconds: int = 9) -> tuple[Any, ...]:
    return name, lines, seconds, f"key of {name}"


HELD = (1, 2, "hold", hold("a"), "held")

WRONG: dict[str, tuple[dict[str, int], Sequence[Told]]] = {
    "the last unit is granted twice": (
        ONE,
        [(1, 3, "hold", hold("a"), "held"), (2, 4, "hold", hold("b"), "held")],
    ),
    "a look after the answer does not see the hold": (
        ONE,
        [HELD, (3, 4, "read", ("bed",), (1, 0, 0))],
    ),
    "the effect of a confirmation is lost": (
        ONE,
        [
            HELD,
            (3, 4, "confirm", ("a", "k"), "done"),
            (5, 6, "see", ("a",), "held"),
        ],
    ),
    "one sees it and another later does not": (
        ONE,
        [
            (1, 9, "hold", hold("a"), "held"),
            (2, 3, "read", ("bed",), (1, 1, 0)),
            (4, 5, "read", ("bed",), (1, 0, 0)),
        ],
    ),
    "a hold without an answer is there, then was never there": (
        ONE,
        [
            (1, None, "hold", hold("a"), None),
            (2, 3, "read", ("bed",), (1, 1, 0)),
            (4, 5, "hold", hold("b"), "held"),
        ],
    ),
    "it is confirmed when its time is over": (
        ONE,
        [
            (1, 2, "hold", hold("a", seconds=1), "held"),
            (3, 4, "tick", (1,), None),
            (5, 6, "confirm", ("a", "k"), "done"),
        ],
    ),
    "it has ended before its time is over": (
        ONE,
        [
            (1, 2, "hold", hold("a", seconds=2), "held"),
            (3, 4, "tick", (1,), None),
            (5, 6, "confirm", ("a", "k"), "hold_expired"),
        ],
    ),
    "confirming and cancelling a hold, each as if it were the only one": (
        ONE,
        [
            HELD,
            (3, 9, "confirm", ("a", "k"), "done"),
            (4, 8, "cancel", ("a", "l"), "done"),
            (10, 11, "see", ("a",), "released"),
        ],
    ),
    "someone is refused what nobody had": (
        ONE,
        [(1, 2, "hold", hold("a"), "insufficient_capacity")],
    ),
    "a repeated key holds once more": (
        {"bed": 2},
        [
            HELD,
            (3, 4, "hold", hold("a"), "held"),
            (5, 6, "read", ("bed",), (2, 2, 0)),
        ],
    ),
    "one line of a hold is there and the other is not": (
        {"bed": 1, "tent": 1},
        [
            (1, 9, "hold", hold("a", BOTH), "held"),
            (2, 3, "read", ("bed",), (1, 1, 0)),
            (4, 5, "read", ("tent",), (1, 0, 0)),
        ],
    ),
    "a reservation has left one item and is not at the other": (
        {"bed": 1, "tent": 1},
        [
            HELD,
            (3, 9, "move", ("a", (("tent", 1),), "k"), "done"),
            (4, 5, "read", ("bed",), (1, 0, 0)),
            (6, 7, "read", ("tent",), (1, 0, 0)),
        ],
    ),
    "a reservation is moved to what somebody else has": (
        {"bed": 1, "tent": 1},
        [
            HELD,
            (3, 4, "hold", hold("b", (("tent", 1),)), "held"),
            (5, 6, "move", ("a", (("tent", 1),), "k"), "done"),
        ],
    ),
    "a reservation that only shrinks is refused for want of units": (
        {"bed": 2},
        [
            (1, 2, "hold", hold("a", (("bed", 2),)), "held"),
            (3, 4, "move", ("a", BED, "k"), "insufficient_capacity"),
        ],
    ),
    "it is taken again too late, and somebody else has it": (
        ONE,
        [
            (1, 2, "hold", hold("a", seconds=1), "held"),
            (3, 4, "tick", (1,), None),
            (5, 6, "hold", hold("b"), "held"),
            (7, 8, "reacquire", ("a", "k"), "done"),
        ],
    ),
    "it has been extended and ends as if it had not": (
        ONE,
        [
            (1, 2, "hold", hold("a", seconds=1), "held"),
            (3, 4, "extend", ("a", 2, "k"), "done"),
            (5, 6, "tick", (1,), None),
            (7, 8, "confirm", ("a", "l"), "hold_expired"),
        ],
    ),
    "two compare the capacity and both set it": (
        ONE,
        [
            (1, 9, "set", ("bed", 2, 1, "k"), "done"),
            (2, 8, "set", ("bed", 3, 1, "l"), "done"),
        ],
    ),
}

RIGHT: dict[str, tuple[dict[str, int], Sequence[Told]]] = {
    "the last unit goes to whoever asked later": (
        ONE,
        [
            (1, 4, "hold", hold("a"), "insufficient_capacity"),
            (2, 3, "hold", hold("b"), "held"),
        ],
    ),
    "an effect without an answer comes late": (
        ONE,
        [
            (1, None, "hold", hold("a"), None),
            (2, 3, "read", ("bed",), (1, 0, 0)),
            (4, 5, "hold", hold("b"), "held"),
            (6, 7, "cancel", ("b", "k"), "done"),
            (8, 9, "read", ("bed",), (1, 1, 0)),
        ],
    ),
    "an effect without an answer never comes": (
        ONE,
        [
            (1, None, "hold", hold("a"), None),
            (2, 3, "hold", hold("b"), "held"),
            (4, 5, "read", ("bed",), (1, 1, 0)),
        ],
    ),
    "what was not answered is asked for again under its key": (
        ONE,
        [
            (1, None, "hold", hold("a"), None),
            (2, 3, "read", ("bed",), (1, 1, 0)),
            (4, 5, "hold", hold("a"), "held"),
            (6, 7, "read", ("bed",), (1, 1, 0)),
        ],
    ),
    "a repeated key brings the first answer, whatever has become of it": (
        ONE,
        [
            HELD,
            (3, 4, "confirm", ("a", "k"), "done"),
            (5, 6, "cancel", ("a", "l"), "done"),
            (7, 8, "confirm", ("a", "k"), "done"),
            (9, 10, "confirm", ("a", "m"), "already_cancelled"),
        ],
    ),
    "a hold ends while it is being confirmed, and somebody else has the unit": (
        ONE,
        [
            (1, 2, "hold", hold("a", seconds=1), "held"),
            (3, 9, "confirm", ("a", "k"), "hold_expired"),
            (4, 8, "tick", (1,), None),
            (5, 7, "hold", hold("b"), "held"),
        ],
    ),
    "two looks at once, of which the one that ends first sees more": (
        ONE,
        [
            (1, 9, "hold", hold("a"), "held"),
            (2, 4, "read", ("bed",), (1, 1, 0)),
            (3, 8, "read", ("bed",), (1, 0, 0)),
        ],
    ),
    "two change places, one after the other": (
        {"bed": 2, "tent": 1},
        [
            HELD,
            (3, 4, "hold", hold("b", (("tent", 1),)), "held"),
            (5, 9, "move", ("a", (("tent", 1),), "k"), "done"),
            (6, 8, "move", ("b", BED, "l"), "done"),
            (10, 11, "read", ("bed",), (2, 1, 0)),
            (12, 13, "move", ("a", (("tent", 1),), "m"), "done"),
        ],
    ),
    "it is taken again too late, where it was moved to": (
        {"bed": 1, "tent": 1},
        [
            (1, 2, "hold", hold("a", seconds=1), "held"),
            (3, 4, "move", ("a", (("tent", 1),), "k"), "done"),
            (5, 6, "tick", (1,), None),
            (7, 8, "hold", hold("b"), "held"),
            (9, 10, "reacquire", ("a", "l"), "done"),
            (11, 12, "read", ("tent",), (1, 0, 1)),
        ],
    ),
    "a cancellation makes room for a hold that was asked for before it": (
        ONE,
        [
            HELD,
            (3, 9, "hold", hold("b"), "held"),
            (4, 8, "cancel", ("a", "k"), "done"),
        ],
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_it_does_not_let_pass_that(what: str) -> None:
    capacity, said = WRONG[what]
    assert not explained(history(*said), capacity), what


@pytest.mark.parametrize("what", RIGHT)
def test_it_does_not_call_wrong_that(what: str) -> None:
    capacity, said = RIGHT[what]
    assert explained(history(*said), capacity), what


def test_it_judges_as_one_does_who_tries_every_order() -> None:
    """On small histories of which nobody knows whether they are right."""
    dice, verdicts = Random(1), [0, 0]
    for _ in range(400):
        said = a_history(dice)
        right = any_order_explains(said, ONE)
        assert explained(said, ONE) is right, told(said)
        verdicts[right] += 1
    assert min(verdicts) > 40, verdicts


def a_history(dice: Random) -> list[lin.Operation]:
    """Five operations at random times with random answers, some of them likely."""
    said: list[Told] = []
    for n in range(5):
        call = dice.randint(1, 12)
        ret = None if dice.random() < 0.2 else call + dice.randint(1, 8)
        f, arg, answers = dice.choice(
            [
                ("hold", hold(f"h{n}", seconds=1), ["held", "insufficient_capacity"]),
                ("hold", hold("h0", seconds=1), ["held", "insufficient_capacity"]),
                ("confirm", ("h0", f"k{n}"), ["done", "not_found", "hold_expired"]),
                ("cancel", ("h0", f"k{n}"), ["done", "not_found", "hold_expired"]),
                ("read", ("bed",), [(1, 1, 0), (1, 0, 0), (1, 0, 1)]),
                ("tick", (1,), [None]),
            ]
        )
        # The judge tells times apart that are the same: an answer never comes at a call.
        said.append((2 * call, ret and 2 * ret + 1, f, arg, dice.choice(answers) if ret else None))
    if not any(f == "hold" and arg[0] == "h0" for _, _, f, arg, _ in said):
        said.append((1, 2, "hold", hold("h0", seconds=1), "held"))
    return history(*said)


def any_order_explains(said: Sequence[lin.Operation], capacity: dict[str, int]) -> bool:
    """Likewise, by trying all orders of all choices of what has happened."""
    known = [op for op in said if op.ret is not None]
    unknown = [op for op in said if op.ret is None]
    for which in range(2 ** len(unknown)):
        happened = known + [op for n, op in enumerate(unknown) if which >> n & 1]
        if any(explains(order, capacity) for order in permutations(happened)):
            return True
    return False


def explains(order: Sequence[lin.Operation], capacity: dict[str, int]) -> bool:
    shelf = Shelf(0, tuple(capacity.items()))
    for n, op in enumerate(order):
        if any(later.ret is not None and later.ret < op.call for later in order[n + 1 :]):
            return False
        answer, shelf = STEPS[op.f](shelf, *op.arg)
        if op.ret is not None and answer != op.output:
            return False
    return True


def test_what_cannot_be_explained_is_shown_without_what_has_no_part_in_it() -> None:
    said = history(
        (1, 2, "hold", hold("a"), "held"),
        (3, 4, "read", ("bed",), (2, 1, 0)),
        (5, 6, "hold", hold("b"), "held"),
        (7, 8, "hold", hold("c"), "insufficient_capacity"),
        (9, 10, "see", ("b",), "held"),
        (11, 12, "confirm", ("b", "k"), "done"),
        (13, 14, "see", ("b",), "held"),
        (15, 16, "cancel", ("a", "l"), "done"),
    )
    left = smallest(said, {"bed": 2})
    assert [op.index for op in left] == [0, 2, 5, 6]
    shown, _, all_of_it = complaint(said, {"bed": 2}).partition("It is what")
    assert "p7" not in shown and "p7" in all_of_it
    assert not explained(left, {"bed": 2})


def test_items_that_nobody_has_together_are_judged_apart() -> None:
    from tests.linearizability.spec import Reserving

    apart = history(
        (1, 2, "hold", hold("a"), "held"),
        (3, 4, "hold", hold("b", (("tent", 1),)), "held"),
        (5, 6, "tick", (1,), None),
        (7, 8, "confirm", ("b", "k"), "done"),
    )
    capacity = {"bed": 1, "tent": 1}
    parts = Reserving(capacity).partition(apart)
    assert [[op.index for op in part] for part in parts] == [[0, 2], [1, 2, 3]]
    together = history(*[(op.call, op.ret, op.f, op.arg, op.output) for op in apart], (
        9, 10, "hold", hold("c", BOTH), "insufficient_capacity"))  # fmt: skip
    assert len(Reserving(capacity).partition(together)) == 1
    moved = history(*[(op.call, op.ret, op.f, op.arg, op.output) for op in apart], (
        9, 10, "move", ("a", BOTH[1:], "l"), "insufficient_capacity"))  # fmt: skip
    assert len(Reserving(capacity).partition(moved)) == 1
