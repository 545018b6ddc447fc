"""What is missed is explained by figures of the same run, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bench.explain import UNKNOWN, Explained
from bench.lab import Options, Run, Share
from bench.load_spec import Latency
from bench.page import RESULTS, render
from bench.report import Report
from bench.targets import Figure
from bench.weigh import Written

COMMAND = ".venv/bin/python -m bench.run --rounds 1"
MACHINE: dict[str, str | float] = {
    "system": "Linux", "cpu": "some", "cores": 2.0, "memory_gb": 8.0, "python": "3.11.0",
}  # fmt: skip


def measured(
    case: str, rate: float, server_us: float, database_us: float, p50: float, p99: float
) -> Run:
    """A run on two cores whose things cost so much each."""
    share = Share(server_us * rate / 2e6, database_us * rate / 2e6, 0.0, 0.01)
    written = Written(0, 0, entries=100, transactions=4)
    return Run(case, rate, 1, Latency(p50, p50, p50, p99, p99), cpu=share, written=written)


def report(
    *runs: Run, figures: list[Figure] | None = None, failures: list[str] | None = None
) -> Report:
    return Report(
        "2030-01-02T03-04-05Z", MACHINE, Options(rounds=1, seconds=8), figures or [], [],
        failures or [], list(runs), COMMAND, "abc1234",
    )  # fmt: skip


ENGINE = Figure("engine", 15, True, "×", [6.0], ["engine/hot", "pgbench/hot_row"])
WAIT = Figure("half", 20, False, "ms", [32.0], ["firmhold/half_rate"])
FLUSH = Run("disk/flush", 500, 1, Latency(2, 2, 3, 5, 6))


def test_a_rate_is_explained_by_what_the_cores_can_do_at_most() -> None:
    engine = measured("engine/hot", 6_000, 100, 60, 1, 2)
    row = measured("pgbench/hot_row", 1_000, 0, 900, 1, 2)
    words = Explained(report(engine, row)).missed(ENGINE)
    assert "the server 100 µs, PostgreSQL 60 µs" in words
    assert "12,500 of them in a second at most" in words, "2 cores ÷ (100 µs + 60 µs)"
    assert "one thread 10,000" in words
    assert "10 × `pgbench/hot_row`: so no order of this work could keep the promise" in words


def test_a_rate_that_could_be_is_compared_with_what_was_reached() -> None:
    engine = measured("engine/hot", 6_000, 50, 30, 1, 2)
    row = measured("pgbench/hot_row", 1_000, 0, 900, 1, 2)
    words = Explained(report(engine, row)).missed(ENGINE)
    assert "20 × `pgbench/hot_row`: 30% of that was reached" in words


def test_waiting_is_explained_by_the_disk_and_by_who_was_busy() -> None:
    half = measured("firmhold/half_rate", 2_500, 200, 100, 6, 32)
    words = Explained(report(half, FLUSH)).missed(WAIT)
    assert "6 ms in the middle, 6 at p95 and 32 at p99" in words
    assert "2 ms in the middle and 5 at p99" in words
    assert "a commit carried 25 entries" in words
    assert "about 20% of the time" in words, "2,500 ÷ 25 flushes of 2 ms in a second"
    assert "thread was busy 50%" in words
    assert "the machine 38%, 1% by other programs" in words


@pytest.mark.parametrize("figure", [ENGINE, WAIT])
def test_what_was_not_measured_is_not_guessed(figure: Figure) -> None:
    assert Explained(report(FLUSH)).missed(figure) == UNKNOWN


def test_the_page_says_how_each_result_was_made_and_what_failed(tmp_path: Path) -> None:
    for name in ("aged.json", "growth.json"):
        (tmp_path / name).write_bytes((RESULTS / name).read_bytes())
    bad = msgspec.structs.replace(WAIT, failed=1, values=[0.1])
    half = measured("firmhold/half_rate", 2_500, 200, 100, 6, 32)
    made = report(half, FLUSH, figures=[bad, ENGINE], failures=["round 1, half: 503"])
    (tmp_path / "latest.json").write_bytes(msgspec.json.encode(made))
    page = render(tmp_path)
    assert f"This run: 2030-01-02, commit `abc1234`, by `{COMMAND}`; 1 round of 8 s" in page
    assert "| half | ≤ 20 ms | 0.1 ms (0.1–0.1) | **failed** |" in page
    assert "- round 1, half: 503\n" in page
    assert f"- **engine.** {UNKNOWN}\n" in page
