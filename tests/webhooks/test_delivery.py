"""What happens is delivered: at least once, under the same id, in order, and to nobody else."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from firmhold.domain.commands import Confirm, Extend, Release
from firmhold.identity.directory import Directory
from firmhold.notify.webhooks import posting
from firmhold.notify.webhooks.posting import Outcome, Poster
from firmhold.notify.webhooks.rules import PAUSES
from firmhold.notify.webhooks.sending import Sender
from firmhold.relay.position import position_of
from firmhold.store.sql import statement
from tests.shop import OPERATOR, Shop
from tests.webhooks.desk import Desk
from tests.webhooks.receiver import OK, Receiver, answer


async def hold(desk: Desk, items: int = 1) -> str:
    lines = [(await desk.shop.item(10), 1) for _ in range(items)]
    return (await desk.shop.held(*lines)).id


async def test_a_change_is_delivered_signed_and_as_an_event(desk: Desk, receiver: Receiver) -> None:
    reservation = await hold(desk, items=2)
    await desk.deliver()
    *_, held = receiver.received
    event = held.verified(desk.secret)
    assert event["type"] == "firmhold.reservation.held"
    assert (event["subject"], len(event["data"]["lines"])) == (reservation, 2)
    assert held.id == event["id"]
    assert held.headers["content-type"] == "application/json"
    assert held.headers["host"] == receiver.url.split("/")[2]
    with pytest.raises(WebhookVerificationError):
        held.verified("whsec_" + "A" * 44)
    assert await desk.rows("DISTINCT status", "attempts", "error", "1 AS number") == [
        ("delivered", 1, None, 1)
    ]


async def test_only_events_that_are_asked_for_are_delivered(desk: Desk, receiver: Receiver) -> None:
    await desk.change(types=["reservation.confirmed"])
    reservation = await hold(desk)
    await desk.shop.submit(Confirm(reservation, OPERATOR))
    await desk.deliver()
    assert receiver.types == ["reservation.confirmed"]


async def test_what_was_before_the_webhook_is_not_delivered(shop: Shop, receiver: Receiver) -> None:
    await shop.held((await shop.item(3), 1))
    desk = Desk(shop, receiver)
    await desk.open()
    await desk.deliver()
    assert receiver.received == []


async def test_another_organization_gets_nothing_of_it(desk: Desk, receiver: Receiver) -> None:
    database = desk.shop.services.database
    other = await Directory(database).ensure_organization("other", "Other")
    async with database.read(other.id) as connection, connection.transaction():
        made, _ = await desk.webhooks.add(connection, other.id, receiver.url, None, [])
    await hold(desk)
    await desk.deliver()
    rows = await desk.rows("webhook_id")
    assert made.id[-32:] not in {id.hex for (id,) in rows}
    assert {id.hex for (id,) in rows} == {desk.id[-32:]}


async def test_what_fails_is_tried_again_later_under_the_same_id(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.change(types=["reservation.held"])
    receiver.answers = [answer(500), answer(503), OK]
    await hold(desk)
    await desk.deliver()
    for number, pause in ((1, PAUSES[0]), (2, PAUSES[1])):
        assert await desk.rows("status", "attempts") == [("waiting", number)]
        assert 0.7 * pause.total_seconds() <= await desk.waits() <= 1.3 * pause.total_seconds()
        await desk.send()
        assert len(receiver.received) == number, "and not before"
        await desk.later()
        await desk.send()
    assert await desk.rows("status", "attempts", "answer", "error") == [("delivered", 3, 204, None)]
    assert len({it.id for it in receiver.received}) == 1
    assert len({it.body for it in receiver.received}) == 1


async def test_what_fails_for_days_is_given_up_and_can_be_sent_again_by_hand(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.change(types=["reservation.held"])
    receiver.answers = [answer(500)]
    await hold(desk)
    await desk.deliver()
    for _ in PAUSES:
        await desk.later()
        await desk.send()
    assert await desk.rows("status", "attempts", "error") == [
        ("failed", len(PAUSES) + 1, "answered 500")
    ]
    await desk.later()
    await desk.send()
    assert len(receiver.received) == len(PAUSES) + 1
    receiver.answers = [OK]
    database, organization = desk.shop.services.database, desk.shop.organization.id
    async with database.read(organization) as connection, connection.transaction():
        await desk.webhooks.again(connection, organization, desk.id, receiver.received[0].id)
    await desk.send()
    assert await desk.rows("status", "attempts") == [("delivered", 1)]
    assert len({it.id for it in receiver.received}) == 1


async def test_a_receiver_may_ask_for_time(desk: Desk, receiver: Receiver) -> None:
    await desk.change(types=["reservation.held"])
    receiver.answers = [answer(429, "Retry-After: 7200"), answer(503, "Retry-After: soon")]
    await hold(desk)
    await desk.deliver()
    assert 7100 < await desk.waits() <= 7200
    await desk.later()
    await desk.send()
    assert await desk.waits() < 60


async def test_a_receiver_that_is_gone_is_asked_no_more(desk: Desk, receiver: Receiver) -> None:
    await desk.change(types=["reservation.held"])
    receiver.answers = [answer(410)]
    await hold(desk)
    await desk.deliver()
    await hold(desk)
    await desk.later()
    await desk.deliver()
    assert len(receiver.received) == 1
    webhook = await desk.webhooks.find(desk.shop.organization.id, desk.id)
    assert webhook.disabled_reason == "its receiver answered 410 Gone"
    acts = await desk.shop.fetch("SELECT kind FROM act WHERE kind LIKE 'webhook%'")
    assert [row["kind"] for row in acts] == ["webhook_disabled"]
    receiver.answers = [OK]
    await desk.change(enabled=True)
    await desk.later()
    await desk.send()
    # What waited is delivered; what happened in between was for nobody.
    assert await desk.rows("status") == [("delivered",)]


async def test_a_redirect_is_not_followed(desk: Desk, receiver: Receiver) -> None:
    await desk.change(types=["reservation.held"])
    receiver.answers = [answer(302, f"Location: {receiver.url}&again")]
    await hold(desk)
    await desk.deliver()
    assert len(receiver.received) == 1
    assert await desk.rows("status", "error") == [("waiting", "answered 302")]


async def test_a_receiver_that_hangs_is_left_and_keeps_nobody_else_waiting(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    receiver.hanging.set()
    for _ in range(30):
        await hold(desk)
    await desk.plan()
    await desk.sender.run_once()
    assert len(desk.sender._under_way) == 5, "a quarter of all, and no more"
    await desk.sender.settle()
    errors = {error for (error,) in await desk.rows("error") if error}
    assert errors == {"no answer within 0 seconds"}


async def test_events_of_one_subject_come_in_order_and_wait_for_the_one_before(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.change(types=["reservation.held", "reservation.confirmed", "reservation.released"])
    receiver.answers = [answer(500), OK]
    first = await hold(desk)
    await desk.plan()
    await desk.sender.run_once()
    await desk.sender.settle()
    second = await hold(desk)
    await desk.shop.submit(Confirm(first, OPERATOR))
    await desk.shop.submit(Release(second, OPERATOR))
    await desk.deliver()
    told = [(it.event["subject"], it.event["type"].rpartition(".")[2]) for it in receiver.received]
    assert told == [(first, "held"), (second, "held"), (second, "released")]
    await desk.later()
    await desk.send()
    told = [(it.event["subject"], it.event["type"].rpartition(".")[2]) for it in receiver.received]
    assert told[3:] == [(first, "held"), (first, "confirmed")]


async def test_one_endpoint_never_has_more_than_its_share(desk: Desk, receiver: Receiver) -> None:
    """Not even when some of it is under way while more is taken."""
    receiver.hanging.set()
    for _ in range(30):
        await hold(desk)
    await desk.plan()
    await desk.sender.run_once()
    under_way = [*desk.sender._under_way]
    for task in under_way[:2]:
        task.cancel()
    await asyncio.wait(under_way[:2])
    await desk.sender.run_once()
    assert len(desk.sender._under_way) == 5


async def test_a_sender_goes_on_while_an_endpoint_has_its_share(
    desk: Desk, receiver: Receiver
) -> None:
    for _ in range(12):
        await hold(desk)
    await desk.plan()
    while await desk.sender.run_once() == 0.0:
        pass
    assert [status for (status,) in await desk.rows("status")].count("waiting") == 0


async def due(desk: Desk) -> int:
    """Deliveries that are looked through for what is to be sent."""
    count: int = await desk.shop.fetchval(
        "SELECT count(*) FROM webhook_delivery "
        "WHERE status = 'waiting' AND next_at <= clock_timestamp()"
    )
    return count


async def test_what_has_to_wait_for_others_is_passed_over_once_and_due_when_it_is_its_turn(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.change(types=["reservation.held", "reservation.extended", "reservation.released"])
    receiver.answers = [answer(500), OK]
    first = await hold(desk)
    for seconds in range(600, 620):
        await desk.shop.submit(Extend(first, OPERATOR, seconds))
    await desk.shop.submit(Release(first, OPERATOR))
    await desk.plan()
    assert await due(desk) == 22
    await desk.send()
    assert await due(desk) == 0
    other = await hold(desk)
    await desk.deliver()
    assert [it.event["subject"] for it in receiver.received] == [first, other]
    await desk.shop.fetch(
        "UPDATE webhook_delivery SET next_at = clock_timestamp() WHERE attempts = 1"
        " AND status = 'waiting'"
    )
    await desk.send()
    words = [it.event["type"].rpartition(".")[2] for it in receiver.received[2:]]
    assert words == ["held", *["extended"] * 20, "released"]


async def test_what_was_given_up_lets_the_next_go_ahead(desk: Desk, receiver: Receiver) -> None:
    await desk.change(types=["reservation.held", "reservation.released"])
    receiver.answers = [answer(500)]
    first = await hold(desk)
    await desk.shop.submit(Release(first, OPERATOR))
    await desk.deliver()
    await desk.shop.fetch(
        "UPDATE webhook_delivery SET attempts = $1, next_at = clock_timestamp()"
        " WHERE type = 'reservation.held'",
        len(PAUSES),
    )
    receiver.answers = [answer(500), OK]
    await desk.send()
    assert await desk.rows("type", "status") == [
        ("reservation.held", "failed"),
        ("reservation.released", "delivered"),
    ]


async def test_what_is_put_by_as_the_one_before_ends_is_not_forgotten(
    desk: Desk, receiver: Receiver
) -> None:
    """Whoever notes the end of one waits for whoever puts by the next, and sees it then."""
    await desk.change(types=["reservation.held", "reservation.released"])
    first = await hold(desk)
    await desk.shop.submit(Release(first, OPERATOR))
    await desk.plan()
    database, poster = desk.shop.services.database, Waiting(private=True)
    sender = Sender(database, poster)
    sender._put_by_at = inf  # this one puts nothing by
    await sender.run_once()
    async with database.read_across() as connection:
        transaction = connection.transaction()
        await transaction.start()
        assert len(await connection.fetch(statement("webhooks", "put_by"), 100)) == 1
        poster.answered.set()
        await asyncio.sleep(0.3)
        assert sender.delivered == 0, "its end is not noted yet"
        await transaction.commit()
    await sender.settle()
    assert [status for (status,) in await desk.rows("status")] == ["delivered", "waiting"]
    await desk.send(sender)
    assert [status for (status,) in await desk.rows("status")] == ["delivered"] * 2


class Waiting(Poster):
    """Sends nothing, and says that it was taken when it is told to."""

    def __init__(self, *, private: bool) -> None:
        super().__init__(private=private)
        self.answered = asyncio.Event()

    async def post(self, *_: object) -> Outcome:
        await self.answered.wait()
        return Outcome(204, None, 1)


async def test_a_new_secret_and_the_one_before_are_both_good_for_a_day(
    desk: Desk, receiver: Receiver
) -> None:
    database, organization = desk.shop.services.database, desk.shop.organization.id
    async with database.read(organization) as connection, connection.transaction():
        webhook, secret = await desk.webhooks.rotate(connection, organization, desk.id)
    until = webhook.old_secret_until
    assert until is not None
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
    await hold(desk)
    await desk.deliver()
    for one in (secret, desk.secret):
        receiver.received[-1].verified(one)
    await desk.shop.fetch("UPDATE webhook SET old_until = clock_timestamp()")
    await hold(desk)
    await desk.deliver()
    receiver.received[-1].verified(secret)
    with pytest.raises(WebhookVerificationError):
        receiver.received[-1].verified(desk.secret)


async def test_a_private_address_is_refused_at_each_delivery_too(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook that was allowed when it was made: its name has another address by now."""

    async def found(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    await hold(desk)
    await desk.plan()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
    sender = Sender(desk.shop.services.database, Poster(private=False))
    await desk.shop.fetch("UPDATE webhook SET url = 'https://example.org/hook'")
    await desk.send(sender)
    assert receiver.received == []
    errors = {error for (error,) in await desk.rows("error") if error}
    assert errors == {"not allowed: the name is not of the public internet alone"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://nowhere.invalid/", "http://127.0.0.1:1/\u00e4"]
)
async def test_where_nobody_listens_that_is_said(desk: Desk, url: str) -> None:
    await desk.shop.fetch("UPDATE webhook SET url = $1", url)
    await hold(desk)
    await desk.deliver()
    errors = {error for (error,) in await desk.rows("error") if error}
    assert len(errors) == 1
    assert all(error.strip() for error in errors)


async def test_a_cursor_of_another_cluster_begins_anew(desk: Desk, receiver: Receiver) -> None:
    text = await desk.shop.fetchval("SELECT position FROM relay_cursor WHERE name = 'webhooks'")
    position = position_of(text)
    assert position is not None
    await hold(desk)
    elsewhere = position._replace(system=1).text()
    await desk.shop.fetch(
        "UPDATE relay_cursor SET position = $1 WHERE name = 'webhooks'", elsewhere
    )
    await desk.deliver()
    assert receiver.received == []
    await hold(desk)
    await desk.deliver()
    assert "reservation.held" in receiver.types


async def test_whenever_those_who_deliver_die_nothing_is_left_out_and_all_is_in_order(
    desk: Desk, receiver: Receiver
) -> None:
    """Planners and senders that are cancelled at any moment, several at once; each event is taken
    at least once, under one id, and those of a reservation first in their order."""
    dice, over = random.Random(5), asyncio.Event()
    database = desk.shop.services.database
    items = [await desk.shop.item(1000) for _ in range(3)]
    receiver.answers = [OK] * 3 + [answer(500)] + [OK]

    async def write() -> None:
        for _ in range(40):
            held = await desk.shop.held((dice.choice(items), 1))
            await desk.shop.submit(Confirm(held.id, OPERATOR))
            await asyncio.sleep(dice.random() * 0.01)

    async def work() -> None:
        while not over.is_set():
            poster = Poster(private=True)
            sender = Sender(database, poster)
            planner = asyncio.create_task(desk.planner.run_once())
            sending = asyncio.create_task(sender.run_once())
            await asyncio.sleep(dice.random() * 0.05)
            for task in (planner, sending):
                task.cancel()
            sender.cancel()
            await asyncio.gather(planner, sending, return_exceptions=True)
            await sender.settle()
            await poster.close()
            if dice.random() < 0.2:
                await desk.later()

    workers = [asyncio.create_task(work()) for _ in range(3)]
    await asyncio.gather(*(write() for _ in range(3)))
    over.set()
    await asyncio.gather(*workers)
    for _ in range(50):
        await desk.later()
        await desk.deliver()
        if not [1 for (status,) in await desk.rows("status") if status != "delivered"]:
            break
    first: dict[str, list[str]] = defaultdict(list)
    ids: dict[str, str] = {}
    for it in receiver.received:
        event = it.event
        word = event["type"].rpartition(".")[2]
        if event["subject"].startswith("rsv_") and word not in first[event["subject"]]:
            first[event["subject"]].append(word)
        assert ids.setdefault(f"{event['subject']} {event['type']}", it.id) == it.id
    assert len(first) == 120
    assert set(map(tuple, first.values())) == {("held", "confirmed")}
