"""The tree against its definition, and against the vectors of Certificate Transparency."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.audit.merkle import (
    EMPTY,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    root_of,
    split,
    subtrees_of,
)

# From the reference implementation of RFC 6962: eight entries, and the root after each.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
MANY = [leaf_hash(str(n).encode()) for n in range(65)]


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_proofs_are_those_of_certificate_transparency() -> None:
    leaves = subtrees_of(LEAVES)
    assert [hash.hex() for hash in inclusion_proof(0, 8, leaves)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [hash.hex() for hash in inclusion_proof(2, 3, leaves)] == [ROOTS[1]]
    assert consistency_proof(1, 1, leaves) == []
    assert [hash.hex() for hash in consistency_proof(6, 8, leaves)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_log_without_entries_has_the_root_of_nothing() -> None:
    assert root_of([]) == EMPTY == by_definition([])


@given(st.lists(st.binary(max_size=8), max_size=300))
def test_the_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    assert root_of(leaves) == by_definition(leaves)


@pytest.mark.parametrize("size", range(1, 65))
def test_every_entry_is_proved_to_be_in_a_log_of_any_size(size: int) -> None:
    root, parts = by_definition(MANY[:size]), subtrees_of(MANY)
    for index in range(size):
        proof = inclusion_proof(index, size, parts)
        assert includes(MANY[index], index, size, proof, root)
        assert len(proof) <= (size - 1).bit_length()


@pytest.mark.parametrize("size", range(65))
def test_every_log_is_proved_to_go_on_from_all_before_it(size: int) -> None:
    root, parts = by_definition(MANY[:size]), subtrees_of(MANY)
    for old in range(size + 1):
        proof = consistency_proof(old, size, parts)
        assert extends(old, by_definition(MANY[:old]), size, root, proof)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 21, 32, 33, 63])
def test_an_entry_is_not_shown_by_another_proof(size: int) -> None:
    root, parts = root_of(MANY[:size]), subtrees_of(MANY)
    for index in range(size):
        proof = inclusion_proof(index, size, parts)
        for other in range(size):
            assert includes(MANY[other], index, size, proof, root) == (other == index)
            assert includes(MANY[index], other, size, proof, root) == (other == index)
        for wrong in altered(proof):
            assert not includes(MANY[index], index, size, wrong, root)
        assert not includes(MANY[index], index, size, proof, MANY[64])
        assert not includes(MANY[index], -1, size, proof, root)
        assert not includes(MANY[index], size, size, proof, root)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 21, 32, 33, 63])
def test_a_log_is_not_shown_to_go_on_by_another_proof(size: int) -> None:
    root, parts = root_of(MANY[:size]), subtrees_of(MANY)
    for old in range(1, size + 1):
        before, proof = root_of(MANY[:old]), consistency_proof(old, size, parts)
        for wrong in altered(proof):
            assert not extends(old, before, size, root, wrong)
        assert not extends(old, MANY[64], size, root, proof)
        assert not extends(old, before, size, MANY[64], proof)
        for other in range(size):
            assert other == old or not extends(other, before, size, root, proof)
    assert not extends(-1, EMPTY, size, root, [])
    assert not extends(size + 1, root, size, root, [])


def altered(proof: list[bytes]) -> list[list[bytes]]:
    """A proof with each hash changed, left out, doubled or exchanged, and with one too many."""
    wrong = [[*proof, MANY[64]], [MANY[64], *proof]]
    for at, hash in enumerate(proof):
        flipped = bytes([hash[0] ^ 1]) + hash[1:]
        wrong += [
            [*proof[:at], flipped, *proof[at + 1 :]],
            proof[:at] + proof[at + 1 :],
            [*proof[: at + 1], *proof[at:]],
        ]
        if at:
            wrong.append([*proof[: at - 1], hash, proof[at - 1], *proof[at + 1 :]])
    return wrong


def test_there_is_no_proof_of_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="no leaf 3 among 3"):
        inclusion_proof(3, 3, subtrees_of(MANY))
    with pytest.raises(ValueError, match="never had 4"):
        consistency_proof(4, 3, subtrees_of(MANY))


@given(st.integers(2, 1 << 70))
def test_the_left_of_a_tree_is_the_largest_power_of_two_below_its_size(size: int) -> None:
    left = split(size)
    assert left & (left - 1) == 0
    assert left < size <= 2 * left
