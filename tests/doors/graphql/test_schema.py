"""The schema as it is written down, and as a client that knows nothing of us uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport

from firmhold.doors.graphql import sdl
from firmhold.identity.roles import Role
from tests.databases import Server
from tests.doors.client import PASSWORD, Api
from tests.processes import Serving, serving
from tests.shop import open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRITTEN = Path(__file__).parents[3] / "docs" / "schema.graphql"


async def test_the_schema_is_written_down_as_it_is() -> None:
    """`firmhold graphql-schema > docs/schema.graphql` writes it anew."""
    assert WRITTEN.read_text(encoding="utf-8") == sdl()


async def test_every_type_field_and_argument_of_the_schema_is_described() -> None:
    from graphql import GraphQLInputObjectType, GraphQLObjectType

    from firmhold.doors.graphql.schema import SCHEMA

    obvious = {"id", "email", "password", "organization", "code", "sku", "search", "date"}
    obvious |= {"venueId", "slotId", "refreshToken", "input", "status", "reason"}
    for name, kind in SCHEMA.type_map.items():
        if name.startswith("__") or not isinstance(
            kind, GraphQLObjectType | GraphQLInputObjectType
        ):
            continue
        assert kind.description, name
        for field_name, field in kind.fields.items():
            assert field.description, (name, field_name)
            for argument, about in getattr(field, "args", {}).items():
                assert about.description or argument in obvious, (name, field_name, argument)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(server: Server) -> AsyncIterator[Serving]:
    address = await server.clone()
    env = {"FIRMHOLD_GRAPHQL_INTROSPECTION": "true"}
    with serving(address, env=env) as running:
        yield running
    await server.drop(address)


async def test_a_client_signs_in_lists_slots_books_and_cancels(running: Serving) -> None:
    async with open_shop(running.database.dsn) as shop:
        api = Api(shop)
        async with api.http:
            await api.open()
            slot = await api.slot(capacity=4)
            email = "grace@example.org"
            await api.set_password(await shop.token(email, Role.CUSTOMER))
    url = f"{running.url}/graphql"

    async def over(document: str, token: str | None = None, **variables: Any) -> Any:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        transport = HTTPXAsyncTransport(url, headers=headers)
        # It asks for the schema first and holds the document against it.
        async with Client(transport=transport, fetch_schema_from_transport=True) as session:
            return await session.execute(GraphQLRequest(document, variable_values=variables))

    signed_in = await over(
        """mutation L($email: String!, $password: String!) {
          login(email: $email, password: $password) { accessToken user { email role } } }""",
        email=email,
        password=PASSWORD,
    )
    token = signed_in["login"]["accessToken"]
    listed = await over(
        """query S($venue: ID!) { availableSlots(venueId: $venue) {
          edges { node { id available } } pageInfo { hasNextPage } } }""",
        token,
        venue=slot["site"],
    )
    (edge,) = listed["availableSlots"]["edges"]
    assert edge["node"] == {"id": slot["id"], "available": 4}
    booked = await over(
        """mutation B($input: CreateBookingInput!) {
          createBooking(input: $input, idempotencyKey: "once") { id status expiresAt } }""",
        token,
        input={"slotId": slot["id"], "venueId": slot["site"], "guestCount": 2, "notes": "Window"},
    )
    booking = booked["createBooking"]
    assert booking["status"] == "HELD"
    cancelled = await over(
        "mutation C($id: ID!) { cancelBooking(id: $id) { status } }", token, id=booking["id"]
    )
    assert cancelled["cancelBooking"]["status"] == "RELEASED"
    with pytest.raises(TransportQueryError) as refused:
        await over(
            "mutation C($id: ID!) { confirmBooking(id: $id) { id } }", token, id=booking["id"]
        )
    assert refused.value.errors is not None
    assert refused.value.errors[0]["extensions"]["code"] == "already_released"


async def test_the_schema_is_told_where_that_is_configured(running: Serving) -> None:
    transport = HTTPXAsyncTransport(f"{running.url}/graphql")
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        assert session.client.schema is not None
        assert "Booking" in session.client.schema.type_map
