"""Names of organizations, as anybody may send them: what cannot be one is not looked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from firmhold.identity import directory as module
from firmhold.identity.directory import Directory


class Nothing:
    """A database with no organization in it, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @asynccontextmanager
    async def read_across(self) -> AsyncIterator[Any]:
        yield self

    async def fetchrow(self, _: str, name: str, id: str | None) -> None:
        self.asked.append(name)


@pytest.mark.parametrize(
    "name",
    ["", "a" * 64, "a" * 20_000, "Upper", "-first", "two words", "a\n", "ä", "org_" + "0" * 31],
    ids=lambda name: f"{name[:12]!r} of {len(name)}",
)
async def test_what_cannot_be_a_name_is_neither_looked_for_nor_remembered(name: str) -> None:
    nothing: Any = Nothing()
    directory = Directory(nothing)
    assert await directory.organization(name) is None
    assert nothing.asked == []
    assert len(directory._cached) == 0


@pytest.mark.parametrize("name", ["a", "town-theatre", "0" * 63, "org_" + "0" * 32])
async def test_what_can_be_one_is_looked_for_once_in_a_while(name: str) -> None:
    nothing: Any = Nothing()
    directory = Directory(nothing)
    for _ in range(3):
        assert await directory.organization(name) is None
    assert nothing.asked == [name]


async def test_so_many_names_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    nothing: Any = Nothing()
    directory = Directory(nothing)
    for name in "abcde":
        await directory.organization(name)
    assert len(directory._cached) == 3
    await directory.organization("e")
    assert nothing.asked == ["a", "b", "c", "d", "e"]
