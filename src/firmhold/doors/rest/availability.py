"""`/v1/offerings`: what is left, why not, what it was at an instant, and the ledger behind it."""

from typing import cast

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.doors.rest.shapes.offerings import (
    AvailabilityQuery,
    AvailabilityView,
    BusyView,
    CountsView,
    EntryView,
    LedgerQuery,
    WhyNotNow,
)
from firmhold.doors.shared.ids import require_id, require_offering
from firmhold.doors.shared.operation import Call, Example, Operation, Without, operation
from firmhold.doors.shared.pages import number_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.engine.timetable import Availability
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "offerings"


@operation(
    "GET",
    "/v1/offerings/{offering}/availability",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    query=AvailabilityQuery,
    answer=(AvailabilityView, CountsView),
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"offering": "item"}),
)
async def get_availability(call: Call) -> Reply:
    """What is left now, and why it cannot be had if it cannot; or, with `at`, the counts as they
    stood at that instant."""
    id = _id(call)
    query: AvailabilityQuery = call.query
    organization = call.organization
    if query.at is not None:
        counts = await call.services.reader.counts_at(organization, id, query.at)
        if counts is None:
            return problem(
                refuse(Code.NOT_FOUND, "There was no such offering at that time.", offering=id)
            )
        if query.at > counts.now:
            return problem(malformed("at", "lies in the future"))
        return json_reply(
            200,
            CountsView(
                id,
                query.at,
                counts.capacity,
                counts.held,
                counts.confirmed,
                counts.capacity - counts.held - counts.confirmed,
                counts.version,
                counts.now,
            ),
        )
    found = await call.services.timetable.availability(organization, id)
    if found is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such offering.", offering=id))
    return json_reply(200, _view(found))


def _view(found: Availability) -> AvailabilityView:
    offering = found.offering
    facts = {} if found.refusal is None else found.refusal.facts
    busy = None
    if found.reason == Code.POOL_BUSY:
        busy = BusyView(facts["pool"], facts["pool_name"], facts["busy_from"], facts["busy_until"])
    return AvailabilityView(
        offering.id,
        offering.capacity,
        offering.held,
        offering.confirmed,
        offering.capacity - offering.held - offering.confirmed,
        found.refusal is None,
        cast(WhyNotNow, found.reason),
        facts.get("bookable_from"),
        facts.get("bookable_until"),
        busy,
        offering.waiting,
        found.next_expiry,
        offering.seq,
        found.now,
    )


@operation(
    "GET",
    "/v1/offerings/{offering}/ledger",
    table=TABLE,
    tag=TAG,
    permission=Permission.LEDGER_READ,
    query=LedgerQuery,
    answer=list[EntryView],
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"offering": "item"}),
)
async def list_ledger(call: Call) -> Reply:
    """Every change to an offering, with the counts that each one left."""
    id = _id(call)
    query: LedgerQuery = call.query
    organization = call.organization
    about = query.reservation and require_id(query.reservation, "rsv_", "reservation")
    newest = query.order == "newest"
    if about and newest:
        raise Refused(malformed("order", "a reservation's entries come oldest first"))
    after = number_cursor(query.cursor) or 0
    found = await call.services.reader.ledger(
        organization, id, after=after, limit=query.limit, about=about, newest=newest
    )
    if not found and not await call.services.timetable.availability(organization, id):
        return problem(refuse(Code.NOT_FOUND, "There is no such offering.", offering=id))
    entries = [
        EntryView(
            row["seq"],
            row["kind"],
            row["at"],
            row["actor"],
            row["reservation_id"],
            row["capacity_delta"],
            row["held_delta"],
            row["confirmed_delta"],
            row["capacity"],
            row["held"],
            row["confirmed"],
            row["reason"],
            row["hold_expires_at"],
        )
        for row in found
    ]
    more = entries[-1].seq if len(entries) == query.limit else None
    return page(f"/v1/offerings/{id}/ledger", query, entries, more)


def _id(call: Call) -> str:
    return require_offering(call.path["offering"])
