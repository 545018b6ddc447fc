"""An attempt to sign in elsewhere, as the browser that makes it keeps it meanwhile.

Nothing is kept here, so that nobody can fill anything up. What the browser brings back is signed:
it is the one that has begun, and this is what was begun. Pure but for the clock and for random
numbers.
"""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import msgspec

from firmhold.identity.keyring import Keyring

LASTS = 600
"""Seconds in which somebody can sign in at the other server, second factor included."""

LONGEST = 1024
"""Characters. Ours have about 350."""

_PURPOSE = b"firmhold oidc attempt\0"
"""Keeps what is signed here from being anything else that is signed with the same key."""


class ProviderAway(Exception):
    """Nothing that is usable can be had from the provider; the message says why."""


class NotSignedIn(Exception):
    """The provider has signed nobody in, or nobody whom it proves; the message says why."""


class Attempt(msgspec.Struct, frozen=True):
    """One attempt."""

    state: str
    """Comes back in the address, so that an answer to somebody else's attempt is none to this."""
    nonce: str
    """Comes back in the ID token, which was made for this attempt then."""
    verifier: str
    """Whose digest the other server was told: whoever gets hold of the code cannot use it (RFC
    7636)."""
    began: int
    """In seconds since 1970."""
    organization: str | None = None
    """Slug of the one that was named."""

    @property
    def challenge(self) -> str:
        """The digest of the verifier."""
        return _text(sha256(self.verifier.encode()).digest())


_decode = msgspec.json.Decoder(Attempt).decode


class Attempts:
    """Begins attempts, and knows them again."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys

    def begin(self, organization: str | None = None) -> Attempt:
        """A new one."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return Attempt(state, nonce, verifier, int(time.time()), organization)

    def written(self, attempt: Attempt) -> str:
        """The attempt as a browser keeps it."""
        kid, key = self._keys.signing()
        content = _text(msgspec.json.encode(attempt))
        return f"{kid}.{content}.{_text(_signature(key, content))}"

    def read(self, text: str) -> Attempt | None:
        """The attempt that was written like this, unless it is over."""
        kid, _, rest = text.partition(".")
        content, _, signature = rest.partition(".")
        key = self._keys.verifying(kid) if len(text) <= LONGEST else None
        if key is None or not text.isascii():
            return None
        if not hmac.compare_digest(_text(_signature(key, content)), signature):
            return None
        attempt = _decode(urlsafe_b64decode(content + "=" * (-len(content) % 4)))
        return attempt if abs(time.time() - attempt.began) <= LASTS else None


def _signature(key: bytes, content: str) -> bytes:
    return hmac.digest(key, _PURPOSE + content.encode(), "sha256")


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
