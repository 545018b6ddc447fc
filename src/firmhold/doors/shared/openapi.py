"""The OpenAPI 3.1 document, made from the table of operations."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from firmhold import __version__
from firmhold.domain.errors import Code
from firmhold.doors.shared.operation import Access, KeyUse, Operation
from firmhold.doors.shared.problem import STATUS, TITLE

DESCRIPTION = """\
Hold → confirm → release or expire, over anything scarce, and never oversold.

Every refusal is an `application/problem+json` document whose `code` is the same in every door.
Checks are made in the order in which the codes are listed under *Problems*.

Unsafe calls take an `Idempotency-Key` header: repeat a request with the same key and you get the
first answer again, with `Idempotent-Replayed: true`. Only effects are remembered, so a refused
request may be tried again with the same key."""

TAGS = {
    "reservations": "Native API: hold, confirm, extend, release, cancel.",
    "items": "Native API: what is sold, and how many there are.",
    "offerings": "Native API: availability with its reasons, and the ledger.",
    "organization": "Native API: what an organization allows.",
    "storefront": "For shops and flash sales, in a shop's words.",
}

SAMPLES = {
    "held": "rsv_019ab4d2c83e7a1f9d5be0742c6f18a3",
    "confirmed": "rsv_019ab4d1f0b27c44a86f3d90be5172ce",
    "demo": "customer@demo.example",
}
"""What the examples' placeholders look like; the tests put in what is really there."""

PATH = {
    "item": "The item's id.",
    "offering": "The item's id.",
    "order": "The `orderId` that came with the hold.",
    "product": "The product's id or its SKU, percent-encoded.",
    "reservation": "The reservation's id.",
    "sku": "The item's SKU, percent-encoded: a slash in it is `%2F`.",
}
"""What the parts of paths are."""

ALWAYS = (Code.MALFORMED_REQUEST, Code.INTERNAL_ERROR)


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole document, as plain values."""
    shapes = [
        shape
        for op in operations
        for shape in (op.body, op.query, *_alternatives(op.answer))
        if shape is not None
    ]
    schemas, components = msgspec.json.schema_components(
        shapes, ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip(map(_identity, shapes), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for op in operations:
        paths.setdefault(op.path, {})[op.method.lower()] = _operation(op, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Firmhold",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _problem_schema()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _alternatives(answer: Any) -> tuple[Any, ...]:
    return answer if isinstance(answer, tuple) else (answer,)


def _identity(shape: Any) -> str:
    return repr(shape)


def _operation(op: Operation, schema_of: dict[str, Any], components: dict[str, Any]) -> Any:
    public = op.access in {Access.PUBLIC, Access.GUEST}
    about: dict[str, Any] = {
        "operationId": op.name,
        "tags": [op.tag],
        "summary": op.summary.split(". ")[0].rstrip("."),
        "description": f"{op.summary}\n\nFor {op.access.value}.",
        "security": [{"bearer": []}, {}] if public else [{"bearer": []}],
        "parameters": list(_parameters(op, schema_of, components)),
        "responses": _responses(op, schema_of),
    }
    if op.body is not None:
        content: dict[str, Any] = {"schema": schema_of[_identity(op.body)]}
        if op.example is not None and op.example.body is not None:
            content["example"] = {
                name: SAMPLES.get(value, value) if isinstance(value, str) else value
                for name, value in op.example.body.items()
            }
        about["requestBody"] = {
            "required": not op.body_optional,
            "content": {"application/json": content},
        }
    return about


def _parameters(
    op: Operation, schema_of: dict[str, Any], components: dict[str, Any]
) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", op.path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH[name],
            "schema": {"type": "string", "minLength": 1},
        }
    if op.query is not None:
        shape = components[schema_of[_identity(op.query)]["$ref"].rsplit("/", 1)[1]]
        for name, schema in shape["properties"].items():
            yield {
                "name": name,
                "in": "query",
                "required": name in shape.get("required", ()),
                "description": schema["description"],
                "schema": _of_parameter(schema),
            }
    if op.access in {Access.PUBLIC, Access.GUEST}:
        yield {
            "name": "X-Organization",
            "in": "header",
            "description": "Slug of the organization, without a token; the server's default "
            "unless given.",
            "schema": {"type": "string"},
        }
    if op.key is not KeyUse.NONE:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": op.key is KeyUse.REQUIRED,
            "description": "Your name for this one intended effect. `X-Idempotency-Key` is "
            "understood too.",
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
                "pattern": "^[!-~]+$",
            },
            "example": "7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b",
        }


def _of_parameter(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is left out rather than null, and described by itself."""
    if "anyOf" not in schema:
        return {name: value for name, value in schema.items() if name != "description"}
    kinds = [kind for kind in schema["anyOf"] if kind.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _responses(op: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    kinds = [schema_of[_identity(kind)] for kind in _alternatives(op.answer)]
    schema = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    if getattr(op.answer, "__origin__", None) is list and not op.path.startswith("/api/"):
        schema = {
            "type": "object",
            "required": ["data"],
            "properties": {
                "data": {"description": "The entries of this page.", **schema},
                "next": {
                    "type": ["string", "null"],
                    "description": 'Cursor of the next page, also as `Link: rel="next"`.',
                },
            },
        }
    answers: dict[str, Any] = {
        str(op.status): {
            "description": "Done." if op.method != "GET" else "Here it is.",
            "content": {"application/json": {"schema": schema}},
        }
    }
    for status, codes in sorted(_by_status(op).items()):
        answers[str(status)] = {
            "description": "; ".join(f"`{code.value}`: {TITLE[code]}" for code in codes),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    return answers


def _by_status(op: Operation) -> dict[int, list[Code]]:
    codes = {*op.refusals, *ALWAYS, Code.UNAUTHENTICATED, Code.OVERLOADED, Code.NOT_FOUND}
    codes.add(Code.FORBIDDEN)
    if op.key is not KeyUse.NONE:
        codes |= {Code.IDEMPOTENCY_KEY_REUSED, Code.IDEMPOTENCY_KEY_IN_PROGRESS}
    if op.key is KeyUse.REQUIRED:
        codes.add(Code.IDEMPOTENCY_KEY_MISSING)
    grouped: dict[int, list[Code]] = {}
    for code in Code:
        if code in codes:
            grouped.setdefault(STATUS[code], []).append(code)
    if op.body is not None:
        grouped[413] = [Code.MALFORMED_REQUEST]
    return grouped


def _problem_schema() -> dict[str, Any]:
    return {
        "title": "Problem",
        "description": "RFC 9457. `code` tells programs what `title` and `detail` tell people; "
        "further members give the bound, the line, the counts.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "description": "Where the code is explained.",
            },
            "title": {"type": "string", "description": "The code in words, always the same."},
            "status": {"type": "integer", "description": "The HTTP status once more."},
            "detail": {"type": "string", "description": "What was wrong this time."},
            "code": {
                "type": "string",
                "enum": [code.value for code in Code],
                "description": "What programs go by: the same in every door, and never changed.",
            },
        },
        "additionalProperties": True,
    }
