"""The AsyncAPI document is right by its own rules, and true of what is really told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    Confirm,
    Extend,
    Join,
    Leave,
    Move,
    Release,
    SetCapacity,
)
from firmhold.doors.live import asyncapi as module
from firmhold.doors.live.asyncapi import SPOKEN, asyncapi
from firmhold.doors.live.words import said, subscribed
from firmhold.relay.event import TYPES
from firmhold.workers.expirer import Expirer
from tests.shop import OPERATOR, new_id
from tests.webhooks.desk import Desk
from tests.webhooks.receiver import Receiver

DOCUMENT = asyncapi()
KEPT = Path(__file__).parents[2] / "docs" / "asyncapi.json"


def found(reference: str) -> Any:
    """What a reference leads to."""
    value: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        value = value[part]
    return value


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "$ref":
                yield part
            else:
                yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def wrong(schema: dict[str, Any], value: Any) -> list[str]:
    """What a value has that its schema does not allow."""
    whole = {**schema, "components": DOCUMENT["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [f"{e.instance_path}: {e.message}" for e in validator.iter_errors(value)]


def test_the_document_that_is_kept_is_the_one_that_is_made() -> None:
    """`firmhold asyncapi > docs/asyncapi.json` writes it anew."""
    assert json.loads(KEPT.read_text(encoding="utf-8")) == DOCUMENT


def test_every_reference_leads_somewhere_and_every_schema_is_one() -> None:
    for reference in references(DOCUMENT):
        assert isinstance(found(reference), dict), reference
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def test_the_document_has_the_parts_that_asyncapi_3_asks_for() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    for server in DOCUMENT["servers"].values():
        assert {"host", "protocol"} <= server.keys()
        named = set(server.get("variables", ()))
        assert all("{" + name + "}" in server["host"] for name in named)
    for channel in DOCUMENT["channels"].values():
        assert "address" in channel
        assert all(it["$ref"].startswith("#/servers/") for it in channel["servers"])
        assert all(it["$ref"].startswith("#/components/") for it in channel["messages"].values())
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in {"send", "receive"}
        channel = operation["channel"]["$ref"]
        assert all(it["$ref"].startswith(f"{channel}/messages/") for it in operation["messages"])
    used = {ref for ref in references(DOCUMENT) if ref.startswith("#/components/messages/")}
    assert used == {f"#/components/messages/{name}" for name in DOCUMENT["components"]["messages"]}


def test_every_type_of_event_is_in_the_document_with_its_meaning() -> None:
    events = DOCUMENT["channels"]["webhook"]["messages"]
    named = {found(it["$ref"])["name"] for it in events.values()}
    assert named == {f"firmhold.{type}" for type in TYPES}
    assert {type.partition(".")[2] for type in TYPES} == module.MEANINGS.keys()
    of_any = DOCUMENT["components"]["schemas"]["Event"]["oneOf"]
    assert len(of_any) == len(TYPES)
    assert DOCUMENT["channels"]["live"]["messages"].keys() == set(SPOKEN)


async def everything(desk: Desk) -> None:
    """Let happen whatever can happen to items."""
    shop = desk.shop
    item, other = await shop.item(2), await shop.item(9)
    held = [(await shop.held((other, 1))).id for _ in range(4)]
    await shop.submit(Extend(held[0], OPERATOR, 650))
    await shop.submit(Confirm(held[0], OPERATOR))
    await shop.submit(Move(held[0], OPERATOR, (Asked(item, 1),)))
    await shop.submit(Cancel(held[0], OPERATOR))
    await shop.submit(Release(held[1], OPERATOR))
    await shop.make_due(held[2])
    await Expirer(shop.services.engine).run_once()
    await shop.submit(Confirm(held[2], OPERATOR, reacquire=True))
    await shop.submit(AdjustCapacity(item, OPERATOR, 1, "more of it"))
    await shop.submit(SetCapacity(item, OPERATOR, 1))
    await shop.held((item, 1))
    entry = new_id("wait")
    for command in (
        Join(entry, new_id("rsv"), OPERATOR, "usr_1", item, 1),
        Leave(entry, OPERATOR),
    ):
        await shop.services.engine.submit(shop.organization.id, command, lambda *_: (200, b""))


async def test_what_webhooks_are_sent_is_what_the_document_says(
    desk: Desk, receiver: Receiver
) -> None:
    await everything(desk)
    await desk.deliver()
    messages = {
        it["name"]: it for it in DOCUMENT["components"]["messages"].values() if "name" in it
    }
    seen = set()
    for received in receiver.received:
        message = messages[received.event["type"]]
        seen.add(received.event["type"].removeprefix("firmhold."))
        assert wrong(message["payload"], received.event) == []
        assert wrong({"$ref": "#/components/schemas/Event"}, received.event) == []
        assert wrong(message["headers"], received.headers) == []
        other = {**received.event, "type": "firmhold.something.else"}
        assert wrong(message["payload"], other) != []
    slots_alone = {"reservation.fulfilled", "reservation.no_show", "offering.updated"}
    assert seen >= set(TYPES) - slots_alone, "each of them"


async def test_what_subscribers_are_told_is_what_the_document_says(desk: Desk) -> None:
    hub, organization = desk.shop.services.hub, desk.shop.organization.id
    item = await desk.shop.item(3)
    joined = await hub.subscribe(organization, [item, organization])
    frame = {"$ref": "#/components/schemas/Frame"}
    first = subscribed(joined.position, joined.stock, resync=joined.resync)
    assert wrong(frame, json.loads(first)) == []
    await desk.shop.held((item, 1))
    assert await joined.subscription.has_news(60)
    told = json.loads(said(joined.subscription.take()).json)
    assert (len(told["availability"]), len(told["events"])) == (1, 1)
    assert wrong(frame, told) == []
    told["events"][0]["data"].pop("expires_at")
    assert wrong(frame, told) != [], "a hold has an end"
    hub.leave(joined.subscription)


@pytest.mark.parametrize(
    ("message", "fits"),
    [
        ({"type": "subscribe", "offerings": ["item_1"]}, True),
        ({"type": "authenticate", "token": "x"}, True),
        ({"type": "subscribe", "offerings": 1}, False),
        ({"type": "authenticate", "more": 1}, False),
    ],
)
def test_what_one_may_say_is_what_the_document_says(message: dict[str, Any], fits: bool) -> None:
    schema = found(f"#/components/messages/{message['type']}/payload")
    assert (wrong(schema, message) == []) == fits
