"""`/v1/reservations`."""

from collections.abc import Sequence
from datetime import datetime

import uuid_utils

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
from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
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
from firmhold.doors.shared.ids import is_id, require_id
from firmhold.doors.shared.operation import Access, Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, number_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.rendering import seconds_left
from firmhold.doors.shared.reply import Reply, encode, json_reply, reply_to
from firmhold.engine.reader import Filter
from firmhold.engine.ticket import Key
from firmhold.identity.caller import READERS

TABLE: list[Operation] = []
TAG = "reservations"

_TAKING = (
    Code.NOT_FOUND,
    Code.NOT_ON_SALE_YET,
    Code.SALE_ENDED,
    Code.LIMIT_EXCEEDED,
    Code.INSUFFICIENT_CAPACITY,
    Code.OVERLOADED,
)
_LEAVING = (
    Code.NOT_FOUND,
    Code.HOLD_EXPIRED,
    Code.ALREADY_CONFIRMED,
    Code.ALREADY_RELEASED,
    Code.ALREADY_CANCELLED,
    Code.OVERLOADED,
)


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
    refusals=_TAKING,
    hot=True,
    measured=True,
    example=Example(body={"lines": [{"sku": "FLASH-SALE-001", "quantity": 2}]}),
)
async def place_hold(call: Call) -> Reply:
    """Hold units until `expires_at`, or take them for good with `confirm`. All lines or none."""
    request: HoldRequest = call.body
    actor = call.caller.actor
    customer = request.customer
    if customer is None and not actor.operator:
        customer = actor.customer
    # The rule is asked again under lock. Asked here too, because whoever may not hold should not
    # learn which SKUs there are.
    if refusal := refuse_customer(actor, customer):
        return problem(refusal)
    command = Hold(
        f"rsv_{uuid_utils.uuid7().hex}",
        actor,
        customer,
        await _asked(call, request.lines),
        request.ttl_seconds,
        request.confirm,
        request.notes,
        request.guest_count,
        request.metadata,
    )
    key = None
    if call.key is not None:
        key = Key.of(actor.label, "place_hold", call.key, encode(request))
    answer = await call.services.engine.submit(
        call.caller.organization, command, _render_created, key
    )
    return problem(answer) if isinstance(answer, Refusal) else reply_to(answer)


async def _parts(call: Call, lines: Sequence[LineRequest]) -> tuple[Asked, ...]:
    """The lines with offerings in place of SKUs, for a reservation that exists: what names nothing
    is not part of it, which is for the rules to say."""
    _named_once(lines)
    return tuple(
        [
            Asked(
                line.item or ""
                if line.sku is None
                else await call.services.engine.item_of_sku(call.caller.organization, line.sku)
                or "",
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
            offering = await call.services.engine.item_of_sku(call.caller.organization, line.sku)
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
    refusals=(*_LEAVING, Code.LIMIT_EXCEEDED, Code.INSUFFICIENT_CAPACITY),
    example=Example(body={}, path={"reservation": "held"}),
)
async def confirm_reservation(call: Call) -> Reply:
    """Make a hold firm, in full or in part; after expiry only with `reacquire`, and only if its
    units are still free."""
    request: ConfirmRequest = call.body
    lines = None if request.lines is None else await _parts(call, request.lines)
    return await _act(
        call, Confirm(_id(call), call.caller.actor, lines, request.reacquire), "confirm"
    )


@operation(
    "POST",
    "/v1/reservations/{reservation}/extend",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=ExtendRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=(*_LEAVING, Code.LIMIT_EXCEEDED),
    example=Example(body={"ttl_seconds": 400}, path={"reservation": "held"}),
)
async def extend_reservation(call: Call) -> Reply:
    """Let a hold last at least so many seconds from now, up to its cap. Never shortens it."""
    request: ExtendRequest = call.body
    return await _act(call, Extend(_id(call), call.caller.actor, request.ttl_seconds), "extend")


@operation(
    "POST",
    "/v1/reservations/{reservation}/release",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=EmptyRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=_LEAVING,
    example=Example(body={}, path={"reservation": "held"}),
)
async def release_reservation(call: Call) -> Reply:
    """Give a hold back. Its units are on sale again with the answer."""
    return await _act(call, Release(_id(call), call.caller.actor), "release")


@operation(
    "POST",
    "/v1/reservations/{reservation}/cancel",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=CancelRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.HOLD_EXPIRED, Code.OVERLOADED),
    example=Example(body={"reason": "Changed my mind"}, path={"reservation": "confirmed"}),
)
async def cancel_reservation(call: Call) -> Reply:
    """Cancel a confirmed reservation; one that is still held is released."""
    request: CancelRequest = call.body
    return await _act(call, Cancel(_id(call), call.caller.actor, request.reason), "cancel")


async def _act(call: Call, command: ReservationCommand, verb: str) -> Reply:
    key = None
    if call.key is not None:
        asked = encode((verb, command.reservation, call.body))
        key = Key.of(call.caller.actor.label, verb, call.key, asked)
    answer = await call.services.engine.submit(call.caller.organization, command, _render, key)
    return problem(answer) if isinstance(answer, Refusal) else reply_to(answer)


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
    seen = await call.services.reader.reservation(call.caller.organization, _id(call))
    if seen is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such reservation."))
    if call.caller.role not in READERS and not may_act_on(call.caller.actor, seen.reservation):
        return problem(refuse(Code.FORBIDDEN, "This reservation belongs to another customer."))
    return json_reply(200, view(seen.reservation, seen.now))


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
    if call.caller.role not in READERS:
        own = call.caller.actor.customer
        if own is None or customer not in {None, own}:
            return problem(refuse(Code.FORBIDDEN, "Only your own reservations can be listed."))
        customer = own
    if query.offering is not None:
        require_id(query.offering, "item_", "offering")
    # By offering it is the ledger that is walked, so the position is an entry's number.
    below: str | int | None = (
        id_cursor(query.cursor, "rsv_") if query.offering is None else number_cursor(query.cursor)
    )
    found = await call.services.reader.reservations(
        call.caller.organization,
        Filter(query.status, query.offering, customer, query.since, query.until),
        below=below,
        limit=query.limit,
    )
    last = found[-1] if len(found) == query.limit else None
    position = None
    if last is not None:
        position = last.reservation.id if query.offering is None else last.seq
    entries = [view(seen.reservation, seen.now) for seen in found]
    return page("/v1/reservations", query, entries, position)


def _id(call: Call) -> str:
    return require_id(call.path["reservation"], "rsv_", "reservation")


def _render_created(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    assert isinstance(accepted.subject, Reservation)
    return 201, encode(view(accepted.subject, now))


def _render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    assert isinstance(accepted.subject, Reservation)
    return 200, encode(view(accepted.subject, now))


def view(reservation: Reservation, now: datetime) -> ReservationView:
    """The reservation as it stands at `now`."""
    return ReservationView(
        reservation.id,
        reservation.status.value,
        reservation.customer,
        tuple(
            LineView(
                line.offering,
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
