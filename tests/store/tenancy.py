"""Two organizations with a row in every table, made without knowing which tables there are."""

from __future__ import annotations

from typing import Any, NamedTuple

import asyncpg

OURS, THEIRS = "0" * 31 + "a", "0" * 31 + "b"

KEYS = {"organization": "id", "refresh_token": "session_id"}
"""What a row belongs to an organization by, where that is not an `organization_id`."""

OF_ALL = {
    "audit_cursor": "how far the sealer has come, through all organizations",
    "relay_cursor": "how far those have come who tell what happened, likewise",
    "notice_count": "how many notifications were sent, of all organizations together",
}
"""Tables for those who look across, and why."""

SHARED = {
    "schema_migration": "of the database",
    "ledger_cluster": "of the database",
    "report_progress": "how far the counting has come, through all organizations; numbers only",
    "person": "one for all organizations in which somebody is a user; found by e-mail address only",
    "code": "goes with a person, or with the server",
    "external_identity": "goes with a person, and is found by what only its provider knows",
    "letter": "goes to an address, and is gone as soon as it is sent",
    "bucket": "its name is a digest of an organization and more; nothing else is in it",
}
"""Tables without a policy, and why."""

_TABLES = """
SELECT c.oid, c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
       EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid
                AND a.attname = 'organization_id' AND NOT a.attisdropped) AS belongs
FROM pg_class AS c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""

_COLUMNS = """
SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
WHERE attrelid = $1 AND attnum > 0 AND attnotnull AND NOT atthasdef AND attgenerated = ''
"""

_VALUES = {
    "uuid": "'{org}'",
    "text": "'{org}'",
    "bytea": "'\\x{org}'",
    "boolean": "true",
    "jsonb": "'{{}}'",
    "timestamp with time zone": "now()",
    "tstzrange": "tstzrange(now(), now() + interval '1 h')",
    "text[]": "'{{}}'",
}
"""Something for each type. Ids are the organization's, so that whatever belongs together does."""


class Table(NamedTuple):
    """One of the schema's."""

    oid: int
    name: str
    enabled: bool
    forced: bool
    belongs: bool
    """It has an `organization_id`."""

    @property
    def key(self) -> str:
        return KEYS.get(self.name, "organization_id")


async def tables_of(connection: asyncpg.Connection[Any]) -> list[Table]:
    """All that the migrations have made, and what may have been added."""
    return [Table(*row) for row in await connection.fetch(_TABLES)]


async def row_of(connection: asyncpg.Connection[Any], table: Table, organization: str) -> str:
    """The statement that inserts a row of an organization."""
    columns = {
        row["name"]: _VALUES.get(row["type"], "1").format(org=organization)
        for row in await connection.fetch(_COLUMNS, table.oid)
    }
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {table.name} ({names}) VALUES ({values})"


async def settle_both(superuser: str) -> list[Table]:
    """Fill the tables, free of all that would refuse such rows; those that belong to anybody."""
    connection = await asyncpg.connect(superuser)
    tables = await tables_of(connection)
    constraints = await connection.fetch(
        "SELECT conrelid::regclass::text AS name, conname FROM pg_constraint "
        "WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace"
    )
    for row in constraints:
        await connection.execute(f"ALTER TABLE {row['name']} DROP CONSTRAINT {row['conname']}")
    await connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO firmhold")
    belonging = [table for table in tables if table.name not in (*SHARED, *OF_ALL)]
    for table in belonging:
        await connection.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        for organization in (OURS, THEIRS):
            await connection.execute(await row_of(connection, table, organization))
    await connection.close()
    return belonging
