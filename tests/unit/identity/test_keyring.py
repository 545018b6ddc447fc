"""The keys that sign tokens: made once, rotated without logging anyone out, dropped at once."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from firmhold.identity import keyring
from firmhold.identity.keyring import Keyring, kid_of, retire, rotate
from firmhold.identity.roles import Role
from firmhold.identity.tokens import InvalidToken, Tokens

KEY = b"one key of 32 bytes at the least"
OTHER = b"another key of 32 bytes at least"


def token(keys: Keyring) -> str:
    return Tokens(keys).access_token("org_1", "usr_1", "a@example.org", Role.OWNER, "ses_1")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are looked at each time."""
    monkeypatch.setattr(keyring, "LOOK_AGAIN", 0.0)


def test_keys_are_made_once_and_are_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "signing.key"
    with ThreadPoolExecutor(8) as threads:
        rings = list(threads.map(lambda _: Keyring.in_file(file).kids, range(8)))
    assert all(kids == rings[0] and len(kids) == 1 for kids in rings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [it.name for it in file.parent.iterdir()] == ["signing.key"]


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o666])
def test_keys_that_everybody_can_read_or_change_sign_nothing(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "signing.key"
    keys = Keyring.in_file(file)
    before = file.read_bytes()
    file.chmod(mode)
    for use in (Keyring.in_file, rotate, lambda it: retire(it, "another")):
        with pytest.raises(ValueError, match=f"everybody.*chmod o-rwx {file}"):
            use(file)
    assert file.read_bytes() == before
    Tokens(keys).verify(token(keys))  # a server that runs goes on with what it has
    file.chmod(0o640)
    assert Keyring.in_file(file).kids == keys.kids


def test_whoever_was_signed_in_stays_so_when_keys_are_rotated(tmp_path: Path) -> None:
    file = tmp_path / "signing.key"
    keys = Keyring.in_file(file)
    tokens = Tokens(keys)
    before = token(keys)
    kid = rotate(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys.signing()[0] == kid
    after = token(keys)
    for each in (before, after):
        assert tokens.verify(each).session == "ses_1"
        assert Tokens(Keyring.in_file(file)).verify(each).session == "ses_1"


def test_a_process_learns_of_a_key_by_the_first_token_that_it_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "signing.key"
    here, there = Keyring.in_file(file), Keyring.in_file(file)
    tokens = Tokens(here)
    rotate(file)
    assert tokens.verify(token(there)).session == "ses_1"


def test_what_a_retired_key_has_signed_is_void_also_where_it_is_remembered(
    tmp_path: Path,
) -> None:
    file = tmp_path / "signing.key"
    keys = Keyring.in_file(file)
    tokens = Tokens(keys)
    leaked, before = keys.kids[0], token(keys)
    tokens.verify(before)
    with pytest.raises(ValueError, match="rotate first"):
        retire(file, leaked)
    rotate(file)
    tokens.verify(before)
    assert retire(file, leaked)
    with pytest.raises(InvalidToken):
        tokens.verify(before)
    assert not retire(file, leaked)


def test_a_file_that_is_broken_for_a_moment_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "signing.key"
    keys = Keyring.in_file(file)
    before = token(keys)
    for broken in ("", "short\n", "\u00e4" * 40):
        file.write_text(broken, encoding="utf-8")
        assert Tokens(keys).verify(before).session == "ses_1"
    file.unlink()
    assert Tokens(keys).verify(before).session == "ses_1"


def test_configured_keys_are_rotated_by_naming_the_one_before(tmp_path: Path) -> None:
    old = Keyring.load(KEY.decode(), None, tmp_path)
    new = Keyring.load(OTHER.decode(), f" {KEY.decode()} ,", tmp_path)
    assert Tokens(new).verify(token(old)).session == "ses_1"
    assert new.signing() == (kid_of(OTHER), OTHER)
    with pytest.raises(InvalidToken):
        Tokens(old).verify(token(new))
    assert not list(tmp_path.iterdir()), "nothing is written"


@pytest.mark.parametrize("keys", [[], [b"short"], [KEY, b"short"]])
def test_keys_that_can_be_guessed_are_refused(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="key"):
        Keyring(keys)


def test_the_name_of_a_key_tells_nothing_about_it() -> None:
    assert kid_of(KEY) != kid_of(OTHER)
    assert kid_of(KEY).encode() not in KEY
    assert len(kid_of(KEY)) == 12
