"""What calendars show: the slots of a site, those of one reservation, and whose token opens them.

Owns which slots are in a calendar and what tells a newer copy of an event from an older one. Never
writes a calendar, and changes nothing but which tokens open one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from firmhold.domain.errors import Refused
from firmhold.domain.model import Status
from firmhold.engine.effects import Effects
from firmhold.engine.engine import Engine
from firmhold.engine.lending import slot_id
from firmhold.engine.places import no_site
from firmhold.engine.rows import bare
from firmhold.engine.ticket import Act, Reply
from firmhold.engine.timetable import PublishedSlot, read_slots
from firmhold.store.sql import statement


class Claim(NamedTuple):
    """What a reservation claims of a slot, or has claimed until it left it."""

    slot: str
    status: Status | None
    """Of the reservation; `None` if it claims nothing of this slot any more."""
    number: int
    """Higher after each change of the claim or of the slot."""
    changed_at: datetime
    """When the last of them was."""


Render = Callable[[int, datetime], tuple[int, bytes]]
"""The door's answer to a version and the time: status and body."""


class Calendars:
    """Reads for the calendars of all organizations."""

    def __init__(self, engine: Engine) -> None:
        self._database = engine.database
        self._effects = Effects(engine)

    async def around(
        self, organization: str, site: str, now: datetime, past: timedelta, most: tuple[int, int]
    ) -> list[PublishedSlot]:
        """The slots of a site in the order of time: of those that started within `past` the last
        few, and of those to come the first many; `most` says how few and how many."""
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("calendars", "around"),
                bare(organization),
                bare(site),
                now - past,
                now,
                *most,
            )
            return await read_slots(connection, organization, [row["id"].hex for row in found])

    async def claims(self, organization: str, reservation: str) -> list[Claim]:
        """The slots that a reservation is for, and then those that it has left."""
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("calendars", "claims"), bare(organization), bare(reservation)
            )
        return [_claim(row) for row in found]

    async def version(self, organization: str, site: str) -> int | None:
        """What a token must say to open the site's calendar; `None` if there is no such site."""
        async with self._database.read(organization) as connection:
            return await _number(connection, "version", organization, site)

    async def make_token(
        self, organization: str, site: str, render: Render, act: Act | None = None
    ) -> Reply:
        """Let `render` make a token for the version that the site asks for. Nothing is changed."""
        return await self._with_version("version", organization, site, render, act)

    async def withdraw_tokens(
        self, organization: str, site: str, render: Render, act: Act | None = None
    ) -> Reply:
        """Let the site ask for a version that none of its tokens has."""
        return await self._with_version("raise_version", organization, site, render, act)

    async def _with_version(
        self, name: str, organization: str, site: str, render: Render, act: Act | None
    ) -> Reply:
        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            version = await _number(connection, name, organization, site)
            if version is None:
                raise Refused(no_site(site))
            return (site, *render(version, now))

        return await self._effects.carry_out(organization, act, work)


async def _number(connection: Any, name: str, organization: str, site: str) -> int | None:
    number: int | None = await connection.fetchval(
        statement("calendars", name), bare(organization), bare(site)
    )
    return number


def _claim(row: Any) -> Claim:
    status = Status(row["status_now"])
    number, changed_at = row["seq"], row["at"]
    if status != row["status"]:
        # Ended and not recorded yet. The entry that records it will have this number, or a higher.
        number, changed_at = number + 1, row["expires_at"]
    return Claim(slot_id(row["id"]), status if row["units"] else None, number, changed_at)
