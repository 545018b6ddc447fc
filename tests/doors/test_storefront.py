"""The storefront door, as its table in the specification has it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from firmhold.identity.keyring import kid_of
from tests.doors.client import EMAIL, OTHER_EMAIL, Api, fresh, ok, problem
from tests.shop import SECRET

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUEST = "guest@example.org"


async def reserve(
    api: Api, sku: str, quantity: int = 1, token: str | None = None, **more: Any
) -> httpx.Response:
    body = {"sku": sku, "quantity": quantity, **more}
    return await api.post("/api/v1/inventory/reserve", token, body, key=fresh("reserve"))


async def check_out(api: Api, verb: str, reservation: str, token: str) -> httpx.Response:
    return await api.post(f"/api/v1/checkout/{verb}", token, {"reservation_id": reservation})


async def hold(
    api: Api, product: str, email: str, token: str | None = None, **more: Any
) -> httpx.Response:
    body = {"productId": product, "email": email, **more}
    return await api.post("/api/holds", token, body, key=fresh("hold"))


# --- reserve, confirm, cancel ---


async def test_reserving_holds_units_and_answers_as_published(api: Api) -> None:
    item = await api.item(10)
    held = ok(await reserve(api, item["sku"], 2, api.customer), 201)
    assert set(held) == {
        "reservation_id",
        "sku",
        "quantity",
        "expires_at",
        "ttl_seconds",
        "status",
        "server_time",
    }
    assert held["reservation_id"].startswith("rsv_")
    assert (held["sku"], held["quantity"], held["ttl_seconds"]) == (item["sku"], 2, 300)
    assert held["expires_at"].endswith("Z")
    left = datetime.fromisoformat(held["expires_at"]) - datetime.fromisoformat(held["server_time"])
    assert left == timedelta(seconds=300)
    seen = ok(await api.get(f"/v1/reservations/{held['reservation_id']}", api.customer))
    assert (seen["customer"], seen["status"]) == (api.user(api.customer), "held")


async def test_too_few_left_is_a_conflict_with_the_counts(api: Api) -> None:
    item = await api.item(3)
    ok(await reserve(api, item["sku"], 2, api.customer), 201)
    found = problem(await reserve(api, item["sku"], 2, api.other), "insufficient_capacity")
    assert (found["requested"], found["available"], found["line"]) == (2, 1, 0)


async def test_an_unknown_sku_is_not_found(api: Api) -> None:
    assert problem(await reserve(api, "NO-SUCH", 1, api.customer), "not_found")["sku"] == "NO-SUCH"


async def test_confirming_a_checkout_makes_an_order_and_repeating_it_changes_nothing(
    api: Api,
) -> None:
    item = await api.item(10, price={"amount": 1250, "currency": "EUR"})
    held = ok(await reserve(api, item["sku"], 3, api.customer), 201)
    order = ok(await check_out(api, "confirm", held["reservation_id"], api.customer))
    assert order["reservation_id"] == held["reservation_id"]
    assert order["status"] == "confirmed"
    assert order["lines"] == [
        {"sku": item["sku"], "quantity": 3, "unit_price": 1250, "currency": "EUR"}
    ]
    assert order["total"] == {"amount": 3750, "currency": "EUR"}
    assert order["confirmed_at"] == order["server_time"]
    before = await api.checksum()
    again = ok(await check_out(api, "confirm", held["reservation_id"], api.customer))
    assert {**again, "server_time": 0} == {**order, "server_time": 0}
    assert await api.checksum() == before
    cancelled = ok(await check_out(api, "cancel", held["reservation_id"], api.customer))
    assert cancelled["status"] == "cancelled"
    assert await api.counts(item["id"]) == (10, 0, 0)
    problem(
        await check_out(api, "confirm", held["reservation_id"], api.customer), "already_cancelled"
    )


async def test_an_order_has_what_was_confirmed_and_not_what_was_once_held(api: Api) -> None:
    one = await api.item(10, price={"amount": 100, "currency": "EUR"})
    two = await api.item(10, price={"amount": 7000, "currency": "EUR"})
    lines = [{"item": two["id"], "quantity": 1}, {"item": one["id"], "quantity": 5}]
    held = ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)
    part = {"lines": [{"item": one["id"], "quantity": 2}]}
    ok(await api.act(held["id"], "confirm", api.customer, part))
    order = ok(await check_out(api, "confirm", held["id"], api.customer))
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [(one["sku"], 2)]
    assert order["total"] == {"amount": 200, "currency": "EUR"}
    orders = ok(await api.get("/api/orders", api.customer, email=EMAIL))
    assert [(o["productId"], o["qty"]) for o in orders] == [(one["id"], 2)]


async def test_a_total_is_given_only_if_one_currency_covers_all_lines(api: Api) -> None:
    items = [
        await api.item(price={"amount": 5, "currency": "EUR"}),
        await api.item(price={"amount": 5, "currency": "USD"}),
        await api.item(),
    ]
    for chosen in (items[:2], items[::2], items[2:]):
        lines = [{"item": item["id"], "quantity": 1} for item in chosen]
        held = ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)
        order = ok(await check_out(api, "confirm", held["id"], api.customer))
        assert order["total"] is None


@pytest.mark.parametrize("verb", ["confirm", "cancel"])
async def test_only_the_owner_checks_out(api: Api, verb: str) -> None:
    item = await api.item()
    held = ok(await reserve(api, item["sku"], 1, api.customer), 201)
    guest = ok(await reserve(api, item["sku"], 1, email=GUEST), 201)
    before = await api.checksum()
    for token in (api.other, api.auditor, guest["hold_token"]):
        problem(await check_out(api, verb, held["reservation_id"], token), "forbidden")
    for token in (api.customer, api.other):
        problem(await check_out(api, verb, guest["reservation_id"], token), "forbidden")
    problem(await check_out(api, verb, "rsv_" + "0" * 32, api.customer), "not_found")
    response = await api.post(f"/api/v1/checkout/{verb}", None, {"reservation_id": "x"})
    problem(response, "unauthenticated")
    assert await api.checksum() == before
    ok(await check_out(api, verb, held["reservation_id"], api.customer))
    ok(await check_out(api, verb, guest["reservation_id"], guest["hold_token"]))


async def test_cancelling_a_hold_many_times_at_once_gives_it_back_once(api: Api) -> None:
    item = await api.item(5)
    ok(await reserve(api, item["sku"], 2, api.other), 201)
    held = ok(await reserve(api, item["sku"], 3, api.customer), 201)["reservation_id"]
    for response in await asyncio.gather(
        *(check_out(api, "cancel", held, api.customer) for _ in range(20))
    ):
        assert ok(response)["status"] == "released"
    assert await api.counts(item["id"]) == (5, 2, 0)


async def test_a_checkout_after_the_hold_has_ended_is_refused(api: Api) -> None:
    item = await api.item()
    held = ok(await reserve(api, item["sku"], 1, api.customer), 201)["reservation_id"]
    await api.shop.make_due(held)
    for verb in ("confirm", "cancel"):
        found = problem(await check_out(api, verb, held, api.customer), "hold_expired")
        assert found["reservation"] == held


async def test_a_hundred_buyers_of_the_last_unit_get_it_once(api: Api) -> None:
    item = await api.item(1)
    answers = await asyncio.gather(
        *(reserve(api, item["sku"], 1, email=f"g{n}@example.org") for n in range(100))
    )
    assert sorted(r.status_code for r in answers) == [201] + [409] * 99
    assert await api.counts(item["id"]) == (1, 1, 0)


# --- guests ---


async def test_a_guest_acts_on_the_own_hold_with_its_token_and_on_nothing_else(api: Api) -> None:
    item = await api.item(10)
    held = ok(await reserve(api, item["sku"], 1, email="Guest@Example.ORG"), 201)
    other = ok(await reserve(api, item["sku"], 1, email="Guest@Example.ORG"), 201)
    token = held["hold_token"]
    seen = ok(await api.get(f"/v1/reservations/{held['reservation_id']}", token))
    assert seen["customer"] == GUEST
    problem(await api.get(f"/v1/reservations/{other['reservation_id']}", token), "forbidden")
    ok(await api.act(held["reservation_id"], "extend", token, {"ttl_seconds": 310}))
    for verb in ("confirm", "cancel"):
        problem(await check_out(api, verb, other["reservation_id"], token), "forbidden")
    ok(await check_out(api, "confirm", held["reservation_id"], token))
    ok(await check_out(api, "cancel", held["reservation_id"], token))
    assert await api.counts(item["id"]) == (10, 1, 0)


async def test_a_hold_token_places_no_holds_and_lists_nothing(api: Api) -> None:
    item = await api.item(10)
    token = ok(await reserve(api, item["sku"], 1, email=GUEST), 201)["hold_token"]
    before = await api.checksum()
    for sku in (item["sku"], "NO-SUCH"):
        for email in ({}, {"email": GUEST}):
            problem(await reserve(api, sku, 1, token, **email), "forbidden")
        problem(await hold(api, sku, GUEST, token), "forbidden")
    for more in ({}, {"customer": GUEST}, {"confirm": True}):
        body = {"lines": [{"item": item["id"], "quantity": 1}], **more}
        problem(await api.post("/v1/reservations", token, body), "forbidden")
    problem(await api.get("/v1/reservations", token), "forbidden")
    problem(await api.get("/v1/reservations", token, customer=GUEST), "forbidden")
    assert await api.checksum() == before


async def test_a_guest_gives_an_address_or_signs_in(api: Api) -> None:
    item = await api.item(10)
    for sku in (item["sku"], "NO-SUCH"):
        problem(await reserve(api, sku), "unauthenticated")
    for wrong in ("", "nobody", "@", "a@", "@b", "a b@c", "a@b\n", "x" * 200 + "@b"):
        found = problem(await reserve(api, item["sku"], email=wrong), "malformed_request")
        assert found["field"] == "email"
    assert await api.counts(item["id"]) == (10, 0, 0)


async def test_an_organization_that_wants_no_guests_has_none(api: Api) -> None:
    item = await api.item(10)
    ok(await api.patch("/v1/organization", api.owner, {"guest_holds": False}))
    problem(await reserve(api, item["sku"], email=GUEST), "unauthenticated")
    problem(await hold(api, item["sku"], GUEST), "unauthenticated")
    ok(await reserve(api, item["sku"], 1, api.customer), 201)


async def test_a_user_holds_for_no_other_address_but_an_operator_may(api: Api) -> None:
    item = await api.item(10)
    problem(await reserve(api, item["sku"], 1, api.customer, email=OTHER_EMAIL), "forbidden")
    problem(await hold(api, item["sku"], OTHER_EMAIL, api.customer), "forbidden")
    ok(await reserve(api, item["sku"], 1, api.customer, email=EMAIL.upper()), 201)
    held = ok(await reserve(api, item["sku"], 1, api.operator, email=GUEST), 201)
    assert "hold_token" not in held
    seen = ok(await api.get(f"/v1/reservations/{held['reservation_id']}", api.operator))
    assert seen["customer"] == GUEST


async def test_whom_an_operator_names_by_address_is_the_user_who_has_it(api: Api) -> None:
    item = await api.item(10, max_per_customer=3)
    reserved = ok(await reserve(api, item["sku"], 1, api.operator, email=EMAIL.title()), 201)
    ordered = ok(await hold(api, item["sku"], EMAIL, api.operator), 201)
    for id in (reserved["reservation_id"], ordered["orderId"]):
        seen = ok(await api.get(f"/v1/reservations/{id}", api.customer))
        assert seen["customer"] == api.user(api.customer)
        assert seen["created_by"] == f"user:{api.user(api.operator)}"
    orders = ok(await api.get("/api/orders", api.customer, email=EMAIL))
    assert {o["orderId"] for o in orders} == {reserved["reservation_id"], ordered["orderId"]}
    ok(await check_out(api, "confirm", reserved["reservation_id"], api.customer))
    for token, more in ((api.customer, {}), (api.operator, {"email": EMAIL})):
        found = problem(await reserve(api, item["sku"], 2, token, **more), "limit_exceeded")
        assert (found["has"], found["bound"]) == (2, 3)


async def test_an_address_that_a_guest_gives_proves_nothing_about_the_user_who_has_it(
    api: Api,
) -> None:
    """Or else anyone could use up a user's limit, and fill their list."""
    item = await api.item(10, max_per_customer=1)
    held = ok(await reserve(api, item["sku"], 1, email=EMAIL), 201)
    problem(await api.get(f"/v1/reservations/{held['reservation_id']}", api.customer), "forbidden")
    ok(await reserve(api, item["sku"], 1, api.customer), 201)
    assert len(ok(await api.get("/api/orders", api.customer, email=EMAIL))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"exp": 1},
        {"iss": "somebody"},
        {"aud": "somebody"},
        {"sub": None},
        {"org": None},
        {"typ": "at+jwt"},
        {"typ": "JWT"},
        {"key": b"another key, of more than 32 bytes"},
    ],
    ids=str,
)
async def test_a_hold_token_that_was_tampered_with_opens_nothing(
    api: Api, change: dict[str, Any]
) -> None:
    item = await api.item()
    held = ok(await reserve(api, item["sku"], 1, email=GUEST), 201)
    claims = jwt.decode(held["hold_token"], SECRET, ["HS256"], audience="firmhold")
    change = dict(change)
    headers = {"typ": change.pop("typ", "hold+jwt"), "kid": kid_of(SECRET)}
    key = change.pop("key", SECRET)
    claims = {n: v for n, v in {**claims, **change}.items() if v is not None}
    token = jwt.encode(claims, key, "HS256", headers=headers)
    response = await check_out(api, "confirm", held["reservation_id"], token)
    problem(response, "unauthenticated")
    assert "bearer" in response.headers["www-authenticate"].lower()
    right = jwt.encode(
        jwt.decode(held["hold_token"], SECRET, ["HS256"], audience="firmhold"),
        SECRET,
        "HS256",
        headers={"typ": "hold+jwt", "kid": kid_of(SECRET)},
    )
    ok(await check_out(api, "confirm", held["reservation_id"], right))


