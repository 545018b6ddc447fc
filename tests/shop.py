"""An organization with items and users on real services, for tests of the engine and the doors."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uuid_utils

from firmhold.app import build_services, running
from firmhold.domain.commands import Asked, Command, Hold
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Actor, Offering, Reservation, Terms
from firmhold.domain.state import Accepted
from firmhold.doors.shared.services import Services
from firmhold.engine.catalogue import ItemFields, NewItem
from firmhold.engine.ticket import Answer, Key, Reply
from firmhold.identity.directory import Organization
from firmhold.identity.keyring import Keyring
from firmhold.identity.roles import Role
from firmhold.settings import Settings
from firmhold.store.verify import Report, verify
from tests.databases import connected

SECRET = b"a secret that only the tests know, 32+"
OPERATOR = Actor("user:operator", operator=True)


def new_id(prefix: str) -> str:
    return f"{prefix}_{uuid_utils.uuid7().hex}"


class Shop:
    """One organization, and short ways to do things in it."""

    def __init__(self, services: Services, organization: Organization, dsn: str) -> None:
        self.services = services
        self.organization = organization
        self.dsn = dsn
        self._numbers = itertools.count(1)

    async def item(self, capacity: int, sku: str | None = None, **terms: Any) -> str:
        """A new item's id."""
        sku = sku or f"SKU-{next(self._numbers)}"
        new = NewItem(sku, capacity, ItemFields(sku, None, {}, Terms(**terms)))
        ids: list[str] = []
        reply = await self.services.catalogue.create(
            self.organization.id,
            "test",
            [new],
            lambda items: (ids.extend(item.id for item in items), (201, b""))[1],  # type: ignore[func-returns-value]
        )
        assert isinstance(reply, Answer), reply
        return ids[0]

    async def submit(self, command: Command, key: Key | None = None) -> Reply:
        """The engine's reply; an answer's body is the reservation's or offering's id."""
        return await self.services.engine.submit(self.organization.id, command, _render, key)

    async def hold(
        self,
        *lines: tuple[str, int],
        customer: str | None = None,
        actor: Actor = OPERATOR,
        key: Key | None = None,
        **more: Any,
    ) -> Reply:
        """Hold units of items."""
        command = Hold(
            new_id("rsv"), actor, customer, tuple(Asked(*line) for line in lines), **more
        )
        return await self.submit(command, key)

    async def held(self, *lines: tuple[str, int], **more: Any) -> Reservation:
        """Hold units of items, and insist."""
        reply = await self.hold(*lines, **more)
        assert isinstance(reply, Answer), reply
        assert isinstance(reply.subject, Reservation)
        return reply.subject

    async def counts(self, item: str) -> tuple[int, int, int]:
        """Capacity, held and confirmed as the row has them."""
        row = await self.fetchrow(
            "SELECT capacity, held, confirmed FROM offering WHERE id = $1", item[-32:]
        )
        return row["capacity"], row["held"], row["confirmed"]

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        return await connected(self.dsn, lambda connection: connection.fetchrow(sql, *arguments))

    async def fetch(self, sql: str, *arguments: Any) -> Any:
        return await connected(self.dsn, lambda connection: connection.fetch(sql, *arguments))

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        return await connected(self.dsn, lambda connection: connection.fetchval(sql, *arguments))

    async def make_due(self, reservation: str) -> None:
        """Let a hold have ended a moment ago: move everything that was written about it into the
        past, as someone nothing can stop."""

        async def move(connection: asyncpg.Connection[Any]) -> None:
            id = reservation[-32:]
            # Without the triggers that keep the ledger from being rewritten.
            await connection.execute("SET session_replication_role = replica")
            past = await connection.fetchval(
                "SELECT expires_at - clock_timestamp() + interval '1 ms' FROM reservation "
                "WHERE id = $1",
                id,
            )
            async with connection.transaction():
                for statement in (
                    "UPDATE reservation SET created_at = created_at - $2::interval, "
                    "expires_at = expires_at - $2, extend_until = extend_until - $2 WHERE id = $1",
                    "UPDATE reservation_line SET expires_at = expires_at - $2::interval "
                    "WHERE reservation_id = $1",
                    "UPDATE ledger SET at = at - $2::interval, "
                    "hold_expires_at = hold_expires_at - $2 WHERE reservation_id = $1",
                ):
                    await connection.execute(statement, id, past)

        await connected(self.dsn.replace("//firmhold@", "//postgres@"), move)

    @asynccontextmanager
    async def begun(self, reservation: str) -> AsyncIterator[None]:
        """While the slots of a reservation have begun a moment ago: as someone nothing can stop,
        move their starts, and nothing else, into the past, and back in the end."""
        dsn = self.dsn.replace("//firmhold@", "//postgres@")
        starts = await self.fetch(
            "SELECT o.id, o.starts_at FROM offering AS o JOIN reservation_line AS l "
            "ON l.offering_id = o.id WHERE l.reservation_id = $1 AND o.kind = 'slot'",
            reservation[-32:],
        )

        async def move(connection: asyncpg.Connection[Any], *, back: bool) -> None:
            await connection.execute("SET session_replication_role = replica")
            begin = "$2" if back else "least($2, clock_timestamp() - interval '1 ms')"
            sql = f"UPDATE offering SET starts_at = {begin} WHERE id = $1"
            await connection.executemany(sql, [tuple(row) for row in starts])

        await connected(dsn, lambda connection: move(connection, back=False))
        yield
        await connected(dsn, lambda connection: move(connection, back=True))

    async def token(self, email: str, role: Role = Role.CUSTOMER) -> str:
        """A bearer token for a user, who is created if need be."""
        user, _ = await self.services.directory.put_user(self.organization.id, email, role)
        return self.services.tokens.access_token(
            self.organization.id, user.id, email, role, new_id("ses"), 3600
        )

    async def verify(self) -> Report:
        """What `firmhold verify` finds."""
        return await connected(self.dsn, verify)  # type: ignore[no-any-return]


def _render(accepted: Accepted, now: object) -> tuple[int, bytes]:
    assert isinstance(accepted.subject, Reservation | Offering)
    return 200, accepted.subject.id.encode()


def refused(reply: Reply) -> str:
    """The code of a refusal, and an error if it is none."""
    assert isinstance(reply, Refusal), reply
    return reply.code.value


@asynccontextmanager
async def open_shop(
    dsn: str, *, slug: str = "default", workers: bool = False, **settings: Any
) -> AsyncIterator[Shop]:
    """A shop on a migrated database; without background workers and limits unless told
    otherwise."""
    configured = Settings(**{"limits": "off", **settings})
    services = build_services(configured, dsn, Keyring([SECRET]))
    async with running(services, workers=workers):
        organization = await services.directory.ensure_organization(
            slug, slug.title(), guest_holds=True, public_catalogue=True, open_registration=True
        )
        yield Shop(services, organization, dsn)
