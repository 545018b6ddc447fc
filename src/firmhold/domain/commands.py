"""What can be asked of the engine, as imperative values. What a command means is in `decide`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from firmhold.domain.model import Actor, Status


class Asked(NamedTuple):
    """So many units of one offering."""

    offering: str
    quantity: int


class Hold(NamedTuple):
    """Claim units for a limited time; with `confirm`, claim them for good at once."""

    reservation: str
    """The id the new reservation is to have, made by the caller."""
    actor: Actor
    customer: str | None
    lines: tuple[Asked, ...]
    ttl_seconds: int | None = None
    confirm: bool = False
    notes: str | None = None
    guest_count: int | None = None
    metadata: Mapping[str, Any] | None = None


class Confirm(NamedTuple):
    """Make a hold firm: all of it, or the given lines with the rest going back on sale."""

    reservation: str
    actor: Actor
    lines: tuple[Asked, ...] | None = None
    reacquire: bool = False
    """After expiry, take the units again if they are still free."""


class Extend(NamedTuple):
    """Let a hold end no sooner than `ttl_seconds` from now."""

    reservation: str
    actor: Actor
    ttl_seconds: int


class Release(NamedTuple):
    """Give a hold back, or the given units of it."""

    reservation: str
    actor: Actor
    lines: tuple[Asked, ...] | None = None


class Cancel(NamedTuple):
    """Give a confirmed reservation back, or the given units of it; what is held is released."""

    reservation: str
    actor: Actor
    reason: str | None = None
    lines: tuple[Asked, ...] | None = None


class Move(NamedTuple):
    """Let a reservation be for these lines instead: wholly, or not at all."""

    reservation: str
    actor: Actor
    lines: tuple[Asked, ...]


class CheckIn(NamedTuple):
    """Record whether the customer came: `fulfilled`, or `no_show`."""

    reservation: str
    actor: Actor
    outcome: Status


class Expire(NamedTuple):
    """Record that a hold has ended, if it has. Harmless otherwise."""

    reservation: str
    actor: Actor


class SetCapacity(NamedTuple):
    """Set an offering's capacity, if it still is what the caller believes (`expected`)."""

    offering: str
    actor: Actor
    capacity: int
    expected: int | None = None
    drain: bool = False
    """Below what is reserved: stop selling now, and come down as units come back."""
    reason: str | None = None


class AdjustCapacity(NamedTuple):
    """Change an offering's capacity by a signed number of units, for a stated reason."""

    offering: str
    actor: Actor
    delta: int
    reason: str
    drain: bool = False


class Join(NamedTuple):
    """Wait for units of an offering. If they are free they are offered at once."""

    entry: str
    """The id the new waitlist entry is to have."""
    offer: str
    """The id that the reservation is to have by which units are held for it, should they be now."""
    actor: Actor
    customer: str
    offering: str
    quantity: int


class Leave(NamedTuple):
    """Give up a place in the line, or decline the offer it has led to."""

    entry: str
    actor: Actor


class Reconsider(NamedTuple):
    """See whether someone on the waitlist can be served now, or can no longer be."""

    offering: str
    actor: Actor


ReservationCommand = Confirm | Extend | Release | Cancel | Expire | Move | CheckIn
CapacityCommand = SetCapacity | AdjustCapacity
WaitlistCommand = Join | Leave | Reconsider
Command = Hold | ReservationCommand | CapacityCommand | WaitlistCommand
