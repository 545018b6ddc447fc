"""The fields of `Mutation` by which people sign in. No cookies here: a browser's are for
`/api/auth` alone."""

from firmhold.doors.graphql.fields import field
from firmhold.doors.graphql.shapes import Refresh, Register, SignIn
from firmhold.doors.shared.entering import device_of, organization_named
from firmhold.doors.shared.operation import Call, Without
from firmhold.identity.signing_in import SignedIn
from firmhold.limits.policy import RouteClass


@field("mutation", SignIn, without_token=Without.ANYONE, limited=RouteClass.SIGN_IN)
async def login(call: Call) -> SignedIn:
    """Sign in with e-mail address and password. Whoever is a user of several organizations names
    one."""
    body: SignIn = call.body
    organization = await organization_named(call, body.organization)
    done: SignedIn = await call.services.signing_in.sign_in(
        body.email, body.password, organization, device_of(call)
    )
    return done


@field("mutation", Register, without_token=Without.ANYONE, limited=RouteClass.SIGN_IN)
async def register(call: Call) -> SignedIn:
    """Make an account and be signed in. A code is sent to the address; until it has come back, the
    address proves nothing."""
    body: Register = call.body
    organization = await organization_named(call, body.organization, default=True)
    assert organization is not None
    done: SignedIn = await call.services.accounts.register(
        organization, body.email, body.password, body.name, device_of(call)
    )
    return done


@field("mutation", Refresh, without_token=Without.ANYONE)
async def refresh_token(call: Call) -> SignedIn:
    """Stay signed in: a new access token, and the next refresh token."""
    body: Refresh = call.body
    done: SignedIn = await call.services.signing_in.refresh(body.refresh_token, device_of(call))
    return done
