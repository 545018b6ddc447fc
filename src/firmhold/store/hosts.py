"""Connections to a database that several hosts may have: a primary and those that may take over.

Owns how a URL that names several hosts is read. The driver reads it too, but has one time limit for
all of them: a host that has gone without a word would use it up, and the next would never be asked.
Never remembers which host was the right one; that changes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import asyncpg

NEXT_AFTER = 0.25
"""Seconds without an answer after which the next host is asked as well. Hosts that are well have
answered long before, and so are taken in the order of the URL."""


def apart(url: str) -> list[str]:
    """One URL for each host that this one names, in their order."""
    parts = urlsplit(url)
    who, at, where = parts.netloc.rpartition("@")
    if "," in where:
        return [urlunsplit(parts._replace(netloc=f"{who}{at}{host}")) for host in where.split(",")]
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    hosts = given.get("host", "").split(",")
    if where or len(hosts) == 1:
        return [url]
    ports = given.get("port", "").split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return [
        urlunsplit(parts._replace(query=urlencode(given | {"host": unquote(host), "port": port})))
        for host, port in zip(hosts, ports, strict=True)
    ]


async def connect(url: str, **given: Any) -> asyncpg.Connection[Any]:
    """A connection to the first host of the URL that answers and may be used. `given` is the
    driver's; its `timeout` is for each host. Raises what the last of them raised."""
    waiting = deque(apart(url))
    asked: set[asyncio.Task[asyncpg.Connection[Any]]] = set()
    error: BaseException | None = None
    try:
        while waiting or asked:
            if waiting:
                asked.add(asyncio.create_task(asyncpg.connect(waiting.popleft(), **given)))
            done, asked = await asyncio.wait(
                asked,
                timeout=NEXT_AFTER if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            while done:
                attempt = done.pop()
                if (error := attempt.exception()) is None:
                    asked |= done
                    return attempt.result()
    finally:
        for attempt in asked:
            attempt.add_done_callback(_give_up)
            attempt.cancel()
    assert error is not None, "no host was asked"
    raise error


def _give_up(attempt: asyncio.Task[asyncpg.Connection[Any]]) -> None:
    """Nobody wants this connection any more, if it has become one."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().terminate()
