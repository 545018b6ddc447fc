"""How an identity provider is configured, and what is refused as no such thing."""

from __future__ import annotations

from typing import Any

import pytest

from firmhold.identity.oidc.configured import Configured, configured, is_good
from firmhold.settings import SECRETS, Settings

GOOD: dict[str, Any] = {
    "oidc_issuer": "https://login.example.org/tenant",
    "oidc_client_id": "firmhold",
    "oidc_client_secret": "secret",
    "oidc_public_url": "https://tickets.example.org/",
}


def test_nothing_is_configured_unless_it_is() -> None:
    assert configured(Settings()) is None


def test_what_is_configured() -> None:
    assert configured(Settings(**GOOD)) == Configured(
        "https://login.example.org/tenant",
        "firmhold",
        "secret",
        "https://tickets.example.org/api/auth/oidc/callback",
        "/",
        None,
    )


def test_the_secret_is_one() -> None:
    assert "oidc_client_secret" in SECRETS


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"oidc_issuer": None}, "oidc_client_id"),
        ({"oidc_client_id": None}, "oidc_client_id"),
        ({"oidc_public_url": None}, "oidc_public_url"),
        ({"oidc_issuer": "http://login.example.org"}, "oidc_issuer"),
        ({"oidc_issuer": "login.example.org"}, "oidc_issuer"),
        ({"oidc_issuer": "https://login.example.org?x=y"}, "oidc_issuer"),
        ({"oidc_issuer": "https://login.example.org#x"}, "oidc_issuer"),
        ({"oidc_public_url": "http://tickets.example.org"}, "oidc_public_url"),
        ({"oidc_public_url": "https://tickets.example.org/shop"}, "oidc_public_url"),
        ({"oidc_landing": "https://evil.example"}, "oidc_landing"),
        ({"oidc_landing": "//evil.example"}, "oidc_landing"),
        ({"oidc_landing": "/\\evil.example"}, "oidc_landing"),
        ({"oidc_landing": "\\\\evil.example"}, "oidc_landing"),
        ({"oidc_landing": "/\t/evil.example"}, "oidc_landing"),
        ({"oidc_landing": "/x\r\nset-cookie: a=b"}, "oidc_landing"),
        ({"oidc_landing": "console"}, "oidc_landing"),
        ({"oidc_landing": ""}, "oidc_landing"),
        ({"oidc_landing": "/\u00e4"}, "oidc_landing"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named}: ") as refused:
        configured(Settings(**{**GOOD, **change}))
    assert "secret" not in str(refused.value).replace("oidc_client_secret", "")


@pytest.mark.parametrize(
    ("url", "good", "here"),
    [
        ("https://a.example", True, True),
        ("https://a.example:8443/x?y=z", True, True),
        ("http://127.0.0.1:8080/x", False, True),
        ("http://localhost/x", False, True),
        ("http://[::1]:8080/", False, True),
        ("http://127.0.0.1.evil.example", False, False),
        ("http://localhost.evil.example", False, False),
        ("http://10.0.0.1", False, False),
        ("http://169.254.169.254/latest", False, False),
        ("https://user@a.example", False, False),
        ("https://a.example#x", False, False),
        ("https://a.example:99999", False, False),
        ("https://[::1", False, False),
        ("https:///x", False, False),
        ("https://", False, False),
        ("https://a.example\\@b.example", False, False),
        ("https://a.example/ x", False, False),
        ("https://a.example/\n", False, False),
        ("https://\u0430.example", False, False),
        ("https://a.example/" + "x" * 3000, False, False),
        ("file:///etc/passwd", False, False),
        ("javascript:alert(1)", False, False),
        ("//a.example", False, False),
        ("", False, False),
    ],
)
def test_secrets_are_sent_by_https_or_within_this_machine(url: str, good: bool, here: bool) -> None:
    assert (is_good(url, loopback=False), is_good(url, loopback=True)) == (good, here)
