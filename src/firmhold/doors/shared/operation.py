"""The table of operations: what each door offers, as data.

Routing, access checks, decoding, the OpenAPI document and the tests all read this table, so none
of them can know an operation that the others do not.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

import msgspec

from firmhold.domain.errors import Code
from firmhold.domain.model import Actor
from firmhold.doors.shared.reply import Reply
from firmhold.identity.actors import Identity
from firmhold.identity.permissions import OF_ROLE, OF_SERVER, SCOPES, Permission, of_scopes
from firmhold.limits.policy import RouteClass


class Without(Enum):
    """Who may call an operation without a token. What it then shows or changes is up to the
    rules."""

    CATALOGUE = "anyone, where the organization has made its catalogue public"
    FEED = (
        "anyone with the calendar's token, or where the organization has made its catalogue public"
    )
    GUESTS = "anyone, where the organization lets guests hold"
    ANYONE = "anyone"
    """It is not about an organization: whoever asks is only about to say who they are."""


class KeyUse(Enum):
    """What an operation does with an idempotency key."""

    NONE = "none"
    HONOURED = "honoured"
    REQUIRED = "required"


class Call:
    """One request, decoded, and whose it is."""

    __slots__ = (
        "asker",
        "body",
        "headers",
        "identity",
        "key",
        "operation",
        "path",
        "query",
        "scope",
        "services",
    )

    def __init__(
        self,
        services: Any,
        operation: "Operation",
        identity: Identity,
        path: dict[str, str],
        query: Any,
        body: Any,
        key: str | None,
        *,
        headers: Mapping[bytes, bytes] = MappingProxyType({}),
        scope: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.services = services
        self.operation = operation
        self.identity = identity
        self.path = path
        self.query = query
        self.body = body
        self.key = key
        self.headers = headers
        self.scope = scope
        self.asker = identity.actor
        """Whose keys these are: the actor's, or a guest's once it has said which."""

    @property
    def actor(self) -> Actor:
        return self.identity.actor

    @property
    def address(self) -> str | None:
        """Where the request comes from, as far as that can be believed."""
        address: str | None = self.services.limiting.address(self.scope)
        return address

    @property
    def organization(self) -> str:
        return self.identity.organization


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request that really runs against the demo data, and is run by the tests."""

    body: dict[str, Any] | None = None
    file: str | None = None
    """Instead of a body, what is in the file."""
    path: dict[str, str] = field(default_factory=dict)
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call that a door understands."""

    method: str
    path: str
    """With parameters in braces, as in OpenAPI."""
    name: str
    """Unique, in snake case: the OpenAPI `operationId`."""
    tag: str
    """The door."""
    summary: str
    handle: Handler
    permission: Permission | None = None
    """What it takes of whoever has a token or a key; of each operation one at least of this and the
    next is given."""
    without_token: Without | None = None
    hidden: bool = False
    """Whoever may not call it is told that there is nothing."""
    status: int = 200
    body: type | None = None
    query: type | None = None
    files: tuple[str, ...] = ()
    """Instead of a body in JSON it takes a file of one of these media types."""
    answer: Any = None
    """Shape of the successful answer; a tuple if it is one of several."""
    media_type: str = "application/json"
    """Of the successful answer."""
    other_media_types: tuple[str, ...] = ()
    """In which the successful answer can be had as well."""
    key: KeyUse = KeyUse.NONE
    problems: bool = True
    """Refused by a problem document; else in the form of its answer."""
    refusals: tuple[Code, ...] = ()
    """Codes this operation may answer with, besides those that any may."""
    cookie: bool = False
    """It may hand a browser a cookie, or take it away."""
    hot: bool = False
    """Served ahead of the router, because this is what everything else waits for."""
    measured: bool = False
    """Counted in the metrics about reserving."""
    limited: RouteClass = RouteClass.READS
    """Which limits concern it."""
    effect: bool = True
    """Whether it changes anything, unless it is a GET."""
    bulk: bool = False
    """May have a large body."""
    example: Example | None = None
    decoder: "msgspec.json.Decoder[Any] | None" = None
    body_optional: bool = False
    """The body may be left out, because every field of it may."""


def who_may(op: Operation) -> str:
    """Who may call it, in words."""
    parts = []
    if op.permission is not None:
        roles = [f"{role}s" for role, has in OF_ROLE.items() if op.permission in has]
        everyone = len(roles) == len(OF_ROLE)
        who = "every user" if everyone else " and ".join(_in_a_row(roles))
        whose = " of the server's own organization" if op.permission in OF_SERVER else ""
        parts.append(who + whose)
        parts += _which_keys(op.permission)
    if op.without_token is not None:
        parts.append(op.without_token.value)
    return "; ".join(parts)


def _which_keys(permission: Permission) -> list[str]:
    """Which API keys have it: by a scope of its own, by one that comes with it, or in any case."""
    scopes = sorted(f"`{it}`" for it in SCOPES if permission in of_scopes(frozenset({it})))
    if len(scopes) == len(SCOPES):
        return ["every API key"]
    return [f"API keys with the scope {' or '.join(_in_a_row(scopes))}"] if scopes else []


def _in_a_row(words: Sequence[str]) -> list[str]:
    """All but the last with commas between, and the last."""
    return [part for part in (", ".join(words[:-1]), words[-1]) if part]


def operation(
    method: str,
    path: str,
    *,
    table: list[Operation],
    body: type | None = None,
    name: str | None = None,
    **about: Any,
) -> Callable[[Handler], Handler]:
    """Enter the decorated function into a door's table. Its docstring is the summary."""

    about.setdefault("limited", RouteClass.READS if method == "GET" else RouteClass.WRITES)

    def enter(handler: Handler) -> Handler:
        table.append(
            Operation(
                method=method,
                path=path,
                name=name or handler.__name__,
                summary=" ".join((handler.__doc__ or "").split()),
                handle=handler,
                body=body,
                decoder=None if body is None else msgspec.json.Decoder(body),
                body_optional=body is not None
                and not any(field.required for field in msgspec.structs.fields(body)),
                **about,
            )
        )
        return handler

    return enter
