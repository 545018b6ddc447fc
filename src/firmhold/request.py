"""The request that is being answered: by what its lines in the log, and its trace, are found again.

Owns its id. Never has anything that is personal or opens a door: of people not even a number.
"""

import itertools
import re
import secrets
from collections.abc import Iterable
from contextvars import Context, ContextVar, copy_context
from typing import Any

HEADER = b"x-request-id"
"""In which a caller, or a proxy, says its own id, and finds the one that counts in the answer."""

_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{1,64}")
"""UUIDs, ULIDs, and what the usual proxies write. Nothing that would have to be escaped."""

_PROCESS = secrets.token_hex(6)
_NUMBERS = itertools.count(1)


class Request:
    """What is known of a request so far. Its fields are set as they become known."""

    __slots__ = ("id", "organization", "reservation", "span")

    def __init__(self, id: str) -> None:
        self.id = id
        self.organization: str | None = None
        self.reservation: str | None = None
        self.span: Any = None
        """Its part of a trace, if there is one; see `firmhold.tracing`."""

    def told(self) -> dict[str, str]:
        """What each line says about it."""
        told = {"request": self.id}
        if self.organization is not None:
            told["organization"] = self.organization
        if self.reservation is not None:
            told["reservation"] = self.reservation
        if self.span is not None:
            told["trace"] = self.span.trace
        return told


CURRENT: ContextVar[Request | None] = ContextVar("request", default=None)
"""A batch works for many requests, so none is current there: its commands know theirs."""


def apart() -> Context:
    """A context for a task that a request sets off and that is no part of it."""
    context = copy_context()
    context.run(CURRENT.set, None)
    return context


def arriving(headers: Iterable[tuple[bytes, bytes]]) -> Request:
    """A request with its caller's id if that is well-formed, else with one that no other has: an
    id does not have to be hard to guess, and a random one would take longer."""
    for name, value in headers:
        if name == HEADER and _WELL_FORMED.fullmatch(value) is not None:
            return Request(value.decode())
    return Request(f"{_PROCESS}-{next(_NUMBERS):x}")
