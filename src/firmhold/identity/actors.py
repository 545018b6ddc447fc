"""Who sends a request: an actor, in which organization, and what it may do there."""

from enum import StrEnum
from typing import NamedTuple

from firmhold.domain.model import Actor


class Role(StrEnum):
    """What a user is to an organization."""

    ADMIN = "admin"
    OWNER = "owner"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    CUSTOMER = "customer"


OPERATORS = frozenset({Role.ADMIN, Role.OWNER, Role.OPERATOR})
"""May act for every customer and change stock."""

READERS = OPERATORS | {Role.AUDITOR}
"""May read every reservation and the ledger."""

OWNERS = frozenset({Role.ADMIN, Role.OWNER})
"""May change what the organization allows."""


class Identity(NamedTuple):
    """An actor with what the doors know about it besides: rules need less."""

    organization: str
    actor: Actor
    role: Role | None = None
    """`None` for a guest, with or without a hold token, and for the public."""
    email: str | None = None
    calendar_version: int | None = None
    """What the token of a calendar says; one that says less than the site has been withdrawn."""


def user_actor(user: str, role: Role) -> Actor:
    """The actor that a signed-in user is."""
    return Actor(f"user:{user}", customer=user, operator=role in OPERATORS)


def guest_actor(email: str) -> Actor:
    """Someone known by an e-mail address that nobody has verified.

    It may place a hold for that address, and nothing about it proves that it is the same person
    next time; acting on the hold takes the hold token.
    """
    return Actor(f"guest:{email}", customer=email)


def feed_actor(site: str) -> Actor:
    """Whoever has the token of this one site's calendar: it may look at that and nothing else."""
    return Actor(f"feed:{site}")


def hold_token_actor(reservation: str) -> Actor:
    """Whoever has the token of this one hold."""
    return Actor(f"hold:{reservation}", reservation=reservation)
