"""`/api/admin/bookings`: who has booked what, for those who run the place; also as a spreadsheet.

The patients' details are for those who run the organization, and for nobody else.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from firmhold.domain.errors import Code, Refusal, Refused, refuse
from firmhold.domain.model import Status
from firmhold.doors.appointments.shapes import BookingsQuery, ReportedBooking
from firmhold.doors.appointments.shared import (
    TAG,
    booked_slot,
    booking_status,
)
from firmhold.doors.shared.filters import Named, require_ids, require_there
from firmhold.doors.shared.operation import Call, Example, Operation, operation
from firmhold.doors.shared.pages import next_link, time_cursor, time_position
from firmhold.doors.shared.reply import JSON, Reply, encode
from firmhold.doors.shared.spreadsheet import VARY, csv_of, csv_reply, wants_csv
from firmhold.engine.roster import Position, Rostered, RosterFilter
from firmhold.engine.timetable import PublishedSlot
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []

USUAL_LINES = 100
"""On a page, unless told otherwise."""

AT_ONCE = 500
"""Lines of a spreadsheet that are read at a time, while others have their turn."""

MOST_LINES = 100_000
"""Lines of a spreadsheet: years of a large hospital, and as much as a process should keep in mind
for one request."""

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
    permission=Permission.CUSTOMERS_READ,
    query=BookingsQuery,
    answer=list[ReportedBooking],
    other_media_types=("text/csv",),
    refusals=(Code.NOT_FOUND, Code.LIMIT_EXCEEDED),
    example=Example(query="status=PENDING&limit=10"),
)
async def report_bookings(call: Call) -> Reply:
    """All bookings with their patients, those for the latest slots first. Also as `text/csv`: then
    all at once, up to 100,000, or in pages like the list's if `limit` is given."""
    query: BookingsQuery = call.query
    named = {"site": query.site_id, "slot": query.slot_id}
    require_ids(named)
    where = RosterFilter(
        None if query.status is None else _STATUSES[query.status],
        query.site_id,
        query.slot_id,
        query.since,
        query.until,
    )
    cursor = time_cursor(query.cursor, "slot_", "rsv_")
    beyond = None if cursor is None else (cursor[0], cursor[1][0], cursor[1][1])
    as_csv = wants_csv(query.format, call.headers)
    if as_csv and query.limit is None:
        return await _spreadsheet(call, where, beyond, named)
    page, further = await _page(call, where, beyond, query.limit or USUAL_LINES)
    if not page:
        await require_there(call, named)
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if further is not None:
        position = time_position(*further)
        headers = ((b"link", next_link("/api/admin/bookings", query, position)),)
    if as_csv:
        return csv_reply("bookings", csv_of(_cells(page), COLUMNS), *headers)
    return Reply(200, encode(page), (*JSON, VARY, *headers))


async def _spreadsheet(
    call: Call, where: RosterFilter, beyond: Position | None, named: Named
) -> Reply:
    """All there are. Raises `Refused` should that be too many."""
    lines, parts = 0, [csv_of((), COLUMNS)]
    async for page in _pages(call, where, beyond):
        lines += len(page)
        if lines > MOST_LINES:
            raise Refused(_too_many())
        parts.append(csv_of(_cells(page)))
    if not lines:
        await require_there(call, named)
    return csv_reply("bookings", b"".join(parts))


async def _pages(
    call: Call, where: RosterFilter, beyond: Position | None
) -> AsyncIterator[list[ReportedBooking]]:
    """All there are beyond a position, some at a time."""
    while True:
        page, beyond = await _page(call, where, beyond, AT_ONCE)
        yield page
        if beyond is None:
            return


async def _page(
    call: Call, where: RosterFilter, beyond: Position | None, limit: int
) -> tuple[list[ReportedBooking], Position | None]:
    """Lines beyond a position, and the position beyond which there may be more."""
    found, further = await call.services.roster.page(
        call.organization, where, beyond=beyond, limit=limit
    )
    names = dict.fromkeys(it.slot for it in found)
    slots = {it.id: it for it in await call.services.timetable.find(call.organization, list(names))}
    return [_line(it, slots[it.slot]) for it in found], further


def _too_many() -> Refusal:
    return refuse(
        Code.LIMIT_EXCEEDED,
        f"There are more than {MOST_LINES:,} bookings: narrow them down by time, or ask for pages "
        "with limit.",
        limit="bookings",
        bound=MOST_LINES,
    )


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


def _cells(lines: Sequence[ReportedBooking]) -> list[tuple[Any, ...]]:
    return [msgspec.structs.astuple(line) for line in lines]
