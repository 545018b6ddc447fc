from __future__ import annotations

import copy
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import pytest

from firmhold.app import DOCUMENTED
from firmhold.domain.errors import Code
from firmhold.doors.operations.curl import curl
from firmhold.doors.operations.problems import ADVICE
from firmhold.doors.operations.reference import PAGE_HEADERS, reference
from firmhold.doors.shared.openapi import document
from firmhold.doors.shared.operation import who_may
from firmhold.doors.shared.problem import STATUS, TITLE
from tests.doors.client import Api

VOID = {"br", "img", "link", "meta", "wbr"}

NASTY = "\"'><script>alert(1)</script><img src=x onerror=alert(1)> `<b>` *<i>* &amp; ]]>--></style>"


class Page(HTMLParser):
    """A page taken apart, as a browser would see it; it has to be well-formed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.texts: dict[str, str] = {}
        self.style = ""
        self._open: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"{tag} has an attribute twice"
        self.tags.append(tag)
        self.attributes |= set(given)
        id, href = given.get("id"), given.get("href")
        if id is not None:
            self.ids.append(id)
        if href is not None:
            self.links.append(href)
        if tag not in VOID:
            self._open.append((tag, id))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "style":
            self.style += data
            return
        self.text += data
        for _, id in self._open:
            if id is not None:
                self.texts[id] = self.texts.get(id, "") + data


@pytest.fixture(scope="module")
def specification() -> dict[str, Any]:
    return document(DOCUMENTED)


@pytest.fixture(scope="module")
def page(specification: dict[str, Any]) -> Page:
    return Page(reference(specification))


def hostile(specification: dict[str, Any]) -> dict[str, Any]:
    """The document with markup in everything that is a name or a text."""
    texts = {
        *("default", "description", "enum", "example", "examples", "name", "operationId"),
        *("pattern", "summary", "tags", "title", "version"),
    }

    def spoil(value: Any) -> Any:
        if isinstance(value, str):
            return value + NASTY
        if isinstance(value, list):
            return [spoil(part) for part in value]
        if isinstance(value, dict):
            return {name + NASTY: spoil(part) for name, part in value.items()}
        return value

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, list):
            return [walk(part) for part in value]
        if not isinstance(value, dict):
            return value
        renamed = NASTY if key in {"paths", "properties", "schemas"} else ""
        walked = {}
        for name, part in value.items():
            if renamed:
                walked[name + renamed] = walk(part)
            elif name == "$ref":
                walked[name] = part + NASTY
            elif name in texts and not (name == "tags" and isinstance(part[0], dict)):
                walked[name] = spoil(part)
            else:
                walked[name] = walk(part, name)
        return walked

    spoilt: dict[str, Any] = walk(copy.deepcopy(specification))
    return spoilt


def test_every_operation_is_on_the_page(page: Page) -> None:
    for operation in DOCUMENTED:
        entry = page.texts[operation.name]
        assert operation.method in entry
        assert operation.path in entry
        assert f"Who may call it: {who_may(operation)}.".replace("`", "") in entry
        assert "curl" in entry and "$TOKEN" in entry


def test_every_operation_names_its_problems(page: Page) -> None:
    for operation in DOCUMENTED:
        entry = page.texts[operation.name]
        for code in (*operation.refusals, Code.UNAUTHENTICATED, Code.MALFORMED_REQUEST):
            assert code.value in entry


def test_every_operation_shows_its_parameters(page: Page, specification: dict[str, Any]) -> None:
    for methods in specification["paths"].values():
        for about in methods.values():
            for parameter in about["parameters"]:
                assert parameter["name"] in page.texts[about["operationId"]]


def test_a_body_is_expanded_by_one_level(page: Page) -> None:
    entry = page.texts["place_hold"]
    assert "lines[].quantity required" in entry
    assert "1 to 604,800" in entry
    assert "price.currency" in page.texts["create_item"]
    assert "items[].price.currency" not in page.texts["create_items"]


def test_a_body_that_may_be_left_out_is_said_to_be(page: Page) -> None:
    for name in ("confirm_reservation", "release_reservation"):
        assert "It may be left out." in page.texts[name]
        assert "-d '" not in page.texts[name]
    for name in ("place_hold", "extend_reservation"):
        assert "It may be left out." not in page.texts[name]
        assert "-d '" in page.texts[name]


def test_every_code_is_explained_where_problem_documents_point(page: Page) -> None:
    for code in Code:
        entry = page.texts[code.value]
        assert TITLE[code] in entry
        assert str(STATUS[code]) in entry
        for sentence in ADVICE[code]:
            assert sentence.replace("`", "") in entry


def test_the_codes_stand_in_the_order_of_the_checks(page: Page) -> None:
    codes = [code.value for code in Code]
    assert [id for id in page.ids if id in codes] == codes


def test_a_code_names_the_operations_that_answer_with_it(page: Page) -> None:
    assert "Change capacity" in page.texts["capacity_below_reserved"]
    assert "Place hold" not in page.texts["capacity_below_reserved"]
    assert "Any operation" in page.texts["unauthenticated"]


def test_every_shape_that_is_sent_or_answered_has_an_entry(page: Page) -> None:
    assert (
        "1 to 100 entries"
        in page.texts["shape-firmhold.doors.rest.shapes.reservations.HoldRequest"]
    )
    assert "productId" in page.texts["shape-firmhold.doors.storefront.shapes.HoldRequest"]
    assert {"shape-ReservationView", "shape-Price", "shape-Totals", "shape-Problem"} <= {*page.ids}


def test_shapes_of_the_same_name_are_told_apart(page: Page) -> None:
    assert "HoldRequest (rest)" in page.texts["place_hold"]
    assert "HoldRequest (storefront)" in page.texts["hold_product"]


def test_links_within_the_page_lead_somewhere(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids)), "an id is unique"
    inside = {unquote(link[1:]) for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)


def test_other_links_lead_to_the_document_alone(page: Page) -> None:
    outside = {link for link in page.links if not link.startswith(("#", "data:"))}
    assert outside == {"openapi.json"}


def test_nothing_on_the_page_runs_or_is_fetched(page: Page) -> None:
    assert not {"script", "img", "iframe", "form", "object", "embed", "base"} & set(page.tags)
    assert not {"src", "style", "srcset", "action"} & page.attributes
    assert not any(name.startswith("on") for name in page.attributes)
    shown = page.html.replace("https://shop.example/hooks", "")  # in an example
    assert "http:" not in shown and "https:" not in shown
    assert "url(" not in page.style and "@import" not in page.style


def test_headings_leave_no_level_out(page: Page) -> None:
    levels = [int(tag[1]) for tag in page.tags if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_policy_names_the_style_by_its_hash(page: Page) -> None:
    headers = dict(PAGE_HEADERS)
    digest = b64encode(sha256(page.style.encode()).digest()).decode()
    assert page.tags.count("style") == 1
    assert headers[b"content-security-policy"].decode() == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    assert headers[b"content-type"] == b"text/html; charset=utf-8"
    assert headers[b"cross-origin-opener-policy"] == b"same-origin"
    assert b"camera=()" in headers[b"permissions-policy"]
    assert headers[b"cache-control"] == b"no-cache"


def test_markup_in_the_document_stays_text(page: Page, specification: dict[str, Any]) -> None:
    spoilt = Page(reference(hostile(specification)))
    assert set(spoilt.tags) <= set(page.tags)
    assert spoilt.attributes == page.attributes
    assert spoilt.style == page.style
    assert "<script" not in spoilt.html
    assert spoilt.text.count("<script>alert(1)</script>") > 500
    assert {unquote(link[1:]) for link in spoilt.links if link[0] == "#"} <= set(spoilt.ids)


def test_the_page_is_the_same_each_time(page: Page) -> None:
    assert reference(document(DOCUMENTED)) == page.html


def _operation(**about: Any) -> dict[str, Any]:
    return {"parameters": [], **about}


def _with_body(example: Any) -> dict[str, Any]:
    return _operation(requestBody={"content": {"application/json": {"example": example}}})


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            lambda: curl("GET", "/v1/items/{item}", _operation()),
            'curl "$ADDRESS/v1/items/$ITEM" \\\n  -H "Authorization: Bearer $TOKEN"',
        ),
        (
            lambda: curl("GET", "/`rm`/$(rm)", _operation()),
            'curl "$ADDRESS/\\`rm\\`/\\$(rm)" \\\n  -H "Authorization: Bearer $TOKEN"',
        ),
        (
            lambda: curl("POST", "/a", _with_body({"reason": "it's late"})),
            'curl -X POST "$ADDRESS/a" \\\n  -H "Authorization: Bearer $TOKEN" \\\n'
            "  -H 'Content-Type: application/json' \\\n"
            """  -d '{"reason": "it'"'"'s late"}'""",
        ),
    ],
)
def test_an_example_is_safe_to_paste_into_a_shell(
    command: Callable[[], str], expected: str
) -> None:
    assert command() == expected


def test_an_example_has_a_key_where_one_is_taken(page: Page) -> None:
    for operation in DOCUMENTED:
        entry = page.texts[operation.name]
        assert ("Idempotency-Key: $(uuidgen)" in entry) == (operation.key.value != "none")


async def test_the_application_serves_the_page_with_its_policy(page: Page, api: Api) -> None:
    response = await api.http.get("/docs")
    assert response.status_code == 200
    assert response.text == page.html
    for name, value in PAGE_HEADERS:
        assert response.headers[name.decode()].startswith(value.decode())
