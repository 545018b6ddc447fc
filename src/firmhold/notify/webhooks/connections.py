"""Connections to receivers, kept for a moment: each to one address, for one name.

A name is looked up for every delivery, and only what it has at that moment is gone to (see
`addresses`). A connection that is there already is used if it leads to that very address and was
made for that very name, to which the certificate belongs. Two names at one address share nothing.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import NamedTuple

import httpx

IDLE = 5.0
"""Seconds for which a connection is kept that nobody uses."""

OLDEST = 60.0
"""Seconds after which new ones are made however busy they are, so that a certificate is looked at
again."""

MOST_IDLE = 5
"""Kept to one place: as many as there are deliveries under way to one endpoint."""


class Place(NamedTuple):
    """Where a connection leads, and what it was made for."""

    scheme: str
    host: str
    """The name, of which a certificate has to be."""
    port: int
    address: str
    """The one that was looked at."""


class Connections:
    """Those of one process."""

    def __init__(self) -> None:
        self._tls = ssl.create_default_context()
        self._kept: dict[Place, _Kept] = {}
        self._leaving: list[_Kept] = []
        """Too old to be used again, and still in use."""

    @asynccontextmanager
    async def to(self, place: Place) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        """What sends requests to a place, and nowhere else. It follows no redirects, keeps no
        cookies and heeds no proxies."""
        kept = self._kept.get(place)
        if kept is not None and monotonic() - kept.made_at > OLDEST:
            self._leaving.append(self._kept.pop(place))
            kept = None
        if kept is None:
            kept = self._kept[place] = _Kept(self._tls)
        kept.users += 1
        try:
            yield kept.transport
        finally:
            kept.users -= 1
            kept.used_at = monotonic()

    async def tidy(self) -> None:
        """Close what nobody has used for a while. To be called now and then."""
        since = monotonic() - IDLE
        idle = [place for place, it in self._kept.items() if not it.users and it.used_at < since]
        over = [it for it in self._leaving if not it.users]
        self._leaving = [it for it in self._leaving if it.users]
        over += [self._kept.pop(place) for place in idle]
        for it in over:
            await it.transport.aclose()

    async def close(self) -> None:
        """Close all of them; nobody sends anything any more."""
        over = [*self._kept.values(), *self._leaving]
        self._kept, self._leaving = {}, []
        for it in over:
            await it.transport.aclose()


class _Kept:
    """Connections to one place."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.made_at = self.used_at = monotonic()
        self.users = 0
        limits = httpx.Limits(
            max_connections=None, max_keepalive_connections=MOST_IDLE, keepalive_expiry=IDLE
        )
        self.transport = httpx.AsyncHTTPTransport(verify=tls, trust_env=False, limits=limits)
