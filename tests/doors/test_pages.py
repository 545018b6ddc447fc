"""The pages for people, their files, and what they are told of the server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from firmhold.app import Application
from firmhold.doors.console import built
from tests.databases import Server
from tests.doors.client import Api
from tests.shop import open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

HTML = """<!doctype html><html><head><base href="/" />
<meta name="firmhold-nonce" content="" />
<script type="module" crossorigin src="./assets/portal-AbC_1.js"></script></head></html>"""

PLACES = (
    "/",
    "/sale",
    "/sale/FLASH-SALE-001",
    "/sale/a%2Fb",
    "/appointments/x/y",
    "/reservations",
    "/account/sign-in",
)


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pages as a build would leave them."""
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_text(HTML)
    (tmp_path / "console.html").write_text(HTML.replace("portal", "console"))
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "manifest.json").write_text("{}")
    for suffix, content in (("", b"plain"), (".br", b"brotli"), (".gz", b"gzip")):
        (assets / f"portal-AbC_1.js{suffix}").write_bytes(content)
    (assets / "picture.png").write_bytes(b"PNG")
    monkeypatch.setattr(built, "DIST", tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", PLACES)
async def test_every_place_of_the_portal_is_its_page(stage: Api, dist: Path, path: str) -> None:
    page = await stage.http.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "portal-AbC_1.js" in page.text
    head = await stage.http.head(path)
    assert head.status_code == 200 and head.headers["etag"] == page.headers["etag"]


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/reservations/rsv_1"])
async def test_every_place_of_the_console_is_its_page(stage: Api, dist: Path, path: str) -> None:
    page = await stage.http.get(path)
    assert page.status_code == 200
    assert "console-AbC_1.js" in page.text


async def test_an_address_of_the_api_that_is_none_stays_a_problem(stage: Api, dist: Path) -> None:
    for path in ("/v1/sale", "/api/account", "/consoles", "/saleroom", "/assets", "/manifest.json"):
        response = await stage.http.get(path, headers={"accept": "text/html"})
        assert response.status_code == 404, path
        assert response.headers["content-type"] == "application/problem+json"


async def test_a_page_is_asked_for_again_and_sent_only_if_it_has_changed(
    stage: Api, dist: Path
) -> None:
    page = await stage.http.get("/")
    assert page.headers["cache-control"] == "no-cache"
    again = await stage.http.get("/", headers={"if-none-match": page.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    policy = "content-security-policy"
    assert again.headers[policy] == page.headers[policy]
    (dist / "index.html").write_text(HTML.replace("AbC_1", "AbC_2"))
    changed = await stage.http.get("/", headers={"if-none-match": page.headers["etag"]})
    assert changed.status_code == 200


async def test_a_page_takes_scripts_from_files_of_this_server_alone(stage: Api, dist: Path) -> None:
    page = await stage.http.get("/")
    (policy,) = page.headers.get_list("content-security-policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy and "http" not in policy
    nonce = re.search(r'<meta name="firmhold-nonce" content="([^"]{20,})"', page.text)
    assert nonce is not None and rules["style-src"] == f"'self' 'nonce-{nonce[1]}'"
    assert rules["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    ("accepted", "encoding", "content"),
    [
        ("gzip, deflate, br", "br", b"brotli"),
        ("gzip", "gzip", b"gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", b"gzip"),
        ("br;q=0.0, GZIP;q=0", None, b"plain"),
        ("identity", None, b"plain"),
        ("", None, b"plain"),
    ],
)
async def test_a_file_comes_in_the_encoding_that_suits_and_is_kept_for_good(
    stage: Api, dist: Path, accepted: str, encoding: str | None, content: bytes
) -> None:
    request = stage.http.build_request("GET", "/assets/portal-AbC_1.js")
    request.headers["accept-encoding"] = accepted
    response = await stage.http.send(request, stream=True)
    raw = b"".join([piece async for piece in response.aiter_raw()])
    assert (response.status_code, raw) == (200, content)
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["vary"] == "accept-encoding"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "name",
    ["none.js", "portal-AbC_1.js.br", "..%2Findex.html", "%2e%2e%2fmanifest.json", ".hidden.js"],
)
async def test_nothing_but_files_of_the_build_is_sent(stage: Api, dist: Path, name: str) -> None:
    response = await stage.http.get(f"/assets/{name}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_without_a_build_a_page_says_how_to_make_one(
    stage: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "DIST", tmp_path / "nothing")
    for path in ("/", "/console", "/reservations/x"):
        response = await stage.http.get(path)
        assert response.status_code == 503
        assert response.headers["content-type"].startswith("text/html")
        assert "make web" in response.text and "Traceback" not in response.text
    assert (await stage.http.get("/icon.svg")).status_code == 404


async def test_a_page_is_told_what_the_server_is(stage: Api, dist: Path) -> None:
    config = (await stage.http.get("/config.json")).json()
    assert config["organization"]["slug"] == "default"
    assert config["organization"]["guest_holds"] is True
    assert config["demo"] is False and config["oidc"] is False
    assert (await stage.http.get("/icon.svg")).text == "<svg/>"


@pytest_asyncio.fixture(loop_scope="module")
async def below(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A server that browsers find below a path."""
    address = await server.clone()
    async with open_shop(address.dsn, base_path="/booking/") as shop:
        transport = httpx.ASGITransport(Application(shop.services, workers=False))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
            yield http
    await server.drop(address)


async def test_below_a_path_pages_and_calls_are_found_with_and_without_it(
    below: httpx.AsyncClient, dist: Path
) -> None:
    for path in ("/booking", "/booking/", "/booking/sale/x", "/", "/sale/x"):
        page = await below.get(path)
        assert page.status_code == 200, path
        assert '<base href="/booking/"' in page.text
    for path in ("/booking/api/products", "/api/products", "/booking/config.json"):
        assert (await below.get(path)).status_code == 200, path
    assert (await below.get("/bookings/api/products")).status_code == 404
    assert (await below.get("/booking/booking/api/products")).status_code == 404
