"""What is done at the doors is in the audit: every change by those who work here in its own
transaction, and whatever is for or against security."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from firmhold.doors.shared.operation import Operation
from firmhold.identity.accounts import set_password
from firmhold.identity.passwords import Passwords
from firmhold.identity.permissions import Permission
from firmhold.identity.roles import Role
from tests.doors.client import EMAIL, PASSWORD, WITH_EXAMPLES, Api, example, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADMINISTRATIVE = {
    Permission.STOCK_WRITE,
    Permission.ORGANIZATION_WRITE,
    Permission.USERS_WRITE,
    Permission.KEYS_WRITE,
    Permission.WEBHOOKS_WRITE,
    Permission.NOTIFICATIONS_WRITE,
}

IN_THE_LEDGER = {"change_capacity", "change_slot_capacity"}
"""What changes counters is decided by the engine, which writes the ledger."""

NOTED = [
    op
    for op in WITH_EXAMPLES
    if op.method != "GET"
    and op.effect
    and op.permission in ADMINISTRATIVE
    and op.name not in IN_THE_LEDGER
]


async def acts(api: Api, kind: str | None = None) -> list[Any]:
    """What the audit has of this organization, in order."""
    rows = await api.shop.fetch(
        "SELECT kind, actor, subject, facts FROM act WHERE organization_id = $1 "
        "AND ($2::text IS NULL OR kind = $2) ORDER BY at",
        api.shop.organization.id[-32:],
        kind,
    )
    return [{**row, "facts": json.loads(row["facts"])} for row in rows]


@pytest.mark.parametrize("operation", NOTED, ids=lambda op: op.name)
async def test_who_did_what_is_noted_once_with_what_was_asked_for(
    api: Api, operation: Operation
) -> None:
    path, body, headers = await example(api, operation)
    before = len(await acts(api, operation.name))
    for _ in range(2 if "idempotency-key" in headers else 1):
        answer = await api.call(operation.method, path, api.admin, body, headers=headers)
        assert answer.status_code == operation.status, answer.text
    noted = (await acts(api, operation.name))[before:]
    assert len(noted) == 1, "a repeat did nothing, so nothing is noted of it"
    (act,) = noted
    assert act["actor"] == f"user:{api.user(api.admin)}"
    assert act["subject"]
    facts = act["facts"]
    if operation.path != (route := path.partition("?")[0]):
        assert set(facts["path"].values()) <= set(route.split("/"))
    if isinstance(body, dict):
        assert facts["body"].items() >= {k: v for k, v in body.items() if k in SAME}.items()


SAME = {"name", "email", "role", "scopes", "title", "sku", "kind", "rule"}
"""What a body says in only one way."""


@pytest.mark.parametrize("operation", NOTED, ids=lambda op: op.name)
async def test_what_was_refused_did_nothing_and_is_not_noted(
    api: Api, operation: Operation
) -> None:
    path, body, headers = await example(api, operation)
    before = await acts(api, operation.name)
    answer = await api.call(operation.method, path, api.customer, body, headers=headers)
    problem(answer, "forbidden")
    assert await acts(api, operation.name) == before


async def test_what_came_to_nothing_while_it_was_done_is_not_noted(api: Api) -> None:
    sku = (await api.item())["sku"]
    before = await acts(api)
    body = {"sku": sku, "name": "Again", "capacity": 1}
    problem(await api.post("/v1/items", api.operator, body), "already_exists")
    nobody = f"/v1/users/usr_{'0' * 32}"
    problem(await api.patch(nobody, api.owner, {"role": "customer"}), "not_found")
    assert await acts(api) == before


async def test_a_change_that_is_too_long_for_the_audit_is_named_by_its_digest(api: Api) -> None:
    items = [{"sku": fresh("bulk"), "name": "x" * 100, "capacity": 1} for _ in range(100)]
    ok(await api.post("/v1/items/bulk", api.operator, {"items": items}), 201)
    (act,) = await acts(api, "create_items")
    assert act["facts"].keys() == {"body"}
    assert act["facts"]["body"].keys() == {"bytes", "sha256"}
    assert act["facts"]["body"]["bytes"] > 10_000


async def test_nothing_that_opens_a_door_gets_into_the_audit(stage: Api) -> None:
    opened = []
    for operation in WITH_EXAMPLES:
        if operation.method == "GET" or operation.permission is Permission.DEMO_RESET:
            continue
        path, body, headers = await example(stage, operation)
        answer = await stage.call(operation.method, path, stage.admin, body, headers=headers)
        opened += [str(value) for name, value in _members(answer) if name in OPENS]
        given = body if isinstance(body, dict) else {}
        opened += [str(value) for name, value in given.items() if name in OPENS]
    assert len(opened) > 10
    rows = await stage.shop.fetch("SELECT a::text AS all FROM act AS a")
    text = "\n".join(row["all"] for row in rows)
    assert len(rows) > 50
    for secret in (*opened, PASSWORD, "$argon2id$"):
        assert secret not in text


OPENS = {"access_token", "refresh_token", "key", "token", "hold_token", "code", "password", "new"}


def _members(answer: Any) -> list[tuple[str, Any]]:
    if not answer.content or "json" not in answer.headers.get("content-type", ""):
        return []
    body = answer.json()
    return list(body.items()) if isinstance(body, dict) else []


# --- for and against security ---


async def login(api: Api, email: str, password: str = PASSWORD) -> Any:
    body = {"email": email, "password": password, "organization": api.slug}
    return await api.post("/api/auth/login", None, body, headers={"user-agent": "Tester"})


async def test_sessions_are_noted_as_they_are_opened_and_ended(api: Api) -> None:
    await api.set_password(api.customer)
    done = ok(await login(api, EMAIL))
    opened = (await acts(api, "session_opened"))[-1]
    session = opened["subject"]
    assert session.startswith("ses_")
    assert opened["actor"] == f"user:{api.user(api.customer)}"
    assert opened["facts"] == {"by": "password", "agent": "Tester", "address": "127.0.0.1"}
    path = "/api/auth/logout"
    answer = await api.post(path, None, {"refresh_token": done["refresh_token"]})
    assert answer.status_code == 204
    ended = (await acts(api, "session_ended"))[-1]
    assert (ended["subject"], ended["facts"]) == (session, {"why": "signed_out"})


async def test_a_refresh_token_that_is_used_twice_is_noted(api: Api) -> None:
    opened = await api.sign_in(api.customer)
    given = {"refresh_token": opened.refresh_token}
    for _ in range(2):
        following = ok(await api.post("/api/auth/refresh", None, given))["refresh_token"]
        given = {"refresh_token": following}
    await api.shop.fetch(
        "UPDATE refresh_token SET spent_at = spent_at - interval '1 hour' WHERE session_id = $1",
        opened.session[-32:],
    )
    thief = await api.post("/api/auth/refresh", None, {"refresh_token": opened.refresh_token})
    problem(thief, "unauthenticated")
    ended = (await acts(api, "session_ended"))[-1]
    assert (ended["subject"], ended["facts"]) == (opened.session, {"why": "reused"})


async def test_who_is_refused_is_noted_a_moment_later_and_who_does_not_exist_is_not(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def now() -> float:
        raise AssertionError("it takes longer where there is an account")

    await api.set_password(api.customer)
    await api.sign_in(api.customer)
    signing_in = api.shop.services.signing_in
    with monkeypatch.context() as patch:
        patch.setattr(signing_in, "run_once", now)
        for _ in range(3):
            problem(await login(api, EMAIL, "not it at all"), "unauthenticated")
            problem(await login(api, "nobody@example.org", "not it at all"), "unauthenticated")
    await signing_in.run_once()
    noted = await acts(api, "sign_in_refused")
    assert {act["actor"] for act in noted} == {f"user:{api.user(api.customer)}"}
    assert {act["facts"]["address"] for act in noted} == {"127.0.0.1"}
    # Its own loop may have noted some of them already.
    assert sum(act["facts"]["times"] for act in noted) == 3


async def test_an_organization_that_lets_somebody_in_does_not_learn_where_they_are(
    stage: Api, api: Api
) -> None:
    """Its owner needs nothing but their address for that, and reads the audit."""
    email = f"{fresh('stranger')}@example.org"
    await stage.shop.token(email)
    ok(await api.post("/v1/users", api.owner, {"email": email, "role": "customer"}), 201)
    body = {"email": email, "password": "not it at all"}
    for times in (0, 1, 2):  # before they have come, then without a session here, and with one
        problem(await stage.post("/api/auth/login", None, body), "unauthenticated")
        await api.shop.services.signing_in.run_once()
        while len(await acts(api, "sign_in_refused")) < times:
            await asyncio.sleep(0)  # the server's own loop may be at it
        assert len(await acts(api, "sign_in_refused")) == times
        if times == 0:
            await api.shop.fetch(
                "UPDATE users SET invited_at = NULL WHERE organization_id = $1 AND email = $2",
                api.shop.organization.id[-32:],
                email,
            )
            continue
        user = (await api.walk("/v1/users", api.owner, email=email))[0]["id"]
        token = api.shop.services.tokens.access_token(
            api.shop.organization.id, user, email, Role.CUSTOMER, "ses_1"
        )
        await api.sign_in(token)
    here = [act["facts"] for act in await acts(api, "sign_in_refused")]
    there = [act["facts"] for act in await acts(stage, "sign_in_refused")]
    assert here == [{"times": 1}, {"times": 1, "address": "127.0.0.1"}]
    assert there[-2:] == [{"times": 1, "address": "127.0.0.1"}] * 2


async def test_a_new_password_is_noted_wherever_its_owner_is_a_user(api: Api) -> None:
    await api.set_password(api.customer)
    body = {"current": PASSWORD, "new": "long enough to be another"}
    answer = await api.post("/api/auth/password", api.customer, body)
    assert answer.status_code == 204
    (act,) = await acts(api, "password_changed")
    assert (act["actor"], act["facts"]) == (f"user:{api.user(api.customer)}", {})


async def test_a_password_that_the_command_line_has_set_is_not_its_owners_doing(api: Api) -> None:
    passwords = Passwords(time_cost=1, memory_kib=64)
    await set_password(api.shop.services.database, passwords, EMAIL, "long enough to be another")
    passwords.close()
    (act,) = await acts(api, "password_changed")
    assert (act["actor"], act["subject"]) == ("server", api.user(api.customer))


async def test_an_organization_that_the_command_line_has_made_is_noted_once(stage: Api) -> None:
    directory, slug = stage.shop.services.directory, fresh("made")
    made = await directory.ensure_organization(slug, "Made")
    assert await directory.ensure_organization(slug, "Again") == made
    rows = await stage.shop.fetch(
        "SELECT kind, actor, subject, facts FROM act WHERE organization_id = $1", made.id[-32:]
    )
    (act,) = ({**row, "facts": json.loads(row["facts"])} for row in rows)
    assert (act["kind"], act["actor"], act["subject"]) == ("organization_made", "server", made.id)
    assert act["facts"] == {"slug": slug}


async def test_who_registers_is_noted_and_that_the_address_was_theirs(api: Api) -> None:
    email = f"{fresh('new')}@example.org"
    body = {"email": email, "password": PASSWORD, "organization": api.slug}
    done = ok(await api.post("/api/auth/register", None, body), 201)
    user = done["user"]
    (act,) = await acts(api, "register")
    assert act["facts"] == {"email": email, "role": "customer"}
    assert (act["actor"], act["subject"]) == (f"user:{user['id']}", user["id"])
    code = {"code": await api.code_sent(email)}
    assert (await api.post("/api/auth/verify", done["access_token"], code)).status_code == 204
    (verified,) = await acts(api, "address_verified")
    assert verified["actor"] == f"user:{user['id']}"


async def test_nothing_of_an_organization_is_noted_in_another(api: Api) -> None:
    elsewhere = await api.shop.services.directory.ensure_organization(fresh("other"), "Other")
    await api.item()
    await api.sign_in(api.customer)
    sql = "SELECT count(*) FROM act WHERE organization_id = $1"
    assert await api.shop.fetchval(sql, elsewhere.id[-32:]) == 1, "that it was made"
    assert await api.shop.fetchval(sql, api.shop.organization.id[-32:]) > 0
