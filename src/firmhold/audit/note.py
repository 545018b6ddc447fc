"""Signed checkpoints: what a log is at an instant, in few lines that anyone can keep and check.

The text is that of c2sp.org/tlog-checkpoint and c2sp.org/signed-note, with two lines of our own:
when it was, and how large the log was at the checkpoint before, so that none can be left out.

    firmhold.audit/org_0193…
    4711
    <root, base64>
    at 2026-11-29T07:00:00.000000Z
    previous 4700

    — firmhold.audit/org_0193… <key id and signature, base64>
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from firmhold.secrecy import refuse_readable

ORIGIN = "firmhold.audit/org_"
ED25519 = b"\x01"
"""The signed note's number for this kind of signature."""


class Checkpoint(NamedTuple):
    """What is signed. `organization` is 32 hexadecimal digits."""

    organization: str
    size: int
    previous: int
    root: bytes
    at: datetime

    @property
    def origin(self) -> str:
        """Which log this is about, and the name under which it is signed."""
        return ORIGIN + self.organization

    @property
    def text(self) -> bytes:
        """What is signed, byte by byte."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        root = b64encode(self.root).decode()
        lines = [self.origin, str(self.size), root, f"at {at}", f"previous {self.previous}", ""]
        return "\n".join(lines).encode()

    def note(self, key_id: bytes, signature: bytes) -> str:
        """Text and signature, to be kept in a file."""
        sealed = b64encode(key_id + signature).decode()
        return f"{self.text.decode()}\n— {self.origin} {sealed}\n"


def key_id(origin: str, public: bytes) -> bytes:
    """Four bytes that tell which key has signed."""
    return sha256(origin.encode() + b"\n" + ED25519 + public).digest()[:4]


class Signer:
    """Signs with one key, and knows it and those before it again."""

    def __init__(self, seed: bytes, former: Iterable[bytes] = ()) -> None:
        """`seed`: the private key's 32 bytes. `former`: public keys that were used before it."""
        if len(seed) != 32:
            raise ValueError("an Ed25519 key has 32 bytes")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()
        self.known = (self.public, *former)

    def sign(self, checkpoint: Checkpoint) -> tuple[bytes, bytes]:
        """Key id and signature."""
        return key_id(checkpoint.origin, self.public), self._private.sign(checkpoint.text)

    def has_signed(self, checkpoint: Checkpoint, id: bytes, signature: bytes) -> bool:
        """Whether this key, or one before it, has signed the checkpoint."""
        for public in self.known:
            if key_id(checkpoint.origin, public) == id:
                try:
                    Ed25519PublicKey.from_public_bytes(public).verify(signature, checkpoint.text)
                except InvalidSignature:
                    continue
                return True
        return False


def load_signer(key: str | None, data_dir: Path, *, make: bool = False) -> Signer:
    """The signer with the configured key, else with the one kept in the data directory, readable by
    its owner only. With `make` it is made if there is none: by a server, and by nobody who checks.

    A key is 64 hexadecimal digits, and is the same on every node. On lines of their own behind it
    may stand the public keys, in base64, of those that were used before. Raises `ValueError`.
    """
    text = _kept_key(data_dir, make=make) if key is None else key
    try:
        first, *former = text.split()
        return Signer(bytes.fromhex(first), [b64decode(line, validate=True) for line in former])
    except ValueError:
        raise ValueError(
            "the key of the audit is not 64 hexadecimal digits, or a former one no base64"
        ) from None


def _kept_key(data_dir: Path, *, make: bool) -> str:
    path = data_dir / "audit.key"
    if not make and not path.exists():
        raise ValueError(f"there is no {path}; a server makes it when it starts")
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = data_dir / f".audit.{secrets.token_hex(8)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            # A link fails if somebody else was first, and never shows a half-written key.
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    refuse_readable(path)
    return path.read_text(encoding="ascii")
