"""How often somebody may ask, at the doors: who is limited by what, and how it is told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio

from firmhold.app import OPERATIONS
from firmhold.doors.shared.operation import Operation
from firmhold.identity.permissions import OF_SERVER
from firmhold.limits.policy import DEFAULTS, RouteClass
from tests.databases import Address, Server
from tests.doors.client import (
    EMAIL,
    OTHER_EMAIL,
    PASSWORD,
    WITH_EXAMPLES,
    Api,
    example,
    fresh,
    ok,
)
from tests.shop import open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

Open = Callable[..., AbstractAsyncContextManager[Api]]

HOUR = 3600


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database_of_all(server: Server) -> AsyncIterator[Address]:
    address = await server.clone()
    yield address
    await server.drop(address)


@pytest.fixture
def limited(database_of_all: Address) -> Open:
    """Opens the doors with these limits and no others, and full buckets."""

    @asynccontextmanager
    async def open_limited(trusted_proxies: str = "", **limits: str) -> AsyncIterator[Api]:
        text = ", ".join(f"{n}={limits.get(n, 'off')}" for n in DEFAULTS)
        async with open_shop(
            database_of_all.dsn, limits=text, trusted_proxies=trusted_proxies
        ) as shop:
            api = Api(shop)
            async with api.http:
                await api.open()
                yield api

    return open_limited


def refused(response: httpx.Response, *limits: str) -> Any:
    """The problem of a request that came too often, by these limits and no others."""
    assert response.status_code == 429, response.text
    body = response.json()
    assert (body["code"], body["limits"]) == ("rate_limited", list(limits))
    assert response.headers["retry-after"] == str(body["retry_after"])
    assert body["retry_after"] >= 1
    for name in limits:
        assert name in body["detail"]
        assert f'"{name}";q=' in response.headers["ratelimit-policy"]
        assert re.search(rf'"{name}";r=0;t=\d+', response.headers["ratelimit"])
    return body


async def place(api: Api, item: str, token: str | None = None, **more: Any) -> httpx.Response:
    body = {"lines": [{"item": item, "quantity": 1}]}
    return await api.post("/v1/reservations", token or api.customer, body, **more)


async def reserve(api: Api, sku: str, email: str, **headers: str) -> httpx.Response:
    """A guest's hold."""
    body = {"sku": sku, "quantity": 1, "email": email}
    key = {"idempotency-key": fresh("guest")}
    return await api.post("/api/v1/inventory/reserve", None, body, headers={**key, **headers})


async def test_a_customer_holds_so_often_and_is_told_what_is_left(limited: Open) -> None:
    async with limited(holds_per_user="3/3600") as api:
        item = (await api.item(10))["id"]
        for left in (2, 1, 0):
            held = await place(api, item)
            assert held.status_code == 201
            assert held.headers["ratelimit-policy"] == '"holds-per-user";q=3;w=3600'
            found = re.fullmatch(r'"holds-per-user";r=(\d+);t=(\d+)', held.headers["ratelimit"])
            assert found is not None
            assert int(found[1]) == left
            assert HOUR // 3 - 60 < int(found[2]) <= HOUR // 3
        body = refused(await place(api, item), "holds-per-user")
        assert body["detail"].startswith("That is more than 3 in 3600 seconds (holds-per-user).")
        assert await api.counts(item) == (10, 3, 0)
        # It is this customer's limit, and about holds alone.
        ok(await place(api, item, api.other), 201)
        ok(await api.get("/v1/items", api.customer))


async def test_who_works_here_holds_for_others(limited: Open) -> None:
    async with limited(holds_per_user="1/3600", holds_per_address="1/3600") as api:
        item = (await api.item(10))["id"]
        for _ in range(3):
            ok(await place(api, item, api.operator), 201)
        key = ok(
            await api.post(
                "/v1/api-keys", api.owner, {"name": "Box", "scopes": ["reservations:write"]}
            ),
            201,
        )["key"]
        for _ in range(3):
            ok(await place(api, item, key), 201)


async def test_an_organization_as_a_whole_may_be_limited_and_no_other_is_for_it(
    limited: Open,
) -> None:
    async with limited(holds_per_organization="2/3600") as api:
        item = (await api.item(10))["id"]
        ok(await place(api, item, api.customer), 201)
        ok(await place(api, item, api.operator), 201)
        refused(await place(api, item, api.other), "holds-per-organization")
        directory = api.shop.services.directory
        await directory.ensure_organization("next-door", "Next", guest_holds=True)
        there = {"x-organization": "next-door"}
        answer = await api.post(
            "/api/v1/inventory/reserve", None, {"sku": "A", "quantity": 1, "email": "a@b.example"},
            headers={**there, "idempotency-key": "a"},
        )  # fmt: skip
        assert answer.status_code == 404


