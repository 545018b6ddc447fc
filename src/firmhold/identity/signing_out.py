"""Sessions as those who have them see them, and their ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from firmhold.identity import sessions
from firmhold.identity.ended import Ended, session_id
from firmhold.store.database import Database
from firmhold.store.sql import statement

LISTED = 100
"""Sessions that are shown: more than anyone looks through."""


class Session(NamedTuple):
    """Somebody signed in somewhere."""

    id: str
    kind: str
    organization: str
    """Slug."""
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str | None
    address: str | None


class SigningOut:
    """Shows somebody's sessions, and ends them."""

    def __init__(self, database: Database, ended: Ended) -> None:
        self._database = database
        self._ended = ended

    async def sign_out(self, organization: str, user: str, session: str) -> bool:
        """End one session of the person that this user is, in whichever organization; says whether
        there was one to end."""
        async with self._database.read_across() as connection:
            gone = await connection.fetch(
                statement("sessions", "end_session"),
                organization[-32:],
                user[-32:],
                session[-32:],
                "signed_out",
            )
        await self._ended.look()
        return bool(gone)

    async def sign_out_with(self, text: str) -> bool:
        """End the session of this refresh token, spent or not; says whether it is one."""
        token = sessions.read(text)
        if token is None:
            return False
        async with self._database.read_across() as connection, connection.transaction():
            session = await connection.fetchrow(
                statement("sessions", "lock_session_of"), sessions.digest(token)
            )
            if session is None:
                return False
            await end_one(connection, session, "signed_out")
        await self._ended.look()
        return True

    async def sign_out_everywhere(
        self, organization: str, user: str, *, but: str | None = None
    ) -> int:
        """End all sessions of the person that this user is, but for one perhaps, in whichever
        organization; returns how many."""
        async with self._database.read_across() as connection:
            person = await connection.fetchrow(
                statement("people", "person_of_user"), organization[-32:], user[-32:]
            )
            if person is None:
                return 0
            ended = await end_all(connection, person["id"], "signed_out", but=but)
        await self._ended.look()
        return ended

    async def listed(self, organization: str, user: str) -> list[Session]:
        """Where the person that this user is has signed in, the newest first."""
        async with self._database.read_across() as connection:
            person = await connection.fetchrow(
                statement("people", "person_of_user"), organization[-32:], user[-32:]
            )
            if person is None:
                return []
            rows = await connection.fetch(
                statement("sessions", "sessions_of_person"), person["id"], LISTED, sessions.IDLE
            )
        return [
            Session(
                session_id(row["id"]),
                row["kind"],
                row["slug"],
                row["created_at"],
                row["seen_at"],
                row["expires_at"],
                row["agent"],
                row["address"],
            )
            for row in rows
        ]


async def end_one(connection: Any, session: Any, why: str) -> None:
    """End a session that is locked, in a transaction of the caller's."""
    await connection.fetch(
        statement("sessions", "end_session"),
        session["organization_id"],
        session["user_id"],
        session["id"],
        why,
    )


async def end_all(connection: Any, person: Any, why: str, *, but: str | None = None) -> int:
    """End all sessions of a person but for one perhaps, in a transaction of the caller's, who then
    has to let `Ended` look; returns how many."""
    gone = await connection.fetch(
        statement("sessions", "end_sessions_of_person"),
        person,
        why,
        None if but is None else but[-32:],
    )
    return len(gone)
