"""Who may watch what, and that what is watched is let go of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.graphql import staying as module
from firmhold.doors.graphql.execution import GraphQLRequest, prepare
from firmhold.doors.graphql.loading import Asking
from firmhold.doors.graphql.staying import staying
from firmhold.relay import subscription as bounds
from tests.doors.client import Api
from tests.doors.graphql.test_access import WATCHED
from tests.doors.test_identity import ALLOWED, PEOPLE

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOTS = "subscription ($id: ID!) { slotAvailabilityChanged(venueId: $id) { id available } }"
BOOKING = "subscription ($id: ID!) { bookingStatusChanged(id: $id) { id status } }"

_ENDED = refuse(Code.UNAUTHENTICATED, "The session has ended.")


@asynccontextmanager
async def watching(
    api: Api, token: str | None, document: str, id: str
) -> AsyncIterator[AsyncIterator[Any]]:
    """The results of a subscription."""
    headers = [(b"x-organization", api.slug.encode())]
    if token is not None:
        headers = [(b"authorization", f"Bearer {token}".encode())]
    scope = {"headers": headers, "client": ("127.0.0.1", 1)}
    request = GraphQLRequest(document, variables={"id": id})
    ready = prepare(request, introspection=False)
    asking = Asking(api.shop.services, scope, dict(headers), None, 0, [])
    results = staying(ready, asking)
    try:
        yield results
    finally:
        await results.aclose()
        assert api.shop.services.hub.subscriptions == 0


async def following(results: AsyncIterator[Any]) -> Any:
    """The next result that is one."""
    async with asyncio.timeout(20):
        while (result := await anext(results)) is None:
            pass
        return result


async def code_or_begun(api: Api, results: AsyncIterator[Any]) -> str | None:
    """What a subscription is refused with; `None` once it has begun."""
    task = asyncio.ensure_future(following(results))
    while not task.done() and not api.shop.services.hub.subscriptions:
        await asyncio.sleep(0.005)
    if not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return None
    errors = task.result().get("errors")
    return None if errors is None else str(errors[0]["extensions"]["code"])


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("field", WATCHED)
async def test_each_lets_in_whom_it_should_and_nobody_else(
    api: Api, field: str, person: str
) -> None:
    slot = await api.slot(capacity=3)
    holders = {"auditor": api.auditor}
    held = await api.hold(slot["id"], 1, holders.get(person))
    token = None if person == "nobody" else getattr(api, person, None)
    if person == "guest":
        token = api.shop.services.tokens.hold_token(api.shop.organization.id, held["id"])
    document, id = (BOOKING, held["id"]) if field.startswith("b") else (SLOTS, slot["site"])
    permission, without, *_ = WATCHED[field]
    let_in = without is not None if person == "nobody" else person in ALLOWED[permission]
    async with watching(api, token, document, id) as results:
        refused = await code_or_begun(api, results)
    expected = "unauthenticated" if person == "nobody" else "forbidden"
    assert refused == (None if let_in else expected)


async def test_a_booking_of_another_customer_cannot_be_watched(api: Api) -> None:
    held = await api.hold((await api.slot())["id"])
    async with watching(api, api.other, BOOKING, held["id"]) as results:
        assert await code_or_begun(api, results) == "forbidden"


@pytest.mark.parametrize(
    ("document", "id"),
    [
        (BOOKING, "rsv_" + "0" * 32),
        (BOOKING, "nothing"),
        (SLOTS, "site_" + "0" * 32),
        (SLOTS, "item_" + "0" * 32),
    ],
)
async def test_what_there_is_not_cannot_be_watched(api: Api, document: str, id: str) -> None:
    async with watching(api, api.operator, document, id) as results:
        assert await code_or_begun(api, results) == "not_found"


async def test_a_slot_is_told_as_it_is_then(api: Api) -> None:
    slot = await api.slot(capacity=3)
    async with watching(api, api.customer, SLOTS, slot["site"]) as results:
        task = asyncio.ensure_future(following(results))
        while not api.shop.services.hub.subscriptions:
            await asyncio.sleep(0.005)
        await api.hold(slot["id"], 2)
        told = (await task)["data"]["slotAvailabilityChanged"]
        assert told == {"id": slot["id"], "available": 1}


async def test_who_is_no_longer_who_they_were_watches_no_longer(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT", 0.05)
    held = await api.hold((await api.slot())["id"])
    async with watching(api, api.customer, BOOKING, held["id"]) as results:
        assert "data" in await following(results)

        async def refuse(*_: object, **__: object) -> None:
            raise Refused(_ENDED)

        monkeypatch.setattr(api.shop.services.authentication, "identify", refuse)
        ended = await following(results)
        assert ended["errors"][0]["extensions"]["code"] == "unauthenticated"
        with pytest.raises(StopAsyncIteration):
            await anext(results)


async def test_who_takes_nothing_is_told_that_something_was_left_out(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_EVENTS", 1)
    held = await api.hold((await api.slot())["id"])
    async with watching(api, api.customer, BOOKING, held["id"]) as results:
        await following(results)
        for verb in ("confirm", "cancel"):
            await api.act(held["id"], verb, api.customer)
        await asyncio.sleep(0.5)
        (error,) = (await following(results))["errors"]
        assert error["extensions"]["code"] == "overloaded"
