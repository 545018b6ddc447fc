"""Organizations are made by whoever runs the server, and by nobody who runs one of them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from firmhold.identity.permissions import Permission
from tests.doors.client import PASSWORD, Api, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/v1/organizations"


def order(**more: Any) -> Any:
    owner = {"email": f"{fresh('first')}@example.org", "name": "Grace Hopper"}
    return {"slug": fresh("theatre"), "name": "Town Theatre", "owner": owner, **more}


async def sign_in(stage: Api, body: Any) -> Any:
    """The first owner's answer to signing in, with the code that was sent."""
    code = await stage.code_sent(body["owner"]["email"])
    reset = {"code": code, "password": PASSWORD}
    assert (await stage.post("/api/auth/password/reset", None, reset)).status_code == 204
    given = {"email": body["owner"]["email"], "password": PASSWORD, "organization": body["slug"]}
    return ok(await stage.post("/api/auth/login", None, given))


async def count(stage: Api) -> int:
    return int(await stage.shop.fetchval("SELECT count(*) FROM organization"))


async def people(stage: Api) -> int:
    return int(await stage.shop.fetchval("SELECT count(*) FROM users"))


async def test_a_new_organization_has_an_owner_who_is_sent_a_code(stage: Api) -> None:
    body = order()
    made = ok(await stage.post(PATH, stage.admin, body), 201)
    assert (made["slug"], made["name"]) == (body["slug"], body["name"])
    assert not any(made[it] for it in ("guest_holds", "public_catalogue", "open_registration"))
    done = await sign_in(stage, body)
    user = done["user"]
    assert (user["id"], user["organization"], user["role"]) == (made["owner"], made["id"], "owner")
    assert user["name"] == "Grace Hopper"
    seen = ok(await stage.get("/v1/organization", done["access_token"]))
    assert seen == {name: value for name, value in made.items() if name != "owner"}
    ok(await stage.patch("/v1/organization", done["access_token"], {"public_catalogue": True}))


async def test_organizations_are_listed_page_by_page_and_found(stage: Api) -> None:
    made = [ok(await stage.post(PATH, stage.admin, order()), 201) for _ in range(3)]
    listed = await stage.walk(PATH, stage.admin, limit=2)
    assert [it["id"] for it in listed[:3]] == [it["id"] for it in reversed(made)]
    assert len(listed) == len({it["id"] for it in listed}) == await count(stage)
    found = ok(await stage.get(f"{PATH}/{made[0]['id']}", stage.admin))
    assert found == listed[2]
    for id in ("org_" + "0" * 32, "org_x", "default", made[0]["owner"]):
        assert problem(await stage.get(f"{PATH}/{id}", stage.admin), "not_found")
    problem(await stage.get(PATH, stage.admin, cursor="bad"), "malformed_request")


async def test_a_slug_that_is_taken_makes_nothing(stage: Api) -> None:
    body = order()
    ok(await stage.post(PATH, stage.admin, body), 201)
    before = await count(stage), await people(stage)
    for slug in (body["slug"], stage.slug):
        again = order(slug=slug)
        found = problem(await stage.post(PATH, stage.admin, again), "already_exists")
        assert found["slug"] == slug
        sql = "SELECT count(*) FROM letter WHERE address = $1"
        assert await stage.shop.fetchval(sql, again["owner"]["email"]) == 0
    assert (await count(stage), await people(stage)) == before


async def test_of_many_who_want_a_slug_at_once_one_has_it(stage: Api) -> None:
    slug = fresh("wanted")
    before = await count(stage), await people(stage)
    answers = await asyncio.gather(
        *(stage.post(PATH, stage.admin, order(slug=slug)) for _ in range(8))
    )
    assert sorted(it.status_code for it in answers) == [201] + [409] * 7
    assert (await count(stage), await people(stage)) == (before[0] + 1, before[1] + 1)


