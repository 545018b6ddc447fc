"""Secrets come from the environment or from files, are not to be guessed, and are never shown: not
by a command, and not by a log."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from firmhold.cli.main import app
from firmhold.settings import SECRETS, Settings, SettingsError
from tests.databases import Address, Server
from tests.processes import FIRMHOLD, SECRET_KEY, environment, serving

STRONG = "7fd1c04ea2953b68b0e2c1f4a7d93856"
OTHER = "e06a9d5c8c1fb7a21f3d2b4c6e807954"
WEAK = "change-me-before-going-to-production!"
AUDIT = "5f" * 4 + "9d5c8c1fb7a24e06a1f3d2b4c6e807957fd1c04ea2953b68b0e2c1f4"
URL = "postgresql://firmhold:pass-word-of-ours@127.0.0.1:1/firmhold"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a `firmhold.toml`, and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("FIRMHOLD_"):
            monkeypatch.delenv(name)


def kept(path: Path, content: str, mode: int = 0o600) -> str:
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
    return str(path)


# --- weak ones ---


@pytest.mark.parametrize("weak", [WEAK, "a" * 32, "0123456789abcdef" * 2, "short"])
@pytest.mark.parametrize("name", ["secret_key", "previous_secret_keys"])
def test_a_key_that_can_be_guessed_is_refused(name: str, weak: str) -> None:
    given = {"secret_key": STRONG, name: weak}
    with pytest.raises(SettingsError, match=f"^{name}: ") as caught:
        Settings.load(given)
    assert weak not in str(caught.value)


def test_each_of_the_keys_before_is_looked_at() -> None:
    keys = f"{STRONG}, {OTHER}"
    assert Settings.load({"secret_key": STRONG, "previous_secret_keys": keys})
    with pytest.raises(SettingsError, match="previous_secret_keys"):
        Settings.load({"secret_key": STRONG, "previous_secret_keys": f"{OTHER},{WEAK}"})
    with pytest.raises(SettingsError, match="only beside"):
        Settings.load({"previous_secret_keys": keys})


def test_the_key_of_the_audit_is_looked_at_but_not_the_public_ones_behind_it() -> None:
    assert Settings.load({"audit_key": f"{AUDIT}\n{'A' * 43}="})
    with pytest.raises(SettingsError, match="audit_key"):
        Settings.load({"audit_key": "0" * 64})


def test_the_demo_may_have_a_weak_key_but_not_a_short_one() -> None:
    assert Settings.load({"secret_key": WEAK, "demo": True}).secret_key == WEAK
    with pytest.raises(SettingsError, match="32"):
        Settings.load({"secret_key": "short", "demo": True})


# --- where they come from ---


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_every_secret_may_be_in_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = {"audit_key": AUDIT, "database_url": URL, "redis_url": "redis://:word@h"}
    monkeypatch.setenv("FIRMHOLD_SECRET_KEY", OTHER)
    if name == "secret_key":
        monkeypatch.delenv("FIRMHOLD_SECRET_KEY")
    if name == "redis_url":
        monkeypatch.setenv("FIRMHOLD_LIMITS_KEPT", "redis")
    file = kept(tmp_path / "it", content.get(name, STRONG) + "\n")
    monkeypatch.setenv(f"FIRMHOLD_{name.upper()}_FILE", file)
    found = Settings.load()
    assert getattr(found, name) == content.get(name, STRONG)
    assert found.sources[name] == "a file named in the environment"


def test_the_environment_comes_before_files_that_firmhold_toml_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = kept(tmp_path / "it", STRONG)
    kept(tmp_path / "firmhold.toml", f'secret_key_file = "{file}"', 0o644)
    found = Settings.load()
    assert (found.secret_key, found.sources["secret_key"]) == (
        STRONG,
        "a file named in firmhold.toml",
    )
    monkeypatch.setenv("FIRMHOLD_SECRET_KEY", OTHER)
    assert Settings.load().secret_key == OTHER


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        (None, 0, "No such file"),
        ("", 0o600, "is empty"),
        ("\n", 0o600, "is empty"),
        (STRONG, 0o644, "everybody"),
        (WEAK, 0o600, "changeme"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    content: str | None, mode: int, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "it"
    if content is not None:
        kept(file, content, mode)
    monkeypatch.setenv("FIRMHOLD_SECRET_KEY_FILE", str(file))
    with pytest.raises(SettingsError, match=f"^secret_key.*{why}") as caught:
        Settings.load()
    assert STRONG not in str(caught.value)


def test_a_secret_is_not_given_in_two_ways_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRMHOLD_SECRET_KEY_FILE", kept(tmp_path / "it", STRONG))
    monkeypatch.setenv("FIRMHOLD_SECRET_KEY", OTHER)
    with pytest.raises(SettingsError, match=r"secret_key.*by itself and by a file"):
        Settings.load()


def test_a_file_of_settings_with_a_secret_is_not_for_everybody(tmp_path: Path) -> None:
    file = tmp_path / "firmhold.toml"
    kept(file, f'secret_key = "{STRONG}"\nport = 1', 0o644)
    with pytest.raises(SettingsError, match=r"secret_key: .*everybody"):
        Settings.load()
    file.chmod(0o600)
    assert Settings.load().secret_key == STRONG
    kept(file, "port = 1", 0o644)
    assert Settings.load().port == 1


@pytest.mark.parametrize("name", ["port", "host", "limits"])
def test_what_is_no_secret_is_not_read_from_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"FIRMHOLD_{name.upper()}_FILE", kept(tmp_path / "it", "1"))
    assert Settings.load() == Settings()
    kept(tmp_path / "firmhold.toml", f'{name}_file = "it"')
    with pytest.raises(SettingsError, match="there is no setting"):
        Settings.load()


def test_no_command_takes_a_secret_on_its_command_line() -> None:
    """Everybody on the machine can read those."""
    options = set()
    pending = [app]
    while pending:
        command = pending.pop()
        pending += [command[name] for name in command if not name.startswith("-")]
        if command.default_command is not None:
            with contextlib.suppress(TypeError):
                options |= {
                    name for part in command.assemble_argument_collection() for name in part.names
                }
    assert "--data-dir" in options
    # A load test's may come from standard input as well.
    for option in options - {"--token"}:
        assert not {"secret", "password", "token", "dsn"} & set(option.split("-")), option
        assert option.lstrip("-").replace("-", "_") not in SECRETS


# --- what is shown ---


def command(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    usual = {name: value for name, value in os.environ.items() if not name.startswith("FIRMHOLD_")}
    return subprocess.run(
        [*FIRMHOLD, *arguments], env={**usual, **env}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_secret_is_printed_with_the_settings(form: tuple[str, ...], tmp_path: Path) -> None:
    given = {
        "FIRMHOLD_SECRET_KEY_FILE": kept(tmp_path / "key", STRONG),
        "FIRMHOLD_PREVIOUS_SECRET_KEYS": OTHER,
        "FIRMHOLD_AUDIT_KEY": AUDIT,
        "FIRMHOLD_DATABASE_URL": URL,
    }
    done = command("config", "show", *form, **given)
    assert done.returncode == 0, done.stderr
    for secret in (STRONG, OTHER, AUDIT, "pass-word-of-ours"):
        assert secret not in done.stdout + done.stderr
    assert "a file named in the environment" in done.stdout
    assert done.stdout.count("(set, not shown)") == 4


def test_what_cannot_be_used_is_told_without_the_secret() -> None:
    done = command("config", "show", FIRMHOLD_SECRET_KEY=WEAK)
    assert done.returncode == 2
    assert "secret_key" in done.stderr
    assert WEAK not in done.stderr
    assert "Traceback" not in done.stderr


# --- logs, of a process of its own, as it writes them ---


LOGGING = """
import logging, sys
import structlog
from firmhold.identity.letters import Kind, Letter, Log
from firmhold.redaction import Shown
from firmhold.telemetry import set_up_logging

