"""The rule of a token bucket, in the form of the generic cell rate algorithm.

A bucket holds `burst` tokens at most and gets one back every `period / burst` seconds. All that has
to be kept of it is one number, the instant at which it will be full again: a token that is missing
is time until then. Whoever keeps it (memory that processes share, Redis, PostgreSQL) decides by the
same formula: ATM Forum, Traffic Management 4.1, section 4.4.2, the virtual scheduling algorithm.

Instants and spans are whole microseconds, by whatever clock the keeper has, so that nothing is lost
to rounding however often it is counted. Pure: reads no clock and keeps nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SECOND = 1_000_000
"""Microseconds."""

MAX_BURST = 1_000_000
"""Tokens. So many in a second are one in a microsecond, the finest that can be told apart."""

MAX_PERIOD = 86_400
"""Seconds. No bucket takes longer to fill, so an instant that is further away is none of ours."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How often something may be done. Raises `ValueError` if the numbers are out of range."""

    name: str
    """In the `RateLimit` headers and in refusals: letters and hyphens."""
    burst: int
    """Tokens in a full bucket, 1 to `MAX_BURST`: so many at once."""
    period: int
    """Seconds in which an empty bucket gets full, 1 to `MAX_PERIOD`: `burst` in every `period` for
    those who go on."""
    interval: int = field(init=False)
    """Microseconds in which one token comes back."""
    depth: int = field(init=False)
    """Microseconds until an empty bucket is full."""
    told: str = field(init=False)
    """As `RateLimit-Policy` has it."""

    def __post_init__(self) -> None:
        if not 1 <= self.burst <= MAX_BURST:
            raise ValueError(f"1 to {MAX_BURST} tokens, not {self.burst}")
        if not 1 <= self.period <= MAX_PERIOD:
            raise ValueError(f"1 to {MAX_PERIOD} seconds, not {self.period}")
        interval = self.period * SECOND // self.burst
        object.__setattr__(self, "interval", interval)
        object.__setattr__(self, "depth", interval * self.burst)
        told = f'"{self.name}";q={self.burst};w={self.period}'
        object.__setattr__(self, "told", told)

    def __hash__(self) -> int:
        """Of a text, which remembers its own: buckets are looked up with each request."""
        return hash(self.told)


class Ask(NamedTuple):
    """A token of one bucket is asked for."""

    policy: Policy
    organization: str
    """Whose limit it is; no organization's requests use up another's."""
    subject: str
    """Whose bucket: a user's, an address's, an e-mail's; empty for the organization's own."""
    back: bool = False
    """One that was taken is given back instead, and nothing else: there was no need for it."""

    @property
    def interval(self) -> int:
        """By how many microseconds the bucket is full later."""
        return -self.policy.interval if self.back else self.policy.interval


class Level(NamedTuple):
    """A bucket after somebody has asked."""

    allowed: bool
    remaining: int
    """Whole tokens that are left."""
    more_in: int
    """Microseconds until there is one token more; 0 if the bucket is full."""
    full_at: int
    """The instant at which it is full, never further away than an empty bucket needs."""


class Levels(NamedTuple):
    """What one request was answered: a token of each bucket it asked, or none of any."""

    allowed: bool
    asks: Sequence[Ask]
    """Each bucket once."""
    each: Sequence[Level]
    """In the order of `asks`."""


UNLIMITED = Levels(True, (), ())
"""The answer to a request that no limit concerns."""


def take(policy: Policy, full_at: int, now: int) -> Level:
    """Ask a bucket that is full at `full_at` for a token.

    An instant that no sequence of takes leads to (further away than an empty bucket needs) comes
    from a half-written or foreign record, or from a clock that was set back. It counts as empty:
    never as open; and who keeps what is returned, refused or not, keeps nothing of the kind.
    """
    limit = now + policy.depth
    filled = max(full_at, now) + policy.interval
    if filled > limit:
        return _left(policy, min(full_at, limit), now, False)
    return _left(policy, filled, now, True)


def give_back(policy: Policy, full_at: int, now: int) -> Level:
    """A bucket that is full at `full_at`, with a token that was taken and not needed."""
    limit = now + policy.depth
    return _left(policy, max(min(full_at, limit) - policy.interval, now), now, True)


def look(policy: Policy, full_at: int, now: int) -> Level:
    """What a bucket has, without a token being taken; not that one was refused."""
    return _left(policy, min(max(full_at, now), now + policy.depth), now, True)


def decide(asks: Sequence[Ask], full_at: Sequence[int], now: int) -> Levels:
    """Take a token of each bucket, or none of any: whoever is refused by one limit is not charged
    for the others. `full_at` are the instants that were kept, in the order of `asks`, which name
    each bucket once."""
    each = [
        give_back(ask.policy, at, now) if ask.back else take(ask.policy, at, now)
        for ask, at in zip(asks, full_at, strict=True)
    ]
    if False not in [level.allowed for level in each]:
        return Levels(True, asks, each)
    return Levels(
        False,
        asks,
        [
            look(ask.policy, at, now) if level.allowed else level
            for level, ask, at in zip(each, asks, full_at, strict=True)
        ],
    )


def _left(policy: Policy, full_at: int, now: int, allowed: bool) -> Level:
    there = policy.depth - (full_at - now)
    remaining, part = divmod(there, policy.interval)
    return Level(allowed, remaining, policy.interval - part if full_at > now else 0, full_at)
