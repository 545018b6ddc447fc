"""Effects that happen once, limits that no document gets around, and questions that do not grow."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from tests.doors.client import PASSWORD, Api, fresh, ok
from tests.doors.graphql.asking import BOOK, CONFIRM, ask, code, refused, send
from tests.doors.test_limits import Open, database_of_all, limited

__all__ = ["database_of_all", "limited"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


# --- keys ---


@pytest.mark.parametrize("way", ["argument", "header", "both", "quoted"])
async def test_a_repeat_under_a_key_has_one_effect_and_the_first_answer(api: Api, way: str) -> None:
    slot = (await api.slot(capacity=9))["id"]
    key = fresh("key")
    named = {
        "argument": {"variable": key},
        "header": {"header": key},
        "both": {"variable": key, "header": key},
        "quoted": {"variable": f'"{key}"'},
    }[way]

    async def once(variable: str | None = None, header: str | None = None) -> Any:
        body = {"query": BOOK, "variables": {"input": {"slotId": slot}, "key": variable}}
        response = await api.post("/graphql", api.customer, body, key=header)
        return response.json()["data"]["createBooking"]

    first = await once(**named)
    await ask(api, CONFIRM, api.customer, id=first["id"])
    again = await once(**named)
    assert (again["id"], again["status"]) == (first["id"], "HELD"), "as it was then"
    assert (await once(header=key))["id"] == first["id"], "by whichever way the key comes"
    assert ok(await api.get(f"/v1/slots/{slot}", api.operator))["available"] == 8


async def test_a_key_names_one_request_of_one_person(api: Api) -> None:
    slot = (await api.slot(capacity=9))["id"]
    key = fresh("key")
    first = await ask(api, BOOK, api.customer, input={"slotId": slot}, key=key)
    other = {"slotId": slot, "guestCount": 2}
    await refused(api, "idempotency_key_reused", BOOK, api.customer, input=other, key=key)
    theirs = await ask(api, BOOK, api.other, input={"slotId": slot}, key=key)
    assert theirs["createBooking"]["id"] != first["createBooking"]["id"]


async def test_a_key_that_is_none_is_refused(api: Api) -> None:
    slot = (await api.slot(capacity=9))["id"]
    for key in ("", " ", "a b", "\u00e4", "x" * 256):
        body = {"query": BOOK, "variables": {"input": {"slotId": slot}, "key": key}}
        response = await api.post("/graphql", api.customer, body)
        code(response, "malformed_request")
    body = {"query": BOOK, "variables": {"input": {"slotId": slot}, "key": "one"}}
    code(await api.post("/graphql", api.customer, body, key="another"), "malformed_request")
    assert ok(await api.get(f"/v1/slots/{slot}", api.operator))["available"] == 9


async def test_one_header_does_not_name_two_effects(api: Api) -> None:
    slot = (await api.slot(capacity=9))["id"]
    book = f'createBooking(input: {{slotId: "{slot}"}}'
    two = (
        f"mutation {{ a: {book}) {{ id }} ...F }} fragment F on Mutation {{ b: {book}) {{ id }} }}"
    )
    response = await send(api, two, api.customer, key=fresh("key"))
    codes = {error["extensions"]["code"] for error in response.json()["errors"]}
    assert codes == {"malformed_request"}
    keyed = (
        f'mutation {{ a: {book}, idempotencyKey: "{fresh("k")}") {{ id }} '
        f'b: {book}, idempotencyKey: "{fresh("k")}") {{ id }} }}'
    )
    first = await ask(api, keyed, api.customer)
    assert first["a"]["id"] != first["b"]["id"]
    assert await ask(api, keyed, api.customer) == first


async def test_blocking_a_slot_is_done_once_under_a_key_and_noted(api: Api) -> None:
    slot = (await api.slot())["id"]
    block = "mutation B($id: ID!) { blockSlot(id: $id) { blocked } }"
    unblock = block.replace("blockSlot", "unblockSlot")
    key = fresh("key")
    await ask(api, block, api.operator, id=slot, key=key)
    await ask(api, unblock, api.operator, id=slot)
    again = await ask(api, block, api.operator, id=slot, key=key)
    assert again["blockSlot"]["blocked"] is True, "as it was then"
    assert ok(await api.get(f"/v1/slots/{slot}"))["open"] is True, "nothing was done now"
    acts = await api.shop.fetch(
        "SELECT kind FROM act WHERE organization_id = $1 AND kind LIKE 'graphql%' ORDER BY at, id",
        api.shop.organization.id[-32:],
    )
    assert [row["kind"] for row in acts] == ["graphql_block_slot", "graphql_unblock_slot"]


async def test_the_last_place_is_booked_by_one_of_many(api: Api) -> None:
    slot = (await api.slot(capacity=1))["id"]
    answers = await asyncio.gather(
        *[send(api, BOOK, api.operator, input={"slotId": slot}) for _ in range(10)]
    )
    made = [answer.json()["data"]["createBooking"] for answer in answers]
    assert len([it for it in made if it is not None]) == 1


async def test_a_hold_that_has_ended_is_not_confirmed(api: Api) -> None:
    held = await api.hold((await api.slot())["id"])
    await api.shop.make_due(held["id"])
    await refused(api, "hold_expired", CONFIRM, api.customer, id=held["id"])
    seen = await ask(
        api, "query B($id: ID!) { booking(id: $id) { status } }", api.customer, id=held["id"]
    )
    assert seen["booking"]["status"] == "EXPIRED"


# --- limits ---


async def test_aliases_are_holds_of_their_own(limited: Open) -> None:
    async with limited(holds_per_user="3/3600") as api:
        slot = (await api.slot(capacity=9))["id"]
        book = f'createBooking(input: {{slotId: "{slot}"}}) {{ id }}'
        document = "mutation { " + " ".join(f"b{n}: {book}" for n in range(5)) + " }"
        response = await send(api, document, api.customer)
        body = response.json()
        assert [it is not None for it in body["data"].values()] == [True] * 3 + [False] * 2
        told = [error["extensions"] for error in body["errors"]]
        assert {it["code"] for it in told} == {"rate_limited"}
        assert all(it["retry_after"] > 0 and it["status"] == 429 for it in told)
        assert response.headers["ratelimit"].startswith('"holds-per-user";r=0')
        assert ok(await api.get(f"/v1/slots/{slot}", api.operator))["available"] == 6


async def test_aliases_are_attempts_at_a_password_of_their_own(limited: Open) -> None:
    async with limited(sign_in_per_email_and_address="3/3600") as api:
        await api.set_password(api.customer)
        login = 'login(email: "ada@example.org", password: "{}") {{ verified }}'
        guesses = [login.format(f"guess {n}") for n in range(5)] + [login.format(PASSWORD)]
        document = "mutation { " + " ".join(f"g{n}: {it}" for n, it in enumerate(guesses)) + " }"
        body = (await send(api, document)).json()
        codes = [error["extensions"]["code"] for error in body["errors"]]
        assert codes == ["unauthenticated"] * 3 + ["rate_limited"] * 3
        rest = {"email": "ada@example.org", "password": PASSWORD}
        assert (await api.post("/api/auth/login", None, rest)).status_code == 429


async def test_each_field_that_reads_is_counted_and_the_request_by_itself_too(
    limited: Open,
) -> None:
    async with limited(reads_per_address="4/3600") as api:
        document = "{ a: venues { __typename } b: venues { __typename } }"
        for _ in range(2):
            assert "errors" not in (await send(api, document)).json()
        response = await send(api, document)
        assert response.status_code == 429
        assert "data" not in response.json()
        told = code(response, "rate_limited")
        assert response.headers["retry-after"] == str(told["retry_after"])
        assert (await api.get("/v1/items")).status_code == 429


async def test_what_is_no_document_is_counted_as_well(limited: Open) -> None:
    async with limited(reads_per_address="2/3600") as api:
        for _ in range(2):
            assert (await send(api, "{")).status_code == 400
        assert (await send(api, "{")).status_code == 429


async def test_who_works_here_is_not_limited_by_address(limited: Open) -> None:
    async with limited(reads_per_address="1/3600") as api:
        for _ in range(3):
            assert (
                "errors"
                not in (
                    await send(
                        api, "{ a: venues { __typename } b: items { __typename } }", api.operator
                    )
                ).json()
            )


# --- questions ---


@pytest_asyncio.fixture(loop_scope="module")
async def questions(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement about the organization that is sent to the database from now on; the loops
    in the background ask about all of them."""
    sent: list[str] = []
    usual = asyncpg.connection.Connection._execute
    organization = api.shop.organization.id[-32:]

    async def noted(self: Any, query: str, given: Any, *more: Any, **named: Any) -> Any:
        if given and given[0] == organization:
            sent.append(query)
        return await usual(self, query, given, *more, **named)

    monkeypatch.setattr(asyncpg.connection.Connection, "_execute", noted)
    return sent


