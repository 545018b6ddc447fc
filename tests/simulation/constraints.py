"""The constraints and triggers of the schema, as the simulated database applies them to each row
that is written. They say the same as the migrations do, in the order of the tables there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import asyncpg

from tests.simulation.tables import Entry, Line, Loan, Offering, Pool, Reservation, View, Wait

_WAYS = frozenset(
    (was, becomes)
    for was, ways in {
        "held": "confirmed released expired cancelled fulfilled no_show",
        "confirmed": "cancelled fulfilled no_show",
        "expired": "confirmed cancelled fulfilled no_show",
        "fulfilled": "no_show",
        "no_show": "fulfilled",
    }.items()
    for becomes in ways.split()
)

_WAITS = frozenset(
    [("waiting", it) for it in ["offered", "withdrawn", "closed", "accepted", "declined", "lapsed"]]
    + [("offered", it) for it in ["accepted", "declined", "lapsed"]]
)


class Refused(Exception):
    """A row is against a constraint. `error` is what the driver raises."""

    def __init__(self, constraint: str, row: Any) -> None:
        super().__init__(constraint, row)
        self.constraint = constraint
        self.error = asyncpg.CheckViolationError(f"{constraint}: {row}")


def check(view: View, row: Any) -> None:
    """Raises `Refused` if PostgreSQL would not take this row."""
    checks = _CHECKS.get(type(row))
    if checks is None:
        return
    for name, holds in checks:
        if not holds(view, row):
            raise Refused(name, row)


def _offering(_: View, o: Offering) -> bool:
    return o.held >= 0 and o.confirmed >= 0 and o.capacity >= 0 and o.waiting >= 0 and o.seq >= 1


def _never_oversold(_: View, o: Offering) -> bool:
    return o.held + o.confirmed <= o.capacity


def _drains_down(_: View, o: Offering) -> bool:
    return o.drain_to is None or 0 <= o.drain_to < o.capacity


def _hold_has_an_end(_: View, r: Reservation) -> bool:
    if (r.expires_at is None) != (r.extend_until is None):
        return False
    if r.expires_at is None or r.extend_until is None:
        return r.confirmed_at is not None
    return r.created_at < r.expires_at <= r.extend_until


def _status_matches_times(_: View, r: Reservation) -> bool:
    confirmed, ended = {
        "held": (False, False),
        "confirmed": (True, False),
        "cancelled": (True, True),
        "fulfilled": (True, True),
        "no_show": (True, True),
    }.get(r.status, (False, True))
    return (r.confirmed_at is not None, r.ended_at is not None) == (confirmed, ended)


def _expired_when_due(_: View, r: Reservation) -> bool:
    if r.status != "expired" or r.expires_at is None or r.ended_at is None:
        return True
    return r.expires_at <= r.ended_at


def _confirmed_in_time(_: View, r: Reservation) -> bool:
    if r.reacquired or r.confirmed_at is None or r.expires_at is None:
        return True
    return r.confirmed_at < r.expires_at


def _reservation_life(view: View, r: Reservation) -> bool:
    was = view.get(Reservation, r.organization, r.id)
    return was is None or was.status == r.status or (was.status, r.status) in _WAYS


def _units_match_status(_: View, line: Line) -> bool:
    if line.status == "held":
        return line.held == line.quantity and not line.confirmed and line.expires_at is not None
    if line.status in ("confirmed", "fulfilled", "no_show"):
        return line.held == 0 and 0 <= line.confirmed <= line.quantity
    return line.held == 0 and line.confirmed == 0


def _append_only(view: View, entry: Entry) -> bool:
    return view.get(Entry, *entry[:3]) is None


def _entry_within_capacity(_: View, e: Entry) -> bool:
    return 0 <= e.held and 0 <= e.confirmed and e.held + e.confirmed <= e.capacity


def _loan(_: View, loan: Loan) -> bool:
    return (
        loan.units >= 1
        and loan.starts_at < loan.ends_at
        and not (loan.exclusive and loan.units != 1)
    )


def _wait_matches_times(_: View, w: Wait) -> bool:
    return (
        (w.status in ("waiting", "offered")) == (w.ended_at is None)
        and (w.offered_at is None) == (w.reservation is None)
        and (w.status in ("waiting", "withdrawn", "closed")) == (w.reservation is None)
    )


def _wait_life(view: View, w: Wait) -> bool:
    was = view.get(Wait, w.organization, w.id)
    return was is None or was.status == w.status or (was.status, w.status) in _WAITS


def _one_place(view: View, w: Wait) -> bool:
    if w.status not in ("waiting", "offered"):
        return True
    return not any(
        other.id != w.id
        and other.status in ("waiting", "offered")
        and (other.organization, other.customer, other.offering)
        == (w.organization, w.customer, w.offering)
        for other in view.all(Wait)
    )


_CHECKS: dict[type, list[tuple[str, Callable[[View, Any], bool]]]] = {
    Offering: [
        ("counters", _offering),
        ("never_oversold", _never_oversold),
        ("drain_to", _drains_down),
    ],
    Reservation: [
        ("hold_has_an_end", _hold_has_an_end),
        ("status_matches_times", _status_matches_times),
        ("expired_when_due", _expired_when_due),
        ("confirmed_in_time", _confirmed_in_time),
        ("reservation_life", _reservation_life),
    ],
    Line: [("units_match_status", _units_match_status)],
    Entry: [
        ("ledger_append_only", _append_only),
        ("entry_within_capacity", _entry_within_capacity),
    ],
    Loan: [("loan_check", _loan)],
    Wait: [
        ("wait_matches_times", _wait_matches_times),
        ("waitlist_life", _wait_life),
        ("waitlist_one_place", _one_place),
    ],
}


def most_lent(loans: Iterable[Loan], begins: datetime | None = None) -> int:
    """The most that these loans of one pool take at one instant, from `begins` on. What is given
    back at an instant makes room for what is taken then."""
    changes: dict[datetime, int] = {}
    for loan in loans:
        if begins is not None and loan.ends_at <= begins:
            continue
        starts_at = loan.starts_at if begins is None else max(loan.starts_at, begins)
        changes[starts_at] = changes.get(starts_at, 0) + loan.units
        changes[loan.ends_at] = changes.get(loan.ends_at, 0) - loan.units
    most = units = 0
    for at in sorted(changes):
        units += changes[at]
        most = max(most, units)
    return most


def check_pool(view: View, pool: Pool, now: datetime) -> None:
    """Raises `Refused` if a pool has lent more than it has: a room to two at a time, ever, or what
    is counted from now on."""
    loans = [
        loan
        for loan in view.all(Loan)
        if loan.organization == pool.organization and loan.pool == pool.id
    ]
    if most_lent(loans, None if pool.exclusive else now) > pool.units:
        raise Refused("never_lent_twice" if pool.exclusive else "never_overlent", pool)
