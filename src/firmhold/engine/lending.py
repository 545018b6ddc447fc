"""What a batch reads and writes of slots and pools: when and where, what they take, what is lent.

Knows the statements and how values are passed to them, and no rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from firmhold.domain.expiry import is_due
from firmhold.domain.lending import loans_for
from firmhold.domain.model import Loan, Offering, Per, Pool, Requirement, Reservation
from firmhold.domain.state import Decision, Visit
from firmhold.engine import rows
from firmhold.engine.faults import Again
from firmhold.engine.rows import bare, reservation_id
from firmhold.store.sql import statement

_LOCK_POOLS = statement("lending", "lock_pools")
_LOAD_SLOTS = statement("lending", "load_slots")
_LOANS_AROUND = statement("lending", "loans_around")
_WAITED_FOR_AROUND = statement("lending", "waited_for_around")
_LOAD_VISITS = statement("lending", "load_visits")
_RETURN = statement("lending", "return")
_LEND = statement("lending", "lend")
_LEAVE_LINES = statement("lending", "leave_lines")
_ENTER_LINES = statement("lending", "enter_lines")

_SOON = timedelta(seconds=2)
"""Longer than it takes from reading what is lent to reading the clock once more."""

_NEAR = timedelta(hours=1)
"""Times that are closer to each other than this are looked at together."""


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


class Taken(NamedTuple):
    """What a slot has of a pool, and who is about to give some of it back."""

    loan: Loan
    each: int
    """What each of its reservations has, if they have it and not the slot itself."""
    ending: tuple[tuple[str, datetime], ...]
    """Reservations whose hold has ended or soon will, and when; only the first of them, if it is as
    many as were asked for."""


Stretch = tuple[str, datetime, datetime]
"""A pool, and a time."""


class Lent(NamedTuple):
    """What was read under the locks of offerings and pools."""

    offerings: Mapping[str, Offering] = {}
    """Slots, with all about them that their own row does not tell."""
    pools: Mapping[str, Pool] = {}
    loans: tuple[Loan, ...] = ()
    """What the slots have of the pools, and whatever is lent beside those that were asked for."""
    ends: Mapping[str, datetime] = {}
    """When holds end that have taken some of it, by reservation: those that had ended when this was
    read, and those that end soon after."""
    stretches: tuple[Stretch, ...] = ()
    """When the slots take from which pools."""
    awaited: bool = False
    """Whether anybody waits for a slot that takes from pools, these or others."""
    now: datetime | None = None
    """When this was read."""

    @property
    def due(self) -> set[str]:
        """Reservations whose hold had ended by then and which have not given back yet."""
        return set() if self.now is None else self.due_at(self.now)

    def due_at(self, now: datetime) -> set[str]:
        """Reservations whose hold has ended by `now` and which had not given back. Raises `Again`
        if this was read too long ago to tell."""
        if self.now is not None and self.now + _SOON < now:
            raise Again
        return {id for id, expires_at in self.ends.items() if is_due(expires_at, now)}


async def lock_and_load(
    connection: Any,
    organization: str,
    slots: Mapping[str, Offering],
    asked: Collection[str],
    most: int,
) -> Lent:
    """Lock the pools that reservations of these slots take from, in id order, and read both. Slots
    that are not `asked` for only give back, so nothing beside them is looked at. At most
    `most` ended holds are read of each slot."""
    pools: dict[str, Pool] = {}
    lending = [bare(id) for id, offering in slots.items() if offering.lends]
    if lending:
        for row in await connection.fetch(_LOCK_POOLS, organization, lending):
            found = pool(row)
            pools[found.id] = found
    offerings: dict[str, Offering] = {}
    loans: dict[tuple[str, str], Loan] = {}
    stretches: dict[str, list[Stretch]] = {}
    now, awaited = None, False
    for row in await connection.fetch(_LOAD_SLOTS, organization, [bare(id) for id in slots]):
        now, awaited = row["now"], row["awaited"]
        id = slot_id(row["slot_id"])
        offering = offerings.get(id) or slots[id]._replace(slot=rows.slot(row))
        if row["pool_id"] is not None:
            slot = offering.slot
            assert slot is not None
            required = Requirement(pool_id(row["pool_id"]), row["units"], Per.RESERVATION)
            offering = offering._replace(
                slot=slot._replace(requirements=(*slot.requirements, required))
            )
            (loan,) = loans_for(id, slot, [required], pools)
            if row["lent"] is not None:
                loan = Loan(required.pool, id, row["lent"], row["lent_from"], row["lent_until"])
                loans[loan.pool, id] = loan
            stretches.setdefault(id, []).append((loan.pool, loan.starts_at, loan.ends_at))
        offerings[id] = offering
    assert now is not None
    ends: dict[str, datetime] = {}
    beside = [stretch for id in asked for stretch in stretches.get(id, ())]
    for taken in await read_around(connection, organization, beside, now + _SOON, most):
        loans[taken.loan.pool, taken.loan.slot] = taken.loan
        ends.update(taken.ending)
    every = tuple(stretch for of_slot in stretches.values() for stretch in of_slot)
    return Lent(offerings, pools, tuple(loans.values()), ends, every, awaited, now)


async def read_around(
    connection: Any, organization: str, stretches: Iterable[Stretch], until: datetime, most: int
) -> list[Taken]:
    """Whatever pools have lent at some of these times, each once, with at most `most` holds of each
    slot that end by `until`."""
    asked = list(_merged(stretches))
    if not asked:
        return []
    found = await connection.fetch(
        _LOANS_AROUND, bare(organization), *map(list, zip(*asked, strict=True)), until, most
    )
    taken: dict[tuple[str, str], Taken] = {}
    for row in found:
        loan = Loan(
            pool_id(row["pool_id"]),
            slot_id(row["slot_id"]),
            row["units"],
            row["lent_from"],
            row["lent_until"],
        )
        ending = zip(row["reservations"] or (), row["ends"] or (), strict=True)
        taken[loan.pool, loan.slot] = Taken(
            loan, row["each"], tuple((reservation_id(id), ends) for id, ends in ending)
        )
    return list(taken.values())


def _merged(stretches: Iterable[Stretch]) -> Iterator[tuple[str, datetime, datetime]]:
    """The stretches with bare ids, and with those that are close to each other as one."""
    current: tuple[str, datetime, datetime] | None = None
    for of, begins, ends in sorted((bare(of), begins, ends) for of, begins, ends in stretches):
        if current is not None and current[0] == of and begins <= current[2] + _NEAR:
            current = (of, current[1], max(current[2], ends))
            continue
        if current is not None:
            yield current
        current = (of, begins, ends)
    if current is not None:
        yield current


async def waited_for_around(
    connection: Any, organization: str, stretches: Iterable[Stretch], *, with_ended: bool
) -> set[str]:
    """Slots for which somebody waits and whose reservations take from these pools at some of these
    times. `with_ended`: only those for which the end of a hold gives something back, which nobody
    has recorded yet."""
    asked = list(_merged(stretches))
    if not asked:
        return set()
    found = await connection.fetch(
        _WAITED_FOR_AROUND, organization, *map(list, zip(*asked, strict=True)), with_ended
    )
    return {slot_id(row["id"]) for row in found}


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
    """Write the lines of who has moved, and what slots have taken of pools now."""
    if decision.moved:
        await _write_lines(
            connection, organization, [r for r in decision.changed if r.id in decision.moved]
        )
    if decision.loans:
        await lend(connection, organization, decision.loans)


async def lend(connection: Any, organization: str, loans: Sequence[Loan]) -> None:
    """Let this be what slots have taken of pools, what comes back first, as constraints want it."""
    if returned := [loan for loan in loans if not loan.units]:
        await connection.execute(
            _RETURN,
            bare(organization),
            [bare(loan.pool) for loan in returned],
            [bare(loan.slot) for loan in returned],
        )
    if lent := [loan for loan in loans if loan.units]:
        await connection.execute(
            _LEND,
            bare(organization),
            [bare(loan.pool) for loan in lent],
            [bare(loan.slot) for loan in lent],
            [loan.units for loan in lent],
            [loan.starts_at for loan in lent],
            [loan.ends_at for loan in lent],
        )


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
