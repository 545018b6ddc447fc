"""`firmhold import` and `firmhold export`: items as CSV or JSON Lines, slots as CSV or iCalendar.

Owns files, progress and exit codes; what a row means and what becomes of it is the store's, and for
slots the engine's, by way of `slot_transfer`.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, TypeAlias

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
from firmhold.cli.files import memory_mb, open_source, open_target, print_json, rejects_file
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

SlotFormat: TypeAlias = Literal["csv", "ics"]

ACTOR = "system:import"
"""Who stands in the ledger: whoever may run this may do anything."""

FORMATS: dict[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}

FormatOption = Annotated[
    Format | SlotFormat | None,
    Parameter(help="How the file is written; its name tells, if it ends like it. ics: slots only."),
]
SlotsOption = Annotated[bool, Parameter(help="The slots of a site instead of items.", negative="")]
SiteOption = Annotated[str | None, Parameter(help="With --slots: the site's name or id.")]
ZoneOption = Annotated[
    str | None,
    Parameter(
        help="With --slots: the IANA time zone of times without one, instead of the site's, and "
        "of zones in a calendar that nobody knows."
    ),
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
        Parameter(help="abort: take nothing unless all rows are good. skip: take those that are."),
    ] = "abort",
    existing: Annotated[
        Existing, Parameter(help="What to do with a row whose SKU exists.")
    ] = "error",
    rejects: Annotated[
        Path | None, Parameter(help="Write each rejected row and the reason there, as CSV.")
    ] = None,
    slots: SlotsOption = False,
    site: SiteOption = None,
    zone: ZoneOption = None,
    organization: OrganizationOption = None,
    data_dir: DataDir = None,
    demo: Demo = None,
    json_output: Json = False,
) -> int:
    """Create or change items in bulk, or publish slots. Exits with 1 if rows were rejected, with 2
    if the file cannot be read at all."""
    settings = load_settings(data_dir=data_dir, demo=demo, organization=organization)
    if zone is not None and not slots:
        stop("--zone: goes with --slots; times of items have an offset of their own")
    if slots:
        if existing != "error":
            stop("--existing: goes with items; a slot of a file is always a new one")
        from firmhold.cli import slot_commands

        return slot_commands.import_command(
            settings,
            ACTOR,
            file,
            format,
            site,
            zone,
            keep=on_error == "skip",
            rejects=rejects,
            json_output=json_output,
        )
    format = _item_format(format, site) or _format_of(file)

    async def work(connection: Connection, id: str) -> int:
        with open_source(file) as (source, size):
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
        Parameter(
            help="Put an apostrophe before cells that a spreadsheet would run as formulas. No "
            "import takes it off again, as some texts begin with one: for people to look at."
        ),
    ] = False,
    slots: SlotsOption = False,
    site: SiteOption = None,
    organization: OrganizationOption = None,
    data_dir: DataDir = None,
    demo: Demo = None,
    json_output: Json = False,
) -> int:
    """Write all items, as of one instant, or the slots of a site that are to come, in a form that
    `import` reads back."""
    if json_output and file == "-":
        stop("--json needs a file to export to: the summary goes to standard output")
    settings = load_settings(data_dir=data_dir, demo=demo, organization=organization)
    if slots:
        from firmhold.cli import slot_commands

        return slot_commands.export_command(
            settings,
            file,
            format,
            site,
            counts=counts,
            spreadsheet_safe=spreadsheet_safe,
            json_output=json_output,
        )
    format = _item_format(format, site) or ("csv" if file == "-" else _format_of(file))

    async def work(connection: Connection, id: str) -> int:
        with open_target(file) as target:
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
        on_reject = None if rejects is None else stack.enter_context(rejects_file(rejects))
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
        print_json({**result._asdict(), "seconds": seconds, "memory_mb": memory_mb()})
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
        print_json({"rows": rows, "seconds": seconds, "memory_mb": memory_mb()})
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
        async with database.read(found.id) as connection:
            yield connection, found.id


def _item_format(format: Format | SlotFormat | None, site: str | None) -> Format | None:
    if site is not None:
        stop("--site: goes with --slots")
    if format == "ics":
        stop("--format: a calendar has slots; say --slots")
    return format


def _format_of(file: str) -> Format:
    format = FORMATS.get(Path(file).suffix.lower())
    if format is None:
        stop(f"--format: say csv or jsonl, {file!r} does not tell")
    return format


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
        task = bar.add_task(what, total=size, rows=0, rate=0, memory=memory_mb())

        def tell(now: Progress) -> None:
            rate = round(now.rows / max(time.monotonic() - began, 0.001))
            bar.update(task, completed=now.read, rows=now.rows, rate=rate, memory=memory_mb())

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