async def test_guests_share_their_addresss_limit_whatever_they_write_into_headers(
    limited: Open,
) -> None:
    async with limited(holds_per_address="2/3600") as api:
        sku = (await api.item(10))["sku"]
        for number in range(2):
            forged = {"x-forwarded-for": f"192.0.2.{number}"}
            ok(await reserve(api, sku, f"guest{number}@b.example", **forged), 201)
        more = {"x-forwarded-for": "198.51.100.7", "forwarded": "for=198.51.100.7"}
        refused(await reserve(api, sku, "guest3@b.example", **more), "holds-per-address")


async def test_that_a_proxy_is_trusted_makes_nobody_else_one(limited: Open) -> None:
    async with limited("10.0.0.0/8", holds_per_address="1/3600") as api:
        sku = (await api.item(10))["sku"]
        ok(await reserve(api, sku, "a@b.example", **{"x-forwarded-for": "192.0.2.1"}), 201)
        again = await reserve(api, sku, "b@b.example", **{"x-forwarded-for": "192.0.2.2"})
        refused(again, "holds-per-address")


async def test_a_proxy_that_is_trusted_says_whose_address_it_is(limited: Open) -> None:
    # Requests of these tests come from 127.0.0.1.
    async with limited("127.0.0.0/8", holds_per_address="1/3600") as api:
        sku = (await api.item(10))["sku"]
        ok(await reserve(api, sku, "a@b.example", **{"x-forwarded-for": "192.0.2.1"}), 201)
        ok(await reserve(api, sku, "b@b.example", **{"x-forwarded-for": "192.0.2.2"}), 201)
        # What stands before the address that the proxy saw was written by its client.
        for forged in ("192.0.2.1", "8.8.8.8, 192.0.2.1", "127.0.0.1, 192.0.2.1", "x, 192.0.2.1"):
            again = await reserve(api, sku, "c@b.example", **{"x-forwarded-for": forged})
            refused(again, "holds-per-address")


async def test_a_session_shows_the_address_that_is_believed(limited: Open) -> None:
    async def address(api: Api) -> Any:
        await api.set_password(api.customer)
        signed_in = ok(
            await api.post(
                "/api/auth/login",
                None,
                {"email": EMAIL, "password": PASSWORD},
                headers={"x-forwarded-for": "192.0.2.9"},
            )
        )
        shown = ok(await api.get("/api/auth/sessions", signed_in["access_token"]))["data"]
        return next(it["address"] for it in shown if it["current"])

    async with limited() as api:
        assert await address(api) == "127.0.0.1"
    async with limited("127.0.0.1") as api:
        assert await address(api) == "192.0.2.9"


async def test_passwords_are_not_tried_again_and_again(limited: Open) -> None:
    async with limited(sign_in_per_email_and_address="3/3600", sign_in_per_address="5/3600") as api:
        await api.set_password(api.customer)

        async def login(email: str, password: str = "not it at all") -> httpx.Response:
            body = {"email": email, "password": password}
            return await api.post("/api/auth/login", None, body)

        for written in (EMAIL, EMAIL.upper(), EMAIL):
            assert (await login(written)).status_code == 401
        # Whoever knows the password has to wait as well, or the guessing could go on.
        refused(await login(EMAIL, PASSWORD), "sign-in-per-email-and-address")
        for number in range(2):
            assert (await login(f"{number}{OTHER_EMAIL}")).status_code == 401
        refused(await login(OTHER_EMAIL), "sign-in-per-address")
        # Codes are guessed from the same bucket.
        for path, body in (
            ("verify", {"code": "fhc_00"}),
            ("password/reset", {"code": "fhc_00", "password": PASSWORD}),
            ("password/forgotten", {"email": EMAIL}),
        ):
            token = api.other if path == "verify" else None
            answer = await api.post(f"/api/auth/{path}", token, body)
            assert answer.status_code == 429
        # Who has signed in stays so.
        opened = await api.sign_in(api.other)
        ok(await api.post("/api/auth/refresh", None, {"refresh_token": opened.refresh_token}))


async def test_an_account_is_not_guessed_at_from_many_addresses(limited: Open) -> None:
    async with limited("127.0.0.1", sign_in_per_email="3/3600") as api:
        await api.set_password(api.customer)

        async def login(number: int, password: str) -> httpx.Response:
            body = {"email": EMAIL, "password": password}
            there = {"x-forwarded-for": f"192.0.2.{number}"}
            return await api.post("/api/auth/login", None, body, headers=there)

        for number in range(3):
            assert (await login(number, "not it at all")).status_code == 401
        refused(await login(9, PASSWORD), "sign-in-per-email")


