"""What the appointments' calls have in common: whose booking it is, keys, slots, and why not."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import Line, Reservation, Status
from firmhold.doors.appointments.shapes import BookedSlot, BookingStatus
from firmhold.doors.shared.customers import customer_for, own_name
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply
from firmhold.doors.shared.submitting import carry_out, reply_to
from firmhold.engine.pools import PoolKind
from firmhold.engine.ticket import Render
from firmhold.engine.timetable import PublishedSlot, Required

TAG = "appointments"

_CONFIRMED = (Status.CONFIRMED, Status.FULFILLED, Status.NO_SHOW)

Explain = Callable[[Call, Refusal], Awaitable[Refusal]]
"""Puts a refusal in the words of those who run appointments."""


# --- keys ---


def settle_key(call: Call) -> None:
    """Let a key in the body be the call's, and the body be as if the key had come in the header:
    a repeat may send it either way. Raises `Refused` if the two are not the same."""
    given: str | None = call.body.idempotency_key
    if given is None:
        return
    if len(given) >= 2 and given[0] == given[-1] == '"':
        given = given[1:-1]
    if call.key is not None and call.key != given:
        field = next(it for it in msgspec.structs.fields(call.body) if it.name == "idempotency_key")
        reason = "another key than in the Idempotency-Key header; send one of them"
        raise Refused(malformed(field.encode_name, reason))
    call.key = given
    call.body = msgspec.structs.replace(call.body, idempotency_key=None)


# --- patients ---


async def patient(call: Call, named: str | None) -> str:
    """The customer that a booking is for: whoever asks, or whom an operator or a program names.
    Raises `Refused`, as `customer_for` does."""
    not_yours = "Only an operator may book for another patient."
    return await customer_for(call, own_name(call, named), "patientId", not_yours)


# --- slots ---


def slot_named(id: str) -> str:
    """The id itself. Raises `Refused` (`not_found`): what cannot be an id names nothing."""
    return require_id(id, "slot_", "slot")


async def find_slot(call: Call, id: str) -> PublishedSlot:
    """The slot with this id. Raises `Refused`."""
    found: list[PublishedSlot] = await call.services.timetable.find(
        call.organization, [slot_named(id)]
    )
    if not found:
        raise Refused(no_slot(id))
    return found[0]


def no_slot(id: str) -> Refusal:
    """There is no such slot in this organization."""
    return refuse(Code.NOT_FOUND, "There is no such slot.", slot=id)


def first(slot: PublishedSlot, kind: PoolKind) -> Required | None:
    """The room or the practitioner of a slot, if it says so; of several, the first."""
    return next(iter(slot.of_kind(kind)), None)


def booked_slot(slot: PublishedSlot) -> BookedSlot:
    """When and where, as a booking shows it."""
    room, practitioner = first(slot, PoolKind.ROOM), first(slot, PoolKind.PRACTITIONER)
    return BookedSlot(
        slot.fields.title,
        slot.starts_at,
        slot.ends_at,
        slot.site.zone,
        slot.site.id,
        slot.site.name,
        None if room is None else room.name,
        None if practitioner is None else practitioner.name,
    )


# --- reservations ---


def line_of_slot(reservation: Reservation, slot: str | None = None) -> Line | None:
    """The line by which a reservation is a booking: that of this slot, or of several the first,
    and one of which anything is still claimed before one that was given back.

    `None` if there is none, or if this slot was given back and the rest of the reservation stands.
    """
    lines = [line for line in reservation.lines if line.offering.startswith("slot_")]
    live = [line for line in lines if _claims(line)]
    if slot is None:
        return next(iter(live or lines), None)
    stands = any(_claims(line) for line in reservation.lines)
    return next((line for line in (live if stands else lines) if line.offering == slot), None)


def _claims(line: Line) -> bool:
    return line.held + line.confirmed > 0


def units_of(reservation: Reservation, line: Line) -> int:
    """Places that are confirmed, or else those that are, or were, held."""
    return line.confirmed if reservation.status in _CONFIRMED else line.quantity


def booking_status(status: Status) -> tuple[BookingStatus, str | None]:
    """Where a booking stands in this door's words, and why it has failed if it has."""
    if status is Status.HELD:
        return "PENDING", None
    return ("CONFIRMED", None) if status in _CONFIRMED else ("FAILED", status.value)


