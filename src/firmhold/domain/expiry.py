"""The one place that knows when a hold has ended."""

from datetime import datetime


def is_due(expires_at: datetime, now: datetime) -> bool:
    """Whether a hold that ends at `expires_at` has ended at `now`.

    The interval is half-open: a hold lives in `[held_at, expires_at)`. At `expires_at` itself
    it can no longer be confirmed and its units belong to whoever asks next. SQL that selects
    due or live holds compares the same way (`expires_at <= now`).
    """
    return expires_at <= now
