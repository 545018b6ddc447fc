"""Reservations of slots: lines with times, moving, checking in, and giving back a part."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.doors.client import FLASH, Api, at, fresh, ok, problem
from tests.shop import Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING = "slot_" + "0" * 31 + "1"


def line(offering: str, quantity: int = 1) -> dict[str, Any]:
    return {offering.partition("_")[0]: offering, "quantity": quantity}


def lines(*offerings: str) -> dict[str, Any]:
    return {"lines": [line(offering) for offering in offerings]}


async def counts(api: Api, slot: str) -> tuple[int, int, int]:
    """Capacity, held, confirmed, as the door shows them."""
    seen = ok(await api.get(f"/v1/slots/{slot}", api.operator))
    return seen["capacity"], seen["held"], seen["confirmed"]


# --- lines ---


async def test_a_line_may_be_a_slot_and_then_says_when(api: Api) -> None:
    slot, item = await api.slot(capacity=3), await api.item()
    body = {"lines": [line(slot["id"], 2), {"sku": item["sku"], "quantity": 1}]}
    hold = ok(await api.post("/v1/reservations", api.customer, body), 201)
    assert hold["lines"][0] == {
        "offering": slot["id"],
        "sku": None,
        "starts_at": slot["starts_at"],
        "ends_at": slot["ends_at"],
        "quantity": 2,
        "held": 2,
        "confirmed": 0,
        "unit_price": None,
    }
    assert (hold["lines"][1]["sku"], hold["lines"][1]["starts_at"]) == (item["sku"], None)
    assert await counts(api, slot["id"]) == (3, 2, 0)
    part = {"lines": [line(slot["id"])]}
    confirmed = ok(await api.act(hold["id"], "confirm", api.customer, part))
    assert [one["confirmed"] for one in confirmed["lines"]] == [1, 0]
    assert await counts(api, slot["id"]) == (3, 0, 1)
    found = await api.walk("/v1/reservations", api.operator, offering=slot["id"])
    assert [one["id"] for one in found] == [hold["id"]]
    assert found[0]["lines"] == confirmed["lines"]


@pytest.mark.parametrize("wrong", [NOTHING, "slot_x", "item_" + "0" * 32, ""])
async def test_a_slot_that_is_not_there_is_not_found_and_says_which_line(
    api: Api, wrong: str
) -> None:
    slot = await api.slot()
    body = {"lines": [line(slot["id"]), {"slot": wrong, "quantity": 1}]}
    assert problem(await api.post("/v1/reservations", api.customer, body), "not_found")["line"] == 1
    assert await counts(api, slot["id"]) == (1, 0, 0)


async def test_a_line_names_one_thing(api: Api) -> None:
    slot, item = await api.slot(), await api.item()
    for named in ({"slot": slot["id"], "item": item["id"]}, {"slot": slot["id"], "sku": FLASH}, {}):
        body = {"lines": [{**named, "quantity": 1}]}
        response = await api.post("/v1/reservations", api.customer, body)
        assert problem(response, "malformed_request")["field"] == "lines[0]"


async def test_a_slot_is_booked_within_its_horizon_and_not_at_the_last_minute(api: Api) -> None:
    site = await api.site(horizon_days=2, notice_minutes=120)
    soon = await api.slot(site["id"], starts_at=at(0.2), minutes=30)
    far = await api.slot(site["id"], starts_at=at(24 * 5))
    found = problem(
        await api.post("/v1/reservations", api.customer, lines(soon["id"])), "too_late_to_book"
    )
    assert found["bookable_until"] < soon["starts_at"] and found["line"] == 0
    found = problem(
        await api.post("/v1/reservations", api.customer, lines(far["id"])), "too_far_ahead"
    )
    assert found["bookable_from"] < far["starts_at"]
    for slot in (soon, far):
        ok(await api.post("/v1/reservations", api.operator, lines(slot["id"])), 201)


async def test_the_organization_says_when_one_may_book_where_the_site_does_not(api: Api) -> None:
    site = (await api.site(horizon_days=None))["id"]
    slot = await api.slot(site, 9, starts_at=at(24 * 20))
    await api.hold(slot["id"])
    for change, code in (
        ({"horizon_days": 10}, "too_far_ahead"),
        ({"horizon_days": 30, "notice_minutes": 60 * 24 * 25}, "too_late_to_book"),
    ):
        ok(await api.patch("/v1/organization", api.owner, change))
        problem(await api.post("/v1/reservations", api.customer, lines(slot["id"])), code)
    ok(await api.patch("/v1/organization", api.owner, {"notice_minutes": 0}))
    booked = await api.hold(slot["id"], confirm=True)
    ok(await api.patch("/v1/organization", api.owner, {"cutoff_minutes": 60 * 24 * 25}))
    problem(await api.act(booked["id"], "cancel", api.customer), "too_late_to_cancel")
    for wrong in ({"horizon_days": 0}, {"notice_minutes": -1}, {"offer_ttl_seconds": 0}):
        problem(await api.patch("/v1/organization", api.owner, wrong), "malformed_request")


async def test_what_two_slots_share_is_lent_once(api: Api) -> None:
    machine = await api.pool("equipment", 2)
    site = (await api.site())["id"]
    needs = [{"pool": machine["id"], "units": 2}]
    times = {"starts_at": at(30), "minutes": 60}
    one, two = [await api.slot(site, requirements=needs, **times) for _ in range(2)]
    hold = await api.hold(one["id"])
    found = problem(await api.post("/v1/reservations", api.other, lines(two["id"])), "pool_busy")
    assert (found["pool"], found["pool_name"]) == (machine["id"], machine["name"])
    assert (found["busy_from"], found["busy_until"]) == (one["starts_at"], one["ends_at"])
    assert hold["id"] not in str(found) and api.user(api.customer) not in str(found)
    ok(await api.act(hold["id"], "release", api.customer))
    ok(await api.post("/v1/reservations", api.other, lines(two["id"])), 201)


async def test_what_a_customer_has_at_a_site_over_time_is_limited(api: Api) -> None:
    site = (await api.site(customer_limit={"units": 2, "days": 7}))["id"]
    slots = [await api.slot(site, starts_at=at(40 + 24 * day)) for day in range(3)]
    for slot in slots[:2]:
        await api.hold(slot["id"])
    found = problem(
        await api.post("/v1/reservations", api.customer, lines(slots[2]["id"])), "limit_exceeded"
    )
    assert (found["limit"], found["bound"], found["days"], found["has"]) == (
        "customer_limit",
        2,
        7,
        2,
    )
    ok(await api.post("/v1/reservations", api.other, lines(slots[2]["id"])), 201)


# --- moving ---


async def test_a_reservation_moves_to_another_slot_under_its_id(api: Api) -> None:
    site = (await api.site())["id"]
    one, two = await api.slot(site), await api.slot(site)
    for confirm in (False, True):
        booked = await api.hold(one["id"], confirm=confirm)
        moved = ok(await api.act(booked["id"], "move", api.customer, lines(two["id"])))
        assert (moved["id"], moved["status"]) == (booked["id"], booked["status"])
        assert [part["offering"] for part in moved["lines"]] == [two["id"]]
        assert moved["lines"][0]["starts_at"] == two["starts_at"]
        assert await counts(api, one["id"]) == (1, 0, 0)
        assert await counts(api, two["id"]) == (1, int(not confirm), int(confirm))
        seen = ok(await api.get(f"/v1/reservations/{booked['id']}", api.customer))
        assert seen["lines"] == moved["lines"]
        ok(await api.act(booked["id"], "cancel", api.customer))
    ledger = await api.walk(f"/v1/offerings/{one['id']}/ledger", api.auditor)
    assert [entry["kind"] for entry in ledger].count("moved") == 2
    assert (await api.shop.verify()).ok


async def test_moving_to_where_it_is_changes_nothing(api: Api) -> None:
    slot = await api.slot()
    booked = await api.hold(slot["id"], confirm=True)
    before = await api.checksum()
    same = ok(await api.act(booked["id"], "move", api.customer, lines(slot["id"])))
    assert {**same, "server_time": 0} == {**booked, "server_time": 0}
    assert await api.checksum() == before


async def test_a_move_that_cannot_be_leaves_everything_as_it_was(api: Api) -> None:
    site = (await api.site())["id"]
    mine, full, shut = [await api.slot(site) for _ in range(3)]
    await api.hold(full["id"], 1, api.other)
    ok(await api.patch(f"/v1/slots/{shut['id']}", api.operator, {"open": False}))
    booked = await api.hold(mine["id"], confirm=True)
    before = await api.checksum()
    for target, code in ((full, "insufficient_capacity"), (shut, "sale_ended")):
        problem(await api.act(booked["id"], "move", api.customer, lines(target["id"])), code)
        both = lines(mine["id"], target["id"])
        assert problem(await api.act(booked["id"], "move", api.customer, both), code)["line"] == 1
    for wrong in ({"slot": NOTHING}, {"slot": "slot_x"}, {"sku": "NO-SUCH"}, {"item": "x"}):
        body = {"lines": [line(mine["id"]), {**wrong, "quantity": 1}]}
        response = await api.act(booked["id"], "move", api.customer, body)
        assert problem(response, "not_found")["line"] == 1
    for body in ({"lines": []}, {}, {"lines": [{"quantity": 1}]}):
        problem(await api.act(booked["id"], "move", api.customer, body), "malformed_request")
    assert await api.checksum() == before


@pytest.mark.parametrize("wrong", [{"slot": NOTHING}, {"sku": "NO-SUCH"}])
async def test_whoever_may_not_move_it_does_not_learn_what_there_is(
    api: Api, wrong: dict[str, Any]
) -> None:
    booked = await api.hold((await api.slot())["id"])
    body = {"lines": [{**wrong, "quantity": 1}]}
    for token in (api.other, api.auditor):
        problem(await api.act(booked["id"], "move", token, body), "forbidden")
    problem(await api.act("rsv_" + "0" * 32, "move", api.customer, body), "not_found")


async def test_after_the_cut_off_only_an_operator_moves_or_cancels(api: Api) -> None:
    site = (await api.site(cutoff_minutes=60 * 24 * 7))["id"]
    one, two = await api.slot(site, 2, starts_at=at(60)), await api.slot(site, 2, starts_at=at(70))
    booked = await api.hold(one["id"], 2, confirm=True)
    before = await api.checksum()
    for verb, body in (("move", lines(two["id"])), ("cancel", {}), ("cancel", lines(one["id"]))):
        found = problem(await api.act(booked["id"], verb, api.customer, body), "too_late_to_cancel")
        assert found["cancellable_until"] < one["starts_at"]
        assert found["offering"] == one["id"]
    assert await api.checksum() == before
    ok(await api.act(booked["id"], "move", api.operator, {"lines": [line(two["id"], 2)]}))
    ok(await api.act(booked["id"], "cancel", api.operator))


async def test_whoever_books_is_told_until_when_it_can_be_given_back(api: Api) -> None:
    strict, item = (await api.site(cutoff_minutes=24 * 60))["id"], await api.item()
    one, two = await api.slot(strict, 5, starts_at=at(60)), await api.slot(strict, starts_at=at(90))
    other = await api.slot(starts_at=at(80))

    async def said(response: Any, until: str | None, status: int = 200) -> Any:
        """What an action, looking, and lists say alike."""
        acted = ok(response, status)
        seen = ok(await api.get(f"/v1/reservations/{acted['id']}", api.customer))
        (listed, *_) = await api.walk("/v1/reservations", api.customer)
        told = [it["cancellable_until"] for it in (acted, seen, listed)]
        assert told == [until] * 3
        return acted

    first = await said(
        await api.post("/v1/reservations", api.customer, lines(one["id"])), at(36), 201
    )
    await said(await api.act(first["id"], "confirm", api.customer), at(36))
    await said(await api.act(first["id"], "move", api.customer, lines(two["id"])), at(66))
    both = lines(two["id"], other["id"], item["id"])
    await said(await api.act(first["id"], "move", api.customer, both), at(66))
    await said(
        await api.act(first["id"], "cancel", api.customer, lines(two["id"])), other["starts_at"]
    )
    await said(await api.act(first["id"], "cancel", api.customer), None)
    bought = await api.post("/v1/reservations", api.customer, lines(item["id"]))
    await said(bought, None, 201)


async def test_whoever_books_when_it_is_too_late_to_cancel_is_told(api: Api) -> None:
    strict = (await api.site(cutoff_minutes=24 * 60))["id"]
    slot = await api.slot(strict, starts_at=at(3))
    booked = await api.hold(slot["id"], confirm=True)
    assert booked["cancellable_until"] == at(3 - 24) < booked["server_time"]
    found = problem(await api.act(booked["id"], "cancel", api.customer), "too_late_to_cancel")
    assert found["cancellable_until"] == booked["cancellable_until"]


async def test_a_changed_cut_off_is_told_from_then_on(api: Api) -> None:
    site = (await api.site())["id"]
    slot = await api.slot(site, starts_at=at(30))
    booked = await api.hold(slot["id"], confirm=True)
    assert booked["cancellable_until"] == slot["starts_at"]
    ok(await api.patch(f"/v1/sites/{site}", api.operator, {"cutoff_minutes": 60}))
    seen = ok(await api.get(f"/v1/reservations/{booked['id']}", api.customer))
    assert seen["cancellable_until"] == at(29)


async def test_of_two_who_move_to_the_last_place_at_once_one_does(api: Api) -> None:
    site = (await api.site())["id"]
    target = await api.slot(site)
    booked = [await api.hold((await api.slot(site))["id"], confirm=True) for _ in range(8)]
    answers = await asyncio.gather(
        *(api.act(one["id"], "move", api.customer, lines(target["id"])) for one in booked)
    )
    assert sorted(r.status_code for r in answers) == [200] + [409] * 7
    assert await counts(api, target["id"]) == (1, 0, 1)
    assert (await api.shop.verify()).ok


async def test_a_reservation_that_was_moved_elsewhere_is_shown_as_it_is_now(api: Api) -> None:
    """Another process has moved it to what this one has never heard of."""
    item = await api.item()
    booked = await api.hold(item["id"])
    ok(await api.act(booked["id"], "extend", api.customer, {"ttl_seconds": 301}))
    async with open_shop(api.shop.dsn) as elsewhere:
        there = Api(Shop(elsewhere.services, api.shop.organization, api.shop.dsn))
        async with there.http:
            there.operator = api.operator
            slot, other = await there.slot(), await there.item()
            body = {"lines": [line(slot["id"]), line(other["id"])]}
            ok(await there.act(booked["id"], "move", api.customer, body))
    confirmed = ok(await api.act(booked["id"], "confirm", api.customer, {}), 200)
    assert [part["offering"] for part in confirmed["lines"]] == [slot["id"], other["id"]]
    assert [part["sku"] for part in confirmed["lines"]] == [None, other["sku"]]


# --- checking in ---


async def test_whether_somebody_came_is_recorded_and_can_be_put_right(api: Api) -> None:
    slot = await api.slot()
    booked = await api.hold(slot["id"], confirm=True)
    path = f"/v1/reservations/{booked['id']}/check-in"
    for body, status in (
        (None, "fulfilled"),
        ({}, "fulfilled"),
        ({"outcome": "no_show"}, "no_show"),
        ({"outcome": "fulfilled"}, "fulfilled"),
    ):
        async with api.shop.begun(booked["id"]):
            seen = ok(await api.post(path, api.operator, body))
        assert (seen["status"], seen["lines"][0]["confirmed"]) == (status, 1)
        assert seen["ended_at"] is not None
    assert await counts(api, slot["id"]) == (1, 0, 1), "what was used does not come back"
    for token in (api.customer, api.auditor):
        problem(await api.act(booked["id"], "check-in", token), "forbidden")
    for verb in ("cancel", "confirm", "release"):
        response = await api.act(booked["id"], verb, api.operator)
        if response.status_code != 200:
            problem(response, "already_confirmed")


async def test_nobody_is_checked_in_to_what_is_far_ahead(api: Api) -> None:
    slot = await api.slot()
    booked = await api.hold(slot["id"], confirm=True)
    before = await api.checksum()
    starts_at = datetime.fromisoformat(slot["starts_at"])
    for outcome, since in (
        ("no_show", starts_at),
        ("fulfilled", starts_at - timedelta(hours=2)),
    ):
        response = await api.act(booked["id"], "check-in", api.operator, {"outcome": outcome})
        found = problem(response, "too_far_ahead")
        assert datetime.fromisoformat(found["check_in_from"]) == since
        assert (found["reservation"], found["offering"]) == (booked["id"], slot["id"])
    assert await api.checksum() == before
    ok(await api.act(booked["id"], "cancel", api.customer))


# --- a part ---


async def test_a_part_of_a_hold_is_released_and_the_rest_stays(api: Api) -> None:
    site = (await api.site())["id"]
    one, two = await api.slot(site, 5), await api.slot(site, 5)
    body = {"lines": [line(one["id"], 3), line(two["id"], 2)]}
    hold = ok(await api.post("/v1/reservations", api.customer, body), 201)
    part = {"lines": [line(one["id"], 1), line(two["id"], 2)]}
    left = ok(await api.act(hold["id"], "release", api.customer, part))
    assert left["status"] == "held"
    assert [(p["offering"], p["held"]) for p in left["lines"]] == [(one["id"], 2)]
    assert await counts(api, one["id"]) == (5, 2, 0)
    assert await counts(api, two["id"]) == (5, 0, 0)
    found = problem(
        await api.act(hold["id"], "release", api.customer, {"lines": [line(one["id"], 3)]}),
        "limit_exceeded",
    )
    assert (found["limit"], found["bound"], found["requested"]) == ("reserved", 2, 3)
    response = await api.act(hold["id"], "release", api.customer, lines(two["id"]))
    assert problem(response, "malformed_request")["field"] == "lines[0]"
    gone = {"lines": [line(one["id"], 2)]}
    assert ok(await api.act(hold["id"], "release", api.customer, gone))["status"] == "released"


async def test_a_part_of_what_was_confirmed_is_cancelled_but_not_less_than_may_be_kept(
    api: Api,
) -> None:
    slot = await api.slot(None, 10, min_quantity=2)
    booked = await api.hold(slot["id"], 4, confirm=True)
    left = ok(await api.act(booked["id"], "cancel", api.customer, lines(slot["id"])))
    assert (left["status"], left["lines"][0]["confirmed"]) == ("confirmed", 3)
    before = await api.checksum()
    found = problem(
        await api.act(booked["id"], "cancel", api.customer, {"lines": [line(slot["id"], 2)]}),
        "limit_exceeded",
    )
    assert (found["limit"], found["bound"]) == ("min_quantity", 2)
    assert await api.checksum() == before
    body = {"lines": [line(slot["id"], 3)], "reason": "ill"}
    gone = ok(await api.act(booked["id"], "cancel", api.customer, body))
    assert (gone["status"], gone["reason"]) == ("cancelled", "ill")
    assert await counts(api, slot["id"]) == (10, 0, 0)


# --- the shop ---


async def test_a_shop_neither_sells_slots_nor_acts_on_reservations_of_them(api: Api) -> None:
    slot, item = await api.slot(capacity=5), await api.item()
    body = {"lines": [line(slot["id"]), line(item["id"])]}
    mixed = ok(await api.post("/v1/reservations", api.customer, body), 201)
    key = fresh("k")
    for path, sent in (
        ("/api/v1/inventory/reserve", {"sku": slot["id"], "quantity": 1}),
        ("/api/holds", {"productId": slot["id"], "email": "ada@example.org"}),
        ("/api/v1/checkout/confirm", {"reservation_id": mixed["id"]}),
        ("/api/v1/checkout/cancel", {"reservation_id": mixed["id"]}),
    ):
        problem(await api.post(path, api.customer, sent, key=key), "not_found")
    problem(await api.post(f"/api/orders/{mixed['id']}/confirm", api.customer), "not_found")
    for path in (f"/api/products/{slot['id']}", f"/api/v1/inventory/{slot['id']}"):
        problem(await api.get(path, api.customer), "not_found")
    assert ok(await api.get("/api/orders", api.customer, email="ada@example.org")) == []
    order = await api.hold(item["id"])
    for _ in range(3):
        await api.hold(slot["id"])
    orders = ok(await api.get("/api/orders", api.customer, email="ada@example.org", limit=1))
    assert [one["orderId"] for one in orders] == [order["id"]]
    products = ok(await api.get("/api/products", api.customer))
    assert [product["id"] for product in products] == [item["id"]]


async def test_the_books_are_in_order_after_all_this(stage: Api) -> None:
    assert (await stage.shop.verify()).ok
