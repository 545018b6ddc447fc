"""Reminders go out once, however often whoever sends them is killed.

    python -m tests.notices.kills [--reminders 10000] [--kills 100] [--json FILE]

The real process beside a server's is started, and killed with SIGKILL at any moment, again and
again, while reminders are due and more is planned. What a mail server has got is compared with what
there was to tell: everything, and twice only what it had taken at a moment of death without this
being noted, under the same Message-ID.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from firmhold.cli import child
from firmhold.cli.background import Handover
from tests.databases import Address, running_server
from tests.notices.desk import DAY, SENDER, Desk, Kept, now
from tests.notices.mail import MailBox, mail_server
from tests.processes import AUDIT_KEY
from tests.shop import open_shop

PATIENCE = 120.0
"""Seconds in which something has to arrive once nobody is killed any more."""


@dataclass
class Report:
    """What was done, and what came of it."""

    notices: int = 0
    kills: int = 0
    mails: int = 0
    repeated: int = 0
    """Mails of what had come before."""
    in_window: int = 0
    """Messages that the mail server had taken at a death without its being noted."""
    missing: int = 0
    strange: int = 0
    unexplained: int = 0
    """Repeated although the first time had been noted."""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not (self.missing or self.strange or self.unexplained)


async def run(address: Address, reminders: int, kills: int, seed: int = 1) -> Report:
    """So many reminders are due at once while whoever sends them is killed so many times."""
    report, started, dice = Report(), time.monotonic(), random.Random(seed)
    async with open_shop(address.dsn) as shop, mail_server() as box:
        desk = await Desk(shop, Kept()).open()
        await desk.settings(reminders=(1440,))
        await _make_due(desk, reminders)
        window: set[str] = set()
        process = _start(address, box)
        try:
            while report.kills < kills:
                await desk.reserve(await shop.item(5))  # something to plan
                await _until_it_sends(box, len(box.received))
                await asyncio.sleep(dice.random() * 0.3)
                process.send_signal(signal.SIGKILL)
                process.wait()
                child.stop([process])  # which closes what led to it
                report.kills += 1
                await asyncio.sleep(0.1)  # what it has sent arrives
                window |= {it.id for it in box.received} & await _ids(desk, "status = 'waiting'")
                await desk.later()
                process = _start(address, box)
            await _until_all(desk, box)
        finally:
            child.stop([process])
        expected = await _ids(desk, "true")
    times = Counter(it.id for it in box.received)
    report.notices, report.mails = len(expected), times.total()
    report.missing, report.strange = len(expected - times.keys()), len(times.keys() - expected)
    twice = {id for id, often in times.items() if often > 1}
    report.repeated, report.in_window = times.total() - len(times), len(window)
    report.unexplained = len(twice - window)
    report.seconds = round(time.monotonic() - started, 1)
    return report


async def _make_due(desk: Desk, reminders: int) -> None:
    """Reservations whose reminders become due all at once: planned as always, and then found by
    whoever sends as if it had been away."""
    slot = await desk.slot(now() + 2 * DAY, capacity=reminders)
    for done in range(0, reminders, 250):
        some = range(done, min(reminders, done + 250))
        await asyncio.gather(*(desk.reserve(slot, customer=f"u{it}@example.org") for it in some))
    await desk.plan()
    await desk.shop.fetch(
        "UPDATE notice SET status = 'dropped', ended_at = now() WHERE kind = 'confirmation'"
    )
    await desk.shop.fetch("DELETE FROM notice WHERE kind = 'confirmation'")
    await desk.shop.fetch("UPDATE notice SET due_at = now(), next_at = now()")


def _start(address: Address, box: MailBox) -> child.Child:
    settings: dict[str, object] = {
        "audit_key": AUDIT_KEY,
        "log_level": "error",
        "smtp_host": box.host,
        "smtp_port": box.port,
        "smtp_security": "none",
        "smtp_from": SENDER,
    }
    return child.start("firmhold.cli.background", Handover(address.dsn, settings))


async def _until_it_sends(box: MailBox, arrived: int) -> None:
    """To be killed while it starts would be no trial."""
    since = time.monotonic()
    while len(box.received) == arrived and time.monotonic() - since < PATIENCE:
        await asyncio.sleep(0.01)


async def _ids(desk: Desk, where: str) -> set[str]:
    return {f"<ntf_{id.hex}@example.org>" for (id,) in await desk.rows("id", where=where)}


async def _until_all(desk: Desk, box: MailBox) -> None:
    known, since = -1, time.monotonic()
    while await _waiting(desk):
        if len(box.received) > known:
            known, since = len(box.received), time.monotonic()
        if time.monotonic() - since > PATIENCE:
            return
        await asyncio.sleep(0.5)


async def _waiting(desk: Desk) -> Any:
    """Whether anything is to be planned or sent yet: the last reservation may not be planned."""
    return await desk.shop.fetchval(
        "SELECT EXISTS (SELECT FROM notice WHERE status = 'waiting') OR "
        "(SELECT count(*) FROM reservation AS r WHERE NOT EXISTS "
        "(SELECT FROM notice AS n WHERE n.reservation_id = r.id)) > 0"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with running_server() as server:

        async def go() -> Report:
            return await run(await server.clone(), options.reminders, options.kills)

        report = asyncio.run(go())
    told = {**asdict(report), "ok": report.ok}
    print(json.dumps(told, indent=2))
    if options.json is not None:
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
