"""The rule by the book: buckets in a dictionary. What every keeper is held against."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from firmhold.limits.bucket import Ask, Levels, Policy, decide

ORGANIZATION = "org_" + "1" * 32
POLICIES = (Policy("few", 2, 7), Policy("one", 1, 3), Policy("many", 10, 60), Policy("odd", 7, 2))


def ask(policy: Policy, subject: str = "ann", organization: str = ORGANIZATION) -> Ask:
    return Ask(policy, organization, subject)


def given_back(asks: Sequence[Ask]) -> list[Ask]:
    """What such a request has taken, if it was admitted."""
    return [one._replace(back=True) for one in asks]


class PlainBuckets:
    """Exactly the rule, for one process and for ever."""

    def __init__(self) -> None:
        self.full_at: dict[Ask, int] = {}

    def take(self, asks: Sequence[Ask], now: int) -> Levels:
        asks = tuple(dict.fromkeys(asks))
        whose = [one._replace(back=False) for one in asks]
        levels = decide(asks, [self.full_at.get(one, 0) for one in whose], now)
        if levels.allowed:
            self.full_at.update(
                {one: level.full_at for one, level in zip(whose, levels.each, strict=True)}
            )
        return levels


def most(policy: Policy, span: int) -> int:
    """Tokens that can be had in `span` microseconds: a full bucket, and what comes back."""
    return policy.burst + span // policy.interval


def assert_never_more_than_the_policy_allows(policy: Policy, admitted: Sequence[int]) -> None:
    """`admitted`: the instants at which a token was given, in their order."""
    for first, last in combinations(range(len(admitted)), 2):
        span = admitted[last] - admitted[first]
        assert last - first + 1 <= most(policy, span), f"{policy} between {first} and {last}"
