"""`/v1/sites`: where slots take place, by whose clocks, and what holds for booking there."""

from typing import Any

from msgspec.structs import astuple

from firmhold.domain.errors import Code, refuse
from firmhold.domain.model import CustomerLimit as Limit
from firmhold.doors.rest.shapes.sites import (
    Blackout,
    CustomerLimit,
    OpeningHours,
    SiteChange,
    SiteRequest,
    SitesQuery,
    SiteView,
)
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, Without, operation
from firmhold.doors.shared.pages import id_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.engine import places
from firmhold.engine.places import Site, SiteFields
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "sites"


@operation(
    "POST",
    "/v1/sites",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=SiteRequest,
    answer=SiteView,
    key=KeyUse.HONOURED,
    refusals=(Code.ALREADY_EXISTS, Code.OVERLOADED),
    example=Example(
        body={
            "name": "North clinic",
            "zone": "Europe/Berlin",
            "address": "1 Station Road",
            "opening_hours": [
                {"day": "MO", "opens": "09:00", "closes": "17:00"},
                {"day": "TU", "opens": "09:00", "closes": "13:00"},
            ],
        }
    ),
)
async def create_site(call: Call) -> Reply:
    """Make a site, so that there can be slots at it."""
    request: SiteRequest = call.body
    fields = _fields({name: getattr(request, name) for name in request.__struct_fields__})
    answer = await call.services.places.create(
        call.organization, fields, lambda site: (201, encode(view(site))), act_of(call)
    )
    return reply_to(answer)


@operation(
    "GET",
    "/v1/sites",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    query=SitesQuery,
    answer=list[SiteView],
    example=Example(query="limit=10"),
)
async def list_sites(call: Call) -> Reply:
    """Sites in the order of their creation. `metadata`, and why there is a blackout, is shown to
    auditors and operators alone."""
    query: SitesQuery = call.query
    after = id_cursor(query.cursor, "site_")
    found = await call.services.places.find(call.organization, after=after, limit=query.limit)
    more = found[-1].id if len(found) == query.limit else None
    staff = call.identity.may(Permission.STOCK_READ)
    return page("/v1/sites", query, [view(site, for_staff=staff) for site in found], more)


@operation(
    "GET",
    "/v1/sites/{site}",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    answer=SiteView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"site": "a site"}),
)
async def get_site(call: Call) -> Reply:
    """One site."""
    found = await call.services.places.find(call.organization, ids=[site_id(call)])
    if not found:
        return problem(refuse(Code.NOT_FOUND, "There is no such site."))
    return json_reply(200, view(found[0], for_staff=call.identity.may(Permission.STOCK_READ)))


@operation(
    "PATCH",
    "/v1/sites/{site}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    body=SiteChange,
    answer=SiteView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.ALREADY_EXISTS, Code.OVERLOADED),
    example=Example(
        body={
            "notice_minutes": 60,
            "blackouts": [
                {"starts": "2035-12-24T12:00", "ends": "2035-12-27", "reason": "Holidays"}
            ],
        },
        path={"site": "a site"},
    ),
)
async def change_site(call: Call) -> Reply:
    """Change a site. Slots that are there stay as they are: its schedules make those to come by its
    new zone, length of slots and blackouts, and make anew what they have made when each is
    regenerated with `POST /v1/schedules/{schedule}/regenerate`, which says what became of them."""
    change: SiteChange = call.body
    answer = await call.services.places.update(
        call.organization,
        site_id(call),
        lambda site: _fields({**site.fields._asdict(), **given_in(change)}),
        lambda site: (200, encode(view(site))),
        act_of(call),
    )
    return reply_to(answer)


def site_id(call: Call) -> str:
    """The site in the address."""
    return require_id(call.path["site"], "site_", "site")


def _fields(values: dict[str, Any]) -> SiteFields:
    """What is said about a site, from the wire or from the site itself."""
    limit = values["customer_limit"]
    return SiteFields(
        **values
        | {
            "opening_hours": tuple(
                places.OpeningHours(*_parts(hours)) for hours in values["opening_hours"]
            ),
            "blackouts": tuple(places.Closure(*_parts(it)) for it in values["blackouts"]),
            "customer_limit": None if limit is None else Limit(*_parts(limit)),
        }
    )


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else astuple(value)


def view(site: Site, *, for_staff: bool = True) -> SiteView:
    """The site as the native API shows it; without what those who run it have noted, unless it is
    for them."""
    fields = site.fields
    blackouts = (it if for_staff else it._replace(reason=None) for it in fields.blackouts)
    limit = fields.customer_limit
    return SiteView(
        site.id,
        fields.name,
        fields.zone,
        fields.address,
        fields.slot_minutes,
        tuple(OpeningHours(*hours) for hours in fields.opening_hours),  # type: ignore[arg-type]  # a day that was checked
        tuple(Blackout(*closure) for closure in blackouts),
        fields.horizon_days,
        fields.notice_minutes,
        fields.cutoff_minutes,
        None if limit is None else CustomerLimit(*limit),
        dict(fields.metadata) if for_staff else None,
        site.created_at,
        site.updated_at,
        site.now,
    )
