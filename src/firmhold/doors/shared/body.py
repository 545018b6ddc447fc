"""Reading and decoding what was sent, with errors that name the field and the reason."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from firmhold.domain.errors import Refused, malformed
from firmhold.doors.shared.wording import NO_TIME, explain

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_FLAGS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

LONGEST_QUERY = 8_000
"""Bytes of a query string, and with it of any cursor in one."""

MOST_PARAMETERS = 50

_ONCE = frozenset(
    {
        *(b"authorization", b"host", b"content-type", b"content-length", b"x-organization"),
        *(b"idempotency-key", b"x-idempotency-key", b"origin", b"sec-fetch-site"),
    }
)
"""Headers that decide something. Of two, a proxy may believe one and we the other."""


class File(NamedTuple):
    """A body that is not JSON."""

    media_type: str
    """Without parameters, in lower case."""
    content: bytes


class Disconnected(Exception):
    """Whoever sent the request went away before the request was complete."""


async def read_body(receive: Receive, limit: int) -> bytes:
    """The whole body. Raises `Refused` as soon as it is over the limit."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise Disconnected
    if message.get("more_body", False):
        # Grown in place: a large one may come byte by byte.
        grown = bytearray(body)
        while message.get("more_body", False) and len(grown) <= limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            grown += message.get("body", b"")
        body = bytes(grown)
    if len(body) > limit:
        refusal = malformed("body", f"at most {limit:,} bytes")
        raise Refused(refusal._replace(facts={**refusal.facts, "body_limit": limit}))
    return body


def refuse_repeated(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raises `Refused` for a header that decides something and is there more than once."""
    seen: set[bytes] = set()
    for name, _ in headers:
        if name in seen and name in _ONCE:
            raise Refused(malformed(name.decode().title(), "given more than once"))
        seen.add(name)


def decode(decoder: "msgspec.json.Decoder[Any]", body: bytes) -> Any:
    """The decoded body. Raises `Refused` naming what is wrong with it."""
    if _NUL.search(body):
        raise Refused(malformed("body", "the character U+0000 cannot be stored"))
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Refused(explain(str(error), lambda: msgspec.json.decode(body))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error) if body else "it is empty"
        raise Refused(malformed("body", f"not valid JSON: {reason}")) from None


def as_file(media_types: Sequence[str], headers: Mapping[bytes, bytes], body: bytes) -> File:
    """The body as the file that its `Content-Type` says. Raises `Refused` for any other type."""
    named = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if named not in media_types:
        raise Refused(malformed("Content-Type", f"must be {' or '.join(media_types)}"))
    return File(named, body)


def decode_query(shape: type, query: bytes) -> Any:
    """Query parameters in the shape an operation wants them. Raises `Refused`."""
    if len(query) > LONGEST_QUERY:
        raise Refused(malformed("query", f"at most {LONGEST_QUERY:,} bytes"))
    if query.count(b"&") >= MOST_PARAMETERS:
        raise Refused(malformed("query", f"at most {MOST_PARAMETERS} parameters"))
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(query),
            errors="strict",
        )
    except ValueError:
        raise Refused(malformed("query", "not a valid query string")) from None
    numbers, flags = _named(shape, msgspec.inspect.IntType), _named(shape, msgspec.inspect.BoolType)
    values: dict[str, str | int | bool] = {}
    for name, value in pairs:
        if name in values:
            raise Refused(malformed(name, "given more than once"))
        if "\x00" in value:
            raise Refused(malformed(name, "the character U+0000 cannot be stored"))
        # Parsed here: msgspec's own leniency would also take "null", "1e1" and epoch seconds.
        if name in numbers and _NUMBER.fullmatch(value):
            values[name] = int(value)
        elif name in flags and value in _FLAGS:
            values[name] = _FLAGS[value]
        else:
            values[name] = value
    try:
        decoded: Any = msgspec.convert(values, shape)
    except msgspec.ValidationError as error:
        refusal = explain(str(error), lambda: values)
        field, reason = refusal.facts["field"], refusal.facts["reason"]
        if field == "body":
            refusal = malformed("query", reason)
        elif reason == NO_TIME:
            refusal = malformed(field, f"{reason}; in an address, + is written as %2B")
        raise Refused(refusal) from None
    for field in msgspec.structs.fields(shape):
        value = getattr(decoded, field.name)
        if isinstance(value, datetime):
            require_instant(field.encode_name, value)
    _require_span(getattr(decoded, "since", None), getattr(decoded, "until", None))
    return decoded


def _require_span(since: datetime | None, until: datetime | None) -> None:
    """Raises `Refused` for a stretch of time with nothing in it: nobody means that."""
    if since is not None and until is not None and until <= since:
        raise Refused(malformed("to", "not after from"))


@cache
def _named(shape: type, wanted: type[msgspec.inspect.Type]) -> frozenset[str]:
    """The parameters that are of this type."""
    info = msgspec.inspect.type_info(shape)
    assert isinstance(info, msgspec.inspect.StructType)
    return frozenset(field.encode_name for field in info.fields if _is(field.type, wanted))


def _is(kind: msgspec.inspect.Type, wanted: type[msgspec.inspect.Type]) -> bool:
    if isinstance(kind, msgspec.inspect.Metadata):
        return _is(kind.type, wanted)
    if isinstance(kind, msgspec.inspect.UnionType):
        return any(_is(one, wanted) for one in kind.types)
    return isinstance(kind, wanted)


def require_instant(field: str, instant: datetime | None) -> None:
    """Raises `Refused` for an instant whose offset takes it out of the calendar."""
    try:
        if instant is not None:
            instant.astimezone(UTC)
    except OverflowError:
        raise Refused(malformed(field, "a time outside the years 1 to 9999")) from None


def idempotency_key(headers: Mapping[bytes, bytes]) -> str | None:
    """The request's idempotency key, bare or as the quoted string of the IETF draft."""
    other = headers.get(b"x-idempotency-key")
    raw = headers.get(b"idempotency-key", other)
    if raw is None:
        return None
    if other is not None and other != raw:
        raise Refused(malformed("X-Idempotency-Key", "not the same as Idempotency-Key"))
    key = raw.decode("latin-1").strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not _KEY.fullmatch(key):
        raise Refused(
            malformed("Idempotency-Key", "1 to 255 printable ASCII characters without spaces")
        )
    return key
