"""The keys that sign tokens: the first signs, all of them verify.

Rotation adds a key in front, so that nobody is logged out; an old key is dropped once everything it
has signed is over, or at once if it has leaked. Each token names its key by `kid`, a digest of the
key, so that no key has to be tried in vain.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from firmhold.secrecy import refuse_readable

SHORTEST = 32
"""Bytes of a key (RFC 7518, section 3.2)."""

LOOK_AGAIN = 1.0
"""Seconds after which the file is looked at again: another process may have rotated its keys."""

FILE = "signing.key"


def kid_of(key: bytes) -> str:
    """The name of a key. It tells nothing about the key."""
    return blake2b(key, digest_size=6, person=b"firmhold key id").hexdigest()


class Keyring:
    """Keys, the one that signs first."""

    def __init__(self, keys: Sequence[bytes], file: Path | None = None) -> None:
        """`file`: where they come from, and may have changed. Raises `ValueError` for keys that
        can be guessed, or if there are none."""
        self._file = file
        self._stamp = _stamp(file)
        self._looked_at = time.monotonic()
        self._generation = 0
        self._take(keys)

    @classmethod
    def in_file(cls, file: Path) -> Keyring:
        """The keys in this file, one per line; made on first use, readable by its owner only.
        Raises `ValueError` if everybody on the machine can read it by now."""
        if not file.exists():
            _write(file, [secrets.token_hex(32)], replace=False)
        return cls(_read(file), file)

    @classmethod
    def load(cls, secret: str | None, previous: str | None, data_dir: Path) -> Keyring:
        """The configured secrets, the previous ones separated by commas; without them, what is kept
        in the data directory."""
        if secret is None:
            return cls.in_file(data_dir / FILE)
        older = [key.strip() for key in (previous or "").split(",") if key.strip()]
        return cls([key.encode() for key in (secret, *older)])

    def _take(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("there is no signing key")
        if any(len(key) < SHORTEST for key in keys):
            raise ValueError(f"a signing key needs at least {SHORTEST} bytes")
        self._keys = {kid_of(key): key for key in keys}
        self._first = kid_of(keys[0])
        self._generation += 1

    @property
    def generation(self) -> int:
        """Another number once the keys are others than before."""
        self._look()
        return self._generation

    @property
    def kids(self) -> list[str]:
        """The names of the keys, the one that signs first."""
        return list(self._keys)

    def signing(self) -> tuple[str, bytes]:
        """Name and key to sign with."""
        self._look()
        return self._first, self._keys[self._first]

    def verifying(self, kid: object) -> bytes | None:
        """The key of that name, if it is one of ours."""
        if not isinstance(kid, str):
            return None
        if kid not in self._keys:
            self._look()
        return self._keys.get(kid)

    def _look(self) -> None:
        """Read the file again if it has changed, but not more often than once a second: names of
        keys can be made up."""
        now = time.monotonic()
        if self._file is None or now - self._looked_at < LOOK_AGAIN:
            return
        self._looked_at = now
        stamp = _stamp(self._file)
        if stamp is not None and stamp != self._stamp:
            self._stamp = stamp
            with suppress(OSError, ValueError):  # the keys we have are good enough
                self._take(_read(self._file))


def rotate(file: Path) -> str:
    """Put a new key in front of those in the file; returns its name. Running servers sign with it
    within about a second."""
    fresh = secrets.token_hex(32)
    kept = [key.decode() for key in _read(file)] if file.exists() else []
    _write(file, [fresh, *kept], replace=True)
    return kid_of(fresh.encode())


def retire(file: Path, kid: str) -> bool:
    """Drop a key: what it has signed is void. Says whether there was one of that name. Raises
    `ValueError` for the key that signs."""
    keys = _read(file)
    if kid_of(keys[0]) == kid:
        raise ValueError("this is the key that signs; rotate first")
    kept = [key.decode() for key in keys if kid_of(key) != kid]
    if len(kept) == len(keys):
        return False
    _write(file, kept, replace=True)
    return True


def _read(file: Path) -> list[bytes]:
    refuse_readable(file)
    return [line.encode() for line in file.read_text(encoding="ascii").split()]


def _write(file: Path, keys: Sequence[str], *, replace: bool) -> None:
    """All of it or nothing, and never readable by anyone else."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    try:
        fresh.write_text("".join(f"{key}\n" for key in keys), encoding="ascii")
        if replace:
            os.replace(fresh, file)
        else:
            # A link fails if somebody else was first, and never shows a half-written file.
            with suppress(FileExistsError):
                file.hardlink_to(fresh)
    finally:
        fresh.unlink(missing_ok=True)


def _stamp(file: Path | None) -> tuple[int, int] | None:
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
