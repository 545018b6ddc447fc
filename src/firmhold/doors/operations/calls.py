"""One operation on the page: what it does, who may call it, what goes in and what comes out."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from firmhold.domain.errors import Code
from firmhold.doors.operations.curl import curl
from firmhold.doors.operations.markup import (
    Html,
    anchor,
    code,
    element,
    join,
    link_to,
    paragraphs,
    prose,
)
from firmhold.doors.operations.refusals import Refusals, is_refused, refusals_of, status_badge
from firmhold.doors.operations.schemas import Schema, Schemas, name_of
from firmhold.doors.operations.tables import fields, parameters, table

_AUDIENCE = re.compile(r"For ([^\n]+?)\.?")
_VARIABLE = re.compile(r"(\$[A-Z_]+)")


class Called(NamedTuple):
    """An operation and where it is found."""

    method: str
    path: str
    about: dict[str, Any]

    @property
    def id(self) -> str:
        return anchor(self.about["operationId"])

    @property
    def name(self) -> str:
        """`place_hold` in words."""
        words: str = self.about["operationId"].replace("_", " ")
        return words[:1].upper() + words[1:]

    @property
    def refusals(self) -> Refusals:
        return refusals_of(self.about)

    @property
    def body(self) -> Schema | None:
        """The shape of the request's body, if there is one."""
        schema: Schema | None = self._contents.get("application/json", {}).get("schema")
        return schema

    @property
    def _contents(self) -> dict[str, Any]:
        contents: dict[str, Any] = self.about.get("requestBody", {}).get("content", {})
        return contents

    @property
    def files(self) -> list[str]:
        """The media types of the file that the request is, unless it is JSON."""
        return [name for name in self._contents if name != "application/json"]

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """The answers that are not problems, by status."""
        return {
            status: answer
            for status, answer in self.about["responses"].items()
            if not is_refused(status)
        }

    def shapes(self) -> Iterator[Schema]:
        """Every schema that goes in or comes out as JSON."""
        if self.body is not None:
            yield self.body
        for answer in self.about["responses"].values():
            yield from _contents(answer)


def operations(specification: dict[str, Any]) -> list[Called]:
    """All operations, in the order of the document."""
    return [
        Called(method.upper(), path, about)
        for path, methods in specification["paths"].items()
        for method, about in methods.items()
    ]


def call(called: Called, schemas: Schemas) -> Html:
    """The whole entry of an operation."""
    description, audience = _description(called)
    return element(
        "article",
        element(
            "header",
            element("h3", link_to(called.id, called.name)),
            element("p", method_badge(called.method), " ", _path(called.path), class_="address"),
        ),
        element(
            "div",
            paragraphs(description, "lead"),
            element("p", element("strong", "Who may call it: "), prose(audience), "."),
            *_inputs(called, schemas),
            element("h4", "Answer"),
            table(
                "Answers",
                ("Status", "Shape", "Meaning"),
                (_answer(status, answer, schemas) for status, answer in called.answers.items()),
            ),
            element("h4", "Problems"),
            _problems(called.refusals),
            class_="about",
        ),
        element(
            "div",
            element("h4", "Example"),
            element("pre", element("code", *_shell(curl(*called)))),
            class_="example",
        ),
        id=called.id,
        class_="call",
    )


def method_badge(method: str) -> Html:
    """The HTTP method in its colour."""
    known = method.lower() if method in {"GET", "POST", "PATCH", "PUT", "DELETE"} else "other"
    return element("span", method, class_=f"method {known}")


def _description(called: Called) -> tuple[str, str]:
    """What the operation does, and for whom: the document says so in the last paragraph."""
    about = called.about
    blocks: list[str] = about.get("description", "").split("\n\n")
    match = _AUDIENCE.fullmatch(blocks[-1])
    if match is not None:
        audience = match[1]
        blocks.pop()
    else:
        audience = "anyone" if {} in about.get("security", [{}]) else "any token"
    text = "\n\n".join(blocks)
    summary: str = about.get("summary", "")
    if not text.startswith(summary):
        text = f"{summary}.\n\n{text}"
    return text, audience


def _path(path: str) -> Html:
    """The path with its parameters set off, and places where it may break."""
    parts: list[str] = []
    for part in re.split(r"({[^}]+}|/)", path):
        if part == "/":
            parts.append(Html("<wbr>/"))
        elif part.startswith("{"):
            parts.append(element("var", part))
        else:
            parts.append(part)
    return element("code", *parts, class_="path")


def _inputs(called: Called, schemas: Schemas) -> Iterator[Html]:
    if called.about["parameters"]:
        yield element("h4", "Parameters")
        yield parameters(schemas, called.about["parameters"])
    if called.files:
        types = [code(media_type) for media_type in called.files]
        yield element("h4", "Body")
        yield element("p", "A file: ", types[0], *(join(" or ", it) for it in types[1:]), ".")
    if called.body is None:
        return
    yield element("h4", "Body")
    if not called.about["requestBody"].get("required", False):
        yield element("p", "It may be left out.")
    schema = called.body
    if "$ref" in schema:
        name = name_of(schema)
        schema = schemas[name]
        about = prose(schema.get("description", ""))
        yield element("p", schemas.link(name), " \N{EN DASH} ", about)
    yield fields(schemas, schema, "Fields of the body", nested=True)


def _answer(status: str, answer: dict[str, Any], schemas: Schemas) -> Html:
    shapes = [_shape(schema, schemas) for schema in _contents(answer)]
    return element(
        "tr",
        element("th", status_badge(status), scope="row"),
        element("td", *(shapes or (Html("nothing"),))),
        element("td", prose(answer["description"])),
    )


def _shape(schema: Schema, schemas: Schemas) -> Html:
    """A shape, or the fields of one that has no name of its own."""
    parts = schema.get("properties")
    if parts is None:
        return schemas.type_of(schema)
    items = (element("li", code(name), ": ", schemas.type_of(part)) for name, part in parts.items())
    return join("object with", element("ul", *items, class_="parts"))


def _problems(refusals: Refusals) -> Html:
    return element("dl", *(_refusal(*each) for each in refusals.items()), class_="refusals")


def _refusal(status: str, codes: list[Code]) -> Html:
    links = (join(link_to(problem.value, code(problem)), " ") for problem in codes)
    return element("div", element("dt", status_badge(status)), element("dd", *links))


def _contents(answer: dict[str, Any]) -> Iterator[Schema]:
    for content in answer.get("content", {}).values():
        yield content["schema"]


def _shell(command: str) -> Iterator[str]:
    for part in _VARIABLE.split(command):
        yield element("var", part) if _VARIABLE.fullmatch(part) else part
