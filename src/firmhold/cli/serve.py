"""`firmhold serve`: PostgreSQL, schema, demo data if asked for, and the server processes."""

import asyncio
import socket
from typing import Annotated

import structlog
from cyclopts import Parameter

from firmhold.cli.common import (
    DataDir,
    bring_up_to_date,
    database_url,
    keyring_of,
    load_settings,
    stop,
)
from firmhold.cli.demo import seed_demo
from firmhold.cli.greeting import Greeting, SetUp
from firmhold.identity.accounts import set_up_code
from firmhold.identity.directory import Directory
from firmhold.identity.keyring import Keyring
from firmhold.settings import Settings
from firmhold.store.database import Database
from firmhold.store.walls import BYPASSING, bypassing
from firmhold.telemetry import set_up_logging

_log = structlog.get_logger(__name__)


def serve(
    *,
    demo: Annotated[bool | None, Parameter(help="Serve believable data.", negative="")] = None,
    host: Annotated[str | None, Parameter(help="Address to listen on.")] = None,
    port: Annotated[int | None, Parameter(help="Port; 0 picks a free one.")] = None,
    workers: Annotated[int | None, Parameter(help="Server processes.")] = None,
    data_dir: DataDir = None,
) -> int:
    """Run the server. Prints its address in one line when it is ready; ends on SIGTERM or
    Ctrl-C."""
    settings = load_settings(demo=demo, host=host, port=port, workers=workers, data_dir=data_dir)
    set_up_logging(settings.log_format, settings.log_level)
    _look_for_extras(settings)
    listener = _listen(settings)
    keys = keyring_of(settings)
    with database_url(settings) as dsn:
        welcome = asyncio.run(_prepare(settings, dsn, keys))
        return _run(settings, dsn, keys, listener, welcome)


def _run(
    settings: Settings, dsn: str, keys: Keyring, listener: socket.socket, welcome: Greeting | None
) -> int:
    from firmhold.cli.background import background
    from firmhold.cli.supervisor import supervise
    from firmhold.cli.worker import run_worker

    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}"

    with background(settings, dsn) as begin_background:

        def announce() -> None:
            print(f"Firmhold is ready at {address}", flush=True)
            if welcome is not None:
                print(welcome.text(address + settings.base_path.removesuffix("/")), flush=True)
            begin_background()

        if settings.workers == 1:
            return run_worker(settings, dsn, keys, listener, announce)
        return supervise(settings, dsn, listener, announce)


def _listen(settings: Settings) -> socket.socket:
    """The listening socket, bound before anything slow happens, so that a taken port is told
    at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        stop(f"cannot listen on {settings.host} port {settings.port}: {error.strerror}", 1)
    # A burst of new connections waits here while the process is busy.
    listener.listen(4096)
    listener.set_inheritable(True)
    return listener


def _look_for_extras(settings: Settings) -> None:
    """If one is missing it is said here, at once, and not by each process in turn."""
    if settings.otlp_endpoint is not None:
        try:
            import firmhold.tracing.spans
        except ImportError as error:
            stop(f"otlp_endpoint takes the package firmhold[otel]: {error}", 2)
    if settings.sns_topic is not None or settings.sns_phones:
        try:
            import firmhold.notify.carriers.sns  # noqa: F401 - likewise
        except ImportError as error:
            stop(f"sns_topic and sns_phones take the package firmhold[sns]: {error}", 2)


async def _look_at_walls(database: Database) -> None:
    async with database.read_shared() as connection:
        role = await bypassing(connection)
    if role is not None:
        _log.warning("row-level security does not apply", role=role, advice=BYPASSING)


async def _prepare(settings: Settings, dsn: str, keys: Keyring) -> Greeting | None:
    database = Database(
        dsn, engine_connections=2, read_connections=2, pooler=settings.database_pooler
    )
    await database.open()
    try:
        await bring_up_to_date(database)
        await _look_at_walls(database)
        if settings.demo:
            return await seed_demo(database, keys)
        slug = settings.organization
        await Directory(database).ensure_organization(slug, slug.replace("-", " ").title())
        code = await set_up_code(database)
        return None if code is None else SetUp(code)
    finally:
        await database.close()