async def test_a_limit_per_customer_binds_guests_by_their_address_in_any_spelling(
    api: Api,
) -> None:
    item = await api.item(10, max_per_customer=2)
    ok(await reserve(api, item["sku"], 2, email="Guest@example.org"), 201)
    found = problem(await reserve(api, item["sku"], 1, email="gUEST@EXAMPLE.org"), "limit_exceeded")
    assert (found["limit"], found["bound"], found["has"]) == ("max_per_customer", 2, 2)


# --- catalogue ---


async def test_the_inventory_of_a_sku_in_a_shops_words(api: Api) -> None:
    item = await api.item(10)
    await api.hold(item["id"], 2)
    await api.hold(item["id"], 3, confirm=True)
    seen = ok(await api.get(f"/api/v1/inventory/{item['sku']}"))
    expected = {"sku": item["sku"], "available": 5, "reserved": 2, "sold": 3, "total": 10}
    assert {name: seen[name] for name in expected} == expected
    assert seen["on_sale"] is True
    problem(await api.get("/api/v1/inventory/NO-SUCH"), "not_found")


async def test_due_holds_are_no_longer_reserved(api: Api) -> None:
    item = await api.item(10)
    held = await api.hold(item["id"], 4)
    await api.shop.make_due(held["id"])
    seen = ok(await api.get(f"/api/v1/inventory/{item['sku']}"))
    assert (seen["available"], seen["reserved"]) == (10, 0)
    assert ok(await api.get(f"/api/products/{item['id']}"))["availableStock"] == 10


