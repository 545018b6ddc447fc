"""`/api/v1/inventory/reserve` and `/api/v1/checkout`: reserve, then confirm or cancel."""

from datetime import datetime

from msgspec import UNSET

from firmhold.domain.commands import Asked, Cancel, Confirm, Hold
from firmhold.domain.model import Reservation
from firmhold.domain.state import Accepted
from firmhold.doors.shared.ids import new_id, require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, Without, operation
from firmhold.doors.shared.rendering import Names, seconds_left
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.submitting import (
    BUYING,
    CANCELLING,
    CONFIRMING,
    submit,
    submit_named,
)
from firmhold.doors.storefront.shapes import (
    CheckoutAnswer,
    CheckoutRequest,
    Money,
    OrderLine,
    ReserveAnswer,
    ReserveRequest,
)
from firmhold.doors.storefront.shared import (
    buyer,
    hold_token,
    item_of_sku,
    names_of_order,
    ordered,
    sku_of,
)
from firmhold.engine.ticket import Render
from firmhold.identity.permissions import Permission
from firmhold.limits.policy import RouteClass

TABLE: list[Operation] = []
TAG = "storefront"


@operation(
    "POST",
    "/api/v1/inventory/reserve",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    without_token=Without.GUESTS,
    status=201,
    body=ReserveRequest,
    answer=ReserveAnswer,
    key=KeyUse.REQUIRED,
    refusals=BUYING,
    hot=True,
    limited=RouteClass.HOLDS,
    measured=True,
    example=Example(body={"sku": "FLASH-SALE-001", "quantity": 2}),
)
async def reserve(call: Call) -> Reply:
    """Hold units of one item. Guests give an e-mail address and get a hold token."""
    request: ReserveRequest = call.body
    actor, customer = await buyer(call, request.email)
    item = await item_of_sku(call, request.sku)
    reservation = new_id("rsv_")
    token = hold_token(call, reservation)

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        held = accepted.subject
        assert isinstance(held, Reservation) and held.expires_at is not None
        return 201, encode(
            ReserveAnswer(
                held.id,
                request.sku,
                request.quantity,
                held.expires_at,
                seconds_left(held, now) or 0,
                held.status.value,
                now,
                token or UNSET,
            )
        )

    command = Hold(reservation, actor, customer, (Asked(item, request.quantity),))
    return await submit(call, command, render)


@operation(
    "POST",
    "/api/v1/checkout/confirm",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=CheckoutRequest,
    answer=CheckoutAnswer,
    key=KeyUse.HONOURED,
    refusals=CONFIRMING,
    hot=True,
    example=Example(body={"reservation_id": "held"}),
)
async def confirm_checkout(call: Call) -> Reply:
    """Turn a hold into an order. Only its customer may; doing it twice changes nothing."""
    reservation = _reservation(call)
    names = await names_of_order(call, reservation)
    return await submit_named(call, Confirm(reservation, call.actor), names, render_order)


@operation(
    "POST",
    "/api/v1/checkout/cancel",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=CheckoutRequest,
    answer=CheckoutAnswer,
    key=KeyUse.HONOURED,
    refusals=CANCELLING,
    hot=True,
    example=Example(body={"reservation_id": "held"}),
)
async def cancel_checkout(call: Call) -> Reply:
    """Give a hold or an order back. Only its customer may; the units are on sale again at once."""
    reservation = _reservation(call)
    names = await names_of_order(call, reservation)
    return await submit_named(call, Cancel(reservation, call.actor), names, render_order)


def _reservation(call: Call) -> str:
    request: CheckoutRequest = call.body
    return require_id(request.reservation_id, "rsv_", "reservation")


def render_order(names: Names) -> Render:
    """How a reservation is shown as an order, given its offerings' names."""

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        order = accepted.subject
        assert isinstance(order, Reservation)
        lines = tuple(
            OrderLine(sku_of(names, order, line), units, line.unit_price, line.currency)
            for line, units in ordered(order)
        )
        return 200, encode(
            CheckoutAnswer(
                order.id,
                order.status.value,
                lines,
                _total(lines),
                order.confirmed_at,
                order.ended_at,
                now,
            )
        )

    return render


def _total(lines: tuple[OrderLine, ...]) -> Money | None:
    """The sum, if every line has a price and all are in one currency."""
    currencies = {line.currency for line in lines}
    currency = next(iter(currencies))
    if len(currencies) != 1 or currency is None:
        return None
    return Money(sum((line.unit_price or 0) * line.quantity for line in lines), currency)
