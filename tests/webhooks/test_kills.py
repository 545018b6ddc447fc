"""The long run, for a moment."""

from __future__ import annotations

from tests.databases import Address
from tests.webhooks.kills import run


async def test_whoever_delivers_is_killed_again_and_again_and_nothing_is_left_out(
    database: Address,
) -> None:
    report = await run(database, events=800, kills=6)
    assert report.ok, report
    assert report.events >= 800
    assert report.kills == 6
