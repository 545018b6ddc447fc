"""What a list is narrowed down to by id: whether there is such a thing. Whoever has mistyped an id
should not believe that there is nothing on the list.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call


class _Kind(NamedTuple):
    """What an id can name."""

    prefix: str | tuple[str, ...]
    is_there: Callable[[Call, str], Awaitable[object]]


async def _site(call: Call, id: str) -> object:
    return await call.services.places.find(call.organization, ids=[id])


async def _pool(call: Call, id: str) -> object:
    return await call.services.pools.find(call.organization, ids=[id])


async def _slot(call: Call, id: str) -> object:
    return await call.services.timetable.find(call.organization, [id])


async def _schedule(call: Call, id: str) -> object:
    return await call.services.schedules.find(call.organization, ids=[id])


async def _offering(call: Call, id: str) -> object:
    return await call.services.timetable.availability(call.organization, id)


_KINDS = {
    "site": _Kind("site_", _site),
    "pool": _Kind("pool_", _pool),
    "resource": _Kind("pool_", _pool),
    "slot": _Kind("slot_", _slot),
    "schedule": _Kind("sched_", _schedule),
    "offering": _Kind(("item_", "slot_"), _offering),
}
"""By the words that lists have for them."""

Named = Mapping[str, str | None]
"""Ids by these words; `None` if the list is not narrowed down to one."""


def require_ids(named: Named) -> None:
    """Raises `Refused` (`not_found`) for what cannot be an id of its kind: it names nothing."""
    for word, id in named.items():
        if id is not None:
            require_id(id, _KINDS[word].prefix, word)


async def require_there(call: Call, named: Named) -> None:
    """Raises `Refused` (`not_found`) for the first of these that there is not. To be asked about a
    page with nothing on it: any other shows that they are there."""
    for word, id in named.items():
        if id is not None and not await _KINDS[word].is_there(call, id):
            raise Refused(refuse(Code.NOT_FOUND, f"There is no such {word}.", **{word: id}))
