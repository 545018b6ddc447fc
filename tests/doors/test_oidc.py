"""Signing in at an identity provider, and everything that can go wrong on the way."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hmac
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization

from firmhold.app import OPERATIONS
from firmhold.doors.access import OIDC_OPERATIONS
from firmhold.doors.access.cookies import ATTEMPT, NAME
from firmhold.doors.shared.operation import Without
from firmhold.identity.oidc import provider as speaking
from firmhold.identity.roles import Role
from firmhold.limits.policy import RouteClass
from tests.databases import Address, Server
from tests.doors.client import PASSWORD, Api, fresh, ok, problem
from tests.doors.provider import (
    CLIENT,
    EC,
    ED,
    OTHER_RSA,
    RSA,
    SECRET,
    Answer,
    Provider,
    jwk,
    new_rsa,
    provider,
)
from tests.shop import open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

START = "/api/auth/oidc/start"
CALLBACK = "/api/auth/oidc/callback"
LANDING = "/console"


class Browser:
    """Keeps cookies, as browsers do, and goes where it is led if it is told to."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.cookies: dict[str, str] = {}
        self.written: list[str] = []

    async def get(self, path: str, **headers: str) -> httpx.Response:
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items()).encode("latin-1")
        sent: Any = {"user-agent": "Browser", **headers, **({"cookie": cookie} if cookie else {})}
        response = await self.http.get(path, headers=sent)
        self.written = response.headers.get_list("set-cookie")
        for written in self.written:
            name, _, value = written.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value
        return response

    async def start(self, **query: str) -> str:
        """The address to which it is led to sign in."""
        tail = "&".join(f"{k}={v}" for k, v in query.items())
        response = await self.get(f"{START}?{tail}" if tail else START)
        assert (response.status_code, response.content) == (302, b""), response.text
        assert response.headers["cache-control"] == "no-store"
        return response.headers["location"]


class Door(NamedTuple):
    """A server with a provider, and somebody in front of it."""

    api: Api
    at: Provider
    browser: Browser

    async def callback(self, **more: Any) -> httpx.Response:
        """Begin, sign in there, and come back."""
        return await self.browser.get(self.at.sign_in(await self.browser.start(), **more))

    async def signed_in(self, response: httpx.Response) -> Any:
        """Who is signed in now; fails unless somebody is, and is led to the right place."""
        assert (response.status_code, response.content) == (302, b""), response.text
        assert response.headers["location"] == LANDING
        token = self.browser.cookies[NAME]
        done = await self.api.post("/api/auth/refresh", None, {"refresh_token": token})
        return ok(done)

    async def refused(self, response: httpx.Response, code: str = "unauthenticated") -> Any:
        """Nobody is signed in, nobody has been made, and the attempt is over."""
        found = problem(response, code)
        assert NAME not in self.browser.cookies
        assert ATTEMPT not in self.browser.cookies
        assert "location" not in response.headers
        for secret in (SECRET, "code-", "eyJ"):
            assert secret not in response.text
        return found

    async def counted(self) -> tuple[int, ...]:
        """What there is of all that signing in may write."""
        tables = ("session", "external_identity", "person", "users", "act")
        return tuple([await self.api.shop.fetchval(f"SELECT count(*) FROM {it}") for it in tables])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(server: Server) -> AsyncIterator[Address]:
    address = await server.clone()
    yield address
    await server.drop(address)


Opening = Callable[..., Any]


