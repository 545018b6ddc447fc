"""What several doors make of the engine's values."""

from datetime import datetime

from firmhold.domain.model import Reservation


def seconds_left(reservation: Reservation, now: datetime) -> int | None:
    """Whole seconds until a hold ends; `None` if it is not held. A countdown starts here."""
    if reservation.status.value != "held" or reservation.expires_at is None:
        return None
    return max(0, round((reservation.expires_at - now).total_seconds()))
