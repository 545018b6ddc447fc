"""The page about files names every column that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from firmhold.planning import slot_file
from firmhold.store import transfer_format

PAGE = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_the_columns_of_slots_are_all_there() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) ?\|", section("Slots as CSV"), re.MULTILINE)
    assert [name for name, _ in rows] == sorted(
        slot_file.COLUMNS, key=[name for name, _ in rows].index
    )
    required = [name for name, about in rows if about == "required"]
    assert sorted(required) == sorted(slot_file.REQUIRED)


def test_the_columns_of_items_are_all_there() -> None:
    named = re.findall(r"`([a-z_]+)`", section("Items").partition("Times need")[0])
    assert sorted(named) == sorted(transfer_format.FIELDS)
    assert tuple(named[:3]) == transfer_format.REQUIRED