async def test_a_repeated_request_makes_one(stage: Api) -> None:
    body, key = order(), fresh("key")
    before = await count(stage)
    first, *others = await asyncio.gather(
        *(stage.post(PATH, stage.admin, body, key=key) for _ in range(4))
    )
    assert {it.text for it in others} == {ok(first, 201) and first.text}
    assert await count(stage) == before + 1
    other = await stage.post(PATH, stage.admin, order(), key=key)
    problem(other, "idempotency_key_reused")
    assert await count(stage) == before + 1


@pytest.mark.parametrize(
    "change",
    [
        {"slug": ""},
        {"slug": "-theatre"},
        {"slug": "Theatre"},
        {"slug": "the atre"},
        {"slug": "theatre\n"},
        {"slug": "org_" + "0" * 32},
        {"slug": "th\u00e9\u00e2tre"},
        {"slug": "x" * 64},
        {"slug": "../etc"},
        {"slug": 7},
        {"slug": None},
        {"name": ""},
        {"name": " "},
        {"name": "x" * 201},
        {"owner": None},
        {"owner": {}},
        {"owner": {"email": "nobody"}},
        {"owner": {"email": "a@example.org", "role": "admin"}},
        {"owner": []},
        {"role": "admin"},
        {"hold_ttl_seconds": 5},
    ],
    ids=str,
)
async def test_what_does_not_fit_makes_nothing(stage: Api, change: Any) -> None:
    before = await count(stage), await people(stage)
    problem(await stage.post(PATH, stage.admin, order(**change)), "malformed_request")
    assert (await count(stage), await people(stage)) == before


async def test_the_longest_slug_is_one(stage: Api) -> None:
    slug = fresh("x").ljust(63, "z")
    assert ok(await stage.post(PATH, stage.admin, order(slug=slug)), 201)["slug"] == slug


# --- who ---


async def test_an_admin_of_another_organization_is_none_of_the_server(stage: Api, api: Api) -> None:
    """The same role, made by command; and the header that names the server's organization."""
    before = await count(stage), await people(stage)
    for headers in ({}, {"x-organization": stage.slug}):
        found = problem(await api.post(PATH, api.admin, order(), headers=headers), "forbidden")
        assert "server's own organization" in found["detail"]
        problem(await api.get(PATH, api.admin, headers=headers), "forbidden")
        path = f"{PATH}/{api.shop.organization.id}"
        problem(await api.get(path, api.admin, headers=headers), "forbidden")
    who = ok(await api.get("/api/auth/me", api.admin))
    assert (who["role"], Permission.PLATFORM_WRITE in who["permissions"]) == ("admin", False)
    who = ok(await stage.get("/api/auth/me", stage.admin))
    assert (who["role"], Permission.PLATFORM_WRITE in who["permissions"]) == ("admin", True)
    assert (await count(stage), await people(stage)) == before


async def test_an_admin_elsewhere_makes_nobody_more_than_they_are(stage: Api, api: Api) -> None:
    """Neither themselves, nor another, nor a program."""
    before = await people(stage)
    body = {"email": f"{fresh('crony')}@example.org", "role": "admin"}
    problem(await api.post("/v1/users", api.admin, body), "forbidden")
    problem(
        await api.post("/v1/users", api.admin, body, headers={"x-organization": stage.slug}),
        "forbidden",
    )
    path = f"/v1/users/{api.user(api.operator)}"
    problem(await api.patch(path, api.admin, {"role": "admin"}), "forbidden")
    path = f"/v1/users/{stage.user(stage.customer)}"
    problem(await api.patch(path, api.admin, {"role": "owner"}), "not_found")
    key = {"name": "More", "scopes": ["platform:write"]}
    for token in (api.admin, stage.admin):
        problem(await api.post("/v1/api-keys", token, key), "forbidden")
    assert await people(stage) == before


