"""Owns: the disk as a case: how long it takes until a page of a log is safe.

A commit waits for that, whatever else a service does. The same page size and the same call as
PostgreSQL's write-ahead log, in a file beside its data, with nobody else at work.
"""

from __future__ import annotations

import os
import time

from bench.lab import Lab, Run
from bench.load_spec import latency_of

PAGE = 8192
PAGES = 2048  # 16 MB, as a file of the log has


class Flush:
    name = "disk/flush"

    async def run(self, lab: Lab) -> Run:
        await lab.postgres.settle()
        path = lab.postgres.directory / "flush"
        try:
            times = flushes(path, lab.options.seconds)
        finally:
            path.unlink(missing_ok=True)
        return Run(self.name, round(len(times) / sum(times), 2), latency_ms=latency_of(times))


def flushes(path: os.PathLike[str], seconds: float) -> list[float]:
    """Seconds that each flush of one page took, one after the other for so long."""
    page = os.urandom(PAGE)
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        os.write(file, page * PAGES)  # a log's file is there before it is written to
        os.fsync(file)
        times: list[float] = []
        end = time.perf_counter() + seconds
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            os.pwrite(file, page, len(times) % PAGES * PAGE)
            os.fdatasync(file)
            times.append(time.perf_counter() - start)
    finally:
        os.close(file)
    return times
