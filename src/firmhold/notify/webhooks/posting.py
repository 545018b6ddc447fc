"""One delivery over HTTP: to the address that was looked at, and no further."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from firmhold import __version__
from firmhold.notify.webhooks.addresses import NotAllowed, refuse_url, resolve
from firmhold.notify.webhooks.connections import Connections, Place
from firmhold.notify.webhooks.rules import signature

SECONDS = 15.0
"""For the whole of it. Who does more than taking it has to do so afterwards."""

MOST_READ = 16_384
"""Bytes of an answer, of which nothing is used."""

GONE = 410
"""The receiver does not want to hear from us any more."""


class Outcome(NamedTuple):
    """What came of an attempt."""

    status: int | None
    """Of the answer, if there was one."""
    error: str | None
    """What went wrong, in words for whoever looks at the endpoint; `None` if nothing did."""
    milliseconds: int
    retry_after: timedelta | None = None
    """What the receiver asks for."""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has taken it."""
        return self.error is None


class Poster:
    """Sends deliveries."""

    def __init__(self, *, private: bool) -> None:
        """`private`: to any address there is, for developers and tests."""
        self._private = private
        self._connections = Connections()

    async def tidy(self) -> None:
        """Let go of connections that nobody needs. To be called now and then."""
        await self._connections.tidy()

    async def close(self) -> None:
        """Let go of all connections."""
        await self._connections.close()

    async def post(
        self, url: str, secrets: Sequence[bytes], id: str, body: bytes, now: datetime
    ) -> Outcome:
        """Send it once. Never raises but for being cancelled."""
        started = monotonic()
        status, error, retry_after = None, None, None
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._send(url, secrets, id, body, now)
            status = answer.status_code
            if not answer.is_success:
                error = f"answered {status}"
                retry_after = _retry_after(answer.headers.get("retry-after"), now)
        except NotAllowed as refused:
            error = f"not allowed: {refused}"
        except TimeoutError:
            error = f"no answer within {SECONDS:.0f} seconds"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as failure:
            error = _words(failure)
        return Outcome(status, error, round((monotonic() - started) * 1000), retry_after)

    async def _send(
        self, url: str, secrets: Sequence[bytes], id: str, body: bytes, now: datetime
    ) -> httpx.Response:
        refuse_url(url, private=self._private)
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = await resolve(host, port, private=self._private)
        pinned = f"[{address}]" if ":" in address else address
        timestamp = int(now.timestamp())
        headers = {
            "host": parts.netloc,
            "content-type": "application/json",
            "user-agent": f"Firmhold/{__version__}",
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secrets, id, timestamp, body),
        }
        place = Place(parts.scheme, host, port, address)
        target = parts._replace(netloc=f"{pinned}:{port}").geturl()
        async with self._connections.to(place) as transport:
            again = True
            while True:
                found = _Found()
                try:
                    return await _once(transport, target, headers, body, host, found)
                except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                    # The receiver has closed a connection that was kept. It may have taken the
                    # event: then it has it twice, under one id.
                    if found.new_connection or not again:
                        raise
                    again = False


class _Found:
    """What was found out while something was sent."""

    new_connection = False

    async def __call__(self, event: str, _: object) -> None:
        """Called at each step."""
        if event == "connection.connect_tcp.started":
            self.new_connection = True


async def _once(
    transport: httpx.AsyncHTTPTransport,
    target: str,
    headers: dict[str, str],
    body: bytes,
    host: str,
    found: _Found,
) -> httpx.Response:
    """Send it, by a connection that is there or a new one. Raises what httpx raises."""
    request = httpx.Request(
        "POST",
        target,
        content=body,
        headers=headers,
        extensions={"sni_hostname": host, "trace": found},
    )
    answer = await transport.handle_async_request(request)
    try:
        read = 0
        async for piece in answer.aiter_raw():
            read += len(piece)
            if read > MOST_READ:
                break
    finally:
        await answer.aclose()
    return answer


def _retry_after(given: str | None, now: datetime) -> timedelta | None:
    """What `Retry-After` asks for (RFC 9110, section 10.2.3), if it can be understood."""
    if given is None:
        return None
    if given.isascii() and given.isdigit() and len(given) <= 9:
        return timedelta(seconds=int(given))
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(timedelta(), until - now)


def _words(error: Exception) -> str:
    text = str(error).replace("\n", " ").strip()
    return (f"{type(error).__name__}: {text}" if text else type(error).__name__)[:300]
