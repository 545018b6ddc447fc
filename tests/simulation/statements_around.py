"""The statements about what stands around a batch: look-ups, waitlists, the background loops."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.constraints import most_lent
from tests.simulation.server import Transaction
from tests.simulation.statements import columns, due_on, lines_of, simulates
from tests.simulation.tables import (
    Id,
    Loan,
    Offering,
    Organization,
    Pool,
    Record,
    Requirement,
    Reservation,
    Site,
    Wait,
    record,
)

_OFFERINGS = record("position offerings kinds")


@simulates("lookup", "offerings_of_reservations")
def offerings_of_reservations(
    tx: Transaction, organizations: Sequence[str], ids: Sequence[str]
) -> list[Record]:
    found = []
    for position, (organization, id) in enumerate(zip(organizations, ids, strict=True), 1):
        lines = lines_of(tx, organization, id)
        if lines:
            offerings = [tx.get(Offering, organization, line.offering) for line in lines]
            found.append(
                _OFFERINGS((position, [Id(o.id) for o in offerings], [o.kind for o in offerings]))
            )
    return found


_OF_ENTRY = record("position id kind")


@simulates("lookup", "offerings_of_entries")
def offerings_of_entries(
    tx: Transaction, organizations: Sequence[str], ids: Sequence[str]
) -> list[Record]:
    found = []
    for position, (organization, id) in enumerate(zip(organizations, ids, strict=True), 1):
        entry = tx.get(Wait, organization, id)
        if entry is not None:
            kind = tx.get(Offering, organization, entry.offering).kind
            found.append(_OF_ENTRY((position, Id(entry.offering), kind)))
    return found


_OFFER = record("reservation_id")


@simulates("waitlist", "find_offers")
def find_offers(
    tx: Transaction,
    organization: str,
    entries: Sequence[str],
    customers: Sequence[str],
    of: Sequence[str],
) -> list[Record]:
    places = set(zip(customers, of, strict=True))
    found = [tx.get(Wait, organization, id) for id in entries]
    found += [
        wait
        for wait in tx.all(Wait)
        if wait.organization == organization and (wait.customer, wait.offering) in places
    ]
    return [_OFFER((Id(it.reservation),)) for it in found if it and it.status == "offered"]


_WAIT = record(
    "id offering_id kind customer actor quantity place status created_at reservation_id offered_at "
    "ended_at"
)


@simulates("waitlist", "load_waitlist")
def load_waitlist(  # noqa: PLR0917  the parameters of the statement
    tx: Transaction,
    organization: str,
    offerings: Sequence[str],
    most: int,
    reservations: Sequence[str],
    entries: Sequence[str],
    customers: Sequence[str],
    of: Sequence[str],
    fits: Sequence[int | None],
    further: Sequence[int | None],
) -> list[Record]:
    every = [wait for wait in tx.all(Wait) if wait.organization == organization]
    every.sort(key=lambda wait: wait.place)
    found = {wait.id for wait in every if wait.id in set(entries)}
    for offering, fit, so_many in zip(offerings, fits, further, strict=True):
        line = [w for w in every if w.offering == offering and w.status == "waiting"]
        found.update(w.id for w in line[:most])
        if fit is not None:
            found.update([w.id for w in line if w.quantity <= fit][:so_many])
    offers, places = set(reservations), set(zip(customers, of, strict=True))
    found.update(w.id for w in every if w.status == "offered" and w.reservation in offers)
    found.update(
        w.id
        for w in every
        if w.status in ("waiting", "offered") and (w.customer, w.offering) in places
    )
    return [_waiting(tx, wait) for wait in every if wait.id in found]


def _waiting(tx: Transaction, w: Wait) -> Record:
    kind = tx.get(Offering, w.organization, w.offering).kind
    reservation = None if w.reservation is None else Id(w.reservation)
    return _WAIT(
        (
            Id(w.id), Id(w.offering), kind, w.customer, w.actor, w.quantity, w.place, w.status,
            w.created_at, reservation, w.offered_at, w.ended_at,
        )
    )  # fmt: skip


@simulates("waitlist", "write_waitlist")
def write_waitlist(tx: Transaction, organization: str, *values: Any) -> list[Record]:
    for row in columns(*values):
        new = Wait(organization, *row)
        was = tx.get(Wait, organization, new.id)
        if was is not None:
            new = was._replace(
                status=new.status,
                reservation=new.reservation,
                offered_at=new.offered_at,
                ended_at=new.ended_at,
            )
        tx.write(new)
    return []


_DUE = record("organization_id id")


@simulates("workers", "due_reservations")
def due_reservations(tx: Transaction, most: int, busy: Sequence[str]) -> list[Record]:
    due = [
        r
        for r in tx.all(Reservation)
        if r.status == "held" and r.expires_at <= tx.statement_began and r.organization not in busy
    ]
    due.sort(key=lambda r: (r.expires_at, r.id))
    return [_DUE((Id(r.organization), Id(r.id))) for r in due[:most]]


_SECONDS = record("seconds")


@simulates("workers", "seconds_to_next_expiry")
def seconds_to_next_expiry(tx: Transaction, busy: Sequence[str]) -> list[Record]:
    ends = [
        r.expires_at
        for r in tx.all(Reservation)
        if r.status == "held" and r.organization not in busy
    ]
    return [_SECONDS(((min(ends) - tx.server.now).total_seconds() if ends else None,))]


_WAITED_FOR = record("organization_id id kind seq ready")


@simulates("workers", "waited_for")
def waited_for(tx: Transaction, organization: str, id: str, most: int) -> list[Record]:
    after = (getattr(organization, "hex", organization), getattr(id, "hex", id))
    found = sorted(
        (o for o in tx.all(Offering) if o.waiting > 0 and (o.organization, o.id) > after),
        key=lambda o: (o.organization, o.id),
    )[:most]
    return [
        _WAITED_FOR((Id(o.organization), Id(o.id), o.kind, o.seq, _is_ready(tx, o))) for o in found
    ]


def _is_ready(tx: Transaction, o: Offering) -> bool:
    """Whether it may be somebody's turn, or too late for all."""
    now = tx.statement_began
    wanted = [
        w.quantity
        for w in tx.all(Wait)
        if (w.organization, w.offering, w.status) == (o.organization, o.id, "waiting")
    ]
    if not wanted:
        return False
    if o.sale_ends_at is not None and o.sale_ends_at <= now:
        return True
    if o.site is not None and o.starts_at is not None:
        horizon, notice, _ = times_of(tx, o)
        if o.starts_at - timedelta(minutes=notice) <= now:
            return True
        if o.starts_at - timedelta(days=horizon) > now:
            return False
    if not o.open or (o.sale_starts_at is not None and o.sale_starts_at > now):
        return False
    due = sum(line.held for line in due_on(tx, o.organization, o.id, now, 1 << 30))
    drained = 0 if o.drain_to is None else min(due, o.capacity - o.drain_to)
    available = o.capacity - drained - (o.held - due) - o.confirmed
    return min(wanted) <= available and not (o.lends and _is_busy(tx, o, now))


