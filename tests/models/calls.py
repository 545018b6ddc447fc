"""The calls of three doors, as a client writes them, and what each means to the model.

Owns addresses, bodies, and which reservations a door speaks of. Statuses and codes are the
specification's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.models import keys, rules
from tests.models.state import Ask, Claim, Said, State

Names = Callable[[str], str]
"""The id of what has this name."""

Body = dict[str, Any]


class Way(NamedTuple):
    """One operation: what it does, and what it speaks of (nothing: of everything)."""

    verb: str
    of: str = ""
    needs_key: bool = False


WAYS: Mapping[str, Way] = {
    "place_hold": Way("hold"),
    "confirm_reservation": Way("confirm"),
    "extend_reservation": Way("extend"),
    "release_reservation": Way("release"),
    "cancel_reservation": Way("cancel"),
    "move_reservation": Way("move"),
    "change_capacity": Way("set", "item"),
    "change_slot_capacity": Way("set", "slot"),
    "reserve": Way("hold", "item", needs_key=True),
    "confirm_checkout": Way("confirm", "item"),
    "cancel_checkout": Way("cancel", "item"),
    "hold_product": Way("hold", "item", needs_key=True),
    "confirm_order": Way("confirm", "item"),
    "hold_slot": Way("hold", "slot"),
    "confirm_slot": Way("confirm", "slot"),
    "cancel_appointment": Way("cancel", "slot"),
    "book_slot": Way("hold", "slot"),
    "confirm_booking": Way("confirm", "slot"),
}

ID_OF = {
    "reserve": "reservation_id",
    "confirm_checkout": "reservation_id",
    "cancel_checkout": "reservation_id",
    "hold_product": "orderId",
    "confirm_order": "orderId",
    "hold_slot": "holdId",
    "confirm_slot": "holdId",
    "cancel_appointment": "holdId",
    "book_slot": "bookingId",
    "confirm_booking": "bookingId",
    "change_capacity": "offering",
    "change_slot_capacity": "offering",
}
"""The member of an answer that says what it is about; elsewhere it is `id`."""


def request(ask: Ask, id_of: Names, people: Mapping[str, tuple[str, str]]) -> tuple[str, Body]:
    """Where to post what. Of people, the id and the address are known."""
    if ask.way in PLACING:
        return PLACING[ask.way](ask, id_of, *people.get(ask.customer or "", (None, None)))
    id = id_of(ask.id)
    if ask.way == "move_reservation":
        return f"/v1/reservations/{id}/move", {"lines": lines_of(ask, id_of)}
    slot = id_of(ask.lines[0][0]) if ask.lines else ""
    set_to = {"capacity": ask.number, "expected": ask.expected, "drain": ask.also}
    return {
        "confirm_reservation": (f"/v1/reservations/{id}/confirm", {"reacquire": ask.also}),
        "extend_reservation": (f"/v1/reservations/{id}/extend", {"ttl_seconds": ask.number}),
        "release_reservation": (f"/v1/reservations/{id}/release", {}),
        "cancel_reservation": (f"/v1/reservations/{id}/cancel", {}),
        "change_capacity": (f"/v1/items/{id}/capacity", set_to),
        "change_slot_capacity": (f"/v1/slots/{id}/capacity", set_to),
        "confirm_checkout": ("/api/v1/checkout/confirm", {"reservation_id": id}),
        "cancel_checkout": ("/api/v1/checkout/cancel", {"reservation_id": id}),
        "confirm_order": (f"/api/orders/{id}/confirm", {}),
        "confirm_slot": (f"/api/slots/{slot}/confirm", {"holdId": id}),
        "cancel_appointment": (f"/api/reservations/{id}/cancel", {}),
        "confirm_booking": (f"/api/bookings/{id}/confirm", {}),
    }[ask.way]


def place_hold(ask: Ask, id_of: Names, user: str | None, email: str | None) -> tuple[str, Body]:
    more = {"customer": user, "ttl_seconds": ask.number, "confirm": ask.also}
    return "/v1/reservations", {"lines": lines_of(ask, id_of), **more}


def reserve(ask: Ask, id_of: Names, user: str | None, email: str | None) -> tuple[str, Body]:
    ((sku, units),) = ask.lines
    return "/api/v1/inventory/reserve", {"sku": sku, "quantity": units, "email": email}


def hold_product(ask: Ask, id_of: Names, user: str | None, email: str | None) -> tuple[str, Body]:
    ((product, units),) = ask.lines
    return "/api/holds", {"productId": product, "email": email, "qty": units}


def hold_slot(ask: Ask, id_of: Names, user: str | None, email: str | None) -> tuple[str, Body]:
    ((slot, units),) = ask.lines
    return f"/api/slots/{id_of(slot)}/hold", {"qty": units, "patientId": user}


def book_slot(ask: Ask, id_of: Names, user: str | None, email: str | None) -> tuple[str, Body]:
    ((slot, _),) = ask.lines
    return "/api/bookings", {"slotId": id_of(slot), "patientId": email}


PLACING: Mapping[str, Callable[..., tuple[str, Body]]] = {
    "place_hold": place_hold,
    "reserve": reserve,
    "hold_product": hold_product,
    "hold_slot": hold_slot,
    "book_slot": book_slot,
}


def lines_of(ask: Ask, id_of: Names) -> list[Body]:
    return [line_of(offering, units, id_of) for offering, units in ask.lines]


def line_of(offering: str, units: int, id_of: Names) -> Body:
    """One item goes by its SKU, all else by its id."""
    if offering == "bed":
        return {"sku": offering, "quantity": units}
    id = id_of(offering)
    return {id.partition("_")[0]: id, "quantity": units}


def do(world: State, ask: Ask) -> Said:
    """What comes of a call that means something. For whom one may not hold is said before
    anything is looked up."""
    if ask.verb == "hold" and ask.by not in {None, ask.customer}:
        return Said("forbidden")
    return keys.once(world, ask, act)


def act(world: State, ask: Ask) -> Said:
    claim = world.claim(ask.id)
    if claim is not None and ask.verb in rules.OF_A_CLAIM and not speaks(world, ask, claim):
        return Said("not_found")
    if ask.way == "confirm_slot":
        # The slot is where it is asked for, and no part of what is confirmed.
        ask = ask._replace(lines=())
    return rules.act(world, ask)


def speaks(world: State, ask: Ask, claim: Claim) -> bool:
    """Whether this way leads to that reservation: a shop's to items alone, a clinic's to slots, and
    from a slot to those of that slot."""
    slots = {o for o in claim.units if world.things[o].ends}
    of = WAYS[ask.way].of
    if of == "item":
        return not slots
    if ask.way == "confirm_slot" and ask.lines:
        return ask.lines[0][0] in slots
    return of != "slot" or bool(slots)