@pytest.fixture
def opening(database: Address) -> Opening:
    """A server that is configured for a provider."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Door]:
        async with provider() as at:
            at.people = {**at.people, "sub": fresh("sub"), "email": f"{fresh('p')}@example.org"}
            known = {
                "oidc_issuer": at.issuer,
                "oidc_client_id": CLIENT,
                "oidc_client_secret": SECRET,
                "oidc_public_url": "https://tickets.example.org",
                "oidc_landing": LANDING,
                "oidc_organization": "default",
                "engine_connections": 1,
                "read_connections": 4,
            }
            async with open_shop(database.dsn, **{**known, **settings}) as shop:
                api = Api(shop)
                async with api.http:
                    yield Door(api, at, Browser(api.http))

    return opened


@pytest_asyncio.fixture(loop_scope="module")
async def door(opening: Opening) -> AsyncIterator[Door]:
    async with opening() as opened:
        yield opened


# --- as it should be ---


async def test_somebody_new_becomes_a_customer_and_is_signed_in(door: Door) -> None:
    where = await door.browser.start()
    asked = {name: value[0] for name, value in parse_qs(urlsplit(where).query).items()}
    assert asked["redirect_uri"] == f"https://tickets.example.org{CALLBACK}"
    assert len(asked["state"]) == len(asked["nonce"]) == len(asked["code_challenge"]) == 43
    (written,) = door.browser.written
    assert written.startswith(f"{ATTEMPT}=")
    assert written.endswith("; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax")
    response = await door.browser.get(door.at.sign_in(where))
    done = await door.signed_in(response)
    user = done["user"]
    assert (user["email"], user["role"]) == (door.at.people["email"], "customer")
    assert (user["name"], done["verified"]) == ("Ada Lovelace", True)
    refresh, dropped = door.browser.written
    assert refresh.startswith(f"{NAME}=fhr_") and refresh.endswith("HttpOnly; SameSite=Strict")
    assert dropped == f"{ATTEMPT}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"
    (session,) = ok(await door.api.get("/api/auth/sessions", done["access_token"]))["data"]
    assert (session["kind"], session["organization"]) == ("oidc", "default")
    sql = "SELECT kind, facts FROM act WHERE actor = $1 ORDER BY at, id"
    acts = await door.api.shop.fetch(sql, f"user:{user['id']}")
    facts = {act["kind"]: json.loads(act["facts"]) for act in acts}
    assert set(facts) == {"register", "identity_linked", "session_opened"}
    assert facts["session_opened"] == {"by": "oidc", "agent": "Browser", "address": "127.0.0.1"}
    assert facts["identity_linked"] == {"issuer": door.at.issuer}
    text = str([dict(act) for act in acts])
    assert not re.search("fhr_|code-|eyJ", text)


async def test_whoever_comes_again_is_the_same_even_under_another_address(door: Door) -> None:
    first = (await door.signed_in(await door.callback()))["user"]
    people = await door.counted()
    door.at.people["email"] = f"{fresh('other')}@example.org"
    assert (await door.signed_in(await door.callback()))["user"] == first
    door.at.people |= {"email": None, "email_verified": None}
    assert (await door.signed_in(await door.callback()))["user"] == first
    assert (await door.counted())[1:4] == people[1:4]


@pytest.mark.parametrize(
    ("key", "algorithm"), [(RSA, "PS256"), (RSA, "RS512"), (EC, "ES256"), (ED, "EdDSA")]
)
async def test_keys_and_algorithms_that_are_good_enough(
    door: Door, key: Any, algorithm: str
) -> None:
    door.at.signing = (key, algorithm, "this")
    door.at.keys = [{"kty": "oct", "k": "AAAA", "kid": "this"}, jwk(key, "this"), {"kty": "x"}]
    await door.signed_in(await door.callback())


async def test_a_key_without_a_name_is_the_only_one(door: Door) -> None:
    door.at.signing = (RSA, "RS256", None)
    door.at.keys = [jwk(RSA, None)]
    await door.signed_in(await door.callback())


async def test_a_provider_that_wants_no_secret(opening: Opening) -> None:
    async with opening(oidc_client_secret=None) as door:
        door.at.secret = None
        await door.signed_in(await door.callback())


async def test_what_the_provider_publishes_is_asked_for_once(door: Door) -> None:
    for _ in range(3):
        await door.signed_in(await door.callback())
    assert sorted(set(door.at.asked)) == ["/.well-known/openid-configuration", "/keys", "/token"]
    assert len(door.at.asked) == 2 + 3


async def test_many_who_come_at_once_have_it_asked_for_once(door: Door) -> None:
    browsers = [Browser(door.api.http) for _ in range(10)]
    where = await asyncio.gather(*(it.start() for it in browsers))
    back = [door.at.sign_in(it) for it in where]
    done = await asyncio.gather(*(it.get(path) for it, path in zip(browsers, back, strict=True)))
    assert [it.status_code for it in done] == [302] * 10
    assert door.at.asked.count("/keys") == 1
    email = door.at.people["email"]
    assert await door.api.shop.fetchval("SELECT count(*) FROM users WHERE email = $1", email) == 1
    sql = "SELECT count(*) FROM external_identity WHERE subject = $1"
    assert await door.api.shop.fetchval(sql, door.at.people["sub"]) == 1


# --- whose browser ---


async def test_an_answer_to_another_attempt_is_none(door: Door) -> None:
    before = await door.counted()
    for more in ({"state": "x" * 43}, {"state": ""}, {"state": "\u00e4"}):
        await door.refused(await door.callback(**more))
    assert await door.counted() == before
    assert "/token" not in door.at.asked, "nobody's code is shown to anyone"


async def test_a_browser_that_has_not_begun_is_not_signed_in(door: Door) -> None:
    """Somebody leads another's browser to an address with a code of their own."""
    before = await door.counted()
    path = door.at.sign_in(await door.browser.start())
    victim = Browser(door.api.http)
    problem(await victim.get(path), "unauthenticated")
    assert NAME not in victim.cookies
    await victim.start()
    problem(await victim.get(path), "unauthenticated")
    assert NAME not in victim.cookies
    assert await door.counted() == before
    await door.signed_in(await door.browser.get(path))


