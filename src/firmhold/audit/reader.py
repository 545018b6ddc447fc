"""Reading the audit: acts, checkpoints, proofs. Changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from firmhold.audit import proofs
from firmhold.store.database import Database
from firmhold.store.sql import statement

Position = tuple[datetime, list[str]]
"""Where an act stands in the list: its time and its id."""


class Act(NamedTuple):
    """Something that was done."""

    id: str
    kind: str
    """The operation's name, or what no operation says, such as `session_opened`."""
    actor: str
    """Whose doing it was; `erased` if that is not to be known any more."""
    subject: str | None
    """To whom or what."""
    facts: Any
    """What was asked for, or what else is known; an object."""
    at: datetime


class AuditReader:
    """What the audit of each organization says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acts(
        self,
        organization: str,
        before: Position | None,
        limit: int,
        *,
        kind: str | None = None,
        actor: str | None = None,
        subject: str | None = None,
    ) -> list[Act]:
        """So many acts, the newest first, before the one at that position."""
        at, id = (None, None) if before is None else (before[0], before[1][0][-32:])
        async with self._database.read(organization) as connection:
            rows = await connection.fetch(
                statement("audit", "page_of_acts"),
                organization[-32:],
                at,
                id,
                kind,
                actor,
                subject,
                limit,
            )
        return [
            Act(
                f"act_{row['id'].hex}",
                row["kind"],
                row["actor"],
                row["subject"],
                msgspec.json.decode(row["facts"]),
                row["at"],
            )
            for row in rows
        ]

    async def checkpoint(self, organization: str) -> str | None:
        """The newest signed checkpoint; `None` if nothing is sealed yet."""
        async with self._database.read(organization) as connection:
            return await proofs.newest_checkpoint(connection, organization)

    async def inclusion(self, organization: str, id: str, number: int) -> dict[str, Any]:
        """Proof that an act, or an entry of an offering's ledger, is in the log. Raises
        `LookupError`."""
        async with self._database.read(organization) as connection:
            return await proofs.inclusion(connection, organization, id, number)

    async def consistency(
        self, organization: str, old: int, new: int | None = None
    ) -> dict[str, Any]:
        """Proof that the log of `old` entries is the beginning of that of `new`, or of the newest.
        Raises `LookupError`."""
        async with self._database.read(organization) as connection:
            return await proofs.consistency(connection, organization, old, new)
