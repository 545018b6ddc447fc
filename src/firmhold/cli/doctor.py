"""`firmhold doctor`: looks at what usually goes wrong, and says what to do about it."""

import asyncio
import platform
import shutil
import sys
from typing import NamedTuple

from firmhold import __version__
from firmhold.cli.common import DataDir, Demo, Json, data_dir_of, database_url, load_settings
from firmhold.settings import Settings
from firmhold.store.database import MINIMUM_VERSION, Database
from firmhold.store.migrate import MigrationError, pending
from firmhold.store.walls import BYPASSING, bypassing

LITTLE_DISK = 1 << 30
"""Bytes. PostgreSQL stops when its disk is full; a gigabyte is a few hours of a busy sale."""

CLOCK_OFF = 2.0
"""Seconds. Nothing is decided by this machine's clock, but tokens are checked by it."""


class Check(NamedTuple):
    """One thing looked at."""

    name: str
    ok: bool
    found: str
    advice: str = ""


def doctor(*, data_dir: DataDir = None, demo: Demo = None, json_output: Json = False) -> int:
    """Check this machine, the settings and the database. Exits with 0 if all is well."""
    settings = load_settings(data_dir=data_dir, demo=demo)
    checks = [_python(), _disk(settings)]
    with database_url(settings) as dsn:
        checks += asyncio.run(_database(settings, dsn))
    if json_output:
        import msgspec

        print(msgspec.json.encode([check._asdict() for check in checks]).decode())
    else:
        for check in checks:
            print(f"{'ok ' if check.ok else 'BAD'}  {check.name}: {check.found}")
            if not check.ok:
                print(f"       {check.advice}")
    return 0 if all(check.ok for check in checks) else 1


def _python() -> Check:
    return Check(
        "Python",
        sys.version_info >= (3, 11),
        f"{platform.python_version()} on {platform.platform()}, Firmhold {__version__}",
        "Python 3.11 or newer is needed.",
    )


def _disk(settings: Settings) -> Check:
    path = data_dir_of(settings)
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free
    return Check(
        "Disk",
        free > LITTLE_DISK,
        f"{free / (1 << 30):.1f} GiB free at {path}",
        "PostgreSQL stops when its disk is full; make room or move --data-dir.",
    )


async def _database(settings: Settings, dsn: str) -> list[Check]:
    database = Database(
        dsn, engine_connections=1, read_connections=2, pooler=settings.database_pooler
    )
    await database.open()
    try:
        async with database.read_shared() as connection:
            return await _questions(connection, settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return [Check("Database", False, repr(error), "Is it running, and is the URL right?")]
    finally:
        await database.close()


async def _questions(connection: object, settings: Settings) -> list[Check]:
    fetch = connection.fetchval  # type: ignore[attr-defined]
    version = int(await fetch("SELECT current_setting('server_version_num')"))
    checks = [
        Check(
            "PostgreSQL",
            version >= MINIMUM_VERSION,
            await fetch("SELECT current_setting('server_version')"),
            "PostgreSQL 15 or newer is needed.",
        )
    ]
    for name, wanted, advice in (
        ("fsync", "on", "Without it a crash loses what was acknowledged."),
        ("full_page_writes", "on", "Without it a crash may damage the database."),
        ("synchronous_commit", "on", "Without it a crash loses what was acknowledged."),
    ):
        value = await fetch("SELECT current_setting($1)", name)
        fine = value == wanted or (name == "synchronous_commit" and value != "off")
        checks.append(Check(name, fine, value, advice))
    room = int(await fetch("SELECT current_setting('max_connections')"))
    needed = settings.workers * (settings.engine_connections + settings.read_connections)
    checks.append(
        Check(
            "Connections",
            room >= needed + 10,
            f"{room} allowed, {needed} may be used by {settings.workers} server processes",
            "Raise max_connections, or lower engine_connections and read_connections.",
        )
    )
    checks.append(await _migrations(connection))
    drift = float(
        await fetch(
            "SELECT extract(epoch FROM clock_timestamp() - $1::text::timestamptz)::float8", _now()
        )
    )
    checks.append(
        Check(
            "Clock",
            abs(drift) < CLOCK_OFF,
            f"{drift:+.2f} s from the database's",
            "Holds go by the database's clock, but tokens by this machine's: run NTP on both.",
        )
    )
    checks.append(await _pooler(connection, settings))
    checks.append(await _walls(connection))
    return checks


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat()


async def _migrations(connection: object) -> Check:
    try:
        missing = await pending(connection)  # type: ignore[arg-type]
    except MigrationError as error:
        return Check("Schema", False, str(error), "Start the Firmhold that migrated it.")
    return Check(
        "Schema",
        not missing,
        f"{len(missing)} migrations missing" if missing else "up to date",
        "Run: firmhold migrate",
    )


async def _walls(connection: object) -> Check:
    role = await bypassing(connection)
    return Check(
        "Organizations",
        role is None,
        "kept apart by row-level security" if role is None else f"role {role} is above it",
        BYPASSING,
    )


async def _pooler(connection: object, settings: Settings) -> Check:
    """A PgBouncer in transaction mode hands each statement to any connection, so a setting made
    by one statement is not seen by the next, or is seen by strangers."""
    fetch = connection.fetchval  # type: ignore[attr-defined]
    pids = {await fetch("SELECT pg_backend_pid()") for _ in range(5)}
    name = await fetch("SELECT current_setting('application_name')")
    between = len(pids) > 1 or (name != "firmhold" and not settings.database_pooler)
    return Check(
        "Pooler",
        not between or settings.database_pooler,
        "one seems to stand between" if between else "none noticed",
        "Set FIRMHOLD_DATABASE_POOLER=true, so that nothing is kept on a connection.",
    )
