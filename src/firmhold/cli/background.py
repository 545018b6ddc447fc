"""The process beside those that serve: what computes for long, or waits for others.

It seals the audit, delivers webhooks, sends notifications and counts for reports. On its own
because a round of sealing hashes for a tenth of a second, in which a server process would answer
nobody; and because a server goes on without it, and gets a new one.
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
from firmhold.notify.carriers.configured import carriers_of
from firmhold.notify.notices.forgetting import NoticeForgetter
from firmhold.notify.notices.planning import NoticePlanner
from firmhold.notify.notices.sending import NoticeSender
from firmhold.notify.webhooks.forgetting import Forgetter
from firmhold.notify.webhooks.planning import Planner
from firmhold.notify.webhooks.posting import Poster
from firmhold.notify.webhooks.sending import Sender
from firmhold.relay.cloud_event import cloud_event
from firmhold.reports.counting import Counter
from firmhold.settings import Settings
from firmhold.store.database import Database
from firmhold.workers.loop import run

RESTART_PAUSE = 5.0
"""Seconds before a process that died is replaced. Nobody waits for it."""

NICENESS = 10
"""Where processors are scarce, requests come first."""

CONNECTIONS = 7
"""To the database: for loops, and for noting what came of deliveries."""

_log = structlog.get_logger(__name__)


class Handover(msgspec.Struct):
    """What the process needs."""

    dsn: str
    settings: dict[str, object]


@contextmanager
def background(settings: Settings, dsn: str) -> Iterator[Callable[[], None]]:
    """What starts the process, which is replaced when it dies; at the end it is stopped. Ends the
    command if the key of the audit cannot be used."""
    signer_of(settings, make=True)
    watch = _Watch(Handover(dsn, child.plain(settings)))
    try:
        yield watch.begin
    finally:
        watch.end()


class _Watch:
    """Starts the process and waits for it in a thread, whatever the caller's main loop is."""

    def __init__(self, handover: Handover) -> None:
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
            child.stop([self._process])  # which closes what led to it
            _log.warning("the background process has ended and is started again", code=code)
            self._ended.wait(RESTART_PAUSE)


def work() -> None:
    """The main function of the process."""
    handover = child.received(Handover)
    settings = Settings.load(handover.settings)
    from firmhold.telemetry import set_up_logging

    set_up_logging(settings.log_format, settings.log_level)
    os.nice(NICENESS)
    database = Database(
        handover.dsn,
        engine_connections=1,
        read_connections=CONNECTIONS,
        pooler=settings.database_pooler,
    )
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_work(settings, database, signer_of(settings)))


async def _work(settings: Settings, database: Database, signer: Signer) -> None:
    task = asyncio.current_task()
    assert task is not None
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, task.cancel)
    await database.open()
    encode = msgspec.json.Encoder().encode
    poster = Poster(private=settings.webhooks_private)
    sender = Sender(database, poster)
    rounds = {
        "sealer": Sealer(database, signer).run_once,
        "webhooks planned": Planner(database, lambda event: encode(cloud_event(event))).run_once,
        "webhooks sent": sender.run_once,
        "webhooks forgotten": Forgetter(database).run_once,
        "reports": Counter(database).run_once,
        "notifications planned": NoticePlanner(database).run_once,
        "notifications forgotten": NoticeForgetter(database).run_once,
    }
    senders = [
        NoticeSender(database, channel, carrier)
        for channel, carrier in carriers_of(settings).items()
    ]
    rounds |= {f"notifications sent ({it.channel})": it.run_once for it in senders}
    try:
        await asyncio.gather(*(run(name, once) for name, once in rounds.items()))
    finally:
        sender.cancel()
        await poster.close()
        await asyncio.gather(*(it.stop() for it in senders))
        await database.close()
