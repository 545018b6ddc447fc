"""`/v1/reservations`."""

from datetime import datetime

from firmhold.domain.commands import (
    Cancel,
    CheckIn,
    Confirm,
    Extend,
    Hold,
    Move,
    Release,
    ReservationCommand,
)
from firmhold.domain.errors import Code
from firmhold.domain.model import Reservation, Status
from firmhold.domain.state import Accepted
from firmhold.doors.rest.finding import own_reservation
from firmhold.doors.rest.lines import NOWHERE, asked, nothing_named, parts
from firmhold.doors.rest.shapes.reservations import (
    CancelRequest,
    CheckInRequest,
    ConfirmRequest,
    ExtendRequest,
    HoldRequest,
    MoveRequest,
    ReleaseRequest,
    ReservationView,
)
from firmhold.doors.rest.views import reservation_view
from firmhold.doors.shared.customers import customer_of
from firmhold.doors.shared.ids import new_id, require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.rendering import Names, names_in, names_of
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.submitting import (
    CANCELLING,
    CHECKING_IN,
    HELD_ONLY,
    HOLDING,
    MOVING,
    submit,
    submit_named,
)
from firmhold.engine.ticket import Render
from firmhold.identity.permissions import Permission
from firmhold.limits.policy import RouteClass

TABLE: list[Operation] = []
TAG = "reservations"


@operation(
    "POST",
    "/v1/reservations",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    status=201,
    body=HoldRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=HOLDING,
    hot=True,
    limited=RouteClass.HOLDS,
    measured=True,
    example=Example(body={"lines": [{"sku": "FLASH-SALE-001", "quantity": 2}]}),
)
async def place_hold(call: Call) -> Reply:
    """Hold units until `expires_at`, or take them for good with `confirm`. All lines or none."""
    request: HoldRequest = call.body
    actor = call.actor
    customer = await customer_of(call, request.customer)
    lines = await asked(call, request.lines)
    command = Hold(
        new_id("rsv_"),
        actor,
        customer,
        lines,
        request.ttl_seconds,
        request.confirm,
        request.notes,
        request.guest_count,
        request.metadata,
    )
    names = await names_of(call, [line.offering for line in lines])
    return await submit(call, command, _render(names, 201))


@operation(
    "POST",
    "/v1/reservations/{reservation}/confirm",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=ConfirmRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=(*HELD_ONLY, *HOLDING),
    example=Example(body={}, path={"reservation": "held"}),
)
async def confirm_reservation(call: Call) -> Reply:
    """Make a hold firm, in full or in part; after expiry only with `reacquire`, and only if its
    units are still free."""
    request: ConfirmRequest = call.body
    lines = None if request.lines is None else await parts(call, request.lines)
    return await _act(call, Confirm(_id(call), call.actor, lines, request.reacquire))


@operation(
    "POST",
    "/v1/reservations/{reservation}/extend",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=ExtendRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=(*HELD_ONLY, Code.LIMIT_EXCEEDED),
    example=Example(body={"ttl_seconds": 400}, path={"reservation": "held"}),
)
async def extend_reservation(call: Call) -> Reply:
    """Let a hold last at least so many seconds from now, up to its cap. Never shortens it."""
    request: ExtendRequest = call.body
    return await _act(call, Extend(_id(call), call.actor, request.ttl_seconds))


@operation(
    "POST",
    "/v1/reservations/{reservation}/release",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=ReleaseRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=(*HELD_ONLY, Code.LIMIT_EXCEEDED),
    example=Example(body={}, path={"reservation": "held"}),
)
async def release_reservation(call: Call) -> Reply:
    """Give a hold back, or part of it. What is given back is on sale again with the answer."""
    request: ReleaseRequest = call.body
    lines = None if request.lines is None else await parts(call, request.lines)
    return await _act(call, Release(_id(call), call.actor, lines))


@operation(
    "POST",
    "/v1/reservations/{reservation}/cancel",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=CancelRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=CANCELLING,
    example=Example(body={"reason": "Changed my mind"}, path={"reservation": "confirmed"}),
)
async def cancel_reservation(call: Call) -> Reply:
    """Cancel a confirmed reservation, or part of it; what is still held is released. Customers can
    until the site's cut-off."""
    request: CancelRequest = call.body
    lines = None if request.lines is None else await parts(call, request.lines)
    return await _act(call, Cancel(_id(call), call.actor, request.reason, lines))


@operation(
    "POST",
    "/v1/reservations/{reservation}/move",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_OWN,
    body=MoveRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=MOVING,
    example=Example(
        body={"lines": [{"sku": "FLASH-SALE-001", "quantity": 2}]}, path={"reservation": "held"}
    ),
)
async def move_reservation(call: Call) -> Reply:
    """Let a reservation be for other slots, items or units, under its id: wholly, or not at all.
    What it is for already stays its own throughout."""
    request: MoveRequest = call.body
    id, lines = _id(call), await parts(call, request.lines)
    for index, part in enumerate(lines):
        if part.offering == NOWHERE:
            # Whose it is comes first, as it does where every line names something.
            await own_reservation(call)
            return problem(nothing_named(request.lines[index], line=index))
    return await _act(call, Move(id, call.actor, lines))


@operation(
    "POST",
    "/v1/reservations/{reservation}/check-in",
    table=TABLE,
    tag=TAG,
    permission=Permission.RESERVATIONS_WRITE,
    body=CheckInRequest,
    answer=ReservationView,
    key=KeyUse.HONOURED,
    refusals=CHECKING_IN,
    example=Example(body={"outcome": "fulfilled"}, path={"reservation": "confirmed"}),
)
async def check_in_reservation(call: Call) -> Reply:
    """Record that the customer of a confirmed reservation came, from two hours before its first
    slot on, or did not, once its last slot has begun. Items have no time."""
    request: CheckInRequest = call.body
    return await _act(call, CheckIn(_id(call), call.actor, Status(request.outcome)))


async def _act(call: Call, command: ReservationCommand) -> Reply:
    offerings = [line.offering for line in command.lines] if isinstance(command, Move) else []
    names = await names_in(call, command.reservation, offerings)
    return await submit_named(call, command, names, lambda names: _render(names, 200))


def _id(call: Call) -> str:
    return require_id(call.path["reservation"], "rsv_", "reservation")


def _render(names: Names, status: int) -> Render:
    """How the reservation is shown once a command has been carried out."""

    def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
        assert isinstance(accepted.subject, Reservation)
        until = accepted.cancellable_until
        return status, encode(reservation_view(accepted.subject, now, names, until))

    return render
