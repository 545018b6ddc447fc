"""Limits: how few and how many units at once, how many in all, how many holds at a time."""

from __future__ import annotations

from tests.models import ends
from tests.models.state import Ask, Claim, State


def against(world: State, claim: Claim) -> set[str]:
    """What is in the way of this new claim, whatever it is to be."""
    for offering, units in claim.units.items():
        thing = world.things[offering]
        too_many = thing.most is not None and units > thing.most
        total = units + has(world, claim.customer, offering)
        if units < thing.least or too_many or (thing.each is not None and total > thing.each):
            return {"limit_exceeded"}
    return set()


def has(world: State, customer: str | None, offering: str) -> int:
    """Units that a customer has; nobody in particular has none."""
    live = (it for _, it in world.live() if it.customer == customer is not None)
    return sum(it.units.get(offering, 0) for it in live)


def against_holding(world: State, claim: Claim, ask: Ask) -> set[str]:
    """What is in the way of holding it, rather than taking it for good."""
    too_long = ask.number is not None and ask.number > ends.cap(world, claim.units)
    return {"limit_exceeded"} if too_long or hoards(world, claim.customer) else set()


def hoards(world: State, customer: str | None) -> bool:
    """Whether a customer has as many holds as one may have."""
    holds = [it.customer for _, it in world.live() if it.status == "held"]
    return (
        customer is not None
        and world.most_holds is not None
        and holds.count(customer) >= world.most_holds
    )
