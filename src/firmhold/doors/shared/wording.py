"""What is wrong with something that was sent, for people who know neither Python nor msgspec."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from firmhold.domain.errors import Refusal, malformed
from firmhold.doors.shared.text import PATTERNS

NO_TIME = "not a time such as 2030-01-31T18:00:00Z"
_NO_DATE = "no calendar has this date; a time is written as 2030-01-31T18:00:00Z"
_NO_CLOCK = "no clock shows this time; one is written as 2030-01-31T18:00:00Z"

_AT = re.compile(r"^(?P<reason>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_NAMED = re.compile(r"^Object (contains unknown|missing required) field `(?P<name>.*)`$")
_TYPES = re.compile(r"`([a-z]+(?: \| [a-z]+)*)`")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def explain(message: str, sent: Callable[[], Any]) -> Refusal:
    """A validation error as field and reason. `sent`: all that was sent, as plain values."""
    match = _AT.match(message)
    assert match is not None
    path, reason = match["path"] or "", match["reason"]
    if named := _NAMED.match(reason):
        unknown = named[1].startswith("contains")
        path = f"{path}.{named['name']}" if path else named["name"]
        reason = "there is no such field" if unknown else "it is missing"
    reason = _plain(reason)
    return malformed(path or "body", _about_time(path, sent) if reason == NO_TIME else reason)


def _plain(reason: str) -> str:
    """msgspec's wording in ours."""
    if (sentence := _SENTENCES.get(reason)) is not None:
        return sentence
    reason = _TYPES.sub(
        lambda match: " or ".join(_WORDS.get(kind, kind) for kind in match[1].split(" | ")), reason
    )
    return reason[:1].lower() + reason[1:]


def _about_time(path: str, sent: Callable[[], Any]) -> str:
    """Why what stands there is no time."""
    try:
        value = sent()
        for index, name in _STEP.findall(path):
            value = value[int(index)] if index else value[name]
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError, RecursionError):
        # What follows may be no JSON at all, and some places have no name.
        return NO_TIME
    written = _TIME.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        return NO_TIME
    try:
        date.fromisoformat(written[1])
    except ValueError:
        return _NO_DATE
    return _NO_CLOCK


_SENTENCES = {
    "Expected `datetime` with a timezone component": (
        "a time needs its offset, as in 2030-01-31T18:00:00Z"
    ),
    "Invalid RFC3339 encoded datetime": NO_TIME,
    "Invalid ISO8601 date": "no calendar has this date; one is written as 2030-01-31",
    "Invalid RFC3339 encoded date": "no calendar has this date; one is written as 2030-01-31",
    **{f"Expected `str` matching regex {regex!r}": words for regex, words in PATTERNS.items()},
}
_WORDS = {
    "int": "a whole number",
    "float": "a fractional number",
    "str": "text",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "datetime": "a time",
    "date": "a date",
}
