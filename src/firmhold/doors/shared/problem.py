"""Refusals as `application/problem+json` (RFC 9457)."""

from typing import Any

import msgspec

from firmhold.domain.errors import Code, Refusal, refuse
from firmhold.doors.shared.reply import Reply
from firmhold.telemetry import refused

STATUS: dict[Code, int] = {
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.RATE_LIMITED: 429,
    Code.MALFORMED_REQUEST: 400,
    Code.IDEMPOTENCY_KEY_MISSING: 400,
    Code.IDEMPOTENCY_KEY_REUSED: 422,
    Code.IDEMPOTENCY_KEY_IN_PROGRESS: 409,
    Code.NOT_FOUND: 404,
    Code.TOO_LATE_TO_CANCEL: 422,
    Code.NOT_ON_SALE_YET: 422,
    Code.SALE_ENDED: 422,
    Code.TOO_FAR_AHEAD: 422,
    Code.TOO_LATE_TO_BOOK: 422,
    Code.LIMIT_EXCEEDED: 422,
    Code.INSUFFICIENT_CAPACITY: 409,
    Code.POOL_BUSY: 409,
    Code.HOLD_EXPIRED: 409,
    Code.ALREADY_CONFIRMED: 409,
    Code.ALREADY_RELEASED: 409,
    Code.ALREADY_CANCELLED: 409,
    Code.CAPACITY_BELOW_RESERVED: 409,
    Code.ALREADY_EXISTS: 409,
    Code.VERSION_CONFLICT: 409,
    Code.OVERLOADED: 503,
    Code.INTERNAL_ERROR: 500,
}

TITLE: dict[Code, str] = {
    Code.UNAUTHENTICATED: "Sign in first",
    Code.FORBIDDEN: "Not allowed",
    Code.RATE_LIMITED: "Too many requests",
    Code.MALFORMED_REQUEST: "The request cannot be understood",
    Code.IDEMPOTENCY_KEY_MISSING: "An idempotency key is required",
    Code.IDEMPOTENCY_KEY_REUSED: "The idempotency key names another request",
    Code.IDEMPOTENCY_KEY_IN_PROGRESS: "A request with this key is being carried out",
    Code.NOT_FOUND: "Not found",
    Code.TOO_LATE_TO_CANCEL: "Too late to cancel",
    Code.NOT_ON_SALE_YET: "Not on sale yet",
    Code.SALE_ENDED: "The sale has ended",
    Code.TOO_FAR_AHEAD: "Too far ahead",
    Code.TOO_LATE_TO_BOOK: "Too late to book",
    Code.LIMIT_EXCEEDED: "A limit is exceeded",
    Code.INSUFFICIENT_CAPACITY: "Not enough units available",
    Code.POOL_BUSY: "A room, a person or equipment is taken",
    Code.HOLD_EXPIRED: "The hold has expired",
    Code.ALREADY_CONFIRMED: "Already confirmed",
    Code.ALREADY_RELEASED: "Already released",
    Code.ALREADY_CANCELLED: "Already cancelled",
    Code.CAPACITY_BELOW_RESERVED: "More units are reserved than that",
    Code.ALREADY_EXISTS: "It exists already",
    Code.VERSION_CONFLICT: "It has changed in the meantime",
    Code.OVERLOADED: "Too busy right now",
    Code.INTERNAL_ERROR: "A defect on our side",
}

NOWHERE = refuse(Code.NOT_FOUND, "There is nothing at this address.")
"""What is said at an address that is none."""

_TYPE = (b"content-type", b"application/problem+json")
_ENCODE = msgspec.json.Encoder().encode


def problem(refusal: Refusal, status: int | None = None) -> Reply:
    """The HTTP answer for a refusal; with another status than its code's usual one, if HTTP has a
    more exact one."""
    code = refusal.code
    refused(code)
    facts = refusal.facts
    if code is Code.MALFORMED_REQUEST and "body_limit" in facts:
        status = 413
    elif status is None:
        status = STATUS[code]
    body: dict[str, Any] = {
        "type": f"/docs#{code.value}",
        "title": TITLE[code],
        "status": status,
        "detail": refusal.detail,
        "code": code.value,
        **facts,
    }
    headers = [_TYPE]
    if code is Code.UNAUTHENTICATED:
        headers.append((b"www-authenticate", b'Bearer realm="firmhold"'))
    if "retry_after" in facts:
        headers.append((b"retry-after", str(facts["retry_after"]).encode()))
    return Reply(status, _ENCODE(body), tuple(headers))
