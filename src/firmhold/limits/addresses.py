"""Whose address a request comes from.

Nothing in front of the server is believed unless it was named: a header that anyone can write must
not choose whose bucket is asked. Pure.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_CHAIN = 32
"""Hops that are looked at. More are nobody's real way here."""

PREFIX_V6 = 64
"""Bits of an IPv6 address that count: a household or a rented server has all addresses of one such
network."""

NO_ADDRESS = "local"
"""The bucket of whoever comes through a Unix socket, where there is no address."""

REMEMBERED = 8192
"""Addresses whose prefix is remembered: to read one takes as long as to ask its bucket."""

SHORT = 100
"""Characters of a header that is remembered; whoever sends long ones shall not fill our memory."""


class Proxies:
    """The proxies in front of this server, and so how addresses are read."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = tuple(trusted)
        self.any = bool(self._trusted)
        """Whether any is believed: else no header has to be looked at."""
        self._direct = lru_cache(REMEMBERED)(self._read_direct)
        self._forwarded = lru_cache(REMEMBERED)(self._read_forwarded)

    def prefix(self, peer: str, forwarded_for: tuple[str, ...] = ()) -> str:
        """The prefix that shares a bucket, by the peer's address and the values of the headers
        `X-Forwarded-For` in their order."""
        prefix = self._direct(peer)
        if prefix is not None:
            return prefix
        if sum(map(len, forwarded_for)) <= SHORT:
            return self._forwarded(peer, forwarded_for)
        return self._read_forwarded(peer, forwarded_for)

    def trusts(self, peer: str) -> bool:
        """Whether this peer is one of them."""
        return self.any and self._direct(peer) is None

    def client(self, peer: str, forwarded_for: tuple[str, ...] = ()) -> str | None:
        """Who asks, as `client_address` tells it; `None` if there is no address."""
        address = client_address(peer, forwarded_for, self._trusted)
        return None if address is None else str(address)

    def _read_direct(self, peer: str) -> str | None:
        """`None` for one of ours: then the headers tell."""
        address = _parsed(peer)
        if address is not None and _within(address, self._trusted):
            return None
        return prefix_of(address)

    def _read_forwarded(self, peer: str, forwarded_for: tuple[str, ...]) -> str:
        return prefix_of(client_address(peer, forwarded_for, self._trusted))


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


def prefix_of(address: Address | None) -> str:
    """The prefix that shares a bucket: an IPv4 address, or a network of IPv6."""
    if address is None:
        return NO_ADDRESS
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), PREFIX_V6), strict=False))


def _parsed(text: str) -> Address | None:
    """The address in a hop, which may have brackets, a port and a zone."""
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
