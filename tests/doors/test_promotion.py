"""Who becomes more than they were, or nothing at all: by which password, and in whose sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from firmhold.identity.roles import Role
from tests.doors.client import PASSWORD, Api, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = "another one, and theirs"


async def registered(api: Api) -> tuple[str, Any]:
    """An account that somebody has made with an address that need not be theirs."""
    email = f"{fresh('anybody')}@example.org"
    body = {"email": email, "password": PASSWORD}
    return email, ok(await api.post("/api/auth/register", None, body), 201)


async def verified(api: Api) -> tuple[str, Any]:
    """The same, and then the code has come back."""
    email, done = await registered(api)
    code = {"code": await api.code_sent(email)}
    assert (await api.post("/api/auth/verify", done["access_token"], code)).status_code == 204
    return email, done


async def login(api: Api, email: str, password: str = PASSWORD, **more: Any) -> Any:
    body = {"email": email, "password": password, **more}
    # Without the header that says where, but for what `more` says.
    return await api.http.post("/api/auth/login", json=body)


async def reset(api: Api, email: str) -> None:
    body = {"code": await api.code_sent(email), "password": OTHER}
    assert (await api.post("/api/auth/password/reset", None, body)).status_code == 204


async def is_signed_in(api: Api, done: Any) -> bool:
    return (await api.get("/api/auth/me", done["access_token"])).status_code == 200


def path_of(done: Any) -> str:
    return f"/v1/users/{done['user']['id']}"


# --- by an address that nobody has verified ---


@pytest.mark.parametrize("role", ["auditor", "operator", "owner"])
async def test_a_role_is_not_handed_to_whoever_chose_the_password_of_an_unverified_address(
    api: Api, role: str
) -> None:
    email, done = await registered(api)
    assert ok(await api.patch(path_of(done), api.owner, {"role": role}))["role"] == role
    problem(await login(api, email), "forbidden")
    assert not await is_signed_in(api, done)
    await reset(api, email)
    assert ok(await login(api, email, OTHER))["user"]["role"] == role


async def test_their_password_and_sessions_elsewhere_are_as_they_were(stage: Api, api: Api) -> None:
    """Whoever owns some organization has no say in what a stranger has in others."""
    email, elsewhere = await registered(stage)
    here = api.user(await api.shop.token(email))
    await stage.set_password(elsewhere["access_token"])
    await stage.shop.fetch("UPDATE person SET verified_at = NULL WHERE email = $1", email)
    signed_in = ok(await login(stage, email, organization=stage.slug))
    ok(await api.patch(f"/v1/users/{here}", api.owner, {"role": "operator"}))
    assert await is_signed_in(stage, signed_in)
    assert ok(await login(stage, email))["user"]["organization"] == stage.shop.organization.id
    problem(await login(stage, email, organization=api.slug), "forbidden")


async def test_that_they_came_and_who_may_more_is_noted(api: Api) -> None:
    email, done = await registered(api)
    ok(await api.patch(path_of(done), api.owner, {"role": "operator"}))
    assert ok(await api.get(path_of(done), api.owner))["invited_at"]
    await reset(api, email)
    assert ok(await api.get(path_of(done), api.owner))["invited_at"] is None
    about = f"user:{done['user']['id']}"
    acts = await api.walk("/v1/audit/acts", api.owner, actor=about)
    assert "invitation_accepted" in {act["kind"] for act in acts}
    (act,) = await api.walk("/v1/audit/acts", api.owner, kind="change_user")
    assert act["actor"] == f"user:{api.user(api.owner)}"


async def test_whoever_has_shown_that_the_address_is_theirs_becomes_more_and_keeps_the_password(
    api: Api,
) -> None:
    email, done = await verified(api)
    before = await letters_to(api, email)
    ok(await api.patch(path_of(done), api.owner, {"role": "operator"}))
    assert ok(await login(api, email))["user"]["role"] == "operator"
    assert await letters_to(api, email) == before


@pytest.mark.parametrize("change", [{"role": "customer"}, {"name": "Ada"}, {"disabled": False}])
async def test_whoever_does_not_become_more_keeps_the_password_in_any_case(
    api: Api, change: dict[str, Any]
) -> None:
    email, done = await registered(api)
    before = await letters_to(api, email)
    ok(await api.patch(path_of(done), api.owner, change))
    ok(await login(api, email))
    assert await is_signed_in(api, done)
    assert await letters_to(api, email) == before


async def test_a_promotion_that_is_refused_voids_nothing(api: Api) -> None:
    email, done = await registered(api)
    problem(await api.patch(path_of(done), api.owner, {"role": "admin"}), "forbidden")
    ok(await login(api, email))


async def test_the_command_line_hands_no_role_to_that_password_either(api: Api) -> None:
    email, done = await registered(api)
    await api.shop.token(email, Role.OPERATOR)
    problem(await login(api, email), "unauthenticated")
    await api.shop.services.ended.look()
    assert not await is_signed_in(api, done)
    # Whoever runs the server has vouched for the address: what is set from now on is kept.
    await api.set_password(await api.shop.token(email, Role.OPERATOR))
    ok(await api.patch(path_of(done), api.owner, {"role": "owner"}))
    assert ok(await login(api, email))["user"]["role"] == "owner"


async def test_the_command_line_vouches_for_nobody_by_leaving_them_as_they_are(api: Api) -> None:
    email, _ = await registered(api)
    await api.shop.token(email)
    assert ok(await login(api, email))["verified"] is False


async def letters_to(api: Api, email: str) -> int:
    sql = "SELECT count(*) FROM letter WHERE address = $1"
    return int(await api.shop.fetchval(sql, email))


# --- at the same time as somebody signs in ---


@asynccontextmanager
async def changing(api: Api, user: str, **values: Any) -> AsyncIterator[None]:
    """While a user is being changed, and nobody can see it yet."""
    services = api.shop.services
    permissions = services.tokens.verify(api.owner).permissions
    async with services.database.read_across() as connection, connection.transaction():
        await services.people.change(
            connection, api.shop.organization.id, user, values, permissions
        )
        yield


async def until_it_waits_for_a_lock(api: Api, work: Callable[[], Awaitable[Any]]) -> Any:
    """Begin, and come back once it waits in the database."""
    task = asyncio.ensure_future(work())
    sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with asyncio.timeout(30):
        while not await api.shop.fetchval(sql):
            assert not task.done(), task
    return task


async def test_whoever_is_shut_out_while_they_sign_in_is_out(api: Api) -> None:
    email, done = await verified(api)
    async with changing(api, done["user"]["id"], disabled=True):
        signing_in = await until_it_waits_for_a_lock(api, lambda: login(api, email))
    problem(await signing_in, "forbidden")


async def test_whoever_gets_another_role_while_they_sign_in_has_the_new_one(api: Api) -> None:
    email, done = await verified(api)
    await api.shop.token(email, Role.OPERATOR)
    async with changing(api, done["user"]["id"], role=Role.CUSTOMER):
        signing_in = await until_it_waits_for_a_lock(api, lambda: login(api, email))
    opened = ok(await signing_in)
    assert opened["user"]["role"] == "customer"
    assert ok(await api.get("/api/auth/me", opened["access_token"]))["role"] == "customer"
