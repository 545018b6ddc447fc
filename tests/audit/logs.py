"""Logs made in memory, for tests of those who check them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

from firmhold.audit.checker import Checker, Finding
from firmhold.audit.entry import PERSONAL, commitments, leaf_of
from firmhold.audit.merkle import root_of
from firmhold.audit.note import Checkpoint, Signer

ORGANIZATION = "0" * 31 + "1"
SIGNER = Signer(sha256(b"a key that only the tests know").digest())
STRANGER = Signer(sha256(b"another key").digest())
SUCCESSOR = Signer(sha256(b"the next key").digest(), [SIGNER.public])
BEGIN = datetime(2035, 3, 6, 7, tzinfo=UTC)

Line = dict[str, Any]


def ledger_entry(seq: int, actor: str = "user:operator", reason: str | None = None) -> list[Any]:
    at = 2_000_000_000_000_000 + seq
    counts = [0, 1, 0, 1000, seq, 0]
    begin = ["ledger/1", ORGANIZATION, f"{2:032x}", seq, "held", f"{seq:032x}"]
    return [*begin, *counts, at, None, 7 + seq, actor, reason]


def act(number: int, kind: str = "user.created", **facts: Any) -> list[Any]:
    id = f"{number + (1 << 100):032x}"
    begin = ["act/1", ORGANIZATION, id, kind, number, 3]
    return [*begin, "user:owner", "a@b.example", json.dumps(facts)]


def note(leaves: list[bytes], previous: int, signer: Signer = SIGNER) -> str:
    size = len(leaves)
    at = BEGIN + timedelta(seconds=size)
    checkpoint = Checkpoint(ORGANIZATION, size, previous, root_of(leaves), at)
    return checkpoint.note(*signer.sign(checkpoint))


def log_of(entries: list[list[Any]], sizes: Iterable[int], seed: int = 1) -> list[Line]:
    """A log with checkpoints at these sizes."""
    random_salts = random.Random(seed)
    lines: list[Line] = [{"format": "firmhold-audit/1", "organization": ORGANIZATION}]
    ends = dict(pairwise([0, *sizes]))
    before = {size: previous for previous, size in ends.items()}
    leaves: list[bytes] = []
    for index, entry in enumerate(entries):
        salt = random_salts.randbytes(16)
        leaves.append(leaf_of(entry, commitments(entry, salt)))
        lines.append({"index": index, "leaf": leaves[-1].hex(), "salt": salt.hex(), "entry": entry})
        if index + 1 in before:
            lines.append({"checkpoint": note(leaves, before[index + 1])})
    return lines


def usual_log() -> list[Line]:
    """Forty entries of both kinds under five checkpoints; number 3 was erased by number 20."""
    entries = [
        act(n) if n % 7 == 5 else ledger_entry(n + 1, reason="sold out" if n % 4 == 3 else None)
        for n in range(40)
    ]
    entries[20] = act(20, "audit.erased", entries=[[3, 1]])
    lines = log_of(entries, (1, 8, 21, 22, 40))
    erased = next(line for line in lines if line.get("index") == 3)
    erased["commitments"] = commitments(erased["entry"], bytes.fromhex(erased.pop("salt")))
    parts = len(PERSONAL[erased["entry"][0]])
    erased["entry"] = [*erased["entry"][:-parts], *[None] * parts]
    erased["act"] = entries[20][2]
    return lines


def check(
    lines: Iterable[Line], *remembered: str, keys: Iterable[bytes] = (SIGNER.public,)
) -> list[Finding]:
    """What is wrong with a log."""
    checker = Checker(list(keys), remembered)
    for line in lines:
        checker.feed(line)
    return checker.finish()


def last_note(lines: list[Line]) -> str:
    return str([line for line in lines if "checkpoint" in line][-1]["checkpoint"])


def entries_in(lines: list[Line]) -> Iterator[int]:
    """Where in the lines entries are."""
    return (at for at, line in enumerate(lines) if "entry" in line)
