"""What the appointments door's requests and answers look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from firmhold.doors.shared.fields import (
    CancellableUntil,
    ConfirmedAt,
    EndedAt,
    ReservationId,
    ReservationStatus,
    ServerTime,
)
from firmhold.doors.shared.text import (
    Cursor,
    Customer,
    Id,
    IdempotencyKey,
    Instant,
    Limit,
    Quantity,
    Request,
    Text,
    Title,
)

_Key = Annotated[
    IdempotencyKey | None,
    Meta(description="Counts like the `Idempotency-Key` header; if both are sent, they agree."),
]
_SlotId = Annotated[str, Meta(description="The slot's id; it never changes.")]
_Starts = Annotated[datetime, Meta(description="When it begins.")]
_Ends = Annotated[datetime, Meta(description="When it is over.")]
_Zone = Annotated[str, Meta(description="IANA name of the site's time zone, to show the times by.")]
_SlotTitle = Annotated[str, Meta(description="What it is for: the procedure or service.")]
_SiteId = Annotated[str, Meta(description="Id of the site where it takes place.")]
_SiteName = Annotated[str, Meta(description="What people call the site.")]
_Qty = Annotated[Quantity, Meta(description="Places to hold: all of them or none.")]
_Reason = Annotated[Text | None, Meta(description="Why, for the record.")]
_ExpiresAt = Annotated[
    datetime | None,
    Meta(description="From this instant on the hold is over; `null` if it never was a hold."),
]
_TtlSeconds = Annotated[
    int | None, Meta(description="Whole seconds from now to `expiresAt`; `null` unless held.")
]
_PatientId = Annotated[
    str | None, Meta(description="Whom it is for: a user's id, or a name the clinic goes by.")
]
_PatientName = Annotated[
    str | None, Meta(description="The patient's name, if it was given with the booking.")
]
_Notes = Annotated[str | None, Meta(description="What was noted, if anything.")]
_Why = Annotated[
    str | None,
    Meta(description="Why it has `FAILED`: `expired`, `released` or `cancelled`; else `null`."),
]

BookingStatus = Literal["PENDING", "CONFIRMED", "FAILED"]

_Status = Annotated[
    BookingStatus,
    Meta(
        description="`PENDING` while it is held, then `CONFIRMED`; `FAILED` for good once it has "
        "expired, was released, or was cancelled even if confirmed."
    ),
]
_ReservationStatus = Annotated[
    ReservationStatus, Meta(description="The same as every other door calls it.")
]


class Resource(Struct, frozen=True, rename="camel"):
    """A room or a practitioner that a slot needs."""

    id: Annotated[str, Meta(description="Its id; `resourceId` finds all slots that need it.")]
    name: Annotated[str, Meta(description="What people call it.")]
    free: Annotated[
        bool, Meta(description="Whether it can be had for one more booking of the slot.")
    ]


class EquipmentNeed(Struct, frozen=True, rename="camel"):
    """Equipment that a slot needs, for itself or for each booking."""

    id: Annotated[str, Meta(description="Its id; `resourceId` finds all slots that need it.")]
    name: Annotated[str, Meta(description="What people call it.")]
    units: Annotated[int, Meta(description="How many units are needed.")]
    free: Annotated[bool, Meta(description="Whether so many can be had for one more booking.")]
    units_free: Annotated[
        int, Meta(description="Units that nobody else has at that time; none short of `units`.")
    ]


class OpenSlot(Struct, frozen=True, rename="camel"):
    """A slot with places left, and what it needs."""

    id: _SlotId
    site_id: _SiteId
    site_name: _SiteName
    zone: _Zone
    title: _SlotTitle
    description: Annotated[str | None, Meta(description="Text about it, if there is any.")]
    starts_at: _Starts
    ends_at: _Ends
    capacity: Annotated[int, Meta(description="Places there are in all.")]
    remaining_capacity: Annotated[int, Meta(description="Places that nobody holds or has.")]
    room: Annotated[Resource | None, Meta(description="The room it is in, if that is said.")]
    practitioner: Annotated[
        Resource | None, Meta(description="Who is there for it, if that is said.")
    ]
    equipment: Annotated[
        tuple[EquipmentNeed, ...], Meta(description="What it needs besides, if anything.")
    ]
    also_needed: Annotated[
        tuple[Resource, ...], Meta(description="Further rooms and practitioners that it needs.")
    ]
    bookable: Annotated[
        bool, Meta(description="Whether a customer can book it now: its needs are free too.")
    ]
    reason: Annotated[
        Literal["pool_busy"] | None,
        Meta(description="Why not: `pool_busy`, something that it needs is taken."),
    ]
    server_time: ServerTime


class SlotsQuery(Request, rename="camel"):
    """Which open slots."""

    site_id: Annotated[Id | None, Meta(description="Those at this site.")] = None
    resource_id: Annotated[
        Id | None, Meta(description="Those that need this room, practitioner or equipment.")
    ] = None
    since: Annotated[Instant | None, Meta(description="Those that begin then or later.")] = (
        msgspec.field(default=None, name="from")
    )
    until: Annotated[Instant | None, Meta(description="Those that begin before then.")] = (
        msgspec.field(default=None, name="to")
    )
    limit: Limit = 100
    cursor: Cursor = None


class SlotHoldRequest(Request, rename="camel"):
    """So many places of a slot, for as long as it allows."""

    qty: _Qty = 1
    patient_id: Annotated[
        Customer | None,
        Meta(description="Whom it is for, if an operator holds; oneself unless given."),
    ] = None
    idempotency_key: _Key = None


class SlotConfirmRequest(Request, rename="camel"):
    """Which hold to make firm."""

    hold_id: Annotated[Id, Meta(description="The `holdId` that came with the hold.")]
    idempotency_key: _Key = None


class SlotCancelRequest(Request, rename="camel"):
    """Nothing has to be said about giving something back."""

    reason: _Reason = None
    idempotency_key: _Key = None


class SlotReservation(Struct, frozen=True, rename="camel"):
    """A hold of a slot, and what has become of it."""

    hold_id: ReservationId
    reservation_id: Annotated[str, Meta(description="The same once more: it has one id for life.")]
    slot_id: _SlotId
    qty: Annotated[int, Meta(description="Places in it: those confirmed, or else those held.")]
    status: ReservationStatus
    expires_at: _ExpiresAt
    ttl_seconds: _TtlSeconds
    cancellable_until: CancellableUntil
    confirmed_at: ConfirmedAt
    ended_at: EndedAt
    server_time: ServerTime


class BookingRequest(Request, rename="camel"):
    """One place of a slot for a patient, for two minutes."""

    slot_id: Annotated[Id, Meta(description="The slot's id.")]
    patient_id: Annotated[
        Customer,
        Meta(description="Whom it is for: one's own id or e-mail; from an operator, anyone's."),
    ]
    patient_name: Annotated[Title | None, Meta(description="The patient's name, for the list.")] = (
        None
    )
    notes: Annotated[
        Text | None,
        Meta(description="What those who work there should know; the patient is shown it too."),
    ] = None
    idempotency_key: _Key = None


class BookingConfirmRequest(Request, rename="camel"):
    """Nothing has to be said about it."""

    idempotency_key: _Key = None


class BookedSlot(Struct, frozen=True, rename="camel"):
    """When and where a booking is for."""

    title: _SlotTitle
    starts_at: _Starts
    ends_at: _Ends
    zone: _Zone
    site_id: _SiteId
    site_name: _SiteName
    room: Annotated[str | None, Meta(description="Name of the room, if that is said.")]
    practitioner: Annotated[
        str | None, Meta(description="Name of the practitioner, if that is said.")
    ]


class Booking(Struct, frozen=True, rename="camel"):
    """A patient's claim on a slot."""

    booking_id: ReservationId
    status: _Status
    reason: _Why
    reservation_status: _ReservationStatus
    slot_id: _SlotId
    slot: Annotated[BookedSlot, Meta(description="When and where.")]
    patient_id: _PatientId
    patient_name: _PatientName
    notes: _Notes
    qty: Annotated[int, Meta(description="Places in it.")]
    expires_at: _ExpiresAt
    ttl_seconds: _TtlSeconds
    cancellable_until: CancellableUntil
    confirmed_at: ConfirmedAt
    ended_at: EndedAt
    server_time: ServerTime


class EquipmentRequest(Request):
    """Equipment that each booking of a slot takes."""

    id: Annotated[Id | None, Meta(description="Its id; either this or `name`.")] = None
    name: Annotated[Title | None, Meta(description="Its name; either this or `id`.")] = None
    units: Annotated[
        Annotated[int, Meta(ge=1, le=100_000)], Meta(description="How many units of it.")
    ] = 1


class AdminSlotRequest(Request):
    """A slot for one booking, in a room and with a doctor who are taken for it at once."""

    doctor_name: Annotated[
        Title, Meta(description="Who is there for it; made a practitioner if nobody goes by it.")
    ]
    procedure_type: Annotated[Title, Meta(description="What it is for.")]
    room_id: Annotated[Title, Meta(description="The room's id or its name.")]
    start_time: Annotated[Instant, Meta(description="When it begins.")]
    end_time: Annotated[Instant, Meta(description="When it is over.")]
    equipment: Annotated[
        tuple[EquipmentRequest, ...],
        Meta(max_length=18, description="What each booking takes besides, each once."),
    ] = ()
    idempotency_key: _Key = None


class AdminEquipment(Struct, frozen=True):
    """Equipment that each booking of a slot takes."""

    id: Annotated[str, Meta(description="Its id.")]
    name: Annotated[str, Meta(description="What people call it.")]
    units: Annotated[int, Meta(description="How many units of it.")]


