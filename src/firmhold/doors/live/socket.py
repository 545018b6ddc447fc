"""`/v1/live` as a WebSocket: one subscriber, whose topics can be changed.

Browsers cannot send a header along, so whoever has a token may say it in the first message, and
says it again before it expires.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from time import monotonic
from typing import Any

import msgspec

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.live.shapes import Authenticate, Subscribe
from firmhold.doors.live.stream import TABLE
from firmhold.doors.live.topics import topics_for, wanted_by
from firmhold.doors.live.words import alive, said, subscribed
from firmhold.doors.shared.body import decode, refuse_repeated
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply
from firmhold.doors.shared.services import Services
from firmhold.doors.shared.serving import failed
from firmhold.doors.shared.staying import (
    FRAMES,
    HEARTBEAT,
    Send,
    Write,
    deny,
    not_any_more,
    require_own_page,
    require_place,
)
from firmhold.identity.actors import NOBODY, Identity
from firmhold.relay.subscription import News, Subscription

PATH = "/v1/live"

SLOWEST = 60.0
"""Seconds in which a frame is taken by whoever reads, or the socket is closed. What there is to say
meanwhile is put together; nothing piles up."""

EXPIRED = 4401
"""Close code: who is there has not said so again in time."""

TOO_SLOW = 4408

_DECODER = msgspec.json.Decoder(Authenticate | Subscribe)

_OPERATION = TABLE[0]

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


_NOBODY_YET = Identity("", NOBODY, frozenset())
"""Whoever is about to say who they are."""


class _Closed(Exception):
    """The socket is to be closed."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def serve_socket(
    services: Services, scope: Mapping[str, Any], receive: Receive, send: Send
) -> None:
    """A connection from its first to its last message."""
    await receive()
    try:
        headers = dict(scope["headers"])
        refuse_repeated(scope["headers"])
        require_own_page(headers)
        identity = await _first_identity(services, scope, headers)
        await services.limiting.let_through(_OPERATION, identity or _NOBODY_YET, scope)
        require_place(services.hub)
    except Refused as error:
        await deny(send, problem(error.refusal))
        return
    await send({"type": "websocket.accept"})
    socket = _Socket(services, scope, headers, identity, send)
    telling = asyncio.create_task(socket.tell())
    try:
        await _listen(socket, receive, telling)
    except _Closed as closed:
        with contextlib.suppress(Exception):
            await send({"type": "websocket.close", "code": closed.code})
    finally:
        telling.cancel()
        socket.leave()


