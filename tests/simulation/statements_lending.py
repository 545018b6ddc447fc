"""The statements about slots and pools."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Any

from firmhold.store.sql import statement
from tests.simulation.constraints import Refused, check_pool
from tests.simulation.server import LockKey, Transaction
from tests.simulation.statements import Waiting, columns, due_on, lines_of, simulates
from tests.simulation.statements_around import times_of
from tests.simulation.tables import (
    Id,
    Line,
    Loan,
    Offering,
    Pool,
    Record,
    Requirement,
    Site,
    record,
)

_LOCKS_POOLS = "FOR UPDATE" in statement("lending", "lock_pools")
_POOL = record("id name units before_minutes after_minutes")


def _required(tx: Transaction, organization: str, slot: str) -> list[Requirement]:
    """What reservations of a slot require, by pool."""
    return sorted(
        r
        for r in tx.all(Requirement)
        if (r.organization, r.slot, r.per) == (organization, slot, "reservation")
    )


@simulates("lending", "lock_pools")
def lock_pools(tx: Transaction, organization: str, slots: Sequence[str]) -> Waiting:
    found = []
    for id in sorted({r.pool for slot in slots for r in _required(tx, organization, slot)}):
        if _LOCKS_POOLS:
            pool = yield from tx.lock_row(Pool, organization, id)
        else:
            pool = tx.get(Pool, organization, id)
        found.append(
            _POOL((Id(id), pool.name, pool.units, pool.before_minutes, pool.after_minutes))
        )
    return found


_SLOT = record(
    "now awaited slot_id site_id starts_at ends_at horizon_days notice_minutes cutoff_minutes "
    "customer_limit customer_days pool_id units lent lent_from lent_until"
)


@simulates("lending", "load_slots")
def load_slots(tx: Transaction, organization: str, slots: Sequence[str]) -> list[Record]:
    found = []
    for id in sorted(slots):
        o = tx.get(Offering, organization, id)
        site = tx.get(Site, organization, o.site)
        awaited = any(w.waiting > 0 and w.lends for w in tx.all(Offering) if w[0] == organization)
        head = (
            tx.statement_began, awaited, Id(id), Id(o.site), o.starts_at, o.ends_at,
            *times_of(tx, o), site.customer_limit, site.customer_days,
        )  # fmt: skip
        required = _required(tx, organization, id) if o.lends else []
        if not required:
            found.append(_SLOT((*head, None, None, None, None, None)))
        for r in required:
            loan = tx.get(Loan, organization, r.pool, id)
            lent = (None, None, None) if loan is None else loan[3:6]
            found.append(_SLOT((*head, Id(r.pool), r.units, *lent)))
    return found


_AROUND = record("pool_id slot_id units lent_from lent_until reservations ends each")


@simulates("lending", "loans_around")
def loans_around(
    tx: Transaction,
    organization: str,
    pools: Sequence[str],
    begins: Sequence[datetime],
    ends: Sequence[datetime],
    until: datetime,
    most: int,
) -> list[Record]:
    found = []
    for pool, since, to in zip(pools, begins, ends, strict=True):
        for loan in sorted(tx.all(Loan)):
            if (loan.organization, loan.pool) != (organization, pool):
                continue
            if not (loan.starts_at < to and since < loan.ends_at):
                continue
            r = tx.get(Requirement, organization, loan.slot, pool)
            ending = (
                due_on(tx, organization, loan.slot, until, most) if r.per == "reservation" else []
            )
            found.append(
                _AROUND(
                    (
                        Id(pool), Id(loan.slot), loan.units, loan.starts_at, loan.ends_at,
                        [Id(line.reservation) for line in ending] or None,
                        [line.expires_at for line in ending] or None, r.units,
                    )
                )
            )  # fmt: skip
    return found


_SLOT_ID = record("id")


@simulates("lending", "waited_for_around")
def waited_for_around(
    tx: Transaction,
    organization: str,
    pools: Sequence[str],
    begins: Sequence[datetime],
    ends: Sequence[datetime],
    with_ended: bool,
) -> list[Record]:
    found = set()
    for o in tx.all(Offering):
        if o.organization != organization or o.waiting <= 0 or not o.lends:
            continue
        for r in _required(tx, organization, o.id):
            pool = tx.get(Pool, organization, r.pool)
            starts_at = o.starts_at - timedelta(minutes=pool.before_minutes)
            ends_at = o.ends_at + timedelta(minutes=pool.after_minutes)
            if any(
                of == r.pool and starts_at < to and ends_at > since
                for of, since, to in zip(pools, begins, ends, strict=True)
            ) and (not with_ended or _gets_back(tx, pool, starts_at, ends_at)):
                found.add(o.id)
    return [_SLOT_ID((Id(id),)) for id in sorted(found)]


def _gets_back(tx: Transaction, pool: Pool, begins: datetime, ends: datetime) -> bool:
    """Whether a hold has ended, and not been recorded, that has something of this pool then."""
    return any(
        loan[:2] == pool[:2]
        and loan.starts_at < ends
        and begins < loan.ends_at
        and due_on(tx, pool.organization, loan.slot, tx.statement_began, 1)
        for loan in tx.all(Loan)
    )


_VISIT = record("customer site_id reservation_id offering_id starts_at units")


@simulates("lending", "load_visits")
def load_visits(
    tx: Transaction,
    organization: str,
    customers: Sequence[str],
    sites: Sequence[str],
    ats: Sequence[datetime],
    days: Sequence[int],
    now: datetime,
) -> list[Record]:
    found = set()
    for customer, site, at, within in zip(customers, sites, ats, days, strict=True):
        for line in tx.all(Line):
            if (line.organization, line.customer) != (organization, customer):
                continue
            if line.status not in ("held", "confirmed", "fulfilled", "no_show"):
                continue
            units = line.held + line.confirmed
            if not units or (line.status == "held" and line.expires_at <= now):
                continue
            o = tx.get(Offering, organization, line.offering)
            if o.site == site and abs(o.starts_at - at) < timedelta(days=within):
                found.add((customer, Id(site), line.reservation, o.id, o.starts_at, units))
    return [_VISIT(visit) for visit in sorted(found)]


@simulates("lending", "return")
def give_back(
    tx: Transaction, organization: str, pools: Sequence[str], slots: Sequence[str]
) -> list[Record]:
    for pool, slot in zip(pools, slots, strict=True):
        loan = tx.get(Loan, organization, pool, slot)
        if loan is not None:
            tx.remove(loan)
    return []


@simulates("lending", "lend")
def lend(
    tx: Transaction, organization: str, *values: Any
) -> Generator[LockKey, None, list[Record]]:
    counted = set()
    for pool, slot, units, starts_at, ends_at in columns(*values):
        row = tx.get(Pool, organization, pool)
        was = tx.get(Loan, organization, pool, slot)
        loan = Loan(organization, pool, slot, units, starts_at, ends_at, row.exclusive)
        tx.write(loan)
        grows = was is None or units > was.units or was[4:6] != loan[4:6]
        if grows or row.exclusive:
            counted.add(pool)
    for pool in sorted(counted):
        # Whoever lends more takes the pool's row, and only then looks at all that is lent.
        row = yield from tx.lock_row(Pool, organization, pool)
        try:
            check_pool(tx, row, tx.server.now)
        except Refused as refused:
            tx.server.refused(refused)
            raise refused.error from None
    return []


@simulates("lending", "leave_lines")
def leave_lines(
    tx: Transaction,
    organization: str,
    moved: Sequence[str],
    reservations: Sequence[str],
    offerings: Sequence[str],
) -> list[Record]:
    stays = set(zip(reservations, offerings, strict=True))
    for id in moved:
        for line in lines_of(tx, organization, id):
            if (id, line.offering) not in stays:
                tx.remove(line)
    return []


@simulates("lending", "enter_lines")
def enter_lines(tx: Transaction, organization: str, *values: Any) -> list[Record]:
    for row in columns(*values):
        new = Line(organization, *row)
        was = tx.get(Line, organization, new.reservation, new.offering)
        if was is not None:
            new = new._replace(
                unit_price=was.unit_price, currency=was.currency, customer=was.customer
            )
        tx.write(new)
    return []
