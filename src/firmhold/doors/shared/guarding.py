"""What every answer says to browsers, whichever way it is served and whatever it is about.

Nothing here is a page but the reference, so that the strictest policy is right for all others:
nothing is fetched, framed, guessed or kept. The choice follows OWASP's REST security cheat sheet
and ASVS 5.0, sections 3.4 and 14.3.

A preflight of another origin gets no permission, because nobody here gives one.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from firmhold.doors.shared.reply import Header, Headers
from firmhold.limits.addresses import Proxies

Message = Mapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

POLICY = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

ALWAYS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", POLICY),
    (b"cross-origin-resource-policy", b"same-origin"),
    # Answers are of this instant, and most of them are somebody's own.
    (b"cache-control", b"no-store"),
)
"""Of these an answer may have its own: a policy that lets a page have its styles, or a calendar
that is asked for again and again."""

BY_HTTPS: Headers = (*ALWAYS, (b"strict-transport-security", b"max-age=31536000"))
"""For those who came by HTTPS: for a year they shall come no other way. Not for other hosts below
this one, which are not ours to speak for."""

_NAMES = frozenset(name for name, _ in ALWAYS)

_FORWARDED_PROTO = b"x-forwarded-proto"


class Guard:
    """Completes answers."""

    def __init__(self, proxies: Proxies, *, https_only: bool) -> None:
        """`proxies`: those that are believed when they say that a client came by HTTPS.
        `https_only`: all of them do."""
        self._proxies = proxies
        self._usual = BY_HTTPS if https_only else ALWAYS
        self._asks = proxies.any and not https_only
        self._lines = lines_of(self._usual)

    def lines(self, scope: Mapping[str, Any]) -> bytes:
        """The same as bytes, for an answer that has none of these itself."""
        if self._asks and _by_https(scope, self._proxies):
            return _LINES_BY_HTTPS
        return self._lines

    def around(self, scope: Mapping[str, Any], send: Send, own: Header) -> Send:
        """Where to send the answer to a request, so that it is completed on the way, with one
        header of this very request's."""
        more = (*self._usual, own)
        if self._asks and _by_https(scope, self._proxies):
            more = (*BY_HTTPS, own)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send({**message, "headers": completed(message["headers"], more)})
            else:
                await send(message)

        return complete


def has_own(headers: Headers) -> bool:
    """Whether an answer has some of what is always told, in its own way."""
    return any(name in _NAMES for name, _ in headers)


def lines_of(headers: Headers) -> bytes:
    """Headers as they are written."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


_LINES_BY_HTTPS = lines_of(BY_HTTPS)


def completed(headers: Any, more: Headers = ALWAYS) -> Headers:
    """These headers, and those of `more` that are not among them."""
    own = [name for name, _ in headers if name in _NAMES]
    if not own:
        return (*headers, *more)
    return (*headers, *(header for header in more if header[0] not in own))


def _by_https(scope: Mapping[str, Any], proxies: Proxies) -> bool:
    """Whether a proxy of ours says that the client came by HTTPS. Of several, the one next to the
    client has written first."""
    client = scope.get("client")
    if not proxies.trusts(client[0] if client else ""):
        return False
    said = [value for name, value in scope["headers"] if name == _FORWARDED_PROTO]
    return len(said) == 1 and said[0].partition(b",")[0].strip().lower() == b"https"
