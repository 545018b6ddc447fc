"""Documents that are too much, and that nothing is carried out of them."""

from __future__ import annotations

import pytest

from firmhold.doors.graphql import bounds
from tests.doors.client import Api
from tests.doors.graphql.asking import BOOK, code, send

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def over(api: Api, document: str, limit: str, **variables: object) -> None:
    """The document is refused for this limit, which is named, and nothing of it carried out."""
    before = await api.checksum()
    response = await send(api, document, api.customer, **variables)
    assert response.status_code == 400
    assert "data" not in response.json()
    told = code(response, "malformed_request")
    assert told["limit"] == limit
    assert told["asked"] > told["bound"]
    assert limit in told["detail"]
    assert await api.checksum() == before


def deep(levels: int) -> str:
    return "{ venues " + "{ edges " * levels + "}" * levels + " }"


async def test_a_query_fifty_levels_deep_is_refused(api: Api) -> None:
    await over(api, deep(50), "depth")
    await over(api, deep(20), "depth")
    await over(api, deep(5000), "depth")
    spread = "{ ...A0 } " + " ".join(
        f"fragment A{n} on Query {{ venues {{ ...A{n + 1} }} }}" for n in range(20)
    )
    await over(api, spread + " fragment A20 on Query { __typename }", "depth")


async def test_a_thousand_aliases_are_refused(api: Api) -> None:
    def aliased(count: int, field: str = "__typename") -> str:
        return "{ " + " ".join(f"a{number}: {field}" for number in range(count)) + " }"

    await over(api, aliased(1000), "tokens")
    await over(api, aliased(31), "aliases")
    split = "{ ...F " + aliased(16)[1:] + " fragment F on Query " + aliased(16)
    await over(api, split, "aliases")
    assert "data" in (await send(api, aliased(30))).json()


async def test_a_fragment_that_spreads_itself_is_refused(api: Api) -> None:
    for document in (
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ __typename } fragment A on Query { ...B } fragment B on Query { ... { ...A } }",
        "{ venues { ...A } } fragment A on VenueConnection { edges { node { ...A } } }",
    ):
        response = await send(api, document)
        assert response.status_code == 400
        assert "spreads itself" in code(response, "malformed_request")["detail"]


async def test_fragments_that_multiply_are_counted_and_not_followed(api: Api) -> None:
    """Each spreads the next one twice: thirty of them are a thousand million fields."""
    levels = 30
    document = "{ venues { edges { node { ...A0 } } } } " + " ".join(
        f"fragment A{n} on Venue {{ ...A{n + 1} ... {{ ...A{n + 1} }} }}" for n in range(levels)
    )
    await over(api, document + f" fragment A{levels} on Venue {{ id name }}", "cost")


async def test_a_long_row_of_fragments_exhausts_nothing(api: Api) -> None:
    count = 120
    document = "{ ...A0 } " + " ".join(
        f"fragment A{n} on Query {{ ...A{n + 1} }}" for n in range(count)
    )
    response = await send(api, document + f" fragment A{count} on Query {{ __typename }}")
    assert response.status_code in {200, 400}
    assert "internal_error" not in response.text


async def test_a_huge_document_is_refused(api: Api) -> None:
    await over(api, "{ " + "__typename " * 1000 + "}", "tokens")
    comments = "#" + "x" * 60_000 + "\n{ __typename }"
    assert "data" in (await send(api, comments)).json(), "comments are no tokens"


@pytest.mark.parametrize("brackets", ["[]", "{}"])
async def test_a_value_nested_too_deeply_is_refused(api: Api, brackets: str) -> None:
    opening = "[" if brackets == "[]" else "{slotId: "
    for levels in (50, 300):
        value = opening * levels + "1" + brackets[1] * levels
        document = f"mutation {{ createBooking(input: {{slotId: {value}}}) {{ id }} }}"
        await over(api, document, "depth")


async def test_a_deep_variable_is_refused_for_what_it_is(api: Api) -> None:
    value: object = "x"
    for _ in range(100):
        value = {"slotId": value}
    response = await send(api, BOOK, api.customer, input=value)
    assert response.status_code == 400
    assert "data" not in response.json()


async def test_pages_of_much_are_refused_by_their_cost(api: Api) -> None:
    page = "edges { node { id title startsAt endsAt venue { id name } } }"
    many = "{ " + " ".join(
        f'p{n}: availableSlots(venueId: "x", first: 100) {{ {page} }}' for n in range(8)
    )
    await over(api, many + " }", "cost")
    lines = "{ myBookings(first: 100) { edges { node { lines(first: 100) { quantity } } } } }"
    await over(api, lines, "cost")
    by_variable = """query Q($n: Int!) {
      myBookings(first: $n) { edges { node { lines(first: $n) { quantity } } } } }"""
    await over(api, by_variable, "cost", n=100)
    by_default = by_variable.replace("Int!", "Int! = 100")
    await over(api, by_default, "cost")
    huge = by_variable.replace("$n) { edges", "2000000000) { edges")
    await over(api, huge, "cost", n=1)


async def test_a_page_has_a_hundred_entries_at_most(api: Api) -> None:
    for first in (0, -1, 101, 2**31 - 1):
        response = await send(api, f"{{ venues(first: {first}) {{ edges {{ cursor }} }} }}")
        code(response, "malformed_request")
        assert response.json().get("data") in (None, {"venues": None})


async def test_what_a_page_shows_is_within_the_bounds(api: Api) -> None:
    """A page of a hundred bookings, with what a screen shows of each."""
    document = """{ myBookings(first: 100) { pageInfo { hasNextPage endCursor } edges { node {
      id status confirmationCode guestCount notes createdAt expiresAt cancellableUntil
      slot { id title startsAt endsAt available price { amount currency }
             venue { id name address timeZone } }
      lines(first: 1) { quantity held confirmed }
    } } } }"""
    assert "data" in (await send(api, document, api.customer)).json()


@pytest.mark.parametrize(
    "document",
    [
        "{ __schema { types { name } } }",
        '{ __type(name: "Query") { fields { name } } }',
        "{ ...A } fragment A on Query { __schema { queryType { name } } }",
        "{ a: __schema { types { name } } }",
    ],
)
async def test_the_schema_is_not_told_in_production(api: Api, document: str) -> None:
    response = await send(api, document, api.admin)
    assert response.status_code == 400
    assert "data" not in response.json()


async def test_no_other_names_are_suggested_in_production(api: Api) -> None:
    for document in (
        "{ venue2 { id } }",
        '{ venue(idd: "x") { id } }',
        '{ venue(id: "x") { nam } }',
        "mutation { createBooking(input: {slotId: 1, guestCoun: 1}) { id } }",
        "{ myBookings(status: HEL) { edges { cursor } } }",
    ):
        response = await send(api, document)
        assert response.status_code == 400
        assert "Did you mean" not in response.text


async def test_reading_a_document_takes_no_stack() -> None:
    from firmhold.domain.errors import Refused

    with pytest.raises(Refused):
        bounds.check_text("{" * 400)
    bounds.check_text("}" * 400)
