"""Stock: units are held, made firm and given back once, and never more than there are."""

from __future__ import annotations

from collections import Counter

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


def put(world: State, id: str, claim: Claim, kind: str, status: str | None = None) -> Said:
    """Let this be the claim, and let the ledger tell of it."""
    status = status or kind
    world.claims[id] = claim._replace(status=status, told=(*claim.told, kind))
    return Said("done", id)


def confirm(world: State, ask: Ask, claim: Claim) -> Said:
    if claim.status == "confirmed":
        return Said("same", ask.id)
    return put(world, ask.id, claim, "confirmed") if claim.status == "held" else refused(claim)


def release(world: State, ask: Ask, claim: Claim) -> Said:
    if claim.status == "released":
        return Said("same", ask.id)
    return put(world, ask.id, claim, "released") if claim.status == "held" else refused(claim)


def cancel(world: State, ask: Ask, claim: Claim) -> Said:
    if claim.status in {"released", "cancelled"}:
        return Said("same", ask.id)
    if not claim.live:
        return refused(claim)
    return put(world, ask.id, claim, "released" if claim.status == "held" else "cancelled")


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
