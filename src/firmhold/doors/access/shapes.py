"""Shapes of the access door."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.shared.text import Cursor, Email, Instant, Limit, Request, Title
from firmhold.identity.passwords import LONGEST, SHORTEST
from firmhold.identity.permissions import Permission
from firmhold.identity.roles import Role

Password = Annotated[
    str, Meta(min_length=1, max_length=LONGEST, description="The password there is.")
]
Who = Annotated[Email, Meta(description="Their e-mail address.")]
NewPassword = Annotated[
    str,
    Meta(
        min_length=SHORTEST,
        max_length=LONGEST,
        description=f"{SHORTEST} to {LONGEST} characters, whichever; not one that everyone tries.",
        examples=["long-and-only-mine"],
    ),
]
Slug = Annotated[
    Annotated[str, Meta(min_length=1, max_length=63)] | None,
    Meta(description="The organization's slug; may also be named by `X-Organization`."),
]
Cookie = Annotated[
    bool,
    Meta(
        description="For a browser: the refresh token comes as a cookie that no script can read, "
        "and not in the answer."
    ),
]
RefreshToken = Annotated[
    Annotated[str, Meta(max_length=128)] | None,
    Meta(description="The newest refresh token; unless given, the cookie's."),
]
Code = Annotated[str, Meta(max_length=128, description="The code that was sent.")]
PersonName = Annotated[Title | None, Meta(description="What people call them; `null` for none.")]


# --- signing in ---


class SignInRequest(Request):
    """Who signs in."""

    email: Who
    password: Password
    organization: Slug = None
    cookie: Cookie = False


class RegisterRequest(Request):
    """Who wants an account."""

    email: Who
    password: NewPassword
    name: PersonName = None
    organization: Slug = None
    cookie: Cookie = False


class SetUpRequest(Request):
    """Who runs this server."""

    code: Annotated[str, Meta(max_length=128, description="The one that the server has printed.")]
    email: Who
    password: NewPassword
    name: PersonName = None
    cookie: Cookie = False


class RefreshRequest(Request):
    """How to stay signed in."""

    refresh_token: RefreshToken = None


class SignOutRequest(Request):
    """What to end."""

    refresh_token: RefreshToken = None
    everywhere: Annotated[
        bool, Meta(description="All sessions of this person; takes an access token.")
    ] = False


class MemberView(Struct, frozen=True):
    """A user: a person's place in an organization."""

    id: Annotated[str, Meta(description="The user's id; it never changes.")]
    organization: Annotated[str, Meta(description="The organization's id.")]
    email: Annotated[str, Meta(description="Their e-mail address.")]
    role: Annotated[Role, Meta(description="What they are here.")]
    name: Annotated[str | None, Meta(description="What people call them.")]
    invited_at: Annotated[
        datetime | None,
        Meta(
            description="Since when they have been asked in and have not come; `null` if the place "
            "is theirs."
        ),
    ]
    disabled_at: Annotated[
        datetime | None, Meta(description="Since when they are shut out; `null` if they are not.")
    ]
    created_at: Annotated[datetime, Meta(description="Since when they are here.")]


class SignedInView(Struct, frozen=True):
    """What whoever has signed in gets."""

    access_token: Annotated[str, Meta(description="For the `Authorization` header.")]
    token_type: Annotated[str, Meta(description="`Bearer`.")]
    expires_in: Annotated[int, Meta(description="Seconds for which the access token is good.")]
    refresh_token: Annotated[
        str | None,
        Meta(
            description="For a new access token; each is used once and has a successor. `null` if "
            "it has come as a cookie."
        ),
    ]
    user: Annotated[MemberView, Meta(description="Who has signed in.")]
    verified: Annotated[
        bool, Meta(description="Whether the e-mail address has been shown to be theirs.")
    ]


class WhoView(Struct, frozen=True):
    """Whom a token or a key proves."""

    organization: Annotated[str, Meta(description="The organization's id.")]
    actor: Annotated[str, Meta(description="As it stands in ledger and audit log.")]
    role: Annotated[Role | None, Meta(description="`null` for whoever is no user.")]
    email: Annotated[str | None, Meta(description="A user's e-mail address.")]
    session: Annotated[str | None, Meta(description="The session's id; `null` without one.")]
    permissions: Annotated[list[Permission], Meta(description="What it may do.")]


