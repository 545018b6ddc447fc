"""The statements of a batch, as functions of a transaction and the statement's parameters.

Found by the statement's text; a statement without a function is an error that shows it. Where the
text says which clock is read and what is locked in which order, it is asked. That the functions do
what PostgreSQL does is shown by `test_faithful`; that somebody has looked at them since a statement
was changed, by `looked_at`.
What a statement finds without an order comes in the order of ids, for a schedule must be the same
each time; the engine may not rely on it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from firmhold.store.sql import statement
from tests.simulation.server import LockKey, Transaction
from tests.simulation.tables import (
    Answer,
    Entry,
    Id,
    Line,
    Offering,
    Organization,
    Record,
    Reservation,
    record,
)

Waiting = Generator[LockKey, None, list[Record]]
Function = Callable[..., Any]

STATEMENTS: dict[str, Function] = {}
"""By text."""

NAMES: dict[str, str] = {}
"""Texts by name, such as `batch.lock_offerings`."""

SOON = timedelta(seconds=2)
"""As `lock_offerings` looks ahead."""


def simulates(file: str, name: str) -> Callable[[Function], Function]:
    """Let a function stand for a named statement."""

    def register(function: Function) -> Function:
        text = statement(file, name)
        assert text not in STATEMENTS, name
        STATEMENTS[text] = function
        NAMES[f"{file}.{name}"] = text
        return function

    return register


def _clock(text: str) -> Callable[[Transaction], datetime]:
    """The clock that a statement reads as `now`."""
    clocks: dict[str, Callable[[Transaction], datetime]] = {
        "clock_timestamp() AS now": lambda tx: tx.server.now,
        "statement_timestamp() AS now": lambda tx: tx.statement_began,
        "transaction_timestamp() AS now": lambda tx: tx.began,
    }
    (found,) = [clock for name, clock in clocks.items() if name in text]
    return found


_BATCH_CLOCK = _clock(statement("batch", "load_batch"))
_LOCKS_OFFERINGS = "FOR UPDATE OF o" in statement("batch", "lock_offerings")
_BY_TIME = "AND at = $4" in statement("batch", "find_entry")
_WITH_LIMITS = "pg_advisory_xact_lock_shared" in statement("batch", "lock_offerings")
_IN_ORDER = "ORDER BY o.id\nFOR UPDATE" in statement("batch", "lock_offerings")


def lines_of(tx: Transaction, organization: str, reservation: str) -> list[Line]:
    found = [
        line
        for line in tx.all(Line)
        if line.reservation == reservation and line.organization == organization
    ]
    return sorted(found, key=lambda line: line.position)


def due_on(
    tx: Transaction, organization: str, offering: str, until: datetime, limit: int
) -> list[Line]:
    """Lines of holds on this offering that end by `until`, in the order of their ends."""
    found = [
        line
        for line in tx.all(Line)
        if line.status == "held"
        and line.offering == offering
        and line.expires_at is not None
        and line.expires_at <= until
        and line.organization == organization
    ]
    found.sort(key=lambda line: (line.expires_at, line.reservation))
    return found[:limit]


@simulates("batch", "lock_customers")
def lock_customers(tx: Transaction, organization: str, customers: Sequence[str]) -> Waiting:
    for customer in sorted(customers):
        yield from tx.lock("customer", organization, customer)
    return []


_LOCKED = record(
    "id kind capacity held confirmed seq drain_to sale_starts_at sale_ends_at min_quantity "
    "max_quantity max_per_customer hold_ttl_seconds unit_price currency waiting open lends"
)


@simulates("batch", "lock_offerings")
def lock_offerings(tx: Transaction, organization: str, asked: Sequence[str], most: int) -> Waiting:
    ids = set(asked)
    due = [
        line.reservation
        for id in sorted(asked)
        for line in due_on(tx, organization, id, tx.statement_began + SOON, most)
    ][:most]
    for reservation in due:
        ids.update(line.offering for line in lines_of(tx, organization, reservation))
    if _WITH_LIMITS:
        yield from tx.lock("organization", organization, shared=True)
    order = sorted(ids)
    if not _IN_ORDER and tx.server.loop.choose(2, "order"):
        order.reverse()
    found = []
    for id in order:
        if tx.get(Offering, organization, id) is None:
            continue
        if _LOCKS_OFFERINGS:
            row = yield from tx.lock_row(Offering, organization, id)
        else:
            row = tx.get(Offering, organization, id)
        found.append(_LOCKED((Id(row.id), *row[2:19])))
    return found


@simulates("batch", "find_unlocked")
def find_unlocked(tx: Transaction, organization: str, asked: Sequence[str]) -> Waiting:
    found = []
    for id in sorted(asked):
        row = tx.get(Offering, organization, id)
        if row is not None and not tx.server.is_locked(Offering, organization, id):
            yield from tx.lock_row(Offering, organization, id)
            found.append(_UNLOCKED((Id(id), row.kind)))
    return found


_UNLOCKED = record("id kind")

_RESERVATION = (
    "number organization_id id status customer actor created_at expires_at extend_until "
    "confirmed_at ended_at reason notes guest_count metadata reacquired offerings quantities held "
    "confirmed unit_prices currencies kinds"
)
_LOADED = record(
    "now hold_ttl_seconds max_live_holds offer_ttl_seconds due keys fingerprints statuses bodies "
    + _RESERVATION
)
_NO_RESERVATION = (None,) * len(_RESERVATION.split())
_NO_ANSWERS = (None,) * 4


@simulates("batch", "load_batch")
def load_batch(
    tx: Transaction,
    organization: str,
    asked: Sequence[str],
    named: Sequence[str],
    most: int,
    keys: Sequence[str],
) -> list[Record]:
    asked, named, keys = array(asked), array(named), array(keys)
    now = _BATCH_CLOCK(tx)
    policy = tx.get(Organization, organization) or Organization(organization)
    due = [
        line.reservation for id in sorted(asked) for line in due_on(tx, organization, id, now, most)
    ][:most]
    answers = [answer for key in sorted(set(keys)) if (answer := tx.get(Answer, organization, key))]
    stored: tuple[Any, ...] = _NO_ANSWERS
    if answers:
        stored = (
            [Id(answer.key) for answer in answers],
            [Id(answer.fingerprint) for answer in answers],
            [answer.status for answer in answers],
            [answer.body for answer in answers],
        )
    head = (now, policy.hold_ttl_seconds, policy.max_live_holds, policy.offer_ttl_seconds, len(due))
    found = [
        reservation
        for id in sorted({*named, *due})
        if (reservation := tx.get(Reservation, organization, id)) is not None
    ]
    if not found:
        return [_LOADED((*head, *stored, *_NO_RESERVATION))]
    rows = []
    for number, reservation in enumerate(found, 1):
        lines = lines_of(tx, organization, reservation.id)
        arrays = (
            [Id(line.offering) for line in lines],
            [line.quantity for line in lines],
            [line.held for line in lines],
            [line.confirmed for line in lines],
            [line.unit_price for line in lines],
            [line.currency for line in lines],
            [tx.get(Offering, organization, line.offering).kind for line in lines],
        )
        answered = stored if number == 1 else _NO_ANSWERS
        columns = (number, organization, Id(reservation.id), *reservation[2:], *arrays)
        rows.append(_LOADED((*head, *answered, *columns)))
    return rows


_USAGE = record("customer offering_id units")


@simulates("batch", "load_usage")
def load_usage(
    tx: Transaction,
    organization: str,
    customers: Sequence[str],
    offerings: Sequence[str],
    now: datetime,
) -> list[Record]:
    found = []
    for customer, offering in sorted(zip(customers, offerings, strict=True)):
        units = sum(
            line.held + line.confirmed
            for line in tx.all(Line)
            if (line.organization, line.customer, line.offering)
            == (organization, customer, offering)
            and line.status in ("held", "confirmed", "fulfilled", "no_show")
            and (line.status != "held" or line.expires_at > now)
        )
        if units:
            found.append(_USAGE((customer, Id(offering), units)))
    return found


_HOLDS = record("customer holds")


@simulates("batch", "load_live_holds")
def load_live_holds(
    tx: Transaction, organization: str, customers: Sequence[str], now: datetime
) -> list[Record]:
    found = []
    for customer in sorted(customers):
        holds = {
            line.reservation
            for line in tx.all(Line)
            if line.organization == organization
            and line.customer == customer
            and line.status == "held"
            and line.expires_at > now
        }
        if holds:
            found.append(_HOLDS((customer, len(holds))))
    return found


def columns(*values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Arrays as rows: a column that is NULL throughout may be empty."""
    return zip_longest(*map(array, values))


