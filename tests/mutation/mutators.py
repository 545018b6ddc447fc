"""Small changes of a module that its tests should notice.

Knows nothing of tests. Each change replaces one piece of the source text by another.

Not changed are: what a person reads (docstrings, and texts with spaces in them), which may be
worded otherwise; assertions, which say what no test can bring about; annotations, and imports.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

Members = Mapping[str, Sequence[str]]
"""By an enumeration's name, the names of its members."""

Edit = tuple[ast.AST, str]
"""A node, and what is to stand there instead."""


class Mutant(NamedTuple):
    """One change of one module."""

    file: str
    """Below the package, such as `domain/stock.py`."""
    scope: str
    """The function or class that it is in, as `Counts.move`; empty for the module itself."""
    start: int
    end: int
    new: str
    """What stands instead of the bytes from `start` to `end`."""
    before: str
    after: str
    """The lines in which it is, before and after."""
    line: int
    lines: frozenset[int]
    """Of the statement: whoever runs none of these cannot notice."""
    frozen: bool
    """Whether it is carried out as the module is imported, and never again."""

    @property
    def name(self) -> tuple[str, str, str, str]:
        """Says which it is, wherever in the file it stands."""
        return self.file, self.scope, self.before, self.after

    def made_in(self, source: str) -> str:
        """The module's source with the change made."""
        text = source.encode()
        return (text[: self.start] + self.new.encode() + text[self.end :]).decode()


def mutants_of(file: str, source: str, members: Members) -> list[Mutant]:
    """Every change of the module that makes another program of it, each program once."""
    places = _Places(source)
    programs = {_program(source)}
    found = []
    for path in _paths([ast.parse(source)]):
        for node, new in _edits(path, members):
            mutant = _mutant(file, places, [*path, node], new)
            program = _program(mutant.made_in(source))
            if program not in programs:
                programs.add(program)
                found.append(mutant)
    return found


def members_of(source: str) -> dict[str, list[str]]:
    """The enumerations of a module."""
    return {
        node.name: [
            target.id
            for statement in node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        ]
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(b) for b in node.bases)
    }


def _program(source: str) -> Any:
    """What a change must not leave as it was. Positions do not matter."""
    return _without_places(compile(source, "changed", "exec"))


def _without_places(code: Any) -> Any:
    consts = tuple(
        _without_places(const) if hasattr(const, "co_code") else (type(const), repr(const))
        for const in code.co_consts
    )
    return code.co_code, consts, code.co_names, code.co_varnames, code.co_freevars


# --- where ----------------------------------------------------------------------------------------


class _Places:
    """From lines and columns to bytes of the source."""

    def __init__(self, source: str) -> None:
        self.text = source.encode()
        self.starts = [0]
        for line in self.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def of(self, node: ast.AST) -> tuple[int, int]:
        if isinstance(node, ast.match_case):
            start = self.starts[node.pattern.lineno - 1]
            return start, self.of(node.body[-1])[1]
        assert isinstance(node, ast.expr | ast.stmt | ast.pattern | ast.keyword)
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self.starts[node.lineno - 1] + node.col_offset
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset

    def lines(self, text: bytes, start: int, end: int) -> str:
        """Those in which these bytes are, with the least space in front of them."""
        first = text.rfind(b"\n", 0, start) + 1
        last = text.find(b"\n", end)
        found = text[first : len(text) if last < 0 else last].decode().splitlines()
        return "\n".join(line.strip() for line in found if line.strip())


def _mutant(file: str, places: _Places, path: list[ast.AST], new: str) -> Mutant:
    start, end = places.of(path[-1])
    changed = places.text[:start] + new.encode() + places.text[end:]
    statement = next(node for node in reversed(path) if isinstance(node, ast.stmt))
    return Mutant(
        file,
        _scope(path),
        start,
        end,
        new,
        places.lines(places.text, start, end),
        places.lines(changed, start, start + len(new.encode())),
        places.text.count(b"\n", 0, start) + 1,
        _own_lines(statement),
        _is_frozen(path),
    )


def _scope(path: Sequence[ast.AST]) -> str:
    names = []
    for node in path:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
            if not isinstance(node, ast.ClassDef):
                break
    return ".".join(names)


def _is_frozen(path: Sequence[ast.AST]) -> bool:
    """Default values and decorators of a function are made when what is around it is."""
    for node, below in pairwise(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return below not in node.body
    return True


def _own_lines(statement: ast.stmt) -> frozenset[int]:
    """The lines of a statement without those of the statements within it."""
    lines = _lines(statement)
    for inner in ast.walk(statement):
        if isinstance(inner, ast.stmt) and inner is not statement:
            lines -= _lines(inner)
    return frozenset(lines)


def _lines(statement: ast.stmt) -> set[int]:
    return set(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))


def _paths(path: list[ast.AST]) -> Iterator[list[ast.AST]]:
    """Every node that may be changed, as the end of the way that leads to it from the module."""
    yield path
    node = path[-1]
    if isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom):
        return
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_left_out(child):
                yield from _paths([*path, child])


def _is_left_out(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Constant()):  # a docstring
            return True
        case ast.Assign([ast.Name("__slots__")]):
            return True
        case ast.Name() | ast.Attribute() | ast.Subscript() if not isinstance(node.ctx, ast.Load):
            return True
    return False


# --- what -----------------------------------------------------------------------------------------


