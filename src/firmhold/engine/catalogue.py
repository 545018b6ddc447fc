"""Items: creating, changing and finding them, and what is left of each.

Changing stock is a command of the engine; this module never touches a counter of an offering
that exists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec
import uuid_utils

from firmhold.domain.errors import Code, Refusal, refuse
from firmhold.domain.model import Terms
from firmhold.engine.faults import is_transient
from firmhold.engine.flight import overloaded
from firmhold.engine.rows import bare, offering_id
from firmhold.engine.ticket import Answer, Key, Reply
from firmhold.store.database import Database
from firmhold.store.sql import statement

_RACED = frozenset({Code.ALREADY_EXISTS, Code.IDEMPOTENCY_KEY_IN_PROGRESS})


class ItemFields(NamedTuple):
    """What an operator says about an item, its stock aside."""

    name: str
    description: str | None
    metadata: dict[str, Any]
    terms: Terms


class NewItem(NamedTuple):
    """An item to be created."""

    sku: str
    capacity: int
    fields: ItemFields


class Item(NamedTuple):
    """An item and its counts as they stand at `now`."""

    id: str
    sku: str
    fields: ItemFields
    capacity: int
    held: int
    """Units in holds that have not ended."""
    confirmed: int
    version: int
    draining_to: int | None
    next_expiry: datetime | None
    """When the next hold on it ends."""
    created_at: datetime
    updated_at: datetime
    now: datetime

    @property
    def available(self) -> int:
        """Units nobody has a claim on."""
        return self.capacity - self.held - self.confirmed

    @property
    def why_unavailable(self) -> Code | None:
        """The first reason why a single unit cannot be had now, if there is one."""
        terms = self.fields.terms
        if terms.sale_starts_at is not None and self.now < terms.sale_starts_at:
            return Code.NOT_ON_SALE_YET
        if terms.sale_ends_at is not None and terms.sale_ends_at <= self.now:
            return Code.SALE_ENDED
        return Code.INSUFFICIENT_CAPACITY if self.available < terms.min_quantity else None


class Catalogue:
    """The items of all organizations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self,
        organization: str,
        actor: str,
        items: Sequence[NewItem],
        render: Callable[[list[Item]], tuple[int, bytes]],
        key: Key | None = None,
    ) -> Reply:
        """Create all of the items or none. A SKU that exists refuses them all."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes] | Refusal:
            ids = [f"item_{uuid_utils.uuid7().hex}" for _ in items]
            # Inserted in the order of SKUs, so that two of these cannot deadlock on their index.
            ordered = sorted(zip(ids, items, strict=True), key=lambda pair: pair[1].sku)
            taken = await _items(connection, organization, skus=[item.sku for item in items])
            if taken:
                return _sku_taken(taken[0].sku)
            try:
                await connection.execute(
                    statement("catalogue", "insert_items"),
                    bare(organization),
                    now,
                    actor,
                    *_columns(*map(list, zip(*ordered, strict=True))),
                )
            except asyncpg.UniqueViolationError:
                return _sku_taken(items[0].sku if len(items) == 1 else None)
            created = await _items(connection, organization, ids=ids)
            status, body = render(created)
            return ids[0], status, body

        return await self._effect(organization, key, work)

    async def update(
        self,
        organization: str,
        actor: str,
        id: str,
        change: Callable[[Item], ItemFields | Refusal],
        render: Callable[[Item], tuple[int, bytes]],
        key: Key | None = None,
    ) -> Reply:
        """Replace what `change` makes of an item's fields, under its lock."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes] | Refusal:
            locked = await connection.fetchrow(
                statement("catalogue", "lock_item"), bare(organization), bare(id)
            )
            found = await _items(connection, organization, ids=[id]) if locked else []
            if not found:
                return refuse(Code.NOT_FOUND, "There is no such item.", item=id)
            fields = change(found[0])
            if isinstance(fields, Refusal):
                return fields
            if fields != found[0].fields:
                await connection.execute(
                    statement("catalogue", "update_item"),
                    bare(organization),
                    bare(id),
                    locked["now"],
                    actor,
                    *_update_columns(fields),
                )
            changed = await _items(connection, organization, ids=[id])
            status, body = render(changed[0])
            return id, status, body

        return await self._effect(organization, key, work)

    async def find(
        self,
        organization: str,
        *,
        ids: Sequence[str] | None = None,
        skus: Sequence[str] | None = None,
        after: str | None = None,
        search: str | None = None,
        limit: int = 1000,
    ) -> list[Item]:
        """Items by id, by SKU, or page by page in the order of their creation."""
        async with self._database.read() as connection:
            return await _items(
                connection,
                organization,
                ids=ids,
                skus=skus,
                after=after,
                search=search,
                limit=limit,
            )

    async def _effect(
        self,
        organization: str,
        key: Key | None,
        work: Callable[[Any, datetime], Any],
    ) -> Reply:
        """Run `work` in a transaction of its own, with the key's answer stored along with it.

        Whoever loses a race for the key, or for what `work` makes, looks once more for the answer
        that the winner has stored by then.
        """
        reply = await self._attempt(organization, key, work)
        if key is not None and isinstance(reply, Refusal) and reply.code in _RACED:
            again = await self._attempt(organization, key, work)
            return again if isinstance(again, Answer) else reply
        return reply

    async def _attempt(
        self,
        organization: str,
        key: Key | None,
        work: Callable[[Any, datetime], Any],
    ) -> Reply:
        try:
            async with self._database.engine() as connection, connection.transaction():
                # A plan for these very values: filters that are not given must not stand in the
                # way of the index that fits.
                await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
                if key is not None:
                    stored = await connection.fetchrow(
                        statement("catalogue", "find_answer"), bare(organization), key.scope
                    )
                    if stored is not None:
                        return _replayed(stored, key)
                now = await connection.fetchval("SELECT clock_timestamp()")
                # A savepoint: a refusal inside must leave the transaction usable, and empty.
                async with _Savepoint(connection) as savepoint:
                    outcome = await work(connection, now)
                    if isinstance(outcome, Refusal):
                        await savepoint.undo()
                        return outcome
                subject, status, body = outcome
                if key is not None:
                    await connection.execute(
                        statement("catalogue", "insert_answer"),
                        bare(organization),
                        key.scope,
                        key.fingerprint,
                        status,
                        body,
                        bare(subject),
                        now,
                    )
                return Answer(status, body)
        except asyncpg.UniqueViolationError:
            return refuse(
                Code.IDEMPOTENCY_KEY_IN_PROGRESS,
                "Another request with this idempotency key was being carried out; repeat it.",
            )
        except Exception as error:
            if is_transient(error):
                return overloaded("The database is away.")
            raise


