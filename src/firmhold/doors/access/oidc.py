"""`/api/auth/oidc`: signing in at another server. Only where one is configured is there anything at
these addresses.

A browser is led there and comes back. What ties its return to its leaving is a cookie of its own;
where it is led in the end is configured, so that no address can send it anywhere else.
"""

from __future__ import annotations

import hmac
import re

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.access import cookies
from firmhold.doors.access.shapes import OidcCallbackQuery, OidcStartQuery
from firmhold.doors.shared.entering import device_of
from firmhold.doors.shared.operation import Call, Example, Operation, Without, operation
from firmhold.doors.shared.problem import NOWHERE, problem
from firmhold.doors.shared.reply import Header, Reply
from firmhold.doors.shared.services import Oidc
from firmhold.engine.flight import overloaded
from firmhold.identity.oidc.attempt import NotSignedIn, ProviderAway
from firmhold.limits.policy import RouteClass

TABLE: list[Operation] = []
TAG = "access"

FOUND = 302

_AGAIN = "Begin again at /api/auth/oidc/start."

_NOT_BEGUN = refuse(
    Code.UNAUTHENTICATED,
    f"This browser has not begun to sign in, or too long ago, or has begun again since. {_AGAIN}",
)

_ERROR = re.compile(r"[a-z_]{1,60}")
"""What the other server may call its reason; anything else is not repeated."""


@operation(
    "GET",
    "/api/auth/oidc/start",
    table=TABLE,
    tag=TAG,
    name="start_oidc",
    cookie=True,
    without_token=Without.ANYONE,
    limited=RouteClass.SIGN_IN,
    status=FOUND,
    query=OidcStartQuery,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(),
)
async def start(call: Call) -> Reply:
    """Lead a browser to the identity provider, to sign in there. It comes back within ten
    minutes."""
    oidc = _configured(call)
    query: OidcStartQuery = call.query
    slug = query.organization
    if slug is not None and await call.services.directory.organization(slug) is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such organization.", organization=slug))
    attempt = oidc.attempts.begin(slug)
    try:
        address = await oidc.provider.address(attempt)
    except ProviderAway as error:
        return problem(overloaded(f"The identity provider is of no use right now: {error}."))
    return _found(address, cookies.set_attempt(oidc.attempts.written(attempt)))


@operation(
    "GET",
    "/api/auth/oidc/callback",
    table=TABLE,
    tag=TAG,
    name="finish_oidc",
    cookie=True,
    without_token=Without.ANYONE,
    limited=RouteClass.SIGN_IN,
    status=FOUND,
    query=OidcCallbackQuery,
    refusals=(Code.UNAUTHENTICATED, Code.FORBIDDEN, Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(query="code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj"),
)
async def finish(call: Call) -> Reply:
    """Where the identity provider sends the browser back to. It is signed in, with its refresh
    token in a cookie, and led to the configured page."""
    oidc = _configured(call)
    try:
        reply = await _finished(call, oidc)
    except Refused as error:
        reply = problem(error.refusal)
    except ProviderAway as error:
        reply = problem(overloaded(f"The identity provider is of no use right now: {error}."))
    except NotSignedIn as error:
        reply = problem(
            refuse(
                Code.UNAUTHENTICATED,
                f"The identity provider has not signed you in: {error}. {_AGAIN}",
            )
        )
    # Whatever has come of it, an attempt is over.
    return reply._replace(headers=(*reply.headers, cookies.drop_attempt()))


async def _finished(call: Call, oidc: Oidc) -> Reply:
    query: OidcCallbackQuery = call.query
    kept = cookies.attempt_in(call.headers)
    attempt = None if kept is None else oidc.attempts.read(kept)
    # First: nothing else in the address is worth looking at if it answers somebody else's attempt.
    if attempt is None or not hmac.compare_digest(attempt.state.encode(), query.state.encode()):
        return problem(_NOT_BEGUN)
    if query.error is not None:
        known = _ERROR.fullmatch(query.error)
        raise NotSignedIn(query.error if known else "it does not say why")
    if query.code is None:
        raise NotSignedIn("there is no code")
    claims = await oidc.provider.signed_in(attempt, query.code, query.iss)
    done = await oidc.external.sign_in(claims, attempt.organization, device_of(call))
    return _found(oidc.provider.configured.landing, cookies.set_cookie(done.refresh_token))


def _configured(call: Call) -> Oidc:
    oidc: Oidc | None = call.services.oidc
    if oidc is None:
        raise Refused(NOWHERE)
    return oidc


def _found(address: str, cookie: Header) -> Reply:
    """Lead a browser on."""
    return Reply(FOUND, b"", ((b"location", address.encode()), cookie))
