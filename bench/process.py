"""Owns: the services under measurement as processes: start, wait, weigh, stop."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

import psutil

START_SECONDS = 30.0
QUIET = 0.1  # share of all CPU time; kernel threads and a terminal stay well below
STOP_SECONDS = 20.0  # a service may have a queue to write out


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(
    port: int, process: subprocess.Popen[bytes], log: IO[bytes] | None = None
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} did not start:\n{tail(log)}")
        time.sleep(0.02)


def tail(log: IO[bytes] | None, size: int = 4000) -> str:
    if log is None:
        return ""
    log.flush()
    with open(log.name, "rb") as file:
        return file.read()[-size:].decode(errors="replace")


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """A directory for servers, which run as another account when we are root."""
    with tempfile.TemporaryDirectory(prefix="firmhold-bench-", ignore_cleanup_errors=True) as name:
        path = Path(name)
        path.chmod(0o711)
        yield path


class Service(AbstractContextManager["Service"]):
    """A server process on a port of its own, stopped at the end of the ``with`` block."""

    def __init__(self, command: Sequence[str], port: int, env: Mapping[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self._command = command
        self._env = {**os.environ, **env}

    def __enter__(self) -> Service:
        self.log = tempfile.NamedTemporaryFile(prefix="firmhold-bench-", suffix=".log")
        self.process = subprocess.Popen(
            self._command, env=self._env, stdout=self.log, stderr=self.log
        )
        try:
            wait_for_port(self.port, self.process, self.log.file)
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def pid(self) -> int:
        return self.process.pid


def web(app: str, env: Mapping[str, str] | None = None) -> Service:
    """One worker on the web server that everybody gets."""
    port = free_port()
    return Service([sys.executable, "-m", "bench.web", app, str(port)], port, env or {})


def resident_mb(pid: int, *, family: bool = False) -> float:
    """Of the process, or of it and all below it, in MB (10^6 bytes)."""
    root = psutil.Process(pid)
    counted = [root, *root.children(recursive=True)] if family else [root]
    return round(sum(float(p.memory_info().rss) for p in counted) / 1e6, 1)


def busy_seconds() -> float:
    """CPU time so far of the whole machine, all cores together."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    counted_twice = getattr(times, "guest", 0.0)  # it is part of the user time as well
    return float(sum(times) - idle - counted_twice)


def wait_until_quiet(patience: float) -> None:
    """Return when the machine has hardly anything to do for a second, or after so long."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before, since = busy_seconds(), time.monotonic()
        time.sleep(1)
        cores = (time.monotonic() - since) * (os.cpu_count() or 1)
        if (busy_seconds() - before) / cores < QUIET:
            return


def memory_gb() -> float:
    return round(float(psutil.virtual_memory().total) / 1e9, 1)


def cpu_seconds(pids: Sequence[int]) -> float:
    """CPU time so far of these processes and all below them, those that have ended included."""
    total = 0.0
    for pid in pids:
        try:
            root = psutil.Process(pid)
            family = [root, *root.children(recursive=True)]
            total += sum(sum(p.cpu_times()[:4]) for p in family if p.is_running())
        except psutil.NoSuchProcess:
            continue
    return total
