"""Processes of a server's own: started with what they need to know, and ending when it does."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from typing import IO, TypeVar

import msgspec

from firmhold.settings import Settings

STOP_SECONDS = 4.5
"""After SIGTERM, until a process that does not end is killed."""

Child = subprocess.Popen[bytes]
Handover = TypeVar("Handover", bound=msgspec.Struct)


def start(
    module: str,
    handover: msgspec.Struct,
    *,
    descriptors: Iterable[int] = (),
    environment: Mapping[str, str] | None = None,
    output: int | IO[bytes] | None = None,
) -> Child:
    """A process that runs `work()` of the module. It ends by itself when we do, however that is.
    `descriptors`: those of ours that it has as well. `output`: where its standard output goes."""
    child = subprocess.Popen(
        [sys.executable, "-c", f"from {module} import work; work()"],
        stdin=subprocess.PIPE,
        stdout=output,
        pass_fds=tuple(descriptors),
        env={**os.environ, **(environment or {})},
        # Ctrl-C goes to the whole terminal; it is ours to pass on.
        start_new_session=True,
    )
    assert child.stdin is not None
    # By pipe: command lines can be read by anyone. One that has died already is found out by
    # whoever watches it.
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(msgspec.json.encode(handover) + b"\n")
        child.stdin.flush()
    return child


def received(type: type[Handover]) -> Handover:
    """In the child: what it was started with. From here on it ends when its parent does."""
    handover = msgspec.json.decode(sys.stdin.buffer.readline(), type=type)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return handover


def plain(settings: Settings) -> dict[str, object]:
    """Settings as they are handed over; `Settings.load` takes them."""
    values = {
        name: getattr(settings, name)
        for name in settings.__dataclass_fields__
        if name not in {"sources", "database_url"}
    }
    return {name: _plain(value) for name, value in values.items() if value is not None}


def stop(children: Iterable[Child]) -> None:
    """End them all, in order or, after `STOP_SECONDS`, in any way."""
    children = list(children)
    for child in children:
        with contextlib.suppress(OSError):
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _plain(value: object) -> object:
    return str(value) if isinstance(value, os.PathLike) else value


def _end_with_parent() -> None:
    """Standard input ends when the parent does, however it dies."""
    # Past Python's buffer: a thread that holds its lock would disturb the interpreter's own end.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
