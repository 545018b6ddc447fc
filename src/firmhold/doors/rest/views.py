"""Reservations as the native API shows them."""

from datetime import datetime

from firmhold.domain.model import Line, Reservation
from firmhold.doors.rest.shapes.reservations import LineView, ReservationView
from firmhold.doors.rest.terms import price_of
from firmhold.doors.shared.rendering import Names, seconds_left


def reservation_view(
    reservation: Reservation, now: datetime, names: Names, cancellable_until: datetime | None
) -> ReservationView:
    """The reservation as it stands at `now`."""
    return ReservationView(
        reservation.id,
        reservation.status.value,
        reservation.customer,
        tuple(_line(line, names) for line in reservation.lines),
        reservation.created_at,
        reservation.expires_at,
        seconds_left(reservation, now),
        reservation.extend_until,
        cancellable_until,
        reservation.confirmed_at,
        reservation.ended_at,
        reservation.reason,
        reservation.notes,
        reservation.guest_count,
        None if reservation.metadata is None else dict(reservation.metadata),
        reservation.actor,
        now,
    )


def _line(line: Line, names: Names) -> LineView:
    name = names[line.offering]
    return LineView(
        line.offering,
        name.sku,
        name.starts_at,
        name.ends_at,
        line.quantity,
        line.held,
        line.confirmed,
        price_of(line.unit_price, line.currency),
    )
