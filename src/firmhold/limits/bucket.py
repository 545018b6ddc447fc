"""The rule of a token bucket, in the form of the generic cell rate algorithm.

A bucket holds `burst` tokens at most and gets one back every `period / burst` seconds. All that has
to be kept is one number, the instant at which the bucket will be full again: tokens that are missing
are time until then. Whoever keeps it (memory that processes share, Redis, PostgreSQL) decides by the
same formula: ATM Forum, Traffic Management 4.1, section 4.4.2, the virtual scheduling algorithm.

Instants and spans are whole microseconds, by whatever clock the keeper has, so that nothing is lost
to rounding however often it is counted.
"""

from typing import NamedTuple

SECOND = 1_000_000
"""Microseconds."""


class Policy(NamedTuple):
    """How often something may be done."""

    name: str
    """In the `RateLimit` headers and in refusals."""
    burst: int
    """Tokens in a full bucket: so many at once."""
    period: int
    """Seconds in which an empty bucket gets full: `burst` in every `period` for those who go on."""

    @property
    def interval(self) -> int:
        """Microseconds in which one token comes back."""
        return self.period * SECOND // self.burst

    @property
    def depth(self) -> int:
        """Microseconds until an empty bucket is full."""
        return self.interval * self.burst


class Level(NamedTuple):
    """A bucket after somebody has asked."""

    allowed: bool
    remaining: int
    """Whole tokens that are left."""
    retry_after: int
    """Microseconds until what was asked for can be had; 0 if it was."""
    full_at: int
    """The instant to keep. After a refusal it is what it was."""


def take(policy: Policy, full_at: int, now: int, cost: int = 1) -> Level:
    """Ask a bucket that is full at `full_at` for `cost` tokens, 1 to `policy.burst` of them.

    An instant that no sequence of takes leads to (further away than an empty bucket needs) comes
    from a half-written or foreign record, or from a clock that was set back. It counts as empty:
    never as open, and not as closed for longer than the bucket takes to fill.
    """
    depth = policy.depth
    begun = min(max(full_at, now), now + depth)
    filled = begun + cost * policy.interval
    over = filled - (now + depth)
    if over > 0:
        return Level(False, (now + depth - begun) // policy.interval, over, begun)
    return Level(True, -over // policy.interval, 0, filled)
