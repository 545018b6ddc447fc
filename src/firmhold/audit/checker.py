"""Checks a log without trusting whoever kept it: the independent half of the audit.

Nothing here comes from Firmhold: it takes Python's standard library and `cryptography` for the
signatures, so the file can be read in one sitting, copied away and run alone:

    python checker.py LOG.jsonl --key PUBLIC-KEY [--since CHECKPOINT-FILE]

A log is one JSON object per line: a head, each entry in its order, and behind the entries that it
covers each checkpoint, the last one at the end.

    {"format": "firmhold-audit/1", "organization": "0193…"}
    {"index": 0, "leaf": "9f…", "salt": "c0…", "entry": ["ledger/1", …, "user:…", "sold out"]}
    {"index": 1, "leaf": "70…", "commitments": ["5e…", null], "act": "0193…", "entry": [… null]}
    {"checkpoint": "firmhold.audit/org_0193…\\n2\\n…"}

The second entry was erased: nothing is left of its personal parts but commitments, and the act that
erased it is in the log as well. How a leaf is made of an entry is said in Firmhold's documentation,
docs/audit.md; the tree is that of RFC 6962, checkpoints are signed notes (c2sp.org/signed-note).
"""

import argparse
import json
import sys
from base64 import b64decode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "firmhold-audit/1"
ORIGIN = "firmhold.audit/org_"
PERSONAL = {"ledger/1": ("actor", "reason"), "act/1": ("actor", "subject", "facts")}
MOST_FINDINGS = 20
"""One is enough to know; after these, the rest is not looked at."""


class Finding(NamedTuple):
    """Something that is wrong with a log."""

    entry: int
    """Its index, or that of the first that it may be."""
    what: str


class Noted(NamedTuple):
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    at: str
    previous: int


def read_note(text: str, keys: Sequence[bytes]) -> Noted:
    """What a signed checkpoint says. Raises `ValueError` unless one of these keys has signed it."""
    body, gap, signatures = text.partition("\n\n")
    lines = body.split("\n")
    if not gap or len(lines) != 5 or not (lines[3].startswith("at ")):
        raise ValueError("it is no checkpoint")
    origin, size, root, at, previous = lines
    if not size.isascii() or not size.isdecimal() or not previous.startswith("previous "):
        raise ValueError("it is no checkpoint")
    for line in signatures.splitlines():
        if line.startswith(f"— {origin} "):
            sealed = b64decode(line.rsplit(" ", 1)[1], validate=True)
            if any(_has_signed(key, origin, body + "\n", sealed) for key in keys):
                before = int(previous.removeprefix("previous "))
                kept = b64decode(root, validate=True)
                return Noted(origin, int(size), kept, at.removeprefix("at "), before)
    raise ValueError("no known key has signed it")


