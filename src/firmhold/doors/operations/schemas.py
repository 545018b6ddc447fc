"""What a JSON schema says, in words: types with their bounds, and the names of shapes."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from firmhold.doors.operations.markup import Html, anchor, code, element, join, link_to, prose
from firmhold.doors.shared.text import PATTERNS

Schema = dict[str, Any]

_REF = "#/components/schemas/"


class Schemas:
    """The named shapes of a document."""

    def __init__(self, specification: dict[str, Any]) -> None:
        self._named: dict[str, Schema] = specification.get("components", {}).get("schemas", {})
        self._labels = _labels(self._named)

    def __getitem__(self, name: str) -> Schema:
        return self._named[name]

    def label(self, name: str) -> str:
        """A short name, still unique."""
        return self._labels[name]

    def link(self, name: str) -> Html:
        """To the shape's own entry."""
        return link_to(shape_id(name), code(self._labels[name]), class_="shape")

    def reachable(self, schemas: Iterable[Schema]) -> set[str]:
        """Names of all shapes that these mention, directly or through others."""
        found: set[str] = set()
        waiting = list(schemas)
        while waiting:
            for name in set(references(waiting.pop())) - found:
                found.add(name)
                waiting.append(self._named[name])
        return found

    def shape_in(self, schema: Schema) -> tuple[str, str] | None:
        """The one shape that a field consists of and how to reach into it (`[]` for a list)."""
        kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
        if len(kinds) != 1:
            return None
        kind, path = kinds[0], ""
        while kind.get("type") == "array" and "items" in kind:
            kind, path = kind["items"], path + "[]"
        return (name_of(kind), path) if "$ref" in kind else None

    def type_of(self, schema: Schema) -> Html:
        """Type and bounds in words, with links to shapes."""
        kinds = schema.get("anyOf", [schema])
        words = _listed([self._word(kind) for kind in kinds], "or")
        bounds = [bound for kind in kinds for bound in _bounds(kind)]
        if not bounds:
            return words
        return join(words, " ", element("span", *_separated(bounds), class_="bounds"))

    def _word(self, schema: Schema) -> Html:
        if "$ref" in schema:
            return self.link(name_of(schema))
        if "enum" in schema:
            return _listed([code(_json(value)) for value in schema["enum"]], "or")
        if schema.get("type") == "array" and "items" in schema:
            return join("array of ", self.type_of(schema["items"]))
        if schema.get("format") == "date-time":
            return join("date-time")
        types = schema.get("type", "any value")
        return join(" or ".join(types) if isinstance(types, list) else types)


def shape_id(name: str) -> str:
    """The anchor of a shape."""
    return anchor(f"shape-{name}")


def name_of(schema: Schema) -> str:
    """The name behind a reference."""
    reference: str = schema["$ref"]
    return reference.removeprefix(_REF)


def references(schema: Any) -> Iterator[str]:
    """Names of the shapes that this one mentions."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield name_of(schema)
        for part in schema.values():
            yield from references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from references(part)


def remark(schema: Schema, description: str | None = None) -> Html:
    """What is to be known besides the type: meaning, default, example."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    kind = kinds[0] if len(kinds) == 1 else {}
    parts: list[str] = []
    text = description or schema.get("description") or kind.get("description")
    if text:
        parts.append(prose(text))
    # Leaving an optional field out is what null means, so a default of null says nothing.
    if schema.get("default") is not None:
        parts.append(join("Default: ", code(_json(schema["default"]))))
    examples = schema.get("examples") or kind.get("examples")
    if examples:
        parts.append(join("Example: ", code(_json(examples[0]))))
    return join(*_separated(parts, " "))


def _bounds(schema: Schema) -> Iterator[str]:
    ranges = (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " entries"),
    )
    for low, high, unit in ranges:
        if low in schema and high in schema:
            yield f"{_number(schema[low])} to {_number(schema[high])}{unit}"
        elif low in schema:
            yield f"at least {_number(schema[low])}{_one(unit, schema[low])}"
        elif high in schema:
            yield f"at most {_number(schema[high])}{unit}"
    if "pattern" in schema:
        yield PATTERNS.get(schema["pattern"]) or join("matches ", code(schema["pattern"]))


def _number(value: float) -> str:
    return f"{value:,}".replace("-", "\N{MINUS SIGN}")


def _one(unit: str, value: float) -> str:
    return {" characters": " character", " entries": " entry"}.get(unit, "") if value == 1 else unit


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _separated(parts: list[str], by: str = ", ") -> Iterator[str]:
    for index, part in enumerate(parts):
        if index:
            yield by
        yield part


def _listed(parts: list[Html], last: str) -> Html:
    if len(parts) < 2:
        return join(*parts)
    return join(*_separated([*parts[:-1]]), f" {last} ", parts[-1])


def _labels(names: Iterable[str]) -> dict[str, str]:
    """The last part of a dotted name; where several share it, with the first part that differs."""
    sharing: dict[str, list[str]] = {}
    for name in names:
        sharing.setdefault(name.rsplit(".", 1)[-1], []).append(name)
    labels = {}
    for short, group in sharing.items():
        for name in group:
            labels[name] = short
            if len(group) > 1:
                differing = [
                    part
                    for index, part in enumerate(name.split("."))
                    if any(other.split(".")[index : index + 1] != [part] for other in group)
                ]
                labels[name] = f"{short} ({differing[0] if differing else name})"
    return labels
