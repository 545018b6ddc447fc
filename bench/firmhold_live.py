"""Owns: what it costs those who reserve that others are told of it.

The hot item once more, with live subscribers of that item and a webhook for all events. Its ratio
to the plain run is the cost; on few cores, that of the audience itself is in it.
"""

from __future__ import annotations

import sys

import httpx
import uuid_utils

from bench import firmhold_stock as stock
from bench.firmhold_http import shop
from bench.lab import HOT_SKU, Case, Lab, Run, hold_one
from bench.process import Service, free_port

SUBSCRIBERS = 200

ITEM = "SELECT id FROM item WHERE sku = $1"

ADD_WEBHOOK = """
INSERT INTO webhook (organization_id, id, url, secret, created_at)
VALUES ($1, $2, $3, decode(repeat('5e', 32), 'hex'), clock_timestamp())
"""


class Live:
    """Holds on one item, of which many are told."""

    name = "firmhold/live"

    async def run(self, lab: Lab) -> Run:
        port = free_port()
        async with shop(lab, FIRMHOLD_WEBHOOKS_PRIVATE="true") as open_shop:
            connection = open_shop.connection
            organization = await stock.add_organization(connection)
            url = f"http://127.0.0.1:{port}/"
            await connection.execute(ADD_WEBHOOK, organization, uuid_utils.uuid7().hex, url)
            item = await connection.fetchval(ITEM, HOT_SKU)
            command = [
                *(sys.executable, "-m", "bench.audience"),
                *("--port", str(port), "--server", open_shop.service.url),
                *("--item", f"item_{item.hex}", "--token", open_shop.tokens[0]),
                *("--subscribers", str(SUBSCRIBERS)),
            ]
            with Service(command, port, {}):
                run = await open_shop.load(lab, self.name, [hold_one()])
                async with httpx.AsyncClient() as http:
                    told = (await http.get(url)).raise_for_status().json()
        run.extra |= {"subscribers": SUBSCRIBERS, **told}
        if not told["frames"]:
            run.fault = "nobody was told anything"
        return run


def live_cases() -> list[Case]:
    return [Live()]
