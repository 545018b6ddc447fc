"""What a decision is made from and what comes out of it."""

from collections.abc import Mapping
from typing import NamedTuple

from firmhold.domain.errors import Refusal
from firmhold.domain.model import LedgerEntry, Offering, Reservation


class Policy(NamedTuple):
    """What an organization has set for all its offerings."""

    hold_ttl_seconds: int = 300
    max_live_holds: int | None = None
    """Holds one customer may have at the same time, over all offerings."""


class State(NamedTuple):
    """What the decision needs, read under lock. Must contain everything the commands name."""

    policy: Policy
    offerings: Mapping[str, Offering]
    reservations: Mapping[str, Reservation]
    """Those named by commands, and the due holds on the offerings."""
    usage: Mapping[tuple[str, str], int]
    """Units per (customer, offering) in live holds and confirmed, due holds not counted."""
    live_holds: Mapping[str, int]
    """Holds per customer that are not due."""


class Accepted(NamedTuple):
    """A command that has its effect: now, or already before (`changed` is false)."""

    subject: Reservation | Offering
    changed: bool


Outcome = Accepted | Refusal


class Decision(NamedTuple):
    """The answers, one per command in their order, and everything there is to write."""

    outcomes: list[Outcome]
    offerings: list[Offering]
    reservations: list[Reservation]
    """Every reservation that is new or different, as it ends up."""
    created: frozenset[str]
    """Ids of those among them that are new."""
    entries: list[LedgerEntry]
