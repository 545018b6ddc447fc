"""Forward-only migrations: numbered SQL files, each applied once, all missing ones together or
none.

Whoever starts first migrates; an advisory lock lets the others wait for it. A file that was
applied is never edited: its digest is compared at every start.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from firmhold.store.connections import SAYING_ACROSS
from firmhold.store.database import MINIMUM_VERSION

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x4649524D
"""Advisory lock of whoever is migrating ("FIRM")."""


class MigrationError(RuntimeError):
    """The database's schema is not one that this version can bring up to date."""


class Migration(NamedTuple):
    """One numbered step of the schema."""

    version: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """What tells whether the file was edited after it had been applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def load_migrations() -> list[Migration]:
    """All steps this version knows, in their order, numbered from 1 without gaps."""
    steps = []
    for path in sorted(MIGRATIONS.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_(\w+)\.sql", path.name)
        if match is None:
            raise MigrationError(f"{path.name}: not named like 0001_what_it_does.sql")
        steps.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    if [step.version for step in steps] != list(range(1, len(steps) + 1)):
        raise MigrationError("migration files are not numbered 1, 2, 3 … without gaps")
    return steps


async def migrate(connection: asyncpg.Connection[Any]) -> list[Migration]:
    """Apply what is missing and return it. Raises `MigrationError` and changes nothing if the
    database is too old, or was migrated by a newer or different Firmhold."""
    version = int(await connection.fetchval("SELECT current_setting('server_version_num')"))
    if version < MINIMUM_VERSION:
        raise MigrationError(f"PostgreSQL 15 or newer is needed; this one says {version}")
    async with connection.transaction():
        # No time limit: whoever holds the lock is migrating, and must finish.
        await connection.execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
        await connection.execute(SAYING_ACROSS)  # the rows that a step changes are everybody's
        await connection.fetchval("SELECT pg_advisory_xact_lock($1)", LOCK, timeout=3600)
        missing = await _missing(connection)
        for step in missing:
            await connection.execute(step.sql, timeout=3600)
            await connection.execute(
                "INSERT INTO schema_migration (version, name, digest) VALUES ($1, $2, $3)",
                step.version,
                step.name,
                step.digest,
            )
    return missing


async def pending(connection: asyncpg.Connection[Any]) -> list[Migration]:
    """What `migrate` would apply, without applying it."""
    return await _missing(connection, create=False)


async def _missing(connection: asyncpg.Connection[Any], *, create: bool = True) -> list[Migration]:
    if create:
        await connection.execute(
            """CREATE TABLE IF NOT EXISTS schema_migration (
                version    integer PRIMARY KEY,
                name       text NOT NULL,
                digest     text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"""
        )
    elif await connection.fetchval("SELECT to_regclass('schema_migration')") is None:
        return load_migrations()
    rows = await connection.fetch("SELECT version, digest FROM schema_migration ORDER BY version")
    return _compare(load_migrations(), {row["version"]: row["digest"] for row in rows})


def _compare(known: Sequence[Migration], applied: dict[int, str]) -> list[Migration]:
    unknown = set(applied) - {step.version for step in known}
    if unknown:
        raise MigrationError(
            f"the database is at version {max(unknown)}, this Firmhold knows {len(known)}: "
            "it was migrated by a newer one"
        )
    for step in known:
        if applied.get(step.version, step.digest) != step.digest:
            raise MigrationError(f"migration {step.version} ({step.name}) was edited after use")
    return [step for step in known if step.version not in applied]
