"""A client of the doors: plain HTTP requests against the real application, without a socket."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import asyncpg
import httpx

from firmhold.app import OPERATIONS, Application
from firmhold.audit.sealer import Sealer
from firmhold.doors.shared.operation import KeyUse, Operation
from firmhold.identity import accounts
from firmhold.identity.letters import Kind
from firmhold.identity.passwords import Passwords
from firmhold.identity.permissions import OF_SERVER
from firmhold.identity.roles import Role
from firmhold.identity.signing_in import Device
from firmhold.notify.webhooks.planning import Planner
from tests.audit.logs import SIGNER
from tests.shop import Shop, new_id

STATUS = {
    "unauthenticated": 401,
    "forbidden": 403,
    "malformed_request": 400,
    "idempotency_key_missing": 400,
    "idempotency_key_reused": 422,
    "idempotency_key_in_progress": 409,
    "not_found": 404,
    "too_late_to_cancel": 422,
    "not_on_sale_yet": 422,
    "sale_ended": 422,
    "too_far_ahead": 422,
    "too_late_to_book": 422,
    "limit_exceeded": 422,
    "insufficient_capacity": 409,
    "pool_busy": 409,
    "hold_expired": 409,
    "already_confirmed": 409,
    "already_released": 409,
    "already_cancelled": 409,
    "capacity_below_reserved": 409,
    "already_exists": 409,
    "version_conflict": 409,
    "overloaded": 503,
}
"""As the specification has them, not as the code has them."""

EMAIL = "ada@example.org"
"""The customer that `Api.customer` is."""

OTHER_EMAIL = "eve@example.org"

FLASH = "FLASH-SALE-001"

PASSWORD = "long enough for a test"

WITH_EXAMPLES = [op for op in OPERATIONS if op.name != "set_up"]
"""Setting up works on a server that has nobody yet; it has tests of its own."""

OF_ONE = [op for op in WITH_EXAMPLES if op.permission not in OF_SERVER]
"""Without those about the whole server, which only admins of its own organization may call: they
have tests of their own, in `test_organizations`."""

Json = Any

_numbers = itertools.count(1)

_hours = itertools.count(24)


def at(hours: float) -> str:
    """A time so many hours after the full hour that began last, and not before the next one."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return (hour + timedelta(hours=hours + 1)).isoformat().replace("+00:00", "Z")


def fresh(prefix: str) -> str:
    """A name that nobody has used."""
    return f"{prefix}-{next(_numbers)}"


def ok(response: httpx.Response, status: int = 200) -> Json:
    """The answer's JSON; fails unless it has the status and says that it is JSON."""
    assert response.status_code == status, (response.status_code, response.text)
    assert response.headers["content-type"] == "application/json"
    return response.json()


def problem(response: httpx.Response, code: str, status: int | None = None) -> Json:
    """The problem document; fails unless it is a complete one with this code."""
    found = a_problem(response)
    assert found["code"] == code, found
    assert response.status_code == (status or STATUS[code]), found
    return found


def a_problem(response: httpx.Response) -> Json:
    """The problem document; fails unless the answer is a complete one, whichever."""
    assert response.status_code >= 400, (response.status_code, response.text)
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body["status"] == response.status_code
    assert body["type"] == f"/docs#{body['code']}"
    for member in ("title", "detail", "code"):
        assert isinstance(body[member], str)
        assert body[member], body
    for leak in ("Traceback", "asyncpg", "msgspec", 'File "', "SELECT "):
        assert leak not in response.text
    return body


class Opened(NamedTuple):
    """A session, and what opens it."""

    session: str
    access_token: str
    refresh_token: str


@cache
def _passwords() -> Passwords:
    return Passwords(time_cost=1, memory_kib=64)


async def _hashed(password: str) -> str:
    return await _passwords().hashed(password)


