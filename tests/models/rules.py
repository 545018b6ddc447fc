"""The concerns together: what becomes of one command, and of several that are under way at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

from tests.models import ends, keys, lending, limits, line, moving, stock
from tests.models.state import Ask, Claim, Said, State, first_of

OF_A_CLAIM = {
    "confirm": stock.confirm,
    "release": stock.release,
    "cancel": stock.cancel,
    "extend": ends.extend,
    "move": moving.move,
}


def against(world: State, claim: Claim) -> set[str]:
    """Everything that is in the way of a new claim."""
    return (
        limits.against(world, claim) | stock.against(world, claim) | lending.against(world, claim)
    )


def do(world: State, ask: Ask) -> Said:
    """What becomes of a command. Whoever waits for what it touches has their turn before and
    after."""
    concerned = touched(world, ask)
    line.serve(world, concerned, against)
    said = keys.once(world, ask, act)
    line.serve(world, concerned, against)
    return said


def touched(world: State, ask: Ask) -> list[str]:
    """The offerings that a command is about. Where there is no claim nothing is looked at."""
    if ask.verb in OF_A_CLAIM and ask.id not in world.claims:
        return []
    named = [offering for offering, _ in ask.lines]
    if ask.id in world.claims:
        named += world.claims[ask.id].lines
    if ask.id in world.line:
        named.append(world.line[ask.id].offering)
    concerned = [o for o in dict.fromkeys((*named, ask.id)) if o in world.things]
    # It may give back to a pool what is waited for elsewhere, or take what somebody could have had.
    around = (o for o in world.things if any(lending.meet(world, o, it) for it in concerned))
    return list(dict.fromkeys((*concerned, *around)))


def act(world: State, ask: Ask) -> Said:
    match ask.verb:
        case "hold":
            return hold(world, ask)
        case "set":
            return stock.set_capacity(world, ask)
        case "join":
            return line.join(world, ask, against)
        case "leave":
            return line.leave(world, ask)
        case "look":
            return Said("same", ask.id)
    claim = world.claim(ask.id)
    if claim is None:
        return Said("not_found")
    if ask.by not in {None, claim.customer, token_of(ask.id)}:
        return Said("forbidden")
    if ask.verb == "confirm" and ask.also and claim.status == "expired":
        return ends.reacquire(world, ask, claim, against)
    return OF_A_CLAIM[ask.verb](world, ask, claim)


def token_of(claim: str) -> str:
    """Whoever has the token that came with a hold."""
    return f"token of {claim}"


def hold(world: State, ask: Ask) -> Said:
    if ask.by is not None and ask.by != ask.customer:
        return Said("forbidden")
    units = stock.summed(ask.lines)
    if units.keys() - world.things.keys():
        return Said("not_found")
    claim = Claim(ask.customer, units, "")
    reasons = against(world, claim)
    if not ask.also:
        reasons |= limits.against_holding(world, claim, ask)
    if reasons:
        return Said(first_of(reasons))
    if ask.also:
        return stock.begun(world, ask.id, claim, "confirmed")
    return stock.begun(world, ask.id, ends.begun(world, claim, ask.number), "held")


def ways(
    world: State,
    asks: Mapping[int, Ask],
    allowed: Callable[[int, Said], bool],
    do: Callable[[State, Ask], Said] = do,
) -> Iterator[State]:
    """The worlds that these numbered commands may leave, carried out one after the other in any
    order in which each is answered as allowed. Whoever waits may have their turn in between."""
    for begun in turns(world):
        if not asks:
            yield begun
        for number, ask in asks.items():
            after = begun.copy()
            if allowed(number, do(after, ask)):
                rest = {n: it for n, it in asks.items() if n != number}
                yield from ways(after, rest, allowed, do)


def turns(world: State) -> Iterator[State]:
    """The world, and what it is if those have had their turn who wait for some of the offerings:
    it is a matter of what else is locked, and is not to be seen from outside."""
    yield world
    waited_for = {it.offering for id, it in world.line.items() if world.standing(id) == "waiting"}
    for many in range(1, len(waited_for) + 1):
        for some in combinations(sorted(waited_for), many):
            served = world.copy()
            line.serve(served, some, against)
            if served.claims != world.claims:
                yield served