class SessionView(Struct, frozen=True):
    """Somebody signed in somewhere."""

    id: Annotated[str, Meta(description="The session's id.")]
    kind: Annotated[
        str, Meta(description="`password`, `oidc`, or `command` for a token made there.")
    ]
    organization: Annotated[str, Meta(description="The organization's slug.")]
    created_at: Annotated[datetime, Meta(description="When they signed in.")]
    seen_at: Annotated[datetime, Meta(description="When it was last refreshed.")]
    expires_at: Annotated[datetime, Meta(description="When they have to sign in again.")]
    agent: Annotated[str | None, Meta(description="What the program said it was.")]
    address: Annotated[str | None, Meta(description="From where.")]
    current: Annotated[bool, Meta(description="Whether it is the one that asks.")]


class SessionsView(Struct, frozen=True):
    """Where somebody is signed in."""

    data: Annotated[list[SessionView], Meta(description="The sessions.")]


class OidcStartQuery(Request):
    """Where to sign in."""

    organization: Annotated[
        Annotated[str, Meta(min_length=1, max_length=63)] | None,
        Meta(description="The organization's slug; the one there is, unless given."),
    ] = None


class OidcCallbackQuery(Struct):
    """What the identity provider says. It may say more, which means nothing here."""

    state: Annotated[str, Meta(max_length=512, description="Of the attempt that it answers.")]
    code: Annotated[
        Annotated[str, Meta(min_length=1, max_length=4096)] | None,
        Meta(description="For what it has signed; unless it has signed nobody in."),
    ] = None
    error: Annotated[
        Annotated[str, Meta(max_length=512)] | None,
        Meta(description="Why it has signed nobody in."),
    ] = None
    iss: Annotated[
        Annotated[str, Meta(max_length=2048)] | None,
        Meta(description="Who says so (RFC 9207)."),
    ] = None


# --- accounts ---


class ChangePasswordRequest(Request):
    """A new password for one that is known."""

    current: Annotated[Password, Meta(description="The password there is.")]
    new: NewPassword


class ForgottenRequest(Request):
    """Who has forgotten a password."""

    email: Who


class ResetRequest(Request):
    """A new password for one that is not known any more."""

    code: Code
    password: NewPassword


class VerifyRequest(Request):
    """That an address is theirs."""

    code: Code


# --- users ---


class UserRequest(Request):
    """Whom to ask in."""

    email: Who
    role: Annotated[Role, Meta(description="What they are to be.")]
    name: PersonName = None


class UserChange(Request):
    """What to change; what is left out stays."""

    role: Annotated[Role | UnsetType, Meta(description="What they are to be.")] = UNSET
    name: PersonName | UnsetType = UNSET
    disabled: Annotated[
        bool | UnsetType, Meta(description="Whether they are shut out. They stay in the books.")
    ] = UNSET


class UsersQuery(Request):
    """Which users."""

    role: Annotated[Role | None, Meta(description="Those with this role.")] = None
    email: Annotated[Email | None, Meta(description="The one with this address.")] = None
    cursor: Cursor = None
    limit: Limit = 100


# --- API keys ---


class KeyRequest(Request):
    """A key for a program."""

    name: Annotated[Title, Meta(description="What the key is for.")]
    scopes: Annotated[
        list[Permission],
        Meta(min_length=1, max_length=len(Permission), description="What it may do."),
    ]
    expires_at: Annotated[
        Instant | None, Meta(description="RFC 3339; `null` for a key that lasts.")
    ] = None


class KeyView(Struct, frozen=True):
    """A key, without the key."""

    id: Annotated[str, Meta(description="The key's id, which opens nothing.")]
    name: Annotated[str, Meta(description="What the key is for.")]
    scopes: Annotated[list[str], Meta(description="What it may do.")]
    made_by: Annotated[str, Meta(description="The actor that has made it.")]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    expires_at: Annotated[
        datetime | None, Meta(description="Until when it is good; `null`: it lasts.")
    ]
    seen_at: Annotated[
        datetime | None, Meta(description="When it was last used, to the minute; `null`: never.")
    ]
    withdrawn_at: Annotated[
        datetime | None, Meta(description="Since when it opens nothing; `null`: it does.")
    ]


class NewKeyView(KeyView, frozen=True):
    """A new key. It is told this once."""

    key: Annotated[str, Meta(description="For the `Authorization` header, after `Bearer`.")]


class KeysQuery(Request):
    """Which keys."""

    cursor: Cursor = None
    limit: Limit = 100
