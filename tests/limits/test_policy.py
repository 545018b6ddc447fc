"""Limits are read from short texts, and each request asks the buckets that concern it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.limits.bucket import Policy
from firmhold.limits.policy import DEFAULTS, WIDE, Policies, RouteClass, asks_of, parse
from tests.limits.plain import ORGANIZATION

EVERYTHING = Policies.of(dict.fromkeys(DEFAULTS, "5/10"))


def asked(
    route: RouteClass, policies: Policies = EVERYTHING, **facts: str | bool
) -> list[tuple[str, str]]:
    facts = {"organization": ORGANIZATION, "address": "192.0.2.1", **facts}
    asks = asks_of(policies, route, **facts)  # type: ignore[arg-type]  # a bag for the table
    whose = "" if route is RouteClass.SIGN_IN else ORGANIZATION
    assert all(one.organization == whose for one in asks)
    return [(one.policy.name, one.subject) for one in asks]


def test_a_policy_is_read_as_tokens_and_seconds() -> None:
    assert parse(" 10/60 ", "holds_per_user") == Policy("holds-per-user", 10, 60)
    assert parse("off", "holds_per_user") is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "10", "10/", "/60", "10/60/1", "ten/60", "-1/60", "+1/60", "1_0/60", "1.5/60"),
        *("٣/60", "10 / 60", "0/60", "10/0", "10/86401", "1000001/60", "99999999999/1"),
        *("Off", "on", "1/60\n1"),
    ],
)
def test_a_text_that_is_no_policy_is_refused_with_the_settings_name(text: str) -> None:
    with pytest.raises(ValueError, match="holds_per_user: "):
        parse(text, "holds_per_user")


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{0,9}/[0-9]{0,9}"))
def test_any_text_is_a_policy_or_refused(text: str) -> None:
    try:
        policy = parse(text, "reads_per_address")
    except ValueError:
        return
    assert policy is None or (policy.burst >= 1 and policy.period >= 1)


def test_a_limit_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="'hold_per_user'"):
        Policies.of({"hold_per_user": "1/1"})


def test_unless_told_otherwise_customers_are_limited_and_organizations_are_not() -> None:
    policies = Policies.of()
    assert policies.holds_per_user == Policy("holds-per-user", 10, 60)
    assert policies.holds_per_address == Policy("holds-per-address", 100, 60)
    assert policies.sign_in_per_address == Policy("sign-in-per-address", 30, 60)
    assert policies.sign_in_per_email_and_address == Policy(
        "sign-in-per-email-and-address", 10, 300
    )
    assert policies.sign_in_per_email == Policy("sign-in-per-email", 100, 3600)
    assert policies.writes_per_user == Policy("writes-per-user", 600, 60)
    assert policies.reads_per_address == Policy("reads-per-address", 3000, 60)
    assert policies.holds_per_organization is None
    assert policies.writes_per_organization is None
    assert policies.reads_per_organization is None


def test_a_customers_hold_asks_the_customers_bucket_the_addresss_and_the_organizations() -> None:
    assert asked(RouteClass.HOLDS, asker="user:ann") == [
        ("holds-per-user", "user:ann"),
        ("holds-per-address", "192.0.2.1"),
        ("holds-per-organization", ""),
    ]


@pytest.mark.parametrize("route", [RouteClass.HOLDS, RouteClass.WRITES, RouteClass.READS])
def test_staff_and_keys_are_bounded_by_the_organizations_limits_alone(route: RouteClass) -> None:
    assert asked(route, asker="key:1", exempt=True) == [(f"{route}-per-organization", "")]
    assert asked(route, Policies.of(), asker="key:1", exempt=True) == []


def test_staff_sign_in_like_anyone() -> None:
    as_staff = asked(RouteClass.SIGN_IN, asker="user:ann", exempt=True, email="a@b.c")
    assert as_staff == asked(RouteClass.SIGN_IN, email="a@b.c")


def test_who_comes_with_a_code_and_no_e_mail_goes_by_the_address_alone() -> None:
    assert asked(RouteClass.SIGN_IN) == [("sign-in-per-address", "192.0.2.1")]


@pytest.mark.parametrize("text", ["", " ", ","])
def test_unless_told_otherwise_limits_are_the_default_ones(text: str) -> None:
    assert Policies.read(text) == Policies.of()


def test_limits_are_read_from_one_text() -> None:
    read = Policies.read(" holds_per_user = 3/5,reads_per_address=off ")
    assert read == Policies.of({"holds_per_user": "3/5", "reads_per_address": "off"})
    assert read.any
    assert not Policies.read(" off ").any
    assert Policies.read(WIDE).holds_per_user == Policy("holds-per-user", 1_000_000, 1)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("holds_per_user", "holds_per_user"),
        ("off, holds_per_user=1/1", "off"),
        ("holds_per_user=1/1, holds_per_user=2/1", "twice"),
        ("holds=1/1", "holds"),
        ("holds_per_user=1", "holds_per_user"),
        ("=1/1", "''"),
    ],
)
def test_a_text_that_is_no_list_of_limits_is_refused(text: str, names: str) -> None:
    with pytest.raises(ValueError, match=names):
        Policies.read(text)


def test_a_sign_in_asks_three_buckets_and_however_the_e_mail_is_written_the_same() -> None:
    for email in ("ann@example.com", " Ann@EXAMPLE.com "):
        assert asked(RouteClass.SIGN_IN, email=email) == [
            ("sign-in-per-email-and-address", "192.0.2.1 ann@example.com"),
            ("sign-in-per-address", "192.0.2.1"),
            ("sign-in-per-email", "ann@example.com"),
        ]


def test_whoever_says_not_who_it_is_goes_by_the_address() -> None:
    assert asked(RouteClass.WRITES)[0] == ("writes-per-user", "192.0.2.1")


def test_guests_behind_one_address_are_many_people() -> None:
    assert asked(RouteClass.HOLDS) == [
        ("holds-per-address", "192.0.2.1"),
        ("holds-per-organization", ""),
    ]


def test_reads_ask_the_addresss_bucket_and_the_organizations() -> None:
    assert asked(RouteClass.READS, asker="user:ann") == [
        ("reads-per-address", "192.0.2.1"),
        ("reads-per-organization", ""),
    ]


@pytest.mark.parametrize("route", RouteClass)
def test_what_is_off_is_not_asked(route: RouteClass) -> None:
    assert asked(route, Policies.of(dict.fromkeys(DEFAULTS, "off")), email="a@b.c") == []


@given(st.sampled_from(RouteClass), st.text(), st.text(max_size=40), st.booleans())
def test_no_request_names_a_bucket_twice(
    route: RouteClass, asker: str, email: str, exempt: bool
) -> None:
    names = asked(route, asker=asker, email=email, exempt=exempt)
    assert len(set(names)) == len(names) <= 3
