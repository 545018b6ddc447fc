"""`/api/products` and `/api/v1/inventory`: what there is and what is left of it."""

from firmhold.domain.errors import Code, refuse
from firmhold.doors.shared.ids import is_id
from firmhold.doors.shared.operation import Call, Example, Operation, Without, operation
from firmhold.doors.shared.pages import id_cursor, next_link
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.doors.shared.text import LONGEST_SKU
from firmhold.doors.storefront.shapes import InventoryAnswer, Money, Product, ProductsQuery
from firmhold.engine.catalogue import Item
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "storefront"

REASON = {
    None: None,
    Code.NOT_ON_SALE_YET: "not_on_sale_yet",
    Code.SALE_ENDED: "sale_ended",
    Code.INSUFFICIENT_CAPACITY: "sold_out",
}

STATUS = {
    None: "live",
    Code.NOT_ON_SALE_YET: "upcoming",
    Code.SALE_ENDED: "ended",
    Code.INSUFFICIENT_CAPACITY: "sold_out",
}


@operation(
    "GET",
    "/api/v1/inventory/{sku}",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    answer=InventoryAnswer,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"sku": "FLASH-SALE-001"}),
)
async def get_inventory(call: Call) -> Reply:
    """How many units of an item are available, reserved and sold."""
    found = await _by_sku(call, call.path["sku"])
    if not found:
        return problem(refuse(Code.NOT_FOUND, "There is no product with this SKU."))
    item = found[0]
    return json_reply(
        200,
        InventoryAnswer(
            item.sku,
            item.available,
            item.held,
            item.confirmed,
            item.capacity,
            item.why_unavailable is None,
            REASON[item.why_unavailable],
            item.now,
        ),
    )


@operation(
    "GET",
    "/api/products",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    query=ProductsQuery,
    answer=list[Product],
    example=Example(query="limit=10"),
)
async def list_products(call: Call) -> Reply:
    """The catalogue with prices, sale windows and stock."""
    return await _products(call, live=False)


@operation(
    "GET",
    "/api/products/live",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    query=ProductsQuery,
    answer=list[Product],
    example=Example(),
)
async def list_live_products(call: Call) -> Reply:
    """What can be bought at this moment."""
    return await _products(call, live=True)


async def _products(call: Call, *, live: bool) -> Reply:
    query: ProductsQuery = call.query
    after = id_cursor(query.cursor, "item_")
    found = await call.services.catalogue.find(
        call.organization, after=after, search=query.search, limit=query.limit
    )
    products = [product(item) for item in found if not live or item.why_unavailable is None]
    if len(found) < query.limit:
        return json_reply(200, products)
    where = "/api/products/live" if live else "/api/products"
    return json_reply(200, products, (b"link", next_link(where, query, found[-1].id)))


@operation(
    "GET",
    "/api/products/{product}",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    answer=Product,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"product": "FLASH-SALE-001"}),
)
async def get_product(call: Call) -> Reply:
    """One product, by id or SKU."""
    item = await find_product(call, call.path["product"])
    if item is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such product."))
    return json_reply(200, product(item))


async def find_product(call: Call, name: str) -> Item | None:
    """The item with this id or SKU."""
    found: list[Item] = []
    if is_id(name, "item_"):
        found = await call.services.catalogue.find(call.organization, ids=[name])
    found = found or await _by_sku(call, name)
    return found[0] if found else None


async def _by_sku(call: Call, name: str) -> list[Item]:
    """The item with this SKU, if the name can be one at all: an address may hold anything."""
    if len(name) > LONGEST_SKU or "\x00" in name:
        return []
    found: list[Item] = await call.services.catalogue.find(call.organization, skus=[name])
    return found


def product(item: Item) -> Product:
    """The item as a shop shows it."""
    terms = item.fields.terms
    price = None
    if terms.unit_price is not None and terms.currency is not None:
        price = Money(terms.unit_price, terms.currency)
    return Product(
        item.id,
        item.sku,
        item.fields.name,
        item.fields.description,
        price,
        terms.sale_starts_at,
        terms.sale_ends_at,
        item.capacity,
        item.available,
        STATUS[item.why_unavailable],
        terms.max_per_customer,
        item.now,
    )
