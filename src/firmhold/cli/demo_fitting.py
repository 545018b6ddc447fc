"""What becomes of demo data that does not fit: somebody has changed a pool, a schedule or an item
that it is about. It is left out, and the log says so; the rest is made nevertheless.

A database that is away is no such reason: then nothing would fit.
"""

from __future__ import annotations

import structlog

from firmhold.domain.errors import Code, Refusal, Refused
from firmhold.engine.ticket import Reply

_log = structlog.get_logger(__name__)


class DoesNotFit(Exception):
    """Something is not to be had without which the rest makes no sense."""


def carried_out(reply: Reply) -> bool:
    """Whether it was done. Raises `Refused` if it was not for reasons that have nothing to do with
    it."""
    if not isinstance(reply, Refusal):
        return True
    if reply.code is Code.OVERLOADED:
        raise Refused(reply)
    return False


def fits(reply: Reply, what: str) -> bool:
    """Whether it was done, and a line in the log if it was refused. Raises `Refused` like
    `carried_out`."""
    if carried_out(reply):
        return True
    assert isinstance(reply, Refusal)
    leave_out(what, reply.detail)
    return False


def insist(reply: Reply, what: str) -> None:
    """Raises `DoesNotFit` for what was refused, or `Refused` like `carried_out`."""
    if not carried_out(reply):
        assert isinstance(reply, Refusal)
        raise DoesNotFit(f"{what}: {reply.detail}")


def leave_out(what: str, why: str) -> None:
    """Let the log say what is not there that should be."""
    _log.warning("demo data does not fit", what=what, why=why)
