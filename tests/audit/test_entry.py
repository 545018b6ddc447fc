"""What a leaf says, and how entries are named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.audit.checker import leaf_of as checked_leaf
from firmhold.audit.entry import Key, commitment, commitments, keys_in, leaf_of, runs_of
from firmhold.audit.note import Checkpoint
from firmhold.audit.records import Coverage
from tests.audit.logs import SIGNER, STRANGER, act, ledger_entry

KEYS = st.builds(Key, st.sampled_from([bytes([n]) * 16 for n in range(3)]), st.integers(0, 40))


@given(st.lists(KEYS, max_size=60))
def test_runs_name_the_same_entries_in_the_same_order(keys: list[Key]) -> None:
    assert keys_in(runs_of(keys)) == keys


def test_a_thousand_entries_of_one_offering_take_28_bytes() -> None:
    assert len(runs_of([Key(bytes(16), n) for n in range(1, 1001)])) == 28


@pytest.mark.parametrize("length", [1, 27, 29])
def test_bytes_that_are_no_runs_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="not a whole number of runs"):
        keys_in(bytes(length))


@given(st.lists(KEYS, max_size=60))
def test_an_entry_is_covered_once(keys: list[Key]) -> None:
    covered, seen = Coverage(), set[Key]()
    for key in keys:
        assert covered.add(key) == (key not in seen)
        seen.add(key)
        assert key in covered
    for id in {key.id for key in keys}:
        assert covered.count(id) == sum(key.id == id for key in seen)


@given(st.text(), st.none() | st.text(), st.binary(min_size=16, max_size=16))
def test_both_halves_of_the_audit_make_the_same_leaf(
    actor: str, reason: str | None, salt: bytes
) -> None:
    for entry in (ledger_entry(3, actor, reason), act(4, note=reason)):
        record = {"entry": entry, "salt": salt.hex()}
        try:
            expected = leaf_of(entry, commitments(entry, salt))
        except UnicodeEncodeError:
            continue  # a lone surrogate, which PostgreSQL has none of
        assert checked_leaf(json.loads(json.dumps(record))) == expected


def test_a_commitment_is_to_one_value_of_one_part_under_one_salt() -> None:
    salt, other = bytes(16), bytes([1] * 16)
    different = {
        commitment(salt, "actor", "a"),
        commitment(salt, "actor", "b"),
        commitment(salt, "reason", "a"),
        commitment(other, "actor", "a"),
    }
    assert len(different) == 4


def test_a_checkpoint_says_the_same_wherever_its_reader_is() -> None:
    at = datetime(2035, 3, 6, 7, tzinfo=UTC)
    here = Checkpoint("0" * 32, 1, 0, bytes(32), at)
    there = here._replace(at=at.astimezone(timezone(timedelta(hours=9))))
    assert here.text == there.text
    assert b"\nat 2035-03-06T07:00:00.000000Z\n" in here.text


def test_a_signature_is_of_one_checkpoint_by_one_key() -> None:
    checkpoint = Checkpoint("0" * 32, 1, 0, bytes(32), datetime(2035, 3, 6, tzinfo=UTC))
    id, signature = SIGNER.sign(checkpoint)
    assert SIGNER.has_signed(checkpoint, id, signature)
    assert not STRANGER.has_signed(checkpoint, id, signature)
    assert not SIGNER.has_signed(checkpoint._replace(size=2), id, signature)
    assert not SIGNER.has_signed(checkpoint, b"none", signature)