async def test_a_product_is_shown_with_price_window_and_stock_by_id_and_by_sku(api: Api) -> None:
    item = await api.item(
        10,
        price={"amount": 999, "currency": "EUR"},
        sale_starts_at="2020-01-01T00:00:00Z",
        sale_ends_at="2090-01-01T00:00:00Z",
        max_per_customer=4,
    )
    await api.hold(item["id"], 3)
    by_id = ok(await api.get(f"/api/products/{item['id']}"))
    by_sku = ok(await api.get(f"/api/products/{item['sku']}"))
    assert {**by_id, "serverTime": 0} == {**by_sku, "serverTime": 0}
    assert {**by_id, "serverTime": 0} == {
        "id": item["id"],
        "sku": item["sku"],
        "name": item["name"],
        "description": None,
        "price": {"amount": 999, "currency": "EUR"},
        "saleStartsAt": "2020-01-01T00:00:00Z",
        "saleEndsAt": "2090-01-01T00:00:00Z",
        "totalStock": 10,
        "availableStock": 7,
        "status": "live",
        "maxPerCustomer": 4,
        "serverTime": 0,
    }
    problem(await api.get("/api/products/item_" + "0" * 32), "not_found")
    problem(await api.get("/api/products/NO-SUCH"), "not_found")


async def test_a_sku_that_looks_like_an_id_does_not_stand_in_for_the_item_with_that_id(
    api: Api,
) -> None:
    item = await api.item(name="The real one")
    await api.item(sku=item["id"], name="An impostor")
    assert ok(await api.get(f"/api/products/{item['id']}"))["name"] == "The real one"
    order = ok(await hold(api, item["id"], EMAIL, api.customer), 201)
    assert order["productId"] == item["id"]


