"""What lists are narrowed down to: stretches of time that can be, and things that there are."""

from __future__ import annotations

import msgspec
import pytest

from firmhold.app import OPERATIONS
from firmhold.doors.shared.operation import Operation
from tests.doors.client import Api, example, ok, problem
from tests.shop import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPANS = [
    op
    for op in OPERATIONS
    if op.query is not None
    and {"since", "until"} <= {field.name for field in msgspec.structs.fields(op.query)}
]

EARLY, LATE = "2035-01-01T00:00:00Z", "2035-01-02T00:00:00Z"


def names(operation: Operation) -> str:
    return operation.name


async def test_the_lists_of_a_stretch_of_time_are_known() -> None:
    assert {op.name for op in SPANS} == {
        *("list_slots", "list_reservations", "list_loans"),
        *("list_open_slots", "report_bookings"),
        *("report_holds", "report_sell_through", "report_sell_outs"),
        *("report_utilisation", "report_no_shows"),
    }


@pytest.mark.parametrize("operation", SPANS, ids=names)
async def test_a_stretch_of_time_that_ends_before_it_begins_is_refused(
    stage: Api, operation: Operation
) -> None:
    path, _, _ = await example(stage, operation)
    path = path.partition("?")[0]
    for since, until in ((LATE, EARLY), (EARLY, EARLY), (EARLY, "2035-01-01T01:00:00+01:00")):
        response = await stage.get(path, stage.operator, from_=since, to=until)
        assert problem(response, "malformed_request")["field"] == "to"
    assert (await stage.get(path, stage.operator, from_=EARLY, to=LATE)).status_code == 200


FILTERS = [
    ("/v1/slots", "site", "site"),
    ("/v1/slots", "pool", "pool"),
    ("/v1/slots", "schedule", "sched"),
    ("/v1/pools", "site", "site"),
    ("/v1/schedules", "site", "site"),
    ("/v1/reservations", "offering", "slot"),
    ("/v1/reservations", "offering", "item"),
    ("/v1/waitlist", "offering", "slot"),
    ("/v1/waitlist", "offering", "item"),
    ("/api/slots", "siteId", "site"),
    ("/api/slots", "resourceId", "pool"),
    ("/api/admin/bookings", "siteId", "site"),
    ("/api/admin/bookings", "slotId", "slot"),
    ("/v1/reports/holds", "offering", "item"),
    ("/v1/reports/holds", "site", "site"),
    ("/v1/reports/holds", "pool", "pool"),
    ("/v1/reports/sell-through", "offering", "item"),
    ("/v1/reports/sell-outs", "offering", "slot"),
    ("/v1/reports/sell-outs", "pool", "pool"),
    ("/v1/reports/utilisation", "site", "site"),
    ("/v1/reports/utilisation", "pool", "pool"),
    ("/v1/reports/no-shows", "site", "site"),
    ("/v1/reports/no-shows", "pool", "pool"),
    ("/v1/reports/no-shows", "slot", "slot"),
]


KINDS = {"site", "pool", "resource", "slot", "schedule", "offering"}


async def test_the_lists_that_can_be_narrowed_down_to_one_thing_are_known() -> None:
    found = {
        (op.path, field.encode_name)
        for op in OPERATIONS
        if op.query is not None and op.method == "GET"
        for field in msgspec.structs.fields(op.query)
        if field.encode_name.removesuffix("Id") in KINDS
    }
    assert found == {(path, name) for path, name, _ in FILTERS}


@pytest.mark.parametrize(("path", "name", "prefix"), FILTERS)
async def test_a_list_of_what_there_is_not_is_not_found_whether_or_not_it_could_be_an_id(
    stage: Api, path: str, name: str, prefix: str
) -> None:
    for id in ("abc", f"rsv_{'0' * 32}", f"{prefix}_x", new_id(prefix)):
        problem(await stage.get(path, stage.operator, **{name: id}), "not_found")


async def test_a_list_of_what_there_is_may_be_empty(api: Api) -> None:
    site, pool, item = await api.site(), await api.pool(), await api.item()
    for path, name, id in (
        ("/v1/slots", "site", site["id"]),
        ("/v1/slots", "pool", pool["id"]),
        ("/v1/pools", "site", site["id"]),
        ("/v1/schedules", "site", site["id"]),
        ("/v1/reservations", "offering", item["id"]),
        ("/v1/waitlist", "offering", item["id"]),
    ):
        assert ok(await api.get(path, api.operator, **{name: id}))["data"] == []
    for path, name, id in (
        ("/api/slots", "siteId", site["id"]),
        ("/api/slots", "resourceId", pool["id"]),
        ("/api/admin/bookings", "siteId", site["id"]),
    ):
        assert ok(await api.get(path, api.operator, **{name: id})) == []
