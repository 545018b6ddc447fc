"""Time: a hold ends at one instant, can be moved later up to a bound, and taken again too late."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.models.state import Ask, Claim, Said, State, first_of
from tests.models.stock import kept, put, refused

LONGEST = 3
"""A hold lives at most so many times its TTL."""


def cap(world: State, offerings: Iterable[str]) -> int:
    """Seconds that a hold on these may last."""
    return min(world.things[o].ttl or world.ttl for o in offerings)


def begun(world: State, claim: Claim, seconds: int | None) -> Claim:
    """The claim as a hold that is placed now."""
    longest = cap(world, claim.units)
    ends = world.now + (seconds or longest)
    return claim._replace(ends=ends, reach=world.now + LONGEST * longest)


def extend(world: State, ask: Ask, claim: Claim) -> Said:
    assert ask.number is not None
    if claim.status != "held":
        return refused(claim)
    assert claim.ends is not None and claim.reach is not None
    ends = world.now + ask.number
    if ends > claim.reach:
        return Said("limit_exceeded")
    if ends <= claim.ends:
        return Said("same", ask.id)
    return put(world, ask.id, claim._replace(ends=ends), "extended", "held")


def moved(world: State, claim: Claim, new: set[str]) -> Claim:
    """The claim when this is new to it: it ends no later than a hold on that would."""
    if claim.status != "held" or not new:
        return claim
    assert claim.ends is not None and claim.reach is not None
    longest = cap(world, new)
    ends, reach = world.now + longest, world.now + LONGEST * longest
    return claim._replace(ends=min(claim.ends, ends), reach=min(claim.reach, reach))


def reacquire(
    world: State, ask: Ask, claim: Claim, against: Callable[[State, Claim], set[str]]
) -> Said:
    """Confirm too late, under the rules of a new claim."""
    keep = kept(ask, claim)
    if isinstance(keep, Said):
        return keep
    claim = claim._replace(units=keep)
    reasons = against(world, claim)
    if reasons:
        return Said(first_of(reasons))
    return put(world, ask.id, claim, "reacquired", "confirmed")
