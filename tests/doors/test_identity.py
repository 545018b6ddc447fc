"""Who calls: tokens, roles, other people's things, other organizations, and nobody at all."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import jwt
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from firmhold.app import OPERATIONS
from firmhold.doors.shared.operation import KeyUse, Operation, Without
from firmhold.identity.keyring import Keyring, kid_of
from firmhold.identity.permissions import OF_SERVER, Permission
from firmhold.identity.roles import Role
from firmhold.identity.tokens import Tokens
from tests.doors.client import (
    EMAIL,
    FLASH,
    WITH_EXAMPLES,
    Api,
    a_problem,
    example,
    fresh,
    ok,
    problem,
)
from tests.shop import SECRET, Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


def names(operation: Operation) -> str:
    return operation.name


# --- tokens ---

LONG = SECRET.ljust(64, b"\0")
"""HMAC pads a short key with zeros, so this is the same key, long enough for PyJWT's taste."""


def claims(api: Api, **change: Any) -> dict[str, Any]:
    """What an owner's access token says, altered; `None` leaves a claim out. Times are given in
    seconds from now."""
    now = int(time.time())
    for name in change.keys() & {"iat", "exp", "nbf"}:
        if isinstance(change[name], int):
            change[name] += now
    usual = {
        "iss": "firmhold",
        "aud": "firmhold",
        "iat": now,
        "exp": now + 600,
        "sub": api.user(api.owner),
        "org": api.shop.organization.id,
        "email": "owner@example.org",
        "role": "owner",
        "sid": "ses_" + "0" * 32,
    }
    return {name: value for name, value in {**usual, **change}.items() if value is not None}


def signed(
    api: Api,
    key: bytes = SECRET,
    algorithm: str = "HS256",
    typ: str = "at+jwt",
    kid: str | None = None,
    **change: Any,
) -> str:
    headers = {"typ": typ, "kid": kid_of(SECRET) if kid is None else kid}
    return jwt.encode(claims(api, **change), key, algorithm, headers=headers)


def by_hand(header: dict[str, Any], payload: dict[str, Any], signature: str = "") -> str:
    parts = (json.dumps(part).encode() for part in (header, payload))
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, signature])


async def refused(api: Api, token: str) -> None:
    """The token opens nothing, neither what needs one nor what does not, nor the hot lane."""
    item_path = "/v1/items"
    reserve = "/api/v1/inventory/reserve"
    for method, path in (("GET", "/v1/organization"), ("GET", item_path), ("POST", reserve)):
        response = await api.http.request(
            method, path, headers=[(b"authorization", b"Bearer " + token.encode())]
        )
        problem(response, "unauthenticated")
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert len(token) < 8 or token not in response.text


async def test_the_claims_that_are_altered_below_are_right_unaltered(api: Api) -> None:
    assert ok(await api.get("/v1/organization", signed(api)))["id"] == api.shop.organization.id


@pytest.mark.parametrize(
    "change",
    [
        {"exp": -1},
        {"exp": 0},
        {"exp": -1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"nbf": 3600},
        {"iss": "somebody"},
        {"iss": None},
        {"aud": "somebody"},
        {"aud": None},
        {"aud": ["somebody"]},
        {"sub": None},
        {"sid": None},
        {"sid": 7},
        {"kid": "000000000000"},
        {"kid": ""},
        {"key": b"another key, of at least 32 bytes!", "kid": "other"},
        {"org": None},
        {"email": None},
        {"role": None},
        {"role": "god"},
        {"role": ["owner"]},
        {"role": 1},
        {"typ": "JWT"},
        {"typ": "hold+jwt "},
        {"typ": ""},
        {"key": b"another key, of at least 32 bytes!"},
        {"key": LONG, "algorithm": "HS384"},
        {"key": LONG, "algorithm": "HS512"},
    ],
    ids=str,
)
async def test_a_token_with_anything_wrong_is_refused(api: Api, change: dict[str, Any]) -> None:
    await refused(api, signed(api, **change))


