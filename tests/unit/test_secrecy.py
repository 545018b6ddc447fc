"""Which secrets anybody would try, and which are as good as any."""

from __future__ import annotations

import os
import random
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest

from firmhold.secrecy import SHORTEST, SecretError, in_file, weakness_of

GOOD = "b0e2c1f4a7d93856" + "7fd1c04ea2953b68"


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", "at least 32"),
        (GOOD[:-1], "at least 32"),
        ("a" * 32, "different"),
        ("0" * 64, "different"),
        ("abc" * 20, "different"),
        ("deadbeef" * 8, "different"),
        ("0123456789" * 4, "again and again"),
        ("0123456789abcdef" * 4, "again and again"),
        ("0123456789abcdef" * 2 + "0123", "again and again"),
        ("correct horse " * 3, "again and again"),
        ("abcdefghijklmnopqrstuvwxyz0123456789", "in their order"),
        ("9876543210zyxwvutsrqponmlkjihgfedcba", "in their order"),
        ("aabbccddeeffgghhiijjkkllmmnnooppqq", "in their order"),
        ("change-me-before-going-to-production!", "changeme"),
        ("CHANGE_ME_please_this_is_32_chars_long", "changeme"),
        ("your-secret-key-goes-here-1234567890", "yoursecret"),
        ("<replace this with 32 random characters>", "replacethis"),
        ("my super secret key for signing tokens", "supersecret"),
        ("this is an example of a signing key 123", "example"),
        ("my-password-is-long-enough-for-this-1", "password"),
    ],
)
def test_a_secret_that_anybody_would_try_is_weak(secret: str, why: str) -> None:
    found = weakness_of(secret)
    assert found is not None
    assert why in found
    assert len(secret) < 8 or secret not in found


@pytest.mark.parametrize(
    "secret",
    [
        GOOD,
        "3f2a" * 0 + "9d5c8c1fb7a24e06a1f3d2b4c6e80795",
        "a secret that only the tests know, 32 characters or more",
        "rosebud quietly unpacks nine violins",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_a_secret_that_looks_like_none_of_these_is_taken(secret: str) -> None:
    assert weakness_of(secret) is None


@pytest.mark.parametrize("size", [16, 24, 32, 48, 64])
def test_keys_at_random_are_taken_however_they_are_written(size: int) -> None:
    chance = random.Random(size)
    for _ in range(2000):
        key = chance.randbytes(size)
        for text in (key.hex(), b64encode(key).decode(), urlsafe_b64encode(key).decode()):
            if len(text) >= SHORTEST:
                assert weakness_of(text) is None, text


# --- files ---


def written(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o440, 0o640, 0o660])
def test_a_secret_is_what_is_in_its_file_but_for_the_line_break(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path / "key", f"  {GOOD}\r\n".encode(), mode)
    assert in_file(str(path)) == GOOD


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o666, 0o602, 0o777])
def test_a_secret_that_everybody_can_read_or_change_is_none(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path / "key", GOOD.encode(), mode)
    with pytest.raises(SecretError, match=f"everybody.*chmod o-rwx {path}"):
        in_file(str(path))
    link = tmp_path / "link"
    link.symlink_to(path)
    with pytest.raises(SecretError, match="everybody"):
        in_file(str(link))


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b" \n\t\n", "empty"), (b"\xff\xfe\x00", "no text"), (b"a" * 70_000, "large")],
)
def test_a_file_without_a_secret_says_so(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(SecretError, match=why) as caught:
        in_file(str(written(tmp_path / "key", content)))
    assert str(tmp_path / "key") in str(caught.value)


def test_a_file_that_is_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="No such file"):
        in_file(str(tmp_path / "missing"))
    with pytest.raises(SecretError, match="is no file"):
        in_file(str(tmp_path))
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(SecretError, match="is no file"):
        in_file(str(tmp_path / "pipe"))
