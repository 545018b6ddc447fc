"""The native reservations: every verb, who may use it, and the list."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doors.client import EMAIL, OTHER_EMAIL, Api, fresh, ok, problem
from tests.shop import Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


def instant(text: str) -> datetime:
    assert text.endswith("Z"), text
    return datetime.fromisoformat(text)


# --- hold ---


async def test_a_hold_says_what_it_holds_for_whom_and_until_when(api: Api) -> None:
    item = await api.item(10, price={"amount": 1999, "currency": "EUR"})
    hold = await api.hold(
        item["id"],
        3,
        notes="two\nlines",
        guest_count=4,
        metadata={"cart": 7, "nested": {"a": [1, None]}},
    )
    assert set(hold) == {
        "id",
        "status",
        "customer",
        "lines",
        "created_at",
        "expires_at",
        "ttl_seconds",
        "extend_until",
        "cancellable_until",
        "confirmed_at",
        "ended_at",
        "reason",
        "notes",
        "guest_count",
        "metadata",
        "created_by",
        "server_time",
    }
    assert hold["id"].startswith("rsv_")
    assert hold["status"] == "held"
    assert hold["customer"] == api.user(api.customer)
    assert hold["created_by"] == f"user:{api.user(api.customer)}"
    assert hold["lines"] == [
        {
            "offering": item["id"],
            "sku": item["sku"],
            "starts_at": None,
            "ends_at": None,
            "quantity": 3,
            "held": 3,
            "confirmed": 0,
            "unit_price": {"amount": 1999, "currency": "EUR"},
        }
    ]
    assert hold["ttl_seconds"] == 300
    assert instant(hold["expires_at"]) - instant(hold["created_at"]) == timedelta(seconds=300)
    assert instant(hold["extend_until"]) - instant(hold["created_at"]) == timedelta(seconds=900)
    assert instant(hold["server_time"]) == instant(hold["created_at"])
    assert (hold["notes"], hold["guest_count"]) == ("two\nlines", 4)
    assert hold["metadata"] == {"cart": 7, "nested": {"a": [1, None]}}
    assert await api.counts(item["id"]) == (10, 3, 0)
    seen = ok(await api.get(f"/v1/reservations/{hold['id']}", api.customer))
    assert 298 <= seen.pop("ttl_seconds") <= 300
    assert seen.pop("server_time") >= hold.pop("server_time")
    del hold["ttl_seconds"]
    assert seen == hold


async def test_a_hold_takes_several_lines_by_id_and_by_sku_all_or_nothing(api: Api) -> None:
    one, two = await api.item(5), await api.item(5)
    lines = [{"item": one["id"], "quantity": 2}, {"sku": two["sku"], "quantity": 3}]
    hold = ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)
    assert [(line["offering"], line["quantity"]) for line in hold["lines"]] == [
        (one["id"], 2),
        (two["id"], 3),
    ]
    assert await api.counts(one["id"]) == (5, 2, 0)
    found = problem(
        await api.post("/v1/reservations", api.customer, {"lines": lines}), "insufficient_capacity"
    )
    assert (found["line"], found["requested"], found["available"]) == (1, 3, 2)
    assert await api.counts(one["id"]) == (5, 2, 0)
    assert await api.counts(two["id"]) == (5, 3, 0)


async def test_the_same_item_named_twice_is_summed_before_it_is_checked(api: Api) -> None:
    item = await api.item(5)
    twice = [{"sku": item["sku"], "quantity": 3}, {"item": item["id"], "quantity": 3}]
    found = problem(
        await api.post("/v1/reservations", api.customer, {"lines": twice}), "insufficient_capacity"
    )
    assert (found["line"], found["requested"], found["available"]) == (0, 6, 5)
    twice[1]["quantity"] = 2
    hold = ok(await api.post("/v1/reservations", api.customer, {"lines": twice}), 201)
    assert [line["quantity"] for line in hold["lines"]] == [5]
    assert await api.counts(item["id"]) == (5, 5, 0)


async def test_a_hundred_lines_are_taken_and_a_hundred_and_one_are_not(api: Api) -> None:
    item = await api.item(1000)
    line = {"item": item["id"], "quantity": 1}
    ok(await api.post("/v1/reservations", api.customer, {"lines": [line] * 100}), 201)
    found = problem(
        await api.post("/v1/reservations", api.customer, {"lines": [line] * 101}),
        "malformed_request",
    )
    assert found["field"] == "lines"


@pytest.mark.parametrize("line", [{}, {"item": "I", "sku": "S"}])
async def test_a_line_names_either_an_item_or_a_sku(api: Api, line: dict[str, str]) -> None:
    item = await api.item()
    named = {name: item["id" if name == "item" else "sku"] for name in line}
    good = {"item": item["id"], "quantity": 1}
    for lines, index in (([{**named, "quantity": 1}], 0), ([good, {**named, "quantity": 1}], 1)):
        response = await api.post("/v1/reservations", api.customer, {"lines": lines})
        assert problem(response, "malformed_request")["field"] == f"lines[{index}]"
    assert await api.counts(item["id"]) == (10, 0, 0)


async def test_a_line_that_names_nothing_is_not_found_and_says_which(api: Api) -> None:
    item = await api.item()
    good = {"item": item["id"], "quantity": 1}
    for wrong in ({"sku": "NO-SUCH"}, {"item": "item_" + "0" * 32}):
        response = await api.post(
            "/v1/reservations", api.customer, {"lines": [good, {**wrong, "quantity": 1}]}
        )
        assert problem(response, "not_found")["line"] == 1
    assert await api.counts(item["id"]) == (10, 0, 0)


async def test_a_sku_that_did_not_exist_is_found_once_it_does(api: Api) -> None:
    body = {"lines": [{"sku": "LATER", "quantity": 1}]}
    problem(await api.post("/v1/reservations", api.customer, body), "not_found")
    await api.item(sku="LATER")
    ok(await api.post("/v1/reservations", api.customer, body), 201)


async def test_a_ttl_may_be_asked_for_up_to_the_cap_of_item_or_organization(api: Api) -> None:
    item = await api.item(hold_ttl_seconds=60)
    hold = await api.hold(item["id"], ttl_seconds=20)
    assert hold["ttl_seconds"] == 20
    assert instant(hold["extend_until"]) - instant(hold["created_at"]) == timedelta(seconds=180)
    assert (await api.hold(item["id"]))["ttl_seconds"] == 60
    body = {"lines": [{"item": item["id"], "quantity": 1}], "ttl_seconds": 61}
    found = problem(await api.post("/v1/reservations", api.customer, body), "limit_exceeded")
    assert (found["limit"], found["bound"], found["requested"]) == ("ttl_seconds", 60, 61)
    other = await api.item()
    both = {"lines": [{"item": i["id"], "quantity": 1} for i in (other, item)]}
    hold = ok(await api.post("/v1/reservations", api.customer, both), 201)
    assert hold["ttl_seconds"] == 60, "the strictest of them decides"


async def test_a_reservation_can_be_confirmed_at_once_without_a_hold(api: Api) -> None:
    item = await api.item(4)
    taken = await api.hold(item["id"], 4, confirm=True)
    assert taken["status"] == "confirmed"
    assert (taken["expires_at"], taken["ttl_seconds"], taken["extend_until"]) == (None,) * 3
    assert taken["confirmed_at"] == taken["created_at"]
    assert (taken["lines"][0]["held"], taken["lines"][0]["confirmed"]) == (0, 4)
    assert await api.counts(item["id"]) == (4, 0, 4)
    assert ok(await api.act(taken["id"], "cancel", api.customer))["status"] == "cancelled"
    assert await api.counts(item["id"]) == (4, 0, 0)


# --- who acts for whom ---


async def test_an_operator_holds_for_anyone_and_a_customer_for_nobody_else(api: Api) -> None:
    item = await api.item()
    own = api.user(api.customer)
    hold = await api.hold(item["id"], token=api.operator, customer=own)
    assert hold["customer"] == own
    assert ok(await api.act(hold["id"], "confirm", api.customer))["status"] == "confirmed"
    assert (await api.hold(item["id"], token=api.operator))["customer"] is None
    assert (await api.hold(item["id"], customer=own))["customer"] == own
    for name in (EMAIL, EMAIL.title()):
        assert (await api.hold(item["id"], token=api.operator, customer=name))["customer"] == own
    for name in ("nobody@example.org", "Till 7", "order@4711"):
        assert (await api.hold(item["id"], token=api.operator, customer=name))["customer"] == name
    before = await api.checksum()
    for other in (api.user(api.other), OTHER_EMAIL, "somebody"):
        body = {"lines": [{"item": item["id"], "quantity": 1}], "customer": other}
        problem(await api.post("/v1/reservations", api.customer, body), "forbidden")
        problem(await api.post("/v1/reservations", api.auditor, body), "forbidden")
    assert await api.checksum() == before


@pytest.mark.parametrize("verb", ["confirm", "extend", "release", "cancel"])
async def test_only_its_customer_or_an_operator_may_act_on_a_reservation(
    api: Api, verb: str
) -> None:
    item = await api.item()
    body = {"ttl_seconds": 400} if verb == "extend" else {}
    hold = await api.hold(item["id"])
    before = await api.checksum()
    for token in (api.other, api.auditor):
        problem(await api.act(hold["id"], verb, token, body), "forbidden")
    assert await api.checksum() == before
    ok(await api.act(hold["id"], verb, api.operator, body))
    ok(await api.act((await api.hold(item["id"]))["id"], verb, api.customer, body))


async def test_a_reservation_is_shown_to_its_customer_and_to_those_who_may_read_all(
    api: Api,
) -> None:
    item = await api.item()
    path = f"/v1/reservations/{(await api.hold(item['id']))['id']}"
    for token in (api.customer, api.auditor, api.operator, api.owner, api.admin):
        ok(await api.get(path, token))
    refused = problem(await api.get(path, api.other), "forbidden")
    assert api.user(api.customer) not in str(refused)
    problem(await api.get(path), "unauthenticated")
    problem(await api.get("/v1/reservations/rsv_" + "0" * 32, api.operator), "not_found")


# --- confirm ---


async def test_a_confirmed_hold_is_firm_and_confirming_again_changes_nothing(api: Api) -> None:
    item = await api.item(5)
    hold = await api.hold(item["id"], 2)
    first = ok(await api.act(hold["id"], "confirm", api.customer))
    assert first["status"] == "confirmed"
    assert first["ttl_seconds"] is None
    assert first["confirmed_at"] == first["server_time"]
    before = await api.checksum()
    again = ok(await api.act(hold["id"], "confirm", api.customer))
    assert {**again, "server_time": None} == {**first, "server_time": None}
    assert await api.checksum() == before
    assert await api.counts(item["id"]) == (5, 0, 2)


async def test_a_hold_is_confirmed_in_part_and_the_rest_is_on_sale_at_once(api: Api) -> None:
    one, two = await api.item(5), await api.item(5)
    lines = [{"item": one["id"], "quantity": 4}, {"item": two["id"], "quantity": 2}]
    hold = ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)
    part = {"lines": [{"sku": one["sku"], "quantity": 1}, {"item": one["id"], "quantity": 2}]}
    confirmed = ok(await api.act(hold["id"], "confirm", api.customer, part))
    assert [(x["quantity"], x["held"], x["confirmed"]) for x in confirmed["lines"]] == [
        (4, 0, 3),
        (2, 0, 0),
    ]
    assert await api.counts(one["id"]) == (5, 0, 3)
    assert await api.counts(two["id"]) == (5, 0, 0)
    ok(await api.act(hold["id"], "confirm", api.customer, part))
    other = {"lines": [{"item": one["id"], "quantity": 4}]}
    problem(await api.act(hold["id"], "confirm", api.customer, other), "already_confirmed")
    ok(await api.act(hold["id"], "cancel", api.customer))
    assert await api.counts(one["id"]) == (5, 0, 0)
    assert (await api.shop.verify()).ok


async def test_no_more_can_be_confirmed_than_is_held_and_nothing_else(api: Api) -> None:
    one, two = await api.item(5), await api.item(5)
    hold = await api.hold(one["id"], 2)
    before = await api.checksum()
    found = problem(
        await api.act(
            hold["id"], "confirm", api.customer, {"lines": [{"item": one["id"], "quantity": 3}]}
        ),
        "limit_exceeded",
    )
    assert (found["bound"], found["requested"], found["line"]) == (2, 3, 0)
    problem(
        await api.act(
            hold["id"], "confirm", api.customer, {"lines": [{"item": two["id"], "quantity": 1}]}
        ),
        "malformed_request",
    )
    problem(await api.act(hold["id"], "confirm", api.customer, {"lines": []}), "malformed_request")
    assert await api.checksum() == before


async def test_a_late_confirm_is_refused_unless_it_asks_to_take_the_units_again(api: Api) -> None:
    item = await api.item(2)
    hold = await api.hold(item["id"], 2)
    await api.shop.make_due(hold["id"])
    late = problem(await api.act(hold["id"], "confirm", api.customer), "hold_expired")
    assert late["reservation"] == hold["id"]
    assert late["expired_at"].endswith("Z")
    other = await api.hold(item["id"], 1, api.other)
    again = {"reacquire": True}
    found = problem(
        await api.act(hold["id"], "confirm", api.customer, again), "insufficient_capacity"
    )
    assert (found["requested"], found["available"]) == (2, 1)
    ok(await api.act(other["id"], "release", api.other))
    confirmed = ok(await api.act(hold["id"], "confirm", api.customer, again))
    assert confirmed["status"] == "confirmed"
    assert confirmed["id"] == hold["id"]
    assert await api.counts(item["id"]) == (2, 0, 2)
    assert (await api.shop.verify()).ok


# --- extend, release, cancel ---


async def test_a_hold_is_extended_up_to_its_cap_and_never_shortened(api: Api) -> None:
    item = await api.item(hold_ttl_seconds=100)
    hold = await api.hold(item["id"])
    longer = ok(await api.act(hold["id"], "extend", api.customer, {"ttl_seconds": 200}))
    assert 199 <= longer["ttl_seconds"] <= 200
    same = ok(await api.act(hold["id"], "extend", api.customer, {"ttl_seconds": 10}))
    assert same["expires_at"] == longer["expires_at"]
    found = problem(
        await api.act(hold["id"], "extend", api.customer, {"ttl_seconds": 301}), "limit_exceeded"
    )
    assert found["limit"] == "extend_until"
    assert found["bound"] == hold["extend_until"]
    seen = ok(await api.get(f"/v1/reservations/{hold['id']}", api.customer))
    assert seen["expires_at"] == longer["expires_at"]


@pytest.mark.parametrize("verb", ["release", "cancel"])
async def test_giving_back_twice_gives_back_once(api: Api, verb: str) -> None:
    item = await api.item(5)
    await api.hold(item["id"], 1, api.other)
    hold = await api.hold(item["id"], 2)
    for _ in range(3):
        given = ok(await api.act(hold["id"], verb, api.customer))
        assert given["status"] == "released"
        assert [(line["quantity"], line["held"]) for line in given["lines"]] == [(2, 0)]
        assert await api.counts(item["id"]) == (5, 1, 0)
    taken = await api.hold(item["id"], 2, confirm=True)
    for _ in range(3):
        assert ok(await api.act(taken["id"], "cancel", api.customer))["status"] == "cancelled"
        assert await api.counts(item["id"]) == (5, 1, 0)
    assert (await api.shop.verify()).ok


async def test_a_cancelled_reservation_keeps_its_reason(api: Api) -> None:
    item = await api.item()
    taken = await api.hold(item["id"], confirm=True)
    body = {"reason": "changed my mind"}
    assert ok(await api.act(taken["id"], "cancel", api.customer, body))["reason"] == body["reason"]
    seen = ok(await api.get(f"/v1/reservations/{taken['id']}", api.customer))
    assert seen["reason"] == body["reason"]
    assert seen["ended_at"] is not None


ENDINGS = {
    ("released", "confirm"): "already_released",
    ("released", "extend"): "already_released",
    ("confirmed", "extend"): "already_confirmed",
    ("confirmed", "release"): "already_confirmed",
    ("cancelled", "confirm"): "already_cancelled",
    ("cancelled", "extend"): "already_cancelled",
    ("cancelled", "release"): "already_cancelled",
    ("expired", "confirm"): "hold_expired",
    ("expired", "extend"): "hold_expired",
    ("expired", "release"): "hold_expired",
    ("expired", "cancel"): "hold_expired",
    ("expired", "move"): "hold_expired",
    ("released", "move"): "already_released",
    ("cancelled", "move"): "already_cancelled",
    ("held", "check-in"): "version_conflict",
    ("released", "check-in"): "already_released",
    ("cancelled", "check-in"): "already_cancelled",
    ("expired", "check-in"): "hold_expired",
}


@pytest.mark.parametrize(("status", "verb"), ENDINGS)
async def test_what_has_ended_otherwise_cannot_be_acted_on(
    api: Api, status: str, verb: str
) -> None:
    item = await api.item()
    hold = await api.hold(item["id"])
    if status == "expired":
        await api.shop.make_due(hold["id"])
    elif status == "released":
        ok(await api.act(hold["id"], "release", api.customer))
    elif status != "held":
        ok(await api.act(hold["id"], "confirm", api.customer))
        if status == "cancelled":
            ok(await api.act(hold["id"], "cancel", api.customer))
    before = await api.checksum()
    body: Any = {"ttl_seconds": 30} if verb == "extend" else {}
    if verb == "move":
        body = {"lines": [{"item": item["id"], "quantity": 2}]}
    token = api.operator if verb == "check-in" else api.customer
    response = await api.act(hold["id"], verb, token, body)
    assert problem(response, ENDINGS[status, verb])["reservation"] == hold["id"]
    if status != "expired":
        assert await api.checksum() == before
    counts = (10, int(status == "held"), int(status == "confirmed"))
    assert await api.counts(item["id"]) == counts


async def test_a_hold_ends_when_its_time_is_over_with_nobody_there_to_notice(api: Api) -> None:
    item = await api.item(1)
    hold = await api.hold(item["id"], ttl_seconds=1)
    await asyncio.sleep(1.05)
    before = await api.checksum()
    seen = ok(await api.get(f"/v1/reservations/{hold['id']}", api.customer))
    assert (seen["status"], seen["ttl_seconds"], seen["lines"][0]["held"]) == ("expired", None, 0)
    assert await api.counts(item["id"]) == (1, 0, 0)
    assert await api.checksum() == before, "looking changes nothing"
    ok(
        await api.post(
            "/v1/reservations", api.other, {"lines": [{"item": item["id"], "quantity": 1}]}
        ),
        201,
    )


@pytest.mark.parametrize("verb", ["confirm", "release", "cancel"])
async def test_a_body_of_which_nothing_is_required_may_be_left_out(api: Api, verb: str) -> None:
    item = await api.item()
    hold = await api.hold(item["id"], 2)
    path, key = f"/v1/reservations/{hold['id']}/{verb}", fresh("key")
    for wrong in (b" ", b"null", b"[]", b'{"nobody_knows": 1}', b'{"reason": 7}'):
        problem(await api.post(path, api.customer, content=wrong), "malformed_request")
    assert await api.counts(item["id"]) == (10, 2, 0)
    done = ok(await api.post(path, api.customer, key=key))
    assert done["status"] == ("confirmed" if verb == "confirm" else "released")
    again = await api.post(path, api.customer, {}, key=key)
    assert ok(again) == done
    assert again.headers["idempotent-replayed"] == "true"


async def test_every_line_of_an_answer_names_its_sku(api: Api) -> None:
    items = [await api.item(), await api.item(), await api.item()]
    expected = [(item["id"], item["sku"]) for item in items]
    lines = [{"item": item["id"], "quantity": 2} for item in items]
    lines[1] = {"sku": items[1]["sku"], "quantity": 2}
    hold = ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)
    part = {"lines": lines[:2]}
    answers = [
        hold,
        ok(await api.act(hold["id"], "extend", api.customer, {"ttl_seconds": 400})),
        ok(await api.act(hold["id"], "confirm", api.customer, part)),
        ok(await api.get(f"/v1/reservations/{hold['id']}", api.customer)),
        *await api.walk("/v1/reservations", api.operator),
        ok(await api.act(hold["id"], "cancel", api.customer)),
    ]
    assert len(answers) == 6
    for answer in answers:
        assert [(line["offering"], line["sku"]) for line in answer["lines"]] == expected


async def test_a_server_that_has_just_started_names_skus_too(api: Api) -> None:
    """Nothing is known yet of items and reservations that are there."""
    items = [await api.item() for _ in range(3)]
    lines = [{"item": item["id"], "quantity": 1} for item in items]
    hold = ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)
    skus = [item["sku"] for item in items]
    for verb, status in ((None, "held"), ("confirm", "confirmed"), ("cancel", "cancelled")):
        async with open_shop(api.shop.dsn) as fresh_shop:
            fresh_api = Api(Shop(fresh_shop.services, api.shop.organization, api.shop.dsn))
            async with fresh_api.http:
                if verb is None:
                    seen = ok(await fresh_api.get("/v1/reservations", api.customer))["data"][0]
                else:
                    seen = ok(await fresh_api.act(hold["id"], verb, api.customer))
        assert seen["status"] == status
        assert [line["sku"] for line in seen["lines"]] == skus


# --- lists ---


def ids(entries: list[Any]) -> list[str]:
    return [entry["id"] for entry in entries]


async def test_a_list_shows_customers_their_own_and_operators_all_newest_first(api: Api) -> None:
    item = await api.item(100)
    placed = [await api.hold(item["id"], 1, t) for t in (api.customer, api.other) * 3]
    newest = ids(placed)[::-1]
    assert ids(await api.walk("/v1/reservations", api.operator)) == newest
    assert ids(await api.walk("/v1/reservations", api.auditor)) == newest
    own = ids(await api.walk("/v1/reservations", api.customer))
    assert own == [r["id"] for r in placed[::-1] if r["customer"] == api.user(api.customer)]
    user = api.user(api.customer)
    assert ids(await api.walk("/v1/reservations", api.customer, customer=user)) == own
    assert ids(await api.walk("/v1/reservations", api.operator, customer=user)) == own
    for other in (api.user(api.other), OTHER_EMAIL):
        problem(await api.get("/v1/reservations", api.customer, customer=other), "forbidden")
    assert await api.walk("/v1/reservations", api.operator, customer="nobody") == []


async def test_a_list_is_filtered_by_status_and_what_is_due_counts_as_expired(api: Api) -> None:
    item = await api.item(100)
    held = await api.hold(item["id"])
    due = await api.hold(item["id"])
    confirmed = await api.hold(item["id"], confirm=True)
    released = await api.hold(item["id"])
    ok(await api.act(released["id"], "release", api.customer))
    cancelled = await api.hold(item["id"], confirm=True)
    ok(await api.act(cancelled["id"], "cancel", api.customer))
    came, absent = [await api.hold(item["id"], confirm=True) for _ in range(2)]
    ok(await api.act(came["id"], "check-in", api.operator))
    ok(await api.act(absent["id"], "check-in", api.operator, {"outcome": "no_show"}))
    await api.shop.make_due(due["id"])
    expected = {
        "fulfilled": came,
        "no_show": absent,
        "held": held,
        "expired": due,
        "confirmed": confirmed,
        "released": released,
        "cancelled": cancelled,
    }
    for status, reservation in expected.items():
        for more in ({}, {"offering": item["id"]}, {"customer": api.user(api.customer)}):
            found = await api.walk("/v1/reservations", api.operator, status=status, **more)
            assert ids(found) == [reservation["id"]], (status, more)
            assert found[0]["status"] == status


async def test_a_list_is_filtered_by_offering_without_repeating_or_missing_any(api: Api) -> None:
    one, two = await api.item(100), await api.item(100)
    only_one = await api.hold(one["id"])
    both = [{"item": i["id"], "quantity": 1} for i in (one, two, one)]
    in_both = ok(await api.post("/v1/reservations", api.customer, {"lines": both}), 201)
    direct = await api.hold(one["id"], confirm=True)
    ok(await api.act(only_one["id"], "extend", api.customer, {"ttl_seconds": 500}))
    ok(await api.act(only_one["id"], "confirm", api.customer))
    late = await api.hold(one["id"])
    await api.shop.make_due(late["id"])
    ok(await api.act(late["id"], "confirm", api.customer, {"reacquire": True}))
    only_two = await api.hold(two["id"])
    expected = [late["id"], direct["id"], in_both["id"], only_one["id"]]
    for limit in (1, 2, 3, 4, 50):
        found = await api.walk("/v1/reservations", api.operator, offering=one["id"], limit=limit)
        assert ids(found) == expected, limit
    found = await api.walk("/v1/reservations", api.customer, offering=two["id"], limit=1)
    assert ids(found) == [only_two["id"], in_both["id"]]
    nothing = await api.item()
    assert await api.walk("/v1/reservations", api.operator, offering=nothing["id"]) == []


async def test_a_list_is_filtered_by_when_reservations_were_made(api: Api) -> None:
    item = await api.item(100)
    made = [await api.hold(item["id"]) for _ in range(4)]
    times = [r["created_at"] for r in made]

    async def between(**bounds: str) -> list[str]:
        return ids(await api.walk("/v1/reservations", api.operator, limit=2, **bounds))[::-1]

    assert await between(from_=times[1]) == ids(made[1:])
    assert await between(to=times[2]) == ids(made[:2]), "half-open: up to but without"
    assert await between(from_=times[1], to=times[3]) == ids(made[1:3])
    shifted = instant(times[1]).astimezone(UTC).isoformat()
    assert shifted.endswith("+00:00")
    assert await between(from_=shifted) == ids(made[1:])


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
async def test_walking_a_list_misses_nothing_and_repeats_nothing_while_others_hold(
    api: Api, limit: int
) -> None:
    item = await api.item(1000)
    placed = [(await api.hold(item["id"]))["id"] for _ in range(14)]
    path, seen = "/v1/reservations", []
    response = await api.get(path, api.operator, limit=limit)
    while True:
        page = ok(response)
        seen += ids(page["data"])
        await api.hold(item["id"], 1, api.other)  # newer: it belongs on no later page
        if page["next"] is None:
            break
        response = await api.get(path, api.operator, limit=limit, cursor=page["next"])
    assert seen == placed[::-1]


async def test_a_link_keeps_the_filters_of_the_list_that_it_continues(api: Api) -> None:
    item = await api.item(100)
    made = [await api.hold(item["id"]) for _ in range(3)]
    ok(await api.act(made[1]["id"], "confirm", api.customer))
    found = await api.walk(
        "/v1/reservations",
        api.operator,
        status="held",
        customer=api.user(api.customer),
        from_="2020-01-01T00:00:00+02:00",
        limit=1,
    )
    assert ids(found) == [made[2]["id"], made[0]["id"]]


async def test_a_page_filled_by_old_reservations_of_a_busy_offering_is_complete(api: Api) -> None:
    """More holds came after the one that is looked for than anyone would read through."""
    from firmhold.domain.commands import Release
    from tests.shop import OPERATOR

    item = await api.item(1_000_000)
    wanted = await api.hold(item["id"], confirm=True)

    async def one() -> None:
        held = await api.shop.held((item["id"], 1))
        await api.shop.submit(Release(held.id, OPERATOR))

    for _ in range(6):
        await asyncio.gather(*(one() for _ in range(900)))
    found = await api.walk(
        "/v1/reservations", api.operator, offering=item["id"], status="confirmed"
    )
    assert ids(found) == [wanted["id"]]
