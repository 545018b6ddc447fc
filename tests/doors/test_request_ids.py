"""A request has an id: whoever asked is told, and each line of the log about it says so."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from firmhold.engine.batch import Batch
from firmhold.request import CURRENT, Request, arriving
from firmhold.telemetry import set_up_logging, with_request
from tests.doors.client import Api, a_problem, fresh, ok

pytestmark = pytest.mark.asyncio(loop_scope="module")

UUID = "0f8fad5b-d9cd-469f-a165-70867728950e"


@pytest.fixture
def log() -> Iterator[list[Any]]:
    """Lines as they are written, but for their form."""
    with capture_logs([with_request]) as lines:
        yield lines


# --- the id ---


@pytest.mark.parametrize("id", [UUID, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a", "x" * 64, "a.b_c-1"])
async def test_a_caller_s_id_is_taken_and_told_again(stage: Api, id: str) -> None:
    response = await stage.http.get("/healthz", headers={"x-request-id": id})
    assert response.headers.get_list("x-request-id") == [id]


@pytest.mark.parametrize(
    "id",
    ["", " ", "x" * 65, "a b", "ada@example.org", 'a","b', "a\\nb", "a;b", "\u00e4".encode()],
    ids=str,
)
async def test_what_is_no_id_is_not_taken(stage: Api, id: str | bytes) -> None:
    response = await stage.http.get("/healthz", headers={b"x-request-id": id})  # type: ignore[dict-item]
    (told,) = response.headers.get_list("x-request-id")
    assert told != id
    assert arriving([(b"x-request-id", told.encode())]).id == told, "ours are well-formed too"


PATHS = ("/v1/items", "/nothing", "/healthz", "/docs", "/v1/reservations", "/api/v1/inventory")


async def test_every_answer_has_an_id_and_no_two_the_same(stage: Api) -> None:
    seen = set()
    for method in ("GET", "POST", "PUT"):
        for path in PATHS:
            response = await stage.http.request(method, path)
            (id,) = response.headers.get_list("x-request-id")
            seen.add(id)
    assert len(seen) == 3 * len(PATHS)


async def test_a_replay_has_the_id_of_the_request_that_asked_for_it(api: Api) -> None:
    item = await api.item(5)
    body = {"lines": [{"item": item["id"], "quantity": 1}]}
    answers = [
        await api.call(
            "POST",
            "/v1/reservations",
            api.customer,
            body,
            headers={"x-request-id": id, "idempotency-key": "k"},
        )
        for id in ("first", "second")
    ]
    assert [it.headers["x-request-id"] for it in answers] == ["first", "second"]
    assert answers[0].content == answers[1].content


# --- the log ---


async def test_a_line_within_a_request_says_which_whose_and_about_what(
    api: Api, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await api.hold((await api.item(5))["id"])

    def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(type(api.shop.services.engine), "submit", broken)
    response = await api.call(
        "POST",
        f"/v1/reservations/{hold['id']}/confirm",
        api.operator,
        headers={"x-request-id": "mine"},
    )
    assert a_problem(response)["status"] == 500
    (line,) = [line for line in log if line["event"] == "request failed"]
    assert line["request"] == "mine"
    assert line["organization"] == api.shop.organization.id
    assert line["reservation"] == hold["id"]
    assert line["reference"] == a_problem(response)["reference"]


async def test_a_command_that_fails_is_told_with_its_own_request_and_not_a_neighbour_s(
    api: Api, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await api.item(100)
    holds = [await api.hold(item["id"]) for _ in range(6)]
    reply = Batch._reply
    bad = holds[3]["id"]

    def broken(batch: Any, index: int, *more: Any) -> Any:
        if getattr(batch.tickets[index].command, "reservation", None) == bad:
            raise ValueError("broken")
        return reply(batch, index, *more)

    around: list[Request | None] = []
    lock = Batch.lock

    async def watched(batch: Any, claims: Any) -> None:
        around.append(CURRENT.get())
        await lock(batch, claims)

    monkeypatch.setattr(Batch, "_reply", broken)
    monkeypatch.setattr(Batch, "lock", watched)

    async def confirm(number: int) -> int:
        path = f"/v1/reservations/{holds[number]['id']}/confirm"
        headers = {"x-request-id": f"number-{number}"}
        answer = await api.call("POST", path, api.operator, headers=headers)
        return answer.status_code

    statuses = await asyncio.gather(*map(confirm, range(len(holds))))
    assert statuses == [200, 200, 200, 500, 200, 200]
    failed = [line for line in log if line["event"] == "command failed"]
    (line,) = failed
    assert line["request"] == "number-3"
    assert line["organization"] == api.shop.organization.id
    assert line["reservation"] == bad
    assert set(around) == {None}, "a batch is of many requests, and so of none"


async def test_who_is_not_let_in_has_no_organization_in_the_log(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Request | None] = []
    identify = type(api.shop.services.authentication).identify

    async def noted(*given: Any) -> Any:
        seen.append(CURRENT.get())
        return await identify(*given)

    monkeypatch.setattr(type(api.shop.services.authentication), "identify", noted)
    await api.http.get("/v1/reservations", headers={"authorization": "Bearer forged"})
    (asked,) = seen
    assert asked is not None
    assert asked.organization is None
    assert asked.reservation is None


def written(json_lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in json_lines.splitlines()]


async def test_lines_of_ours_and_of_others_say_it_in_json_and_a_token_is_no_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    err = io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    asked = arriving([(b"x-request-id", b"fhk_0123456789abcdef")])
    asked.organization, asked.reservation = "org_1", "rsv_1"
    mark = CURRENT.set(asked)
    try:
        set_up_logging("json", "info")
        structlog.get_logger("ours").warning("of ours", reservation="rsv_2")
        logging.getLogger("theirs").warning("of theirs")
    finally:
        CURRENT.reset(mark)
        structlog.configure(**before)
        root.handlers, root.level = handlers, level
    ours, theirs = written(err.getvalue())
    assert (ours["request"], theirs["request"]) == ("fhk_***", "fhk_***")
    assert ours["organization"] == theirs["organization"] == "org_1"
    assert (ours["reservation"], theirs["reservation"]) == ("rsv_2", "rsv_1")


async def test_what_comes_of_placing_a_hold_is_known_from_then_on(api: Api) -> None:
    item = await api.item(5)
    asked = arriving([])
    mark = CURRENT.set(asked)
    try:
        held = await api.shop.held((item["id"], 1))
    finally:
        CURRENT.reset(mark)
    assert asked.reservation == held.id
    assert fresh("k") not in asked.told().values()
    ok(await api.act(held.id, "release", api.operator))
