"""An HTTP answer before anything is sent."""

from typing import Any, NamedTuple

import msgspec

Headers = tuple[tuple[bytes, bytes], ...]
JSON: Headers = ((b"content-type", b"application/json"),)
REPLAYED: Headers = (*JSON, (b"idempotent-replayed", b"true"))

encode = msgspec.json.Encoder().encode
"""JSON bytes of any shape; instants as RFC 3339 in UTC, ending in Z."""


class Reply(NamedTuple):
    """Status, body and headers of an answer."""

    status: int
    body: bytes
    headers: Headers = JSON


def json_reply(status: int, shape: Any, *headers: tuple[bytes, bytes]) -> Reply:
    """An answer with a JSON body."""
    return Reply(status, encode(shape), (*JSON, *headers))
