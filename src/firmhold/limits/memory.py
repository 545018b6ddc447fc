"""Buckets in memory that the processes of one node share.

A file without a name, mapped by all of them: fixed in size, forgotten with the last process. Two
processes that want the same bucket take turns by a lock on a byte of the file, which the kernel
gives back when a process dies. A take costs some microseconds and no message.

A bucket has its place in one row of the table, and a full bucket needs none. When a row is full of
buckets that are not, a newcomer takes the place of the one that is nearest to full, and starts with
what that one had: so it may have fewer tokens than it should, and no bucket ever has more (the rule
of Metwally, Agrawal and El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data
Streams", 2005, where a newcomer takes over the smallest count).

Owns where buckets live on a node; the rule is in `bucket`. For one thread of each process: locks
belong to processes.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import tempfile
import time
from collections.abc import Sequence

from firmhold.limits.bucket import MAX_PERIOD, SECOND, UNLIMITED, Ask, Levels, decide
from firmhold.limits.names import SECRET_BYTES, Names

PLACES = 1 << 18
"""Buckets that can be less than full at a time: 4 MB. Those that are left alone fill up."""

NEAR = 8
"""Places in a row, and so the most buckets that one request may name."""

PATIENCE = 0.02
"""Seconds to wait for a lock. It is held for microseconds, unless its process was put to sleep in
that moment; everybody else of this process waits along."""

PAUSE = 0.00005
"""Seconds between two attempts to get a lock."""

LEFT_ALONE = SECOND // 4
"""Microseconds in which nobody waits again for a lock that could not be had."""

MOST_OWN = 4096
"""Buckets that a process remembers by itself before it looks which of them have filled up."""

REMEMBERED = 10_000
"""Requests whose buckets need not be named and looked for again: those who come again and again
ask for the same."""

_WORD = 8
"""Bytes of a name and of an instant. One is written at a time, by one instruction, so that no
process can die in the middle of it."""

_HEAD = 512
"""Words before the first row: the secret, and a page's rest."""

_ROW = 2 * NEAR
"""Words of a row: the names of its buckets, then the instants at which they are full. A place that
nobody has used has the name 0 and has been full since ever."""

_LONGEST = MAX_PERIOD * SECOND


class _Wanted:
    """The buckets that a request asks."""

    __slots__ = ("asks", "names", "places", "rows")

    def __init__(self, asks: tuple[Ask, ...], names: list[int], rows: list[int]) -> None:
        self.asks = asks
        """Each once."""
        self.names = names
        """In the same order."""
        self.rows = rows
        """To be locked, in one order for everybody."""
        self.places: list[int] = []
        """Where they were found last. Still theirs if their names stand there."""


