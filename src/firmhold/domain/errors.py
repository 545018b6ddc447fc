"""Every reason Firmhold has for saying no, and nothing about how a door says it."""

from enum import StrEnum
from typing import Any, NamedTuple


class Code(StrEnum):
    """The one code string of a refusal: the same in every door, log line and metric.

    The members stand in the order in which the checks are made. When several apply to one
    request, the first in this order is the answer.
    """

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    MALFORMED_REQUEST = "malformed_request"
    IDEMPOTENCY_KEY_MISSING = "idempotency_key_missing"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    IDEMPOTENCY_KEY_IN_PROGRESS = "idempotency_key_in_progress"
    NOT_FOUND = "not_found"
    TOO_LATE_TO_CANCEL = "too_late_to_cancel"
    NOT_ON_SALE_YET = "not_on_sale_yet"
    SALE_ENDED = "sale_ended"
    TOO_FAR_AHEAD = "too_far_ahead"
    TOO_LATE_TO_BOOK = "too_late_to_book"
    LIMIT_EXCEEDED = "limit_exceeded"
    INSUFFICIENT_CAPACITY = "insufficient_capacity"
    POOL_BUSY = "pool_busy"
    HOLD_EXPIRED = "hold_expired"
    ALREADY_CONFIRMED = "already_confirmed"
    ALREADY_RELEASED = "already_released"
    ALREADY_CANCELLED = "already_cancelled"
    CAPACITY_BELOW_RESERVED = "capacity_below_reserved"
    ALREADY_EXISTS = "already_exists"
    VERSION_CONFLICT = "version_conflict"
    OVERLOADED = "overloaded"
    INTERNAL_ERROR = "internal_error"


class Refusal(NamedTuple):
    """A well-understood no. It changed nothing, and it says what would have been possible."""

    code: Code
    detail: str
    """One sentence for a person, without jargon."""
    facts: dict[str, Any]
    """What a program needs to react: the bound, the line, the counts. JSON-ready values."""


class Refused(Exception):
    """A refusal on its way to the door that asked."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


def refuse(code: Code, detail: str, /, **facts: Any) -> Refusal:
    """Make a refusal; `facts` become members of the answer next to `code`."""
    return Refusal(code, detail, facts)


def malformed(field: str, reason: str) -> Refusal:
    """A request that cannot mean anything, naming the field that is wrong and why."""
    return Refusal(Code.MALFORMED_REQUEST, f"{field}: {reason}", {"field": field, "reason": reason})
