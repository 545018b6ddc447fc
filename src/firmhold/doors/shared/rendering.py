"""What several doors make of the engine's values, and what they need for it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from firmhold.domain.leaving import cancellable_until
from firmhold.domain.model import Reservation, Status
from firmhold.doors.shared.operation import Call
from firmhold.engine.faults import Unknown
from firmhold.engine.naming import Name


def seconds_left(reservation: Reservation, now: datetime) -> int | None:
    """Whole seconds until a hold ends; `None` if it is not held. A countdown starts here."""
    if reservation.status is not Status.HELD or reservation.expires_at is None:
        return None
    return max(0, round((reservation.expires_at - now).total_seconds()))


async def cut_offs_of(
    call: Call, reservations: Iterable[Reservation]
) -> dict[str, datetime | None]:
    """Until when its customer can cancel or move each of these, by its id; `None` as in
    `leaving.cancellable_until`."""
    of = list(reservations)
    slots = {line.offering for it in of for line in it.lines if line.offering.startswith("slot_")}
    found = await call.services.timetable.cut_offs(call.organization, list(slots))
    return {it.id: cancellable_until(it, found.get) for it in of}


class Names(dict[str, Name]):
    """What is said about offerings besides their ids, by their ids. Asking for one that was not
    looked up raises `Unknown`, which a rendering may let pass: see `submit_named`."""

    def __missing__(self, offering: str) -> Name:
        raise Unknown(offering)


async def names_of(call: Call, offerings: Iterable[str]) -> Names:
    """The names of these. They never change, so few have to be asked for; what is not there is
    left out."""
    naming = call.services.naming
    ids = list(dict.fromkeys(offerings))
    asked = [naming.of(call.organization, id) for id in ids]
    # Together they are one question; a single one needs no task of its own.
    found = await asyncio.gather(*asked) if len(asked) > 1 else [await one for one in asked]
    return Names((id, name) for id, name in zip(ids, found, strict=True) if name is not None)


async def names_in(call: Call, reservation: str, offerings: Iterable[str] = ()) -> Names:
    """The names of what a reservation is about, and of these offerings: asked for before it is
    acted on, so that the answer can be made under lock without another question."""
    found = await call.services.engine.offerings_of(call.organization, reservation) or ()
    return await names_of(call, (*found, *offerings))
