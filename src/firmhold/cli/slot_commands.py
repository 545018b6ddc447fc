"""`firmhold import --slots` and `firmhold export --slots`: options, files and exit codes.

What a file comes to, and what one is made of, is in `slot_transfer`.
"""

import sys
import time
from pathlib import Path

from firmhold.cli.common import stop
from firmhold.cli.files import memory_mb, open_source, open_target, print_json, rejects_file
from firmhold.cli.slot_transfer import (
    KINDS,
    LEFT_OUT,
    AtSite,
    at_site,
    export_slots,
    import_slots,
    show,
)
from firmhold.engine.slot_reading import File
from firmhold.settings import Settings

_FORMATS = {".csv": "csv", ".ics": "ics", ".ical": "ics"}


def import_command(
    settings: Settings,
    actor: str,
    file: str,
    format: str | None,
    site: str | None,
    zone: str | None,
    *,
    keep: bool,
    rejects: Path | None,
    json_output: bool,
) -> int:
    """Publish the slots of a file. Returns the exit code."""
    kind, named = KINDS[_slot_format(file, format)], _named(site)
    with open_source(file) as (source, _):
        given = File(source.read(), kind, zone)

    async def work(here: AtSite) -> int:
        summary = await import_slots(here, actor, given, keep=keep)
        if rejects is not None:
            with rejects_file(rejects) as on_reject:
                for error in summary.errors:
                    on_reject(*error)
        if json_output:
            print_json({**summary._asdict(), "memory_mb": memory_mb()})
        else:
            show(summary, rejects)
        return 1 if summary.rejected else 0

    return at_site(settings, named, work)


def export_command(
    settings: Settings,
    file: str,
    format: str | None,
    site: str | None,
    *,
    counts: bool,
    spreadsheet_safe: bool,
    json_output: bool,
) -> int:
    """Write the slots of a site that are to come. Returns the exit code."""
    kind, named = KINDS[_slot_format(file, format)], _named(site)

    async def work(here: AtSite) -> int:
        began = time.monotonic()
        with open_target(file) as target:
            done = await export_slots(
                here, target, kind, counts=counts, spreadsheet_safe=spreadsheet_safe
            )
        seconds = time.monotonic() - began
        if json_output:
            print_json({**done._asdict(), "seconds": seconds, "memory_mb": memory_mb()})
            return 0
        print(f"{done.rows:,} slots exported in {seconds:.1f} s.", file=sys.stderr)
        if done.incomplete:
            print(f"{done.incomplete:,} of them {LEFT_OUT[kind]}", file=sys.stderr)
        return 0

    return at_site(settings, named, work)


def _named(site: str | None) -> str:
    if site is None:
        stop("--site: say at which site the slots are, by its name or its id")
    return site


def _slot_format(file: str, format: str | None) -> str:
    if format == "jsonl":
        stop("--format: slots are read and written as csv or ics")
    found = format or _FORMATS.get(Path(file).suffix.lower())
    if found is None and file == "-":
        found = "csv"
    if found is None:
        stop(f"--format: say csv or ics, {file!r} does not tell")
    return found
