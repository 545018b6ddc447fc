"""AWS SNS: text messages to phones, and topics for systems.

The library waits while it speaks, so each call has a thread of its own. It is an extra,
`firmhold[sns]`, and imported by whoever has it set up.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import boto3  # type: ignore[import-untyped]  # it has no types
from botocore.config import Config  # type: ignore[import-untyped]  # likewise
from botocore.exceptions import (  # type: ignore[import-untyped]  # likewise
    BotoCoreError,
    ClientError,
)

from firmhold.notify.carriers.carrier import Message, Outcome, Result, in_words

THREADS = 20

CONNECT_SECONDS, READ_SECONDS = 5, 12
"""Together less than the time for a message, so that no call goes on that was given up."""

LONGEST_SMS = 1600
"""Characters that SNS takes for a phone."""

LONGEST_SUBJECT = 99

_FOR_EVER = frozenset(
    {"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid", "OptedOut"}
)
"""What is wrong with this message. Anything else, throttling too, is about now or about us."""

_ORGANIZATION = "{organization}"


class Sns:
    """Publishes to phones and to topics."""

    def __init__(self, region: str | None, endpoint: str | None, topic: str | None = None) -> None:
        """`topic`: its ARN, in which `{organization}` is an organization's slug; messages go to
        phones without it. Who we are is found as AWS's tools find it: environment, files, role."""
        self._topic = topic
        self._client: Any = boto3.client(
            "sns",
            region_name=region,
            endpoint_url=endpoint,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                # Whoever sends tries again, and counts.
                retries={"total_max_attempts": 1},
                max_pool_connections=THREADS,
            ),
        )
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sns")

    async def carry(self, message: Message) -> Outcome:
        """See `Carrier`."""
        asked = _to_phone(message) if self._topic is None else _to_topic(self._topic, message)
        loop = asyncio.get_running_loop()
        try:
            publish = partial(self._client.publish, **asked)
            answer = await loop.run_in_executor(self._threads, publish)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            result = Result.NEVER if code in _FOR_EVER else Result.NOT_NOW
            return Outcome(result, in_words(error))
        except (BotoCoreError, OSError, ValueError) as error:
            return Outcome(Result.NOT_NOW, in_words(error))
        return Outcome(Result.TAKEN, answer.get("MessageId"))

    def close(self) -> None:
        """Let go of the threads; what they are waiting for is given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()


def _to_phone(message: Message) -> dict[str, Any]:
    text = f"{message.subject}\n\n{message.text}".strip()
    kind = {"DataType": "String", "StringValue": "Transactional"}
    return {
        "PhoneNumber": message.address,
        "Message": text[:LONGEST_SMS],
        "MessageAttributes": {**_attributes(message), "AWS.SNS.SMS.SMSType": kind},
    }


def _to_topic(topic: str, message: Message) -> dict[str, Any]:
    arn = topic.replace(_ORGANIZATION, message.organization)
    asked = {
        "TopicArn": arn,
        "Message": message.text,
        "MessageAttributes": _attributes(message),
    }
    # All that SNS takes as a subject: ASCII without controls, less than a hundred characters.
    subject = re.sub(r"[^\x20-\x7e]", "", message.subject)[:LONGEST_SUBJECT].strip()
    if subject:
        asked["Subject"] = subject
    if arn.endswith(".fifo"):
        # SNS itself keeps from what comes twice within five minutes.
        asked |= {"MessageDeduplicationId": message.id, "MessageGroupId": message.reservation}
    return asked


def _attributes(message: Message) -> dict[str, Any]:
    told = {
        "notification": message.id,
        "kind": message.kind,
        "organization": message.organization,
        "reservation": message.reservation,
    }
    return {
        name: {"DataType": "String", "StringValue": value} for name, value in told.items() if value
    }
