"""Items: creating, changing and finding them, and what is left of each.

Changing stock is a command of the engine; this module never touches a counter of an offering
that exists.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec
import uuid_utils

from firmhold.domain.errors import Code, Refusal, Refused, refuse
from firmhold.domain.model import Terms
from firmhold.engine import answers
from firmhold.engine.faults import KeyRace, is_transient
from firmhold.engine.flight import overloaded
from firmhold.engine.rows import bare, offering_id
from firmhold.engine.ticket import Act, Answer, Reply
from firmhold.store.acts import record_act
from firmhold.store.connections import SAYING_ACROSS, saying
from firmhold.store.database import PATIENCE, Database
from firmhold.store.sql import statement

_SETTINGS = f"{PATIENCE}; SET LOCAL plan_cache_mode = force_custom_plan"
"""A plan for these very values: filters that are not given must not stand in the way of the index
that fits."""

Work = Callable[[Any, datetime], Awaitable[tuple[str, int, bytes]]]
"""What makes an effect on a connection at a time: the id of what it was on, and the answer. Raises
`Refused`."""


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
        act: Act | None = None,
    ) -> Reply:
        """Create all of the items or none. A SKU that exists refuses them all."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            ids = [f"item_{uuid_utils.uuid7().hex}" for _ in items]
            # Inserted in the order of SKUs, so that two of these cannot deadlock on their index.
            ordered = sorted(zip(ids, items, strict=True), key=lambda pair: pair[1].sku)
            taken = await _items(connection, organization, skus=[item.sku for item in items])
            if taken:
                raise _sku_taken(taken[0].sku)
            try:
                await connection.execute(
                    statement("catalogue", "insert_items"),
                    bare(organization),
                    now,
                    actor,
                    *_columns(*map(list, zip(*ordered, strict=True))),
                )
            except asyncpg.UniqueViolationError:
                raise _sku_taken(items[0].sku if len(items) == 1 else None) from None
            created = await _items(connection, organization, ids=ids)
            status, body = render(created)
            return ids[0], status, body

        return await self.effect(organization, act, work)

    async def update(
        self,
        organization: str,
        actor: str,
        id: str,
        change: Callable[[Item], ItemFields | Refusal],
        render: Callable[[Item], tuple[int, bytes]],
        act: Act | None = None,
    ) -> Reply:
        """Replace what `change` makes of an item's fields, under its lock."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            locked = await connection.fetchrow(
                statement("catalogue", "lock_item"), bare(organization), bare(id)
            )
            found = await _items(connection, organization, ids=[id]) if locked else []
            if not found:
                raise Refused(refuse(Code.NOT_FOUND, "There is no such item.", item=id))
            fields = change(found[0])
            if isinstance(fields, Refusal):
                raise Refused(fields)
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

        return await self.effect(organization, act, work)

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
        async with self._database.read(organization) as connection:
            return await _items(
                connection,
                organization,
                ids=ids,
                skus=skus,
                after=after,
                search=search,
                limit=limit,
            )

    async def effect(
        self, organization: str, act: Act | None, work: Work, *, across: bool = False
    ) -> Reply:
        """Carry `work` out, note it as this act, and do it once if that has a key. With `across` it
        sees and changes what is not the organization's: a new organization, a person's sessions
        anywhere.

        Whoever loses a race for the key, or for what `work` makes, looks once more for the answer
        that the winner has stored by then.
        """
        try:
            reply = await self._attempt(organization, act, work, across=across)
        except KeyRace:
            return await self._attempt(organization, act, work, across=across)
        keyed = act is not None and act.key is not None
        if not keyed or isinstance(reply, Answer) or reply.code is not Code.ALREADY_EXISTS:
            return reply
        return await self._attempt(organization, act, work, across=across)

    async def _attempt(
        self, organization: str, act: Act | None, work: Work, *, across: bool
    ) -> Reply:
        """Run `work` in a transaction of its own, with the key's answer stored along with it, and
        the act noted."""
        key = None if act is None else act.key
        try:
            async with self._database.engine() as connection, connection.transaction():
                whose = SAYING_ACROSS if across else saying(organization)
                await connection.execute(f"{_SETTINGS}; {whose}")
                if key is not None:
                    reply = await answers.find(connection, bare(organization), key)
                    if reply is not None:
                        return reply
                now = await connection.fetchval("SELECT clock_timestamp()")
                subject, status, body = await work(connection, now)
                if act is not None:
                    await record_act(
                        connection, organization, act.kind, act.actor, subject, act.facts
                    )
                if key is not None:
                    given = answers.Given(key, status, body, subject)
                    await answers.store(connection, bare(organization), now, given)
                return Answer(status, body)
        except Refused as refused:
            return refused.refusal
        except Exception as error:
            if is_transient(error):
                return overloaded("The database is away.")
            raise


def _sku_taken(sku: str | None) -> Refused:
    facts = {} if sku is None else {"sku": sku}
    return Refused(refuse(Code.ALREADY_EXISTS, "There is already an item with this SKU.", **facts))


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
        offering_id(row["id"], "item"),
        row["sku"],
        ItemFields(row["name"], row["description"], metadata, terms),
        row["capacity"],
        row["held"],
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
