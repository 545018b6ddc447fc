"""What the database, the doors and their clients have in writing is not changed by the way."""

from __future__ import annotations

from enum import StrEnum

import pytest

from firmhold.domain import model, publishing
from firmhold.domain.commands import AdjustCapacity, Confirm, Hold, SetCapacity
from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.domain.model import Kind, Per, Status, Wait
from firmhold.domain.state import Policy, Queue
from tests.unit.build import ANN


@pytest.mark.parametrize("words", [Status, Kind, Per, Wait, Code])
def test_a_word_is_its_name_in_small_letters(words: type[StrEnum]) -> None:
    assert {word.name: word.value for word in words} == {
        name: name.lower() for name in words.__members__
    }


def test_bounds_are_the_published_ones() -> None:
    assert (model.MAX_LINES, model.MAX_QUANTITY) == (100, 1_000_000)
    assert (model.MAX_CAPACITY, model.MAX_TTL_SECONDS) == (1_000_000_000, 604_800)
    assert model.EXTENSION_FACTOR == 3
    assert (publishing.LONGEST_TITLE, publishing.LONGEST_DESCRIPTION) == (200, 4000)
    assert (publishing.MAX_REQUIREMENTS, publishing.MAX_LENGTH.days) == (22, 366)
    assert publishing.LATEST.isoformat() == "2200-01-01T00:00:00+00:00"


def test_what_an_organization_has_not_set() -> None:
    assert Policy() == (300, None, 600)


def test_what_is_not_said_is_nothing_special() -> None:
    assert Hold("r", ANN, None, ()) == ("r", ANN, None, (), None, False, None, None, None)
    assert Confirm("r", ANN) == ("r", ANN, None, False)
    assert AdjustCapacity("tent", ANN, 1, "recount") == ("tent", ANN, 1, "recount", False)
    assert SetCapacity("tent", ANN, 1) == ("tent", ANN, 1, None, False, None)
    assert model.Terms() == (None, None, 1, None, None, None, None, None)
    assert model.Offering("tent", 1, 0, 0, 0, None, model.Terms())[7:] == (0, True, None, False)
    assert model.Actor("system") == ("system", None, False, None)
    assert publishing.SlotFields("it") == ("it", None, model.Terms(), (), {}, True)
    assert Queue(()) == ((), True, None, 0)


def test_a_refusal_on_its_way_says_what_it_would_say() -> None:
    refusal = refuse(Code.NOT_FOUND, "There is no such thing.", thing="it")
    assert refusal == (Code.NOT_FOUND, "There is no such thing.", {"thing": "it"})
    refused = Refused(refusal)
    assert refused.refusal is refusal and str(refused) == refusal.detail
    assert malformed("lines", "too many") == (
        Code.MALFORMED_REQUEST,
        "lines: too many",
        {"field": "lines", "reason": "too many"},
    )
