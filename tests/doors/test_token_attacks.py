"""Ways to be somebody else, or to stay somebody for too long, all in one table: what is sent, and
what comes back.

Tokens that only the server could have signed are in it as well: what it checks is checked whoever
has signed. Some of this is looked at more closely elsewhere; here is the whole list.
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest

from firmhold.identity.keyring import kid_of
from firmhold.identity.roles import Role
from tests.doors.client import Api, Opened, fresh, ok
from tests.shop import SECRET

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = Any

REFUSED = (401, "unauthenticated")
FORBIDDEN = (403, "forbidden")
NOT_FOUND = (404, "not_found")
MALFORMED = (400, "malformed_request")
LET_IN = (200, None)
"""What looks like an attack and is none."""


class Attack(NamedTuple):
    """One row."""

    name: str
    send: Callable[[Api], Awaitable[httpx.Response]]
    expected: tuple[int, str | None] = REFUSED


ATTACKS: list[Attack] = []


def attack(name: str, expected: tuple[int, str | None] = REFUSED) -> Callable[[Any], Any]:
    """Enter a row; what is below it sends the request."""

    def enter(send: Any) -> Any:
        ATTACKS.append(Attack(name, send, expected))
        return send

    return enter


# --- tokens made by hand ---


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def text_of(part: Json) -> bytes:
    return part if isinstance(part, bytes) else json.dumps(part).encode()


def made(header: Json, payload: Json, key: bytes = SECRET, digest: str = "sha256") -> str:
    """A token with exactly these parts, signed with the key."""
    signed = f"{base64url(text_of(header))}.{base64url(text_of(payload))}"
    return f"{signed}.{base64url(hmac.digest(key, signed.encode(), digest))}"


def usual_header(**change: Json) -> dict[str, Json]:
    header = {"alg": "HS256", "typ": "at+jwt", "kid": kid_of(SECRET), **change}
    return {name: value for name, value in header.items() if value is not ...}


def usual_claims(api: Api, **change: Json) -> dict[str, Json]:
    now = int(time.time())
    claims = {
        "iss": "firmhold",
        "aud": "firmhold",
        "iat": now,
        "exp": now + 600,
        "sub": api.user(api.owner),
        "org": api.shop.organization.id,
        "email": "owner@example.org",
        "role": "owner",
        "sid": "ses_" + "0" * 32,
        **change,
    }
    return {name: value for name, value in claims.items() if value is not ...}


async def who(api: Api, token: str, **more: Any) -> httpx.Response:
    """Ask who this is."""
    headers = [(b"authorization", b"Bearer " + token.encode())]
    return await api.http.get("/api/auth/me", headers=headers, **more)


def by_header(name: str, key: bytes = SECRET, digest: str = "sha256", **change: Json) -> None:
    """Rows about the header: `...` leaves a member out."""

    async def send(api: Api) -> httpx.Response:
        return await who(api, made(usual_header(**change), usual_claims(api), key, digest))

    ATTACKS.append(Attack(name, send))


def by_claims(name: str, expected: tuple[int, str | None] = REFUSED, **change: Json) -> None:
    """Rows about the claims; what can be called is called with the time."""

    async def send(api: Api) -> httpx.Response:
        now = time.time()
        claims = {name: it(now) if callable(it) else it for name, it in change.items()}
        return await who(api, made(usual_header(), usual_claims(api, **claims)))

    ATTACKS.append(Attack(name, send, expected))


def by_spoiling(name: str, spoil: Callable[[str], str]) -> None:
    """Rows about a good token that has been changed."""

    async def send(api: Api) -> httpx.Response:
        return await who(api, spoil(made(usual_header(), usual_claims(api))))

    ATTACKS.append(Attack(name, send))


@attack("nothing: the token that is altered below is good", LET_IN)
async def _row_1(api: Api) -> httpx.Response:
    return await who(api, made(usual_header(), usual_claims(api)))


for algorithm in ("none", "None", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA"):
    by_header(f"the algorithm {algorithm!r}, signed as usual", alg=algorithm)
by_header("HS384, and signed so", digest="sha384", alg="HS384")
by_header("HS512, and signed so", digest="sha512", alg="HS512")
by_header("no algorithm", alg=...)
by_header("a list of algorithms", alg=["none", "HS256"])
by_header("an algorithm that is null", alg=None)
by_header("no name of a key", kid=...)
by_header("the name of no key of ours", kid="000000000000")
by_header("the name of a key that is a path to nothing", b"", kid="../../../../../dev/null")
by_header("the name of a key that is a file everybody knows", b"", kid="/proc/sys/kernel/ostype")
by_header("the name of a key that is SQL", b"key", kid="x' UNION SELECT 'key' --")
by_header("the name of a key that is a command", b"key", kid="|echo key")
by_header("the name of a key that is an address", b"key", kid="https://evil.example/key")
by_header("the name of a key with NUL behind it", kid=kid_of(SECRET) + "\0")
by_header("the name of a key in capitals", kid=kid_of(SECRET).upper())
by_header("the name of a key that is a number", kid=0)
by_header("a list of names of keys", kid=[kid_of(SECRET)])
by_header("a key that was retired", b"a key that signed once, and is retired", kid="0" * 12)
by_header("another key by our key's name", b"another key, of at least 32 bytes!")
by_header("an empty key", b"")
OWN = {"kty": "oct", "k": base64url(b"a key of the sender's own, 32 bytes"), "alg": "HS256"}
by_header("a key of its own in the header", b"a key of the sender's own, 32 bytes", jwk=OWN)
by_header(
    "the same, by the name of no key", b"a key of the sender's own, 32 bytes", jwk=OWN, kid="1"
)
by_header("a set of keys elsewhere", b"k" * 32, jku="https://evil.example/jwks", kid="1")
by_header("a certificate elsewhere", b"k" * 32, x5u="https://evil.example/x5u", kid="1")
by_header("a certificate of its own", b"k" * 32, x5c=["MIIB"], kid="1")
by_header("a payload that is not encoded", b64=False, crit=["b64"])
by_header("no type", typ=...)
by_header("the type of any token", typ="JWT")
by_header("the type of a feed", typ="feed+jwt")
by_header("a type that is none", typ=["at+jwt"])
by_header("a type in capitals", typ="AT+JWT")

for claim in ("iss", "aud", "sub", "sid", "org", "email", "role", "exp", "iat"):
    by_claims(f"no {claim}", **{claim: ...})
    by_claims(f"{claim} is null", **{claim: None})
by_claims("another issuer", iss="https://evil.example")
by_claims("a list of issuers", iss=["firmhold"])
by_claims("another audience", aud="billing")
by_claims("other audiences", aud=["billing", "firm"])
by_claims("a part of the audience", aud="firm")
by_claims("a subject that is a number", sub=1)
by_claims("a session that is a number", sid=1)
by_claims("a role nobody has", role="god")
by_claims("a list of roles", role=["owner"])
by_claims("over for an hour", exp=lambda now: int(now) - 3600)
by_claims("over since this second", exp=int)
by_claims("over for half a second", exp=lambda now: now - 0.5)
by_claims("over before there were clocks", exp=-1)
by_claims("over at no time", exp=float("nan"))
by_claims("never over", exp=float("inf"))
by_claims("over at a time that is text", exp="never")
by_claims("over at a list", exp=[9_999_999_999])
by_claims("over at a time beyond all numbers", exp=10**400)
by_claims("over in a hundred years", exp=lambda now: int(now) + 100 * 366 * 86_400)
by_claims("not good yet", nbf=lambda now: int(now) + 60)
by_claims("not good before text", nbf="now")
by_claims("made at a time that is text", iat="now")
by_claims("made by a clock that is ahead", LET_IN, iat=lambda now: int(now) + 3600)


def with_payload(name: str, payload: bytes) -> None:
    async def send(api: Api) -> httpx.Response:
        return await who(api, made(usual_header(), payload))

    ATTACKS.append(Attack(name, send))


with_payload("claims that are a list", b"[]")
with_payload("claims that are no JSON", b"{")
with_payload("claims that are null", b"null")
with_payload("claims that are no text", b"\xff\xfe")
with_payload("claims without a bottom", b"[" * 1500)

HEADERS_OF_NO_USE = (b"[]", b"null", b"{", b"\xff", b'{"alg":"HS256"', b"{}", b'"HS256"')


@attack("headers that are none")
async def _row_2(api: Api) -> httpx.Response:
    answers = [await who(api, made(it, usual_claims(api))) for it in HEADERS_OF_NO_USE]
    return unlike(answers, REFUSED)


def unlike(answers: list[httpx.Response], expected: tuple[int, str | None]) -> httpx.Response:
    """The first answer that is not as expected, else the last."""
    for answer in answers:
        if answer.status_code != expected[0]:
            return answer
    return answers[-1]


@attack("a claim more, under the old signature")
async def _row_3(api: Api) -> httpx.Response:
    head, _, signature = api.customer.split(".")
    claims = json.loads(base64.urlsafe_b64decode(api.customer.split(".")[1] + "=="))
    raised = base64url(json.dumps({**claims, "role": "admin"}).encode())
    return await who(api, f"{head}.{raised}.{signature}")


@attack("a claim twice, under the old signature")
async def _row_4(api: Api) -> httpx.Response:
    head, body, signature = api.customer.split(".")
    claims = base64.urlsafe_b64decode(body + "==").rstrip(b"}") + b',"role":"admin"}'
    return await who(api, f"{head}.{base64url(claims)}.{signature}")


@attack("the signature of another token")
async def _row_5(api: Api) -> httpx.Response:
    return await who(api, api.owner.rpartition(".")[0] + "." + api.customer.rpartition(".")[2])


@attack("each of its characters another one")
async def _row_6(api: Api) -> httpx.Response:
    """Also the last, of which two bits mean nothing."""
    good = made(usual_header(), usual_claims(api))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    answers = []
    for at, char in enumerate(good):
        if char != ".":
            other = alphabet[alphabet.index(char) ^ 1]
            answers.append(await who(api, good[:at] + other + good[at + 1 :]))
    assert len(answers) > 300
    return unlike(answers, REFUSED)


by_spoiling("without its signature", lambda good: good.rpartition(".")[0])
by_spoiling("with an empty signature", lambda good: good.rpartition(".")[0] + ".")
by_spoiling("a character short", lambda good: good[:-1])
by_spoiling("half of it", lambda good: good[: len(good) // 2])
by_spoiling("a character long", lambda good: good + "A")
by_spoiling("with padding", lambda good: good + "=")
by_spoiling(
    "with a character of no alphabet in its signature", lambda good: f"{good[:-9]}!{good[-9:]}"
)
by_spoiling("with a space within", lambda good: f"{good[:50]} {good[50:]}")
by_spoiling("with a tab within its signature", lambda good: f"{good[:-9]}\t{good[-9:]}")
by_spoiling("with a space of no width", lambda good: good + "\u200b")
by_spoiling("with a letter of another script", lambda good: good.replace("e", "\u0435", 1))
by_spoiling("in quotes", lambda good: f'"{good}"')
by_spoiling("in capitals", str.upper)
by_spoiling("as in an address", lambda good: good.replace(".", "%2E"))
by_spoiling("in four parts", lambda good: f"{good}.{good.rpartition('.')[2]}")
by_spoiling("in five parts, as if encrypted", lambda good: f"{good}..")
by_spoiling("its parts in another order", lambda good: ".".join(reversed(good.split("."))))
by_spoiling("twice", lambda good: f"{good},{good}")
by_spoiling("a thousand times as large", lambda good: good * 200)
by_spoiling("named twice", lambda good: f"Bearer {good}")


# --- how it is sent ---


def sent_as(
    name: str, headers: Callable[[Api], list[tuple[str, str]]], expected: Any = REFUSED
) -> None:
    async def send(api: Api) -> httpx.Response:
        return await api.http.get("/api/auth/me", headers=headers(api))

    ATTACKS.append(Attack(name, send, expected))


GOOD = "authorization"
sent_as("no token", lambda _: [])
sent_as(
    "two tokens",
    lambda api: [(GOOD, f"Bearer {api.customer}"), (GOOD, f"Bearer {api.owner}")],
    MALFORMED,
)
sent_as("the same twice", lambda api: [(GOOD, f"Bearer {api.owner}")] * 2, MALFORMED)
sent_as("Basic", lambda api: [(GOOD, f"Basic {api.owner}")])
sent_as("Digest", lambda api: [(GOOD, f"Digest {api.owner}")])
sent_as("no scheme", lambda api: [(GOOD, api.owner)])
sent_as("a scheme and nothing", lambda _: [(GOOD, "Bearer ")])
sent_as("a tab for the space", lambda api: [(GOOD, f"Bearer\t{api.owner}")])
sent_as("another header", lambda api: [("x-authorization", f"Bearer {api.owner}")])
sent_as("a proxy's header", lambda api: [("x-forwarded-user", "owner@example.org")])
sent_as("a header for proxies", lambda api: [("proxy-authorization", f"Bearer {api.owner}")])
sent_as("a cookie", lambda api: [("cookie", f"token={api.owner}; access_token={api.owner}")])


@attack("in the query")
async def _row_7(api: Api) -> httpx.Response:
    return await api.get("/api/auth/me", access_token=api.owner, token_=api.owner)


@attack("in the body")
async def _row_8(api: Api) -> httpx.Response:
    return await api.call("GET", "/api/auth/me", body={"access_token": api.owner})


# --- one thing for another ---


async def opened(api: Api) -> Opened:
    return await api.sign_in(api.customer)


async def refresh(api: Api, token: str, **more: Any) -> httpx.Response:
    return await api.post("/api/auth/refresh", None, {"refresh_token": token}, **more)


async def new_key(api: Api, *scopes: str, **more: Any) -> Json:
    body = {"name": "A key", "scopes": list(scopes or ("stock:read",)), **more}
    return ok(await api.post("/v1/api-keys", api.owner, body), 201)


async def hold_token(api: Api) -> tuple[str, str]:
    item = await api.item()
    hold = await api.hold(item["id"])
    return api.shop.services.tokens.hold_token(api.shop.organization.id, hold["id"]), hold["id"]


async def code(api: Api) -> str:
    token = await api.shop.token(address := f"{fresh('forgetful')}@example.org")
    await api.set_password(token)
    await api.shop.services.accounts.send_reset(address)
    return await api.code_sent(address)


@attack("a hold token for a user's", FORBIDDEN)
async def _row_9(api: Api) -> httpx.Response:
    return await api.get("/api/auth/sessions", (await hold_token(api))[0])


@attack("a hold token for somebody else's hold", FORBIDDEN)
async def _row_10(api: Api) -> httpx.Response:
    (token, _), (_, other) = await hold_token(api), await hold_token(api)
    return await api.get(f"/v1/reservations/{other}", token)


@attack("a feed token for a user's")
async def _row_11(api: Api) -> httpx.Response:
    site = (await api.site())["id"]
    return await who(api, api.shop.services.tokens.feed_token(api.shop.organization.id, site, 1))


@attack("a user's token for a feed's")
async def _row_12(api: Api) -> httpx.Response:
    site = (await api.site())["id"]
    return await api.get(f"/v1/sites/{site}/calendar.ics", token_=api.owner)


@attack("a hold token for a feed's")
async def _row_13(api: Api) -> httpx.Response:
    site, (token, _) = (await api.site())["id"], await hold_token(api)
    return await api.get(f"/v1/sites/{site}/calendar.ics", token_=token)


@attack("the feed token of another site", FORBIDDEN)
async def _row_14(api: Api) -> httpx.Response:
    one, other = (await api.site())["id"], (await api.site())["id"]
    token = api.shop.services.tokens.feed_token(api.shop.organization.id, one, 1)
    return await api.get(f"/v1/sites/{other}/calendar.ics", token_=token)


@attack("a refresh token for an access token")
async def _row_15(api: Api) -> httpx.Response:
    return await who(api, (await opened(api)).refresh_token)


@attack("a code for an access token")
async def _row_16(api: Api) -> httpx.Response:
    return await who(api, await code(api))


@attack("an access token for a refresh token", MALFORMED)
async def _row_17(api: Api) -> httpx.Response:
    return await refresh(api, (await opened(api)).access_token)


@attack("a code for a refresh token")
async def _row_18(api: Api) -> httpx.Response:
    return await refresh(api, await code(api))


@attack("an API key for a refresh token")
async def _row_19(api: Api) -> httpx.Response:
    return await refresh(api, (await new_key(api))["key"])


@attack("a refresh token for a code", MALFORMED)
async def _row_20(api: Api) -> httpx.Response:
    body = {"code": (await opened(api)).refresh_token, "password": "long-and-only-mine"}
    return await api.post("/api/auth/password/reset", None, body)


@attack("a code to set a password for one to verify an address", MALFORMED)
async def _row_21(api: Api) -> httpx.Response:
    token = await api.shop.token(address := f"{fresh('forgetful')}@example.org")
    await api.set_password(token)
    await api.shop.services.accounts.send_reset(address)
    return await api.post("/api/auth/verify", token, {"code": await api.code_sent(address)})


# --- API keys ---


@attack("a key beyond its scopes", FORBIDDEN)
async def _row_22(api: Api) -> httpx.Response:
    key = (await new_key(api, "stock:read"))["key"]
    return await api.post("/v1/items", key, {"sku": "A", "name": "A", "capacity": 1})


@attack("a key of another organization", NOT_FOUND)
async def _row_23(api: Api) -> httpx.Response:
    services = api.shop.services
    other = await services.directory.ensure_organization(fresh("other"), "Other")
    item = await api.item()
    user, _ = await services.directory.put_user(other.id, "owner@other.example", Role.OWNER)
    token = services.tokens.access_token(
        other.id, user.id, user.email, Role.OWNER, "ses_" + "1" * 32
    )
    made = await api.post("/v1/api-keys", token, {"name": "Other", "scopes": ["stock:read"]})
    return await api.get(f"/v1/items/{item['id']}", ok(made, 201)["key"])


@attack("a key that was withdrawn")
async def _row_24(api: Api) -> httpx.Response:
    key = await new_key(api)
    ok(await api.delete(f"/v1/api-keys/{key['id']}", api.owner))
    return await who(api, key["key"])


@attack("a key that is over")
async def _row_25(api: Api) -> httpx.Response:
    key = await new_key(api)
    await api.shop.fetch(
        "UPDATE api_key SET expires_at = clock_timestamp() WHERE id = $1", key["id"][-32:]
    )
    return await who(api, key["key"])


@attack("a key by the name of another")
async def _row_26(api: Api) -> httpx.Response:
    one, other = (await new_key(api))["key"], (await new_key(api))["key"]
    return await who(api, one[:37] + other[37:])


def by_spoiling_a_key(name: str, spoil: Callable[[str], str]) -> None:
    async def send(api: Api) -> httpx.Response:
        return await who(api, spoil((await new_key(api))["key"]))

    ATTACKS.append(Attack(name, send))


by_spoiling_a_key("a key a character short", lambda key: key[:-1])
by_spoiling_a_key("a key with another last character", lambda key: key[:-1] + "!")
by_spoiling_a_key("the name of a key alone", lambda key: key[:36])
by_spoiling_a_key("a key in capitals", str.upper)
by_spoiling_a_key("a key with SQL behind it", lambda key: key + "' OR ''='")


# --- sessions that are over ---


@attack("after signing out")
async def _row_27(api: Api) -> httpx.Response:
    session = await opened(api)
    await api.post("/api/auth/logout", None, {"refresh_token": session.refresh_token})
    return await who(api, session.access_token)


@attack("a refresh after signing out")
async def _row_28(api: Api) -> httpx.Response:
    session = await opened(api)
    await api.post("/api/auth/logout", session.access_token, {})
    return await refresh(api, session.refresh_token)


@attack("after signing out everywhere, from elsewhere")
async def _row_29(api: Api) -> httpx.Response:
    one, other = await opened(api), await opened(api)
    await api.post("/api/auth/logout", other.access_token, {"everywhere": True})
    return await who(api, one.access_token)


@attack("a session that was ended from the list")
async def _row_30(api: Api) -> httpx.Response:
    one, other = await opened(api), await opened(api)
    await api.delete(f"/api/auth/sessions/{one.session}", other.access_token)
    return await who(api, one.access_token)


@attack("somebody else's session from the list", NOT_FOUND)
async def _row_31(api: Api) -> httpx.Response:
    session = await opened(api)
    return await api.delete(f"/api/auth/sessions/{session.session}", api.other)


async def member(api: Api) -> tuple[str, Opened]:
    token = await api.shop.token(f"{fresh('member')}@example.org", Role.OPERATOR)
    return api.user(token), await api.sign_in(token)


@attack("the role of before")
async def _row_32(api: Api) -> httpx.Response:
    user, session = await member(api)
    ok(await api.patch(f"/v1/users/{user}", api.owner, {"role": "customer"}))
    return await who(api, session.access_token)


@attack("the role of before, refreshed")
async def _row_33(api: Api) -> httpx.Response:
    user, session = await member(api)
    ok(await api.patch(f"/v1/users/{user}", api.owner, {"role": "customer"}))
    return await refresh(api, session.refresh_token)


@attack("somebody who was shut out")
async def _row_34(api: Api) -> httpx.Response:
    user, session = await member(api)
    ok(await api.patch(f"/v1/users/{user}", api.owner, {"disabled": True}))
    return await who(api, session.access_token)


@attack("somebody who was shut out, refreshed")
async def _row_35(api: Api) -> httpx.Response:
    user, session = await member(api)
    ok(await api.patch(f"/v1/users/{user}", api.owner, {"disabled": True}))
    return await refresh(api, session.refresh_token)


@attack("a session of thirty days ago")
async def _row_36(api: Api) -> httpx.Response:
    session = await opened(api)
    await api.shop.fetch(
        "UPDATE session SET expires_at = clock_timestamp() WHERE id = $1", session.session[-32:]
    )
    return await refresh(api, session.refresh_token)


# --- refresh tokens that come back ---


async def spent(api: Api, seconds: float) -> tuple[Opened, Json]:
    """A session whose first refresh token was used so many seconds ago, and what it got."""
    session = await opened(api)
    second = ok(await refresh(api, session.refresh_token))
    await api.shop.fetch(
        "UPDATE refresh_token SET spent_at = spent_at - $1::interval", timedelta(seconds=seconds)
    )
    return session, second


@attack("two windows that refresh together", LET_IN)
async def _row_37(api: Api) -> httpx.Response:
    session, _ = await spent(api, 1)
    return await refresh(api, session.refresh_token)


@attack("a refresh token that comes back late")
async def _row_38(api: Api) -> httpx.Response:
    session, _ = await spent(api, 11)
    return await refresh(api, session.refresh_token)


@attack("its successor, after it came back")
async def _row_39(api: Api) -> httpx.Response:
    session, second = await spent(api, 11)
    await refresh(api, session.refresh_token)
    return await refresh(api, second["refresh_token"])


@attack("the access token of its successor")
async def _row_40(api: Api) -> httpx.Response:
    session, second = await spent(api, 11)
    await refresh(api, session.refresh_token)
    return await who(api, second["access_token"])


def by_spoiling_a_refresh(
    name: str, spoil: Callable[[str], str], expected: tuple[int, str | None] = REFUSED
) -> None:
    async def send(api: Api) -> httpx.Response:
        return await refresh(api, spoil((await opened(api)).refresh_token))

    ATTACKS.append(Attack(name, send, expected))


by_spoiling_a_refresh("a refresh token a character short", lambda it: it[:-1])
by_spoiling_a_refresh("a refresh token with padding", lambda it: it + "=")
by_spoiling_a_refresh("a refresh token with a space", lambda it: it + " ")
by_spoiling_a_refresh("a refresh token in capitals", str.upper)
by_spoiling_a_refresh("a refresh token that nobody made", lambda it: it[:4] + "A" * (len(it) - 4))
by_spoiling_a_refresh("a refresh token of great length", lambda it: it * 9, MALFORMED)


# --- the cookie ---

COOKIE = "__Host-firmhold-refresh"


def with_cookie(
    name: str, expected: tuple[int, str | None], path: str = "/api/auth/refresh", **headers: str
) -> None:
    async def send(api: Api) -> httpx.Response:
        session = await opened(api)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["cookie"] = f"{COOKIE}={session.refresh_token}"
        method = "POST" if path.startswith("/api/auth/") and path != "/api/auth/me" else "GET"
        body = {} if method == "POST" else None
        answer = await api.call(method, path, None, body, headers=sent)
        api.http.cookies.clear()
        return answer

    ATTACKS.append(Attack(name, send, expected))


HERE = "http://firmhold.test"
with_cookie("the cookie, from a page of ours", LET_IN, origin=HERE)
with_cookie("the cookie, from nowhere", FORBIDDEN)
with_cookie("the cookie, from another site", FORBIDDEN, origin="https://evil.example")
with_cookie(
    "the cookie, from a site with our name in its own", FORBIDDEN, origin=f"{HERE}.evil.example"
)
with_cookie(
    "the cookie, from our name as a user's", FORBIDDEN, origin="http://firmhold.test@evil.example"
)
with_cookie("the cookie, from another port", FORBIDDEN, origin=f"{HERE}:81")
with_cookie("the cookie, from a sandbox", FORBIDDEN, origin="null")
with_cookie("the cookie, from a neighbour", FORBIDDEN, sec_fetch_site="same-site")
with_cookie(
    "the cookie, from a link elsewhere", FORBIDDEN, sec_fetch_site="cross-site", origin=HERE
)
with_cookie(
    "the cookie, to sign somebody out", FORBIDDEN, "/api/auth/logout", sec_fetch_site="cross-site"
)
with_cookie("the cookie, to be somebody", REFUSED, "/api/auth/me", origin=HERE)
with_cookie("the cookie, to read reservations", REFUSED, "/v1/reservations", origin=HERE)


# --- more than one may ---


def as_customer(name: str, method: str, path: str, body: Json = None) -> None:
    async def send(api: Api) -> httpx.Response:
        return await api.call(method, path, api.customer, body)

    ATTACKS.append(Attack(name, send, FORBIDDEN))


as_customer(
    "a customer who makes items", "POST", "/v1/items", {"sku": "A", "name": "A", "capacity": 1}
)
as_customer("a customer who lets people in", "POST", "/v1/users", {"email": "a@b", "role": "owner"})
as_customer(
    "a customer who makes keys", "POST", "/v1/api-keys", {"name": "A", "scopes": ["stock:read"]}
)
as_customer("a customer who changes what is allowed", "PATCH", "/v1/organization", {"name": "A"})
as_customer("a customer who reads what everybody booked", "GET", "/api/admin/bookings")


@attack("an owner who makes an administrator", FORBIDDEN)
async def _row_41(api: Api) -> httpx.Response:
    return await api.post("/v1/users", api.owner, {"email": "a@example.org", "role": "admin"})


# --- the table ---


async def test_the_table_has_as_many_rows_as_it_says() -> None:
    assert len({row.name for row in ATTACKS}) == len(ATTACKS)
    refused = [row for row in ATTACKS if row.expected != LET_IN]
    assert len(refused) >= 180, "the table does not shrink"


@pytest.mark.parametrize("row", ATTACKS, ids=[row.name for row in ATTACKS])
async def test_what_is_sent_gets_what_the_table_says(api: Api, row: Attack) -> None:
    answer = await row.send(api)
    status, code = row.expected
    assert answer.status_code == status, answer.text
    if code is not None:
        assert answer.json()["code"] == code
        assert "Traceback" not in answer.text
    if status == 401:
        assert answer.headers["www-authenticate"] == 'Bearer realm="firmhold"'
