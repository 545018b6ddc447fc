"""What a batch reads and writes of slots and pools: time and place, requirements, loans.

Knows the statements and how values are passed to them, and no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from firmhold.domain.expiry import is_due
from firmhold.domain.model import Loan, Offering, Per, Pool, Requirement, Reservation
from firmhold.domain.state import Decision, Visit
from firmhold.engine import rows
from firmhold.engine.rows import bare, reservation_id
from firmhold.store.sql import statement

_LOCK_POOLS = statement("lending", "lock_pools")
_LOAD_SLOTS = statement("lending", "load_slots")
_LOAD_VISITS = statement("lending", "load_visits")
_RETURN_LOANS = statement("lending", "return_loans")
_KEEP_LOANS = statement("lending", "keep_loans")
_TAKE_LOANS = statement("lending", "take_loans")
_LEAVE_LINES = statement("lending", "leave_lines")
_ENTER_LINES = statement("lending", "enter_lines")


def pool_id(value: Any) -> str:
    """The id of a pool, from the database's UUID."""
    return f"pool_{value.hex}"


def slot_id(value: Any) -> str:
    """The id of a slot, from the database's UUID."""
    return f"slot_{value.hex}"


def pool(row: Mapping[str, Any]) -> Pool:
    """A pool from its row."""
    return Pool(
        pool_id(row["id"]),
        row["name"],
        row["units"],
        timedelta(minutes=row["before_minutes"]),
        timedelta(minutes=row["after_minutes"]),
    )


class Lent(NamedTuple):
    """What was read under the locks of offerings and pools."""

    offerings: dict[str, Offering]
    """Slots, with all about them that their own row does not tell."""
    pools: dict[str, Pool]
    loans: tuple[Loan, ...]

    now: datetime | None
    """When this was read."""

    @property
    def due(self) -> set[str]:
        """Reservations whose hold had ended by then and which have not given back yet."""
        return set() if self.now is None else self.due_at(self.now)

    def due_at(self, now: datetime) -> set[str]:
        """Reservations whose hold has ended by `now` and which had not given back."""
        return {
            loan.reservation
            for loan in self.loans
            if loan.reservation is not None
            and loan.expires_at is not None
            and is_due(loan.expires_at, now)
        }


NOTHING = Lent({}, {}, (), None)


async def lock_and_load(connection: Any, organization: str, slots: Mapping[str, Offering]) -> Lent:
    """Lock the pools that reservations of these slots take from, in id order; read both."""
    pools: dict[str, Pool] = {}
    lending = [bare(id) for id, offering in slots.items() if offering.lends]
    if lending:
        for row in await connection.fetch(_LOCK_POOLS, organization, lending):
            found = pool(row)
            pools[found.id] = found
    offerings: dict[str, Offering] = {}
    loans: dict[Loan, None] = {}
    now = None
    for row in await connection.fetch(_LOAD_SLOTS, organization, [bare(id) for id in slots]):
        now = row["now"] if now is None else now
        id = slot_id(row["slot_id"])
        offering = offerings.get(id) or slots[id]._replace(slot=rows.slot(row))
        if row["pool_id"] is not None:
            assert offering.slot is not None
            of = pool_id(row["pool_id"])
            required = Requirement(of, row["units"], Per.RESERVATION)
            offering = offering._replace(
                slot=offering.slot._replace(requirements=(*offering.slot.requirements, required))
            )
            # Once each, though several of the slots may stand beside it.
            loans.update(dict.fromkeys(_loans(of, row)))
        offerings[id] = offering
    return Lent(offerings, pools, tuple(loans), now)


def _loans(of: str, row: Any) -> Iterator[Loan]:
    """The loans of one pool from a row that has an array for each of their columns."""
    if row["slots"] is None:
        return
    for slot, reservation, units, starts, ends, expires in zip(
        row["slots"],
        row["reservations"],
        row["lent"],
        row["starts"],
        row["ends"],
        row["expires"],
        strict=True,
    ):
        owner = None if reservation is None else reservation_id(reservation)
        yield Loan(of, slot_id(slot), owner, units, starts, ends, expires)


async def load_visits(
    connection: Any,
    organization: str,
    limited: Iterable[tuple[str, Offering]],
    now: datetime,
) -> dict[tuple[str, str], tuple[Visit, ...]]:
    """What customers have at the sites of slots that limit them: `limited` are customers and such
    slots."""
    asked = []
    for customer, offering in limited:
        slot = offering.slot
        if slot is not None and slot.customer_limit is not None:
            asked.append((customer, bare(slot.site), slot.starts_at, slot.customer_limit.days))
    if not asked:
        return {}
    found = await connection.fetch(
        _LOAD_VISITS, organization, *map(list, zip(*set(asked), strict=True)), now
    )
    visits: dict[tuple[str, str], list[Visit]] = {}
    for row in found:
        visits.setdefault((row["customer"], f"site_{row['site_id'].hex}"), []).append(
            Visit(row["starts_at"], row["units"])
        )
    return {key: tuple(found) for key, found in visits.items()}


async def write(connection: Any, organization: str, decision: Decision) -> None:
    """Give back, move, keep and take, in the order that the constraints want."""
    if decision.returned:
        await connection.execute(
            _RETURN_LOANS,
            organization,
            [bare(reservation) for reservation, _ in decision.returned],
            [bare(slot) for _, slot in decision.returned],
        )
    if decision.moved:
        await _write_lines(
            connection, organization, [r for r in decision.changed if r.id in decision.moved]
        )
    if decision.kept:
        await connection.execute(
            _KEEP_LOANS,
            organization,
            [bare(reservation) for reservation, _ in decision.kept],
            [expires_at for _, expires_at in decision.kept],
        )
    if decision.taken:
        await connection.execute(_TAKE_LOANS, organization, *loan_columns(decision.taken))


async def _write_lines(connection: Any, organization: str, moved: Sequence[Reservation]) -> None:
    lines = [(r, position, line) for r in moved for position, line in enumerate(r.lines)]
    reservations = [bare(r.id) for r, _, _ in lines]
    offerings = [bare(line.offering) for _, _, line in lines]
    await connection.execute(
        _LEAVE_LINES, organization, [bare(r.id) for r in moved], reservations, offerings
    )
    await connection.execute(
        _ENTER_LINES,
        organization,
        reservations,
        offerings,
        [position for _, position, _ in lines],
        [line.quantity for _, _, line in lines],
        [line.held for _, _, line in lines],
        [line.confirmed for _, _, line in lines],
        [line.unit_price for _, _, line in lines],
        [line.currency for _, _, line in lines],
        [r.status.value for r, _, _ in lines],
        [r.expires_at for r, _, _ in lines],
        [r.customer for r, _, _ in lines],
    )


def loan_columns(loans: Sequence[Loan]) -> list[list[Any]]:
    """Columns for `take_loans`."""
    return [
        [bare(loan.pool) for loan in loans],
        [bare(loan.slot) for loan in loans],
        [None if loan.reservation is None else bare(loan.reservation) for loan in loans],
        [loan.units for loan in loans],
        [loan.starts_at for loan in loans],
        [loan.ends_at for loan in loans],
        [loan.expires_at for loan in loans],
    ]
