"""A run whose answers are not what was asked for is no measurement."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.faults import fault_of
from bench.lab import Proof, Run, Share, run_of
from bench.load_spec import Latency, LoadResult
from bench.targets import figures


def result_of(
    inside: dict[str, int], timed: dict[str, int] | None = None, unanswered: int = 0
) -> LoadResult:
    """Of a window of one second."""
    answers = sum(inside.values())
    return LoadResult(
        answers, 1.0, answers, inside, inside, inside if timed is None else timed, unanswered, 0,
        Latency(1, 1, 1, 1, 1), 0.1, 10,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("result", "usual", "asked"),
    [
        (result_of({"200": 90, "503": 10}), ("2",), 100),
        (result_of({"404": 100}), ("2",), 100),
        (result_of({"200": 100}, timed={"200": 99, "503": 1}), ("2",), 100),
        (result_of({"200": 100}, unanswered=1), ("2",), 100),
        (result_of({"201": 97}), ("201",), 100),
        (result_of({"200": 100}), ("201",), 0),
    ],
    ids=[
        "refused at once",
        "not there",
        "refused after the window",
        "not answered",
        "less than was asked for",
        "something else",
    ],
)
def test_a_fault_is_seen(result: LoadResult, usual: tuple[str, ...], asked: float) -> None:
    rate = sum(n for status, n in result.statuses.items() if status.startswith(usual))
    assert fault_of(result, rate, usual, asked) != ""


def test_a_good_run_has_no_fault() -> None:
    assert fault_of(result_of({"200": 50, "201": 48}), 98, ("2",), 100) == ""
    assert fault_of(result_of({"201": 7}), 7, ("201",), 0) == ""


def test_a_rival_may_say_that_it_is_busy() -> None:
    result = result_of({"201": 90, "503": 10})
    assert run_of("row_lock/hot", result, Share(), busy="503").fault == ""
    assert run_of("firmhold/hot", result, Share()).fault != ""


def test_a_figure_of_a_run_that_failed_is_not_reached() -> None:
    def reached(runs: Sequence[Run]) -> bool | None:
        found = [figure for figure in figures(runs, 10) if figure.name == "idle p50"]
        return found[0].reached

    good = run_of("firmhold/idle", result_of({"201": 50}), Share())
    bad = run_of("firmhold/idle", result_of({"503": 50}), Share())
    untrue = run_of(
        "firmhold/idle",
        result_of({"201": 50}),
        Share(),
        Proof(False, capacity=1, held=2, answered=2),
    )
    bad.round = untrue.round = 1
    assert reached([good]) is True
    assert reached([good, bad]) is False
    assert reached([good, untrue]) is False
