"""`/v1/schedules`: recurrence rules in a site's wall-clock time, and the slots they make."""

from collections.abc import Iterable, Mapping
from typing import Any

from firmhold.domain.errors import Code, Refusal, Refused
from firmhold.doors.rest.requirements import (
    Needs,
    changed_needs,
    check_kinds,
    needs_in,
    needs_of,
    pools_in,
    renamed,
)
from firmhold.doors.rest.schedule_fields import changed_fields, fields_of, required_in
from firmhold.doors.rest.schedule_views import preview_view, report_view, schedule_view
from firmhold.doors.rest.shapes.schedules import (
    PreviewQuery,
    PreviewView,
    ScheduleAnswer,
    ScheduleChange,
    ScheduleRequest,
    SchedulesQuery,
    ScheduleView,
    StopQuery,
)
from firmhold.doors.shared.body import require_instant
from firmhold.doors.shared.filters import require_ids, require_there
from firmhold.doors.shared.ids import is_id, require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, earlier, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.engine.generation import ScheduleFields, no_schedule
from firmhold.engine.places import Site, no_site
from firmhold.engine.pools import PoolSeen
from firmhold.engine.schedules import Render, ScheduleSeen
from firmhold.engine.ticket import Reply as Answered
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "schedules"

EXAMPLE = {
    "site": "a site",
    "title": "General practice",
    "rule": "FREQ=WEEKLY;BYDAY=MO,TH",
    "sessions": [{"opens": "09:00", "closes": "13:00"}],
    "slot_minutes": 20,
    "breaks": [{"starts": "11:00", "ends": "11:20"}],
    "overrides": [{"on": "2035-01-01", "closed": True}],
}


@operation(
    "POST",
    "/v1/schedules/preview",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    body=ScheduleRequest,
    query=PreviewQuery,
    answer=PreviewView,
    effect=False,
    refusals=(Code.NOT_FOUND,),
    example=Example(body=EXAMPLE),
)
async def preview_schedule(call: Call) -> Reply:
    """See what a schedule would come to: its slots, what is in their way, and what a change of the
    clocks does to them. Nothing is saved."""
    query: PreviewQuery = call.query
    if query.schedule is not None:
        require_id(query.schedule, "sched_", "schedule")
    site, fields, needs, _ = await _read(call)
    report = await call.services.schedules.preview(call.organization, fields, query.schedule)
    if isinstance(report, Refusal):
        return problem(renamed(report, [needs]))
    return json_reply(200, preview_view(site.fields.zone, report))


@operation(
    "POST",
    "/v1/schedules",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=ScheduleRequest,
    answer=ScheduleAnswer,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(body={**EXAMPLE, "room": "a room", "practitioner": "a practitioner"}),
)
async def create_schedule(call: Call) -> Reply:
    """Make a schedule, and its slots up to as far ahead as they can be booked; it goes on by itself
    from then on. Slots for which a room or a person is taken are left out, and reported; another
    schedule with slots at the same time is only named, unless each has a room or a person."""
    if (first := await earlier(call)) is not None:
        return first
    _, fields, needs, pools = await _read(call)
    answer = await call.services.schedules.create(
        call.organization, call.actor.label, fields, _render(pools, 201), act_of(call)
    )
    return _reply_to(answer, needs)


async def _read(call: Call) -> tuple[Site, ScheduleFields, Needs, dict[str, PoolSeen]]:
    """The site, what the body says about a schedule there, what its slots take, and from which
    pools. Raises `Refused`."""
    request: ScheduleRequest = call.body
    for name in ("sale_starts_at", "sale_ends_at"):
        require_instant(name, getattr(request, name))
    needs = needs_of(request)
    found: list[Site] = []
    if is_id(request.site, "site_"):
        found = await call.services.places.find(call.organization, ids=[request.site])
    if not found:
        raise Refused(no_site(request.site, field="site"))
    fields = fields_of(request, needs, found[0])
    pools = await pools_in(call, [needs])
    check_kinds(needs, pools)
    return found[0], fields, needs, pools


@operation(
    "GET",
    "/v1/schedules",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_READ,
    query=SchedulesQuery,
    answer=list[ScheduleView],
    example=Example(query="limit=10"),
)
async def list_schedules(call: Call) -> Reply:
    """Schedules in the order of their creation."""
    query: SchedulesQuery = call.query
    after = id_cursor(query.cursor, "sched_")
    named = {"site": query.site}
    require_ids(named)
    found = await call.services.schedules.find(
        call.organization, site=query.site, after=after, limit=query.limit
    )
    if not found:
        await require_there(call, named)
    pools = await _pools_of(call, found)
    more = found[-1].id if len(found) == query.limit else None
    return page("/v1/schedules", query, [schedule_view(it, pools) for it in found], more)


