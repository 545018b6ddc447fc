"""Traces, for those who have something that collects them. Off unless configured: then nothing of
OpenTelemetry is even imported, and a request is asked once whether there is a tracer.

Owns the switch, and what is traced: each request of an operation, and each batch with a link to
every request whose command it carries. What a trace looks like to OpenTelemetry is `spans`' matter.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from firmhold.request import Request


class Span(Protocol):
    """A part of a trace that is going on."""

    trace: str
    """The trace's id, as logs have it."""

    def ended(self, status: int, asked: Request) -> None:
        """The request was answered with this status."""


class Tracer(Protocol):
    """What makes spans."""

    def request(
        self, name: str, method: str, route: str, headers: Iterable[tuple[bytes, bytes]]
    ) -> Span:
        """Begin the span of a request to the operation of this name. If the headers say so (W3C
        Trace Context), it is part of its caller's trace."""

    def batch(
        self, organization: str, commands: int, requests: Iterable[Request | None]
    ) -> AbstractContextManager[None]:
        """The span of a batch, which is no part of any request's trace: there are many."""

    def step(self, name: str) -> AbstractContextManager[None]:
        """A part of the batch that is under way here."""

    def happened(self, what: str) -> None:
        """Something happened to the batch that is under way here."""


tracer: Tracer | None = None
"""The one in use."""

_NOTHING = nullcontext()


def use(one: Tracer | None) -> None:
    """From now on, for this process."""
    global tracer  # noqa: PLW0603 - a process has one, as it has one of each metric
    tracer = one


def batch(
    organization: str, commands: int, requests: Iterable[Request | None]
) -> AbstractContextManager[None]:
    """As `Tracer.batch`, if there is one."""
    return _NOTHING if tracer is None else tracer.batch(organization, commands, requests)


def step(name: str) -> AbstractContextManager[None]:
    """As `Tracer.step`, if there is one."""
    return _NOTHING if tracer is None else tracer.step(name)


def happened(what: str) -> None:
    """As `Tracer.happened`, if there is one."""
    if tracer is not None:
        tracer.happened(what)
