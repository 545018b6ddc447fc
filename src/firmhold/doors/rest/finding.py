"""`/v1/reservations` for those who look: one, lists of them, and as a file for calendars."""

from collections.abc import Awaitable, Sequence

from firmhold.domain.desk import may_act_on
from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.rest.shapes.reservations import ReservationsQuery, ReservationView
from firmhold.doors.rest.views import reservation_view
from firmhold.doors.shared.customers import customers_sought, newest_of_each
from firmhold.doors.shared.filters import require_ids, require_there
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, Operation, operation
from firmhold.doors.shared.pages import id_cursor, number_cursor, page
from firmhold.doors.shared.rendering import cut_offs_of, names_of
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.engine.reader import Filter, Seen
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "reservations"


@operation(
    "GET",
    "/v1/reservations/{reservation}",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    answer=ReservationView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"reservation": "held"}),
)
async def get_reservation(call: Call) -> Reply:
    """One reservation: its customer's, or any for auditors and operators."""
    seen = await visible_reservation(call)
    return json_reply(200, (await _views(call, [seen]))[0])


@operation(
    "GET",
    "/v1/reservations",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    query=ReservationsQuery,
    answer=list[ReservationView],
    example=Example(query="status=held&limit=10"),
)
async def list_reservations(call: Call) -> Reply:
    """Reservations, newest first. Customers see their own, auditors and operators all."""
    query: ReservationsQuery = call.query
    customers = await customers_sought(call, query.customer, "reservations")
    named = {"offering": query.offering}
    require_ids(named)
    where = Filter(
        query.status,
        query.offering,
        customers[0] if customers else None,
        query.since,
        query.until,
    )
    below: str | int | None = (
        number_cursor(query.cursor) if where.by_ledger else id_cursor(query.cursor, "rsv_")
    )

    def read(customer: str | None) -> Awaitable[list[Seen]]:
        found: Awaitable[list[Seen]] = call.services.reader.reservations(
            call.organization, where._replace(customer=customer), below=below, limit=query.limit
        )
        return found

    found = await newest_of_each(customers, read, lambda it: it.reservation.id, query.limit)
    if not found:
        await require_there(call, named)
    last = found[-1] if len(found) == query.limit else None
    position = None
    if last is not None:
        position = last.seq if where.by_ledger else last.reservation.id
    return page("/v1/reservations", query, await _views(call, found), position)


async def visible_reservation(call: Call) -> Seen:
    """The reservation in the address. Raises `Refused` if there is none, or if it is another
    customer's and the actor may not read them all."""
    return await _reservation(call, reading=call.identity.may(Permission.RESERVATIONS_READ))


async def own_reservation(call: Call) -> Seen:
    """The reservation in the address. Raises `Refused` if there is none, or if the actor may not
    act on it."""
    return await _reservation(call, reading=False)


async def _reservation(call: Call, *, reading: bool) -> Seen:
    id = require_id(call.path["reservation"], "rsv_", "reservation")
    seen: Seen | None = await call.services.reader.reservation(call.organization, id)
    if seen is None:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such reservation."))
    if not reading and not may_act_on(call.actor, seen.reservation):
        raise Refused(refuse(Code.FORBIDDEN, "This reservation belongs to another customer."))
    return seen


async def _views(call: Call, found: Sequence[Seen]) -> list[ReservationView]:
    offerings = [line.offering for seen in found for line in seen.reservation.lines]
    names = await names_of(call, offerings)
    until = await cut_offs_of(call, [seen.reservation for seen in found])
    return [
        reservation_view(seen.reservation, seen.now, names, until[seen.reservation.id])
        for seen in found
    ]
