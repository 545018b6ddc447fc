"""`firmhold import` and `firmhold export`: items as CSV or JSON Lines.

Owns files, progress and exit codes; what a row means and what becomes of it is the store's.
"""

import asyncio
import csv
import os
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from firmhold.cli.common import (
    DataDir,
    Demo,
    Json,
    database_url,
    find_organization,
    load_settings,
    open_database,
    stop,
)
from firmhold.settings import Settings
from firmhold.store.transfer import (
    BadFile,
    Connection,
    Existing,
    Format,
    ImportResult,
    OnError,
    Progress,
    Source,
    export_items,
    import_items,
)
from firmhold.store.transfer_write import safe_cell

ACTOR = "system:import"
"""Who stands in the ledger: whoever may run this may do anything."""

FORMATS: dict[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}

FormatOption = Annotated[
    Format | None, Parameter(help="How the file is written; its name tells, if it ends like it.")
]
OrganizationOption = Annotated[str | None, Parameter(help="The organization's slug.")]


def import_command(
    file: Annotated[
        str, Parameter(help="The file; - reads standard input.", allow_leading_hyphen=True)
    ],
    /,
    *,
    format: FormatOption = None,
    on_error: Annotated[
        OnError,
        Parameter(help="keep: take the good rows. stop: take nothing unless all are good."),
    ] = "keep",
    existing: Annotated[
        Existing, Parameter(help="What to do with a row whose SKU exists.")
    ] = "error",
    rejects: Annotated[
        Path | None, Parameter(help="Write each rejected row and the reason there, as CSV.")
    ] = None,
    organization: OrganizationOption = None,
    data_dir: DataDir = None,
    demo: Demo = None,
    json_output: Json = False,
) -> int:
    """Create or change items in bulk. Exits with 1 if rows were rejected, with 2 if the file
    cannot be read at all."""
    settings = load_settings(data_dir=data_dir, demo=demo, organization=organization)
    format = format or _format_of(file)

    async def work(connection: Connection, id: str) -> int:
        with _open_source(file) as (source, size):
            return await run_import(
                connection,
                id,
                source,
                format,
                on_error=on_error,
                existing=existing,
                rejects=rejects,
                size=size,
                json_output=json_output,
            )

    return _run(settings, work)


def export_command(
    file: Annotated[
        str, Parameter(help="The file; - writes to standard output.", allow_leading_hyphen=True)
    ] = "-",
    /,
    *,
    format: FormatOption = None,
    counts: Annotated[
        bool, Parameter(help="Add held, confirmed and available, which no import takes.")
    ] = False,
    spreadsheet_safe: Annotated[
        bool,
        Parameter(help="Put an apostrophe before cells that a spreadsheet would run as formulas."),
    ] = False,
    organization: OrganizationOption = None,
    data_dir: DataDir = None,
    demo: Demo = None,
    json_output: Json = False,
) -> int:
    """Write all items, as of one instant, in a form that `import` reads back."""
    if json_output and file == "-":
        stop("--json needs a file to export to: the summary goes to standard output")
    settings = load_settings(data_dir=data_dir, demo=demo, organization=organization)
    format = format or ("csv" if file == "-" else _format_of(file))

    async def work(connection: Connection, id: str) -> int:
        with _open_target(file) as target:
            return await run_export(
                connection,
                id,
                target,
                format,
                counts=counts,
                spreadsheet_safe=spreadsheet_safe,
                json_output=json_output,
            )

    return _run(settings, work)


async def run_import(
    connection: Connection,
    organization: str,
    source: Source,
    format: Format,
    *,
    on_error: OnError,
    existing: Existing,
    rejects: Path | None,
    size: int | None,
    json_output: bool,
) -> int:
    """Import, and tell how it goes on standard error. Returns the exit code."""
    began = time.monotonic()
    with ExitStack() as stack:
        tell = stack.enter_context(_progress("importing", size, quiet=json_output))
        on_reject = None if rejects is None else stack.enter_context(_rejects_file(rejects))
        try:
            result = await import_items(
                connection,
                organization,
                ACTOR,
                source,
                format,
                on_error=on_error,
                existing=existing,
                on_progress=tell,
                on_reject=on_reject,
            )
        except BadFile as error:
            stop(str(error))
    seconds = time.monotonic() - began
    if json_output:
        _print_json({**result._asdict(), "seconds": seconds, "memory_mb": _memory_mb()})
    else:
        _show(result, seconds, rejects)
    return 1 if result.rejected else 0


