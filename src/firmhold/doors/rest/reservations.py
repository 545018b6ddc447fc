"""`/v1/reservations`."""

from collections.abc import Sequence
from datetime import datetime

from firmhold.domain.commands import (
    Asked,
    Cancel,
    Confirm,
    Extend,
    Hold,
    Release,
    ReservationCommand,
)
from firmhold.domain.desk import may_act_on
from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.domain.holding import refuse_customer
from firmhold.domain.model import Reservation
from firmhold.domain.state import Accepted
from firmhold.doors.rest.shapes import (
    CancelRequest,
    ConfirmRequest,
    EmptyRequest,
    ExtendRequest,
    HoldRequest,
    LineRequest,
    LineView,
    Price,
    ReservationsQuery,
    ReservationView,
)
from firmhold.doors.shared.customers import customer_named
from firmhold.doors.shared.ids import is_id, new_id, require_id
from firmhold.doors.shared.operation import Access, Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, number_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.rendering import Skus, seconds_left, skus_in, skus_of
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import CANCELLING, HELD_ONLY, HOLDING, submit
from firmhold.engine.reader import Filter, Seen
from firmhold.engine.ticket import Render
from firmhold.identity.actors import READERS

TABLE: list[Operation] = []
TAG = "reservations"


@operation(
    "POST",
    "/v1/reservations",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    status=201,
    body=HoldRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=HOLDING,
    hot=True,
    measured=True,
    example=Example(body={"lines": [{"sku": "FLASH-SALE-001", "quantity": 2}]}),
)
async def place_hold(call: Call) -> Reply:
    """Hold units until `expires_at`, or take them for good with `confirm`. All lines or none."""
    request: HoldRequest = call.body
    actor = call.actor
    customer = request.customer
    if customer is None and not actor.operator:
        customer = actor.customer
    # The rule is asked again under lock. Asked here too, because whoever may not hold should not
    # learn which SKUs there are.
    if refusal := refuse_customer(actor, customer):
        return problem(refusal)
    if customer is not None and customer != actor.customer:
        customer = await customer_named(call, customer)
    lines = await _asked(call, request.lines)
    command = Hold(
        new_id("rsv_"),
        actor,
        customer,
        lines,
        request.ttl_seconds,
        request.confirm,
        request.notes,
        request.guest_count,
        request.metadata,
    )
    skus = await skus_of(call, [line.offering for line in lines])
    return await submit(call, command, _render(skus, 201))


async def _parts(call: Call, lines: Sequence[LineRequest]) -> tuple[Asked, ...]:
    """The lines with offerings in place of SKUs, for a reservation that exists: what names nothing
    is not part of it, which is for the rules to say."""
    _named_once(lines)
    return tuple(
        [
            Asked(
                line.item or ""
                if line.sku is None
                else await call.services.engine.item_of_sku(call.organization, line.sku) or "",
                line.quantity,
            )
            for line in lines
        ]
    )


def _named_once(lines: Sequence[LineRequest]) -> None:
    for index, line in enumerate(lines):
        if (line.item is None) == (line.sku is None):
            raise Refused(malformed(f"lines[{index}]", "name either an item or a SKU"))


async def _asked(call: Call, lines: Sequence[LineRequest]) -> tuple[Asked, ...]:
    """The lines with offerings in place of SKUs. Raises `Refused` for what names nothing."""
    _named_once(lines)
    asked = []
    for index, line in enumerate(lines):
        offering = line.item
        if line.sku is not None:
            offering = await call.services.engine.item_of_sku(call.organization, line.sku)
        if offering is None:
            raise Refused(
                refuse(Code.NOT_FOUND, "There is no item with this SKU.", line=index, sku=line.sku)
            )
        if not is_id(offering, "item_"):
            raise Refused(
                refuse(Code.NOT_FOUND, "There is no such item.", line=index, item=offering)
            )
        asked.append(Asked(offering, line.quantity))
    return tuple(asked)


@operation(
    "POST",
    "/v1/reservations/{reservation}/confirm",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=ConfirmRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=(*HELD_ONLY, *HOLDING),
    example=Example(body={}, path={"reservation": "held"}),
)
async def confirm_reservation(call: Call) -> Reply:
    """Make a hold firm, in full or in part; after expiry only with `reacquire`, and only if its
    units are still free."""
    request: ConfirmRequest = call.body
    lines = None if request.lines is None else await _parts(call, request.lines)
    return await _act(call, Confirm(_id(call), call.actor, lines, request.reacquire))


