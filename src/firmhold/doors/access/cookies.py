"""The two cookies there are: a browser's refresh token, and its attempt to sign in elsewhere.

Only the calls that refresh and end a session read the first; every other call takes a bearer token,
which no browser sends by itself, so that no other site can make a browser do anything here. The
two that read it look where the request comes from besides, and so do those that hand it out: else a
page could sign whoever looks at it in as somebody else. The second is read by the call to which
the identity provider sends the browser back, from its own site, and opens nothing by itself.
"""

from collections.abc import Mapping

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.shared.origins import is_own
from firmhold.identity.oidc.attempt import LASTS
from firmhold.identity.sessions import SESSION

NAME = "__Host-firmhold-refresh"
"""The prefix makes browsers insist on HTTPS (or this very machine), on this host alone and on `/`
(RFC 6265bis, section 4.1.3)."""

_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"

ATTEMPT = "__Host-firmhold-oidc"

_COMING_BACK = "Path=/; Secure; HttpOnly; SameSite=Lax"
"""Also sent when another site leads the browser here, but with nothing that a page sends by
itself."""

_WHENCE = frozenset({b"sec-fetch-site", b"origin"})

_ELSEWHERE = refuse(
    Code.FORBIDDEN,
    "With a cookie this can be called by pages of this server only; others have the refresh token "
    "in the body.",
)


def set_cookie(token: str) -> tuple[bytes, bytes]:
    """The header that hands the token to a browser."""
    value = f"{NAME}={token}; Max-Age={int(SESSION.total_seconds())}; {_ATTRIBUTES}"
    return b"set-cookie", value.encode()


def drop_cookie() -> tuple[bytes, bytes]:
    """The header that takes it away."""
    return b"set-cookie", f"{NAME}=; Max-Age=0; {_ATTRIBUTES}".encode()


def token_in(headers: Mapping[bytes, bytes]) -> str | None:
    """The token in the request's cookie. Raises `Refused` if a page of another site may have sent
    it."""
    token = _value(headers, NAME)
    if token is not None:
        refuse_other_sites(headers)
        if headers.keys().isdisjoint(_WHENCE):
            raise Refused(_ELSEWHERE)
    return token


def set_attempt(attempt: str) -> tuple[bytes, bytes]:
    """The header that has a browser keep its attempt to sign in elsewhere."""
    return b"set-cookie", f"{ATTEMPT}={attempt}; Max-Age={LASTS}; {_COMING_BACK}".encode()


def drop_attempt() -> tuple[bytes, bytes]:
    """The header that takes it away."""
    return b"set-cookie", f"{ATTEMPT}=; Max-Age=0; {_COMING_BACK}".encode()


def attempt_in(headers: Mapping[bytes, bytes]) -> str | None:
    """The attempt in the request's cookie."""
    return _value(headers, ATTEMPT)


def _value(headers: Mapping[bytes, bytes], wanted: str) -> str | None:
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted and value:
            return value
    return None


def refuse_other_sites(headers: Mapping[bytes, bytes]) -> None:
    """Raises `Refused` if a page of another site has sent this. A browser says where from, in one
    of two ways at least; what says nothing is none, and nobody's page can make it ask."""
    site = headers.get(b"sec-fetch-site")
    origin = headers.get(b"origin")
    if site is not None and site != b"same-origin":
        raise Refused(_ELSEWHERE)
    if origin is not None and not is_own(origin, headers):
        raise Refused(_ELSEWHERE)
