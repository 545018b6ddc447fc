"""`/graphql` as a WebSocket, by the protocol graphql-transport-ws (that of the package graphql-ws).

Browsers cannot send a header along, so whoever has a token says it as the connection is opened:
`{"type":"connection_init","payload":{"authorization":"Bearer …"}}`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import aclosing
from typing import Annotated, Any

import msgspec
from graphql import OperationType

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.graphql.execution import GraphQLRequest, Json, Unfit, carry_out, prepare
from firmhold.doors.graphql.fields import Problem
from firmhold.doors.graphql.http import REQUEST, identity_of
from firmhold.doors.graphql.loading import Asking
from firmhold.doors.graphql.staying import staying
from firmhold.doors.shared.body import refuse_repeated
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import encode
from firmhold.doors.shared.services import Services
from firmhold.doors.shared.serving import failed
from firmhold.doors.shared.staying import Send, deny, require_own_page, require_place
from firmhold.identity.actors import NOBODY, Identity

PROTOCOL = "graphql-transport-ws"

INIT_SECONDS = 10.0
"""Until whoever connects has said so."""

SLOWEST = 60.0
"""Seconds in which a message is taken by whoever reads, or the socket is closed."""

MOST_AT_ONCE = 20
"""Operations of one socket that are under way."""

INVALID, UNAUTHORIZED, FORBIDDEN, NOT_SPOKEN, LATE, SLOW, KNOWN, TWICE = (
    *(4400, 4401, 4403, 4406, 4408, 4410, 4409, 4429),
)
"""Close codes, as the protocol has them; 4410 is ours."""

_HEADERS = {"authorization": b"authorization", "x-organization": b"x-organization"}

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class _Message(msgspec.Struct):
    type: str
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    payload: Any = None


_DECODER = msgspec.json.Decoder(_Message)


class _Closed(Exception):
    """The socket is to be closed."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


async def serve_graphql_socket(
    services: Services, scope: Mapping[str, Any], receive: Receive, send: Send
) -> None:
    """A connection from its first to its last message."""
    await receive()
    headers = dict(scope["headers"])
    try:
        refuse_repeated(scope["headers"])
        require_own_page(headers)
        await services.limiting.let_through(REQUEST, Identity("", NOBODY, frozenset()), scope)
        require_place(services.hub)
    except Refused as error:
        await deny(send, problem(error.refusal))
        return
    spoken = PROTOCOL in scope.get("subprotocols", ())
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL if spoken else None})
    socket = _Socket(services, scope, headers, send)
    try:
        await socket.run(receive, spoken=spoken)
    except _Closed as closed:
        message = {"type": "websocket.close", "code": closed.code, "reason": closed.reason}
        with contextlib.suppress(Exception):
            await send(message)
    finally:
        await socket.end()


