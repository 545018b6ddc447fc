"""The demo's data made anew through the door: by whom, when, and what that comes to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from firmhold.app import OPERATIONS, Application
from firmhold.cli.demo import DemoData, seed_demo
from firmhold.cli.demo_maker import Maker
from firmhold.cli.demo_relief import PICKUP_DAYS
from firmhold.domain.model import Status
from firmhold.doors.appointments import DEMO_OPERATIONS
from firmhold.engine.slots import Slots
from firmhold.identity.keyring import Keyring
from firmhold.identity.roles import Role
from tests.databases import Server
from tests.doors.client import Api, Json, fresh, ok, problem
from tests.doors.ward import Ward
from tests.engine.clinic import DAY, NINE
from tests.engine.several import eventually
from tests.shop import SECRET, Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/api/seed"
LATER = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
"""What begins sooner may begin while these tests run."""

SOON = (datetime.now(UTC) + timedelta(days=PICKUP_DAYS - 1)).isoformat()
"""What begins later may come within the shortest horizon of a site while these tests run."""

FEW = 20
"""Slots that may begin meanwhile."""

TABLES = ("offering", "reservation", "slot", "ledger", "loan", "idempotency")


class Demo(NamedTuple):
    """The demo's organization, and another one, on a server that was started with `--demo`."""

    api: Api
    other: Api
    plain: Api
    """The same organization on a server that was not."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(server: Server) -> AsyncIterator[Demo]:
    address = await server.clone()
    async with open_shop(address.dsn, slug="other") as elsewhere:
        services = elsewhere.services
        await seed_demo(services.database, Keyring([SECRET]))
        organization = await services.directory.organization("demo")
        assert organization is not None
        shown = services._replace(demo=DemoData(services.engine, services.directory))
        app = Application(shown, workers=False)
        apis = Demo(
            Api(Shop(shown, organization, address.dsn), app),
            Api(Shop(shown, elsewhere.organization, address.dsn), app),
            Api(Shop(services, organization, address.dsn), Application(services, workers=False)),
        )
        for api in apis:
            await api.open()
        yield apis
        for api in apis:
            await api.http.aclose()
    await server.drop(address)


async def rows(api: Api) -> dict[str, int]:
    return {
        table: (await api.shop.fetchrow(f"SELECT count(*) AS n FROM {table}"))["n"]
        for table in TABLES
    }


async def live(api: Api) -> dict[str, Any]:
    """What is to be had and what is had, without ids and times."""
    ward = Ward(api)
    slots = [
        (it["siteName"], it["title"], it["startsAt"], it["remainingCapacity"], it["bookable"])
        for it in await ward.listed(limit=500, from_=LATER, to=SOON)
    ]
    published = [
        (it["title"], it["starts_at"], it["capacity"], it["available"])
        for it in await api.walk("/v1/slots", api.operator, limit=500, from_=LATER)
    ]
    report = [
        (it["slotId"] and it["title"], it["startsAt"], it["patientName"], it["status"])
        for status in ("PENDING", "CONFIRMED")
        for it in await ward.reported(status=status, limit=500, from_=LATER)
    ]
    stock = [
        (it["sku"], it["capacity"], it["held"], it["confirmed"], it["price"])
        for it in await api.walk("/v1/items", api.operator)
    ]
    return {
        "slots": sorted(slots),
        "published": sorted(published),
        "report": sorted(map(str, report)),
        "stock": sorted(map(str, stock)),
    }


# --- who may, and when ---


async def test_without_demo_there_is_nothing_at_this_address_for_anyone(demo: Demo) -> None:
    before = await rows(demo.plain)
    unknown = await demo.plain.post("/api/nothing", demo.plain.admin)
    for token in (None, demo.plain.customer, demo.plain.operator, demo.plain.admin, "forged"):
        for method in ("POST", "GET", "PUT", "DELETE", "OPTIONS"):
            response = await demo.plain.call(method, PATH, token)
            assert response.status_code == 404
            assert response.content == unknown.content
            assert response.headers["content-type"] == unknown.headers["content-type"]
            assert "allow" not in response.headers and "www-authenticate" not in response.headers
    assert await rows(demo.plain) == before
    assert PATH not in (await demo.plain.http.get("/openapi.json")).json()["paths"]
    assert not {op.path for op in OPERATIONS} & {op.path for op in DEMO_OPERATIONS}


async def test_with_demo_there_is_nothing_either_but_for_its_admins(demo: Demo) -> None:
    before = await rows(demo.api)
    unknown = await demo.api.post("/api/nothing", demo.api.admin)
    held = demo.api.shop.services.tokens.hold_token(
        demo.api.shop.organization.id, "rsv_" + "0" * 32
    )
    for token in (
        None,
        "forged",
        held,
        demo.api.customer,
        demo.api.auditor,
        demo.api.operator,
        demo.api.owner,
        demo.other.admin,
        demo.other.owner,
    ):
        response = await demo.api.post(PATH, token)
        assert (response.status_code, response.content) == (404, unknown.content)
        assert "www-authenticate" not in response.headers
    basic = await demo.api.post(PATH, headers={"authorization": "Basic YTpi"})
    assert (basic.status_code, basic.content) == (404, unknown.content)
    assert await rows(demo.api) == before
    (operation,) = DEMO_OPERATIONS
    described = (await demo.api.http.get("/openapi.json")).json()["paths"][PATH]["post"]
    assert (described["operationId"], described["tags"]) == (operation.name, ["appointments"])
    assert operation.name in (await demo.api.http.get("/docs")).text


# --- what it does ---


async def test_the_demo_is_as_it_was_at_first_and_the_ledger_tells_how(demo: Demo) -> None:
    api = demo.api
    ward = Ward(api)
    before, ledger = await live(api), (await rows(api))["ledger"]
    # Somebody plays with it.
    slots = [it for it in await ward.listed(limit=500) if it["bookable"]]
    for slot in slots[:3]:
        ok(await ward.book(slot["id"]), 201)
    for status in ("PENDING", "CONFIRMED"):
        found = await ward.reported(status=status)
        ok(await ward.cancel(found[0]["bookingId"], api.operator))
    ok(await api.patch(f"/v1/items/{await item(api, 'TENT-2P')}", api.operator, {"name": "Spoilt"}))
    ok(
        await api.post(
            f"/v1/items/{await item(api, 'LAST-ONE-001')}/capacity", api.operator, {"capacity": 7}
        )
    )
    await Slots(ward.engine).withdraw(
        ward.organization, "test", slots[4]["id"], lambda _: (200, b"")
    )
    site = (await ward.places.find(ward.organization, limit=1))[0]
    await ward.places.update(
        ward.organization,
        site.id,
        lambda old: old.fields._replace(name="Spoilt"),
        lambda _: (200, b""),
    )
    own = await ward.slot(NINE, site=site.id, title="Mine", capacity=4)
    ok(await ward.book(own), 201)
    await ward.join(own, "someone@example.org", 4)
    assert await live(api) != before

    done = ok(await api.post(PATH, api.admin))
    assert set(done) == {
        "cancelled",
        "withdrawn",
        "published",
        "restocked",
        "reserved",
        "serverTime",
    }
    assert done["restocked"] == 1
    assert done["published"] > 300 and done["reserved"] > 200
    assert done["withdrawn"] == pytest.approx(done["published"], abs=FEW)
    assert await live(api) == before
    assert (
        await api.shop.fetchrow("SELECT count(*) AS n FROM reservation WHERE reason = 'demo reset'")
    )["n"] > 200
    assert (await rows(api))["ledger"] > ledger + 1000, "nothing was erased"
    assert (await ward.seen(own)).withdrawn_at is not None
    assert (await api.shop.verify()).findings == []


async def item(api: Api, sku: str) -> str:
    found = ok(await api.get("/v1/items", api.operator, sku=sku))["data"]
    return str(found[0]["id"])


async def test_what_has_taken_place_stays(demo: Demo) -> None:
    api = demo.api
    ward = Ward(api)
    before = await live(api)
    firm = next(
        it for it in await ward.reported(status="CONFIRMED", limit=500) if it["room"] == "Theatre 1"
    )
    await ward.check_in(firm["bookingId"], Status.FULFILLED)
    done = ok(await api.post(PATH, api.admin))
    assert done["withdrawn"] == pytest.approx(done["published"], abs=FEW)
    assert (await ward.booking(firm["bookingId"], api.operator))["reservationStatus"] == "fulfilled"
    after = await live(api)
    assert after["report"] == before["report"], "it is in its place, and nobody else has it"
    assert after["slots"] == before["slots"]
    assert (await api.shop.verify()).findings == []


async def test_a_reset_is_done_once_per_key(demo: Demo) -> None:
    first = await demo.api.post(PATH, demo.api.admin, key="once")
    before = await rows(demo.api)
    again = await demo.api.post(PATH, demo.api.admin, key="once")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert await rows(demo.api) == before
    another = ok(await demo.api.post(PATH, demo.api.admin, key=fresh("another")))
    assert another["serverTime"] != ok(first)["serverTime"]


async def test_of_those_who_ask_at_once_under_one_key_one_resets(demo: Demo) -> None:
    before = await rows(demo.api)
    key = fresh("together")
    answers = await asyncio.gather(
        *(demo.api.post(PATH, demo.api.admin, key=key) for _ in range(3))
    )
    done = ok(answers[0])
    assert {answer.content for answer in answers} == {answers[0].content}
    assert sorted("idempotent-replayed" in answer.headers for answer in answers) == [
        *(False, True, True)
    ]
    after = await rows(demo.api)
    assert after["slot"] - before["slot"] == done["published"]


async def test_a_reset_is_finished_also_if_whoever_asked_has_gone_away(demo: Demo) -> None:
    before, slots = await live(demo.api), (await rows(demo.api))["slot"]
    asking = asyncio.create_task(demo.api.post(PATH, demo.api.admin))
    withdrawn = "SELECT count(*) AS n FROM ledger WHERE reason = 'withdrawn: demo reset'"
    count = (await demo.api.shop.fetchrow(withdrawn))["n"]

    async def has_begun() -> bool:
        return bool((await demo.api.shop.fetchrow(withdrawn))["n"] > count + 20)

    await eventually(has_begun)
    asking.cancel()
    await asyncio.wait([asking])
    assert await live(demo.api) != before

    async def is_over() -> bool:
        return (await rows(demo.api))["slot"] > slots and await live(demo.api) == before

    await eventually(is_over, 60)
    await asyncio.gather(*remaking(demo))
    assert (await demo.api.shop.verify()).findings == []


def remaking(demo: Demo) -> list[asyncio.Task[Any]]:
    """What is being made anew at this moment."""
    data = demo.api.shop.services.demo
    assert isinstance(data, DemoData)
    return list(data._running)


@pytest.mark.parametrize("by", ["the next call", "the next start"])
async def test_a_reset_that_was_broken_off_is_finished(
    demo: Demo, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await live(demo.api)
    with monkeypatch.context() as broken:
        broken.setattr(Maker, "publish", killed)
        problem(await demo.api.post(PATH, demo.api.admin), "internal_error", 500)
    assert await live(demo.api) != before
    if by == "the next call":
        ok(await demo.api.post(PATH, demo.api.admin))
    else:
        await seed_demo(demo.api.shop.services.database, Keyring([SECRET]))
    assert await live(demo.api) == before
    after = await rows(demo.api)
    await seed_demo(demo.api.shop.services.database, Keyring([SECRET]))
    assert (await rows(demo.api))["slot"] == after["slot"], "it is done by now"
    assert (await demo.api.shop.verify()).findings == []


async def killed(*_: Any) -> None:
    raise MemoryError


async def test_what_does_not_fit_any_more_is_left_out_and_the_rest_is_made(demo: Demo) -> None:
    api = demo.api
    before = await live(api)
    pools = {it["name"]: it for it in await api.walk("/v1/pools", api.operator)}
    one, two = pools["Theatre 1"]["id"], pools["Theatre 2"]["id"]
    # Who has taken the name of another is in its way, whatever the demo calls them.
    for id, name in ((one, "Theatre 9"), (two, "Theatre 1")):
        ok(await api.patch(f"/v1/pools/{id}", api.operator, {"name": name}))
    done = ok(await api.post(PATH, api.admin))
    assert done["published"] > 300
    names = {it["name"] for it in await api.walk("/v1/pools", api.operator)}
    assert {"Theatre 9", "Theatre 2"} <= names and "Theatre 1" not in names
    after = await live(api)
    assert after["slots"] == before["slots"]
    ok(await api.post(PATH, api.admin))
    assert await live(api) == before, "there is nothing in its way any more"


async def test_an_item_of_which_more_was_used_than_there_was_is_left_as_it_is(demo: Demo) -> None:
    api = demo.api
    before = await live(api)
    one = await item(api, "LAST-ONE-001")
    path = f"/v1/items/{one}/capacity"
    ok(await api.post(path, api.operator, {"capacity": 3}))
    used = ok(await api.post("/v1/reservations", api.operator, sold(one, 2)), 201)
    ok(await api.act(used["id"], "check-in", api.operator))
    ok(await api.post(PATH, api.admin))
    after = await live(api)
    assert (after["slots"], after["report"]) == (before["slots"], before["report"])
    assert await api.counts(one) == (3, 0, 2)


def sold(item: str, quantity: int) -> Json:
    return {"lines": [{"item": item, "quantity": quantity}], "confirm": True}


async def test_two_resets_at_once_leave_one_demo(demo: Demo) -> None:
    before = await live(demo.api)
    answers = await asyncio.gather(*(demo.api.post(PATH, demo.api.admin) for _ in range(2)))
    done: list[Json] = [ok(answer) for answer in answers]
    assert done[1]["published"] == pytest.approx(done[0]["published"], abs=FEW)
    assert await live(demo.api) == before
    assert (await demo.api.shop.verify()).findings == []


async def test_another_organization_keeps_what_it_has(demo: Demo) -> None:
    ward = await Ward.of(demo.other)
    slot = await ward.slot(NINE + DAY)
    id = ok(await ward.book(slot), 201)["bookingId"]
    ok(await demo.api.post(PATH, demo.api.admin))
    assert (await ward.booking(id))["status"] == "PENDING"
    assert [it["id"] for it in await ward.listed()] == []
    assert (await ward.seen(slot)).withdrawn_at is None


async def test_an_admin_may_be_made_for_the_demo(demo: Demo) -> None:
    token = await demo.api.shop.token("new-admin@example.org", Role.ADMIN)
    ok(await demo.api.post(PATH, token))
    problem(await demo.api.get(PATH, token), "malformed_request", 405)
