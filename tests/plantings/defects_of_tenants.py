"""Defects of the wall that PostgreSQL is between organizations. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

WALL = "store/migrations/0006_tenants.sql"
TENANTS = "tests/store/test_tenants.py"
HOLDING = "tests/engine/test_holding.py"
PLACES = "tests/store/test_looking_across.py"
PLANS = "tests/store/test_plans_behind_policies.py"

DEFECTS_OF_TENANTS = (
    Defect(
        "one table is left out",
        WALL,
        "'waitlist_entry', 'act', 'audit_span',",
        "'waitlist_entry', 'audit_span',",
        (TENANTS,),
    ),
    Defect(
        "policies do not apply to whom the tables belong",
        WALL,
        "        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', belonging);\n",
        "",
        (TENANTS,),
    ),
    Defect(
        "who has said nothing sees everything",
        WALL,
        "RETURN coalesce(current_setting('firmhold.organization', true) = 'all', false);",
        "RETURN coalesce(current_setting('firmhold.organization', true) IN ('all', ''), true);",
        (TENANTS,),
    ),
    Defect(
        "a view shows what its owner may see",
        WALL,
        "ALTER VIEW stock SET (security_invoker = true);\n",
        "",
        (TENANTS,),
    ),
    Defect(
        "refresh tokens are everybody's",
        WALL,
        "USING (EXISTS (SELECT FROM session AS s WHERE s.id = session_id));",
        "USING (session_id IS NOT NULL);",
        (TENANTS,),
    ),
    Defect(
        "a connection to read with keeps the organization of whoever had it before",
        "store/connections.py",
        "        if whose != self._whose:\n",
        "        if whose and self._whose is None:\n",
        (TENANTS,),
    ),
    Defect(
        "a word that did not arrive is taken to be said",
        "store/connections.py",
        "            self._whose = None\n            await self.execute",
        "            await self.execute",
        (TENANTS,),
    ),
    Defect(
        "a batch leaves its organization on the connection",
        "store/connections.py",
        "return f\"SET LOCAL {SETTING} = '{named(organization)}'\"",
        "return f\"SET {SETTING} = '{named(organization)}'\"",
        (TENANTS,),
    ),
    Defect(
        "a batch does not say for whom it is",
        "engine/transaction.py",
        'return f"BEGIN; {PATIENCE}; {saying(organization)}"',
        'return f"BEGIN; {PATIENCE}"',
        (HOLDING,),
    ),
    Defect(
        "a look across organizations stays on the engine's connection",
        "store/connections.py",
        "SAYING_ACROSS = f\"SET LOCAL {SETTING} = '{ACROSS}'\"",
        "SAYING_ACROSS = f\"SET {SETTING} = '{ACROSS}'\"",
        (TENANTS,),
    ),
    Defect(
        "behind a pooler the session is told, and not the transaction",
        "store/connections.py",
        "        await super().execute(f\"BEGIN; SET LOCAL {SETTING} = '{self._whose}'\")",
        "        await super().execute(f\"BEGIN; SET {SETTING} = '{self._whose}'\")",
        (TENANTS,),
    ),
    Defect(
        "reading one reservation looks across all organizations",
        "engine/reader.py",
        "        async with self._database.read(organization) as connection:\n"
        "            found = await _load(",
        "        async with self._database.read_across() as connection:\n"
        "            found = await _load(",
        (PLACES,),
    ),
    Defect(
        "a look-up asks for organizations that its connection does not work for",
        "engine/lookup.py",
        "                same = (key for key in self._asked if key.organization == whose)\n",
        "                same = (key for key in self._asked if whose)\n",
        ("tests/unit/test_lookup.py",),
    ),
    Defect(
        "the end of a search is worked out in the comparison that an index needs",
        "store/queries/reading.sql",
        "    OFFSET 0\n) AS moved\n",
        ") AS moved\n",
        (PLANS,),
    ),
)
"""Each is noticed by one test or more of the files named."""
