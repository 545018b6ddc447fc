"""`firmhold keys`: rotate the keys that sign tokens, also beside a running server."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from firmhold.cli.common import (
    DataDir,
    Demo,
    data_dir_of,
    database_url,
    keyring_of,
    load_settings,
    stop,
)
from firmhold.identity.directory import SERVER, Directory
from firmhold.identity.keyring import FILE, retire, rotate
from firmhold.settings import Settings
from firmhold.store.acts import record_act
from firmhold.store.database import Database
from firmhold.store.guardian import CLUSTER


def show(*, data_dir: DataDir = None, demo: Demo = None) -> int:
    """List the names of the keys, the one that signs first."""
    for kid in keyring_of(load_settings(data_dir=data_dir, demo=demo)).kids:
        print(kid)
    return 0


def rotate_command(*, data_dir: DataDir = None, demo: Demo = None) -> int:
    """Sign with a new key from now on. What the others have signed is still good, so nobody is
    logged out; running servers follow within about a second."""
    settings = load_settings(data_dir=data_dir, demo=demo)
    try:
        kid = rotate(_file(settings))
    except (OSError, ValueError) as error:
        stop(f"the signing keys cannot be used: {error}", 1)
    print(f"Signing with {kid}")
    _note(settings, "key_rotated", kid)
    return 0


def retire_command(
    kid: Annotated[str, Parameter(help="Its name, as the list has it.")],
    *,
    data_dir: DataDir = None,
    demo: Demo = None,
) -> int:
    """Drop a key: every token that it has signed is void, on running servers within about a
    second."""
    settings = load_settings(data_dir=data_dir, demo=demo)
    try:
        found = retire(_file(settings), kid)
    except ValueError as error:
        stop(str(error))
    except OSError as error:
        stop(f"the signing keys cannot be used: {error}", 1)
    if not found:
        stop(f"there is no key {kid!r}", 1)
    print(f"Retired {kid}")
    _note(settings, "key_retired", kid)
    return 0


def _note(settings: Settings, kind: str, kid: str) -> None:
    """In the audit of the server's own organization, if there is a database yet. What was done is
    done: that it cannot be noted is only said."""
    if settings.database_url is None and not (data_dir_of(settings) / CLUSTER).exists():
        return
    try:
        with database_url(settings) as dsn:
            asyncio.run(_noted(settings, dsn, kind, kid))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is in the way
        print(f"firmhold: this is not in the audit: {error!r}", file=sys.stderr)


async def _noted(settings: Settings, dsn: str, kind: str, kid: str) -> None:
    database = Database(
        dsn, engine_connections=1, read_connections=1, pooler=settings.database_pooler
    )
    await database.open()
    try:
        organization = await Directory(database).organization(settings.organization)
        if organization is not None:
            async with database.read(organization.id) as connection:
                await record_act(connection, organization.id, kind, SERVER, None, {"key": kid})
    finally:
        await database.close()


def _file(settings: Settings) -> Path:
    if settings.secret_key is not None:
        stop(
            "the signing key is configured: put it into previous_secret_keys and a new one into "
            "secret_key"
        )
    return data_dir_of(settings) / FILE