async def test_live_products_are_those_that_can_be_bought_now(api: Api) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    live = [await api.item() for _ in range(3)]
    upcoming = await api.item(sale_starts_at=soon)
    ended = await api.item(sale_ends_at=past)
    sold_out = await api.item(0)
    expected = {item["id"]: "live" for item in live}
    expected |= {upcoming["id"]: "upcoming", ended["id"]: "ended", sold_out["id"]: "sold_out"}
    assert {p["id"]: p["status"] for p in ok(await api.get("/api/products"))} == expected
    found = ok(await api.get("/api/products/live"))
    assert [p["id"] for p in found] == [item["id"] for item in live]


@pytest.mark.parametrize("path", ["/api/products", "/api/products/live"])
async def test_products_are_walked_by_link_and_the_search_goes_along(api: Api, path: str) -> None:
    wanted = []
    for n in range(5):
        wanted.append((await api.item(name=f"Wanted {n} & more"))["id"])
        await api.item(0 if n % 2 else 5, name=f"Other {n}")
    found: list[str] = []
    response = await api.get(path, search="wanted", limit=2)
    while True:
        page = ok(response)
        assert len(page) <= 2
        found += [product["id"] for product in page]
        if "link" not in response.headers:
            break
        link = response.headers["link"]
        response = await api.get(link[1 : link.index(">")])
    assert found == wanted


