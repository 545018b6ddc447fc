"""Named SQL statements, kept in files next to this module.

aiosql reads the files and their names; statements are run with asyncpg directly, because its
call path costs more per statement than a batch may spend.
"""

from functools import cache
from pathlib import Path
from typing import Any

import aiosql

QUERIES = Path(__file__).parent / "queries"


@cache
def statement(file: str, name: str) -> str:
    """The SQL called `name` in `queries/<file>.sql`, with `$1`-style parameters."""
    text: str = getattr(_load(file), name).sql
    return text


@cache
def _load(file: str) -> Any:
    return aiosql.from_path(QUERIES / f"{file}.sql", "asyncpg", mandatory_parameters=False)
