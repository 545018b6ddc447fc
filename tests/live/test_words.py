"""What is told to many is put into words once, and to each what they are to be told."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from firmhold.doors.live import words
from firmhold.doors.live.words import framed, said
from firmhold.relay.change import Entry
from firmhold.relay.position import Position
from firmhold.relay.subscription import News, Told

POSITION = Position(1, 7)


def told(number: int) -> Told:
    counts, now = (0,) * 6, datetime.now(UTC)
    offering = f"item_{number}"
    entry = Entry(7, "org_1", offering, None, number, "held", None, *counts, now, "x", None, None)
    return Told(7, entry, json.dumps({"offering": entry.offering}).encode())


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    words._SHARED.clear()


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 100_000])
def test_a_frame_is_what_any_client_reads_as_that_text(length: int) -> None:
    reader = StreamReader()
    reader.feed_data(framed(b"x" * length))
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as done:
        next(parsing)
    frame = done.value.value
    assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, b"x" * length)
    assert not reader.buffer


def test_those_who_are_told_the_same_share_a_frame() -> None:
    counts, event = told(1), told(2)
    first, second = (said(News(POSITION, (counts,), (event,), False)) for _ in range(2))
    assert first is second
    assert framed(first.json) == first.framed


def test_whatever_is_different_is_told_differently() -> None:
    one, two = told(1), told(2)
    all_news = [
        News(POSITION, (one,), (), False),
        News(POSITION, (two,), (), False),
        News(POSITION, (one, two), (), False),
        News(POSITION, (two, one), (), False),
        News(POSITION, (), (one, two), False),
        News(POSITION, (one,), (two,), False),
        News(POSITION, (one,), (), True),
        News(Position(1, 8), (one,), (), False),
    ]
    texts = [said(news).json for news in all_news]
    assert len(set(texts)) == len(texts)
    assert texts == [said(news).json for news in all_news]
    for text, news in zip(texts, all_news, strict=True):
        frame = json.loads(text)
        assert frame["cursor"] == news.position.text()
        assert frame["type"] == ("resync" if news.resync else "change")
        assert [it["offering"] for it in frame["availability"]] == [
            it.what.offering for it in news.availability if isinstance(it.what, Entry)
        ]


def test_only_so_much_is_kept() -> None:
    for number in range(3 * words.SHARED):
        said(News(POSITION, (told(number),), (), False))
        assert len(words._SHARED) <= words.SHARED
    many = tuple(told(number) for number in range(words.MOST_SHARED + 1))
    words._SHARED.clear()
    said(News(POSITION, many, (), False))
    assert words._SHARED == {}
