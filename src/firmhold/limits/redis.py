"""Buckets in Redis or Valkey: one script for all requests of an organization that have gathered.

A key expires when its bucket is full, so what is kept are the buckets that are not. The clock is
the server's. All keys of a script carry the organization as their hash tag, which puts them on one
node of a cluster; the client here speaks to a single address, so a cluster needs a proxy in front.

Nothing of this has to last: a server that forgets everything gives everybody a full bucket.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

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

# `bucket.decide` for one request after the other. KEYS: buckets, each once. ARGV, for each request:
# how many buckets it asks, and of each which of the keys, the interval and the depth.
# Returned are the instant and when each bucket that was asked had been full before, never further
# away than can be told from "empty". Numbers are doubles, exact up to 2^53 microseconds: year 2255.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local found, kept, changed = {now}, {}, {}
for i, key in ipairs(KEYS) do
    local value = redis.pcall('GET', key)
    if value then
        -- What is no number, or no string at all, counts as empty.
        local full_at = type(value) == 'string' and tonumber(value) or math.huge
        if full_at ~= full_at then full_at = math.huge end
        kept[i] = math.max(now, math.floor(full_at))
    else
        kept[i] = now
    end
end
local at = 1
while at <= #ARGV do
    local first, last, admitted = at + 1, at + 3 * ARGV[at], true
    for j = first, last, 3 do
        local i, limit = tonumber(ARGV[j]), now + ARGV[j + 2]
        local full_at = math.min(kept[i], limit + 1)
        found[#found + 1] = full_at
        if full_at + ARGV[j + 1] > limit then
            admitted = false
            if full_at > limit then kept[i], changed[i] = limit, true end
        end
    end
    if admitted then
        for j = first, last, 3 do
            local i = tonumber(ARGV[j])
            kept[i], changed[i] = math.max(now, kept[i] + ARGV[j + 1]), true
        end
    end
    at = last + 1
end
for i in pairs(changed) do
    redis.call('SET', KEYS[i], string.format('%.0f', kept[i]),
               'PX', string.format('%.0f', math.max(1, math.ceil((kept[i] - now) / 1000))))
end
return found
"""

_DIGEST = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()


class _Script(NamedTuple):
    """What it is run with."""

    keys: Sequence[str]
    numbers: Sequence[int]


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
        """See `Keeper`. All scripts are written at once."""
        named = [{self._key(ask): ask for ask in asks} for asks in batch]
        groups: dict[str, list[int]] = {}
        for index, asks in enumerate(batch):
            groups.setdefault(asks[0].organization, []).append(index)
        scripts = [_script([named[index] for index in group]) for group in groups.values()]
        replies = await self._run(scripts)
        lost = [place for place, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if lost:
            # A server that was started anew. What it has carried out is not asked again.
            await self._redis.script_load(SCRIPT)
            again = await self._run([scripts[place] for place in lost])
            for place, reply in zip(lost, again, strict=True):
                replies[place] = reply
        found: dict[int, Found] = {}
        for group, reply in zip(groups.values(), replies, strict=True):
            if isinstance(reply, Exception):
                raise reply
            now, *full_at = reply
            each = iter(full_at)
            for index in group:
                asked = tuple(named[index].values())
                found[index] = Found(asked, [next(each) for _ in asked], now)
        return [found[index] for index in range(len(batch))]

    async def close(self) -> None:
        """See `Keeper`."""
        await self._redis.aclose()

    async def _run(self, scripts: Sequence[_Script]) -> list[Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for keys, numbers in scripts:
            pipeline.evalsha(  # type: ignore[unused-awaitable]  # it is only written down
                _DIGEST, len(keys), *keys, *numbers
            )
        replies: list[Any] = await pipeline.execute(raise_on_error=False)
        return replies

    def _key(self, ask: Ask) -> str:
        return f"firmhold:limit:{{{ask.organization}}}:{self._names.of(ask).hex()}"


def _script(requests: Sequence[dict[str, Ask]]) -> _Script:
    keys: dict[str, int] = {}
    numbers: list[int] = []
    for asked in requests:
        numbers.append(len(asked))
        for key, ask in asked.items():
            position = keys.setdefault(key, len(keys) + 1)
            numbers += (position, ask.interval, ask.policy.depth)
    return _Script(tuple(keys), numbers)
