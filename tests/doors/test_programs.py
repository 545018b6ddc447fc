"""Programs with an API key at the doors of a shop and of a clinic: they act for every customer,
whom they name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.client import Api, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENT = "grace@example.org"


async def key_of(api: Api, *scopes: str) -> str:
    body = {"name": "Box office", "scopes": list(scopes)}
    return str(ok(await api.post("/v1/api-keys", api.owner, body), 201)["key"])


async def requests(api: Api) -> list[tuple[str, Any, str]]:
    """Ways to hold at these doors, and in which field a customer is named."""
    sku = (await api.item(1000))["sku"]
    slot = (await api.slot(capacity=10))["id"]
    return [
        ("/api/v1/inventory/reserve", {"sku": sku, "quantity": 1}, "email"),
        (f"/api/slots/{slot}/hold", {"qty": 1}, "patientId"),
        ("/api/bookings", {"slotId": slot}, "patientId"),
    ]


async def test_a_program_holds_for_whom_it_names(api: Api) -> None:
    key = await key_of(api, "reservations:write")
    for path, body, field in await requests(api):
        named = {**body, field: PATIENT}
        response = await api.post(path, key, named, key=fresh("k"))
        assert response.status_code == 201, (path, response.text)
    held = await api.walk("/v1/reservations", api.operator, customer=PATIENT)
    assert len(held) == 3


async def test_a_program_that_names_nobody_is_told_what_is_missing(api: Api) -> None:
    key = await key_of(api, "reservations:write")
    for path, body, field in await requests(api):
        if path == "/api/bookings":
            continue  # a booking is somebody's in any case
        before = await api.checksum()
        found = problem(await api.post(path, key, body, key=fresh("k")), "malformed_request")
        assert found["field"] == field
        assert "API key" in found["reason"]
        assert await api.checksum() == before


async def test_a_program_that_may_not_act_for_customers_does_not(api: Api) -> None:
    key = await key_of(api, "stock:write", "reservations:read")
    for path, body, field in await requests(api):
        problem(await api.post(path, key, {**body, field: PATIENT}, key=fresh("k")), "forbidden")
