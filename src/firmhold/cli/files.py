"""Files that the command line reads and writes, and the summary of a command for a machine."""

import csv
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from firmhold.cli.common import stop
from firmhold.store.transfer_write import safe_cell


@contextmanager
def open_source(file: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """What to read from, and how many bytes it has, if that can be told."""
    if file == "-":
        yield sys.stdin.buffer, None
        return
    try:
        source = Path(file).open("rb")  # noqa: SIM115  closed below; only opening may fail here
    except OSError as error:
        stop(f"{file}: {error.strerror}")
    with source:
        yield source, os.fstat(source.fileno()).st_size or None


@contextmanager
def open_target(file: str) -> Iterator[BinaryIO]:
    """What to write to. A file appears under its name when it is complete."""
    if file == "-":
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Whoever reads has seen enough. Python must not complain once more at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(128 + signal.SIGPIPE) from None
        return
    part = Path(f"{file}.part")
    try:
        with part.open("wb") as target:
            yield target
        part.replace(file)
    except OSError as error:
        stop(f"{file}: {error.strerror}")
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def rejects_file(path: Path) -> Iterator[Any]:
    """Somewhere to put rejected rows. For people's eyes, so no cell runs in their spreadsheet."""
    try:
        file = path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        stop(f"{path}: {error.strerror}")
    with file:
        writer = csv.writer(file)
        writer.writerow(("line", "field", "reason", "row"))

        def on_reject(line: int, field: str | None, reason: str, raw: str) -> None:
            writer.writerow((line, field, safe_cell(reason), safe_cell(raw)))

        yield on_reject


def print_json(summary: dict[str, Any]) -> None:
    print(msgspec.json.encode(summary).decode())


def memory_mb() -> int:
    """The most memory this process ever had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes on Linux, bytes on macOS.
    return int(peak >> (20 if sys.platform == "darwin" else 10))
