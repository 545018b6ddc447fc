"""Refusals: one code each, the promised facts, and the published order where several apply."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firmhold.domain.errors import Code
from firmhold.doors.shared.problem import STATUS as PUBLISHED
from firmhold.doors.shared.problem import TITLE
from tests.doors.client import STATUS, Api, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING = "item_" + "0" * 32


def from_now(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


async def holding(api: Api, item: str, quantity: int = 1, **more: Any) -> Any:
    body = {"lines": [{"item": item, "quantity": quantity}], **more}
    return await api.post("/v1/reservations", more.pop("token", api.customer), body)


async def test_the_codes_have_the_statuses_of_the_specification() -> None:
    for code, status in STATUS.items():
        assert PUBLISHED[Code(code)] == status, code
    assert set(PUBLISHED) == set(TITLE) == set(Code)


# --- what each code says beside itself ---


async def test_not_on_sale_yet_says_from_when(api: Api) -> None:
    item = await api.item(sale_starts_at=from_now(hours=1))
    found = problem(await holding(api, item["id"]), "not_on_sale_yet")
    assert found["sale_starts_at"] == item["sale_starts_at"]
    assert (found["line"], found["offering"]) == (0, item["id"])


async def test_sale_ended_says_since_when(api: Api) -> None:
    item = await api.item(sale_ends_at=from_now(hours=-1))
    found = problem(await holding(api, item["id"]), "sale_ended")
    assert found["sale_ends_at"] == item["sale_ends_at"]
    assert (found["line"], found["offering"]) == (0, item["id"])


@pytest.mark.parametrize(
    ("terms", "quantity"),
    [({"min_quantity": 3}, 2), ({"max_quantity": 3}, 4), ({"max_per_customer": 3}, 4)],
)
async def test_limit_exceeded_says_which_limit_and_its_bound(
    api: Api, terms: dict[str, int], quantity: int
) -> None:
    item = await api.item(**terms)
    found = problem(await holding(api, item["id"], quantity), "limit_exceeded")
    assert found["limit"] in terms
    assert (found["bound"], found["requested"], found["line"]) == (3, quantity, 0)


async def test_a_customer_limit_counts_what_the_customer_has_held_and_confirmed(api: Api) -> None:
    item = await api.item(max_per_customer=4)
    await api.hold(item["id"], 1)
    await api.hold(item["id"], 2, confirm=True)
    found = problem(await holding(api, item["id"], 2), "limit_exceeded")
    assert (found["has"], found["bound"], found["requested"]) == (3, 4, 2)
    ok(await holding(api, item["id"], 1), 201)


async def test_a_customer_limit_is_not_passed_by_parallel_requests(api: Api) -> None:
    item = await api.item(100, max_per_customer=3)
    answers = await asyncio.gather(*(holding(api, item["id"]) for _ in range(30)))
    assert sorted(r.status_code for r in answers) == [201] * 3 + [422] * 27


async def test_overloaded_says_when_to_come_back(api: Api) -> None:
    item = await api.item(10)
    engine = api.shop.services.engine
    limits = engine._batcher._limits
    engine._batcher._limits = limits._replace(queue=0)
    try:
        before = await api.checksum()
        body = {"sku": item["sku"], "quantity": 1}
        key = fresh("key")
        response = await api.post("/api/v1/inventory/reserve", api.customer, body, key=key)
        found = problem(response, "overloaded")
        assert int(response.headers["retry-after"]) == found["retry_after"] >= 1
        assert await api.checksum() == before
    finally:
        engine._batcher._limits = limits
    ok(await api.post("/api/v1/inventory/reserve", api.customer, body, key=key), 201)


async def test_a_defect_of_ours_is_named_by_reference_and_tells_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def defect(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(type(api.shop.services.catalogue), "find", defect)
    response = await api.get("/v1/items")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["code"] == "internal_error"
    assert len(found["reference"]) == 32
    assert "secret" not in response.text
    logged = capsys.readouterr()
    assert found["reference"] in logged.out + logged.err


async def test_a_refusal_of_a_long_name_is_not_long_itself(api: Api) -> None:
    body = json.dumps({"lines": [], "x" * 60_000: 1}).encode()
    response = await api.post("/v1/reservations", api.customer, content=body)
    problem(response, "malformed_request")
    response = await api.get("/v1/reservations/rsv_" + "x" * 5000, api.customer)
    problem(response, "not_found")
    assert len(response.content) < 500


# --- the published order ---


async def test_who_calls_is_asked_before_what_is_sent(api: Api) -> None:
    for content in (b"", b"{", b"x" * 100_000):
        response = await api.post("/v1/items", content=content)
        problem(response, "unauthenticated")
        problem(await api.post("/v1/items", api.customer, content=content), "forbidden")
        problem(await api.post("/v1/items", "forged", content=content), "unauthenticated")


async def test_what_is_sent_is_asked_before_the_key(api: Api) -> None:
    for path in ("/api/v1/inventory/reserve", "/api/holds"):
        problem(await api.post(path, api.customer, {"sku": 1}), "malformed_request")
        response = await api.post(path, api.customer, content=b"", headers={"idempotency-key": ""})
        assert problem(response, "malformed_request")["field"] == "body"


async def test_the_key_is_asked_before_whether_it_exists(api: Api) -> None:
    body = {"sku": "NO-SUCH", "quantity": 1}
    response = await api.post("/api/v1/inventory/reserve", api.customer, body)
    problem(response, "idempotency_key_missing")
    hold = {"productId": "NO-SUCH", "email": "ada@example.org"}
    problem(await api.post("/api/holds", api.customer, hold), "idempotency_key_missing")
    response = await api.post("/v1/reservations/rsv_x/release", api.customer, {}, key="a b")
    problem(response, "malformed_request")


@pytest.mark.parametrize("guest", [False, True], ids=["a user", "a guest"])
async def test_whose_key_it_is_comes_before_whether_it_exists(api: Api, guest: bool) -> None:
    """Also where what is named has to be found before the engine can be asked."""
    item = await api.item()
    body = {"sku": item["sku"], "quantity": 1, "email": "ada@example.org"}
    path, token = "/api/v1/inventory/reserve", None if guest else api.customer
    ok(await api.post(path, token, body, key="mine"), 201)
    before = await api.checksum()
    other = await api.post(path, token, {**body, "sku": "NO-SUCH"}, key="mine")
    problem(other, "idempotency_key_reused")
    problem(await api.post(path, token, {**body, "sku": "NO-SUCH"}, key="new"), "not_found")
    assert await api.checksum() == before


@pytest.mark.parametrize(
    "path", ["/v1/reservations/{}/confirm", "/api/orders/{}/confirm", "/api/bookings/{}/confirm"]
)
async def test_whose_key_it_is_comes_before_whether_there_is_such_a_reservation(
    api: Api, path: str
) -> None:
    offering = await (api.slot() if "bookings" in path else api.item())
    hold = await api.hold(offering["id"])
    ok(await api.post(path.format(hold["id"]), api.customer, {}, key="mine"))
    before = await api.checksum()
    nobody = path.format(NOTHING.replace("item", "rsv"))
    problem(await api.post(nobody, api.customer, {}, key="mine"), "idempotency_key_reused")
    problem(await api.post(nobody, api.customer, {}, key="new"), "not_found")
    assert await api.checksum() == before


async def test_what_is_malformed_is_told_before_what_is_not_found(api: Api) -> None:
    lines = [{"sku": "NO-SUCH", "quantity": 1}, {"quantity": 1}]
    response = await api.post("/v1/reservations", api.customer, {"lines": lines})
    assert problem(response, "malformed_request")["field"] == "lines[1]"


@pytest.mark.parametrize("line", [{"item": NOTHING}, {"sku": "NO-SUCH"}])
async def test_what_is_forbidden_is_told_before_what_is_not_found(api: Api, line: Any) -> None:
    body = {"lines": [{**line, "quantity": 1}]}
    other = {**body, "customer": "somebody"}
    problem(await api.post("/v1/reservations", api.customer, other), "forbidden")
    item = await api.item()
    hold = await api.hold(item["id"])
    problem(await api.act(hold["id"], "confirm", api.other, body), "forbidden")


PRECEDENCE = [
    ("not_on_sale_yet", {"sale_starts_at": from_now(hours=1), "max_quantity": 1}),
    ("sale_ended", {"sale_ends_at": from_now(hours=-1), "max_quantity": 1}),
    ("limit_exceeded", {"max_quantity": 1}),
    ("insufficient_capacity", {}),
]


@pytest.mark.parametrize(("code", "terms"), PRECEDENCE)
async def test_the_first_rule_in_the_published_order_is_the_answer(
    api: Api, code: str, terms: Any
) -> None:
    item = await api.item(0, **terms)
    problem(await holding(api, item["id"], 2), code)
    body = {"sku": item["sku"], "quantity": 2}
    response = await api.post("/api/v1/inventory/reserve", api.customer, body, key=fresh("k"))
    problem(response, code)


async def test_rules_are_asked_one_after_the_other_over_all_lines(api: Api) -> None:
    empty = await api.item(0)
    limited = await api.item(10, max_quantity=1)
    ended = await api.item(10, sale_ends_at=from_now(hours=-1))
    future = await api.item(10, sale_starts_at=from_now(hours=1))
    items = [empty, limited, ended, future]
    for code, line in (
        ("not_on_sale_yet", 3),
        ("sale_ended", 2),
        ("limit_exceeded", 1),
        ("insufficient_capacity", 0),
    ):
        lines = [{"item": item["id"], "quantity": 2} for item in items]
        found = problem(await api.post("/v1/reservations", api.customer, {"lines": lines}), code)
        assert found["line"] == line
        items.pop()


async def test_whose_it_is_comes_before_what_state_it_is_in(api: Api) -> None:
    item = await api.item()
    hold = await api.hold(item["id"])
    ok(await api.act(hold["id"], "release", api.customer))
    for verb in ("confirm", "release", "cancel"):
        problem(await api.act(hold["id"], verb, api.other), "forbidden")


async def test_a_version_conflict_or_a_bound_is_told_before_anything_changes(api: Api) -> None:
    item = await api.item(10)
    await api.hold(item["id"], 6)
    body = {"capacity": 5, "expected": 9}
    path = f"/v1/items/{item['id']}/capacity"
    assert (await api.post(path, api.operator, body)).json()["code"] in {
        "version_conflict",
        "capacity_below_reserved",
    }
    assert (await api.counts(item["id"])) == (10, 6, 0)
