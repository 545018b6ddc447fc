"""Letters to people: written with the change they tell of, handed over afterwards.

Owns what is kept and for how long. How a letter looks and who carries it is the post's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import msgspec
import structlog
import uuid_utils

from firmhold.redaction import Shown
from firmhold.store.database import Database
from firmhold.store.sql import statement

AT_ONCE = 20
PAUSE = 1.0
"""Seconds between rounds when there is nothing to send."""

AGAIN = timedelta(seconds=30)
"""After which a letter that could not be handed over is tried again; each time longer."""

KEPT = timedelta(days=3)
"""For which a letter is tried. Codes are over by then."""

_log = structlog.get_logger(__name__)


class Kind(StrEnum):
    """What a letter is about."""

    VERIFY = "verify"
    RESET = "reset"
    SET_UP = "set_up"
    INVITED = "invited"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - not a password


class Letter(NamedTuple):
    """Something to tell somebody."""

    id: str
    address: str
    kind: Kind
    facts: Mapping[str, Any]


class Carrier(Protocol):
    """Who carries letters."""

    async def carry(self, letter: Letter) -> None:
        """Hand it over, more than once if need be; raise whatever is in the way."""


class Log:
    """Where no mail is set up, letters are told to whoever runs the server."""

    async def carry(self, letter: Letter) -> None:
        _log.warning(
            "a letter, because no mail is set up",
            to=letter.address,
            about=letter.kind.value,
            **{name: _shown(name, fact) for name, fact in letter.facts.items()},
        )


def _shown(name: str, fact: Any) -> Any:
    """The code is what a letter is for; nothing else in a log may be one."""
    return Shown(fact) if name == "code" and isinstance(fact, str) else fact


async def write(connection: Any, address: str, kind: Kind, facts: Mapping[str, Any]) -> None:
    """Put a letter into the outbox, as part of the transaction it tells of."""
    await connection.execute(
        statement("people", "add_letter"),
        uuid_utils.uuid7().hex,
        address,
        kind.value,
        msgspec.json.encode(facts).decode(),
    )


class Post:
    """Hands letters over. Any number may run: each skips what another is busy with."""

    def __init__(self, database: Database, carrier: Carrier) -> None:
        self._database = database
        self._carrier = carrier

    async def run_once(self) -> float:
        """Hand over what is due; return the seconds until the next round."""
        async with self._database.read_shared() as connection:
            rows = await connection.fetch(statement("people", "take_letters"), AT_ONCE, AGAIN)
        # All at once: before they are due again, each has been carried or has failed.
        await asyncio.gather(*(self._carry(row) for row in rows))
        return 0.0 if len(rows) == AT_ONCE else PAUSE

    async def _carry(self, row: Any) -> None:
        letter = Letter(
            row["id"].hex, row["address"], Kind(row["kind"]), msgspec.json.decode(row["facts"])
        )
        try:
            await self._carrier.carry(letter)
        except Exception as error:  # noqa: BLE001 - it is tried again, and the others now
            _log.warning("a letter was not sent", about=letter.kind.value, error=repr(error))
            if row["age"] < KEPT:
                return
        async with self._database.read_shared() as connection:
            await connection.execute(statement("people", "drop_letter"), row["id"])
