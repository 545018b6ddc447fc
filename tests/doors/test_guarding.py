"""What every answer says to browsers: each operation, each page, each refusal, by both ways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
import pytest_asyncio

from firmhold.app import OPERATIONS, Application
from firmhold.doors.shared.operation import Operation
from firmhold.limits.policy import WIDE
from tests.databases import Server
from tests.doors.client import OF_ONE, Api, example, ok, problem
from tests.shop import Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = ("/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

EVIL = "https://evil.example"


def names(operation: Operation) -> str:
    return operation.name


def guarded(response: httpx.Response, kept: str = "no-store", policy: str = NOTHING) -> None:
    """Fails unless the answer says all that every answer says, each once."""
    expected = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "content-security-policy": policy,
        "cross-origin-resource-policy": "same-origin",
        "cache-control": kept,
    }
    for name, value in expected.items():
        assert response.headers.get_list(name) == [value], (name, response.request.url)
    for name in response.headers:
        assert not name.startswith("access-control-"), "nobody of another origin is let in"
    assert "server" not in response.headers
    assert "strict-transport-security" not in response.headers


async def raw(
    api: Api, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
) -> httpx.Response:
    return await api.http.request(method, path, headers=dict(headers or {}), **more)


@pytest.mark.parametrize("operation", OF_ONE, ids=names)
async def test_every_answer_of_an_operation_is_guarded(api: Api, operation: Operation) -> None:
    await api.item(1000, sku="FLASH-SALE-001", price={"amount": 4900, "currency": "EUR"})
    path, body, headers = await example(api, operation)
    kept = "private, no-cache" if operation.media_type == "text/calendar" else "no-store"
    done = await api.call(operation.method, path, api.owner, body, headers=headers)
    guarded(done, kept if done.status_code == 200 else "no-store")
    if operation.method == "GET":
        head = await api.call("HEAD", path, api.owner)
        guarded(head, kept if head.status_code == 200 else "no-store")
        assert head.content == b""
    forged = await api.call(operation.method, path, "forged", body, headers=headers)
    assert forged.status_code < 500
    guarded(forged)
    large = await api.call(
        operation.method, path, api.owner, content=b" " * 70_000 * 64, headers=headers
    )
    assert large.status_code < 500
    guarded(large, kept if large.status_code == 200 else "no-store")
    if operation.body is not None:
        assert large.status_code == 413
    guarded(await raw(api, "OPTIONS", path))
    guarded(await raw(api, "TRACE", path))


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_of_the_operators_is_guarded(stage: Api, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        response = await raw(stage, method, path)
        if path == "/docs" and method in {"GET", "HEAD"}:
            policy = response.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'sha256-")
            assert "unsafe" not in policy
            assert "http" not in policy
            assert response.headers["cross-origin-opener-policy"] == "same-origin"
            guarded(response, "no-cache", policy)
        else:
            guarded(response)


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/api/v1/inventory/reserve/", "/%00"])
async def test_what_is_not_there_is_guarded_too(stage: Api, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        response = await raw(stage, method, path)
        assert response.status_code < 500
        guarded(response)


async def test_a_method_that_is_not_known_there_is_refused_and_guarded(stage: Api) -> None:
    response = await raw(stage, "DELETE", "/v1/items")
    problem(response, "malformed_request", 405)
    assert set(response.headers["allow"].split(", ")) >= {"GET", "POST"}
    guarded(response)


async def test_what_has_not_changed_is_guarded(api: Api) -> None:
    path = f"/v1/sites/{(await api.site())['id']}/calendar.ics"
    first = await api.get(path)
    guarded(first, "private, no-cache")
    again = await api.get(path, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    guarded(again, "private, no-cache")


@pytest.mark.parametrize("path", ["/v1/items", "/metrics", "/api/v1/inventory/reserve"])
async def test_a_defect_of_ours_is_told_like_everything_else_and_guarded(
    stage: Api, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise LookupError("something private")

    monkeypatch.setattr("firmhold.doors.operations.health.metrics", fails)
    monkeypatch.setattr("firmhold.doors.shared.authentication.Authentication.identify", fails)
    method = "POST" if path.endswith("reserve") else "GET"
    response = await raw(stage, method, path)
    found = problem(response, "internal_error", 500)
    assert "private" not in response.text
    assert len(found["reference"]) == 32
    guarded(response)


async def test_being_asked_too_often_is_guarded(server: Server) -> None:
    address = await server.clone()
    async with open_shop(address.dsn, limits="reads_per_address=1/60") as shop:
        api = Api(shop)
        async with api.http:
            answers = [await api.get("/api/products") for _ in range(3)]
        problem(answers[-1], "rate_limited", 429)
        for response in answers:
            guarded(response)
    await server.drop(address)


# --- other origins ---


@pytest.mark.parametrize("operation", OPERATIONS, ids=names)
async def test_a_preflight_of_another_origin_gets_no_permission(
    stage: Api, operation: Operation
) -> None:
    asked = {
        "origin": EVIL,
        "access-control-request-method": operation.method,
        "access-control-request-headers": "authorization,idempotency-key,content-type",
        "access-control-request-private-network": "true",
    }
    path = operation.path.replace("{", "").replace("}", "")
    response = await raw(stage, "OPTIONS", path, asked)
    assert response.content == b"" or response.status_code >= 400
    guarded(response)


@pytest.mark.parametrize("origin", [EVIL, "null", "http://firmhold.test", "*"])
async def test_no_origin_is_let_in_by_name(stage: Api, origin: str) -> None:
    for path in (*PAGES, "/api/products"):
        response = await raw(stage, "GET", path, {"origin": origin})
        assert response.status_code < 400
        assert not [name for name in response.headers if name.startswith("access-control-")]
        assert origin == "*" or origin not in response.headers.values()


@pytest.mark.parametrize(
    "header", ["x-http-method-override", "x-http-method", "x-method-override", "_method"]
)
async def test_no_header_changes_the_method(api: Api, header: str) -> None:
    item = await api.item(10)
    path = f"/v1/items/{item['id']}"
    for method in ("DELETE", "PATCH", "PUT"):
        seen = await api.get(path, api.operator, headers={header: method})
        assert ok(seen)["id"] == item["id"]
    body = {"sku": "OVERRIDDEN", "name": "Something", "capacity": 1}
    assert (await api.post("/v1/items", api.operator, body, headers={header: "GET"})).status_code
    assert ok(await api.get("/api/v1/inventory/OVERRIDDEN", api.operator))["available"] == 1


HOSTS = {"host": "evil.example"}


@pytest.mark.parametrize(
    "headers",
    [
        HOSTS,
        {"x-forwarded-host": "evil.example"},
        {"forwarded": "host=evil.example;proto=https"},
        {"x-original-url": "/v1/organization", "x-rewrite-url": "/v1/organization"},
        {"x-forwarded-prefix": "//evil.example"},
        {"x-host": "evil.example", "x-forwarded-server": "evil.example"},
    ],
)
async def test_no_answer_repeats_whatever_host_it_was_asked_by(
    stage: Api, headers: dict[str, str]
) -> None:
    for path in (*PAGES, "/api/products?limit=1", "/nowhere"):
        usual, response = await raw(stage, "GET", path), await raw(stage, "GET", path, headers)
        assert response.status_code == usual.status_code
        assert "evil" not in response.text
        assert "evil" not in str(response.headers)


@pytest.mark.parametrize(
    "name", ["Authorization", "Idempotency-Key", "X-Organization", "Content-Type", "Origin"]
)
@pytest.mark.parametrize("path", ["/v1/items", "/api/v1/inventory/reserve"])
async def test_a_header_that_decides_something_is_there_once(
    stage: Api, name: str, path: str
) -> None:
    before = await stage.checksum()
    headers = [(name, "Bearer " + stage.owner), (name, "Bearer " + stage.owner)]
    response = await stage.http.post(path, headers=headers, json={"sku": "A", "quantity": 1})
    found = problem(response, "malformed_request")
    assert (found["field"], found["reason"]) == (name, "given more than once")
    assert await stage.checksum() == before


async def test_two_names_of_the_key_do_not_say_different_things(stage: Api) -> None:
    body = {"sku": "FLASH-SALE-001", "quantity": 1, "email": "two@example.org"}
    path = "/api/v1/inventory/reserve"
    other = {"x-idempotency-key": "another-1"}
    found = problem(
        await stage.post(path, None, body, key="this-1", headers=other), "malformed_request"
    )
    assert found["field"] == "X-Idempotency-Key"
    same = {"x-idempotency-key": "this-1"}
    assert (await stage.post(path, None, body, key="this-1", headers=same)).status_code == 201


# --- HTTPS ---


@pytest_asyncio.fixture(loop_scope="module")
async def behind_a_proxy(server: Server) -> AsyncIterator[Shop]:
    address = await server.clone()
    async with open_shop(address.dsn, limits=WIDE, trusted_proxies="127.0.0.1") as shop:
        yield shop
    await server.drop(address)


HSTS = "strict-transport-security"


@pytest.mark.parametrize(
    ("peer", "headers", "told"),
    [
        ("127.0.0.1", [("x-forwarded-proto", "https")], True),
        ("127.0.0.1", [("x-forwarded-proto", "HTTPS, http")], True),
        ("127.0.0.1", [("x-forwarded-proto", "http")], False),
        ("127.0.0.1", [("x-forwarded-proto", "http, https")], False),
        ("127.0.0.1", [("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")], False),
        ("127.0.0.1", [("x-forwarded-ssl", "on"), ("forwarded", "proto=https")], False),
        ("127.0.0.1", [], False),
        ("10.0.0.1", [("x-forwarded-proto", "https")], False),
    ],
)
async def test_who_came_by_https_is_told_to_stay_if_a_trusted_proxy_says_so(
    behind_a_proxy: Shop, peer: str, headers: list[tuple[str, str]], told: bool
) -> None:
    app = Application(behind_a_proxy.services, workers=False)
    transport = httpx.ASGITransport(app, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://firmhold.test") as http:
        for method, path in (("GET", "/api/products"), ("POST", "/api/v1/inventory/reserve")):
            response = await http.request(method, path, headers=headers)
            assert response.headers.get(HSTS) == ("max-age=31536000" if told else None)


async def test_a_server_for_https_alone_tells_everybody(server: Server) -> None:
    address = await server.clone()
    async with open_shop(address.dsn, limits=WIDE, https_only=True) as shop:
        api = Api(shop)
        async with api.http:
            for path in ("/api/products", "/nowhere", "/docs"):
                assert (await raw(api, "GET", path)).headers[HSTS] == "max-age=31536000"
    await server.drop(address)
