"""Noting what no ledger entry tells of: acts of administrators, and for or against security.

An act is written in the transaction of what it tells of, or alone if nothing else is written, such
as a refused sign-in. It costs one row; the audit's sealer does the rest.
"""

from typing import Any

import msgspec
import uuid_utils

from firmhold.store.sql import statement


async def record_act(
    connection: Any,
    organization: str,
    kind: str,
    actor: str,
    subject: str | None = None,
    facts: Any = None,
) -> str:
    """Append an act to an organization's log, as part of the connection's transaction; its id.

    `kind` is an operation's name such as `create_pool`, or another of a fixed set, and never
    personal: it cannot be erased. `actor`, `subject` and `facts` (an object of anything that JSON
    has) can.
    """
    id = uuid_utils.uuid7().hex
    await connection.execute(
        statement("audit", "record_act"),
        organization[-32:],
        id,
        kind,
        actor,
        subject,
        msgspec.json.encode({} if facts is None else facts).decode(),
    )
    return f"act_{id}"
