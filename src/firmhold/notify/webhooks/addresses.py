"""Where nothing is sent: addresses by which a server would reach what only it can reach.

An organization names any URL it likes, and whoever owns a name says what it resolves to, each time
anew. So a name is resolved for each delivery, every address that it has is looked at, and the
connection is made to the very address that was.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

RESOLVE_SECONDS = 5.0

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052), which may well be on our side."""

_LOCAL_TRANSLATED = IPv6Network("64:ff9b:1::/48")
"""The same within a network (RFC 8215)."""

_COMPATIBLE = IPv6Network("::/96")
"""IPv4 as it was written in IPv6 once (RFC 4291, section 2.5.5.1)."""


_NOWHERE = (".localhost", ".local", ".internal", ".home.arpa", ".localdomain")
"""Names of this machine and of networks like ours (RFC 6761, 6762 and 8375, and what ICANN keeps
for them). Told when an endpoint is made; what a name resolves to is looked at for each delivery."""


class NotAllowed(Exception):
    """An address to which nothing is sent. The text says why, without saying what is there."""


def refuse_url(url: str, *, private: bool) -> None:
    """Raises `NotAllowed` for a URL that could never be sent to. `private`: anything may be, for
    developers and tests."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("not a URL") from None
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise NotAllowed("must begin with https://")
    if not parts.hostname:
        raise NotAllowed("has no host")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("must not have a user or a password in it")
    if parts.fragment:
        raise NotAllowed("must not have a fragment")
    if port == 0 or not url.isascii() or any(ord(char) <= 0x20 for char in url):
        raise NotAllowed("not a URL")
    if private:
        return
    try:
        public = is_public(ip_address(parts.hostname))
    except ValueError:
        host = parts.hostname.rstrip(".")
        # What ends in a number is an IPv4 address, in one of the ways to write it.
        number = host.rpartition(".")[2][:1].isdigit()
        public = "." in host and not number and not host.endswith(_NOWHERE)
    if not public:
        raise NotAllowed("must be an address on the public internet")


async def resolve(host: str, port: int, *, private: bool) -> str:
    """The address to connect to. Raises `NotAllowed` if any that the name has is not public, and
    `OSError` if it has none."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(RESOLVE_SECONDS):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(address[0]).partition("%")[0] for *_, address in found]
    if not addresses:
        raise OSError("the name has no address")
    if not private and not all(is_public(ip_address(address)) for address in addresses):
        # Of several, too: it would be a matter of chance.
        raise NotAllowed("the name is not of the public internet alone")
    return addresses[0]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is one of the public internet, whichever way it is written."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None or address in _LOCAL_TRANSLATED:
            return False
        if inner is None and (address in _TRANSLATED or address in _COMPATIBLE):
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast
