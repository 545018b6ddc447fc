"""`/api/bookings`: a place of a slot for a patient, two minutes to decide, then firm."""

from datetime import datetime

from firmhold.domain.commands import Asked, Confirm, Hold
from firmhold.domain.desk import may_act_on
from firmhold.domain.errors import Code, Refused, refuse
from firmhold.domain.model import Line, Reservation
from firmhold.domain.state import Accepted
from firmhold.doors.appointments.shapes import Booking, BookingConfirmRequest, BookingRequest
from firmhold.doors.appointments.shared import (
    TAG,
    booked,
    booked_slot,
    explaining,
    find_slot,
    line_of_slot,
    no_booking,
    patient,
    settle_key,
    status_of,
    units_of,
)
from firmhold.doors.appointments.shared import submit as submit_for
from firmhold.doors.shared.ids import new_id, require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.rendering import cut_offs_of, seconds_left
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import CONFIRMING, HOLDING, submit
from firmhold.engine.faults import Unknown
from firmhold.engine.ticket import Render
from firmhold.engine.timetable import PublishedSlot
from firmhold.identity.permissions import Permission
from firmhold.limits.policy import RouteClass

TABLE: list[Operation] = []

PENDING_SECONDS = 120
"""How long a booking waits to be confirmed, or as long as the slot allows if that is less."""

NAME = "patient_name"
"""Under which the patient's name is kept in the reservation's metadata."""


@operation(
    "POST",
    "/api/bookings",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    status=201,
    body=BookingRequest,
    answer=Booking,
    key=KeyUse.HONOURED,
    refusals=HOLDING,
    limited=RouteClass.HOLDS,
    measured=True,
    example=Example(
        body={"slotId": "a slot", "patientId": "demo", "patientName": "Ada Lovelace"},
    ),
)
async def book_slot(call: Call) -> Reply:
    """Book a slot for a patient; confirm it within two minutes, or it is free again."""
    settle_key(call)
    request: BookingRequest = call.body
    customer = await patient(call, request.patient_id)
    slot = await find_slot(call, request.slot_id)
    cap = slot.fields.terms.hold_ttl_seconds
    if cap is None:
        organization = await call.services.directory.organization(call.organization)
        cap = PENDING_SECONDS if organization is None else organization.hold_ttl_seconds
    command = Hold(
        new_id("rsv_"),
        call.actor,
        customer,
        (Asked(slot.id, 1),),
        ttl_seconds=min(PENDING_SECONDS, cap),
        notes=request.notes,
        metadata=None if request.patient_name is None else {NAME: request.patient_name},
    )
    return await submit_for(call, command, _render(slot, 201), explaining(slot.id))


@operation(
    "GET",
    "/api/bookings/{booking}",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    answer=Booking,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"booking": "a booking"}),
)
async def get_booking(call: Call) -> Reply:
    """One booking: its patient's, or any for auditors and operators."""
    booking = require_id(call.path["booking"], "rsv_", "booking")
    seen = await call.services.reader.reservation(call.organization, booking)
    line = None if seen is None else line_of_slot(seen.reservation)
    if seen is None or line is None:
        return problem(no_booking(booking, "booking"))
    if not call.identity.may(Permission.RESERVATIONS_READ) and not may_act_on(
        call.actor, seen.reservation
    ):
        return problem(refuse(Code.FORBIDDEN, "This booking is for another patient."))
    slot = await find_slot(call, line.offering)
    until = (await cut_offs_of(call, [seen.reservation]))[booking]
    return json_reply(200, _view(seen.reservation, line, seen.now, slot, until))


@operation(
    "POST",
    "/api/bookings/{booking}/confirm",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=BookingConfirmRequest,
    answer=Booking,
    key=KeyUse.HONOURED,
    refusals=CONFIRMING,
    example=Example(path={"booking": "a booking"}, body={}),
)
async def confirm_booking(call: Call) -> Reply:
    """Confirm a booking while it is pending. Doing it twice changes nothing."""
    settle_key(call)
    booking = call.path["booking"]
    named = await booked(call, booking, "booking")
    while True:
        slot = await find_slot(call, named)
        try:
            return await submit(call, Confirm(booking, call.actor), _render(slot, 200))
        except Unknown as unknown:
            named = unknown.offering


def _render(slot: PublishedSlot, status: int) -> Render:
    """How a booking of this slot is shown. Raises, before anything is done, should somebody have
    moved it just now: `Unknown` for another slot, `Refused` if it is for none any more."""

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        booking = accepted.subject
        assert isinstance(booking, Reservation)
        line = line_of_slot(booking)
        if line is None:
            raise Refused(no_booking(booking.id, "booking"))
        if line.offering != slot.id:
            raise Unknown(line.offering)
        until = accepted.cancellable_until
        return status, encode(_view(booking, line, now, slot, until))

    return render


def _view(
    reservation: Reservation,
    line: Line,
    now: datetime,
    slot: PublishedSlot,
    cancellable_until: datetime | None,
) -> Booking:
    status, reason = status_of(reservation, line)
    name = (reservation.metadata or {}).get(NAME)
    return Booking(
        reservation.id,
        status,
        reason,
        reservation.status.value,
        line.offering,
        booked_slot(slot),
        reservation.customer,
        name if isinstance(name, str) else None,
        reservation.notes,
        units_of(reservation, line),
        reservation.expires_at,
        seconds_left(reservation, now),
        cancellable_until,
        reservation.confirmed_at,
        reservation.ended_at,
        now,
    )
