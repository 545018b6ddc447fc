"""The soak gives each step its time, and its table hides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.faults import everything
from tests.faults.endurance import LEAST_SECONDS
from tests.faults.everything import STEPS, Outcome, Step, divided

MINUTE = 60.0


@pytest.mark.parametrize(("minutes", "seconds"), [(60, LEAST_SECONDS), (20, 600), (600, 7714)])
def test_endurance_gets_the_time_that_it_takes_to_judge(minutes: int, seconds: float) -> None:
    times = divided(STEPS, minutes * MINUTE)
    assert int(times["endurance"]) == seconds
    assert sum(times.values()) == pytest.approx(minutes * MINUTE)
    assert times["faults"] == pytest.approx(5 * times["workload"])


def test_what_could_not_be_judged_stands_in_the_table() -> None:
    told = "slopes of memory: 840 s are less than 1200"
    line = Outcome("endurance", 0, 840, {"acknowledged": 5, "not_judged": [told]}).line()
    assert "well" in line and f"NOT JUDGED: {told}" in line
    assert "NOT JUDGED" not in Outcome("endurance", 0, 1200, {"not_judged": []}).line()


@pytest.mark.parametrize(("codes", "expected"), [((0, 0), 0), ((0, 1), 1), ((0, -9), 1)])
def test_a_step_that_fails_or_is_killed_fails_the_soak(
    codes: tuple[int, ...], expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list(codes)

    def taken(step: Step, *_: Any) -> Outcome:
        return Outcome(step.name, left.pop(0), 1, {})

    monkeypatch.setattr(everything, "take", taken)
    arguments = ["--steps", "faults,workload", "--json", str(tmp_path / "soak.json")]
    monkeypatch.setattr("sys.argv", ["everything", *arguments])
    assert everything.main() == expected
