"""Calendars: a site's slots to subscribe to, and one's own reservation as a file."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import Any

import httpx
import jwt
import pytest
from icalendar import Calendar

from tests.doors.client import EMAIL, Api, at, fresh, ok, problem
from tests.shop import SECRET

pytestmark = pytest.mark.asyncio(loop_scope="module")


def events(response: httpx.Response) -> list[Any]:
    """The events of a calendar, in their order."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


async def token_of(api: Api, site: str) -> Any:
    return ok(await api.post(f"/v1/sites/{site}/calendar-token", api.operator), 201)


# --- a site's ---


async def test_a_sites_calendar_has_its_slots_and_nothing_about_any_person(api: Api) -> None:
    site = await api.site(address="1 Station Road", zone="America/New_York")
    room = await api.pool()
    late = await api.slot(site["id"], 3, starts_at=at(60), title="Late; with, marks")
    early = await api.slot(site["id"], starts_at=at(50), room=room["id"], description="Bring it")
    gone = await api.slot(site["id"], starts_at=at(55))
    ok(await api.delete(f"/v1/slots/{gone['id']}", api.operator))
    booked = await api.hold(late["id"], 2, notes="a secret wish", confirm=True)
    response = await api.get(f"/v1/sites/{site['id']}/calendar.ics")
    one, two = events(response)
    assert [str(one["UID"]), str(two["UID"])] == [early["id"], late["id"]]
    assert str(two["SUMMARY"]) == "Late; with, marks"
    assert str(one["LOCATION"]) == f"{room['name']}, {site['name']}, 1 Station Road"
    assert str(one["DESCRIPTION"]) == "Bring it"
    assert two["DTSTART"].dt == datetime.fromisoformat(late["starts_at"])
    assert two["DTSTART"].params["TZID"] == "America/New_York"
    assert (int(two["X-FIRMHOLD-CAPACITY"]), int(two["X-FIRMHOLD-AVAILABLE"])) == (3, 1)
    for secret in (booked["id"], booked["customer"], EMAIL, "wish", "user:"):
        assert secret not in response.text


async def test_a_calendar_without_slots_is_one_too(api: Api) -> None:
    site = await api.site()
    assert events(await api.get(f"/v1/sites/{site['id']}/calendar.ics")) == []