class Api:
    """The application, some people who call it, and short ways to do so."""

    customer: str
    other: str
    operator: str
    auditor: str
    owner: str
    admin: str

    def __init__(self, shop: Shop, app: Application | None = None) -> None:
        self.shop = shop
        self.slug = shop.organization.slug
        self.app = app or Application(shop.services, workers=False)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://firmhold.test"
        )

    async def open(self) -> None:
        """Enrol the people."""
        self.customer = await self.shop.token(EMAIL)
        self.other = await self.shop.token(OTHER_EMAIL)
        self.operator = await self.shop.token("operator@example.org", Role.OPERATOR)
        self.auditor = await self.shop.token("auditor@example.org", Role.AUDITOR)
        self.owner = await self.shop.token("owner@example.org", Role.OWNER)
        self.admin = await self.shop.token("admin@example.org", Role.ADMIN)

    def user(self, token: str) -> str:
        """The id of the user that a token names."""
        customer = self.shop.services.tokens.verify(token).actor.customer
        assert customer is not None
        return customer

    async def call(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: Json = None,
        *,
        key: str | None = None,
        content: bytes | None = None,
        headers: dict[str, Any] | None = None,
        **query: Any,
    ) -> httpx.Response:
        """One request."""
        sent = dict(headers or {})
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        else:
            sent.setdefault("x-organization", self.slug)
        if key is not None:
            sent["idempotency-key"] = key
        given = {name.rstrip("_"): value for name, value in query.items() if value is not None}
        if isinstance(body, bytes):
            body, content = None, body
            sent.setdefault("content-type", "text/csv")
        return await self.http.request(
            method,
            path,
            json=body if content is None else None,
            content=content,
            headers=sent,
            params=given or None,
        )

    async def get(self, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        return await self.call("GET", path, token, **more)

    async def post(
        self, path: str, token: str | None = None, body: Json = None, **more: Any
    ) -> httpx.Response:
        return await self.call("POST", path, token, body, **more)

    async def delete(self, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        return await self.call("DELETE", path, token, **more)

    async def patch(
        self, path: str, token: str | None = None, body: Json = None, **more: Any
    ) -> httpx.Response:
        return await self.call("PATCH", path, token, body, **more)

    # --- accounts ---

    async def set_password(self, token: str, password: str = PASSWORD) -> None:
        """Let this be the password of the person behind a token, however it comes."""
        identity = self.shop.services.tokens.verify(token)
        kept = await _hashed(password)
        await self.shop.fetch(
            "UPDATE person SET password = $2 WHERE email = $1", identity.email, kept
        )

    async def sign_in(self, token: str, device: Device | None = None) -> Opened:
        """A session of the person behind a token, without a password."""
        services, identity = self.shop.services, self.shop.services.tokens.verify(token)
        user = await services.people.member(identity.organization, self.user(token))
        assert user is not None
        database = services.database
        async with database.read(user.organization) as connection, connection.transaction():
            done = await services.signing_in.open(connection, user, True, device or Device())
        session = services.tokens.verify(done.access_token).session
        assert session is not None
        return Opened(session, done.access_token, done.refresh_token)

    async def code_sent(self, address: str) -> str:
        """The newest code in a letter to this address, which is still in the outbox."""
        await self.shop.services.accounts.settle()
        facts = await self.shop.fetchval(
            "SELECT facts FROM letter WHERE address = $1 AND facts ? 'code' "
            "ORDER BY created_at DESC, id DESC LIMIT 1",
            address,
        )
        return str(json.loads(facts)["code"])

    # --- what most scenarios begin with ---

    async def item(self, capacity: int = 10, **more: Any) -> Json:
        """A new item, made through the door."""
        body = {"sku": fresh("SKU"), "name": "Something", "capacity": capacity, **more}
        return ok(await self.post("/v1/items", self.operator, body), 201)

    async def hold(
        self, offering: str, quantity: int = 1, token: str | None = None, **more: Any
    ) -> Json:
        """A hold of the customer's, placed through the door."""
        line = {offering.partition("_")[0]: offering, "quantity": quantity}
        body = {"lines": [line], **more}
        return ok(await self.post("/v1/reservations", token or self.customer, body), 201)

    async def site(self, **more: Any) -> Json:
        """A new site, made through the door, at which one can book for ten years."""
        body = {"name": fresh("Site"), "zone": "Europe/Berlin", "horizon_days": 3650, **more}
        return ok(await self.post("/v1/sites", self.operator, body), 201)

    async def pool(self, kind: str = "room", units: int = 1, **more: Any) -> Json:
        """A new pool, made through the door."""
        body = {"kind": kind, "name": fresh(kind.title()), "units": units, **more}
        return ok(await self.post("/v1/pools", self.operator, body), 201)

    async def slot(self, site: str | None = None, capacity: int = 1, **more: Any) -> Json:
        """A new slot, made through the door: of an hour, at a time of its own."""
        if site is None:
            site = (await self.site())["id"]
        body = {"site": site, "title": "Something", "capacity": capacity, **more}
        if "starts_at" not in body:
            body["starts_at"] = at(next(_hours))
        if "ends_at" not in body:
            body.setdefault("minutes", 60)
        return ok(await self.post("/v1/slots", self.operator, body), 201)

    async def act(
        self, reservation: str, verb: str, token: str, body: Json = None
    ) -> httpx.Response:
        return await self.post(f"/v1/reservations/{reservation}/{verb}", token, body or {})

    async def counts(self, item: str) -> tuple[int, int, int]:
        """Capacity, held, confirmed, as the door shows them."""
        seen = ok(await self.get(f"/v1/items/{item}", self.operator))
        assert seen["available"] == seen["capacity"] - seen["held"] - seen["confirmed"]
        return seen["capacity"], seen["held"], seen["confirmed"]

    async def walk(self, path: str, token: str | None, **query: Any) -> list[Json]:
        """Every entry of a list, page by page by its cursor, checking that the link agrees."""
        entries: list[Json] = []
        response = await self.get(path, token, **query)
        for _ in range(1000):
            page = ok(response)
            entries += page["data"]
            assert set(page) == {"data", "next"}
            if page["next"] is None:
                assert "link" not in response.headers
                return entries
            link = response.headers["link"]
            assert link.endswith('; rel="next"'), link
            response = await self.get(link[1 : link.index(">")], token)
            if "limit" in query:
                assert len(page["data"]) <= query["limit"]
        raise AssertionError("the list does not end")

    async def checksum(self) -> str:
        """What changes with every row that is written, changed or deleted in any table, users aside
        (a test may enrol some)."""
        async with self.shop.services.database.read_across() as connection:
            return await _checksum(connection)


async def _checksum(connection: Any) -> str:
    tables = ("organization", "offering", "item", "reservation", "reservation_line", "ledger")
    tables += ("idempotency", "site", "pool", "slot", "requirement", "loan", "schedule")
    tables += ("waitlist_entry",)
    # By the transactions that have written the rows: whoever writes one anew is another one.
    written = "count(*), max(xmin::text::bigint), sum(xmin::text::bigint)"
    digests = ", ".join(f"(SELECT ({written})::text FROM {t})" for t in tables)
    row: asyncpg.Record = await connection.fetchrow(f"SELECT {digests}")
    return " ".join(row)


async def sealed(api: Api, what: str) -> str:
    """The id of an act, or the size of a checkpoint, of an organization whose audit is sealed."""
    await api.item()
    sealer = Sealer(api.shop.services.database, SIGNER)
    while await sealer.run_once() == 0.0:
        pass
    table = "act" if what == "an act" else "audit_checkpoint"
    column = "'act_' || replace(id::text, '-', '')" if table == "act" else "size::text"
    sql = f"SELECT {column} FROM {table} WHERE organization_id = $1 ORDER BY at LIMIT 1"
    return str(await api.shop.fetchval(sql, api.shop.organization.id[-32:]))


async def example(
    api: Api, operation: Operation, holder: str | None = None
) -> tuple[str, dict[str, Any], dict[str, str]]:
    """Address, body and headers of the operation's own example, with real things in place of its
    placeholders. What it acts on belongs to `holder`, else to `Api.customer`."""
    shown = operation.example
    assert shown is not None, operation.name
    names: dict[str, str] = {}

    async def real(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: await real(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [await real(inner) for inner in value]
        if isinstance(value, str) and value in PLACEHOLDERS:
            if value not in names:
                names[value] = (
                    await OF_ACCOUNTS[value](api, holder or api.customer)
                    if value in OF_ACCOUNTS
                    else await placed(api, value, names, holder)
                )
            return names[value]
        return EMAIL if value == "demo" else value

    if operation.name in SHOWING:
        await real(SHOWING[operation.name])
    path = operation.path
    for name, value in shown.path.items():
        path = path.replace("{" + name + "}", await real(value))
    assert "{" not in path, f"{operation.name}: the example leaves a part of its path open"
    if shown.query:
        pairs = [pair.split("=") for pair in shown.query.split("&")]
        path += "?" + "&".join(
            [
                f"{name}={await real(value.replace('+', ' ')) if value in IN_QUERIES else value}"
                for name, value in pairs
            ]
        )
    headers = {} if operation.key is KeyUse.NONE else {"idempotency-key": fresh("example")}
    body = await real(shown.body)
    if shown.file is not None:
        headers["content-type"] = operation.files[0]
        body = shown.file.encode()
    return path, body, headers


SHOWING = {
    "get_checkpoint": "a checkpoint",
    "list_open_slots": "a slot",
    "report_bookings": "a booking",
}
"""What there has to be so that the example of a list shows something."""

IN_QUERIES = {"demo", "a+site", "a+checkpoint"}

PLACEHOLDERS = {
    *(
        "held",
        "confirmed",
        "item",
        "a site",
        "a room",
        "a practitioner",
        "some equipment",
        "a pool",
    ),
    *("an organization", "a new slug"),
    *("a user", "a session", "an API key", "a new address", "an account", "its password"),
    *("a refresh token", "a reset code", "a verification code"),
    *("an act", "a checkpoint"),
    *("a webhook", "an event", "a notification", "a language"),
    *("a slot", "a schedule", "a booking", "a place in the line", "a doctor", "a room at a site"),
}


async def _user(api: Api, _: str) -> str:
    return api.user(await api.shop.token(f"{fresh('user')}@example.org"))


async def _session(api: Api, holder: str) -> str:
    return (await api.sign_in(holder)).session


async def _key(api: Api, _: str) -> str:
    body = {"name": "Something", "scopes": ["stock:read"]}
    return str(ok(await api.post("/v1/api-keys", api.owner, body), 201)["id"])


async def _webhook(api: Api, _: str) -> str:
    # There can be only so many.
    await api.shop.fetch(
        "DELETE FROM webhook WHERE organization_id = $1", api.shop.organization.id[-32:]
    )
    body = {"url": "https://shop.example/hooks"}
    return str(ok(await api.post("/v1/webhooks", api.owner, body), 201)["id"])


async def _event(api: Api, _: str) -> str:
    """Of a delivery to the webhook that was made last."""
    planner = Planner(api.shop.services.database, lambda _: b"{}")
    await planner.run_once()
    await api.item()
    while await planner.run_once() == 0.0:
        pass
    row = await api.shop.fetchrow(
        "SELECT d.event_id FROM webhook_delivery AS d JOIN webhook AS w ON w.id = d.webhook_id "
        "WHERE w.organization_id = $1 ORDER BY w.id DESC, d.number DESC LIMIT 1",
        api.shop.organization.id[-32:],
    )
    return f"evt_{row['event_id'].hex}"


async def _notification(api: Api, _: str) -> str:
    """One that was given up."""
    id = new_id("ntf")[-32:]
    await api.shop.fetch(
        "INSERT INTO notice (organization_id, id, kind, channel, reservation_id, customer, due_at, "
        "next_at, created_at, status, ended_at, address) VALUES ($1, $2, 'confirmation', 'email', "
        "$2, 'ada@example.org', now(), now(), now(), 'failed', now(), 'ada@example.org')",
        api.shop.organization.id[-32:],
        id,
    )
    return f"ntf_{id}"


async def _language(api: Api, _: str) -> str:
    """In which the organization has a reminder of its own."""
    # There can be only so many.
    await api.shop.fetch(
        "DELETE FROM notice_template WHERE organization_id = $1", api.shop.organization.id[-32:]
    )
    language = "".join(random.choices("abcfghijklmnopqrstuvwxyz", k=3))
    words = {"subject": "Soon", "text": "{lines}"}
    path = f"/v1/notifications/templates/reminder/{language}"
    ok(await api.call("PUT", path, api.owner, words))
    return language


async def _organization(api: Api, _: str) -> str:
    return api.shop.organization.id


async def _new_slug(*_: object) -> str:
    return fresh("new")


async def _new_address(*_: object) -> str:
    return f"{fresh('new')}@example.org"


async def _account(api: Api, _: str) -> str:
    token = await api.shop.token(address := f"{fresh('account')}@example.org")
    await api.set_password(token)
    return address


async def _its_password(api: Api, holder: str) -> str:
    await api.set_password(holder)
    return PASSWORD


async def _refresh_token(api: Api, _: str) -> str:
    return (await api.sign_in(await api.shop.token(f"{fresh('user')}@example.org"))).refresh_token


async def _reset_code(api: Api, _: str) -> str:
    address = await _account(api, "")
    await api.shop.services.accounts.send_reset(address)
    return await api.code_sent(address)


async def _verification_code(api: Api, holder: str) -> str:
    identity = api.shop.services.tokens.verify(holder)
    person = await api.shop.fetchval("SELECT id FROM person WHERE email = $1", identity.email)
    # Also of whoever needs none any more, so that they remain who they are.
    async with api.shop.services.database.read_shared() as connection:
        return await accounts._code(connection, Kind.VERIFY, person, accounts.VERIFY)


OF_ACCOUNTS: dict[str, Callable[[Api, str], Awaitable[str]]] = {
    "a user": _user,
    "a session": _session,
    "an API key": _key,
    "a webhook": _webhook,
    "an event": _event,
    "a notification": _notification,
    "a language": _language,
    "an organization": _organization,
    "a new slug": _new_slug,
    "a new address": _new_address,
    "an account": _account,
    "its password": _its_password,
    "a refresh token": _refresh_token,
    "a reset code": _reset_code,
    "a verification code": _verification_code,
    "an act": lambda api, _: sealed(api, "an act"),
    "a checkpoint": lambda api, _: sealed(api, "a checkpoint"),
}


async def placed(api: Api, what: str, names: dict[str, str], holder: str | None) -> str:
    """The id of something real. What goes together is at one site."""
    if what in {"held", "confirmed"}:
        item = ok(await api.get("/v1/items", api.operator, sku=FLASH))["data"][0]["id"]
        hold = await api.hold(item, 1, holder, confirm=what == "confirmed")
        return str(hold["id"])
    if what == "item":
        return str((await api.item(50))["id"])
    if what == "a site":
        hours = [{"day": day, "opens": "09:00", "closes": "17:00"} for day in ("MO", "TH")]
        return str((await api.site(opening_hours=hours, horizon_days=90))["id"])
    kinds = {"a room": "room", "a practitioner": "practitioner", "some equipment": "equipment"}
    if what in {*kinds, "a pool"}:
        kind = kinds.get(what, "equipment")
        return str((await api.pool(kind, 3 if kind == "equipment" else 1))["id"])
    if what == "a schedule":
        body = {
            "site": (await api.site())["id"],
            "title": "Something",
            "rule": "FREQ=WEEKLY;BYDAY=MO",
            "sessions": [{"opens": "09:00", "closes": "12:00"}],
            "ends_on": (datetime.now(UTC) + timedelta(days=30)).date().isoformat(),
        }
        made = ok(await api.post("/v1/schedules", api.operator, body), 201)
        return str(made["schedule"]["id"])
    if what == "a slot":
        room = names.get("a room") or (await api.pool())["id"]
        return str((await api.slot(names.get("a site"), room=room))["id"])
    if what == "a booking":
        slot = names.get("a slot") or (await api.slot())["id"]
        return str((await api.hold(slot, 1, holder))["id"])
    if what == "a doctor":
        return fresh("Dr. Somebody")
    if what == "a room at a site":
        return str((await api.pool(site=(await api.site())["id"]))["id"])
    assert what == "a place in the line"
    item = await api.item(1)
    await api.hold(item["id"], 1, api.operator)
    body = {"item": item["id"], "quantity": 1}
    return str(ok(await api.post("/v1/waitlist", holder or api.customer, body), 201)["id"])
