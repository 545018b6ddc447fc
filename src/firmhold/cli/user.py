"""`firmhold user`: create users and issue tokens, also beside a running server."""

import asyncio
import re
import sys
from getpass import getpass
from typing import Annotated

from cyclopts import Parameter

from firmhold.cli.common import (
    DataDir,
    Demo,
    Json,
    database_url,
    find_organization,
    keyring_of,
    load_settings,
    open_database,
    stop,
)
from firmhold.domain.errors import Refused
from firmhold.identity.accounts import set_password
from firmhold.identity.directory import Directory, User
from firmhold.identity.passwords import Passwords
from firmhold.identity.roles import Role
from firmhold.identity.signing_in import command_token
from firmhold.identity.tokens import Tokens
from firmhold.settings import Settings

TOKEN_HOURS = 12
"""A working day. Access tokens from signing in are shorter-lived than those an administrator
makes for a script."""


def create(
    *,
    email: str,
    role: Role,
    organization: Annotated[
        str | None, Parameter(help="Slug; created if there is no such organization.")
    ] = None,
    data_dir: DataDir = None,
    demo: Demo = None,
    json_output: Json = False,
) -> int:
    """Create a user, or change the role of the one with this e-mail address. You vouch for the
    address: if nobody has verified it, a password that was set before opens nothing any more."""
    fits = re.fullmatch(r"[^@\s]+@[^@\s]+", email) and email.isprintable()
    if not fits or len(email) > 200:
        stop(f"--email: {email!r} is not an e-mail address")
    settings = load_settings(data_dir=data_dir, demo=demo, organization=organization)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", settings.organization):
        stop(f"--organization: {settings.organization!r} is not a slug (a-z, 0-9 and hyphens)")
    with database_url(settings) as dsn:
        user, new = asyncio.run(_create(settings, dsn, email, role))
    if json_output:
        import msgspec

        print(msgspec.json.encode({**user._asdict(), "created": new}).decode())
    else:
        print(f"{'Created' if new else 'Updated'} {user.email} as {user.role} ({user.id})")
    return 0


async def _create(settings: Settings, dsn: str, email: str, role: Role) -> tuple[User, bool]:
    async with open_database(settings, dsn) as database:
        directory = Directory(database)
        slug = settings.organization
        organization = await directory.ensure_organization(slug, slug.replace("-", " ").title())
        return await directory.put_user(organization.id, email, role)


def token(
    *,
    email: str,
    organization: Annotated[
        str | None, Parameter(help="Slug; needed if the address is a user of several.")
    ] = None,
    hours: Annotated[int, Parameter(help="How long the token is valid.")] = TOKEN_HOURS,
    data_dir: DataDir = None,
    demo: Demo = None,
) -> int:
    """Print a bearer token for a user, and nothing else."""
    if not 1 <= hours <= 24 * 366:
        stop(f"--hours: 1 to {24 * 366}, not {hours}")
    settings = load_settings(data_dir=data_dir, demo=demo)
    with database_url(settings) as dsn:
        print(asyncio.run(_token(settings, dsn, email, organization, hours * 3600)))
    return 0


def password(
    *,
    email: str,
    data_dir: DataDir = None,
    demo: Demo = None,
) -> int:
    """Set the password of a person, which is asked for, or read from standard input. All their
    sessions end."""
    settings = load_settings(data_dir=data_dir, demo=demo)
    given = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    with database_url(settings) as dsn:
        asyncio.run(_set(settings, dsn, email, given))
    print(f"Set the password of {email.lower()}")
    return 0


async def _set(settings: Settings, dsn: str, email: str, password: str) -> None:
    passwords = Passwords()
    try:
        async with open_database(settings, dsn) as database:
            await set_password(database, passwords, email, password)
    except Refused as error:
        stop(str(error))
    finally:
        passwords.close()


async def _token(settings: Settings, dsn: str, email: str, slug: str | None, seconds: int) -> str:
    async with open_database(settings, dsn) as database:
        directory = Directory(database)
        organization = None
        if slug is not None:
            organization = (await find_organization(database, slug)).id
        users = await directory.users_by_email(email, organization, invited=False)
        if not users:
            stop(f"there is no user {email!r}; create one with: firmhold user create", 1)
        if len(users) > 1:
            many = f"{email!r} is a user of {len(users)} organizations"
            stop(f"{many}; name one with --organization", 1)
        return await command_token(database, Tokens(keyring_of(settings)), users[0], seconds)
