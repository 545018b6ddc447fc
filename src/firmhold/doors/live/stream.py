"""`GET /v1/live`: server-sent events."""

from collections.abc import AsyncIterator, Sequence
from time import monotonic

from firmhold.domain.errors import Code, Refused, malformed
from firmhold.doors.live.shapes import Frame, LiveQuery
from firmhold.doors.live.topics import topics_for, wanted_by
from firmhold.doors.live.words import alive, said, subscribed
from firmhold.doors.shared.operation import Call, Operation, Without, operation
from firmhold.doors.shared.reply import Reply
from firmhold.doors.shared.serving import failed
from firmhold.doors.shared.staying import HEARTBEAT, refused_by_now, require_place
from firmhold.identity.permissions import Permission
from firmhold.relay.hub import Hub
from firmhold.relay.position import Position

TABLE: list[Operation] = []

_HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"x-accel-buffering", b"no"),  # for proxies that would collect it
)


@operation(
    "GET",
    "/v1/live",
    table=TABLE,
    tag="live",
    permission=Permission.CATALOGUE_READ,
    without_token=Without.CATALOGUE,
    query=LiveQuery,
    answer=Frame,
    media_type="text/event-stream",
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
)
async def live(call: Call) -> Reply:
    """What happens to offerings, sites and reservations, as it happens, as server-sent events. The
    same address speaks WebSocket."""
    given = call.headers.get(b"last-event-id")
    try:
        last = None if given is None else given.decode("ascii")
    except UnicodeDecodeError:
        raise Refused(malformed("Last-Event-ID", "not one that came with a frame")) from None
    wanted = wanted_by(call.query, last or None)
    topics = await topics_for(call.services, call.identity, wanted)
    hub: Hub = call.services.hub
    require_place(hub)
    return Reply(200, b"", _HEADERS, _events(call, hub, topics, wanted.after))


async def _events(
    call: Call, hub: Hub, topics: Sequence[str], after: Position | None
) -> AsyncIterator[bytes]:
    """Frames, until the one who reads goes away or is no longer who they were."""
    # Only once somebody reads: of what is never begun nobody would be told that it is over.
    try:
        joined = await hub.subscribe(call.organization, topics, after)
    except Exception as error:  # noqa: BLE001 - told with a reference, and logged
        yield _problem(failed(call.operation.name, error).body)
        return
    subscription = joined.subscription
    try:
        first = subscribed(joined.position, joined.stock, resync=joined.resync)
        yield _event(joined.position.text(), first)
        known_at = monotonic()
        while True:
            if await subscription.has_news(HEARTBEAT):
                news = subscription.take()
                yield _event(news.position.text(), said(news).json)
            elif position := hub.position_of(subscription):
                yield _event(position.text(), alive(position))
            if monotonic() - known_at >= HEARTBEAT:
                known_at = monotonic()
                if refused := await refused_by_now(call):
                    yield _problem(refused.body)
                    return
    finally:
        hub.leave(subscription)


def _event(id: str, data: bytes) -> bytes:
    return b"id: %b\ndata: %b\n\n" % (id.encode(), data)


def _problem(data: bytes) -> bytes:
    return b"event: problem\ndata: %b\n\n" % data
