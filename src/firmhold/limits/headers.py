"""How limits are told to clients: `RateLimit-Policy`, `RateLimit` and `Retry-After`.

The syntax of draft-ietf-httpapi-ratelimit-headers-11 (May 2026), structured fields of RFC 9651, and
of RFC 9110, section 10.2.3. A window is the time in which no more than the available quota can be
used: here, until the next token comes back. Pure functions.
"""

from firmhold.limits.bucket import SECOND, Level, Levels, Policy


def rate_limit_policy(levels: Levels) -> str:
    """The limits that concern the request, such as `"holds";q=10;w=60`; empty if there are none."""
    return ", ".join([ask.policy.told for ask in levels.asks])


def rate_limit(levels: Levels) -> str:
    """What can still be done, such as `"holds";r=9;t=6`; empty if there is no limit.

    Of an admitted request the bucket that has least, which is what bounds the client; of a refused
    one the buckets that refused it. The others are nobody's business: an address and an e-mail are
    shared with strangers.
    """
    if not levels.allowed:
        return ", ".join(
            [
                _item(ask.policy, level)
                for ask, level in zip(levels.asks, levels.each, strict=True)
                if not level.allowed
            ]
        )
    if not levels.each:
        return ""
    least, level = 0, levels.each[0]
    for index, other in enumerate(levels.each):
        if other.remaining > level.remaining:
            continue
        if other.remaining < level.remaining or other.more_in > level.more_in:
            least, level = index, other
    return _item(levels.asks[least].policy, level)


def retry_after(levels: Levels) -> int:
    """Seconds until a refused request can be admitted by all that refused it: whole ones, rounded
    up, so at least 1, and not before the end of any window that `rate_limit` tells."""
    return max(_whole_seconds(level.more_in) for level in levels.each if not level.allowed)


def refused_by(levels: Levels) -> list[str]:
    """Names of the policies that refused the request."""
    return [
        ask.policy.name
        for ask, level in zip(levels.asks, levels.each, strict=True)
        if not level.allowed
    ]


def _item(policy: Policy, level: Level) -> str:
    return f'"{policy.name}";r={level.remaining};t={_whole_seconds(level.more_in)}'


def _whole_seconds(microseconds: int) -> int:
    return -(-microseconds // SECOND)
