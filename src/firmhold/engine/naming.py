"""What an offering is known by besides its id: a SKU, or a time. Neither ever changes, so each is
asked for once.

Changes nothing and decides nothing. Titles, zones and everything else that an operator may change
are not kept here.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import NamedTuple

from firmhold.engine import rows
from firmhold.engine.lookup import InOrganization, Lookup
from firmhold.store.database import Database
from firmhold.store.sql import statement

_NAMES_OF_OFFERINGS = statement("lookup", "names_of_offerings")


class Name(NamedTuple):
    """What an answer says of an offering that a line names."""

    sku: str | None
    """Of an item."""
    starts_at: datetime | None
    """Of a slot, as is `ends_at`."""
    ends_at: datetime | None


class Naming:
    """Names for all organizations."""

    def __init__(self, database: Database, patience: float) -> None:
        """`patience`: seconds after which nobody waits any more."""
        self._database = database
        self._patience = patience
        self._names = Lookup[Name](self._load)

    async def of(self, organization: str, offering: str) -> Name | None:
        """The name of an item or a slot, if there is one with this id. Raises `TimeoutError`."""
        key = InOrganization(organization, offering)
        known = self._names.known(key)
        if known is not None:
            return known
        async with asyncio.timeout(self._patience):
            return await self._names.get(key)

    async def _load(
        self, organization: str, keys: list[InOrganization]
    ) -> dict[InOrganization, Name]:
        async with self._database.engine_for(organization) as connection:
            found = await connection.fetch(
                _NAMES_OF_OFFERINGS,
                [rows.bare(key.organization) for key in keys],
                [rows.bare(key.value) for key in keys],
                [key.value.partition("_")[0] for key in keys],
            )
        return {
            keys[row["position"] - 1]: Name(row["sku"], row["starts_at"], row["ends_at"])
            for row in found
        }