def times_of(tx: Transaction, o: Offering) -> tuple[int, int, int]:
    """Horizon in days, notice and cut-off in minutes."""
    site = tx.get(Site, o.organization, o.site)
    policy = tx.get(Organization, o.organization)
    own, general = site[2:5], policy[4:7]
    return tuple(  # type: ignore[return-value]  # three of them
        its if its is not None else every for its, every in zip(own, general, strict=True)
    )


def _is_busy(tx: Transaction, o: Offering, now: datetime) -> bool:
    for r in tx.all(Requirement):
        if (r.organization, r.slot, r.per) != (o.organization, o.id, "reservation"):
            continue
        pool = tx.get(Pool, o.organization, r.pool)
        live = [it for loan in tx.all(Loan) if (it := _live(tx, loan, r.pool, now)) is not None]
        own = [loan for loan in live if loan.slot == o.id]
        assert o.starts_at is not None and o.ends_at is not None
        begins, ends = (
            (own[0].starts_at, own[0].ends_at)
            if own
            else (
                o.starts_at - timedelta(minutes=pool.before_minutes),
                o.ends_at + timedelta(minutes=pool.after_minutes),
            )
        )
        begins = max(begins, now)
        near = [
            loan._replace(starts_at=max(loan.starts_at, begins))
            for loan in live
            if loan.starts_at < ends and begins < loan.ends_at
        ]
        within = [loan for loan in near if loan.starts_at < ends]
        if most_lent(within) + r.units > pool.units:
            return True
    return False


def _live(tx: Transaction, loan: Loan, pool: str, now: datetime) -> Loan | None:
    """A loan of this pool without what ended holds have of it."""
    if loan.pool != pool:
        return None
    r = tx.get(Requirement, loan.organization, loan.slot, pool)
    ended = 0
    if r.per == "reservation":
        ended = r.units * len(due_on(tx, loan.organization, loan.slot, now, 1 << 30))
    return loan._replace(units=loan.units - ended) if loan.units > ended else None
