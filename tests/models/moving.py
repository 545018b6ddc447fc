"""Moving: a reservation is for something else instead, as a whole or not at all."""

from __future__ import annotations

from tests.models import ends, lending, limits, stock
from tests.models.state import Ask, Claim, Said, State, first_of


def move(world: State, ask: Ask, claim: Claim) -> Said:
    units = stock.summed(ask.lines)
    if units.keys() - world.things.keys():
        return Said("not_found")
    if not claim.live:
        return stock.refused(claim)
    more = {o for o, n in units.items() if n > claim.units.get(o, 0)}
    less = {o for o, n in claim.units.items() if n > units.get(o, 0)}
    if not more | less:
        return Said("same", ask.id)
    after = claim._replace(units=units, lines=units)
    if reasons := against(world, ask.id, after, more, less):
        return Said(first_of(reasons))
    after = ends.moved(world, after, units.keys() - claim.units.keys())
    return stock.put(world, ask.id, after, "moved", claim.status, more | less)


def against(world: State, id: str, after: Claim, more: set[str], less: set[str]) -> set[str]:
    """What is in the way: for what there is more of, all that is in the way of a new claim where
    there is not the old one."""
    rest = world.copy()
    del rest.claims[id]
    grown = after._replace(units={o: after.units[o] for o in more})
    reasons = limits.against(rest, grown) | stock.against(rest, grown)
    if stock.too_few(world, after.units, less):
        reasons.add("limit_exceeded")
    return reasons | lending.against(rest, after)
