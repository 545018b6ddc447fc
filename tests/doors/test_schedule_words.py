"""What is said of sites, schedules and slots that are not understood, in words that are true."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.client import Api, at, ok, problem
from tests.doors.practice import HOURS, clinic, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

MONDAY = {"day": "MO", "opens": "09:00", "closes": "12:00"}


@pytest.mark.parametrize(
    ("hours", "rule", "told"),
    [
        ([], "FREQ=WEEKLY;BYDAY=MO", "the site has no opening hours"),
        ([], "FREQ=DAILY", "the site has no opening hours"),
        (HOURS, "FREQ=WEEKLY;BYDAY=SA,SU", "the site has no opening hours on SA, SU"),
        (HOURS, "FREQ=DAILY", "the site has no opening hours on SA, SU"),
        (
            [MONDAY, {**MONDAY, "day": "TU", "opens": "08:00"}],
            "FREQ=WEEKLY;BYDAY=MO,TU",
            "the site's opening hours are not the same on MO, TU",
        ),
    ],
)
async def test_hours_that_do_not_go_without_saying(
    api: Api, hours: list[Any], rule: str, told: str
) -> None:
    site = await clinic(api, opening_hours=hours)
    body = said(site, sessions=None, rule=rule)
    found = problem(await api.post("/v1/schedules", api.operator, body), "malformed_request")
    assert (found["field"], found["reason"]) == ("sessions", f"say which; {told}")


async def test_a_time_of_day_has_two_digits_for_the_hour(api: Api) -> None:
    site = await clinic(api)
    nine = [{"opens": "9:00", "closes": "11:00"}]
    response = await api.post("/v1/schedules", api.operator, said(site, sessions=nine))
    found = problem(response, "malformed_request")
    assert found["field"] == "sessions[0].opens"
    assert "such as 09:00" in found["reason"]


async def test_a_room_and_a_practitioner_come_on_top_of_twenty_requirements(api: Api) -> None:
    site, room, doctor = await clinic(api), await api.pool(), await api.pool("practitioner")
    kits = [{"pool": (await api.pool("equipment", 2))["id"]} for _ in range(21)]
    needs = {"room": room["id"], "practitioner": doctor["id"], "requirements": kits[:20]}
    body = {"site": site, "title": "Transplant", "starts_at": at(30), "minutes": 60, **needs}
    slot = ok(await api.post("/v1/slots", api.operator, body), 201)
    assert len(slot["requirements"]) == 20
    found = problem(
        await api.post("/v1/slots", api.operator, {**body, "requirements": kits}),
        "malformed_request",
    )
    assert found["field"] == "requirements" and "20" in found["reason"]


async def test_a_list_of_one_slot_is_a_list(api: Api) -> None:
    site = await clinic(api)
    past = {"site": site, "title": "Too late", "starts_at": "2020-01-01T09:00:00Z", "minutes": 30}
    found = problem(await api.post("/v1/slots", api.operator, past), "malformed_request")
    assert found["field"] == "starts_at"
    response = await api.post("/v1/slots/bulk", api.operator, {"slots": [past]})
    assert problem(response, "malformed_request")["field"] == "slots[0].starts_at"
    few = {**past, "starts_at": at(30), "requirements": []}
    kit = (await api.pool("equipment", 1))["id"]
    few["requirements"] = [{"pool": kit, "units": 2}]
    response = await api.post("/v1/slots/bulk", api.operator, {"slots": [few]})
    assert problem(response, "malformed_request")["field"] == "slots[0].requirements[0].units"


async def test_the_document_says_what_blackouts_do_and_when(api: Api) -> None:
    document = ok(await api.get("/openapi.json"))
    blackout = document["components"]["schemas"]["Blackout"]["description"]
    assert "no schedule" in blackout and "takes nobody" not in blackout
    change = document["paths"]["/v1/sites/{site}"]["patch"]
    assert "/regenerate" in f"{change.get('summary')} {change.get('description')}"


async def test_two_blackouts_of_the_same_time_are_one(api: Api) -> None:
    site = await clinic(api)
    made = ok(await api.post("/v1/schedules", api.operator, said(site)), 201)
    day = made["schedule"]["starts_on"]
    times = {"starts": f"{day}T09:00", "ends": f"{day}T10:00"}
    for blackouts in ([times, {**times, "reason": "Holidays"}], [times, times]):
        ok(await api.patch(f"/v1/sites/{site}", api.operator, {"blackouts": blackouts}))
        path = f"/v1/schedules/{made['schedule']['id']}/regenerate"
        report = ok(await api.post(path, api.operator))["report"]
        assert report["created"] == 0
        assert [note["slots"] for note in report["notes"]] == [2]
