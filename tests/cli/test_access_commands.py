"""Users, passwords and signing keys on the command line, beside a running server."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.databases import Address, Server, connected
from tests.processes import FIRMHOLD, READY, STOP_SECONDS, environment, firmhold, serving

PASSWORD = "long enough for a test"


@pytest.fixture
def database(server: Server) -> Iterator[Address]:
    address = asyncio.run(server.clone())
    yield address
    asyncio.run(server.drop(address))


def login(url: str, email: str, password: str) -> httpx.Response:
    return httpx.post(f"{url}/api/auth/login", json={"email": email, "password": password})


def test_a_password_is_set_beside_a_running_server_and_ends_what_there_was(
    database: Address,
) -> None:
    with serving(database, "--workers", "2") as running:
        made = firmhold(database, ["user", "create", "--email", "Ada@x.example", "--role", "owner"])
        assert made.returncode == 0, made.stderr
        who = ["--email", "ada@x.example"]
        token = firmhold(database, ["user", "token", *who]).stdout.strip()
        bearer = {"authorization": f"Bearer {token}"}
        assert httpx.get(f"{running.url}/api/auth/me", headers=bearer).status_code == 200
        assert login(running.url, "ada@x.example", PASSWORD).status_code == 401
        done = firmhold(database, ["user", "password", *who], stdin=PASSWORD + "\n")
        assert done.returncode == 0, done.stderr
        assert PASSWORD not in done.stdout + done.stderr
        assert login(running.url, "ADA@x.example", PASSWORD).status_code == 200
        # The token of before is refused by every process as soon as it has looked.
        for _ in range(200):
            answers = [httpx.get(f"{running.url}/api/auth/me", headers=bearer) for _ in range(8)]
            if {answer.status_code for answer in answers} == {401}:
                break
        else:
            raise AssertionError("the session has not ended")


@pytest.mark.parametrize(
    ("email", "password", "why"),
    [
        ("ada@x.example", "short", "8 to 128"),
        ("ada@x.example", "", "8 to 128"),
        ("ada@x.example", "password1", "one of the first"),
        ("nobody@x.example", PASSWORD, "nobody has this address"),
    ],
)
def test_a_password_that_cannot_be_set_is_refused_with_the_reason(
    database: Address, email: str, password: str, why: str
) -> None:
    firmhold(database, ["user", "create", "--email", "ada@x.example", "--role", "customer"])
    done = firmhold(database, ["user", "password", "--email", email], stdin=password + "\n")
    assert done.returncode == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_nobody_runs_prints_a_code_and_another_one_does_not(
    database: Address,
) -> None:
    for expected in (True, False):
        process = subprocess.Popen(
            [*FIRMHOLD, "serve", "--port", "0"],
            env=environment(database),
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix(READY).strip()
            if expected:
                printed = "".join(process.stdout.readline() for _ in range(11))
                code = re.search(r'"code":"(fhc_[0-9a-f]{64})"', printed)
                assert code is not None, printed
                assert f"{url}/console/set-up#code={code[1]}\n" in printed
                assert f"{url}/api/auth/set-up" in printed
                body = {"code": code[1], "email": "you@x.example", "password": PASSWORD}
                assert httpx.post(f"{url}/api/auth/set-up", json=body).status_code == 201
            else:
                assert login(url, "you@x.example", PASSWORD).status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=STOP_SECONDS)
        assert "fhc_" not in rest


def test_signing_keys_are_listed_rotated_and_retired(tmp_path: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FIRMHOLD_")}

    def keys(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *FIRMHOLD[1:], "keys", *arguments, "--data-dir", str(tmp_path)],
            env=plain,
            capture_output=True,
            text=True,
            check=False,
        )

    (first,) = keys("list").stdout.split()
    assert keys("retire", first).returncode == 2
    assert keys("rotate").returncode == 0
    second, kept = keys("list").stdout.split()
    assert kept == first != second
    assert keys("retire", "no-such-key").returncode == 1
    assert keys("retire", first).returncode == 0
    assert keys("list").stdout.split() == [second]
    content = (tmp_path / "signing.key").read_text()
    assert second not in content


def test_that_a_signing_key_was_changed_is_noted_where_there_is_a_database(
    database: Address, tmp_path: Path
) -> None:
    made = firmhold(database, ["user", "create", "--email", "ada@x.example", "--role", "owner"])
    assert made.returncode == 0, made.stderr
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FIRMHOLD_")}

    def keys(*arguments: str, dsn: str = database.dsn) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *FIRMHOLD[1:], "keys", *arguments, "--data-dir", str(tmp_path)],
            env={**plain, "FIRMHOLD_DATABASE_URL": dsn},
            capture_output=True,
            text=True,
            check=False,
        )

    (first,) = keys("list").stdout.split()
    assert keys("rotate").stderr == ""
    second, _ = keys("list").stdout.split()
    assert keys("retire", first).stderr == ""
    assert keys("retire", "no-such-key").returncode == 1, "nothing was done, or is noted"
    sql = "SELECT kind, actor, facts->>'key' AS key FROM act WHERE kind LIKE 'key%' ORDER BY at"
    noted = asyncio.run(connected(database.dsn, lambda connection: connection.fetch(sql)))
    assert [tuple(row) for row in noted] == [
        ("key_rotated", "server", second),
        ("key_retired", "server", first),
    ]
    # A key that has leaked goes, whatever else is away.
    gone = keys("rotate", dsn="postgresql://nobody@127.0.0.1:1/nothing")
    assert gone.returncode == 0
    assert "not in the audit" in gone.stderr
    assert len(keys("list").stdout.split()) == 2


def test_a_configured_key_is_not_rotated_here(database: Address) -> None:
    done = firmhold(database, ["keys", "rotate"])
    assert done.returncode == 2
    assert "previous_secret_keys" in done.stderr
