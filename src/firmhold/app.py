"""The one place where things are put together: services, doors, background loops, ASGI app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Litestar
from litestar.exceptions import HTTPException

from firmhold import __version__
from firmhold.audit.reader import AuditReader
from firmhold.doors import access, appointments, console, graphql, live, rest, storefront
from firmhold.doors.graphql.fields import PATH as GRAPHQL
from firmhold.doors.graphql.sockets import serve_graphql_socket
from firmhold.doors.live.socket import PATH as LIVE
from firmhold.doors.live.socket import serve_socket
from firmhold.doors.live.words import words
from firmhold.doors.operations.routes import routes
from firmhold.doors.shared.authentication import Authentication
from firmhold.doors.shared.guarding import Guard
from firmhold.doors.shared.limiting import Limiting
from firmhold.doors.shared.openapi import document
from firmhold.doors.shared.operation import Operation
from firmhold.doors.shared.presence import Presence
from firmhold.doors.shared.recent import Recent
from firmhold.doors.shared.routing import (
    route,
    router_failure,
    router_problem,
    with_slashes_apart,
    without_prefix,
)
from firmhold.doors.shared.services import Oidc, Pages, Services
from firmhold.doors.shared.serving import serve
from firmhold.engine.batcher import Limits
from firmhold.engine.calendars import Calendars
from firmhold.engine.catalogue import Catalogue
from firmhold.engine.engine import Engine
from firmhold.engine.naming import Naming
from firmhold.engine.places import Places
from firmhold.engine.pools import Pools
from firmhold.engine.reader import Reader
from firmhold.engine.roster import Roster
from firmhold.engine.schedules import Schedules
from firmhold.engine.slot_import import SlotImport
from firmhold.engine.slots import Slots
from firmhold.engine.timetable import Timetable
from firmhold.engine.waitlist_reader import WaitlistReader
from firmhold.identity.accounts import Accounts
from firmhold.identity.api_keys import ApiKeys
from firmhold.identity.directory import Directory
from firmhold.identity.ended import Ended
from firmhold.identity.keyring import Keyring
from firmhold.identity.letters import Carrier, Log, Post
from firmhold.identity.oidc.attempt import Attempts
from firmhold.identity.oidc.configured import configured
from firmhold.identity.oidc.people import External
from firmhold.identity.passwords import Passwords
from firmhold.identity.people import People
from firmhold.identity.signing_in import SigningIn
from firmhold.identity.signing_out import SigningOut
from firmhold.identity.tokens import Tokens
from firmhold.limits.configured import limiter_of, policies_of, proxies_of
from firmhold.limits.memory import SharedBuckets
from firmhold.notify.carriers.configured import mailer_of
from firmhold.notify.carriers.letters import Letters
from firmhold.notify.notices.notices import Notices
from firmhold.notify.webhooks.endpoints import Webhooks
from firmhold.relay.hub import Hub
from firmhold.reports.reader import Reports
from firmhold.request import CURRENT, HEADER, arriving
from firmhold.settings import Settings
from firmhold.store.database import CLOSE_SECONDS, Database
from firmhold.workers.expirer import Expirer
from firmhold.workers.horizon import Horizon
from firmhold.workers.loop import run
from firmhold.workers.pruner import Pruner
from firmhold.workers.sessions import SessionKeeper
from firmhold.workers.waitlist import WaitlistKeeper

OPERATIONS: tuple[Operation, ...] = (
    *rest.OPERATIONS,
    *storefront.OPERATIONS,
    *appointments.OPERATIONS,
    *access.OPERATIONS,
)
"""Every operation of every door whose answer comes to an end."""

ROUTED: tuple[Operation, ...] = (*OPERATIONS, *live.OPERATIONS)
"""And those whose answers go on."""

DOCUMENTED: tuple[Operation, ...] = (*ROUTED, *graphql.OPERATIONS)
"""And the one whose requests are read in their own way."""

SOCKETS = {LIVE: serve_socket, GRAPHQL: serve_graphql_socket}
"""Where a WebSocket is spoken."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


def build_services(
    settings: Settings,
    dsn: str,
    keys: Keyring,
    *,
    buckets: int | None = None,
) -> Services:
    """Everything that doors work with. Nothing is connected yet. `buckets`: the descriptor of those
    that this node's other processes have, too."""
    database = Database(
        dsn,
        engine_connections=settings.engine_connections,
        read_connections=settings.read_connections,
        pooler=settings.database_pooler,
    )
    ended = Ended(database)
    tokens = Tokens(keys, ended)
    api_keys = ApiKeys(database)
    directory = Directory(database)
    passwords = Passwords()
    signing_in = SigningIn(database, passwords, tokens, ended)
    limiting = _limiting(settings, dsn, keys, buckets)
    limits = Limits(queue=settings.queue_limit, patience=settings.patience_seconds)
    engine = Engine(database, limits)
    return Services(
        database,
        engine,
        Catalogue(database),
        Reader(database),
        Naming(database, limits.patience),
        Places(engine),
        Pools(engine),
        Slots(engine),
        SlotImport(engine),
        Schedules(engine),
        Timetable(database),
        Calendars(engine),
        WaitlistReader(database),
        Roster(database),
        directory,
        People(database),
        signing_in,
        SigningOut(database, ended),
        Accounts(database, passwords, signing_in, ended),
        api_keys,
        ended,
        tokens,
        Authentication(tokens, api_keys, directory, settings.organization, limiting),
        limiting,
        AuditReader(database),
        Hub(database, words),
        Webhooks(database, private=settings.webhooks_private),
        Reports(database),
        Notices(database),
        Guard(proxies_of(settings), https_only=settings.https_only),
        Presence(),
        passwords,
        settings.body_limit,
        timedelta(days=settings.unverified_days),
        datetime.now(UTC),
        Recent(),
        oidc=_oidc(settings, database, directory, signing_in, ended, keys),
        introspection=settings.graphql_introspection,
        pages=Pages(settings.organization, settings.base_path, __version__),
        mailer=mailer_of(settings),
    )


