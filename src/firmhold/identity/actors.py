"""Who sends a request: an actor, in which organization, and what it may do there."""

from typing import NamedTuple

from firmhold.domain.model import Actor
from firmhold.identity.permissions import OF_HOLD_TOKEN, OF_PUBLIC, OF_ROLE, Permission, of_scopes
from firmhold.identity.roles import Role

NOBODY = Actor("public")
"""Whoever has shown nothing about themselves."""


class Identity(NamedTuple):
    """An actor with what the doors know about it besides: rules need less."""

    organization: str
    actor: Actor
    permissions: frozenset[Permission] = OF_PUBLIC
    role: Role | None = None
    """`None` for whoever is no user."""
    email: str | None = None
    session: str | None = None
    """In which a user has signed in."""
    calendar_version: int | None = None
    """What the token of a calendar says; one that says less than the site has been withdrawn."""

    def may(self, permission: Permission) -> bool:
        """Whether it may do this."""
        return permission in self.permissions

    @property
    def is_staff(self) -> bool:
        """Whether it acts for others: as someone who works here, or as one of our programs."""
        return self.actor.operator


def user_identity(
    organization: str, user: str, email: str, role: Role, session: str | None = None
) -> Identity:
    """A signed-in user."""
    permissions = OF_ROLE[role]
    operator = Permission.RESERVATIONS_WRITE in permissions
    actor = Actor(f"user:{user}", customer=user, operator=operator)
    return Identity(organization, actor, permissions, role, email, session)


def key_identity(organization: str, key: str, scopes: frozenset[Permission]) -> Identity:
    """A program with an API key. It is nobody's customer."""
    permissions = of_scopes(scopes)
    operator = Permission.RESERVATIONS_WRITE in permissions
    return Identity(organization, Actor(f"key:{key}", operator=operator), permissions)


def hold_token_identity(organization: str, reservation: str) -> Identity:
    """Whoever has the token of this one hold."""
    actor = Actor(f"hold:{reservation}", reservation=reservation)
    return Identity(organization, actor, OF_HOLD_TOKEN)


def guest_actor(email: str) -> Actor:
    """Someone known by an e-mail address that nobody has verified.

    It may place a hold for that address, and nothing about it proves that it is the same person
    next time; acting on the hold takes the hold token.
    """
    return Actor(f"guest:{email}", customer=email)


def feed_actor(site: str) -> Actor:
    """Whoever has the token of this one site's calendar: it may look at that and nothing else."""
    return Actor(f"feed:{site}")
