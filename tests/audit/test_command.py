"""`firmhold audit`, as commands: files, exit codes, what is printed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from firmhold.audit.note import load_signer
from firmhold.cli.audit import (
    checkpoint_command,
    erase_command,
    export_command,
    key_command,
    verify_command,
)
from tests.audit.book import open_book
from tests.databases import Address

SLUG = "shop"


@pytest.fixture
def sealed(database: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with a sealed log, and the data directory with its key."""
    monkeypatch.setenv("FIRMHOLD_DATABASE_URL", database.dsn)
    monkeypatch.setenv("FIRMHOLD_ORGANIZATION", SLUG)
    monkeypatch.setenv("FIRMHOLD_DATA_DIR", str(tmp_path / "data"))

    async def fill() -> None:
        async with open_book(database) as book:
            await book.write(await book.offering(), 5, actor="guest:a@b.example")
            await book.act("user.created", "user:owner", "a@b.example")
            await book.seal(book.sealer(load_signer(None, tmp_path / "data", make=True)))

    asyncio.run(fill())
    return tmp_path


async def tamper(database: Address, sql: str) -> None:
    async with open_book(database) as book:
        await book.tamper(sql)


async def seal(database: Address, folder: Path) -> None:
    async with open_book(database) as book:
        await book.seal(book.sealer(load_signer(None, folder / "data", make=True)))


Output = pytest.CaptureFixture[str]


def test_a_log_that_holds_is_said_to_hold(sealed: Path, capsys: Output) -> None:
    assert verify_command() == 0
    assert capsys.readouterr().out == (
        "shop: 6 entries, 0 of them erased, and 0 that wait to be sealed.\n"
        "Every entry is as it was sealed.\n"
    )


def test_the_first_bad_entry_is_named_and_the_exit_code_is_1(
    sealed: Path, database: Address, capsys: Output
) -> None:
    asyncio.run(tamper(database, "UPDATE ledger SET held = 3 WHERE seq = 2"))
    assert verify_command(organization=SLUG) == 1
    assert capsys.readouterr().err.startswith("TAMPERED (shop, entry 1): entry 2 of offering ")
    assert verify_command(json_output=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert report["logs"][0]["findings"][0]["entry"] == 1


def test_an_export_is_checked_by_the_public_key_alone(sealed: Path, capsys: Output) -> None:
    file = sealed / "log.jsonl"
    assert key_command() == 0
    key = capsys.readouterr().out.strip()
    assert export_command(file) == 0
    assert verify_command(file, key=[key]) == 0
    assert "6 entries" in capsys.readouterr().out
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:3] + lines[4:]) + "\n", encoding="utf-8")
    assert verify_command(file, key=[key], json_output=True) == 1
    assert json.loads(capsys.readouterr().out)["logs"][0]["findings"][0]["entry"] == 2


def test_a_file_is_not_checked_without_a_key(sealed: Path, capsys: Output) -> None:
    file = sealed / "log.jsonl"
    export_command(file)
    with pytest.raises(SystemExit):
        verify_command(file)
    assert "has to know who signs" in capsys.readouterr().err
    for wrong in ("x", "AAAA"):
        with pytest.raises(SystemExit):
            verify_command(file, key=[wrong])


def test_a_checkpoint_that_was_kept_shows_that_history_was_cut_off(
    sealed: Path, database: Address, capsys: Output
) -> None:
    assert checkpoint_command() == 0
    kept = sealed / "kept"
    kept.write_text(capsys.readouterr().out, encoding="utf-8")
    assert verify_command(since=[kept]) == 0
    for table in ("ledger", "act", "audit_span", "audit_tile", "audit_checkpoint"):
        asyncio.run(tamper(database, f"DELETE FROM {table}"))
    assert verify_command() == 0
    assert verify_command(since=[kept]) == 1
    assert "the log is cut off: it had 6 entries" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        verify_command(since=[sealed / "nothing"])


def test_another_key_has_not_signed(sealed: Path, capsys: Output) -> None:
    (sealed / "data" / "audit.key").write_text("ab" * 32)
    assert verify_command() == 1
    assert "no known key has signed it" in capsys.readouterr().err


def test_erasing_by_command_leaves_a_log_that_holds(
    sealed: Path, database: Address, capsys: Output
) -> None:
    assert erase_command("a@b.example") == 0
    assert capsys.readouterr().out == "6 entries were erased.\n"
    asyncio.run(seal(database, sealed))
    assert verify_command() == 0
    assert "7 entries, 6 of them erased" in capsys.readouterr().out
    for names in ((), ("x",)):
        with pytest.raises(SystemExit):
            erase_command(*names)


def test_who_checks_makes_no_key(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no "):
        load_signer(None, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_the_key_is_the_owners_alone_and_stays_the_same(tmp_path: Path) -> None:
    first = load_signer(None, tmp_path / "data", make=True)
    assert (tmp_path / "data" / "audit.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["audit.key"]
    assert load_signer(None, tmp_path / "data", make=True).public == first.public
    assert load_signer("ab" * 32, tmp_path / "data").public != first.public


@pytest.mark.parametrize("key", ["", "ab", "xy" * 32, "ab" * 32 + "\n?"])
def test_a_key_that_is_none_is_refused_without_being_repeated(key: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not 64 hexadecimal digits"):
        load_signer(key, tmp_path)


def test_a_key_that_everybody_can_read_or_change_signs_nothing(tmp_path: Path) -> None:
    public = load_signer(None, tmp_path, make=True).public
    file = tmp_path / "audit.key"
    for mode in (0o604, 0o602, 0o666):
        file.chmod(mode)
        for make in (True, False):
            with pytest.raises(ValueError, match=r"everybody.*chmod o-rwx"):
                load_signer(None, tmp_path, make=make)
    file.chmod(0o640)
    assert load_signer(None, tmp_path).public == public
