"""Users as their organization manages them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.identity.permissions import OF_ROLE, OWN, Permission
from firmhold.identity.roles import Role
from firmhold.store.database import Database
from firmhold.store.sql import statement

KEEPERS = frozenset({Role.OWNER, Role.ADMIN})
"""Without one of them nobody can let anyone in."""


class Member(NamedTuple):
    """A person's place in an organization."""

    id: str
    organization: str
    email: str
    role: Role
    name: str | None
    invited_at: datetime | None
    """Since when they have been asked in and have not come: the place is not theirs yet."""
    disabled_at: datetime | None
    created_at: datetime


class Changed(NamedTuple):
    """A user after a change."""

    user: Member
    asked: bool
    """Whether they have to show first that the address is theirs: they are to be sent a code."""


class People:
    """Lets people into organizations, changes what they are there, and shuts them out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def member(self, organization: str, user: str) -> Member | None:
        """The user with this id."""
        async with self._database.read(organization) as connection:
            row = await connection.fetchrow(
                statement("people", "user_by_id"), organization[-32:], user[-32:]
            )
        return None if row is None else member_of(row)

    async def page(
        self,
        organization: str,
        after: str | None,
        limit: int,
        *,
        role: Role | None = None,
        email: str | None = None,
    ) -> list[Member]:
        """So many users, the newest first, after the one with that id."""
        async with self._database.read(organization) as connection:
            rows = await connection.fetch(
                statement("people", "page_of_users"),
                organization[-32:],
                None if after is None else after[-32:],
                role,
                None if email is None else email.lower(),
                limit,
            )
        return [member_of(row) for row in rows]

    async def add(
        self,
        connection: Any,
        organization: str,
        email: str,
        role: Role,
        name: str | None,
        by: frozenset[Permission],
    ) -> Member:
        """Ask a person in: the place is theirs when they come, and until then nothing about them
        is another than before. Raises `Refused` if they have a place already, or if `by` may not
        make anyone this."""
        refuse_beyond(by, role)
        email = small(email)
        person = await person_with(connection, email)
        row = await connection.fetchrow(
            statement("people", "add_user"),
            organization[-32:],
            uuid_utils.uuid7().hex,
            email,
            role.value,
            person,
            name,
            True,
        )
        if row is None:
            raise Refused(refuse(Code.ALREADY_EXISTS, "There is a user with this e-mail address."))
        return member_of(row)

    async def change(
        self,
        connection: Any,
        organization: str,
        user: str,
        values: Mapping[str, Any],
        by: frozenset[Permission],
    ) -> Changed:
        """Set `role`, `name` or `disabled` of a user. Whoever loses or changes a role, or is shut
        out, is signed out of this organization; and whoever becomes more than a customer, by an
        address that they have not shown to be theirs, is only asked in from then on: anybody can
        have registered it. Raises `Refused` if there is no such user, if `by` may less than the
        user or than the new role, or if nobody would be left to let anyone in."""
        key = (organization[-32:], user[-32:])
        # In the order in which whoever signs in has them locked: the person first.
        person = await connection.fetchrow(statement("people", "lock_person_of_user"), *key)
        locked = [
            member_of(row)
            for row in await connection.fetch(statement("people", "lock_users"), *key)
        ]
        before = next((it for it in locked if it.id == user), None)
        if before is None:
            raise Refused(refuse(Code.NOT_FOUND, "There is no such user.", user=user))
        role = values.get("role")
        disabled = values.get("disabled")
        refuse_beyond(by, before.role)
        if role is not None:
            refuse_beyond(by, role)
        goes = bool(disabled) or (role is not None and role not in KEEPERS)
        keeps = before.role in KEEPERS and before.disabled_at is None
        others = [it for it in locked if it.id != user and it.role in KEEPERS]
        # Whoever was asked in may never come.
        others = [it for it in others if it.disabled_at is None and it.invited_at is None]
        if goes and keeps and not others:
            raise Refused(
                malformed(
                    "disabled" if disabled else "role",
                    "nobody would be left who can let anyone in; make somebody else an owner first",
                )
            )
        rises = role not in {None, before.role, Role.CUSTOMER}
        asked = rises and person["verified_at"] is None
        row = await connection.fetchrow(
            statement("people", "update_user"),
            *key,
            role,
            "name" in values,
            values.get("name"),
            disabled,
            asked,
        )
        after = member_of(row)
        if disabled or after.role != before.role:
            why = "shut_out" if disabled else "role_changed"
            await connection.fetch(statement("sessions", "end_sessions"), *key, why)
        return Changed(after, asked)


def small(email: str) -> str:
    """The address in small letters, as it is kept. Raises `Refused` for one with characters that
    nobody has given a meaning: PostgreSQL may know a newer Unicode than we do, in which they are
    capital letters."""
    if not email.isprintable():
        raise Refused(malformed("email", "characters that are none yet, or cannot be seen"))
    return email.lower()


async def person_with(connection: Any, email: str, password: str | None = None) -> Any:
    """The id of the person with this address, who is made if there is none."""
    added = await connection.fetchrow(
        statement("people", "add_person"), uuid_utils.uuid7().hex, email, password
    )
    if added is not None:
        return added["id"]
    found = await connection.fetchrow(statement("people", "person_by_email"), email)
    return found["id"]


async def disown(connection: Any, person: Any) -> bool:
    """Void the password of a person who has not shown that the address is theirs, because
    somebody has who may be another: whoever runs the server, or an identity provider, says so.
    Their sessions end, anywhere: the connection has to look across organizations, and `Ended` to
    look when that is committed. Says whether there was one."""
    if await connection.fetchrow(statement("people", "disown"), person) is None:
        return False
    await connection.fetch(
        statement("sessions", "end_sessions_of_person"), person, "password_changed", None
    )
    return True


def refuse_beyond(by: frozenset[Permission], role: Role) -> None:
    """Raises `Refused` if the role has more permissions than `by`, what is everybody's own aside:
    nobody gives, or takes away, what they do not have."""
    if not OF_ROLE[role] - OWN <= by:
        raise Refused(
            refuse(Code.FORBIDDEN, f"This takes someone who may do all that {role}s may.")
        )


def member_of(row: Any) -> Member:
    """A user as the statements return it."""
    return Member(
        f"usr_{row['id'].hex}",
        f"org_{row['organization_id'].hex}",
        row["email"],
        Role(row["role"]),
        row["name"],
        row["invited_at"],
        row["disabled_at"],
        row["created_at"],
    )
