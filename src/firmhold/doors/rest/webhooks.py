"""`/v1/webhooks`: where events are sent, and what came of it."""

from datetime import datetime

from firmhold.domain.errors import Code
from firmhold.doors.rest.shapes.webhooks import (
    DeliveriesQuery,
    DeliveryView,
    NewWebhookView,
    WebhookChange,
    WebhookRequest,
    WebhooksQuery,
    WebhookView,
)
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, number_cursor, page
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.identity.permissions import Permission
from firmhold.notify.webhooks.endpoints import Delivery, Webhook

TABLE: list[Operation] = []
TAG = "webhooks"


@operation(
    "POST",
    "/v1/webhooks",
    table=TABLE,
    tag=TAG,
    permission=Permission.WEBHOOKS_WRITE,
    status=201,
    body=WebhookRequest,
    answer=NewWebhookView,
    refusals=(Code.LIMIT_EXCEEDED, Code.OVERLOADED),
    example=Example(body={"url": "https://shop.example/hooks", "types": ["reservation.confirmed"]}),
)
async def create_webhook(call: Call) -> Reply:
    """Name an address to which events are sent from now on. Its secret is told in this answer and
    never again, so a repeated request makes another one."""
    body: WebhookRequest = call.body

    async def make(connection: object, now: datetime) -> tuple[str, int, bytes]:
        webhook, secret = await call.services.webhooks.add(
            connection, call.organization, body.url, body.description, body.types
        )
        return webhook.id, 201, encode(NewWebhookView(**webhook._asdict(), secret=secret))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), make))


@operation(
    "GET",
    "/v1/webhooks",
    table=TABLE,
    tag=TAG,
    permission=Permission.WEBHOOKS_WRITE,
    query=WebhooksQuery,
    answer=list[WebhookView],
    example=Example(),
)
async def list_webhooks(call: Call) -> Reply:
    """Webhooks, the newest first."""
    query: WebhooksQuery = call.query
    found = await call.services.webhooks.page(
        call.organization, id_cursor(query.cursor, "hook_"), query.limit
    )
    more = found[-1].id if len(found) == query.limit else None
    return page("/v1/webhooks", query, [_view(it) for it in found], more)


@operation(
    "GET",
    "/v1/webhooks/{webhook}",
    table=TABLE,
    tag=TAG,
    permission=Permission.WEBHOOKS_WRITE,
    answer=WebhookView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"webhook": "a webhook"}),
)
async def get_webhook(call: Call) -> Reply:
    """One webhook."""
    return json_reply(200, _view(await call.services.webhooks.find(call.organization, _id(call))))


@operation(
    "PATCH",
    "/v1/webhooks/{webhook}",
    table=TABLE,
    tag=TAG,
    permission=Permission.WEBHOOKS_WRITE,
    body=WebhookChange,
    answer=WebhookView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"webhook": "a webhook"}, body={"enabled": False}),
)
async def change_webhook(call: Call) -> Reply:
    """Change where events are sent, which, and whether."""
    id, given = _id(call), given_in(call.body)

    async def change(connection: object, now: datetime) -> tuple[str, int, bytes]:
        webhook = await call.services.webhooks.change(connection, call.organization, id, given)
        return webhook.id, 200, encode(_view(webhook))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), change))


@operation(
    "POST",
    "/v1/webhooks/{webhook}/rotate-secret",
    table=TABLE,
    tag=TAG,
    permission=Permission.WEBHOOKS_WRITE,
    answer=NewWebhookView,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"webhook": "a webhook"}),
)
async def rotate_webhook_secret(call: Call) -> Reply:
    """Another secret, told in this answer and never again. For a day deliveries are signed with the
    one before as well."""
    id = _id(call)

    async def rotate(connection: object, now: datetime) -> tuple[str, int, bytes]:
        webhook, secret = await call.services.webhooks.rotate(connection, call.organization, id)
        return webhook.id, 200, encode(NewWebhookView(**webhook._asdict(), secret=secret))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), rotate))


@operation(
    "DELETE",
    "/v1/webhooks/{webhook}",
    table=TABLE,
    tag=TAG,
    permission=Permission.WEBHOOKS_WRITE,
    status=204,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"webhook": "a webhook"}),
)
async def delete_webhook(call: Call) -> Reply:
    """Send nothing there any more, and forget what was sent."""
    id = _id(call)

    async def remove(connection: object, now: datetime) -> tuple[str, int, bytes]:
        await call.services.webhooks.remove(connection, call.organization, id)
        return id, 204, b""

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), remove))


@operation(
    "GET",
    "/v1/webhooks/{webhook}/deliveries",
    table=TABLE,
    tag=TAG,
    permission=Permission.WEBHOOKS_WRITE,
    query=DeliveriesQuery,
    answer=list[DeliveryView],
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"webhook": "a webhook"}, query="status=failed"),
)
async def list_deliveries(call: Call) -> Reply:
    """What was to be sent, the newest first, and what came of it. What is over is kept for thirty
    days."""
    query: DeliveriesQuery = call.query
    found = await call.services.webhooks.deliveries(
        call.organization, _id(call), query.status, number_cursor(query.cursor), query.limit
    )
    more = found[-1].number if len(found) == query.limit else None
    path = f"/v1/webhooks/{call.path['webhook']}/deliveries"
    return page(path, query, [_delivery(it) for it in found], more)


@operation(
    "POST",
    "/v1/webhooks/{webhook}/deliveries/{event}/redeliver",
    table=TABLE,
    tag=TAG,
    permission=Permission.WEBHOOKS_WRITE,
    answer=DeliveryView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"webhook": "a webhook", "event": "an event"}),
)
async def redeliver(call: Call) -> Reply:
    """Send it once more, whatever came of it, with the same id."""
    id, event = _id(call), require_id(call.path["event"], "evt_", "event")

    async def again(connection: object, now: datetime) -> tuple[str, int, bytes]:
        delivery = await call.services.webhooks.again(connection, call.organization, id, event)
        return id, 200, encode(_delivery(delivery))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), again))


def _id(call: Call) -> str:
    return require_id(call.path["webhook"], "hook_", "webhook")


def _view(webhook: Webhook) -> WebhookView:
    return WebhookView(*webhook)


def _delivery(delivery: Delivery) -> DeliveryView:
    facts = delivery._asdict()
    del facts["number"]
    return DeliveryView(**facts)
