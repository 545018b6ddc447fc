"""What commands share: settings, the database they work on, and how they end."""

import contextlib
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

from cyclopts import Parameter

from firmhold.audit.note import Signer, load_signer
from firmhold.identity.directory import Directory, Organization
from firmhold.identity.keyring import Keyring
from firmhold.identity.oidc.configured import configured
from firmhold.limits.configured import check_limits
from firmhold.relay.tail import note_cluster
from firmhold.settings import Settings, SettingsError
from firmhold.store.database import Database
from firmhold.store.embedded import EmbeddedServer, PostgresUnavailable, default_data_dir
from firmhold.store.migrate import MigrationError, migrate

GUARD_SECONDS = 3.0
"""How often to look after the embedded PostgreSQL. Its guardian restarts it at once; this is for
the day on which someone kills the guardian too."""

DataDir = Annotated[
    Path | None,
    Parameter(help="Where the embedded PostgreSQL and the server's key live."),
]
Demo = Annotated[bool | None, Parameter(help="Work on the demo's data directory.", negative="")]
Json = Annotated[bool, Parameter(name="--json", help="Answer in JSON, for machines.", negative="")]


def stop(message: str, code: int = 2) -> NoReturn:
    """End the command with a message for a person."""
    print(f"firmhold: {message}", file=sys.stderr)
    raise SystemExit(code)


def load_settings(**given: Any) -> Settings:
    """The settings, or the end of the command with the reason why not."""
    try:
        settings = Settings.load(given)
        check_limits(settings)
        configured(settings)
    except (SettingsError, ValueError) as error:
        stop(str(error))
    return settings


def keyring_of(settings: Settings) -> Keyring:
    """The keys that sign tokens. Ends the command if they cannot be used."""
    try:
        return Keyring.load(
            settings.secret_key, settings.previous_secret_keys, data_dir_of(settings)
        )
    except (OSError, ValueError) as error:
        stop(f"the signing keys cannot be used: {error}", 1)


def signer_of(settings: Settings, *, make: bool = False) -> Signer:
    """The key that signs the audit, made if there is none and `make` says so. Ends the command if
    it cannot be used."""
    try:
        return load_signer(settings.audit_key, data_dir_of(settings), make=make)
    except (OSError, ValueError) as error:
        stop(f"the audit's key cannot be used: {error}", 1)


def data_dir_of(settings: Settings) -> Path:
    """The data directory, given or default."""
    return settings.data_dir or default_data_dir(settings.demo)


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """A URL of a running PostgreSQL: the configured one, or the embedded one, which is started
    for as long as it is needed and joined if it is running already."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    try:
        server = EmbeddedServer.attach(data_dir_of(settings))
    except PostgresUnavailable as error:
        stop(str(error))
    ended = threading.Event()
    watch = threading.Thread(target=_keep_alive, args=(server, ended), daemon=True)
    watch.start()
    try:
        yield server.dsn
    finally:
        ended.set()
        watch.join()
        server.detach()


def _keep_alive(server: EmbeddedServer, ended: threading.Event) -> None:
    """See to it that the embedded PostgreSQL comes back even if its guardian is killed."""
    while not ended.wait(GUARD_SECONDS):
        with contextlib.suppress(PostgresUnavailable):
            server.revive()


@asynccontextmanager
async def open_database(settings: Settings, dsn: str) -> AsyncIterator[Database]:
    """A migrated database."""
    database = Database(
        dsn, engine_connections=2, read_connections=4, pooler=settings.database_pooler
    )
    await database.open()
    try:
        await bring_up_to_date(database)
        yield database
    finally:
        await database.close()


async def find_organization(database: Database, slug: str) -> Organization:
    """The organization of that name. If there is none, ends the command and says how to make it."""
    found = await Directory(database).organization(slug)
    if found is None:
        stop(
            f"there is no organization {slug!r}; this makes it and its first user: "
            f"firmhold user create --email you@example.org --role owner --organization {slug}",
            1,
        )
    return found


async def bring_up_to_date(database: Database) -> int:
    """Apply missing migrations; returns how many. What a restored dump has brought along is noted
    to be no news. Ends the command if that is impossible."""
    try:
        async with database.read_shared() as connection:
            applied = len(await migrate(connection))
        async with database.read_across() as connection:
            await note_cluster(connection)
    except MigrationError as error:
        stop(str(error))
    except OSError as error:
        stop(f"the database cannot be reached: {error}", 1)
    finally:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
    return applied
