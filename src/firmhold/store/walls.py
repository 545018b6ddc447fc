"""Whether PostgreSQL keeps organizations apart, or has been told not to.

No policy asks a superuser, or a role with BYPASSRLS, and nothing tells it so. Firmhold needs
neither, and cannot get rid of it by itself: it may lack the role to become, and behind a pooler a
session would forget which it was.
"""

from typing import Any

_BYPASSING = """
SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
"""

BYPASSING = (
    "PostgreSQL shows this role the rows of every organization, whatever Firmhold asks for. Use "
    "one that owns the database's tables and is neither a superuser nor has BYPASSRLS."
)


async def bypassing(connection: Any) -> str | None:
    """The name of this connection's role if no policy applies to it, else `None`."""
    name: str | None = await connection.fetchval(_BYPASSING)
    return name
