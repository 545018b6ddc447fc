"""The demo's shop: sales that are open, coming, over and sold out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from firmhold.cli.demo_fitting import carried_out, fits
from firmhold.cli.demo_maker import ACTOR, new_id
from firmhold.domain.commands import Asked, Command, Confirm, Hold, SetCapacity
from firmhold.domain.model import Terms
from firmhold.engine.catalogue import Catalogue, Item, ItemFields, NewItem
from firmhold.engine.engine import Engine

WINDOWS = ("CONSOLE-X", "WINTER-BOOTS", "ESPRESSO-12")
"""Items whose sale begins or ends: set anew at each start, so that a coming sale is coming."""


class Shop:
    """Makes the shop of an organization, and has it sell some of it."""

    def __init__(self, engine: Engine, organization: str, now: datetime) -> None:
        self.reserved = 0
        self.restocked = 0
        self._engine = engine
        self._organization = organization
        self._catalogue = Catalogue(engine.database)
        self._items = {item.sku: item for item in _shop(now)}

    async def make(self) -> None:
        """Let there be the shop. Nothing is sold in one that is there."""
        present = await self._present()
        missing = [item for sku, item in self._items.items() if sku not in present]
        if missing:
            await self._create(missing)
            await self._sell()
        for sku in WINDOWS:
            if sku in present:
                await self._set_fields(present[sku])

    async def restock(self) -> None:
        """Let the shop be as it was at first, nothing of it being reserved any more."""
        present = await self._present()
        await self._create([item for sku, item in self._items.items() if sku not in present])
        for sku, item in present.items():
            await self._set_fields(item)
            capacity = self._items[sku].capacity
            if item.capacity != capacity or item.draining_to is not None:
                command = SetCapacity(item.id, ACTOR, capacity, reason="demo reset")
                reply = await self._engine.submit(
                    self._organization, command, lambda *_: (200, b"")
                )
                # Units that were used, as a check-in says, are gone for good.
                self.restocked += carried_out(reply)
        await self._sell()

    async def _present(self) -> dict[str, Item]:
        found = await self._catalogue.find(self._organization, skus=list(self._items))
        return {item.sku: item for item in found}

    async def _create(self, items: Sequence[NewItem]) -> None:
        if items:
            reply = await self._catalogue.create(
                self._organization, ACTOR.label, items, lambda _: (201, b"")
            )
            fits(reply, "the shop's items")

    async def _set_fields(self, item: Item) -> None:
        fields = self._items[item.sku].fields
        reply = await self._catalogue.update(
            self._organization, ACTOR.label, item.id, lambda _: fields, lambda _: (200, b"")
        )
        fits(reply, item.sku)

    async def _sell(self) -> None:
        """Let some time seem to have passed: orders, holds, and one sale sold out."""
        for sku, buyers, quantity in (
            ("VINYL-BOX", 15, 2),
            ("FLASH-SALE-001", 40, 2),
            ("ESPRESSO-12", 12, 1),
            ("TENT-2P", 9, 1),
        ):
            item = await self._engine.item_of_sku(self._organization, sku)
            if item is None:
                continue
            for buyer in range(buyers):
                customer = f"buyer-{buyer:02d}@demo.example"
                firm = sku == "VINYL-BOX" or buyer % 4 > 0
                if not await self._sell_one(item, customer, quantity, firm=firm):
                    break

    async def _sell_one(self, item: str, customer: str, quantity: int, *, firm: bool) -> bool:
        """Whether there were so many left to be held, and to be confirmed if it is `firm`."""
        hold = Hold(new_id("rsv_"), ACTOR, customer, (Asked(item, quantity),))
        confirm = Confirm(hold.reservation, ACTOR)
        commands: list[Command] = [hold, confirm] if firm else [hold]
        for command in commands:
            reply = await self._engine.submit(self._organization, command, lambda *_: (201, b""))
            if not fits(reply, f"an order of {customer}"):
                return False
        self.reserved += 1
        return True


def _shop(now: datetime) -> list[NewItem]:
    def item(sku: str, name: str, capacity: int, cents: int, text: str, **terms: Any) -> NewItem:
        priced = Terms(unit_price=cents, currency="EUR")._replace(**terms)
        return NewItem(sku, capacity, ItemFields(name, text, {"demo": True}, priced))

    day = timedelta(days=1)
    return [
        item(
            "FLASH-SALE-001",
            "Noise-cancelling headphones, flash sale",
            500,
            14900,
            "Last season's colour, 40 % off while they last.",
            max_quantity=4,
            sale_starts_at=now - day,
        ),
        item(
            "LAST-ONE-001",
            "Turntable, the very last one",
            1,
            39900,
            "A single unit: ask a hundred friends to try for it at once.",
        ),
        item(
            "ESPRESSO-12",
            "Espresso machine, twelve bar",
            80,
            24900,
            "Open for a month, two per household.",
            max_per_customer=2,
            sale_starts_at=now - day,
            sale_ends_at=now + 30 * day,
        ),
        item(
            "TENT-2P",
            "Tent for two",
            120,
            17900,
            "Held for ten minutes: enough to ask whoever comes along.",
            hold_ttl_seconds=600,
        ),
        item(
            "CONSOLE-X",
            "Game console, launch edition",
            250,
            54900,
            "The sale opens in a week.",
            max_per_customer=1,
            sale_starts_at=now + 7 * day,
            sale_ends_at=now + 8 * day,
        ),
        item(
            "WINTER-BOOTS",
            "Winter boots, clearance",
            40,
            6900,
            "This sale has ended.",
            sale_starts_at=now - 20 * day,
            sale_ends_at=now - 13 * day,
        ),
        item("VINYL-BOX", "Vinyl box set, signed", 30, 12900, "All thirty are gone."),
    ]
