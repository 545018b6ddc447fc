"""The OpenAPI 3.1 document, made from the table of operations."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from firmhold import __version__
from firmhold.domain.errors import Code
from firmhold.doors.shared.openapi_headers import COMPONENTS as HEADERS
from firmhold.doors.shared.openapi_headers import request_headers, with_headers
from firmhold.doors.shared.openapi_links import links_of
from firmhold.doors.shared.operation import KeyUse, Operation, who_may
from firmhold.doors.shared.problem import STATUS, TITLE

DESCRIPTION = """\
Hold → confirm → release or expire, over anything scarce, and never oversold.

Every refusal is an `application/problem+json` document whose `code` is the same in every door.
Checks are made in the order in which the codes are listed under *Problems*.

Unsafe calls take an `Idempotency-Key` header: repeat a request with the same key and you get the
first answer again, with `Idempotent-Replayed: true`. Only effects are remembered, so a refused
request may be tried again with the same key."""

TAGS = {
    "reservations": "Native API: hold, confirm, extend, move, release, cancel, check in.",
    "waitlist": "Native API: a place in the line for what is taken.",
    "items": "Native API: what is sold, and how many there are.",
    "sites": "Native API: where slots take place, and by whose clocks.",
    "pools": "Native API: rooms, practitioners and equipment, which are lent and come back.",
    "slots": "Native API: what can be booked, and when.",
    "schedules": "Native API: recurrence rules that make slots.",
    "offerings": "Native API: availability with its reasons, and the ledger.",
    "reports": "Native API: what the ledger adds up to over time, also as spreadsheets.",
    "live": "What happens, as it happens.",
    "webhooks": "Native API: where events are sent, and what came of it.",
    "notifications": "Native API: what customers are told about their reservations, and how.",
    "audit": "Native API: who did what, and proof that nobody has changed it since.",
    "organization": "Native API: what an organization allows.",
    "access": "Signing in, who may do what, and the keys of programs.",
    "graphql": "For those who choose what they are told: venues, slots, items and bookings.",
    "storefront": "For shops and flash sales, in a shop's words.",
    "appointments": "For clinics, theatres, shelters and pickups, in their words.",
}

SAMPLES = {
    "held": "rsv_019ab4d2c83e7a1f9d5be0742c6f18a3",
    "confirmed": "rsv_019ab4d1f0b27c44a86f3d90be5172ce",
    "demo": "customer@demo.example",
    "a site": "site_019ab4c07e9174d2a05b1c36f8e0d94a",
    "a room": "pool_019ab4c1a5507b63b1f8902d4e7c6a15",
    "a practitioner": "pool_019ab4c1b21e7cf08d3a57e4196b0c82",
    "some equipment": "pool_019ab4c1c8d47205a6e91f0b73d2485c",
    "a booking": "rsv_019ab4e5b1d07c92a34f60e7d8c5b91e",
    "a place in the line": "wait_019ab4e6c2e17da3b45071f8e9d6ca2f",
    "a pool": "pool_019ab4c1d9e583165b7fa2c184e3596d",
    "a schedule": "sched_019ab4c2a1f48b5e9c6d03e7f215a9b8",
    "a doctor": "Dr. Grace Okafor",
    "a room at a site": "pool_019ab4c1e6f70a825c9d13b4f0a867e2",
    "a slot": "slot_019ab4c2d6f37a4eb20c8d15e97f3061",
    "a user": "usr_019ab4c0a2c57d19b4e07f3c61d8a52e",
    "a session": "ses_019ab4c0b3d68e2ac5f18a4d72e9b63f",
    "an API key": "key_019ab4c0c4e79f3bd6029b5e83fac740",
    "a new address": "grace@example.org",
    "a new slug": "town-theatre",
    "an organization": "org_019ab4bff3a17c02b8d95e41a7f60c3d",
    "an account": "ada@example.org",
    "its password": "long-and-only-mine",
    "a refresh token": "fhr_d5Jx0b1v3bQmF1u8w1mXb3rX3m0o2mO4y9b7p6bQk0c",
    "a reset code": "fhc_5f2c1d0e9b8a79685746352413021f0e5f2c1d0e9b8a79685746352413021f0e",
    "a verification code": "fhc_0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "a webhook": "hook_019ab4c0e6a8b15d3f942c7ab5d1ec69",
    "an event": "evt_5d1c0b8f7a694e3d2c1b0a9f8e7d6c5b",
    "a notification": "ntf_7c2f0e9d8b6a5f4e3d2c1b0a9f8e7d6c",
    "a language": "de",
    "an act": "act_019ab4c0d5f7a04c2e831b6f94a0db58",
    "the set-up code": "fhc_a0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9f",
}
"""What the examples' placeholders look like; the tests put in what is really there."""

