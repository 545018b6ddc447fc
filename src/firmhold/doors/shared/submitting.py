"""From a decoded call through the engine to a reply, the same way for every call that changes
something.

Owns what an idempotency key is tied to, and which refusals each kind of command may meet.
"""

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Actor
from firmhold.doors.shared.operation import Call
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import JSON, REPLAYED, Reply, encode
from firmhold.engine.ticket import Key, Render
from firmhold.engine.ticket import Reply as EngineReply
from firmhold.telemetry import WAITING

HOLDING = (
    Code.NOT_FOUND,
    Code.NOT_ON_SALE_YET,
    Code.SALE_ENDED,
    Code.LIMIT_EXCEEDED,
    Code.INSUFFICIENT_CAPACITY,
    Code.OVERLOADED,
)
"""Whatever takes units may be refused with these."""

CONFIRMING = (
    Code.NOT_FOUND,
    Code.HOLD_EXPIRED,
    Code.ALREADY_RELEASED,
    Code.ALREADY_CANCELLED,
    Code.OVERLOADED,
)
"""Confirming all of a hold. Doing it twice is no mistake."""

HELD_ONLY = (*CONFIRMING, Code.ALREADY_CONFIRMED)
"""What can be done to a hold and to nothing else."""

CANCELLING = (Code.NOT_FOUND, Code.HOLD_EXPIRED, Code.OVERLOADED)


async def submit(call: Call, command: Command, render: Render) -> Reply:
    """Carry out the command and say what came of it."""
    with WAITING.track_inprogress():
        answer = await call.services.engine.submit(
            call.organization, command, render, key_of(call, command.actor)
        )
    return reply_to(answer)


def key_of(call: Call, actor: Actor) -> Key | None:
    """The call's idempotency key, if it has one: this actor's, for this operation, and for this
    very request."""
    if call.key is None:
        return None
    request = encode((call.path, call.body))
    return Key.of(actor.label, call.operation.name, call.key, request)


def reply_to(answer: EngineReply) -> Reply:
    """The HTTP answer that carries what the engine said."""
    if isinstance(answer, Refusal):
        return problem(answer)
    return Reply(answer.status, answer.body, REPLAYED if answer.replayed else JSON)
