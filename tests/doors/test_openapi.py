"""The OpenAPI document: right by its own rules, and true of what the operations do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import msgspec
import pytest

from firmhold.app import DOCUMENTED, OPERATIONS
from firmhold.domain.errors import Code
from firmhold.doors import graphql
from firmhold.doors.shared.openapi import SAMPLES, document, sample
from firmhold.doors.shared.operation import KeyUse, Operation, Without
from firmhold.doors.shared.problem import problem
from firmhold.engine.flight import overloaded
from firmhold.identity.permissions import OF_SERVER, Permission
from tests.doors.client import WITH_EXAMPLES, Api, example, ok

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = document(DOCUMENTED)
SCHEMAS = DOCUMENT["components"]["schemas"]
EVERYWHERE = {"RateLimit", "RateLimit-Policy", "X-Request-ID"}
"""Headers that any answer may have."""


def names(operation: Operation) -> str:
    return operation.name


def described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def validator(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    """A validator for a schema that may refer to the document's components."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def conforms(schema: dict[str, Any], value: Any) -> None:
    errors = [f"{e.instance_path}: {e.message}" for e in validator(schema).iter_errors(value)]
    assert not errors, errors


def declares(operation: Operation, response: httpx.Response) -> None:
    """Fails unless the document knows every header of the answer."""
    answer = described(operation)["responses"][str(response.status_code)]
    known = {name.lower() for name in answer.get("headers", {})}
    sent = {name.lower() for name in response.headers} - ALWAYS_SENT
    assert sent <= known, (operation.name, response.status_code, sent - known)


ALWAYS_SENT = {
    *("content-type", "content-length"),
    *("x-content-type-options", "referrer-policy", "content-security-policy"),
    *("cross-origin-resource-policy", "cache-control"),
}
"""These are said by the document in other ways, or are the same for all answers."""


# --- the document by itself ---


async def test_what_the_server_hands_out_is_the_document(stage: Api) -> None:
    response = await stage.http.get("/openapi.json")
    assert ok(response) == DOCUMENT


async def test_the_document_is_one_of_openapi_3_1(stage: Api) -> None:
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

    errors = [f"{e.instance_path}: {e.message}" for e in OPENAPI_31_VALIDATOR.iter_errors(DOCUMENT)]
    assert not errors, errors
    assert DOCUMENT["openapi"].startswith("3.1")


async def test_every_operation_is_in_the_document_under_its_own_name_and_nothing_else_is() -> None:
    found = {
        (method.upper(), path): about["operationId"]
        for path, methods in DOCUMENT["paths"].items()
        for method, about in methods.items()
    }
    assert found == {(op.method, op.path): op.name for op in DOCUMENTED}
    assert len(set(found.values())) == len(DOCUMENTED)


async def test_every_schema_is_one_and_every_reference_leads_to_one() -> None:
    for schema in SCHEMAS.values():
        jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    for reference in re.findall(r"'\$ref': '([^']*)'", str(DOCUMENT)):
        prefix, _, name = reference.rpartition("/")
        assert prefix in {"#/components/schemas", "#/components/headers"}
        assert name in DOCUMENT["components"][prefix.rpartition("/")[2]], reference


