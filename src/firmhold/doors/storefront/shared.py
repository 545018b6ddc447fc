"""What the storefront's calls have in common: finding products, and who a buyer is."""

from firmhold.domain.errors import Code, Refusal, Refused, refuse
from firmhold.domain.model import Actor, Line, Reservation, Status
from firmhold.doors.shared.customers import customer_for
from firmhold.doors.shared.operation import Call
from firmhold.doors.shared.rendering import Names, names_in
from firmhold.identity.actors import NOBODY, guest_actor

ORDER_STATUS = {
    Status.HELD: "PENDING",
    Status.CONFIRMED: "CONFIRMED",
    Status.EXPIRED: "EXPIRED",
    Status.RELEASED: "CANCELLED",
    Status.CANCELLED: "CANCELLED",
    # Whether it was fetched is no business of the shop's.
    Status.FULFILLED: "CONFIRMED",
    Status.NO_SHOW: "CONFIRMED",
}

_FIRM = (Status.CONFIRMED, Status.FULFILLED, Status.NO_SHOW)


async def item_of_sku(call: Call, sku: str) -> str:
    """The item with this SKU. Raises `Refused`."""
    item: str | None = await call.services.engine.item_of_sku(call.organization, sku)
    if item is None:
        raise Refused(refuse(Code.NOT_FOUND, "There is no product with this SKU.", sku=sku))
    return item


async def buyer(call: Call, email: str | None) -> tuple[Actor, str | None]:
    """Who holds, and for which customer: the token's user, a guest with an e-mail address, or
    whomever an operator or a program names by theirs.

    Raises `Refused` for a guest without one and, as `customer_for` does, for others.
    """
    actor = call.actor
    given = None if email is None else email.lower()
    if actor == NOBODY:
        if given is None:
            raise Refused(
                refuse(Code.UNAUTHENTICATED, "Sign in, or give the e-mail address of a guest.")
            )
        call.asker = guest_actor(given)
        return call.asker, given
    not_yours = "This e-mail address is not yours."
    return actor, await customer_for(call, given, "email", not_yours)


def hold_token(call: Call, reservation: str) -> str | None:
    """The token that a guest needs to act on the hold; users act with their own."""
    if call.actor != NOBODY:
        return None
    token: str = call.services.tokens.hold_token(call.organization, reservation)
    return token


async def names_of_order(call: Call, order: str) -> Names:
    """The names of what is in an order. Raises `Refused` for one with a slot in it: a shop
    sells items and has no words for it."""
    names = await names_in(call, order)
    if any(name.sku is None for name in names.values()):
        raise Refused(no_order(order))
    return names


def sku_of(names: Names, order: Reservation, line: Line) -> str:
    """The SKU of a line. Raises `Refused` for a slot, before anything is done, should somebody have
    moved the reservation to one just now."""
    sku = names[line.offering].sku
    if sku is None:
        raise Refused(no_order(order.id))
    return sku


def no_order(id: str) -> Refusal:
    """There is no such order."""
    return refuse(Code.NOT_FOUND, "There is no such reservation.", reservation=id)


def is_order(reservation: Reservation) -> bool:
    """Whether it is of items alone."""
    return all(line.offering.startswith("item_") for line in reservation.lines)


def ordered(reservation: Reservation) -> list[tuple[Line, int]]:
    """The lines of an order with their units: of a confirmed reservation those confirmed, which
    may be fewer than were held, else those asked for."""
    if reservation.status not in _FIRM:
        return [(line, line.quantity) for line in reservation.lines]
    return [(line, line.confirmed) for line in reservation.lines if line.confirmed]


def order_status(reservation: Reservation) -> str:
    """The status in a shop's words."""
    return ORDER_STATUS[reservation.status]
