"""Whether the answers are one story: what must not pass for one, and what must."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from firmhold.domain.commands import Asked, Cancel, Command, Confirm, Hold, Release
from firmhold.domain.errors import Code, Refusal
from firmhold.engine.ticket import Answer, Reply
from tests.shop import OPERATOR
from tests.simulation.linear import History
from tests.simulation.violations import Violation

ANN, BOB = (SimpleNamespace(lane=SimpleNamespace(name=name)) for name in ("ann", "bob"))

A_HOLD = Hold("rsv_x", OPERATOR, None, (Asked("bed", 1),))
TOO_FEW = Refusal(Code.INSUFFICIENT_CAPACITY, "", {})


def answer(id: str) -> Answer:
    return Answer(200, f"{id} held 1".encode(), False, None)  # type: ignore[arg-type]  # not looked at


class Told:
    """A history, as it is told: one thing after the other, beside what has no answer yet."""

    def __init__(self) -> None:
        self.history = History()
        self.history.kept = True

    def said(self, command: Command, reply: Reply) -> Told:
        self.history.end(self.history.begin(BOB, command), reply)
        return self

    def given_up(self, command: Command) -> Told:
        self.history.unknown(self.history.begin(ANN, command))
        return self

    def is_one_story(self, capacity: int = 1) -> bool:
        try:
            self.history.check(capacity)
        except Violation:
            return False
        return True


def test_what_was_given_up_may_have_happened_later() -> None:
    """Somebody sees that it has not happened, and somebody that it has."""
    told = Told().given_up(A_HOLD)
    told.said(A_HOLD, answer("rsv_1")).said(Cancel("rsv_1", OPERATOR), answer("rsv_1"))
    assert told.said(A_HOLD, TOO_FEW).is_one_story()


def test_what_was_given_up_may_have_happened_at_once_or_never() -> None:
    assert Told().given_up(A_HOLD).said(A_HOLD, TOO_FEW).is_one_story()
    assert Told().given_up(A_HOLD).said(A_HOLD, answer("rsv_1")).is_one_story()


def test_what_was_given_up_does_not_happen_twice_or_before() -> None:
    assert not Told().given_up(A_HOLD).said(A_HOLD, TOO_FEW).is_one_story(capacity=2)
    assert not Told().said(A_HOLD, TOO_FEW).given_up(A_HOLD).is_one_story()


ONCE = {
    "confirmed": (Confirm("rsv_1", OPERATOR),),
    "released": (Release("rsv_1", OPERATOR),),
    "cancelled": (Confirm("rsv_1", OPERATOR), Cancel("rsv_1", OPERATOR)),
}


@pytest.mark.parametrize(
    ("status", "command", "code"),
    [
        ("confirmed", Release("rsv_1", OPERATOR), Code.ALREADY_CONFIRMED),
        ("released", Confirm("rsv_1", OPERATOR), Code.ALREADY_RELEASED),
        ("cancelled", Confirm("rsv_1", OPERATOR), Code.ALREADY_CANCELLED),
        ("cancelled", Release("rsv_1", OPERATOR), Code.ALREADY_CANCELLED),
    ],
)
def test_whoever_comes_too_late_is_told_what_has_become_of_it(
    status: str, command: Command, code: Code
) -> None:
    for told in Code:
        story = Told().said(A_HOLD, answer("rsv_1"))
        for before in ONCE[status]:
            story.said(before, answer("rsv_1"))
        assert story.said(command, Refusal(told, "", {})).is_one_story() is (told is code), told


def test_what_there_is_not_is_told_not_to_be_found() -> None:
    for told in Code:
        story = Told().said(Confirm("rsv_1", OPERATOR), Refusal(told, "", {}))
        assert story.is_one_story() is (told is Code.NOT_FOUND), told
