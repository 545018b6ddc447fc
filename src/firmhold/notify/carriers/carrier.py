"""What every carrier is given, and what it says came of it."""

from enum import Enum
from typing import NamedTuple, Protocol

SECONDS = 20.0
"""For handing over one message, all of it."""


class Result(Enum):
    """What came of handing a message over."""

    TAKEN = "taken"
    """Whoever took it answers for it from now on."""
    NOT_NOW = "not now"
    """It may be taken another time."""
    NEVER = "never"
    """It will not be taken however often it is tried."""


class Outcome(NamedTuple):
    """What came of handing a message over, and what was said."""

    result: Result
    detail: str | None = None


class Message(NamedTuple):
    """Something to be told."""

    id: str
    """The same at every attempt: whoever takes it twice can tell by it."""
    kind: str
    organization: str
    """Its slug."""
    sender: str
    """What people call whoever tells it."""
    reservation: str
    address: str
    """An e-mail address or a phone number; nothing where it goes to a topic or a log."""
    subject: str
    text: str


class Carrier(Protocol):
    """Who carries messages of one channel."""

    async def carry(self, message: Message) -> Outcome:
        """Hand it over. Never raises but for being cancelled."""


def in_words(error: BaseException) -> str:
    """An error for whoever looks at what came of a message: one line, not too long."""
    text = " ".join(str(error).split())
    return (f"{type(error).__name__}: {text}" if text else type(error).__name__)[:300]
