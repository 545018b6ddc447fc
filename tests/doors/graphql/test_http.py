"""GraphQL over HTTP, along the audits that servers are measured by: media types, statuses, and what
is a request at all."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from tests.doors.client import Api
from tests.doors.graphql.asking import BOOK, RESPONSE, code, send

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = "application/json"
TYPENAME = {"query": "{ __typename }"}
EITHER = pytest.mark.parametrize("accept", [RESPONSE, JSON])


async def post(
    api: Api, body: Any, accept: str | None = RESPONSE, content_type: str | None = JSON
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"x-organization": api.slug}
    if content_type is not None:
        headers["content-type"] = content_type
    request = api.http.build_request("POST", "/graphql", content=content, headers=headers)
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    return await api.http.send(request)


async def get(api: Api, accept: str = RESPONSE, **query: str) -> httpx.Response:
    headers = {"x-organization": api.slug, "accept": accept}
    return await api.http.get("/graphql", params=query, headers=headers)


def is_answer(response: httpx.Response, media_type: str) -> None:
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    body = response.json()
    assert body.keys() <= {"data", "errors", "extensions"}
    assert body.keys() & {"data", "errors"}
    if "errors" in body:
        assert body["errors"]
        assert all(error["message"] for error in body["errors"])


def is_no_answer(response: httpx.Response, status: int, media_type: str = RESPONSE) -> None:
    is_answer(response, media_type)
    assert response.status_code == status
    assert "data" not in response.json()
    code(response, "malformed_request")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (RESPONSE, RESPONSE),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (None, JSON),
        (f"{RESPONSE}; charset=utf-8, {JSON}; charset=utf-8", RESPONSE),
        (f"{JSON}, {RESPONSE}", JSON),
        (f"{JSON};q=0.5, {RESPONSE}", RESPONSE),
        (f"text/html, {RESPONSE};q=0.1", RESPONSE),
        (f"{RESPONSE};q=0, */*;q=0.1", JSON),
        (RESPONSE.upper(), RESPONSE),
    ],
)
async def test_an_answer_has_the_media_type_that_was_asked_for(
    api: Api, accept: str | None, expected: str
) -> None:
    response = await post(api, TYPENAME, accept)
    assert response.status_code == 200
    is_answer(response, expected)
    assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("accept", ["text/html", "application/xml, image/png", f"{JSON};q=0"])
async def test_what_wants_another_media_type_is_told_which_there_are(api: Api, accept: str) -> None:
    response = await post(api, TYPENAME, accept)
    is_no_answer(response, 406, JSON)


@pytest.mark.parametrize(
    "content_type",
    [JSON, "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", f"{JSON};"],
)
async def test_a_document_comes_as_json_in_utf_8(api: Api, content_type: str) -> None:
    body = '{"query": "{ __typename }", "variables": {"unused": "\u00e4\u20ac\U0001f600"}}'.encode()
    response = await post(api, body, content_type=content_type)
    assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/jsonx",
    ],
)
async def test_no_other_form_is_taken(api: Api, content_type: str | None) -> None:
    """A page of another site could send some of them without being asked."""
    is_no_answer(await post(api, TYPENAME, content_type=content_type), 415)


@EITHER
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"query": ',
        b"\xff\xfe",
        b"null",
        b'"query"',
        b"7",
        b"[]",
        b'[{"query": "{ __typename }"}]',
        b"{}",
        b'{"query": null}',
        b'{"query": 7}',
        b'{"query": {}}',
        b'{"query": []}',
        b'{"query": true}',
        b'{"query": "{ __typename }", "operationName": 7}',
        b'{"query": "{ __typename }", "operationName": {}}',
        b'{"query": "{ __typename }", "variables": 7}',
        b'{"query": "{ __typename }", "variables": "x"}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": false}',
        b'{"query": "{ __typename }", "extensions": 7}',
        b'{"query": "{ __typename }", "extensions": "x"}',
        b'{"query": "{ __typename }", "extensions": []}',
        b'{"query": "{ __typename }", "else": 1}',
        b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}',
        b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
        b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 20000 + b"]" * 20000 + b"}}",
    ],
    ids=lambda it: it[:60] if isinstance(it, bytes) else it,
)
async def test_what_is_no_request_is_malformed_in_either_media_type(
    api: Api, accept: str, body: bytes
) -> None:
    is_no_answer(await post(api, body, accept), 400, accept)


async def test_a_body_that_is_too_large_is_not_read(api: Api) -> None:
    body = {"query": "{ __typename }" + " " * api.shop.services.body_limit}
    is_no_answer(await post(api, body), 413)


@pytest.mark.parametrize("name", ["operationName", "variables", "extensions"])
async def test_members_may_be_null_or_left_out(api: Api, name: str) -> None:
    assert "data" in (await post(api, {**TYPENAME, name: None})).json()


async def test_extensions_are_taken_and_mean_nothing(api: Api) -> None:
    assert "data" in (await post(api, {**TYPENAME, "extensions": {"some": "value"}})).json()


UNFIT = [
    "{",
    "",
    "   ",
    "{ nothing }",
    "{ venues }",
    "{ venue { id } }",
    "query A { __typename } query A { __typename }",
    "query A { __typename } query B { __typename }",
    "subscription { anything }",
    "{ venues { edges { ...Nowhere } } }",
    "type Query { x: Int }",
    "{ __typename } \u0000",
    '{ venue(id: "x) { id } }',
]


@pytest.mark.parametrize("document", UNFIT)
async def test_a_document_that_is_unfit_is_400_to_those_who_know_that_it_is_an_answer(
    api: Api, document: str
) -> None:
    response = await post(api, {"query": document.replace("\x00", "")}, RESPONSE)
    if document.endswith("\x00"):
        assert "data" in response.json()
        return
    assert response.status_code == 400
    is_answer(response, RESPONSE)
    assert "data" not in response.json()
    plain = await post(api, {"query": document}, JSON)
    assert plain.status_code == 200
    is_answer(plain, JSON)
    assert plain.json() == response.json()
    for error in response.json()["errors"]:
        assert error["extensions"]["code"] == "malformed_request"


async def test_variables_that_do_not_fit_are_400_likewise(api: Api) -> None:
    for variables in ({}, {"id": None}, {"id": {}}, {"id": [1]}, {"id": 1.5}):
        body = {"query": "query V($id: ID!) { venue(id: $id) { id } }", "variables": variables}
        is_no_answer(await post(api, body), 400)
        is_no_answer(await post(api, body, JSON), 200, JSON)


async def test_a_field_that_fails_leaves_the_others_and_the_status(api: Api) -> None:
    document = '{ venue(id: "site_x") { id } items { edges { cursor } } myBookings { __typename } }'
    for accept in (RESPONSE, JSON):
        response = await post(api, {"query": document}, accept)
        assert response.status_code == 200
        is_answer(response, accept)
        body = response.json()
        assert body["data"] == {"venue": None, "items": {"edges": []}, "myBookings": None}
        codes = {error["path"][0]: error["extensions"]["code"] for error in body["errors"]}
        assert codes == {"venue": "not_found", "myBookings": "unauthenticated"}
        assert all(error["locations"] for error in body["errors"])


async def test_the_operation_that_is_named_is_carried_out(api: Api) -> None:
    document = "query A { a: __typename } query B { b: __typename }"
    for name in ("a", "b"):
        body = {"query": document, "operationName": name.upper()}
        assert (await post(api, body)).json()["data"] == {name: "Query"}
    is_no_answer(await post(api, {"query": document, "operationName": "C"}), 400)


async def test_a_get_may_look(api: Api) -> None:
    document = "query V($id: ID!) { venue(id: $id) { name } }"
    site = await api.site()
    response = await get(
        api, query=document, variables=json.dumps({"id": site["id"]}), operationName="V"
    )
    assert response.status_code == 200
    is_answer(response, RESPONSE)
    assert response.json()["data"] == {"venue": {"name": site["name"]}}
    plain = await get(api, JSON, query="{ __typename }", extensions="{}", variables="")
    assert plain.json() == {"data": {"__typename": "Query"}}
    head = await api.http.head("/graphql", params={"query": "{ __typename }"})
    assert (head.status_code, head.content) == (200, b"")


async def test_a_get_changes_nothing(api: Api) -> None:
    slot = (await api.slot())["id"]
    document = f'mutation {{ createBooking(input: {{slotId: "{slot}"}}) {{ id }} }}'
    before = await api.checksum()
    headers = {"authorization": f"Bearer {api.customer}", "accept": RESPONSE}
    for query in (
        {"query": document},
        {
            "query": "query Q { __typename } " + document.replace("{", "M {", 1),
            "operationName": "M",
        },
    ):
        response = await api.http.get("/graphql", params=query, headers=headers)
        is_no_answer(response, 405)
        assert response.headers["allow"] == "POST"
    assert await api.checksum() == before


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query",
        "query=%7B__typename%7D&query=%7B__typename%7D",
        "query=%7B__typename%7D&else=1",
        "query=%7B__typename%7D&variables=%5B%5D",
        "query=%7B__typename%7D&variables=x",
        "query=%7B__typename%7D&variables=7",
        "query=%7B__typename%7D&extensions=x",
        "query=%FF",
        "&".join(f"a{number}=1" for number in range(50)),
        "variables=" + "[" * 3000,
    ],
)
async def test_an_address_that_is_no_request_is_malformed(api: Api, query: str) -> None:
    response = await api.http.get(f"/graphql?{query}", headers={"accept": RESPONSE})
    assert response.status_code == 400
    is_answer(response, RESPONSE)
    assert "data" not in response.json()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_no_other_method_is_known(api: Api, method: str) -> None:
    assert (await api.http.request(method, "/graphql")).status_code == 405


async def test_every_answer_says_to_browsers_what_others_say(api: Api) -> None:
    for response in (await post(api, TYPENAME), await post(api, b"{"), await get(api)):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["cache-control"] == "no-store"


async def test_a_header_that_decides_something_is_not_believed_twice(api: Api) -> None:
    headers = [("authorization", f"Bearer {api.customer}"), ("authorization", "Bearer x")]
    response = await api.http.post("/graphql", json=TYPENAME, headers=headers)
    assert response.status_code == 400


async def test_a_defect_of_ours_is_told_by_a_reference_alone(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("firmhold.engine.places.Places.find", broken)
    response = await send(api, "{ venues { edges { cursor } } }")
    told = code(response, "internal_error")
    assert len(told["reference"]) == 32
    assert "secret" not in response.text
    slot = await _slot(api, monkeypatch)
    response = await send(api, BOOK, api.customer, input={"slotId": slot})
    (error,) = response.json()["errors"]
    assert error["path"] == ["createBooking", "slot", "venue"]
    assert error["extensions"]["code"] == "internal_error"
    assert "secret" not in response.text


async def test_what_fails_for_a_whole_page_is_logged_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = (await api.site())["id"]
    slots = [(await api.slot(site))["id"] for _ in range(3)]
    for slot in slots:
        await api.hold(slot)
    await _slot(api, monkeypatch)
    with capture_logs() as logs:
        response = await send(
            api, "{ myBookings { edges { node { slot { venue { id } } } } } }", api.customer
        )
    told = [error["extensions"]["reference"] for error in response.json()["errors"]]
    assert len(told) == 3
    assert len(set(told)) == 1
    assert len([it for it in logs if it["event"] == "request failed"]) == 1


async def test_a_server_that_is_stopped_still_answers(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr("firmhold.doors.graphql.http.carry_out", stopped)
    response = await send(api, "{ __typename }")
    assert response.status_code == 503
    assert "retry_after" in code(response, "overloaded")


async def _slot(api: Api, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as usual:
        usual.undo()
        slot: str = (await api.slot())["id"]
    from firmhold.engine.places import Places

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(Places, "find", broken)
    return slot
