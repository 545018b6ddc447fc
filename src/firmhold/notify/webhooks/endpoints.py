"""Endpoints, as those who have them deal with them."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.notify.webhooks.addresses import NotAllowed, refuse_url
from firmhold.notify.webhooks.rules import OLD_SECRET_FOR, SECRET, written
from firmhold.relay.event import TYPES
from firmhold.store.database import Database
from firmhold.store.sql import statement

MOST = 100
"""Endpoints of an organization: each event is kept for each of them."""


class Webhook(NamedTuple):
    """An endpoint, without its secret."""

    id: str
    url: str
    description: str | None
    types: list[str]
    created_at: datetime
    disabled_at: datetime | None
    disabled_reason: str | None
    old_secret_until: datetime | None


class Delivery(NamedTuple):
    """What was to be sent, and what came of it."""

    event: str
    number: int
    type: str
    subject: str
    status: str
    attempts: int
    next_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    answer: int | None
    error: str | None
    milliseconds: int | None


class Webhooks:
    """Makes, changes and removes endpoints, and looks at what was delivered."""

    def __init__(self, database: Database, *, private: bool) -> None:
        """`private`: endpoints may be anywhere, for developers and tests."""
        self._database = database
        self._private = private

    async def add(
        self,
        connection: Any,
        organization: str,
        url: str,
        description: str | None,
        types: Sequence[str],
    ) -> tuple[Webhook, str]:
        """A new endpoint and its secret, as part of a transaction. Raises `Refused`."""
        self._refuse(url, types)
        count = await connection.fetchval(statement("webhooks", "count"), organization[-32:])
        if count >= MOST:
            raise Refused(
                refuse(Code.LIMIT_EXCEEDED, f"There are {count} webhooks already.", limit=MOST)
            )
        secret = secrets.token_bytes(SECRET)
        row = await connection.fetchrow(
            statement("webhooks", "add"),
            organization[-32:],
            uuid_utils.uuid7().hex,
            url,
            description,
            list(types),
            secret,
        )
        return _webhook(row), written(secret)

    async def page(self, organization: str, below: str | None, limit: int) -> list[Webhook]:
        """So many endpoints, the newest first, below an id."""
        async with self._database.read(organization) as connection:
            rows = await connection.fetch(
                statement("webhooks", "page"),
                organization[-32:],
                None if below is None else below[-32:],
                limit,
            )
        return [_webhook(row) for row in rows]

    async def find(self, organization: str, id: str) -> Webhook:
        """One. Raises `Refused` if there is none."""
        async with self._database.read(organization) as connection:
            row = await connection.fetchrow(
                statement("webhooks", "find"), organization[-32:], id[-32:]
            )
        return _webhook(_there(row, id))

    async def change(
        self, connection: Any, organization: str, id: str, given: dict[str, Any]
    ) -> Webhook:
        """Change what is given of `url`, `description`, `types` and `enabled`. Raises `Refused`."""
        row = await connection.fetchrow(statement("webhooks", "lock"), organization[-32:], id[-32:])
        before = _there(row, id)
        url, types = given.get("url", before["url"]), given.get("types", before["types"])
        self._refuse(url, types)
        row = await connection.fetchrow(
            statement("webhooks", "change"),
            organization[-32:],
            id[-32:],
            url,
            given.get("description", before["description"]),
            list(types),
            given.get("enabled", before["disabled_at"] is None),
        )
        return _webhook(row)

    async def rotate(self, connection: Any, organization: str, id: str) -> tuple[Webhook, str]:
        """Another secret. Everything is signed with the one before as well, for a day. Raises
        `Refused`."""
        secret = secrets.token_bytes(SECRET)
        row = await connection.fetchrow(
            statement("webhooks", "rotate"), organization[-32:], id[-32:], secret, OLD_SECRET_FOR
        )
        return _webhook(_there(row, id)), written(secret)

    async def remove(self, connection: Any, organization: str, id: str) -> str:
        """Remove it, with all that is known of its deliveries; its URL. Raises `Refused`."""
        row = await connection.fetchrow(
            statement("webhooks", "remove"), organization[-32:], id[-32:]
        )
        url: str = _there(row, id)["url"]
        return url

    async def deliveries(
        self, organization: str, id: str, status: str | None, below: int | None, limit: int
    ) -> list[Delivery]:
        """So many deliveries, the newest first, below a number. Raises `Refused` if there is no
        such endpoint."""
        await self.find(organization, id)
        async with self._database.read(organization) as connection:
            rows = await connection.fetch(
                statement("webhooks", "deliveries"),
                organization[-32:],
                id[-32:],
                status,
                below,
                limit,
            )
        return [_delivery(row) for row in rows]

    async def again(self, connection: Any, organization: str, id: str, event: str) -> Delivery:
        """Send it once more, whatever came of it. Raises `Refused` if there is no such delivery."""
        row = await connection.fetchrow(
            statement("webhooks", "again"), organization[-32:], id[-32:], event[-32:]
        )
        if row is None:
            raise Refused(refuse(Code.NOT_FOUND, "There is no such delivery.", event=event))
        return _delivery(row)

    def _refuse(self, url: str, types: Sequence[str]) -> None:
        try:
            refuse_url(url, private=self._private)
        except NotAllowed as error:
            raise Refused(malformed("url", str(error))) from None
        for type in types:
            if type not in TYPES:
                raise Refused(malformed("types", f"there are no events {type!r}"))
        if len(set(types)) < len(types):
            raise Refused(malformed("types", "one is named twice"))


def _there(row: Any, id: str) -> Any:
    if row is None:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such webhook.", webhook=id))
    return row


def _webhook(row: Any) -> Webhook:
    return Webhook(
        f"hook_{row['id'].hex}",
        row["url"],
        row["description"],
        row["types"],
        row["created_at"],
        row["disabled_at"],
        row["disabled_reason"],
        row["old_until"],
    )


def _delivery(row: Any) -> Delivery:
    waiting = row["status"] == "waiting"
    return Delivery(
        f"evt_{row['event_id'].hex}",
        row["number"],
        row["type"],
        row["subject"],
        row["status"],
        row["attempts"],
        row["next_at"] if waiting else None,
        row["created_at"],
        row["ended_at"],
        row["answer"],
        row["error"],
        row["milliseconds"],
    )
