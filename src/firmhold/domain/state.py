"""What a decision is made from and what comes out of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from firmhold.domain.errors import Refusal
from firmhold.domain.model import LedgerEntry, Loan, Offering, Pool, Reservation, WaitlistEntry

_NOTHING: Mapping[Any, Any] = {}


class Policy(NamedTuple):
    """What an organization has set for all its offerings."""

    hold_ttl_seconds: int = 300
    max_live_holds: int | None = None
    """Holds one customer may have at the same time, over all offerings."""
    offer_ttl_seconds: int = 600
    """How long units are held for someone from the waitlist."""


class Visit(NamedTuple):
    """Units a customer has in a slot of some site."""

    starts_at: datetime
    units: int


class Queue(NamedTuple):
    """Who waits for an offering."""

    entries: tuple[str, ...]
    """Ids of waitlist entries that wait, in their order."""
    whole: bool = True
    """Whether nobody else waits, but for those who want more than `fits` units."""
    fits: int | None = None
    """If given, of those behind the first `known` only who wants at most so many units is there."""
    known: int = 0


class State(NamedTuple):
    """What the decision needs, read under lock. Must contain everything the commands name."""

    policy: Policy
    offerings: Mapping[str, Offering]
    reservations: Mapping[str, Reservation]
    """Those named by commands, the offers that commands decline, and due holds: those on the
    offerings and those on slots that have taken of the pools."""
    usage: Mapping[tuple[str, str], int]
    """Units per (customer, offering) in live holds and confirmed, due holds not counted."""
    live_holds: Mapping[str, int]
    """Holds per customer that are not due."""
    pools: Mapping[str, Pool] = _NOTHING
    """Those that reservations of the offerings take from."""
    loans: Sequence[Loan] = ()
    """What is taken from these pools at the times of the offerings, buffers included."""
    queues: Mapping[str, Queue] = _NOTHING
    """Those of the offerings for which anyone waits or has an offer. Where two of them compete,
    such as for a room, they are served in this order."""
    waitlist: Mapping[str, WaitlistEntry] = _NOTHING
    """By id: those in the queues, those with an open offer that the reservations are, those that
    commands name, and the places that customers who want to join have already."""
    offers: Mapping[str, str] = _NOTHING
    """By a waiting entry's id, the id that a reservation is to have which is made for it now."""
    visits: Mapping[tuple[str, str], Sequence[Visit]] = _NOTHING
    """What a customer has at a site, per (customer, site), wherever that is limited: live holds
    and confirmed, in slots near enough to matter."""
    partial: bool = False
    """More holds are due than were read, so that nobody's turn can be told."""


class Standing(NamedTuple):
    """What can be told someone on a waitlist about their turn."""

    position: int | None
    """1 for whoever is next; `None` for who does not wait, or whose line was not read as far."""
    refusal: Refusal | None
    """Why someone who waits is not served yet."""
    offer_ends_at: datetime | None
    """When the offer ends, or has ended."""


class Accepted(NamedTuple):
    """A command that has its effect: now, or already before (`changed` is false)."""

    subject: Reservation | Offering | WaitlistEntry
    changed: bool
    standing: Standing | None = None
    """Of a waitlist entry."""
    cancellable_until: datetime | None = None
    """Of a reservation: as `leaving.cancellable_until` has it."""


Outcome = Accepted | Refusal


class Decision(NamedTuple):
    """The answers, one per command in their order, and everything there is to write."""

    outcomes: list[Outcome]
    offerings: list[Offering]
    created: list[Reservation]
    """New reservations as they were placed."""
    changed: list[Reservation]
    """Reservations that are different, as they end up; new ones too, if they have changed since."""
    moved: frozenset[str]
    """Ids of those among them that have other lines than before."""
    entries: list[LedgerEntry]
    loans: list[Loan]
    """What slots have taken of pools now, where that is different; no units if all came back."""
    waitlist: list[WaitlistEntry]
    """Waitlist entries that are new or different, as they end up."""

    @property
    def reservations(self) -> list[Reservation]:
        """Every reservation that is new or different, as it ends up."""
        return list({r.id: r for r in (*self.created, *self.changed)}.values())
