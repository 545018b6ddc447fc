"""Schedules that are changed, stopped and started again, while the world changes around them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from firmhold.planning import plan
from tests.doors.client import Api, ok, problem
from tests.doors.practice import (
    change,
    change_site,
    clinic,
    day,
    foreseen,
    make,
    next_round,
    said,
    slots_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def nothing(report: Any, kept: int) -> bool:
    """Whether it says that nothing was done and so many slots stay."""
    done = (report["created"], report["kept"], report["withdrawn"])
    return done == (0, kept, 0) and report["left_alone"] == report["conflicts"] == []


async def stop(api: Api, schedule: str, **query: Any) -> Any:
    return ok(await api.delete(f"/v1/schedules/{schedule}", api.operator, **query))


# --- while it is stopped ---


async def test_a_change_of_a_stopped_schedule_only_saves_what_it_says(api: Api) -> None:
    site = await clinic(api)
    schedule = (await make(api, site))["schedule"]["id"]
    stopped = await stop(api, schedule, withdraw="false")
    assert nothing(stopped["report"], kept=20)
    before = await slots_of(api, schedule)
    for fields, version in (({}, 1), ({"title": "Dermatology"}, 2), ({"slot_minutes": 60}, 3)):
        wanted = said(site, title="Dermatology", slot_minutes=fields.get("slot_minutes"))
        assert nothing(await foreseen(api, schedule, wanted), kept=20)
        answer = await change(api, schedule, **fields)
        assert nothing(answer["report"], kept=20)
        assert (answer["schedule"]["version"], answer["schedule"]["active"]) == (version, False)
    assert [it["id"] for it in await slots_of(api, schedule)] == [it["id"] for it in before]
    started = ok(await api.post(f"/v1/schedules/{schedule}/start", api.operator))
    assert (started["report"]["created"], started["report"]["withdrawn"]) == (10, 20)
    assert {it["title"] for it in await slots_of(api, schedule)} == {"Dermatology"}


async def test_what_cannot_be_meant_is_refused_of_a_stopped_schedule_too(api: Api) -> None:
    site, kit = await clinic(api), await api.pool("equipment", 1)
    schedule = (await make(api, site))["schedule"]["id"]
    await stop(api, schedule, withdraw="false")
    before = await api.checksum()
    path = f"/v1/schedules/{schedule}"
    for fields, code, field in (
        ({"sessions": [{"opens": "09:00", "closes": "09:10"}]}, "malformed_request", "sessions[0]"),
        ({"room": "pool_" + "0" * 32}, "not_found", "room"),
        (
            {"requirements": [{"pool": kit["id"], "units": 2}]},
            "malformed_request",
            "requirements[0].units",
        ),
    ):
        assert problem(await api.patch(path, api.operator, fields), code)["field"] == field
    assert await api.checksum() == before


# --- stopping ---


async def test_a_schedule_can_be_stopped_whatever_has_become_of_its_site(api: Api) -> None:
    site = await clinic(api)
    made = await make(api, site, sessions=[{"opens": "09:00", "closes": "09:45"}])
    await change_site(api, site, slot_minutes=60)
    schedule = made["schedule"]["id"]
    response = await api.post(f"/v1/schedules/{schedule}/regenerate", api.operator)
    assert problem(response, "malformed_request")["field"] == "sessions[0]"
    assert (await stop(api, schedule))["report"]["withdrawn"] == made["report"]["created"] == 5
    assert await slots_of(api, schedule) == []


async def test_a_schedule_can_be_stopped_whatever_has_become_of_its_pools(api: Api) -> None:
    site, kits = await clinic(api), await api.pool("equipment", 3)
    needs = [{"pool": kits["id"], "units": 2, "per": "reservation"}]
    schedule = (await make(api, site, requirements=needs))["schedule"]["id"]
    ok(await api.patch(f"/v1/pools/{kits['id']}", api.operator, {"units": 1}))
    response = await api.post(f"/v1/schedules/{schedule}/regenerate", api.operator)
    assert problem(response, "malformed_request")["field"] == "requirements[0].units"
    assert (await stop(api, schedule))["report"]["withdrawn"] == 20


async def test_a_pool_that_an_active_schedule_requires_is_not_deleted(api: Api) -> None:
    """Even before there is any slot that requires it."""
    site, room = await clinic(api), await api.pool()
    later = {"starts_on": day(60), "ends_on": day(70), "room": room["id"]}
    schedule = (await make(api, site, title="Summer school", **later))["schedule"]["id"]
    path = f"/v1/pools/{room['id']}"
    before = await api.checksum()
    found = problem(await api.delete(path, api.operator), "version_conflict")
    assert "Summer school" in found["detail"]
    assert (found["pool"], found["schedule"]) == (room["id"], schedule)
    assert await api.checksum() == before
    await stop(api, schedule)
    ok(await api.delete(path, api.operator))
    found = problem(await api.post(f"/v1/schedules/{schedule}/start", api.operator), "not_found")
    assert found["pool"] == room["id"]
    await stop(api, schedule)


# --- beside what stays ---


async def test_no_slot_is_made_over_one_that_is_left_alone(api: Api) -> None:
    site = await clinic(api)
    schedule = (await make(api, site))["schedule"]["id"]
    nine, *_ = await slots_of(api, schedule)
    await api.hold(nine["id"], confirm=True)
    hours = [{"opens": "09:15", "closes": "11:15"}]
    told = await foreseen(api, schedule, said(site, sessions=hours))
    report = (await change(api, schedule, sessions=hours))["report"]
    assert report == told
    assert [it["slot"] for it in report["left_alone"]] == [nine["id"]]
    (conflict,) = report["conflicts"]
    assert conflict["slot"] == nine["id"]
    assert (conflict["pool"], conflict["pool_name"]) == (None, None)
    assert conflict["starts_at"] < conflict["busy_until"] == nine["ends_at"]
    assert conflict["busy_from"] == nine["starts_at"]
    first, second, *_ = await slots_of(api, schedule)
    assert (first["id"], report["created"]) == (nine["id"], 19)
    assert second["starts_at"] > first["ends_at"]
    # The next time it is said again, and when the reservation is gone, the slot is made.
    again = ok(await api.post(f"/v1/schedules/{schedule}/regenerate", api.operator))["report"]
    assert (again["kept"], again["conflicts"]) == (19, report["conflicts"])


async def test_slots_keep_their_gap_from_one_that_is_left_alone(api: Api) -> None:
    site = await clinic(api)
    schedule = (await make(api, site))["schedule"]["id"]
    nine, *_ = await slots_of(api, schedule)
    await api.hold(nine["id"])
    hours = [{"opens": "09:40", "closes": "11:40"}]
    report = (await change(api, schedule, sessions=hours, gap_minutes=15))["report"]
    assert [it["slot"] for it in report["conflicts"]] == [nine["id"]]
    report = (await change(api, schedule, gap_minutes=0))["report"]
    assert report["conflicts"] == []


async def test_a_slot_that_somebody_changed_keeps_its_time_to_itself(api: Api) -> None:
    site = await clinic(api)
    schedule = (await make(api, site))["schedule"]["id"]
    nine, *_ = await slots_of(api, schedule)
    ok(await api.patch(f"/v1/slots/{nine['id']}", api.operator, {"title": "Dr. Other"}))
    report = (await change(api, schedule, slot_minutes=60))["report"]
    assert (report["created"], len(report["conflicts"])) == (9, 1)
    assert report["conflicts"][0]["slot"] == nine["id"]


async def test_time_that_somebody_withdrew_stays_free_whatever_the_length_of_slots(
    api: Api,
) -> None:
    site = await clinic(api)
    schedule = (await make(api, site))["schedule"]["id"]
    nine, *_ = await slots_of(api, schedule)
    ok(await api.delete(f"/v1/slots/{nine['id']}", api.operator))
    for minutes, created in ((20, 28), (60, 9), (30, 19)):
        report = (await change(api, schedule, slot_minutes=minutes))["report"]
        assert report["created"] == created
        alone = {"slot": nine["id"], "reason": "withdrawn"}
        times = {"starts_at": nine["starts_at"], "ends_at": nine["ends_at"]}
        assert (report["left_alone"], report["conflicts"]) == ([{**alone, **times}], [])
        assert all(it["starts_at"] >= nine["ends_at"] for it in await slots_of(api, schedule))
    elsewhere = [{"opens": "14:00", "closes": "15:00"}]
    assert (await change(api, schedule, sessions=elsewhere))["report"]["left_alone"] == []


# --- beside other schedules ---


def overlaps(report: Any) -> list[Any]:
    return [note for note in report["notes"] if note["kind"] == "overlap"]


async def test_a_schedule_with_slots_at_the_same_time_is_named(api: Api) -> None:
    site = await clinic(api)
    first = (await make(api, site))["schedule"]["id"]
    second = said(site, title="Dermatology", starts_on=day(4), ends_on=day(9))
    told = ok(await api.post("/v1/schedules/preview", api.operator, second))["report"]
    made = ok(await api.post("/v1/schedules", api.operator, second), 201)
    report = made["report"]
    assert report == told
    assert (report["created"], report["conflicts"]) == (24, []), "it is not refused"
    (note,) = overlaps(report)
    assert (note["first"], note["last"], note["slots"]) == (day(4), day(6), 12)
    assert "General practice" in note["detail"] and first in note["detail"]
    (note,) = overlaps((await change(api, first, title="Practice"))["report"])
    assert "Dermatology" in note["detail"] and made["schedule"]["id"] in note["detail"]
    # No more of it once one of them has stopped, or they share no time.
    later = [{"opens": "11:00", "closes": "12:00"}]
    assert overlaps((await change(api, first, sessions=later))["report"]) == []
    assert len(overlaps((await change(api, first, sessions=second["sessions"]))["report"])) == 1
    await stop(api, made["schedule"]["id"], withdraw="false")
    assert overlaps((await change(api, first, title="Again"))["report"]) == []


async def test_schedules_of_two_rooms_are_meant_to_be_side_by_side(api: Api) -> None:
    site, one, two = await clinic(api), await api.pool(), await api.pool()
    await make(api, site, room=one["id"])
    assert overlaps((await make(api, site, room=two["id"]))["report"]) == []
    assert len(overlaps((await make(api, site))["report"])) == 2, "this one has no room"


# --- how much, and how long ---


ALL_DAY = [{"opens": "00:00", "closes": "24:00"}]


async def settled(api: Api) -> int:
    """Let the worker go round until there is nothing to do, and count its rounds."""
    rounds = 1
    while await next_round(api) == 0:
        rounds += 1
    return rounds


async def generated_until(api: Api, schedule: str) -> str:
    seen = ok(await api.get(f"/v1/schedules/{schedule}", api.auditor))
    assert seen["refusal"] is None
    return str(seen["generated_until"])


async def test_a_longer_horizon_is_reached_piece_by_piece(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "MAX_SLOTS", 100)
    site = await clinic(api, horizon_days=20)
    schedule = (await make(api, site, ends_on=None))["schedule"]["id"]
    await change_site(api, site, horizon_days=70)
    assert await next_round(api) == 0, "there is more to do at once"
    assert day(20) < await generated_until(api, schedule) < day(60)
    await settled(api)
    assert await generated_until(api, schedule) >= day(69)
    # A person's change is for more slots than are made anew at once: the nearest come first.
    answer = await change(api, schedule, title="Dermatology")
    report = answer["report"]
    assert 90 < report["created"] == report["withdrawn"] <= 100
    assert report["unfinished"] and report["until"] == answer["schedule"]["generated_until"]
    titles = [slot["title"] for slot in await slots_of(api, schedule)]
    made = report["created"]
    assert set(titles[:made]) == {"Dermatology"} and set(titles[made:]) == {"General practice"}
    await settled(api)
    assert {slot["title"] for slot in await slots_of(api, schedule)} == {"Dermatology"}
    assert await generated_until(api, schedule) >= day(69)
    report = ok(await api.post(f"/v1/schedules/{schedule}/regenerate", api.operator))["report"]
    assert report["unfinished"] and (report["created"], report["withdrawn"]) == (0, 0)
    before = await slots_of(api, schedule)
    await settled(api)
    after = await slots_of(api, schedule)
    assert [slot["id"] for slot in after] == [slot["id"] for slot in before]


async def test_many_slots_are_taken_back_piece_by_piece(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await clinic(api, horizon_days=70)
    schedule = (await make(api, site, ends_on=None))["schedule"]["id"]
    monkeypatch.setattr(plan, "MAX_SLOTS", 100)
    report = (await stop(api, schedule))["report"]
    assert report["unfinished"] and 90 < report["withdrawn"] <= 100
    assert await settled(api) == 2
    assert await slots_of(api, schedule) == []
    again = (await stop(api, schedule))["report"]
    assert (again["unfinished"], again["withdrawn"]) == (False, 0)
    started = ok(await api.post(f"/v1/schedules/{schedule}/start", api.operator))["report"]
    assert started["unfinished"] and 90 < started["created"] <= 100
    await settled(api)
    assert await generated_until(api, schedule) >= day(69)


async def test_what_is_not_withdrawn_stays_also_where_a_change_has_not_come_to_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await clinic(api, horizon_days=40)
    schedule = (await make(api, site, ends_on=None))["schedule"]["id"]
    monkeypatch.setattr(plan, "MAX_SLOTS", 100)
    assert (await change(api, schedule, title="Dermatology"))["report"]["unfinished"]
    before = await slots_of(api, schedule)
    stopped = await stop(api, schedule, withdraw="false")
    assert nothing(stopped["report"], kept=len(before))
    await settled(api)
    after = await slots_of(api, schedule)
    assert [slot["id"] for slot in after] == [slot["id"] for slot in before]
    # Nor when the rest was to be withdrawn, and somebody thought better of it.
    assert (await stop(api, schedule))["report"]["unfinished"]
    before = await slots_of(api, schedule)
    await stop(api, schedule, withdraw="false")
    await settled(api)
    assert len(await slots_of(api, schedule)) == len(before) > 20


async def test_more_slots_than_there_may_be_are_told_with_one_bound(api: Api) -> None:
    site = await clinic(api, horizon_days=100)
    endless = {"starts_on": day(0), "ends_on": None, "sessions": ALL_DAY}
    schedule = (await make(api, site, **endless, slot_minutes=30))["schedule"]["id"]
    before = await api.checksum()
    for minutes in (1, 10):
        body = said(site, **endless, slot_minutes=minutes)
        preview = "/v1/schedules/preview"
        for response in (
            await api.post("/v1/schedules", api.operator, body),
            await api.post(preview, api.operator, body),
            await api.post(f"{preview}?schedule={schedule}", api.operator, body),
            await api.patch(f"/v1/schedules/{schedule}", api.operator, {"slot_minutes": minutes}),
        ):
            found = problem(response, "malformed_request")
            assert (found["field"], found["bound"]) == ("rule", 10_000)
            assert "at most 10,000" in found["reason"]
            assert f"{found['slots']:,}" in found["reason"]
            assert found["slots"] == pytest.approx(1440 / minutes * 101, rel=0.03)
    assert await api.checksum() == before


# --- when its time is over ---


PAST = [
    ({"starts_on": "2020-01-01", "ends_on": "2020-12-31"}, "ends_on"),
    ({"starts_on": "2020-01-01", "ends_on": day(-2)}, "ends_on"),
    (
        {"starts_on": "2020-01-01", "rule": "FREQ=DAILY;UNTIL=20201231", "ends_on": None},
        "rule.UNTIL",
    ),
    ({"starts_on": "2020-01-01", "rule": "FREQ=DAILY;COUNT=3", "ends_on": None}, "rule.COUNT"),
    ({"starts_on": "2020-01-01", "rule": "FREQ=DAILY;COUNT=3"}, "rule.COUNT"),
]


@pytest.mark.parametrize(("times", "field"), PAST)
async def test_a_schedule_that_is_over_is_refused(
    api: Api, times: dict[str, Any], field: str
) -> None:
    site = await clinic(api)
    before = await api.checksum()
    for path in ("/v1/schedules", "/v1/schedules/preview"):
        response = await api.post(path, api.operator, said(site, **times))
        assert problem(response, "malformed_request")["field"] == field
    assert await api.checksum() == before


async def test_a_schedule_is_ended_by_a_date_in_the_past(api: Api) -> None:
    site = await clinic(api)
    long_ago = {"starts_on": "2020-01-01", "ends_on": None}
    schedule = (await make(api, site, **long_ago))["schedule"]["id"]
    report = (await change(api, schedule, ends_on=day(-3)))["report"]
    assert (report["created"], report["kept"]) == (0, 0) and report["withdrawn"] > 100
    assert await slots_of(api, schedule) == []
    answer = await change(api, schedule, title="What it was called", rule="FREQ=WEEKLY;BYDAY=MO")
    assert answer["schedule"]["title"] == "What it was called"
    assert (await change(api, schedule, ends_on=day(20)))["report"]["created"] > 0
    before = await api.checksum()
    times = {"starts_on": "2021-01-01", "ends_on": "2021-02-01"}
    response = await api.patch(f"/v1/schedules/{schedule}", api.operator, times)
    assert problem(response, "malformed_request")["field"] == "ends_on"
    assert await api.checksum() == before


# --- in another zone ---


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("America/Los_Angeles", "Europe/Berlin"),
        ("Europe/Berlin", "America/Los_Angeles"),
        ("Pacific/Kiritimati", "Etc/GMT+12"),
    ],
)
async def test_a_site_that_moves_to_another_zone_has_no_slot_twice_and_none_missing(
    api: Api, before: str, after: str
) -> None:
    site = await clinic(api, zone=before)
    endless = {"starts_on": day(-2), "ends_on": None, "sessions": ALL_DAY, "slot_minutes": 60}
    schedule = (await make(api, site, **endless))["schedule"]["id"]
    old = await slots_of(api, schedule)
    await change_site(api, site, zone=after, horizon_days=38)
    await next_round(api)
    starts = [it["starts_at"] for it in await slots_of(api, schedule)]
    assert len(set(starts)) == len(starts) > len(old)
    ends = [it["ends_at"] for it in await slots_of(api, schedule)]
    assert starts[1:] == ends[:-1], "one ends when the next begins"


async def test_nights_of_the_old_zone_are_not_overlapped_by_those_of_the_new_one(api: Api) -> None:
    site = await clinic(api, zone="Europe/Berlin")
    nights = [{"opens": "22:00", "closes": "08:00"}]
    endless = {"starts_on": day(-2), "ends_on": None, "sessions": nights, "slot_minutes": 600}
    schedule = (await make(api, site, **endless))["schedule"]["id"]
    old = await slots_of(api, schedule)
    # The last night in Berlin lasts from one to eleven in the afternoon there.
    await change_site(api, site, zone="America/Los_Angeles", horizon_days=38)
    await next_round(api)
    slots = await slots_of(api, schedule)
    assert [it["id"] for it in slots[: len(old)]] == [it["id"] for it in old]
    assert len(slots) > len(old)
    for one, other in itertools.pairwise(slots):
        assert one["ends_at"] <= other["starts_at"]
