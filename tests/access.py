"""How much is tried of who may do what, counted while it is tried.

    python -m tests.access [--workers N] [--json FILE]

Runs the tests that are made from the table of operations (each operation × each kind of person ×
whose the thing is), the table of attacks on tokens and sessions, and the requests that Schemathesis
makes up, and counts those that came out as they should. Exits with 0 only if all did.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.origin import origin

DOORS = "tests/doors"

MATRIX = {
    "one's own, as whom it should let in and as whom it should not": (
        "test_identity.py::test_each_operation_lets_in_whom_it_should_and_nobody_else",
        "",
    ),
    "another customer's of the same organization": (
        "test_identity.py::test_another_customers_reservation_is_forbidden",
        "",
    ),
    "another organization's, as everybody": (
        "test_matrix.py::test_what_is_not_of_ones_organization_is_not_there_for_anybody",
        "another organization's",
    ),
    "nobody's, as everybody": (
        "test_matrix.py::test_what_is_not_of_ones_organization_is_not_there_for_anybody",
        "nobody's",
    ),
    "another organization's, and what the answer tells": (
        "test_identity.py::test_what_belongs_to_another_organization_is_not_found",
        "",
    ),
    "another organization's, and that it is told from nobody's by nothing": (
        "test_identity.py::test_another_organizations_id_is_refused_like_one_that_nobody_has",
        "",
    ),
    "lists, and that nothing in them is another organization's": (
        "test_identity.py::test_a_list_shows_nothing_of_another_organization",
        "",
    ),
}
"""Whose it is: the test, and what stands in the name of its case."""

ATTACKS = "test_token_attacks.py::test_what_is_sent_gets_what_the_table_says"

MADE_UP = (
    "test_schemathesis.py::test_an_operation_does_as_the_document_says",
    "test_schemathesis.py::test_every_operation_does_as_the_document_says_in_each_phase",
)


class Counted:
    """What a run of pytest tells, test by test."""

    def __init__(self) -> None:
        self.cells: Counter[str] = Counter(dict.fromkeys(MATRIX, 0))
        self.attacks = 0
        self.requests: Counter[str] = Counter()
        """Made up by Schemathesis, by how."""
        self.wrong: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest for each step of each test, wherever it has run."""
        if not report.passed:
            self.wrong.append(report.nodeid)
        if report.when != "call":
            return
        test, _, case = report.nodeid.removeprefix(f"{DOORS}/").partition("[")
        for whose, (name, part) in MATRIX.items():
            if test == name and part in case:
                self.cells[whose] += 1
        self.attacks += test == ATTACKS
        for name, value in report.user_properties:
            self.requests[name] += int(str(value))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", default="2")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    whence = origin()
    counted = Counted()
    os.environ["MADE_UP"] = "whole"  # and not the part of it that runs with the other tests
    tests = dict.fromkeys([*(test for test, _ in MATRIX.values()), ATTACKS, *MADE_UP])
    paths = [f"{DOORS}/{test}" for test in tests]
    code = pytest.main([*paths, "-q", "-n", arguments.workers], plugins=[counted])
    # Not before: pytest wants to be the first to import what its plugins have.
    from firmhold.app import OPERATIONS

    found = {
        "operations": len(OPERATIONS),
        "cells": dict(counted.cells),
        "attacks": counted.attacks,
        "requests": dict(counted.requests),
        "wrong": counted.wrong,
    }
    sys.stdout.write(f"{json.dumps(found, indent=2)}\n")
    if arguments.json is not None:
        report = {"origin": whence, **found}
        arguments.json.write_text(f"{json.dumps(report, indent=2)}\n", encoding="utf-8")
    return 0 if code == 0 and not counted.wrong else 1


if __name__ == "__main__":
    sys.exit(main())
