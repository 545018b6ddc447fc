"""What customers have already, wherever a batch may take more for them and something limits that.

Knows the statements, and no rule: which limits there are is the offerings' and the organization's,
what they mean is the domain's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from firmhold.domain.commands import Command, Confirm, Hold, Join, Move
from firmhold.domain.model import Offering, Reservation
from firmhold.domain.state import Policy, Visit
from firmhold.engine.lending import load_visits
from firmhold.engine.rows import bare
from firmhold.store.sql import statement

Claim = tuple[str, str]
"""A customer, and an offering of which units may be taken for that customer."""

_LOAD_USAGE = statement("batch", "load_usage")
_LOAD_LIVE_HOLDS = statement("batch", "load_live_holds")


class Has(NamedTuple):
    """What customers have."""

    usage: dict[Claim, int]
    live_holds: dict[str, int]
    visits: dict[tuple[str, str], tuple[Visit, ...]]


def named(commands: Iterable[Command]) -> set[str]:
    """Customers that commands name, as far as that is known before anything is read."""
    return {
        command.customer
        for command in commands
        if isinstance(command, Hold | Join) and command.customer is not None
    }


def claims(commands: Sequence[Command], reservations: Mapping[str, Reservation]) -> set[Claim]:
    """For whom units may be taken by these commands."""
    taking: set[tuple[str | None, str]] = set()
    for command in commands:
        if isinstance(command, Hold):
            taking.update((command.customer, asked.offering) for asked in command.lines)
        elif isinstance(command, Join):
            taking.add((command.customer, command.offering))
        elif isinstance(command, Move) or (isinstance(command, Confirm) and command.reacquire):
            reservation = reservations.get(command.reservation)
            if reservation is not None:
                lines = command.lines if isinstance(command, Move) else reservation.lines
                taking.update((reservation.customer, line.offering) for line in lines)
    return {(customer, offering) for customer, offering in taking if customer is not None}


def limits_customers(policy: Policy, offerings: Iterable[Offering]) -> bool:
    """Whether there is a limit that spans offerings, so that locking these is not enough."""
    return policy.max_live_holds is not None or any(
        offering.slot is not None and offering.slot.customer_limit is not None
        for offering in offerings
    )


async def load(
    connection: Any,
    organization: str,
    taking: Collection[Claim],
    offerings: Mapping[str, Offering],
    policy: Policy,
    now: datetime,
) -> Has:
    """What these customers have, as far as anything limits it."""
    if not taking:
        return Has({}, {}, {})
    limited = [
        (customer, offering)
        for customer, offering in taking
        if (known := offerings.get(offering)) and known.terms.max_per_customer is not None
    ]
    return Has(
        await _usage(connection, organization, limited, now) if limited else {},
        {}
        if policy.max_live_holds is None
        else await _live_holds(connection, organization, {who for who, _ in taking}, now),
        await load_visits(
            connection,
            organization,
            [(who, offerings[offering]) for who, offering in taking if offering in offerings],
            now,
        ),
    )


async def _usage(
    connection: Any, organization: str, limited: Sequence[Claim], now: datetime
) -> dict[Claim, int]:
    found = await connection.fetch(
        _LOAD_USAGE,
        organization,
        [customer for customer, _ in limited],
        [bare(offering) for _, offering in limited],
        now,
    )
    names = {bare(offering): offering for _, offering in limited}
    return {(row["customer"], names[row["offering_id"].hex]): row["units"] for row in found}


async def _live_holds(
    connection: Any, organization: str, customers: set[str], now: datetime
) -> dict[str, int]:
    found = await connection.fetch(_LOAD_LIVE_HOLDS, organization, list(customers), now)
    return {row["customer"]: row["holds"] for row in found}
