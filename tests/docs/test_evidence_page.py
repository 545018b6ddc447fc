"""The page that tells how we test says what the reports say, and every report is good news."""

from __future__ import annotations

import json

import pytest

from tests.evidence import PAGE, REPORTS, TOLD, WORDS, render


def test_the_page_is_what_the_reports_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m tests.evidence"


def test_every_report_has_its_place_and_every_place_can_be_told() -> None:
    reports = {file.stem for file in REPORTS.glob("*.json")}
    assert reports <= TOLD.keys()
    words = WORDS.read_text(encoding="utf-8")
    assert [name for name in TOLD if f"{{{{{name}}}}}" not in words] == []


@pytest.mark.parametrize("file", sorted(REPORTS.glob("*.json")), ids=lambda file: file.stem)
def test_no_report_that_is_kept_tells_of_anything_wrong(file) -> None:  # type: ignore[no-untyped-def]
    report = json.loads(file.read_text(encoding="utf-8"))
    wrong = [
        report.get(name)
        for name in ("wrong", "lost", "oversold", "violation", "missed", "broken", "beyond")
    ]
    assert not any(wrong)
