"""Lists in pages, with cursors that say nothing to anyone but us."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from firmhold.domain.errors import Refused, malformed
from firmhold.doors.shared.ids import is_id
from firmhold.doors.shared.reply import Reply, json_reply


def encode_cursor(position: str | int) -> str:
    """An opaque cursor for a position in a list."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def id_cursor(cursor: str | None, prefix: str) -> str | None:
    """The id that a cursor stands for. Raises `Refused` for one that this list did not make."""
    position = _decoded(cursor)
    if position is None or (isinstance(position, str) and is_id(position, prefix)):
        return position
    raise _not_ours()


def time_cursor(
    cursor: str | None, *prefixes: str | tuple[str, ...]
) -> tuple[datetime, list[str]] | None:
    """The instant and the ids, one for each kind, that a cursor stands for. Raises `Refused` for
    one that this list did not make."""
    position = _decoded(cursor)
    if position is None:
        return None
    at, *ids = str(position).split(" ")
    if len(ids) != len(prefixes) or not all(map(is_id, ids, prefixes)):
        raise _not_ours()
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        raise _not_ours() from None
    if instant.utcoffset() != timedelta():
        raise _not_ours()
    return instant.astimezone(UTC), ids


def time_position(at: datetime, *ids: str) -> str:
    """The position of an instant and ids, as `time_cursor` reads it."""
    return " ".join((at.astimezone(UTC).isoformat(), *ids))


def number_cursor(cursor: str | None) -> int | None:
    """The number that a cursor stands for. Raises `Refused` for one that this list did not
    make."""
    position = _decoded(cursor)
    if position is None or (isinstance(position, int) and 0 <= position < 2**63):
        return position
    raise _not_ours()


def _decoded(cursor: str | None) -> str | int | None:
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        position: str | int = msgspec.json.decode(raw, type=str | int)
    except (ValueError, UnicodeEncodeError, binascii.Error, msgspec.MsgspecError):
        raise _not_ours() from None
    return position


def _not_ours() -> Refused:
    return Refused(malformed("cursor", "not a cursor of this list"))


def page(path: str, query: Any, entries: Sequence[Any], next_position: str | int | None) -> Reply:
    """A page as `{"data": […], "next": cursor}`, with `Link: rel="next"` while there is more."""
    if next_position is None:
        return json_reply(200, {"data": entries, "next": None})
    body = {"data": entries, "next": encode_cursor(next_position)}
    return json_reply(200, body, (b"link", next_link(path, query, next_position)))


def next_link(path: str, query: Any, position: str | int) -> bytes:
    """The `Link` header to the page after a position, with everything else that was asked for."""
    given = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in msgspec.to_builtins(query).items()
        if value is not None
    }
    given["cursor"] = encode_cursor(position)
    return f'<{path}?{urlencode(given)}>; rel="next"'.encode()
