"""How the live door says things. What many are told is put into words once."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from firmhold.doors.live.shapes import CountsView
from firmhold.doors.shared.reply import encode
from firmhold.relay.change import Entry
from firmhold.relay.cloud_event import cloud_event
from firmhold.relay.event import Event
from firmhold.relay.position import Position
from firmhold.relay.subscription import News

SHARED = 64
"""Frames that are kept because others will be told the same: those of one look."""

MOST_SHARED = 32
"""Counts and events in a frame that is kept; a larger one is hardly ever the same for two."""

_SHARED: "dict[tuple[int, ...], tuple[News, Said]]" = {}


def words(what: Entry | Event) -> bytes:
    """An offering's counts after an entry, or an event."""
    return encode(cloud_event(what) if isinstance(what, Event) else _counts(what))


def counts_of(row: Mapping[str, Any]) -> CountsView:
    """An offering's counts, from its row of stock."""
    return CountsView(
        f"{row['kind']}_{row['id'].hex}",
        row["seq"],
        row["capacity"],
        row["held"],
        row["confirmed"],
        row["available"],
    )


def subscribed(position: Position, stock: Iterable[Mapping[str, Any]], *, resync: bool) -> bytes:
    """The first frame: where the subscriber stands, and the counts of offerings they asked for."""
    return encode(
        {
            "type": "resync" if resync else "subscribed",
            "cursor": position.text(),
            "availability": [counts_of(row) for row in stock],
        }
    )


class Said(NamedTuple):
    """What a subscriber is told at once, in words."""

    json: bytes
    framed: bytes
    """The same as a WebSocket frame, which is alike for all: what servers send is not masked."""


def said(news: News) -> Said:
    """What is told to many is put together once."""
    if len(news.availability) + len(news.events) > MOST_SHARED:
        return _said(news)
    # The hub tells all of them the same objects, which are kept here, so their ids are theirs.
    key = (
        id(news.position),
        news.resync,
        len(news.availability),
        *map(id, news.availability),
        *map(id, news.events),
    )
    known = _SHARED.get(key)
    if known is None:
        if len(_SHARED) >= SHARED:
            _SHARED.clear()
        known = _SHARED[key] = news, _said(news)
    return known[1]


def framed(text: bytes) -> bytes:
    """A message of text as a frame of a server (RFC 6455, section 5.2)."""
    length = len(text)
    if length < 126:
        head = bytes((0x81, length))
    elif length < 65_536:
        head = b"\x81\x7e" + length.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + length.to_bytes(8, "big")
    return head + text


def _said(news: News) -> Said:
    text = _frame(news)
    return Said(text, framed(text))


def _frame(news: News) -> bytes:
    return b'{"type":"%b","cursor":"%b","availability":[%b],"events":[%b]}' % (
        b"resync" if news.resync else b"change",
        news.position.text().encode(),
        b",".join([told.json for told in news.availability]),
        b",".join([told.json for told in news.events]),
    )


def alive(position: Position) -> bytes:
    """That nothing has happened, up to a position."""
    return b'{"type":"alive","cursor":"%b"}' % position.text().encode()


def _counts(entry: Entry) -> CountsView:
    return CountsView(
        entry.offering,
        entry.seq,
        entry.capacity,
        entry.held,
        entry.confirmed,
        entry.available,
    )
