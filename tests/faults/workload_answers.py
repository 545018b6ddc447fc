"""Whether an answer over HTTP says what the model says.

Owns the comparison alone: which moment an answer is to be compared with is decided in the replay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.workload_model import PUBLISHED, Reason
from tests.faults.workload_things import Claim, Lent

DAY = (datetime.now(UTC) + timedelta(days=7)).replace(hour=0, minute=0, second=0, microsecond=0)
"""When the model's minutes begin: near enough for slots to be booked, and far enough that none of
them begins meanwhile."""

Json = dict[str, Any]


def explains(reasons: Sequence[Reason], answer: Json) -> bool:
    """Whether a refusal gives the reason that comes first in the published order, of several with
    the same code any, and tells the truth about it."""
    if not reasons or answer["code"] != first_code(reasons):
        return False
    return any(_tells(reason, answer) for reason in reasons if reason["code"] == answer["code"])


def first_code(reasons: Sequence[Reason]) -> str:
    """The code that an answer has which is given for all these reasons."""
    return min((str(reason["code"]) for reason in reasons), key=PUBLISHED.index)


def _tells(reason: Reason, answer: Json) -> bool:
    return all(_says(name, fact, answer) for name, fact in reason.items())


def _says(name: str, fact: Any, answer: Json) -> bool:
    if isinstance(fact, Lent):
        since, until = (minute_of(answer[name]) for name in ("busy_from", "busy_until"))
        return fact.is_busiest(since, until, answer["taken"])
    if isinstance(fact, datetime):
        return instant(answer.get(name)) == fact
    return bool(answer.get(name) == fact)


def shows(claim: Claim, answer: Json) -> bool:
    """Whether the answer shows the reservation as the model has it."""
    lines = {
        it["offering"]: (it["quantity"], it["held"], it["confirmed"]) for it in answer["lines"]
    }
    return (
        answer["status"] == claim.status
        and answer["customer"] == claim.customer
        and lines == {offering: claim.shown(offering) for offering in claim.asked}
        and instant(answer["expires_at"]) == claim.ends
        and instant(answer["extend_until"]) == claim.reach
    )


def instant(text: str | None) -> datetime | None:
    """An instant of an answer, if it has one."""
    return None if text is None else datetime.fromisoformat(text)


def minute_of(text: str) -> int:
    """The model's minute of an instant in an answer."""
    minutes, rest = divmod(datetime.fromisoformat(text) - DAY, timedelta(minutes=1))
    assert not rest, text
    return minutes
