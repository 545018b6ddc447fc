"""The engine as the doors see it: submit a command, get an answer or a refusal."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from firmhold.domain.commands import (
    Command,
    Hold,
    Leave,
    Move,
    ReservationCommand,
)
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.model import MAX_LINES, Reservation
from firmhold.engine import answers, rows
from firmhold.engine.batcher import Batcher, Limits
from firmhold.engine.faults import is_transient
from firmhold.engine.flight import overloaded
from firmhold.engine.lookup import InOrganization, Lookup
from firmhold.engine.stats import Stats
from firmhold.engine.ticket import Answer, Key, Render, Reply, Ticket
from firmhold.request import CURRENT
from firmhold.store.database import Database
from firmhold.store.sql import statement

_OFFERINGS_OF_RESERVATIONS = statement("lookup", "offerings_of_reservations")
_OFFERINGS_OF_ENTRIES = statement("lookup", "offerings_of_entries")
_ITEMS_BY_SKU = statement("lookup", "items_by_sku")


T = TypeVar("T")


class Engine:
    """Carries out commands for all organizations of one database.

    Any number of engines, in any number of processes, may work on the same database.
    """

    def __init__(self, database: Database, limits: Limits | None = None) -> None:
        self.database = database
        self.limits = limits or Limits()
        self.stats = Stats()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._batcher = Batcher(database, self.limits, self.stats)
        self._offerings = Lookup[tuple[str, ...]](self._load_offerings)
        self._waited_for = Lookup[tuple[str, ...]](self._load_waited_for)
        self._skus = Lookup[str](self._load_skus)

    def start(self) -> None:
        """Begin to work. Needs a running event loop and an open database."""
        self._loop = asyncio.get_running_loop()
        self._batcher.start()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop on which it works."""
        assert self._loop is not None, "the engine has not been started"
        return self._loop

    async def close(self) -> None:
        """Finish what is in flight; what is still waiting is answered with `overloaded`."""
        await self._batcher.close()

    @property
    def waiting(self) -> int:
        """Commands without an answer."""
        return self._batcher.waiting

    async def submit(
        self, organization: str, command: Command, render: Render, key: Key | None = None
    ) -> Reply:
        """Carry out `command` and return the door's answer as `render` made it, or a refusal.

        With a `key` the answer is stored along with the effect, and given again to whoever
        repeats the request. A caller that is cancelled while waiting frees its place; the
        command may then be carried out or not.

        Raises whatever `render` raised, and driver errors that are defects of ours.
        """
        asked = CURRENT.get()
        if asked is not None and isinstance(command, ReservationCommand):
            asked.reservation = command.reservation
        if self._batcher.full:
            self.stats.overloaded += 1
            return overloaded("Too many requests are waiting.")
        loop = self.loop
        deadline = loop.time() + self.limits.patience
        affected = await self._affected(organization, command, deadline)
        if isinstance(affected, Refusal):
            if affected.code is Code.NOT_FOUND and key is not None:
                # That the key is another request's comes before it in the published order.
                return await self._kept(organization, key, deadline) or affected
            return affected
        future: asyncio.Future[Reply] = loop.create_future()
        ticket = Ticket(organization, command, affected, key, render, deadline, future, asked)
        self._batcher.add(ticket)
        try:
            reply = await future
        finally:
            self._batcher.forget(ticket)
        if isinstance(reply, Answer) and isinstance(reply.subject, Reservation):
            if asked is not None:
                asked.reservation = reply.subject.id
            self._offerings.remember(
                InOrganization(organization, reply.subject.id),
                tuple(line.offering for line in reply.subject.lines),
            )
        return reply

    async def item_of_sku(self, organization: str, sku: str) -> str | None:
        """The item's id. A SKU never changes its item, so this is asked once."""
        key = InOrganization(organization, sku)
        return self._skus.known(key) or await self._in_time(self._skus.get(key))

    async def offerings_of(self, organization: str, reservation: str) -> tuple[str, ...] | None:
        """The offerings that a reservation has lines on, or had when this process last heard of it:
        it may have been moved since. To know what to lock and to name, nothing to decide by."""
        key = InOrganization(organization, reservation)
        return self._offerings.known(key) or await self._in_time(self._offerings.get(key))

    async def _in_time(self, asked: Awaitable[T]) -> T:
        """An answer within the callers' patience. Raises `TimeoutError`."""
        async with asyncio.timeout(self.limits.patience):
            return await asked

    async def _kept(self, organization: str, key: Key, deadline: float) -> Reply | None:
        """What whoever names this key gets, if its effect was had before."""
        try:
            async with asyncio.timeout_at(deadline):
                return await answers.earlier(self.database, organization, key)
        except Exception as error:
            if is_transient(error):
                return overloaded("The database is away.")
            raise

    async def _affected(
        self, organization: str, command: Command, deadline: float
    ) -> tuple[str, ...] | Refusal:
        """The offerings to lock."""
        if isinstance(command, Hold | Move):
            if not 1 <= len(command.lines) <= MAX_LINES:
                # The rule is decide's; here it keeps a command without rows out of the lanes.
                return malformed("lines", f"1 to {MAX_LINES} lines, not {len(command.lines)}")
            named = tuple(dict.fromkeys(line.offering for line in command.lines))
            if isinstance(command, Hold):
                return named
            found = await self._found(
                self._offerings, organization, command.reservation, "reservation", deadline
            )
            return found if isinstance(found, Refusal) else tuple(dict.fromkeys((*found, *named)))
        if isinstance(command, ReservationCommand):
            return await self._found(
                self._offerings, organization, command.reservation, "reservation", deadline
            )
        if isinstance(command, Leave):
            return await self._found(
                self._waited_for, organization, command.entry, "waitlist entry", deadline
            )
        return (command.offering,)

    async def _found(
        self,
        lookup: Lookup[tuple[str, ...]],
        organization: str,
        id: str,
        what: str,
        deadline: float,
    ) -> tuple[str, ...] | Refusal:
        """The offerings that the look-up knows for this id, in time."""
        key = InOrganization(organization, id)
        found = lookup.known(key)
        if found is None:
            try:
                async with asyncio.timeout_at(deadline):
                    found = await lookup.get(key)
            except Exception as error:
                if is_transient(error):
                    return overloaded("The database is away.")
                raise
        if found is None:
            field = what.rpartition(" ")[2]
            return refuse(Code.NOT_FOUND, f"There is no such {what}.", **{field: id})
        return found

    async def _load_offerings(
        self, organization: str, keys: list[InOrganization]
    ) -> dict[InOrganization, tuple[str, ...]]:
        async with self.database.engine_for(organization) as connection:
            found = await connection.fetch(
                _OFFERINGS_OF_RESERVATIONS,
                [rows.bare(key.organization) for key in keys],
                [rows.bare(key.value) for key in keys],
            )
        return {
            keys[row["position"] - 1]: tuple(
                rows.offering_id(id, kind)
                for id, kind in zip(row["offerings"], row["kinds"], strict=True)
            )
            for row in found
        }

    async def _load_waited_for(
        self, organization: str, keys: list[InOrganization]
    ) -> dict[InOrganization, tuple[str, ...]]:
        async with self.database.engine_for(organization) as connection:
            found = await connection.fetch(
                _OFFERINGS_OF_ENTRIES,
                [rows.bare(key.organization) for key in keys],
                [rows.bare(key.value) for key in keys],
            )
        return {
            keys[row["position"] - 1]: (rows.offering_id(row["id"], row["kind"]),) for row in found
        }

    async def _load_skus(
        self, organization: str, keys: list[InOrganization]
    ) -> dict[InOrganization, str]:
        async with self.database.engine_for(organization) as connection:
            found = await connection.fetch(
                _ITEMS_BY_SKU,
                [rows.bare(key.organization) for key in keys],
                [key.value for key in keys],
            )
        return {keys[row["position"] - 1]: rows.offering_id(row["id"], "item") for row in found}