class _Savepoint:
    """A part of a transaction that can be undone on its own."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._open = False

    async def __aenter__(self) -> _Savepoint:
        await self._connection.execute("SAVEPOINT work")
        self._open = True
        return self

    async def undo(self) -> None:
        """Forget what was done since the savepoint."""
        self._open = False
        await self._connection.execute("ROLLBACK TO SAVEPOINT work")

    async def __aexit__(self, kind: object, *_: object) -> None:
        if self._open and kind is None:
            await self._connection.execute("RELEASE SAVEPOINT work")


def _replayed(stored: Any, key: Key) -> Reply:
    if stored["fingerprint"].hex != key.fingerprint:
        return refuse(
            Code.IDEMPOTENCY_KEY_REUSED, "This idempotency key was used for a different request."
        )
    return Answer(stored["status"], stored["body"], replayed=True)


def _sku_taken(sku: str | None) -> Refusal:
    facts = {} if sku is None else {"sku": sku}
    return refuse(Code.ALREADY_EXISTS, "There is already an item with this SKU.", **facts)


async def _items(
    connection: Any,
    organization: str,
    *,
    ids: Sequence[str] | None = None,
    skus: Sequence[str] | None = None,
    after: str | None = None,
    search: str | None = None,
    limit: int = 10_000,
) -> list[Item]:
    found = await connection.fetch(
        statement("catalogue", "items"),
        bare(organization),
        None if ids is None else [bare(id) for id in ids],
        None if skus is None else list(skus),
        None if after is None else bare(after),
        None if search is None else f"%{_escaped(search)}%",
        limit,
    )
    return [_item(row) for row in found]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _item(row: Any) -> Item:
    terms = Terms(
        row["sale_starts_at"],
        row["sale_ends_at"],
        row["min_quantity"],
        row["max_quantity"],
        row["max_per_customer"],
        row["hold_ttl_seconds"],
        row["unit_price"],
        row["currency"],
    )
    metadata = msgspec.json.decode(row["metadata"])
    return Item(
        offering_id(row["id"]),
        row["sku"],
        ItemFields(row["name"], row["description"], metadata, terms),
        row["capacity"],
        row["held"] - row["due"],
        row["confirmed"],
        row["seq"],
        row["drain_to"],
        row["next_expiry"],
        row["created_at"],
        row["updated_at"],
        row["now"],
    )


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()


def _columns(ids: Sequence[str], items: Sequence[NewItem]) -> list[list[Any]]:
    return [
        [bare(id) for id in ids],
        [item.sku for item in items],
        [item.fields.name for item in items],
        [item.fields.description for item in items],
        [_json(item.fields.metadata) for item in items],
        [item.capacity for item in items],
        [item.fields.terms.sale_starts_at for item in items],
        [item.fields.terms.sale_ends_at for item in items],
        [item.fields.terms.min_quantity for item in items],
        [item.fields.terms.max_quantity for item in items],
        [item.fields.terms.max_per_customer for item in items],
        [item.fields.terms.hold_ttl_seconds for item in items],
        [item.fields.terms.unit_price for item in items],
        [item.fields.terms.currency for item in items],
    ]


def _update_columns(fields: ItemFields) -> list[Any]:
    return [fields.name, fields.description, _json(fields.metadata), *fields.terms]
