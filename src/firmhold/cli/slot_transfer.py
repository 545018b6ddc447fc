"""The slots of a site from a file and into one, as CSV or iCalendar.

Owns what is printed and the exit codes; what a file comes to is the engine's business.
"""

import asyncio
import csv
import io
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from firmhold.cli.common import database_url, find_organization, open_database, stop
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Per, Terms
from firmhold.engine.engine import Engine
from firmhold.engine.places import Places, Site
from firmhold.engine.pools import PoolKind
from firmhold.engine.slot_import import Imported, SlotImport
from firmhold.engine.slot_reading import AHEAD, File, FileKind
from firmhold.engine.timetable import PublishedSlot, Required, SlotFilter, Timetable
from firmhold.planning.calendar_file import Entry, write_feed
from firmhold.planning.slot_file import COLUMNS
from firmhold.planning.zones import zone_of
from firmhold.settings import Settings
from firmhold.store.transfer_write import safe_cell

KINDS = {"csv": FileKind.CSV, "ics": FileKind.CALENDAR}

SHOWN = 20
"""Rejected rows that are printed. The file of rejects has all of them, if one is asked for."""

PAGE = 500
"""Sites, or slots, of one query."""


class AtSite(NamedTuple):
    """What a command works with."""

    engine: Engine
    organization: str
    site: Site


def at_site(settings: Settings, site: str, work: Callable[[AtSite], Awaitable[int]]) -> int:
    """The exit code of `work` for the site with this name or id."""

    async def run(dsn: str) -> int:
        async with _open(settings, dsn, site) as found:
            return await work(found)

    with database_url(settings) as dsn:
        return asyncio.run(run(dsn))


@asynccontextmanager
async def _open(settings: Settings, dsn: str, site: str) -> AsyncIterator[AtSite]:
    async with open_database(settings, dsn) as database:
        found = await find_organization(database, settings.organization)
        engine = Engine(database)
        engine.start()
        try:
            yield AtSite(engine, found.id, await _site(engine, found.id, site))
        finally:
            await engine.close()


async def _site(engine: Engine, organization: str, named: str) -> Site:
    places = Places(engine)
    after = None
    while True:
        page = await places.find(organization, after=after, limit=PAGE)
        for site in page:
            if named in {site.id, site.fields.name}:
                return site
        if len(page) < PAGE:
            stop(f"--site: there is no site {named!r}", 1)
        after = page[-1].id


# --- import ---


class Summary(NamedTuple):
    """What an import has come to."""

    created: int
    rejected: int
    errors: list[tuple[int, str | None, str, str]]
    """Line, field, reason, and the row as it stands in the file or the UID of the event."""
    outside: int
    """Events that do not start within the time that is looked at."""
    cancelled: int
    kept: bool
    """False if rows were rejected and so nothing at all was kept."""
    seconds: float


async def import_slots(here: AtSite, actor: str, file: File, *, keep: bool) -> Summary:
    """Publish the slots of a file. Ends the command if it cannot be read at all."""
    began = time.monotonic()
    done: list[Imported] = []

    def tell(imported: Imported) -> None:
        done[:] = [imported]

    reply = await SlotImport(here.engine).carry_out(
        here.organization, actor, here.site.id, file, lambda _: (201, b""), keep=keep, tell=tell
    )
    if isinstance(reply, Refusal) and "rejected" not in reply.facts:
        stop(reply.detail)
    created, rejected, outside, cancelled = done[0]
    errors = [(it.line, it.field, it.reason, it.uid or it.raw) for it in rejected]
    seconds = time.monotonic() - began
    kept = not isinstance(reply, Refusal)
    return Summary(created, len(errors), errors, outside, cancelled, kept, seconds)


def show(summary: Summary, rejects: Path | None) -> None:
    """Tell a person."""
    for line, field, reason, _ in summary.errors[:SHOWN]:
        print(f"line {line}: {f'{field} ' if field else ''}{reason}", file=sys.stderr)
    if summary.rejected > SHOWN:
        print(f"… and {summary.rejected - SHOWN:,} more", file=sys.stderr)
    print(
        f"{summary.created:,} slots created, {summary.rejected:,} rejected, {summary.outside:,} "
        f"outside the next {AHEAD.days} days, {summary.cancelled:,} cancelled, in "
        f"{summary.seconds:.1f} s."
    )
    if not summary.kept:
        print("Nothing was kept, as rows were rejected.", file=sys.stderr)
    elif not summary.created:
        print("Nothing in the file could be published.", file=sys.stderr)
    if summary.rejected and rejects is not None:
        print(f"The rejected rows are in {rejects}.", file=sys.stderr)


