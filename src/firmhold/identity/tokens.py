"""Bearer tokens: JWTs signed with one of the server's keys.

Three kinds, told apart by `typ` so that none can be used as another: access tokens, which name a
user and the session in which they have signed in, hold tokens, which open one reservation to the
guest who holds it, and feed tokens, which open the calendar of one site to a program that knows
nothing but its address.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Container, Mapping
from typing import Any

import jwt

from firmhold.identity.actors import Identity, feed_actor, hold_token_identity, user_identity
from firmhold.identity.keyring import Keyring
from firmhold.identity.roles import Role
from firmhold.identity.sessions import ACCESS_SECONDS

ALGORITHM = "HS256"
ISSUER = "firmhold"
ACCESS = "at+jwt"
HOLD = "hold+jwt"
FEED = "feed+jwt"
LONGEST_TOKEN = 4096
"""Characters. Ours have about 400; a larger one is not worth decoding."""

_WRITTEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]", re.ASCII)
"""Three parts in base64url, the last of them 32 bytes in the one way in which they are written: who
reads base64 is lenient, so that a token could be written in many ways."""

REMEMBERED = 10_000
"""Verified tokens kept, so that a busy client's signature is checked once, not per request."""

HOLD_TOKEN_SECONDS = 30 * 24 * 3600
"""A guest may look at and cancel a confirmed reservation for a month."""


FEED_TOKEN_SECONDS = 5 * 366 * 24 * 3600
"""A calendar is subscribed to once and then forgotten."""

LONGEST_SECONDS = FEED_TOKEN_SECONDS
"""Nothing of ours is good for longer."""


class InvalidToken(Exception):
    """The token does not prove anything; the message says why, without repeating it."""


class Tokens:
    """Makes and checks tokens."""

    def __init__(self, keys: Keyring, ended: Container[str] = frozenset()) -> None:
        """`ended`: sessions that have been ended before their tokens are over."""
        self._keys = keys
        self._ended = ended
        self._verified: OrderedDict[str, tuple[Identity, float]] = OrderedDict()
        self._generation = keys.generation

    def access_token(
        self,
        organization: str,
        user: str,
        email: str,
        role: Role,
        session: str,
        seconds: int = ACCESS_SECONDS,
    ) -> str:
        """A token that lets its bearer act as this user for so many seconds."""
        return self._sign(
            ACCESS,
            seconds,
            sub=user,
            org=organization,
            email=email,
            role=role.value,
            sid=session,
        )

    def hold_token(self, organization: str, reservation: str) -> str:
        """A token that lets its bearer act on this one reservation."""
        return self._sign(HOLD, HOLD_TOKEN_SECONDS, sub=reservation, org=organization)

    def feed_token(self, organization: str, site: str, version: int) -> str:
        """A token that lets its bearer read the calendar of this one site, until the site asks for
        a later version."""
        return self._sign(FEED, FEED_TOKEN_SECONDS, sub=site, org=organization, ver=version)

    def _sign(self, typ: str, seconds: int, **claims: Any) -> str:
        now = int(time.time())
        kid, key = self._keys.signing()
        claims |= {"iss": ISSUER, "aud": ISSUER, "iat": now, "exp": now + seconds}
        return jwt.encode(claims, key, ALGORITHM, headers={"typ": typ, "kid": kid})

    def verify(self, token: str) -> Identity:
        """The identity that this token proves. Raises `InvalidToken`."""
        if self._generation != (generation := self._keys.generation):
            # A key may have been dropped: what it has signed is void.
            self._verified.clear()
            self._generation = generation
        known = self._verified.get(token)
        if known is None:
            typ, claims = self._decode(token)
            identity, expires = _identity(typ, claims), claims["exp"]
            if len(self._verified) >= REMEMBERED:
                self._verified.popitem(last=False)
            self._verified[token] = (identity, expires)
        else:
            identity, expires = known
            if time.time() >= expires:
                del self._verified[token]
                raise InvalidToken("The token has expired.")
        if identity.session is not None and identity.session in self._ended:
            raise InvalidToken("The session has ended. Sign in again.")
        return identity

    def verify_feed(self, token: str) -> Identity:
        """The identity that this feed token proves; whether the site still asks for its version is
        for those to see who know the site. Raises `InvalidToken`."""
        typ, claims = self._decode(token)
        organization, version = claims.get("org"), claims.get("ver")
        if typ != FEED or not isinstance(organization, str) or type(version) is not int:
            raise InvalidToken("This is no token of a calendar.")
        return Identity(organization, feed_actor(claims["sub"]), calendar_version=version)

    def _decode(self, token: str) -> tuple[object, dict[str, Any]]:
        if len(token) > LONGEST_TOKEN:
            raise InvalidToken("The token is too long.")
        if not _WRITTEN.fullmatch(token):
            raise InvalidToken("The token is not valid.")
        try:
            # The header says which of our keys it is, and nothing else in it is believed.
            header = jwt.get_unverified_header(token)
            key = self._keys.verifying(header.get("kid"))
            if key is None:
                raise InvalidToken("The token is not signed with a key of this server.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=ISSUER,
                # `iat` is not compared: another node's clock may be ahead of ours.
                options={"require": ["exp", "iat", "sub"], "verify_iat": False},
            )
        except jwt.ExpiredSignatureError:
            raise InvalidToken("The token has expired.") from None
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError, OverflowError):
            raise InvalidToken("The token is not valid.") from None
        made, over = claims["iat"], claims["exp"]
        if not (type(made) is type(over) is int and over - made <= LONGEST_SECONDS):
            raise InvalidToken("The token is not valid.")
        return header.get("typ"), claims


def _identity(typ: object, claims: dict[str, Any]) -> Identity:
    try:
        if typ == ACCESS:
            org, sub, email, sid = (_text(claims, it) for it in ("org", "sub", "email", "sid"))
            return user_identity(org, sub, email, Role(claims["role"]), sid)
        if typ == HOLD:
            return hold_token_identity(_text(claims, "org"), _text(claims, "sub"))
    except (KeyError, ValueError, TypeError):
        pass
    raise InvalidToken("The token is not valid.")


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is text. Raises `TypeError` for one that is not."""
    found = claims[name]
    if not isinstance(found, str):
        raise TypeError(name)
    return found
