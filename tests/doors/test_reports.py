"""Reports: what an operator wants to know, in the words and the forms that they ask for."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest

from firmhold.domain.commands import Asked, CheckIn, Confirm, Hold, Release
from firmhold.domain.model import Status
from firmhold.engine.pools import PoolKind
from firmhold.reports.counting import Counter
from tests.doors.client import Api, Json, fresh, ok, problem
from tests.doors.ward import Ward
from tests.engine.clinic import HOUR, NINE
from tests.shop import OPERATOR, new_id, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

NO_SITE, NO_POOL, NO_SLOT, NO_ITEM = (
    f"{kind}_0199{0:028x}" for kind in ("site", "pool", "slot", "item")
)
WEEK = {"from": NINE.date().isoformat(), "to": (NINE + timedelta(days=7)).date().isoformat()}


async def report(api: Api, name: str, token: str | None = None, **query: str) -> Json:
    return ok(await api.get(f"/v1/reports/{name}", token or api.operator, **query))


async def lines(api: Api, name: str, **query: str) -> list[dict[str, str]]:
    """Of the spreadsheet."""
    response = await api.get(
        f"/v1/reports/{name}", api.operator, **query, headers={"accept": "text/csv"}
    )
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    return list(csv.DictReader(io.StringIO(response.text)))


async def settled(api: Api) -> None:
    """Once what came before is counted."""
    while not await Counter(api.shop.services.database).run_once():
        pass


async def test_what_became_of_holds_is_told_with_its_shares(api: Api) -> None:
    await settled(api)
    item = await api.shop.item(100)
    held = [await api.shop.held((item, 2)) for _ in range(6)]
    await api.shop.submit(Confirm(held[0].id, OPERATOR, (Asked(item, 1),)))
    await api.shop.submit(Confirm(held[1].id, OPERATOR))
    await api.shop.submit(Release(held[2].id, OPERATOR, (Asked(item, 1),)))  # only a part of it
    await api.shop.submit(Release(held[3].id, OPERATOR))
    await api.shop.make_due(held[4].id)
    await api.shop.submit(Hold(new_id("rsv"), OPERATOR, None, (Asked(item, 1),), confirm=True))
    for _ in range(2):  # as it is added up, and as it is counted
        told = await report(api, "holds", offering=item, every="hour")
        totals = told["totals"]
        assert totals.pop("median_seconds_to_confirm") is not None
        assert totals == {
            "holds": 6,
            "ended": 4,
            "confirmed": 2,
            "released": 1,
            "expired": 1,
            "direct": 1,
            "reacquired": 0,
            "cancelled": 0,
            "units_held": 12,
            "units_confirmed": 4,
            "units_expired": 2,
            "expiry_rate": 0.25,
            "conversion": 0.5,
        }
        assert told["complete"] and told["as_of"] and told["zone"] == "UTC"
        assert sum(step["holds"] for step in told["data"]) == 6
        (sold,) = (await report(api, "sell-through", offering=item, every="week"))["data"][-1:]
        assert (sold["capacity"], sold["held"], sold["confirmed"]) == (100, 3, 4)
        assert sold["sell_through"] == 0.04
        await settled(api)


async def test_how_long_a_sale_took_and_whether_it_opened_again_is_told(api: Api) -> None:
    item = await api.shop.item(2, sku="=1+1")
    held = await api.shop.held((item, 2))
    (sale,) = (await report(api, "sell-outs", offering=item))["data"]
    assert sale["is_sold_out"] and sale["seconds_to_sell_out"] == 0
    assert (sale["opened_at"], sale["sold_out_at"]) == (sale["first_taken_at"],) * 2
    await api.shop.submit(Release(held.id, OPERATOR))
    (sale,) = (await report(api, "sell-outs", offering=item))["data"]
    assert not sale["is_sold_out"] and sale["opened_again_at"] is not None
    assert (sale["times_sold_out"], sale["times_opened_again"]) == (1, 1)
    (line,) = await lines(api, "sell-outs", offering=item)
    assert line["sku"] == "'=1+1", "which a spreadsheet would run otherwise"
    assert (line["zone"], line["complete"]) == ("UTC", "True")


async def test_sales_come_in_pages_none_twice(api: Api) -> None:
    items = [await api.shop.item(1) for _ in range(5)]
    for item in items:
        await api.shop.held((item, 1))
    found, further = [], {}
    while further is not None:
        told = await report(api, "sell-outs", kind="item", limit="2", **further)
        found += [sale["offering"] for sale in told["data"]]
        further = None if told["next"] is None else {"cursor": told["next"]}
    assert len(found) == len(set(found))
    assert [it for it in found if it in items] == items[::-1]


async def test_a_pools_use_is_told_with_and_without_the_time_around_it(api: Api) -> None:
    ward = await Ward.of(api)
    hours = ({"day": day, "opens": "08:00", "closes": "18:00"} for day in WEEKDAYS)
    body = {"name": fresh("Site"), "zone": "Europe/Berlin", "opening_hours": list(hours)}
    site = ok(await api.post("/v1/sites", api.operator, body), 201)["id"]
    room = await ward.named(
        PoolKind.ROOM, fresh("Room"), site=site, before_minutes=15, after_minutes=15
    )
    slots = await ward.published(
        ward.new(NINE, HOUR, site=site, slot=[room]),
        ward.new(NINE + 2 * HOUR, HOUR, site=site, slot=[room]),
    )
    await api.shop.held((slots[0], 1), confirm=True)
    told = await report(api, "utilisation", pool=room, zone="Europe/Berlin", **WEEK)
    first = told["data"][0]
    assert first["seconds_taken"] == 2 * 5400
    assert first["seconds_in_slots"] == 2 * 3600
    assert first["seconds_booked"] == 3600
    assert first["seconds_open"] == 10 * 3600
    assert first["seconds_owned"] == 24 * 3600
    assert (first["slots_of_open"], first["booked_of_open"]) == (0.2, 0.1)
    assert first["taken_of_open"] == 0.3
    assert sum(step["seconds_taken"] for step in told["data"]) == 2 * 5400
    assert len(await lines(api, "utilisation", pool=room, zone="Europe/Berlin", **WEEK)) == 7
    # A part of a slot belongs to each side of a border.
    half = {"from": NINE.isoformat(), "to": (NINE + HOUR / 2).isoformat()}
    (step,) = (await report(api, "utilisation", pool=room, **half))["data"]
    assert (step["seconds_in_slots"], step["seconds_taken"]) == (1800, 1800)


async def test_who_did_not_come_is_told_by_service_by_practitioner_and_over_time(api: Api) -> None:
    ward = await Ward.of(api)
    who = await ward.named(PoolKind.PRACTITIONER, fresh("Dr. "))
    title = fresh("=Surgery ")
    slots = await ward.published(
        *(ward.new(NINE + n * HOUR, HOUR, 2, slot=[who], title=title) for n in range(3))
    )
    visits = [await api.shop.held((slot, 1), confirm=True) for slot in (slots[0], *slots)]
    outcomes = (Status.NO_SHOW, Status.FULFILLED, Status.NO_SHOW)
    for visit, outcome in zip(visits, outcomes, strict=False):
        async with api.shop.begun(visit.id):
            await api.shop.submit(CheckIn(visit.id, OPERATOR, outcome))
    async with api.shop.begun(visits[2].id):
        # Somebody mixed them up, and put it right.
        for outcome in (Status.FULFILLED, Status.NO_SHOW):
            await api.shop.submit(CheckIn(visits[2].id, OPERATOR, outcome))
        begun = {"to": (NINE + timedelta(days=1)).date().isoformat(), "from": "2020-01-01"}
        begun["every"] = "month"
        (group,) = (await report(api, "no-shows", pool=who, **begun))["data"]
        assert group == {
            "group": title,
            "name": title,
            "slots": 1,
            "capacity": 2,
            "units_confirmed": 1,
            "filled": 0.5,
            "expected": 1,
            "came": 0,
            "no_shows": 1,
            "unrecorded": 0,
            "no_show_rate": 1.0,
        }
        by_pool = await report(api, "no-shows", by="pool", pool=who, **begun)
        assert [it["group"] for it in by_pool["data"]] == [who]
        over_time = await report(api, "no-shows", by="time", pool=who, **begun)
        assert [it["no_shows"] for it in over_time["data"]] == [1]
        (line,) = await lines(api, "no-shows", pool=who, **begun)
        assert line["group"] == f"'{title}"
        by_slot = await report(api, "no-shows", slot=slots[0], **begun)
        assert by_slot["data"] == [], "it has not begun"


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("holds", {"from": "2026-02-30"}, "from"),
        ("holds", {"from": "2026-01-01", "to": "2025-01-01"}, "to"),
        ("holds", {"from": "1900-01-01"}, "from"),
        ("holds", {"from": "2026-01-01", "to": "2026-11-01", "every": "hour"}, "every"),
        ("holds", {"every": "minute"}, "every"),
        ("holds", {"zone": "../../etc/passwd"}, "zone"),
        ("holds", {"kind": "item", "site": NO_SITE}, "kind"),
        ("sell-outs", {"pool": NO_POOL, "offering": NO_ITEM}, "pool"),
        ("sell-outs", {"cursor": "bm90IG91cnM"}, "cursor"),
        ("no-shows", {"by": "name"}, "by"),
        ("utilisation", {"to": "2026-01-01T00:07"}, "to"),
        ("sell-through", {"from": "2026-01-01T00:00:00+99:00"}, "from"),
        ("sell-through", {"format": "xlsx"}, "format"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_the_name_of_the_field(
    api: Api, name: str, query: dict[str, str], field: str
) -> None:
    response = await api.get(f"/v1/reports/{name}", api.operator, **query)
    assert problem(response, "malformed_request")["field"] == field


async def test_what_belongs_to_another_organization_is_not_there(api: Api) -> None:
    async with open_shop(api.shop.dsn, slug=fresh("other").lower()) as other:
        item = await other.item(1)
        for id in (item, NO_ITEM):
            for name in ("holds", "sell-through", "sell-outs"):
                problem(
                    await api.get(f"/v1/reports/{name}", api.operator, offering=id), "not_found"
                )
    for name, query in (
        ("holds", {"site": NO_SITE}),
        ("utilisation", {"pool": NO_POOL}),
        ("no-shows", {"slot": NO_SLOT}),
        ("holds", {"offering": "nonsense"}),
    ):
        problem(await api.get(f"/v1/reports/{name}", api.operator, **query), "not_found")


async def test_a_site_is_told_of_by_its_own_clocks(api: Api) -> None:
    ward = await Ward.of(api)
    told = await report(api, "holds", site=ward.site)
    assert told["zone"] == "Europe/Berlin"
    assert told["data"][0]["from"].endswith(("+01:00", "+02:00"))


PAGE = Path(__file__).parents[2] / "docs" / "reports.md"
ADDRESSES = sorted(set(re.findall(r"/v1/reports/[a-z-]+(?:\?[^`'\s]+)?", PAGE.read_text("utf-8"))))


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_address_on_the_page_about_them_answers(api: Api, address: str) -> None:
    response = await api.call("GET", address, api.operator)
    assert response.status_code == 200, response.text
    if address.startswith("/v1/reports/holds?from"):
        assert len(response.json()["data"]) == 73
