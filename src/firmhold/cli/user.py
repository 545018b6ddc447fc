"""`firmhold user`: create users and issue tokens, also beside a running server."""

import asyncio
import re
from typing import Annotated

from cyclopts import Parameter

from firmhold.cli.common import (
    DataDir,
    Demo,
    Json,
    data_dir_of,
    database_url,
    find_organization,
    load_settings,
    open_database,
    stop,
)
from firmhold.identity.actors import Role
from firmhold.identity.directory import Directory, User
from firmhold.identity.tokens import Tokens, load_key
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
    """Create a user, or change the role of the one with this e-mail address."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email) or len(email) > 200:
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
        user = asyncio.run(_find(settings, dsn, email, organization))
    tokens = Tokens(load_key(settings.secret_key, data_dir_of(settings)))
    print(tokens.access_token(user.organization, user.id, user.email, user.role, hours * 3600))
    return 0


async def _find(settings: Settings, dsn: str, email: str, slug: str | None) -> User:
    async with open_database(settings, dsn) as database:
        directory = Directory(database)
        organization = None
        if slug is not None:
            organization = (await find_organization(database, slug)).id
        users = await directory.users_by_email(email, organization)
    if not users:
        stop(f"there is no user {email!r}; create one with: firmhold user create", 1)
    if len(users) > 1:
        stop(f"{email!r} is a user of {len(users)} organizations; name one with --organization", 1)
    return users[0]
