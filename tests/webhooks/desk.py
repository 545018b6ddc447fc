"""Whoever plans and sends, step by step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from firmhold.notify.webhooks.endpoints import Webhooks
from firmhold.notify.webhooks.planning import Planner
from firmhold.notify.webhooks.posting import Poster
from firmhold.notify.webhooks.sending import Sender
from firmhold.relay.cloud_event import cloud_event
from firmhold.relay.event import Event
from tests.shop import Shop
from tests.webhooks.receiver import Receiver


def body(event: Event) -> bytes:
    return msgspec.json.encode(cloud_event(event))


class Desk:
    """One organization, one endpoint, and those who work for it."""

    def __init__(self, shop: Shop, receiver: Receiver) -> None:
        self.shop, self.receiver = shop, receiver
        database = shop.services.database
        self.webhooks = Webhooks(database, private=True)
        self.planner = Planner(database, body)
        self.poster = Poster(private=True)
        self.sender = Sender(database, self.poster)
        self.id = self.secret = ""

    async def open(self) -> None:
        await self.plan()  # what was before is no news
        self.id, self.secret = await self.add()

    async def add(self, *types: str, url: str | None = None) -> tuple[str, str]:
        """Another endpoint, and its secret."""
        database = self.shop.services.database
        organization = self.shop.organization.id
        async with database.read(organization) as connection, connection.transaction():
            made, secret = await self.webhooks.add(
                connection, organization, url or self.receiver.url, None, types
            )
        return made.id, secret

    async def change(self, **given: Any) -> None:
        database = self.shop.services.database
        organization = self.shop.organization.id
        async with database.read(organization) as connection, connection.transaction():
            await self.webhooks.change(connection, organization, self.id, given)

    async def plan(self) -> None:
        while await self.planner.run_once() == 0.0:
            pass

    async def send(self, sender: Sender | None = None) -> None:
        """Until nothing is due any more."""
        sender = sender or self.sender
        while await sender.run_once() == 0.0:
            await sender.settle()

    async def deliver(self) -> None:
        await self.plan()
        await self.send()

    async def later(self) -> None:
        """Let everything that waits be due, and whoever has taken something be given up."""
        await self.shop.fetch(
            "UPDATE webhook_delivery SET next_at = clock_timestamp() - interval '1 s' "
            "WHERE status = 'waiting'"
        )

    async def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of all deliveries, in their order."""
        sql = f"SELECT {', '.join(columns)} FROM webhook_delivery ORDER BY number"
        return [tuple(row) for row in await self.shop.fetch(sql)]

    async def waits(self) -> float:
        """Seconds until the only one that waits is tried again."""
        row = await self.shop.fetchrow(
            "SELECT next_at, clock_timestamp() AS now FROM webhook_delivery "
            "WHERE status = 'waiting'"
        )
        at: datetime = row["next_at"]
        return (at - row["now"]).total_seconds()
