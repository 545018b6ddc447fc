"""Nothing is sent to what only this server can reach, however its address is written."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from firmhold.notify.webhooks import addresses
from firmhold.notify.webhooks.addresses import NotAllowed, is_public, refuse_url, resolve

PRIVATE = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "198.51.100.7", "203.0.113.9"),
    *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1"),
    "2001:0:53aa:64c:0:fbfc:f5ff:fffe",
]

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_none_to_send_to(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(NotAllowed):
        refuse_url(f"https://{host}/hook", private=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_is_one(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "http://example.org/", "ftp://example.org/", "https://", "https:///hook"),
        *("https://user@example.org/", "https://user:secret@example.org/", "//example.org/hook"),
        *("https://example.org/#part", "https://example.org:0/", "https://example.org:99999/"),
        *("https://example.org/a b", "https://exämple.org/", "https://[::1", "javascript:alert(1)"),
        *("https://example.org/\r\nx: y", "https://example.org/\x00", "file:///etc/passwd"),
    ],
)
def test_what_is_no_address_on_the_web_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        refuse_url(url, private=False)


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1."),
        *("localhost", "localhost.", "LOCALHOST", "api.localhost", "printer.local", "intranet"),
        *("db.internal", "nas.home.arpa", "here.localdomain"),
    ],
)
async def test_other_ways_to_say_here_are_refused_when_they_are_named_and_when_they_are_resolved(
    host: str,
) -> None:
    with pytest.raises(NotAllowed):
        refuse_url(f"https://{host}/hook", private=False)
    refuse_url(f"https://{host}/hook", private=True)
    if not host.lower().startswith(("localhost", "127", "0", "2")):
        return  # nobody here is to be asked for it
    try:
        with pytest.raises(NotAllowed):
            await resolve(host, 443, private=False)
    except OSError:
        pass  # a machine that does not know that way at all


def answering(*found: str) -> Any:
    async def getaddrinfo(host: str, port: int, **more: Any) -> Any:
        return [
            (socket.AF_INET6 if ":" in it else socket.AF_INET, 1, 6, "", (it, port)) for it in found
        ]

    return getaddrinfo


@pytest.mark.parametrize(
    "found", [("10.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("8.8.8.8", "::1"), ("fe80::1%eth0",)]
)
async def test_a_name_with_one_address_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...]
) -> None:
    loop = addresses.asyncio.get_running_loop()
    monkeypatch.setattr(loop, "getaddrinfo", answering(*found), raising=False)
    with pytest.raises(NotAllowed):
        await resolve("example.org", 443, private=False)


async def test_the_address_that_was_looked_at_is_the_one(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = addresses.asyncio.get_running_loop()
    monkeypatch.setattr(loop, "getaddrinfo", answering("8.8.8.8", "1.1.1.1"), raising=False)
    assert await resolve("example.org", 443, private=False) == "8.8.8.8"
