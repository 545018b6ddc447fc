"""Headers in the OpenAPI document: which ones an operation understands, and which ones its answers
have."""

from collections.abc import Iterator
from typing import Any

import msgspec

from firmhold.doors.shared.operation import KeyUse, Operation

_TEXT = {"type": "string"}

COMPONENTS: dict[str, dict[str, Any]] = {
    "Cache-Control": {
        "description": "`private, no-cache`: whoever it is for may keep it, and asks each time "
        "whether it has changed. What does not say so is `no-store`: nobody keeps it.",
        "schema": _TEXT,
    },
    "Content-Disposition": {
        "description": "The name to keep the file under, if it is one.",
        "schema": _TEXT,
    },
    "ETag": {
        "description": "What the answer is known by: sent back as `If-None-Match`, it asks for "
        "another one only if there is.",
        "schema": _TEXT,
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the first answer under the key once more, and nothing "
        "was done now; else it is left out.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {
        "description": 'The address of the next page, as `<…>; rel="next"`, while there may be '
        "more (RFC 8288).",
        "schema": _TEXT,
    },
    "Location": {
        "description": "Where the browser goes on.",
        "schema": _TEXT,
    },
    "RateLimit": {
        "description": "What is left of the limit that has least, and when there is one more, as "
        '`"holds-per-user";r=9;t=6`; of a refused request, of the limits that refused it '
        "(draft-ietf-httpapi-ratelimit-headers). Left out where nothing is limited, "
        "and where it is not known yet who asks.",
        "schema": _TEXT,
    },
    "RateLimit-Policy": {
        "description": 'The limits that concern the request, as `"holds-per-user";q=10;w=60`: so '
        "many in so many seconds.",
        "schema": _TEXT,
    },
    "Retry-After": {
        "description": "Seconds after which to repeat the request, with the same key.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "Set-Cookie": {
        "description": "For browsers, and not for scripts in them: the next refresh token, or the "
        "attempt to sign in at an identity provider, or that there is none any more.",
        "schema": _TEXT,
    },
    "Vary": {
        "description": "What else the form of the answer depends on: `Accept`.",
        "schema": _TEXT,
    },
    "WWW-Authenticate": {
        "description": "That a bearer token is asked for.",
        "schema": _TEXT,
    },
    "X-Request-ID": {
        "description": "By what the request is found in the log: the `X-Request-ID` that it came "
        "with, if that has 1 to 64 letters, digits, dots, hyphens and underscores.",
        "schema": _TEXT,
    },
}


def request_headers(op: Operation) -> Iterator[dict[str, Any]]:
    """Those that the operation understands, as parameters; but for `Authorization`, which the
    document speaks of elsewhere."""
    if op.without_token is not None:
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
    if _is_known_again(op):
        yield {
            "name": "If-None-Match",
            "in": "header",
            "description": "The `ETag` of what you have: if it is the same, the answer is 304.",
            "schema": {"type": "string"},
        }


def with_headers(op: Operation, status: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with this status, and the headers that it may have besides its type and length."""
    names = list(_names(op, status))
    if not names:
        return answer
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return {"description": answer["description"], "headers": headers, **answer}


def _names(op: Operation, status: str) -> Iterator[str]:
    yield from ("RateLimit", "RateLimit-Policy", "X-Request-ID")
    if op.cookie and status in {str(op.status), "401"}:
        yield "Set-Cookie"
    if status == "401":
        yield "WWW-Authenticate"
    elif status in {"429", "503"}:
        yield "Retry-After"
    elif status == "304":
        yield from ("Cache-Control", "ETag")
    elif status == str(op.status):
        if op.status == 302:
            yield "Location"
        if _is_known_again(op):
            yield from ("Cache-Control", "ETag")
        if op.other_media_types:
            yield from ("Content-Disposition", "Vary")
        if op.key is not KeyUse.NONE:
            yield "Idempotent-Replayed"
        if op.query is not None and "cursor" in _fields(op.query):
            yield "Link"


def _fields(shape: type) -> set[str]:
    return {field.name for field in msgspec.structs.fields(shape)}


def _is_known_again(op: Operation) -> bool:
    """Whether those who have the answer need not be sent it again."""
    return op.media_type == "text/calendar"
