"""Several server processes on one socket: started, watched, replaced when they die, stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import msgspec

from firmhold.cli.common import keyring_of
from firmhold.cli.metrics_folder import MetricsFolder, metrics_folder
from firmhold.cli.worker import run_worker
from firmhold.limits.memory import SharedBuckets
from firmhold.settings import Settings

STOP_SECONDS = 4.5
"""After SIGTERM, until a process that does not end is killed."""

RESTART_PAUSE = 1.0
"""Seconds before a process that died is replaced, so that a broken one does not spin."""


class _Handover(msgspec.Struct):
    """What a process needs to serve. Passed by pipe: command lines can be read by anyone."""

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
        values = {
            name: value
            for name in settings.__dataclass_fields__
            if name not in {"sources", "database_url"}
            and (value := getattr(settings, name)) is not None
        }
        plain = {name: _plain(value) for name, value in values.items()}
        handover = _Handover(dsn, listener.fileno(), buckets.descriptor, plain)
        workers = [_start(handover, metrics) for _ in range(settings.workers)]
        if not all(_is_ready(worker) for worker in workers):
            _stop(workers)
            return 0 if stopping.is_set() else 1
        announce()
        while not stopping.wait(0.2):
            for index, worker in enumerate(workers):
                if worker.poll() is not None:
                    _forget_metrics(metrics.path, worker.pid)
                    time.sleep(RESTART_PAUSE)
                    workers[index] = _start(handover, metrics)
        return _stop(workers)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, os.PathLike) else value


def _start(handover: _Handover, metrics: MetricsFolder) -> "subprocess.Popen[bytes]":
    """A server process. It ends by itself when its standard input does: with us."""
    worker = subprocess.Popen(
        [sys.executable, "-c", "from firmhold.cli.supervisor import work; work()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(handover.listener, handover.buckets, metrics.lock),
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": metrics.path},
        # Ctrl-C goes to the whole terminal; it is ours to pass on.
        start_new_session=True,
    )
    assert worker.stdin is not None
    line = msgspec.json.encode(handover) + b"\n"
    worker.stdin.write(line)
    worker.stdin.flush()
    return worker


def _is_ready(worker: "subprocess.Popen[bytes]") -> bool:
    assert worker.stdout is not None
    return worker.stdout.readline() == b"ready\n"


def _forget_metrics(metrics: str, pid: int) -> None:
    from prometheus_client import multiprocess

    with contextlib.suppress(OSError):
        multiprocess.mark_process_dead(pid, metrics)  # type: ignore[no-untyped-call]


def _stop(workers: "list[subprocess.Popen[bytes]]") -> int:
    for worker in workers:
        with contextlib.suppress(OSError):
            worker.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for worker in workers:
        try:
            worker.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
    return 0


def work() -> None:
    """The main function of a server process."""
    handover = msgspec.json.decode(sys.stdin.buffer.readline(), type=_Handover)
    settings = Settings.load(handover.settings)
    from firmhold.telemetry import set_up_logging

    set_up_logging(settings.log_format, settings.log_level)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def ready() -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()

    listener = socket.socket(fileno=handover.listener)
    keys = keyring_of(settings)
    sys.exit(run_worker(settings, handover.dsn, keys, listener, ready, buckets=handover.buckets))


def _end_with_parent() -> None:
    """Standard input ends when the supervisor does, however it dies."""
    # Past Python's buffer: a thread that holds its lock would disturb the interpreter's own end.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
