"""The waiting line: whoever comes first and fits gets what is free, before anyone who walks in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.models import limits
from tests.models.state import Ask, Claim, Place, Said, State, first_of
from tests.models.stock import begun, give_back

Against = Callable[[State, Claim], set[str]]


def serve(world: State, offerings: Iterable[str], against: Against) -> None:
    """Let those have their turn who wait for one of these."""
    for offering in offerings:
        for id, place in world.line.items():
            if place.offering == offering and world.standing(id) == "waiting":
                offer = offer_to(world, place)
                if not against(world, offer) and not limits.hoards(world, place.customer):
                    begun(world, id, offer, "held")


def offer_to(world: State, place: Place) -> Claim:
    until = world.now + world.offer_ttl
    return Claim(place.customer, {place.offering: place.quantity}, "held", until, until)


def join(world: State, ask: Ask, against: Against) -> Said:
    assert ask.customer is not None
    if ask.by not in {None, ask.customer}:
        return Said("forbidden")
    ((offering, quantity),) = ask.lines
    if offering not in world.things:
        return Said("not_found")
    place = Place(ask.customer, offering, quantity)
    here = [
        id
        for id, it in world.line.items()
        if (it.customer, it.offering) == (ask.customer, offering)
        and world.standing(id) in {"waiting", "offered"}
    ]
    if here and world.line[here[0]].quantity == quantity:
        return Said("same", here[0])
    reasons = unfit(world, place, against) | ({"already_exists"} if here else set())
    if reasons:
        return Said(first_of(reasons))
    world.line[ask.id] = place
    return Said("done", ask.id)


def unfit(world: State, place: Place, against: Against) -> set[str]:
    """Why there is no use in waiting."""
    reasons = against(world, offer_to(world, place)) - {"insufficient_capacity", "pool_busy"}
    if place.quantity > world.capacity(place.offering):
        reasons.add("insufficient_capacity")
    return reasons


def leave(world: State, ask: Ask) -> Said:
    place = world.line.get(ask.id)
    if place is None:
        return Said("not_found")
    if ask.by not in {None, place.customer}:
        return Said("forbidden")
    match world.standing(ask.id):
        case "waiting":
            world.line[ask.id] = place._replace(over="withdrawn")
        case "offered":
            claim = world.claims[ask.id]
            # What its customer has added to it since stays.
            offered = ((place.offering, claim.units[place.offering]),)
            give_back(world, ask._replace(lines=offered), claim, {"held": "released"})
        case "accepted":
            return Said("already_confirmed")
        case _:
            return Said("same", ask.id)
    return Said("done", ask.id)
