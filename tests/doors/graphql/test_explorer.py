"""The page on which to try documents: ours, whole, and there only where it is configured."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from firmhold.doors.graphql import explorer
from firmhold.settings import Settings
from tests.databases import Server
from tests.doors.client import Api, ok
from tests.doors.graphql.asking import send
from tests.shop import open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telling(server: Server) -> AsyncIterator[Api]:
    """A server that tells its schema."""
    address = await server.clone()
    async with open_shop(address.dsn, graphql_introspection=True) as shop:
        api = Api(shop)
        async with api.http:
            yield api
    await server.drop(address)


async def test_a_browser_gets_a_page_and_everything_of_it_from_here(telling: Api) -> None:
    page = await telling.http.get("/graphql", headers=BROWSER)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "//" not in page.text, "nothing is elsewhere"
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert {name.rpartition("/")[2] for name in named} == explorer.names()
    for name in named:
        # As a browser reads it at this address.
        file = await telling.http.get(httpx.URL("http://firmhold.test/graphql").join(name))
        assert file.status_code == 200
        assert file.headers["content-type"].startswith(("text/javascript", "text/css"))
        assert file.headers["x-content-type-options"] == "nosniff"
        assert len(file.text) > 50


async def test_the_page_may_fetch_and_run_nothing_from_elsewhere(telling: Api) -> None:
    policy = (await telling.http.get("/graphql", headers=BROWSER)).headers[
        "content-security-policy"
    ]
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed["default-src"] == allowed["frame-ancestors"] == "'none'"
    assert allowed["script-src"] == allowed["connect-src"] == "'self'"
    sheet = explorer.file("graphiql.min.css")
    assert sheet is not None
    text = (await telling.http.get("/graphql/explorer/graphiql.min.css")).text
    assert not re.search(r"url\((?!data:)|@import", text)


async def test_the_same_address_still_answers_documents(telling: Api) -> None:
    asked = {"query": "{ __typename }"}
    assert "data" in (await telling.http.get("/graphql", params=asked, headers=BROWSER)).json()
    schema = await send(telling, "{ __schema { queryType { name } } }")
    assert schema.json()["data"]["__schema"]["queryType"]["name"] == "Query"
    nested = "{ __schema { types { fields { type { fields { type { fields { type { fields {"
    nested += " name } } } } } } } } } }"
    assert (await send(telling, nested)).status_code == 400, "not even there without end"


@pytest.mark.parametrize("name", ["nothing.js", "LICENSES.txt", "page.html", "..%2Fpage.html"])
async def test_no_other_file_is_served(telling: Api, name: str) -> None:
    assert (await telling.http.get(f"/graphql/explorer/{name}")).status_code == 404


async def test_in_production_there_is_no_page(api: Api) -> None:
    page = await api.http.get("/graphql", headers=BROWSER)
    assert page.status_code == 400
    assert page.headers["content-type"].startswith("application/json")
    for name in explorer.names():
        assert (await api.http.get(f"/graphql/explorer/{name}")).status_code == 404
    ok(await api.get("/v1/items"))


async def test_it_is_on_in_the_demo_and_off_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRMHOLD_GRAPHQL_INTROSPECTION", raising=False)
    assert Settings.load().graphql_introspection is False
    assert Settings.load(demo=True).graphql_introspection is True
    assert Settings.load(demo=True, graphql_introspection=False).graphql_introspection is False
