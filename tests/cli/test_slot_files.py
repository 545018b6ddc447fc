"""Slots that go out as a file and in again: as they were, or it is said what the file has not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firmhold.cli.transfer import export_command, import_command
from tests.databases import Address
from tests.doors.client import Api, ok
from tests.shop import open_shop

TERMS = {
    "title": "=1+1",
    "description": "Two\nlines, with a comma",
    "capacity": 4,
    "price": {"amount": 4900, "currency": "EUR"},
    "sale_starts_at": "2026-01-01T00:00:00Z",
    "sale_ends_at": "2100-01-01T00:00:00Z",
    "min_quantity": 2,
    "max_quantity": 6,
    "max_per_customer": 8,
    "hold_ttl_seconds": 90,
    "open": False,
    "metadata": {"floor": 3, "tags": ["ä", None], "share": 0.1, "large": 2**70},
}

OWN = {"id", "version", "created_at", "updated_at", "server_time"}
"""What another slot has otherwise."""


@pytest.fixture
async def api(database: Address, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    monkeypatch.setenv("FIRMHOLD_DATABASE_URL", database.dsn)
    monkeypatch.setenv("FIRMHOLD_ORGANIZATION", "default")
    async with open_shop(database.dsn) as shop:
        api = Api(shop)
        async with api.http:
            await api.open()
            yield api


def at(hours: int) -> str:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return (hour + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


async def export(path: Path, site: str, **options: Any) -> int:
    return await asyncio.to_thread(export_command, str(path), slots=True, site=site, **options)


async def test_a_slot_goes_out_and_in_again_as_it_was(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = (await api.site())["id"]
    taken = {
        kind: (await api.pool(kind, name=f"={kind}"))["id"] for kind in ("room", "practitioner")
    }
    await api.slot(site, starts_at=at(30), **{**TERMS, **taken})
    await api.slot(site, starts_at=at(40))
    before = await api.walk("/v1/slots", api.operator, site=site)
    assert await export(tmp_path / "out.csv", site) == 0
    assert "of them" not in capsys.readouterr().err
    for slot in before:
        ok(await api.delete(f"/v1/slots/{slot['id']}", api.operator))
    given = str(tmp_path / "out.csv")
    assert await asyncio.to_thread(import_command, given, slots=True, site=site) == 0
    after = await api.walk("/v1/slots", api.operator, site=site)
    assert [{name: it[name] for name in it.keys() - OWN} for it in after] == [
        {name: it[name] for name in it.keys() - OWN} for it in before
    ]


async def test_an_export_says_what_its_file_has_not(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, doctor = (await api.site())["id"], (await api.pool("practitioner"))["id"]
    kits = (await api.pool("equipment", 3))["id"]
    some: tuple[dict[str, Any], ...] = (
        {},
        {"room": (await api.pool())["id"]},
        {"max_quantity": 2},
        {"practitioner": doctor},
        {"open": False},
        {"metadata": {"a": 1}},
        {"requirements": [{"pool": kits, "units": 1}]},
    )
    for more in some:
        await api.slot(site, **more)
    for name, left_out in (
        ("out.ics", "5 of them have terms, metadata or requirements"),
        ("out.csv", "1 of them require more than a room and a practitioner"),
    ):
        assert await export(tmp_path / name, site) == 0
        assert left_out in capsys.readouterr().err


async def test_a_file_that_is_safe_for_a_spreadsheet_is_not_for_reading_back(
    api: Api, tmp_path: Path
) -> None:
    """An apostrophe that was put there looks like one that was there."""
    site = (await api.site())["id"]
    for hour, title in enumerate(("=A", "'=A")):
        await api.slot(site, title=title, starts_at=at(30 + hour))
    for safe, titles in ((True, ["'=A", "'=A"]), (False, ["=A", "'=A"])):
        assert await export(tmp_path / "out.csv", site, spreadsheet_safe=safe) == 0
        lines = (tmp_path / "out.csv").read_text().splitlines()[1:]
        assert [line.partition(",")[0] for line in lines] == titles
