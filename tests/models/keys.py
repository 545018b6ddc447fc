"""Idempotency: a key has one effect of one actor and operation, and then the same answer always."""

from __future__ import annotations

from collections.abc import Callable

from tests.models.state import Ask, Said, State

MADE = {"hold", "join"}
"""What these make has a name of its own each time they are asked for."""


def once(world: State, ask: Ask, do: Callable[[State, Ask], Said]) -> Said:
    """Carry out what was not carried out under this key before. A refusal leaves the key free."""
    if ask.key is None:
        return do(world, ask)
    scope, request = (ask.by, ask.way or ask.verb, ask.key), requested(ask)
    if scope in world.answers:
        asked, subject = world.answers[scope]
        return Said("again", subject) if asked == request else Said("idempotency_key_reused")
    said = do(world, ask)
    if said.code == "done":
        assert said.subject is not None
        world.answers[scope] = request, said.subject
    return said


def requested(ask: Ask) -> Ask:
    """What is compared when a key comes again."""
    return ask._replace(id="") if ask.verb in MADE else ask
