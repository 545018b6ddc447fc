"""Whose address a request comes from.

Nothing in front of the server is believed unless it was named: a header that anyone can write must
not choose whose bucket is asked.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_CHAIN = 32
"""Hops that are looked at. More are nobody's real way here."""

PREFIX_V6 = 64
"""Bits of an IPv6 address that count: a household or a rented server has all addresses of one such
network."""


def networks(text: str) -> tuple[Network, ...]:
    """The networks in a list such as `10.0.0.0/8, ::1`. Raises `ValueError` naming what is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(
    peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]
) -> Address | None:
    """Who asks: the peer of the connection, or, where that is one of our own proxies, whoever it
    says it got the request from, and so on along the chain (`X-Forwarded-For`, which each proxy
    appends to). The first that is no trusted proxy is the client; what stands before it in the
    header was written by the client and says nothing.

    `None` if the peer has no address, as on a Unix socket.
    """
    address = _parsed(peer)
    if address is None or not _within(address, trusted):
        return address
    hops = [hop for line in forwarded_for for hop in line.split(",")]
    for hop in reversed(hops[-LONGEST_CHAIN:]):
        named = _parsed(hop)
        if named is None:
            break  # not an address: the last one that was is all there is to know
        address = named
        if not _within(address, trusted):
            break
    return address


def bucket_of(address: Address | None) -> str:
    """The prefix that shares a bucket."""
    if address is None:
        return "local"
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, PREFIX_V6), strict=False))


def _parsed(text: str) -> Address | None:
    """The address in a hop, which may have brackets and a port."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _within(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
