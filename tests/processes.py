"""Firmhold as a process of its own, for tests of what only a process shows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from uuid import uuid4

from firmhold.identity.directory import Directory
from firmhold.identity.keyring import Keyring
from firmhold.identity.roles import Role
from firmhold.identity.tokens import Tokens
from firmhold.limits.policy import WIDE
from firmhold.store.database import Database
from tests.databases import Address

SECRET_KEY = "a secret that only the tests know, 32 characters or more"
FIRMHOLD = (sys.executable, "-c", "from firmhold.cli.main import main; main()")
READY = "Firmhold is ready at "
START_SECONDS = 60.0  # a second on an idle machine
STOP_SECONDS = 20.0  # the promise is 5; this only bounds the test

AUDIT_KEY = "aae24849842d7082b66f57ce8270bd04da2c39ffb97df22803c270983032c4e5"


class Serving(NamedTuple):
    """A running server."""

    url: str
    database: Address
    process: subprocess.Popen[str]

    async def token(self, role: Role = Role.OPERATOR, slug: str = "default") -> str:
        """A token of a user of the organization."""
        return await make_token(self.database, role, slug)


def environment(database: Address, **more: str) -> dict[str, str]:
    """What the command line needs to know, and nothing that the developer has set."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FIRMHOLD_")}
    return {
        **clean,
        "FIRMHOLD_DATABASE_URL": database.dsn,
        "FIRMHOLD_SECRET_KEY": SECRET_KEY,
        "FIRMHOLD_AUDIT_KEY": AUDIT_KEY,
        "FIRMHOLD_LIMITS": WIDE,
        "NO_COLOR": "1",
        **more,
    }


@contextmanager
def serving(
    database: Address, *options: str, env: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """`firmhold serve` on a free port, ready, and stopped at the end."""
    process = subprocess.Popen(
        [*FIRMHOLD, "serve", "--port", "0", *options],
        env=environment(database, **(env or {})),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for pytest, which then stops us in order
    )
    try:
        yield Serving(_address(process), database, process)
    finally:
        stop(process)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    # A server that hangs on its way up is ended, which ends the reading below.
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    try:
        for line in process.stdout:
            if line.startswith(READY):
                return line.removeprefix(READY).strip()
    finally:
        timer.cancel()
    raise RuntimeError(f"firmhold serve ended with {process.wait()} before it was ready")


def stop(process: subprocess.Popen[str]) -> int:
    """End the server in order, or in any way if it does not; its exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()


def firmhold(
    database: Address,
    arguments: Sequence[str],
    *,
    stdin: str = "",
    seconds: float = 120,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """One run of the command line, to its end."""
    return subprocess.run(
        [*FIRMHOLD, *arguments],
        env=environment(database, **(env or {})),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )


async def make_token(
    database: Address, role: Role, slug: str = "default", seconds: int = 3600
) -> str:
    """A token for a user with this role, made beside the server with its key."""
    store = Database(database.dsn, engine_connections=1, read_connections=1, pooler=False)
    await store.open()
    try:
        directory = Directory(store)
        organization = await directory.ensure_organization(slug, slug.title())
        user, _ = await directory.put_user(organization.id, f"{role}@{slug}.example", role)
    finally:
        await store.close()
    tokens = Tokens(Keyring([SECRET_KEY.encode()]))
    session = f"ses_{uuid4().hex}"
    return tokens.access_token(organization.id, user.id, user.email, role, session, seconds)
