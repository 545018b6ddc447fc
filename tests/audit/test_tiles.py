"""The tree in tiles against the plain one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.audit.merkle import (
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from firmhold.audit.tiles import HASH, WIDTH, Place, edge, grow, needed, subtrees_in

LEAVES = [leaf_hash(str(n).encode()) for n in range(1200)]
SIZES = [1, 2, 255, 256, 257, 511, 512, 513, 767, 768, 1000, 1024, 1199]


class Kept:
    """Tiles as a table keeps them."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[Place, bytes] = {}

    def add(self, leaves: list[bytes]) -> None:
        last = {place: self.tiles[place] for place in edge(self.size)}
        self.tiles |= grow(self.size, last, leaves)
        self.size += len(leaves)

    def root(self) -> bytes:
        """By what is at the edge alone."""
        return subtrees_in({place: self.tiles[place] for place in edge(self.size)})(0, self.size)


@given(st.lists(st.integers(0, 400), max_size=8))
def test_however_leaves_come_the_root_is_the_plain_trees(steps: list[int]) -> None:
    kept = Kept()
    for step in steps:
        kept.add(LEAVES[kept.size : kept.size + step])
        if kept.size:
            assert kept.root() == root_of(LEAVES[: kept.size])
    for place, tile in kept.tiles.items():
        whole = 1 << (8 * place.level)
        first = place.number * WIDTH
        for at in range(len(tile) // HASH):
            begin = (first + at) * whole
            part = LEAVES[begin : begin + whole]
            assert len(part) == whole
            assert tile[at * HASH : (at + 1) * HASH] == root_of(part)


def test_a_log_of_more_than_two_levels_has_its_root() -> None:
    leaf, kept = LEAVES[0], Kept()
    for step in (65_535, 1, 1, 255, 70_000):
        kept.add([leaf] * step)
        assert kept.root() == root_of([leaf] * kept.size)
    assert max(place.level for place in kept.tiles) == 2


@pytest.mark.parametrize("size", SIZES)
def test_proofs_from_tiles_hold_and_need_no_other_tile(size: int) -> None:
    kept = Kept()
    kept.add(LEAVES[:size])
    root = root_of(LEAVES[:size])
    for index in {0, 1, size // 3, size - 2, size - 1} & set(range(size)):
        places = needed(lambda part, index=index: inclusion_proof(index, size, part))  # type: ignore[misc]
        few = subtrees_in({place: kept.tiles[place] for place in places})
        assert includes(LEAVES[index], index, size, inclusion_proof(index, size, few), root)
        old = index + 1
        places = needed(lambda part, old=old: consistency_proof(old, size, part))  # type: ignore[misc]
        few = subtrees_in({place: kept.tiles[place] for place in places})
        proof = consistency_proof(old, size, few)
        assert extends(old, root_of(LEAVES[:old]), size, root, proof)


def test_a_proof_in_a_large_log_reads_a_handful_of_tiles() -> None:
    size = 123_456_789
    assert len(needed(lambda part: inclusion_proof(98_765_432, size, part))) < 12
    assert len(needed(lambda part: consistency_proof(98_765_432, size, part))) < 12
