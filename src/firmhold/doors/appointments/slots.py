"""`/api/slots`: which are open, and to hold and confirm one; `/api/reservations`: to cancel it."""

from collections.abc import Mapping
from datetime import datetime

from firmhold.domain.commands import Asked, Cancel, Confirm, Hold
from firmhold.domain.errors import Code, Refused
from firmhold.domain.model import Line, Per, Reservation
from firmhold.domain.state import Accepted
from firmhold.doors.appointments.shapes import (
    EquipmentNeed,
    OpenSlot,
    Resource,
    SlotCancelRequest,
    SlotConfirmRequest,
    SlotHoldRequest,
    SlotReservation,
    SlotsQuery,
)
from firmhold.doors.appointments.shared import (
    TAG,
    booked,
    explaining,
    first,
    line_of_slot,
    no_booking,
    patient,
    settle_key,
    slot_named,
    units_of,
)
from firmhold.doors.appointments.shared import submit as submit_for
from firmhold.doors.shared.filters import require_ids, require_there
from firmhold.doors.shared.ids import new_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, Without, operation
from firmhold.doors.shared.pages import next_link, time_cursor, time_position
from firmhold.doors.shared.rendering import seconds_left
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import CANCELLING, CONFIRMING, HOLDING, submit
from firmhold.engine.pools import PoolKind
from firmhold.engine.ticket import Render
from firmhold.engine.timetable import PublishedSlot, Required, SlotFilter
from firmhold.identity.permissions import Permission
from firmhold.limits.policy import RouteClass

TABLE: list[Operation] = []

OPEN = (None, Code.POOL_BUSY)
"""What may stand in the way of booking a slot that is shown: what it needs may be free again."""


@operation(
    "GET",
    "/api/slots",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    query=SlotsQuery,
    answer=list[OpenSlot],
    refusals=(Code.NOT_FOUND,),
    example=Example(query="limit=10"),
)
async def list_open_slots(call: Call) -> Reply:
    """Slots with places left that a customer could book now, in the order of time, with what they
    need and whether that is free then: what is taken may be free again before long."""
    query: SlotsQuery = call.query
    named = {"site": query.site_id, "resource": query.resource_id}
    require_ids(named)
    position = time_cursor(query.cursor, "slot_")
    where = SlotFilter(query.site_id, query.since, query.until, query.resource_id, has_places=True)
    found: list[PublishedSlot] = await call.services.timetable.page(
        call.organization,
        where,
        after=None if position is None else (position[0], position[1][0]),
        limit=query.limit,
    )
    if not found:
        await require_there(call, named)
    # Since they were found, somebody may have taken the last place of one.
    slots = [it for it in found if (None if it.refusal is None else it.refusal.code) in OPEN]
    spare = await call.services.roster.spare(call.organization, [slot.id for slot in slots])
    body = [open_slot(slot, spare) for slot in slots]
    if len(found) < query.limit:
        return json_reply(200, body)
    beyond = time_position(*found[-1].position)
    return json_reply(200, body, (b"link", next_link("/api/slots", query, beyond)))


def open_slot(slot: PublishedSlot, spare: Mapping[tuple[str, str], int]) -> OpenSlot:
    """The slot as someone sees it who looks for an appointment."""

    def units_free(need: Required) -> int:
        # What the slot has taken itself is there for whoever books it.
        own = need.units if need.per is Per.SLOT else 0
        return spare[slot.id, need.pool] + own

    def resource(need: Required) -> Resource:
        return Resource(need.pool, need.name, units_free(need) >= need.units)

    room, practitioner = first(slot, PoolKind.ROOM), first(slot, PoolKind.PRACTITIONER)
    return OpenSlot(
        slot.id,
        slot.site.id,
        slot.site.name,
        slot.site.zone,
        slot.fields.title,
        slot.fields.description,
        slot.starts_at,
        slot.ends_at,
        slot.offering.capacity,
        slot.available,
        None if room is None else resource(room),
        None if practitioner is None else resource(practitioner),
        tuple(
            EquipmentNeed(
                need.pool, need.name, need.units, units_free(need) >= need.units, units_free(need)
            )
            for need in slot.of_kind(PoolKind.EQUIPMENT)
        ),
        tuple(
            resource(need)
            for need in slot.requires
            if need.kind is not PoolKind.EQUIPMENT and need not in (room, practitioner)
        ),
        slot.refusal is None,
        None if slot.refusal is None else "pool_busy",
        slot.now,
    )


@operation(
    "POST",
    "/api/slots/{slot}/hold",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    status=201,
    body=SlotHoldRequest,
    answer=SlotReservation,
    key=KeyUse.HONOURED,
    refusals=HOLDING,
    limited=RouteClass.HOLDS,
    measured=True,
    example=Example(path={"slot": "a slot"}, body={"qty": 1}),
)
async def hold_slot(call: Call) -> Reply:
    """Hold places of a slot until `expiresAt`: for oneself, or from an operator for anyone."""
    settle_key(call)
    request: SlotHoldRequest = call.body
    customer = await patient(call, request.patient_id)
    slot = slot_named(call.path["slot"])
    command = Hold(new_id("rsv_"), call.actor, customer, (Asked(slot, request.qty),))
    return await submit_for(call, command, _render(201), explaining(slot))


@operation(
    "POST",
    "/api/slots/{slot}/confirm",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=SlotConfirmRequest,
    answer=SlotReservation,
    key=KeyUse.HONOURED,
    refusals=CONFIRMING,
    example=Example(path={"slot": "a slot"}, body={"holdId": "a booking"}),
)
async def confirm_slot(call: Call) -> Reply:
    """Make a hold of this slot firm. Only its customer or an operator may; twice changes
    nothing."""
    settle_key(call)
    request: SlotConfirmRequest = call.body
    slot = slot_named(call.path["slot"])
    await booked(call, request.hold_id, "hold", slot)
    return await submit(call, Confirm(request.hold_id, call.actor), _render(200, slot))


@operation(
    "POST",
    "/api/reservations/{reservation}/cancel",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=SlotCancelRequest,
    answer=SlotReservation,
    key=KeyUse.HONOURED,
    refusals=CANCELLING,
    example=Example(path={"reservation": "a booking"}, body={"reason": "Feeling better"}),
)
async def cancel_appointment(call: Call) -> Reply:
    """Give an appointment back, confirmed or still held; somebody else can have it at once."""
    settle_key(call)
    request: SlotCancelRequest = call.body
    reservation = call.path["reservation"]
    await booked(call, reservation, "reservation")
    return await submit(call, Cancel(reservation, call.actor, request.reason), _render(200))


def _render(status: int, slot: str | None = None) -> Render:
    """How a reservation is shown. Raises `Refused`, before anything is done, should somebody have
    moved it away from this slot, or from slots altogether, just now."""

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        reservation = accepted.subject
        assert isinstance(reservation, Reservation)
        line = line_of_slot(reservation, slot)
        if line is None:
            raise Refused(no_booking(reservation.id, "hold" if slot else "reservation"))
        return status, encode(_view(reservation, line, now, accepted.cancellable_until))

    return render


def _view(
    reservation: Reservation, line: Line, now: datetime, cancellable_until: datetime | None
) -> SlotReservation:
    return SlotReservation(
        reservation.id,
        reservation.id,
        line.offering,
        units_of(reservation, line),
        reservation.status.value,
        reservation.expires_at,
        seconds_left(reservation, now),
        cancellable_until,
        reservation.confirmed_at,
        reservation.ended_at,
        now,
    )
