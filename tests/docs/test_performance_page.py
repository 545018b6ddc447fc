"""The page of figures says what the runs have found, and nothing else."""

from __future__ import annotations

from bench.page import PAGE, RESULTS, render


def test_the_page_of_figures_is_what_the_results_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(RESULTS), "run: python -m bench.page"