async def test_an_attempt_is_over_after_ten_minutes(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = door.at.sign_in(await door.browser.start())
    kept = dict(door.browser.cookies)
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("firmhold.identity.oidc.attempt.time.time", lambda: now + 602)
        await door.refused(await door.browser.get(path))
    door.browser.cookies = kept
    await door.signed_in(await door.browser.get(path))


async def test_an_attempt_that_somebody_has_written_themselves_is_none(door: Door) -> None:
    path = door.at.sign_in(await door.browser.start())
    kid, content, signature = door.browser.cookies[ATTEMPT].split(".")
    token = door.api.shop.services.tokens.hold_token("org_" + "0" * 32, "rsv_" + "0" * 32)
    for spoilt in (
        f"{kid}.{content}.",
        f"{kid}.{content}",
        f"{kid}.{content}.{signature[:-1]}",
        f"{kid}.{content}A.{signature}",
        f"000000000000.{content}.{signature}",
        f"..{signature}",
        f"{kid}..{signature}",
        ".",
        "\u00e4.\u00e4.\u00e4",
        token,
        f"{kid}.{token.split('.')[1]}.{token.split('.')[2]}",
        "x" * 5000,
    ):
        door.browser.cookies = {ATTEMPT: spoilt}
        await door.refused(await door.browser.get(path))
    door.browser.cookies = {ATTEMPT: f"{kid}.{content}.{signature}"}
    await door.signed_in(await door.browser.get(path))


async def test_a_code_is_good_once_and_so_is_its_attempt(door: Door) -> None:
    path = door.at.sign_in(await door.browser.start())
    kept = dict(door.browser.cookies)
    await door.signed_in(await door.browser.get(path))
    door.browser.cookies = {}
    await door.refused(await door.browser.get(path))
    door.browser.cookies = kept
    await door.refused(await door.browser.get(path))


async def test_a_code_of_another_attempt_is_not_good_for_this_one(door: Door) -> None:
    """It takes the verifier, which only the browser that began it has."""
    stolen = parse_qs(urlsplit(door.at.sign_in(await door.browser.start())).query)["code"][0]
    thief = Browser(door.api.http)
    path = door.at.sign_in(await thief.start(), code=stolen)
    problem(await thief.get(path), "unauthenticated")
    assert NAME not in thief.cookies


async def test_that_the_provider_refuses_is_told_and_nothing_else_that_it_says(door: Door) -> None:
    before = await door.counted()
    for error, told in (
        ("access_denied", "access_denied"),
        ("<script>alert(1)</script>", "does not say why"),
        ("Your account is locked, call 555", "does not say why"),
    ):
        found = await door.refused(
            await door.callback(code=None, error=error, error_description="555")
        )
        assert told in found["detail"] and "555" not in found["detail"]
        assert "script" not in found["detail"]
    both = await door.callback(error="access_denied")
    await door.refused(both)
    await door.refused(await door.callback(code=None))
    assert await door.counted() == before
    assert "/token" not in door.at.asked


async def test_a_malformed_return_is_refused(door: Door) -> None:
    await door.browser.start()
    for query in ("", "code=x", "state=a&state=b", "state=%00", "state=a&code=", "%ff"):
        response = await door.browser.get(f"{CALLBACK}?{query}")
        assert response.status_code in {400, 401}, query
        assert NAME not in door.browser.cookies


async def test_nothing_leads_a_browser_to_another_server(door: Door) -> None:
    elsewhere = "https://evil.example"
    tail = "&".join(
        f"{it}={elsewhere}" for it in ("to", "next", "redirect_uri", "return_to", "landing", "url")
    )
    problem(await door.browser.get(f"{START}?{tail}"), "malformed_request")
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "referer": elsewhere}
    response = await door.browser.get(START, **headers)
    where = response.headers["location"]
    assert where.startswith(door.at.issuer) and "evil" not in where
    response = await door.browser.get(f"{door.at.sign_in(where)}&{tail}", **headers)
    await door.signed_in(response)
    assert response.headers["location"] == LANDING


