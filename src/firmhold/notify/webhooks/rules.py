"""What webhooks are made of: secrets, signatures, and when something is tried again.

Pure: no clock, no randomness, no I/O.

The form is that of Standard Webhooks (https://www.standardwebhooks.com): `webhook-id`,
`webhook-timestamp`, and `webhook-signature` over both and the body.
"""

import base64
import hmac
from collections.abc import Sequence
from datetime import timedelta

PREFIX = "whsec_"

SECRET = 32
"""Bytes; the standard asks for 24 to 64."""

OLD_SECRET_FOR = timedelta(hours=24)
"""For so long everything is signed with the secret before as well, until each receiver has the new
one."""

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After each attempt that failed. Three days and a half together: a receiver that is down over a
weekend gets everything on Monday."""

JITTER = 0.2
"""By which a pause is longer or shorter, so that what failed together is not tried together."""

LONGEST_PAUSE = timedelta(days=1)
"""That a receiver may ask for."""


def pause_after(attempts: int, chance: float, asked: timedelta | None = None) -> timedelta | None:
    """Until it is tried again after so many attempts; `None` if it has been tried often enough.
    `chance`: from 0 to 1. `asked`: what the receiver has asked for, which is granted within
    bounds."""
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * (1 + JITTER * (2 * chance - 1))
    return pause if asked is None else max(pause, min(asked, LONGEST_PAUSE))


def written(secret: bytes) -> str:
    """A secret as its owner is told it."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secrets: Sequence[bytes], id: str, timestamp: int, body: bytes) -> str:
    """The header: one signature for each secret that is good."""
    signed = b"%b.%d.%b" % (id.encode(), timestamp, body)
    digests = (hmac.digest(secret, signed, "sha256") for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
