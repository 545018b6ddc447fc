"""`/v1/waitlist`: a place in the line for what is taken, and the offer it leads to."""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any, cast

from firmhold.domain.commands import Join, Leave
from firmhold.domain.errors import Code, Refusal, refuse
from firmhold.domain.model import Wait, WaitlistEntry
from firmhold.domain.state import Accepted
from firmhold.doors.rest.lines import NOWHERE, name_once, nothing_named, offering_of
from firmhold.doors.rest.shapes.waitlist import (
    NotYet,
    WaitlistQuery,
    WaitRequest,
    WaitView,
)
from firmhold.doors.shared.customers import customer_of, customers_sought, newest_of_each
from firmhold.doors.shared.filters import require_ids, require_there
from firmhold.doors.shared.ids import new_id, require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, number_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.rendering import Names, names_of
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import submit
from firmhold.engine.ticket import Render
from firmhold.engine.waitlist_reader import WaitFilter, Waiting
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "waitlist"


@operation(
    "POST",
    "/v1/waitlist",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    status=201,
    body=WaitRequest,
    answer=WaitView,
    key=KeyUse.HONOURED,
    refusals=(
        Code.NOT_FOUND,
        Code.NOT_ON_SALE_YET,
        Code.SALE_ENDED,
        Code.TOO_FAR_AHEAD,
        Code.TOO_LATE_TO_BOOK,
        Code.LIMIT_EXCEEDED,
        Code.INSUFFICIENT_CAPACITY,
        Code.ALREADY_EXISTS,
        Code.OVERLOADED,
    ),
    example=Example(body={"sku": "FLASH-SALE-001", "quantity": 2}),
)
async def join_waitlist(call: Call) -> Reply:
    """Wait for units. As soon as they are free and nobody before fits, they are held for the
    customer, and the entry is `offered`; that may be at once."""
    request: WaitRequest = call.body
    customer = await customer_of(call, request.customer) or call.actor.customer
    assert customer is not None, "whoever is nobody may not wait"
    name_once(request, "body")
    offering = await offering_of(call, request)
    if offering == NOWHERE:
        return problem(nothing_named(request))
    names = await names_of(call, [offering])
    command = Join(
        new_id("wait_"), new_id("rsv_"), call.actor, customer, offering, request.quantity
    )
    return await submit(call, command, _render(names, 201))


@operation(
    "GET",
    "/v1/waitlist/{entry}",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    answer=WaitView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"entry": "a place in the line"}),
)
async def get_waitlist_entry(call: Call) -> Reply:
    """One's place in the line, why it is not served yet, and the offer it has led to."""
    seen = await call.services.waitlist.entry(call.organization, _id(call))
    if seen is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such waitlist entry."))
    if (
        not call.identity.may(Permission.RESERVATIONS_READ)
        and seen.entry.customer != call.actor.customer
    ):
        return problem(refuse(Code.FORBIDDEN, "This waitlist entry belongs to another customer."))
    return json_reply(200, (await _views(call, [seen]))[0])


@operation(
    "GET",
    "/v1/waitlist",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    query=WaitlistQuery,
    answer=list[WaitView],
    example=Example(query="status=waiting&limit=10"),
)
async def list_waitlist(call: Call) -> Reply:
    """Waitlist entries, newest first, or of one offering in the order of the line. Customers see
    their own, auditors and operators all."""
    query: WaitlistQuery = call.query
    customers = await customers_sought(call, query.customer, "entries")
    named = {"offering": query.offering}
    require_ids(named)
    status = None if query.status is None else Wait(query.status)
    where = WaitFilter(query.offering, customers[0] if customers else None, status)
    beyond: str | int | None = (
        number_cursor(query.cursor) if where.by_place else id_cursor(query.cursor, "wait_")
    )

    def read(customer: str | None) -> Awaitable[list[Waiting]]:
        found: Awaitable[list[Waiting]] = call.services.waitlist.entries(
            call.organization, where._replace(customer=customer), beyond=beyond, limit=query.limit
        )
        return found

    found = await newest_of_each(customers, read, lambda it: it.entry.id, query.limit)
    if not found:
        await require_there(call, named)
    position: str | int | None = None
    if len(found) == query.limit:
        position = found[-1].entry.place if where.by_place else found[-1].entry.id
    return page("/v1/waitlist", query, await _views(call, found), position)


@operation(
    "DELETE",
    "/v1/waitlist/{entry}",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    answer=WaitView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.ALREADY_CONFIRMED, Code.OVERLOADED),
    example=Example(path={"entry": "a place in the line"}),
)
async def leave_waitlist(call: Call) -> Reply:
    """Give up a place in the line, or decline the offer it has led to, which falls to the next."""
    id = _id(call)
    seen = await call.services.waitlist.entry(call.organization, id)
    names = await names_of(call, () if seen is None else [seen.entry.offering])
    return await submit(call, Leave(id, call.actor), _render(names, 200))


def _id(call: Call) -> str:
    return require_id(call.path["entry"], "wait_", "entry")


def _render(names: Names, status: int) -> Render:
    """How the entry is shown once a command has been carried out."""

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        entry, standing = accepted.subject, accepted.standing
        assert isinstance(entry, WaitlistEntry) and standing is not None
        return status, encode(_view(entry, names, now, *standing))

    return render


async def _views(call: Call, found: Sequence[Waiting]) -> list[WaitView]:
    names = await names_of(call, [seen.entry.offering for seen in found])
    return [
        _view(seen.entry, names, seen.now, seen.position, seen.refusal, seen.expires_at)
        for seen in found
    ]


def _view(
    entry: WaitlistEntry,
    names: Names,
    now: datetime,
    position: int | None,
    refusal: Refusal | None,
    offer_expires_at: datetime | None,
) -> WaitView:
    name = names[entry.offering]
    return WaitView(
        entry.id,
        entry.offering,
        name.sku,
        name.starts_at,
        name.ends_at,
        entry.customer,
        entry.quantity,
        cast(Any, entry.status.value),
        position,
        None if refusal is None else cast(NotYet, refusal.code.value),
        entry.reservation,
        offer_expires_at,
        entry.created_at,
        entry.ended_at,
        now,
    )
