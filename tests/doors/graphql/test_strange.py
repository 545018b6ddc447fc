"""Strange texts and numbers in every argument that takes any: answered, and never by a defect."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type, is_required_argument

from firmhold.doors.graphql.schema import SCHEMA
from tests.doors.client import Api
from tests.doors.graphql.asking import send

pytestmark = pytest.mark.asyncio(loop_scope="module")

STRANGE: list[Any] = [
    "",
    " ",
    "a\u0000b",
    "\u202e",
    "\U0001f600",
    "'; DROP TABLE offering; --",
    "%",
    "\\",
    "x" * 5000,
    "site_" + "0" * 32,
    "rsv_" + "f" * 32,
    "slot_" + "g" * 32,
    "0000-0000-0000-0000",
    "ZZZZ-ZZZZ-ZZZZ-ZZZZ",
    -1,
    0,
    2**31,
    2**63,
    1.5,
    True,
    None,
    [],
    ["x"],
    {},
    {"x": 1},
]


def places() -> list[tuple[str, str, str]]:
    """Every argument, and every field of an input, with its field and the kind of that."""
    found = []
    for kind, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
        assert root is not None
        for name, field in root.fields.items():
            for argument, about in field.args.items():
                inner = get_named_type(about.type)
                if isinstance(inner, GraphQLInputObjectType):
                    found += [(kind, name, f"{argument}.{it}") for it in inner.fields]
                else:
                    found.append((kind, name, argument))
    return found


def document(kind: str, name: str, place: str, value: Any) -> tuple[str, dict[str, Any]]:
    """A call of the field with this value there, and something in the other required places."""
    root = SCHEMA.query_type if kind == "query" else SCHEMA.mutation_type
    assert root is not None
    argument, _, inner = place.partition(".")
    types, values = [], {}
    for one, about in root.fields[name].args.items():
        if one != argument and not is_required_argument(about):
            continue
        types.append(f"${one}: {about.type}")
        kind_of = get_named_type(about.type)
        if isinstance(kind_of, GraphQLInputObjectType):
            values[one] = {"slotId": "x", "sku": "x", "email": "a@b", "password": "p"}
            values[one] = {it: v for it, v in values[one].items() if it in kind_of.fields}
            if one == argument:
                values[one][inner] = value
        else:
            values[one] = value if one == argument else "x"
    passed = ", ".join(f"{one}: ${one}" for one in values)
    head = f"{kind} Q({', '.join(types)})" if types else kind
    call = f"{name}({passed})" if passed else name
    return f"{head} {{ {call} {{ __typename }} }}", values


@pytest.mark.parametrize(("kind", "name", "place"), places())
async def test_whatever_stands_there_is_answered_and_changes_nothing(
    stage: Api, kind: str, name: str, place: str
) -> None:
    before = await stage.checksum()
    for value in STRANGE:
        text, variables = document(kind, name, place, value)
        response = await send(stage, text, stage.operator, headers={}, **variables)
        assert response.status_code in {200, 400}, response.text
        body = response.json()
        for error in body.get("errors", ()):
            assert error["extensions"]["code"] not in {"internal_error", "overloaded"}, body
        if "data" not in body:
            assert response.status_code == 400
    assert await stage.checksum() == before


@pytest.mark.parametrize("text", ["\\u0000", "\\uD800", "\\u{110000}", "\\u{1F600}", "\\x"])
async def test_escapes_in_a_document_are_read_or_refused(stage: Api, text: str) -> None:
    response = await send(stage, f'{{ items(search: "{text}") {{ edges {{ cursor }} }} }}')
    for error in response.json().get("errors", ()):
        assert error["extensions"]["code"] == "malformed_request"


async def test_half_a_character_is_refused(stage: Api) -> None:
    body = b'{"query": "query Q($s: String) { items(search: $s) { __typename } }", "variables": '
    for value in (b'{"s": "\\ud800"}', b'{"s": "\\udc00x"}', b'{"\\ud800": 1}'):
        content = body + value + b"}"
        response = await stage.http.post(
            "/graphql", content=content, headers={"content-type": "application/json"}
        )
        assert response.status_code in {200, 400}
        assert "internal_error" not in json.dumps(response.json())
