"""Who asks: from the headers to an identity, and whether it may call an operation at all."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import structlog

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.shared.limiting import Limiting
from firmhold.doors.shared.operation import Operation, Without, who_may
from firmhold.identity.actors import NOBODY, Identity
from firmhold.identity.api_keys import PREFIX, ApiKeys
from firmhold.identity.directory import Directory, Organization
from firmhold.identity.permissions import OF_SERVER
from firmhold.identity.tokens import InvalidToken, Tokens

_NOBODY_YET = Identity("", NOBODY, frozenset())
"""Whoever is about to say who they are."""

T = TypeVar("T")

Scope = Mapping[str, Any]

_log = structlog.get_logger(__name__)

_NO_KEY = refuse(Code.UNAUTHENTICATED, "The API key is not valid, or not any more.")


class Authentication:
    """Finds out who sent a request."""

    def __init__(
        self,
        tokens: Tokens,
        api_keys: ApiKeys,
        directory: Directory,
        default_organization: str,
        limiting: Limiting,
    ) -> None:
        self._tokens = tokens
        self._api_keys = api_keys
        self._directory = directory
        self._default = default_organization
        self._limiting = limiting

    async def identify(
        self,
        headers: Mapping[bytes, bytes],
        operation: Operation,
        query: bytes = b"",
        scope: Scope | None = None,
    ) -> Identity:
        """The identity behind these headers, or behind the token in a calendar's address. Raises
        `Refused` if it may not call. `scope`: from where it comes, unless it has been known before:
        what has to be looked up and is not there is limited."""
        if operation.permission is None:
            return _NOBODY_YET
        identity = await self.bearer(headers, scope)
        if identity is None:
            without = operation.without_token
            if without is Without.FEED and (token := _token_in(query)) is not None:
                identity = _proven(self._tokens.verify_feed, token)
            else:
                identity = await self._anonymous(headers, without, scope)
        elif operation.permission not in identity.permissions:
            _log.info(
                "a right was refused",
                operation=operation.name,
                actor=identity.actor.label,
                organization=identity.organization,
            )
            raise Refused(refuse(Code.FORBIDDEN, f"This is for {who_may(operation)}."))
        return identity

    async def bearer(
        self, headers: Mapping[bytes, bytes], scope: Scope | None = None
    ) -> Identity | None:
        """Whom the token or the API key in the headers proves; `None` if there is none. Raises
        `Refused` for one that proves nothing."""
        authorization = headers.get(b"authorization")
        if authorization is None:
            return None
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Refused(
                refuse(Code.UNAUTHENTICATED, "The Authorization header is not a bearer token.")
            )
        if not token.startswith(PREFIX):
            return await self._at_home(_proven(self._tokens.verify, token))
        identity = await self._looked_up(
            scope, self._api_keys.is_known(token), lambda: self._api_keys.identity(token)
        )
        if identity is None:
            raise Refused(_NO_KEY)
        return identity

    async def _at_home(self, identity: Identity) -> Identity:
        """The same, without what is about the whole server if it is not of its own organization."""
        if identity.permissions.isdisjoint(OF_SERVER):
            return identity
        home = await self._directory.organization(self._default)
        if home is not None and home.id == identity.organization:
            return identity
        return identity._replace(permissions=identity.permissions - OF_SERVER)

    async def _anonymous(
        self, headers: Mapping[bytes, bytes], without: Without | None, scope: Scope | None
    ) -> Identity:
        if without is None:
            raise Refused(refuse(Code.UNAUTHENTICATED, "This takes a bearer token."))
        organization = await self.organization(headers, scope)
        allowed = (
            organization.guest_holds if without is Without.GUESTS else organization.public_catalogue
        )
        if not allowed:
            raise Refused(
                refuse(Code.UNAUTHENTICATED, "This organization asks for a bearer token here.")
            )
        return Identity(organization.id, NOBODY)

    async def organization(
        self, headers: Mapping[bytes, bytes], scope: Scope | None = None
    ) -> Organization:
        """The organization that a request without a token means. Raises `Refused`."""
        named = headers.get(b"x-organization")
        slug = self._default if named is None else named.decode("latin-1")
        # The server's own is not made up, whoever asks.
        known = slug == self._default or self._directory.is_known(slug)
        found = await self._looked_up(scope, known, lambda: self._directory.organization(slug))
        if found is None:
            raise Refused(
                refuse(Code.NOT_FOUND, "There is no such organization.", organization=slug)
            )
        return found

    async def _looked_up(
        self, scope: Scope | None, known: bool, look: Callable[[], Awaitable[T | None]]
    ) -> T | None:
        """What is found; of what may be made up, only so often. What is there takes nothing."""
        if known or scope is None:
            return await look()
        guess = await self._limiting.guess(scope)
        missed = False
        try:
            found = await look()
            missed = found is None
        finally:
            if not missed:
                await self._limiting.was_none(guess)
        return found


def _token_in(query: bytes) -> str | None:
    """The token in an address: programs that subscribe to calendars send no headers of ours."""
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)).get("token")


def _proven(verify: Callable[[str], Identity], token: str) -> Identity:
    try:
        return verify(token)
    except InvalidToken as error:
        raise Refused(refuse(Code.UNAUTHENTICATED, str(error))) from None
