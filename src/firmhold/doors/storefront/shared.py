"""What the storefront's calls have in common: finding products, and who a buyer is."""

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.domain.model import Actor, Line, Reservation, Status
from firmhold.doors.shared.callers import NOBODY
from firmhold.doors.shared.operation import Call
from firmhold.identity.caller import guest_actor

ORDER_STATUS = {
    Status.HELD: "PENDING",
    Status.CONFIRMED: "CONFIRMED",
    Status.EXPIRED: "EXPIRED",
    Status.RELEASED: "CANCELLED",
    Status.CANCELLED: "CANCELLED",
}


async def item_of_sku(call: Call, sku: str) -> str:
    """The item with this SKU. Raises `Refused`."""
    item: str | None = await call.services.engine.item_of_sku(call.caller.organization, sku)
    if item is None:
        raise Refused(refuse(Code.NOT_FOUND, "There is no product with this SKU.", sku=sku))
    return item


async def skus_of(call: Call, reservation: str) -> dict[str, str]:
    """The SKU of each offering in a reservation, so that an answer can be made under lock without
    another question. Empty if there is no such reservation."""
    engine = call.services.engine
    organization = call.caller.organization
    offerings = await engine.offerings_of(organization, reservation)
    return {id: await engine.sku_of_item(organization, id) or "" for id in offerings or ()}


def buyer(call: Call, email: str | None) -> tuple[Actor, str | None]:
    """Who holds, and for which customer: the token's user, or a guest with an e-mail address.

    Raises `Refused` for a guest without one, for a hold token, and for a user who gives an
    address that is not theirs.
    """
    caller = call.caller
    given = None if email is None else email.lower()
    if caller.actor == NOBODY:
        if given is None:
            raise Refused(
                refuse(Code.UNAUTHENTICATED, "Sign in, or give the e-mail address of a guest.")
            )
        return guest_actor(given), given
    if caller.actor.customer is None:
        raise Refused(refuse(Code.FORBIDDEN, "A hold token opens one hold and places none."))
    if given is not None and given != caller.email:
        if caller.actor.operator:
            return caller.actor, given
        raise Refused(refuse(Code.FORBIDDEN, "This e-mail address is not yours."))
    return caller.actor, caller.actor.customer


def hold_token(call: Call, reservation: str) -> str | None:
    """The token that a guest needs to act on the hold; users act with their own."""
    if call.caller.actor != NOBODY:
        return None
    token: str = call.services.tokens.hold_token(call.caller.organization, reservation)
    return token


def ordered(reservation: Reservation) -> list[tuple[Line, int]]:
    """The lines of an order with their units: of a confirmed reservation those confirmed, which
    may be fewer than were held, else those asked for."""
    if reservation.status is not Status.CONFIRMED:
        return [(line, line.quantity) for line in reservation.lines]
    return [(line, line.confirmed) for line in reservation.lines if line.confirmed]


def order_status(reservation: Reservation) -> str:
    """The status in a shop's words."""
    return ORDER_STATUS[reservation.status]
