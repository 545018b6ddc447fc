"""Waitlists through the native door: joining, one's turn, the offer, and leaving."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from firmhold.workers.waitlist import WaitlistKeeper
from tests.doors.client import OTHER_EMAIL, Api, at, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def join(api: Api, offering: str, token: str, quantity: int = 1, **more: Any) -> Any:
    body = {offering.partition("_")[0]: offering, "quantity": quantity, **more}
    return await api.post("/v1/waitlist", token, body)


async def entry(api: Api, id: str, token: str | None = None) -> Any:
    return ok(await api.get(f"/v1/waitlist/{id}", token or api.auditor))


async def taken(api: Api, capacity: int = 1, **more: Any) -> tuple[str, str]:
    """An item of which everything is reserved, and the reservation."""
    item = (await api.item(capacity, **more))["id"]
    booked = await api.hold(item, capacity, api.operator, confirm=True)
    return item, booked["id"]


async def test_a_place_says_who_waits_for_what_and_why_not_yet(api: Api) -> None:
    item, _ = await taken(api)
    place = ok(await join(api, item, api.customer), 201)
    assert set(place) == {
        "id",
        "offering",
        "sku",
        "starts_at",
        "ends_at",
        "customer",
        "quantity",
        "status",
        "position",
        "reason",
        "reservation",
        "offer_expires_at",
        "created_at",
        "ended_at",
        "server_time",
    }
    assert place["id"].startswith("wait_")
    assert (place["offering"], place["customer"]) == (item, api.user(api.customer))
    assert (place["status"], place["position"]) == ("waiting", 1)
    assert place["reason"] == "insufficient_capacity"
    for field in ("reservation", "offer_expires_at", "ended_at", "starts_at", "ends_at"):
        assert place[field] is None
    seen = await entry(api, place["id"], api.customer)
    assert {**seen, "server_time": 0} == {**place, "server_time": 0}
    second = ok(await join(api, item, api.other), 201)
    assert second["position"] == 2
    availability = ok(await api.get(f"/v1/offerings/{item}/availability"))
    assert (availability["reason"], availability["waiting"]) == ("sold_out", 2)


async def test_who_joins_again_is_told_of_the_offer_and_when_it_ends(api: Api) -> None:
    item, booked = await taken(api)
    place = ok(await join(api, item, api.customer), 201)
    ok(await api.act(booked, "cancel", api.operator))
    seen = await entry(api, place["id"])
    assert seen["status"] == "offered" and seen["offer_expires_at"]
    again = ok(await join(api, item, api.customer), 201)
    assert {**again, "server_time": 0} == {**seen, "server_time": 0}


async def test_what_comes_free_is_held_for_whoever_is_next_and_can_be_confirmed(api: Api) -> None:
    item, booked = await taken(api)
    first = ok(await join(api, item, api.customer), 201)
    second = ok(await join(api, item, api.other), 201)
    ok(await api.act(booked, "cancel", api.operator))
    seen = await entry(api, first["id"])
    assert (seen["status"], seen["position"], seen["reason"]) == ("offered", None, None)
    offer = ok(await api.get(f"/v1/reservations/{seen['reservation']}", api.customer))
    assert (offer["status"], offer["customer"]) == ("held", api.user(api.customer))
    assert offer["expires_at"] == seen["offer_expires_at"] == offer["extend_until"]
    assert (await entry(api, second["id"]))["position"] == 1
    lines = {"lines": [{"item": item, "quantity": 1}]}
    problem(await api.post("/v1/reservations", api.other, lines), "insufficient_capacity")
    ok(await api.act(offer["id"], "confirm", api.customer))
    assert (await entry(api, first["id"]))["status"] == "accepted"
    response = await api.delete(f"/v1/waitlist/{first['id']}", api.customer)
    assert problem(response, "already_confirmed")["reservation"] == offer["id"]


async def test_who_joins_while_something_is_free_is_offered_it_at_once(api: Api) -> None:
    item = (await api.item(3))["id"]
    place = ok(await join(api, item, api.customer, 2), 201)
    assert (place["status"], place["position"], place["reason"]) == ("offered", None, None)
    offer = ok(await api.get(f"/v1/reservations/{place['reservation']}", api.customer))
    assert (offer["status"], offer["expires_at"]) == ("held", place["offer_expires_at"])
    assert await api.counts(item) == (3, 2, 0)


async def test_an_offer_lasts_as_long_as_the_organization_says_and_lapses_to_the_next(
    api: Api,
) -> None:
    ok(await api.patch("/v1/organization", api.owner, {"offer_ttl_seconds": 1}))
    item, booked = await taken(api)
    first = ok(await join(api, item, api.customer), 201)
    second = ok(await join(api, item, api.other), 201)
    ok(await api.act(booked, "cancel", api.operator))
    seen = await entry(api, first["id"])
    await api.shop.make_due(seen["reservation"])
    assert (await entry(api, first["id"]))["status"] == "lapsed", "nobody has recorded it yet"
    assert [one["id"] for one in await api.walk("/v1/waitlist", api.auditor, status="lapsed")] == [
        first["id"]
    ]
    problem(await api.act(seen["reservation"], "confirm", api.customer), "hold_expired")
    assert (await entry(api, second["id"]))["status"] == "offered"


async def test_leaving_gives_up_the_place_or_declines_the_offer(api: Api) -> None:
    item, booked = await taken(api)
    people = [api.customer, api.other, api.auditor]
    first, second, third = [ok(await join(api, item, who), 201) for who in people]
    for _ in range(2):
        gone = ok(await api.delete(f"/v1/waitlist/{second['id']}", api.other))
        assert (gone["status"], gone["position"]) == ("withdrawn", None)
        assert gone["ended_at"] is not None
    assert (await entry(api, third["id"]))["position"] == 2
    ok(await api.act(booked, "cancel", api.operator))
    declined = ok(await api.delete(f"/v1/waitlist/{first['id']}", api.customer))
    assert declined["status"] == "declined"
    assert (await entry(api, third["id"]))["status"] == "offered"
    again = ok(await join(api, item, api.other), 201)
    assert again["id"] != second["id"], "a place that was given up is not taken again"


async def test_one_has_one_place_in_a_line(api: Api) -> None:
    item, _ = await taken(api, 3)
    place = ok(await join(api, item, api.customer), 201)
    before = await api.checksum()
    assert ok(await join(api, item, api.customer), 201)["id"] == place["id"]
    found = problem(await join(api, item, api.customer, 2), "already_exists")
    assert (found["waitlist_entry"], found["quantity"]) == (place["id"], 1)
    found = problem(await join(api, item, api.other, 4), "insufficient_capacity")
    assert (found["requested"], found["capacity"]) == (4, 3)
    assert await api.checksum() == before


async def test_an_operator_waits_for_anybody_and_a_customer_for_nobody_else(api: Api) -> None:
    item, _ = await taken(api)
    for name in ("Bed manager", "nobody@example.org"):
        place = ok(await join(api, item, api.operator, customer=name), 201)
        assert place["customer"] == name
    place = ok(await join(api, item, api.operator, customer=OTHER_EMAIL), 201)
    assert place["customer"] == api.user(api.other)
    assert (await entry(api, place["id"], api.other))["position"] == 3
    for token in (api.customer, api.auditor):
        problem(await join(api, item, token, customer="somebody"), "forbidden")
        problem(await join(api, "item_" + "0" * 32, token, customer="somebody"), "forbidden")


async def test_anothers_place_is_neither_seen_nor_given_up(api: Api) -> None:
    item, _ = await taken(api)
    place = ok(await join(api, item, api.customer), 201)
    path = f"/v1/waitlist/{place['id']}"
    before = await api.checksum()
    problem(await api.get(path, api.other), "forbidden")
    for token in (api.other, api.auditor):
        problem(await api.delete(path, token), "forbidden")
    for wrong in ("wait_" + "0" * 32, "wait_x", place["id"].replace("wait_", "rsv_")):
        problem(await api.get(f"/v1/waitlist/{wrong}", api.operator), "not_found")
        problem(await api.delete(f"/v1/waitlist/{wrong}", api.operator), "not_found")
    assert await api.checksum() == before
    assert ok(await api.delete(path, api.operator))["status"] == "withdrawn"


@pytest.mark.parametrize("named", [{}, {"item": "I", "sku": "S"}, {"item": "I", "slot": "T"}])
async def test_one_waits_for_one_thing(api: Api, named: dict[str, str]) -> None:
    response = await api.post("/v1/waitlist", api.customer, {**named, "quantity": 1})
    assert problem(response, "malformed_request")["field"] == "body"


@pytest.mark.parametrize(
    "named", [{"item": "x"}, {"sku": "NO-SUCH"}, {"slot": "slot_" + "0" * 32}, {"slot": "x"}]
)
async def test_nobody_waits_for_what_is_not_there(api: Api, named: dict[str, str]) -> None:
    response = await api.post("/v1/waitlist", api.customer, {**named, "quantity": 1})
    found = problem(response, "not_found")
    assert next(iter(named)) in found or found["offering"] == named["slot"]


async def test_one_waits_for_a_slot_by_its_rules_of_time(api: Api) -> None:
    site = (await api.site(horizon_days=2))["id"]
    slot = await api.slot(site, starts_at=at(20))
    await api.hold(slot["id"], 1, api.operator)
    place = ok(await join(api, slot["id"], api.customer), 201)
    assert (place["sku"], place["starts_at"]) == (None, slot["starts_at"])
    assert ok(await api.get(f"/v1/slots/{slot['id']}"))["waiting"] == 1
    far = await api.slot(site, starts_at=at(24 * 9))
    problem(await join(api, far["id"], api.customer), "too_far_ahead")
    ok(await api.patch(f"/v1/slots/{slot['id']}", api.operator, {"open": False}))
    assert (await entry(api, place["id"]))["reason"] == "sale_ended"


async def test_who_waits_for_a_machine_is_told_and_served_when_it_comes_back(api: Api) -> None:
    site, machine = (await api.site())["id"], await api.pool("equipment")
    needs = [{"pool": machine["id"]}]
    times = {"starts_at": at(50), "minutes": 60}
    one, two = [await api.slot(site, requirements=needs, **times) for _ in range(2)]
    hold = await api.hold(one["id"])
    place = ok(await join(api, two["id"], api.other), 201)
    assert (place["status"], place["reason"]) == ("waiting", "pool_busy")
    ok(await api.act(hold["id"], "release", api.customer))
    await WaitlistKeeper(api.shop.services.engine).run_once()
    assert (await entry(api, place["id"]))["status"] == "offered"


# --- lists ---


async def test_lists_show_ones_own_and_to_those_who_may_all(api: Api) -> None:
    one, _ = await taken(api)
    two, _ = await taken(api)
    people = [(one, api.customer), (one, api.other), (two, api.customer), (one, api.auditor)]
    placed = [ok(await join(api, *who), 201)["id"] for who in people]
    for limit in (1, 2, 50):

        async def ids(token: str, limit: int = limit, **more: Any) -> list[str]:
            found = await api.walk("/v1/waitlist", token, limit=limit, **more)
            return [place["id"] for place in found]

        assert await ids(api.operator) == placed[::-1]
        assert await ids(api.customer) == [placed[2], placed[0]]
        assert await ids(api.operator, customer=api.user(api.customer)) == [placed[2], placed[0]]
        assert await ids(api.operator, offering=one) == [placed[0], placed[1], placed[3]]
        assert await ids(api.customer, offering=one) == [placed[0]]
        assert await ids(api.operator, status="waiting") == placed[::-1]
        assert await ids(api.operator, offering=one, status="offered") == []
    response = await api.get("/v1/waitlist", api.customer, customer=api.user(api.other))
    problem(response, "forbidden")
    line = await api.walk("/v1/waitlist", api.auditor, offering=one)
    assert [place["position"] for place in line] == [1, 2, 3]
    problem(await api.get("/v1/waitlist", api.operator, offering="x"), "not_found")


async def test_a_long_line_is_joined_in_order_and_each_learns_their_position(api: Api) -> None:
    item, booked = await taken(api)
    names = [fresh("Waiting") for _ in range(70)]
    for name in names:
        ok(await join(api, item, api.operator, customer=name), 201)
    line = await api.walk("/v1/waitlist", api.auditor, offering=item)
    assert [(place["customer"], place["position"]) for place in line] == [
        (name, number) for number, name in enumerate(names, 1)
    ]
    ok(await api.act(booked, "cancel", api.operator))
    line = await api.walk("/v1/waitlist", api.auditor, offering=item)
    assert [place["status"] for place in line] == ["offered"] + ["waiting"] * 69


async def test_of_many_who_join_at_once_each_has_a_place_of_their_own(api: Api) -> None:
    item, _ = await taken(api)
    names = [fresh("Rush") for _ in range(20)]
    answers = await asyncio.gather(
        *(join(api, item, api.operator, customer=name) for name in names)
    )
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["position"] for answer in answers) == list(range(1, 21))


async def test_the_books_are_in_order_after_all_this(stage: Api) -> None:
    assert (await stage.shop.verify()).ok