# --- what is signed ---


def public_pem(key: Any) -> bytes:
    pem: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem


def by_hand(header: Any, claims: Any, key: bytes | None = None) -> str:
    """A token that no library would sign."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(it).encode()).rstrip(b"=") for it in (header, claims)
    ]
    signed = b".".join(parts)
    signature = b"" if key is None else hmac.digest(key, signed, "sha256")
    return f"{signed.decode()}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


TOKENS: dict[str, Callable[[Any], str]] = {
    "alg none": lambda claims: by_hand({"alg": "none", "kid": "one"}, claims),
    "no alg": lambda claims: by_hand({"kid": "one"}, claims),
    "alg None": lambda claims: by_hand({"alg": "None", "kid": "one"}, claims),
    "HS256 with the public key": lambda claims: by_hand(
        {"alg": "HS256", "kid": "one"}, claims, public_pem(RSA)
    ),
    "HS256 with the published key": lambda claims: by_hand(
        {"alg": "HS256", "kid": "one"}, claims, json.dumps(jwk(RSA, "one")).encode()
    ),
    "HS256 with the client's secret": lambda claims: by_hand(
        {"alg": "HS256", "kid": "one"}, claims, SECRET.encode()
    ),
    "another key by that name": lambda claims: jwt.encode(
        claims, OTHER_RSA, "RS256", headers={"kid": "one"}
    ),
    "another algorithm than the key is for": lambda claims: jwt.encode(
        claims, RSA, "PS256", headers={"kid": "one"}
    ),
    "another kind of key by that name": lambda claims: jwt.encode(
        claims, EC, "ES256", headers={"kid": "one"}
    ),
    "its own key along with it": lambda claims: jwt.encode(
        claims, OTHER_RSA, "RS256", headers={"kid": "two", "jwk": jwk(OTHER_RSA, "two")}
    ),
    "no name of a key, where there are several": lambda claims: jwt.encode(claims, RSA, "RS256"),
    "not a token": lambda _: "not a token",
    "nothing": lambda _: "",
    "too long": lambda claims: jwt.encode(
        {**claims, "x": "x" * 20_000}, RSA, "RS256", headers={"kid": "one"}
    ),
}


@pytest.mark.parametrize("name", TOKENS)
async def test_a_token_that_is_not_signed_by_the_provider_is_refused(door: Door, name: str) -> None:
    before = await door.counted()
    door.at.keys = [jwk(RSA, "one", use="sig", alg="RS256"), jwk(EC, "b")]
    door.at.token = TOKENS[name]
    found = await door.refused(await door.callback())
    assert "what it has signed is not good" in found["detail"]
    assert await door.counted() == before


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 7},
        {"aud": "somebody else"},
        {"aud": None},
        {"aud": []},
        {"aud": [CLIENT, "somebody else"]},
        {"azp": "somebody else"},
        {"aud": [CLIENT], "azp": "somebody else"},
        {"iss": "https://another.example"},
        {"iss": None},
        {"exp": -120},
        {"exp": -1_000_000},
        {"exp": None},
        {"exp": "never"},
        {"iat": -100_000},
        {"iat": 3600},
        {"iat": None},
        {"iat": True},
        {"nbf": 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "a\0b"},
    ],
    ids=str,
)
async def test_a_token_that_says_anything_wrong_is_refused(door: Door, change: Any) -> None:
    before = await door.counted()
    now = int(time.time())
    for name in change.keys() & {"exp", "iat", "nbf"}:
        if type(change[name]) is int:
            change = {**change, name: now + change[name]}
    door.at.change = lambda claims: {**claims, **change}
    await door.refused(await door.callback())
    assert await door.counted() == before


@pytest.mark.parametrize(
    "change",
    [
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "another"], "azp": CLIENT},
        {"exp": -30},
        {"iat": 30},
        {"name": None},
        {"name": 7},
        {"name": "\u0000 "},
        {"name": "x" * 1000},
        {"address": {"country": "x" * 1000}},
    ],
    ids=str,
)
async def test_what_makes_no_difference_makes_none(door: Door, change: Any) -> None:
    now = int(time.time())
    timed = {k: now + v if k in {"exp", "iat"} else v for k, v in change.items()}
    door.at.change = lambda claims: {**claims, **timed}
    await door.signed_in(await door.callback())


async def test_an_answer_that_says_it_is_another_providers_is_refused(door: Door) -> None:
    """And no code of it is shown to this one."""
    await door.refused(await door.callback(iss="https://another.example"))
    assert "/token" not in door.at.asked
    await door.signed_in(await door.callback(iss=door.at.issuer))


async def test_a_provider_that_says_who_it_is_always_says_so(door: Door) -> None:
    door.at.document = lambda it: {**it, "authorization_response_iss_parameter_supported": True}
    await door.refused(await door.callback())
    await door.signed_in(await door.callback(iss=door.at.issuer))


async def test_a_key_that_has_come_since_is_looked_for_but_not_each_time(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    await door.signed_in(await door.callback())
    door.browser.cookies.clear()
    door.at.signing = (OTHER_RSA, "RS256", "two")
    door.at.keys = [jwk(OTHER_RSA, "two")]
    for _ in range(3):
        await door.refused(await door.callback())
    assert door.at.asked.count("/keys") == 1, "it has been asked a moment ago"
    monkeypatch.setattr(speaking, "KEYS_AGAIN", 0.0)
    await door.signed_in(await door.callback())
    door.browser.cookies.clear()
    assert door.at.asked.count("/keys") == 2
    door.at.token = lambda claims: jwt.encode(claims, RSA, "RS256", headers={"kid": "one"})
    await door.refused(await door.callback())
    assert door.at.asked.count("/keys") == 3, "one that was withdrawn is good no more"


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [{"kty": "oct", "k": "AAAA", "kid": "one"}],
        [jwk(RSA, "one", use="enc")],
        [jwk(new_rsa(1024), "one")],
        [{"kty": "RSA", "kid": "one"}],
        [{"kty": "RSA", "n": "AQAB", "e": "!", "kid": "one"}],
        "keys",
        [7, None, []],
    ],
    ids=lambda keys: str(keys)[:30],
)
async def test_without_a_key_that_is_good_enough_nobody_is_signed_in(door: Door, keys: Any) -> None:
    door.at.keys = keys
    await door.refused(await door.callback(), "overloaded")


# --- a provider that is slow, away, or mad ---


def garbage(
    content: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> Callable[[], Answer]:
    return lambda: (status, {"content-type": "application/json", **(headers or {})}, content)


MAD: dict[str, Callable[[], Answer]] = {
    "nothing": garbage(b""),
    "no JSON": garbage(b"<html>Welcome</html>"),
    "another form": garbage(b"[1, 2]"),
    "null": garbage(b"null"),
    "deep": garbage(b"[" * 100_000),
    "huge": garbage(b'{"a": "' + b"x" * 300_000 + b'"}'),
    "packed": garbage(gzip.compress(b"{}" * 100_000), headers={"content-encoding": "gzip"}),
    "an error": garbage(b"{}", 500),
    "somewhere else": garbage(b"", 302, {"location": "http://169.254.169.254/latest/meta-data"}),
    "not encoded": garbage(b"\xff\xfe{}"),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("what", MAD)
async def test_a_provider_that_answers_anything_is_of_no_use_and_no_harm(
    door: Door, path: str, what: str
) -> None:
    before = await door.counted()
    door.at.answers[path] = MAD[what]
    if path.startswith("/.well"):
        problem(await door.browser.get(START), "overloaded")
        assert not door.browser.cookies
    else:
        found = await door.refused(await door.callback(), "overloaded")
        assert "169.254" not in found["detail"]
    assert await door.counted() == before


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://another.example/token"},
        {"token_endpoint": "ftp://another.example/token"},
        {"token_endpoint": "//another.example/token"},
        {"token_endpoint": "https://user:pass@another.example/token"},
        {"jwks_uri": "http://169.254.169.254/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://a.example/\r\nset-cookie: x=y"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
async def test_a_document_with_an_address_that_is_not_good_enough_is_refused(
    door: Door, change: Any
) -> None:
    door.at.document = lambda document: {**document, **change}
    problem(await door.browser.get(START), "overloaded")
    assert door.at.asked == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_nothing_of_the_provider_leads_anywhere_else(
    door: Door, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even to what would be good."""
    monkeypatch.setattr("firmhold.identity.oidc.kept.PAUSE", 0.0)
    usual = door.at._answer
    followed = []
    statuses = [301, 302, 303, 307, 308]

    def leading(asked: str, headers: dict[str, str], body: bytes) -> Answer:
        if asked == "/elsewhere":
            followed.append(asked)
            return usual(path, headers, body)
        if asked == path:
            return statuses.pop(), {"location": f"{door.at.issuer}/elsewhere"}, b""
        return usual(asked, headers, body)

    door.at._answer = leading  # type: ignore[method-assign]
    while statuses:
        response = await door.browser.get(START)
        if response.status_code == 302:
            response = await door.browser.get(door.at.sign_in(response.headers["location"]))
        problem(response, "overloaded")
    assert not followed


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_what_would_be_good_if_it_were_not_too_much_is_refused(door: Door, path: str) -> None:
    usual = door.at._answer

    def padded(asked: str, headers: dict[str, str], body: bytes) -> Answer:
        status, more, content = usual(asked, headers, body)
        return status, more, content + b" " * (speaking.LARGEST if asked == path else 0)

    door.at._answer = padded  # type: ignore[method-assign]
    response = await door.browser.get(START)
    if response.status_code == 302:
        response = await door.browser.get(door.at.sign_in(response.headers["location"]))
    problem(response, "overloaded")
    assert NAME not in door.browser.cookies


