"""People who hold and walk away, so that the server has to find out that it is over."""

from __future__ import annotations

import asyncio
import random

from tests.databases import connected
from tests.engine.several import eventually
from tests.faults.actor import Actor
from tests.faults.book import Book
from tests.faults.servers import Client, Server

SKU = "left behind"
UNITS = 40
"""So few that most find it sold out until somebody's hold ends."""

NUMBER = 4

SECONDS = 2
"""That a hold of theirs lasts."""


class Leavers(Actor):
    """Each holds one unit at a time and is not seen again."""

    most = NUMBER

    def __init__(self, server: Server, token: str, book: Book) -> None:
        super().__init__()
        self._server = server
        self._token = token
        self._book = book
        self._left: set[str] = set()

    async def finish(self) -> None:
        """Let everyone have left, and all that was held be over."""
        await super().finish()
        sql = (
            "SELECT count(*) = 0 FROM reservation WHERE status = 'held' "
            "AND id = ANY ($1::text[]::uuid[])"
        )
        ids = [id[-32:] for id in self._left]

        async def is_over() -> bool:
            return bool(
                await connected(self._server.database.dsn, lambda it: it.fetchval(sql, ids))
            )

        await eventually(is_over)
        for id in self._left:
            self._book.expire(id)
        self._left = set()

    async def work(self, number: int) -> None:
        client = Client(self._server, self._token)
        offer = {"sku": SKU, "name": SKU, "capacity": UNITS, "hold_ttl_seconds": SECONDS}
        status, body = await client.call("POST", "/v1/items", offer)
        assert status == 201 or body["code"] == "already_exists", body
        while not self.stopping:
            lines = {"lines": [{"sku": SKU, "quantity": 1}]}
            status, body = await client.call("POST", "/v1/reservations", lines)
            if status == 201:
                self._left.add(body["id"])
                self._book.note(body)
                self._book.answers["done hold"] += 1
            await asyncio.sleep(random.random() * 0.1)
        client.close()
