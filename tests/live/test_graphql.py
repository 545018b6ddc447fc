"""Subscriptions of the GraphQL door, by both of its transports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from firmhold.identity.roles import Role
from tests.doors.client import ok
from tests.live.conftest import Stage
from tests.live.listener import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOTS = "subscription ($venue: ID!) { slotAvailabilityChanged(venueId: $venue) { id available } }"
BOOKING = "subscription ($id: ID!) { bookingStatusChanged(id: $id) { id status } }"
PROTOCOL = Subprotocol("graphql-transport-ws")


async def slot_at(stage: Stage, capacity: int = 3) -> tuple[str, str]:
    """A venue, and a slot there."""
    body: dict[str, Any] = {"name": f"Venue {datetime.now(UTC).timestamp()}", "zone": "UTC"}
    site = ok(await stage.http.post("/v1/sites", json=body), 201)["id"]
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    body = {
        "site": site,
        "title": "Something",
        "capacity": capacity,
        "starts_at": starts.isoformat(),
        "minutes": 60,
    }
    return site, ok(await stage.http.post("/v1/slots", json=body), 201)["id"]


async def hold(stage: Stage, slot: str) -> str:
    body = {"lines": [{"slot": slot, "quantity": 1}]}
    id: str = ok(await stage.http.post("/v1/reservations", json=body), 201)["id"]
    return id


def client(stage: Stage, token: str | None) -> Client:
    url = stage.url.replace("http", "ws", 1) + "/graphql"
    payload = {} if token is None else {"authorization": f"Bearer {token}"}
    transport = WebsocketsTransport(url, init_payload=payload, subprotocols=[PROTOCOL])
    return Client(transport=transport)


def asked(query: str, **variables: Any) -> GraphQLRequest:
    return GraphQLRequest(query, variable_values=variables)


async def following(results: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    return await asyncio.wait_for(anext(results), PATIENCE)


async def test_a_client_of_another_make_watches_slots_and_bookings(stage: Stage) -> None:
    site, slot = await slot_at(stage)
    token = await stage.token(Role.OPERATOR)
    async with client(stage, token) as session:
        slots = session.subscribe(asked(SLOTS, venue=site))
        watching = asyncio.ensure_future(following(slots))
        await asyncio.sleep(0.5)
        reservation = await hold(stage, slot)
        assert (await watching)["slotAvailabilityChanged"] == {"id": slot, "available": 2}
        bookings = session.subscribe(asked(BOOKING, id=reservation))
        first = await following(bookings)
        assert first["bookingStatusChanged"] == {"id": reservation, "status": "HELD"}
        await stage.act(reservation, "confirm")
        assert (await following(bookings))["bookingStatusChanged"]["status"] == "CONFIRMED"
        await stage.act(reservation, "cancel")
        assert (await following(bookings))["bookingStatusChanged"]["status"] == "CANCELLED"
        counts = [(await following(slots))["slotAvailabilityChanged"]["available"]]
        while counts[-1] != 3:
            counts.append((await following(slots))["slotAvailabilityChanged"]["available"])
        answered = await session.execute(gql("{ venues(first: 1) { edges { node { id } } } }"))
        assert answered["venues"]["edges"]


async def test_what_is_not_ones_own_cannot_be_watched(stage: Stage) -> None:
    site, slot = await slot_at(stage)
    reservation = await hold(stage, slot)
    stranger = await stage.token(Role.OWNER, "elsewhere")
    customer = await stage.token(Role.CUSTOMER)
    for token, query, variables, code in (
        (stranger, SLOTS, {"venue": site}, "not_found"),
        (stranger, BOOKING, {"id": reservation}, "not_found"),
        (customer, BOOKING, {"id": reservation}, "forbidden"),
        (None, BOOKING, {"id": reservation}, "unauthenticated"),
        (customer, SLOTS, {"venue": "nothing"}, "not_found"),
    ):
        async with client(stage, token) as session:
            results = session.subscribe(asked(query, **variables))
            with pytest.raises(TransportQueryError) as refused:
                await following(results)
            errors = refused.value.errors
            assert errors is not None
            assert errors[0]["extensions"]["code"] == code


@asynccontextmanager
async def raw(stage: Stage, *protocols: str, **headers: str) -> AsyncIterator[ClientConnection]:
    url = stage.url.replace("http", "ws", 1) + "/graphql"
    spoken = [Subprotocol(it) for it in protocols or (PROTOCOL,)]
    async with connect(url, subprotocols=spoken, additional_headers=headers) as connection:
        yield connection


async def hear(connection: ClientConnection) -> Any:
    while True:
        message = json.loads(await asyncio.wait_for(connection.recv(), PATIENCE))
        if message["type"] != "ping":
            return message


async def until_closed(connection: ClientConnection) -> None:
    while True:
        await asyncio.wait_for(connection.recv(), PATIENCE)


INIT = {"type": "connection_init"}


def subscribe(query: str, id: str = "1", **variables: Any) -> dict[str, Any]:
    payload = {"query": query, "variables": variables}
    return {"type": "subscribe", "id": id, "payload": payload}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["{"], 4400),
        ([{"type": "nothing"}], 4400),
        ([{"type": "connection_init", "payload": 1}], 4400),
        ([INIT, {"type": "subscribe", "payload": {"query": "{ __typename }"}}], 4400),
        ([INIT, {"type": "subscribe", "id": "1", "payload": {"query": 1}}], 4400),
        ([INIT, {"type": "subscribe", "id": "1"}], 4400),
        ([subscribe("{ __typename }")], 4401),
        ([{**INIT, "payload": {"authorization": "Bearer nonsense"}}], 4403),
        ([INIT, INIT], 4429),
    ],
)
async def test_what_is_not_of_the_protocol_ends_the_connection(
    stage: Stage, messages: list[Any], code: int
) -> None:
    async with raw(stage) as connection:
        for message in messages:
            text = message if isinstance(message, str) else json.dumps(message)
            await connection.send(text)
        with pytest.raises(ConnectionClosed) as closed:
            await until_closed(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code


async def test_another_protocol_is_not_spoken(stage: Stage) -> None:
    async with raw(stage, "graphql-ws") as connection:
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), PATIENCE)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4406


async def test_a_page_of_another_origin_is_refused(stage: Stage) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with raw(stage, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_one_id_is_of_one_operation_until_it_is_over(stage: Stage) -> None:
    site, slot = await slot_at(stage)
    async with raw(stage) as connection:
        await connection.send(json.dumps(INIT))
        assert (await hear(connection))["type"] == "connection_ack"
        await connection.send(json.dumps(subscribe(SLOTS, venue=site)))
        await asyncio.sleep(0.5)
        await hold(stage, slot)
        assert (await hear(connection))["payload"]["data"]["slotAvailabilityChanged"]["id"] == slot
        await connection.send(json.dumps({"type": "complete", "id": "1"}))
        await connection.send(json.dumps(subscribe("{ __typename }")))
        assert await hear(connection) == {
            "type": "next",
            "id": "1",
            "payload": {"data": {"__typename": "Query"}},
        }
        assert (await hear(connection))["type"] == "complete"
        await connection.send(json.dumps(subscribe(SLOTS, venue=site)))
        await connection.send(json.dumps(subscribe(SLOTS, venue=site)))
        with pytest.raises(ConnectionClosed) as closed:
            await hear(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4409


async def test_operations_at_once_are_bounded(stage: Stage) -> None:
    site, _ = await slot_at(stage)
    async with raw(stage) as connection:
        await connection.send(json.dumps(INIT))
        await hear(connection)
        for number in range(21):
            await connection.send(json.dumps(subscribe(SLOTS, str(number), venue=site)))
        refused = await hear(connection)
        assert (refused["type"], refused["id"]) == ("error", "20")
        assert refused["payload"][0]["extensions"]["code"] == "limit_exceeded"


async def test_a_stream_of_events_says_the_same(stage: Stage) -> None:
    site, slot = await slot_at(stage)
    body = {"query": SLOTS, "variables": {"venue": site}}
    headers = {"accept": "text/event-stream"}
    async with stage.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        lines = response.aiter_lines()
        await asyncio.sleep(0.5)
        await hold(stage, slot)
        heard: list[str] = []
        while not heard or heard[-1]:
            heard.append(await asyncio.wait_for(anext(lines), PATIENCE))
        assert heard[0] == "event: next"
        data = json.loads(heard[1].removeprefix("data: "))["data"]
        assert data["slotAvailabilityChanged"] == {"id": slot, "available": 2}


async def test_a_query_as_events_is_one_and_then_complete(stage: Stage) -> None:
    headers = {"accept": "text/event-stream"}
    answer = await stage.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer.text == (
        'event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata:\n\n'
    )


async def test_a_subscription_that_nobody_could_follow_is_refused(stage: Stage) -> None:
    body = {"query": SLOTS, "variables": {"venue": "site_1"}}
    answer = await stage.http.post("/graphql", json=body)
    assert answer.status_code == 406
    assert "text/event-stream" in answer.json()["errors"][0]["message"]
