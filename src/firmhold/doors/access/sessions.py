"""`/api/auth`: signing in, staying signed in, signing out."""

from collections.abc import Callable
from typing import Any

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.access import cookies
from firmhold.doors.access.shapes import (
    MemberView,
    RefreshRequest,
    RegisterRequest,
    SessionsView,
    SessionView,
    SetUpRequest,
    SignedInView,
    SignInRequest,
    SignOutRequest,
    WhoView,
)
from firmhold.doors.shared.entering import device_of, organization_named
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, Handler, Operation, Without, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.identity.people import Member
from firmhold.identity.permissions import Permission
from firmhold.identity.sessions import ACCESS_SECONDS
from firmhold.identity.signing_in import SignedIn
from firmhold.limits.policy import RouteClass

TABLE: list[Operation] = []
TAG = "access"

NO_CONTENT = Reply(204, b"", ())


def auth(method: str, path: str, **about: Any) -> Callable[[Handler], Handler]:
    """The operation below `/api/auth`, and the same below `/api/v1/auth`."""

    def enter(handler: Handler) -> Handler:
        for base, suffix in (("/api/auth", ""), ("/api/v1/auth", "_v1")):
            operation(
                method,
                base + path,
                table=TABLE,
                tag=TAG,
                cookie=True,
                name=handler.__name__ + suffix,
                **about,
            )(handler)
        return handler

    return enter


