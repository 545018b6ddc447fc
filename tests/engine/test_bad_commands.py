"""A command that cannot be carried out for a defect of somebody's fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from firmhold.domain.commands import Asked, Cancel, Hold
from firmhold.domain.errors import Refusal
from firmhold.engine.ticket import Answer, Key
from tests.engine.several import clean, outcomes
from tests.shop import OPERATOR, Shop, new_id

BAD: dict[str, dict[str, Any]] = {
    "a NUL in the notes": {"notes": "a\0b"},
    "a lone surrogate in the notes": {"notes": "\ud800"},
    "a NUL in the customer": {"customer": "a\0b"},
    "a lone surrogate in the customer": {"customer": "\udfff"},
    "a NUL in the metadata": {"metadata": {"a": "\0"}},
    "a lone surrogate in the metadata": {"metadata": {"a": "\ud800"}},
    "a number beyond the column": {"guest_count": 2**40},
    "a number of the wrong kind": {"guest_count": "many"},
    "a negative number": {"guest_count": -1},
    "an id that is none": {"reservation": "rsv_nonsense"},
    "an item's id that is none": {"lines": (Asked("item_nonsense", 1),)},
    "metadata that cannot be written": {"metadata": {"a": object()}},
}


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What is logged about the failures, kept off the terminal."""
    with capture_logs() as logs:
        yield logs


def hold(item: str, **more: Any) -> Hold:
    fields = {"reservation": new_id("rsv"), "lines": (Asked(item, 1),), "customer": None, **more}
    return Hold(actor=OPERATOR, **fields)


@pytest.mark.parametrize("what", BAD)
async def test_a_value_that_cannot_be_stored_fails_alone_and_at_once(shop: Shop, what: str) -> None:
    item = await shop.item(100)
    await shop.held((item, 1))
    loop = asyncio.get_running_loop()
    began = loop.time()
    replies = await asyncio.gather(
        *(shop.hold((item, 1)) for _ in range(7)),
        shop.submit(hold(item, **BAD[what])),
        *(shop.hold((item, 1)) for _ in range(8)),
        return_exceptions=True,
    )
    bad = replies.pop(7)
    assert outcomes(replies) == {"accepted": 15}
    # An error of the driver's, or a refusal; but nothing that says "try again".
    assert isinstance(bad, Exception | Refusal) and "overloaded" not in repr(bad), bad
    assert loop.time() - began < 4, "somebody waited for the engine to give up"
    assert await shop.counts(item) == (100, 16, 0)
    await clean(shop)


async def test_several_bad_ones_in_one_batch(shop: Shop) -> None:
    item = await shop.item(1_000)
    await shop.held((item, 1))
    good = [shop.hold((item, 1)) for _ in range(100)]
    bad = [shop.submit(hold(item, notes="a\0b")) for _ in range(10)]
    mixed = [one for n in range(10) for one in (*good[n * 10 : n * 10 + 10], bad[n])]
    replies = await asyncio.gather(*mixed, return_exceptions=True)
    failed = [reply for reply in replies if isinstance(reply, Exception)]
    assert len(failed) == 10
    assert outcomes(reply for reply in replies if reply not in failed) == {"accepted": 100}
    assert await shop.counts(item) == (1_000, 101, 0)
    await clean(shop)


@pytest.mark.parametrize(
    ("what", "render"),
    [
        ("raises", lambda accepted, now: 1 / 0),
        ("is no pair", lambda accepted, now: None),
        ("has a status beyond the column", lambda accepted, now: (100_000, b"")),
        ("has text for a body", lambda accepted, now: (200, "text")),
    ],
)
async def test_an_answer_that_cannot_be_rendered_fails_alone(
    shop: Shop, what: str, render: Any
) -> None:
    """And what was to be answered has not happened either."""
    item = await shop.item(100)
    await shop.held((item, 1))
    key = Key.of("user:1", "place_hold", "bad", b"")
    replies = await asyncio.gather(
        *(shop.hold((item, 1)) for _ in range(5)),
        shop.services.engine.submit(shop.organization.id, hold(item), render, key),
        *(shop.hold((item, 1)) for _ in range(5)),
        return_exceptions=True,
    )
    bad = replies.pop(5)
    assert isinstance(bad, Exception), bad
    assert outcomes(replies) == {"accepted": 10}
    assert await shop.counts(item) == (100, 11, 0)
    # The key is free for a request that can be answered.
    assert isinstance(await shop.hold((item, 1), key=key), Answer)
    await clean(shop)


async def test_a_command_about_nothing_fails_alone(shop: Shop) -> None:
    item = await shop.item(100)
    replies = await asyncio.gather(
        shop.hold((item, 1)),
        shop.hold((new_id("item"), 1)),
        shop.submit(Cancel(new_id("rsv"), OPERATOR)),
        shop.hold((item, 1), (new_id("item"), 1)),
        shop.hold(),
        shop.hold(*((item, 1) for _ in range(101))),
        shop.hold((item, 1)),
    )
    assert outcomes(replies) == {"accepted": 2, "not_found": 3, "malformed_request": 2}
    assert await shop.counts(item) == (100, 2, 0)
    await clean(shop)


async def test_a_reservation_id_in_use_is_not_taken_again(shop: Shop) -> None:
    item = await shop.item(100)
    command = hold(item)
    assert isinstance(await shop.submit(command), Answer)
    again = await asyncio.gather(shop.submit(command), shop.hold((item, 1)), return_exceptions=True)
    assert not isinstance(again[0], Answer)
    assert isinstance(again[1], Answer)
    assert await shop.counts(item) == (100, 2, 0)
    await clean(shop)