# --- holds and orders ---


async def test_a_hold_lasts_two_minutes_and_is_a_pending_order(api: Api) -> None:
    item = await api.item(10)
    for product in (item["id"], item["sku"]):
        order = ok(await hold(api, product, EMAIL, api.customer, qty=2), 201)
        assert order["orderId"].startswith("rsv_")
        assert (order["status"], order["productId"], order["qty"]) == ("PENDING", item["id"], 2)
        left = datetime.fromisoformat(order["holdExpiresAt"]) - datetime.fromisoformat(
            order["serverTime"]
        )
        assert left == timedelta(seconds=120)
        assert "holdToken" not in order
    assert ok(await hold(api, item["sku"], EMAIL, api.customer), 201)["qty"] == 1
    assert await api.counts(item["id"]) == (10, 5, 0)


@pytest.mark.parametrize(("where", "seconds"), [("item", 60), ("item", 500), ("shop", 60)])
async def test_a_hold_lasts_no_longer_than_the_item_allows(
    api: Api, where: str, seconds: int
) -> None:
    terms = {"hold_ttl_seconds": seconds}
    item = await api.item(**(terms if where == "item" else {}))
    if where == "shop":
        ok(await api.patch("/v1/organization", api.owner, terms))
    order = ok(await hold(api, item["sku"], EMAIL, api.customer), 201)
    left = datetime.fromisoformat(order["holdExpiresAt"]) - datetime.fromisoformat(
        order["serverTime"]
    )
    assert left == timedelta(seconds=min(seconds, 120))