def properties(value: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of every schema in the document."""
    if isinstance(value, list):
        for part in value:
            yield from properties(part, where)
    if not isinstance(value, dict):
        return
    for name, part in value.items():
        if name == "properties":
            yield from ((f"{where}.{field}", schema) for field, schema in part.items())
        yield from properties(part, f"{where}.{name}")


async def test_every_property_and_every_parameter_says_what_it_means() -> None:
    found = dict(properties(DOCUMENT))
    assert ".components.schemas.ItemView.sku" in found
    for methods in DOCUMENT["paths"].values():
        for about in methods.values():
            found |= {f"{about['operationId']}({p['name']})": p for p in about["parameters"]}
    assert [name for name, schema in found.items() if not schema.get("description")] == []
    wordy = [name for name, schema in found.items() if len(schema["description"]) > 180]
    assert wordy == [], "a sentence, or two short ones"


async def test_every_tag_is_explained() -> None:
    assert {op.tag for op in DOCUMENTED} == {tag["name"] for tag in DOCUMENT["tags"]}


@pytest.mark.parametrize("operation", OPERATIONS, ids=names)
async def test_an_operation_says_what_it_takes_and_what_it_answers(operation: Operation) -> None:
    about = described(operation)
    assert about["summary"]
    assert about["description"]
    assert about["tags"] == [operation.tag]
    parameters = {(p["in"], p["name"]): p for p in about["parameters"]}
    for name in re.findall(r"{(\w+)}", operation.path):
        assert parameters["path", name]["required"] is True
    key = parameters.get(("header", "Idempotency-Key"))
    assert (key is not None) == (operation.key is not KeyUse.NONE)
    if key is not None:
        assert key["required"] == (operation.key is KeyUse.REQUIRED)
    assert ("requestBody" in about) == (operation.body is not None or operation.files != ())
    if operation.body is not None:
        needed = any(field.required for field in msgspec.structs.fields(operation.body))
        assert about["requestBody"]["required"] is needed
    assert ({} in about["security"]) == (operation.without_token is not None)
    assert ({"bearer": []} in about["security"]) == (operation.permission is not None)
    answers = about["responses"]
    assert str(operation.status) in answers
    assert {"400", "401", "403", "500", "503"} <= set(answers)
    for status, answer in answers.items():
        assert answer["description"]
        if status == "304":
            assert "content" not in answer
            continue
        if status in {"202", "204"}:
            assert "content" not in answer
            continue
        media_types = ["application/problem+json"]
        if status[0] == "2":
            media_types = [operation.media_type, *operation.other_media_types]
        assert list(answer["content"]) == media_types


async def test_the_problem_schema_knows_every_code() -> None:
    assert set(SCHEMAS["Problem"]["properties"]["code"]["enum"]) == {code.value for code in Code}


# --- its examples ---


def caller(stage: Api, api: Api, operation: Operation) -> tuple[Api, str]:
    """Who may call an operation that is neither for customers nor for anyone, and where."""
    return (stage, stage.admin) if operation.permission in OF_SERVER else (api, api.owner)


OF_CUSTOMERS = {Permission.RESERVATIONS_OWN, Permission.SESSIONS_OWN}


@pytest.mark.parametrize("operation", WITH_EXAMPLES, ids=names)
async def test_an_operations_example_really_runs_and_its_answer_has_the_form_it_says(
    stage: Api, api: Api, operation: Operation
) -> None:
    await api.item(1000, sku="FLASH-SALE-001", price={"amount": 4900, "currency": "EUR"})
    api, owner = caller(stage, api, operation)
    path, body, headers = await example(api, operation)
    token: str | None = owner
    if operation.permission in OF_CUSTOMERS:
        token = api.customer
    if operation.without_token not in {None, Without.GUESTS}:
        token = None
    if operation.body is not None:
        conforms(described(operation)["requestBody"]["content"]["application/json"]["schema"], body)
    response = await api.call(operation.method, path, token, body, headers=headers)
    declares(operation, response)
    if operation.status in {202, 204}:
        assert (response.status_code, response.content) == (operation.status, b"")
        return
    if operation.media_type != "application/json":
        assert response.status_code == operation.status, response.text
        assert response.headers["content-type"].startswith(operation.media_type)
        assert response.text
        return
    answer = ok(response, operation.status)
    schema = described(operation)["responses"][str(operation.status)]["content"]
    conforms(schema["application/json"]["schema"], answer)
    if isinstance(answer, list) and operation.name != "list_orders":
        assert answer, "an example shows something"


async def test_the_example_of_graphql_runs_and_answers_and_refusals_have_the_form_it_says(
    stage: Api,
) -> None:
    (operation,) = graphql.OPERATIONS
    assert operation.example is not None
    about, body = described(operation), operation.example.body
    await stage.item(5)
    content = about["requestBody"]["content"]["application/json"]
    assert content["example"] == body
    conforms(content["schema"], body)
    for media_type in (operation.media_type, *operation.other_media_types):
        response = await stage.post("/graphql", stage.owner, body, headers={"accept": media_type})
        declares(operation, response)
        assert response.headers["content-type"].startswith(media_type)
        found = response.json()
        assert response.status_code == 200
        conforms(about["responses"]["200"]["content"][media_type]["schema"], found)
        assert found["data"]["items"]["edges"]
        refused = await stage.post(
            "/graphql", stage.owner, {"query": "{ nothing }"}, headers={"accept": media_type}
        )
        answer = about["responses"][str(refused.status_code)]["content"][media_type]
        conforms(answer["schema"], refused.json())
        assert refused.json()["errors"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=names)
async def test_an_example_is_in_the_document_as_it_is_in_the_table(operation: Operation) -> None:
    assert operation.example is not None
    if operation.body is None:
        assert operation.example.body is None
        return
    content = described(operation)["requestBody"]["content"]["application/json"]
    assert content["example"] == sample(operation.example.body)
    for placeholder in SAMPLES:
        assert f"'{placeholder}'" not in str(content["example"])


@pytest.mark.parametrize("operation", WITH_EXAMPLES, ids=names)
async def test_a_refusal_has_the_form_that_the_document_says(
    stage: Api, operation: Operation
) -> None:
    path, body, headers = await example(stage, operation)
    requests: list[tuple[str, Any]] = []
    if operation.permission is not None:
        requests.append(("forged", body))
    if operation.body is not None:
        requests.append((caller(stage, stage, operation)[1], {"nobody_knows": 1}))
    for token, sent in requests:
        response = await stage.call(operation.method, path, token, sent, headers=headers)
        assert response.status_code in {400, 401}
        declares(operation, response)
        answer = described(operation)["responses"][str(response.status_code)]["content"]
        conforms(answer["application/problem+json"]["schema"], response.json())


# --- headers ---


def headers_of(name: str, status: str) -> set[str]:
    operation = next(op for op in OPERATIONS if op.name == name)
    return set(described(operation)["responses"][status].get("headers", {}))


PAGED = [
    op
    for op in OPERATIONS
    if op.query is not None and any(it.name == "cursor" for it in msgspec.structs.fields(op.query))
]


@pytest.mark.parametrize("operation", PAGED, ids=names)
async def test_a_list_in_pages_says_that_it_leads_to_the_next(operation: Operation) -> None:
    assert "Link" in headers_of(operation.name, "200")


async def test_the_link_to_the_next_page_is_declared_where_it_is_sent(api: Api) -> None:
    for _ in range(2):
        slot = await api.slot()
        await api.hold(slot["id"])
        await api.slot()
        await api.site()
    sent = set()
    for operation in PAGED:
        path, _, _ = await example(api, operation)
        response = await api.get(path.partition("?")[0], api.owner, limit=1, **_span(operation))
        declares(operation, response)
        if "link" in response.headers:
            sent.add(operation.name)
    assert {"list_slots", "list_open_slots", "report_bookings", "list_reservations"} <= sent


def _span(operation: Operation) -> dict[str, str]:
    if operation.name != "list_loans":
        return {}
    return {"from_": "2020-01-01T00:00:00Z", "to": "2040-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    "operation", [op for op in OPERATIONS if op.key is not KeyUse.NONE], ids=names
)
async def test_a_replay_says_so_and_the_document_too(
    stage: Api, api: Api, operation: Operation
) -> None:
    await api.item(1000, sku="FLASH-SALE-001", price={"amount": 4900, "currency": "EUR"})
    api, owner = caller(stage, api, operation)
    path, body, headers = await example(api, operation)
    for replayed in (None, "true"):
        response = await api.call(operation.method, path, owner, body, headers=headers)
        declares(operation, response)
        assert response.headers.get("idempotent-replayed") == replayed


async def test_a_calendar_is_known_again_by_a_header_that_the_document_knows(api: Api) -> None:
    (of_site,) = [op for op in OPERATIONS if op.name == "get_site_calendar"]
    path, _, _ = await example(api, of_site)
    first = await api.get(path)
    declares(of_site, first)
    asked = {"if-none-match": first.headers["etag"]}
    again = await api.get(path, headers=asked)
    assert again.status_code == 304
    declares(of_site, again)
    parameters = {(p["in"], p["name"]) for p in described(of_site)["parameters"]}
    assert ("header", "If-None-Match") in parameters


async def test_a_spreadsheet_has_headers_that_the_document_knows(api: Api) -> None:
    (report,) = [op for op in OPERATIONS if op.name == "report_bookings"]
    for format in ("csv", "json"):
        response = await api.get("/api/admin/bookings", api.operator, format=format)
        assert response.headers["vary"] == "accept"
        declares(report, response)


@pytest.mark.parametrize("operation", OPERATIONS, ids=names)
async def test_whoever_is_turned_away_for_a_while_is_told_for_how_long(
    operation: Operation,
) -> None:
    refused = problem(overloaded("There is too much to do."))
    assert {name for name, _ in refused.headers} == {b"content-type", b"retry-after"}
    more: set[str] = set()
    assert headers_of(operation.name, "503") == EVERYWHERE | {"Retry-After"} | more
    if operation.cookie:
        more |= {"Set-Cookie"}
    assert headers_of(operation.name, "401") == EVERYWHERE | {"WWW-Authenticate"} | more


async def test_every_header_says_what_it_means() -> None:
    for header in DOCUMENT["components"]["headers"].values():
        assert header["description"]
        assert header["schema"]


@pytest.mark.parametrize("name", ["ItemView", "ReservationView", "AvailabilityView", "Product"])
async def test_every_field_of_an_answer_is_described_with_its_type(name: str) -> None:
    for field, schema in SCHEMAS[name]["properties"].items():
        assert schema.keys() & {"type", "$ref", "anyOf", "enum"}, (name, field)
    assert set(SCHEMAS[name]["required"]) == set(SCHEMAS[name]["properties"])


async def test_patterns_mean_the_same_in_json_schema_as_they_do_here() -> None:
    """A line break at the end is where regular expressions of Python and of others differ."""
    sku = validator({"$ref": "#/components/schemas/ReserveRequest"})
    assert sku.is_valid({"sku": "A-1", "quantity": 1, "email": "a@b"})
    for wrong in (
        {"sku": "A-1\n", "quantity": 1},
        {"sku": "A\x00", "quantity": 1},
        {"sku": "", "quantity": 1},
        {"sku": "A", "quantity": 0},
        {"sku": "A", "quantity": 1, "email": "a@b\n"},
        {"sku": "A", "quantity": 1, "email": "a b@c"},
        {"sku": "A", "quantity": 1, "nobody_knows": 1},
    ):
        assert not sku.is_valid(wrong), wrong
