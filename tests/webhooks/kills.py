"""Every event reaches its webhook, however often whoever delivers is killed.

    python -m tests.webhooks.kills [--events 100000] [--kills 500] [--seed 1] [--json FILE]

The real process beside a server's is started, and killed with SIGKILL at any moment, again and
again, while reservations are made, confirmed and cancelled. Then what a receiver has got is
compared with the ledger: every event, under one id, and first in the order in which it happened.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from firmhold.cli import child
from firmhold.cli.background import Handover
from firmhold.domain.commands import Cancel, Confirm
from firmhold.notify.webhooks.endpoints import Webhooks
from firmhold.relay.event import Event, events_of
from firmhold.relay.tail import newest, read
from firmhold.store.database import Database
from tests.databases import Address, running_server
from tests.origin import origin
from tests.processes import AUDIT_KEY
from tests.shop import OPERATOR, Shop, open_shop
from tests.webhooks.receiver import Receiver, receiving

PATIENCE = 120.0
"""Seconds in which everything has to arrive once nobody is killed any more, if nothing did for so
long."""

KEPT = 50
"""Deliveries that the receiver takes by one connection."""

UP = 1.5
"""Seconds until the process is killed, at most. It takes half of that to begin."""

AT_ONCE = 200
"""Reservations that are being made."""


@dataclass
class Report:
    """What was done, and what came of it."""

    events: int = 0
    kills: int = 0
    deliveries: int = 0
    repeated: int = 0
    """Deliveries of what had come before, under the same id."""
    missing: int = 0
    strange: int = 0
    """Deliveries of what never happened."""
    out_of_order: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.missing or self.strange or self.out_of_order)


async def run(address: Address, events: int, kills: int, seed: int = 1) -> Report:
    """Make so many events while whoever delivers them is killed so many times."""
    report, started, dice = Report(), time.monotonic(), random.Random(seed)
    async with open_shop(address.dsn) as shop, receiving() as receiver:
        receiver.keeping = KEPT
        await _add_webhook(shop, receiver)
        process = _start(address)
        try:
            # From here on it follows.
            await _until_it_follows(shop)
            database = shop.services.database
            async with database.read_across() as connection:
                before = await newest(connection)
            making = asyncio.create_task(_make(shop, events, dice, lambda: report.kills / kills))
            while report.kills < kills:
                await asyncio.sleep(dice.random() * UP)
                process.send_signal(signal.SIGKILL)
                process.wait()
                child.stop([process])  # which closes what led to it
                report.kills += 1
                process = _start(address)
            await making
            expected = await _expected(database, shop, before)
            await _until_all(receiver, {event.id for event in expected})
        finally:
            child.stop([process])
    _judge(report, expected, receiver)
    report.seconds = round(time.monotonic() - started, 1)
    return report


def _start(address: Address) -> child.Child:
    settings: dict[str, object] = {
        "audit_key": AUDIT_KEY,
        "webhooks_private": True,
        "log_level": "error",
    }
    return child.start("firmhold.cli.background", Handover(address.dsn, settings))


async def _add_webhook(shop: Shop, receiver: Receiver) -> None:
    webhooks, organization = Webhooks(shop.services.database, private=True), shop.organization.id
    async with shop.services.database.read(organization) as connection, connection.transaction():
        await webhooks.add(connection, organization, receiver.url, None, [])


async def _until_it_follows(shop: Shop) -> None:
    while not await shop.fetchval("SELECT position FROM relay_cursor WHERE name = 'webhooks'"):
        await asyncio.sleep(0.05)


async def _make(
    shop: Shop, events: int, dice: random.Random, progress: Callable[[], float]
) -> None:
    """Reservations of one and of several lines: held, confirmed, cancelled. No faster than
    everything else makes progress."""
    items = [await shop.item(100_000_000) for _ in range(20)]
    made = len(items)
    while made < events:
        some = [dice.sample(items, dice.choice((1, 1, 2, 3))) for _ in range(AT_ONCE)]
        held = await asyncio.gather(*(shop.held(*((it, 1) for it in one)) for one in some))
        await asyncio.gather(*(shop.submit(Confirm(it.id, OPERATOR)) for it in held))
        half = held[: AT_ONCE // 2]
        await asyncio.gather(*(shop.submit(Cancel(it.id, OPERATOR)) for it in half))
        made += 2 * len(held) + len(half)
        while made > events * progress() + AT_ONCE and progress() < 1:
            await asyncio.sleep(0.1)


async def _expected(database: Database, shop: Shop, after: object) -> list[Event]:
    expected: list[Event] = []
    position = after
    while True:
        async with (
            database.read_across() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            reading = await read(connection, position, shop.organization.id)  # type: ignore[arg-type]
        expected += [event for change in reading.changes for event in events_of(change)]
        position = reading.position
        if reading.is_all:
            return expected


async def _until_all(receiver: Receiver, ids: set[str]) -> None:
    known, since = 0, time.monotonic()
    while True:
        there = len({it.id for it in receiver.received} & ids)
        if there == len(ids):
            return
        if there > known:
            known, since = there, time.monotonic()
        if time.monotonic() - since > PATIENCE:
            return
        await asyncio.sleep(1)


def _judge(report: Report, expected: Sequence[Event], receiver: Receiver) -> None:
    times = Counter(it.id for it in receiver.received)
    ids = [event.id for event in expected]
    report.events, report.deliveries = len(ids), times.total()
    report.missing = len(set(ids) - times.keys())
    report.strange = len(times.keys() - set(ids))
    report.repeated = times.total() - len(times)
    first: dict[str, int] = {}
    for at, it in enumerate(receiver.received):
        first.setdefault(it.id, at)
    last: dict[str, int] = {}
    for event in expected:
        at = first.get(event.id, -1)
        if at < last.get(event.subject, -1):
            report.out_of_order += 1
            report.wrong.append(f"{event.type} of {event.subject}")
        last[event.subject] = at
    report.wrong = report.wrong[:20]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    whence = origin()
    with running_server() as server:

        async def go() -> Report:
            return await run(await server.clone(), options.events, options.kills, options.seed)

        report = asyncio.run(go())
    told = {"origin": whence, "seed": options.seed, **asdict(report)}
    print(json.dumps(told, indent=2))
    if options.json is not None:
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