class AdminSlot(Struct, frozen=True):
    """A slot as it was scheduled."""

    slot_id: _SlotId
    doctor_id: Annotated[str, Meta(description="Id of the practitioner.")]
    doctor_name: Annotated[str, Meta(description="What people call the practitioner.")]
    procedure_type: _SlotTitle
    room_id: Annotated[str, Meta(description="Id of the room.")]
    room_name: Annotated[str, Meta(description="What people call the room.")]
    site_id: _SiteId
    zone: _Zone
    start_time: _Starts
    end_time: _Ends
    equipment: Annotated[
        tuple[AdminEquipment, ...], Meta(description="What each booking takes besides.")
    ]
    capacity: Annotated[int, Meta(description="Places there are in all.")]
    server_time: ServerTime


class BookingsQuery(Request, rename="camel"):
    """Which bookings, and in which form."""

    status: Annotated[BookingStatus | None, Meta(description="Those that stand so.")] = None
    site_id: Annotated[Id | None, Meta(description="Those at this site.")] = None
    slot_id: Annotated[Id | None, Meta(description="Those of this slot.")] = None
    since: Annotated[
        Instant | None, Meta(description="Those for slots that begin then or later.")
    ] = msgspec.field(default=None, name="from")
    until: Annotated[
        Instant | None, Meta(description="Those for slots that begin before then.")
    ] = msgspec.field(default=None, name="to")
    format: Annotated[
        Literal["json", "csv"] | None,
        Meta(description="`csv` for a spreadsheet; as `Accept` says unless given."),
    ] = None
    limit: Annotated[
        Limit | None,
        Meta(
            description="Bookings per page, 1 to 500. Unless given, a list has 100 to a page, and "
            "a spreadsheet has all of them."
        ),
    ] = None
    cursor: Cursor = None


class ReportedBooking(Struct, frozen=True, rename="camel"):
    """One line of the report: a booking, its patient, and what it is for."""

    booking_id: ReservationId
    status: _Status
    reason: _Why
    reservation_status: _ReservationStatus
    patient_id: _PatientId
    patient_name: _PatientName
    patient_email: Annotated[
        str | None, Meta(description="The patient's e-mail address, if it is known.")
    ]
    notes: _Notes
    qty: Annotated[int, Meta(description="Places in it.")]
    slot_id: _SlotId
    title: _SlotTitle
    starts_at: _Starts
    ends_at: _Ends
    zone: _Zone
    site_name: _SiteName
    room: Annotated[str | None, Meta(description="Name of the room, if that is said.")]
    practitioner: Annotated[
        str | None, Meta(description="Name of the practitioner, if that is said.")
    ]
    booked_at: Annotated[datetime, Meta(description="When it was made.")]
    expires_at: _ExpiresAt
    confirmed_at: ConfirmedAt
    ended_at: EndedAt


class SeedAnswer(Struct, frozen=True, rename="camel"):
    """What was done to have the demo as it was at first."""

    cancelled: Annotated[int, Meta(description="Reservations that were cancelled or released.")]
    withdrawn: Annotated[int, Meta(description="Slots that were withdrawn.")]
    published: Annotated[int, Meta(description="Slots that were published anew.")]
    restocked: Annotated[int, Meta(description="Items whose stock was set as it was at first.")]
    reserved: Annotated[int, Meta(description="Reservations that were made anew.")]
    server_time: ServerTime
