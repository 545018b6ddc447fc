"""Whose session a browser gets, and whose session ends: nobody else's, and each of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from firmhold.identity.accounts import set_up_code
from tests.databases import Server
from tests.doors.client import PASSWORD, Api, fresh, ok, problem
from tests.shop import Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

ELSEWHERE = [
    {"sec-fetch-site": "cross-site", "origin": "http://evil.example"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://evil.example"},
    {"origin": "null"},
]
"""What browsers say of a page of another site. It cannot keep them from saying so."""

HERE: list[dict[str, str]] = [
    {"sec-fetch-site": "same-origin", "origin": "http://firmhold.test"},
    {"origin": "http://firmhold.test"},
    {},  # no browser at all
]


def body_of_a_form(email: str) -> bytes:
    """What a form of another site can send without being asked first: text that is JSON."""
    return f'{{"email": "{email}", "cookie": true, "password": "{PASSWORD}"}}\r\n'.encode()


@pytest.mark.parametrize("where", ELSEWHERE, ids=str)
@pytest.mark.parametrize("call", ["register", "login"])
async def test_a_page_of_another_site_signs_no_browser_in(
    api: Api, call: str, where: dict[str, str]
) -> None:
    email = f"{fresh('thief')}@example.org"
    if call == "login":
        await api.set_password(await api.shop.token(email))
    sent = {"content": body_of_a_form(email), "headers": {"content-type": "text/plain", **where}}
    response = await api.post(f"/api/auth/{call}", **sent)
    problem(response, "forbidden")
    assert "set-cookie" not in response.headers
    sql = "SELECT count(*) FROM session AS s JOIN users AS u ON u.id = s.user_id WHERE u.email = $1"
    assert await api.shop.fetchval(sql, email) == 0


@pytest.mark.parametrize("where", HERE, ids=str)
async def test_a_page_of_this_server_signs_a_browser_in(api: Api, where: dict[str, str]) -> None:
    email = f"{fresh('person')}@example.org"
    response = await api.post("/api/auth/register", content=body_of_a_form(email), headers=where)
    api.http.cookies.clear()
    ok(response, 201)
    assert "set-cookie" in response.headers


@pytest.mark.parametrize("where", ELSEWHERE, ids=str)
async def test_who_asks_for_no_cookie_signs_in_from_anywhere(
    api: Api, where: dict[str, str]
) -> None:
    """No browser keeps what comes back, and no page of another site is shown it."""
    email = f"{fresh('person')}@example.org"
    body = {"email": email, "password": PASSWORD}
    response = await api.post("/api/auth/register", None, body, headers=where)
    assert ok(response, 201)["refresh_token"]
    assert "access-control-allow-origin" not in response.headers


async def test_whatever_session_is_listed_can_be_ended(stage: Api, api: Api) -> None:
    email = f"{fresh('person')}@example.org"
    here, there = await api.shop.token(email), await stage.shop.token(email)
    mine, other = await api.sign_in(here), await stage.sign_in(there)
    listed = ok(await api.get("/api/auth/sessions", mine.access_token))["data"]
    assert {it["id"] for it in listed} == {mine.session, other.session}
    path = f"/api/auth/sessions/{other.session}"
    assert (await api.delete(path, mine.access_token)).status_code == 204
    problem(await stage.get("/api/auth/me", other.access_token), "unauthenticated")
    ok(await api.get("/api/auth/me", mine.access_token))
    problem(await api.delete(path, mine.access_token), "not_found")
    ended = await stage.walk("/v1/audit/acts", stage.owner, subject=other.session)
    assert [act["kind"] for act in ended] == ["session_ended", "session_opened"]


# --- setting up ---


@pytest_asyncio.fixture(loop_scope="module")
async def bare(server: Server) -> AsyncIterator[Api]:
    """A server that nobody runs yet, with a shop in which people may register."""
    address = await server.clone()
    async with open_shop(address.dsn) as shop:
        directory = shop.services.directory
        other = await directory.ensure_organization("other", "Other", open_registration=True)
        api = Api(Shop(shop.services, other, address.dsn))
        async with api.http:
            yield api
    await server.drop(address)


async def test_who_sets_a_server_up_ends_the_sessions_of_whoever_had_the_address(bare: Api) -> None:
    body = {"email": "first@example.org", "password": PASSWORD}
    thief = ok(await bare.post("/api/auth/register", None, body), 201)
    code = await set_up_code(bare.shop.services.database)
    set_up = {**body, "code": code, "password": "another one, and theirs"}
    done = ok(await bare.post("/api/auth/set-up", None, set_up), 201)
    problem(await bare.get("/api/auth/me", thief["access_token"]), "unauthenticated")
    ok(await bare.get("/api/auth/me", done["access_token"]))
    problem(await bare.post("/api/auth/login", None, body), "unauthenticated")


async def test_the_first_administrator_is_one_of_the_servers_own_organization(bare: Api) -> None:
    """Whichever organization the request names: `bare` names the other one."""
    code = await set_up_code(bare.shop.services.database)
    body = {"email": "first@example.org", "password": PASSWORD, "code": code}
    done = ok(await bare.post("/api/auth/set-up", None, body), 201)
    assert done["user"]["organization"] != bare.shop.organization.id
    assert (
        "platform:write" in ok(await bare.get("/api/auth/me", done["access_token"]))["permissions"]
    )


async def test_a_page_of_another_site_sets_no_server_up(bare: Api) -> None:
    code = await set_up_code(bare.shop.services.database)
    body = {"email": "first@example.org", "password": PASSWORD, "code": code, "cookie": True}
    forged = {"sec-fetch-site": "cross-site"}
    problem(await bare.post("/api/auth/set-up", None, body, headers=forged), "forbidden")
    ok(await bare.post("/api/auth/set-up", None, body), 201)
