"""An HTTP answer before anything is sent."""

from collections.abc import AsyncIterator
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

Header = tuple[bytes, bytes]
Headers = tuple[Header, ...]
JSON: Headers = ((b"content-type", b"application/json"),)
CALENDAR: Headers = ((b"content-type", b"text/calendar; charset=utf-8"),)
KEPT_BY_ITS_READER = (b"cache-control", b"private, no-cache")
REPLAYED: Headers = (*JSON, (b"idempotent-replayed", b"true"))

encode = msgspec.json.Encoder().encode
"""JSON bytes of any shape; instants as RFC 3339 in UTC, ending in Z."""


class Reply(NamedTuple):
    """Status, body and headers of an answer."""

    status: int
    body: bytes
    headers: Headers = JSON
    stream: AsyncIterator[bytes] | None = None
    """What follows the body, for as long as there is anything."""


def json_reply(status: int, shape: Any, *headers: Header) -> Reply:
    """An answer with a JSON body."""
    return Reply(status, encode(shape), (*JSON, *headers))


def calendar_reply(content: bytes) -> Reply:
    """An answer that is a calendar, and that whoever has it need not be sent again."""
    etag = f'"{blake2b(content, digest_size=16).hexdigest()}"'.encode()
    return Reply(200, content, (*CALENDAR, (b"etag", etag), KEPT_BY_ITS_READER))


def unless_known(reply: Reply, known: bytes) -> Reply:
    """The reply, or only that nothing has changed, for whoever names with `If-None-Match` what it
    has already (RFC 9110, section 13.1.2)."""
    headers = dict(reply.headers)
    etag = headers.get(b"etag")
    if etag is None or reply.status != 200:
        return reply
    named = [tag.strip().removeprefix(b"W/") for tag in known.split(b",")]
    if etag not in named and b"*" not in named:
        return reply
    return Reply(304, b"", ((b"etag", etag), (b"cache-control", headers[b"cache-control"])))