PATH = {
    "booking": "The `bookingId` that came with the booking.",
    "entry": "The waitlist entry's id.",
    "event": "The event's id.",
    "key": "The API key's id, which is not the key.",
    "item": "The item's id.",
    "kind": "`confirmation`, `reminder`, `cancellation`, `offer` or `expiry`.",
    "language": "Such as `en` or `de-AT`.",
    "notification": "The notification's id.",
    "offering": "The item's or the slot's id.",
    "order": "The `orderId` that came with the hold.",
    "organization": "The organization's id.",
    "pool": "The pool's id.",
    "product": "The product's id or its SKU, percent-encoded.",
    "reservation": "The reservation's id.",
    "schedule": "The schedule's id.",
    "session": "The session's id.",
    "subject": "The act's id, or the offering's whose ledger entry `number` names.",
    "site": "The site's id.",
    "sku": "The item's SKU, percent-encoded: a slash in it is `%2F`.",
    "slot": "The slot's id.",
    "user": "The user's id.",
    "webhook": "The webhook's id.",
}
"""What the parts of paths are."""

BODILESS = frozenset({202, 204, 302})
"""Statuses that say all there is to say."""

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
        about = _operation(op, schema_of, components)
        if links := links_of(op, operations):
            about["responses"][str(op.status)]["links"] = links
        paths.setdefault(op.path, {})[op.method.lower()] = about
    whole = {
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
            "schemas": {**components, "Problem": problem_schema()},
            "headers": HEADERS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }
    # As it is sent: defaults and examples are tuples where the shapes have them.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(whole))
    return plain


def _alternatives(answer: Any) -> tuple[Any, ...]:
    return answer if isinstance(answer, tuple) else (answer,)


def _identity(shape: Any) -> str:
    return repr(shape)


def _operation(op: Operation, schema_of: dict[str, Any], components: dict[str, Any]) -> Any:
    about: dict[str, Any] = {
        "operationId": op.name,
        "tags": [op.tag],
        "summary": op.summary.split(". ")[0].rstrip("."),
        "description": f"{op.summary}\n\nFor {who_may(op)}.",
        "security": _security(op),
        "parameters": list(_parameters(op, schema_of, components)),
        "responses": _responses(op, schema_of),
    }
    if op.body is not None:
        content: dict[str, Any] = {"schema": schema_of[_identity(op.body)]}
        if op.example is not None and op.example.body is not None:
            content["example"] = sample(op.example.body)
        about["requestBody"] = {
            "required": not op.body_optional,
            "content": {"application/json": content},
        }
    if op.files:
        about["requestBody"] = {
            "required": True,
            "content": {
                media_type: {"schema": {"type": "string"}, **_shown(op, media_type)}
                for media_type in op.files
            },
        }
    return about


def _security(op: Operation) -> list[dict[str, list[str]]]:
    """What it takes: a token or a key, nothing, or either."""
    if op.permission is None:
        return [{}]
    return [{"bearer": []}] if op.without_token is None else [{"bearer": []}, {}]


def _shown(op: Operation, media_type: str) -> dict[str, Any]:
    """The example of a file, which is of the first of its types."""
    if op.example is None or op.example.file is None or media_type != op.files[0]:
        return {}
    return {"example": op.example.file}


def sample(example: Any) -> Any:
    """An example with something that looks real in place of its placeholders."""
    if isinstance(example, dict):
        return {name: sample(value) for name, value in example.items()}
    if isinstance(example, list):
        return [sample(value) for value in example]
    return SAMPLES.get(example, example) if isinstance(example, str) else example


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
    yield from request_headers(op)


def _of_parameter(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is left out rather than null, and described by itself."""
    if "anyOf" not in schema:
        return {name: value for name, value in schema.items() if name != "description"}
    kinds = [kind for kind in schema["anyOf"] if kind.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _responses(op: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if op.answer is not None:
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
    done: dict[str, Any] = {"description": "Done." if op.method != "GET" else "Here it is."}
    if op.status not in BODILESS:
        done["content"] = {
            op.media_type: {"schema": schema},
            **{
                other: {"schema": {"type": "string"} if op.problems else schema}
                for other in op.other_media_types
            },
        }
    answers: dict[str, Any] = {str(op.status): done}
    if op.media_type == "text/calendar":
        answers["304"] = {"description": "Nothing has changed since `If-None-Match`."}
    refused: dict[str, Any] = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    if not op.problems:
        refused = {it: {"schema": schema} for it in (op.media_type, *op.other_media_types)}
    for status, codes in sorted(_by_status(op).items()):
        answers[str(status)] = {
            "description": "; ".join(f"`{code.value}`: {TITLE[code]}" for code in codes),
            "content": refused,
        }
    return {status: with_headers(op, status, answer) for status, answer in answers.items()}


def _by_status(op: Operation) -> dict[int, list[Code]]:
    codes = {*op.refusals, *ALWAYS, Code.UNAUTHENTICATED, Code.OVERLOADED, Code.NOT_FOUND}
    codes |= {Code.FORBIDDEN, Code.RATE_LIMITED}
    if op.key is not KeyUse.NONE:
        codes |= {Code.IDEMPOTENCY_KEY_REUSED, Code.IDEMPOTENCY_KEY_IN_PROGRESS}
    if op.key is KeyUse.REQUIRED:
        codes.add(Code.IDEMPOTENCY_KEY_MISSING)
    grouped: dict[int, list[Code]] = {}
    for code in Code:
        if code in codes:
            grouped.setdefault(STATUS[code], []).append(code)
    if op.body is not None or op.files:
        grouped[413] = [Code.MALFORMED_REQUEST]
    return grouped


def problem_schema() -> dict[str, Any]:
    """What every refusal looks like."""
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