async def test_the_first_owner_is_no_admin_and_makes_none(stage: Api) -> None:
    body = order()
    ok(await stage.post(PATH, stage.admin, body), 201)
    token = (await sign_in(stage, body))["access_token"]
    problem(await stage.post(PATH, token, order()), "forbidden")
    crony = {"email": f"{fresh('crony')}@example.org", "role": "admin"}
    problem(await stage.post("/v1/users", token, crony), "forbidden")
    path = f"/v1/users/{stage.user(token)}"
    problem(await stage.patch(path, token, {"role": "admin"}), "forbidden")


async def test_whoever_makes_an_organization_sees_nothing_of_it(stage: Api) -> None:
    body = order()
    made = ok(await stage.post(PATH, stage.admin, body), 201)
    there = {"x-organization": body["slug"]}
    problem(await stage.get(f"/v1/users/{made['owner']}", stage.admin, headers=there), "not_found")
    item = {"sku": fresh("SKU"), "name": "x", "capacity": 1}
    created = ok(await stage.post("/v1/items", stage.admin, item, headers=there), 201)
    sql = "SELECT organization_id FROM item WHERE id = $1"
    assert f"org_{(await stage.shop.fetchval(sql, created['id'][-32:])).hex}" != made["id"]


async def test_an_account_that_waits_for_its_address_to_own_something_gets_nothing(
    stage: Api,
) -> None:
    body = order()
    registered = {"email": body["owner"]["email"], "password": "known to somebody else"}
    early = ok(await stage.post("/api/auth/register", None, registered), 201)
    ok(await stage.post(PATH, stage.admin, body), 201)
    again = {**registered, "organization": body["slug"]}
    problem(await stage.post("/api/auth/login", None, again), "forbidden")
    who = ok(await stage.get("/api/auth/me", early["access_token"]))
    assert who["organization"] == stage.shop.organization.id, "where they had registered"
    await sign_in(stage, body)
    problem(await stage.get("/api/auth/me", early["access_token"]), "unauthenticated")


async def test_which_organization_is_the_servers_is_its_configuration(
    stage: Api, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    authentication = stage.shop.services.authentication
    monkeypatch.setattr(authentication, "_default", api.slug)
    problem(await stage.get(PATH, stage.admin), "forbidden")
    ok(await api.get(PATH, api.admin))
    monkeypatch.setattr(authentication, "_default", "no-such-organization")
    problem(await stage.get(PATH, stage.admin), "forbidden")
    problem(await api.get(PATH, api.admin), "forbidden")


# --- noted ---


async def test_it_is_noted_here_and_is_the_first_that_is_noted_there(stage: Api) -> None:
    body = order()
    made = ok(await stage.post(PATH, stage.admin, body), 201)
    sql = "SELECT kind, actor, subject, facts FROM act WHERE organization_id = $1 ORDER BY at, id"
    here = await stage.shop.fetch(sql, stage.shop.organization.id[-32:])
    (act,) = [it for it in here if it["subject"] == made["id"]]
    admin = f"user:{stage.user(stage.admin)}"
    assert (act["kind"], act["actor"]) == ("create_organization", admin)
    assert json.loads(act["facts"]) == {"body": body}
    (first,) = await stage.shop.fetch(sql, made["id"][-32:])
    assert (first["kind"], first["actor"]) == ("organization_made", admin)
    assert json.loads(first["facts"]) == {"slug": body["slug"]}


async def test_what_was_refused_is_not_noted(stage: Api) -> None:
    sql = "SELECT count(*) FROM act WHERE kind IN ('create_organization', 'organization_made')"
    before = await stage.shop.fetchval(sql)
    problem(await stage.post(PATH, stage.owner, order()), "forbidden")
    problem(await stage.post(PATH, stage.admin, order(slug=stage.slug)), "already_exists")
    assert await stage.shop.fetchval(sql) == before


async def test_nothing_above_left_the_books_out_of_order(stage: Api) -> None:
    assert await stage.shop.fetchval("SELECT count(*) FROM idempotency") > 0
    assert (await stage.shop.verify()).ok