async def test_a_wrong_secret_is_the_servers_fault_and_not_told_apart(door: Door) -> None:
    door.at.secret = "another"
    found = await door.refused(await door.callback(), "overloaded")
    assert "another" not in found["detail"]


async def test_a_provider_that_is_away_is_asked_once_in_a_while(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opening() as door:
        door.at.answers["/.well-known/openid-configuration"] = garbage(b"", 503)
        for _ in range(5):
            found = problem(await door.browser.get(START), "overloaded")
            assert found["retry_after"] >= 1
        assert len(door.at.asked) == 1
        door.at.answers.clear()
        monkeypatch.setattr("firmhold.identity.oidc.kept.PAUSE", 0.0)
        await door.signed_in(await door.callback())


async def test_a_provider_that_does_not_listen_is_of_no_use(opening: Opening) -> None:
    async with opening(oidc_issuer="http://127.0.0.1:9") as door:
        problem(await door.browser.get(START), "overloaded")


async def test_a_slow_provider_is_waited_for_by_so_many(door: Door) -> None:
    """Whatever it does, everything else goes on."""
    browsers = [Browser(door.api.http) for _ in range(speaking.AT_ONCE + 8)]
    back = [door.at.sign_in(await it.start()) for it in browsers]
    door.at.slow["/token"] = asyncio.Event()
    pending = [asyncio.create_task(it.get(path)) for it, path in zip(browsers, back, strict=True)]
    while door.at.open < speaking.AT_ONCE:
        await asyncio.sleep(0.005)
    assert (await door.api.get("/v1/items")).status_code == 200
    turned_away = [it for it in pending if it.done()]
    door.at.slow.pop("/token").set()
    assert len(turned_away) == 8
    for response in await asyncio.gather(*turned_away):
        problem(response, "overloaded")
    others = await asyncio.gather(*(it for it in pending if it not in turned_away))
    assert {it.status_code for it in others} == {302}
    assert door.at.most_open == speaking.AT_ONCE
    await door.signed_in(await door.callback())


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_a_slow_provider_is_waited_for_so_long(
    door: Door, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "PATIENCE", 0.1)
    monkeypatch.setattr("firmhold.identity.oidc.kept.PAUSE", 0.0)
    before = await door.counted()
    door.at.slow[path] = asyncio.Event()
    response = await door.browser.get(START)
    if response.status_code == 302:
        response = await door.browser.get(door.at.sign_in(response.headers["location"]))
    assert "in time" in problem(response, "overloaded")["detail"]
    assert await door.counted() == before
    monkeypatch.setattr(speaking, "PATIENCE", 5.0)
    door.at.slow.pop(path).set()
    await door.signed_in(await door.callback())


async def test_whoever_goes_away_leaves_room_for_others(door: Door) -> None:
    path = door.at.sign_in(await door.browser.start())
    door.at.slow["/token"] = asyncio.Event()
    for _ in range(speaking.AT_ONCE + 1):
        waiting = asyncio.create_task(door.browser.get(path))
        asked = len(door.at.asked)
        while len(door.at.asked) == asked and not waiting.done():
            await asyncio.sleep(0.002)
        assert not waiting.done(), "there is no room"
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    door.at.slow.pop("/token").set()
    await door.signed_in(await door.callback())


# --- who it is here ---


async def test_an_address_that_the_provider_does_not_vouch_for_is_nobodys(door: Door) -> None:
    victim = f"{fresh('victim')}@example.org"
    await door.api.shop.token(victim, Role.OWNER)
    before = await door.counted()
    for verified in (False, None, "true", 1, "false"):
        door.at.people |= {"email": victim, "email_verified": verified}
        await door.refused(await door.callback(), "forbidden")
    door.at.people["email_verified"] = True
    for email in (None, 7, "", "nobody", "a@b@c", "a b@c", "x" * 200 + "@example.org", "\u0430@b"):
        door.at.people["email"] = email
        await door.refused(await door.callback(), "forbidden")
    assert await door.counted() == before


async def test_whoever_has_an_account_has_it_by_either_way(door: Door) -> None:
    """Who has shown that the address is theirs here, and shows it there."""
    email = door.at.people["email"]
    token = await door.api.shop.token(email, Role.OPERATOR)
    await door.api.set_password(token)
    door.at.people["email"] = email.upper()
    user = (await door.signed_in(await door.callback()))["user"]
    assert (user["id"], user["role"]) == (door.api.user(token), "operator")
    given = {"email": email, "password": PASSWORD}
    assert ok(await door.api.post("/api/auth/login", None, given))["user"]["id"] == user["id"]


async def test_an_account_that_somebody_registered_beforehand_is_not_theirs_any_more(
    door: Door,
) -> None:
    email = door.at.people["email"]
    early = {"email": email, "password": PASSWORD}
    thief = ok(await door.api.post("/api/auth/register", None, early), 201)
    done = await door.signed_in(await door.callback())
    assert done["user"]["id"] == thief["user"]["id"] and done["verified"]
    problem(await door.api.get("/api/auth/me", thief["access_token"]), "unauthenticated")
    given = {"refresh_token": thief["refresh_token"]}
    problem(await door.api.post("/api/auth/refresh", None, given), "unauthenticated")
    problem(await door.api.post("/api/auth/login", None, early), "unauthenticated")


async def test_an_address_that_was_given_to_somebody_else_does_not_give_them_the_account(
    door: Door,
) -> None:
    await door.signed_in(await door.callback())
    before = await door.counted()
    door.browser.cookies.clear()
    door.at.people["sub"] = fresh("newcomer")
    found = await door.refused(await door.callback(), "forbidden")
    assert "somebody else" in found["detail"]
    assert await door.counted() == before


async def test_the_same_subject_of_another_issuer_is_somebody_else(
    opening: Opening, door: Door
) -> None:
    first = (await door.signed_in(await door.callback()))["user"]
    async with opening() as other:
        other.at.people["sub"] = door.at.people["sub"]
        assert (await other.signed_in(await other.callback()))["user"]["id"] != first["id"]


async def test_whoever_was_shut_out_stays_out(door: Door) -> None:
    done = await door.signed_in(await door.callback())
    door.browser.cookies.clear()
    owner = await door.api.shop.token("owner@example.org", Role.OWNER)
    path = f"/v1/users/{done['user']['id']}"
    ok(await door.api.patch(path, owner, {"disabled": True}))
    before = await door.counted()
    await door.refused(await door.callback(), "forbidden")
    assert await door.counted() == before
    ok(await door.api.patch(path, owner, {"disabled": False}))
    assert (await door.signed_in(await door.callback()))["user"]["id"] == done["user"]["id"]


async def test_whoever_is_shut_out_before_they_ever_came_stays_out(door: Door) -> None:
    token = await door.api.shop.token(door.at.people["email"])
    owner = await door.api.shop.token("owner@example.org", Role.OWNER)
    ok(await door.api.patch(f"/v1/users/{door.api.user(token)}", owner, {"disabled": True}))
    await door.refused(await door.callback(), "forbidden")


async def test_where_nobody_is_welcome_only_users_come_in(opening: Opening) -> None:
    async with opening(oidc_organization=None) as door:
        owner = await door.api.shop.token("owner@example.org", Role.OWNER)
        closing = {"open_registration": False}
        ok(await door.api.patch("/v1/organization", owner, closing))
        try:
            before = await door.counted()
            found = await door.refused(await door.callback(), "forbidden")
            assert "invitation" in found["detail"]
            assert (await door.counted())[:4] == before[:4], "what was begun is undone"
            await door.api.shop.token(door.at.people["email"], Role.AUDITOR)
            user = (await door.signed_in(await door.callback()))["user"]
            assert user["role"] == "auditor"
        finally:
            ok(await door.api.patch("/v1/organization", owner, {"open_registration": True}))
        door.at.people |= {"sub": fresh("sub"), "email": f"{fresh('p')}@example.org"}
        assert (await door.signed_in(await door.callback()))["user"]["role"] == "customer"


async def test_somebody_of_several_organizations_says_where(door: Door) -> None:
    directory = door.api.shop.services.directory
    email = door.at.people["email"]
    one, two, three = [
        await directory.ensure_organization(fresh("org"), "One", open_registration=True)
        for _ in range(3)
    ]
    for organization in (one, two):
        await directory.put_user(organization.id, email, Role.OWNER)
    where = await door.browser.start(organization=two.slug)
    user = (await door.signed_in(await door.browser.get(door.at.sign_in(where))))["user"]
    assert (user["organization"], user["role"]) == (two.id, "owner")
    door.browser.cookies.clear()
    found = await door.refused(await door.callback(), "malformed_request")
    assert set(found["organizations"]) == {one.slug, two.slug}
    # In one that is not the configured one nobody becomes anything, open or not.
    where = await door.browser.start(organization=three.slug)
    await door.refused(await door.browser.get(door.at.sign_in(where)), "forbidden")
    problem(await door.browser.get(f"{START}?organization=nowhere"), "not_found")


async def test_nobody_becomes_more_than_a_customer_whatever_the_provider_says(door: Door) -> None:
    door.at.change = lambda claims: {
        **claims,
        "role": "admin",
        "roles": ["admin"],
        "org": door.api.shop.organization.id,
        "groups": ["owner"],
    }
    assert (await door.signed_in(await door.callback()))["user"]["role"] == "customer"


# --- how it is offered ---


async def test_without_a_provider_there_is_nothing_at_these_addresses(database: Address) -> None:
    async with open_shop(database.dsn) as shop:
        api = Api(shop)
        async with api.http:
            for path in (START, f"{CALLBACK}?state=x"):
                problem(await api.get(path), "not_found")
            paths = ok(await api.get("/openapi.json"))["paths"]
    assert not {START, CALLBACK} & set(paths)
    assert not {op.path for op in OPERATIONS} & {op.path for op in OIDC_OPERATIONS}


async def test_anyone_may_and_so_often(opening: Opening) -> None:
    for operation in OIDC_OPERATIONS:
        assert (operation.permission, operation.without_token) == (None, Without.ANYONE)
        assert operation.limited is RouteClass.SIGN_IN
    async with opening(limits="sign_in_per_address=3/60") as door:
        paths = ok(await door.api.get("/openapi.json"))["paths"]
        assert {START, CALLBACK} <= set(paths)
        page = (await door.api.http.get("/docs")).text
        assert {op.name for op in OIDC_OPERATIONS} <= set(re.findall(r"[a-z_]+", page))
        answer = paths[CALLBACK]["get"]["responses"]["302"]
        assert {"Location", "Set-Cookie"} <= set(answer["headers"])
        assert "content" not in answer
        path = f"{CALLBACK}?state=x&code=y"
        statuses = [(await door.browser.get(path)).status_code for _ in range(5)]
        assert statuses == [401, 401, 401, 429, 429]
        assert (await door.browser.get(START)).status_code == 429
