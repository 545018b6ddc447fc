"""The list of planted defects does not rot between its runs.

Not among the tests that a planting runs: it would notice each of them for the wrong reason.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path

import pytest

from tests.plantings.defects import DEFECTS, SIMULATION, Defect
from tests.plantings.plant import ALL, Field, Trial, chosen, main, summary
from tests.plantings.published import PUBLISHED, Published
from tests.plantings.tree import ROOT, Trees, planted_text

NAMES = [defect.name for defect in ALL]


@pytest.mark.parametrize("defect", ALL, ids=NAMES)
def test_a_defect_can_be_planted_and_has_tests_to_notice_it(defect: Defect) -> None:
    clean, planted = planted_text(defect)
    assert planted != clean
    if defect.file.endswith(".py"):
        ast.parse(planted)  # or every test would fail, whatever it looks at
    assert defect.tests
    for test in defect.tests:
        file, _, name = test.partition("::")
        assert (ROOT / file).exists(), file
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8") if name else True
        assert not file.startswith("tests/plantings")


def test_no_two_defects_have_one_name_or_are_one_edit() -> None:
    assert len(set(NAMES)) == len(NAMES)
    edits: dict[tuple[str, str], list[str]] = {}
    for defect in ALL:
        edits.setdefault((defect.file, planted_text(defect)[1]), []).append(defect.name)
    assert [names for names in edits.values() if len(names) > 1] == []


def test_an_edit_that_does_not_apply_exactly_once_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "src" / "firmhold" / "twice.py"
    file.parent.mkdir(parents=True)
    file.write_text("one\none\n")
    for old in ("one", "two"):
        with pytest.raises(RuntimeError, match=r"occurs [02] times"):
            planted_text(Defect("a defect", "twice.py", old, "", ()), tmp_path)


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


def little_checkout(folder: Path, tests: str = "") -> Trees:
    """Copies of one module, with tests of it."""
    checkout = folder / "checkout"
    module, test = checkout / "src" / "firmhold" / "one.py", checkout / "tests" / "test_one.py"
    for file in (module, test):
        file.parent.mkdir(parents=True)
    (checkout / "bench").mkdir()
    (folder / "folder").mkdir()
    (checkout / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    module.write_text("ONE = 1\n")
    test.write_text(tests)
    return Trees(folder / "folder", checkout)


TEST = "tests/test_one.py"
IT, OTHER = f"{TEST}::test_it", f"{TEST}::test_other"
TWO_FOR_ONE = Defect("two for one", "one.py", "1", "2", (TEST,))


def test_a_planting_is_made_in_a_copy_that_has_nothing_else(tmp_path: Path) -> None:
    trees = little_checkout(
        tmp_path,
        "import sys, pathlib, pytest\n"
        "sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'src' / 'firmhold'))\n"
        "from one import ONE\n"
        "@pytest.fixture\ndef one():\n    assert ONE == 1\n"
        "def test_it():\n    assert ONE == 1\n"
        "def test_other(one): ...\n",
    )
    assert trees.run(TEST) == ()
    assert trees.run(TEST, TWO_FOR_ONE) == (IT,)
    assert trees.run(TEST) == ()
    assert trees.run(TEST, TWO_FOR_ONE, but=(IT, OTHER)) == ()
    # What a test needs is not the test that notices.
    with pytest.raises(
        RuntimeError, match=r"cannot tell which tests fail[\s\S]*ERROR .*test_other"
    ):
        trees.run(OTHER, TWO_FOR_ONE)
    assert (tmp_path / "checkout" / "src" / "firmhold" / "one.py").read_text() == "ONE = 1\n"
    with pytest.raises(RuntimeError, match="pytest ended with 2"):
        trees.run(TEST, TWO_FOR_ONE._replace(new="("))
    with pytest.raises(RuntimeError, match=r"there is no tests/test_two\.py"):
        trees.run("tests/test_two.py", TWO_FOR_ONE)
    with pytest.raises(RuntimeError, match=r"occurs 0 times"):
        trees.run(TEST, TWO_FOR_ONE._replace(old="3"))


class Playing(Trees):
    """Tests that fail as they are told to: with the defect, and without, each time that they run,
    and not at all after that."""

    def __init__(self, planted: dict[str, list[bool]], clean: dict[str, list[bool]]) -> None:
        self._turns = {True: planted, False: clean}

    def run(
        self, test: str, defect: Defect | None = None, *, but: Sequence[str] = ()
    ) -> tuple[str, ...]:
        turns = self._turns[defect is not None]
        asked = (it for it in turns if it.startswith(test) and it not in but)
        return tuple(islice((it for it in asked if turns[it] and turns[it].pop(0)), 1))


PLAYED = [
    ({IT: [True, True]}, {}, IT),
    ({IT: [True, False], OTHER: [True, True]}, {}, OTHER),
    ({IT: [True, False]}, {}, None),
    ({IT: [True, True]}, {IT: [False, True]}, None),
    ({IT: [False]}, {}, None),
]


@pytest.mark.parametrize(("planted", "clean", "noticed_by"), PLAYED)
def test_who_notices_fails_again_and_passes_without_the_defect(
    planted: dict[str, list[bool]], clean: dict[str, list[bool]], noticed_by: str | None
) -> None:
    trial = Field(Playing(planted, clean), alone=False).plant(TWO_FOR_ONE)
    assert trial.broken is None
    assert trial.noticed_by == ((noticed_by,) if noticed_by else ())
    assert trial.missed_by == (() if noticed_by else (TEST,))


def test_each_of_a_defects_tests_has_to_notice() -> None:
    field = Field(Playing({IT: [True, True], OTHER: [False]}, {}), alone=False)
    trial = field.plant(TWO_FOR_ONE._replace(tests=(IT, OTHER)))
    assert (trial.outcome, trial.noticed_by, trial.missed_by) == ("missed", (IT,), (OTHER,))


SIMULATIONS = [
    ("if ONE == 2:\n    print('Violated: one')\n    sys.exit(1)\n", "noticed"),
    ("assert ONE == 1\n", "broken"),
    ("print('Violated: none')\n", "broken"),
    ("", "missed"),
]


@pytest.mark.parametrize(("program", "outcome"), SIMULATIONS)
def test_the_simulation_has_to_name_what_is_violated(
    program: str, outcome: str, tmp_path: Path
) -> None:
    trees = little_checkout(tmp_path)
    simulation = tmp_path / "folder" / "clean" / "tests" / "simulation" / "run.py"
    simulation.parent.mkdir()
    simulation.write_text(
        f"import sys\nsys.path.insert(0, 'src/firmhold')\nfrom one import ONE\n{program}"
    )
    field = Field(trees, alone=True)
    assert field.plant(TWO_FOR_ONE._replace(tests=(SIMULATION,))).outcome == outcome
    others = field.plant(TWO_FOR_ONE).outcome
    assert others == ("left to others" if outcome == "missed" else outcome)


def test_the_summary_counts_what_was_noticed_and_names_the_rest() -> None:
    one, two, three, four = ALL[:4]
    trials = [
        Trial(three, (), (), "not at its end", 9.0),
        Trial(one, ("tests/unit/test_hold.py::test_it",), (), None, 1.26),
        Trial(two, ("tests/unit/test_hold.py::test_it",), ("tests/simulation",), None, 2.0),
        Trial(four, (), (), None, 2.0),
    ]
    told = summary(trials, 12.34)
    assert (told["planted"], told["noticed"], told["seconds"]) == (4, 1, 12.3)
    assert (told["missed"], told["broken"]) == ([two.name], [three.name])
    assert isinstance(told["defects"], list)
    outcomes = ["noticed", "missed", "broken", "left to others"]
    assert [defect["outcome"] for defect in told["defects"]] == outcomes
    assert told["defects"][0] == {
        "name": one.name,
        "file": one.file,
        "tests": list(one.tests),
        "outcome": "noticed",
        "noticed_by": ["tests/unit/test_hold.py::test_it"],
        "missed_by": [],
        "broken": None,
        "seconds": 1.3,
    }


def test_a_part_of_a_name_chooses_and_one_that_nothing_has_is_an_error() -> None:
    assert chosen([]) == list(ALL)
    assert chosen([DEFECTS[0].name]) == [DEFECTS[0]]
    assert chosen(["no defect is called so"]) == []
    assert main(["no defect is called so"]) == 2
