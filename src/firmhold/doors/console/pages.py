"""A page as it is sent: where it lies, and what it may do.

Scripts come from files of this server alone. Styles do as well, but for those that the library of
components writes into the page while it runs: they carry a word that this process has made up at
its start. It is in every page, so it keeps out only what was put in blindly; of scripts, where that
would not be enough, nothing in the page is ever taken.
"""

from hashlib import sha256
from html import escape
from secrets import token_urlsafe
from typing import NamedTuple

from firmhold.doors.shared.reply import Headers, Reply, unless_known

BASE = '<base href="/"'
NONCE = '<meta name="firmhold-nonce" content=""'
"""Where the built page has room for both."""


class Placed(NamedTuple):
    """What every page of this process is served with."""

    base_path: str
    """Begins and ends with a slash."""
    nonce: str

    @classmethod
    def at(cls, base_path: str) -> "Placed":
        return cls(base_path, token_urlsafe(18))


def policy(nonce: str) -> bytes:
    """What the page may do: speak with this server, by sockets too, and show what it has from
    there. Made images are for charts."""
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ).encode()


def render(html: str, placed: Placed) -> bytes:
    """The page, told where it lies. Its addresses are relative to that."""
    assert BASE in html and NONCE in html, "a page of ours has room for both"
    base = f'<base href="{escape(placed.base_path)}"'
    nonce = f'<meta name="firmhold-nonce" content="{placed.nonce}"'
    return html.replace(BASE, base, 1).replace(NONCE, nonce, 1).encode()


def reply(html: str, placed: Placed, known: bytes) -> Reply:
    """The page; or that it has not changed since the one whose tag is in `known`, which is
    `If-None-Match`."""
    body = render(html, placed)
    tag = b'"%b"' % sha256(body).hexdigest()[:32].encode()
    headers: Headers = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"etag", tag),
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", policy(placed.nonce)),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    )
    # The policy goes along when nothing has changed, too: some browsers take over what such an
    # answer says, and without one of its own it would say the strictest.
    return unless_known(Reply(200, body, headers), known)._replace(headers=headers)
