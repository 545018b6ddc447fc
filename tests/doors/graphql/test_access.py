"""Who may ask for which field: each field, for each role, about one's own, another's, another
organization's, and what there is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from firmhold.doors.graphql import FIELDS
from firmhold.doors.graphql.schema import SCHEMA
from firmhold.doors.shared.operation import KeyUse, Without
from firmhold.identity.permissions import Permission
from firmhold.limits.policy import RouteClass
from tests.doors.client import PASSWORD, Api, fresh, ok
from tests.doors.graphql.asking import code, send
from tests.doors.test_identity import ALLOWED, PEOPLE
from tests.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

P, W, R, K = Permission, Without, RouteClass, KeyUse

LISTED: dict[str, tuple[Permission | None, Without | None, RouteClass, KeyUse]] = {
    "venues": (P.CATALOGUE_READ, W.CATALOGUE, R.READS, K.NONE),
    "venue": (P.CATALOGUE_READ, W.CATALOGUE, R.READS, K.NONE),
    "availableSlots": (P.CATALOGUE_READ, W.CATALOGUE, R.READS, K.NONE),
    "slot": (P.CATALOGUE_READ, W.CATALOGUE, R.READS, K.NONE),
    "items": (P.CATALOGUE_READ, W.CATALOGUE, R.READS, K.NONE),
    "item": (P.CATALOGUE_READ, W.CATALOGUE, R.READS, K.NONE),
    "booking": (P.RESERVATIONS_OWN, None, R.READS, K.NONE),
    "bookingByConfirmationCode": (P.RESERVATIONS_OWN, None, R.READS, K.NONE),
    "myBookings": (P.RESERVATIONS_OWN, None, R.READS, K.NONE),
    "queueStats": (P.REPORTS_READ, None, R.READS, K.NONE),
    "login": (None, W.ANYONE, R.SIGN_IN, K.NONE),
    "register": (None, W.ANYONE, R.SIGN_IN, K.NONE),
    "refreshToken": (None, W.ANYONE, R.WRITES, K.NONE),
    "createBooking": (P.RESERVATIONS_OWN, None, R.HOLDS, K.HONOURED),
    "bookItem": (P.RESERVATIONS_OWN, None, R.HOLDS, K.HONOURED),
    "confirmBooking": (P.RESERVATIONS_OWN, None, R.WRITES, K.HONOURED),
    "cancelBooking": (P.RESERVATIONS_OWN, None, R.WRITES, K.HONOURED),
    "blockSlot": (P.STOCK_WRITE, None, R.WRITES, K.HONOURED),
    "unblockSlot": (P.STOCK_WRITE, None, R.WRITES, K.HONOURED),
}
"""Every field of the roots, written down once more."""

WATCHED: dict[str, tuple[Permission | None, Without | None, RouteClass, KeyUse]] = {
    "slotAvailabilityChanged": (P.CATALOGUE_READ, W.CATALOGUE, R.READS, K.NONE),
    "bookingStatusChanged": (P.RESERVATIONS_OWN, None, R.READS, K.NONE),
}
"""Those of subscriptions, which have tests of their own in `test_watching`."""

NOT_WITH_A_HOLD_TOKEN = {"createBooking", "bookItem", "myBookings"}
"""It opens one hold, places none, and has no others."""


async def _login(api: Api, _: str) -> str:
    token = await api.shop.token(address := f"{fresh('account')}@example.org")
    await api.set_password(token)
    return f'login(email: "{address}", password: "{PASSWORD}")'


async def _register(*_: object) -> str:
    address = f"{fresh('new')}@example.org"
    return f'register(input: {{email: "{address}", password: "long-and-only-mine"}})'


async def _refresh(api: Api, _: str) -> str:
    opened = await api.sign_in(await api.shop.token(f"{fresh('user')}@example.org"))
    return f'refreshToken(refreshToken: "{opened.refresh_token}")'


async def _slot(api: Api) -> Any:
    return await api.slot(capacity=9)


async def _site(api: Api) -> str:
    return str((await api.site())["id"])


async def _code(api: Api, booking: str) -> str:
    document = "query B($id: ID!) { booking(id: $id) { confirmationCode } }"
    seen = await send(api, document, api.operator, id=booking)
    return str(seen.json()["data"]["booking"]["confirmationCode"])


Making = Callable[[Api, str], Awaitable[str]]


def _named(field: str, make: Callable[[Api], Awaitable[str]], argument: str = "id") -> Making:
    async def made(api: Api, _: str) -> str:
        return f'{field}({argument}: "{await make(api)}")'

    return made


async def _item_id(api: Api) -> str:
    return str((await api.item())["id"])


async def _sku(api: Api) -> str:
    return str((await api.item())["sku"])


async def _slot_id(api: Api) -> str:
    return str((await _slot(api))["id"])


async def _create(api: Api, _: str) -> str:
    return f'createBooking(input: {{slotId: "{await _slot_id(api)}"}})'


async def _book_item(api: Api, _: str) -> str:
    return f'bookItem(input: {{sku: "{await _sku(api)}"}})'


async def _by_code(api: Api, booking: str) -> str:
    return f'bookingByConfirmationCode(code: "{await _code(api, booking)}")'


def _about(field: str) -> Making:
    async def made(_: Api, booking: str) -> str:
        return f'{field}(id: "{booking}")'

    return made


async def _plain(name: str) -> str:
    return name


CALLS: dict[str, Making] = {
    "venues": lambda *_: _plain("venues"),
    "venue": _named("venue", _site),
    "availableSlots": _named("availableSlots", _site, "venueId"),
    "slot": _named("slot", _slot_id),
    "items": lambda *_: _plain("items"),
    "item": _named("item", _item_id),
    "booking": _about("booking"),
    "bookingByConfirmationCode": _by_code,
    "myBookings": lambda *_: _plain("myBookings"),
    "queueStats": _named("queueStats", _site, "venueId"),
    "login": _login,
    "register": _register,
    "refreshToken": _refresh,
    "createBooking": _create,
    "bookItem": _book_item,
    "confirmBooking": _about("confirmBooking"),
    "cancelBooking": _about("cancelBooking"),
    "blockSlot": _named("blockSlot", _slot_id),
    "unblockSlot": _named("unblockSlot", _slot_id),
}
"""How each is called, about a booking where it is about one."""

MUTATIONS = set(SCHEMA.mutation_type.fields) if SCHEMA.mutation_type else set()
ABOUT_A_BOOKING = ["booking", "bookingByConfirmationCode", "confirmBooking", "cancelBooking"]


async def call(api: Api, field: str, token: str | None, booking: str = "") -> Any:
    asked = await CALLS[field](api, booking)
    kind = "mutation" if field in MUTATIONS else "query"
    return await send(api, f"{kind} {{ {asked} {{ __typename }} }}", token)


async def test_every_field_of_the_schema_is_listed_with_who_may_ask_for_it() -> None:
    assert SCHEMA.query_type is not None
    fields = {*SCHEMA.query_type.fields, *MUTATIONS}
    assert fields == set(LISTED) == set(CALLS)
    assert SCHEMA.subscription_type is not None
    assert set(SCHEMA.subscription_type.fields) == set(WATCHED)
    assert set(FIELDS) == fields | set(WATCHED)
    for name, operation in FIELDS.items():
        found = operation.permission, operation.without_token, operation.limited, operation.key
        assert found == {**LISTED, **WATCHED}[name], name


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("field", LISTED)
async def test_each_field_lets_in_whom_it_should_and_nobody_else(
    stage: Api, field: str, person: str
) -> None:
    slot = (await _slot(stage))["id"]
    holders = {"auditor": stage.auditor}
    held = await stage.hold(slot, 1, holders.get(person))
    token = None if person == "nobody" else getattr(stage, person, None)
    if person == "guest":
        token = stage.shop.services.tokens.hold_token(stage.shop.organization.id, held["id"])
    asked = await CALLS[field](stage, held["id"])
    kind = "mutation" if field in MUTATIONS else "query"
    before = await stage.checksum()
    response = await send(stage, f"{kind} {{ {asked} {{ __typename }} }}", token)
    permission, without, *_ = LISTED[field]
    let_in = without is not None if person == "nobody" else person in ALLOWED[permission]
    if let_in and not (person == "guest" and field in NOT_WITH_A_HOLD_TOKEN):
        assert response.json()["data"][field] is not None, response.text
        return
    assert response.json()["data"] == {field: None}
    code(response, "unauthenticated" if person == "nobody" else "forbidden")
    assert await stage.checksum() == before


@pytest.mark.parametrize("field", ABOUT_A_BOOKING)
async def test_a_booking_of_another_customer_is_left_alone(api: Api, field: str) -> None:
    held = await api.hold((await _slot(api))["id"])
    before = await api.checksum()
    expected = "not_found" if field == "bookingByConfirmationCode" else "forbidden"
    code(await call(api, field, api.other, held["id"]), expected)
    assert await api.checksum() == before


@pytest.mark.parametrize("field", ["confirmBooking", "cancelBooking"])
async def test_an_auditor_sees_a_booking_and_does_nothing_to_it(api: Api, field: str) -> None:
    held = await api.hold((await _slot(api))["id"])
    before = await api.checksum()
    code(await call(api, field, api.auditor, held["id"]), "forbidden")
    assert await api.checksum() == before
    assert "errors" not in (await call(api, "booking", api.auditor, held["id"])).json()


@pytest.mark.parametrize("id", ["", "nonsense", "rsv_" + "0" * 32, "slot_" + "0" * 32, "x" * 64])
@pytest.mark.parametrize("field", ["booking", "confirmBooking", "cancelBooking"])
async def test_a_booking_that_there_is_not_is_not_found(api: Api, field: str, id: str) -> None:
    for token in (api.customer, api.operator):
        code(await call(api, field, token, id), "not_found")


async def elsewhere(api: Api) -> Api:
    slug = fresh("elsewhere")
    organization = await api.shop.services.directory.ensure_organization(
        slug, slug, guest_holds=True, public_catalogue=True, open_registration=True
    )
    other = Api(Shop(api.shop.services, organization, api.shop.dsn), api.app)
    await other.open()
    return other


async def test_nothing_of_another_organization_is_found_by_whatever_id(api: Api) -> None:
    theirs = await elsewhere(api)
    async with theirs.http:
        slot = await theirs.slot(capacity=9)
        item = await theirs.item()
        held = await theirs.hold(slot["id"])
        code_ = await _code(theirs, held["id"])
        before = await api.checksum()
        asked = {
            "query": [
                f'venue(id: "{slot["site"]}")',
                f'availableSlots(venueId: "{slot["site"]}")',
                f'slot(id: "{slot["id"]}")',
                f'item(id: "{item["id"]}")',
                f'item(sku: "{item["sku"]}")',
                f'booking(id: "{held["id"]}")',
                f'bookingByConfirmationCode(code: "{code_}")',
                f'queueStats(venueId: "{slot["site"]}")',
            ],
            "mutation": [
                f'createBooking(input: {{slotId: "{slot["id"]}"}})',
                f'bookItem(input: {{itemId: "{item["id"]}"}})',
                f'bookItem(input: {{sku: "{item["sku"]}"}})',
                f'confirmBooking(id: "{held["id"]}")',
                f'cancelBooking(id: "{held["id"]}")',
                f'blockSlot(id: "{slot["id"]}")',
                f'unblockSlot(id: "{slot["id"]}")',
            ],
        }
        header = {"x-organization": theirs.slug}
        for kind, fields in asked.items():
            for field in fields:
                document = f"{kind} {{ {field} {{ __typename }} }}"
                response = await send(api, document, api.admin, headers=header)
                code(response, "not_found")
        assert await api.checksum() == before
        listed = "{ venues { edges { cursor } } items { edges { cursor } } }"
        for token in (api.admin, None):
            found = (await send(api, listed, token)).json()["data"]
            assert found == {"venues": {"edges": []}, "items": {"edges": []}}


async def test_a_catalogue_that_is_not_public_is_not_shown_here_either(api: Api) -> None:
    ok(await api.patch("/v1/organization", api.owner, {"public_catalogue": False}))
    public = [name for name, (_, without, *_) in LISTED.items() if without is W.CATALOGUE]
    assert len(public) == 6
    for field in public:
        code(await call(api, field, None), "unauthenticated")
        assert "errors" not in (await call(api, field, api.customer)).json()


async def test_an_api_key_may_do_what_its_scopes_say(api: Api) -> None:
    async def key(*scopes: str) -> str:
        body = {"name": "Something", "scopes": list(scopes)}
        return str(ok(await api.post("/v1/api-keys", api.owner, body), 201)["key"])

    reads = await key("reports:read")
    assert "errors" not in (await call(api, "queueStats", reads)).json()
    for field in ("createBooking", "blockSlot", "myBookings"):
        code(await call(api, field, reads), "forbidden")
    writes = await key("reservations:write", "stock:write")
    for field in ("createBooking", "blockSlot"):
        assert "errors" not in (await call(api, field, writes)).json()
    code(await call(api, "myBookings", writes), "forbidden")
