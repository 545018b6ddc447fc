"""The domain imports nothing that could make a decision depend on more than its arguments.

That deciding twice is the same, and leaves its arguments alone, is checked with every case of the
tables (`build.decided`).
"""

import ast
import sys
from pathlib import Path

import pytest

from firmhold import domain

MODULES = sorted(Path(domain.__file__).parent.glob("*.py"))
IMPURE = {"asyncio", "io", "logging", "os", "pathlib", "random", "secrets", "socket", "sys"}
IMPURE |= {"subprocess", "threading", "time", "uuid"}
CLOCKS = {"now", "utcnow", "today"}


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_of_the_domain_is_pure(module: Path) -> None:
    tree = ast.parse(module.read_text())
    for name in imported(tree):
        root = name.partition(".")[0]
        assert name.startswith("firmhold.domain") or root in sys.stdlib_module_names
        assert root not in IMPURE
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in CLOCKS, f"line {node.lineno} reads a clock"
