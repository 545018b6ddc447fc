"""What a log's entry is, byte by byte, and which parts of it can be erased.

An entry is a list of a fixed order: of a ledger entry

    ["ledger/1", organization, offering, seq, kind, reservation, capacity_delta, held_delta,
     confirmed_delta, capacity, held, confirmed, at, hold_expires_at, xid, actor, reason]

and of an act

    ["act/1", organization, id, kind, at, xid, actor, subject, facts]

with ids as 32 hexadecimal digits, instants in microseconds since 1970, `facts` as PostgreSQL
writes them, and null where there is nothing. The last two, or three, are personal: in their place
the leaf has commitments, which are SHA-256 over the entry's salt, the part's name, a zero byte and
the value. A leaf's bytes are that list as JSON without white space. What it says can then be
proved as long as value and salt are there, and nothing can be guessed from it when they are gone.

Pure. A change of the form takes a new number behind the slash; old entries keep theirs.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import starmap
from struct import Struct
from typing import Any, NamedTuple

import msgspec

from firmhold.audit.merkle import leaf_hash

SALT = 16
"""Bytes. As hard to guess as a key."""

ERASED = bytes(SALT)
"""Where a salt was."""

PERSONAL = {"ledger/1": ("actor", "reason"), "act/1": ("actor", "subject", "facts")}
"""By what an entry begins with: its last parts, which leaves only commit to."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_encode = msgspec.json.Encoder().encode


class Key(NamedTuple):
    """Which entry: an offering and a number in its ledger, or an act and 0."""

    id: bytes
    seq: int

    @property
    def words(self) -> str:
        """It in a sentence."""
        return (
            f"entry {self.seq} of offering {self.id.hex()}" if self.seq else f"act {self.id.hex()}"
        )


def entry_of(row: Sequence[Any]) -> list[Any]:
    """The entry of a row of `audit_entry`, its columns in their order."""
    organization, id, seq, xid, kind, at, actor, reason, subject, facts, reservation, *rest = row
    if seq == 0:
        who = [organization.hex, id.hex, kind, _microseconds(at), xid]
        return ["act/1", *who, actor, subject, facts]
    *counts, ends = rest
    return [
        "ledger/1",
        organization.hex,
        id.hex,
        seq,
        kind,
        None if reservation is None else reservation.hex,
        *counts,
        _microseconds(at),
        None if ends is None else _microseconds(ends),
        xid,
        actor,
        reason,
    ]


def _microseconds(at: datetime) -> int:
    past = at - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


def commitment(salt: bytes, part: str, value: str) -> str:
    """What says nothing about a value, and fits no other."""
    return sha256(salt + part.encode() + b"\0" + value.encode()).hexdigest()


def commitments(entry: Sequence[Any], salt: bytes) -> list[str | None]:
    """Those to an entry's personal parts."""
    parts = PERSONAL[entry[0]]
    return [
        None if value is None else commitment(salt, part, value)
        for part, value in zip(parts, entry[-len(parts) :], strict=True)
    ]


def leaf_of(entry: Sequence[Any], kept: Sequence[str | None]) -> bytes:
    """The leaf hash of an entry, given the commitments to its personal parts."""
    return leaf_hash(_encode([*entry[: -len(kept)], *kept]))


# --- which entries a span has ---

_RUN = Struct(">16sQI")


def runs_of(keys: Sequence[Key]) -> bytes:
    """Keys as runs of entries of one offering that follow each other: 28 bytes for a thousand holds
    of one hot item."""
    runs: list[list[Any]] = []
    for id, seq in keys:
        if runs and runs[-1][0] == id and seq > 0 and runs[-1][1] + runs[-1][2] == seq:
            runs[-1][2] += 1
        else:
            runs.append([id, seq, 1])
    return b"".join(starmap(_RUN.pack, runs))


def runs_in(runs: bytes) -> list[tuple[bytes, int, int]]:
    """Id, first number and length of each run. Raises `ValueError` if these are none."""
    if len(runs) % _RUN.size:
        raise ValueError(f"{len(runs)} bytes are not a whole number of runs")
    return list(_RUN.iter_unpack(runs))


def keys_in(runs: bytes) -> list[Key]:
    """The keys again, in their order. Raises `ValueError`."""
    return [Key(id, seq + n) for id, seq, count in runs_in(runs) for n in range(count)]
