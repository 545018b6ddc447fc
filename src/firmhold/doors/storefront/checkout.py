"""`/api/v1/inventory/reserve` and `/api/v1/checkout`: reserve, then confirm or cancel."""

from datetime import datetime

import uuid_utils
from msgspec import UNSET

from firmhold.domain.commands import Asked, Cancel, Confirm, Hold
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Reservation
from firmhold.domain.state import Accepted
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Access, Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.rendering import seconds_left
from firmhold.doors.shared.reply import Reply, encode, reply_to
from firmhold.doors.storefront.shapes import (
    CheckoutAnswer,
    CheckoutRequest,
    Money,
    OrderLine,
    ReserveAnswer,
    ReserveRequest,
)
from firmhold.doors.storefront.shared import buyer, hold_token, item_of_sku, ordered, skus_of
from firmhold.engine.ticket import Key, Render

TABLE: list[Operation] = []
TAG = "storefront"

TAKING = (
    Code.NOT_FOUND,
    Code.NOT_ON_SALE_YET,
    Code.SALE_ENDED,
    Code.LIMIT_EXCEEDED,
    Code.INSUFFICIENT_CAPACITY,
    Code.OVERLOADED,
)


@operation(
    "POST",
    "/api/v1/inventory/reserve",
    table=TABLE,
    tag=TAG,
    access=Access.GUEST,
    status=201,
    body=ReserveRequest,
    answer=ReserveAnswer,
    key=KeyUse.REQUIRED,
    refusals=TAKING,
    hot=True,
    measured=True,
    example=Example(body={"sku": "FLASH-SALE-001", "quantity": 2}),
)
async def reserve(call: Call) -> Reply:
    """Hold units of one item. Guests give an e-mail address and get a hold token."""
    request: ReserveRequest = call.body
    actor, customer = buyer(call, request.email)
    item = await item_of_sku(call, request.sku)
    reservation = f"rsv_{uuid_utils.uuid7().hex}"
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
    assert call.key is not None
    key = Key.of(actor.label, "reserve", call.key, encode(request))
    answer = await call.services.engine.submit(call.caller.organization, command, render, key)
    return problem(answer) if isinstance(answer, Refusal) else reply_to(answer)


@operation(
    "POST",
    "/api/v1/checkout/confirm",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=CheckoutRequest,
    answer=CheckoutAnswer,
    key=KeyUse.HONOURED,
    refusals=(
        Code.NOT_FOUND,
        Code.HOLD_EXPIRED,
        Code.ALREADY_RELEASED,
        Code.ALREADY_CANCELLED,
        Code.OVERLOADED,
    ),
    hot=True,
    example=Example(body={"reservation_id": "held"}),
)
async def confirm_checkout(call: Call) -> Reply:
    """Turn a hold into an order. Only its owner may; doing it twice changes nothing."""
    return await _check_out(call, "confirm_checkout")


@operation(
    "POST",
    "/api/v1/checkout/cancel",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    body=CheckoutRequest,
    answer=CheckoutAnswer,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.HOLD_EXPIRED, Code.OVERLOADED),
    hot=True,
    example=Example(body={"reservation_id": "held"}),
)
async def cancel_checkout(call: Call) -> Reply:
    """Give a hold or an order back. Only its owner may; the units are on sale again at once."""
    return await _check_out(call, "cancel_checkout")


async def _check_out(call: Call, verb: str) -> Reply:
    request: CheckoutRequest = call.body
    reservation = require_id(request.reservation_id, "rsv_", "reservation")
    actor = call.caller.actor
    command: Confirm | Cancel = (
        Confirm(reservation, actor) if verb == "confirm_checkout" else Cancel(reservation, actor)
    )
    key = None
    if call.key is not None:
        key = Key.of(actor.label, verb, call.key, encode(request))
    answer = await call.services.engine.submit(
        call.caller.organization, command, render_order(await skus_of(call, reservation)), key
    )
    return problem(answer) if isinstance(answer, Refusal) else reply_to(answer)


def render_order(skus: dict[str, str]) -> Render:
    """How a reservation is shown as an order, given its offerings' SKUs."""

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        order = accepted.subject
        assert isinstance(order, Reservation)
        lines = tuple(
            OrderLine(skus[line.offering], units, line.unit_price, line.currency)
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
