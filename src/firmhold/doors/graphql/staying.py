"""A stream of results with what concerns those who stay: whether they are still who they were."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic

from firmhold.doors.graphql.bounds import root_names
from firmhold.doors.graphql.execution import Json, Ready, follow
from firmhold.doors.graphql.fields import FIELDS, Problem
from firmhold.doors.graphql.loading import Asking
from firmhold.doors.shared.staying import HEARTBEAT, not_any_more


async def staying(ready: Ready, asking: Asking) -> AsyncGenerator[Json | None]:
    """The results of a subscription; `None` where there was none for a while. Ends with an error
    when whoever watches is no longer who they were."""
    operation = FIELDS[_field_of(ready)]
    known_at = monotonic()
    introspection = asking.services.introspection
    async with aclosing(follow(ready, asking, introspection=introspection)) as results:
        following: asyncio.Task[Json] | None = None
        try:
            while True:
                following = following or asyncio.ensure_future(anext(results))
                done, _ = await asyncio.wait({following}, timeout=HEARTBEAT)
                if done:
                    try:
                        yield following.result()
                    except StopAsyncIteration:
                        return
                    finally:
                        following = None
                else:
                    yield None
                if monotonic() - known_at >= HEARTBEAT:
                    known_at = monotonic()
                    refused = await not_any_more(asking.services, asking.headers, operation)
                    if refused is not None:
                        error = Problem(refused)
                        yield {"errors": [{"message": str(error), "extensions": error.extensions}]}
                        return
        finally:
            if following is not None:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)


def _field_of(ready: Ready) -> str:
    """The only field of a subscription, by its name; the rules of validation see to it that there
    is one."""
    (name,) = root_names(ready.document, ready.operation)
    return name
