"""Organizations and users as the database has them."""

import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple

import uuid_utils

from firmhold.identity.api_keys import withdraw_keys_of
from firmhold.identity.people import disown
from firmhold.identity.permissions import OF_ROLE, Permission
from firmhold.identity.roles import Role
from firmhold.looking import SharedLooks
from firmhold.store.acts import record_act
from firmhold.store.database import Database
from firmhold.store.sql import statement

_ID = re.compile(r"org_[0-9a-f]{32}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""As the database has them. What is neither names nothing, and is not kept: it may be of any
length."""

FRESH_SECONDS = 2.0
"""How long an organization's settings may be out of date in a door. The engine reads those that
it decides by under lock."""


SERVER = "server"
"""Who does what is done by whoever runs the server, by command or at the start."""

MADE = "organization_made"
"""The first act of an organization."""

REMEMBERED = 10_000
"""Names kept, the oldest dropped first: anyone who asks can make them up."""


_LIMITS = frozenset({"max_live_holds", "horizon_days", "notice_minutes", "cutoff_minutes"})
"""What decides about a reservation, so that whoever has been told of a new value is told of no
reservation that breaks it."""


class Organization(NamedTuple):
    """A tenant, and what it allows; about slots only where their site sets nothing else."""

    id: str
    slug: str
    name: str
    hold_ttl_seconds: int
    max_live_holds: int | None
    guest_holds: bool
    public_catalogue: bool
    horizon_days: int
    notice_minutes: int
    cutoff_minutes: int
    offer_ttl_seconds: int
    open_registration: bool
    """Whether people may make themselves customers."""


class User(NamedTuple):
    """A person with a role in an organization."""

    id: str
    organization: str
    email: str
    role: Role


class Directory:
    """Looks organizations and users up, and creates them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cached: OrderedDict[str, tuple[Organization | None, float]] = OrderedDict()
        self._looks = SharedLooks[Organization | None]()
        """So that thousands who ask at once ask once."""

    def is_known(self, name: str) -> bool:
        """Whether nothing would have to be looked up, or there was one when that was done last."""
        cached = self._cached.get(name)
        if cached is None:
            return not (_ID.fullmatch(name) or _SLUG.fullmatch(name))
        return cached[0] is not None or time.monotonic() < cached[1]

    async def organization(self, name: str) -> Organization | None:
        """The organization with this slug or id, as it was at most two seconds ago."""
        if not (_ID.fullmatch(name) or _SLUG.fullmatch(name)):
            return None
        cached = self._cached.get(name)
        if cached is not None and time.monotonic() < cached[1]:
            return cached[0]
        return await self._looks.look(name, lambda: self._look(name))

    async def _look(self, name: str) -> Organization | None:
        async with self._database.read_across() as connection:
            row = await connection.fetchrow(
                statement("directory", "find_organization"),
                name,
                name[-32:] if _ID.fullmatch(name) else None,
            )
        found = None if row is None else _organization(row)
        if len(self._cached) >= REMEMBERED:
            self._cached.popitem(last=False)
        self._cached[name] = (found, time.monotonic() + FRESH_SECONDS)
        return found

    def forget(self) -> None:
        """Settings have just changed here; read them anew."""
        self._cached.clear()

    async def ensure_organization(self, slug: str, name: str, **allows: Any) -> Organization:
        """The organization with this slug, created if there is none. `allows` is used only then:
        `guest_holds`, `public_catalogue`, `open_registration`."""
        async with self._database.read_across() as connection, connection.transaction():
            row = await connection.fetchrow(
                statement("directory", "ensure_organization"),
                uuid_utils.uuid7().hex,
                slug,
                name,
                allows.get("guest_holds", False),
                allows.get("public_catalogue", False),
                allows.get("open_registration", False),
            )
            assert row is not None
            found = _organization(row)
            if row["created"]:
                await record_act(connection, found.id, MADE, SERVER, found.id, {"slug": slug})
        self.forget()
        return found

    async def add_organization(
        self, connection: Any, slug: str, name: str, actor: str, facts: Any
    ) -> Organization | None:
        """A new organization as part of a transaction, and the first thing in its own audit: who
        has made it. `None` if the slug is taken. Call `forget` when the transaction is over."""
        row = await connection.fetchrow(
            statement("directory", "add_organization"), uuid_utils.uuid7().hex, slug, name
        )
        if row is None:
            return None
        added = _organization(row)
        await record_act(connection, added.id, MADE, actor, added.id, facts)
        return added

    async def page(self, after: str | None, limit: int) -> list[Organization]:
        """So many organizations, the newest first, after the one with that id."""
        async with self._database.read_across() as connection:
            rows = await connection.fetch(
                statement("directory", "page_of_organizations"),
                None if after is None else after[-32:],
                limit,
            )
        return [_organization(row) for row in rows]

    async def change_organization(
        self, id: str, values: Mapping[str, Any], connection: Any = None
    ) -> Organization | None:
        """Set the given fields of an organization. `None` as `max_live_holds` lifts that limit.

        On a `connection` it is part of a transaction; call `forget` when that is over.
        """
        own = self._database.read(id) if connection is None else nullcontext(connection)
        async with own as connected:
            row = await connected.fetchrow(
                statement("directory", "update_organization"),
                id[-32:],
                values.get("name"),
                values.get("hold_ttl_seconds"),
                "max_live_holds" in values,
                values.get("max_live_holds"),
                values.get("guest_holds"),
                values.get("public_catalogue"),
                values.get("horizon_days"),
                values.get("notice_minutes"),
                values.get("cutoff_minutes"),
                values.get("offer_ttl_seconds"),
                not _LIMITS.isdisjoint(values),
                values.get("open_registration"),
            )
        self.forget()
        return None if row is None else _organization(row)

    async def put_user(self, organization: str, email: str, role: Role) -> tuple[User, bool]:
        """Create a user or change the role of the one with this e-mail address, who is let in again
        if need be; says whether it is new. Whoever had another role has to sign in anew, and with
        another password if the address has not been shown to be theirs."""
        email = email.lower()
        async with self._database.read_across() as connection, connection.transaction():
            # First, as whoever signs in has the person locked.
            person = await connection.fetchval(
                statement("directory", "put_person"), uuid_utils.uuid7().hex, email
            )
            before = await connection.fetchrow(
                statement("directory", "lock_user"), organization[-32:], email
            )
            row = await connection.fetchrow(
                statement("directory", "put_user"),
                organization[-32:],
                uuid_utils.uuid7().hex,
                email,
                role.value,
                person,
            )
            assert row is not None
            was = None if before is None or before["invited_at"] else before["role"]
            if was != role:
                user, facts = _user(row), {"email": row["email"], "role": role}
                await record_act(connection, organization, "put_user", SERVER, user.id, facts)
                if role is not Role.CUSTOMER or was is None:
                    await disown(connection, person)
                    await connection.execute(statement("people", "set_verified"), person)
            if Permission.KEYS_WRITE not in OF_ROLE[role]:
                await withdraw_keys_of(
                    connection, organization, f"user:usr_{row['id'].hex}", SERVER
                )
            if before is not None and before["role"] != role:
                await connection.execute(
                    statement("sessions", "end_sessions"),
                    organization[-32:],
                    before["id"],
                    "role_changed",
                )
        return _user(row), row["created"]

    async def users_by_email(
        self, email: str, organization: str | None = None, *, invited: bool = True
    ) -> list[User]:
        """Users with this e-mail address, in one organization or in all; also those who were only
        asked in, unless told otherwise."""
        if organization is None:
            own = self._database.read_across()
        else:
            own = self._database.read(organization)
        async with own as connection:
            found = await connection.fetch(
                statement("directory", "users_by_email"),
                email.lower(),
                None if organization is None else organization[-32:],
                invited,
            )
        return [_user(row) for row in found]

    async def proven_users_by_email(self, email: str, organization: str) -> list[User]:
        """The user of an organization who has shown that this e-mail address is theirs."""
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("directory", "proven_users_by_email"), email.lower(), organization[-32:]
            )
        return [_user(row) for row in found]


def _organization(row: Any) -> Organization:
    return Organization(
        f"org_{row['id'].hex}",
        row["slug"],
        row["name"],
        row["hold_ttl_seconds"],
        row["max_live_holds"],
        row["guest_holds"],
        row["public_catalogue"],
        row["horizon_days"],
        row["notice_minutes"],
        row["cutoff_minutes"],
        row["offer_ttl_seconds"],
        row["open_registration"],
    )


def _user(row: Any) -> User:
    return User(
        f"usr_{row['id'].hex}",
        f"org_{row['organization_id'].hex}",
        row["email"],
        Role(row["role"]),
    )
