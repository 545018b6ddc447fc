"""From a decoded call through the engine to a reply, the same way for every call that changes
something.

Owns what an idempotency key is tied to, and which refusals each kind of command may meet.
"""

from collections.abc import Callable
from hashlib import sha256

from firmhold.domain.commands import Command, ReservationCommand
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Actor
from firmhold.doors.shared.body import File
from firmhold.doors.shared.operation import Call
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.rendering import Names, names_of
from firmhold.doors.shared.reply import JSON, REPLAYED, Reply, encode
from firmhold.engine import answers
from firmhold.engine.faults import Unknown
from firmhold.engine.ticket import Act, Key, Render
from firmhold.engine.ticket import Reply as EngineReply

HOLDING = (
    Code.NOT_FOUND,
    Code.NOT_ON_SALE_YET,
    Code.SALE_ENDED,
    Code.TOO_FAR_AHEAD,
    Code.TOO_LATE_TO_BOOK,
    Code.LIMIT_EXCEEDED,
    Code.INSUFFICIENT_CAPACITY,
    Code.POOL_BUSY,
    Code.OVERLOADED,
)
"""Whatever takes units may be refused with these."""

BUYING = (
    Code.NOT_FOUND,
    Code.NOT_ON_SALE_YET,
    Code.SALE_ENDED,
    Code.LIMIT_EXCEEDED,
    Code.INSUFFICIENT_CAPACITY,
    Code.OVERLOADED,
)
"""Where only items can be taken, which have neither a time nor a place."""

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

CANCELLING = (
    Code.NOT_FOUND,
    Code.TOO_LATE_TO_CANCEL,
    Code.LIMIT_EXCEEDED,
    Code.HOLD_EXPIRED,
    Code.ALREADY_CONFIRMED,
    Code.OVERLOADED,
)
"""Giving back what is held or confirmed, in full or in part, unless it has been used."""

LONGEST_FACTS = 4096
"""Bytes of a body that the audit has. What is longer, such as a file with ten thousand slots, is
named there by its digest; what came of it stands in the ledger."""

MOVING = (*CANCELLING, *HOLDING, Code.ALREADY_RELEASED, Code.ALREADY_CANCELLED)

CHECKING_IN = (
    Code.NOT_FOUND,
    Code.TOO_FAR_AHEAD,
    Code.HOLD_EXPIRED,
    Code.ALREADY_RELEASED,
    Code.ALREADY_CANCELLED,
    Code.VERSION_CONFLICT,
    Code.OVERLOADED,
)


async def submit(call: Call, command: Command, render: Render) -> Reply:
    """Carry out the command and say what came of it."""
    return reply_to(await carry_out(call, command, render))


async def carry_out(call: Call, command: Command, render: Render) -> EngineReply:
    """What the engine makes of the command, for a door that has more to say about a refusal."""
    answer: EngineReply = await call.services.engine.submit(
        call.organization, command, render, key_of(call, command.actor)
    )
    return answer


async def submit_named(
    call: Call, command: ReservationCommand, names: Names, render: Callable[[Names], Render]
) -> Reply:
    """The same for an answer that takes the names of what the reservation is about.

    Another process may just have moved it to what nobody here has heard of. Then nothing has been
    done yet, and it is tried again with the names of that too.
    """
    while True:
        try:
            return await submit(call, command, render(names))
        except Unknown as unknown:
            more = await names_of(call, [unknown.offering])
            if not more:
                raise
            names |= more


def key_of(call: Call, actor: Actor) -> Key | None:
    """The call's idempotency key, if it has one: this actor's, for this operation, and for this
    very request."""
    if call.key is None:
        return None
    asked = (call.path, call.body) if call.query is None else (call.path, call.query, call.body)
    request = encode(asked)
    return Key.of(actor.label, call.operation.name, call.key, request)


def act_of(call: Call) -> Act:
    """The call as the audit has it, and its key: for what comes one at a time."""
    body = call.body
    content = body.content if isinstance(body, File) else encode(body)
    if len(content) > LONGEST_FACTS:
        body = {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    asked = {"path": call.path, "query": call.query, "body": body}
    facts = {name: value for name, value in asked.items() if value}
    return Act(call.actor.label, call.operation.name, facts, key_of(call, call.actor))


async def earlier(call: Call) -> Reply | None:
    """The first answer to this very request, if it was carried out under its key before, or that
    the key is another request's: for calls that look up what is named, which may go by another
    name by now, and for whatever is not found."""
    found = await answers.earlier(
        call.services.database, call.organization, key_of(call, call.asker)
    )
    return None if found is None else reply_to(found)


def reply_to(answer: EngineReply) -> Reply:
    """The HTTP answer that carries what the engine said."""
    if isinstance(answer, Refusal):
        return problem(answer)
    return Reply(answer.status, answer.body, REPLAYED if answer.replayed else JSON)