def _oidc(
    settings: Settings,
    database: Database,
    directory: Directory,
    signing_in: SigningIn,
    ended: Ended,
    keys: Keyring,
) -> Oidc | None:
    known = configured(settings)
    if known is None:
        return None
    # The client for it takes memory and time, for whoever needs it.
    from firmhold.identity.oidc.provider import Provider  # noqa: PLC0415

    external = External(
        database, directory, signing_in, ended, settings.organization, known.organization
    )
    return Oidc(Attempts(keys), Provider(known), external)


def _limiting(settings: Settings, dsn: str, keys: Keyring, descriptor: int | None) -> Limiting:
    policies, proxies = policies_of(settings), proxies_of(settings)
    if not policies.any:
        return Limiting(None, policies, proxies)
    if descriptor is None:
        buckets = SharedBuckets.create(lone=True)
    else:
        buckets = SharedBuckets(descriptor)
    return Limiting(
        limiter_of(settings, dsn, keys.signing()[1], buckets), policies, proxies, buckets
    )


@asynccontextmanager
async def running(services: Services, *, workers: bool = True) -> AsyncIterator[None]:
    """The engine at work, with the background loops unless told otherwise."""
    await services.database.open()
    services.engine.start()
    await services.limiting.open()
    # What was ended before we came. If the database is away, nobody is let in yet either.
    await services.ended.look()
    rounds = {
        "expirer": Expirer(services.engine).run_once,
        "waitlist": WaitlistKeeper(services.engine).run_once,
        "horizon": Horizon(services.database, services.schedules).run_once,
        "pruner": Pruner(services.database).run_once,
        "post": Post(services.database, _letters(services)).run_once,
        "sessions": SessionKeeper(services.database, unverified=services.unverified).run_once,
    }
    loops = [asyncio.create_task(run(name, once)) for name, once in rounds.items() if workers]
    # Not for tidying up: what each process has to know, whatever else it does.
    own = {
        "hub": services.hub.run_once,
        "hub's lag": services.hub.note_lag,
        "ended": services.ended.run_once,
        "api_keys": services.api_keys.run_once,
        "refusals": services.signing_in.run_once,
        "recent": services.recent.run_once,
    }
    loops += [asyncio.create_task(run(name, once)) for name, once in own.items()]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await services.accounts.settle(CLOSE_SECONDS)
        services.passwords.close()
        if services.oidc is not None:
            await services.oidc.provider.close()
        if services.mailer is not None:
            await services.mailer.close()
        await services.limiting.close()
        await services.engine.close()
        await services.database.close()


def _letters(services: Services) -> Carrier:
    return Log() if services.mailer is None else Letters(services.mailer)


class Application:
    """The ASGI application: hot operations straight to their handlers, the rest by Litestar.

    Both ways lead through `doors.shared.serving`, so they share every check; the lane only spares
    the router, whose cost is a large part of a hold's.
    """

    def __init__(self, services: Services, *, workers: bool = True) -> None:
        self.services = services
        self._lanes = {(op.method, op.path): op for op in OPERATIONS if op.hot}
        self._routed = _litestar(services, workers=workers)
        self._below = services.pages.base_path.removesuffix("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._below and scope["type"] != "lifespan":
            scope = without_prefix(scope, self._below)
        if scope["type"] == "http":
            asked = arriving(scope["headers"])
            # Not taken back: the server answers each request in a context of its own, and what it
            # has to say of one that failed belongs to it as well.
            CURRENT.set(asked)
            own = (HEADER, asked.id.encode())
            operation = self._lanes.get((scope["method"], scope["path"]))
            if operation is not None:
                await serve(operation, self.services, scope, receive, send, own)
                return
            send = self.services.guard.around(scope, send, own)
            scope = with_slashes_apart(scope)
        elif scope["type"] == "websocket" and (serve_it := SOCKETS.get(scope["path"])):
            CURRENT.set(arriving(scope["headers"]))
            await serve_it(self.services, scope, receive, send)
            return
        await self._routed(scope, receive, send)  # type: ignore[arg-type]


def _litestar(services: Services, *, workers: bool) -> Litestar:
    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with running(services, workers=workers):
            yield

    known = ROUTED
    if services.demo is not None:
        known = (*known, *appointments.DEMO_OPERATIONS)
    if services.oidc is not None:
        known = (*known, *access.OIDC_OPERATIONS)
    by_path: dict[str, list[Operation]] = {}
    for operation in known:
        by_path.setdefault(operation.path, []).append(operation)
    handlers = [route(operations, services) for operations in by_path.values()]
    handlers += graphql.routes(services)
    handlers += routes(services, document((*known, *graphql.OPERATIONS)))
    handlers += console.routes(services)
    return Litestar(
        route_handlers=handlers,
        lifespan=[lifespan],
        openapi_config=None,
        exception_handlers={HTTPException: router_problem, Exception: router_failure},
        logging_config=None,
    )
