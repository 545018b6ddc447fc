"""Tables of fields and parameters."""

from collections.abc import Iterable, Sequence
from typing import Any

from firmhold.doors.operations.markup import Html, element, join, scrolling
from firmhold.doors.operations.schemas import Schema, Schemas, remark


def table(caption: str, heads: Sequence[str], rows: Iterable[Html], *, wide: bool = False) -> Html:
    """A table that scrolls in its own box. The caption is for those who cannot see the page."""
    head = element("tr", *(element("th", name, scope="col") for name in heads))
    return scrolling(
        element(
            "table",
            element("caption", caption, class_="unseen"),
            element("thead", head),
            element("tbody", *rows),
            class_="wide" if wide else None,
        )
    )


def fields(schemas: Schemas, schema: Schema, caption: str, *, nested: bool) -> Html:
    """An object's fields; with `nested`, those of the shapes in it too, one level down."""
    rows = [
        row
        for name, kind in schema.get("properties", {}).items()
        for row in _field(schemas, schema, name, kind, nested=nested)
    ]
    if not rows:
        return element("p", "No fields.", class_="quiet")
    # Many shapes explain themselves; an empty column would only push the others together.
    if all(remarks == "" for _, _, remarks in rows):
        body = [element("tr", name, kind) for name, kind, _ in rows]
        return table(caption, ("Field", "Type"), body)
    body = [element("tr", name, kind, element("td", remarks)) for name, kind, remarks in rows]
    return table(caption, ("Field", "Type", "Description"), body, wide=True)


def parameters(schemas: Schemas, given: Sequence[dict[str, Any]]) -> Html:
    """What goes into the path, the query and the headers."""
    return table(
        "Parameters",
        ("Name", "In", "Type", "Description"),
        (
            element(
                "tr",
                _name(parameter["name"], required=parameter.get("required", False)),
                element("td", parameter["in"]),
                element("td", schemas.type_of(parameter.get("schema", {}))),
                element("td", remark(parameter.get("schema", {}), parameter.get("description"))),
            )
            for parameter in given
        ),
        wide=True,
    )


def _field(
    schemas: Schemas, owner: Schema, name: str, kind: Schema, *, nested: bool, prefix: str = ""
) -> Iterable[tuple[Html, Html, Html]]:
    required = name in owner.get("required", ())
    yield (
        _name(name, required=required, prefix=prefix),
        element("td", schemas.type_of(kind)),
        remark(kind),
    )
    inner = schemas.shape_in(kind) if nested else None
    if inner is not None:
        shape, path = schemas[inner[0]], f"{name}{inner[1]}."
        for part, schema in shape.get("properties", {}).items():
            yield from _field(schemas, shape, part, schema, nested=False, prefix=path)


def _name(name: str, *, required: bool, prefix: str = "") -> Html:
    before = element("span", prefix, class_="prefix") if prefix else Html()
    mark = element("span", "required", class_="required") if required else Html()
    return element(
        "th",
        element("code", before, name),
        join(" ", mark) if required else Html(),
        scope="row",
        class_="inner" if prefix else None,
    )
