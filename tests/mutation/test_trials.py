"""Mutants of a little package are tried, and what its tests see is told of each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutators import Mutant
from tests.mutation.run import PACKAGE, all_mutants, summary, table, told
from tests.mutation.trials import Trial

PURSE = """
LIMIT = 5
Coins = int | float

class Purse:
    __slots__ = ("coins",)

    def __init__(self):
        self.coins = 0

    def put(self, coins):
        if self.coins + coins > LIMIT:
            raise ValueError
        self.coins += coins

    @property
    def empty(self):
        return self.coins == 0

def poured(purse, into):
    while not purse.empty:
        purse.coins -= 1
        into.put(1)

def emptied(purse):
    while purse.coins:
        purse.coins -= 1

def unused():
    return 1
"""

TESTS = """
import pytest
from purse import LIMIT, Purse, emptied, poured

def test_what_is_put_in_is_there():
    purse = Purse()
    assert purse.empty
    purse.put(2)
    assert purse.coins == 2 and not purse.empty

def test_no_more_than_the_limit():
    with pytest.raises(ValueError):
        Purse().put(6)

def test_pouring():
    one, other = Purse(), Purse()
    one.put(2)
    poured(one, other)
    assert other.coins == 2

def test_emptying():
    purse = Purse()
    purse.put(3)
    emptied(purse)
    assert purse.empty
"""

DRIVER = """
import json, sys
from pathlib import Path
from tests.mutation import trials
from tests.mutation.mutators import mutants_of
from tests.mutation.trials import Ground, run