def status_of(reservation: Reservation, line: Line) -> tuple[BookingStatus, str | None]:
    """The same of a booking by this line. One that was given back is over, whatever else the
    reservation is still for."""
    if reservation.status in _CONFIRMED and not _claims(line):
        return booking_status(Status.CANCELLED)
    return booking_status(reservation.status)


async def booked(call: Call, reservation: str, what: str, slot: str | None = None) -> str:
    """The slot that a reservation is for, or this one of several. Raises `Refused` (`not_found`) if
    there is no such reservation, or none for slots: others are no business of this door."""
    require_id(reservation, "rsv_", what)
    offerings = await call.services.engine.offerings_of(call.organization, reservation)
    found = _slot_among(offerings or (), slot)
    if found is None and offerings is not None:
        # What is remembered may be out of date: somebody may have moved it elsewhere meanwhile.
        seen = await call.services.reader.reservation(call.organization, reservation)
        lines = () if seen is None else seen.reservation.lines
        found = _slot_among([line.offering for line in lines], slot)
    if found is None:
        raise Refused(no_booking(reservation, what))
    return found


def no_booking(reservation: str, what: str) -> Refusal:
    """There is nothing of the kind, as far as this door is concerned."""
    return refuse(Code.NOT_FOUND, f"There is no such {what}.", **{what: reservation})


def _slot_among(offerings: Iterable[str], slot: str | None) -> str | None:
    return next((it for it in offerings if it.startswith("slot_") and slot in {None, it}), None)


# --- why not ---


async def submit(call: Call, command: Command, render: Render, explain: Explain) -> Reply:
    """Carry out the command and say what came of it, in this door's words."""
    answer = await carry_out(call, command, render)
    return problem(await explain(call, answer)) if isinstance(answer, Refusal) else reply_to(answer)


def explaining(slot: str) -> Explain:
    """What is said to whoever cannot have a place of this slot."""

    async def explain(call: Call, refusal: Refusal) -> Refusal:
        if refusal.code is Code.NOT_FOUND:
            return no_slot(slot)
        refusal = refusal._replace(facts=_about_slot(refusal.facts))
        if refusal.code is Code.POOL_BUSY:
            return await name_pool(call, refusal, "booked")
        if refusal.code is Code.INSUFFICIENT_CAPACITY:
            return await _full(call, refusal, slot)
        return refusal

    return explain


def _about_slot(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts about the only line there is."""
    told = {name: value for name, value in facts.items() if name not in {"line", "offering"}}
    return {**told, "slot": facts["offering"]} if "offering" in facts else told


async def name_pool(call: Call, refusal: Refusal, taken: str) -> Refusal:
    """Why a pool cannot lend, saying whether it is a room, a person or equipment, and when it is
    booked, or scheduled, or whatever has `taken` it."""
    facts = refusal.facts
    found = await call.services.pools.find(call.organization, ids=[facts["pool"]])
    if not found:
        return refusal
    kind, name = found[0].kind, facts["pool_name"]
    span = f"from {_shown(facts['busy_from'])} to {_shown(facts['busy_until'])}"
    if kind is PoolKind.ROOM:
        detail = f"The room {name} is already {taken} {span}."
    elif kind is PoolKind.PRACTITIONER:
        detail = f"{name} is already {taken} {span}."
    else:
        detail = (
            f"Insufficient equipment: {name} ({facts['units']} in all, {facts['taken']} taken "
            f"{span}, {facts['requested']} needed)."
        )
    return refusal._replace(detail=detail, facts={**facts, "kind": kind.value})


async def _full(call: Call, refusal: Refusal, slot: str) -> Refusal:
    """Why there are not enough places: a room that is already booked, where there is one."""
    seen = await find_slot(call, slot)
    room = first(seen, PoolKind.ROOM)
    left = refusal.facts["available"]
    if left:
        detail = f"{left} of {seen.offering.capacity} places are left."
    elif room is None:
        detail = "It is already booked."
    else:
        detail = f"The room {room.name} is already booked for this slot."
    about = {} if room is None else {"room": room.pool, "room_name": room.name}
    return refusal._replace(detail=detail, facts={**refusal.facts, **about})


def _shown(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