async def test_an_order_goes_from_pending_to_confirmed_or_expired_or_cancelled(api: Api) -> None:
    item = await api.item(10)

    async def status(order: str) -> str:
        orders = ok(await api.get("/api/orders", api.customer, email=EMAIL))
        return next(o["status"] for o in orders if o["orderId"] == order)

    orders = [
        ok(await hold(api, item["sku"], EMAIL, api.customer), 201)["orderId"] for _ in range(4)
    ]
    confirmed = ok(await api.post(f"/api/orders/{orders[0]}/confirm", api.customer))
    assert confirmed["status"] == "CONFIRMED"
    assert confirmed["confirmedAt"] is not None
    await api.shop.make_due(orders[1])
    problem(await api.post(f"/api/orders/{orders[1]}/confirm", api.customer), "hold_expired")
    ok(await check_out(api, "cancel", orders[2], api.customer))
    problem(await api.post(f"/api/orders/{orders[2]}/confirm", api.customer), "already_released")
    assert [await status(order) for order in orders] == [
        "CONFIRMED",
        "EXPIRED",
        "CANCELLED",
        "PENDING",
    ]
    ok(await api.post(f"/api/orders/{orders[0]}/confirm", api.customer))
    ok(await check_out(api, "cancel", orders[0], api.customer))
    problem(await api.post(f"/api/orders/{orders[0]}/confirm", api.customer), "already_cancelled")
    assert await status(orders[0]) == "CANCELLED"


async def test_a_due_order_is_expired_before_anyone_has_noticed(api: Api) -> None:
    item = await api.item()
    order = ok(await hold(api, item["sku"], EMAIL, api.customer), 201)["orderId"]
    await api.shop.make_due(order)
    before = await api.checksum()
    orders = ok(await api.get("/api/orders", api.customer, email=EMAIL))
    assert [o["status"] for o in orders] == ["EXPIRED"]
    assert await api.checksum() == before


async def test_an_order_is_confirmed_by_its_owner_only(api: Api) -> None:
    item = await api.item()
    order = ok(await hold(api, item["sku"], GUEST), 201)
    path = f"/api/orders/{order['orderId']}/confirm"
    problem(await api.post(path), "unauthenticated")
    problem(await api.post(path, api.customer), "forbidden")
    problem(await api.post(path, api.auditor), "forbidden")
    assert ok(await api.post(path, order["holdToken"]))["status"] == "CONFIRMED"


async def test_orders_are_listed_by_address_and_only_the_own(api: Api) -> None:
    item = await api.item(20)
    own = [ok(await hold(api, item["sku"], EMAIL, api.customer), 201) for _ in range(3)]
    guests = ok(await hold(api, item["sku"], EMAIL), 201)
    another = ok(await hold(api, item["sku"], OTHER_EMAIL, api.other), 201)
    newest = [o["orderId"] for o in own[::-1]]

    async def listed(token: str | None, email: str, **more: Any) -> list[str]:
        orders = ok(await api.get("/api/orders", token, email=email, **more))
        assert all("holdToken" not in o for o in orders)
        return [o["orderId"] for o in orders]

    assert await listed(api.customer, EMAIL.upper()) == newest
    assert await listed(api.customer, EMAIL, limit=2) == newest[:2]
    for token in (api.operator, api.auditor):
        assert await listed(token, EMAIL) == [guests["orderId"], *newest]
        assert await listed(token, EMAIL, limit=1) == [guests["orderId"]]
        assert await listed(token, OTHER_EMAIL) == [another["orderId"]]
        assert await listed(token, "nobody@example.org") == []
    assert await listed(guests["holdToken"], EMAIL) == [guests["orderId"]]
    assert await listed(guests["holdToken"], OTHER_EMAIL) == []
    problem(await api.get("/api/orders", api.customer, email=OTHER_EMAIL), "forbidden")
    problem(await api.get("/api/orders", email=EMAIL), "unauthenticated")
    found = problem(await api.get("/api/orders", api.customer), "malformed_request")
    assert (found["field"], found["reason"]) == ("email", "it is missing")


