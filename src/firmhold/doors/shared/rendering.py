"""What several doors make of the engine's values, and what they need for it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from firmhold.domain.model import Reservation, Status
from firmhold.doors.shared.operation import Call


def seconds_left(reservation: Reservation, now: datetime) -> int | None:
    """Whole seconds until a hold ends; `None` if it is not held. A countdown starts here."""
    if reservation.status is not Status.HELD or reservation.expires_at is None:
        return None
    return max(0, round((reservation.expires_at - now).total_seconds()))


Skus = dict[str, str]
"""SKUs by the ids of their items."""


async def skus_of(call: Call, items: Iterable[str]) -> Skus:
    """The SKUs of these items. They never change, so few have to be asked for; what is no item
    is left out."""
    ids = list(dict.fromkeys(items))
    asked = [call.services.engine.sku_of_item(call.organization, id) for id in ids]
    # Together they are one question; a single one needs no task of its own.
    found = await asyncio.gather(*asked) if len(asked) > 1 else [await one for one in asked]
    return {id: sku for id, sku in zip(ids, found, strict=True) if sku is not None}


async def skus_in(call: Call, reservation: str) -> Skus:
    """The SKUs of what a reservation is about, asked for before it is acted on, so that the answer
    can be made under lock without another question. Empty if there is no such reservation."""
    return await skus_of(
        call, await call.services.engine.offerings_of(call.organization, reservation) or ()
    )
