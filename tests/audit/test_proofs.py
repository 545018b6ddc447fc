"""Proofs from the tables, checked by one who has nothing but the public key."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from firmhold.audit.checker import check_consistency, check_inclusion, read_note
from firmhold.audit.proofs import consistency, inclusion, newest_checkpoint
from firmhold.store.sql import statement
from tests.audit.book import Book
from tests.audit.logs import SIGNER, STRANGER
from tests.databases import connected

KEYS = [SIGNER.public]


async def ask(book: Book, what: Any, *arguments: Any) -> Any:
    return await connected(book.address.dsn, lambda c: what(c, book.organization, *arguments))


async def grown(book: Book) -> tuple[str, str, list[int]]:
    """An item, an act, and the sizes of a log that grew past a few tiles."""
    item, sealer = await book.offering(), book.sealer()
    act = await book.act("user.created", "user:owner", "a@b.example")
    sizes = []
    for count in (3, 1, 252, 1, 300):
        await book.write(item, count)
        sizes.append(await book.seal(sealer))
    return item, act, sizes


async def test_every_entry_can_be_proved(book: Book) -> None:
    item, act, sizes = await grown(book)
    for id, seq in [(act, 0), *((item, seq) for seq in (1, 3, 4, 255, 256, 257, 557))]:
        proof = json.loads(json.dumps(await ask(book, inclusion, id, seq)))
        assert check_inclusion(proof, KEYS).size == sizes[-1]
        assert proof["entry"][2] == id[-32:]
        for wrong in wrongs(proof):
            with pytest.raises(ValueError):  # noqa: PT011 - each in its own words
                check_inclusion(wrong, KEYS)
        with pytest.raises(ValueError, match="no known key"):
            check_inclusion(proof, [STRANGER.public])


async def test_every_log_is_proved_to_go_on_from_those_before(book: Book) -> None:
    *_, sizes = await grown(book)
    for old in sizes:
        for new in (size for size in sizes if size >= old):
            proof = json.loads(json.dumps(await ask(book, consistency, old, new)))
            before, after = check_consistency(proof, KEYS)
            assert (before.size, after.size) == (old, new)
            for wrong in wrongs(proof):
                with pytest.raises(ValueError):  # noqa: PT011 - each in its own words
                    check_consistency(wrong, KEYS)
    proof = await ask(book, consistency, sizes[0])
    assert check_consistency(proof, KEYS)[1].size == sizes[-1]


def wrongs(proof: dict[str, Any]) -> list[dict[str, Any]]:
    """A proof with something else in one of its places."""
    wrong = []
    path = proof["proof"]
    other = "A" * 43 + "="
    wrong += [proof | {"proof": [*path, other]}, proof | {"proof": [*path, "AA=="]}]
    for at in range(len(path)):
        wrong.append(proof | {"proof": [*path[:at], other, *path[at + 1 :]]})
        wrong.append(proof | {"proof": path[:at] + path[at + 1 :]})
    if "index" in proof:
        wrong += [proof | {"index": proof["index"] + 1}, proof | {"index": -1}]
        for at in range(1, len(proof["entry"])):
            changed = deepcopy(proof)
            changed["entry"][at] = "0" * 32
            wrong.append(changed)
    return wrong


async def test_what_is_not_there_or_not_sealed_has_no_proof(book: Book) -> None:
    item, *_ = await grown(book)
    await book.write(item)
    for arguments in ((item, 558), (item, 559), (item, 0), ("act_" + "0" * 32,)):
        with pytest.raises(LookupError):
            await ask(book, inclusion, *arguments)
    with pytest.raises(LookupError):
        await ask(book, consistency, 2)
    with pytest.raises(LookupError):
        await ask(book, consistency, 4, 6)


async def test_a_log_without_entries_has_no_checkpoint(book: Book) -> None:
    assert await ask(book, newest_checkpoint) is None
    assert (await book.report()).findings == []


async def test_a_checkpoint_is_a_signed_note(book: Book) -> None:
    await grown(book)
    note = await ask(book, newest_checkpoint)
    assert read_note(note, KEYS).size == 558
    assert note.splitlines()[0] == f"firmhold.audit/{book.organization}"
    assert note.splitlines()[5:] == ["", note.splitlines()[6]]


async def test_an_entry_is_found_by_its_whole_key_and_so_is_what_was_erased_of_it(
    book: Book,
) -> None:
    """An offering may have a million entries: reading all of them for each would take hours."""
    item, act, _ = await grown(book)
    sql = "EXPLAIN " + statement("audit", "entries_by_key")
    arguments = (book.organization[-32:], [item, act[-32:]], [5, 0])
    lines = [row[0].strip() for row in await book.fetch(sql, *arguments)]
    conditions = [line for line in lines if line.startswith("Index Cond:")]
    assert any("offering_id = k.id" in line and "(seq = k.seq)" in line for line in conditions)
    assert any("(id = k.id)" in line and "(seq = k.seq)" in line for line in conditions)
    assert not any("Filter: (l.seq" in line for line in lines)
