"""How `firmhold verify` shows its work and its verdict."""

import sys

import msgspec
from rich.console import Console
from rich.progress import Progress

from firmhold.cli.common import find_organization, open_database
from firmhold.settings import Settings
from firmhold.store.verify import Report, verify


async def run_verify(settings: Settings, dsn: str, slug: str | None, json_output: bool) -> int:
    """Verify one organization or all; 0 if every invariant holds, else 1."""
    async with open_database(settings, dsn) as database:
        organization = None
        if slug is not None:
            organization = (await find_organization(database, slug)).id
        with Progress(console=Console(stderr=True), transient=True, disable=json_output) as bar:
            task = bar.add_task("verifying")

            def on_check(name: str, done: int, total: int) -> None:
                bar.update(task, description=name, completed=done, total=total)

            async with database.read_across() as connection:
                report = await verify(connection, organization, on_check)
    if json_output:
        print(msgspec.json.encode({"ok": report.ok, **report._asdict()}).decode())
    else:
        _show(report)
    return 0 if report.ok else 1


def _show(report: Report) -> None:
    checked = ", ".join(f"{count:,} {what}" for what, count in report.counts.items())
    print(f"Checked {checked} in {report.seconds:.1f} s.")
    if report.ok:
        print("Every invariant holds.")
        return
    for finding in report.findings:
        print(
            f"VIOLATED (invariant {finding.invariant}, {finding.check}): {finding.what}",
            file=sys.stderr,
        )
