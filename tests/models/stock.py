"""Stock: units are held, made firm and given back once, and never more than there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tests.models.state import Ask, Claim, Said, State

ENDED = {
    "expired": "hold_expired",
    "confirmed": "already_confirmed",
    "released": "already_released",
    "cancelled": "already_cancelled",
}


def against(world: State, claim: Claim) -> set[str]:
    """What is in the way of this new claim."""
    short = any(n > world.target[o] - world.out(o) for o, n in claim.units.items())
    return {"insufficient_capacity"} if short else set()


def summed(lines: tuple[tuple[str, int], ...]) -> dict[str, int]:
    """Two lines on one offering are one demand."""
    units: Counter[str] = Counter()
    for offering, quantity in lines:
        units[offering] += quantity
    return dict(units)


def put(
    world: State,
    id: str,
    claim: Claim,
    kind: str,
    status: str | None = None,
    of: Iterable[str] | None = None,
) -> Said:
    """Let this be the claim, and let the ledger tell of it, on all of its offerings or on these. An
    offer that has nothing any more of what was waited for is one that is declined."""
    before, place = world.claim(id), world.line.get(id)
    held = before is not None and before.status == "held"
    if held and place is not None and place.offering not in claim.units:
        world.line[id] = place._replace(over=place.over or "declined")
    told = {o: (*claim.told.get(o, ()), kind) for o in of or claim.units}
    world.claims[id] = claim._replace(status=status or kind, told={**claim.told, **told})
    return Said("done", id)


def begun(world: State, id: str, claim: Claim, kind: str) -> Said:
    """Let there be this new claim."""
    return put(world, id, claim._replace(lines=claim.units), kind)


def confirm(world: State, ask: Ask, claim: Claim) -> Said:
    keep = kept(ask, claim)
    if isinstance(keep, Said):
        return keep
    if claim.status == "confirmed" and (not ask.lines or keep == claim.units):
        return Said("same", ask.id)
    if ask.lines and any(n < min(world.things[o].least, claim.lines[o]) for o, n in keep.items()):
        return Said("limit_exceeded")
    if claim.status != "held":
        return refused(claim)
    return put(world, ask.id, claim._replace(units=keep), "confirmed", of=claim.units)


def kept(ask: Ask, claim: Claim) -> dict[str, int] | Said:
    """What of a claim is to be confirmed."""
    keep = summed(ask.lines) or dict(claim.lines)
    if keep.keys() - claim.lines.keys():
        return Said("malformed_request")
    if any(n > claim.lines[o] for o, n in keep.items()):
        return Said("limit_exceeded")
    return keep


def release(world: State, ask: Ask, claim: Claim) -> Said:
    return give_back(world, ask, claim, {"held": "released"})


def cancel(world: State, ask: Ask, claim: Claim) -> Said:
    return give_back(world, ask, claim, {"held": "released", "confirmed": "cancelled"})


def give_back(world: State, ask: Ask, claim: Claim, ways: dict[str, str]) -> Said:
    """Claims go these ways, as a whole or in part; those that are there already stay."""
    if claim.status == "released" or claim.status in ways.values():
        return Said("same", ask.id)
    less = summed(ask.lines) or claim.units
    if less.keys() - claim.lines.keys():
        return Said("malformed_request")
    if claim.status not in ways:
        return refused(claim)
    if any(n > claim.units.get(o, 0) for o, n in less.items()):
        return Said("limit_exceeded")
    left = {o: rest for o, n in claim.units.items() if (rest := n - less.get(o, 0))}
    kind = ways[claim.status]
    if not left:
        return put(world, ask.id, claim, kind)
    if too_few(world, left, less):
        return Said("limit_exceeded")
    if claim.status == "held":
        # What was given back cannot be confirmed any more.
        claim = claim._replace(lines=left)
    return put(world, ask.id, claim._replace(units=left), kind, claim.status, less)


def too_few(world: State, left: Mapping[str, int], less: Iterable[str]) -> bool:
    """Whether there is less of something than one may have, and yet some of it."""
    return any(left[o] < world.things[o].least for o in less if o in left)


def refused(claim: Claim) -> Said:
    """It has ended, or come too far, for what is asked."""
    return Said(ENDED[claim.status])


def set_capacity(world: State, ask: Ask) -> Said:
    assert ask.number is not None
    if ask.by is not None:
        return Said("forbidden")
    if ask.id not in world.things:
        return Said("not_found")
    if ask.number < world.out(ask.id) and not ask.also:
        return Said("capacity_below_reserved")
    if ask.expected not in {None, world.capacity(ask.id)}:
        return Said("version_conflict")
    was, world.target[ask.id] = world.target[ask.id], ask.number
    return Said("same" if was == ask.number else "done", ask.id)
