"""`/api/admin/bookings`: who has booked what, for those who run the place; also as a spreadsheet.

The patients' details are for the organization's own people, and for nobody else.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from firmhold.domain.model import Status
from firmhold.doors.appointments.shapes import BookingsQuery, ReportedBooking
from firmhold.doors.appointments.shared import (
    TAG,
    booked_slot,
    booking_status,
    slot_named,
)
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Access, Call, Example, Operation, operation
from firmhold.doors.shared.pages import next_link, time_cursor, time_position
from firmhold.doors.shared.reply import JSON, Reply, encode
from firmhold.engine.roster import Rostered, RosterFilter
from firmhold.engine.timetable import PublishedSlot
from firmhold.store.transfer_write import safe_cell

TABLE: list[Operation] = []

CSV = ((b"content-type", b"text/csv; charset=utf-8"),)

COLUMNS = tuple(field.encode_name for field in msgspec.structs.fields(ReportedBooking))

_STATUSES = {
    name: tuple(status for status in Status if booking_status(status)[0] == name)
    for name in ("PENDING", "CONFIRMED", "FAILED")
}


@operation(
    "GET",
    "/api/admin/bookings",
    table=TABLE,
    tag=TAG,
    access=Access.READER,
    query=BookingsQuery,
    answer=list[ReportedBooking],
    other_media_types=("text/csv",),
    example=Example(query="status=PENDING&limit=10"),
)
async def report_bookings(call: Call) -> Reply:
    """All bookings with their patients, those for the latest slots first. Also as `text/csv`,
    page by page like the list."""
    query: BookingsQuery = call.query
    if query.site_id is not None:
        require_id(query.site_id, "site_", "site")
    if query.slot_id is not None:
        slot_named(query.slot_id)
    where = RosterFilter(
        None if query.status is None else _STATUSES[query.status],
        query.site_id,
        query.slot_id,
        query.since,
        query.until,
    )
    beyond = time_cursor(query.cursor, "slot_", "rsv_")
    found, further = await call.services.roster.page(
        call.organization,
        where,
        beyond=None if beyond is None else (beyond[0], *beyond[1]),
        limit=query.limit,
    )
    names = dict.fromkeys(it.slot for it in found)
    slots = {it.id: it for it in await call.services.timetable.find(call.organization, list(names))}
    lines = [_line(it, slots[it.slot]) for it in found]
    headers: tuple[tuple[bytes, bytes], ...] = ((b"vary", b"accept"),)
    if further is not None:
        position = time_position(*further)
        headers += ((b"link", next_link("/api/admin/bookings", query, position)),)
    if query.format == "csv" or (query.format is None and _prefers_csv(call.headers)):
        return Reply(200, _csv(lines), (*CSV, *headers, _ATTACHED))
    return Reply(200, encode(lines), (*JSON, *headers))


_ATTACHED = (b"content-disposition", b'attachment; filename="bookings.csv"')


def _line(it: Rostered, slot: PublishedSlot) -> ReportedBooking:
    status, reason = booking_status(it.status)
    when = booked_slot(slot)
    return ReportedBooking(
        it.reservation,
        status,
        reason,
        it.status.value,
        it.customer,
        it.name,
        it.email,
        it.notes,
        it.units,
        it.slot,
        when.title,
        when.starts_at,
        when.ends_at,
        when.zone,
        when.site_name,
        when.room,
        when.practitioner,
        it.created_at,
        it.expires_at,
        it.confirmed_at,
        it.ended_at,
    )


def _csv(lines: Sequence[ReportedBooking]) -> bytes:
    """The lines as RFC 4180 has them, with an apostrophe before what a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([_cell(value) for value in msgspec.structs.astuple(line)])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip().startswith(_FORMULAS):
        return f"'{value}"
    return "" if value is None else safe_cell(value)


_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also behind white space, and in full width: some spreadsheets are generous."""


def _prefers_csv(headers: Mapping[bytes, bytes]) -> bool:
    """Whether `Accept` asks for CSV rather than for JSON."""
    weights = {"text/csv": 0.0, "application/json": 0.0}
    for part in headers.get(b"accept", b"").decode("latin-1").split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if kind in weights:
            weights[kind] = _weight(parameters)
    return weights["text/csv"] > weights["application/json"]


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
