"""The rules of refresh tokens: a family that grows by one, and dies when a dead one comes back.

Whoever signs in gets a refresh token, and for each refresh token a successor. A token that is used
once more after it has been spent was copied: by whom cannot be told, so the whole family ends (RFC
9700, section 4.14.2). Two things look the same and are none of it: an answer that was lost on its
way, and two windows of one browser that refresh together. So for a few seconds a spent token gets
the same successor again.

The same, although only digests are kept: a successor is worked out from its predecessor and a salt
that is kept beside the predecessor's digest. Whoever reads the database has the salts, but no token
to start from; whoever has a token has no salt.

Pure: tokens in, decisions out. What is kept, and how, is `store`'s and `directory`'s.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

GRACE = timedelta(seconds=10)
"""For how long a spent token gets its successor again. Long enough for a lost answer to be
noticed and asked for once more, short enough to be of little use to a thief, who is found out as
soon as the next token is used."""

ACCESS_SECONDS = 15 * 60
"""How long an access token lasts. It is not asked back meanwhile, but for the few of sessions that
have ended: see `ended`."""

SESSION = timedelta(days=30)
"""After which somebody has to sign in again, however often they have refreshed."""

IDLE = timedelta(days=14)
"""The same for somebody who has not refreshed for so long."""

SECRET = 32
"""Bytes of a token that nobody can guess."""

SALT = 16

PREFIX = "fhr_"
"""Tells what it is, to people and to programs that look for leaked secrets."""


class Kept(NamedTuple):
    """A refresh token as it is kept."""

    session: str
    spent_at: datetime | None
    salt: bytes | None
    """With which its successor was made; as long as it has none, `None`."""


class Outcome(StrEnum):
    """What comes of a refresh token that somebody shows."""

    UNKNOWN = "unknown"
    """Never made, or long forgotten."""
    OVER = "over"
    """The session has ended."""
    ROTATED = "rotated"
    """It is spent now, and has a successor."""
    REPEATED = "repeated"
    """It was spent a moment ago; the newest token is told once more."""
    REUSED = "reused"
    """It was spent before. The session ends for everyone."""


class Decision(NamedTuple):
    """What to do, and what to tell."""

    outcome: Outcome
    successor: bytes | None = None
    spend: bytes | None = None
    """Digest of the token that is spent now."""
    salt: bytes | None = None
    """To keep beside it."""


def digest(token: bytes) -> bytes:
    """What is kept of a token. It has as much randomness as the digest, so a plain hash does."""
    return sha256(token).digest()


def successor(token: bytes, salt: bytes) -> bytes:
    """The token that follows this one."""
    return hmac.digest(token, b"firmhold refresh" + salt, sha256)


def refresh(
    token: bytes,
    family: Mapping[bytes, Kept],
    *,
    ended: bool,
    now: datetime,
    fresh_salt: bytes,
) -> Decision:
    """What comes of showing this token. `family` has the tokens of its session by digest, all
    those at least that were spent within `GRACE`; it is locked until the decision is written.

    A token that was spent within `GRACE` leads to the newest of the family, which may be more than
    one step away: a window that slept through two refreshes has done nothing wrong.
    """
    kept = family.get(digest(token))
    if kept is None:
        return Decision(Outcome.UNKNOWN)
    if ended:
        return Decision(Outcome.OVER)
    if kept.spent_at is None:
        return Decision(Outcome.ROTATED, successor(token, fresh_salt), digest(token), fresh_salt)
    if now - kept.spent_at > GRACE:
        return Decision(Outcome.REUSED)
    newest = token
    while (here := family.get(digest(newest))) is not None and here.salt is not None:
        newest = successor(newest, here.salt)
    if digest(newest) not in family:
        return Decision(Outcome.REUSED)  # the chain is broken: somebody has changed the records
    return Decision(Outcome.REPEATED, newest)


def written(token: bytes) -> str:
    """The token as its bearer gets it."""
    return PREFIX + urlsafe_b64encode(token).rstrip(b"=").decode()


def read(text: str) -> bytes | None:
    """The token in this text; `None` if it cannot be one."""
    if not text.startswith(PREFIX) or len(text) != len(PREFIX) + -(-SECRET * 4 // 3):
        return None
    try:
        token = urlsafe_b64decode(text[len(PREFIX) :] + "=")
    except ValueError:
        return None
    return token if written(token) == text else None
