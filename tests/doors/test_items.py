"""Items through the native door: making, finding, changing and counting them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doors.client import Api, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

FULL = {
    "name": "Desk lamp",
    "capacity": 40,
    "description": "Brass,\nwith a switch",
    "price": {"amount": 4900, "currency": "EUR"},
    "sale_starts_at": "2020-01-01T00:00:00Z",
    "sale_ends_at": "2090-01-01T00:00:00Z",
    "min_quantity": 2,
    "max_quantity": 6,
    "max_per_customer": 8,
    "hold_ttl_seconds": 60,
    "metadata": {"colour": "brass", "sizes": [1, 2.5]},
}


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


# --- making ---


async def test_an_item_is_made_with_everything_that_was_said_about_it(api: Api) -> None:
    item = await api.item(**FULL)
    assert {name: item[name] for name in FULL} == FULL
    assert item["id"].startswith("item_")
    assert (item["held"], item["confirmed"], item["available"]) == (0, 0, 40)
    assert item["draining_to"] is None
    assert item["version"] == 1
    assert item["created_at"] == item["updated_at"]
    seen = ok(await api.get(f"/v1/items/{item['id']}", api.operator))
    assert {**seen, "server_time": 0} == {**item, "server_time": 0}


async def test_an_item_needs_no_more_than_sku_name_and_capacity(api: Api) -> None:
    item = await api.item(0)
    for name in ("description", "price", "sale_starts_at", "sale_ends_at", "max_quantity"):
        assert item[name] is None
    assert (item["min_quantity"], item["metadata"]) == (1, {})


async def test_a_sku_that_exists_is_refused_and_names_it(api: Api) -> None:
    item = await api.item(sku="TWICE")
    before = await api.checksum()
    body = {"sku": "TWICE", "name": "Another", "capacity": 1}
    found = problem(await api.post("/v1/items", api.operator, body), "already_exists")
    assert found["sku"] == "TWICE"
    many = {"items": [{**body, "sku": "NEW"}, body]}
    found = problem(await api.post("/v1/items/bulk", api.operator, many), "already_exists")
    assert found["sku"] == "TWICE"
    assert await api.checksum() == before
    assert (await api.counts(item["id"]))[0] == 10
    ok(await api.post("/v1/items", api.operator, {**body, "sku": "twice"}), 201)


async def test_of_many_who_make_the_same_sku_at_once_one_does(api: Api) -> None:
    body = {"sku": fresh("RACE"), "name": "x", "capacity": 1}
    answers = await asyncio.gather(*(api.post("/v1/items", api.operator, body) for _ in range(12)))
    assert sorted(r.status_code for r in answers) == [201] + [409] * 11
    for response in answers:
        if response.status_code == 409:
            problem(response, "already_exists")


async def test_a_thousand_items_are_made_at_once_in_their_order(api: Api) -> None:
    items = [{"sku": f"BULK-{n}", "name": f"n {n}", "capacity": n} for n in range(1000)]
    made = ok(await api.post("/v1/items/bulk", api.operator, {"items": items}), 201)["data"]
    assert [item["sku"] for item in made] == [item["sku"] for item in items]
    listed = await api.walk("/v1/items", api.operator, limit=300)
    assert [item["id"] for item in listed] == [item["id"] for item in made]
    one_more = {"items": [*items, {"sku": "X", "name": "x", "capacity": 1}]}
    found = problem(await api.post("/v1/items/bulk", api.operator, one_more), "malformed_request")
    assert found["field"] == "items"


async def test_a_bulk_with_the_same_sku_twice_says_which(api: Api) -> None:
    items = [{"sku": sku, "name": "x", "capacity": 1} for sku in ("A", "B", "A")]
    found = problem(
        await api.post("/v1/items/bulk", api.operator, {"items": items}), "malformed_request"
    )
    assert found["field"] == "items[2].sku"
    assert await api.walk("/v1/items", api.operator) == []


BLANKS = (" ", "\u00a0", "\u3000 ")


@pytest.mark.parametrize("sku", [*BLANKS, " A", "A ", "A B ", "\u00a0A", "A\u2003"])
async def test_a_sku_has_no_white_space_at_its_ends(api: Api, sku: str) -> None:
    before = await api.checksum()
    body = {"sku": sku, "name": "x", "capacity": 1}
    for response, field in (
        (await api.post("/v1/items", api.operator, body), "sku"),
        (await api.post("/v1/items/bulk", api.operator, {"items": [body]}), "items[0].sku"),
    ):
        found = problem(response, "malformed_request")
        assert found["field"] == field
        assert found["reason"] == "no white space at its ends, no control characters"
    assert await api.checksum() == before


@pytest.mark.parametrize("name", ["", *BLANKS])
async def test_an_item_has_a_name_to_be_seen(api: Api, name: str) -> None:
    item = await api.item()
    before = await api.checksum()
    body = {"sku": fresh("N"), "name": name, "capacity": 1}
    for response in (
        await api.post("/v1/items", api.operator, body),
        await api.patch(f"/v1/items/{item['id']}", api.operator, {"name": name}),
        await api.patch("/v1/organization", api.owner, {"name": name}),
    ):
        found = problem(response, "malformed_request")
        assert found["field"] == "name"
        assert not name or found["reason"] == "not blank, no control characters"
    assert await api.checksum() == before


@pytest.mark.parametrize("sku", ["A", "-", "A B", "a/b", "/", "\u00e4 \U0001f600", "A" * 128])
async def test_a_sku_may_be_any_other_text(api: Api, sku: str) -> None:
    item = await api.item(sku=sku, name=" a name as it was written ")
    assert (item["sku"], item["name"]) == (sku, " a name as it was written ")
    assert ok(await api.get("/v1/items", sku=sku))["data"][0]["id"] == item["id"]


NONSENSE = {
    "sale_ends_at": {
        "sale_starts_at": "2030-01-01T00:00:00Z",
        "sale_ends_at": "2030-01-01T00:00:00Z",
    },
    "max_quantity": {"min_quantity": 3, "max_quantity": 2},
    "max_per_customer": {"min_quantity": 3, "max_per_customer": 2},
}


@pytest.mark.parametrize("field", NONSENSE)
async def test_fields_that_contradict_each_other_are_refused(api: Api, field: str) -> None:
    item = await api.item()
    body = {"sku": fresh("N"), "name": "x", "capacity": 1, **NONSENSE[field]}
    before = await api.checksum()
    for response, name in (
        (await api.post("/v1/items", api.operator, body), field),
        (
            await api.post("/v1/items/bulk", api.operator, {"items": [body]}),
            f"items[0].{field}",
        ),
        (await api.patch(f"/v1/items/{item['id']}", api.operator, NONSENSE[field]), field),
    ):
        assert problem(response, "malformed_request")["field"] == name
    assert await api.checksum() == before


async def test_a_change_that_contradicts_what_is_there_is_refused(api: Api) -> None:
    item = await api.item(**FULL)
    for change, field in (
        ({"min_quantity": 7}, "max_quantity"),
        ({"max_quantity": 1}, "max_quantity"),
        ({"max_per_customer": 1}, "max_per_customer"),
        ({"sale_starts_at": FULL["sale_ends_at"]}, "sale_ends_at"),
    ):
        response = await api.patch(f"/v1/items/{item['id']}", api.operator, change)
        assert problem(response, "malformed_request")["field"] == field


# --- finding ---


async def test_items_are_listed_in_the_order_of_their_creation_page_by_page(api: Api) -> None:
    made = [(await api.item())["id"] for _ in range(7)]
    for limit in (1, 2, 3, 7, 500):
        for token in (api.operator, api.customer, None):
            found = await api.walk("/v1/items", api.operator, limit=limit)
            assert [item["id"] for item in found] == made, (limit, token)


async def test_an_item_is_found_by_its_sku_exactly(api: Api) -> None:
    await api.item(sku="ABC-1")
    await api.item(sku="ABC-12")
    found = ok(await api.get("/v1/items", sku="ABC-1"))["data"]
    assert [item["sku"] for item in found] == ["ABC-1"]
    for none in ("abc-1", "ABC", "ABC-_", "ABC%", " ABC-1"):
        assert ok(await api.get("/v1/items", sku=none))["data"] == []


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("lamp", ["Lamp", "Table lamp"]),
        ("LAMP", ["Lamp", "Table lamp"]),
        ("%", ["50% off"]),
        ("_", ["snake_case"]),
        ("\\", ["back\\slash"]),
        ("\\%", []),
        ("%_%", []),
        ("0% o", ["50% off"]),
        ("e_c", ["snake_case"]),
        ("ekc", []),
        ("k\\s", ["back\\slash"]),
        ("'", ["it's"]),
        ("straße", ["Straße"]),
        ("\U0001f600", ["\U0001f600 smile"]),
        ("nothing of the kind", []),
        ("s-", None),
        ("", None),
    ],
)
async def test_a_search_takes_every_character_for_itself(
    api: Api, search: str, expected: list[str] | None
) -> None:
    names = ["Lamp", "Table lamp", "50% off", "snake_case", "back\\slash", "it's", "Straße"]
    names.append("\U0001f600 smile")
    items = [{"sku": f"S-{n}", "name": name, "capacity": 1} for n, name in enumerate(names)]
    ok(await api.post("/v1/items/bulk", api.operator, {"items": items}), 201)
    found = await api.walk("/v1/items", api.operator, search=search, limit=1)
    assert [item["name"] for item in found] == (names if expected is None else expected)
    shop = await api.get("/api/products", search=search)
    assert [item["name"] for item in ok(shop)] == (names if expected is None else expected)


# --- changing ---

CHANGES: list[tuple[str, Any]] = [
    ("name", "Another name"),
    ("description", "other"),
    ("description", None),
    ("description", ""),
    ("price", {"amount": 0, "currency": "USD"}),
    ("price", None),
    ("sale_starts_at", "2021-01-01T00:00:00Z"),
    ("sale_starts_at", None),
    ("sale_ends_at", "2089-01-01T00:00:00.000001Z"),
    ("sale_ends_at", None),
    ("min_quantity", 1),
    ("max_quantity", 7),
    ("max_quantity", None),
    ("max_per_customer", 1_000_000),
    ("max_per_customer", None),
    ("hold_ttl_seconds", 604800),
    ("hold_ttl_seconds", None),
    ("metadata", {"other": True}),
    ("metadata", {}),
]


@pytest.mark.parametrize(("field", "value"), CHANGES)
async def test_each_field_changes_alone_and_null_lifts_it(api: Api, field: str, value: Any) -> None:
    item = await api.item(**FULL)
    changed = ok(await api.patch(f"/v1/items/{item['id']}", api.operator, {field: value}))
    assert changed[field] == value
    assert changed["version"] == 2
    assert changed["updated_at"] > item["updated_at"]
    moving = {field: 0, "version": 0, "updated_at": 0, "server_time": 0}
    assert {**changed, **moving} == {**item, **moving}
    seen = ok(await api.get(f"/v1/items/{item['id']}", api.operator))
    assert {**seen, "server_time": 0} == {**changed, "server_time": 0}
    entries = await api.walk(f"/v1/offerings/{item['id']}/ledger", api.operator)
    assert [entry["kind"] for entry in entries] == ["created", "updated"]
    assert (await api.shop.verify()).ok


async def test_a_change_of_nothing_leaves_no_trace(api: Api) -> None:
    item = await api.item(**FULL)
    before = await api.checksum()
    for nothing in ({}, {"name": item["name"]}, {"price": FULL["price"]}):
        same = ok(await api.patch(f"/v1/items/{item['id']}", api.operator, nothing))
        assert same["version"] == 1
    assert await api.checksum() == before


@pytest.mark.parametrize("field", ["name", "min_quantity", "metadata"])
async def test_what_an_item_must_have_cannot_be_lifted(api: Api, field: str) -> None:
    item = await api.item()
    response = await api.patch(f"/v1/items/{item['id']}", api.operator, {field: None})
    assert problem(response, "malformed_request")["field"] == field


@pytest.mark.parametrize("field", ["capacity", "sku", "id", "held", "confirmed", "available"])
async def test_what_is_not_a_plain_field_cannot_be_changed_as_one(api: Api, field: str) -> None:
    item = await api.item()
    response = await api.patch(f"/v1/items/{item['id']}", api.operator, {field: item[field]})
    assert problem(response, "malformed_request")["field"] == field


async def test_concurrent_changes_of_different_fields_are_all_kept(api: Api) -> None:
    item = await api.item(**FULL)
    changes = [{"name": "new"}, {"description": "new"}, {"max_quantity": 5}, {"price": None}] * 3
    path = f"/v1/items/{item['id']}"
    for response in await asyncio.gather(*(api.patch(path, api.operator, c) for c in changes)):
        ok(response)
    seen = ok(await api.get(path, api.operator))
    assert (seen["name"], seen["description"]) == ("new", "new")
    assert (seen["max_quantity"], seen["price"], seen["version"]) == (5, None, 5)


async def test_a_new_price_does_not_touch_a_hold_that_exists(api: Api) -> None:
    item = await api.item(price={"amount": 100, "currency": "EUR"})
    hold = await api.hold(item["id"])
    new = {"price": {"amount": 999, "currency": "USD"}}
    ok(await api.patch(f"/v1/items/{item['id']}", api.operator, new))
    confirmed = ok(await api.act(hold["id"], "confirm", api.customer))
    assert confirmed["lines"][0]["unit_price"] == {"amount": 100, "currency": "EUR"}


async def test_an_item_is_not_shown_as_made_or_changed_in_the_future(api: Api) -> None:
    item = await api.item()
    assert item["created_at"] <= item["server_time"]
    changed = ok(await api.patch(f"/v1/items/{item['id']}", api.operator, {"name": "new"}))
    assert changed["updated_at"] <= changed["server_time"]


# --- stock ---


async def capacity(api: Api, item: str, body: Any, code: str | None = None) -> Any:
    response = await api.post(f"/v1/items/{item}/capacity", api.operator, body)
    return ok(response) if code is None else problem(response, code)


async def test_capacity_is_set_or_adjusted_and_the_ledger_says_why(api: Api) -> None:
    item = (await api.item(10))["id"]
    await api.hold(item, 3)
    seen = await capacity(api, item, {"capacity": 20})
    assert set(seen) == {
        "offering",
        "capacity",
        "held",
        "confirmed",
        "available",
        "draining_to",
        "version",
        "server_time",
    }
    assert (seen["capacity"], seen["held"], seen["available"]) == (20, 3, 17)
    assert (await capacity(api, item, {"delta": -5, "reason": "damaged"}))["capacity"] == 15
    assert (await capacity(api, item, {"capacity": 15}))["version"] == 4, "nothing changed"
    entries = await api.walk(f"/v1/offerings/{item}/ledger", api.operator)
    assert [(e["kind"], e["capacity_delta"], e["reason"]) for e in entries] == [
        ("created", 10, None),
        ("held", 0, None),
        ("capacity_set", 10, None),
        ("capacity_adjusted", -5, "damaged"),
    ]


async def test_capacity_is_set_only_if_it_still_is_what_the_actor_believes(api: Api) -> None:
    item = (await api.item(10))["id"]
    await capacity(api, item, {"capacity": 12, "expected": 10})
    found = await capacity(api, item, {"capacity": 14, "expected": 10}, "version_conflict")
    assert (found["expected"], found["capacity"]) == (10, 12)
    answers = await asyncio.gather(
        *(
            api.post(
                f"/v1/items/{item}/capacity", api.operator, {"capacity": 13 + n, "expected": 12}
            )
            for n in range(10)
        )
    )
    assert sorted(r.status_code for r in answers) == [200] + [409] * 9


async def test_capacity_never_goes_below_what_is_reserved_unless_drained(api: Api) -> None:
    item = (await api.item(10))["id"]
    hold = await api.hold(item, 4)
    await api.hold(item, 2, confirm=True)
    for body in ({"capacity": 5}, {"delta": -5, "reason": "x"}):
        found = await capacity(api, item, body, "capacity_below_reserved")
        assert (found["requested"], found["held"], found["confirmed"]) == (5, 4, 2)
    drained = await capacity(api, item, {"capacity": 3, "drain": True})
    assert (drained["capacity"], drained["draining_to"], drained["available"]) == (6, 3, 0)
    assert ok(await api.get(f"/v1/items/{item}"))["draining_to"] == 3
    body = {"lines": [{"item": item, "quantity": 1}]}
    problem(await api.post("/v1/reservations", api.customer, body), "insufficient_capacity")
    ok(await api.act(hold["id"], "release", api.customer))
    seen = ok(await api.get(f"/v1/items/{item}"))
    assert (seen["capacity"], seen["draining_to"], seen["available"]) == (3, None, 1)
    assert (await api.shop.verify()).ok


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "capacity"),
        ({"capacity": 1, "delta": 1, "reason": "x"}, "capacity"),
        ({"delta": 1}, "reason"),
        ({"delta": 1, "reason": ""}, "reason"),
        ({"delta": 1, "reason": "x", "expected": 10}, "expected"),
        ({"delta": -11, "reason": "x"}, "capacity"),
        ({"delta": 1_000_000_000, "reason": "x"}, "capacity"),
        ({"drain": True}, "capacity"),
        ({"expected": 10}, "capacity"),
    ],
)
async def test_a_change_of_capacity_that_means_nothing_is_refused(
    api: Api, body: Any, field: str
) -> None:
    item = (await api.item(10))["id"]
    before = await api.checksum()
    assert (await capacity(api, item, body, "malformed_request"))["field"] == field
    assert await api.checksum() == before


# --- availability ---


async def availability(api: Api, item: str, **query: Any) -> Any:
    return ok(await api.get(f"/v1/offerings/{item}/availability", **query))


async def test_availability_tells_what_is_left_and_when_the_next_hold_ends(api: Api) -> None:
    item = (await api.item(5))["id"]
    seen = await availability(api, item)
    assert set(seen) == {
        "offering",
        "capacity",
        "held",
        "confirmed",
        "available",
        "bookable",
        "reason",
        "bookable_from",
        "bookable_until",
        "busy",
        "waiting",
        "next_expiry",
        "version",
        "server_time",
    }
    assert (seen["bookable"], seen["reason"], seen["next_expiry"]) == (True, None, None)
    late = await api.hold(item, 1)
    early = await api.hold(item, 1, ttl_seconds=60)
    await api.hold(item, 1, confirm=True)
    seen = await availability(api, item)
    assert (seen["held"], seen["confirmed"], seen["available"]) == (2, 1, 2)
    assert seen["next_expiry"] == early["expires_at"]
    await api.shop.make_due(early["id"])
    seen = await availability(api, item)
    assert (seen["held"], seen["available"]) == (1, 3)
    assert seen["next_expiry"] == late["expires_at"]


@pytest.mark.parametrize(
    ("terms", "reason", "code"),
    [
        ({"capacity": 0}, "sold_out", "insufficient_capacity"),
        ({"sale_starts_at": ago(hours=-1)}, "not_on_sale_yet", "not_on_sale_yet"),
        ({"sale_ends_at": ago(hours=1)}, "sale_ended", "sale_ended"),
        ({"capacity": 0, "sale_ends_at": ago(hours=1)}, "sale_ended", "sale_ended"),
        ({"min_quantity": 4, "capacity": 3}, "sold_out", "insufficient_capacity"),
        ({"sale_starts_at": ago(hours=1), "sale_ends_at": ago(hours=-1)}, None, None),
    ],
)
async def test_the_reason_why_it_cannot_be_had_is_the_one_a_hold_would_get(
    api: Api, terms: Any, reason: str | None, code: str | None
) -> None:
    item = await api.item(**{"capacity": 5, **terms})
    seen = await availability(api, item["id"])
    assert (seen["bookable"], seen["reason"]) == (reason is None, reason)
    body = {"lines": [{"item": item["id"], "quantity": item["min_quantity"]}]}
    response = await api.post("/v1/reservations", api.customer, body)
    if code is None:
        ok(response, 201)
    else:
        problem(response, code)


async def test_the_counts_as_they_stood_at_an_instant(api: Api) -> None:
    item = await api.item(10)
    id = item["id"]
    hold = await api.hold(id, 3)
    part = {"lines": [{"item": id, "quantity": 2}]}
    confirmed = ok(await api.act(hold["id"], "confirm", api.customer, part))
    await capacity(api, id, {"capacity": 30})
    entries = await api.walk(f"/v1/offerings/{id}/ledger", api.operator)
    assert [e["kind"] for e in entries] == ["created", "held", "confirmed", "capacity_set"]
    expected = [(10, 0, 0, 10), (10, 3, 0, 7), (10, 0, 2, 8), (30, 0, 2, 28)]
    for entry, counts in zip(entries, expected, strict=True):
        seen = await availability(api, id, at=entry["at"])
        names = ("capacity", "held", "confirmed", "available")
        assert tuple(seen[name] for name in names) == counts
        assert (seen["version"], seen["at"]) == (entry["seq"], entry["at"])
    between = datetime.fromisoformat(confirmed["confirmed_at"]) - timedelta(microseconds=1)
    assert (await availability(api, id, at=between.isoformat()))["held"] == 3
    before = datetime.fromisoformat(entries[0]["at"]) - timedelta(microseconds=1)
    for gone in (before.isoformat(), "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"):
        problem(await api.get(f"/v1/offerings/{id}/availability", at=gone), "not_found")
    for future in (ago(hours=-1), "9999-12-31T23:59:59Z"):
        response = await api.get(f"/v1/offerings/{id}/availability", at=future)
        assert problem(response, "malformed_request")["field"] == "at"


async def test_a_hold_that_had_ended_by_then_is_not_counted_whenever_it_was_noticed(
    api: Api,
) -> None:
    id = (await api.item(10))["id"]
    hold = await api.hold(id, 3, ttl_seconds=1)
    await asyncio.sleep(1.1)
    end = datetime.fromisoformat(hold["expires_at"])
    during, after = (end - timedelta(microseconds=1)).isoformat(), end.isoformat()

    async def held(at: str) -> int:
        return (await availability(api, id, at=at))["held"]

    assert (await held(during), await held(after)) == (3, 0)
    await api.hold(id, 1)
    assert (await held(during), await held(after)) == (3, 0)
    assert (await availability(api, id))["held"] == 1


# --- ledger ---


async def test_the_ledger_shows_every_change_with_the_counts_it_left(api: Api) -> None:
    id = (await api.item(10))["id"]
    hold = await api.hold(id, 3)
    ok(await api.act(hold["id"], "confirm", api.customer))
    ok(await api.act(hold["id"], "cancel", api.customer, {"reason": "rain"}))
    entries = await api.walk(f"/v1/offerings/{id}/ledger", api.auditor)
    rows = [
        (e["seq"], e["kind"], e["held_delta"], e["confirmed_delta"], e["held"], e["confirmed"])
        for e in entries
    ]
    assert rows == [
        (1, "created", 0, 0, 0, 0),
        (2, "held", 3, 0, 3, 0),
        (3, "confirmed", -3, 3, 0, 3),
        (4, "cancelled", 0, -3, 0, 0),
    ]
    assert [e["reservation"] for e in entries] == [None, *[hold["id"]] * 3]
    assert entries[3]["reason"] == "rain"
    assert entries[1]["actor"] == f"user:{api.user(api.customer)}"
    assert entries[1]["hold_expires_at"] == hold["expires_at"]
    assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 9, 10, 500])
async def test_the_ledger_is_walked_page_by_page(api: Api, limit: int) -> None:
    id = (await api.item(100))["id"]
    for _ in range(8):
        await api.hold(id)
    entries = await api.walk(f"/v1/offerings/{id}/ledger", api.operator, limit=limit)
    assert [entry["seq"] for entry in entries] == list(range(1, 10))


@pytest.mark.parametrize("limit", [1, 2, 500])
async def test_the_ledger_is_narrowed_down_to_one_reservation(api: Api, limit: int) -> None:
    item, other = (await api.item(100))["id"], (await api.item(100))["id"]
    await api.hold(item)
    hold = await api.hold(item)
    ok(await api.post(f"/v1/reservations/{hold['id']}/confirm", api.customer, {}))
    await api.hold(item)
    path = f"/v1/offerings/{item}/ledger"
    entries = await api.walk(path, api.auditor, limit=limit, reservation=hold["id"])
    assert [entry["kind"] for entry in entries] == ["held", "confirmed"]
    assert {entry["reservation"] for entry in entries} == {hold["id"]}
    elsewhere = f"/v1/offerings/{other}/ledger"
    assert await api.walk(elsewhere, api.auditor, reservation=hold["id"]) == []
    assert await api.walk(path, api.auditor, reservation="rsv_" + "0" * 32) == []
    problem(await api.get(path, api.auditor, reservation="oops"), "not_found")
    both = await api.get(path, api.auditor, reservation=hold["id"], order="newest")
    assert problem(both, "malformed_request")["field"] == "order"


@pytest.mark.parametrize("limit", [1, 3, 9, 500])
async def test_the_ledger_is_walked_from_its_end_as_well(api: Api, limit: int) -> None:
    id = (await api.item(100))["id"]
    for _ in range(8):
        await api.hold(id)
    path = f"/v1/offerings/{id}/ledger"
    entries = await api.walk(path, api.operator, limit=limit, order="newest")
    assert [entry["seq"] for entry in entries] == list(range(9, 0, -1))
    problem(await api.get(path, api.operator, order="best"), "malformed_request")


async def test_an_offering_that_does_not_exist_has_no_ledger_and_no_availability(
    api: Api,
) -> None:
    nothing = "item_" + "0" * 32
    for path in (
        f"/v1/offerings/{nothing}/ledger",
        f"/v1/offerings/{nothing}/availability",
        f"/v1/offerings/{nothing}/availability?at=2020-01-01T00:00:00Z",
        f"/v1/items/{nothing}",
    ):
        problem(await api.get(path, api.operator), "not_found")


# --- the organization ---


async def test_an_owner_changes_what_the_organization_allows(api: Api) -> None:
    seen = ok(await api.get("/v1/organization", api.customer))
    assert set(seen) == {
        "id",
        "slug",
        "name",
        "hold_ttl_seconds",
        "max_live_holds",
        "guest_holds",
        "public_catalogue",
        "horizon_days",
        "notice_minutes",
        "cutoff_minutes",
        "offer_ttl_seconds",
        "open_registration",
    }
    change = {"name": "New name", "hold_ttl_seconds": 60, "max_live_holds": 2}
    change |= {"horizon_days": 30, "notice_minutes": 60, "cutoff_minutes": 120}
    change |= {"offer_ttl_seconds": 900, "open_registration": False}
    changed = ok(await api.patch("/v1/organization", api.owner, change))
    assert changed == {**seen, **change}
    assert ok(await api.get("/v1/organization", api.customer)) == changed
    item = await api.item()
    assert (await api.hold(item["id"]))["ttl_seconds"] == 60
    await api.hold(item["id"])
    body = {"lines": [{"item": item["id"], "quantity": 1}]}
    found = problem(await api.post("/v1/reservations", api.customer, body), "limit_exceeded")
    assert (found["limit"], found["bound"], found["has"]) == ("max_live_holds", 2, 2)
    ok(await api.patch("/v1/organization", api.owner, {"max_live_holds": None}))
    await api.hold(item["id"])
    assert ok(await api.patch("/v1/organization", api.owner, {}))["hold_ttl_seconds"] == 60
