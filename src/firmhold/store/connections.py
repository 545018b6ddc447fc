"""What a connection to PostgreSQL knows about itself: how old it is, whether its plans are, and for
which organization it works.

The last is the second wall between organizations: row-level security shows and takes only rows of
the organization that the connection has named (ADR 0017). The first, a condition in each statement,
stands before it and knows nothing of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

PLANS_LAST = 60.0
"""Seconds after which the engine's statements are planned anew, if not before."""

SETTING = "firmhold.organization"
"""What the policies ask for."""

ACROSS = "all"
"""Works for all organizations, on purpose."""

NOBODY = ""
"""Works for none: sees and writes what belongs to no organization, and nothing else."""

_ID = re.compile(r"[0-9a-f]{32}")


def named(organization: str) -> str:
    """The organization's id (`org_…`, or bare) as it is said to PostgreSQL. Raises `ValueError` if
    it is none: what is said is part of a statement's text."""
    id = organization[-32:]
    if _ID.fullmatch(id) is None:
        raise ValueError(f"not the id of an organization: {organization!r}")
    return id


def saying(organization: str) -> str:
    """What a transaction says that works for this organization. It ends with the transaction, so
    that nothing of it is left on the connection."""
    return f"SET LOCAL {SETTING} = '{named(organization)}'"


SAYING_ACROSS = f"SET LOCAL {SETTING} = '{ACROSS}'"
"""What a transaction says that works across organizations, on purpose."""


class DatedConnection(asyncpg.Connection):
    """A connection that knows how old it is, by the event loop's clock, and for whom it works."""

    __slots__ = ("_whose", "opened_at")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.opened_at = asyncio.get_running_loop().time()
        self._whose: str | None = None
        """What was said last; `None` while nothing is known to have arrived."""

    async def work_for(self, whose: str) -> None:
        """From now on: an id as `named` gives it, `ACROSS` or `NOBODY`. Costs a round trip only if
        it was somebody else before."""
        if whose != self._whose:
            self._whose = None
            await self.execute(f"SET {SETTING} = '{whose}'")
            self._whose = whose


class EngineConnection(DatedConnection):
    """A connection that does not keep its plans while the tables outgrow them.

    A plan that was made while a table was all but empty may read all of it, for then it makes no
    difference. PostgreSQL plans anew once it has counted, which may be a minute later, and a flash
    sale writes a million rows in that minute. So plans are made anew whenever the connection has
    been used twice as often as when they were made, and every now and then for what others write.
    """

    __slots__ = ("_planned_at", "_uses")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._uses = 0
        self._planned_at = time.monotonic()

    async def renew_plans(self) -> None:
        """Count one more use, and forget the plans if it is time. Takes a few milliseconds then."""
        self._uses += 1
        now = time.monotonic()
        if self._uses & (self._uses - 1) == 0 or now - self._planned_at > PLANS_LAST:
            self._planned_at = now
            if self._uses > 1:
                await self.execute("DISCARD PLANS")


class PooledConnection(DatedConnection):
    """A connection to a PgBouncer in transaction mode, behind which a session may be another's by
    the next statement. So each transaction says anew for whom it works, in the message that begins
    it, and a statement on its own becomes a transaction on its own.
    """

    __slots__ = ()

    async def work_for(self, whose: str) -> None:
        """From now on, as in `DatedConnection`. Costs nothing yet."""
        self._whose = whose

    async def execute(self, query: str, *args: Any, **more: Any) -> str:
        """See the driver."""
        if self._is_said():
            return await super().execute(query, *args, **more)
        if query.startswith("BEGIN") and not args:
            begin, _, rest = query.partition(";")
            query = f"{begin}; SET LOCAL {SETTING} = '{self._whose}';{rest}"
            return await super().execute(query, **more)
        async with self._saying():
            return await super().execute(query, *args, **more)

    async def executemany(self, command: str, args: Any, **more: Any) -> None:
        """See the driver."""
        async with self._saying():
            await super().executemany(command, args, **more)

    async def fetch(self, query: str, *args: Any, **more: Any) -> Any:
        """See the driver."""
        async with self._saying():
            return await super().fetch(query, *args, **more)

    async def fetchrow(self, query: str, *args: Any, **more: Any) -> Any:
        """See the driver."""
        async with self._saying():
            return await super().fetchrow(query, *args, **more)

    async def fetchval(self, query: str, *args: Any, **more: Any) -> Any:
        """See the driver."""
        async with self._saying():
            return await super().fetchval(query, *args, **more)

    def _is_said(self) -> bool:
        """Whether there is nothing to say, or it was said as the transaction began."""
        return not self._whose or bool(self.is_in_transaction())

    @asynccontextmanager
    async def _saying(self) -> AsyncIterator[None]:
        if self._is_said():
            yield
            return
        await super().execute(f"BEGIN; SET LOCAL {SETTING} = '{self._whose}'")
        try:
            yield
            await super().execute("COMMIT")
        except BaseException:
            # If not even that goes, the connection is thrown away; that it does is not the error.
            with contextlib.suppress(Exception):
                await super().execute("ROLLBACK", timeout=1)
            raise
