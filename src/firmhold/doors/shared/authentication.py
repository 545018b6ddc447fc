"""Who asks: from the headers to an identity, and whether it may call an operation at all."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.domain.model import Actor
from firmhold.doors.shared.operation import WITHOUT_TOKEN, Access
from firmhold.identity.actors import OPERATORS, OWNERS, READERS, Identity, Role
from firmhold.identity.directory import Directory, Organization
from firmhold.identity.tokens import InvalidToken, Tokens

NOBODY = Actor("public")


class Authentication:
    """Finds out who sent a request."""

    def __init__(self, tokens: Tokens, directory: Directory, default_organization: str) -> None:
        self._tokens = tokens
        self._directory = directory
        self._default = default_organization

    async def identify(
        self, headers: Mapping[bytes, bytes], access: Access, query: bytes = b""
    ) -> Identity:
        """The identity behind these headers, or behind the token in a calendar's address. Raises
        `Refused` if it may not call."""
        authorization = headers.get(b"authorization")
        if authorization is not None:
            identity = self._verify(authorization)
        elif access is Access.FEED and (token := _token_in(query)) is not None:
            identity = _proven(self._tokens.verify_feed, token)
        else:
            identity = await self._anonymous(headers, access)
        _check(identity, access)
        return identity

    def _verify(self, authorization: bytes) -> Identity:
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(
                refuse(Code.UNAUTHENTICATED, "The Authorization header is not a bearer token.")
            )
        return _proven(self._tokens.verify, token.strip())

    async def _anonymous(self, headers: Mapping[bytes, bytes], access: Access) -> Identity:
        if access not in WITHOUT_TOKEN:
            raise Refused(refuse(Code.UNAUTHENTICATED, "This takes a bearer token."))
        organization = await self.organization(headers)
        allowed = (
            organization.guest_holds if access is Access.GUEST else organization.public_catalogue
        )
        if not allowed:
            raise Refused(
                refuse(Code.UNAUTHENTICATED, "This organization asks for a bearer token here.")
            )
        return Identity(organization.id, NOBODY)

    async def organization(self, headers: Mapping[bytes, bytes]) -> Organization:
        """The organization that a request without a token means."""
        named = headers.get(b"x-organization")
        slug = self._default if named is None else named.decode("latin-1")
        found = await self._directory.organization(slug)
        if found is None:
            raise Refused(
                refuse(Code.NOT_FOUND, "There is no such organization.", organization=slug)
            )
        return found


def _token_in(query: bytes) -> str | None:
    """The token in an address: programs that subscribe to calendars send no headers of ours."""
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)).get("token")


def _proven(verify: Callable[[str], Identity], token: str) -> Identity:
    try:
        return verify(token)
    except InvalidToken as error:
        raise Refused(refuse(Code.UNAUTHENTICATED, str(error))) from None


_ROLES = {
    Access.READER: READERS,
    Access.OPERATOR: OPERATORS,
    Access.OWNER: OWNERS,
    Access.HIDDEN: frozenset({Role.ADMIN}),
}


def _check(identity: Identity, access: Access) -> None:
    roles = _ROLES.get(access)
    if roles is not None and identity.role not in roles:
        raise Refused(refuse(Code.FORBIDDEN, f"Only {access.value} may do this."))
