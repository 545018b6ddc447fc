"""Input that is long, many, deep or dressed up: refused with the name of the field and the bound,
or kept as plain text that runs nowhere."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from msgspec import inspect

from firmhold.app import OPERATIONS
from firmhold.doors.shared.operation import Operation
from tests.doors.client import OF_ONE, PASSWORD, Api, fresh, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

LISTS = [op for op in OF_ONE if op.query is not None and op.method == "GET" and "{" not in op.path]


def names(operation: Operation) -> str:
    return operation.name


@pytest.mark.parametrize("operation", LISTS, ids=names)
async def test_a_query_has_an_end(stage: Api, operation: Operation) -> None:
    async def asked(query: str) -> dict[str, Any]:
        response = await stage.call(operation.method, f"{operation.path}?{query}", stage.owner)
        return dict(problem(response, "malformed_request"))

    long = await asked("cursor=" + "a" * 8_000)
    assert (long["field"], long["reason"]) == ("query", "at most 8,000 bytes")
    many = await asked("&".join(f"p{number}=1" for number in range(51)))
    assert (many["field"], many["reason"]) == ("query", "at most 50 parameters")
    unknown = await asked("&".join(f"p{number}=1" for number in range(50)))
    assert "p" in unknown["detail"]
    twice = await asked("limit=1&limit=2")
    assert twice["reason"] == "given more than once" or twice["field"] in {"query", "limit"}


async def test_what_is_sent_together_has_a_most_that_the_refusal_names(stage: Api) -> None:
    found = {
        (op.method, op.path, field["name"], field["most"])
        for op in OPERATIONS
        if op.body is not None
        for field in _sequences(op.body)
    }
    assert {name for _, _, name, _ in found} >= {"lines", "slots", "items"}
    assert [entry for entry in found if entry[3] is None] == [], "a list without a bound"


def _sequences(shape: Any) -> list[dict[str, Any]]:
    """The lists of a body at its top, and their bounds."""
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.StructType)
    found = []
    for field in info.fields:
        kinds = [field.type]
        while kinds:
            kind = kinds.pop()
            if isinstance(kind, inspect.UnionType):
                kinds += kind.types
            elif isinstance(kind, inspect.Metadata):
                kinds.append(kind.type)
            elif isinstance(kind, inspect.ListType | inspect.VarTupleType):
                found.append({"name": field.encode_name, "most": kind.max_length})
    return found


@pytest.mark.parametrize("depth", [500, 5_000, 30_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
async def test_depth_without_end_is_refused_or_kept_whole(
    stage: Api, depth: int, opening: str, closing: str
) -> None:
    deep = opening * depth + "1" + closing * depth
    if len(deep) > 65_000:
        deep = deep[:65_000]
    body = f'{{"sku": "{fresh("DEEP")}", "name": "x", "capacity": 1, "metadata": {{"d": {deep}}}}}'
    before = await stage.checksum()
    response = await stage.post("/v1/items", stage.operator, content=body.encode())
    if response.status_code == 201:
        seen = await stage.get(f"/v1/items/{response.json()['id']}", stage.operator)
        assert ok(seen)["metadata"] == response.json()["metadata"]
    else:
        problem(response, "malformed_request", response.status_code)
        assert response.status_code in {400, 413}
        assert await stage.checksum() == before


@pytest.mark.parametrize(
    "char",
    ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"],
)
async def test_a_name_is_what_it_looks_like(stage: Api, char: str) -> None:
    """What turns the direction of the text around it is refused, at every door and in files."""
    text = f"invoice{char}gpj.exe"
    before = await stage.checksum()
    item = {"sku": fresh("SKU"), "name": "x", "capacity": 1}
    for path, body, field in (
        ("/v1/items", {**item, "sku": text}, "sku"),
        ("/v1/items", {**item, "name": text}, "name"),
        ("/v1/items", {**item, "description": text}, "description"),
        ("/v1/sites", {"name": text, "zone": "Europe/Berlin"}, "name"),
        ("/v1/pools", {"name": text, "kind": "room"}, "name"),
        ("/v1/users", {"email": f"{text}@example.org", "role": "operator"}, "email"),
    ):
        response = await stage.post(path, stage.owner, body)
        assert problem(response, "malformed_request")["field"] == field
    assert await stage.checksum() == before


@pytest.mark.parametrize("char", ["\x80", "\x85", "\x9b", "\x9f"])
async def test_a_name_commands_no_terminal(stage: Api, char: str) -> None:
    """The control characters beyond ASCII: one of them begins an escape sequence by itself."""
    text = f"invoice{char}31m"
    before = await stage.checksum()
    for path, body in (
        ("/v1/items", {"sku": fresh("SKU"), "name": text, "capacity": 1}),
        ("/v1/sites", {"name": text, "zone": "Europe/Berlin"}),
        ("/v1/users", {"email": f"{fresh('x')}@example.org", "role": "operator", "name": text}),
    ):
        response = await stage.post(path, stage.owner, body)
        assert problem(response, "malformed_request")["field"] == "name"
    assert await stage.checksum() == before


UNSEEN = ["\xad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200d", "\u200f", "\u2060"]
UNSEEN += ["\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ufff0", "\U000e0041"]


@pytest.mark.parametrize("char", UNSEEN, ids=ascii)
async def test_no_address_looks_like_another_for_what_cannot_be_seen(stage: Api, char: str) -> None:
    """Whoever lets people in would see two addresses that are the same, and take one for the
    other."""
    for email in (f"bo{char}ss@example.org", f"boss@example.org{char}"):
        for path, body in (
            ("/v1/users", {"email": email, "role": "operator"}),
            ("/api/auth/register", {"email": email, "password": PASSWORD}),
        ):
            response = await stage.post(path, stage.owner, body)
            assert problem(response, "malformed_request")["field"] == "email"


@pytest.mark.parametrize("char", ["\ua7cb", "\U00010d50", "\ue000", "\u0378"], ids=ascii)
async def test_letters_that_came_to_unicode_later_are_no_defect(stage: Api, char: str) -> None:
    """PostgreSQL may know them, and what their small letters are, before Python does."""
    ok(await stage.patch("/v1/organization", stage.owner, {"open_registration": True}))
    for path, body in (
        ("/v1/users", {"email": f"{char}@example.org", "role": "operator"}),
        ("/api/auth/register", {"email": f"x{char}@example.org", "password": PASSWORD}),
    ):
        answer = await stage.post(path, stage.owner, body)
        if answer.status_code != 201:
            assert problem(answer, "malformed_request")["field"] == "email"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "{{7*7}}${7*7}#{7*7}<%= 7*7 %>",
        "'; DROP TABLE offering; --",
        "%s%n%x {0.__class__}",
        "../../../../etc/passwd",
        "\\\\evil.example\\share",
        "=cmd|' /C calc'!A0",
        "Ren\u00e9e O'Brien \u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627 \u200e\U0001f600",
    ],
)
async def test_text_that_would_run_elsewhere_is_text_here(stage: Api, text: str) -> None:
    body = {"sku": fresh("SKU"), "name": text, "capacity": 1, "metadata": {text: text}}
    item = ok(await stage.post("/v1/items", stage.operator, body), 201)
    seen = await stage.get(f"/v1/items/{item['id']}", stage.operator)
    assert ok(seen)["name"] == text
    assert seen.json()["metadata"] == {text: text}
    assert seen.headers["content-type"] == "application/json"
    assert json.loads(seen.content)["name"] == text


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1", "=HYPERLINK(1)", "\u00a0=1"]


@pytest.mark.parametrize("text", FORMULAS)
async def test_no_cell_of_a_spreadsheet_runs(api: Api, text: str) -> None:
    slot = await api.slot(title=text if text == text.strip() else "Something")
    metadata = {"note": text}
    await api.hold(slot["id"], metadata=metadata)
    response = await api.get("/api/admin/bookings", api.operator, format="csv")
    assert response.status_code == 200
    rows = list(csv.reader(io.StringIO(response.text)))
    assert len(rows) == 2
    for cell in rows[1]:
        assert cell.lstrip()[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20"), rows[1]
        assert cell[:1] not in {"\t", "\r", "\n"}
