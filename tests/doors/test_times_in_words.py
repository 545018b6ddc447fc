"""Times that cannot be: what is said about them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.client import Api, at, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "not a time such as 2030-01-31T18:00:00Z"
NO_DATE = "no calendar has this date; a time is written as 2030-01-31T18:00:00Z"
NO_CLOCK = "no clock shows this time; one is written as 2030-01-31T18:00:00Z"
OFFSET = "a time needs its offset, as in 2030-01-31T18:00:00Z"
IN_ADDRESS = "; in an address, + is written as %2B"

TIMES = [
    ("2030-02-30T23:00:00Z", NO_DATE),
    ("2030-13-01T23:00:00Z", NO_DATE),
    ("2030-00-10T23:00:00+01:00", NO_DATE),
    ("0000-01-01T23:00:00Z", NO_DATE),
    ("2030-01-31T25:00:00Z", NO_CLOCK),
    ("2030-01-31T23:60:00Z", NO_CLOCK),
    ("2030-01-31T23:00:00+99:00", NO_CLOCK),
    ("tomorrow", FORM),
    ("2030-1-31T18:00:00Z", FORM),
    ("2030-01-31T18:00:00", OFFSET),
]


@pytest.mark.parametrize(("text", "reason"), TIMES)
async def test_a_time_in_a_body_that_cannot_be_is_explained(
    stage: Api, text: str, reason: str
) -> None:
    slot = {"site": "site_x", "title": "x", "minutes": 5}
    good = {**slot, "starts_at": at(50)}
    for path, body, field in (
        ("/v1/slots", {**slot, "starts_at": text}, "starts_at"),
        ("/v1/slots/bulk", {"slots": [good, {**good, "ends_at": text}]}, "slots[1].ends_at"),
    ):
        found = problem(await stage.post(path, stage.operator, body), "malformed_request")
        assert (found["field"], found["reason"]) == (field, reason)


@pytest.mark.parametrize(("text", "reason"), TIMES)
async def test_a_time_in_an_address_that_cannot_be_is_explained(
    stage: Api, text: str, reason: str
) -> None:
    found = problem(await stage.get("/v1/slots", from_=text), "malformed_request")
    assert found["field"] == "from"
    assert found["reason"] == (reason + IN_ADDRESS if reason == FORM else reason)


async def test_a_plus_that_was_not_encoded_is_explained(stage: Api) -> None:
    for query in ("from=2026-12-01T08:00:00+01:00", "to=2026-12-01T08:00:00+01:00"):
        found: Any = problem(await stage.get(f"/v1/slots?{query}"), "malformed_request")
        assert found["reason"] == FORM + IN_ADDRESS
    response = await stage.get("/v1/slots?from=2026-12-01T08:00:00%2B01:00")
    assert response.status_code == 200
