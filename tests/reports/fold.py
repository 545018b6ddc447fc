"""What a ledger adds up to, worked out the long way: entry by entry, from the ledger alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

QUIET = {"updated", "extended", "fulfilled", "no_show", "waitlisted", "unlisted"}


@dataclass
class Sale:
    first: datetime | None = None
    outs: list[datetime] = field(default_factory=list)
    opened: list[datetime] = field(default_factory=list)


@dataclass
class Fold:
    """By subject and quarter of an hour."""

    counts: dict[tuple[Any, int], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    waits: dict[tuple[Any, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    sales: dict[Any, Sale] = field(default_factory=lambda: defaultdict(Sale))


def fold(entries: Iterable[Mapping[str, Any]]) -> Fold:
    """Entries with `offering_kind` and `site_id`, in any order that keeps each offering's."""
    found = Fold()
    held_at: dict[Any, datetime] = {}
    units: dict[Any, Counter[Any]] = defaultdict(Counter)
    happened: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    entries = sorted(entries, key=lambda e: (e["at"], e["xid"], e["offering_id"], e["seq"]))
    for entry in entries:
        happened[entry["xid"], entry["at"], entry["reservation_id"], entry["kind"]].append(entry)
        if entry["kind"] == "held":
            held_at[entry["reservation_id"]] = entry["at"]
    last = _ends(entries)
    for (_, at, reservation, kind), group in happened.items():
        for entry in group:
            units[reservation][entry["offering_id"]] += (
                entry["held_delta"] + entry["confirmed_delta"]
            )
        if kind in QUIET:
            continue
        when = at
        if kind == "expired" and group[0]["hold_expires_at"] is not None:
            when = min(at, group[0]["hold_expires_at"])
        quarter = int(when.timestamp() // 900)
        subjects: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
        for entry in group:
            subjects[0, entry["offering_id"]].append(entry)
            if entry["site_id"] is not None:
                subjects[1, entry["site_id"]].append(entry)
            scope = 2 if entry["offering_kind"] == "item" else 3
            subjects[scope, entry["organization_id"]].append(entry)
        for subject, own in subjects.items():
            counts = found.counts[subject, quarter]
            held = sum(e["held_delta"] for e in own)
            confirmed = sum(e["confirmed_delta"] for e in own)
            counts["capacity"] += sum(e["capacity_delta"] for e in own)
            counts["held"] += held
            counts["confirmed_units"] += confirmed
            counts.update(_what(kind, held, confirmed, is_end=last.get(reservation) == (at, kind)))
            if counts_as_confirmed(kind, held, confirmed):
                found.waits[subject, quarter].append((at - held_at[reservation]).total_seconds())
    _sales(found, entries)
    return found


def counts_as_confirmed(kind: str, held: int, confirmed: int) -> bool:
    return kind == "confirmed" and held < 0 < confirmed


def _what(kind: str, held: int, confirmed: int, *, is_end: bool) -> Counter[str]:
    """What somebody's entries of one kind, of one transaction, count as."""
    counts: Counter[str] = Counter()
    if kind == "held":
        counts.update(holds=1, units_held=held)
    elif kind == "expired":
        counts.update(expired=1, units_expired=-held)
    elif kind == "reacquired":
        counts.update(reacquired=1, units_confirmed=confirmed)
    elif kind == "confirmed" and confirmed:
        counts.update({"confirmed" if held else "direct": 1}, units_confirmed=confirmed)
    elif kind == "confirmed":
        counts.update(released=1 if held else 0)
    elif is_end and kind in {"released", "cancelled"}:
        counts.update({kind: 1})
    return counts


def _ends(entries: Iterable[Mapping[str, Any]]) -> dict[Any, tuple[datetime, str]]:
    """When a reservation's last units went, for good, and how."""
    units: Counter[Any] = Counter()
    last: dict[Any, tuple[datetime, str]] = {}
    for entry in entries:
        reservation, change = (
            entry["reservation_id"],
            entry["held_delta"] + entry["confirmed_delta"],
        )
        if reservation is not None and change:
            units[reservation] += change
            last[reservation] = (entry["at"], entry["kind"])
    return {it: end for it, end in last.items() if units[it] == 0}


def _sales(found: Fold, entries: Iterable[Mapping[str, Any]]) -> None:
    by_offering: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        by_offering[entry["offering_id"]].append(entry)
    for offering, own in by_offering.items():
        sale, out = found.sales[offering], False
        own.sort(key=lambda e: e["seq"])
        for place, entry in enumerate(own):
            begins = entry["kind"] == "held" or (
                entry["kind"] == "confirmed"
                and not entry["held_delta"]
                and entry["confirmed_delta"]
            )
            if begins:
                sale.first = min(sale.first or entry["at"], entry["at"])
            if place + 1 < len(own) and own[place + 1]["xid"] == entry["xid"]:
                continue
            taken = entry["held"] + entry["confirmed"]
            now = taken > 0 and taken >= entry["capacity"]
            if now and not out:
                sale.outs.append(entry["at"])
            elif out and not now:
                sale.opened.append(entry["at"])
            out = now
