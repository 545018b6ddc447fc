"""`/v1/pools`: rooms, practitioners and equipment, and what is lent of them."""

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.doors.rest.shapes.pools import (
    LoansQuery,
    LoanView,
    PoolChange,
    PoolRequest,
    PoolsQuery,
    PoolView,
)
from firmhold.doors.shared.filters import require_ids, require_there
from firmhold.doors.shared.ids import is_id, require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, page, time_cursor, time_position
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.engine.places import no_site
from firmhold.engine.pools import LoanSeen, PoolFields, PoolKind, PoolSeen
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "pools"


@operation(
    "POST",
    "/v1/pools",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=PoolRequest,
    answer=PoolView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.ALREADY_EXISTS, Code.OVERLOADED),
    example=Example(
        body={
            "kind": "equipment",
            "name": "Ventilator",
            "units": 3,
            "site": "a site",
            "after_minutes": 15,
        }
    ),
)
async def create_pool(call: Call) -> Reply:
    """Make a room, a practitioner, or so many units of equipment."""
    request: PoolRequest = call.body
    fields = PoolFields(
        request.name,
        request.units,
        request.before_minutes,
        request.after_minutes,
        _site(request.site),
        request.metadata,
    )
    answer = await call.services.pools.create(
        call.organization,
        PoolKind(request.kind),
        fields,
        lambda pool: (201, encode(view(pool))),
        act_of(call),
    )
    return reply_to(answer)


@operation(
    "GET",
    "/v1/pools",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_READ,
    query=PoolsQuery,
    answer=list[PoolView],
    example=Example(query="kind=room&limit=10"),
)
async def list_pools(call: Call) -> Reply:
    """Pools in the order of their creation."""
    query: PoolsQuery = call.query
    after = id_cursor(query.cursor, "pool_")
    named = {"site": query.site}
    require_ids(named)
    found = await call.services.pools.find(
        call.organization,
        site=query.site,
        kind=None if query.kind is None else PoolKind(query.kind),
        after=after,
        limit=query.limit,
    )
    if not found:
        await require_there(call, named)
    more = found[-1].id if len(found) == query.limit else None
    return page("/v1/pools", query, [view(pool) for pool in found], more)


@operation(
    "GET",
    "/v1/pools/{pool}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_READ,
    answer=PoolView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"pool": "a room"}),
)
async def get_pool(call: Call) -> Reply:
    """One pool."""
    return json_reply(200, view(await _found(call)))


@operation(
    "PATCH",
    "/v1/pools/{pool}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    body=PoolChange,
    answer=PoolView,
    key=KeyUse.HONOURED,
    refusals=(
        Code.NOT_FOUND,
        Code.CAPACITY_BELOW_RESERVED,
        Code.ALREADY_EXISTS,
        Code.OVERLOADED,
    ),
    example=Example(body={"after_minutes": 20}, path={"pool": "a room"}),
)
async def change_pool(call: Call) -> Reply:
    """Change a pool. It cannot have fewer units than it lends at some instant from now on."""
    given = given_in(call.body)
    if "site" in given:
        given["site"] = _site(given["site"])
    answer = await call.services.pools.update(
        call.organization,
        pool_id(call),
        lambda pool: pool.fields._replace(**given),
        lambda pool: (200, encode(view(pool))),
        act_of(call),
    )
    return reply_to(answer)


@operation(
    "DELETE",
    "/v1/pools/{pool}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    answer=PoolView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.VERSION_CONFLICT, Code.OVERLOADED),
    example=Example(path={"pool": "a pool"}),
)
async def delete_pool(call: Call) -> Reply:
    """Delete a pool that no slot requires, withdrawn ones included. The answer is what it was."""
    answer = await call.services.pools.delete(
        call.organization,
        pool_id(call),
        lambda pool: (200, encode(view(pool))),
        act_of(call),
    )
    return reply_to(answer)


@operation(
    "GET",
    "/v1/pools/{pool}/loans",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_READ,
    query=LoansQuery,
    answer=list[LoanView],
    refusals=(Code.NOT_FOUND,),
    example=Example(
        path={"pool": "a room"}, query="from=2035-03-01T00:00:00Z&to=2035-04-01T00:00:00Z"
    ),
)
async def list_loans(call: Call) -> Reply:
    """What a pool has lent at some time, and to which slot, in the order of time. Holds that have
    ended have nothing. Who has reserved the slot, `/v1/reservations` tells."""
    query: LoansQuery = call.query
    if query.until <= query.since:
        raise Refused(malformed("to", "not after from"))
    position = time_cursor(query.cursor, "slot_")
    after = None if position is None else (position[0], position[1][0])
    pool = await _found(call)
    found = await call.services.pools.lent(
        call.organization, pool.id, query.since, query.until, after=after, limit=query.limit
    )
    more = time_position(*found[-1].position) if len(found) == query.limit else None
    return page(f"/v1/pools/{pool.id}/loans", query, [_loan_view(loan) for loan in found], more)


async def _found(call: Call) -> PoolSeen:
    found: list[PoolSeen] = await call.services.pools.find(call.organization, ids=[pool_id(call)])
    if not found:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such pool."))
    return found[0]


def pool_id(call: Call) -> str:
    """The pool in the address."""
    return require_id(call.path["pool"], "pool_", "pool")


def _site(id: str | None) -> str | None:
    """The site of a request. Raises `Refused` for what cannot be one."""
    if id is not None and not is_id(id, "site_"):
        raise Refused(no_site(id, field="site"))
    return id


def view(pool: PoolSeen) -> PoolView:
    """The pool as the native API shows it."""
    fields = pool.fields
    return PoolView(
        pool.id,
        pool.kind.value,
        fields.name,
        fields.units,
        fields.site,
        fields.before_minutes,
        fields.after_minutes,
        dict(fields.metadata),
        pool.created_at,
        pool.updated_at,
    )


def _loan_view(loan: LoanSeen) -> LoanView:
    return LoanView(
        loan.slot,
        loan.title,
        loan.per.value,
        loan.units,
        loan.starts_at,
        loan.ends_at,
    )