# --- export ---


class Exported(NamedTuple):
    """What an export has come to."""

    rows: int
    incomplete: int
    """Slots of which there is more than the file can say."""


LEFT_OUT = {
    FileKind.CSV: "require more than a room and a practitioner, which is not in the file.",
    FileKind.CALENDAR: "have terms, metadata or requirements, which are not in a calendar.",
}
"""What an incomplete slot has lost."""


async def export_slots(
    here: AtSite, target: BinaryIO, kind: FileKind, *, counts: bool, spreadsheet_safe: bool
) -> Exported:
    """Write the slots of a site that are to come, in a form that an import reads back: from CSV
    as they were, but for what they take from other pools; from a calendar, which knows neither
    terms nor metadata, when and where they are and what for."""
    if kind is FileKind.CALENDAR:
        slots = [slot async for slot in _slots(here)]
        zone = zone_of(here.site.fields.zone)
        target.write(write_feed(map(_entry, slots), name=here.site.fields.name, zone=zone))
        return Exported(len(slots), sum(not _is_plain(slot) for slot in slots))
    cell = safe_cell if spreadsheet_safe else str
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    names = [name for name in COLUMNS if name != "minutes"]
    writer.writerow([*names, *(("held", "confirmed", "available") if counts else ())])
    rows = incomplete = 0
    async for slot in _slots(here):
        values = _row(slot)
        more = (slot.offering.held, slot.offering.confirmed, slot.available) if counts else ()
        writer.writerow([*(cell(values[name]) for name in names), *more])
        rows += 1
        incomplete += _requires_more(slot)
    text.detach()
    return Exported(rows, incomplete)


async def _slots(here: AtSite) -> AsyncIterator[PublishedSlot]:
    timetable = Timetable(here.engine.database)
    where = SlotFilter(here.site.id, here.site.now)
    after = None
    while True:
        page = await timetable.page(here.organization, where, after=after, limit=PAGE)
        for slot in page:
            yield slot
        if len(page) < PAGE:
            return
        after = page[-1].position


def _row(slot: PublishedSlot) -> dict[str, str]:
    fields, terms = slot.fields, slot.fields.terms
    values = {
        "title": fields.title,
        "starts_at": _instant(slot.starts_at),
        "ends_at": _instant(slot.ends_at),
        "capacity": slot.offering.capacity,
        "room": _taken(slot, PoolKind.ROOM),
        "practitioner": _taken(slot, PoolKind.PRACTITIONER),
        "description": fields.description,
        "price_amount": terms.unit_price,
        "price_currency": terms.currency,
        "sale_starts_at": _instant(terms.sale_starts_at),
        "sale_ends_at": _instant(terms.sale_ends_at),
        "min_quantity": terms.min_quantity,
        "max_quantity": terms.max_quantity,
        "max_per_customer": terms.max_per_customer,
        "hold_ttl_seconds": terms.hold_ttl_seconds,
        "open": "true" if fields.open else "false",
        "metadata": msgspec.json.encode(fields.metadata).decode() if fields.metadata else None,
    }
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _taken(slot: PublishedSlot, kind: PoolKind) -> str | None:
    return next((it.name for it in slot.of_kind(kind) if it.per is Per.SLOT), None)


def _is_plain(slot: PublishedSlot) -> bool:
    """Whether a calendar can say all there is of it. What came from a calendar goes into one."""
    fields, rooms = slot.fields, slot.of_kind(PoolKind.ROOM)
    simple = len(slot.requires) == len(rooms) and not _requires_more(slot)
    own = fields.metadata.keys() - {"calendar"}
    return simple and fields.open and not own and fields.terms == Terms()


def _requires_more(slot: PublishedSlot) -> bool:
    """Whether it requires anything but one room and one practitioner for itself."""
    kinds = [it.kind for it in slot.requires if it.per is Per.SLOT]
    simple = {PoolKind.ROOM, PoolKind.PRACTITIONER}
    return len(kinds) < len(slot.requires) or not set(kinds) <= simple or _repeats(slot.requires)


def _repeats(requires: Sequence[Required]) -> bool:
    return len({it.kind for it in requires}) < len(requires)


def _entry(slot: PublishedSlot) -> Entry:
    return Entry(
        uid=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=slot.fields.title,
        changed_at=slot.updated_at,
        sequence=slot.offering.seq,
        location=_taken(slot, PoolKind.ROOM),
        description=slot.fields.description,
        capacity=slot.offering.capacity,
    )