class SharedBuckets:
    """Buckets of this node. Every process that has the file descriptor sees the same."""

    def __init__(self, descriptor: int, *, patience: float = PATIENCE, lone: bool = False) -> None:
        """`descriptor`: from `create`, here or in the process above. `lone`: no other process has
        it, so there is nobody to take turns with, which is a third of the cost."""
        self._file = descriptor
        self._lone = lone
        self._map = mmap.mmap(descriptor, 0)
        self._words = memoryview(self._map).cast("Q")
        self._names = Names(bytes(self._map[:SECRET_BYTES]), _WORD)
        self._rows = (len(self._words) - _HEAD) // _ROW
        self._attempts = max(1, round(patience / PAUSE))
        self._known: dict[tuple[Ask, ...], _Wanted] = {}
        self._stuck: dict[int, int] = {}
        """Rows whose lock could not be had, and until when nobody waits for it."""
        self._own: dict[int, int] = {}
        """What this process took from buckets of such rows: on top of what the row says."""
        self.alone = 0
        """Requests that were decided without the others, because a lock could not be had."""

    @classmethod
    def create(cls, places: int = PLACES, *, lone: bool = False) -> SharedBuckets:
        """Full buckets, and nobody else's. `places` is rounded up to whole rows. Raises `OSError`
        if there is no room for them: better now than when the last of it is touched."""
        descriptor = _nameless_file()
        words = _HEAD + -(-places // NEAR) * _ROW
        with open(descriptor, "wb", closefd=False) as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.write(bytes(words * _WORD - SECRET_BYTES))
        return cls(descriptor, lone=lone)

    @property
    def descriptor(self) -> int:
        """What another process needs to see the same buckets: give it by `pass_fds`."""
        return self._file

    def close(self) -> None:
        """Leave the buckets to the other processes."""
        self._words.release()
        self._map.close()
        os.close(self._file)

    def take(self, asks: Sequence[Ask], now: int | None = None) -> Levels:
        """Take a token of each bucket, or none of any; at most `NEAR` of them, each once however
        often it is named. `now` in microseconds is the host's monotonic clock, which all its
        processes share and nobody sets."""
        if not asks:
            return UNLIMITED
        wanted = self._wanted(tuple(asks))
        if self._lone:
            return self._take(wanted, time.monotonic_ns() // 1000 if now is None else now, True)
        try:
            exclusive = self._lock(wanted.rows)
            # Read under the locks, so that instants are kept in their order.
            now = time.monotonic_ns() // 1000 if now is None else now
            return self._take(wanted, now, exclusive)
        finally:
            # All of this process's at once: also those that were had before one could not be.
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _wanted(self, asks: tuple[Ask, ...]) -> _Wanted:
        wanted = self._known.get(asks)
        if wanted is None:
            named: dict[int, Ask] = {}
            for ask in asks:
                # Zero is the name of a place that nobody has used.
                named.setdefault(int.from_bytes(self._names.of(ask), "little") or 1, ask)
            assert len(named) <= NEAR, "more buckets than a row has places"
            rows = sorted({name % self._rows for name in named})
            wanted = _Wanted(tuple(named.values()), [*named], rows)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[asks] = wanted
        return wanted

    def _take(self, wanted: _Wanted, now: int, exclusive: bool) -> Levels:
        places, kept = self._find(wanted)
        names = wanted.names
        if self._own:
            kept = [max(at, self._own.get(name, 0)) for name, at in zip(names, kept, strict=True)]
        levels = decide(wanted.asks, kept, now)
        if not exclusive:
            self.alone += 1
            if levels.allowed:
                self._keep_own(names, levels, now)
            return levels
        words = self._words
        for name, place, before, level in zip(names, places, kept, levels.each, strict=True):
            if not levels.allowed:
                # Still to be kept: that the bucket is empty, if its record was impossible or if the
                # place's was one that no bucket could have had.
                bound = level.full_at if words[place] == name else now + _LONGEST
                if before <= bound:
                    continue
            # The instant first: who dies between the two has taken a token of the bucket before.
            words[place + NEAR] = level.full_at
            words[place] = name
            if self._own:
                self._own.pop(name, None)
        return levels

    def _lock(self, rows: list[int]) -> bool:
        """Lock rows, in one order, so that no two processes wait for each other. Not if one cannot
        be had: then its process was stopped, and what is written there would be lost when it goes
        on."""
        for row in rows:
            until = self._stuck.get(row, 0)
            for attempt in range(self._attempts):
                try:
                    fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, row)
                    break
                except OSError:
                    if attempt == 0 and until > time.monotonic_ns() // 1000:
                        return False
                    time.sleep(PAUSE)
            else:
                self._stuck[row] = time.monotonic_ns() // 1000 + LEFT_ALONE
                return False
            if until:
                del self._stuck[row]
        return True

    def _find(self, wanted: _Wanted) -> tuple[list[int], list[int]]:
        """The places of these buckets, and when each is full. Those that have none get the place
        of whichever in their row is nearest to full, but for what the same request names."""
        words = self._words
        if wanted.places and [words[place] for place in wanted.places] == wanted.names:
            return wanted.places, [words[place + NEAR] for place in wanted.places]
        places: list[int] = []
        kept: list[int] = []
        late: list[tuple[int, int, list[int]]] = []
        for index, name in enumerate(wanted.names):
            row = _HEAD + name % self._rows * _ROW
            found = words[row : row + _ROW].tolist()
            if name in found[:NEAR]:
                place = found.index(name)
                places.append(row + place)
                kept.append(found[place + NEAR])
            else:
                places.append(0)
                kept.append(0)
                late.append((index, row, found))
        for index, row, found in late:
            full_at, place = min(
                (found[place + NEAR], place) for place in range(NEAR) if row + place not in places
            )
            # Whoever loses its place finds none later with more in it than it had: not with these
            # either, which could not be chosen although they may be nearer to full.
            for other, at in enumerate(places):
                if row <= at < row + NEAR:
                    kept[other] = max(kept[other], full_at)
            places[index], kept[index] = row + place, full_at
        wanted.places = places
        return places, kept

    def _keep_own(self, names: list[int], levels: Levels, now: int) -> None:
        if len(self._own) > MOST_OWN:
            self._own = {name: full_at for name, full_at in self._own.items() if full_at > now}
        for name, level in zip(names, levels.each, strict=True):
            self._own[name] = level.full_at


def _nameless_file() -> int:
    """A descriptor of an empty file that nobody can find and that no disk has to write."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("firmhold-limits")
    descriptor, name = tempfile.mkstemp(prefix="firmhold-limits-")
    os.unlink(name)
    return descriptor