def array(value: Any) -> Sequence[Any]:
    """An array, which may come as a text of ids, words or numbers."""
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]  # an array it is
    return [_element(text) for text in value[1:-1].split(",")] if value != "{}" else []


def _element(text: str) -> Any:
    if text == "NULL":
        return None
    # Ids consist of 32 digits, which numbers never have.
    return int(text) if len(text) < 32 and text.lstrip("-").isdigit() else text


@simulates("batch", "update_reservations")
def update_reservations(tx: Transaction, organization: str, *values: Any) -> list[Record]:
    *of_reservations, extend = *values[:7], values[13]
    for id, status, expires_at, confirmed_at, ended_at, reason, reacquired, until in columns(
        *of_reservations, extend
    ):
        reservation = tx.get(Reservation, organization, id)
        tx.write(
            reservation._replace(
                status=status,
                expires_at=expires_at,
                confirmed_at=confirmed_at,
                ended_at=ended_at,
                reason=reason,
                reacquired=reacquired,
                extend_until=until,
            )
        )
    for reservation, offering, held, confirmed, status, expires_at in columns(*values[7:13]):
        line = tx.get(Line, organization, reservation, offering)
        if line is not None:
            tx.write(
                line._replace(held=held, confirmed=confirmed, status=status, expires_at=expires_at)
            )
    return []


