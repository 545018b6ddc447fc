"""The provider as a server is configured to have it, and which addresses are good enough for it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from firmhold.settings import Settings

CALLBACK = "/api/auth/oidc/callback"
"""Where the provider sends browsers back to."""

LONGEST_ADDRESS = 2000


class Configured(NamedTuple):
    """The provider, and who we are to it."""

    issuer: str
    client: str
    secret: str | None
    """`None`: it asks for none, and goes by the verifier alone."""
    callback: str
    """Whole address."""
    landing: str
    """Path on this server to which browsers are led once they are signed in."""
    organization: str | None
    """Slug of the one in which whoever is unknown becomes a customer."""


def configured(settings: Settings) -> Configured | None:
    """What is configured; `None` if it is nothing. Raises `ValueError`, which names the setting."""
    rest = ("oidc_client_id", "oidc_client_secret", "oidc_public_url", "oidc_organization")
    if settings.oidc_issuer is None:
        for name in rest:
            if getattr(settings, name) is not None:
                raise ValueError(f"{name}: only beside oidc_issuer")
        return None
    client, public = settings.oidc_client_id, settings.oidc_public_url
    if client is None or public is None:
        missing = "oidc_client_id" if client is None else "oidc_public_url"
        raise ValueError(f"{missing}: needed beside oidc_issuer")
    for name, url in (("oidc_issuer", settings.oidc_issuer), ("oidc_public_url", public)):
        if not is_good(url, loopback=True) or urlsplit(url).query:
            raise ValueError(f"{name}: an https:// address (http:// on this machine), not {url!r}")
    if urlsplit(public).path not in {"", "/"}:
        raise ValueError(f"oidc_public_url: without a path, not {public!r}")
    landing = settings.oidc_landing
    if not _is_own_path(landing):
        raise ValueError(f"oidc_landing: a path on this server such as /, not {landing!r}")
    return Configured(
        settings.oidc_issuer,
        client,
        settings.oidc_client_secret,
        public.rstrip("/") + CALLBACK,
        landing,
        settings.oidc_organization,
    )


def is_good(url: str, *, loopback: bool) -> bool:
    """Whether this is an address to which secrets may be sent: by HTTPS, or on this very machine
    if `loopback`."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if len(url) > LONGEST_ADDRESS or not parts.hostname or parts.fragment or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (loopback and is_on_loopback(url))


def is_on_loopback(url: str) -> bool:
    """Whether it is spoken to without HTTPS, on this very machine."""
    parts = urlsplit(url)
    try:
        here = parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        here = False
    return here and parts.scheme == "http"


def _is_own_path(path: str) -> bool:
    """Whether no browser takes it for an address on another server."""
    plain = path.isascii() and path.isprintable() and " " not in path
    return plain and path.startswith("/") and not path.startswith("//") and "\\" not in path