async def test_a_token_without_a_signature_is_refused(api: Api) -> None:
    good = signed(api)
    head, body, signature = good.split(".")
    for algorithm in ("none", "None", "NONE", "", "HS256", None):
        header = {"alg": algorithm, "typ": "at+jwt", "kid": kid_of(SECRET)}
        await refused(api, by_hand(header, claims(api)))
        await refused(api, by_hand(header, claims(api), signature))
    await refused(api, by_hand({"typ": "at+jwt"}, claims(api)))
    for broken in (
        f"{head}.{body}",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-2]}",
        f"{head}.{body}.{signature}A",
        f"{head}..{signature}",
        f"{body}.{head}.{signature}",
        good + "." + signature,
        "null",
        "....",
        "a.b.c",
        "\u00e4\u00f6",
    ):
        await refused(api, broken)


async def test_a_token_signed_with_what_is_public_is_refused(api: Api) -> None:
    """Keys in the token's own header are nobody's business."""
    header = {"alg": "HS256", "typ": "at+jwt", "jwk": {"kty": "oct", "k": "AAAA"}, "kid": "../../x"}
    await refused(api, by_hand(header, claims(api), "AAAA"))


async def test_a_token_of_absurd_size_is_refused_without_being_looked_at(api: Api) -> None:
    await refused(api, signed(api, padding="x" * 5000))
    await refused(api, "x" * 100_000)
    await refused(api, by_hand({"alg": "HS256"}, {"a": [[[[[]]]]]}, "x") + "A" * 5000)


async def test_a_hold_token_is_no_access_token_and_the_other_way_round(api: Api) -> None:
    item = await api.item()
    hold = await api.hold(item["id"])
    await refused(api, signed(api, typ="hold+jwt", org=None))
    token = jwt.encode(
        claims(api, sub=hold["id"], role=None, email=None),
        SECRET,
        headers={"typ": "at+jwt", "kid": kid_of(SECRET)},
    )
    await refused(api, token)


