"""`/v1/reports`: what the ledger adds up to over time; also as spreadsheets."""

from collections.abc import Mapping
from typing import Any

from firmhold.domain.errors import Code, Refused, malformed
from firmhold.doors.rest.report_views import (
    head,
    holds_steps,
    holds_totals,
    no_shows_group,
    report_reply,
    sell_out,
    sold_steps,
    use_steps,
)
from firmhold.doors.rest.shapes.reports import (
    HoldsQuery,
    HoldsReport,
    HoldsStep,
    NoShowsGroup,
    NoShowsQuery,
    NoShowsReport,
    SellOut,
    SellOutsQuery,
    SellOutsReport,
    SellThroughQuery,
    SellThroughReport,
    SellThroughStep,
    UseStep,
    UtilisationQuery,
    UtilisationReport,
)
from firmhold.doors.shared.filters import require_ids, require_there
from firmhold.doors.shared.operation import Call, Example, Operation, operation
from firmhold.doors.shared.pages import encode_cursor, next_link, time_cursor, time_position
from firmhold.doors.shared.reply import Header, Reply
from firmhold.identity.permissions import Permission
from firmhold.reports.reader import MOST_GROUPS, Freshness, Subject
from firmhold.reports.steps import Every, Period, period_of

TABLE: list[Operation] = []
TAG = "reports"

_ABOUT: Mapping[str, Any] = {
    "table": TABLE,
    "tag": TAG,
    "permission": Permission.REPORTS_READ,
    "other_media_types": ("text/csv",),
    "refusals": (Code.NOT_FOUND,),
}
"""What all of them have in common."""


@operation(
    "GET",
    "/v1/reports/holds",
    query=HoldsQuery,
    answer=HoldsReport,
    example=Example(query="every=day&zone=Europe/Berlin"),
    **_ABOUT,
)
async def report_holds(call: Call) -> Reply:
    """How many holds were placed, and what became of those that ended: how many expired, how many
    were confirmed, and how fast."""
    query: HoldsQuery = call.query
    subject = Subject(query.site, query.offering, query.pool, query.kind)
    period = await _period(call, subject, query.every)
    steps, fresh = await call.services.reports.series(call.organization, subject, period)
    report = HoldsReport(
        **head(period, fresh), totals=holds_totals(steps), data=holds_steps(period, steps)
    )
    return report_reply(call, "holds", HoldsStep, report)


@operation(
    "GET",
    "/v1/reports/sell-through",
    query=SellThroughQuery,
    answer=SellThroughReport,
    example=Example(query="every=hour"),
    **_ABOUT,
)
async def report_sell_through(call: Call) -> Reply:
    """Which share of the capacity at that time had been sold at the end of each step."""
    query: SellThroughQuery = call.query
    kind = "item" if query.offering is None else None
    subject = Subject(offering=query.offering, kind=kind)
    period = await _period(call, subject, query.every)
    steps, fresh = await call.services.reports.series(
        call.organization, subject, period, state=True
    )
    data = tuple(sold_steps(period, steps, fresh))
    report = SellThroughReport(**head(period, fresh), data=data)
    return report_reply(call, "sell-through", SellThroughStep, report)


@operation(
    "GET",
    "/v1/reports/sell-outs",
    query=SellOutsQuery,
    answer=SellOutsReport,
    example=Example(query="kind=item"),
    **_ABOUT,
)
async def report_sell_outs(call: Call) -> Reply:
    """Sales that began in the period: how long until nothing was left, and whether units came
    back."""
    query: SellOutsQuery = call.query
    subject = Subject(None, query.offering, query.pool, query.kind)
    cursor = time_cursor(query.cursor, ("item_", "slot_"))
    beyond = None if cursor is None else (cursor[0], cursor[1][0])
    period = await _period(call, subject, Every.MONTH)
    rows, fresh = await call.services.reports.sales(
        call.organization, subject, period, beyond, query.limit
    )
    data = tuple(map(sell_out, rows))
    headers: tuple[Header, ...] = ()
    position = None
    if len(data) == query.limit:
        position = time_position(data[-1].first_taken_at, data[-1].offering)
        headers = ((b"link", next_link("/v1/reports/sell-outs", query, position)),)
    further = None if position is None else encode_cursor(position)
    report = SellOutsReport(**head(period, fresh), data=data, next=further)
    return report_reply(call, "sell-outs", SellOut, report, *headers)


@operation(
    "GET",
    "/v1/reports/utilisation",
    query=UtilisationQuery,
    answer=UtilisationReport,
    example=Example(query="kind=practitioner&every=day"),
    **_ABOUT,
)
async def report_utilisation(call: Call) -> Reply:
    """For how much of their time rooms, practitioners and equipment are lent and booked, as their
    slots, their number and the opening hours are now."""
    query: UtilisationQuery = call.query
    subject = Subject(site=query.site, pool=query.pool)
    period = await _period(call, subject, query.every)
    found, now = await call.services.reports.use(call.organization, subject, query.kind, period)
    data = tuple(step for pool, uses in found for step in use_steps(period, pool, uses))
    report = UtilisationReport(**head(period, Freshness(now, True)), data=data)
    return report_reply(call, "utilisation", UseStep, report)


@operation(
    "GET",
    "/v1/reports/no-shows",
    query=NoShowsQuery,
    answer=NoShowsReport,
    example=Example(query="by=pool"),
    **_ABOUT,
)
async def report_no_shows(call: Call) -> Reply:
    """How many of those who were expected did not come, at slots that have begun: by service, by
    practitioner, by site, or over time."""
    query: NoShowsQuery = call.query
    subject = Subject(query.site, query.slot, query.pool)
    named = {"site": query.site, "slot": query.slot, "pool": query.pool}
    period = await _period(call, subject, query.every, named)
    rows, now = await call.services.reports.attendance(call.organization, subject, query.by, period)
    data = tuple(no_shows_group(query.by, row, period) for row in rows[:MOST_GROUPS])
    report = NoShowsReport(
        **head(period, Freshness(now, True)), data=data, is_all=len(rows) <= MOST_GROUPS
    )
    return report_reply(call, "no-shows", NoShowsGroup, report)


async def _period(
    call: Call, subject: Subject, every: str, named: Mapping[str, str | None] | None = None
) -> Period:
    """The period that is asked for, of what there is. Raises `Refused`."""
    if named is None:
        named = {"site": subject.site, "offering": subject.offering, "pool": subject.pool}
    given = [word for word, id in named.items() if id is not None]
    if isinstance(call.query, HoldsQuery | SellOutsQuery) and subject.kind is not None:
        given.append("kind")
    if len(given) > 1:
        raise Refused(malformed(given[1], f"goes without {given[0]}: name only one of them"))
    require_ids(named)
    await require_there(call, named)
    query, services = call.query, call.services
    zone = query.zone
    if zone is None and subject.site is not None:
        zone = (await services.places.find(call.organization, ids=[subject.site]))[0].fields.zone
    now = await services.reports.now(call.organization)
    return period_of(query.since, query.until, zone or "UTC", Every(every), now)
