"""The fields of the schema's roots as operations, and the one way that leads to each.

Each is entered in a table like those of the other doors: who may ask, how often, with which key.
`ask` goes the published way for every one of them: identity, limits, arguments, key, then the
field.
"""

from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any, cast

import msgspec

from firmhold.domain.errors import Refused, malformed
from firmhold.doors.graphql.loading import Asking
from firmhold.doors.graphql.shapes import Keyed
from firmhold.doors.shared.limiting import TooOften
from firmhold.doors.shared.operation import Call, Handler, KeyUse, Operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply
from firmhold.doors.shared.serving import failed, handled
from firmhold.doors.shared.wording import explain
from firmhold.identity.actors import Identity
from firmhold.limits.policy import RouteClass
from firmhold.telemetry import RESERVING

FIELDS: dict[str, Operation] = {}
"""By their names in the schema."""

TAG = "graphql"
PATH = "/graphql"

KEY = "idempotencyKey"


class Problem(Exception):
    """What a field is refused with: everything that a problem document would say."""

    def __init__(self, reply: Reply) -> None:
        self.extensions: dict[str, Any] = msgspec.json.decode(reply.body)
        super().__init__(self.extensions["detail"])


def field(
    kind: str, shape: type[msgspec.Struct], **about: Any
) -> Callable[[Callable[[Call], Awaitable[Any]]], Operation]:
    """Enter the decorated function as the field of its own name, in camel case. Its docstring is
    the field's description. One that changes something returns a `Reply`, whose body is then read
    as its `answer`; one that only reads returns what it has read."""

    def enter(handler: Callable[[Call], Awaitable[Any]]) -> Operation:
        name = handler.__name__
        head, *tail = name.split("_")
        mutation = kind == "mutation"
        about.setdefault("limited", RouteClass.WRITES if mutation else RouteClass.READS)
        entry = Operation(
            method=kind.upper(),
            path=PATH,
            name=f"graphql_{name}",
            tag=TAG,
            summary=" ".join((handler.__doc__ or "").split()),
            handle=cast("Handler", handler),
            body=shape,
            **about,
        )
        FIELDS["".join((head, *map(str.title, tail)))] = entry
        return entry

    return enter


async def ask(asking: Asking, operation: Operation, arguments: Mapping[str, Any]) -> Any:
    """What a field answers. Raises `Problem`."""
    started = perf_counter()
    try:
        answer = await _answered(asking, operation, arguments)
    except Refused as error:
        if isinstance(error, TooOften):
            asking.told[:] = error.told
        answer = problem(error.refusal)
    except Exception as error:  # noqa: BLE001 - answered with a reference, and logged
        answer = failed(operation.name, error)
    status = answer.status if isinstance(answer, Reply) else 200
    if operation.measured:
        RESERVING.observe(status, perf_counter() - started)
    if not isinstance(answer, Reply):
        return answer
    if status >= 400:
        raise Problem(answer)
    return msgspec.json.decode(answer.body, type=operation.answer)


async def _answered(asking: Asking, operation: Operation, arguments: Mapping[str, Any]) -> Any:
    services = asking.services
    identity = await services.authentication.identify(asking.headers, operation, scope=asking.scope)
    early = operation.limited is not RouteClass.SIGN_IN
    if early:
        await _let_through(asking, operation, identity)
    given = {name: value for name, value in arguments.items() if value is not None}
    key = given.pop(KEY, None)
    assert operation.body is not None
    body = _taken(operation.body, given)
    if not early:
        await _let_through(asking, operation, identity, body)
    if operation.key is not KeyUse.NONE:
        key = _key(asking, key)
    call = Call(
        services,
        operation,
        identity,
        {},
        None,
        body,
        key,
        headers=asking.headers,
        scope=asking.scope,
    )
    if operation.permission is not None:
        asking.organization = identity.organization
    async with asking.turns:
        return await handled(call)


async def _let_through(
    asking: Asking, operation: Operation, identity: Identity, body: Any = None
) -> None:
    """Take a token of each bucket that concerns the field. The one that the request has taken as it
    came is the first reading field's. Raises `TooOften`."""
    if operation.limited is RouteClass.READS and asking.prepaid:
        asking.prepaid = False
        return
    told = await asking.services.limiting.let_through(operation, identity, asking.scope, body)
    asking.told[:] = told or asking.told


def _taken(shape: type[msgspec.Struct], given: Mapping[str, Any]) -> Any:
    """The arguments in the shape a field wants them. Raises `Refused`."""
    for name, value in given.items():
        if isinstance(value, str) and "\x00" in value:
            raise Refused(malformed(name, "the character U+0000 cannot be stored"))
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        raise Refused(explain(str(error), lambda: given)) from None


def _key(asking: Asking, given: str | None) -> str | None:
    """The field's idempotency key: its argument, or the request's header if it is the only field
    that changes anything. Raises `Refused`."""
    header = asking.key
    if header is not None and asking.effects > 1:
        raise Refused(
            malformed(
                "Idempotency-Key",
                f"names one effect, and this request has {asking.effects}; give each field its "
                f"{KEY}",
            )
        )
    if given is None:
        return header
    if len(given) >= 2 and given[0] == given[-1] == '"':
        given = given[1:-1]
    _taken(Keyed, {KEY: given})
    if header not in {None, given}:
        reason = "another key than in the Idempotency-Key header; send one of them"
        raise Refused(malformed(KEY, reason))
    return given