async def test_a_token_is_refused_from_the_second_on_at_which_it_ends(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that was good a moment ago and is remembered."""
    token = signed(api, exp=2)
    ok(await api.get("/v1/organization", token))
    later = time.time() + 2
    monkeypatch.setattr("firmhold.identity.tokens.time.time", lambda: later)
    problem(await api.get("/v1/organization", token), "unauthenticated")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token x", "bearer  ", "Bearer\tx", ","]
)
async def test_an_authorization_that_is_no_bearer_token_is_refused(api: Api, header: str) -> None:
    for path in ("/v1/organization", "/v1/items"):
        response = await api.get(path, headers={"authorization": header})
        problem(response, "unauthenticated")
        assert response.headers["www-authenticate"] == 'Bearer realm="firmhold"'


async def test_the_scheme_is_read_in_any_case(api: Api) -> None:
    for scheme in ("bearer", "BEARER", "Bearer"):
        header = {"authorization": f"{scheme} {api.customer}"}
        ok(await api.get("/v1/organization", headers=header))


async def test_a_token_names_the_organization_whatever_the_header_says(api: Api) -> None:
    other = await api.shop.services.directory.ensure_organization(fresh("other"), "Other")
    header = {"x-organization": other.slug}
    seen = ok(await api.get("/v1/organization", api.customer, headers=header))
    assert seen["id"] == api.shop.organization.id


async def test_a_signing_key_has_at_least_32_bytes() -> None:
    with pytest.raises(ValueError, match="32"):
        Tokens(Keyring([b"short"]))


# --- nobody ---


async def test_without_a_token_the_header_names_the_organization_and_else_the_default(
    stage: Api, api: Api
) -> None:
    await api.item(name="Theirs")
    theirs = ok(await api.get("/v1/items"))["data"]
    assert [item["name"] for item in theirs] == ["Theirs"]
    response = await api.http.get("/v1/items")
    assert ok(response)["data"][0]["sku"] == FLASH
    by_id = {"x-organization": api.shop.organization.id}
    assert ok(await api.http.get("/v1/items", headers=by_id))["data"][0]["name"] == "Theirs"


@pytest.mark.parametrize(
    "slug",
    [
        "no-such",
        "",
        " ",
        "DEFAULT",
        "org_" + "0" * 32,
        "org_" + "z" * 32,
        "org_" + "-" * 32,
        "org_",
        "'; --",
        "\u00e4",
        "x" * 5000,
    ],
)
async def test_an_organization_that_does_not_exist_is_not_found(stage: Api, slug: str) -> None:
    header = [(b"x-organization", slug.encode("latin-1"))]
    for path in ("/v1/items", "/api/products", f"/api/v1/inventory/{FLASH}"):
        found = problem(await stage.http.get(path, headers=header), "not_found")
        assert found["organization"] == slug.encode("latin-1").decode("latin-1")
    body = {"sku": FLASH, "quantity": 1, "email": EMAIL}
    response = await stage.http.post("/api/v1/inventory/reserve", json=body, headers=header)
    problem(response, "not_found")


async def test_a_catalogue_that_is_not_public_is_not_shown_to_the_public(api: Api) -> None:
    item = await api.item()
    slot = await api.slot()
    paths = (
        "/v1/sites",
        f"/v1/sites/{slot['site']}",
        "/v1/slots",
        f"/v1/slots/{slot['id']}",
        "/v1/items",
        f"/v1/items/{item['id']}",
        f"/v1/offerings/{item['id']}/availability",
        "/api/products",
        "/api/products/live",
        "/api/slots",
        f"/api/products/{item['sku']}",
        f"/api/v1/inventory/{item['sku']}",
    )
    public = {op.path for op in OPERATIONS if op.without_token is W.CATALOGUE}
    assert len(paths) == len(public)
    for path in paths:
        ok(await api.get(path))
    ok(await api.patch("/v1/organization", api.owner, {"public_catalogue": False}))
    for path in paths:
        problem(await api.get(path), "unauthenticated")
        ok(await api.get(path, api.customer))
    guest = {"sku": item["sku"], "quantity": 1, "email": EMAIL}
    held = await api.post("/api/v1/inventory/reserve", None, guest, key=fresh("k"))
    assert held.status_code == 201, "whether guests may hold is another switch"


async def test_the_public_sees_nothing_about_any_person(api: Api) -> None:
    item = await api.item()
    hold = await api.hold(item["id"], 1, notes="a secret wish")
    for path in (
        "/v1/items",
        f"/v1/items/{item['id']}",
        f"/v1/offerings/{item['id']}/availability",
        "/api/products",
        f"/api/v1/inventory/{item['sku']}",
    ):
        text = (await api.get(path)).text
        for secret in (hold["id"], hold["customer"], EMAIL, "wish", "user:"):
            assert secret not in text


# --- roles ---

P, W = Permission, Without

STAFF = {"operator", "owner", "admin"}
READING = {"auditor", *STAFF}
SIGNED_IN = {"customer", *READING}
ALLOWED: dict[Permission | None, set[str]] = {
    None: {"nobody", "guest", *SIGNED_IN},
    P.CATALOGUE_READ: {"guest", *SIGNED_IN},
    P.RESERVATIONS_OWN: {"guest", *SIGNED_IN},
    P.SESSIONS_OWN: SIGNED_IN,
    P.NOTIFICATIONS_OWN: SIGNED_IN,
    P.RESERVATIONS_READ: READING,
    P.STOCK_READ: READING,
    P.LEDGER_READ: READING,
    P.REPORTS_READ: READING,
    P.RESERVATIONS_WRITE: STAFF,
    P.CUSTOMERS_READ: STAFF,
    P.STOCK_WRITE: STAFF,
    P.USERS_READ: {"auditor", "owner", "admin"},
    P.AUDIT_READ: {"auditor", "owner", "admin"},
    P.ORGANIZATION_WRITE: {"owner", "admin"},
    P.USERS_WRITE: {"owner", "admin"},
    P.KEYS_WRITE: {"owner", "admin"},
    P.WEBHOOKS_WRITE: {"owner", "admin"},
    P.NOTIFICATIONS_WRITE: {"owner", "admin"},
    P.PLATFORM_WRITE: {"admin"},
    P.DEMO_RESET: {"admin"},
}
"""`guest` is whoever has the token of one hold. Who has no token is let in where that is said."""

LISTED: dict[str, tuple[Permission | None, Without | None]] = {
    "place_hold": (P.RESERVATIONS_OWN, None),
    "confirm_reservation": (P.RESERVATIONS_OWN, None),
    "extend_reservation": (P.RESERVATIONS_OWN, None),
    "release_reservation": (P.RESERVATIONS_OWN, None),
    "cancel_reservation": (P.RESERVATIONS_OWN, None),
    "move_reservation": (P.RESERVATIONS_OWN, None),
    "check_in_reservation": (P.RESERVATIONS_WRITE, None),
    "get_reservation": (P.RESERVATIONS_OWN, None),
    "list_reservations": (P.RESERVATIONS_OWN, None),
    "join_waitlist": (P.RESERVATIONS_OWN, None),
    "get_waitlist_entry": (P.RESERVATIONS_OWN, None),
    "list_waitlist": (P.RESERVATIONS_OWN, None),
    "leave_waitlist": (P.RESERVATIONS_OWN, None),
    "create_item": (P.STOCK_WRITE, None),
    "create_items": (P.STOCK_WRITE, None),
    "list_items": (P.CATALOGUE_READ, W.CATALOGUE),
    "get_item": (P.CATALOGUE_READ, W.CATALOGUE),
    "change_item": (P.STOCK_WRITE, None),
    "change_capacity": (P.STOCK_WRITE, None),
    "create_site": (P.STOCK_WRITE, None),
    "list_sites": (P.CATALOGUE_READ, W.CATALOGUE),
    "get_site": (P.CATALOGUE_READ, W.CATALOGUE),
    "change_site": (P.STOCK_WRITE, None),
    "create_pool": (P.STOCK_WRITE, None),
    "list_pools": (P.STOCK_READ, None),
    "get_pool": (P.STOCK_READ, None),
    "change_pool": (P.STOCK_WRITE, None),
    "delete_pool": (P.STOCK_WRITE, None),
    "list_loans": (P.STOCK_READ, None),
    "create_slot": (P.STOCK_WRITE, None),
    "create_slots": (P.STOCK_WRITE, None),
    "list_slots": (P.CATALOGUE_READ, W.CATALOGUE),
    "get_slot": (P.CATALOGUE_READ, W.CATALOGUE),
    "change_slot": (P.STOCK_WRITE, None),
    "change_slot_capacity": (P.STOCK_WRITE, None),
    "move_slot": (P.STOCK_WRITE, None),
    "withdraw_slot": (P.STOCK_WRITE, None),
    "import_slots": (P.STOCK_WRITE, None),
    "preview_schedule": (P.STOCK_WRITE, None),
    "create_schedule": (P.STOCK_WRITE, None),
    "list_schedules": (P.STOCK_READ, None),
    "get_schedule": (P.STOCK_READ, None),
    "change_schedule": (P.STOCK_WRITE, None),
    "regenerate_schedule": (P.STOCK_WRITE, None),
    "start_schedule": (P.STOCK_WRITE, None),
    "stop_schedule": (P.STOCK_WRITE, None),
    "get_site_calendar": (P.CATALOGUE_READ, W.FEED),
    "create_calendar_token": (P.STOCK_WRITE, None),
    "withdraw_calendar_tokens": (P.STOCK_WRITE, None),
    "get_reservation_calendar": (P.RESERVATIONS_OWN, None),
    "get_availability": (P.CATALOGUE_READ, W.CATALOGUE),
    "list_ledger": (P.LEDGER_READ, None),
    "list_acts": (P.AUDIT_READ, None),
    "get_checkpoint": (P.AUDIT_READ, None),
    "prove_entry": (P.AUDIT_READ, None),
    "prove_consistency": (P.AUDIT_READ, None),
    "get_organization": (P.CATALOGUE_READ, None),
    "change_organization": (P.ORGANIZATION_WRITE, None),
    "create_organization": (P.PLATFORM_WRITE, None),
    "list_organizations": (P.PLATFORM_WRITE, None),
    "get_any_organization": (P.PLATFORM_WRITE, None),
    "reserve": (P.RESERVATIONS_OWN, W.GUESTS),
    "confirm_checkout": (P.RESERVATIONS_OWN, None),
    "cancel_checkout": (P.RESERVATIONS_OWN, None),
    "get_inventory": (P.CATALOGUE_READ, W.CATALOGUE),
    "list_products": (P.CATALOGUE_READ, W.CATALOGUE),
    "list_live_products": (P.CATALOGUE_READ, W.CATALOGUE),
    "get_product": (P.CATALOGUE_READ, W.CATALOGUE),
    "hold_product": (P.RESERVATIONS_OWN, W.GUESTS),
    "confirm_order": (P.RESERVATIONS_OWN, None),
    "list_orders": (P.RESERVATIONS_OWN, None),
    "get_metrics": (P.REPORTS_READ, None),
    "list_open_slots": (P.CATALOGUE_READ, W.CATALOGUE),
    "hold_slot": (P.RESERVATIONS_OWN, None),
    "confirm_slot": (P.RESERVATIONS_OWN, None),
    "cancel_appointment": (P.RESERVATIONS_OWN, None),
    "book_slot": (P.RESERVATIONS_OWN, None),
    "get_booking": (P.RESERVATIONS_OWN, None),
    "confirm_booking": (P.RESERVATIONS_OWN, None),
    "schedule_slot": (P.STOCK_WRITE, None),
    "report_bookings": (P.CUSTOMERS_READ, None),
    "register": (None, W.ANYONE),
    "register_v1": (None, W.ANYONE),
    "login": (None, W.ANYONE),
    "login_v1": (None, W.ANYONE),
    "refresh": (None, W.ANYONE),
    "refresh_v1": (None, W.ANYONE),
    "logout": (None, W.ANYONE),
    "logout_v1": (None, W.ANYONE),
    "set_up": (None, W.ANYONE),
    "who_am_i": (P.CATALOGUE_READ, None),
    "list_sessions": (P.SESSIONS_OWN, None),
    "end_session": (P.SESSIONS_OWN, None),
    "change_password": (P.SESSIONS_OWN, None),
    "forget_password": (None, W.ANYONE),
    "reset_password": (None, W.ANYONE),
    "verify_address": (P.SESSIONS_OWN, None),
    "send_verification": (P.SESSIONS_OWN, None),
    "create_user": (P.USERS_WRITE, None),
    "list_users": (P.USERS_READ, None),
    "get_user": (P.USERS_READ, None),
    "change_user": (P.USERS_WRITE, None),
    "create_key": (P.KEYS_WRITE, None),
    "list_keys": (P.KEYS_WRITE, None),
    "withdraw_key": (P.KEYS_WRITE, None),
    "create_webhook": (P.WEBHOOKS_WRITE, None),
    "list_webhooks": (P.WEBHOOKS_WRITE, None),
    "get_webhook": (P.WEBHOOKS_WRITE, None),
    "change_webhook": (P.WEBHOOKS_WRITE, None),
    "rotate_webhook_secret": (P.WEBHOOKS_WRITE, None),
    "delete_webhook": (P.WEBHOOKS_WRITE, None),
    "list_deliveries": (P.WEBHOOKS_WRITE, None),
    "redeliver": (P.WEBHOOKS_WRITE, None),
    "report_holds": (P.REPORTS_READ, None),
    "report_sell_through": (P.REPORTS_READ, None),
    "report_sell_outs": (P.REPORTS_READ, None),
    "report_utilisation": (P.REPORTS_READ, None),
    "report_no_shows": (P.REPORTS_READ, None),
    "list_notifications": (P.NOTIFICATIONS_WRITE, None),
    "redeliver_notification": (P.NOTIFICATIONS_WRITE, None),
    "get_notification_settings": (P.NOTIFICATIONS_WRITE, None),
    "put_notification_settings": (P.NOTIFICATIONS_WRITE, None),
    "list_notification_templates": (P.NOTIFICATIONS_WRITE, None),
    "get_notification_template": (P.NOTIFICATIONS_WRITE, None),
    "put_notification_template": (P.NOTIFICATIONS_WRITE, None),
    "delete_notification_template": (P.NOTIFICATIONS_WRITE, None),
    "preview_notification_template": (P.NOTIFICATIONS_WRITE, None),
    "get_notification_preferences": (P.NOTIFICATIONS_OWN, None),
    "put_notification_preferences": (P.NOTIFICATIONS_OWN, None),
}
"""Written down a second time, so that nobody opens an operation by mistake."""

NOT_WITH_A_HOLD_TOKEN = {
    *("place_hold", "reserve", "hold_product", "list_reservations"),
    *("hold_slot", "book_slot"),
    *("join_waitlist", "get_waitlist_entry", "list_waitlist", "leave_waitlist"),
}
"""It opens one reservation: it places none, lists none and waits for none."""

AT_A_SLOT = {
    *("get_reservation_calendar", "confirm_slot", "cancel_appointment"),
    *("get_booking", "confirm_booking"),
}
"""What is done with a reservation only if that is for a slot."""

READ_ONLY = {"auditor"}
"""May read every reservation, and act on none but its own."""

PEOPLE = ("nobody", "guest", "customer", "auditor", "operator", "owner", "admin")


async def test_every_operation_is_listed_with_who_may_call_it() -> None:
    assert {op.name: (op.permission, op.without_token) for op in OPERATIONS} == LISTED
    assert set(ALLOWED) == {None, *P}
    for operation in OPERATIONS:
        assert operation.permission or operation.without_token is W.ANYONE, operation.name


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("operation", WITH_EXAMPLES, ids=names)
async def test_each_operation_lets_in_whom_it_should_and_nobody_else(
    stage: Api, operation: Operation, person: str
) -> None:
    token = None if person == "nobody" else getattr(stage, person, None)
    # Auditors may read everything, and act on what is their own. So may everyone, as to sessions.
    holder = stage.auditor if person == "auditor" else None
    if operation.permission is P.SESSIONS_OWN:
        holder = token
    path, body, headers = await example(stage, operation, holder)
    if person == "guest":
        reserving = {"sku": FLASH, "quantity": 1, "email": EMAIL}
        held = ok(
            await stage.post("/api/v1/inventory/reserve", None, reserving, key=fresh("k")), 201
        )
        token = held["hold_token"]
        path, body = _about(path, body, held["reservation_id"])
        if operation.name in AT_A_SLOT:
            slot = (await stage.slot())["id"]
            lines = [{"slot": slot, "quantity": 1}]
            ok(await stage.act(held["reservation_id"], "move", stage.operator, {"lines": lines}))
            if operation.name == "confirm_slot":
                path, body = f"/api/slots/{slot}/confirm", {"holdId": held["reservation_id"]}
    if operation.name == "book_slot" and token is not None and person != "guest":
        body = {**body, "patientId": _email(stage, token)}
    if operation.name in {"reserve", "hold_product"}:
        body = {**body, "email": EMAIL if person in {"nobody", "customer"} else None}
        if body["email"] is None:
            body["email"] = "admin@example.org" if token is None else _email(stage, token)
    if operation.name == "list_orders" and person not in {"guest", "nobody"}:
        path = f"/api/orders?email={_email(stage, token)}"
    before = await stage.checksum()
    response = await stage.call(operation.method, path, token, body, headers=headers)
    permission, without = LISTED[operation.name]
    let_in = without is not None if person == "nobody" else person in ALLOWED[permission]
    if let_in and not (person == "guest" and operation.name in NOT_WITH_A_HOLD_TOKEN):
        if response.status_code != operation.status:  # something of an earlier example
            problem(response, "already_exists")
        return
    if person == "nobody":
        problem(response, "unauthenticated")
        assert "www-authenticate" in response.headers
    else:
        problem(response, "forbidden")
    assert await stage.checksum() == before


def _about(path: str, body: Any, reservation: str) -> tuple[str, Any]:
    """The same request about another reservation."""
    parts = [reservation if part.startswith("rsv_") else part for part in path.split("/")]
    if isinstance(body, dict) and "reservation_id" in body:
        body = {"reservation_id": reservation}
    return "/".join(parts), body


def _email(api: Api, token: str | None) -> str:
    assert token is not None
    return api.shop.services.tokens.verify(token).email or EMAIL


# --- other people's ---

ON_RESERVATIONS = [
    op
    for op in OPERATIONS
    if op.example is not None
    and {"held", "confirmed", "a booking"}
    & {*op.example.path.values(), *map(str, (op.example.body or {}).values())}
]


async def test_the_operations_on_a_reservation_are_all_there() -> None:
    assert {op.name for op in ON_RESERVATIONS} == {
        "confirm_reservation",
        "extend_reservation",
        "release_reservation",
        "cancel_reservation",
        "move_reservation",
        "check_in_reservation",
        "get_reservation",
        "get_reservation_calendar",
        "confirm_checkout",
        "cancel_checkout",
        "confirm_order",
        "confirm_slot",
        "cancel_appointment",
        "get_booking",
        "confirm_booking",
    }


@pytest.mark.parametrize("operation", ON_RESERVATIONS, ids=names)
@pytest.mark.parametrize("person", ["other", "auditor", "guest"])
async def test_another_customers_reservation_is_forbidden(
    stage: Api, operation: Operation, person: str
) -> None:
    if person == "auditor" and operation.method == "GET":
        return
    path, body, headers = await example(stage, operation)
    token = getattr(stage, person, None)
    if person == "guest":
        reserving = {"sku": FLASH, "quantity": 1, "email": EMAIL}
        response = await stage.post("/api/v1/inventory/reserve", None, reserving, key=fresh("k"))
        token = ok(response, 201)["hold_token"]
    before = await stage.checksum()
    response = await stage.call(operation.method, path, token, body, headers=headers)
    found = problem(response, "forbidden")
    assert set(found) == {"type", "title", "status", "detail", "code"}, "it says nothing about it"
    assert await stage.checksum() == before


# --- other organizations' ---


class Stranger(NamedTuple):
    """An owner of another organization."""

    api: Api
    token: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stranger(stage: Api) -> AsyncIterator[Stranger]:
    services = stage.shop.services
    organization = await services.directory.ensure_organization("elsewhere", "Elsewhere")
    shop = Shop(services, organization, stage.shop.dsn)
    api = Api(shop, stage.app)
    async with api.http:
        yield Stranger(api, await shop.token("owner@example.org", Role.OWNER))


async def answer(
    stage: Api, operation: Operation, stranger: Stranger
) -> tuple[str, Any, httpx.Response]:
    path, body, headers = await example(stage, operation)
    before = await stage.checksum()
    response = await stage.call(operation.method, path, stranger.token, body, headers=headers)
    if operation.method != "GET" and response.status_code >= 400:
        assert await stage.checksum() == before
    return path, body, response


OF_ONE = [op for op in OPERATIONS if op.permission not in OF_SERVER]
"""What is about the whole server is about all organizations; see `test_organizations`."""

IN_WORDS = {
    *("get_notification_template", "put_notification_template"),
    *("delete_notification_template", "preview_notification_template"),
}
"""What they name has no id, and is of everybody's own organization: see `tests/notices`."""

NAMING = [
    op for op in OF_ONE if ("{" in op.path or op in ON_RESERVATIONS) and op.name not in IN_WORDS
]
HOLDING = [op for op in OPERATIONS if op.name in {"place_hold", "reserve", "hold_product"}]


@pytest.mark.parametrize("operation", [*NAMING, *HOLDING], ids=names)
async def test_what_belongs_to_another_organization_is_not_found(
    stage: Api, stranger: Stranger, operation: Operation
) -> None:
    if operation.name == "hold_product":  # not with an address that is not one's own either
        path, _, headers = await example(stage, operation)
        body = {"productId": FLASH, "email": "owner@example.org"}
        response = await stage.post(path, stranger.token, body, headers=headers)
    else:
        _, _, response = await answer(stage, operation, stranger)
    found = problem(response, "not_found")
    known = {"type", "title", "status", "detail", "code"}
    told = {name: value for name, value in found.items() if name not in known}
    for value in told.values():
        assert isinstance(value, str | int), told
    known = {"reservation", "offering", "item", "sku", "line", "order", "productId", "entry"}
    known |= {"user", "session", "key", "subject", "webhook", "event"}
    known |= {"notification", "kind", "language"}
    assert set(told) <= known | {"site", "pool", "slot", "schedule", "field", "booking", "hold"}


@pytest.mark.parametrize("operation", NAMING, ids=names)
async def test_another_organizations_id_is_refused_like_one_that_nobody_has(
    stage: Api, stranger: Stranger, operation: Operation
) -> None:
    """The answers differ in nothing but the id that was sent."""
    path, body, response = await answer(stage, operation, stranger)
    sent = path + json.dumps(body)
    found = re.search(r"[a-z]+_[0-9a-f]{32}", sent)
    real = FLASH if found is None else found[0]
    fake = "NO-SUCH-THING-1" if found is None else real[:-27] + "0" * 27
    again = await stage.call(
        operation.method,
        path.replace(real, fake),
        stranger.token,
        json.loads(json.dumps(body).replace(real, fake)),
        headers={"idempotency-key": fresh("k")} if operation.key is not KeyUse.NONE else {},
    )
    assert again.status_code == response.status_code
    assert again.text.replace(fake, "ID") == response.text.replace(real, "ID")


PROOFS = {"get_checkpoint", "prove_consistency"}
"""Of one's own log, as far as there is one: see `test_audit`."""

LISTS = [op for op in OF_ONE if op.method == "GET" and "{" not in op.path and op.name not in PROOFS]


OF_WISHES = {"get_notification_settings", "get_notification_preferences"}
"""Of oneself, where nobody else is named."""


@pytest.mark.parametrize("operation", LISTS, ids=names)
async def test_a_list_shows_nothing_of_another_organization(
    stage: Api, stranger: Stranger, operation: Operation
) -> None:
    item = ok(await stage.get("/v1/items", stage.operator, sku=FLASH))["data"][0]
    await stage.hold(item["id"])
    _, _, response = await answer(stage, operation, stranger)
    assert response.status_code == 200, response.text
    assert item["id"] not in response.text
    assert stage.shop.organization.id not in response.text
    assert stage.user(stage.customer) not in response.text
    found = response.json()
    if operation.name == "get_metrics":
        assert set(found["totals"].values()) == {0}
    elif operation.name in {"report_holds", "report_sell_through"}:
        times = {"from", "to"}
        told = {v for step in found["data"] for name, v in step.items() if name not in times}
        assert told <= {0, None}
    elif operation.name == "list_acts":
        kinds = {act["kind"] for act in found["data"]}
        assert kinds == {"organization_made", "put_user"}, "but for what is there, and who"
    elif operation.name == "list_notification_templates":
        assert {template["updated_at"] for template in found["data"]} == {None}
    elif operation.name not in {"get_organization", "who_am_i", *OF_WISHES}:
        assert (found["data"] if isinstance(found, dict) else found) == []


async def test_an_offering_of_another_organization_filters_nothing_into_view(
    stage: Api, stranger: Stranger
) -> None:
    item = ok(await stage.get("/v1/items", stage.operator, sku=FLASH))["data"][0]
    await stage.hold(item["id"])
    customer = {"customer": stage.user(stage.customer)}
    assert await stage.walk("/v1/reservations", stranger.token, **customer) == []
    for more in ({"offering": item["id"]}, {"offering": item["id"], **customer}):
        problem(await stage.get("/v1/reservations", stranger.token, **more), "not_found")
    orders = await stage.get("/api/orders", stranger.token, email=EMAIL)
    assert ok(orders) == []


async def test_a_confirm_cannot_name_another_organizations_item(
    stage: Api, stranger: Stranger
) -> None:
    theirs = ok(await stage.get("/v1/items", stage.operator, sku=FLASH))["data"][0]
    body = {"sku": fresh("OWN"), "name": "x", "capacity": 5}
    own = ok(await stage.post("/v1/items", stranger.token, body), 201)
    lines = [{"item": item["id"], "quantity": 1} for item in (own, theirs)]
    response = await stage.post("/v1/reservations", stranger.token, {"lines": lines})
    assert problem(response, "not_found")["line"] == 1
    ok(await stage.post("/v1/reservations", stranger.token, {"lines": lines[:1]}), 201)


async def test_nothing_above_left_the_books_out_of_order(stage: Api) -> None:
    assert (await stage.shop.verify()).ok
    a_problem(await stage.get("/nothing"))


async def test_that_somebody_was_refused_a_right_is_logged(api: Api) -> None:
    with capture_logs() as logs:
        problem(await api.get("/v1/users", api.customer), "forbidden")
    (said,) = [it for it in logs if it["event"] == "a right was refused"]
    assert said["actor"] == f"user:{api.user(api.customer)}"
    assert said["operation"] == "list_users"
    assert said["organization"] == api.shop.organization.id
