"""What SECURITY.md says of OWASP ASVS 5.0 is about every requirement of levels 1 and 2, once, and
names only what there is. The numbers stand in a file of their own; what is met is for people to
judge."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from firmhold.settings import SECRETS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
LEVELS = dict(
    line.split()
    for line in Path(__file__).with_name("asvs-5.0.txt").read_text(encoding="ascii").splitlines()
)
"""Each requirement's level, by its number."""

STATES = ("met", "partly", "not met", "operator", "not here")

ROW = re.compile(
    r"^\| (?P<numbers>\d[\d., ]*) \| (?P<about>.+?) \| (?P<state>.+?) \| (?P<where>.+) \|$"
)
ROWS = [found for line in PAGE.splitlines() if (found := ROW.match(line))]


def numbers(row: re.Match[str]) -> list[str]:
    return row["numbers"].split(", ")


def test_the_list_is_that_of_levels_1_and_2() -> None:
    assert len(LEVELS) == 253
    assert Counter(LEVELS.values()) == {"1": 70, "2": 183}
    assert {number.partition(".")[0] for number in LEVELS} == {str(n) for n in range(1, 18)}


def test_every_requirement_stands_there_once() -> None:
    named = Counter(number for row in ROWS for number in numbers(row))
    assert sorted(LEVELS.keys() - named.keys()) == []
    assert sorted(named.keys() - LEVELS.keys()) == []
    assert [number for number, times in named.items() if times > 1] == []


def test_it_is_counted_right_what_is_met_and_what_is_not() -> None:
    counted = Counter(dict.fromkeys(STATES, 0))
    for row in ROWS:
        assert row["state"] in STATES, row[0]
        counted[row["state"]] += len(numbers(row))
    said = ", ".join(f"{counted[state]} {state}" for state in STATES)
    assert f"Of {len(LEVELS)} requirements: {said}." in PAGE.replace("\n", " ")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["numbers"])
def test_what_is_named_for_a_requirement_is_there(row: re.Match[str]) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", row["where"])
    paths = re.findall(
        r"`((?:src|tests|docs|bench)/[^`]+|requirements|pyproject\.toml)`", row["where"]
    )
    for path in links + paths:
        assert (ROOT / path).exists(), path
    for path in paths:
        if path.startswith("tests/"):
            assert Path(path).name.startswith("test_"), "a test is named, not a part of one"
            assert "def test_" in (ROOT / path).read_text(encoding="utf-8")
    assert row["where"].strip()


def test_nothing_of_the_standard_is_copied() -> None:
    assert "Verify that" not in PAGE
    assert max(len(row["about"].split()) for row in ROWS) <= 10


def test_every_secret_is_said_to_be_read_from_a_file() -> None:
    for name in SECRETS:
        assert f"`FIRMHOLD_{name.upper()}_FILE`" in PAGE
