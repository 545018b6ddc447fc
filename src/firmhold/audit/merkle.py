"""The Merkle tree of a log, and what can be proved with it.

As in RFC 6962, section 2.1, and RFC 9162, section 2.1, which says how proofs are checked: SHA-256,
leaves and nodes told apart by their first byte, and a tree over n leaves that has the largest power
of two below n on its left. Whoever has the tree's root can be shown that one entry is in the log,
with one hash per level, and that the log of yesterday is the beginning of the log of today.

Pure. Hashes are 32 bytes; indexes count from 0.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""Root of a log without entries."""

Subtree = Callable[[int, int], bytes]
"""The root over the leaves from one index to before another."""


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two others."""
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """How many of `size` leaves, two at least, are on the left: the largest power of two that is
    smaller."""
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        pairs = [node_hash(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        # The last of an odd number goes up as it is, as the recursive definition has it.
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def subtrees_of(leaves: Sequence[bytes]) -> Subtree:
    """Roots over parts of these leaf hashes, each worked out when it is asked for."""
    return lambda begin, end: root_of(leaves[begin:end])


# --- that an entry is in the log ---


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """What it takes to get from leaf `index` to the root over `size` leaves, from the leaf
    upwards."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} among {size}")
    path = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(begin, middle))
            begin = middle
    return path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that the leaf is number `index` of the `size` under this root
    (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, seen = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            seen = node_hash(sibling, seen)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            seen = node_hash(seen, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and seen == root


# --- that nothing was changed since ---


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """What it takes to see that the first `old` of `size` leaves are those under the earlier
    root. Nothing, if there were none or are no more."""
    if not 0 <= old <= size:
        raise ValueError(f"a log of {size} entries never had {old}")
    if old in {0, size}:
        return []
    path = []
    begin, end, whole = 0, size, True
    while old != end:
        middle = begin + split(end - begin)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(begin, middle))
            begin, whole = middle, False
    if not whole:  # else it is the earlier root, which the other side has
        path.append(subtree(begin, end))
    return path[::-1]


def extends(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the proof shows that the log with this root goes on from the one with the old root
    (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not path and old_root == root
    if old == 0:
        return not path and old_root == EMPTY
    rest = list(path)
    if old & (old - 1) == 0:
        rest.insert(0, old_root)
    if not rest:
        return False
    here, last = old - 1, size - 1
    while here & 1:
        here >>= 1
        last >>= 1
    before = after = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            after = node_hash(after, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == root