def _has_signed(key: bytes, origin: str, text: str, sealed: bytes) -> bool:
    if sealed[:4] != sha256(origin.encode() + b"\n\x01" + key).digest()[:4]:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(sealed[4:], text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _plain(entry: Sequence[Any]) -> bytes:
    return json.dumps(list(entry), separators=(",", ":")).encode()


class Tree:
    """The root over the leaves that have come so far."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[bytes] = []
        """Roots of full subtrees, from left to right: one for each bit of the size."""

    def add(self, leaf: bytes) -> None:
        """Take the next leaf."""
        self.size += 1
        size = self.size
        while size & 1 == 0:
            leaf = _node(self._full.pop(), leaf)
            size >>= 1
        self._full.append(leaf)

    @property
    def root(self) -> bytes:
        """RFC 6962, section 2.1."""
        if not self._full:
            return sha256(b"").digest()
        root = self._full[-1]
        for left in reversed(self._full[:-1]):
            root = _node(left, root)
        return root


def leaf_of(record: dict[str, Any]) -> bytes:
    """The leaf that an entry's line has to have. Raises `ValueError` if it has none."""
    entry = record["entry"]
    parts = PERSONAL[entry[0]]
    values = entry[-len(parts) :]
    if "commitments" in record:
        kept = record["commitments"]
        if len(kept) != len(parts) or any(value is not None for value in values):
            raise ValueError("was erased, and yet is there")
        if "salt" in record:
            raise ValueError("was erased, and yet its salt is there")
    else:
        salt = bytes.fromhex(record["salt"])
        if len(salt) != 16:
            raise ValueError("has no salt of 16 bytes")
        kept = [
            None
            if value is None
            else sha256(salt + part.encode() + b"\0" + value.encode()).hexdigest()
            for part, value in zip(parts, values, strict=True)
        ]
    return sha256(b"\0" + _plain([*entry[: -len(parts)], *kept])).digest()


def name_of(entry: Sequence[Any]) -> str:
    """An entry in words."""
    if entry[0] == "act/1":
        return f"act {entry[2]} ({entry[3]})"
    return f"entry {entry[3]} of offering {entry[2]} ({entry[4]})"


class Checker:
    """Takes the lines of one log in their order."""

    def __init__(self, keys: Sequence[bytes], remembered: Iterable[str] = ()) -> None:
        """`keys`: public keys, 32 bytes each. `remembered`: texts of checkpoints kept elsewhere;
        the log has to go on from each that is about it."""
        self._keys = keys
        self._remembered = list(remembered)
        self.organization: str | None = None
        self.findings: list[Finding] = []
        self.sealed: Noted | None = None
        """The newest checkpoint that holds."""
        self.erased: dict[int, tuple[str, list[Any]]] = {}
        """Index → by which act, and the entry."""
        self._erasers: dict[str, tuple[int, set[int]]] = {}
        """Acts by which something was erased → their index, and the indexes that they name."""
        self._tree = Tree()
        self._covered = 0
        self._lost = False
        """The leaves are not those that were signed: nothing after that can be compared."""
        self._awaited: list[Noted] = []

    @property
    def entries(self) -> int:
        """How many have come so far."""
        return self._tree.size

    def feed(self, record: dict[str, Any]) -> None:
        """Take the next line."""
        if len(self.findings) >= MOST_FINDINGS:
            return
        try:
            if self.organization is None:
                self._begin(record)
            elif "checkpoint" in record:
                self._checkpoint(record["checkpoint"])
            elif "wrong" in record:
                self._note(record["index"], record["wrong"])
            else:
                self._entry(record)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            self._note(self.entries, f"the line cannot be read: {error!r}")
            self.organization = self.organization or ""

    def _begin(self, record: dict[str, Any]) -> None:
        if record["format"] != FORMAT:
            raise ValueError("it is not the head of a log")
        self.organization = record["organization"]
        for text in self._remembered:
            try:
                note = read_note(text, self._keys)
            except ValueError as error:
                self._note(0, f"the remembered checkpoint does not count: {error}")
                continue
            if note.origin == ORIGIN + str(self.organization):
                self._awaited.append(note)
        self._awaited.sort(key=lambda note: note.size)

    def _entry(self, record: dict[str, Any]) -> None:
        index = self.entries
        kept = bytes.fromhex(record["leaf"])
        self._tree.add(kept)
        if record["index"] != index:
            self._note(index, f"entry {record['index']} is in its place")
        if "missing" in record:
            self._note(index, f"{record['missing']} is missing")
        else:
            entry = record["entry"]
            try:
                fits = leaf_of(record) == kept and entry[1] == self.organization
            except ValueError as error:
                self._note(index, f"{name_of(entry)} {error}")
                fits = True
            if not fits:
                self._note(index, f"{name_of(entry)} is not what was sealed")
            if "commitments" in record:
                self.erased[index] = (record["act"], entry)
            elif entry[0] == "act/1" and entry[3] == "audit.erased":
                self.allow(entry, index)
        self._compare()

    def allow(self, entry: Sequence[Any], index: int) -> None:
        """Take the act by which something was erased; also one that waits for its leaf."""
        named: set[int] = set()
        for first, count in json.loads(entry[8])["entries"]:
            named.update(range(first, first + count))
        self._erasers[entry[2]] = (index, named)

    def _compare(self) -> None:
        while self._awaited and self._awaited[0].size == self.entries:
            if self._awaited.pop(0).root != self._tree.root:
                self._note(
                    self._covered,
                    f"history was rewritten: the first {self.entries} entries are not those of the "
                    "remembered checkpoint",
                )

    def _checkpoint(self, text: str) -> None:
        try:
            note = read_note(text, self._keys)
        except ValueError as error:
            self._note(self._covered, f"the checkpoint over {self.entries} entries: {error}")
            return
        if note.origin != ORIGIN + str(self.organization):
            self._note(self._covered, f"the checkpoint is of another log, {note.origin}")
        elif note.size != self.entries:
            self._note(
                min(note.size, self.entries),
                f"a checkpoint over {note.size} entries comes after {self.entries}",
            )
        elif note.previous != self._covered:
            self._note(
                self._covered,
                f"the checkpoint over {note.previous} entries is missing before that over "
                f"{note.size}",
            )
        elif note.root != self._tree.root and not self._lost:
            self._lost = True
            self._note(
                self._covered,
                f"entries {self._covered} to {note.size - 1} are not those that were signed",
            )
        elif not self._lost:
            self.sealed = note
        self._covered = self.entries

    def finish(self) -> list[Finding]:
        """The findings, the first entry first."""
        if self.organization is None:
            self._note(0, "there is no log")
        if self._covered < self.entries:
            self._note(self._covered, "no checkpoint covers the entries from here on")
        for note in self._awaited:
            self._note(
                self.entries,
                f"the log is cut off: it had {note.size} entries by {note.at}, and has "
                f"{self.entries}",
            )
        for index, (act, entry) in self.erased.items():
            where, named = self._erasers.get(act, (-1, set()))
            if index not in named or where <= index:
                self._note(index, f"{name_of(entry)} was blanked, and no act in the log says so")
        self.findings.sort(key=lambda finding: finding.entry)
        return self.findings

    def _note(self, index: int, what: str) -> None:
        self.findings.append(Finding(index, what))


def check_inclusion(proof: dict[str, Any], keys: Sequence[bytes]) -> Noted:
    """The checkpoint under which this proof shows its entry. Raises `ValueError` if it does not."""
    note = read_note(proof["checkpoint"], keys)
    leaf, path = leaf_of(proof), _hashes(proof["proof"])
    if note.origin != ORIGIN + proof["entry"][1]:
        raise ValueError("the entry is of another log")
    if not 0 <= proof["index"] < note.size:
        raise ValueError("the log has no such entry")
    root, _ = _follow(proof["index"], note.size - 1, leaf, path)
    if root != note.root:
        raise ValueError("the proof does not lead from the entry to the root")
    return note


def check_consistency(proof: dict[str, Any], keys: Sequence[bytes]) -> tuple[Noted, Noted]:
    """Both checkpoints, the earlier of which this proof shows to be the beginning of the later.
    Raises `ValueError` if it does not."""
    before, after = read_note(proof["before"], keys), read_note(proof["checkpoint"], keys)
    path = _hashes(proof["proof"])
    if before.origin != after.origin or not 0 < before.size <= after.size:
        raise ValueError("these are not a checkpoint and a later one of the same log")
    if before.size == after.size:
        if path or before.root != after.root:
            raise ValueError("these are two logs of the same size")
        return before, after
    if before.size & (before.size - 1) == 0:
        path.insert(0, before.root)
    if not path:
        raise ValueError("the proof is cut off")
    here, last = before.size - 1, after.size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    root, left = _follow(here, last, path[0], path[1:])
    if (root, left) != (after.root, before.root):
        raise ValueError("the proof does not lead from one root to the other")
    return before, after


def _follow(here: int, last: int, begin: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """The roots to which a path leads from a node, and from it with nothing on its right (RFC 9162,
    sections 2.1.3.2 and 2.1.4.2). Raises `ValueError` if it is of another length."""
    root = left = begin
    for sibling in path:
        if last == 0:
            raise ValueError("the proof is too long")
        if here & 1 or here == last:
            root, left = _node(sibling, root), _node(sibling, left)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            root = _node(root, sibling)
        here, last = here >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return root, left


def _hashes(proof: Sequence[str]) -> list[bytes]:
    hashes = [b64decode(hash, validate=True) for hash in proof]
    if any(len(hash) != 32 for hash in hashes):
        raise ValueError("the proof has a hash that is none")
    return hashes


def public_key(text: str) -> bytes:
    """The key of its base64. Raises `ValueError`."""
    key = b64decode(text.strip(), validate=True)
    if len(key) != 32:
        raise ValueError("a public key has 32 bytes")
    return key


def check_file(path: Path, keys: Sequence[bytes], remembered: Iterable[str] = ()) -> Checker:
    """Check a log in a file; what was found is in the checker."""
    checker = Checker(keys, remembered)
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            if not isinstance(record, dict):
                checker.feed(
                    {"wrong": f"line {number} is no JSON object", "index": checker.entries}
                )
            else:
                checker.feed(record)
    checker.finish()
    return checker


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a log from the command line; 0 if all of it holds."""
    parser = argparse.ArgumentParser(description="Check a log that Firmhold has exported.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", action="append", required=True, type=public_key)
    parser.add_argument("--since", action="append", default=[], type=Path)
    given = parser.parse_args(arguments)
    kept = [path.read_text(encoding="utf-8") for path in given.since]
    checker = check_file(given.file, given.key, kept)
    for finding in checker.findings:
        print(f"entry {finding.entry}: {finding.what}", file=sys.stderr)  # noqa: T201  a program
    if not checker.findings:
        print(f"All {checker.entries} entries hold, {len(checker.erased)} erased.")  # noqa: T201
    return 1 if checker.findings else 0


if __name__ == "__main__":
    sys.exit(main())