@operation(
    "POST",
    "/v1/reservations/{reservation}/extend",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=ExtendRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=(*HELD_ONLY, Code.LIMIT_EXCEEDED),
    example=Example(body={"ttl_seconds": 400}, path={"reservation": "held"}),
)
async def extend_reservation(call: Call) -> Reply:
    """Let a hold last at least so many seconds from now, up to its cap. Never shortens it."""
    request: ExtendRequest = call.body
    return await _act(call, Extend(_id(call), call.actor, request.ttl_seconds))


@operation(
    "POST",
    "/v1/reservations/{reservation}/release",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=EmptyRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=HELD_ONLY,
    example=Example(body={}, path={"reservation": "held"}),
)
async def release_reservation(call: Call) -> Reply:
    """Give a hold back. Its units are on sale again with the answer."""
    return await _act(call, Release(_id(call), call.actor))


@operation(
    "POST",
    "/v1/reservations/{reservation}/cancel",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=CancelRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=CANCELLING,
    example=Example(body={"reason": "Changed my mind"}, path={"reservation": "confirmed"}),
)
async def cancel_reservation(call: Call) -> Reply:
    """Cancel a confirmed reservation; one that is still held is released."""
    request: CancelRequest = call.body
    return await _act(call, Cancel(_id(call), call.actor, request.reason))


async def _act(call: Call, command: ReservationCommand) -> Reply:
    return await submit(call, command, _render(await skus_in(call, command.reservation), 200))


@operation(
    "GET",
    "/v1/reservations/{reservation}",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    answer=ReservationView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"reservation": "held"}),
)
async def get_reservation(call: Call) -> Reply:
    """One reservation: its customer's, or any for auditors and operators."""
    seen = await call.services.reader.reservation(call.organization, _id(call))
    if seen is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such reservation."))
    if call.identity.role not in READERS and not may_act_on(call.actor, seen.reservation):
        return problem(refuse(Code.FORBIDDEN, "This reservation belongs to another customer."))
    return json_reply(200, (await _views(call, [seen]))[0])


@operation(
    "GET",
    "/v1/reservations",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    query=ReservationsQuery,
    answer=list[ReservationView],
    example=Example(query="status=held&limit=10"),
)
async def list_reservations(call: Call) -> Reply:
    """Reservations, newest first. Customers see their own, auditors and operators all."""
    query: ReservationsQuery = call.query
    customer = query.customer
    if call.identity.role not in READERS:
        own = call.actor.customer
        if own is None or customer not in {None, own}:
            return problem(refuse(Code.FORBIDDEN, "Only your own reservations can be listed."))
        customer = own
    if query.offering is not None:
        require_id(query.offering, "item_", "offering")
    where = Filter(query.status, query.offering, customer, query.since, query.until)
    below: str | int | None = (
        number_cursor(query.cursor) if where.by_ledger else id_cursor(query.cursor, "rsv_")
    )
    found = await call.services.reader.reservations(
        call.organization, where, below=below, limit=query.limit
    )
    last = found[-1] if len(found) == query.limit else None
    position = None
    if last is not None:
        position = last.seq if where.by_ledger else last.reservation.id
    return page("/v1/reservations", query, await _views(call, found), position)


def _id(call: Call) -> str:
    return require_id(call.path["reservation"], "rsv_", "reservation")


def _render(skus: Skus, status: int) -> Render:
    """How the reservation is shown once a command has been carried out."""

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        assert isinstance(accepted.subject, Reservation)
        return status, encode(view(accepted.subject, now, skus))

    return render


async def _views(call: Call, found: Sequence[Seen]) -> list[ReservationView]:
    skus = await skus_of(call, [line.offering for seen in found for line in seen.reservation.lines])
    return [view(seen.reservation, seen.now, skus) for seen in found]


def view(reservation: Reservation, now: datetime, skus: Skus) -> ReservationView:
    """The reservation as it stands at `now`."""
    return ReservationView(
        reservation.id,
        reservation.status.value,
        reservation.customer,
        tuple(
            LineView(
                line.offering,
                skus[line.offering],
                line.quantity,
                line.held,
                line.confirmed,
                None
                if line.unit_price is None or line.currency is None
                else Price(line.unit_price, line.currency),
            )
            for line in reservation.lines
        ),
        reservation.created_at,
        reservation.expires_at,
        seconds_left(reservation, now),
        reservation.extend_until,
        reservation.confirmed_at,
        reservation.ended_at,
        reservation.reason,
        reservation.notes,
        reservation.guest_count,
        None if reservation.metadata is None else dict(reservation.metadata),
        reservation.actor,
        now,
    )
