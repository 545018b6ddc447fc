"""Buckets in memory that the processes of one node share.

A file without a name, mapped by all of them: fixed in size, forgotten with the last process. A
bucket's place is found by the keyed digest of its name, so nobody outside can choose names that
collide. Two processes that want the same place take turns by a lock on a byte of the file, which
the kernel gives back when a process dies. A take costs a few microseconds and no message.

Owns where buckets live on a node; the rule is in `bucket`.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import struct
import tempfile
import time
from collections.abc import Container, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

from firmhold.limits.bucket import Level, Policy, take

PLACES = 1 << 18
"""Buckets that can be less than full at a time. Those of attackers fill up by themselves."""

NEAR = 8
"""Places in which a bucket may be: a row of neighbours, under one lock."""

TURNS = 40
"""Attempts to get a lock that another process holds. It is held for microseconds, unless its
process has been stopped meanwhile, and then nobody should wait for it: the two count as one."""

TURN_SECONDS = 0.00005

_PLACE = struct.Struct("=QQ")
"""Digest of the bucket's name, and the instant at which it is full. All zero: free."""
_SECRET = 32
_HEAD = 4096
_ROW = NEAR * _PLACE.size


class Ask(NamedTuple):
    """A token of one bucket."""

    policy: Policy
    subject: str
    """Whose bucket: a user, an address, an organization."""


class SharedBuckets:
    """Buckets of this node. Every process that has the file descriptor sees the same."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor`: from `create`, here or in the process above."""
        self._file = descriptor
        self._memory = mmap.mmap(descriptor, 0)
        self._secret = bytes(self._memory[:_SECRET])
        self._rows = (len(self._memory) - _HEAD) // _ROW
        self.unlocked = 0
        """Times that a lock could not be had, so that two processes may have counted as one."""

    @classmethod
    def create(cls, places: int = PLACES) -> SharedBuckets:
        """Full buckets, and nobody else's. `places` is rounded up to whole rows."""
        rows = -(-places // NEAR)
        descriptor, name = tempfile.mkstemp(prefix="firmhold-limits-")
        os.unlink(name)
        os.ftruncate(descriptor, _HEAD + rows * _ROW)
        os.pwrite(descriptor, secrets.token_bytes(_SECRET), 0)
        return cls(descriptor)

    @property
    def descriptor(self) -> int:
        """What another process needs to see the same buckets."""
        return self._file

    def close(self) -> None:
        """Leave the buckets to the other processes."""
        self._memory.close()
        os.close(self._file)

    def take(self, asks: Sequence[Ask], now: int | None = None) -> list[Level]:
        """Take a token of each bucket, or none of any: whoever is refused by one limit is not
        charged for the others. `now` in microseconds is the host's monotonic clock, which all its
        processes share and nobody sets."""
        if now is None:
            now = time.monotonic_ns() // 1000
        marks = [self._mark(ask) for ask in asks]
        rows = sorted({mark % self._rows for mark in marks})
        locked = [row for row in rows if self._lock(row)]
        try:
            places: dict[int, int] = {}
            levels = []
            for ask, mark in zip(asks, marks, strict=True):
                place, full_at = self._find(mark, now, places)
                places[place] = mark
                levels.append(take(ask.policy, full_at, now))
            if all(level.allowed for level in levels):
                for (place, mark), level in zip(places.items(), levels, strict=True):
                    _PLACE.pack_into(self._memory, place, mark, level.full_at)
            return levels
        finally:
            for row in reversed(locked):
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, row)

    def _mark(self, ask: Ask) -> int:
        name = f"{ask.policy.name}\0{ask.subject}".encode()
        digest = blake2b(name, digest_size=8, key=self._secret).digest()
        return int.from_bytes(digest, "little") | 1  # never zero, which is a free place

    def _lock(self, row: int) -> bool:
        for _ in range(TURNS):
            with suppress(BlockingIOError, PermissionError):
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, row)
                return True
            time.sleep(TURN_SECONDS)
        self.unlocked += 1
        return False

    def _find(self, mark: int, now: int, promised: Container[int]) -> tuple[int, int]:
        """Where this bucket is or can be, and when it is full. A full bucket need not be kept, so
        its place is free; if no place in the row is, the bucket that is nearest to full makes
        room. Places that are `promised` to other buckets of the same request are taken."""
        row = _HEAD + mark % self._rows * _ROW
        free, free_at = row, None
        for place in range(row, row + _ROW, _PLACE.size):
            found, full_at = _PLACE.unpack_from(self._memory, place)
            if found == mark:
                return place, full_at
            if (free_at is None or full_at < free_at) and place not in promised:
                free, free_at = place, full_at
        return free, now
