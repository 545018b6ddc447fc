"""The page that tells how we test says what the reports say, and every report is good news."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.evidence import PAGE, REPORTS, ROOT, TOLD, WORDS, render, section_of


def test_the_page_is_what_the_reports_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m tests.evidence"


def test_every_report_has_its_place_and_every_place_can_be_told() -> None:
    assert [file.name for file in REPORTS.glob("*.json") if section_of(file) is None] == []
    words = WORDS.read_text(encoding="utf-8")
    assert [name for name in TOLD if f"{{{{{name}}}}}" not in words] == []


@pytest.mark.parametrize("command", sorted({told.command.split()[0] for told in TOLD.values()}))
def test_every_run_that_writes_a_report_says_where_it_comes_from(command: str) -> None:
    source = Path(ROOT, *command.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    assert "whence = origin()" in source and '{"origin": whence' in source.replace("\n        ", "")


ORIGIN = {
    "command": "python -m tests.faults.soak --kills 7 --json docs/evidence/faults.json",
    "date": "2026-01-02T03:04:05Z",
    "commit": "0123456789ab+",
    "machine": {"cores": 2.0, "cpu": "A CPU", "memory_gb": 15.6, "python": "3.11.7"},
}


def page(folder: Path, **reports: dict[str, Any]) -> str:
    """The page if these reports were there."""
    for name, report in reports.items():
        (folder / f"{name.replace('_', '-')}.json").write_text(json.dumps(report))
    return render(folder)


def faults(**more: Any) -> dict[str, Any]:
    """A report of faults."""
    return {
        "faults": {"server killed": 3},
        "faults_injected": 3,
        "acknowledged": 1000,
        "lost": 0,
        "oversold": 0,
        "otherwise_wrong": 0,
        "slowest_answer_seconds": 1.5,
        "verify_clean": 1,
        "answers": {"overloaded": 2},
        **more,
    }


def test_a_report_names_the_command_the_date_and_the_commit_that_it_comes_from(
    tmp_path: Path,
) -> None:
    told = page(tmp_path, faults=faults(origin=ORIGIN, seed=99))
    assert f".venv/bin/{ORIGIN['command']}\n" in told
    assert "--kills 1000" not in told, "nothing is typed in by hand"
    assert "on 2026-01-02, commit 0123456789ab+, 2 cores of A CPU, 16 GB, Python 3.11.7" in told
    assert "| Seed | 99 |" in told
    assert "were not recorded" not in told


def test_of_a_report_that_does_not_say_where_it_comes_from_nothing_is_claimed(
    tmp_path: Path,
) -> None:
    assert "date and machine were not recorded" in page(tmp_path, faults=faults())


def test_a_soak_in_several_parts_is_added_up(tmp_path: Path) -> None:
    other = {**ORIGIN, "command": "python -m tests.faults.soak --failovers 5"}
    told = page(
        tmp_path,
        faults=faults(origin=ORIGIN, seed=1),
        faults_2=faults(
            origin=other,
            seed=2,
            faults={"server killed": 4, "failover": 5},
            faults_injected=9,
            slowest_answer_seconds=2.5,
        ),
    )
    assert ORIGIN["command"] in told and other["command"] in told
    assert "| Server killed | 7 |" in told and "| Failover | 5 |" in told
    assert "| **Faults injected** | 12 |" in told
    assert "| Operations acknowledged | 2,000 |" in told
    assert "| Answers `overloaded` | 4 |" in told
    assert "| Slowest answer, seconds | 2.5 |" in told
    assert "| Seed | 1, 2 |" in told


def test_what_is_not_run_in_parts_has_one_report() -> None:
    assert section_of(Path("faults-2.json")) == "faults"
    assert section_of(Path("faults-long.json")) is None
    assert section_of(Path("simulation-2.json")) is None


@pytest.mark.parametrize("file", sorted(REPORTS.glob("*.json")), ids=lambda file: file.stem)
def test_no_report_that_is_kept_tells_of_anything_wrong(file) -> None:  # type: ignore[no-untyped-def]
    report = json.loads(file.read_text(encoding="utf-8"))
    bad = (
        *("wrong", "lost", "oversold", "otherwise_wrong"),
        *("violation", "missed", "broken", "beyond"),
        "not_judged",  # else a run that is too short to tell would pass for a good one
    )
    assert not any(report.get(name) for name in bad)