set_up_logging(sys.argv[1], "info")
log = structlog.get_logger("here")
secrets = sys.stdin.read().split()
token, password = secrets[:2]


def fails(authorization):
    raise ConnectionError(f"postgresql://u:{password}@h/d refused Bearer {token}")


log.info("asked with %s", f"Bearer {token}", headers={"authorization": password})
log.warning(f"fhk and others: {' '.join(secrets[2:])}\\nforged=line", url=f"redis://:{password}@h")
try:
    fails(authorization=token)
except ConnectionError as error:
    log.error("request failed", exc_info=error, password=password)
    logging.getLogger("uvicorn.error").exception("Exception in application with %s", token)
logging.getLogger("asyncio").error("Task exception was never retrieved: password=%s", password)
logging.getLogger("uvicorn.error").info("not this")
import asyncio
facts = {"code": secrets[-1], "organization": "acme"}
asyncio.run(Log().carry(Letter("1", "ada@example.org", Kind.RESET, facts)))
"""


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_log_has_no_secret_but_the_code_of_a_letter_that_cannot_be_sent(form: str) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3IifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
    password = "pass-word/of@ours"
    key, refresh = f"fhk_{'0f' * 16}_{'A' * 43}", "fhr_" + "B" * 60
    codes = ["fhc_" + "12" * 32, "fhc_" + "34" * 32]
    done = subprocess.run(
        [sys.executable, "-c", LOGGING, form],
        input="\n".join([token, password, key, refresh, *codes]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    written = done.stderr
    for secret in (token, token.split(".")[1], password, "ours", key, "A" * 43, refresh, codes[0]):
        assert secret not in written, written
    # Once in the list of the message, where it is hidden, and once in the letter.
    assert written.count(codes[1]) == 1
    for kept_word in ("asked with", "ConnectionError", "request failed", "ada@example.org", "acme"):
        assert kept_word in written
    assert "not this" not in written
    assert "\nforged" not in written
    if form == "json":
        entries = [json.loads(line) for line in written.splitlines()]
        assert [entry["level"] for entry in entries] == [
            *("info", "warning", "error", "error", "error", "warning"),
        ]
        assert all(entry["timestamp"].endswith("Z") for entry in entries)
        assert entries[2]["exception"].splitlines()[0] == "Traceback (most recent call last):"
        assert entries[3]["logger"] == "uvicorn.error"
    else:
        assert "Traceback (most recent call last):\n" in written


@pytest_asyncio.fixture
async def database(server: Server) -> AsyncIterator[Address]:
    address = await server.clone()
    yield address
    await server.drop(address)


async def test_a_server_takes_its_secrets_from_files_and_starts_without_telling_them(
    database: Address, tmp_path: Path
) -> None:
    usual = environment(database)
    assert usual["FIRMHOLD_SECRET_KEY"] == SECRET_KEY
    files = {
        "FIRMHOLD_SECRET_KEY": "",
        "FIRMHOLD_DATABASE_URL": "",
        "FIRMHOLD_SECRET_KEY_FILE": kept(tmp_path / "key", SECRET_KEY + "\n"),
        "FIRMHOLD_DATABASE_URL_FILE": kept(tmp_path / "url", database.dsn + "\n", 0o440),
    }
    for workers in ("1", "2"):
        with serving(database, "--workers", workers, env=files) as running:
            command_line = Path(f"/proc/{running.process.pid}/cmdline")
            if command_line.exists():
                assert SECRET_KEY.encode() not in command_line.read_bytes()
            assert (await running.token()).count(".") == 2