async def test_what_has_not_changed_is_not_sent_again(api: Api) -> None:
    site = (await api.site())["id"]
    slot = await api.slot(site, 2)
    path = f"/v1/sites/{site}/calendar.ics"
    first = await api.get(path)
    etag = first.headers["etag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await api.get(path, headers={"if-none-match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    assert (await api.get(path, headers={"if-none-match": '"other"'})).status_code == 200
    await api.hold(slot["id"])
    changed = await api.get(path, headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_where_the_catalogue_is_not_public_a_calendar_needs_its_own_token(api: Api) -> None:
    site, other = (await api.site())["id"], (await api.site())["id"]
    slot = await api.slot(site)
    made = await token_of(api, site)
    path = f"/v1/sites/{site}/calendar.ics"
    assert made["path"] == f"{path}?token={made['token']}"
    assert made["expires_at"] > "2030"
    ok(await api.patch("/v1/organization", api.owner, {"public_catalogue": False}))
    problem(await api.get(path), "unauthenticated")
    # The address alone is enough, whatever organization the server means without one.
    seen = events(await api.http.get(made["path"]))
    assert [str(event["UID"]) for event in seen] == [slot["id"]]
    events(await api.get(path, api.customer))
    problem(await api.http.get(path + "?token=" + made["token"][:-2]), "unauthenticated")
    problem(await api.http.get(f"{path}?token="), "unauthenticated")
    for wrong in (api.customer, api.owner, "x"):
        problem(await api.http.get(f"{path}?token={wrong}"), "unauthenticated")
    there = f"/v1/sites/{other}/calendar.ics?token={made['token']}"
    problem(await api.http.get(there), "forbidden")


async def test_a_calendars_token_opens_its_calendar_and_nothing_else(api: Api, stage: Api) -> None:
    site = (await api.site())["id"]
    token = (await token_of(api, site))["token"]
    for path in ("/v1/organization", "/v1/slots", f"/v1/sites/{site}", "/v1/reservations"):
        problem(await api.get(path, token), "unauthenticated")
        response = await api.http.get(f"{path}?token={token}")
        assert response.status_code in {400, 401, 404}
    theirs = (await stage.site())["id"]
    response = await api.http.get(f"/v1/sites/{theirs}/calendar.ics?token={token}")
    problem(response, "not_found")


@pytest.mark.parametrize(
    "change",
    [
        {"typ": "at+jwt"},
        {"typ": "hold+jwt"},
        {"org": None},
        {"sub": None},
        {"exp": -1},
        {"aud": "x"},
    ],
    ids=str,
)
async def test_a_forged_token_opens_no_calendar(api: Api, change: dict[str, Any]) -> None:
    ok(await api.patch("/v1/organization", api.owner, {"public_catalogue": False}))
    site = (await api.site())["id"]
    now = int(time.time())
    claims = {
        "iss": "firmhold",
        "aud": "firmhold",
        "iat": now,
        "exp": now + 60,
        "sub": site,
        "org": api.shop.organization.id,
    }
    good = jwt.encode(claims, SECRET, "HS256", headers={"typ": "feed+jwt"})
    path = f"/v1/sites/{site}/calendar.ics"
    events(await api.http.get(f"{path}?token={good}"))
    typ = change.pop("typ", "feed+jwt")
    if "exp" in change:
        change["exp"] += now
    spoilt = {name: value for name, value in {**claims, **change}.items() if value is not None}
    forged = jwt.encode(spoilt, SECRET, "HS256", headers={"typ": typ})
    problem(await api.http.get(f"{path}?token={forged}"), "unauthenticated")


async def test_a_token_is_made_for_a_site_that_there_is(api: Api) -> None:
    for wrong in ("site_" + "0" * 32, "x"):
        problem(await api.post(f"/v1/sites/{wrong}/calendar-token", api.operator), "not_found")
        problem(await api.get(f"/v1/sites/{wrong}/calendar.ics"), "not_found")
    site, key = (await api.site())["id"], fresh("key")
    path = f"/v1/sites/{site}/calendar-token"
    first = ok(await api.post(path, api.operator, key=key), 201)
    again = await api.post(path, api.operator, key=key)
    assert ok(again, 201) == first
    assert again.headers["idempotent-replayed"] == "true"


# --- a reservation's ---


async def test_a_reservation_is_a_file_for_ones_own_calendar(api: Api) -> None:
    site = await api.site(address="1 Station Road")
    one, two = await api.slot(site["id"], starts_at=at(50)), await api.slot(site["id"])
    item = await api.item()
    lines = [{"slot": one["id"], "quantity": 1}, {"item": item["id"], "quantity": 1}]
    hold = ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)
    path = f"/v1/reservations/{hold['id']}/calendar.ics"

    async def event() -> Any:
        found = events(await api.get(path, api.customer))
        assert len(found) == 1
        return found[0]

    first = await event()
    assert (str(first["STATUS"]), str(first["TRANSP"])) == ("TENTATIVE", "OPAQUE")
    assert str(first["LOCATION"]) == f"{site['name']}, 1 Station Road"
    assert "X-FIRMHOLD-AVAILABLE" not in first
    ok(await api.act(hold["id"], "confirm", api.customer))
    assert str((await event())["STATUS"]) == "CONFIRMED"
    ok(
        await api.act(
            hold["id"], "move", api.customer, {"lines": [{"slot": two["id"], "quantity": 1}]}
        )
    )
    moved = await event()
    assert moved["UID"] == first["UID"], "a calendar knows it again"
    assert moved["DTSTART"].dt != first["DTSTART"].dt
    ok(await api.act(hold["id"], "cancel", api.customer))
    assert str((await event())["STATUS"]) == "CANCELLED"


async def test_a_reservations_calendar_is_its_customers(api: Api) -> None:
    hold = await api.hold((await api.slot())["id"])
    path = f"/v1/reservations/{hold['id']}/calendar.ics"
    problem(await api.get(path, api.other), "forbidden")
    problem(await api.get(path), "unauthenticated")
    for token in (api.auditor, api.operator):
        assert len(events(await api.get(path, token))) == 1
    item = await api.hold((await api.item())["id"])
    problem(await api.get(f"/v1/reservations/{item['id']}/calendar.ics", api.customer), "not_found")
    wrong = "/v1/reservations/rsv_" + "0" * 32 + "/calendar.ics"
    problem(await api.get(wrong, api.customer), "not_found")


async def test_a_long_calendar_does_not_keep_others_waiting(api: Api) -> None:
    site = (await api.site())["id"]
    slots = [
        {"site": site, "title": f"No. {n}", "starts_at": at(50 + n), "minutes": 60}
        for n in range(1000)
    ]
    ok(await api.post("/v1/slots/bulk", api.operator, {"slots": slots}), 201)
    feed = asyncio.create_task(api.get(f"/v1/sites/{site}/calendar.ics"))
    seen = 0
    while not feed.done():
        ok(await api.get("/v1/slots", api.customer, limit=1))
        seen += 1
    assert len(events(await feed)) == 1000
    assert seen > 1