trials.SPARE_SECONDS = 1  # these tests take none
folder = Path(sys.argv[1])
sys.path.insert(0, str(folder / "little"))
path = folder / "little" / "purse.py"
sources = {path: path.read_text()}
ground = Ground(sources, mutants_of("little/purse.py", sources[path], {}), 2, lambda _: None)
run([str(folder / "test_purse.py")], ground)
said = [[t.mutant.scope, t.mutant.after, t.outcome, t.by] for t in ground.trials]
print(json.dumps([ground.failed, said]))
"""


def driven(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    (folder / "little").mkdir()
    (folder / "little" / "purse.py").write_text(PURSE)
    (folder / "test_purse.py").write_text(tests)
    return subprocess.run(
        [sys.executable, "-c", DRIVER, str(folder)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def tried(folder: Path, tests: str) -> tuple[list[str], dict[tuple[str, str], tuple[str, str]]]:
    done = driven(folder, tests)
    assert done.returncode == 0, done.stderr
    failed, trials = json.loads(done.stdout.splitlines()[-1])
    return failed, {(scope, after): (outcome, by) for scope, after, outcome, by in trials}


def test_each_mutant_is_tried_with_the_tests_that_run_it(tmp_path: Path) -> None:
    failed, came = tried(tmp_path, TESTS)
    assert failed == []
    outcome = {mutant: word for mutant, (word, _) in came.items()}
    by = {mutant: test for mutant, (_, test) in came.items()}
    # In functions, those of classes and properties too.
    assert outcome["Purse.__init__", "self.coins = 1"] == "killed"
    assert outcome["Purse.empty", "return (self.coins != 0)"] == "killed"
    assert str(by["Purse.put", "if (self.coins - coins) > LIMIT:"]).endswith(
        "test_no_more_than_the_limit"
    )
    assert outcome["Purse.put", "if (self.coins + coins >= LIMIT):"] == "survived"
    assert outcome["poured", "into.put(2)"] == "killed"
    # By whoever runs it, whatever they ask.
    assert outcome["poured", "into.put()"] == "wrong type"
    # Without end, and where nobody looks.
    assert outcome["emptied", "purse.coins += 1"] == "endless"
    assert outcome["unused", "return 2"] == "never run"
    # On import.
    assert outcome["", "LIMIT = 6"] == "killed"
    assert outcome["", "LIMIT = 4"] == "survived"
    assert outcome["", "Coins = (int & float)"] == "not importable"


def test_nothing_is_tried_with_tests_that_fail_by_themselves(tmp_path: Path) -> None:
    failed, came = tried(tmp_path, TESTS.replace("== 2 and", "== 3 and"))
    assert [test.split("::")[1] for test in failed] == ["test_what_is_put_in_is_there"]
    assert came == {}


@pytest.mark.parametrize(
    ("second", "outcome"), [("assert not RUNS[1:]", "killed"), ("while RUNS[1:]: pass", "endless")]
)
def test_nothing_is_tried_where_something_comes_of_no_change(
    second: str, outcome: str, tmp_path: Path
) -> None:
    """By a test that runs nothing of what is changed, and passes the first time."""
    other = f"RUNS = []\ndef test_other():\n    RUNS.append(1)\n    {second}\n"
    done = driven(tmp_path, TESTS + other)
    assert done.returncode == 1
    assert f"RuntimeError: with nothing changed: {outcome}" in done.stdout + done.stderr


# --- what is told ---


def a_mutant(line: int) -> Mutant:
    return Mutant(
        "domain/one.py", "one", 0, 1, "b", "a", f"b{line}", line, frozenset({line}), False
    )


def test_the_summary_gives_the_score_by_file_and_shows_what_was_not_noticed() -> None:
    trials = [
        Trial(a_mutant(1), "killed", "tests/test_one.py::test_it", 0.1),
        Trial(a_mutant(2), "endless", None, 9.0),
        Trial(a_mutant(3), "survived", None, 0.2),
        Trial(a_mutant(4), "never run", None, 0.0),
        Trial(a_mutant(5), "wrong type", "t", 0.1),
        Trial(a_mutant(6), "not importable", "t", 0.1),
        Trial(a_mutant(7)._replace(file="domain/two.py"), "killed", "t", 0.1),
    ]
    report = summary(trials, set(), 12.34)
    assert (report["mutants"], report["noticed"], report["survived"]) == (7, 5, 2)
    assert [report[it] for it in ("killed", "wrong_type", "not_importable", "endless")] == [
        *(2, 1, 1, 1)
    ]
    # Two of the four that only somebody who looks can notice.
    assert report["score"] == 50.0
    assert report["files"]["domain/one.py"]["score"] == 33.3
    assert report["files"]["domain/two.py"]["score"] == 100.0
    assert report["survivors"] == [told(trials[2]), told(trials[3])]
    assert told(trials[2]) == "domain/one.py:3 one  (survived)\n- a\n+ b3"
    last = ["all", "7", "2", "1", "1", "1", "2", "0", "50.0%", "50.0%"]
    assert table(report).splitlines()[-2].split() == last


def test_a_known_equivalent_counts_apart_and_has_to_stay_one() -> None:
    assert EQUIVALENT, "there are some"
    entry = EQUIVALENT[0]
    mutant = a_mutant(1)._replace(
        file=entry.file, scope=entry.scope, before=entry.before, after=entry.after
    )
    others = [e for e in EQUIVALENT if e.file == entry.file and e != entry]
    survived = summary([Trial(mutant, "survived", None, 0.1)], {entry.file}, 1.0)
    assert (survived["equivalent"], survived["score"]) == (1, 100.0)
    assert survived["score_with_equivalent"] == 0.0
    assert survived["survivors"] == []
    assert len(survived["obsolete"]) == len(others)
    for outcome, wholly in (("killed", {entry.file}), ("killed", set[str]())):
        noticed = summary([Trial(mutant, outcome, "t", 0.1)], wholly, 1.0)
        assert " | ".join(entry.name) in noticed["obsolete"]
    assert summary([], set(), 1.0)["obsolete"] == []


@pytest.mark.parametrize("file", sorted({entry.file for entry in EQUIVALENT}))
def test_what_is_known_to_be_equivalent_is_a_change_of_the_source(file: str) -> None:
    path = PACKAGE / file
    names = [m.name for m in all_mutants({path: path.read_text(encoding="utf-8")})]
    for entry in EQUIVALENT:
        if entry.file == file:
            assert entry.name in names
            assert entry.reason.endswith(".")
