"""What happens is told as it happens, by both ways of listening, and to those alone whose it is."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from firmhold.identity.roles import Role
from firmhold.relay.position import position_of
from tests.doors.client import problem
from tests.live.conftest import Stage
from tests.live.listener import Socket, following, stream

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_socket_is_told_what_is_left_and_every_change(stage: Stage) -> None:
    item = await stage.item(3)
    async with Socket(stage.url) as socket:
        first = await socket.subscribe(offerings=[item])
        (counts,) = first["availability"]
        assert (first["type"], counts["offering"], counts["available"]) == ("subscribed", item, 3)
        await stage.hold(item)
        change = await socket.hear()
        assert change["events"] == []
        (counts,) = change["availability"]
        assert (counts["held"], counts["available"], counts["seq"]) == (1, 2, 2)


async def test_a_stream_says_the_same_as_a_socket(stage: Stage) -> None:
    item = await stage.item(3)
    async with stream(stage.http, f"offerings={item}") as events, Socket(stage.url) as socket:
        first = await following(events)
        assert (first.id, first.data["type"]) == (first.data["cursor"], "subscribed")
        await socket.subscribe(offerings=[item])
        await stage.hold(item)
        told, heard = await following(events), await socket.hear()
        assert told.data["availability"] == heard["availability"]
        assert told.id == told.data["cursor"]


async def test_a_reservation_is_told_to_its_customer_and_to_those_who_see_all(
    stage: Stage,
) -> None:
    item, customer = await stage.item(), await stage.token(Role.CUSTOMER)
    headers = {"authorization": f"Bearer {customer}"}
    async with httpx.AsyncClient(base_url=stage.url, headers=headers) as http:
        body = {"lines": [{"item": item, "quantity": 2}]}
        made = await http.post("/v1/reservations", json=body)
    reservation = made.json()["id"]
    listeners = [Socket(stage.url, customer), Socket(stage.url, await stage.token(Role.AUDITOR))]
    async with listeners[0] as own, listeners[1] as auditor:
        for socket in (own, auditor):
            first = await socket.subscribe(reservations=[reservation])
            assert first["type"] == "subscribed"
        await stage.act(reservation, "confirm")
        for socket in (own, auditor):
            (event,) = (await socket.hear())["events"]
            assert event["type"] == "firmhold.reservation.confirmed"
            assert event["subject"] == reservation
            assert event["specversion"] == "1.0"
            (line,) = event["data"]["lines"]
            assert (line["offering"], line["held_delta"], line["confirmed_delta"]) == (item, -2, 2)


async def test_a_guest_hears_of_the_hold_that_their_token_is_for(stage: Stage) -> None:
    item = await stage.item()
    async with httpx.AsyncClient(base_url=stage.url) as anyone:
        made = await anyone.post(
            "/api/holds",
            json={"productId": item, "email": "guest@example.org", "qty": 1},
            headers={"Idempotency-Key": item},
        )
    assert made.status_code == 201, made.text
    hold = made.json()
    other = await stage.hold(item)
    async with Socket(stage.url, hold["holdToken"]) as socket:
        assert (await socket.subscribe(reservations=[hold["orderId"]]))["type"] == "subscribed"
        refused = await socket.subscribe(reservations=[other["id"]])
        assert refused["problem"]["code"] == "forbidden"


async def test_the_feed_has_everything_in_the_order_in_which_it_happened(stage: Stage) -> None:
    item, other = await stage.item(), await stage.item()
    async with Socket(stage.url, await stage.token(Role.AUDITOR)) as socket:
        await socket.subscribe(feed=True)
        hold = await stage.hold(item, other)
        await stage.act(hold["id"], "confirm")
        await stage.act(hold["id"], "cancel")
        heard: list[tuple[str, int]] = []
        while len(heard) < 3:
            heard += [
                (event["type"], len(event["data"]["lines"]))
                for event in (await socket.hear())["events"]
                if event["subject"] == hold["id"]
            ]
    words = ["held", "confirmed", "cancelled"]
    assert heard == [(f"firmhold.reservation.{word}", 2) for word in words]


async def test_whoever_comes_back_with_a_cursor_has_missed_nothing(stage: Stage) -> None:
    item = await stage.item()
    reservation = (await stage.hold(item))["id"]
    token = await stage.token(Role.OPERATOR)
    async with Socket(stage.url, token) as socket:
        cursor = (await socket.subscribe(reservations=[reservation]))["cursor"]
    await stage.act(reservation, "confirm")
    async with Socket(stage.url, token) as socket:
        first = await socket.subscribe(reservations=[reservation], cursor=cursor)
        assert (first["type"], first["availability"]) == ("subscribed", [])
        missed = await socket.hear()
        assert [event["type"] for event in missed["events"]] == ["firmhold.reservation.confirmed"]
    headers = {"Last-Event-ID": cursor}
    async with stream(stage.http, f"reservations={reservation}", **headers) as events:
        await following(events)
        assert (await following(events)).data["events"] == missed["events"]


async def test_a_cursor_of_another_cluster_asks_to_look_anew(stage: Stage) -> None:
    item = await stage.item(7)
    async with Socket(stage.url) as socket:
        cursor = (await socket.subscribe(offerings=[item]))["cursor"]
        position = position_of(cursor)
        assert position is not None
        elsewhere = position._replace(system=position.system + 1).text()
        again = await socket.subscribe(offerings=[item], cursor=elsewhere)
        assert again["type"] == "resync"
        assert again["availability"][0]["available"] == 7


async def test_topics_can_be_changed(stage: Stage) -> None:
    item, other = await stage.item(), await stage.item()
    async with Socket(stage.url) as socket:
        await socket.subscribe(offerings=[item])
        await socket.subscribe(offerings=[other])
        await stage.hold(item)
        await stage.hold(other)
        assert [it["offering"] for it in (await socket.hear())["availability"]] == [other]


async def test_a_browser_says_who_it_is_in_a_message(stage: Stage) -> None:
    await stage.allow(public_catalogue=False)
    try:
        item = await stage.item()
        async with Socket(stage.url, origin=stage.url) as socket:
            refused = await socket.subscribe(offerings=[item])
            assert refused["problem"]["code"] == "unauthenticated"
            await socket.say("authenticate", token="nonsense")
            assert (await socket.hear())["problem"]["code"] == "unauthenticated"
            await socket.say("authenticate", token=await stage.token(Role.CUSTOMER))
            assert (await socket.hear())["type"] == "authenticated"
            assert (await socket.subscribe(offerings=[item]))["type"] == "subscribed"
            await socket.say("authenticate", token=await stage.token(Role.OWNER))
            assert (await socket.hear())["problem"]["code"] == "forbidden"
    finally:
        await stage.allow(public_catalogue=True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"authorization": "Bearer nonsense"}, 401),
        ({"x_organization": "nobody"}, 404),
    ],
)
async def test_who_may_not_connect_is_told_why(
    stage: Stage, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await Socket(stage.url, **headers).__aenter__()
    response = refused.value.response
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert json.loads(response.body)["status"] == status


NO_ITEM = "item_" + "0" * 32


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "malformed_request"),
        ("[]", "malformed_request"),
        ('{"type":"unknown"}', "malformed_request"),
        ('{"type":"subscribe"}', "malformed_request"),
        ('{"type":"subscribe","offerings":"x"}', "malformed_request"),
        ('{"type":"subscribe","more":1,"feed":true}', "malformed_request"),
        ('{"type":"subscribe","offerings":["item_1"]}', "not_found"),
        (json.dumps({"type": "subscribe", "offerings": [NO_ITEM]}), "not_found"),
        (json.dumps({"type": "subscribe", "sites": ["site_" + "0" * 32]}), "not_found"),
        (
            json.dumps({"type": "subscribe", "offerings": [NO_ITEM], "cursor": "x"}),
            "malformed_request",
        ),
        (json.dumps({"type": "subscribe", "reservations": ["rsv_" + "0" * 32]}), "unauthenticated"),
        ('{"type":"subscribe","feed":true}', "forbidden"),
        (
            json.dumps({"type": "subscribe", "offerings": [f"item_{n:032x}" for n in range(501)]}),
            "malformed_request",
        ),
    ],
)
async def test_a_message_that_makes_no_sense_is_answered_and_changes_nothing(
    stage: Stage, message: str, code: str
) -> None:
    item = await stage.item()
    async with Socket(stage.url) as socket:
        await socket.subscribe(offerings=[item])
        await socket.connection.send(message)
        assert (await socket.hear())["problem"]["code"] == code
        await socket.connection.send(b"\x00\xff")
        assert (await socket.hear())["problem"]["code"] == "malformed_request"
        await stage.hold(item)
        assert (await socket.hear())["availability"][0]["offering"] == item


async def test_a_message_that_is_too_long_ends_the_connection(stage: Stage) -> None:
    async with Socket(stage.url) as socket:
        await socket.connection.send("x" * 70_000)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.connection.recv(), 10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "malformed_request"),
        ("offerings=", "not_found"),
        ("offerings=nothing", "not_found"),
        (f"offerings={NO_ITEM}", "not_found"),
        (f"offerings={NO_ITEM}&cursor=1.2.3", "malformed_request"),
        ("feed=maybe", "malformed_request"),
        ("more=1", "malformed_request"),
    ],
)
async def test_a_stream_that_makes_no_sense_is_refused(stage: Stage, query: str, code: str) -> None:
    problem(await stage.http.get(f"/v1/live?{query}"), code)


async def test_nobody_hears_of_another_organization(stage: Stage) -> None:
    item = await stage.item()
    reservation = (await stage.hold(item))["id"]
    stranger = await stage.token(Role.OWNER, "elsewhere")
    headers = {"authorization": f"Bearer {stranger}"}
    async with httpx.AsyncClient(base_url=stage.url, headers=headers) as http:
        for query in (f"offerings={item}", f"reservations={reservation}"):
            problem(await http.get(f"/v1/live?{query}"), "not_found")
    async with Socket(stage.url, stranger) as socket:
        await socket.subscribe(feed=True)
        await stage.hold(item)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.connection.recv(), 0.5)
