"""Several server processes on one socket: started, watched, replaced when they die, stopped."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import msgspec

from firmhold.cli import child
from firmhold.cli.child import Child
from firmhold.cli.common import keyring_of
from firmhold.cli.metrics_folder import MetricsFolder, metrics_folder
from firmhold.cli.worker import run_worker
from firmhold.limits.memory import SharedBuckets
from firmhold.settings import Settings

RESTART_PAUSE = 1.0
"""Seconds before a process that died is replaced, so that a broken one does not spin."""


class _Handover(msgspec.Struct):
    """What a process needs to serve."""

    dsn: str
    listener: int
    buckets: int
    """Of the limits, which all processes keep together."""
    settings: dict[str, object]


def supervise(
    settings: Settings,
    dsn: str,
    listener: socket.socket,
    announce: Callable[[], None],
) -> int:
    """Run `settings.workers` processes until told to stop."""
    stopping = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopping.set())
    buckets = SharedBuckets.create()
    with metrics_folder() as metrics:
        handover = _Handover(dsn, listener.fileno(), buckets.descriptor, child.plain(settings))
        workers = [_start(handover, metrics) for _ in range(settings.workers)]
        if not all(_is_ready(worker) for worker in workers):
            child.stop(workers)
            return 0 if stopping.is_set() else 1
        announce()
        while not stopping.wait(0.2):
            for index, worker in enumerate(workers):
                if worker.poll() is not None:
                    child.stop([worker])  # which closes what led to it
                    _forget_metrics(metrics.path, worker.pid)
                    time.sleep(RESTART_PAUSE)
                    workers[index] = _start(handover, metrics)
        child.stop(workers)
        return 0


def _start(handover: _Handover, metrics: MetricsFolder) -> Child:
    return child.start(
        __name__,
        handover,
        descriptors=(handover.listener, handover.buckets, metrics.lock),
        environment={"PROMETHEUS_MULTIPROC_DIR": metrics.path},
        output=subprocess.PIPE,
    )


def _is_ready(worker: Child) -> bool:
    assert worker.stdout is not None
    return worker.stdout.readline() == b"ready\n"


def _forget_metrics(metrics: str, pid: int) -> None:
    from prometheus_client import multiprocess

    with contextlib.suppress(OSError):
        multiprocess.mark_process_dead(pid, metrics)  # type: ignore[no-untyped-call]


def work() -> None:
    """The main function of a server process."""
    handover = child.received(_Handover)
    settings = Settings.load(handover.settings)
    from firmhold.telemetry import set_up_logging

    set_up_logging(settings.log_format, settings.log_level)

    def ready() -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()

    listener = socket.socket(fileno=handover.listener)
    keys = keyring_of(settings)
    sys.exit(run_worker(settings, handover.dsn, keys, listener, ready, buckets=handover.buckets))
