"""Who is asked in, and who comes: tried by those who own some organization, and by those who have
registered with an address that is not theirs."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from firmhold.identity.roles import Role
from tests.doors.client import PASSWORD, Api, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

THEIRS = "another one, and theirs"


async def register(api: Api, email: str | None = None) -> tuple[str, Any]:
    """An account that somebody has made with an address that need not be theirs."""
    email = email or f"{fresh('anybody')}@example.org"
    body = {"email": email, "password": PASSWORD, "organization": api.slug}
    return email, ok(await api.post("/api/auth/register", None, body), 201)


async def verify(api: Api, token: str | None, code: str) -> httpx.Response:
    return await api.post("/api/auth/verify", token, {"code": code})


async def verified(api: Api) -> tuple[str, Any]:
    """An account of whoever reads mail to its address."""
    email, done = await register(api)
    code = await api.code_sent(email)
    assert (await verify(api, done["access_token"], code)).status_code == 204
    return email, done


async def login(api: Api, email: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
    """Plainly: without a word of where, but for what `more` says."""
    return await api.http.post(
        "/api/auth/login", json={"email": email, "password": password, **more}
    )


async def invite(api: Api, email: str, role: str = "operator") -> Any:
    return ok(await api.post("/v1/users", api.owner, {"email": email, "role": role}), 201)


async def set_password(api: Api, code: str, password: str = THEIRS) -> httpx.Response:
    return await api.post("/api/auth/password/reset", None, {"code": code, "password": password})


async def letter(api: Api, email: str) -> Any:
    """The kind and the facts of the newest letter to this address."""
    return await api.shop.fetchrow(
        "SELECT kind, facts::text AS facts FROM letter WHERE address = $1 "
        "ORDER BY created_at DESC, id DESC LIMIT 1",
        email,
    )


async def works(api: Api, done: Any) -> bool:
    return (await api.get("/api/auth/me", done["access_token"])).status_code == 200


async def acts_about(api: Api, user: str) -> set[str]:
    found = await api.walk("/v1/audit/acts", api.owner, actor=f"user:{user}")
    return {act["kind"] for act in found}


# --- an address that somebody else has registered with ---


async def test_a_code_without_a_session_verifies_nothing(api: Api) -> None:
    """Its owner enters a code that they have not asked for: the password is not theirs."""
    email, done = await register(api)
    code = await api.code_sent(email)
    problem(await verify(api, None, code), "unauthenticated")
    assert ok(await login(api, email))["verified"] is False
    assert (await verify(api, done["access_token"], code)).status_code == 204, "it is as good"


async def test_a_code_is_none_in_somebody_elses_session(api: Api) -> None:
    email, done = await register(api)
    code = await api.code_sent(email)
    for token in (api.customer, api.owner, (await register(api))[1]["access_token"]):
        assert problem(await verify(api, token, code), "malformed_request")["field"] == "code"
    assert ok(await login(api, email))["verified"] is False
    assert (await verify(api, done["access_token"], code)).status_code == 204
    problem(await verify(api, done["access_token"], code), "malformed_request")


async def test_neither_a_key_nor_a_hold_verifies_anything(api: Api) -> None:
    email, _ = await register(api)
    code = await api.code_sent(email)
    key = {"name": "A program", "scopes": ["users:write"]}
    key = ok(await api.post("/v1/api-keys", api.owner, key), 201)["key"]
    item = await api.item()
    hold = await api.hold(item["id"])
    token = api.shop.services.tokens.hold_token(api.shop.organization.id, hold["id"])
    for other in (key, token):
        problem(await verify(api, other, code), "forbidden")
    assert ok(await login(api, email))["verified"] is False


async def test_whoever_owns_the_address_has_the_account_by_a_new_password(api: Api) -> None:
    email, strangers = await register(api)
    await api.post("/api/auth/password/forgotten", None, {"email": email})
    assert (await set_password(api, await api.code_sent(email))).status_code == 204
    assert not await works(api, strangers)
    problem(await login(api, email), "unauthenticated")
    assert ok(await login(api, email, THEIRS))["verified"]


# --- what whoever owns some organization can do to a stranger ---


@pytest.mark.parametrize("role", ["customer", "auditor", "operator", "owner"])
async def test_to_be_asked_in_changes_nothing_elsewhere(stage: Api, api: Api, role: str) -> None:
    for email, done in (await register(stage), await verified(stage)):
        await invite(api, email, role)
        assert await works(stage, done)
        ok(await stage.post("/api/auth/refresh", None, {"refresh_token": done["refresh_token"]}))
        # One place, as far as whoever signs in plainly is concerned.
        assert ok(await login(stage, email))["user"] == done["user"]


async def test_whoever_was_asked_in_and_never_came_is_not_told_of(stage: Api, api: Api) -> None:
    email, done = await register(stage)
    user = await invite(api, email)
    problem(await login(stage, email, "not the password"), "unauthenticated")
    await stage.shop.services.signing_in.run_once()
    body = {"current": PASSWORD, "new": THEIRS}
    changed = await stage.post("/api/auth/password", done["access_token"], body)
    assert changed.status_code == 204
    await stage.post("/api/auth/verify/send", done["access_token"])
    code = await stage.code_sent(email)
    assert (await verify(stage, done["access_token"], code)).status_code == 204
    assert await acts_about(api, user["id"]) == set()
    assert {"sign_in_refused", "password_changed", "address_verified"} <= await acts_about(
        stage, done["user"]["id"]
    )


async def test_an_invitation_voids_no_code_that_was_sent_for_something_else(
    stage: Api, api: Api
) -> None:
    email, done = await register(stage)
    first = await stage.code_sent(email)
    await stage.post("/api/auth/password/forgotten", None, {"email": email})
    second = await stage.code_sent(email)
    await invite(api, email)
    assert (await verify(stage, done["access_token"], first)).status_code == 204
    assert (await set_password(stage, second)).status_code == 204


async def test_two_organizations_invitations_stand_beside_each_other(stage: Api, api: Api) -> None:
    email = f"{fresh('wanted')}@example.org"
    one, code = await invite(stage, email), await stage.code_sent(email)
    two = await invite(api, email)
    assert (await set_password(stage, code)).status_code == 204
    assert ok(await login(stage, email, THEIRS))["user"]["id"] == one["id"]
    # No letter sets the password of somebody who has come with one.
    problem(await set_password(api, await api.code_sent(email), PASSWORD), "malformed_request")
    there = ok(await login(api, email, THEIRS, organization=api.slug))
    assert there["user"]["id"] == two["id"]


async def test_an_invitation_keeps_nobody_from_registering_elsewhere(stage: Api, api: Api) -> None:
    email = f"{fresh('new')}@example.org"
    await invite(api, email)
    _, done = await register(stage, email)
    assert done["user"]["role"] == "customer"
    problem(await login(api, email, organization=api.slug), "forbidden")
    assert ok(await login(stage, email))["user"] == done["user"]
    again = {"email": email, "password": THEIRS}
    problem(await stage.post("/api/auth/register", None, again), "already_exists")


async def test_where_one_was_asked_in_one_does_not_register(api: Api) -> None:
    """Somebody who only knows the address would be what its owner was to be."""
    email = f"{fresh('wanted')}@example.org"
    await invite(api, email)
    body = {"email": email, "password": PASSWORD}
    problem(await api.post("/api/auth/register", None, body), "already_exists")
    problem(await login(api, email), "unauthenticated")


async def test_an_account_without_a_password_that_has_a_place_is_nobodys_to_register(
    stage: Api, api: Api
) -> None:
    email = f"{fresh('let-in')}@example.org"
    await api.shop.token(email, Role.OPERATOR)
    await api.shop.fetch("UPDATE person SET verified_at = NULL WHERE email = $1", email)
    body = {"email": email, "password": PASSWORD}
    problem(await stage.post("/api/auth/register", None, body), "already_exists")
    problem(await login(api, email), "unauthenticated")


# --- to come ---


async def test_whoever_registered_the_address_does_not_come_in_its_owners_place(
    stage: Api, api: Api
) -> None:
    email, _ = await register(stage)
    user = await invite(api, email)
    found = problem(await login(api, email, organization=api.slug), "forbidden")
    assert found["organizations"] == [stage.slug], "nor is told where they are wanted"
    assert ok(await api.get(f"/v1/users/{user['id']}", api.owner))["invited_at"]
    assert (await set_password(api, await api.code_sent(email))).status_code == 204
    problem(await login(api, email, organization=api.slug), "unauthenticated")
    done = ok(await login(api, email, THEIRS, organization=api.slug))
    assert (done["user"]["id"], done["user"]["role"]) == (user["id"], "operator")


async def test_whoever_has_shown_whose_the_address_is_comes_by_signing_in_there(
    stage: Api, api: Api
) -> None:
    email, _ = await verified(stage)
    user = await invite(api, email)
    told = await letter(api, email)
    assert (told["kind"], "code" in told["facts"], api.slug in told["facts"]) == (
        "invited",
        False,
        True,
    )
    done = ok(await login(api, email, organization=api.slug))
    assert done["user"] == {**user, "invited_at": None}
    assert ok(await api.get(f"/v1/users/{user['id']}", api.owner))["invited_at"] is None
    assert "invitation_accepted" in await acts_about(api, user["id"])
    # From now on there are two places, and that is their own doing.
    problem(await login(api, email), "malformed_request")


async def test_an_account_that_is_verified_later_comes_then_with_its_own_password(
    stage: Api, api: Api
) -> None:
    email, done = await register(stage)
    await invite(api, email)
    problem(await login(api, email, organization=api.slug), "forbidden")
    await stage.post("/api/auth/verify/send", done["access_token"])
    code = await stage.code_sent(email)
    assert (await verify(stage, done["access_token"], code)).status_code == 204
    assert ok(await login(api, email, organization=api.slug))["user"]["role"] == "operator"
    assert await works(stage, done)


async def test_where_one_has_no_other_place_one_need_not_say_where(stage: Api, api: Api) -> None:
    email = f"{fresh('wanted')}@example.org"
    for where in (stage, api):
        await invite(where, email)
    await stage.post("/api/auth/password/forgotten", None, {"email": email})
    assert (await set_password(stage, await stage.code_sent(email))).status_code == 204
    found = problem(await login(stage, email, THEIRS), "malformed_request")
    assert set(found["organizations"]) == {stage.slug, api.slug}
    ok(await login(api, email, THEIRS, organization=api.slug))
    done = ok(await login(api, email, THEIRS))
    assert done["user"]["organization"] == api.shop.organization.id


async def test_an_invitation_that_was_taken_back_is_none(api: Api) -> None:
    email = f"{fresh('unwanted')}@example.org"
    user = await invite(api, email)
    ok(await api.patch(f"/v1/users/{user['id']}", api.owner, {"disabled": True}))
    assert (await set_password(api, await api.code_sent(email))).status_code == 204
    problem(await login(api, email, THEIRS), "forbidden")
    assert ok(await api.get(f"/v1/users/{user['id']}", api.owner))["invited_at"]


async def test_whoever_was_asked_in_is_nobodys_customer_yet(stage: Api, api: Api) -> None:
    """An operator who names the address does not learn whether it was verified elsewhere."""
    email, _ = await verified(stage)
    user = await invite(api, email, "customer")
    item = await api.item()
    body = {"lines": [{"item": item["id"], "quantity": 1}], "customer": email}
    assert ok(await api.post("/v1/reservations", api.operator, body), 201)["customer"] == email
    ok(await login(api, email, organization=api.slug))
    held = ok(await api.post("/v1/reservations", api.operator, body), 201)
    assert held["customer"] == user["id"]


async def test_an_owner_who_has_not_come_does_not_count_as_one_who_is_left(api: Api) -> None:
    await invite(api, f"{fresh('second')}@example.org", "owner")
    await api.shop.token("admin@example.org", Role.CUSTOMER)
    path = f"/v1/users/{api.user(api.owner)}"
    for change in ({"role": "operator"}, {"disabled": True}):
        problem(await api.patch(path, api.owner, change), "malformed_request")


async def test_the_command_line_lets_in_at_once_and_by_no_strangers_password(
    stage: Api, api: Api
) -> None:
    email, done = await register(stage)
    user = await invite(api, email)
    assert await api.shop.services.directory.users_by_email(email, invited=False) == [
        it
        for it in await api.shop.services.directory.users_by_email(email)
        if it.organization == stage.shop.organization.id
    ]
    await api.shop.token(email, Role.OPERATOR)
    assert ok(await api.get(f"/v1/users/{user['id']}", api.owner))["invited_at"] is None
    problem(await login(api, email), "unauthenticated")
    await api.shop.services.ended.look()
    assert not await works(stage, done)
