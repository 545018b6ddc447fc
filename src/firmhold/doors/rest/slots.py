"""`/v1/slots`: what can be booked, when and where, and what it takes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.doors.rest import capacity
from firmhold.doors.rest.requirements import (
    Needs,
    changed_needs,
    check_kinds,
    needs_in,
    needs_of,
    pools_in,
    renamed,
)
from firmhold.doors.rest.shapes.offerings import CapacityRequest, CapacityView
from firmhold.doors.rest.shapes.slots import (
    SlotChange,
    SlotMove,
    SlotRequest,
    SlotsQuery,
    SlotsRequest,
    SlotView,
    WithdrawQuery,
)
from firmhold.doors.rest.slot_views import slot_view
from firmhold.doors.rest.terms import changed_terms, terms_of
from firmhold.doors.shared.body import require_instant
from firmhold.doors.shared.filters import require_ids, require_there
from firmhold.doors.shared.ids import is_id, require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, Without, operation
from firmhold.doors.shared.pages import page, time_cursor, time_position
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.engine.places import no_site
from firmhold.engine.timetable import PublishedSlot, SlotFilter
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "slots"

PUBLISHING = (Code.NOT_FOUND, Code.POOL_BUSY, Code.OVERLOADED)
"""Publishing slots: their sites and pools have to be there, and the pools free."""


@operation(
    "POST",
    "/v1/slots",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=SlotRequest,
    answer=SlotView,
    key=KeyUse.HONOURED,
    refusals=PUBLISHING,
    example=Example(
        body={
            "site": "a site",
            "title": "Hip replacement",
            "starts_at": "2035-03-05T08:00:00+01:00",
            "minutes": 120,
            "room": "a room",
            "practitioner": "a practitioner",
            "requirements": [{"pool": "some equipment", "units": 2}],
        }
    ),
)
async def create_slot(call: Call) -> Reply:
    """Publish a slot. It takes its room and practitioner at once; what it requires per reservation
    is taken with each."""
    return await _publish(call, [("", call.body)], lambda slots: (201, encode(slot_view(slots[0]))))


@operation(
    "POST",
    "/v1/slots/bulk",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=SlotsRequest,
    answer=list[SlotView],
    key=KeyUse.HONOURED,
    refusals=PUBLISHING,
    bulk=True,
    example=Example(
        body={
            "slots": [
                {
                    "site": "a site",
                    "title": "Vaccination",
                    "starts_at": "2035-03-06T09:00:00+01:00",
                    "minutes": 15,
                    "capacity": 4,
                },
                {
                    "site": "a site",
                    "title": "Vaccination",
                    "starts_at": "2035-03-06T09:15:00+01:00",
                    "minutes": 15,
                    "capacity": 4,
                },
            ]
        }
    ),
)
async def create_slots(call: Call) -> Reply:
    """Publish up to 1,000 slots, all of them or none."""
    return await _publish(
        call,
        [(f"slots[{place}].", slot) for place, slot in enumerate(call.body.slots)],
        lambda slots: (201, encode({"data": [slot_view(slot) for slot in slots]})),
    )


async def _publish(
    call: Call,
    requests: Sequence[tuple[str, SlotRequest]],
    render: Callable[[list[PublishedSlot]], tuple[int, bytes]],
) -> Reply:
    """`requests`: each with the place in the body where it stands."""
    needs = [needs_of(request, where) for where, request in requests]
    new = [
        _new_slot(request, each, where)
        for (where, request), each in zip(requests, needs, strict=True)
    ]
    pools = await pools_in(call, needs)
    for (where, _), each in zip(requests, needs, strict=True):
        check_kinds(each, pools, where)
    answer = await call.services.slots.publish(
        call.organization,
        call.actor.label,
        new,
        render,
        act_of(call),
        listed=requests[0][0] != "",
    )
    return reply_to(renamed(answer, needs) if isinstance(answer, Refusal) else answer)


def _new_slot(request: SlotRequest, needs: Needs, where: str) -> NewSlot:
    if not is_id(request.site, "site_"):
        raise Refused(no_site(request.site, field=f"{where}site"))
    for name in ("starts_at", "ends_at", "sale_starts_at", "sale_ends_at"):
        require_instant(where + name, getattr(request, name))
    fields = SlotFields(
        request.title,
        request.description,
        terms_of(request),
        needs.all,
        request.metadata,
        request.open,
    )
    starts_at = request.starts_at.astimezone(UTC)
    return NewSlot(request.site, starts_at, _end(request, where), request.capacity, fields)


def _end(request: SlotRequest | SlotMove, where: str = "") -> datetime:
    if (request.ends_at is None) == (request.minutes is None):
        raise Refused(malformed(f"{where}ends_at", "give either ends_at or minutes"))
    if request.ends_at is not None:
        return request.ends_at.astimezone(UTC)
    assert request.minutes is not None
    length = timedelta(minutes=request.minutes)
    return _after(request.starts_at.astimezone(UTC), length, f"{where}minutes")


def _after(starts_at: datetime, length: timedelta, field: str = "starts_at") -> datetime:
    try:
        return starts_at + length
    except OverflowError:
        raise Refused(malformed(field, "ends after the year 9999")) from None


@operation(
    "GET",
    "/v1/slots",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    query=SlotsQuery,
    answer=list[SlotView],
    example=Example(query="bookable=true&limit=10"),
)
async def list_slots(call: Call) -> Reply:
    """Slots in the order of time: of a site, with a pool, of a schedule, in a stretch of time, or
    those that can be booked now. `metadata` is shown to auditors and operators alone."""
    query: SlotsQuery = call.query
    named = {"site": query.site, "pool": query.pool, "schedule": query.schedule}
    require_ids(named)
    position = time_cursor(query.cursor, "slot_")
    where = SlotFilter(
        query.site,
        query.since,
        query.until,
        query.pool,
        query.schedule,
        query.bookable,
        query.withdrawn,
    )
    found = await call.services.timetable.page(
        call.organization,
        where,
        after=None if position is None else (position[0], position[1][0]),
        limit=query.limit,
    )
    if not found:
        await require_there(call, named)
    more = time_position(*found[-1].position) if len(found) == query.limit else None
    staff = call.identity.may(Permission.STOCK_READ)
    views = [slot_view(slot, for_staff=staff) for slot in found]
    return page("/v1/slots", query, views, more)


@operation(
    "GET",
    "/v1/slots/{slot}",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    answer=SlotView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"slot": "a slot"}),
)
async def get_slot(call: Call) -> Reply:
    """One slot, what is left of it, and why it cannot be booked if it cannot."""
    found = await call.services.timetable.find(call.organization, [_id(call)])
    if not found:
        return problem(refuse(Code.NOT_FOUND, "There is no such slot."))
    return json_reply(200, slot_view(found[0], for_staff=call.identity.may(Permission.STOCK_READ)))


@operation(
    "PATCH",
    "/v1/slots/{slot}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    body=SlotChange,
    answer=SlotView,
    key=KeyUse.HONOURED,
    refusals=(
        Code.NOT_FOUND,
        Code.POOL_BUSY,
        Code.CAPACITY_BELOW_RESERVED,
        Code.VERSION_CONFLICT,
        Code.OVERLOADED,
    ),
    example=Example(
        body={"title": "Hip replacement, left", "open": False}, path={"slot": "a slot"}
    ),
)
async def change_slot(call: Call) -> Reply:
    """Change a slot's title, terms or room, or close it for a while. Reservations are not touched;
    what each of them takes from pools cannot change while there are any."""
    given = given_in(call.body)
    for name in ("sale_starts_at", "sale_ends_at"):
        require_instant(name, given.get(name))
    asked = changed_needs(Needs(None, None, ()), given)
    check_kinds(asked, await pools_in(call, [asked]))
    needs = asked

    def change(slot: PublishedSlot) -> SlotFields:
        nonlocal needs
        fields = slot.fields
        about = {n: given[n] for n in ("title", "description", "open", "metadata") if n in given}
        needs = changed_needs(needs_in(slot.requires), given)
        terms = changed_terms(fields.terms, given)
        return fields._replace(**about, terms=terms, requirements=needs.all)

    answer = await call.services.slots.update(
        call.organization,
        call.actor.label,
        _id(call),
        change,
        lambda slot: (200, encode(slot_view(slot))),
        act_of(call),
    )
    return reply_to(renamed(answer, [needs]) if isinstance(answer, Refusal) else answer)


@operation(
    "POST",
    "/v1/slots/{slot}/capacity",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    body=CapacityRequest,
    answer=CapacityView,
    key=KeyUse.HONOURED,
    refusals=capacity.REFUSALS,
    example=Example(body={"delta": 2, "reason": "A second nurse"}, path={"slot": "a slot"}),
)
async def change_slot_capacity(call: Call) -> Reply:
    """Set how many units a slot has, if it still is what you believe, or adjust it by a delta with
    a reason."""
    return await capacity.change(call, _id(call))


@operation(
    "POST",
    "/v1/slots/{slot}/move",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=SlotMove,
    answer=SlotView,
    key=KeyUse.HONOURED,
    refusals=(
        Code.NOT_FOUND,
        Code.POOL_BUSY,
        Code.CAPACITY_BELOW_RESERVED,
        Code.VERSION_CONFLICT,
        Code.OVERLOADED,
    ),
    example=Example(body={"starts_at": "2035-03-07T08:00:00+01:00"}, path={"slot": "a slot"}),
)
async def move_slot(call: Call) -> Reply:
    """Publish a slot at another time, or in another room, in place of one that nobody has reserved,
    which is withdrawn: both or neither. What takes place at another time is another slot, with an
    id of its own, and belongs to no schedule; the answer is that one. Who waits for the old one
    need not wait any longer."""
    request: SlotMove = call.body
    for name in ("starts_at", "ends_at"):
        require_instant(name, getattr(request, name))
    starts_at = request.starts_at.astimezone(UTC)
    stays = request.ends_at is None and request.minutes is None
    ends_at = None if stays else _end(request)
    given = given_in(request)
    asked = changed_needs(Needs(None, None, ()), given)
    check_kinds(asked, await pools_in(call, [asked]))
    needs = asked

    def elsewhere(slot: PublishedSlot) -> NewSlot:
        nonlocal needs
        needs = changed_needs(needs_in(slot.requires), given)
        fields = slot.fields._replace(requirements=needs.all)
        until = ends_at or _after(starts_at, slot.ends_at - slot.starts_at)
        return NewSlot(slot.site.id, starts_at, until, slot.offering.capacity, fields)

    answer = await call.services.slots.move(
        call.organization,
        call.actor.label,
        _id(call),
        elsewhere,
        lambda slot: (201, encode(slot_view(slot))),
        act_of(call),
    )
    return reply_to(renamed(answer, [needs]) if isinstance(answer, Refusal) else answer)


@operation(
    "DELETE",
    "/v1/slots/{slot}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    query=WithdrawQuery,
    answer=SlotView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.CAPACITY_BELOW_RESERVED, Code.OVERLOADED),
    example=Example(path={"slot": "a slot"}, query="reason=Theatre+closed"),
)
async def withdraw_slot(call: Call) -> Reply:
    """Withdraw a slot that nobody has reserved: it is closed for good, gives back what it took from
    pools, and whoever waits for it need not wait any longer. It can still be looked at."""
    query: WithdrawQuery = call.query
    answer = await call.services.slots.withdraw(
        call.organization,
        call.actor.label,
        _id(call),
        lambda slot: (200, encode(slot_view(slot))),
        reason=query.reason,
        act=act_of(call),
    )
    return reply_to(answer)


def _id(call: Call) -> str:
    return require_id(call.path["slot"], "slot_", "slot")
