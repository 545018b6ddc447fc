"""Signing in, staying signed in, signing out: what works, and every way to cheat at it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from firmhold.identity import accounts
from firmhold.identity.accounts import set_up_code
from firmhold.identity.letters import Kind, Letter, Post
from firmhold.identity.permissions import SCOPES, Permission
from firmhold.identity.roles import Role
from firmhold.identity.sessions import IDLE
from tests.databases import Server
from tests.doors.client import PASSWORD, Api, fresh, ok, problem
from tests.shop import open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

COOKIE = "__Host-firmhold-refresh"


async def register(api: Api, **more: Any) -> tuple[str, Any]:
    """A new account: its address, and the answer."""
    email = f"{fresh('person')}@example.org"
    body = {"email": email, "password": PASSWORD, **more}
    return email, ok(await api.post("/api/auth/register", None, body), 201)


async def verify(api: Api, email: str, done: Any) -> None:
    """Show that the address is theirs, with what they got when they registered."""
    code = {"code": await api.code_sent(email)}
    assert (await api.post("/api/auth/verify", done["access_token"], code)).status_code == 204


async def login(api: Api, email: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await api.post("/api/auth/login", None, {"email": email, "password": password, **more})


async def refresh(api: Api, token: str | None, **more: Any) -> httpx.Response:
    body = {} if token is None else {"refresh_token": token}
    return await api.post("/api/auth/refresh", None, body, **more)


async def later(api: Api, seconds: float) -> None:
    """Let every refresh token have been spent so much earlier."""
    await api.shop.fetch(
        "UPDATE refresh_token SET spent_at = spent_at - $1::interval",
        timedelta(seconds=seconds),
    )


async def works(api: Api, token: str) -> bool:
    response = await api.get("/api/auth/me", token)
    assert response.status_code in {200, 401}, response.text
    return response.status_code == 200


# --- accounts ---


async def test_whoever_registers_is_a_customer_and_signed_in(api: Api) -> None:
    email, done = await register(api, name="Ada")
    assert (done["user"]["role"], done["user"]["email"], done["verified"]) == (
        "customer",
        email,
        False,
    )
    who = ok(await api.get("/api/auth/me", done["access_token"]))
    assert who["email"] == email
    assert set(who["permissions"]) == {
        *("catalogue:read", "notifications:own", "reservations:own", "sessions:own"),
    }
    item = await api.item()
    held = await api.hold(item["id"], 1, done["access_token"])
    assert held["customer"] == done["user"]["id"]


async def test_registering_twice_is_refused_and_changes_nothing(api: Api) -> None:
    email, _ = await register(api)
    again = {"email": email.upper(), "password": "another good password"}
    problem(await api.post("/api/auth/register", None, again), "already_exists")
    problem(await login(api, email, "another good password"), "unauthenticated")
    ok(await login(api, email))


async def test_where_registration_is_closed_nobody_registers(api: Api) -> None:
    ok(await api.patch("/v1/organization", api.owner, {"open_registration": False}))
    body = {"email": f"{fresh('person')}@example.org", "password": PASSWORD}
    problem(await api.post("/api/auth/register", None, body), "forbidden")
    assert (
        await api.shop.fetchval("SELECT count(*) FROM person WHERE email = $1", body["email"]) == 0
    )


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "Expected `str` of length >= 8"),
        ("x" * 129, "<= 128"),
        ("aaaaaaaaaa", "too few"),
        ("password1", "one of the first"),
        ("Qwerty123", "one of the first"),
        (None, "str"),
        (12345678, "str"),
    ],
)
async def test_a_bad_password_is_refused_with_the_reason(api: Api, password: Any, why: str) -> None:
    body = {"email": f"{fresh('person')}@example.org", "password": password}
    found = problem(await api.post("/api/auth/register", None, body), "malformed_request")
    assert found["field"] == "password"


async def test_a_password_is_not_the_address(api: Api) -> None:
    email = f"{fresh('a-long-name')}@example.org"
    for password in (email, email.partition("@")[0].upper()):
        body = {"email": email, "password": password}
        found = problem(await api.post("/api/auth/register", None, body), "malformed_request")
        assert "e-mail" in found["reason"]


@pytest.mark.parametrize(
    "more",
    [
        {"role": "owner"},
        {"organization_id": "org_" + "0" * 32},
        {"verified": True},
        {"permissions": ["audit:read"]},
        {"user": {"role": "admin"}},
    ],
    ids=str,
)
async def test_nobody_registers_as_more_than_a_customer(api: Api, more: dict[str, Any]) -> None:
    body = {"email": f"{fresh('person')}@example.org", "password": PASSWORD, **more}
    problem(await api.post("/api/auth/register", None, body), "malformed_request")


async def test_who_has_an_account_cannot_be_learned_by_signing_in(api: Api) -> None:
    email, _ = await register(api)
    wrong = await login(api, email, "not the password")
    unknown = await login(api, f"{fresh('nobody')}@example.org", "not the password")
    assert problem(wrong, "unauthenticated") == problem(unknown, "unauthenticated")
    # Nor is there a password where none has been set.
    problem(await login(api, "auditor@example.org", ""), "malformed_request")
    problem(await login(api, "auditor@example.org", "x" * 20), "unauthenticated")


async def test_as_much_work_is_done_for_whoever_does_not_exist(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same number of hashes is compared, so the clock tells nothing either."""
    email, _ = await register(api)
    passwords = api.shop.services.signing_in._passwords
    matches, seen = passwords._matches, []

    def counted(kept: str, password: str) -> bool:
        seen.append(kept[:30])
        return matches(kept, password)

    monkeypatch.setattr(passwords, "_matches", counted)
    problem(await login(api, email, "not the password"), "unauthenticated")
    problem(await login(api, "nobody@nowhere.example", "not the password"), "unauthenticated")
    assert len(seen) == 2 and seen[0] == seen[1], "one each, at the same cost"


