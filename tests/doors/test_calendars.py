"""Calendars: a site's slots to subscribe to, and one's own reservation as a file."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from icalendar import Calendar

from firmhold.doors.rest import calendars
from firmhold.identity.keyring import kid_of
from tests.doors.client import EMAIL, Api, at, fresh, ok, problem
from tests.engine.several import raw, superuser
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
    assert "X-WR-TIMEZONE:America/New_York" in response.text
    assert (int(two["X-FIRMHOLD-CAPACITY"]), int(two["X-FIRMHOLD-AVAILABLE"])) == (3, 1)
    for secret in (booked["id"], booked["customer"], EMAIL, "wish", "user:"):
        assert secret not in response.text


async def test_a_calendar_without_slots_is_one_too(api: Api) -> None:
    site = await api.site()
    assert events(await api.get(f"/v1/sites/{site['id']}/calendar.ics")) == []


async def test_what_was_last_week_does_not_crowd_out_what_is_to_come(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = (await api.site())["id"]
    late, old = [
        [(await api.slot(site, starts_at=at(hour)))["id"] for hour in hours]
        for hours in (range(200, 205), range(20, 60))
    ]
    monkeypatch.setattr(calendars, "MOST", 3)
    monkeypatch.setattr(calendars, "MOST_PAST", 2)
    path = f"/v1/sites/{site}/calendar.ics"
    assert [str(it["UID"]) for it in events(await api.get(path))] == old[:3]
    async with raw(superuser(api.shop.dsn)) as connection:
        await connection.execute("SET session_replication_role = replica")
        past = "UPDATE offering SET {0} WHERE id = ANY ($1::uuid[])"
        back = ", ".join(f"{it} = {it} - interval '4 days'" for it in ("starts_at", "ends_at"))
        await connection.execute(past.format(back), [it[-32:] for it in old])
    assert [str(it["UID"]) for it in events(await api.get(path))] == [*old[-2:], *late[:3]]


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
        {"ver": None},
        {"ver": "1"},
        {"ver": True},
        {"ver": 2},
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
        "ver": 1,
    }
    good = jwt.encode(claims, SECRET, "HS256", headers={"typ": "feed+jwt", "kid": kid_of(SECRET)})
    path = f"/v1/sites/{site}/calendar.ics"
    events(await api.http.get(f"{path}?token={good}"))
    typ = change.pop("typ", "feed+jwt")
    if "exp" in change:
        change["exp"] += now
    spoilt = {name: value for name, value in {**claims, **change}.items() if value is not None}
    forged = jwt.encode(spoilt, SECRET, "HS256", headers={"typ": typ, "kid": kid_of(SECRET)})
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


async def test_tokens_that_are_withdrawn_open_nothing_and_new_ones_do(api: Api) -> None:
    ok(await api.patch("/v1/organization", api.owner, {"public_catalogue": False}))
    site, other = (await api.site())["id"], (await api.site())["id"]
    path, key = f"/v1/sites/{site}/calendar-token", fresh("key")
    old = ok(await api.post(path, api.operator, key=key), 201)
    untouched = await token_of(api, other)
    events(await api.http.get(old["path"]))
    done = ok(await api.delete(path, api.operator))
    assert (done["site"], done["version"]) == (site, 2)
    for _ in range(2):
        refusal = await api.http.get(old["path"])
        assert "withdrawn" in problem(refusal, "unauthenticated")["detail"]
        assert "www-authenticate" in refusal.headers
        ok(await api.delete(path, api.operator))
    # A repeat of the first request brings back what it brought then, which opens nothing now.
    assert ok(await api.post(path, api.operator, key=key), 201) == old
    events(await api.http.get((await token_of(api, site))["path"]))
    events(await api.http.get(untouched["path"]))


async def test_a_repeat_of_a_withdrawal_spares_the_tokens_made_since(api: Api) -> None:
    site, key = (await api.site())["id"], fresh("key")
    path = f"/v1/sites/{site}/calendar-token"
    first = ok(await api.delete(path, api.operator, key=key))
    made = await token_of(api, site)
    again = await api.delete(path, api.operator, key=key)
    assert ok(again) == first
    assert again.headers["idempotent-replayed"] == "true"
    ok(await api.patch("/v1/organization", api.owner, {"public_catalogue": False}))
    events(await api.http.get(made["path"]))
    for wrong in ("site_" + "0" * 32, "x"):
        problem(await api.delete(f"/v1/sites/{wrong}/calendar-token", api.operator), "not_found")


# --- a reservation's ---


async def reserved(api: Api, *slots: str, item: str | None = None) -> Any:
    """A hold of the customer's on one unit of each."""
    lines = [{"slot": slot, "quantity": 1} for slot in slots]
    if item is not None:
        lines.append({"item": item, "quantity": 1})
    return ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)


async def own_events(api: Api, reservation: str) -> list[Any]:
    return events(await api.get(f"/v1/reservations/{reservation}/calendar.ics", api.customer))


