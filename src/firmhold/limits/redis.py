"""Buckets in Redis or Valkey: one script, which asks all buckets of a request or takes of none.

A key expires when its bucket is full, so what is kept are the buckets that are not. The clock is
the server's. All keys of a script carry the organization as their hash tag, which puts them on one
node of a cluster; the client here speaks to a single address, so a cluster needs a proxy in front.

Nothing of this has to last: a server that forgets everything gives everybody a full bucket.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, NoScriptError

from firmhold.limits.bucket import Ask
from firmhold.limits.names import Names
from firmhold.limits.together import Found

TIMEOUT = 1.0
"""Seconds for a connection and for an answer. Nobody waits so long: it ends what is given up."""

NAME_BYTES = 16

# `bucket.take`, for all buckets at once. KEYS: buckets. ARGV: interval and depth of each.
# Returned are the instant and when each bucket was full before, never further away than can be
# told from "empty". Numbers are doubles, exact up to 2^53 microseconds: the year 2255.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local found, admitted = {now}, true
for i, key in ipairs(KEYS) do
    local interval, limit = tonumber(ARGV[2 * i - 1]), now + ARGV[2 * i]
    local kept = redis.pcall('GET', key)
    local full_at = now
    if kept then
        -- What is no number, or no string at all, counts as empty; so does what no comparison is
        -- true of.
        full_at = type(kept) == 'string' and tonumber(kept) or limit + 1
        if not (full_at <= limit) then full_at = limit + 1 end
        full_at = math.max(now, math.floor(full_at))
    end
    found[i + 1] = full_at
    admitted = admitted and full_at + interval <= limit
end
for i, key in ipairs(KEYS) do
    local full_at, limit = found[i + 1], now + ARGV[2 * i]
    if admitted then
        full_at = full_at + ARGV[2 * i - 1]
    elseif full_at > limit then
        full_at = limit
    else
        full_at = nil
    end
    if full_at then
        redis.call('SET', key, string.format('%.0f', full_at),
                   'PX', string.format('%.0f', math.ceil((full_at - now) / 1000)))
    end
end
return found
"""

_DIGEST = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()


class RedisKeeper:
    """Buckets of all nodes that use the same server and the same secret. See `together.Keeper`."""

    name = "redis"

    def __init__(self, url: str, secret: bytes) -> None:
        """`url`: `redis://`, `rediss://` or `unix://`; raises `ValueError` if it is none of them.
        Nothing is connected yet."""
        self._names = Names(secret, NAME_BYTES)
        self._redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            # Once more, at once, if the connection has been cut: some are when they were idle. What
            # was asked may have been done and is taken twice then, never not at all.
            retry=Retry(NoBackoff(), 1, (ConnectionError,)),
        )

    async def take(self, batch: Sequence[Sequence[Ask]]) -> list[Found]:
        """See `Keeper`. All questions are written at once."""
        named = [{self._key(ask): ask for ask in asks} for asks in batch]
        replies = await self._ask(named)
        lost = [index for index, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if lost:
            # A server that was started anew. What it has carried out is not asked again.
            await self._redis.script_load(SCRIPT)
            again = await self._ask([named[index] for index in lost])
            for index, reply in zip(lost, again, strict=True):
                replies[index] = reply
        return [_found(asked, reply) for asked, reply in zip(named, replies, strict=True)]

    async def close(self) -> None:
        """See `Keeper`."""
        await self._redis.aclose()

    async def _ask(self, named: Sequence[dict[str, Ask]]) -> list[Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for asked in named:
            numbers = [
                number
                for ask in asked.values()
                for number in (ask.policy.interval, ask.policy.depth)
            ]
            pipeline.evalsha(  # type: ignore[unused-awaitable]  # it is only written down
                _DIGEST, len(asked), *asked, *numbers
            )
        replies: list[Any] = await pipeline.execute(raise_on_error=False)
        return replies

    def _key(self, ask: Ask) -> str:
        return f"firmhold:limit:{{{ask.organization}}}:{self._names.of(ask).hex()}"


def _found(asked: dict[str, Ask], reply: Any) -> Found:
    if isinstance(reply, Exception):
        raise reply
    now, *full_at = reply
    return Found(tuple(asked.values()), full_at, now)
