"""What nobody should send, sent to every operation: it is refused, named, and changes nothing.

The cases are made from the table of operations and the shapes of their bodies, so that a new
operation or field is covered by being there.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from msgspec import inspect

from firmhold.app import OPERATIONS
from firmhold.doors.shared.operation import KeyUse, Operation
from firmhold.identity.permissions import OF_SERVER
from tests.doors.client import FLASH, WITH_EXAMPLES, Api, a_problem, example, fresh, problem
from tests.shop import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

OF_ONE = [op for op in OPERATIONS if op.permission not in OF_SERVER]
WITH_BODY = [op for op in OF_ONE if op.body is not None]
WITH_KEY = [op for op in OF_ONE if op.key is not KeyUse.NONE]
WITH_QUERY = [op for op in OF_ONE if op.query is not None]
WITH_PATH = [op for op in OF_ONE if "{" in op.path]


def names(operation: Operation) -> str:
    return operation.name


class Prepared(NamedTuple):
    """An operation's example with real things in it."""

    path: str
    body: Any


async def prepared(api: Api, operation: Operation) -> Prepared:
    """The operation's example, made once: what is refused leaves it as it was."""
    known: dict[str, Prepared] = api.__dict__.setdefault("prepared", {})
    if operation.name not in known:
        path, body, _ = await example(api, operation, api.owner)
        known[operation.name] = Prepared(path, body)
    return known[operation.name]


Attempt = tuple[str, dict[str, Any]]
"""What is wrong with a request, and the request's parts that are not as in the example."""


async def all_refused(
    api: Api,
    operation: Operation,
    attempts: Iterable[Attempt],
    judge: Callable[[httpx.Response], Any],
) -> None:
    """Send every attempt, as an owner who may call anything; `judge` fails for a wrong answer."""
    usual = await prepared(api, operation)
    before = await api.checksum()
    wrong = []
    for what, parts in attempts:
        headers = dict(parts.get("headers", {}))
        if operation.key is not KeyUse.NONE and not headers:
            headers["idempotency-key"] = fresh("bad")
        response = await api.call(
            operation.method,
            parts.get("path", usual.path),
            api.owner,
            usual.body,
            content=parts.get("content"),
            headers=headers,
        )
        try:
            judge(response)
            assert await api.checksum() == before, "something was changed"
        except AssertionError as error:
            wrong.append(f"{what}: {response.status_code} {str(error)[:300]}")
            before = await api.checksum()
    assert not wrong, "\n".join(wrong)


def malformed(field: str | None = None) -> Callable[[httpx.Response], None]:
    """The answer is a `malformed_request` about this field, or about any."""

    def judge(response: httpx.Response) -> None:
        found = problem(response, "malformed_request")
        assert found["reason"], found
        assert "`" not in found["reason"], found
        assert found["field"] == field if field else found["field"], found

    return judge


# --- bodies that are not even the right kind of thing ---

