"""A request comes from whom our own proxies say, and from nobody that a client made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.limits.addresses import LONGEST_CHAIN, Proxies, client_address, networks

OURS = "10.0.0.0/8, fd00::/8"


def prefix(peer: str, *forwarded_for: str, trusted: str = OURS) -> str:
    return Proxies(networks(trusted)).prefix(peer, forwarded_for)


def test_without_a_trusted_proxy_nothing_in_the_header_counts() -> None:
    assert prefix("203.0.113.9", "198.51.100.1") == "203.0.113.9"
    assert prefix("10.0.0.1", "198.51.100.1", trusted="") == "10.0.0.1"
    found = client_address("203.0.113.9", ["198.51.100.1"], networks(OURS))
    assert str(found) == "203.0.113.9"


def test_what_a_client_wrote_before_our_proxy_saw_it_says_nothing() -> None:
    assert prefix("10.0.0.1", "1.1.1.1, 198.51.100.1") == "198.51.100.1"
    assert prefix("10.0.0.1", "1.1.1.1", "198.51.100.1") == "198.51.100.1"
    assert prefix("10.0.0.1", "1.1.1.1, 10.9.9.9, 198.51.100.1, 10.0.0.2") == "198.51.100.1"


def test_a_chain_of_our_own_proxies_is_followed_to_its_start() -> None:
    assert prefix("10.0.0.1", "198.51.100.1, 10.0.0.3,10.0.0.2") == "198.51.100.1"
    assert prefix("10.0.0.1", "10.0.0.3, 10.0.0.2") == "10.0.0.3"
    assert prefix("10.0.0.1") == "10.0.0.1"


@pytest.mark.parametrize("hop", ["unknown", "", "_hidden", "999.1.1.1", "010.1.1.1", "1.1.1.1.1"])
def test_a_hop_that_is_no_address_ends_the_chain_at_the_last_that_was(hop: str) -> None:
    assert prefix("10.0.0.1", f"198.51.100.1, {hop}, 10.0.0.2") == "10.0.0.2"


@pytest.mark.parametrize(
    "hop", ["198.51.100.1", "198.51.100.1:4711", " 198.51.100.1 ", "::ffff:198.51.100.1"]
)
def test_an_address_is_read_as_proxies_write_it(hop: str) -> None:
    assert prefix("10.0.0.1", hop) == "198.51.100.1"


@pytest.mark.parametrize(
    "hop",
    ["2001:db8:1:2::5", "[2001:db8:1:2::5]", "[2001:db8:1:2::5]:443", "2001:db8:1:2:9::%e0"],
)
def test_all_addresses_of_a_household_share_a_bucket(hop: str) -> None:
    assert prefix("fd00::1", hop) == prefix(hop) == "2001:db8:1:2::/64"


def test_an_old_address_in_new_clothes_is_the_old_address() -> None:
    assert prefix("::ffff:10.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert prefix("::ffff:198.51.100.1") == "198.51.100.1"


def test_who_comes_through_a_unix_socket_has_a_bucket_too() -> None:
    assert prefix("", "198.51.100.1") == "local"


def test_no_chain_is_followed_for_ever() -> None:
    hops = ["198.51.100.1"] + ["10.0.0.2"] * LONGEST_CHAIN
    assert prefix("10.0.0.1", ", ".join(hops)) == "10.0.0.2"
    assert prefix("10.0.0.1", ", ".join(hops[:-1])) == "198.51.100.1"


def test_long_headers_are_read_and_not_remembered() -> None:
    proxies = Proxies(networks(OURS))
    for number in range(50):
        made_up = (f"{number}." * 1000 + ", 198.51.100.1",)
        assert proxies.prefix("10.0.0.1", made_up) == "198.51.100.1"
        assert proxies.prefix("203.0.113.9", made_up) == "203.0.113.9"
    assert proxies._forwarded.cache_info().currsize == 0
    assert proxies._direct.cache_info().currsize == 2


@pytest.mark.parametrize("text", ["10.0.0.0/33", "proxy.example.com", "10.0.0.1/8", "::/129"])
def test_a_network_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=text.partition("/")[0]):
        networks(f"127.0.0.1, {text}")


def test_a_list_of_networks_may_be_empty() -> None:
    assert networks("") == networks(" , ") == ()


@given(st.text(max_size=30), st.lists(st.text("0123456789abcdef.:,[]% ", max_size=60), max_size=4))
def test_any_text_is_read_without_a_fault(peer: str, header: list[str]) -> None:
    trusted = networks("0.0.0.0/0, ::/0")
    found = client_address(peer, header, trusted)
    assert found is None or Proxies(trusted).prefix(peer, tuple(header))


@given(st.ip_addresses(v=4), st.lists(st.ip_addresses(v=4).map(str), max_size=5))
def test_no_header_moves_a_client_that_is_none_of_ours(address: object, header: list[str]) -> None:
    line = ", ".join([*header, str(address)])
    trusted = networks("10.0.0.0/8")
    expected = client_address(str(address), (), trusted)
    if not any(expected in network for network in trusted if expected is not None):
        assert client_address("10.0.0.1", (line,), trusted) == expected
