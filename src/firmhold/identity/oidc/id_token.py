"""What an ID token proves: the rules of OpenID Connect Core 1.0, section 3.1.3.7, and which keys
and algorithms are good enough.

Pure: the token, the issuer's keys and the time come in. Nothing that the token says about itself is
believed before its signature has been checked, but for which of the issuer's keys to check it with.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""With a key of which we have the public half alone. Never one with a common secret: the public
half of a key is a secret that everybody has."""

KINDS = {"RSA": ("RS", "PS"), "EC": ("ES",), "OKP": ("Ed",)}
"""Which algorithms go with which kind of key."""

SHORTEST_RSA = 2048
"""Bits (RFC 7518, section 3.3)."""

LONGEST = 16_384
"""Characters of a token. Usual ones have one or two thousand."""

LEEWAY = 60
"""Seconds by which clocks may differ."""

OLDEST = 600
"""Seconds since a token was made: it comes straight from the issuer."""

MOST_KEYS = 50

_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


class BadIdToken(Exception):
    """The token does not prove anything here; the message says why, without repeating it."""


class UnknownKey(BadIdToken):
    """It is signed with a key that is none of those known."""


class Claims(NamedTuple):
    """Whom the issuer has signed in."""

    issuer: str
    subject: str
    """The issuer's own name for them."""
    email: str | None
    """In small letters; only if the issuer says that it is theirs."""
    name: str | None


class Key(NamedTuple):
    """A public key of the issuer's."""

    kind: str
    algorithm: str | None
    """The only one it is for, if that is said."""
    key: Any


def keys_in(document: Mapping[str, Any]) -> dict[str | None, Key]:
    """The keys of a JWK set (RFC 7517) that tokens can be signed with, by their names. Others,
    which may be for anything, are left out."""
    found: dict[str | None, Key] = {}
    listed = document.get("keys")
    for entry in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        if not isinstance(entry, dict) or entry.get("kty") not in KINDS:
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            key = jwt.PyJWK.from_dict(entry).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size < SHORTEST_RSA:
            continue
        kid = entry.get("kid")
        algorithm = entry.get("alg")
        if not hasattr(key, "verify") or not isinstance(kid, str | None):
            continue  # a private key, which nobody should publish
        found.setdefault(kid, Key(entry["kty"], algorithm, key))
    return found


def verified(
    token: str,
    keys: Mapping[str | None, Key],
    *,
    issuer: str,
    client: str,
    nonce: str,
    now: float,
) -> Claims:
    """Whom the token is about. `client`: who we are to the issuer. `nonce`: of the attempt that it
    was made for. `now`: in seconds since 1970. Raises `BadIdToken`."""
    if len(token) > LONGEST:
        raise BadIdToken("it is too long")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise BadIdToken("it is not signed in a way that is good enough")
        key = _key(keys, header.get("kid"), algorithm)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[algorithm],
            audience=client,
            issuer=issuer,
            # Times are compared below, with the clock that was given.
            options={
                "require": ["iss", "sub", "aud", "exp", "iat", "nonce"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise BadIdToken(f"it does not fit ({type(error).__name__})") from None
    _check_times(claims, now)
    audience = claims["aud"]
    party = claims.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and party is None) or (
        party is not None and party != client
    ):
        raise BadIdToken("it was made for somebody else")
    told = claims["nonce"]
    if not isinstance(told, str) or not hmac.compare_digest(told.encode(), nonce.encode()):
        raise BadIdToken("it was made for another attempt")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or "\0" in subject:
        raise BadIdToken("it does not say about whom it is")
    return Claims(issuer, subject, _address(claims), _name(claims.get("name")))


def _key(keys: Mapping[str | None, Key], kid: object, algorithm: str) -> Key:
    if kid is None and len(keys) == 1:
        (key,) = keys.values()  # there is nothing to be told apart
    elif isinstance(kid, str) and kid in keys:
        key = keys[kid]
    else:
        raise UnknownKey("it is signed with a key that the issuer does not publish")
    if not algorithm.startswith(KINDS[key.kind]) or key.algorithm not in {None, algorithm}:
        raise BadIdToken("its key is for something else")
    return key


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    made, ends, starts = claims["iat"], claims["exp"], claims.get("nbf", 0)
    if not all(type(it) in {int, float} for it in (made, ends, starts)):
        raise BadIdToken("its times are none")
    if not ends > now - LEEWAY:
        raise BadIdToken("it is over")
    if not now - OLDEST - LEEWAY <= made <= now + LEEWAY or not starts <= now + LEEWAY:
        raise BadIdToken("it was not made just now")


def _address(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    # Letters that look alike are a way to be taken for somebody else.
    if not email.isascii() or len(email) > 200 or _ADDRESS.fullmatch(email) is None:
        return None
    return email.lower()


def _name(name: object) -> str | None:
    if not isinstance(name, str):
        return None
    return "".join(char for char in name if char.isprintable()).strip()[:200].strip() or None