def _edits(path: list[ast.AST], members: Members) -> Iterator[Edit]:
    node = path[-1]
    parent = path[-2] if len(path) > 1 else node
    for edit in (_operators, _constants, _calls, _conditions, _choices, _statements):
        yield from edit(node)
    yield from _members(node, members)
    if isinstance(node, ast.Tuple | ast.Set | ast.List) and isinstance(parent, ast.Compare):
        yield from ((node, _with(node, elts=rest)) for rest in _one_less(node.elts))


def _with(node: ast.AST, **fields: Any) -> str:
    """The node with other fields, as text that can stand wherever it stood."""
    changed = copy.copy(node)
    for field, value in fields.items():
        setattr(changed, field, value)
    return _text(changed)


def _text(node: ast.AST) -> str:
    text = ast.unparse(node)
    compound = ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.UnaryOp | ast.NamedExpr
    return f"({text})" if isinstance(node, compound) else text


def _one_less(some: Sequence[Any]) -> Iterator[list[Any]]:
    """All of them but one, in every way, if that leaves any."""
    if len(some) > 1:
        yield from ([*some[:n], *some[n + 1 :]] for n in range(len(some)))


def _swapped(some: Sequence[Any]) -> Iterator[list[Any]]:
    """With two neighbours changing places, in every way that makes a difference."""
    for n, (one, other) in enumerate(pairwise(some)):
        if ast.unparse(one) != ast.unparse(other):
            yield [*some[:n], other, one, *some[n + 2 :]]


COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
"""The boundary moved, and the opposite."""

CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


def _operators(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Compare(ops=ops):
            for n, op in enumerate(ops):
                for other in COMPARED[type(op)]:
                    yield node, _with(node, ops=[*ops[:n], other(), *ops[n + 1 :]])
        case ast.BoolOp(op=op, values=values):
            yield node, _with(node, op=ast.And() if isinstance(op, ast.Or) else ast.Or())
            for rest in _one_less(values):
                yield node, _with(node, values=rest) if len(rest) > 1 else _text(rest[0])
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield node, _text(operand)
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in CALCULATED:
            yield node, _with(node, op=CALCULATED[type(op)]())


def _constants(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Constant(value=bool(value)):
            yield node, str(not value)
        case ast.Constant(value=int(value)):
            yield node, str(value + 1)
            yield node, str(value - 1) if value > 0 else f"({value - 1})"
        case ast.Constant(value=str(value)) if " " not in value:
            yield node, repr(f"XX{value}")
        case ast.JoinedStr(values=values) if not any(
            isinstance(part, ast.Constant) and " " in str(part.value) for part in values
        ):
            yield node, repr("XX")


CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


def _calls(node: ast.AST) -> Iterator[Edit]:
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in CALLED:
        yield node, _with(node, func=ast.Name(CALLED[node.func.id]))
    else:  # the order of those does not matter
        yield from ((node, _with(node, args=args)) for args in _swapped(node.args))
    if node.args:
        yield node, _with(node, args=node.args[:-1])
    for n in range(len(node.keywords)):
        yield node, _with(node, keywords=[*node.keywords[:n], *node.keywords[n + 1 :]])
    named = [keyword for keyword in node.keywords if keyword.arg is not None]
    for values in _swapped([keyword.value for keyword in named]):
        keywords = [ast.keyword(k.arg, v) for k, v in zip(named, values, strict=True)]
        keywords += [keyword for keyword in node.keywords if keyword.arg is None]
        yield node, _with(node, keywords=keywords)


def _conditions(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.If(test=test):
            yield test, "False"
            yield from _opposite(test)
        case ast.While(test=test):
            yield test, "False"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield node, _with(node, body=orelse, orelse=body)
            yield node, _text(body)
        case ast.comprehension(ifs=ifs):
            for test in ifs:
                yield test, "True"
                yield from _opposite(test)


def _opposite(test: ast.expr) -> Iterator[Edit]:
    """Of what has no operator that could be changed."""
    if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield test, f"not ({ast.unparse(test)})"


def _choices(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Match(cases=cases) if len(cases) > 1:
            yield from ((case, "") for case in cases)
        case ast.match_case(guard=ast.expr() as guard):
            yield guard, "True"
        case ast.MatchOr(patterns=patterns):
            for rest in _one_less(patterns):
                yield node, " | ".join(ast.unparse(pattern) for pattern in rest)
        case ast.Dict(keys=keys, values=values):
            lesser = zip(_one_less(keys), _one_less(values), strict=True)
            yield from ((node, _with(node, keys=some, values=which)) for some, which in lesser)
        case ast.Slice(lower=lower, upper=upper):
            yield node, _with(node, lower=upper, upper=lower)


def _statements(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Expr(ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom()):
            yield node, "pass"
        case ast.AugAssign() | ast.Delete() | ast.Raise():
            yield node, "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield node, "pass"
        case ast.Continue():
            yield node, "break"
        case ast.Break():
            yield node, "continue"
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield node, "return None"
            if isinstance(value, ast.Tuple):
                yield from ((value, _with(value, elts=elts)) for elts in _swapped(value.elts))


def _members(node: ast.AST, members: Members) -> Iterator[Edit]:
    match node:
        case ast.Attribute(value=ast.Name(kind), attr=member) if member in members.get(kind, ()):
            every = members[kind]
            other = every[(every.index(member) + 1) % len(every)]
            yield node, f"{kind}.{other}"