@auth(
    "POST",
    "/register",
    without_token=Without.ANYONE,
    limited=RouteClass.SIGN_IN,
    status=201,
    body=RegisterRequest,
    answer=SignedInView,
    refusals=(Code.FORBIDDEN, Code.ALREADY_EXISTS, Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(
        body={"email": "a new address", "password": "long-and-only-mine", "name": "Ada Byron"}
    ),
)
async def register(call: Call) -> Reply:
    """Make an account and be signed in. A code is sent to the address; until it has come back, the
    address proves nothing."""
    body: RegisterRequest = call.body
    _refuse_other_sites(call, cookie=body.cookie)
    organization = await organization_named(call, body.organization, default=True)
    assert organization is not None
    done = await call.services.accounts.register(
        organization, body.email, body.password, body.name, device_of(call)
    )
    return _signed_in(201, done, cookie=body.cookie)


@auth(
    "POST",
    "/login",
    without_token=Without.ANYONE,
    limited=RouteClass.SIGN_IN,
    body=SignInRequest,
    answer=SignedInView,
    refusals=(Code.UNAUTHENTICATED, Code.FORBIDDEN, Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(body={"email": "an account", "password": "its password"}),
)
async def login(call: Call) -> Reply:
    """Sign in with e-mail address and password. Whoever is a user of several organizations names
    one."""
    body: SignInRequest = call.body
    _refuse_other_sites(call, cookie=body.cookie)
    organization = await organization_named(call, body.organization)
    done = await call.services.signing_in.sign_in(
        body.email, body.password, organization, device_of(call)
    )
    return _signed_in(200, done, cookie=body.cookie)


@auth(
    "POST",
    "/refresh",
    without_token=Without.ANYONE,
    body=RefreshRequest,
    answer=SignedInView,
    refusals=(Code.UNAUTHENTICATED, Code.FORBIDDEN, Code.OVERLOADED),
    example=Example(body={"refresh_token": "a refresh token"}),
)
async def refresh(call: Call) -> Reply:
    """Stay signed in: a new access token, and the next refresh token. One that was used before ends
    the session, unless that was a few seconds ago: an answer may have been lost."""
    body: RefreshRequest = call.body
    given = body.refresh_token
    token = cookies.token_in(call.headers) if given is None else given
    if token is None:
        return problem(
            refuse(Code.UNAUTHENTICATED, "There is no refresh token, in the body or as a cookie.")
        )
    try:
        done = await call.services.signing_in.refresh(token, device_of(call))
    except Refused as error:
        refused = problem(error.refusal)
        if given is None:
            refused = refused._replace(headers=(*refused.headers, cookies.drop_cookie()))
        return refused
    return _signed_in(200, done, cookie=given is None)


@auth(
    "POST",
    "/logout",
    without_token=Without.ANYONE,
    status=204,
    body=SignOutRequest,
    refusals=(Code.UNAUTHENTICATED, Code.FORBIDDEN),
    example=Example(body={"refresh_token": "a refresh token"}),
)
async def logout(call: Call) -> Reply:
    """End the session of the refresh token, or else of the access token; or, with an access token,
    all of this person's. Its access token is refused from then on: here at once, by other server
    processes within about a second."""
    body: SignOutRequest = call.body
    signing_out = call.services.signing_out
    given = body.refresh_token
    token = cookies.token_in(call.headers) if given is None else given
    try:
        bearer = await call.services.authentication.bearer(call.headers, call.scope)
    except Refused:
        if token is None:
            raise
        bearer = None  # an access token that is over is no reason to stay signed in
    if token is not None:
        await signing_out.sign_out_with(token)
    user, session = (None, None) if bearer is None else (bearer.actor.customer, bearer.session)
    if bearer is not None and user is not None and session is not None:
        if body.everywhere:
            await signing_out.sign_out_everywhere(bearer.organization, user)
        else:
            await signing_out.sign_out(bearer.organization, user, session)
    elif body.everywhere:
        return problem(refuse(Code.UNAUTHENTICATED, "This takes a user's access token."))
    elif token is None:
        return problem(
            refuse(Code.UNAUTHENTICATED, "There is neither a refresh token nor an access token.")
        )
    return NO_CONTENT._replace(headers=(cookies.drop_cookie(),))


@operation(
    "POST",
    "/api/auth/set-up",
    limited=RouteClass.SIGN_IN,
    table=TABLE,
    tag=TAG,
    cookie=True,
    without_token=Without.ANYONE,
    status=201,
    body=SetUpRequest,
    answer=SignedInView,
    refusals=(Code.FORBIDDEN, Code.OVERLOADED),
    example=Example(
        body={"code": "the set-up code", "email": "a new address", "password": "long-and-only-mine"}
    ),
)
async def set_up(call: Call) -> Reply:
    """Become the first administrator of a server that has none, with the code that it has printed
    as it started."""
    body: SetUpRequest = call.body
    _refuse_other_sites(call, cookie=body.cookie)
    # The server's own, whichever the request may name.
    organization = await call.services.authentication.organization({})
    done = await call.services.accounts.set_up(
        organization, body.code, body.email, body.password, body.name, device_of(call)
    )
    return _signed_in(201, done, cookie=body.cookie)


@operation(
    "GET",
    "/api/auth/me",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    answer=WhoView,
    example=Example(),
)
async def who_am_i(call: Call) -> Reply:
    """Whom this token or key proves, and what it may do."""
    who = call.identity
    return json_reply(
        200,
        WhoView(
            who.organization,
            who.actor.label,
            who.role,
            who.email,
            who.session,
            sorted(who.permissions),
        ),
    )


@operation(
    "GET",
    "/api/auth/sessions",
    table=TABLE,
    tag=TAG,
    permission=Permission.SESSIONS_OWN,
    answer=SessionsView,
    example=Example(),
)
async def list_sessions(call: Call) -> Reply:
    """Where this person is signed in, in whichever organization, the newest first."""
    found = await call.services.signing_out.listed(call.organization, _user(call))
    views = [SessionView(**it._asdict(), current=it.id == call.identity.session) for it in found]
    return json_reply(200, SessionsView(views))


@operation(
    "DELETE",
    "/api/auth/sessions/{session}",
    table=TABLE,
    tag=TAG,
    permission=Permission.SESSIONS_OWN,
    status=204,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"session": "a session"}),
)
async def end_session(call: Call) -> Reply:
    """End one of this person's sessions, in whichever organization."""
    id = require_id(call.path["session"], "ses_", "session")
    if not await call.services.signing_out.sign_out(call.organization, _user(call), id):
        return problem(refuse(Code.NOT_FOUND, "There is no such session.", session=id))
    return NO_CONTENT


def _refuse_other_sites(call: Call, *, cookie: bool) -> None:
    if cookie:
        cookies.refuse_other_sites(call.headers)


def _user(call: Call) -> str:
    user = call.actor.customer
    assert user is not None, "only users have the permission"
    return user


def _signed_in(status: int, done: SignedIn, *, cookie: bool) -> Reply:
    view = SignedInView(
        done.access_token,
        "Bearer",
        ACCESS_SECONDS,
        None if cookie else done.refresh_token,
        member_view(done.user),
        done.verified,
    )
    headers = (cookies.set_cookie(done.refresh_token),) if cookie else ()
    return json_reply(status, view, *headers)


def member_view(user: Member) -> MemberView:
    """A user as it is shown."""
    return MemberView(
        user.id,
        user.organization,
        user.email,
        user.role,
        user.name,
        user.invited_at,
        user.disabled_at,
        user.created_at,
    )
