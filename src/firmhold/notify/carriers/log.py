"""Where nothing else is set up, the log says that there was something to tell.

It says neither what nor to whom: a log is kept where nothing in it can be erased.
"""

import structlog

from firmhold.notify.carriers.carrier import Message, Outcome, Result

_log = structlog.get_logger(__name__)


class LogCarrier:
    """Carries nothing further than the log of this process."""

    def __init__(self, why: str | None = None) -> None:
        """`why`: in words, if something else was asked for."""
        self._why = why

    async def carry(self, message: Message) -> Outcome:
        """See `Carrier`."""
        _log.info(
            "a notification",
            about=message.kind,
            notification=message.id,
            organization=message.organization,
            reservation=message.reservation,
            because=self._why,
        )
        return Outcome(Result.TAKEN, None if self._why is None else f"logged: {self._why}")