DEEP = 100_000
BROKEN = {
    "empty": b"",
    "white space": b" \n\t ",
    "not JSON": b"sku=A&quantity=1",
    "half of an object": b'{"sku": "A", ',
    "two objects": b"{} {}",
    "trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "comment": b"{} // nothing",
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"sku": "A"}'.encode("utf-16"),
    "invalid UTF-8": b'{"sku": "\xff\xfe"}',
    "overlong UTF-8": b'{"sku": "\xc0\xaf"}',
    "raw NUL": b'{"sku": "A\x00"}',
    "escaped NUL": b'{"sku": "A\\u0000"}',
    "lone surrogate": b'{"sku": "A\\ud800"}',
    "lone low surrogate": b'{"sku": "A\\udc00"}',
    "NaN": b'{"quantity": NaN}',
    "Infinity": b'{"quantity": Infinity}',
    "minus Infinity": b'{"quantity": -Infinity}',
    "deep lists": b"[" * (DEEP // 4) + b"]" * (DEEP // 4),
    "deep objects": b'{"a":' * (DEEP // 16) + b"1" + b"}" * (DEEP // 16),
    "null": b"null",
    "true": b"true",
    "number": b"7",
    "text": b'"text"',
    "list": b"[]",
    "list of objects": b"[{}]",
}


@pytest.mark.parametrize("operation", WITH_BODY, ids=names)
async def test_a_body_that_is_no_object_is_refused_and_changes_nothing(
    stage: Api, operation: Operation
) -> None:
    attempts = [
        (what, {"content": raw})
        for what, raw in BROKEN.items()
        if raw or any(field.required for field in msgspec.structs.fields(operation.body))
    ]
    await all_refused(stage, operation, attempts, malformed())


@pytest.mark.parametrize("operation", WITH_BODY, ids=names)
async def test_a_body_over_the_limit_is_refused_and_changes_nothing(
    stage: Api, operation: Operation
) -> None:
    limit = stage.shop.services.body_limit * (64 if operation.bulk else 1)
    usual = await prepared(stage, operation)
    raw = json.dumps(usual.body).encode()

    def judge(response: httpx.Response) -> None:
        assert problem(response, "malformed_request", 413)["body_limit"] == limit

    attempts = [(str(size), {"content": raw.ljust(size)}) for size in (limit + 1, limit * 3)]
    await all_refused(stage, operation, attempts, judge)


@pytest.mark.parametrize("operation", [op for op in WITH_BODY if op in WITH_EXAMPLES], ids=names)
async def test_a_body_of_exactly_the_limit_is_read(stage: Api, operation: Operation) -> None:
    limit = stage.shop.services.body_limit
    path, body, headers = await example(stage, operation, stage.owner)
    raw = json.dumps(body).encode().ljust(limit)
    response = await stage.call(operation.method, path, stage.owner, content=raw, headers=headers)
    assert response.status_code in {operation.status, 409}, response.text


# --- bodies with one thing wrong ---


class Spoilt(NamedTuple):
    """A body of an operation with one value replaced."""

    operation: Operation
    where: tuple[str | int, ...]
    value: Any
    names: str
    """The field as the problem must call it."""


class Raw(str):
    """A number that Python would not write."""

    __slots__ = ()


ABSENT = object()
OF_EACH_TYPE = ("text", 7, 1.5, True, None, [], {}, [1], {"a": 1})
NUMBERS = (-(2**63) - 1, 2**63, 2**64, 10**30, 1.5, Raw("1e3"), Raw("1e400"), Raw("1.0"), "1", True)
INSTANTS = (
    "",
    "now",
    "2030-01-31",
    "2030-01-31T18:00:00",
    "2030-02-30T18:00:00Z",
    "2030-01-31T25:00:00Z",
    "2030-01-31T18:00:00+99:00",
    "99999-01-31T18:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    1893456000,
)
TEXTS = ("\x01", "a\tb", "a\x7f", "a\x1b[31m", "x" * 5000, "ends with a line break\n")


def spoilt() -> Iterator[Spoilt]:
    for operation in WITH_BODY:
        info = inspect.type_info(operation.body)
        assert isinstance(info, inspect.StructType)
        yield Spoilt(operation, ("nobody_knows",), 1, "nobody_knows")
        yield from _fields(operation, info, ())


def _fields(
    operation: Operation, struct: inspect.StructType, where: tuple[str | int, ...]
) -> Iterator[Spoilt]:
    for field in struct.fields:
        here = (*where, field.encode_name)
        if field.required:
            yield Spoilt(operation, here, ABSENT, _called(here))
        yield from _values(operation, field.type, here)


def _values(
    operation: Operation, kind: inspect.Type, where: tuple[str | int, ...]
) -> Iterator[Spoilt]:
    kinds = _kinds(kind)
    for value in OF_EACH_TYPE:
        if not any(_fits(value, one) for one in kinds):
            yield Spoilt(operation, where, value, _called(where))
    for one in kinds:
        for value in _out_of_bounds(one):
            yield Spoilt(operation, where, value, _called(where))
        if isinstance(one, inspect.StructType):
            yield Spoilt(operation, (*where, "nobody_knows"), 1, _called((*where, "nobody_knows")))
            yield from _fields(operation, one, where)
        elif isinstance(one, inspect.VarTupleType | inspect.ListType):
            yield from _values(operation, one.item_type, (*where, 0))


def _out_of_bounds(kind: Any) -> list[Any]:
    """Values of the right JSON type, or nearly so, that a type nevertheless refuses."""
    if isinstance(kind, inspect.IntType):
        bounds = [] if kind.ge is None else [kind.ge - 1]
        return [*bounds, *([] if kind.le is None else [kind.le + 1]), *NUMBERS]
    if isinstance(kind, inspect.DateTimeType):
        return list(INSTANTS)
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return [[]] if kind.min_length else []
    if not isinstance(kind, inspect.StrType):
        return []
    wrong = [""] if kind.min_length else []
    if kind.max_length is not None:
        wrong += ["x" * (kind.max_length + 1)]
    if kind.pattern is not None:
        several_lines = r"\x0b" in kind.pattern
        wrong += [text for text in TEXTS if not (several_lines and set(text) & {"\t", "\n"})]
    return wrong


def _fits(value: Any, kind: inspect.Type) -> bool:
    """Whether a value may be right for a type; what is within its bounds is another matter."""
    if isinstance(kind, inspect.IntType):
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(kind, inspect.LiteralType):
        return value in kind.values
    return isinstance(
        value,
        {
            inspect.StrType: str,
            inspect.BoolType: bool,
            inspect.NoneType: type(None),
            inspect.FloatType: float,
            inspect.VarTupleType: list,
            inspect.ListType: list,
            inspect.DictType: dict,
            inspect.StructType: dict,
        }.get(type(kind), ()),
    )


def _kinds(kind: inspect.Type) -> list[Any]:
    """The alternatives of a type, without what is only said about them."""
    if isinstance(kind, inspect.Metadata):
        return _kinds(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [one for inner in kind.types for one in _kinds(inner)]
    return [kind]


def _called(where: tuple[str | int, ...]) -> str:
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _sample(kind: inspect.Type) -> Any:
    """Something right, to be spoilt from within."""
    if isinstance(kind, inspect.Metadata) and (kind.extra_json_schema or {}).get("examples"):
        return (kind.extra_json_schema or {})["examples"][0]
    kinds = _kinds(kind)
    for one in kinds:
        if isinstance(one, inspect.LiteralType):
            return one.values[0]
        if isinstance(one, inspect.DateType):
            return "2035-01-31"
        if isinstance(one, inspect.StructType):
            return {f.encode_name: _sample(f.type) for f in one.fields if f.required}
        if isinstance(one, inspect.VarTupleType | inspect.ListType):
            return [_sample(one.item_type)]
    return 1 if isinstance(kinds[0], inspect.IntType) else "EUR"


def _spoil(body: Any, case: Spoilt) -> bytes:
    body = copy.deepcopy(body)
    inside, kind = body, inspect.type_info(case.operation.body)
    for part in case.where[:-1]:
        if isinstance(part, int):
            kind = _within(kind, inspect.VarTupleType).item_type
        else:
            struct = _within(kind, inspect.StructType)
            kind = next(f.type for f in struct.fields if f.encode_name == part)
            inside.setdefault(part, _sample(kind))
        inside = inside[part]
    last = case.where[-1]
    if case.value is ABSENT:
        inside.pop(last, None)
    else:
        inside[last] = "@" if isinstance(case.value, Raw) else case.value
    raw = json.dumps(body)
    return (raw.replace('"@"', case.value) if isinstance(case.value, Raw) else raw).encode()


def _within(kind: Any, wanted: type) -> Any:
    return next(one for one in _kinds(kind) if isinstance(one, wanted))


FIELDS = sorted({(case.operation.name, case.names) for case in spoilt()})


@pytest.mark.parametrize(("name", "field"), FIELDS)
async def test_a_value_that_does_not_fit_is_refused_by_its_name_and_changes_nothing(
    stage: Api, name: str, field: str
) -> None:
    cases = [case for case in spoilt() if (case.operation.name, case.names) == (name, field)]
    operation = cases[0].operation
    usual = await prepared(stage, operation)
    attempts = [
        (
            "absent" if case.value is ABSENT else repr(case.value)[:60],
            {"content": _spoil(usual.body, case)},
        )
        for case in cases
    ]
    await all_refused(stage, operation, attempts, malformed(field))


async def test_text_that_only_looks_like_an_escaped_nul_is_kept(stage: Api) -> None:
    text = r"the characters backslash u 0 0 0 0: \u0000"
    item = await stage.item(metadata={"note": text}, description=text)
    assert item["description"] == text
    assert item["metadata"] == {"note": text}


@pytest.mark.parametrize(
    "metadata",
    [
        '{"n": 1e308}',
        '{"n": -1.7976931348623157e308}',
        '{"n": 5e-324}',
        '{"n": 123456789012345678901234567890}',
        '{"n": 18446744073709551616}',
        '{"": {"": []}}',
        '{"a": {"b": [1, 2.5, null, true, "\\ud83d\\ude00"]}}',
        '{"' + "k" * 5000 + '": 1}',
        '{"deep": ' + "[" * 400 + "]" * 400 + "}",
        '{"digits": ' + "9" * 4000 + "}",
    ],
    ids=lambda text: text[:30],
)
async def test_any_metadata_that_is_taken_can_be_read_again(stage: Api, metadata: str) -> None:
    raw = f'{{"sku": "{fresh("META")}", "name": "x", "capacity": 1, "metadata": {metadata}}}'
    created = await stage.post("/v1/items", stage.operator, content=raw.encode())
    if created.status_code == 400:
        problem(created, "malformed_request")
        return
    assert created.status_code == 201, created.text
    item = created.json()
    if '"n"' in metadata:
        assert item["metadata"]["n"] == pytest.approx(json.loads(metadata)["n"], rel=1e-15)
    hold = await stage.post(
        "/v1/reservations",
        stage.customer,
        content=b'{"lines": [{"item": "%s", "quantity": 1}], "metadata": %s}'
        % (item["id"].encode(), metadata.encode()),
    )
    assert hold.status_code == 201, hold.text
    for path in (f"/v1/items/{item['id']}", f"/v1/items?sku={item['sku']}", "/v1/items?limit=500"):
        assert (await stage.get(path, stage.operator)).status_code == 200
    for path in (f"/v1/reservations/{hold.json()['id']}", "/v1/reservations?limit=500"):
        assert (await stage.get(path, stage.operator)).status_code == 200


@pytest.mark.parametrize("digits", [4301, 20_000, 60_000])
async def test_numbers_of_absurd_length_are_refused(stage: Api, digits: int) -> None:
    raw = b'{"sku": "%s", "name": "x", "capacity": 1, "metadata": {"n": %s}}' % (
        fresh("LONG").encode(),
        b"9" * digits,
    )
    before = await stage.checksum()
    response = await stage.post("/v1/items", stage.operator, content=raw)
    if response.status_code != 201:
        problem(response, "malformed_request")
        assert await stage.checksum() == before
    else:
        ok = await stage.get(f"/v1/items/{response.json()['id']}", stage.operator)
        assert ok.status_code == 200


@pytest.mark.parametrize("first", ["NO-SUCH", FLASH])
async def test_of_a_field_that_is_given_twice_the_last_counts(stage: Api, first: str) -> None:
    raw = f'{{"sku": "{first}", "sku": "{FLASH}", "quantity": 1}}'.encode()
    path = "/api/v1/inventory/reserve"
    response = await stage.post(path, stage.customer, content=raw, key=fresh("twice"))
    assert response.status_code == 201
    assert response.json()["sku"] == FLASH


# --- names in the address ---

WRONG_IDS = {
    "nothing but a prefix": "rsv_",
    "another prefix": new_id("site"),
    "no prefix": "0" * 32,
    "upper case": new_id("rsv").upper(),
    "upper case digits": "rsv_" + "ABCDEF0123456789" * 2,
    "31 digits": new_id("rsv")[:-1],
    "33 digits": new_id("rsv") + "0",
    "not hexadecimal": "rsv_" + "g" * 32,
    "hyphens": "rsv_0199a0b0-0000-7000-8000-000000000000",
    "line break": new_id("rsv") + "%0A",
    "space": "%20" + new_id("rsv"),
    "NUL": new_id("rsv")[:-1] + "%00",
    "nothing but NUL": "%00",
    "quote": "'%20OR%20''='",
    "path": "..%2F..%2Fhealthz",
    "dots": "%2e%2e",
    "invalid UTF-8": "%ff%fe",
    "full-width digits": "rsv_" + "%EF%BC%91" * 32,
    "emoji": "%F0%9F%98%80",
    "very long": "rsv_" + "0" * 5000,
}


@pytest.mark.parametrize("operation", WITH_PATH, ids=names)
async def test_a_name_in_the_address_that_names_nothing_is_not_found(
    stage: Api, operation: Operation
) -> None:
    prefix = "rsv_" if "{reservation}" in operation.path or "{order}" in operation.path else "item_"
    before, _, rest = operation.path.partition("{")
    attempts = [
        (
            what,
            {"path": before + _prefixed(name, prefix) + rest.partition("}")[2]},
        )
        for what, name in WRONG_IDS.items()
    ]

    def judge(response: httpx.Response) -> None:
        a_problem(response)
        assert response.status_code in {400, 404, 405}

    await all_refused(stage, operation, attempts, judge)


def _prefixed(name: str, prefix: str) -> str:
    return name.replace("rsv_", prefix).replace("RSV_", prefix.upper())


@pytest.mark.parametrize("name", ["confirm_checkout", "cancel_checkout", "place_hold"])
async def test_a_wrong_id_in_a_body_is_refused(stage: Api, name: str) -> None:
    operation = next(op for op in OPERATIONS if op.name == name)
    attempts = []
    for what, wrong in WRONG_IDS.items():
        id = wrong.replace("%00", "").replace("%0A", "\n")
        body: Any = {"reservation_id": id}
        if name == "place_hold":
            body = {"lines": [{"item": _prefixed(id, "item_"), "quantity": 1}]}
        attempts.append((what, {"content": json.dumps(body).encode()}))

    def judge(response: httpx.Response) -> None:
        assert a_problem(response)["code"] in {"malformed_request", "not_found"}
        assert response.status_code in {400, 404}

    await all_refused(stage, operation, attempts, judge)


async def test_a_name_longer_than_any_sku_is_not_cut_to_one_that_exists(stage: Api) -> None:
    sku = fresh("LONG").ljust(128, "x")
    await stage.item(sku=sku)
    for path in ("/api/v1/inventory/", "/api/products/"):
        assert (await stage.get(path + sku, stage.customer)).status_code == 200
        problem(await stage.get(path + sku + "y", stage.customer), "not_found")


# --- queries ---


def bad_queries(operation: Operation) -> Iterator[str]:
    yield from (
        "nobody_knows=1",
        "&",
        "=",
        "a",
        "%",
        "limit",
        "a=%ff",
        "%ff=1",
        "a=%00",
        "x[]=1",
        "\u00e4=1",
    )
    info = inspect.type_info(operation.query)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        name = field.encode_name
        kinds = _kinds(field.type)
        yield f"{name}=1&{name}=1"
        yield f"{name}=%00"
        yield f"{name}=a%00"
        yield f"{name}=%ff"
        yield f"{name}[]=1"
        for kind in kinds:
            wrong: tuple[str, ...] = ()
            if isinstance(kind, inspect.IntType):
                wrong = ("", "0", "-1", "1.5", "1.0", "1e1", "9" * 30, "NaN", "true", "null")
                wrong += ("+5", "0x10", "1_0", "%D9%A1", "5%20", str((kind.le or 0) + 1))
            elif isinstance(kind, inspect.DateTimeType):
                wrong = ("", "now", "2030-01-01", "2030-01-01T00:00:00", "123", "1e400", "nan")
                wrong += ("null", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00")
                wrong += ("2030-01-01T00:00:00+00:00",)  # an unescaped plus is a space
            elif isinstance(kind, inspect.LiteralType):
                wrong = ("", "null", "HELD", "held,confirmed", "*")
            elif isinstance(kind, inspect.StrType) and kind.max_length is not None:
                wrong = ("x" * (kind.max_length + 1),)
                if kind.min_length:
                    wrong += ("",)
                if kind.pattern:
                    wrong += ("a%0A", "a%07b")
            if name == "cursor":
                wrong += FORGED_CURSORS
            for value in wrong:
                yield f"{name}={value}"


FORGED_CURSORS = (
    "",
    "x",
    "null",
    "....",
    "%C3%A4",
    "bnVsbA",  # null
    "dHJ1ZQ",  # true
    "e30",  # {}
    "LTE",  # -1
    "MS41",  # 1.5
    "OTIyMzM3MjAzNjg1NDc3NTgwOA",  # 2**63
    "IngiIA",  # "x"
    "Ilx1MDAwMCI",  # "\u0000"
    "Iic7IERST1AgVEFCTEUgaXRlbTsgLS0i",  # "'; DROP TABLE item; --"
    "A" * 5000,
)


@pytest.mark.parametrize("operation", WITH_QUERY, ids=names)
async def test_a_query_that_makes_no_sense_is_refused_with_the_name_of_its_parameter(
    stage: Api, operation: Operation
) -> None:
    path, _, usual = (await prepared(stage, operation)).path.partition("?")
    by_name: dict[str, list[Attempt]] = {}
    for query in bad_queries(operation):
        given = query.partition("=")[0]
        kept = [pair for pair in usual.split("&") if pair and pair.partition("=")[0] != given]
        address = path + "?" + "&".join([*kept, query])
        by_name.setdefault(given, []).append((query[:80], {"path": address}))
    for given, attempts in by_name.items():

        def judge(response: httpx.Response, given: str = given) -> None:
            found = problem(response, "malformed_request")
            assert found["field"] in {given, "query"}, found

        await all_refused(stage, operation, attempts, judge)


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ("/v1/reservations", 5),
        ("/v1/reservations", "item_" + "0" * 32),
        ("/v1/reservations", "rsv_"),
        ("/v1/items", 5),
        ("/v1/items", "rsv_" + "0" * 32),
        ("/v1/items", "item_" + "0" * 31),
        ("/api/products", 5),
        ("/api/products", "rsv_" + "0" * 32),
        ("/api/products/live", "x"),
        ("/v1/offerings/ITEM/ledger", "item_" + "0" * 32),
    ],
)
async def test_a_cursor_of_another_list_is_refused(stage: Api, path: str, position: Any) -> None:
    from firmhold.doors.shared.pages import encode_cursor

    item = await stage.item()
    response = await stage.get(
        path.replace("ITEM", item["id"]), stage.operator, cursor=encode_cursor(position)
    )
    assert problem(response, "malformed_request")["field"] == "cursor"


# --- idempotency keys ---

BAD_KEYS = {
    "empty": "",
    "only spaces": "   ",
    "only quotes": '""',
    "256 characters": "k" * 256,
    "a space within": "one two",
    "a tab within": "one\ttwo",
    "a quoted space": '"one two"',
    "not ASCII": "schl\u00fcssel",
    "a control character": "a\x07b",
    "DEL": "a\x7fb",
}


@pytest.mark.parametrize("operation", WITH_KEY, ids=names)
@pytest.mark.parametrize("header", ["idempotency-key", "x-idempotency-key"])
async def test_a_key_that_cannot_be_one_is_refused_and_changes_nothing(
    stage: Api, operation: Operation, header: str
) -> None:
    attempts = [
        (what, {"headers": {header: key.encode("latin-1")}}) for what, key in BAD_KEYS.items()
    ]
    await all_refused(stage, operation, attempts, malformed("Idempotency-Key"))


@pytest.mark.parametrize("key", ["k", "k" * 255, '"quoted"', "!~", "7f3c2b1e-2f53", '"'])
async def test_a_key_that_can_be_one_is_taken(stage: Api, key: str) -> None:
    body = {"sku": FLASH, "quantity": 1}
    token = await stage.shop.token(f"{fresh('key')}@example.org")
    first = await stage.post("/api/v1/inventory/reserve", token, body, key=key)
    assert first.status_code == 201
    again = await stage.post(
        "/api/v1/inventory/reserve", token, body, headers={"x-idempotency-key": key}
    )
    assert again.content == first.content


# --- the last resort ---


async def test_whatever_was_sent_the_books_are_in_order(stage: Api) -> None:
    assert (await stage.shop.verify()).ok


async def test_every_operation_that_takes_a_body_refuses_fields_it_does_not_know() -> None:
    for operation in WITH_BODY:
        assert operation.body is not None
        assert issubclass(operation.body, msgspec.Struct)
        assert operation.body.__struct_config__.forbid_unknown_fields, operation.name
