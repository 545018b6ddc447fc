"""The domain imports nothing that could make a decision depend on more than its arguments.

That deciding twice is the same, and leaves its arguments alone, is checked with every case of the
tables (`build.decided`).
"""

import ast
import os
import subprocess
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


STORY = """
from firmhold.domain.decide import decide
from tests.unit.build import *
names = [f"o{n}" for n in range(8)]
slots = [slot(name, 3, limit=(20, 9), needs={"room": 1, "kit": 2}) for name in names]
lines = [waits(f"w{n}", BOB, place=n, **{name: n % 3 + 1}) for n, name in enumerate(names)]
state = given(pool("room", 9), pool("kit", 9), *slots, *lines, a_hold(o0=3, o1=3, o2=3))
batch = move(o1=3, o4=1, o5=1), move(o3=1, o6=1, o7=1), leave("w1"), release(o3=1), cancel()
print(decide(state, batch, NOW))
"""


def test_a_decision_does_not_depend_on_the_order_of_sets() -> None:
    """Which is another one in each process, unless it is fixed."""
    told = {
        subprocess.run(
            [sys.executable, "-c", STORY],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(told) == 1
