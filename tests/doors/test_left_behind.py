"""What is left of people who are not there any more, or who never were: keys and accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from firmhold.identity.roles import Role
from firmhold.store.verify import verify as verify_books
from firmhold.workers.sessions import SessionKeeper
from tests.databases import Address, connected
from tests.doors.client import PASSWORD, Api, fresh, ok, problem
from tests.shop import open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def register(api: Api) -> tuple[str, Any]:
    email = f"{fresh('anybody')}@example.org"
    body = {"email": email, "password": PASSWORD}
    return email, ok(await api.post("/api/auth/register", None, body), 201)


async def forget(api: Api, days: int = 3) -> None:
    """What a server does once in a while."""
    keeper = SessionKeeper(api.shop.services.database, unverified=timedelta(days=days))
    while await keeper.run_once() < 1:
        pass


async def age(api: Api, email: str, days: int = 40, *, signed_out: bool = True) -> None:
    """Let somebody have come so long ago, and not since."""
    past = timedelta(days=days)
    await api.shop.fetch(
        "UPDATE person SET created_at = created_at - $2::interval WHERE email = $1", email, past
    )
    if signed_out:
        await api.shop.fetch(
            "UPDATE session AS s SET token_until = token_until - $2::interval, "
            "seen_at = seen_at - $2, expires_at = expires_at - $2 "
            "FROM users AS u WHERE u.id = s.user_id AND u.email = $1",
            email,
            past,
        )


async def is_there(api: Api, email: str) -> bool:
    return bool(await api.shop.fetchval("SELECT count(*) FROM person WHERE email = $1", email))


# --- accounts of which nothing was ever verified ---


async def test_whoever_has_verified_nothing_and_has_nothing_is_forgotten_in_time(api: Api) -> None:
    email, done = await register(api)
    await forget(api)
    assert await is_there(api, email), "they may still come back"
    await age(api, email)
    await forget(api, days=50)
    assert await is_there(api, email)
    await forget(api)
    assert not await is_there(api, email)
    problem(await api.get(f"/v1/users/{done['user']['id']}", api.owner), "not_found")
    sql = "SELECT kind, actor FROM act WHERE subject = $1 ORDER BY at DESC LIMIT 1"
    act = await api.shop.fetchrow(sql, done["user"]["id"])
    assert tuple(act) == ("user_forgotten", "server")
    assert ok(
        await api.post("/api/auth/register", None, {"email": email, "password": PASSWORD}), 201
    )


async def test_an_invitation_that_nobody_took_is_forgotten_likewise(api: Api) -> None:
    email = f"{fresh('wanted')}@example.org"
    body = {"email": email, "role": "owner"}
    user = ok(await api.post("/v1/users", api.owner, body, key=fresh("key")), 201)
    await age(api, email)
    await forget(api)
    assert not await is_there(api, email)
    assert (await connected(api.shop.dsn, verify_books)).ok, "the stored answer has lost nothing"
    assert ok(await api.post("/v1/users", api.owner, body), 201)["id"] != user["id"]


@pytest.mark.parametrize("why", ["verified", "signed in", "shut out", "more", "holds", "waits"])
async def test_nobody_else_is_forgotten(api: Api, why: str) -> None:
    email, done = await register(api)
    token, user = done["access_token"], done["user"]["id"]
    if why == "verified":
        code = {"code": await api.code_sent(email)}
        assert (await api.post("/api/auth/verify", token, code)).status_code == 204
    elif why == "shut out":
        ok(await api.patch(f"/v1/users/{user}", api.owner, {"disabled": True}))
    elif why == "more":
        await api.shop.fetch("UPDATE users SET role = 'auditor' WHERE id = $1", user[-32:])
    elif why == "holds":
        hold = await api.hold((await api.item())["id"], 1, token)
        ok(await api.act(hold["id"], "release", token))
    elif why == "waits":
        item = await api.item(1)
        await api.hold(item["id"], 1, api.operator)
        ok(await api.post("/v1/waitlist", token, {"item": item["id"], "quantity": 1}), 201)
    await age(api, email, signed_out=why != "signed in")
    await forget(api)
    assert await is_there(api, email)


# --- keys of somebody who may make none any more ---


async def test_the_keys_of_whoever_is_shut_out_open_nothing(api: Api) -> None:
    second = await api.shop.token(f"{fresh('second')}@example.org", Role.OWNER)
    body = {"name": "Theirs", "scopes": ["keys:write", "stock:read"]}
    theirs = ok(await api.post("/v1/api-keys", second, body), 201)
    by_it = ok(await api.post("/v1/api-keys", theirs["key"], body), 201)
    others = ok(await api.post("/v1/api-keys", api.owner, body), 201)
    path = f"/v1/users/{api.user(second)}"
    ok(await api.patch(path, api.owner, {"name": "Still here"}))
    ok(await api.get("/api/auth/me", theirs["key"]))
    ok(await api.patch(path, api.owner, {"disabled": True}))
    for key in (theirs, by_it):
        problem(await api.get("/api/auth/me", key["key"]), "unauthenticated")
    ok(await api.get("/api/auth/me", others["key"]))
    acts = await api.walk("/v1/audit/acts", api.owner, kind="key_withdrawn")
    assert {act["subject"] for act in acts} == {theirs["id"], by_it["id"]}
    assert {act["actor"] for act in acts} == {f"user:{api.user(api.owner)}"}


@pytest.mark.parametrize("how", ["door", "command"])
async def test_so_do_those_of_whoever_may_make_none_any_more(api: Api, how: str) -> None:
    email = f"{fresh('second')}@example.org"
    second = await api.shop.token(email, Role.OWNER)
    body = {"name": "Theirs", "scopes": ["stock:read"]}
    key = ok(await api.post("/v1/api-keys", second, body), 201)
    if how == "door":
        path = f"/v1/users/{api.user(second)}"
        ok(await api.patch(path, api.owner, {"role": "operator"}))
    else:
        await api.shop.token(email, Role.OPERATOR)
    sql = "SELECT withdrawn_at FROM api_key WHERE id = $1"
    assert await api.shop.fetchval(sql, key["id"][-32:]) is not None


# --- and of a server ---


async def test_a_server_that_ends_takes_its_threads_along(database: Address) -> None:
    async with open_shop(database.dsn) as shop:
        passwords = shop.services.passwords
        await passwords.hashed("anything at all")
    with pytest.raises(RuntimeError):
        await passwords.hashed("nothing any more")


async def test_a_wrong_password_of_whoever_is_signed_in_is_noted(api: Api) -> None:
    _, done = await register(api)
    body = {"current": "not it at all", "new": "another good password"}
    for _ in range(2):
        answer = await api.post("/api/auth/password", done["access_token"], body)
        problem(answer, "malformed_request")
    await api.shop.services.signing_in.run_once()
    sql = "SELECT actor, facts->>'times' AS times, facts->>'address' AS address FROM act "
    rows = await api.shop.fetch(f"{sql} WHERE kind = 'password_refused' ORDER BY at")
    mine = [row for row in rows if row["actor"] == f"user:{done['user']['id']}"]
    assert sum(int(row["times"]) for row in mine) == 2
    assert {row["address"] for row in mine} == {"127.0.0.1"}
