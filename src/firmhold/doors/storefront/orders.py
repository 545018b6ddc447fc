"""`/api/holds` and `/api/orders`: two minutes to decide."""

from datetime import datetime

from msgspec import UNSET

from firmhold.domain.commands import Asked, Confirm, Hold
from firmhold.domain.errors import Code, refuse
from firmhold.domain.model import Reservation
from firmhold.domain.state import Accepted
from firmhold.doors.shared.ids import new_id, require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, Without, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import BUYING, CONFIRMING, submit
from firmhold.doors.storefront.catalogue import find_product
from firmhold.doors.storefront.shapes import HoldRequest, Order, OrdersQuery
from firmhold.doors.storefront.shared import (
    buyer,
    hold_token,
    is_order,
    names_of_order,
    order_status,
    ordered,
)
from firmhold.engine.reader import Filter, Seen
from firmhold.identity.permissions import Permission
from firmhold.limits.policy import RouteClass

TABLE: list[Operation] = []
TAG = "storefront"

HOLD_SECONDS = 120
"""How long a hold from this call lasts, or as long as the item allows if that is less."""


@operation(
    "POST",
    "/api/holds",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    without_token=Without.GUESTS,
    status=201,
    body=HoldRequest,
    answer=Order,
    key=KeyUse.REQUIRED,
    refusals=BUYING,
    limited=RouteClass.HOLDS,
    measured=True,
    example=Example(body={"productId": "FLASH-SALE-001", "email": "demo", "qty": 1}),
)
async def hold_product(call: Call) -> Reply:
    """Hold a product for two minutes. Guests get a hold token with it."""
    request: HoldRequest = call.body
    actor, customer = await buyer(call, request.email)
    item = await find_product(call, request.product_id)
    if item is None:
        return problem(
            refuse(Code.NOT_FOUND, "There is no such product.", productId=request.product_id)
        )
    organization = await call.services.directory.organization(call.organization)
    cap = item.fields.terms.hold_ttl_seconds or (
        HOLD_SECONDS if organization is None else organization.hold_ttl_seconds
    )
    reservation = new_id("rsv_")
    token = hold_token(call, reservation)

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        assert isinstance(accepted.subject, Reservation)
        return 201, encode(_order(accepted.subject, now, token))

    command = Hold(
        reservation,
        actor,
        customer,
        (Asked(item.id, request.qty),),
        ttl_seconds=min(HOLD_SECONDS, cap),
    )
    return await submit(call, command, render)


@operation(
    "POST",
    "/api/orders/{order}/confirm",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    answer=Order,
    key=KeyUse.HONOURED,
    refusals=CONFIRMING,
    example=Example(path={"order": "held"}),
)
async def confirm_order(call: Call) -> Reply:
    """Confirm an order while its hold lasts."""
    order = require_id(call.path["order"], "rsv_", "order")
    await names_of_order(call, order)
    return await submit(call, Confirm(order, call.actor), _render)


@operation(
    "GET",
    "/api/orders",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    query=OrdersQuery,
    answer=list[Order],
    example=Example(query="email=demo"),
)
async def list_orders(call: Call) -> Reply:
    """The orders of one e-mail address: one's own; with a hold token, the one it opens."""
    query: OrdersQuery = call.query
    email = query.email.lower()
    organization, actor = call.organization, call.actor
    reader = call.services.reader
    if actor.reservation is not None:
        seen = await reader.reservation(organization, actor.reservation)
        own = [seen] if seen is not None and _is_order_of(seen.reservation, email) else []
        return json_reply(200, [_order(s.reservation, s.now) for s in own])
    if call.identity.may(Permission.RESERVATIONS_READ):
        users = await call.services.directory.users_by_email(email, organization)
        customers = [email, *(user.id for user in users)]
    elif email == call.identity.email and actor.customer is not None:
        customers = [actor.customer]
    else:
        return problem(refuse(Code.FORBIDDEN, "Only your own orders can be listed."))
    found: list[Seen] = []
    for customer in customers:
        found += await _orders_of(call, customer, query.limit)
    found.sort(key=lambda seen: seen.reservation.id, reverse=True)
    return json_reply(200, [_order(seen.reservation, seen.now) for seen in found[: query.limit]])


async def _orders_of(call: Call, customer: str, limit: int) -> list[Seen]:
    """The newest orders of a customer. Reservations with a slot in them are none."""
    found: list[Seen] = []
    below = None
    while len(found) < limit:
        page = await call.services.reader.reservations(
            call.organization, Filter(customer=customer), below=below, limit=limit
        )
        found += [seen for seen in page if is_order(seen.reservation)]
        if len(page) < limit:
            break
        below = page[-1].reservation.id
    return found


def _is_order_of(reservation: Reservation, email: str) -> bool:
    return is_order(reservation) and reservation.customer == email


def _render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    assert isinstance(accepted.subject, Reservation)
    return 200, encode(_order(accepted.subject, now))


def _order(reservation: Reservation, now: datetime, token: str | None = None) -> Order:
    lines = ordered(reservation)
    return Order(
        reservation.id,
        order_status(reservation),
        lines[0][0].offering,
        sum(units for _, units in lines),
        reservation.expires_at,
        reservation.confirmed_at,
        now,
        token or UNSET,
    )
