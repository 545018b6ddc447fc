"""Demo data: a believable shop, a hospital and a relief network, in one organization.

Owns that nobody else makes its data meanwhile, and with what people sign in to it. What there is in
it, and how it is made and made anew, is said in the modules beside this one.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog

from firmhold.cli.demo_maker import ACTOR, Maker
from firmhold.cli.demo_mark import Mark
from firmhold.cli.demo_remake import Remaking, make_places
from firmhold.cli.demo_shop import Shop
from firmhold.cli.greeting import SignIn, Welcome
from firmhold.domain.errors import Code, Refused, refuse
from firmhold.domain.model import Actor
from firmhold.doors.shared.services import RenderReset
from firmhold.engine.effects import Effects
from firmhold.engine.engine import Engine
from firmhold.engine.ticket import Act, Reply
from firmhold.identity.accounts import set_password
from firmhold.identity.directory import Directory
from firmhold.identity.keyring import Keyring
from firmhold.identity.passwords import Passwords
from firmhold.identity.roles import Role
from firmhold.identity.signing_in import command_token
from firmhold.identity.tokens import Tokens
from firmhold.settings import DEMO_ORGANIZATION
from firmhold.store.database import Database
from firmhold.store.sql import statement

_log = structlog.get_logger(__name__)

TOKEN_SECONDS = 7 * 24 * 3600
"""A demo is left running over a week-end."""

LOOK_AGAIN = 0.1
"""Seconds until it is asked again whether somebody else has finished."""

_NOT_YET = refuse(Code.INTERNAL_ERROR, "Nothing has been done under this key yet.")


async def seed_demo(database: Database, keys: Keyring) -> Welcome:
    """Make what is missing of the demo, and tokens for it. Sale windows are set anew at each start,
    and days added, so that a coming sale is still coming."""
    directory = Directory(database)
    organization = await directory.ensure_organization(
        DEMO_ORGANIZATION, "Demo", guest_holds=True, public_catalogue=True, open_registration=True
    )
    people = {
        role: (await directory.put_user(organization.id, f"{role}@demo.example", role))[0]
        for role in (Role.ADMIN, Role.OPERATOR, Role.CUSTOMER)
    }
    engine = Engine(database)
    engine.start()
    try:
        async with _alone(database):
            await _make(engine, organization.id, people[Role.CUSTOMER].id)
    finally:
        await engine.close()
    tokens, passwords = Tokens(keys), Passwords()
    try:
        return Welcome(
            [
                SignIn(
                    role,
                    user.email,
                    await set_password(
                        database, passwords, user.email, _random_password(), sign_out=False
                    ),
                    await command_token(database, tokens, user, TOKEN_SECONDS),
                )
                for role, user in people.items()
            ]
        )
    finally:
        passwords.close()


def _random_password() -> str:
    """For this start of the demo: three groups of letters and digits that are easy to read."""
    readable = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(readable) for _ in range(4)) for _ in range(3))


async def _make(engine: Engine, organization: str, customer: str) -> None:
    """Let there be all of it: what is missing, or, should it have been broken off while it was made
    for the first time or anew, everything once more."""
    mark = Mark(engine, organization)
    if await mark.is_set():
        _log.warning("the demo's data was not finished, and is made anew")
        await Remaking(engine, organization, customer, ACTOR).run()
        return
    now = datetime.now(UTC).replace(microsecond=0)
    maker = Maker(engine, organization, now, afresh=False)
    is_new = await mark.is_new()
    if is_new:
        await mark.set(maker)
    await Shop(engine, organization, now).make()
    await make_places(maker, customer)
    if is_new:
        await mark.clear()


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    """While nobody else makes demo data, in whichever process. On a connection of its own, because
    everyone else's may all be needed meanwhile."""
    own = Database(database.dsn, engine_connections=1, read_connections=1, pooler=True)
    await own.open()
    try:
        async with own.read_shared() as connection, connection.transaction():
            lock = statement("demo", "lock_demo")
            # Another process has no event to wait for.
            while not await connection.fetchval(lock, DEMO_ORGANIZATION):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_AGAIN)
            yield
    finally:
        await own.close()


class DemoData:
    """The demo's data on a running server, which its admins can have made anew."""

    def __init__(self, engine: Engine, directory: Directory) -> None:
        self._engine = engine
        self._directory = directory
        self._effects = Effects(engine)
        self._running: set[asyncio.Task[Reply]] = set()

    async def owns(self, organization: str) -> bool:
        """Whether this is the demo's organization."""
        found = await self._directory.organization(DEMO_ORGANIZATION)
        return found is not None and found.id == organization

    async def reset(self, act: Act, render: RenderReset) -> Reply:
        """Make the data as it was at first, once per key, and say what was done. It is finished
        also if whoever asked does not wait for it."""
        task = asyncio.create_task(self._reset(act, render))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Reply]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("the demo was not made anew", error=repr(error))

    async def _reset(self, act: Act, render: RenderReset) -> Reply:
        found = await self._directory.organization(DEMO_ORGANIZATION)
        assert found is not None
        if (reply := await self._done_before(found.id, act)) is not None:
            return reply
        async with _alone(self._engine.database):
            # Whoever had the same key may have been faster.
            if (reply := await self._done_before(found.id, act)) is not None:
                return reply
            user, _ = await self._directory.put_user(
                found.id, f"{Role.CUSTOMER}@demo.example", Role.CUSTOMER
            )
            actor_of = Actor(act.actor, operator=True)
            done = await Remaking(self._engine, found.id, user.id, actor_of).run()

            async def note(_: Any, now: datetime) -> tuple[str, int, bytes]:
                return (found.id, *render(done._replace(now=now)))

            return await self._effects.carry_out(found.id, act, note)

    async def _done_before(self, organization: str, act: Act) -> Reply | None:
        """What was answered under this key, or why nothing can be."""
        if act.key is None:
            return None

        async def look(*_: Any) -> tuple[str, int, bytes]:
            raise Refused(_NOT_YET)

        reply = await self._effects.carry_out(organization, act, look)
        return None if reply == _NOT_YET else reply
