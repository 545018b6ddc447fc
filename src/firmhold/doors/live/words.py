"""How the live door says things. What many are told is put into words once."""

from collections.abc import Iterable, Mapping
from typing import Any

from firmhold.doors.live.shapes import CountsView
from firmhold.doors.shared.reply import encode
from firmhold.relay.change import Entry
from firmhold.relay.cloud_event import cloud_event
from firmhold.relay.event import Event
from firmhold.relay.position import Position
from firmhold.relay.subscription import News


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


def frame(news: News) -> bytes:
    """What a subscriber is told at once."""
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
