"""Customers by their e-mail addresses: one person is one customer, whoever names them and however
the address is written."""

from __future__ import annotations

import pytest

from tests.doors.client import EMAIL, OTHER_EMAIL, Api, ok, problem
from tests.doors.ward import Ward

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOUTED = EMAIL.upper()
NEW, NEW_SHOUTED = "nora@patients.example", "Nora@Patients.Example"


@pytest.mark.parametrize("address", [EMAIL, SHOUTED])
async def test_customers_may_name_themselves_by_their_address(api: Api, address: str) -> None:
    own = api.user(api.customer)
    item = await api.item(1)
    hold = await api.hold(item["id"], customer=address)
    assert hold["customer"] == own
    wait = {"item": item["id"], "quantity": 1, "customer": address}
    entry = ok(await api.post("/v1/waitlist", api.customer, wait), 201)
    assert entry["customer"] == own
    ward = await Ward.of(api)
    slot = await ward.slot(capacity=2)
    booking = ok(await ward.book(slot, patient=address), 201)
    assert booking["patientId"] == own
    ok(await ward.hold(slot, patientId=address), 201)
    for path, id in (("/v1/reservations", hold["id"]), ("/v1/waitlist", entry["id"])):
        listed = [it["id"] for it in await api.walk(path, api.customer, customer=address)]
        assert id in listed
        assert listed == [it["id"] for it in await api.walk(path, api.customer)]


async def test_customers_may_name_nobody_else_by_theirs(api: Api) -> None:
    item = await api.item(5)
    slot = await (ward := await Ward.of(api)).slot(capacity=2)
    before = await api.checksum()
    for other in (OTHER_EMAIL, OTHER_EMAIL.upper(), NEW, "@"):
        line = {"item": item["id"], "quantity": 1}
        body = {"lines": [line], "customer": other}
        problem(await api.post("/v1/reservations", api.customer, body), "forbidden")
        body = {**line, "customer": other}
        problem(await api.post("/v1/waitlist", api.customer, body), "forbidden")
        problem(await ward.book(slot, patient=other), "forbidden")
        problem(await ward.hold(slot, patientId=other), "forbidden")
        for path in ("/v1/reservations", "/v1/waitlist"):
            problem(await api.get(path, api.customer, customer=other), "forbidden")
    assert await api.checksum() == before


@pytest.mark.parametrize("address", [EMAIL, SHOUTED])
async def test_a_users_reservations_are_found_by_their_address(api: Api, address: str) -> None:
    item = await api.item(50)
    body = {"sku": item["sku"], "quantity": 1, "email": address}
    made = []
    for n in range(3):
        made.append((await api.hold(item["id"]))["id"])
        # Whoever is not signed in may be anyone, but said to be the same.
        guest = await api.post("/api/v1/inventory/reserve", None, body, key=f"guest-{n}")
        made.append(ok(guest, 201)["reservation_id"])
    await api.hold(item["id"], token=api.other)
    for token in (api.operator, api.auditor):
        for query in ({"customer": address}, {"customer": address, "offering": item["id"]}):
            for limit in (1, 2, 5, 6, 50):
                found = await api.walk("/v1/reservations", token, limit=limit, **query)
                assert [it["id"] for it in found] == made[::-1]
    own = await api.walk("/v1/reservations", api.customer)
    assert [it["id"] for it in own] == made[::2][::-1], "what a guest has is not proven theirs"


async def test_a_users_places_in_lines_are_found_by_their_address(api: Api) -> None:
    items = [await api.item(1) for _ in range(3)]
    entries = []
    for item in items:
        await api.hold(item["id"], token=api.operator)
        body = {"item": item["id"], "quantity": 1}
        entries.append(ok(await api.post("/v1/waitlist", api.customer, body), 201)["id"])
    for address in (EMAIL, SHOUTED):
        for limit in (1, 3, 50):
            found = await api.walk("/v1/waitlist", api.operator, customer=address, limit=limit)
            assert [it["id"] for it in found] == entries[::-1]


async def test_an_address_that_is_no_users_is_one_customer_however_it_is_written(api: Api) -> None:
    item = await api.item(5, max_per_customer=1)
    hold = await api.hold(item["id"], token=api.operator, customer=NEW_SHOUTED)
    assert hold["customer"] == NEW
    body = {"lines": [{"item": item["id"], "quantity": 1}], "customer": NEW}
    problem(await api.post("/v1/reservations", api.operator, body), "limit_exceeded")
    for address in (NEW, NEW_SHOUTED):
        found = await api.walk("/v1/reservations", api.operator, customer=address)
        assert [it["id"] for it in found] == [hold["id"]]


async def test_a_name_that_is_no_address_is_taken_as_it_is(api: Api) -> None:
    item = await api.item(5)
    hold = await api.hold(item["id"], token=api.operator, customer="MRN-1")
    assert hold["customer"] == "MRN-1"
    for name, ids in (("MRN-1", [hold["id"]]), ("mrn-1", [])):
        found = await api.walk("/v1/reservations", api.operator, customer=name)
        assert [it["id"] for it in found] == ids


@pytest.mark.parametrize("name", [" ", " MRN-1", "MRN-1 ", "\u00a0MRN-1", f" {NEW}"])
async def test_nobody_is_a_second_customer_by_white_space_around_the_name(
    api: Api, name: str
) -> None:
    item = await api.item(5)
    slot = await (ward := await Ward.of(api)).slot(capacity=2)
    before = await api.checksum()
    line = {"item": item["id"], "quantity": 1}
    for path, body in (
        ("/v1/reservations", {"lines": [line], "customer": name}),
        ("/v1/waitlist", {**line, "customer": name}),
    ):
        refused = problem(await api.post(path, api.operator, body), "malformed_request")
        assert (refused["field"], refused["reason"]) == (
            "customer",
            "no white space at its ends, no control characters",
        )
        problem(await api.get(path, api.operator, customer=name), "malformed_request")
    refused = problem(await ward.book(slot, patient=name, token=api.operator), "malformed_request")
    assert refused["field"] == "patientId"
    refused = problem(
        await ward.hold(slot, token=api.operator, patientId=name), "malformed_request"
    )
    assert refused["field"] == "patientId"
    assert await api.checksum() == before