async def test_whoever_is_a_user_of_several_organizations_names_one(stage: Api, api: Api) -> None:
    email, done = await register(api)
    await verify(api, email, done)
    other = stage.shop
    await other.services.directory.put_user(other.organization.id, email, Role.AUDITOR)
    nameless = {"email": email, "password": PASSWORD}
    found = problem(await api.http.post("/api/auth/login", json=nameless), "malformed_request")
    assert found["field"] == "organization"
    assert set(found["organizations"]) == {api.slug, other.organization.slug}
    for slug, role in ((api.slug, "customer"), (other.organization.slug, "auditor")):
        body = {**nameless, "organization": slug}
        assert ok(await api.http.post("/api/auth/login", json=body))["user"]["role"] == role
    problem(await login(api, email, organization="nowhere"), "not_found")
    third = await stage.shop.services.directory.ensure_organization(fresh("third"), "Third")
    problem(await login(api, email, organization=third.slug), "forbidden")


# --- staying signed in ---


async def test_a_refresh_token_gets_a_successor_and_a_new_access_token(api: Api) -> None:
    _, first = await register(api)
    second = ok(await refresh(api, first["refresh_token"]))
    assert second["refresh_token"] != first["refresh_token"]
    assert await works(api, second["access_token"])
    third = ok(await refresh(api, second["refresh_token"]))
    assert third["refresh_token"] not in {first["refresh_token"], second["refresh_token"]}


async def test_a_lost_answer_may_be_asked_for_again_for_a_few_seconds(api: Api) -> None:
    _, first = await register(api)
    second = ok(await refresh(api, first["refresh_token"]))
    again = ok(await refresh(api, first["refresh_token"]))
    assert again["refresh_token"] == second["refresh_token"]
    ok(await refresh(api, second["refresh_token"]))


async def test_two_windows_that_refresh_together_stay_signed_in(api: Api) -> None:
    _, first = await register(api)
    token = first["refresh_token"]
    for _ in range(3):
        answers = await asyncio.gather(*(refresh(api, token) for _ in range(6)))
        tokens = {ok(answer)["refresh_token"] for answer in answers}
        assert len(tokens) == 1
        (token,) = tokens


async def test_a_window_that_slept_through_two_refreshes_gets_the_newest(api: Api) -> None:
    _, first = await register(api)
    token = first["refresh_token"]
    for _ in range(3):
        token = ok(await refresh(api, token))["refresh_token"]
    assert ok(await refresh(api, first["refresh_token"]))["refresh_token"] == token


async def test_reuse_kills_the_family(api: Api) -> None:
    _, first = await register(api)
    second = ok(await refresh(api, first["refresh_token"]))
    await later(api, 11)
    found = problem(await refresh(api, first["refresh_token"]), "unauthenticated")
    assert "copied" in found["detail"]
    problem(await refresh(api, second["refresh_token"]), "unauthenticated")
    for token in (first["access_token"], second["access_token"]):
        assert not await works(api, token), "access tokens die with it"
    why = await api.shop.fetchval(
        "SELECT ended_why FROM session WHERE user_id = $1", first["user"]["id"][-32:]
    )
    assert why == "reused"


async def test_a_thief_and_the_owner_cannot_both_go_on(api: Api) -> None:
    """Whichever uses the stolen token first, the other is noticed."""
    for thief_first in (True, False):
        _, stolen = await register(api)
        one = ok(await refresh(api, stolen["refresh_token"]))
        await later(api, 60)
        late = await refresh(api, stolen["refresh_token"])
        problem(late, "unauthenticated")
        problem(await refresh(api, one["refresh_token"]), "unauthenticated")
        assert not await works(api, one["access_token"]), thief_first


async def test_another_family_lives_on(api: Api) -> None:
    email, first = await register(api)
    other = ok(await login(api, email))
    ok(await refresh(api, first["refresh_token"]))
    await later(api, 11)
    problem(await refresh(api, first["refresh_token"]), "unauthenticated")
    ok(await refresh(api, other["refresh_token"]))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "fhr_",
        "fhr_" + "A" * 43,
        "fhr_" + "A" * 42 + "B",
        "fhr_" + "\u00e4" * 43,
        "fhk_" + "A" * 43,
        "fhr_" + "A" * 100,
        "null",
        "eyJhbGciOiJub25lIn0.e30.",
    ],
)
async def test_a_made_up_refresh_token_is_refused(api: Api, token: str) -> None:
    problem(await refresh(api, token), "unauthenticated")


async def test_an_access_token_does_not_refresh_and_a_refresh_token_opens_nothing(
    api: Api,
) -> None:
    _, done = await register(api)
    problem(await refresh(api, done["refresh_token"][:-1]), "unauthenticated")
    problem(await refresh(api, done["refresh_token"] + "="), "unauthenticated")
    response = await api.post(
        "/api/auth/refresh", done["access_token"], {"refresh_token": "fhr_" + "A" * 43}
    )
    problem(response, "unauthenticated")
    assert not await works(api, done["refresh_token"])
    problem(await refresh(api, None), "unauthenticated")


async def test_a_session_ends_in_the_end(api: Api) -> None:
    _, done = await register(api)
    await api.shop.fetch(
        "UPDATE session SET expires_at = clock_timestamp() WHERE user_id = $1",
        done["user"]["id"][-32:],
    )
    problem(await refresh(api, done["refresh_token"]), "unauthenticated")


