"""One request as its fields see it, and what they load together.

Owns that a page costs a fixed number of questions to the database, however many entries it has:
what its entries refer to is gathered and asked for at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from firmhold.doors.graphql.views import (
    ItemView,
    SlotView,
    VenueView,
    item_view,
    slot_view,
    venue_view,
)
from firmhold.doors.shared.reply import Header
from firmhold.doors.shared.services import Services

AT_ONCE = 2
"""Questions that one request may have under way: it shares the connections with all others."""

V = TypeVar("V", ItemView, SlotView, VenueView)


class Asking:
    """A request on its way through its fields."""

    def __init__(
        self,
        services: Services,
        scope: Mapping[str, Any],
        headers: Mapping[bytes, bytes],
        key: str | None,
        effects: int,
        told: list[Header],
    ) -> None:
        """`key`: of the header. `effects`: how many fields change something."""
        self.services = services
        self.scope = scope
        self.headers = headers
        self.key = key
        self.effects = effects
        self.told = told
        """What the answer says of limits, which is of those of its last field."""
        self.prepaid = True
        """The request has taken a token for reading as it came, which no field has used yet."""
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.organization = ""
        """Known once a field has been let through: it is the same for all of them, since it hangs
        on the headers alone."""

    def again(self) -> "Asking":
        """The same for one event of a stream: what it refers to is loaded anew."""
        asking = Asking(self.services, self.scope, self.headers, None, 0, [])
        asking.organization = self.organization
        return asking

    @cached_property
    def slots(self) -> DataLoader[str, SlotView | None]:
        """Slots by their ids."""

        async def find(ids: Sequence[str]) -> Iterable[SlotView]:
            found = await self.services.timetable.find(self.organization, ids)
            return map(slot_view, found)

        return self._loader(find)

    @cached_property
    def venues(self) -> DataLoader[str, VenueView | None]:
        """Sites by their ids."""

        async def find(ids: Sequence[str]) -> Iterable[VenueView]:
            found = await self.services.places.find(self.organization, ids=ids)
            return map(venue_view, found)

        return self._loader(find)

    @cached_property
    def items(self) -> DataLoader[str, ItemView | None]:
        """Items by their ids."""

        async def find(ids: Sequence[str]) -> Iterable[ItemView]:
            found = await self.services.catalogue.find(self.organization, ids=ids)
            return map(item_view, found)

        return self._loader(find)

    def _loader(
        self, find: Callable[[Sequence[str]], Awaitable[Iterable[V]]]
    ) -> DataLoader[str, V | None]:
        async def load(ids: list[str]) -> list[V | None]:
            async with self.turns:
                found = {view.id: view for view in await find(ids)}
            return [found.get(id) for id in ids]

        return DataLoader(load_fn=load, max_batch_size=1000)