async def _listen(socket: "_Socket", receive: Receive, telling: "asyncio.Task[None]") -> None:
    """Hear what the one at the other end says, until they go or may not stay."""
    while True:
        hearing = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({hearing, telling}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not hearing.done():
                hearing.cancel()
        if telling.done():
            await telling  # which says why
            return
        message = hearing.result()
        if message["type"] != "websocket.receive":
            return
        await socket.hear(message.get("text"))


class _Socket:
    """Who is at the other end, and what they are told."""

    def __init__(
        self,
        services: Services,
        scope: Mapping[str, Any],
        headers: dict[bytes, bytes],
        identity: Identity | None,
        send: Send,
    ) -> None:
        self._services = services
        self._scope = scope
        self._headers = headers
        self._identity = identity
        self._send = send
        self._write: Write | None = scope.get("extensions", {}).get(FRAMES)
        # Asked for once: on older Pythons it costs a system call.
        self._loop = asyncio.get_running_loop()
        self._subscription: Subscription | None = None
        self._subscribed = asyncio.Event()
        self._known_at = monotonic()
        """When it was last seen that they are who they were."""

    async def hear(self, text: str | None) -> None:
        """A message. What is wrong with it is said, and changes nothing."""
        try:
            asked = decode(_DECODER, (text or "").encode())
            await self._services.limiting.let_through(
                _OPERATION, self._identity or _NOBODY_YET, self._scope
            )
            if isinstance(asked, Authenticate):
                await self._authenticate(asked)
            else:
                await self._subscribe(asked)
        except Refused as error:
            await self._say_problem(problem(error.refusal))
        except Exception as error:  # noqa: BLE001 - said with a reference, and logged
            await self._say_problem(failed("live", error))

    async def tell(self) -> None:
        """Tell what happens, for as long as the one at the other end is who they were. Raises
        `_Closed`."""
        while True:
            await self._require_identity()
            subscription = self._subscription
            if subscription is None:
                self._subscribed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT):
                        await self._subscribed.wait()
            elif await subscription.has_news(HEARTBEAT):
                if subscription is self._subscription:
                    await self._tell(subscription.take())
            elif position := self._services.hub.position_of(subscription):
                await self._say(alive(position))

    def leave(self) -> None:
        """Nothing more is told."""
        if self._subscription is not None:
            self._services.hub.leave(self._subscription)
            self._subscription = None

    async def _authenticate(self, asked: Authenticate) -> None:
        headers = {
            name: value
            for name, value in self._headers.items()
            if name not in {b"authorization", b"x-organization"}
        }
        if asked.token is not None:
            headers[b"authorization"] = b"Bearer " + asked.token.encode()
        if asked.organization is not None:
            headers[b"x-organization"] = asked.organization.encode()
        identity = await self._services.authentication.identify(
            headers, _OPERATION, scope=self._scope
        )
        before = self._identity
        if self._subscription is not None and before is not None:
            # Topics were allowed to whoever was there before. A new token of theirs is no other.
            same = (before.organization, before.actor.label, before.permissions)
            if same != (identity.organization, identity.actor.label, identity.permissions):
                raise Refused(
                    refuse(Code.FORBIDDEN, "Somebody else takes a connection of their own.")
                )
        self._headers, self._identity = headers, identity
        await self._say(b'{"type":"authenticated"}')

    async def _subscribe(self, asked: Subscribe) -> None:
        identity = self._identity
        if identity is None:
            raise Refused(refuse(Code.UNAUTHENTICATED, "Say who you are first: authenticate."))
        wanted = wanted_by(asked)
        topics = await topics_for(self._services, identity, wanted)
        # Other topics begin now, unless the subscriber says where.
        joined = await self._services.hub.subscribe(identity.organization, topics, wanted.after)
        self.leave()
        try:
            await self._say(subscribed(joined.position, joined.stock, resync=joined.resync))
        except BaseException:
            self._services.hub.leave(joined.subscription)
            raise
        # Only now, so that nothing is told before this is.
        self._subscription = joined.subscription
        self._subscribed.set()

    async def _require_identity(self) -> None:
        """Raises `_Closed` if a token has expired, or a session or a key has been ended: looked at
        once in a while."""
        if monotonic() - self._known_at < HEARTBEAT:
            return
        self._known_at = monotonic()
        if refused := await not_any_more(self._services, self._headers, _OPERATION):
            await self._say_problem(refused)
            raise _Closed(EXPIRED)

    async def _say_problem(self, reply: Reply) -> None:
        await self._say(b'{"type":"problem","problem":%b}' % reply.body)

    async def _tell(self, news: News) -> None:
        told = said(news)
        if self._write is None:
            await self._say(told.json)
        elif not self._write(told.framed):
            await self._give({"type": "websocket.send", "frame": told.framed})

    async def _say(self, data: bytes) -> None:
        await self._give({"type": "websocket.send", "text": data.decode()})

    async def _give(self, message: Mapping[str, Any]) -> None:
        """Send a message. Raises `_Closed` if it is not taken in time. As `asyncio.timeout` would,
        but for a few system calls that it makes each time on older Pythons."""
        task = asyncio.current_task(self._loop)
        assert task is not None
        is_over = False

        def end() -> None:
            nonlocal is_over
            is_over = True
            task.cancel()

        timer = self._loop.call_later(SLOWEST, end)
        try:
            await self._send(message)
        except asyncio.CancelledError:
            if is_over and task.uncancel() == 0:
                raise _Closed(TOO_SLOW) from None
            raise
        finally:
            timer.cancel()


async def _first_identity(
    services: Services, scope: Mapping[str, Any], headers: dict[bytes, bytes]
) -> Identity | None:
    """Who is there by the headers; `None` if they say nothing and have to say it in a message."""
    try:
        return await services.authentication.identify(headers, _OPERATION, scope=scope)
    except Refused as error:
        if b"authorization" in headers or error.refusal.code is not Code.UNAUTHENTICATED:
            raise
        return None
