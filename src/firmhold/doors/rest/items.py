"""`/v1/items`: what is sold, and how many there are."""

from collections.abc import Callable, Sequence

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.doors.rest.capacity import REFUSALS, change
from firmhold.doors.rest.shapes.items import (
    ItemChange,
    ItemRequest,
    ItemsQuery,
    ItemsRequest,
    ItemView,
)
from firmhold.doors.rest.shapes.offerings import CapacityRequest, CapacityView
from firmhold.doors.rest.terms import changed_terms, price_of, terms_of
from firmhold.doors.shared.body import require_instant
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, Without, operation
from firmhold.doors.shared.pages import id_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.engine.catalogue import Item, ItemFields, NewItem
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "items"


@operation(
    "POST",
    "/v1/items",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=ItemRequest,
    answer=ItemView,
    key=KeyUse.HONOURED,
    refusals=(Code.ALREADY_EXISTS, Code.OVERLOADED),
    example=Example(
        body={
            "sku": "LAMP-7",
            "name": "Desk lamp",
            "capacity": 40,
            "price": {"amount": 4900, "currency": "EUR"},
            "max_per_customer": 2,
        }
    ),
)
async def create_item(call: Call) -> Reply:
    """Put an item on sale."""
    return await _create(
        call,
        [("", call.body)],
        lambda items: (201, encode(view(items[0]))),
    )


@operation(
    "POST",
    "/v1/items/bulk",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=ItemsRequest,
    answer=list[ItemView],
    key=KeyUse.HONOURED,
    refusals=(Code.ALREADY_EXISTS, Code.OVERLOADED),
    bulk=True,
    example=Example(
        body={
            "items": [
                {"sku": "CHAIR-1", "name": "Chair, oak", "capacity": 12},
                {"sku": "CHAIR-2", "name": "Chair, ash", "capacity": 8},
            ]
        }
    ),
)
async def create_items(call: Call) -> Reply:
    """Put up to 1,000 items on sale, all of them or none."""
    skus = [item.sku for item in call.body.items]
    for index, sku in enumerate(skus):
        if skus.index(sku) < index:
            return problem(
                malformed(f"items[{index}].sku", f"the same as items[{skus.index(sku)}].sku")
            )
    return await _create(
        call,
        [(f"items[{index}].", item) for index, item in enumerate(call.body.items)],
        lambda items: (201, encode({"data": [view(i) for i in items]})),
    )


async def _create(
    call: Call,
    requests: Sequence[tuple[str, ItemRequest]],
    render: Callable[[list[Item]], tuple[int, bytes]],
) -> Reply:
    """`requests`: each with the place in the body where it stands."""
    new = [
        NewItem(
            request.sku,
            request.capacity,
            _checked(
                ItemFields(request.name, request.description, request.metadata, terms_of(request)),
                where,
            ),
        )
        for where, request in requests
    ]
    answer = await call.services.catalogue.create(
        call.organization, call.actor.label, new, render, act_of(call)
    )
    return reply_to(answer)


@operation(
    "GET",
    "/v1/items",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    query=ItemsQuery,
    answer=list[ItemView],
    example=Example(query="search=sale&limit=10"),
)
async def list_items(call: Call) -> Reply:
    """Items in the order of their creation, searched by name and SKU, or the one with a SKU."""
    query: ItemsQuery = call.query
    after = id_cursor(query.cursor, "item_")
    found = await call.services.catalogue.find(
        call.organization,
        skus=None if query.sku is None else [query.sku],
        after=after,
        search=query.search,
        limit=query.limit,
    )
    more = found[-1].id if len(found) == query.limit else None
    return page("/v1/items", query, [view(item) for item in found], more)


@operation(
    "GET",
    "/v1/items/{item}",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    answer=ItemView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"item": "item"}),
)
async def get_item(call: Call) -> Reply:
    """One item and what is left of it."""
    found = await call.services.catalogue.find(call.organization, ids=[_id(call)])
    if not found:
        return problem(refuse(Code.NOT_FOUND, "There is no such item."))
    return json_reply(200, view(found[0]))


@operation(
    "PATCH",
    "/v1/items/{item}",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    body=ItemChange,
    answer=ItemView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(body={"max_per_customer": 3}, path={"item": "item"}),
)
async def change_item(call: Call) -> Reply:
    """Change an item's name, price, sale window or limits. Holds that exist are not touched."""
    answer = await call.services.catalogue.update(
        call.organization,
        call.actor.label,
        _id(call),
        lambda item: _changed(item.fields, call.body),
        lambda item: (200, encode(view(item))),
        act_of(call),
    )
    return reply_to(answer)


@operation(
    "POST",
    "/v1/items/{item}/capacity",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    body=CapacityRequest,
    answer=CapacityView,
    key=KeyUse.HONOURED,
    refusals=REFUSALS,
    example=Example(body={"delta": 5, "reason": "Delivery 4711"}, path={"item": "item"}),
)
async def change_capacity(call: Call) -> Reply:
    """Set the capacity, if it still is what you believe, or adjust it by a delta with a reason."""
    return await change(call, _id(call))


def _id(call: Call) -> str:
    return require_id(call.path["item"], "item_", "item")


def _changed(fields: ItemFields, change: ItemChange) -> ItemFields:
    given = given_in(change)
    about = {name: given[name] for name in ("name", "description", "metadata") if name in given}
    return _checked(fields._replace(**about, terms=changed_terms(fields.terms, given)))


def _checked(fields: ItemFields, where: str = "") -> ItemFields:
    """The fields, if they make sense together. Raises `Refused` if not."""
    terms = fields.terms
    starts, ends = terms.sale_starts_at, terms.sale_ends_at
    for name, instant in (("sale_starts_at", starts), ("sale_ends_at", ends)):
        require_instant(where + name, instant)
    if starts is not None and ends is not None and starts >= ends:
        raise Refused(malformed(f"{where}sale_ends_at", "not after sale_starts_at"))
    if terms.max_quantity is not None and terms.max_quantity < terms.min_quantity:
        raise Refused(malformed(f"{where}max_quantity", "less than min_quantity"))
    if terms.max_per_customer is not None and terms.max_per_customer < terms.min_quantity:
        raise Refused(malformed(f"{where}max_per_customer", "less than min_quantity"))
    return fields


def view(item: Item) -> ItemView:
    """The item as the native API shows it."""
    terms = item.fields.terms
    return ItemView(
        item.id,
        item.sku,
        item.fields.name,
        item.fields.description,
        price_of(terms.unit_price, terms.currency),
        item.capacity,
        item.held,
        item.confirmed,
        item.available,
        item.draining_to,
        terms.sale_starts_at,
        terms.sale_ends_at,
        terms.min_quantity,
        terms.max_quantity,
        terms.max_per_customer,
        terms.hold_ttl_seconds,
        item.fields.metadata,
        item.version,
        item.created_at,
        item.updated_at,
        item.now,
    )
