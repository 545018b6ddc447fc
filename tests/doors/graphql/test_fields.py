"""What the fields of the GraphQL door do."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.doors.client import PASSWORD, Api, fresh, ok
from tests.doors.graphql.asking import BOOK, CANCEL, CONFIRM, ask, code, refused, send

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOTS = """
query Slots($venue: ID!, $date: Date, $first: Int! = 20, $after: String) {
  availableSlots(venueId: $venue, date: $date, first: $first, after: $after) {
    edges { cursor node { id startsAt bookable whyNot venue { id } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def book(api: Api, slot: str, token: str | None = None, **more: Any) -> Any:
    given = {"slotId": slot, **more}
    return (await ask(api, BOOK, token or api.customer, input=given))["createBooking"]


async def test_a_slot_is_booked_confirmed_and_cancelled(api: Api) -> None:
    slot = await api.slot(capacity=5)
    booking = await book(api, slot["id"], guestCount=3, venueId=slot["site"], notes="Window")
    assert (booking["status"], booking["guestCount"], booking["notes"]) == ("HELD", 3, "Window")
    assert booking["customer"] == api.user(api.customer)
    assert booking["lines"] == [
        {"quantity": 3, "held": 3, "confirmed": 0, "slot": {"id": slot["id"]}, "item": None}
    ]
    assert booking["slot"]["available"] == 2
    assert booking["slot"]["venue"]["id"] == slot["site"]
    assert 0 < booking["ttlSeconds"] <= 300
    done = await ask(api, CONFIRM, api.customer, id=booking["id"])
    assert done["confirmBooking"]["status"] == "CONFIRMED"
    gone = (await ask(api, CANCEL, api.customer, id=booking["id"]))["cancelBooking"]
    assert (gone["status"], gone["reason"]) == ("CANCELLED", "Ill")
    seen = ok(await api.get(f"/v1/slots/{slot['id']}", api.operator))
    assert seen["available"] == 5


async def test_instants_are_written_as_everywhere(api: Api) -> None:
    slot = await api.slot()
    seen = await ask(api, "query S($id: ID!) { slot(id: $id) { startsAt endsAt } }", id=slot["id"])
    assert seen["slot"] == {"startsAt": slot["starts_at"], "endsAt": slot["ends_at"]}
    assert slot["starts_at"].endswith("Z")


@pytest.mark.parametrize("date", ["2030-02-30", "1899-12-31", "2200-01-01", "today", 7, ""])
async def test_what_is_no_date_is_refused(api: Api, date: Any) -> None:
    site = (await api.site())["id"]
    response = await send(api, SLOTS, venue=site, date=date)
    code(response, "malformed_request")


async def test_a_held_booking_is_released_by_cancelling_it(api: Api) -> None:
    booking = await book(api, (await api.slot())["id"])
    assert (await ask(api, CANCEL, api.customer, id=booking["id"]))["cancelBooking"][
        "status"
    ] == "RELEASED"


async def test_a_table_for_four_may_be_one_unit(api: Api) -> None:
    slot = await api.slot(capacity=2)
    booking = await book(api, slot["id"], guestCount=4, quantity=1)
    assert (booking["guestCount"], booking["lines"][0]["quantity"]) == (4, 1)
    assert booking["slot"]["available"] == 1


async def test_too_many_guests_are_told_how_many_places_are_left(api: Api) -> None:
    slot = await api.slot(capacity=2)
    told = await refused(
        api,
        "insufficient_capacity",
        BOOK,
        api.customer,
        input={"slotId": slot["id"], "guestCount": 3},
    )
    assert (told["requested"], told["available"], told["status"]) == (3, 2, 409)


async def test_a_slot_is_not_booked_at_another_venue(api: Api) -> None:
    slot, other = await api.slot(), await api.site()
    for venue in (other["id"], "site_" + "0" * 32, "nonsense"):
        given = {"slotId": slot["id"], "venueId": venue}
        await refused(api, "not_found", BOOK, api.customer, input=given)
    assert ok(await api.get(f"/v1/slots/{slot['id']}", api.operator))["held"] == 0


async def test_an_item_is_booked_by_its_sku_or_its_id(api: Api) -> None:
    item = await api.item(10)
    document = """mutation B($input: BookItemInput!) {
      bookItem(input: $input) { id status lines { quantity item { sku available } } slot { id } }
    }"""
    for left, named in ((8, {"sku": item["sku"]}), (6, {"itemId": item["id"]})):
        given = {**named, "quantity": 2}
        made = (await ask(api, document, api.customer, input=given))["bookItem"]
        assert made["slot"] is None
        assert made["lines"][0]["item"] == {"sku": item["sku"], "available": left}
    for given in ({}, {"sku": item["sku"], "itemId": item["id"]}):
        await refused(api, "malformed_request", document, api.customer, input=given)
    await refused(api, "not_found", document, api.customer, input={"sku": "NO-SUCH"})


async def test_the_catalogue_is_listed_and_searched(api: Api) -> None:
    made = [await api.item(name=f"Lamp {number}") for number in range(3)]
    document = """query L($search: String, $first: Int! = 20, $after: String) {
      items(search: $search, first: $first, after: $after) {
        edges { node { id sku price { amount currency } } } pageInfo { hasNextPage endCursor }
      }
    }"""
    page = (await ask(api, document, search="lamp", first=2))["items"]
    assert [it["node"]["id"] for it in page["edges"]] == [it["id"] for it in made[:2]]
    assert page["pageInfo"]["hasNextPage"] is True
    cursor = page["pageInfo"]["endCursor"]
    page = (await ask(api, document, search="lamp", first=2, after=cursor))["items"]
    assert [it["node"]["id"] for it in page["edges"]] == [made[2]["id"]]
    assert page["pageInfo"]["hasNextPage"] is False
    by_sku = "query I($sku: String) { item(sku: $sku) { id } }"
    assert (await ask(api, by_sku, sku=made[0]["sku"]))["item"]["id"] == made[0]["id"]


async def test_a_price_may_be_as_high_as_everywhere(api: Api) -> None:
    price = {"amount": 10**15, "currency": "EUR"}
    item = await api.item(price=price)
    seen = await ask(
        api, "query I($id: ID) { item(id: $id) { price { amount currency } } }", id=item["id"]
    )
    assert seen["item"]["price"] == price


async def test_slots_of_a_date_are_those_of_the_venue_s_clocks(api: Api) -> None:
    site = await api.site(zone="Pacific/Auckland")
    on = datetime.now(ZoneInfo("Pacific/Auckland")).date().replace(day=1)
    on = on.replace(year=on.year + 1)
    day = on.isoformat()
    zone = ZoneInfo("Pacific/Auckland")
    expected = []
    for hour in (0, 23):
        starts = datetime(on.year, on.month, on.day, hour, 30, tzinfo=zone).isoformat()
        expected.append((await api.slot(site["id"], starts_at=starts, minutes=15))["id"])
    late = datetime(on.year, on.month, on.day + 1, 0, 0, tzinfo=zone).isoformat()
    await api.slot(site["id"], starts_at=late, minutes=15)
    page = (await ask(api, SLOTS, venue=site["id"], date=day))["availableSlots"]
    assert [it["node"]["id"] for it in page["edges"]] == expected
    assert {it["node"]["venue"]["id"] for it in page["edges"]} == {site["id"]}
    every = (await ask(api, SLOTS, venue=site["id"]))["availableSlots"]
    assert len(every["edges"]) == 3


async def test_only_slots_are_available_that_can_be_booked(api: Api) -> None:
    site = (await api.site())["id"]
    free, full, closed = [await api.slot(site) for _ in range(3)]
    await api.hold(full["id"])
    block = "mutation B($id: ID!) { blockSlot(id: $id) { id blocked bookable whyNot } }"
    done = (await ask(api, block, api.operator, id=closed["id"]))["blockSlot"]
    assert (done["blocked"], done["bookable"]) == (True, False)
    page = (await ask(api, SLOTS, venue=site))["availableSlots"]
    assert [it["node"]["id"] for it in page["edges"]] == [free["id"]]


async def test_a_blocked_slot_cannot_be_booked_until_it_is_unblocked(api: Api) -> None:
    slot = (await api.slot(capacity=2))["id"]
    kept = await book(api, slot)
    block = "mutation B($id: ID!) { blockSlot(id: $id) { blocked } }"
    unblock = block.replace("blockSlot", "unblockSlot")
    await ask(api, block, api.operator, id=slot)
    response = await send(api, BOOK, api.customer, input={"slotId": slot})
    assert response.json()["data"] == {"createBooking": None}
    confirmed = await ask(api, CONFIRM, api.customer, id=kept["id"])
    assert confirmed["confirmBooking"]["status"] == "CONFIRMED"
    done = (await ask(api, unblock, api.operator, id=slot))["unblockSlot"]
    assert done["blocked"] is False
    await book(api, slot)


async def test_pages_of_slots_follow_each_other(api: Api) -> None:
    site = (await api.site())["id"]
    made = [(await api.slot(site))["id"] for _ in range(5)]
    seen: list[str] = []
    after = None
    for length in (2, 2, 1):
        page = (await ask(api, SLOTS, venue=site, first=2, after=after))["availableSlots"]
        info, edges = page["pageInfo"], page["edges"]
        assert len(edges) == length
        assert info["hasPreviousPage"] is (after is not None)
        assert (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])
        seen += [it["node"]["id"] for it in edges]
        after = info["endCursor"]
        assert info["hasNextPage"] is (len(seen) < 5)
    assert seen == made


@pytest.mark.parametrize("after", ["nonsense", "", "MQ", "x" * 301])
async def test_a_cursor_of_another_list_is_refused(api: Api, after: str) -> None:
    site = (await api.site())["id"]
    await refused(api, "malformed_request", SLOTS, venue=site, after=after)


async def test_one_s_own_bookings_are_listed_newest_first(api: Api) -> None:
    slot = (await api.slot(capacity=9))["id"]
    made = [(await book(api, slot))["id"] for _ in range(3)]
    await book(api, slot, api.other)
    await ask(api, CONFIRM, api.customer, id=made[1])
    document = """query M($status: BookingStatus, $first: Int! = 20, $after: String) {
      myBookings(status: $status, first: $first, after: $after) {
        edges { node { id } } pageInfo { endCursor hasNextPage }
      }
    }"""

    async def listed(**more: Any) -> list[str]:
        page = (await ask(api, document, api.customer, **more))["myBookings"]
        return [it["node"]["id"] for it in page["edges"]]

    assert await listed() == made[::-1]
    assert await listed(status="CONFIRMED") == [made[1]]
    first = (await ask(api, document, api.customer, first=2))["myBookings"]
    assert await listed(after=first["pageInfo"]["endCursor"]) == [made[0]]
    staff = (await ask(api, document, api.operator))["myBookings"]
    assert staff["edges"] == [], "their own, not everybody's"


async def test_a_booking_is_found_by_its_confirmation_code_however_it_is_written(api: Api) -> None:
    booking = await book(api, (await api.slot())["id"])
    code_ = booking["confirmationCode"]
    document = "query C($code: String!) { bookingByConfirmationCode(code: $code) { id } }"
    for written in (code_, code_.lower(), code_.replace("-", ""), code_.replace("-", " ")):
        for token in (api.customer, api.operator, api.auditor):
            seen = await ask(api, document, token, code=written)
            assert seen["bookingByConfirmationCode"]["id"] == booking["id"]
    assert len(code_) == 19


async def test_a_confirmation_code_opens_nothing(api: Api) -> None:
    booking = await book(api, (await api.slot())["id"])
    document = "query C($code: String!) { bookingByConfirmationCode(code: $code) { id } }"
    code_ = booking["confirmationCode"]
    theirs = await refused(api, "not_found", document, api.other, code=code_)
    wrong = code_[:-1] + ("0" if code_[-1] != "0" else "1")
    for nothing in (wrong, "", "0000-0000-0000-0000", "UUUU-UUUU-UUUU-UUUU", "x" * 40, "\u00e9"):
        told = await refused(api, "not_found", document, api.other, code=nothing)
        assert told == theirs, "whether there is one is not told"


async def test_the_queue_of_a_venue_is_told_in_numbers(api: Api) -> None:
    site = (await api.site())["id"]
    slot, other = [(await api.slot(site))["id"] for _ in range(2)]
    document = """query Q($venue: ID!, $slot: ID) {
      queueStats(venueId: $venue, slotId: $slot) { waiting units slots offered longestWaitSince }
    }"""
    empty = (await ask(api, document, api.operator, venue=site))["queueStats"]
    assert empty == dict.fromkeys(("waiting", "units", "slots", "offered"), 0) | {
        "longestWaitSince": None
    }
    first = await api.hold(slot, token=api.operator)
    await api.hold(other, token=api.operator)
    for token, where in ((api.customer, slot), (api.other, slot), (api.other, other)):
        body = {"slot": where, "quantity": 1}
        ok(await api.post("/v1/waitlist", token, body), 201)
    seen = (await ask(api, document, api.operator, venue=site))["queueStats"]
    assert [seen[name] for name in ("waiting", "units", "slots", "offered")] == [3, 3, 2, 0]
    await api.act(first["id"], "release", api.operator)
    seen = (await ask(api, document, api.operator, venue=site, slot=slot))["queueStats"]
    assert [seen[name] for name in ("waiting", "units", "slots", "offered")] == [1, 1, 1, 1]
    elsewhere = (await api.slot())["id"]
    await refused(api, "not_found", document, api.operator, venue=site, slot=elsewhere)


async def test_venues_are_listed_and_looked_at(api: Api) -> None:
    hours = [{"day": "MO", "opens": "09:00", "closes": "17:00"}]
    site = await api.site(opening_hours=hours, metadata={"secret": "plans"})
    document = """{ venues { edges { node {
      id name timeZone slotMinutes openingHours { day opens closes } } } } }"""
    response = await send(api, document)
    (edge,) = response.json()["data"]["venues"]["edges"]
    assert edge["node"] == {
        "id": site["id"],
        "name": site["name"],
        "timeZone": "Europe/Berlin",
        "slotMinutes": 30,
        "openingHours": hours,
    }
    one = "query V($id: ID!) { venue(id: $id) { name } }"
    assert (await ask(api, one, id=site["id"]))["venue"]["name"] == site["name"]
    for nothing in ("site_" + "0" * 32, "nonsense", "", "slot_" + "0" * 32):
        await refused(api, "not_found", one, id=nothing)


async def test_people_register_sign_in_and_stay_signed_in(api: Api) -> None:
    email = f"{fresh('new')}@example.org"
    fields = "{ accessToken refreshToken tokenType expiresIn verified user { email role } }"
    join = f"mutation R($input: RegisterInput!) {{ register(input: $input) {fields} }}"
    made = await ask(api, join, input={"email": email, "password": "long-and-only-mine"})
    assert made["register"]["user"] == {"email": email, "role": "customer"}
    assert made["register"]["verified"] is False
    login = f"mutation L($e: String!, $p: String!) {{ login(email: $e, password: $p) {fields} }}"
    done = (await ask(api, login, e=email, p="long-and-only-mine"))["login"]
    assert (done["tokenType"], done["expiresIn"]) == ("Bearer", 900)
    ok(await api.get("/api/auth/me", done["accessToken"]))
    again = f"mutation R($t: String!) {{ refreshToken(refreshToken: $t) {fields} }}"
    next_ = (await ask(api, again, t=done["refreshToken"]))["refreshToken"]
    assert next_["refreshToken"] != done["refreshToken"]
    told = await refused(api, "unauthenticated", login, e=email, p="not it")
    assert told["status"] == 401
    await refused(api, "already_exists", join, input={"email": email, "password": PASSWORD})


async def test_an_old_token_does_not_keep_anyone_from_signing_in_anew(api: Api) -> None:
    await api.set_password(api.customer)
    login = "mutation L($e: String!, $p: String!) { login(email: $e, password: $p) { verified } }"
    headers = {"authorization": "Bearer worn-out"}
    more = {"e": "ada@example.org", "p": PASSWORD}
    data = await ask(api, login, None, headers={**headers, "x-organization": api.slug}, **more)
    assert data["login"] is not None
    response = await send(api, "{ venues { edges { cursor } } }", headers=headers)
    code(response, "unauthenticated")


async def test_fields_that_are_not_mine_to_say_are_not_taken(api: Api) -> None:
    slot = (await api.slot())["id"]
    for extra in ("status", "actor", "organization", "expiresAt", "confirm", "metadata", "id"):
        given = {"slotId": slot, extra: "confirmed"}
        response = await send(api, BOOK, api.customer, input=given)
        assert response.status_code == 400
        assert "data" not in response.json()
    theirs = {"slotId": slot, "customer": api.user(api.other)}
    await refused(api, "forbidden", BOOK, api.customer, input=theirs)
    mine = (await ask(api, BOOK, api.operator, input=theirs))["createBooking"]
    assert mine["customer"] == api.user(api.other), "an operator may"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("guestCount", 0),
        ("guestCount", -1),
        ("quantity", 0),
        ("quantity", 1_000_001),
        ("ttlSeconds", 0),
        ("notes", "x" * 4001),
        ("notes", "a\x00b"),
        ("notes", "\u202e"),
        ("customer", ""),
    ],
)
async def test_a_value_out_of_bounds_is_named(api: Api, field: str, value: Any) -> None:
    slot = (await api.slot())["id"]
    before = await api.checksum()
    given = {"slotId": slot, field: value}
    response = await send(api, BOOK, api.customer, input=given)
    told = response.json()["errors"][0]["extensions"]
    assert told["code"] == "malformed_request"
    assert told["field"] in {field, "body"}
    assert await api.checksum() == before
