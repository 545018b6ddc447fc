"""The long run: kill the server and its PostgreSQL again and again under load, and count.

    python -m tests.faults.soak --kills 200 --postgres-stops 20

Prints what it does and ends with a report: faults by kind, operations acknowledged, lost, oversold.
The exit code is 1 if anything was lost or oversold, or if `firmhold verify` finds something.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from firmhold.store.verify import verify
from tests.databases import connected
from tests.faults.servers import Book, Customers, Server, audit, stock

CUSTOMERS = 24
KEPT_ROUNDS = 10
"""Faults between two comparisons of the whole book with the whole database."""


async def soak(
    folder: Path, kills: int, stops: int, options: tuple[str, ...] = (), quiet: bool = True
) -> tuple[Counter[str], Book, list[str]]:
    """Faults by kind, the book, and all that was wrong."""
    server = Server(folder / "data", *options)
    server.start()
    book, faults = Book(), Counter[str]()
    wrong: list[str] = []
    plan = ["kill"] * kills + [("SIGQUIT", "SIGKILL")[n % 2] for n in range(stops)]
    random.shuffle(plan)
    try:
        token = await server.token()
        skus = [f"soak-{n}" for n in range(6)]
        await stock(server, token, {sku: 5 + 15 * n for n, sku in enumerate(skus)})
        customers = Customers(server, token, skus, book)
        customers.begin(CUSTOMERS)
        for number, fault in enumerate(plan, 1):
            # Somewhere in a request, at another place each time.
            await progress(customers, random.randint(20, 120))
            await asyncio.sleep(random.random() * 0.02)
            await asyncio.to_thread(strike, server, fault)
            faults[fault] += 1
            await progress(customers, 1)
            if number % KEPT_ROUNDS == 0 or number == len(plan):
                await customers.finish()
                wrong = await audit(server, book)
                report = await connected(server.database.dsn, verify)
                wrong += [finding.what for finding in report.findings]
                if not quiet:
                    print(
                        f"{time.strftime('%H:%M:%S')} {number}/{len(plan)} faults {dict(faults)}, "
                        f"{book.acknowledged} acknowledged, {len(wrong)} wrong, "
                        f"answers {dict(book.answers)}, slowest {book.longest:.1f} s",
                        flush=True,
                    )
                if wrong:
                    break
                customers.begin(CUSTOMERS)
        await customers.finish()
    finally:
        server.end()
    return faults, book, wrong


async def progress(customers: Customers, operations: int) -> None:
    """Return when so many more operations have been acknowledged."""
    book = customers.book
    target = book.acknowledged + operations
    deadline = time.monotonic() + 120
    while book.acknowledged < target:
        customers.check()
        assert time.monotonic() < deadline, f"no progress any more: {book.answers}"
        await asyncio.sleep(0.002)


def strike(server: Server, fault: str) -> None:
    if fault == "kill":
        server.kill()
        server.start()
    else:
        server.stop_postgres(signal.Signals[fault])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--postgres-stops", type=int, default=20)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.getrandbits(32)
    random.seed(seed)
    # Ended from outside, it still ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="firmhold-soak-"))
    folder.chmod(0o755)
    print(f"Seed {seed}, data in {folder}", flush=True)
    began = time.monotonic()
    faults, book, wrong = asyncio.run(
        soak(
            folder,
            given.kills,
            given.postgres_stops,
            ("--workers", str(given.workers)),
            quiet=False,
        )
    )
    print(f"\n{'Server killed':34}{faults['kill']:>10}")
    print(f"{'PostgreSQL stopped at once':34}{faults['SIGQUIT']:>10}")
    print(f"{'PostgreSQL killed':34}{faults['SIGKILL']:>10}")
    print(f"{'Operations acknowledged':34}{book.acknowledged:>10}")
    print(f"{'Requests that got no answer':34}{book.answers['no answer']:>10}")
    print(f"{'Answers 503 overloaded':34}{book.answers['overloaded']:>10}")
    print(f"{'Slowest answer, seconds':34}{book.longest:>10.1f}")
    oversold = [what for what in wrong if "oversold" in what]
    print(f"{'Lost or otherwise wrong':34}{len(wrong) - len(oversold):>10}")
    print(f"{'Oversold':34}{len(oversold):>10}")
    print(f"{'Seconds':34}{time.monotonic() - began:>10.0f}")
    for what in wrong[:20]:
        print(f"  {what}")
    if wrong:
        print(f"The data is kept in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
