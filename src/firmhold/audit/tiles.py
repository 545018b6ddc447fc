"""The tree in tiles: how hashes are kept, so that a proof reads a handful of rows of a large log.

A tile has up to 256 neighbouring hashes. On level 0 they are leaves; on each level above, they are
the roots of full tiles below. Only the last tile of a level ever changes, and only by growing, so
tiles can be cached and copied. The layout is that of tiled transparency logs (c2sp.org/tlog-tiles).

Pure: tiles are looked up in a mapping, and what is needed can be told beforehand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from firmhold.audit.merkle import Subtree, node_hash, root_of, split

HEIGHT = 8
"""Levels of the tree in one tile."""

WIDTH = 1 << HEIGHT
HASH = 32
"""Bytes."""


class Place(NamedTuple):
    """Where a tile is."""

    level: int
    number: int


Tiles = Mapping[Place, bytes]


def edge(size: int) -> Iterator[Place]:
    """The last tile of each level of a log with `size` entries: what it takes to go on."""
    level = 0
    while size:
        yield Place(level, (size - 1) // WIDTH)
        size >>= HEIGHT
        level += 1


def grow(size: int, last: Tiles, leaves: Sequence[bytes]) -> dict[Place, bytes]:
    """The tiles that are new or have grown once these leaves follow the first `size`. `last` has
    the tiles of the edge."""
    grown: dict[Place, bytes] = {}
    level = 0
    added = list(leaves)
    while added:
        number, filled = divmod(size, WIDTH)
        hashes = last[Place(level, number)][: filled * HASH] if filled else b""
        hashes += b"".join(added)
        added = []
        for begin in range(0, len(hashes), WIDTH * HASH):
            tile = hashes[begin : begin + WIDTH * HASH]
            grown[Place(level, number)] = tile
            if len(tile) == WIDTH * HASH:
                added.append(root_of(_hashes(tile)))
            number += 1
        size >>= HEIGHT
        level += 1
    return grown


def subtrees_in(tiles: Tiles) -> Subtree:
    """Roots over parts of a log by its tiles."""

    def root(begin: int, end: int) -> bytes:
        size = end - begin
        if size & (size - 1) or begin % size:
            middle = begin + split(size)
            return node_hash(root(begin, middle), root(middle, end))
        place, first, width = _where(begin, size)
        return root_of(_hashes(tiles[place][first * HASH : (first + width) * HASH]))

    return root


def needed(prove: Callable[[Subtree], object]) -> set[Place]:
    """The tiles that a proof reads."""
    places: set[Place] = set()

    def note(begin: int, end: int) -> bytes:
        size = end - begin
        if size & (size - 1) or begin % size:
            middle = begin + split(size)
            note(begin, middle)
            note(middle, end)
        else:
            places.add(_where(begin, size)[0])
        return b""

    prove(note)
    return places


def _where(begin: int, size: int) -> tuple[Place, int, int]:
    """The tile with the nodes below a full subtree, the first of them and how many there are."""
    level, above = divmod(size.bit_length() - 1, HEIGHT)
    number, first = divmod(begin >> (level * HEIGHT), WIDTH)
    return Place(level, number), first, 1 << above


def _hashes(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]