async def test_a_password_is_not_guessed_with_a_token_either(limited: Open) -> None:
    async with limited(sign_in_per_email_and_address="2/3600") as api:
        await api.set_password(api.customer)
        body = {"current": "not it at all", "new": "long enough to be another"}
        for _ in range(2):
            assert (await api.post("/api/auth/password", api.customer, body)).status_code == 400
        right = {**body, "current": PASSWORD}
        answer = await api.post("/api/auth/password", api.customer, right)
        refused(answer, "sign-in-per-email-and-address")


async def test_who_is_refused_by_one_limit_is_not_charged_for_another(limited: Open) -> None:
    async with limited(holds_per_user="1/3600", holds_per_address="3/3600") as api:
        item = (await api.item(10))["id"]
        ok(await place(api, item), 201)
        for _ in range(5):
            refused(await place(api, item), "holds-per-user")
        ok(await place(api, item, api.other), 201)
        ok(await place(api, item, await api.shop.token("third@example.org")), 201)
        fourth = await api.shop.token("fourth@example.org")
        refused(await place(api, item, fourth), "holds-per-address")


async def test_who_asks_is_found_out_before_and_costs_no_token(limited: Open) -> None:
    async with limited(reads_per_address="1/3600", writes_per_user="1/3600") as api:
        for token in ("forged", "fhk_" + "0" * 32 + "_" + "A" * 43):
            answer = await api.get("/v1/users", token)
            assert answer.status_code == 401
            assert "ratelimit" not in answer.headers
        assert (await api.get("/v1/users", api.customer)).status_code == 403
        ok(await api.get("/v1/items", api.customer))
        refused(await api.get("/v1/items", api.customer), "reads-per-address")


async def test_a_repeat_under_a_key_asks_too_and_finds_its_answer_later(limited: Open) -> None:
    async with limited(holds_per_user="1/1") as api:
        item = (await api.item(10))["id"]
        first = ok(await place(api, item, key="once"), 201)
        refused(await place(api, item, key="once"), "holds-per-user")
        while (again := await place(api, item, key="once")).status_code == 429:
            await asyncio.sleep(0.1)
        assert ok(again, 201) == first
        assert again.headers["idempotent-replayed"] == "true"
        assert await api.counts(item) == (10, 1, 0)


async def test_whatever_is_unlimited_says_nothing_of_limits(limited: Open) -> None:
    async with limited() as api:
        answer = await api.get("/v1/items", api.customer)
        assert not [name for name in answer.headers if name.startswith("ratelimit")]


async def test_each_operation_is_of_its_class() -> None:
    """Those that take units are bounded most tightly, and those at which passwords and codes can be
    guessed, or letters be had sent, by limits of their own."""
    expected = {op.name: RouteClass.HOLDS for op in OPERATIONS if op.measured}
    expected |= {
        op.name: RouteClass.SIGN_IN
        for op in OPERATIONS
        if op.path.removeprefix("/api/auth").removeprefix("/api/v1/auth") in GUESSED
    }
    for op in OPERATIONS:
        reads = op.method == "GET"
        expected.setdefault(op.name, RouteClass.READS if reads else RouteClass.WRITES)
    assert {op.name: op.limited for op in OPERATIONS} == expected
    assert len([it for it in expected.values() if it is RouteClass.SIGN_IN]) == len(GUESSED) + 2


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
async def test_pages_that_are_large_are_reading_like_any_other(limited: Open, path: str) -> None:
    async with limited(reads_per_address=f"2/{HOUR}") as api:
        for left in (1, 0):
            answer = await api.get(path)
            assert answer.status_code == 200
            assert f'"reads-per-address";r={left}' in answer.headers["ratelimit"]
        refused(await api.get(path), "reads-per-address")
        # Nobody is kept from looking whether the server is well.
        assert (await api.get("/healthz")).status_code == 200


# --- what is made up, and has to be looked up ---


MISSES = "misses-per-address"


def made_up_key(number: int) -> str:
    return f"fhk_{number:032x}_{'A' * 43}"


async def test_so_many_made_up_keys_are_looked_up_and_no_more(limited: Open) -> None:
    async with limited(misses_per_address=f"5/{HOUR}") as api:
        look = api.shop.services.api_keys._look
        looked: list[str] = []

        async def counted(id: str, secret: str) -> Any:
            looked.append(id)
            return await look(id, secret)

        api.shop.services.api_keys._look = counted  # type: ignore[method-assign]
        answers = await asyncio.gather(
            *(api.get("/api/auth/me", made_up_key(number)) for number in range(40))
        )
        assert sorted(it.status_code for it in answers) == [401] * 5 + [429] * 35
        assert len(looked) == 5, "the limit comes before the look"
        refused(next(it for it in answers if it.status_code == 429), MISSES)
        # Whoever has said who they are is not concerned, and neither is what is no key by its look.
        ok(await api.get("/v1/items", api.customer))
        assert (await api.get("/api/auth/me", "fhk_x")).status_code == 401


