"""Which page a request comes from, as browsers say it."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_own(origin: bytes, headers: Mapping[bytes, bytes]) -> bool:
    """Whether an `Origin` is of this server, by the name that the request has for it."""
    try:
        named = urlsplit(origin.decode("latin-1")).netloc
    except ValueError:  # a bracket without the other one
        return False
    return bool(named) and named.lower() == headers.get(b"host", b"").decode("latin-1").lower()
