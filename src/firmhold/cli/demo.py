"""Demo data: a believable shop, with sales that are open, coming, over and sold out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import uuid_utils

from firmhold.domain.commands import Asked, Confirm, Hold
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Actor, Terms
from firmhold.engine.catalogue import Catalogue, ItemFields, NewItem
from firmhold.engine.engine import Engine
from firmhold.engine.ticket import Reply
from firmhold.identity.actors import Role
from firmhold.identity.directory import Directory
from firmhold.identity.tokens import Tokens
from firmhold.settings import DEMO_ORGANIZATION
from firmhold.store.database import Database

TOKEN_SECONDS = 7 * 24 * 3600
"""A demo is left running over a week-end."""

ACTOR = Actor("system:demo", operator=True)


@dataclass(frozen=True)
class Welcome:
    """What someone who starts the demo needs to know."""

    operator: str
    customer: str

    def text(self, address: str) -> str:
        """The lines to print."""
        return f"""
  A demo shop is open. Try it:

    API reference      {address}/docs
    What is for sale   {address}/api/products

  Tokens, valid for a week (the demo's data is yours alone, and only on this machine):

    operator  {self.operator}

    customer  {self.customer}

  Reserve the flash sale as the customer:

    curl -X POST {address}/api/v1/inventory/reserve \\
      -H 'Authorization: Bearer CUSTOMER-TOKEN' -H 'Idempotency-Key: first-try' \\
      -H 'Content-Type: application/json' -d '{{"sku":"FLASH-SALE-001","quantity":2}}'

  Press Ctrl-C to stop."""


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


async def seed_demo(database: Database, key: bytes) -> Welcome:
    """Make the demo shop if it is not there, and tokens for it. Sale windows are set anew at
    each start, so that a coming sale is still coming."""
    directory, catalogue = Directory(database), Catalogue(database)
    organization = await directory.ensure_organization(
        DEMO_ORGANIZATION, "Demo shop", guest_holds=True, public_catalogue=True
    )
    now = datetime.now(UTC).replace(microsecond=0)
    shop = {item.sku: item for item in _shop(now)}
    present = {item.sku: item for item in await catalogue.find(organization.id, skus=list(shop))}
    missing = [item for sku, item in shop.items() if sku not in present]
    if missing:
        created = await catalogue.create(
            organization.id, ACTOR.label, missing, lambda _: (201, b"")
        )
        _insist(created)
        await _sell(database, organization.id)
    for sku in ("CONSOLE-X", "WINTER-BOOTS", "ESPRESSO-12"):
        if sku in present:
            fields = shop[sku].fields
            await catalogue.update(
                organization.id,
                ACTOR.label,
                present[sku].id,
                lambda _, fields=fields: fields,  # type: ignore[misc]
                lambda _: (200, b""),
            )
    return Welcome(
        *[
            Tokens(key).access_token(organization.id, user.id, user.email, role, TOKEN_SECONDS)
            for role in (Role.OPERATOR, Role.CUSTOMER)
            for user, _ in [await directory.put_user(organization.id, f"{role}@demo.example", role)]
        ]
    )


async def _sell(database: Database, organization: str) -> None:
    """Let some time seem to have passed: orders, holds, and one sale sold out."""
    engine = Engine(database)
    engine.start()
    try:
        for sku, buyers, quantity in (
            ("VINYL-BOX", 15, 2),
            ("FLASH-SALE-001", 40, 2),
            ("ESPRESSO-12", 12, 1),
            ("TENT-2P", 9, 1),
        ):
            item = await engine.item_of_sku(organization, sku)
            assert item is not None
            for buyer in range(buyers):
                reservation = f"rsv_{uuid_utils.uuid7().hex}"
                customer = f"buyer-{buyer:02d}@demo.example"
                hold = Hold(reservation, ACTOR, customer, (Asked(item, quantity),))
                _insist(await engine.submit(organization, hold, lambda *_: (201, b"")))
                if sku == "VINYL-BOX" or buyer % 4:
                    confirm = Confirm(reservation, ACTOR)
                    _insist(await engine.submit(organization, confirm, lambda *_: (200, b"")))
    finally:
        await engine.close()


def _insist(reply: Reply) -> None:
    if isinstance(reply, Refusal):
        raise RuntimeError(f"the demo data does not fit: {reply.detail}")  # noqa: TRY004
