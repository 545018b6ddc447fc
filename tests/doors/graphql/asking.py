"""Short ways to ask the GraphQL door."""

from __future__ import annotations

from typing import Any

import httpx

from tests.doors.client import Api, Json

RESPONSE = "application/graphql-response+json"

BOOK = """
mutation Book($input: CreateBookingInput!, $key: String) {
  createBooking(input: $input, idempotencyKey: $key) {
    id status confirmationCode guestCount notes customer expiresAt ttlSeconds
    lines { quantity held confirmed slot { id } item { sku } }
    slot { id available venue { id name } }
  }
}"""
CONFIRM = "mutation C($id: ID!) { confirmBooking(id: $id) { id status confirmedAt } }"
CANCEL = 'mutation C($id: ID!) { cancelBooking(id: $id, reason: "Ill") { id status reason } }'


async def send(
    api: Api,
    document: str,
    token: str | None = None,
    *,
    accept: str = RESPONSE,
    key: str | None = None,
    headers: dict[str, str] | None = None,
    **variables: Any,
) -> httpx.Response:
    """One request."""
    body = {"query": document, "variables": variables}
    given = {"accept": accept, **(headers or {})}
    return await api.post("/graphql", token, body, key=key, headers=given)


async def ask(api: Api, document: str, token: str | None = None, **more: Any) -> Json:
    """The data of an answer; fails if there are errors."""
    response = await send(api, document, token, **more)
    body = response.json()
    assert response.status_code == 200, body
    assert "errors" not in body, body
    return body["data"]


def code(response: httpx.Response, expected: str) -> Json:
    """The extensions of the only error; fails unless it has the code and is complete."""
    (error,) = response.json()["errors"]
    told = error["extensions"]
    assert told["code"] == expected, error
    assert error["message"] == told["detail"]
    assert told["type"] == f"/docs#{expected}"
    assert isinstance(told["status"], int)
    assert told["title"]
    for leak in ("Traceback", "asyncpg", "msgspec", 'File "', "SELECT "):
        assert leak not in response.text
    return told


async def refused(
    api: Api, expected: str, document: str, token: str | None = None, **more: Any
) -> Json:
    """What is told of a request whose only field is refused."""
    response = await send(api, document, token, **more)
    body = response.json()
    assert response.status_code == 200, body
    assert set(body["data"].values()) == {None}
    return code(response, expected)