async def test_a_reservation_is_a_file_for_ones_own_calendar(api: Api) -> None:
    site = await api.site(address="1 Station Road")
    slot, item = await api.slot(site["id"], starts_at=at(50)), await api.item()
    hold = await reserved(api, slot["id"], item=item["id"])
    (first,) = await own_events(api, hold["id"])
    assert (str(first["STATUS"]), str(first["TRANSP"])) == ("TENTATIVE", "OPAQUE")
    assert str(first["LOCATION"]) == f"{site['name']}, 1 Station Road"
    assert "X-FIRMHOLD-AVAILABLE" not in first
    ok(await api.act(hold["id"], "confirm", api.customer))
    (then,) = await own_events(api, hold["id"])
    assert (then["UID"], str(then["STATUS"])) == (first["UID"], "CONFIRMED")
    ok(await api.act(hold["id"], "cancel", api.customer))
    (last,) = await own_events(api, hold["id"])
    assert (last["UID"], str(last["STATUS"])) == (first["UID"], "CANCELLED")
    assert str(last["TRANSP"]) == "TRANSPARENT", "nobody is busy with it"
    # A calendar takes the newer of two copies by these (RFC 5546, section 2.1.4).
    assert first["SEQUENCE"] < then["SEQUENCE"] < last["SEQUENCE"]
    assert first["DTSTAMP"].dt <= then["DTSTAMP"].dt <= last["DTSTAMP"].dt


async def test_a_slot_that_was_left_by_a_move_is_cancelled_under_its_own_uid(api: Api) -> None:
    site = (await api.site())["id"]
    one, two, three = [(await api.slot(site))["id"] for _ in range(3)]
    hold = await reserved(api, one)
    (first,) = await own_events(api, hold["id"])
    for slot in (two, three):
        lines = {"lines": [{"slot": slot, "quantity": 1}]}
        ok(await api.act(hold["id"], "move", api.customer, lines))
    ok(await api.act(hold["id"], "confirm", api.customer))
    now = await own_events(api, hold["id"])
    assert [str(it["UID"]) for it in now] == [f"{hold['id']}-{it}" for it in (three, one, two)]
    assert [str(it["STATUS"]) for it in now] == ["CONFIRMED", "CANCELLED", "CANCELLED"]
    left = now[1]
    assert (left["UID"], left["DTSTART"].dt) == (first["UID"], first["DTSTART"].dt)
    assert left["SEQUENCE"] > first["SEQUENCE"]
    ok(await api.act(hold["id"], "move", api.operator, {"lines": [{"slot": one, "quantity": 1}]}))
    back = {str(it["UID"]): it for it in await own_events(api, hold["id"])}
    assert str(back[left["UID"]]["STATUS"]) == "CONFIRMED"
    assert back[left["UID"]]["SEQUENCE"] > left["SEQUENCE"]


@pytest.mark.parametrize("way", ["confirm", "release", "cancel"])
async def test_a_line_that_was_given_back_is_cancelled_and_the_others_are_not(
    api: Api, way: str
) -> None:
    site = (await api.site())["id"]
    kept, gone = [(await api.slot(site))["id"] for _ in range(2)]
    hold = await reserved(api, kept, gone)
    before = {str(it["UID"]): it for it in await own_events(api, hold["id"])}
    if way == "cancel":
        ok(await api.act(hold["id"], "confirm", api.customer))
    lines = {"lines": [{"slot": kept if way == "confirm" else gone, "quantity": 1}]}
    ok(await api.act(hold["id"], way, api.customer, lines))
    now = {str(it["UID"]): it for it in await own_events(api, hold["id"])}
    assert now.keys() == before.keys() == {f"{hold['id']}-{it}" for it in (kept, gone)}
    live, given_back = (now[f"{hold['id']}-{it}"] for it in (kept, gone))
    assert str(live["STATUS"]) == ("TENTATIVE" if way == "release" else "CONFIRMED")
    assert str(given_back["STATUS"]) == "CANCELLED"
    assert given_back["SEQUENCE"] > before[str(given_back["UID"])]["SEQUENCE"]


async def test_a_hold_that_has_ended_is_cancelled_whether_recorded_or_not(api: Api) -> None:
    slot = (await api.slot())["id"]
    hold = await reserved(api, slot)
    (first,) = await own_events(api, hold["id"])
    await api.shop.make_due(hold["id"])
    (due,) = await own_events(api, hold["id"])
    assert str(due["STATUS"]) == "CANCELLED"
    assert due["SEQUENCE"] > first["SEQUENCE"]
    await api.hold(slot)
    (recorded,) = await own_events(api, hold["id"])
    assert str(recorded["STATUS"]) == "CANCELLED"
    assert recorded["SEQUENCE"] >= due["SEQUENCE"]


async def test_a_reservations_file_changes_with_it_and_not_with_the_clock(api: Api) -> None:
    slot = (await api.slot(capacity=5))["id"]
    hold = await reserved(api, slot)
    async with raw(superuser(api.shop.dsn)) as connection:
        await connection.execute("SET session_replication_role = replica")
        for table, column in (("ledger", "at"), ("slot", "updated_at"), ("site", "updated_at")):
            await connection.execute(f"UPDATE {table} SET {column} = {column} - interval '1 h'")
    path = f"/v1/reservations/{hold['id']}/calendar.ics"
    first = await api.get(path, api.customer)
    seen = {"if-none-match": first.headers["etag"]}
    (event,) = events(first)
    held_at = datetime.fromisoformat(hold["created_at"]) - timedelta(hours=1)
    assert event["DTSTAMP"].dt == held_at.replace(microsecond=0)
    await api.hold(slot, 1, api.other)  # somebody else's business
    again = await api.get(path, api.customer, headers=seen)
    assert (again.status_code, again.content) == (304, b"")
    assert (await api.get(path, api.customer)).content == first.content
    ok(await api.patch(f"/v1/slots/{slot}", api.operator, {"title": "Another"}))
    (changed,) = events(await api.get(path, api.customer, headers=seen))
    assert str(changed["SUMMARY"]) == "Another"
    assert changed["SEQUENCE"] > event["SEQUENCE"]


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
