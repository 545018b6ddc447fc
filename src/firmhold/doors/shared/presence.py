"""Whether the sender of a request is still there: nobody works for one who has gone.

Nearly all requests are answered long before anyone would look, so that what each of them costs is
an entry in a list, which one timer for all of them goes through.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from firmhold.doors.shared.body import Disconnected, Receive
from firmhold.doors.shared.reply import Reply

LOOK_AFTER = 0.25
"""Seconds a request may take before anyone looks, and between two rounds through the list."""


class Presence:
    """Watches the senders of this process's requests."""

    def __init__(self) -> None:
        self._begun: deque[_Handled] = deque()
        """In the order in which they began, also those that are over meanwhile."""
        self._timer: asyncio.TimerHandle | None = None

    async def watched(
        self, loop: asyncio.AbstractEventLoop, handling: Awaitable[Reply], receive: Receive
    ) -> Reply:
        """Await the handler, and cancel it if the sender goes away while it waits. Raises
        `Disconnected` then.

        The loop is known already: asking for it costs a system call on older Pythons.
        """
        task = asyncio.current_task(loop)
        assert task is not None
        handled = _Handled(task, receive, loop.time())
        self._begun.append(handled)
        if self._timer is None:
            self._timer = loop.call_later(LOOK_AFTER, self._look, loop)
        try:
            return await handling
        except asyncio.CancelledError:
            if handled.gone and task.uncancel() == 0:
                raise Disconnected from None
            raise
        finally:
            handled.end()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        begun, before = self._begun, loop.time() - LOOK_AFTER
        while begun and (begun[0].over or begun[0].since <= before):
            handled = begun.popleft()
            if not handled.over:
                handled.look = loop.create_task(handled.wait_for_end())
        self._timer = loop.call_later(LOOK_AFTER, self._look, loop) if begun else None


class _Handled:
    """A request that is being handled."""

    __slots__ = ("_receive", "_task", "gone", "look", "over", "since")

    def __init__(self, task: asyncio.Task[Any], receive: Receive, since: float) -> None:
        self._task: asyncio.Task[Any] | None = task
        self._receive: Callable[[], Awaitable[Any]] | None = receive
        self.since = since
        self.over = self.gone = False
        self.look: asyncio.Task[None] | None = None

    async def wait_for_end(self) -> None:
        receive, task = self._receive, self._task
        assert receive is not None and task is not None, "looked at while it is handled"
        while (await receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        task.cancel()

    def end(self) -> None:
        """It is over. What it was about is let go of at once, before its turn in the list."""
        self.over = True
        self._task = self._receive = None
        if self.look is not None and not self.look.done():
            self.look.cancel()
