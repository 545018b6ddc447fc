"""`firmhold audit`: proof that nothing was changed afterwards, and what it takes to prove it."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from firmhold.cli.common import (
    DataDir,
    Demo,
    Json,
    database_url,
    find_organization,
    load_settings,
    open_database,
    signer_of,
    stop,
)
from firmhold.settings import Settings

audit = App(name="audit", help="The tamper-evident log of everything: check it, take it away.")

Keys = Annotated[
    list[str] | None,
    Parameter(
        name="--key",
        help="Public key, in base64, that may have signed; the data directory's unless given.",
        negative="",
    ),
]
Since = Annotated[
    list[Path] | None,
    Parameter(
        help="A file with a checkpoint that was kept; the log must go on from it.", negative=""
    ),
]
OfAll = Annotated[str | None, Parameter(help="Slug; all organizations unless given.")]
OfOne = Annotated[str | None, Parameter(help="Slug; the configured one unless given.")]


@audit.command(name="verify")
def verify_command(
    file: Path | None = None,
    /,
    *,
    organization: OfAll = None,
    key: Keys = None,
    since: Since = None,
    data_dir: DataDir = None,
    demo: Demo = None,
    json_output: Json = False,
) -> int:
    """Check every entry, hash and signature: of the running system, or of an exported file. Exits
    with 0 only if all hold."""
    from firmhold.audit.checker import check_file, public_key

    kept = [_read(path) for path in since or ()]
    try:
        keys = [public_key(text) for text in key or ()]
    except ValueError as error:
        stop(f"--key: {error}")
    if file is not None:
        if not keys:
            stop("--key: whoever checks a file has to know who signs")
        if not file.is_file():
            stop(f"there is no file {file}")
        checker = check_file(file, keys, kept)
        name = f"org_{checker.organization}"
        report: dict[str, Any] = {"organization": name, "slug": None, "entries": checker.entries}
        report |= {"erased": len(checker.erased), "waiting": 0, "findings": checker.findings}
        return _verdict([report], json_output)
    settings = load_settings(data_dir=data_dir, demo=demo)
    keys = keys or list(signer_of(settings).known)
    with database_url(settings) as dsn:
        logs = asyncio.run(_verify(settings, dsn, organization, keys, kept))
    return _verdict(logs, json_output)


async def _verify(
    settings: Settings, dsn: str, slug: str | None, keys: list[bytes], kept: list[str]
) -> list[dict[str, Any]]:
    from firmhold.audit.verify import verify

    async with open_database(settings, dsn) as database:
        only = None if slug is None else (await find_organization(database, slug)).id
        async with database.read_across() as connection:
            report = await verify(connection, keys, only, kept)
    return [log._asdict() for log in report.logs]


def _verdict(logs: list[dict[str, Any]], json_output: bool) -> int:
    ok = not any(log["findings"] for log in logs)
    if json_output:
        findings = [[finding._asdict() for finding in log["findings"]] for log in logs]
        shown = [log | {"findings": f} for log, f in zip(logs, findings, strict=True)]
        print(msgspec.json.encode({"ok": ok, "logs": shown}).decode())
        return 0 if ok else 1
    for log in logs:
        name = log["slug"] or log["organization"]
        print(
            f"{name}: {log['entries']:,} entries, {log['erased']:,} of them erased, "
            f"and {log['waiting']:,} that wait to be sealed."
        )
        for finding in log["findings"]:
            print(f"TAMPERED ({name}, entry {finding.entry}): {finding.what}.", file=sys.stderr)
    if ok:
        print("Every entry is as it was sealed.")
    return 0 if ok else 1


@audit.command(name="export")
def export_command(
    file: Path,
    /,
    *,
    organization: OfOne = None,
    data_dir: DataDir = None,
    demo: Demo = None,
) -> int:
    """Write a log to a file that can be checked anywhere, by `firmhold audit verify FILE`."""
    settings = load_settings(data_dir=data_dir, demo=demo, organization=organization)
    with database_url(settings) as dsn:
        entries = asyncio.run(_export(settings, dsn, file))
    print(f"{entries:,} entries are in {file}.")
    return 0


async def _export(settings: Settings, dsn: str, file: Path) -> int:
    from firmhold.audit.records import records

    encode = msgspec.json.Encoder().encode
    entries = 0
    async with open_database(settings, dsn) as database:
        found = await find_organization(database, settings.organization)
        async with (
            database.read(found.id) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute("SET LOCAL statement_timeout = 0")
            with file.open("wb") as lines:
                async for record in records(connection, _uuid(found.id)):
                    lines.write(encode(record) + b"\n")
                    entries += "leaf" in record
    return entries


@audit.command(name="checkpoint")
def checkpoint_command(
    *, organization: OfOne = None, data_dir: DataDir = None, demo: Demo = None
) -> int:
    """Print the newest signed checkpoint, to be kept where the database's owner cannot reach."""
    settings = load_settings(data_dir=data_dir, demo=demo, organization=organization)
    with database_url(settings) as dsn:
        note = asyncio.run(_checkpoint(settings, dsn))
    if note is None:
        stop("nothing has been sealed yet", 1)
    print(note, end="")
    return 0


async def _checkpoint(settings: Settings, dsn: str) -> str | None:
    from firmhold.audit.proofs import newest_checkpoint

    async with open_database(settings, dsn) as database:
        found = await find_organization(database, settings.organization)
        async with database.read(found.id) as connection:
            return await newest_checkpoint(connection, found.id)


@audit.command(name="key")
def key_command(*, data_dir: DataDir = None, demo: Demo = None) -> int:
    """Print the public key by which checkpoints can be checked, in base64."""
    from base64 import b64encode

    settings = load_settings(data_dir=data_dir, demo=demo)
    print(b64encode(signer_of(settings).public).decode())
    return 0


@audit.command(name="erase")
def erase_command(
    *names: str,
    organization: OfOne = None,
    data_dir: DataDir = None,
    demo: Demo = None,
) -> int:
    """Erase all that is personal from the entries and the notifications that name somebody: an
    e-mail address, the id of a user. Proofs hold as before, and the log says that it was done."""
    if not names:
        stop("whom to erase has to be said")
    settings = load_settings(data_dir=data_dir, demo=demo, organization=organization)
    with database_url(settings) as dsn:
        try:
            erased, left = asyncio.run(_erase(settings, dsn, names))
        except ValueError as error:
            stop(str(error))
    print(f"{erased:,} entries were erased.")
    if left:
        print(f"{left:,} are not sealed yet; try again in a moment.", file=sys.stderr)
    return 1 if left else 0


async def _erase(settings: Settings, dsn: str, names: tuple[str, ...]) -> tuple[int, int]:
    from firmhold.audit.erasing import erase
    from firmhold.notify.notices.forgetting import erase_notices

    async with open_database(settings, dsn) as database:
        found = await find_organization(database, settings.organization)
        async with database.read(found.id) as connection, connection.transaction():
            await connection.execute("SET LOCAL statement_timeout = 0")
            await erase_notices(connection, found.id, names)
            done = await erase(connection, found.id, names, "command line")
    return done.entries, done.left


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        stop(f"--since: {error}")


def _uuid(id: str) -> Any:
    from uuid import UUID

    return UUID(id[-32:])