PAGE = """query P($first: Int!) { myBookings(first: $first) { edges { node {
  id status confirmationCode cancellableUntil
  slot { id title available venue { id name } }
  lines(first: 2) { quantity slot { id venue { name } } item { sku name } }
} } } }"""


async def test_a_page_of_a_hundred_bookings_costs_as_many_questions_as_one_of_one(
    api: Api, questions: list[str]
) -> None:
    sites = [(await api.site())["id"] for _ in range(4)]
    slots = [(await api.slot(sites[n % 4], capacity=50))["id"] for n in range(10)]
    item = (await api.item(1000))["id"]
    for number in range(100):
        slot = slots[number % 10]
        lines = [{"slot": slot, "quantity": 1}, {"item": item, "quantity": 1}]
        ok(await api.post("/v1/reservations", api.customer, {"lines": lines}), 201)
    counts = []
    for first in (1, 100):
        questions.clear()
        page = (await ask(api, PAGE, api.customer, first=first))["myBookings"]
        assert len(page["edges"]) == first
        assert {edge["node"]["slot"]["venue"]["id"] for edge in page["edges"]} <= set(sites)
        assert all(edge["node"]["lines"][1]["item"]["sku"] for edge in page["edges"])
        counts.append(len(questions))
    # Ids of the page, the bookings, their cut-offs; slots, items, venues.
    assert counts == [6, 6], questions


async def test_a_page_of_slots_asks_for_their_venue_once(api: Api, questions: list[str]) -> None:
    site = (await api.site())["id"]
    for _ in range(30):
        await api.slot(site)
    questions.clear()
    document = """query S($venue: ID!) { availableSlots(venueId: $venue, first: 100) {
      edges { node { id venue { name } } } } }"""
    page = (await ask(api, document, api.customer, venue=site))["availableSlots"]
    assert len(page["edges"]) == 30
    assert len(questions) == 4, questions
