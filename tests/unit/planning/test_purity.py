"""Planning imports nothing that could make a plan depend on more than its arguments.

That planning twice is the same is checked with the plans themselves. The time zone database is read
by `zoneinfo`, once for each zone; it is the one thing here that comes from outside.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from firmhold import planning
from tests.unit.test_purity import CLOCKS, IMPURE, imported

MODULES = sorted(Path(planning.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_of_planning_is_pure(module: Path) -> None:
    tree = ast.parse(module.read_text())
    for name in imported(tree):
        assert name.partition(".")[0] not in IMPURE
        if name.startswith("firmhold"):
            assert name.startswith(("firmhold.planning", "firmhold.domain"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                assert called.attr not in CLOCKS, f"line {node.lineno} reads a clock"
            elif isinstance(called, ast.Name):
                assert called.id not in {"open", "print"}, f"line {node.lineno} reads or writes"


def test_only_one_module_knows_the_library_for_calendars() -> None:
    users = [
        module.stem
        for module in MODULES
        if any(name.startswith("icalendar") for name in imported(ast.parse(module.read_text())))
    ]
    assert users == ["calendar_file"]


def test_a_module_says_what_it_owns_and_is_of_a_size_to_be_read() -> None:
    for module in MODULES:
        text = module.read_text()
        assert ast.get_docstring(ast.parse(text))
        assert module.stem == "__init__" or len(text.splitlines()) <= 300
