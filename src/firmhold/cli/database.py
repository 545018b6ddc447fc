"""`firmhold migrate` and `firmhold verify`."""

import asyncio

from firmhold.cli.common import DataDir, Demo, Json, bring_up_to_date, database_url, load_settings
from firmhold.settings import Settings
from firmhold.store.database import Database


def migrate_command(*, data_dir: DataDir = None, demo: Demo = None) -> int:
    """Bring the database's schema up to date. `serve` does this by itself."""
    settings = load_settings(data_dir=data_dir, demo=demo)
    with database_url(settings) as dsn:
        applied = asyncio.run(_migrate(settings, dsn))
    print(f"{applied} migrations applied." if applied else "The schema is up to date.")
    return 0


async def _migrate(settings: Settings, dsn: str) -> int:
    database = Database(
        dsn, engine_connections=1, read_connections=2, pooler=settings.database_pooler
    )
    await database.open()
    try:
        return await bring_up_to_date(database)
    finally:
        await database.close()


def verify_command(
    *,
    organization: str | None = None,
    data_dir: DataDir = None,
    demo: Demo = None,
    json_output: Json = False,
) -> int:
    """Recompute every invariant from the tables, online. Exits with 0 only if all hold."""
    from firmhold.cli.verify import run_verify

    settings = load_settings(data_dir=data_dir, demo=demo)
    with database_url(settings) as dsn:
        return asyncio.run(run_verify(settings, dsn, organization, json_output))
