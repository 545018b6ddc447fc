"""What is told, which ways there are to tell it, and by what each single thing is known.

Pure: no clock, no I/O.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What customers are told about a reservation."""

    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    CANCELLATION = "cancellation"
    OFFER = "offer"
    EXPIRY = "expiry"


class Channel(StrEnum):
    """Ways to tell it."""

    EMAIL = "email"
    SMS = "sms"
    TOPIC = "topic"
    """A topic of AWS SNS, for systems that belong to the organization."""
    LOG = "log"


PERSONAL = frozenset({Channel.EMAIL, Channel.SMS})
"""Ways that lead to the customer, who has a say in it."""

MOST_REMINDERS = 5

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (60, 300, 900, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 86_400)
)
"""After each attempt that failed for now. Three days together, as mail servers do; the first is as
long as whoever greylists wants."""

JITTER = 0.2
"""By which a pause is longer or shorter, so that what failed together is not tried together."""


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """Until it is tried again after so many attempts; `None` if it has been tried often enough.
    `chance`: from 0 to 1."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + JITTER * (2 * chance - 1))


def of_event(organization: str, event: str, kind: Kind, channel: Channel) -> str:
    """The id of what is told of an event, 32 hexadecimal digits."""
    return _digest(organization, event, kind, channel)


def of_time(
    organization: str, reservation: str, kind: Kind, channel: Channel, about: datetime, before: int
) -> str:
    """The id of what is told so many seconds before an instant: the same however often the
    reservation changes, as long as it comes to the same."""
    return _digest(organization, reservation, kind, channel, about.isoformat(), str(before))


def _digest(*parts: str) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]
