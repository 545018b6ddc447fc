"""Lists in pages, with cursors that say nothing to anyone but us."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from firmhold.domain.errors import Refused, malformed
from firmhold.doors.shared.reply import Reply, json_reply


def encode_cursor(position: str | int) -> str:
    """An opaque cursor for a position in a list."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> str | int | None:
    """The position a cursor stands for. Raises `Refused` for one that we did not make."""
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        position: str | int = msgspec.json.decode(raw, type=str | int)
    except (ValueError, UnicodeEncodeError, binascii.Error, msgspec.MsgspecError):
        raise Refused(malformed("cursor", "not a cursor of this list")) from None
    if isinstance(position, int) and not 0 <= position < 2**63:
        raise Refused(malformed("cursor", "not a cursor of this list"))
    return position


def page(path: str, query: Any, entries: Sequence[Any], next_position: str | int | None) -> Reply:
    """A page as `{"data": […], "next": cursor}`, with `Link: rel="next"` while there is more."""
    if next_position is None:
        return json_reply(200, {"data": entries, "next": None})
    cursor = encode_cursor(next_position)
    given = {name: value for name, value in msgspec.to_builtins(query).items() if value is not None}
    link = f'<{path}?{urlencode({**given, "cursor": cursor})}>; rel="next"'
    return json_reply(200, {"data": entries, "next": cursor}, (b"link", link.encode()))
