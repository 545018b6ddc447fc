"""Bearer tokens: JWTs signed with the server's key.

Three kinds, told apart by `typ` so that none can be used as another: access tokens, which name a
user, hold tokens, which open one reservation to the guest who holds it, and feed tokens, which open
the calendar of one site to a program that knows nothing but its address.
"""

import secrets
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

import jwt

from firmhold.identity.actors import Identity, Role, feed_actor, hold_token_actor, user_actor

ALGORITHM = "HS256"
ISSUER = "firmhold"
ACCESS = "at+jwt"
HOLD = "hold+jwt"
FEED = "feed+jwt"
LONGEST_TOKEN = 4096
"""Characters. Ours have about 400; a larger one is not worth decoding."""

REMEMBERED = 10_000
"""Verified tokens kept, so that a busy client's signature is checked once, not per request."""

HOLD_TOKEN_SECONDS = 30 * 24 * 3600
"""A guest may look at and cancel a confirmed reservation for a month."""


FEED_TOKEN_SECONDS = 5 * 366 * 24 * 3600
"""A calendar is subscribed to once and then forgotten."""


class InvalidToken(Exception):
    """The token does not prove anything; the message says why, without repeating it."""


class Tokens:
    """Makes and checks tokens with one key."""

    def __init__(self, key: bytes) -> None:
        """`key`: at least 32 bytes."""
        if len(key) < 32:
            raise ValueError("a signing key needs at least 32 bytes")
        self._key = key
        self._verified: OrderedDict[str, tuple[Identity, float]] = OrderedDict()

    def access_token(
        self, organization: str, user: str, email: str, role: Role, seconds: int
    ) -> str:
        """A token that lets its bearer act as this user for so many seconds."""
        return self._sign(ACCESS, seconds, sub=user, org=organization, email=email, role=role.value)

    def hold_token(self, organization: str, reservation: str) -> str:
        """A token that lets its bearer act on this one reservation."""
        return self._sign(HOLD, HOLD_TOKEN_SECONDS, sub=reservation, org=organization)

    def feed_token(self, organization: str, site: str, version: int) -> str:
        """A token that lets its bearer read the calendar of this one site, until the site asks for
        a later version."""
        return self._sign(FEED, FEED_TOKEN_SECONDS, sub=site, org=organization, ver=version)

    def _sign(self, typ: str, seconds: int, **claims: Any) -> str:
        now = int(time.time())
        claims |= {"iss": ISSUER, "aud": ISSUER, "iat": now, "exp": now + seconds}
        return jwt.encode(claims, self._key, ALGORITHM, headers={"typ": typ})

    def verify(self, token: str) -> Identity:
        """The identity that this token proves. Raises `InvalidToken`."""
        known = self._verified.get(token)
        if known is not None:
            identity, expires = known
            if time.time() < expires:
                return identity
            del self._verified[token]
            raise InvalidToken("The token has expired.")
        typ, claims = self._decode(token)
        identity, expires = _identity(typ, claims), float(claims["exp"])
        if len(self._verified) >= REMEMBERED:
            self._verified.popitem(last=False)
        self._verified[token] = (identity, expires)
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
        try:
            decoded = jwt.decode_complete(
                token,
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=ISSUER,
                # `iat` is not compared: another node's clock may be ahead of ours.
                options={"require": ["exp", "iat", "sub"], "verify_iat": False},
            )
        except jwt.ExpiredSignatureError:
            raise InvalidToken("The token has expired.") from None
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise InvalidToken("The token is not valid.") from None
        return decoded["header"].get("typ"), decoded["payload"]


def _identity(typ: object, claims: dict[str, Any]) -> Identity:
    try:
        if typ == ACCESS:
            role = Role(claims["role"])
            return Identity(claims["org"], user_actor(claims["sub"], role), role, claims["email"])
        if typ == HOLD:
            return Identity(claims["org"], hold_token_actor(claims["sub"]))
    except (KeyError, ValueError, TypeError):
        pass
    raise InvalidToken("The token is not valid.")


def load_key(secret: str | None, data_dir: Path) -> bytes:
    """The signing key: the configured secret, else the one kept in the data directory, which is
    made on first use and readable by its owner only."""
    if secret is not None:
        return secret.encode()
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "signing.key"
    fresh = data_dir / f".signing.{secrets.token_hex(8)}"
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            # A link fails if somebody else was first, and never shows a half-written key.
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip().encode()
