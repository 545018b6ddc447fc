"""Between database rows and domain values. Ids lose their prefix on the way in and get it back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from firmhold.domain.model import (
    CustomerLimit,
    LedgerEntry,
    Line,
    Offering,
    Reservation,
    Slot,
    Status,
    Terms,
)


def bare(id: str) -> str:
    """The UUID of an id, as its 32 hex digits."""
    return id[-32:]


def reservation_id(value: Any) -> str:
    """The id of a reservation, from the database's UUID."""
    return f"rsv_{value.hex}"


def offering_id(value: Any, kind: str) -> str:
    """The id of an offering, from the database's UUID."""
    return f"{kind}_{value.hex}"


def offering(row: Mapping[str, Any]) -> Offering:
    """An offering from its locked row."""
    return Offering(
        offering_id(row["id"], row["kind"]),
        row["capacity"],
        row["held"],
        row["confirmed"],
        row["seq"],
        row["drain_to"],
        Terms(
            row["sale_starts_at"],
            row["sale_ends_at"],
            row["min_quantity"],
            row["max_quantity"],
            row["max_per_customer"],
            row["hold_ttl_seconds"],
            row["unit_price"],
            row["currency"],
        ),
        row["waiting"],
        row["open"],
        lends=row["lends"],
    )


def slot(row: Mapping[str, Any]) -> Slot:
    """When and where a slot takes place, and what its site and organization set for it."""
    limit = row["customer_limit"]
    return Slot(
        f"site_{row['site_id'].hex}",
        row["starts_at"],
        row["ends_at"],
        timedelta(days=row["horizon_days"]),
        timedelta(minutes=row["notice_minutes"]),
        timedelta(minutes=row["cutoff_minutes"]),
        None if limit is None else CustomerLimit(limit, row["customer_days"]),
    )


def reservation(row: Any) -> Reservation:
    """A reservation from a row that ends with the columns of `reservation_with_lines`: those of
    the reservation, then those of its lines as arrays."""
    values = tuple(row)
    id, status, customer, actor, *times_and_notes, metadata, reacquired = values[-21:-7]
    lines = tuple(
        Line(offering_id(offering, kind), *rest)
        for offering, *rest, kind in zip(*values[-7:], strict=True)
    )
    return Reservation._make(
        (
            reservation_id(id),
            Status(status),
            customer,
            actor,
            lines,
            *times_and_notes,
            None if metadata is None else msgspec.json.decode(metadata),
            reacquired,
        )
    )


class Instants:
    """Distinct times of a batch. Rows refer to them by number, for few differ and each is dear to
    encode."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: dict[datetime, int] = {}

    def number(self, at: datetime | None) -> int | None:
        """The number of this instant, counting from 1 as SQL arrays do."""
        if at is None:
            return None
        numbers = self._numbers
        return numbers.get(at) or numbers.setdefault(at, len(numbers) + 1)

    def column(self) -> list[datetime]:
        """The instants in the order of their numbers."""
        return list(self._numbers)


def _sparse(column: list[Any]) -> list[Any]:
    """The column, or an empty one if it is NULL throughout: unnest pads with NULL."""
    return column if any(value is not None for value in column) else []


def plain(column: Iterable[str]) -> str:
    """A column of ids or words of ours as an array's text, which costs a fraction of what it takes
    the driver to encode the elements one by one. Nothing in it may need quoting."""
    return "{" + ",".join(column) + "}"


def numbers(column: Iterable[int]) -> str:
    """The same of numbers."""
    return "{" + ",".join(map(str, column)) + "}"


def _perhaps(column: Sequence[int | None]) -> str:
    """The same of numbers some of which may be NULL; an empty one if all are."""
    if any(value is not None for value in column):
        return plain(["NULL" if value is None else str(value) for value in column])
    return "{}"


def _new_reservation_columns(
    reservations: Sequence[Reservation], number: Callable[[datetime | None], int | None]
) -> list[Any]:
    """Columns for new reservations: one row per line, the first with position 0."""
    lines = [(r, position, line) for r in reservations for position, line in enumerate(r.lines)]
    return [
        plain([r.id[-32:] for r, _, _ in lines]),
        numbers([position for _, position, _ in lines]),
        plain([r.status for r, _, _ in lines]),
        [r.customer for r, _, _ in lines],
        [r.actor for r, _, _ in lines],
        _perhaps([number(r.expires_at) for r, _, _ in lines]),
        _perhaps([number(r.extend_until) for r, _, _ in lines]),
        plain([line.offering[-32:] for _, _, line in lines]),
        numbers([line.quantity for _, _, line in lines]),
        _perhaps([line.unit_price for _, _, line in lines]),
        _sparse([line.currency for _, _, line in lines]),
        _sparse([r.notes for r, _, _ in lines]),
        _perhaps([r.guest_count for r, _, _ in lines]),
        _sparse([_json(r.metadata) for r, _, _ in lines]),
    ]


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def changed_reservation_columns(
    reservations: Sequence[Reservation], moved: Collection[str] = ()
) -> list[list[Any]]:
    """Columns for `update_reservations`: the reservations', then all their lines', but for those
    of moved ones, which are written anew."""
    lines = [(r, line) for r in reservations if r.id not in moved for line in r.lines]
    return [
        [r.id[-32:] for r in reservations],
        [r.status.value for r in reservations],
        [r.expires_at for r in reservations],
        [r.confirmed_at for r in reservations],
        [r.ended_at for r in reservations],
        [r.reason for r in reservations],
        [r.reacquired for r in reservations],
        [r.id[-32:] for r, _ in lines],
        [line.offering[-32:] for _, line in lines],
        [line.held for _, line in lines],
        [line.confirmed for _, line in lines],
        [r.status.value for r, _ in lines],
        [r.expires_at for r, _ in lines],
        [r.extend_until for r in reservations],
    ]


def write_columns(
    created: Sequence[Reservation],
    offerings: Sequence[Offering],
    entries: Sequence[LedgerEntry],
) -> list[Any]:
    """Columns for `write_batch`: instants, new reservations, counters, ledger entries."""
    instants = Instants()
    number = instants.number
    columns = [
        *_new_reservation_columns(created, number),
        plain([o.id[-32:] for o in offerings]),
        numbers([o.capacity for o in offerings]),
        numbers([o.held for o in offerings]),
        numbers([o.confirmed for o in offerings]),
        numbers([o.seq for o in offerings]),
        _perhaps([o.drain_to for o in offerings]),
        numbers([o.waiting for o in offerings]),
        plain([e.offering[-32:] for e in entries]),
        numbers([e.seq for e in entries]),
        plain([e.kind for e in entries]),
        plain(["NULL" if e.reservation is None else e.reservation[-32:] for e in entries]),
        numbers([e.capacity_delta for e in entries]),
        numbers([e.held_delta for e in entries]),
        numbers([e.confirmed_delta for e in entries]),
        numbers([e.capacity for e in entries]),
        numbers([e.held for e in entries]),
        numbers([e.confirmed for e in entries]),
        [e.actor for e in entries],
        _sparse([e.reason for e in entries]),
        _perhaps([number(e.hold_expires_at) for e in entries]),
    ]
    return [instants.column(), *columns]