_WRITTEN = record("answers xid")


@simulates("batch", "write_batch")
def write_batch(
    tx: Transaction, organization: str, now: datetime, instants: Sequence[datetime], *values: Any
) -> Waiting:
    def instant(number: int | None) -> datetime | None:
        return None if number is None else instants[number - 1]

    new, counters, entries, given = values[:14], values[14:21], values[21:34], values[34:39]
    answers = yield from store_answers(tx, organization, now, *given)
    for (
        id, position, status, customer, actor, expires, extend, offering, quantity, unit_price,
        currency, notes, guest_count, metadata,
    ) in columns(*new):  # fmt: skip
        if position == 0:
            tx.insert(
                Reservation(
                    organization, id, status, customer, actor, now, instant(expires),
                    instant(extend), now if status == "confirmed" else None, None, None, notes,
                    guest_count, metadata,
                )
            )  # fmt: skip
        held, confirmed = (quantity, 0) if status == "held" else (0, quantity)
        tx.insert(
            Line(
                organization, id, offering, position, quantity, held, confirmed, unit_price,
                currency, status, instant(expires), customer,
            )
        )  # fmt: skip
    for id, capacity, held, confirmed, seq, drain_to, waiting in columns(*counters):
        row = yield from tx.lock_row(Offering, organization, id)
        tx.write(
            row._replace(
                capacity=capacity,
                held=held,
                confirmed=confirmed,
                seq=seq,
                drain_to=drain_to,
                waiting=waiting,
            )
        )
    for *values_of_entry, actor, reason, expires in columns(*entries):
        assert tx.xid is not None
        tx.insert(
            Entry(organization, *values_of_entry, now, actor, reason, instant(expires), tx.xid)
        )
    return [_WRITTEN((answers, tx.xid))]


def store_answers(
    tx: Transaction, organization: str, at: datetime, *given: Sequence[Any]
) -> Generator[LockKey, None, int]:
    """Answers under keys that nobody has used; how many these are. A key that another transaction
    has just used is waited for, until it is known what becomes of that."""
    stored = 0
    for key, fingerprint, status, body, subject in columns(*given):
        if tx.get(Answer, organization, key) is None:
            yield from tx.lock(Answer, organization, key)
        if tx.get(Answer, organization, key) is None:
            tx.insert(Answer(organization, key, fingerprint, status, body, subject, at))
            stored += 1
    return stored


_ENTRY = record("xid")


@simulates("batch", "find_entry")
def find_entry(
    tx: Transaction, organization: str, offering: str, seq: int, at: datetime
) -> list[Record]:
    entry = tx.get(Entry, organization, offering, seq)
    if entry is None or (_BY_TIME and entry.at != at):
        return []
    return [_ENTRY((entry.xid,))]


_ANSWER = record("fingerprint status body")


@simulates("answers", "find_answer")
def find_answer(tx: Transaction, organization: str, key: str) -> list[Record]:
    answer = tx.get(Answer, organization, key)
    return [] if answer is None else [_ANSWER((Id(answer.fingerprint), answer.status, answer.body))]


SET_LIMIT = "UPDATE organization SET max_live_holds, alone"
"""What `update_organization` of directory.sql does to a limit: it waits for the batches that go by
the old one."""


def set_limit(tx: Transaction, organization: str, most: int) -> Waiting:
    yield from tx.lock("organization", organization)
    tx.write(tx.get(Organization, organization)._replace(max_live_holds=most))
    return []


STATEMENTS[SET_LIMIT] = set_limit