# --- numbers for an operator ---


async def test_the_metrics_count_what_has_happened_in_this_organization(api: Api) -> None:
    item = await api.item(100)
    held = [await api.hold(item["id"], 2) for _ in range(4)]
    ok(await api.act(held[0]["id"], "confirm", api.customer))
    ok(await api.act(held[1]["id"], "release", api.customer))
    taken = await api.hold(item["id"], 5, confirm=True)
    await api.hold(item["id"], 10, confirm=True)
    ok(await api.act(taken["id"], "cancel", api.customer))
    seen = ok(await api.get("/api/admin/metrics", api.auditor, minutes=5, step_seconds=3600))
    totals = seen["totals"]
    assert (totals["offerings"], totals["capacity"]) == (1, 100)
    assert (totals["held"], totals["confirmed"]) == (4, 12)
    assert totals["sellThrough"] == pytest.approx(0.12)
    counted = ("holds", "confirms", "expiries", "releases", "cancellations")
    assert [totals[name] for name in counted] == [4, 3, 0, 1, 1]
    assert [sum(step[name] for step in seen["series"]) for name in counted] == [4, 3, 0, 1, 1]
    assert sum(step["unitsConfirmed"] for step in seen["series"]) == 17
    assert seen["stepSeconds"] == 3600
    for token in (api.customer, api.other):
        problem(await api.get("/api/admin/metrics", token), "forbidden")


async def test_the_metrics_of_an_organization_without_items_are_zero(api: Api) -> None:
    totals = ok(await api.get("/api/admin/metrics", api.operator))["totals"]
    assert set(totals.values()) == {0}


async def test_the_metrics_count_confirmed_units_and_not_those_given_back_with_them(
    api: Api,
) -> None:
    item = await api.item(100)
    held = await api.hold(item["id"], 9)
    part = {"lines": [{"item": item["id"], "quantity": 2}]}
    ok(await api.act(held["id"], "confirm", api.customer, part))
    seen = ok(await api.get("/api/admin/metrics", api.operator))
    assert sum(step["unitsConfirmed"] for step in seen["series"]) == 2


async def test_the_metrics_can_be_of_one_item(api: Api) -> None:
    one, other = await api.item(100), await api.item(50)
    await api.hold(one["id"], 2)
    await api.hold(other["id"], 3)
    await api.hold(other["id"], 5, confirm=True)
    seen = ok(await api.get("/api/admin/metrics", api.operator, item=other["id"]))
    totals = seen["totals"]
    counted = ("offerings", "capacity", "held", "confirmed", "liveHolds", "holds", "confirms")
    assert [totals[name] for name in counted] == [1, 50, 3, 5, 1, 1, 1]
    assert sum(step["holds"] for step in seen["series"]) == 1
    assert ok(await api.get("/api/admin/metrics", api.operator))["totals"]["liveHolds"] == 2
    for nothing in ("item_" + "0" * 32, "lamp", one["id"].replace("item_", "slot_")):
        problem(await api.get("/api/admin/metrics", api.operator, item=nothing), "not_found")


async def test_the_metrics_say_how_reserving_goes(api: Api) -> None:
    seen = ok(await api.get("/api/admin/metrics", api.operator))
    counted = {"requests", "refused", "failed", "p95Seconds", "seconds"}
    assert set(seen["reserving"]) == counted
    assert all(set(step) == {*counted, "at"} for step in seen["reservingSeries"])


async def test_the_metrics_do_not_count_what_is_due_as_held(api: Api) -> None:
    item = await api.item(100)
    held = await api.hold(item["id"], 9)
    await api.shop.make_due(held["id"])
    assert ok(await api.get("/api/admin/metrics", api.operator))["totals"]["held"] == 0
