"""A real server that speaks as AWS SNS does: topics, phones, throttling, refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from firmhold.notify.carriers.carrier import Message, Result
from firmhold.notify.carriers.configured import carriers_of
from firmhold.notify.carriers.log import LogCarrier
from firmhold.notify.carriers.sns import LONGEST_SMS, Sns
from firmhold.notify.notices.kinds import Channel
from firmhold.settings import Settings
from tests.notices.desk import Desk, Kept

REGION, PHONE = "eu-central-1", "+4930123456"

MESSAGE = Message(
    "ntf_0123456789abcdef0123456789abcdef",
    "confirmation",
    "theatre",
    "Town Theatre",
    "rsv_0123456789abcdef0123456789abcdef",
    "",
    "Bestätigt: Abend\n",
    "Grüße",
)

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning")


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """Its address."""
    patch = pytest.MonkeyPatch()
    patch.setenv("AWS_ACCESS_KEY_ID", "test")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    patch.undo()


def client(aws: str, service: str) -> Any:
    return boto3.client(service, region_name=REGION, endpoint_url=aws)


class Queue:
    """What comes out of a topic at the other end."""

    def __init__(self, aws: str, name: str) -> None:
        fifo = name.endswith(".fifo")
        attributes = {"FifoTopic": "true"} if fifo else {}
        of_queue = {"FifoQueue": "true"} if fifo else {}
        sns, self._sqs = client(aws, "sns"), client(aws, "sqs")
        self.topic = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        self._url = self._sqs.create_queue(QueueName=name, Attributes=of_queue)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])

    def all(self) -> list[dict[str, Any]]:
        found = []
        while more := self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            found += [json.loads(it["Body"]) for it in more]
            for it in more:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=it["ReceiptHandle"])
        return found


async def test_a_topic_has_the_text_and_what_it_is_about(aws: str) -> None:
    queue = Queue(aws, "firmhold-theatre")
    # The organization's slug is put in by us; nobody else says which topic.
    carrier = Sns(REGION, aws, queue.topic.replace("theatre", "{organization}"))
    outcome = await carrier.carry(MESSAGE)
    assert outcome.result is Result.TAKEN and outcome.detail
    (told,) = queue.all()
    assert told["Message"] == "Grüße"
    assert told["Subject"] == "Besttigt: Abend"
    attributes = {name: it["Value"] for name, it in told["MessageAttributes"].items()}
    assert attributes == {
        "notification": MESSAGE.id,
        "kind": "confirmation",
        "organization": "theatre",
        "reservation": MESSAGE.reservation,
    }
    carrier.close()


async def test_what_is_published_twice_comes_out_of_a_fifo_topic_once(aws: str) -> None:
    queue = Queue(aws, "firmhold-theatre.fifo")
    carrier = Sns(REGION, aws, queue.topic)
    for _ in range(2):
        assert (await carrier.carry(MESSAGE)).result is Result.TAKEN
    # The server of the tests does not sort out what comes twice itself: by this it can be.
    assert {it["MessageId"] for it in queue.all()}
    carrier.close()


async def test_a_phone_has_subject_and_text_in_bounds(aws: str) -> None:
    carrier = Sns(REGION, aws)
    long = MESSAGE._replace(address=PHONE, text="x" * 5000)
    assert (await carrier.carry(long)).result is Result.TAKEN
    assert LONGEST_SMS == 1600
    carrier.close()


async def test_a_topic_that_is_not_there_yet_is_tried_again(aws: str) -> None:
    carrier = Sns(REGION, aws, f"arn:aws:sns:{REGION}:123456789012:nowhere")
    outcome = await carrier.carry(MESSAGE)
    assert outcome.result is Result.NOT_NOW
    assert "NotFound" in str(outcome.detail)
    carrier.close()


async def test_a_number_that_is_none_is_given_up(aws: str) -> None:
    carrier = Sns(REGION, aws)
    outcome = await carrier.carry(MESSAGE._replace(address="NOTANUMBER"))
    assert outcome.result is Result.NEVER, outcome
    carrier.close()


async def test_nobody_who_listens_is_tried_again() -> None:
    carrier = Sns(REGION, "http://127.0.0.1:9")
    assert (await carrier.carry(MESSAGE._replace(address=PHONE))).result is Result.NOT_NOW
    carrier.close()


@asynccontextmanager
async def answering(status: int, code: str) -> AsyncIterator[str]:
    """The address of an SNS that says this to everybody."""
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].split("\r\n")[0])
        asked.append(await reader.readexactly(length))
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code></Error></ErrorResponse>"
        )
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: text/xml\r\nconnection: close\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}".encode()
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    assert len(asked) == 1, "whoever sends tries again, and not the library"
    server.close()


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        (400, "Throttling", Result.NOT_NOW),
        (400, "ThrottledException", Result.NOT_NOW),
        (429, "TooManyRequestsException", Result.NOT_NOW),
        (500, "InternalError", Result.NOT_NOW),
        (503, "ServiceUnavailable", Result.NOT_NOW),
        (403, "AuthorizationError", Result.NOT_NOW),
        (403, "InvalidClientTokenId", Result.NOT_NOW),
        (400, "InvalidParameter", Result.NEVER),
        (400, "OptedOut", Result.NEVER),
    ],
)
async def test_what_is_about_now_or_about_us_is_tried_again_and_what_is_about_it_is_not(
    aws: str, status: int, code: str, result: Result
) -> None:
    async with answering(status, code) as there:
        carrier = Sns(REGION, there)
        outcome = await carrier.carry(MESSAGE._replace(address=PHONE))
        assert outcome.result is result, outcome
        carrier.close()


async def test_each_channel_goes_its_own_way(quiet: Desk, kept: Kept, aws: str) -> None:
    queue = Queue(aws, "each-default")
    await quiet.settings("email", "sms", "topic", "log")
    user = await quiet.user("ada@example.org")
    await quiet.prefer(user, phone=PHONE)
    await quiet.reserve(await quiet.shop.item(5, sku="SEAT"), customer=user)
    await quiet.reserve(await quiet.shop.item(5), customer="bob@example.org")
    senders = [
        quiet.sender,
        quiet.sender_of(Channel.SMS, Sns(REGION, aws)),
        quiet.sender_of(Channel.TOPIC, Sns(REGION, aws, queue.topic)),
        quiet.sender_of(Channel.LOG, LogCarrier()),
    ]
    await quiet.plan()
    for sender in senders:
        await quiet.send(sender)
    rows = await quiet.rows("channel", "status", "address", "detail IS NULL")
    assert sorted(rows) == [
        ("email", "sent", "ada@example.org", True),
        ("email", "sent", "bob@example.org", True),
        ("log", "sent", None, True),
        ("log", "sent", None, True),
        ("sms", "dropped", None, False),
        ("sms", "sent", PHONE, False),
        ("topic", "sent", None, False),
        ("topic", "sent", None, False),
    ]
    assert len(queue.all()) == 2
    counts = await quiet.shop.fetch("SELECT channel, outcome, total FROM notice_count")
    assert {tuple(it) for it in counts} == {
        ("email", "sent", 2),
        ("log", "sent", 2),
        ("sms", "sent", 1),
        ("sms", "dropped", 1),
        ("topic", "sent", 2),
    }


async def test_what_is_not_set_up_is_told_to_the_log_without_saying_what_or_to_whom(
    quiet: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    await quiet.settings("email", "sms", "topic", "log")
    await quiet.reserve(await quiet.shop.item(5, sku="A secret wish"))
    await quiet.plan()
    for channel, carrier in carriers_of(Settings()).items():
        await quiet.send(quiet.sender_of(channel, carrier))
    printed = "".join(capsys.readouterr())
    assert printed.count("a notification") == 3, "there is no phone number"
    assert "no mail server is set up" in printed
    assert "wish" not in printed and "ada@" not in printed
    assert ("email", "sent", "logged: no mail server is set up") in await quiet.rows(
        "channel", "status", "detail"
    )
