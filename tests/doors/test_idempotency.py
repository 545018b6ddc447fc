"""One key, one effect, the same answer every time; on every operation that honours keys."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from firmhold.app import OPERATIONS
from firmhold.doors.shared.operation import KeyUse, Operation
from firmhold.identity.permissions import OF_SERVER
from tests.doors.client import EMAIL, FLASH, Api, example, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNSAFE = [
    op for op in OPERATIONS if op.method != "GET" and op.effect and op.permission not in OF_SERVER
]
WITH_KEY = [op for op in UNSAFE if op.key is not KeyUse.NONE]
REQUIRED = [op for op in OPERATIONS if op.key is KeyUse.REQUIRED]


AUTH = ("register", "login", "refresh", "logout")


def names(operation: Operation) -> str:
    return operation.name


async def prepared(api: Api, operation: Operation) -> tuple[str, Any]:
    """The example as a request whose effect is not there yet."""
    if not ok(await api.get("/v1/items", api.operator, sku=FLASH))["data"]:
        await api.item(1000, sku=FLASH)
    path, body, _ = await example(api, operation, api.owner)
    return path, body


async def test_every_operation_that_changes_something_honours_keys() -> None:
    without = {op.name for op in UNSAFE} - {op.name for op in WITH_KEY}
    assert without == {
        *(f"{name}{version}" for name in AUTH for version in ("", "_v1")),
        *("set_up", "end_session", "change_password", "forget_password", "reset_password"),
        *("verify_address", "send_verification", "create_key"),
        *("create_webhook", "rotate_webhook_secret"),
    }, "what opens doors is told once and not kept, and the rest can be done twice"


@pytest.mark.parametrize("operation", WITH_KEY, ids=names)
async def test_repeating_a_request_gives_its_first_answer_and_no_second_effect(
    api: Api, operation: Operation
) -> None:
    path, body = await prepared(api, operation)
    key = fresh("key")
    first = await api.call(operation.method, path, api.owner, body, key=key)
    assert first.status_code == operation.status, first.text
    assert "idempotent-replayed" not in first.headers
    before = await api.checksum()
    for header in ("idempotency-key", "x-idempotency-key", "Idempotency-Key"):
        for name in (key, f'"{key}"'):
            again = await api.call(operation.method, path, api.owner, body, headers={header: name})
            assert again.status_code == first.status_code
            assert again.content == first.content
            assert again.headers["idempotent-replayed"] == "true"
            assert again.headers["content-type"] == first.headers["content-type"]
    assert await api.checksum() == before


@pytest.mark.parametrize("operation", [op for op in WITH_KEY if op.body], ids=names)
async def test_white_space_and_order_of_fields_do_not_make_another_request(
    api: Api, operation: Operation
) -> None:
    path, body = await prepared(api, operation)
    key = fresh("key")
    first = await api.call(operation.method, path, api.owner, body, key=key)
    turned = json.dumps(dict(reversed(body.items())), indent=4).encode()
    again = await api.call(operation.method, path, api.owner, content=turned, key=key)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


AT_A_SITE = {"create_slot", "create_slots", "import_slots", "create_schedule"}
AT_A_SLOT = {"book_slot", "schedule_slot"}

OTHER_BODY: dict[str, Any] = {
    "place_hold": {"lines": [{"sku": FLASH, "quantity": 1}]},
    "confirm_reservation": {"reacquire": True},
    "extend_reservation": {"ttl_seconds": 401},
    "cancel_reservation": {"reason": "another"},
    "create_item": {"sku": "ANOTHER", "name": "x", "capacity": 1},
    "create_items": {"items": [{"sku": "ANOTHER", "name": "x", "capacity": 1}]},
    "change_item": {"max_per_customer": 4},
    "change_capacity": {"delta": 6, "reason": "another"},
    "change_organization": {"hold_ttl_seconds": 301},
    "check_in_reservation": {"outcome": "no_show"},
    "join_waitlist": {"sku": FLASH, "quantity": 3},
    "create_site": {"name": "Another", "zone": "UTC"},
    "change_site": {"notice_minutes": 5},
    "create_pool": {"kind": "room", "name": "Another"},
    "change_pool": {"after_minutes": 5},
    "change_slot": {"title": "Another"},
    "change_slot_capacity": {"delta": 1, "reason": "another"},
    "change_schedule": {"slot_minutes": 60},
    "reserve": {"sku": FLASH, "quantity": 1},
    "hold_product": {"productId": FLASH, "email": EMAIL, "qty": 2},
    "put_notification_settings": {"channels": []},
    "put_notification_preferences": {"kinds_off": ["offer"]},
    "create_user": {"email": "somebody-else@example.org", "role": "auditor"},
}
"""Something else that could be asked with the same key. Where there is no body that could differ,
it is another reservation."""


@pytest.mark.parametrize("operation", WITH_KEY, ids=names)
async def test_the_same_key_for_another_request_is_refused_and_changes_nothing(
    api: Api, operation: Operation
) -> None:
    path, body = await prepared(api, operation)
    key = fresh("key")
    first = await api.call(operation.method, path, api.owner, body, key=key)
    others: list[tuple[str, Any]] = []
    if operation.name in OTHER_BODY:
        others.append((path, OTHER_BODY[operation.name]))
    if operation.example and operation.example.path:
        others.append(await prepared(api, operation))
    if operation.name in {"confirm_checkout", "cancel_checkout", *AT_A_SITE, *AT_A_SLOT}:
        others.append(await prepared(api, operation))
    assert others, f"say what another request of {operation.name} would be"
    before = await api.checksum()
    for other_path, other in others:
        response = await api.call(operation.method, other_path, api.owner, other, key=key)
        problem(response, "idempotency_key_reused")
    assert await api.checksum() == before
    again = await api.call(operation.method, path, api.owner, body, key=key)
    assert again.content == first.content


@pytest.mark.parametrize("path", ["/v1/reservations", "/api/v1/inventory/reserve"])
async def test_the_same_key_of_another_actor_is_another_effect(api: Api, path: str) -> None:
    item = await api.item(10)
    body: Any = {"sku": item["sku"], "quantity": 1}
    if path == "/v1/reservations":
        body = {"lines": [body]}
    answers = [
        ok(await api.post(path, token, body, key="the-same"), 201)
        for token in (api.customer, api.other, api.operator)
    ]
    assert len({answer.get("id") or answer["reservation_id"] for answer in answers}) == 3
    assert await api.counts(item["id"]) == (10, 3, 0)


async def test_the_same_key_of_another_guest_is_another_effect(api: Api) -> None:
    item = await api.item(10)
    body = {"sku": item["sku"], "quantity": 1}
    held = [
        ok(
            await api.post(
                "/api/v1/inventory/reserve", None, {**body, "email": email}, key="the-same"
            ),
            201,
        )
        for email in ("one@example.org", "two@example.org")
    ]
    assert held[0]["reservation_id"] != held[1]["reservation_id"]
    assert held[0]["hold_token"] != held[1]["hold_token"]


async def test_the_same_key_in_another_organization_is_another_effect(api: Api) -> None:
    from tests.shop import Shop

    services = api.shop.services
    organization = await services.directory.ensure_organization(fresh("another"), "Another")
    theirs = Api(Shop(services, organization, api.shop.dsn), api.app)
    async with theirs.http:
        await theirs.open()
        for each in (api, theirs):
            item = await each.item(10, sku="SAME")
            body = {"lines": [{"sku": "SAME", "quantity": 1}]}
            hold = await each.post("/v1/reservations", each.customer, body, key="the-same")
            assert ok(hold, 201)["lines"][0]["offering"] == item["id"]
            assert "idempotent-replayed" not in hold.headers


async def test_the_same_key_on_another_operation_is_another_effect(api: Api) -> None:
    """Every operation in turn with one key: none answers with what another did."""
    for operation in WITH_KEY:
        path, body = await prepared(api, operation)
        response = await api.call(operation.method, path, api.owner, body, key="one-key-for-all")
        assert response.status_code == operation.status, (operation.name, response.text)
        assert "idempotent-replayed" not in response.headers, operation.name


async def test_a_refusal_is_not_remembered(api: Api) -> None:
    item = await api.item(0)
    body = {"sku": item["sku"], "quantity": 1}
    path, key = "/api/v1/inventory/reserve", fresh("key")
    before = await api.checksum()
    for _ in range(3):
        problem(await api.post(path, api.customer, body, key=key), "insufficient_capacity")
    assert await api.checksum() == before, "refusing wrote something"
    other = {"capacity": 1}
    ok(await api.post(f"/v1/items/{item['id']}/capacity", api.operator, other))
    held = await api.post(path, api.customer, body, key=key)
    assert ok(held, 201)
    assert "idempotent-replayed" not in held.headers
    again = await api.post(path, api.customer, body, key=key)
    assert (again.status_code, again.content) == (201, held.content)


async def test_a_refusal_leaves_the_key_free_for_another_request(api: Api) -> None:
    item = await api.item(1)
    key = fresh("key")
    for quantity, status in ((2, 409), (1, 201)):
        body = {"lines": [{"item": item["id"], "quantity": quantity}]}
        response = await api.post("/v1/reservations", api.customer, body, key=key)
        assert response.status_code == status
    taken = {"sku": item["sku"], "name": "x", "capacity": 1}
    problem(await api.post("/v1/items", api.operator, taken, key=key), "already_exists")
    ok(await api.post("/v1/items", api.operator, {**taken, "sku": fresh("FREE")}, key=key), 201)


@pytest.mark.parametrize("operation", REQUIRED, ids=names)
async def test_a_hold_at_the_storefront_needs_a_key(api: Api, operation: Operation) -> None:
    path, body = await prepared(api, operation)
    before = await api.checksum()
    response = await api.call(operation.method, path, api.customer, body)
    problem(response, "idempotency_key_missing")
    assert await api.checksum() == before


async def test_the_storefronts_holds_are_those_that_need_a_key() -> None:
    assert {op.name for op in REQUIRED} == {"reserve", "hold_product"}


async def test_a_setting_that_was_changed_again_is_not_undone_by_a_repeat(api: Api) -> None:
    path, token = "/v1/organization", api.owner
    first = await api.patch(path, token, {"max_live_holds": 3}, key="mine")
    ok(await api.patch(path, token, {"max_live_holds": None}))
    again = await api.patch(path, token, {"max_live_holds": 3}, key="mine")
    assert ok(again) == ok(first)
    assert ok(await api.get(path, token))["max_live_holds"] is None


async def test_a_replay_is_the_first_answer_even_when_things_have_moved_on(api: Api) -> None:
    item = await api.item(1)
    body = {"sku": item["sku"], "quantity": 1}
    path = "/api/v1/inventory/reserve"
    first = await api.post(path, api.customer, body, key="mine")
    id = ok(first, 201)["reservation_id"]
    ok(await api.act(id, "release", api.customer))
    await api.hold(item["id"], 1, api.other)
    again = await api.post(path, api.customer, body, key="mine")
    assert (again.status_code, again.content) == (201, first.content)
    assert await api.counts(item["id"]) == (1, 1, 0)


# --- at the same time ---


@pytest.mark.parametrize("path", ["/v1/reservations", "/api/v1/inventory/reserve", "/api/holds"])
async def test_fifty_at_once_with_one_key_make_one_reservation(api: Api, path: str) -> None:
    item = await api.item(100)
    body: Any = {"sku": item["sku"], "quantity": 1}
    if path == "/v1/reservations":
        body = {"lines": [body]}
    elif path == "/api/holds":
        body = {"productId": item["sku"], "email": EMAIL}
    answers = await asyncio.gather(
        *(api.post(path, api.customer, body, key="one") for _ in range(50))
    )
    assert {r.status_code for r in answers} == {201}
    assert len({r.content for r in answers}) == 1
    assert sum("idempotent-replayed" not in r.headers for r in answers) == 1
    assert await api.counts(item["id"]) == (100, 1, 0)


async def test_at_once_with_one_key_and_different_bodies_only_one_has_its_effect(
    api: Api,
) -> None:
    item = await api.item(100)
    answers = await asyncio.gather(
        *(
            api.post(
                "/api/v1/inventory/reserve",
                api.customer,
                {"sku": item["sku"], "quantity": 1 + n % 2},
                key="one",
            )
            for n in range(40)
        )
    )
    done = [r for r in answers if r.status_code == 201]
    assert len({r.content for r in done}) == 1
    quantity = done[0].json()["quantity"]
    for n, response in enumerate(answers):
        if 1 + n % 2 != quantity:
            assert response.status_code in {409, 422}
            code = response.json()["code"]
            assert code in {"idempotency_key_reused", "idempotency_key_in_progress"}
        else:
            assert response.status_code == 201
    assert await api.counts(item["id"]) == (100, quantity, 0)


async def test_at_once_with_one_key_on_different_items_only_one_is_held(api: Api) -> None:
    items = [await api.item(10) for _ in range(8)]
    answers = await asyncio.gather(
        *(
            api.post(
                "/v1/reservations",
                api.customer,
                {"lines": [{"item": item["id"], "quantity": 1}]},
                key="one",
            )
            for item in items * 3
        )
    )
    assert {r.status_code for r in answers} <= {201, 409, 422}
    assert sum([(await api.counts(item["id"]))[1] for item in items]) == 1


@pytest.mark.parametrize("operation", WITH_KEY, ids=lambda op: op.name)
async def test_ten_at_once_with_one_key_have_one_effect(api: Api, operation: Operation) -> None:
    path, body = await prepared(api, operation)
    answers = await asyncio.gather(
        *(api.call(operation.method, path, api.owner, body, key="one") for _ in range(10))
    )
    for response in answers:
        if response.status_code != operation.status:
            problem(response, "idempotency_key_in_progress")
    done = [r for r in answers if r.status_code == operation.status]
    assert len({r.content for r in done}) == 1
    assert sum("idempotent-replayed" not in r.headers for r in done) == 1


async def test_the_books_are_in_order_after_all_this(stage: Api) -> None:
    assert (await stage.shop.verify()).ok
