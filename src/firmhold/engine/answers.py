"""Answers that are kept under idempotency keys: who gets one again, and how they are stored.

A key has one effect because the database takes it once, in the transaction of that effect. A
refusal is never stored: it changed nothing, so the same key may try again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from firmhold.domain.errors import Code, Refusal, refuse
from firmhold.engine.faults import KeyRace
from firmhold.engine.rows import bare, numbers, plain
from firmhold.engine.ticket import Answer, Key, Reply
from firmhold.store.database import Database
from firmhold.store.sql import statement

_FIND_ANSWER = statement("answers", "find_answer")
_STORE_ANSWERS = statement("answers", "store_answers")


class Stored(NamedTuple):
    """The answer to an earlier use of a key."""

    fingerprint: str
    status: int
    body: bytes


class Given(NamedTuple):
    """An answer that is given now, and is to be stored."""

    key: Key
    status: int
    body: bytes
    subject: str
    """The id of what the effect was on."""


class Sorted(NamedTuple):
    """The commands of a batch by what their keys say, as their places in it."""

    replies: list[Reply | None]
    """Those of commands that have had their effect before."""
    fresh: list[int]
    """Commands that have to be decided."""
    repeats: dict[int, int]
    """Commands with the key of an earlier one in the same batch."""


def sort_out(keys: Sequence[Key | None], stored: Mapping[str, Stored]) -> Sorted:
    """Tell the commands with these keys apart, given what is stored under their scopes."""
    replies: list[Reply | None] = [None] * len(keys)
    fresh: list[int] = []
    repeats: dict[int, int] = {}
    leaders: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key is None:
            fresh.append(index)
        elif (answer := stored.get(key.scope)) is not None:
            replies[index] = replay(answer, key)
        elif key.scope in leaders:
            repeats[index] = leaders[key.scope]
        else:
            leaders[key.scope] = index
            fresh.append(index)
    return Sorted(replies, fresh, repeats)


def replay(stored: Stored, key: Key) -> Reply:
    """The first answer again, or a refusal if the same key now names another effect."""
    if stored.fingerprint != key.fingerprint:
        return _reused()
    return Answer(stored.status, stored.body, replayed=True)


def follow(leader: Reply | None, leading: Key | None, key: Key | None) -> Reply | None:
    """What a second command with the same key in the same batch gets, given the first's reply.

    The same request shares its fate: carried out right after the first, it would find the same
    state, or its own answer.
    """
    assert leading is not None and key is not None
    same = leading.fingerprint == key.fingerprint
    if isinstance(leader, Answer):
        return leader._replace(replayed=True) if same else _reused()
    if same:
        return leader
    return refuse(
        Code.IDEMPOTENCY_KEY_IN_PROGRESS,
        "Another request with this idempotency key is being carried out.",
    )


def _reused() -> Refusal:
    return refuse(
        Code.IDEMPOTENCY_KEY_REUSED,
        "This idempotency key was used for a different request.",
    )


def columns(given: Sequence[Given]) -> list[Any]:
    """Columns for storing these, in one order everywhere: transactions that race for the same keys
    must not wait for each other crosswise."""
    given = sorted(given)
    return [
        plain([one.key.scope for one in given]),
        plain([one.key.fingerprint for one in given]),
        numbers([one.status for one in given]),
        [one.body for one in given],
        plain([one.subject[-32:] for one in given]),
    ]


def stored_in(row: Any) -> dict[str, Stored]:
    """Answers from a row with an array for each of their columns, by the scopes of their keys."""
    return {
        key.hex: Stored(fingerprint.hex, status, body)
        for key, fingerprint, status, body in zip(
            row["keys"] or (),
            row["fingerprints"] or (),
            row["statuses"] or (),
            row["bodies"] or (),
            strict=True,
        )
    }


async def find(connection: Any, organization: str, key: Key) -> Reply | None:
    """What whoever names this key gets, if its effect was had before."""
    row = await connection.fetchrow(_FIND_ANSWER, organization, key.scope)
    return None if row is None else replay(Stored(row["fingerprint"].hex, *row[1:]), key)


async def earlier(database: Database, organization: str, key: Key | None) -> Reply | None:
    """The same before anything else is looked at, because what the request names may have changed
    since its effect was had. The effect looks once more by itself: somebody may be faster."""
    if key is None:
        return None
    async with database.engine_for(organization) as connection:
        return await find(connection, bare(organization), key)


async def store(connection: Any, organization: str, at: datetime, given: Given) -> None:
    """Store an answer along with its effect. Raises `KeyRace`, and then the effect must be undone,
    if another transaction has just used the key."""
    if await connection.fetchval(_STORE_ANSWERS, organization, at, *columns([given])) != 1:
        raise KeyRace
