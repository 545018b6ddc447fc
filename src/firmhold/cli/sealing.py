"""The process that seals the audit, beside those that serve.

On its own because it computes: a round of thousands of entries hashes for a tenth of a second, for
which a server process would answer nobody. It has no part in serving, so a server goes on without
it, and gets a new one.
"""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import structlog

from firmhold.audit.note import Signer
from firmhold.audit.sealer import Sealer
from firmhold.cli import child
from firmhold.cli.child import Child
from firmhold.cli.common import signer_of
from firmhold.settings import Settings
from firmhold.store.database import Database
from firmhold.workers.loop import run

RESTART_PAUSE = 5.0
"""Seconds before a process that died is replaced. Nobody waits for it."""

NICENESS = 5
"""Where processors are scarce, requests come first."""

_log = structlog.get_logger(__name__)


class _Handover(msgspec.Struct):
    """What a process needs to seal."""

    dsn: str
    settings: dict[str, object]


@contextmanager
def sealing(settings: Settings, dsn: str) -> Iterator[Callable[[], None]]:
    """What begins to seal, by a process that is replaced when it dies; at the end it is stopped.
    Ends the command if the key of the audit cannot be used."""
    signer_of(settings, make=True)
    watch = _Watch(_Handover(dsn, child.plain(settings)))
    try:
        yield watch.begin
    finally:
        watch.end()


class _Watch:
    """Starts the process and waits for it in a thread, whatever the caller's main loop is."""

    def __init__(self, handover: _Handover) -> None:
        self._handover = handover
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._process: Child | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        with self._lock:
            self._ended.set()
            if self._process is not None:
                child.stop([self._process])
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while True:
            # Under the lock, so that none is started that nobody will stop.
            with self._lock:
                if self._ended.is_set():
                    return
                self._process = child.start(__name__, self._handover)
            code = self._process.wait()
            if self._ended.is_set():
                return
            _log.warning("the sealer of the audit has ended and is started again", code=code)
            self._ended.wait(RESTART_PAUSE)


def work() -> None:
    """The main function of the process."""
    handover = child.received(_Handover)
    settings = Settings.load(handover.settings)
    from firmhold.telemetry import set_up_logging

    set_up_logging(settings.log_format, settings.log_level)
    os.nice(NICENESS)
    database = Database(
        handover.dsn, engine_connections=1, read_connections=1, pooler=settings.database_pooler
    )
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_seal(database, signer_of(settings)))


async def _seal(database: Database, signer: Signer) -> None:
    task = asyncio.current_task()
    assert task is not None
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, task.cancel)
    await database.open()
    try:
        await run("sealer", Sealer(database, signer).run_once)
    finally:
        await database.close()
