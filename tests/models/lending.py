"""Pools: what slots need is lent for their time and its buffers, and never more than there is."""

from __future__ import annotations

from collections.abc import Iterator

from tests.models.state import Claim, State


def against(world: State, claim: Claim) -> set[str]:
    """What is in the way of this new claim: some pool that would lend more than it has in some
    minute of the day."""
    claims = [it for _, it in world.live()] + [claim]
    for pool, minutes in taken(world, claim):
        for minute in minutes:
            units = sum(
                world.things[o].needs[p]
                for it in claims
                for o in it.units
                for p in world.things[o].needs
                if p == pool and minute in time_of(world, o, p)
            )
            if units > world.pools[pool].units:
                return {"pool_busy"}
    return set()


def meet(world: State, one: str, other: str) -> bool:
    """Whether these take from one pool at one time."""
    return any(
        range(max(a.start, b.start), min(a.stop, b.stop))
        for pool in world.things[one].needs.keys() & world.things[other].needs.keys()
        for a, b in [(time_of(world, one, pool), time_of(world, other, pool))]
    )


def taken(world: State, claim: Claim) -> Iterator[tuple[str, range]]:
    """The pools that a claim takes from, and when."""
    for offering in claim.units:
        for pool in world.things[offering].needs:
            yield pool, time_of(world, offering, pool)


def time_of(world: State, offering: str, pool: str) -> range:
    slot, (_, before, after) = world.things[offering], world.pools[pool]
    return range(slot.begins - before, slot.ends + after)
