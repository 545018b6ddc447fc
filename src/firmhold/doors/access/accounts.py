"""`/api/auth`: passwords, and whose an e-mail address is."""

from firmhold.domain.errors import Code, malformed
from firmhold.doors.access.sessions import NO_CONTENT
from firmhold.doors.access.shapes import (
    ChangePasswordRequest,
    ForgottenRequest,
    ResetRequest,
    VerifyRequest,
)
from firmhold.doors.shared.entering import device_of
from firmhold.doors.shared.operation import Call, Example, Operation, Without, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply
from firmhold.identity.permissions import Permission
from firmhold.limits.policy import RouteClass

TABLE: list[Operation] = []
TAG = "access"

SENT = Reply(202, b"", ())
"""Whether anything was sent is not said."""


@operation(
    "POST",
    "/api/auth/password",
    limited=RouteClass.SIGN_IN,
    table=TABLE,
    tag=TAG,
    permission=Permission.SESSIONS_OWN,
    status=204,
    body=ChangePasswordRequest,
    refusals=(Code.OVERLOADED,),
    example=Example(body={"current": "its password", "new": "longer-and-only-mine"}),
)
async def change_password(call: Call) -> Reply:
    """Change one's password. All other sessions end, and the change is told by e-mail."""
    body: ChangePasswordRequest = call.body
    user = call.actor.customer
    assert user is not None, "only users have the permission"
    if body.new == body.current:
        return problem(malformed("new", "the one you have"))
    await call.services.accounts.change_password(
        call.organization, user, call.identity.session, body.current, body.new, device_of(call)
    )
    return NO_CONTENT


@operation(
    "POST",
    "/api/auth/password/forgotten",
    limited=RouteClass.SIGN_IN,
    table=TABLE,
    tag=TAG,
    without_token=Without.ANYONE,
    status=202,
    body=ForgottenRequest,
    example=Example(body={"email": "an account"}),
)
async def forget_password(call: Call) -> Reply:
    """Have a code for a new password sent. The answer is the same whether there is an account."""
    await call.services.accounts.send_reset(call.body.email)
    return SENT


@operation(
    "POST",
    "/api/auth/password/reset",
    limited=RouteClass.SIGN_IN,
    table=TABLE,
    tag=TAG,
    without_token=Without.ANYONE,
    status=204,
    body=ResetRequest,
    refusals=(Code.OVERLOADED,),
    example=Example(body={"code": "a reset code", "password": "longer-and-only-mine"}),
)
async def reset_password(call: Call) -> Reply:
    """Set a new password with a code that was sent. All sessions end."""
    body: ResetRequest = call.body
    await call.services.accounts.reset(body.code, body.password)
    return NO_CONTENT


@operation(
    "POST",
    "/api/auth/verify",
    limited=RouteClass.SIGN_IN,
    table=TABLE,
    tag=TAG,
    permission=Permission.SESSIONS_OWN,
    status=204,
    body=VerifyRequest,
    example=Example(body={"code": "a verification code"}),
)
async def verify_address(call: Call) -> Reply:
    """Show, signed in, that one has got the code, and that the address is one's own. Whoever has
    got a code without having an account has a new password sent instead: another may have
    registered with the address."""
    user = call.actor.customer
    assert user is not None, "only users have the permission"
    await call.services.accounts.verify(call.organization, user, call.body.code)
    return NO_CONTENT


@operation(
    "POST",
    "/api/auth/verify/send",
    limited=RouteClass.SIGN_IN,
    table=TABLE,
    tag=TAG,
    permission=Permission.SESSIONS_OWN,
    status=202,
    example=Example(),
)
async def send_verification(call: Call) -> Reply:
    """Have the code sent once more; nothing is sent if the address has been verified."""
    user = call.actor.customer
    assert user is not None, "only users have the permission"
    await call.services.accounts.send_verification(call.organization, user)
    return SENT
