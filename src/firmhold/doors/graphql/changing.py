"""The fields of `Mutation` that change bookings and slots."""

from datetime import datetime

from firmhold.domain.commands import Asked, Cancel, Command, Confirm, Hold
from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.domain.model import Reservation
from firmhold.domain.state import Accepted
from firmhold.doors.graphql.fields import field
from firmhold.doors.graphql.shapes import Given, Named, NewBooking, NewItemBooking
from firmhold.doors.graphql.views import BookingView, SlotView, booking_view, slot_view
from firmhold.doors.shared.customers import customer_of
from firmhold.doors.shared.ids import new_id, require_id
from firmhold.doors.shared.operation import Call, KeyUse
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.submitting import act_of, reply_to, submit
from firmhold.engine.timetable import PublishedSlot
from firmhold.identity.permissions import Permission
from firmhold.limits.policy import RouteClass


@field(
    "mutation",
    NewBooking,
    permission=Permission.RESERVATIONS_OWN,
    limited=RouteClass.HOLDS,
    measured=True,
    key=KeyUse.HONOURED,
    answer=BookingView,
)
async def create_booking(call: Call) -> Reply:
    """Hold places of a slot until `expiresAt`; confirm the booking by then. An operator may name
    a customer."""
    body: NewBooking = call.body
    customer = await customer_of(call, body.customer)
    slot = require_id(body.slot_id, "slot_", "slot")
    if body.venue_id is not None:
        venue = require_id(body.venue_id, "site_", "venue")
        found = await call.services.timetable.find(call.organization, [slot])
        if not found or found[0].site.id != venue:
            raise Refused(refuse(Code.NOT_FOUND, "There is no such slot at this venue.", slot=slot))
    # A table for four may be one unit; unless that is said, each guest takes a place.
    quantity = body.quantity or body.guest_count or 1
    return await _book(call, body, customer, Asked(slot, quantity), body.guest_count)


@field(
    "mutation",
    NewItemBooking,
    permission=Permission.RESERVATIONS_OWN,
    limited=RouteClass.HOLDS,
    measured=True,
    key=KeyUse.HONOURED,
    answer=BookingView,
)
async def book_item(call: Call) -> Reply:
    """Hold units of an item, by its SKU or its id, until `expiresAt`; confirm the booking by
    then. An operator may name a customer."""
    body: NewItemBooking = call.body
    customer = await customer_of(call, body.customer)
    if (body.item_id is None) == (body.sku is None):
        raise Refused(malformed("sku", "give either a SKU or an itemId"))
    if body.sku is None:
        assert body.item_id is not None
        item = require_id(body.item_id, "item_", "item")
    else:
        item = await call.services.engine.item_of_sku(call.organization, body.sku)
        if item is None:
            detail = "There is no item with this SKU."
            raise Refused(refuse(Code.NOT_FOUND, detail, sku=body.sku))
    return await _book(call, body, customer, Asked(item, body.quantity), None)


async def _book(
    call: Call,
    body: NewBooking | NewItemBooking,
    customer: str | None,
    asked: Asked,
    guests: int | None,
) -> Reply:
    command = Hold(
        new_id("rsv_"),
        call.actor,
        customer,
        (asked,),
        ttl_seconds=body.ttl_seconds,
        notes=body.notes,
        guest_count=guests,
    )
    return await submit(call, command, _render)


@field(
    "mutation",
    Named,
    permission=Permission.RESERVATIONS_OWN,
    key=KeyUse.HONOURED,
    answer=BookingView,
)
async def confirm_booking(call: Call) -> Reply:
    """Make a booking firm while it is held. Doing it twice changes nothing."""
    return await _act(call, Confirm(_id(call), call.actor))


@field(
    "mutation",
    Given,
    permission=Permission.RESERVATIONS_OWN,
    key=KeyUse.HONOURED,
    answer=BookingView,
)
async def cancel_booking(call: Call) -> Reply:
    """Give a booking back, confirmed or still held; somebody else can have it at once. Customers
    can until the venue's cut-off."""
    body: Given = call.body
    return await _act(call, Cancel(_id(call), call.actor, body.reason))


@field(
    "mutation",
    Named,
    permission=Permission.STOCK_WRITE,
    key=KeyUse.HONOURED,
    answer=SlotView,
)
async def block_slot(call: Call) -> Reply:
    """Close a slot: nobody can book it until it is unblocked. Bookings that there are stay."""
    return await _open(call, open=False)


@field(
    "mutation",
    Named,
    permission=Permission.STOCK_WRITE,
    key=KeyUse.HONOURED,
    answer=SlotView,
)
async def unblock_slot(call: Call) -> Reply:
    """Open a slot again that was blocked."""
    return await _open(call, open=True)


async def _act(call: Call, command: Command) -> Reply:
    return await submit(call, command, _render)


def _id(call: Call) -> str:
    return require_id(call.body.id, "rsv_", "booking")


def _render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    """How the booking is shown once a command has been carried out."""
    assert isinstance(accepted.subject, Reservation)
    return 200, encode(booking_view(accepted.subject, now, accepted.cancellable_until))


async def _open(call: Call, *, open: bool) -> Reply:
    def render(slot: PublishedSlot) -> tuple[int, bytes]:
        return 200, encode(slot_view(slot))

    answer = await call.services.slots.update(
        call.organization,
        call.actor.label,
        require_id(call.body.id, "slot_", "slot"),
        lambda slot: slot.fields._replace(open=open),
        render,
        act_of(call),
    )
    return reply_to(answer)