@operation(
    "GET",
    "/v1/schedules/{schedule}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_READ,
    answer=ScheduleView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"schedule": "a schedule"}),
)
async def get_schedule(call: Call) -> Reply:
    """One schedule."""
    found = await _found(call)
    return json_reply(200, schedule_view(found, await _pools_of(call, [found])))


@operation(
    "PATCH",
    "/v1/schedules/{schedule}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    body=ScheduleChange,
    answer=ScheduleAnswer,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(body={"slot_minutes": 30}, path={"schedule": "a schedule"}),
)
async def change_schedule(call: Call) -> Reply:
    """Change a schedule, and let its slots be what it says now. Those that are reserved, waited for
    or were changed by somebody stay as they are, and are reported, with what cannot be made because
    of them. Slots of a schedule that has been stopped stay as they are until it is started."""
    given = given_in(call.body)
    for name in ("sale_starts_at", "sale_ends_at"):
        require_instant(name, given.get(name))
    asked = changed_needs(Needs(None, None, ()), given)
    pools = await pools_in(call, [asked])
    check_kinds(asked, pools)
    pools |= await _pools_of(call, [await _found(call)])
    needs = asked

    def change(schedule: ScheduleSeen) -> ScheduleFields:
        nonlocal needs
        required = required_in(schedule.fields.slot.requirements, pools)
        needs = changed_needs(needs_in(required), given)
        return changed_fields(schedule.fields, given, needs)

    answer = await call.services.schedules.update(
        call.organization,
        call.actor.label,
        _id(call),
        change,
        _render(pools, 200),
        act_of(call),
    )
    return _reply_to(answer, needs)


@operation(
    "POST",
    "/v1/schedules/{schedule}/regenerate",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    answer=ScheduleAnswer,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.VERSION_CONFLICT, Code.OVERLOADED),
    example=Example(path={"schedule": "a schedule"}),
)
async def regenerate_schedule(call: Call) -> Reply:
    """Compare the slots of a schedule with what it and its site say now: make what is missing, take
    back what is planned no more, and leave alone what is reserved. Of more than 10,000 slots the
    nearest are seen to at once and the rest within minutes."""
    pools = await _pools_of(call, [await _found(call)])
    answer = await call.services.schedules.regenerate(
        call.organization,
        call.actor.label,
        _id(call),
        _render(pools, 200),
        act_of(call),
    )
    return _reply_to(answer)


@operation(
    "POST",
    "/v1/schedules/{schedule}/start",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    answer=ScheduleAnswer,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"schedule": "a schedule"}),
)
async def start_schedule(call: Call) -> Reply:
    """Let a schedule that was stopped go on, and regenerate it."""
    pools = await _pools_of(call, [await _found(call)])
    answer = await call.services.schedules.start(
        call.organization,
        call.actor.label,
        _id(call),
        _render(pools, 200),
        act_of(call),
    )
    return _reply_to(answer)


@operation(
    "DELETE",
    "/v1/schedules/{schedule}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    query=StopQuery,
    answer=ScheduleAnswer,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"schedule": "a schedule"}),
)
async def stop_schedule(call: Call) -> Reply:
    """Stop a schedule: it makes no more slots, and those to come that nobody has reserved are
    withdrawn. Says which were left alone, and how many stay. It can be started again."""
    query: StopQuery = call.query
    pools = await _pools_of(call, [await _found(call)])
    answer = await call.services.schedules.stop(
        call.organization,
        call.actor.label,
        _id(call),
        _render(pools, 200),
        withdraw=query.withdraw,
        act=act_of(call),
    )
    return _reply_to(answer)


def _id(call: Call) -> str:
    return require_id(call.path["schedule"], "sched_", "schedule")


async def _found(call: Call) -> ScheduleSeen:
    """The schedule in the address. Raises `Refused` if there is none."""
    id = _id(call)
    found: list[ScheduleSeen] = await call.services.schedules.find(call.organization, ids=[id])
    if not found:
        raise Refused(no_schedule(id))
    return found[0]


async def _pools_of(call: Call, schedules: Iterable[ScheduleSeen]) -> dict[str, PoolSeen]:
    """The pools that the slots of these schedules require."""
    return await pools_in(
        call, [Needs(None, None, it.fields.slot.requirements) for it in schedules]
    )


def _render(pools: Mapping[str, PoolSeen], status: int) -> Render:
    def render(schedule: ScheduleSeen, report: Any) -> tuple[int, bytes]:
        answer = ScheduleAnswer(schedule_view(schedule, pools), report_view(report))
        return status, encode(answer)

    return render


def _reply_to(answer: Answered, needs: Needs | None = None) -> Reply:
    if isinstance(answer, Refusal) and needs is not None:
        answer = renamed(answer, [needs])
    return reply_to(answer)
