"""Schedules through the native door: previews, slots made and kept, what is left alone, and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.doors.client import Api, ok, problem
from tests.doors.practice import clinic, day, make, next_round, said, slots_of, today

pytestmark = pytest.mark.asyncio(loop_scope="module")

# --- making ---


async def test_a_schedule_makes_its_slots_and_says_how_many(api: Api) -> None:
    site = await clinic(api)
    room, doctor = await api.pool(), await api.pool("practitioner")
    answer = await make(
        api,
        site,
        description="Bring your card",
        slot_minutes=20,
        gap_minutes=10,
        breaks=[{"starts": "09:25", "ends": "09:35"}],
        overrides=[
            {"on": day(3), "closed": True},
            {"on": day(4), "sessions": [{"opens": "14:00", "closes": "15:00"}], "breaks": []},
        ],
        capacity=2,
        room=room["id"],
        practitioner=doctor["id"],
        price={"amount": 1000, "currency": "EUR"},
        hold_ttl_seconds=90,
        metadata={"kind": "x"},
    )
    schedule, report = answer["schedule"], answer["report"]
    assert schedule["id"].startswith("sched_")
    assert (schedule["active"], schedule["version"]) == (True, 1)
    assert schedule["room"] == {"id": room["id"], "name": room["name"]}
    assert schedule["practitioner"] == {"id": doctor["id"], "name": doctor["name"]}
    assert schedule["overrides"][0] == {
        "on": day(3),
        "closed": True,
        "sessions": [],
        "breaks": None,
    }
    made = await slots_of(api, schedule["id"])
    # 9:00, 9:30 falls into the break, 10:00, 10:30; on the fourth day 14:00 and 14:30.
    assert len(made) == report["created"] == 4 * 3 - 3 + 2
    assert (report["kept"], report["withdrawn"], report["conflicts"]) == (0, 0, [])
    kinds = [note["kind"] for note in report["notes"]]
    assert {"closed", "other_hours", "break"} <= set(kinds)
    first = made[0]
    assert (first["title"], first["description"]) == ("General practice", "Bring your card")
    assert (first["capacity"], first["hold_ttl_seconds"]) == (2, 90)
    assert first["price"] == {"amount": 1000, "currency": "EUR"}
    assert (first["room"]["id"], first["schedule"]) == (room["id"], schedule["id"])
    assert first["metadata"] == {"kind": "x"}
    seen = ok(await api.get(f"/v1/schedules/{schedule['id']}", api.auditor))
    assert {**seen, "server_time": 0} == {**schedule, "server_time": 0}


async def test_hours_and_the_first_day_go_without_saying(api: Api) -> None:
    site = await clinic(api)
    body = {"site": site, "title": "Practice", "rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}
    made = ok(await api.post("/v1/schedules", api.operator, body), 201)
    schedule, report = made["schedule"], made["report"]
    assert schedule["sessions"] == [{"opens": "09:00", "closes": "12:00"}]
    assert abs(date.fromisoformat(schedule["starts_on"]) - today()) <= timedelta(days=1)
    assert schedule["slot_minutes"] is None, "as the site has it"
    assert 20 * 6 <= report["created"] <= 26 * 6
    weekend = {**body, "rule": "FREQ=DAILY"}
    for wrong in (weekend, {**body, "rule": "FREQ=WEEKLY;BYDAY=SA"}):
        response = await api.post("/v1/schedules", api.operator, wrong)
        assert problem(response, "malformed_request")["field"] == "sessions"


async def test_a_room_that_is_taken_is_left_out_and_reported(api: Api) -> None:
    site, room = await clinic(api), await api.pool()
    first = await make(api, site, room=room["id"], slot_minutes=60)
    second = await make(
        api,
        site,
        room=room["id"],
        sessions=[{"opens": "10:30", "closes": "12:30"}],
        slot_minutes=60,
    )
    assert first["report"]["created"] == 10
    report = second["report"]
    assert (report["created"], len(report["conflicts"])) == (5, 5)
    conflict = report["conflicts"][0]
    assert (conflict["pool"], conflict["pool_name"]) == (room["id"], room["name"])
    assert conflict["busy_from"] == conflict["starts_at"]
    assert conflict["busy_until"] < conflict["ends_at"]
    assert len(await slots_of(api, second["schedule"]["id"])) == 5


async def test_a_preview_tells_the_same_and_saves_nothing(api: Api) -> None:
    site, room = await clinic(api), await api.pool()
    body = said(site, room=room["id"])
    before = await api.checksum()
    foreseen = ok(await api.post("/v1/schedules/preview", api.operator, body))
    assert await api.checksum() == before
    assert foreseen["zone"] == "Europe/Berlin"
    made = ok(await api.post("/v1/schedules", api.operator, body), 201)
    assert foreseen["report"] == made["report"]
    slots = await slots_of(api, made["schedule"]["id"])
    assert foreseen["slots"] == [
        {"starts_at": slot["starts_at"], "ends_at": slot["ends_at"]} for slot in slots
    ]
    again = ok(await api.post("/v1/schedules/preview", api.operator, body))
    assert (again["report"]["created"], len(again["report"]["conflicts"])) == (0, len(slots))
    longer = {**body, "slot_minutes": 60}
    path = f"/v1/schedules/preview?schedule={made['schedule']['id']}"
    changed = ok(await api.post(path, api.operator, longer))["report"]
    assert (changed["created"], changed["withdrawn"]) == (10, len(slots))
    for wrong in ("sched_" + "0" * 32, "x"):
        response = await api.post(f"/v1/schedules/preview?schedule={wrong}", api.operator, body)
        problem(response, "not_found")
    problem(await api.post("/v1/schedules/preview", api.auditor, body), "forbidden")


async def test_daylight_saving_keeps_the_wall_clock_and_is_told(api: Api) -> None:
    site = await clinic(api, zone="Europe/Berlin")
    ok(await api.patch(f"/v1/sites/{site}", api.operator, {"horizon_days": 3650}))
    # On 25 March 2035 the clocks go forward at 2:00.
    night = said(
        site,
        rule="FREQ=DAILY",
        starts_on="2035-03-24",
        ends_on="2035-03-26",
        sessions=[{"opens": "01:00", "closes": "05:00"}],
        slot_minutes=60,
    )
    foreseen = ok(await api.post("/v1/schedules/preview", api.operator, night))
    starts = [slot["starts_at"] for slot in foreseen["slots"]]
    assert starts[0] == "2035-03-24T00:00:00Z" and starts[-1] == "2035-03-26T02:00:00Z"
    told = [note for note in foreseen["report"]["notes"] if note["first"] == "2035-03-25"]
    assert {note["kind"] for note in told} <= {"skipped", "moved"} and told
    practice = {**night, "sessions": [{"opens": "09:00", "closes": "10:00"}]}
    foreseen = ok(await api.post("/v1/schedules/preview", api.operator, practice))
    assert [slot["starts_at"][11:16] for slot in foreseen["slots"]] == ["08:00", "07:00", "07:00"]


# --- what cannot be meant ---


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rule": "FREQ=DAILY;UNTIL=20200101"}, "rule.UNTIL"),
        ({"rule": "FREQ=HOURLY"}, "rule.FREQ"),
        ({"rule": "every day"}, "rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "ends_on": None}, "rule"),
        ({"rule": "FREQ=DAILY;BYHOUR=9"}, "rule.BYHOUR"),
        ({"starts_on": "2035-02-30"}, "starts_on"),
        ({"starts_on": "01/02/2035"}, "starts_on"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"ends_on": day(1)}, "ends_on"),
        ({"sessions": []}, "sessions"),
        ({"sessions": [{"opens": "09:00", "closes": "09:00"}]}, "sessions[0]"),
        ({"sessions": [{"opens": "09:00", "closes": "09:20"}]}, "sessions[0]"),
        (
            {
                "sessions": [
                    {"opens": "09:00", "closes": "12:00"},
                    {"opens": "11:00", "closes": "13:00"},
                ]
            },
            "sessions[1]",
        ),
        ({"sessions": [{"opens": "25:00", "closes": "26:00"}]}, "sessions[0].opens"),
        ({"breaks": [{"starts": "18:00", "ends": "19:00"}]}, "breaks[0]"),
        ({"slot_minutes": 0}, "slot_minutes"),
        ({"gap_minutes": -1}, "gap_minutes"),
        ({"overrides": [{"on": "2035-02-30", "closed": True}]}, "overrides[0].on"),
        ({"overrides": [{"on": "2035-02-03"}]}, "overrides[0]"),
        (
            {
                "overrides": [
                    {
                        "on": "2035-02-03",
                        "closed": True,
                        "sessions": [{"opens": "09:00", "closes": "12:00"}],
                    }
                ]
            },
            "overrides[0]",
        ),
        (
            {"overrides": [{"on": day(3), "closed": True}, {"on": day(3), "closed": True}]},
            "overrides[1].on",
        ),
        ({"capacity": -1}, "capacity"),
        ({"title": " "}, "title"),
        ({"min_quantity": 2, "max_quantity": 1}, "max_quantity"),
    ],
)
async def test_a_schedule_that_cannot_be_meant_is_refused_before_anything_is_saved(
    api: Api, change: dict[str, Any], field: str
) -> None:
    site = await clinic(api)
    made = (await make(api, site))["schedule"]["id"]
    before = await api.checksum()
    body = said(site, **change)
    for path in ("/v1/schedules", "/v1/schedules/preview"):
        found = problem(await api.post(path, api.operator, body), "malformed_request")
        assert found["field"] == field
    response = await api.patch(f"/v1/schedules/{made}", api.operator, change)
    assert problem(response, "malformed_request")["field"] == field
    assert await api.checksum() == before


def all_day(site: str, minutes: int) -> dict[str, Any]:
    hours = [{"opens": "00:00", "closes": "24:00"}]
    return said(site, starts_on=day(0), ends_on=None, sessions=hours, slot_minutes=minutes)


@pytest.mark.parametrize(
    ("horizon", "minutes", "slots"), [(3650, 1, 1440 * 3652), (100, 10, 144 * 101)]
)
async def test_too_many_slots_are_told_in_numbers_before_anything_is_saved(
    api: Api, horizon: int, minutes: int, slots: int
) -> None:
    site = (await api.site(horizon_days=horizon))["id"]
    before = await api.checksum()
    for path in ("/v1/schedules/preview", "/v1/schedules"):
        response = await api.post(path, api.operator, all_day(site, minutes))
        found = problem(response, "malformed_request")
        assert found["field"] == "rule"
        assert found["slots"] > found["bound"] >= 10_000
        assert found["slots"] == pytest.approx(slots, rel=0.05)
    assert await api.checksum() == before


async def test_of_many_slots_a_preview_shows_a_thousand_and_counts_all(api: Api) -> None:
    site = (await api.site(horizon_days=400))["id"]
    seen = ok(await api.post("/v1/schedules/preview", api.operator, all_day(site, 60)))
    assert len(seen["slots"]) == 1000
    assert 24 * 399 <= seen["report"]["created"] <= 24 * 401


async def test_what_a_schedule_names_has_to_be_there_and_of_its_kind(api: Api) -> None:
    site, bed = await clinic(api), await api.pool("equipment")
    nobody = "pool_" + "0" * 31 + "1"
    for change, code, field in (
        ({"site": "site_" + "0" * 32}, "not_found", "site"),
        ({"site": "x"}, "not_found", "site"),
        ({"room": nobody}, "not_found", "room"),
        ({"room": "x"}, "not_found", "room"),
        ({"practitioner": bed["id"]}, "malformed_request", "practitioner"),
        ({"requirements": [{"pool": nobody}]}, "not_found", "requirements[0].pool"),
        (
            {"requirements": [{"pool": bed["id"], "units": 2}]},
            "malformed_request",
            "requirements[0].units",
        ),
    ):
        before = await api.checksum()
        for path in ("/v1/schedules", "/v1/schedules/preview"):
            response = await api.post(path, api.operator, said(site, **change))
            assert problem(response, code)["field"] == field, change
        assert await api.checksum() == before


# --- changing ---


async def test_a_change_makes_its_slots_anew_and_leaves_alone_what_is_reserved(api: Api) -> None:
    site = await clinic(api)
    schedule = (await make(api, site))["schedule"]["id"]
    before = await slots_of(api, schedule)
    booked = await api.hold(before[0]["id"], confirm=True)
    changed_by_hand = before[5]["id"]
    ok(await api.patch(f"/v1/slots/{changed_by_hand}", api.operator, {"title": "Dr. Other"}))
    answer = ok(await api.patch(f"/v1/schedules/{schedule}", api.operator, {"slot_minutes": 60}))
    report = answer["report"]
    assert answer["schedule"]["version"] == 2
    reasons = {alone["slot"]: alone["reason"] for alone in report["left_alone"]}
    assert reasons == {before[0]["id"]: "reserved", changed_by_hand: "by_hand"}
    after = await slots_of(api, schedule)
    assert {before[0]["id"], changed_by_hand} <= {slot["id"] for slot in after}
    assert len(after) == report["created"] + 2 and report["withdrawn"] == len(before) - 2
    seen = ok(await api.get(f"/v1/reservations/{booked['id']}", api.customer))
    assert (seen["status"], seen["lines"][0]["starts_at"]) == (
        "confirmed",
        before[0]["starts_at"],
    )
    same = ok(await api.patch(f"/v1/schedules/{schedule}", api.operator, {"slot_minutes": 60}))
    assert (same["report"]["created"], same["report"]["withdrawn"]) == (0, 0)
    assert same["report"]["kept"] == report["created"]


async def test_another_room_is_for_the_slots_to_come(api: Api) -> None:
    site, one, two = await clinic(api), await api.pool(), await api.pool()
    nurse = await api.pool("practitioner")
    needs = [{"pool": nurse["id"], "per": "reservation"}]
    made = await make(api, site, room=one["id"], requirements=needs)
    schedule = made["schedule"]["id"]
    answer = ok(await api.patch(f"/v1/schedules/{schedule}", api.operator, {"room": two["id"]}))
    assert answer["schedule"]["room"]["id"] == two["id"]
    assert answer["schedule"]["requirements"] == made["schedule"]["requirements"]
    assert {slot["room"]["id"] for slot in await slots_of(api, schedule)} == {two["id"]}
    answer = ok(await api.patch(f"/v1/schedules/{schedule}", api.operator, {"room": None}))
    assert answer["schedule"]["room"] is None
    response = await api.patch(f"/v1/schedules/{schedule}", api.operator, {"room": nurse["id"]})
    assert problem(response, "malformed_request")["field"] == "room"
    response = await api.patch(f"/v1/schedules/{schedule}", api.operator, {"site": site})
    assert problem(response, "malformed_request")["field"] == "site"


async def test_regenerating_keeps_to_the_blackouts_of_the_site(api: Api) -> None:
    site = await clinic(api)
    made = await make(api, site)
    schedule, path = made["schedule"]["id"], f"/v1/sites/{site}"
    closed = [{"starts": day(3), "ends": day(4), "reason": "Painting"}]
    ok(await api.patch(path, api.operator, {"blackouts": closed}))
    assert len(await slots_of(api, schedule)) == made["report"]["created"]
    answer = ok(await api.post(f"/v1/schedules/{schedule}/regenerate", api.operator))
    assert (answer["report"]["withdrawn"], answer["report"]["kept"]) == (4, 16)
    assert any("Painting" in note["detail"] for note in answer["report"]["notes"])
    ok(await api.patch(path, api.operator, {"blackouts": []}))
    answer = ok(await api.post(f"/v1/schedules/{schedule}/regenerate", api.operator))
    assert (answer["report"]["created"], answer["report"]["kept"]) == (4, 16)


async def test_a_schedule_is_stopped_and_started_again(api: Api) -> None:
    site = await clinic(api)
    made = await make(api, site)
    schedule = made["schedule"]["id"]
    slots = await slots_of(api, schedule)
    await api.hold(slots[3]["id"])
    path = f"/v1/schedules/{schedule}"
    stopped = ok(await api.delete(path, api.operator))
    assert stopped["schedule"]["active"] is False
    assert stopped["report"]["withdrawn"] == len(slots) - 1
    assert [alone["slot"] for alone in stopped["report"]["left_alone"]] == [slots[3]["id"]]
    assert [slot["id"] for slot in await slots_of(api, schedule)] == [slots[3]["id"]]
    again = ok(await api.delete(path, api.operator))
    assert (again["schedule"]["active"], again["report"]["withdrawn"]) == (False, 0)
    problem(await api.post(f"{path}/regenerate", api.operator), "version_conflict")
    started = ok(await api.post(f"{path}/start", api.operator))
    assert started["schedule"]["active"] is True
    assert (started["report"]["created"], started["report"]["kept"]) == (len(slots) - 1, 1)
    kept = ok(await api.delete(path, api.operator, withdraw="false"))
    assert (kept["schedule"]["active"], kept["report"]["withdrawn"]) == (False, 0)
    assert len(await slots_of(api, schedule)) == len(slots)


async def test_a_schedule_without_an_end_goes_on_by_itself(api: Api) -> None:
    site = await clinic(api)
    made = await make(api, site, ends_on=None)
    schedule = made["schedule"]
    assert schedule["ends_on"] is None
    assert schedule["generated_until"] == made["report"]["until"]
    ok(await api.patch(f"/v1/sites/{site}", api.operator, {"horizon_days": 40}))
    await next_round(api)
    seen = ok(await api.get(f"/v1/schedules/{schedule['id']}", api.auditor))
    assert seen["generated_until"] > schedule["generated_until"]
    assert len(await slots_of(api, schedule["id"])) == made["report"]["created"] + 5 * 4


async def test_schedules_are_listed_by_site(api: Api) -> None:
    one, two = await clinic(api), await clinic(api)
    made = [(await make(api, site))["schedule"]["id"] for site in (one, two, one)]
    for limit in (1, 50):
        found = await api.walk("/v1/schedules", api.auditor, limit=limit)
        assert [schedule["id"] for schedule in found] == made
        found = await api.walk("/v1/schedules", api.auditor, limit=limit, site=one)
        assert [schedule["id"] for schedule in found] == made[::2]
    problem(await api.get("/v1/schedules", api.auditor, site="x"), "not_found")
    for wrong in ("sched_" + "0" * 32, "sched_x", one):
        for response in (
            await api.get(f"/v1/schedules/{wrong}", api.operator),
            await api.patch(f"/v1/schedules/{wrong}", api.operator, {"title": "x"}),
            await api.post(f"/v1/schedules/{wrong}/regenerate", api.operator),
            await api.post(f"/v1/schedules/{wrong}/start", api.operator),
            await api.delete(f"/v1/schedules/{wrong}", api.operator),
        ):
            problem(response, "not_found")


async def test_the_books_are_in_order_after_all_this(stage: Api) -> None:
    assert (await stage.shop.verify()).ok
