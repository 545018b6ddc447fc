"""How often somebody may ask: which limits concern a request, and how they are told.

Owns who is limited how, and whose address a request is taken to come from. What a limit is, and
where it is kept, is the business of `firmhold.limits`.
"""

from collections.abc import Mapping
from typing import Any

from firmhold.domain.errors import Code, Refusal, Refused, refuse
from firmhold.domain.model import Actor
from firmhold.doors.shared.operation import Operation
from firmhold.doors.shared.reply import Headers
from firmhold.identity.actors import NOBODY, Identity
from firmhold.limits import headers
from firmhold.limits.addresses import SHORT, Proxies
from firmhold.limits.bucket import Ask, Levels
from firmhold.limits.limiter import Limiter
from firmhold.limits.memory import REMEMBERED, SharedBuckets
from firmhold.limits.policy import Policies, RouteClass, asks_of

FORWARDED_FOR = b"x-forwarded-for"

Way = tuple[str, tuple[str, ...]]
"""The peer of a connection, and what proxies have written down."""


class TooOften(Refused):
    """A request that is not let through."""

    def __init__(self, levels: Levels) -> None:
        super().__init__(_refusal(levels))
        self.told = told(levels)


class Limiting:
    """Asks the limits on behalf of all doors."""

    def __init__(
        self,
        limiter: Limiter | None,
        policies: Policies,
        proxies: Proxies,
        buckets: SharedBuckets | None = None,
    ) -> None:
        """Without a limiter nothing is limited. `buckets`: this process's view of the node's,
        closed along with it."""
        self._limiter = limiter
        self._buckets = buckets
        self._policies = policies
        self._proxies = proxies
        self._known: dict[tuple[RouteClass, str, Actor, Way, str | None], tuple[Ask, ...]] = {}

    async def open(self) -> None:
        """Get ready, in bounded time, whatever is away."""
        if self._limiter is not None:
            await self._limiter.open()

    async def close(self) -> None:
        """Let go of everything."""
        if self._limiter is not None:
            await self._limiter.close()
        if self._buckets is not None:
            self._buckets.close()

    def address(self, scope: Mapping[str, Any]) -> str | None:
        """Where a request comes from, as far as that can be believed: the peer of its connection
        or, if that is one of our own proxies, who it says it was. `None` on a Unix socket."""
        return self._proxies.client(*self._way(scope))

    async def let_through(
        self, operation: Operation, identity: Identity, scope: Mapping[str, Any], body: Any = None
    ) -> Headers:
        """Take a token of each bucket that concerns the request; returns what its answer says of
        the limits. `body`: of an operation about signing in. Raises `TooOften`."""
        if self._limiter is None:
            return ()
        email = None
        if operation.limited is RouteClass.SIGN_IN:
            email = getattr(body, "email", identity.email)
        asks = self._asks(operation.limited, identity, self._way(scope), email)
        if not asks:
            return ()
        levels = await self._limiter.take(asks)
        if not levels.allowed:
            raise TooOften(levels)
        return told(levels)

    async def let_read(self, scope: Mapping[str, Any]) -> Headers:
        """The same for a page that is no operation and no organization's. Raises `TooOften`."""
        policy = self._policies.reads_per_address
        if self._limiter is None or policy is None:
            return ()
        ask = Ask(policy, "", self._proxies.prefix(*self._way(scope)))
        levels = await self._limiter.take((ask,))
        if not levels.allowed:
            raise TooOften(levels)
        return told(levels)

    async def guess(self, scope: Mapping[str, Any]) -> Ask | None:
        """Take the token of what may be made up and has to be looked up, before it is: so no
        address has more looked up than it may, however many ask at once. Raises `TooOften`."""
        policy = self._policies.misses_per_address
        if self._limiter is None or policy is None:
            return None
        ask = Ask(policy, "", self._proxies.prefix(*self._way(scope)))
        levels = await self._limiter.take((ask,))
        if not levels.allowed:
            raise TooOften(levels)
        return ask

    async def was_none(self, guess: Ask | None) -> None:
        """Give the token back: what was looked up is there, or nobody could tell."""
        if self._limiter is not None and guess is not None:
            await self._limiter.take((guess._replace(back=True),))

    def _asks(
        self, route: RouteClass, identity: Identity, way: Way, email: str | None
    ) -> tuple[Ask, ...]:
        """The buckets to ask, which are the same each time that somebody comes this way."""
        actor = identity.actor
        facts = (route, identity.organization, actor, way, email)
        asks = self._known.get(facts)
        if asks is None:
            asks = asks_of(
                self._policies,
                route,
                organization=identity.organization,
                address=self._proxies.prefix(*way),
                asker=None if actor == NOBODY else actor.label,
                exempt=actor.operator,
                email=email,
            )
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            # Nobody who sends long ones shall fill our memory.
            if len(email or "") + sum(map(len, way[1])) <= SHORT:
                self._known[facts] = asks
        return asks

    def _way(self, scope: Mapping[str, Any]) -> Way:
        """The peer's address, and what proxies have written down, if any of them is believed."""
        client = scope.get("client")
        peer = client[0] if client else ""
        if not self._proxies.any:
            return peer, ()
        return peer, tuple(
            value.decode("latin-1") for name, value in scope["headers"] if name == FORWARDED_FOR
        )


def told(levels: Levels) -> Headers:
    """What the answer says of the limits that concern its request."""
    if not levels.asks:
        return ()
    return (
        (b"ratelimit-policy", headers.rate_limit_policy(levels).encode()),
        (b"ratelimit", headers.rate_limit(levels).encode()),
    )


def _refusal(levels: Levels) -> Refusal:
    by = headers.refused_by(levels)
    bounds = [
        f"{ask.policy.burst} in {ask.policy.period} seconds ({ask.policy.name})"
        for ask in levels.asks
        if ask.policy.name in by
    ]
    seconds = headers.retry_after(levels)
    return refuse(
        Code.RATE_LIMITED,
        f"That is more than {' and '.join(bounds)}. Ask again in {seconds} s.",
        limits=by,
        retry_after=seconds,
    )