class _Socket:
    """One client, and the operations that it has under way."""

    def __init__(
        self,
        services: Services,
        scope: Mapping[str, Any],
        headers: dict[bytes, bytes],
        send: Send,
    ) -> None:
        self._services = services
        self._scope = scope
        self._headers = headers
        self._send = send
        self._sending = asyncio.Lock()
        self._is_known = False
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._over: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        """Set by an operation that finds that the socket is to be closed."""

    async def run(self, receive: Receive, *, spoken: bool) -> None:
        """Hear what the client says until it goes. `spoken`: whether it speaks the protocol. Raises
        `_Closed`."""
        if not spoken:
            raise _Closed(NOT_SPOKEN, "Subprotocol not acceptable")
        deadline = asyncio.get_running_loop().time() + INIT_SECONDS
        while True:
            hearing: asyncio.Future[Any] = asyncio.ensure_future(receive())
            left = None
            if not self._is_known:
                left = max(0.0, deadline - asyncio.get_running_loop().time())
            try:
                await asyncio.wait(
                    {hearing, self._over}, timeout=left, return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                if not hearing.done():
                    hearing.cancel()
            if self._over.done():
                self._over.result()  # which says why
            if not hearing.done() or hearing.cancelled():
                raise _Closed(LATE, "Connection initialisation timeout")
            message = hearing.result()
            if message["type"] != "websocket.receive":
                return
            await self._hear(message.get("text"))

    async def end(self) -> None:
        """Nothing is under way any more."""
        tasks = [*self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._over.done() and not self._over.cancelled():
            self._over.exception()

    async def _hear(self, text: str | None) -> None:
        try:
            message = _DECODER.decode((text or "").encode())
        except (msgspec.DecodeError, RecursionError):
            raise _Closed(INVALID, "Invalid message received") from None
        match message.type:
            case "connection_init":
                await self._introduce(message.payload)
            case "ping":
                await self._say({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete" if message.id is not None:
                task = self._under_way.pop(message.id, None)
                if task is not None:
                    task.cancel()
            case _:
                raise _Closed(INVALID, "Invalid message received")

    async def _introduce(self, payload: Any) -> None:
        if self._is_known:
            raise _Closed(TWICE, "Too many initialisation requests")
        if payload is not None and not isinstance(payload, dict):
            raise _Closed(INVALID, "Invalid message received")
        for name, value in (payload or {}).items():
            header = _HEADERS.get(name.lower())
            if header is not None and isinstance(value, str):
                self._headers[header] = value.encode()
        try:
            if b"authorization" in self._headers:
                await self._services.authentication.bearer(self._headers, self._scope)
        except Refused:
            raise _Closed(FORBIDDEN, "Forbidden") from None
        self._is_known = True
        await self._say({"type": "connection_ack"})

    async def _subscribe(self, message: _Message) -> None:
        id = message.id
        if not self._is_known:
            raise _Closed(UNAUTHORIZED, "Unauthorized")
        if id is None:
            raise _Closed(INVALID, "Invalid message received")
        if id in self._under_way:
            raise _Closed(KNOWN, f"Subscriber for {id} already exists")
        if len(self._under_way) >= MOST_AT_ONCE:
            bound = f"At most {MOST_AT_ONCE} operations at once on one connection."
            refusal = refuse(Code.LIMIT_EXCEEDED, bound, limit=MOST_AT_ONCE)
            await self._say_errors(id, [_error(Problem(problem(refusal)))])
            return
        try:
            request = msgspec.convert(message.payload, GraphQLRequest)
        except msgspec.ValidationError:
            raise _Closed(INVALID, "Invalid message received") from None
        task = asyncio.create_task(self._carry_out(id, request))
        self._under_way[id] = task
        task.add_done_callback(lambda done: self._forget(id, done))

    def _forget(self, id: str, done: "asyncio.Task[None]") -> None:
        if self._under_way.get(id) is done:
            del self._under_way[id]
        if not done.cancelled() and (error := done.exception()) and not self._over.done():
            self._over.set_exception(error)

    async def _carry_out(self, id: str, request: GraphQLRequest) -> None:
        """One operation, from its first to its last message. Raises `_Closed`."""
        services = self._services
        try:
            who = await identity_of(services, self._scope, self._headers)
            await services.limiting.let_through(REQUEST, who, self._scope)
            ready = prepare(request, introspection=services.introspection)
            asking = Asking(services, self._scope, dict(self._headers), None, ready.effects, [])
            if ready.operation.operation is not OperationType.SUBSCRIPTION:
                result = await carry_out(ready, asking, introspection=services.introspection)
                await self._say({"type": "next", "id": id, "payload": result})
            else:
                async with aclosing(staying(ready, asking)) as results:
                    async for event in results:
                        if event is None:
                            await self._say({"type": "ping"})
                        elif "data" not in event:
                            await self._say_errors(id, event["errors"])
                            return
                        else:
                            await self._say({"type": "next", "id": id, "payload": event})
        except Unfit as unfit:
            await self._say_errors(id, unfit.errors)
        except Refused as error:
            await self._say_errors(id, [_error(Problem(problem(error.refusal)))])
        except _Closed:
            raise
        except Exception as error:  # noqa: BLE001 - told with a reference, and logged
            await self._say_errors(id, [_error(Problem(failed("graphql socket", error)))])
        else:
            await self._say({"type": "complete", "id": id})

    async def _say_errors(self, id: str, errors: list[Json]) -> None:
        await self._say({"type": "error", "id": id, "payload": errors})

    async def _say(self, message: Json) -> None:
        """Send a message. Raises `_Closed` if it is not taken in time."""
        try:
            async with asyncio.timeout(SLOWEST), self._sending:
                await self._send({"type": "websocket.send", "text": encode(message).decode()})
        except TimeoutError:
            raise _Closed(SLOW, "Too slow") from None


def _error(error: Problem) -> Json:
    return {"message": str(error), "extensions": error.extensions}