async def run_export(
    connection: Connection,
    organization: str,
    target: BinaryIO,
    format: Format,
    *,
    counts: bool,
    spreadsheet_safe: bool,
    json_output: bool,
) -> int:
    """Export, and tell how it goes on standard error. Returns the exit code."""
    began = time.monotonic()
    with _progress("exporting", None, quiet=json_output) as tell:
        rows = await export_items(
            connection,
            organization,
            target.write,
            format,
            counts=counts,
            spreadsheet_safe=spreadsheet_safe,
            on_progress=tell,
        )
        # Before anything is said about it: whoever reads may have gone.
        target.flush()
    seconds = time.monotonic() - began
    if json_output:
        _print_json({"rows": rows, "seconds": seconds, "memory_mb": _memory_mb()})
    else:
        print(f"{rows:,} items exported in {seconds:.1f} s.", file=sys.stderr)
    return 0


def _run(settings: Settings, work: Any) -> int:
    if settings.database_pooler:
        stop("import and export need a session of their own: connect past the transaction pooler")

    async def in_database(dsn: str) -> int:
        async with _session(settings, dsn) as (connection, organization):
            return int(await work(connection, organization))

    with database_url(settings) as dsn:
        return asyncio.run(in_database(dsn))


@asynccontextmanager
async def _session(settings: Settings, dsn: str) -> AsyncIterator[tuple[Connection, str]]:
    """A connection, and the id of the organization that is meant."""
    async with open_database(settings, dsn) as database:
        found = await find_organization(database, settings.organization)
        async with database.read() as connection:
            yield connection, found.id


def _format_of(file: str) -> Format:
    format = FORMATS.get(Path(file).suffix.lower())
    if format is None:
        stop(f"--format: say csv or jsonl, {file!r} does not tell")
    return format


@contextmanager
def _open_source(file: str) -> Iterator[tuple[Source, int | None]]:
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
def _open_target(file: str) -> Iterator[BinaryIO]:
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
def _rejects_file(path: Path) -> Iterator[Any]:
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


@contextmanager
def _progress(what: str, size: int | None, *, quiet: bool) -> Iterator[Any]:
    """A line on the terminal: how far, how fast, with how much memory."""
    began = time.monotonic()
    console = Console(stderr=True)
    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows  {task.fields[rate]:,}/s  {task.fields[memory]} MB"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=size, rows=0, rate=0, memory=_memory_mb())

        def tell(now: Progress) -> None:
            rate = round(now.rows / max(time.monotonic() - began, 0.001))
            bar.update(task, completed=now.read, rows=now.rows, rate=rate, memory=_memory_mb())

        yield tell


def _show(result: ImportResult, seconds: float, rejects: Path | None) -> None:
    for line, field, reason, _ in result.errors:
        print(f"line {line}: {f'{field} ' if field else ''}{reason}", file=sys.stderr)
    if result.rejected > len(result.errors):
        print(f"… and {result.rejected - len(result.errors):,} more", file=sys.stderr)
    rows = result.created + result.updated + result.skipped + result.rejected
    print(
        f"{result.created:,} created, {result.updated:,} updated, {result.skipped:,} left as they "
        f"were, {result.rejected:,} rejected in {seconds:.1f} s "
        f"({round(rows / max(seconds, 0.001)):,} rows/s)."
    )
    if not result.kept:
        print("Nothing was kept, as rows were rejected.", file=sys.stderr)
    if result.rejected and rejects is not None:
        print(f"The rejected rows are in {rejects}.", file=sys.stderr)


def _print_json(summary: dict[str, Any]) -> None:
    print(msgspec.json.encode(summary).decode())


def _memory_mb() -> int:
    """The most memory this process ever had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes on Linux, bytes on macOS.
    return int(peak >> (20 if sys.platform == "darwin" else 10))
