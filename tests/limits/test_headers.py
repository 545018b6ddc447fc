"""Clients are told of limits in the words of the draft, and of nothing that concerns others."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from firmhold.limits.bucket import SECOND, UNLIMITED, Levels, Policy, decide
from firmhold.limits.headers import rate_limit, rate_limit_policy, refused_by, retry_after
from tests.limits.plain import ask

HOLDS = Policy("holds-per-user", 10, 60)
ADDRESS = Policy("holds-per-address", 100, 60)
NOW = 50_000 * SECOND

# RFC 9651: a list of strings, each with the parameters that the draft says it has.
POLICIES = re.compile(r'"[ -!#-\[\]-~]+";q=\d+;w=[1-9]\d*(, "[ -!#-\[\]-~]+";q=\d+;w=[1-9]\d*)*')
LIMITS = re.compile(r'"[ -!#-\[\]-~]+";r=\d+;t=\d+(, "[ -!#-\[\]-~]+";r=\d+;t=\d+)*')


def answer(*full_at: int) -> Levels:
    return decide((ask(HOLDS), ask(ADDRESS))[: len(full_at)], full_at, NOW)


def test_the_first_hold_of_ten_leaves_nine_until_the_next_comes_back() -> None:
    levels = answer(0)
    assert rate_limit_policy(levels) == '"holds-per-user";q=10;w=60'
    assert rate_limit(levels) == '"holds-per-user";r=9;t=6'


def test_of_an_admitted_request_the_bucket_is_told_that_has_least() -> None:
    assert rate_limit(answer(0, 0)) == '"holds-per-user";r=9;t=6'
    assert rate_limit(answer(0, NOW + 59 * SECOND)) == '"holds-per-address";r=0;t=1'


def test_all_policies_that_concern_a_request_are_told_whatever_becomes_of_it() -> None:
    told = '"holds-per-user";q=10;w=60, "holds-per-address";q=100;w=60'
    assert rate_limit_policy(answer(0, 0)) == told
    assert rate_limit_policy(answer(NOW + 60 * SECOND, 0)) == told


def test_a_refusal_tells_the_policy_that_refused_and_says_nothing_of_the_others() -> None:
    levels = answer(0, NOW + 60 * SECOND)
    assert refused_by(levels) == ["holds-per-address"]
    assert rate_limit(levels) == '"holds-per-address";r=0;t=1'


def test_a_refusal_by_two_tells_both_and_the_longer_wait() -> None:
    levels = answer(NOW + 60 * SECOND, NOW + 60 * SECOND)
    assert refused_by(levels) == ["holds-per-user", "holds-per-address"]
    assert rate_limit(levels) == '"holds-per-user";r=0;t=6, "holds-per-address";r=0;t=1'
    assert retry_after(levels) == 6


def test_a_wait_is_whole_seconds_rounded_up_and_at_least_one() -> None:
    assert retry_after(answer(NOW + 54 * SECOND + 1)) == 1
    assert retry_after(answer(NOW + 55 * SECOND)) == 1
    assert retry_after(answer(NOW + 55 * SECOND + 1)) == 2
    assert retry_after(answer(NOW + 60 * SECOND)) == 6


def test_where_there_is_no_limit_nothing_is_told() -> None:
    assert rate_limit_policy(UNLIMITED) == rate_limit(UNLIMITED) == ""
    assert refused_by(UNLIMITED) == []


@given(st.lists(st.integers(-(2**62), 2**63), min_size=1, max_size=2))
def test_whatever_the_levels_the_fields_are_well_formed_and_agree(full_at: list[int]) -> None:
    levels = answer(*full_at)
    assert POLICIES.fullmatch(rate_limit_policy(levels))
    assert LIMITS.fullmatch(rate_limit(levels))
    assert bool(refused_by(levels)) is not levels.allowed
    if not levels.allowed:
        windows = [int(t) for t in re.findall(r";t=(\d+)", rate_limit(levels))]
        assert 1 <= max(windows) <= retry_after(levels)