async def test_a_session_that_nobody_uses_ends(api: Api) -> None:
    opened = await api.sign_in(api.customer)
    sql = "UPDATE session SET seen_at = clock_timestamp() - $2::interval WHERE id = $1"
    id, moment = opened.session[-32:], timedelta(minutes=1)
    await api.shop.fetch(sql, id, IDLE - moment)
    following = ok(await refresh(api, opened.refresh_token))["refresh_token"]
    shown = ok(await api.get("/api/auth/sessions", opened.access_token))["data"]
    assert opened.session in {it["id"] for it in shown}
    await api.shop.fetch(sql, id, IDLE + moment)
    problem(await refresh(api, following), "unauthenticated")
    shown = ok(await api.get("/api/auth/sessions", opened.access_token))["data"]
    assert opened.session not in {it["id"] for it in shown}


async def test_nothing_that_could_be_used_is_kept(api: Api) -> None:
    email, done = await register(api)
    secret = done["refresh_token"]
    for table in ("refresh_token", "session", "person", "code"):
        rows = await api.shop.fetch(f"SELECT t::text AS row FROM {table} AS t")
        for row in rows:
            assert secret not in row["row"]
            assert PASSWORD not in row["row"]
    kept = await api.shop.fetchval("SELECT password FROM person WHERE email = $1", email)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_password_that_was_hashed_more_cheaply_is_hashed_anew(api: Api) -> None:
    token = await api.shop.token(email := f"{fresh('person')}@example.org")
    await api.set_password(token)
    sql = "SELECT password FROM person WHERE email = $1"
    assert "m=64," in await api.shop.fetchval(sql, email)
    ok(await login(api, email))
    assert "m=19456,t=2," in await api.shop.fetchval(sql, email)
    ok(await login(api, email))


# --- signing out ---


async def test_whoever_signs_out_is_out_at_once(api: Api) -> None:
    for how in ("refresh", "access", "both"):
        _, done = await register(api)
        body = {"refresh_token": done["refresh_token"]} if how != "access" else {}
        bearer = done["access_token"] if how != "refresh" else None
        response = await api.post("/api/auth/logout", bearer, body)
        assert (response.status_code, response.content) == (204, b"")
        assert not await works(api, done["access_token"])
        problem(await refresh(api, done["refresh_token"]), "unauthenticated")
        # Once more is no mistake.
        again = await api.post("/api/auth/logout", None, {"refresh_token": done["refresh_token"]})
        assert again.status_code == 204


async def test_an_access_token_that_is_over_keeps_nobody_from_signing_out(api: Api) -> None:
    _, done = await register(api)
    body = {"refresh_token": done["refresh_token"]}
    assert (await api.post("/api/auth/logout", "over", body)).status_code == 204
    problem(await refresh(api, done["refresh_token"]), "unauthenticated")
    problem(await api.post("/api/auth/logout", "over", {}), "unauthenticated")


async def test_signing_out_everywhere_ends_every_session_of_the_person(
    stage: Api, api: Api
) -> None:
    email, done = await register(api)
    await verify(api, email, done)
    await stage.shop.services.directory.put_user(stage.shop.organization.id, email, Role.AUDITOR)
    slugs = (api.slug, stage.shop.organization.slug, api.slug)
    others = [ok(await login(api, email, organization=slug)) for slug in slugs]
    response = await api.post("/api/auth/logout", done["access_token"], {"everywhere": True})
    assert response.status_code == 204
    for each in (done, *others):
        assert not await works(api, each["access_token"])
        problem(await refresh(api, each["refresh_token"]), "unauthenticated")


async def test_nobody_signs_out_without_saying_who(api: Api) -> None:
    for body in ({}, {"everywhere": True}):
        problem(await api.post("/api/auth/logout", None, body), "unauthenticated")
    _, done = await register(api)
    body = {"everywhere": True, "refresh_token": "fhr_" + "A" * 43}
    problem(await api.post("/api/auth/logout", None, body), "unauthenticated")
    assert await works(api, done["access_token"])


async def test_sessions_are_listed_and_ended_one_by_one(api: Api) -> None:
    email, done = await register(api)
    other = ok(await login(api, email))
    listed = ok(await api.get("/api/auth/sessions", done["access_token"]))["data"]
    assert [it["current"] for it in listed] == [False, True]
    assert all(it["kind"] == "password" and it["agent"] for it in listed)
    path = f"/api/auth/sessions/{listed[0]['id']}"
    assert (await api.delete(path, done["access_token"])).status_code == 204
    assert not await works(api, other["access_token"])
    assert await works(api, done["access_token"])
    problem(await api.delete(path, done["access_token"]), "not_found")
    assert len(ok(await api.get("/api/auth/sessions", done["access_token"]))["data"]) == 1


async def test_nobody_sees_or_ends_anybody_elses_session(api: Api) -> None:
    _, one = await register(api)
    _, two = await register(api)
    (session,) = ok(await api.get("/api/auth/sessions", one["access_token"]))["data"]
    for token in (two["access_token"], api.owner, api.admin):
        path = f"/api/auth/sessions/{session['id']}"
        problem(await api.delete(path, token), "not_found")
        listed = ok(await api.get("/api/auth/sessions", token))["data"]
        assert session["id"] not in {it["id"] for it in listed}
    assert await works(api, one["access_token"])


