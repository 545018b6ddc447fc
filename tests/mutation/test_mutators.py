"""Which changes are made, and which are not."""

from __future__ import annotations

import pytest

from tests.mutation.mutators import Mutant, members_of, mutants_of

KIND = """
class Kind(StrEnum):
    HELD = "held"
    MOVED = "moved"
"""


def of(source: str) -> list[Mutant]:
    return mutants_of("domain/one.py", source, {"Kind": ["HELD", "MOVED"]})


def function(*lines: str) -> str:
    return "\n".join(("def one(a, b=None):", *(f"    {line}" for line in lines), ""))


CHANGES = [
    ("return a < b", {"(a <= b)", "(a >= b)", "None"}),
    ("return a == b", {"(a != b)", "None"}),
    ("return a is b", {"(a is not b)", "None"}),
    ("return a in (a, b)", {"(a not in (a, b))", "a in (b,)", "a in (a,)", "None"}),
    ("return a and b", {"(a or b)", "a", "b", "None"}),
    ("return not a", {"a", "None"}),
    ("return a + b", {"(a - b)", "None"}),
    ("return -a", {"a", "None"}),
    ("return 1", {"2", "0", "None"}),
    ("return False", {"True", "None"}),
    ("return 'two words'", {"None"}),
    ("return f'{a} has {b}'", {"None"}),
    ("return f'{a}.{b}'", {"'XX'", "None"}),
    ("return 'word'", {"'XXword'", "None"}),
    ("return min(a, b)", {"max(a, b)", "min(a)", "None"}),
    ("return a(b, c=a, d=b)", {
        *("a(c=a, d=b)", "a(b, d=b)", "a(b, c=a)", "a(b, c=b, d=a)", "None"),
    }),
    ("return a(b, a)", {"a(a, b)", "a(b)", "None"}),
    ("return a if b else 0", {"(0 if b else a)", "a", "a if b else 1", "a if b else (-1)", "None"}),
    ("return a, b", {"(b, a)", "None"}),
    ("return a[1:]", {"a[:1]", "a[2:]", "a[0:]", "None"}),
    ("return [x for x in a if x.b]", {
        *("[x for x in a if True]", "[x for x in a if not (x.b)]", "None"),
    }),
    ("return Kind.HELD", {"Kind.MOVED", "None"}),
    ("return {a: b, b: a}", {"{b: a}", "{a: b}", "None"}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "changed"), CHANGES)
def test_a_value_is_changed(line: str, changed: set[str]) -> None:
    found = of(function(line))
    assert {mutant.before for mutant in found} == {line}
    assert {mutant.after.removeprefix("return ") for mutant in found} == changed
    assert {mutant.scope for mutant in found} == {"one"}
    assert not any(mutant.frozen for mutant in found)


STATEMENTS = [
    (("a.b()",), {"pass"}),
    (("a.b = b",), {"pass"}),
    (("a += b",), {"pass", "a -= b"}),
    (("del a[b]",), {"pass"}),
    (("raise a",), {"pass"}),
    (("if a:", "    del b[a]"), {"if False:", "if not (a):", "pass"}),
    (("while a:", "    break"), {"while False:", "continue"}),
]


@pytest.mark.parametrize(("lines", "changed"), STATEMENTS)
def test_a_statement_is_changed(lines: tuple[str, ...], changed: set[str]) -> None:
    assert {mutant.after for mutant in of(function(*lines))} == changed


def test_a_choice_is_changed() -> None:
    source = function(
        "match a:",
        "    case Kind.HELD if b:",
        "        b = a",
        "    case Kind.MOVED | None:",
        "        b = b",
    )
    assert {(mutant.before, mutant.after) for mutant in of(source)} == {
        ("case Kind.HELD if b:\nb = a", ""),
        ("case Kind.MOVED | None:\nb = b", ""),
        ("case Kind.HELD if b:", "case Kind.MOVED if b:"),
        ("case Kind.HELD if b:", "case Kind.HELD if True:"),
        ("case Kind.MOVED | None:", "case Kind.HELD | None:"),
        ("case Kind.MOVED | None:", "case None:"),
        ("case Kind.MOVED | None:", "case Kind.MOVED:"),
    }


LEFT_ALONE = [
    "import a",
    '"""What this is."""',
    "def one(a: Literal[1]) -> Literal[2]: ...",
    "def one(a):\n    assert a > 0\n",
    "class One:\n    __slots__ = ('a', 'b')\n",
]


@pytest.mark.parametrize("source", LEFT_ALONE)
def test_what_is_not_changed(source: str) -> None:
    assert of(source) == []


def test_what_is_made_on_import_says_so() -> None:
    source = "ONE = 1\nclass It(NamedTuple):\n    a: int = 2\n    @property\n" + (
        "    def b(self, c=3):\n        return 4\n"
    )
    assert {(mutant.scope, mutant.after): mutant.frozen for mutant in of(source)} == {
        ("", "ONE = 2"): True,
        ("", "ONE = 0"): True,
        ("It", "a: int = 3"): True,
        ("It", "a: int = 1"): True,
        ("It.b", "def b(self, c=4):"): True,
        ("It.b", "def b(self, c=2):"): True,
        ("It.b", "return 5"): False,
        ("It.b", "return 3"): False,
        ("It.b", "return None"): False,
    }


def test_a_change_that_makes_the_same_program_is_none() -> None:
    assert {m.after for m in of(function("return a if b else a"))} == {"return a", "return None"}
    assert of(function("return None")) == []


def test_a_change_stands_where_it_says_in_a_text_of_any_alphabet() -> None:
    source = "# Grüße\n" + function("é = 'ß', 1", "return a(", "    b,", "    é,", ")")
    (swapped,) = [m for m in of(source) if m.after == "return a(é, b)"]
    assert swapped.before == "return a(\nb,\né,\n)"
    assert swapped.line == 4
    assert swapped.lines == {4, 5, 6, 7}
    assert swapped.made_in(source) == "# Grüße\n" + function("é = 'ß', 1", "return a(é, b)")


def test_the_lines_of_a_statement_are_without_those_within_it() -> None:
    source = function("if (", "    a", "):", "    del a[0]", "    del b[1]")
    (negated,) = [m for m in of(source) if m.after == "not (a)"]
    assert negated.lines == {2, 3, 4}


def test_members_are_those_of_enumerations() -> None:
    assert members_of(KIND + "class Other:\n    ONE = 1\n") == {"Kind": ["HELD", "MOVED"]}
