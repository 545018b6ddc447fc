"""The list of planted defects does not rot between its runs.

Not among the tests that a planting runs: it would notice each of them for the wrong reason.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from tests.plantings.defects import DEFECTS, Defect
from tests.plantings.plant import ALL, Trial, chosen, main, summary
from tests.plantings.published import PUBLISHED, Published
from tests.plantings.tree import ROOT, Trees, plant

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


def test_every_list_is_planted() -> None:
    """Whatever stands in a file of this folder under such a name."""
    written = [
        defect
        for file in Path(__file__).parent.glob("*.py")
        for name, value in vars(import_module(f"tests.plantings.{file.stem}")).items()
        if name.startswith("DEFECTS")
        for defect in value
    ]
    assert set(written) == set(ALL)


@pytest.mark.parametrize("known", PUBLISHED, ids=lambda known: known.defect)
def test_a_published_defect_is_planted_or_says_why_it_cannot_be(known: Published) -> None:
    assert bool(known.planted) != bool(known.impossible)
    assert set(known.planted) <= set(NAMES)


def test_a_planting_is_made_in_a_copy_that_has_nothing_else(tmp_path: Path) -> None:
    checkout, folder = tmp_path / "checkout", tmp_path / "folder"
    module, test = checkout / "src" / "firmhold" / "one.py", checkout / "tests" / "test_one.py"
    for file in (module, test):
        file.parent.mkdir(parents=True)
    (checkout / "bench").mkdir()
    folder.mkdir()
    (checkout / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    module.write_text("ONE = 1\n")
    test.write_text(
        "import sys, pathlib\n"
        "sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'src' / 'firmhold'))\n"
        "from one import ONE\n"
        "def test_it():\n    assert ONE == 1\n"
    )
    trees = Trees(folder, checkout)
    defect = Defect("two for one", "one.py", "1", "2", ("tests/test_one.py",))
    for _ in range(2):
        assert trees.run(defect.tests) == ()
        assert trees.run(defect.tests, defect) == ("tests/test_one.py::test_it",)
    assert module.read_text() == "ONE = 1\n"
    with pytest.raises(RuntimeError, match="pytest ended with 2"):
        trees.run(defect.tests, defect._replace(new="("))
    with pytest.raises(RuntimeError, match=r"there is no tests/test_two\.py"):
        trees.run(("tests/test_one.py", "tests/test_two.py"), defect)
    with pytest.raises(RuntimeError, match=r"occurs 0 times"):
        trees.run(defect.tests, defect._replace(old="3"))


def test_the_summary_counts_what_was_noticed_and_names_the_rest() -> None:
    one, two, three = ALL[:3]
    trials = [
        Trial(three, (), "not at its end", 9.0),
        Trial(one, ("tests/unit/test_hold.py::test_it",), None, 1.26),
        Trial(two, (), None, 2.0),
    ]
    told = summary(trials, 12.34)
    assert (told["planted"], told["noticed"], told["seconds"]) == (3, 1, 12.3)
    assert (told["missed"], told["broken"]) == ([two.name], [three.name])
    assert isinstance(told["defects"], list)
    assert [defect["outcome"] for defect in told["defects"]] == ["noticed", "missed", "broken"]
    assert told["defects"][0] == {
        "name": one.name,
        "file": one.file,
        "tests": list(one.tests),
        "outcome": "noticed",
        "noticed_by": ["tests/unit/test_hold.py::test_it"],
        "seconds": 1.3,
    }


def test_a_part_of_a_name_chooses_and_one_that_nothing_has_is_an_error() -> None:
    assert chosen([]) == list(ALL)
    assert chosen([DEFECTS[0].name]) == [DEFECTS[0]]
    assert chosen(["no defect is called so"]) == []
    assert main(["no defect is called so"]) == 2
