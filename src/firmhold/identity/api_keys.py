"""API keys: for programs, which have no password and are nobody's customer.

A key is told once, when it is made; what is kept is its digest. It names itself, so that it is
found by one look; that look is good for two seconds.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from datetime import datetime
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.identity.actors import Identity, key_identity
from firmhold.identity.permissions import Permission, grantable
from firmhold.identity.sessions import SECRET, digest
from firmhold.store.database import Database
from firmhold.store.sql import statement

PREFIX = "fhk_"
FRESH_SECONDS = 2.0
"""For how long a key that was withdrawn elsewhere may still open doors here."""

REMEMBERED = 10_000
"""Keys kept, the oldest dropped first; made-up ones among them."""

NOTED_EVERY = 60.0
"""Seconds between two notes of when a key was last used."""

_WRITTEN = re.compile(r"fhk_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


class ApiKey(NamedTuple):
    """An API key, without the key."""

    id: str
    name: str
    scopes: list[str]
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    seen_at: datetime | None
    withdrawn_at: datetime | None


class ApiKeys:
    """Makes, checks and withdraws API keys."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, tuple[Identity | None, float]] = OrderedDict()
        self._used: set[str] = set()

    def is_known(self, written: str) -> bool:
        """Whether nothing would have to be looked up, or it was one when that was done last."""
        known = self._known.get(written)
        if known is None:
            return _WRITTEN.fullmatch(written) is None
        return known[0] is not None or time.monotonic() < known[1]

    async def identity(self, written: str) -> Identity | None:
        """Whom this key proves, if it is one."""
        match = _WRITTEN.fullmatch(written)
        if match is None:
            return None
        known = self._known.get(written)
        if known is not None and time.monotonic() < known[1]:
            found = known[0]
        else:
            found = await self._look(match[1], match[2])
            if len(self._known) >= REMEMBERED:
                self._known.popitem(last=False)
            self._known[written] = (found, time.monotonic() + FRESH_SECONDS)
        if found is not None:
            self._used.add(match[1])
        return found

    async def _look(self, id: str, secret: str) -> Identity | None:
        async with self._database.read_across() as connection:
            row = await connection.fetchrow(statement("keys", "key_by_id"), id)
        if row is None or not hmac.compare_digest(row["digest"], digest(secret.encode())):
            return None
        scopes = frozenset(Permission(it) for it in row["scopes"] if it in _NAMES)
        return key_identity(f"org_{row['organization_id'].hex}", f"key_{id}", scopes)

    async def add(
        self,
        connection: Any,
        organization: str,
        name: str,
        scopes: frozenset[Permission],
        expires_at: datetime | None,
        made_by: str,
        by: frozenset[Permission],
        now: datetime,
    ) -> tuple[ApiKey, str]:
        """A new key and how it is written, which nobody is told again. Raises `Refused` if `by`
        may not give all of the scopes."""
        beyond = scopes - grantable(by)
        if beyond:
            names = ", ".join(sorted(beyond))
            raise Refused(refuse(Code.FORBIDDEN, f"You cannot give a key these scopes: {names}."))
        if expires_at is not None and expires_at <= now:
            raise Refused(malformed("expires_at", "not in the future"))
        id = uuid_utils.uuid7().hex
        secret = urlsafe_b64encode(secrets.token_bytes(SECRET)).rstrip(b"=").decode()
        row = await connection.fetchrow(
            statement("keys", "add_key"),
            organization[-32:],
            id,
            name,
            digest(secret.encode()),
            sorted(scopes),
            made_by,
            now,
            expires_at,
        )
        return _key(row), f"{PREFIX}{id}_{secret}"

    async def page(self, organization: str, after: str | None, limit: int) -> list[ApiKey]:
        """So many keys, the newest first, after the one with that id."""
        async with self._database.read(organization) as connection:
            rows = await connection.fetch(
                statement("keys", "page_of_keys"),
                organization[-32:],
                None if after is None else after[-32:],
                limit,
            )
        return [_key(row) for row in rows]

    async def withdraw(
        self, connection: Any, organization: str, key: str, now: datetime
    ) -> ApiKey | None:
        """The key opens nothing from now on, here at once and elsewhere within two seconds."""
        row = await connection.fetchrow(
            statement("keys", "withdraw_key"), organization[-32:], key[-32:], now
        )
        self._known.clear()
        return None if row is None else _key(row)

    async def withdraw_of(
        self, connection: Any, organization: str, maker: str, actor: str
    ) -> list[str]:
        """Withdraw what this actor has made, and what was made with that, as part of a transaction;
        the ids. Whoever may make keys no more may know those that they have made."""
        gone = await withdraw_keys_of(connection, organization, maker, actor)
        self._known.clear()
        return gone

    async def run_once(self) -> float:
        """Note which keys have been used; returns the seconds until the next time."""
        if self._used:
            used, self._used = self._used, set()
            async with self._database.read_across() as connection:
                await connection.execute(statement("keys", "note_use"), sorted(used))
        return NOTED_EVERY


async def withdraw_keys_of(connection: Any, organization: str, maker: str, actor: str) -> list[str]:
    """See `ApiKeys.withdraw_of`; other processes notice within two seconds."""
    rows = await connection.fetch(
        statement("keys", "withdraw_keys_of"), organization[-32:], maker, actor
    )
    return [row["subject"] for row in rows]


_NAMES = frozenset(it.value for it in Permission)


def _key(row: Any) -> ApiKey:
    return ApiKey(
        f"key_{row['id'].hex}",
        row["name"],
        list(row["scopes"]),
        row["made_by"],
        row["created_at"],
        row["expires_at"],
        row["seen_at"],
        row["withdrawn_at"],
    )
