"""What is for anyone and takes something is looked at once, however many ask."""

from __future__ import annotations

import asyncio

import pytest

from firmhold.doors.operations import health
from firmhold.doors.shared.reply import Reply
from tests.doors.client import Api

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 50


@pytest.mark.parametrize(("path", "name"), [("/metrics", "metrics"), ("/readyz", "ready")])
async def test_whoever_asks_meanwhile_has_what_is_found(
    stage: Api, monkeypatch: pytest.MonkeyPatch, path: str, name: str
) -> None:
    looks, found = 0, asyncio.Event()

    async def look(*_: object) -> Reply:
        nonlocal looks
        looks += 1
        await found.wait()
        return Reply(200, b"%d" % looks)

    monkeypatch.setattr(health, name, look)
    first = asyncio.create_task(stage.get(path))
    while not looks:
        await asyncio.sleep(0)
    others = [asyncio.create_task(stage.get(path)) for _ in range(MANY)]
    for _ in range(MANY):
        await asyncio.sleep(0)
    first.cancel()  # who asked first goes away
    found.set()
    await asyncio.wait(others, timeout=30)
    answered = [it for it in others if it.done() and not it.cancelled()]
    assert [it.result().content for it in answered] == [b"1"] * MANY
    assert (await stage.get(path)).content == b"2", "and whoever asks later, what is then"
