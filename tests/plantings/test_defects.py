"""The list of planted defects does not rot between its runs.

Not among the tests that a planting runs: it would notice each of them for the wrong reason.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.plantings.defects import DEFECTS, Defect
from tests.plantings.plant import ALL, ROOT, fails, plant

NAMES = [defect.name for defect in ALL]


@pytest.mark.parametrize("defect", ALL, ids=NAMES)
def test_a_defect_can_be_planted_and_has_tests_to_notice_it(defect: Defect, tmp_path: Path) -> None:
    source = ROOT / "src" / "firmhold" / defect.file
    copy = tmp_path / source.name
    copy.write_bytes(source.read_bytes())
    plant(defect, copy)
    planted = copy.read_text(encoding="utf-8")
    assert planted != source.read_text(encoding="utf-8")
    if copy.suffix == ".py":
        ast.parse(planted)  # or every test would fail, whatever it looks at
    assert defect.tests
    for test in defect.tests:
        file, _, name = test.partition("::")
        assert (ROOT / file).exists(), file
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8") if name else True
        assert not file.startswith("tests/plantings")


def test_no_two_defects_have_one_name() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_an_edit_that_does_not_apply_exactly_once_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "twice.py"
    file.write_text("one\none\n")
    for old in ("one", "two"):
        with pytest.raises(RuntimeError, match=r"occurs [02] times"):
            plant(Defect("a defect", "twice.py", old, "", ()), file)


def test_a_test_that_is_not_there_is_an_error() -> None:
    missing = DEFECTS[0]._replace(tests=("tests/unit", "tests/engine/test_nothing.py"))
    with pytest.raises(RuntimeError, match=r"there is no tests/engine/test_nothing\.py"):
        fails(missing.tests, missing)