async def test_a_key_that_is_one_pays_for_no_look(limited: Open) -> None:
    async with limited(misses_per_address=f"2/{HOUR}") as api:
        body = {"name": "A program", "scopes": ["stock:read"]}
        keys = [ok(await api.post("/v1/api-keys", api.owner, body), 201)["key"] for _ in range(6)]
        for key in (*keys, *keys):
            ok(await api.get("/api/auth/me", key))
        for number in range(2):
            assert (await api.get("/api/auth/me", made_up_key(number))).status_code == 401
        refused(await api.get("/api/auth/me", made_up_key(3)), MISSES)
        for _ in range(2):
            for key in keys:
                ok(await api.get("/api/auth/me", key))
            # Also when it is looked up again.
            for known in api.shop.services.api_keys._known:
                found, _ = api.shop.services.api_keys._known[known]
                api.shop.services.api_keys._known[known] = (found, 0.0)


async def test_made_up_organizations_are_limited_likewise(limited: Open) -> None:
    async with limited(misses_per_address=f"3/{HOUR}") as api:
        names = [f"nobodys-{number}" for number in range(6)]
        statuses = [
            (await api.get("/v1/items", headers={"x-organization": name})).status_code
            for name in names
        ]
        assert statuses == [404] * 3 + [429] * 3
        # What was just looked up is known not to be there.
        again = await api.get("/v1/items", headers={"x-organization": names[0]})
        assert again.status_code == 404
        ok(await api.get("/v1/items"))


async def test_misses_of_one_address_are_no_others(limited: Open) -> None:
    async with limited("127.0.0.1", misses_per_address=f"1/{HOUR}") as api:

        async def ask(number: int, address: str) -> int:
            headers = {"x-forwarded-for": address}
            response = await api.get("/api/auth/me", made_up_key(number), headers=headers)
            return response.status_code

        first = [await ask(number, "203.0.113.7") for number in range(2)]
        assert first == [401, 429]
        assert await ask(3, "203.0.113.8") == 401


async def test_a_look_that_came_to_nothing_is_no_miss(
    limited: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with limited(misses_per_address=f"1/{HOUR}") as api:

        async def away(*_: object) -> None:
            raise OSError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr(api.shop.services.api_keys, "_look", away)
            for number in range(3):
                answer = await api.get("/api/auth/me", made_up_key(number))
                assert answer.status_code == 503
        assert (await api.get("/api/auth/me", made_up_key(9))).status_code == 401


@pytest.mark.parametrize("path", ["/graphql", "/api/auth/logout"])
async def test_every_door_that_looks_a_key_up_is_limited(limited: Open, path: str) -> None:
    async with limited(misses_per_address=f"2/{HOUR}") as api:
        body = {"query": "{ __typename }"} if path == "/graphql" else {}
        answers = [await api.post(path, made_up_key(number), body) for number in range(4)]
        assert [it.status_code for it in answers][2:] == [429, 429]


GUESSED = {
    *("/register", "/login", "/set-up", "/password", "/password/forgotten", "/password/reset"),
    *("/verify", "/verify/send"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def spent(database_of_all: Address) -> AsyncIterator[Api]:
    """An organization that may do one thing of each class a day, and has done it."""
    text = ", ".join(f"{name}=1/86400" for name in DEFAULTS)
    async with open_shop(
        database_of_all.dsn, slug="spent", organization="spent", limits=text
    ) as shop:
        api = Api(shop)
        async with api.http:
            await api.open()
            ok(await api.get("/v1/items", api.operator))
            assert (await api.post("/v1/items", api.operator, {})).status_code == 400
            assert (await api.post("/v1/reservations", api.operator, {})).status_code == 400
            await api.post("/api/auth/verify", api.customer, {"code": "fhc_00"})
            await api.post("/api/auth/refresh", None, {})
            await api.post("/api/v1/inventory/reserve", None, {})
            await api.get("/api/products", None)
            yield api


@pytest.mark.parametrize("operation", WITH_EXAMPLES, ids=lambda op: op.name)
async def test_there_is_no_operation_that_no_limit_concerns(
    spent: Api, operation: Operation
) -> None:
    body: Any = {}
    if operation.limited is RouteClass.SIGN_IN:
        _, body, _ = await example(spent, operation)
    path = re.sub(r"\{\w+\}", "x", operation.path)
    of_server = operation.permission in OF_SERVER
    for token in (spent.admin, spent.admin if of_server else spent.owner):
        answer = await spent.call(
            operation.method, path, token, body, headers={"idempotency-key": "k"}
        )
        assert answer.status_code == 429, answer.text
    if operation.without_token is not None:
        answer = await spent.call(
            operation.method, path, None, body, headers={"idempotency-key": "k"}
        )
        assert answer.status_code == 429, answer.text