async def test_another_process_learns_of_the_end_at_its_next_look(api: Api) -> None:
    _, done = await register(api)
    async with open_shop(api.shop.dsn) as elsewhere:
        other = Api(elsewhere)
        async with other.http:
            assert await works(other, done["access_token"])
            await api.post("/api/auth/logout", done["access_token"], {})
            await elsewhere.services.ended.run_once()
            assert not await works(other, done["access_token"])


# --- cookies ---


async def with_cookie(api: Api) -> tuple[Any, str]:
    response = await api.post(
        "/api/auth/register",
        None,
        {"email": f"{fresh('person')}@example.org", "password": PASSWORD, "cookie": True},
    )
    api.http.cookies.clear()
    return ok(response, 201), response.headers["set-cookie"]


async def test_a_browser_gets_its_refresh_token_where_no_script_can_read_it(api: Api) -> None:
    done, header = await with_cookie(api)
    assert done["refresh_token"] is None
    name, _, rest = header.partition("=")
    assert name == COOKIE
    assert set(rest.split("; ")[1:]) >= {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"}
    assert "Domain" not in rest


SAME = {"sec-fetch-site": "same-origin"}
ORIGIN = {"origin": "http://firmhold.test"}


@pytest.mark.parametrize("where", [SAME, ORIGIN, {**SAME, **ORIGIN}], ids=str)
async def test_a_page_of_this_server_refreshes_with_the_cookie(
    api: Api, where: dict[str, str]
) -> None:
    _, header = await with_cookie(api)
    cookie = header.partition(";")[0]
    response = await refresh(api, None, headers={"cookie": cookie, **where})
    api.http.cookies.clear()
    assert ok(response)["refresh_token"] is None
    assert response.headers["set-cookie"].startswith(COOKIE)
    out = await api.post(
        "/api/auth/logout",
        None,
        {},
        headers={"cookie": response.headers["set-cookie"].partition(";")[0], **where},
    )
    assert out.status_code == 204
    assert "Max-Age=0" in out.headers["set-cookie"]
    api.http.cookies.clear()


ELSEWHERE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://firmhold.test.evil.example"},
    {"origin": "http://firmhold.test:81"},
    {"origin": "http://[firmhold.test"},
    {"sec-fetch-site": "cross-site", "origin": "http://firmhold.test"},
    {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
]


@pytest.mark.parametrize("where", [{}, *ELSEWHERE], ids=str)
async def test_a_page_of_another_site_does_nothing_with_the_cookie(
    api: Api, where: dict[str, str]
) -> None:
    done, header = await with_cookie(api)
    cookie = {"cookie": header.partition(";")[0]}
    problem(await refresh(api, None, headers={**cookie, **where}), "forbidden")
    problem(await api.post("/api/auth/logout", None, {}, headers={**cookie, **where}), "forbidden")
    assert await works(api, done["access_token"])


@pytest.mark.parametrize("where", ELSEWHERE, ids=str)
async def test_a_page_of_another_site_signs_nobody_in(api: Api, where: dict[str, str]) -> None:
    """As whom it likes: what they type afterwards would be theirs who have made the page. A form
    can send this."""
    email, _ = await register(api)
    given = f'{{"email": "{email}", "cookie": true, "password": "{PASSWORD}"}}'.encode()
    headers = {"content-type": "text/plain", **where}
    refused = await api.post("/api/auth/login", None, content=given, headers=headers)
    problem(refused, "forbidden")
    assert "set-cookie" not in refused.headers
    body = {"email": f"{fresh('person')}@example.org", "password": PASSWORD, "cookie": True}
    problem(await api.post("/api/auth/register", None, body, headers=where), "forbidden")
    body = {"code": "fhc_00", **body}
    problem(await api.post("/api/auth/set-up", None, body, headers=where), "forbidden")


@pytest.mark.parametrize("where", [{}, SAME, ORIGIN], ids=str)
async def test_a_page_of_this_server_and_a_program_sign_in_with_a_cookie(
    api: Api, where: dict[str, str]
) -> None:
    email, _ = await register(api)
    body = {"email": email, "password": PASSWORD, "cookie": True}
    answer = await api.post("/api/auth/login", None, body, headers=where)
    api.http.cookies.clear()
    assert ok(answer)["refresh_token"] is None
    assert answer.headers["set-cookie"].startswith(COOKIE)


async def test_the_cookie_opens_nothing_else(api: Api) -> None:
    _, header = await with_cookie(api)
    headers = {"cookie": header.partition(";")[0], **SAME}
    for path in ("/api/auth/me", "/api/auth/sessions", "/v1/reservations"):
        problem(await api.get(path, headers=headers), "unauthenticated")


# --- passwords ---


async def test_changing_the_password_ends_all_other_sessions(api: Api) -> None:
    email, done = await register(api)
    other = ok(await login(api, email))
    new = "another good password"
    body = {"current": PASSWORD, "new": new}
    assert (await api.post("/api/auth/password", done["access_token"], body)).status_code == 204
    assert await works(api, done["access_token"])
    ok(await refresh(api, done["refresh_token"]))
    assert not await works(api, other["access_token"])
    problem(await refresh(api, other["refresh_token"]), "unauthenticated")
    problem(await login(api, email), "unauthenticated")
    ok(await login(api, email, new))


async def test_a_password_is_changed_by_whoever_knows_it_only(api: Api) -> None:
    _, done = await register(api)
    for body, field in (
        ({"current": "not the password", "new": "another good password"}, "current"),
        ({"current": PASSWORD, "new": PASSWORD}, "new"),
        ({"current": PASSWORD, "new": "password1"}, "new"),
    ):
        found = problem(
            await api.post("/api/auth/password", done["access_token"], body), "malformed_request"
        )
        assert found["field"] == field


async def test_a_forgotten_password_is_set_anew_with_the_code_that_was_sent(api: Api) -> None:
    email, done = await register(api)
    response = await api.post("/api/auth/password/forgotten", None, {"email": email})
    assert (response.status_code, response.content) == (202, b"")
    code = await api.code_sent(email)
    new = {"code": code, "password": "another good password"}
    assert (await api.post("/api/auth/password/reset", None, new)).status_code == 204
    assert not await works(api, done["access_token"]), "whoever had the old one is out"
    assert ok(await login(api, email, "another good password"))["verified"]
    found = problem(await api.post("/api/auth/password/reset", None, new), "malformed_request")
    assert found["field"] == "code"


async def test_whether_there_is_an_account_is_not_told_to_whoever_has_forgotten(api: Api) -> None:
    email, _ = await register(api)
    answers = [
        await api.post("/api/auth/password/forgotten", None, {"email": address})
        for address in (email, f"{fresh('nobody')}@example.org")
    ]
    assert answers[0].status_code == answers[1].status_code == 202
    assert answers[0].content == answers[1].content


async def test_who_has_an_account_cannot_be_learned_from_how_long_it_takes_to_send_a_code(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer waits for nothing that is done only where there is an account."""
    email, _ = await register(api)
    written = asyncio.Event()

    async def slowly(*_: Any, **__: Any) -> None:
        await written.wait()

    monkeypatch.setattr(accounts, "_send", slowly)
    asked = asyncio.create_task(api.post("/api/auth/password/forgotten", None, {"email": email}))
    await asyncio.wait({asked}, timeout=30)
    assert asked.done()
    assert asked.result().status_code == 202
    written.set()
    await api.shop.services.accounts.settle()


async def test_codes_are_not_sent_without_bound(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "MOST_SENDING", 0)
    for email in ((await register(api))[0], f"{fresh('nobody')}@example.org"):
        answer = await api.post("/api/auth/password/forgotten", None, {"email": email})
        problem(answer, "overloaded")


async def test_a_newer_code_makes_the_older_void_and_a_late_one_is_void(api: Api) -> None:
    email, _ = await register(api)
    codes = []
    for _ in range(2):
        await api.post("/api/auth/password/forgotten", None, {"email": email})
        codes.append(await api.code_sent(email))
    old, new = ({"code": code, "password": "another good password"} for code in codes)
    problem(await api.post("/api/auth/password/reset", None, old), "malformed_request")
    await api.shop.fetch("UPDATE code SET expires_at = clock_timestamp()")
    problem(await api.post("/api/auth/password/reset", None, new), "malformed_request")
    ok(await login(api, email))


async def test_a_code_for_one_thing_is_none_for_another(api: Api) -> None:
    email, done = await register(api)
    code = await api.code_sent(email)
    reset = {"code": code, "password": "another good password"}
    problem(await api.post("/api/auth/password/reset", None, reset), "malformed_request")
    set_up = {"code": code, "email": email, "password": "another good password"}
    problem(await api.post("/api/auth/set-up", None, set_up), "malformed_request")
    await verify(api, email, done)
    assert ok(await login(api, email))["verified"]


@pytest.mark.parametrize("code", ["", "fhc_", "fhc_zz", "x", "fhc_" + "0" * 64, "0" * 64])
async def test_a_made_up_code_is_refused(api: Api, code: str) -> None:
    for path, more in (
        ("verify", {}),
        ("password/reset", {"password": "another good password"}),
        ("set-up", {"email": "x@example.org", "password": "another good password"}),
    ):
        body = {"code": code, **more}
        token = api.customer if path == "verify" else None
        found = problem(await api.post(f"/api/auth/{path}", token, body), "malformed_request")
        assert found["field"] == "code"


async def test_a_bad_new_password_leaves_the_code_good(api: Api) -> None:
    email, _ = await register(api)
    await api.post("/api/auth/password/forgotten", None, {"email": email})
    code = await api.code_sent(email)
    body = {"code": code, "password": "password1"}
    problem(await api.post("/api/auth/password/reset", None, body), "malformed_request")
    body["password"] = "another good password"
    assert (await api.post("/api/auth/password/reset", None, body)).status_code == 204


async def test_one_code_used_by_many_at_once_works_once(api: Api) -> None:
    email, _ = await register(api)
    await api.post("/api/auth/password/forgotten", None, {"email": email})
    code = await api.code_sent(email)
    answers = await asyncio.gather(
        *(
            api.post(
                "/api/auth/password/reset",
                None,
                {"code": code, "password": f"another good password {number}"},
            )
            for number in range(5)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [204, 400, 400, 400, 400]


async def test_an_address_that_was_not_verified_is_nobodys_when_an_operator_names_it(
    api: Api,
) -> None:
    email, done = await register(api)
    item = await api.item()
    line = [{"item": item["id"], "quantity": 1}]
    body = {"lines": line, "customer": email}
    held = ok(await api.post("/v1/reservations", api.operator, body), 201)
    assert held["customer"] == email, "somebody else's address may have been claimed"
    await verify(api, email, done)
    held = ok(await api.post("/v1/reservations", api.operator, body), 201)
    assert held["customer"] == done["user"]["id"]


async def test_letters_are_handed_over_once_and_then_forgotten(api: Api) -> None:
    email, _ = await register(api)
    carried: list[Letter] = []

    class Carrier:
        broken = True

        async def carry(self, letter: Letter) -> None:
            if letter.address != email:
                return
            if self.broken:
                raise OSError("the mail server is away")
            carried.append(letter)

    await api.shop.fetch("DELETE FROM letter WHERE address <> $1", email)
    carrier = Carrier()
    post = Post(api.shop.services.database, carrier)
    await post.run_once()
    assert not carried
    carrier.broken = False
    await post.run_once()
    assert not carried, "not before a while"
    await api.shop.fetch("UPDATE letter SET due_at = clock_timestamp()")
    await asyncio.gather(*(post.run_once() for _ in range(4)))
    assert [(it.address, it.kind) for it in carried] == [(email, Kind.VERIFY)]
    assert await api.shop.fetchval("SELECT count(*) FROM letter WHERE address = $1", email) == 0


# --- users ---


async def test_somebody_who_is_let_in_sets_a_password_with_the_code(api: Api) -> None:
    email = f"{fresh('colleague')}@example.org"
    body = {"email": email, "role": "operator", "name": "Grace"}
    user = ok(await api.post("/v1/users", api.owner, body), 201)
    assert user["role"] == "operator"
    reset = {"code": await api.code_sent(email), "password": PASSWORD}
    assert (await api.post("/api/auth/password/reset", None, reset)).status_code == 204
    done = ok(await login(api, email))
    assert user["invited_at"]
    assert done["user"] == {**user, "invited_at": None}
    problem(await api.post("/v1/users", api.owner, body), "already_exists")


async def test_a_change_of_role_that_came_to_nothing_signs_nobody_out(api: Api) -> None:
    services, token = api.shop.services, (await api.sign_in(api.customer)).access_token
    user, role = api.user(token), {"role": Role.AUDITOR}
    permissions = services.tokens.verify(api.owner).permissions
    async with services.database.read_across() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await services.people.change(connection, api.shop.organization.id, user, role, permissions)
        await transaction.rollback()
    await services.ended.look()
    assert await works(api, token)


async def test_a_server_that_has_just_started_knows_which_sessions_have_ended(api: Api) -> None:
    opened = await api.sign_in(api.customer)
    given = {"refresh_token": opened.refresh_token}
    assert (await api.post("/api/auth/logout", None, given)).status_code == 204
    async with open_shop(api.shop.dsn) as elsewhere:
        assert opened.session in elsewhere.services.ended


async def test_whoever_changes_role_is_signed_out_and_comes_back_as_that(api: Api) -> None:
    email, done = await register(api)
    await verify(api, email, done)
    path = f"/v1/users/{done['user']['id']}"
    ok(await api.patch(path, api.owner, {"role": "auditor"}))
    assert not await works(api, done["access_token"])
    problem(await refresh(api, done["refresh_token"]), "unauthenticated")
    assert ok(await login(api, email))["user"]["role"] == "auditor"
    ok(await api.patch(path, api.owner, {"disabled": True}))
    problem(await login(api, email), "forbidden")
    ok(await api.patch(path, api.owner, {"disabled": False}))
    ok(await login(api, email))


@pytest.mark.parametrize("change", [{"role": Role.AUDITOR}, {"disabled": True}], ids=str)
async def test_whoever_signs_in_while_that_changes_is_what_they_are_then(
    api: Api, change: dict[str, Any]
) -> None:
    """All sessions end with a change of role, and one that is being opened is not there yet."""
    email, done = await register(api)
    await verify(api, email, done)
    services, user = api.shop.services, done["user"]["id"]
    permissions = services.tokens.verify(api.owner).permissions
    async with services.database.read_across() as connection:
        async with connection.transaction():
            await services.people.change(
                connection, api.shop.organization.id, user, change, permissions
            )
            signing_in = asyncio.create_task(login(api, email))
            await somebody_waits(api)
        answer = await signing_in
    if change.get("disabled"):
        problem(answer, "forbidden")
    else:
        seen = ok(answer)
        assert seen["user"]["role"] == change["role"]
        assert services.tokens.verify(seen["access_token"]).role is change["role"]


async def somebody_waits(api: Api) -> None:
    """Until a transaction waits for another."""
    while not await api.shop.fetchval(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    ):
        await asyncio.sleep(0)


async def test_a_change_of_the_name_alone_signs_nobody_out(api: Api) -> None:
    _, done = await register(api)
    path = f"/v1/users/{done['user']['id']}"
    assert ok(await api.patch(path, api.owner, {"name": "Ada"}))["name"] == "Ada"
    assert ok(await api.patch(path, api.owner, {"name": None}))["name"] is None
    assert await works(api, done["access_token"])


async def test_an_owner_makes_nobody_an_admin_and_touches_none(stage: Api, api: Api) -> None:
    _, done = await register(api)
    admin = api.user(api.admin)
    path = f"/v1/users/{done['user']['id']}"
    problem(await api.patch(path, api.owner, {"role": "admin"}), "forbidden")
    for change in ({"role": "customer"}, {"disabled": True}, {"name": "x"}):
        problem(await api.patch(f"/v1/users/{admin}", api.owner, change), "forbidden")
    body = {"email": f"{fresh('x')}@example.org", "role": "admin"}
    problem(await api.post("/v1/users", api.owner, body), "forbidden")
    problem(await stage.post("/v1/users", stage.owner, body), "forbidden")
    ok(await stage.post("/v1/users", stage.admin, body), 201)


async def test_whoever_is_let_in_by_an_address_that_somebody_else_registered_is_not_them(
    stage: Api, api: Api
) -> None:
    """Somebody makes an account with an address that is not theirs, and waits."""
    email, done = await register(stage)
    elsewhere = {"email": email, "role": "operator"}
    ok(await api.post("/v1/users", api.owner, elsewhere), 201)
    problem(await login(api, email), "forbidden")
    reset = {"code": await api.code_sent(email), "password": "another one, and theirs"}
    assert (await api.post("/api/auth/password/reset", None, reset)).status_code == 204
    assert ok(await login(api, email, reset["password"]))["user"]["role"] == "operator"
    assert not await works(stage, done["access_token"])
    problem(await refresh(stage, done["refresh_token"]), "unauthenticated")


async def test_the_command_line_lets_nobody_in_by_somebody_elses_password_either(
    stage: Api, api: Api
) -> None:
    email, _ = await register(stage)
    await api.shop.token(email, Role.OPERATOR)
    problem(await login(api, email), "unauthenticated")


@pytest.mark.parametrize("role", ["auditor", "operator", "owner"])
async def test_whoever_is_made_more_by_an_address_that_somebody_else_registered_is_not_them(
    api: Api, role: str
) -> None:
    """The address is the boss's, the password is not."""
    email, done = await register(api)
    path = f"/v1/users/{done['user']['id']}"
    ok(await api.patch(path, api.owner, {"role": role}))
    problem(await login(api, email), "forbidden")
    assert not await works(api, done["access_token"])
    problem(await refresh(api, done["refresh_token"]), "unauthenticated")
    reset = {"code": await api.code_sent(email), "password": "another one, and theirs"}
    assert (await api.post("/api/auth/password/reset", None, reset)).status_code == 204
    assert ok(await login(api, email, reset["password"]))["user"]["role"] == role


async def test_who_does_not_become_more_keeps_the_password(api: Api) -> None:
    email, done = await register(api)
    path = f"/v1/users/{done['user']['id']}"
    for change in ({"role": "customer"}, {"name": "Ada"}, {"disabled": True}, {"disabled": False}):
        ok(await api.patch(path, api.owner, change))
    ok(await login(api, email))


async def test_the_command_line_makes_nobody_more_by_somebody_elses_password_either(
    api: Api,
) -> None:
    email, _ = await register(api)
    await api.shop.token(email, Role.OWNER)
    problem(await login(api, email), "unauthenticated")


async def test_whoever_has_shown_that_the_address_is_theirs_keeps_the_password(
    stage: Api, api: Api
) -> None:
    email, done = await register(stage)
    await verify(stage, email, done)
    ok(await api.post("/v1/users", api.owner, {"email": email, "role": "operator"}), 201)
    assert ok(await login(api, email))["user"]["role"] == "operator"
    assert await works(stage, done["access_token"])


async def test_somebody_is_left_who_can_let_people_in(api: Api) -> None:
    second = await api.shop.token("admin@example.org", Role.OWNER)
    first, last = api.user(api.owner), api.user(second)
    ok(await api.patch(f"/v1/users/{first}", second, {"role": "customer"}))
    for change in ({"role": "operator"}, {"disabled": True}):
        found = problem(await api.patch(f"/v1/users/{last}", second, change), "malformed_request")
        assert "nobody" in found["reason"]


async def test_two_owners_who_shut_each_other_out_at_once_do_not_both_succeed(api: Api) -> None:
    one, two = api.owner, await api.shop.token("admin@example.org", Role.OWNER)
    answers = await asyncio.gather(
        api.patch(f"/v1/users/{api.user(two)}", one, {"disabled": True}),
        api.patch(f"/v1/users/{api.user(one)}", two, {"disabled": True}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 400]


# --- API keys ---


async def new_key(api: Api, *scopes: str, by: str | None = None, **more: Any) -> Any:
    body = {"name": "A program", "scopes": list(scopes), **more}
    return ok(await api.post("/v1/api-keys", by or api.owner, body), 201)


async def test_a_key_may_do_what_its_scopes_say_and_nothing_else(api: Api) -> None:
    key = await new_key(api, "stock:write")
    who = ok(await api.get("/api/auth/me", key["key"]))
    assert who["actor"] == f"key:{key['id']}"
    assert set(who["permissions"]) == {"catalogue:read", "stock:read", "stock:write"}
    body = {"sku": fresh("SKU"), "name": "Something", "capacity": 5}
    item = ok(await api.post("/v1/items", key["key"], body), 201)
    lines = {"lines": [{"item": item["id"], "quantity": 1}]}
    problem(await api.post("/v1/reservations", key["key"], lines), "forbidden")
    problem(await api.get("/v1/users", key["key"]), "forbidden")
    desk = await new_key(api, "reservations:write")
    held = await api.post("/v1/reservations", desk["key"], {**lines, "customer": "somebody"})
    assert ok(held, 201)["customer"] == "somebody"
    ledger = ok(await api.get(f"/v1/offerings/{item['id']}/ledger", api.owner))["data"]
    assert {entry["actor"] for entry in ledger} == {f"key:{key['id']}", f"key:{desk['id']}"}


async def test_a_key_is_told_once_and_kept_as_a_digest(api: Api) -> None:
    key = await new_key(api, "ledger:read")
    secret = key["key"].split("_", 2)[2]  # which may have one itself
    assert secret not in (await api.get("/v1/api-keys", api.owner)).text
    for row in await api.shop.fetch("SELECT k::text AS row FROM api_key AS k"):
        assert secret not in row["row"]


async def test_a_withdrawn_key_opens_nothing(api: Api) -> None:
    key = await new_key(api, "ledger:read")
    assert await works(api, key["key"])
    gone = ok(await api.delete(f"/v1/api-keys/{key['id']}", api.owner))
    assert gone["withdrawn_at"]
    assert not await works(api, key["key"])
    again = ok(await api.delete(f"/v1/api-keys/{key['id']}", api.owner))
    assert again["withdrawn_at"] == gone["withdrawn_at"]


async def test_a_key_ends_when_it_says(api: Api) -> None:
    key = await new_key(api, "ledger:read", expires_at="2099-01-01T00:00:00Z")
    await api.shop.fetch(
        "UPDATE api_key SET expires_at = clock_timestamp() WHERE id = $1", key["id"][-32:]
    )
    assert not await works(api, key["key"])
    body = {"name": "x", "scopes": ["ledger:read"], "expires_at": "2020-01-01T00:00:00Z"}
    found = problem(await api.post("/v1/api-keys", api.owner, body), "malformed_request")
    assert found["field"] == "expires_at"


@pytest.mark.parametrize("scope", sorted(set(Permission) - SCOPES))
async def test_some_scopes_are_nobodys_to_give(api: Api, scope: str) -> None:
    body = {"name": "x", "scopes": [scope]}
    problem(await api.post("/v1/api-keys", api.admin, body), "forbidden")


async def test_a_key_gives_no_key_more_than_it_has(api: Api) -> None:
    key = await new_key(api, "keys:write", "ledger:read")
    await new_key(api, "ledger:read", by=key["key"])
    for scope in ("stock:write", "users:write"):
        body = {"name": "x", "scopes": [scope]}
        problem(await api.post("/v1/api-keys", key["key"], body), "forbidden")


async def test_a_key_lets_in_whoever_may_no_more_than_it(api: Api) -> None:
    body = {"name": "Enrols", "scopes": ["users:write"]}
    key = ok(await api.post("/v1/api-keys", api.owner, body), 201)["key"]
    for role in ("auditor", "operator", "owner", "admin"):
        person = {"email": f"{fresh('person')}@example.org", "role": role}
        problem(await api.post("/v1/users", key, person), "forbidden")
    person = {"email": f"{fresh('person')}@example.org", "role": "customer"}
    user = ok(await api.post("/v1/users", key, person), 201)
    path = f"/v1/users/{user['id']}"
    assert ok(await api.patch(path, key, {"name": "Ada"}))["name"] == "Ada"
    problem(await api.patch(path, key, {"role": "operator"}), "forbidden")
    problem(await api.patch(f"/v1/users/{api.user(api.owner)}", key, {"name": "x"}), "forbidden")


async def test_a_key_of_another_organization_is_not_found(stage: Api, api: Api) -> None:
    key = await new_key(api, "ledger:read")
    problem(await api.delete(f"/v1/api-keys/{key['id']}", stage.owner), "not_found")
    assert await works(api, key["key"])


async def test_a_spoilt_key_is_refused(api: Api) -> None:
    key = (await new_key(api, "ledger:read"))["key"]
    prefix, id, secret = key.split("_", 2)
    for spoilt in (
        f"{prefix}_{id}_{secret[:-1]}",
        f"{prefix}_{id}_{secret[:-2]}AA" if not secret.endswith("AA") else f"{prefix}_{id}_x",
        f"{prefix}_{'0' * 32}_{secret}",
        f"{prefix}_{id}_{secret}=",
        f"{prefix}_{id.upper()}_{secret}",
        f"{prefix}__",
        prefix + "_",
        key + "\u00e9",
    ):
        problem(
            await api.get(
                "/api/auth/me",
                headers=[(b"authorization", b"Bearer " + spoilt.encode("latin-1"))],  # type: ignore[arg-type]
            ),
            "unauthenticated",
        )


async def test_when_a_key_was_last_used_is_shown(api: Api) -> None:
    key = await new_key(api, "ledger:read")
    sql = "SELECT seen_at FROM api_key WHERE id = $1"
    assert await api.shop.fetchval(sql, key["id"][-32:]) is None
    assert await works(api, key["key"])
    await api.shop.services.api_keys.run_once()
    assert await api.shop.fetchval(sql, key["id"][-32:]) is not None


# --- setting up ---


@pytest_asyncio.fixture(loop_scope="module")
async def bare(server: Server) -> Any:
    """A server that nobody runs yet."""
    address = await server.clone()
    async with open_shop(address.dsn) as shop:
        api = Api(shop)
        async with api.http:
            yield api
    await server.drop(address)


async def test_the_first_administrator_comes_with_the_code_that_was_printed(bare: Api) -> None:
    code = await set_up_code(bare.shop.services.database)
    body = {"code": code, "email": "First@example.org", "password": PASSWORD}
    done = ok(await bare.post("/api/auth/set-up", None, body), 201)
    assert (done["user"]["role"], done["verified"]) == ("admin", True)
    ok(await login(bare, "first@example.org"))
    problem(await bare.post("/api/auth/set-up", None, body), "malformed_request")
    assert await set_up_code(bare.shop.services.database) is None


async def test_a_code_is_void_once_there_is_somebody_or_another_code(bare: Api) -> None:
    database = bare.shop.services.database
    first, second = [await set_up_code(database) for _ in range(2)]
    body = {"email": "first@example.org", "password": PASSWORD}
    problem(await bare.post("/api/auth/set-up", None, {**body, "code": first}), "malformed_request")
    await bare.shop.token("owner@example.org", Role.OWNER)
    problem(
        await bare.post("/api/auth/set-up", None, {**body, "code": second}), "malformed_request"
    )


async def test_two_who_set_up_at_once_are_not_both_administrators(bare: Api) -> None:
    code = await set_up_code(bare.shop.services.database)
    answers = await asyncio.gather(
        *(
            bare.post(
                "/api/auth/set-up",
                None,
                {"code": code, "email": f"{name}@example.org", "password": PASSWORD},
            )
            for name in ("one", "two", "three")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400]
