"""The rules of refresh tokens, by cases and by chance."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmhold.identity.sessions import (
    GRACE,
    SALT,
    SECRET,
    Decision,
    Kept,
    Outcome,
    digest,
    read,
    refresh,
    successor,
    written,
)

NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Family:
    """A family of refresh tokens, kept as the database keeps it."""

    def __init__(self) -> None:
        self.first = secrets.token_bytes(SECRET)
        self.kept = {digest(self.first): Kept("s", None, None)}
        self.ended = False

    def show(self, token: bytes, now: datetime) -> Decision:
        decision = refresh(
            token,
            self.kept,
            ended=self.ended,
            now=now,
            fresh_salt=secrets.token_bytes(SALT),
        )
        if decision.outcome is Outcome.ROTATED:
            assert decision.spend is not None and decision.successor is not None
            self.kept[decision.spend] = Kept("s", now, decision.salt)
            self.kept[digest(decision.successor)] = Kept("s", None, None)
        self.ended = self.ended or decision.outcome is Outcome.REUSED
        return decision


def rotated(family: Family, token: bytes, now: datetime) -> bytes:
    decision = family.show(token, now)
    assert decision.outcome is Outcome.ROTATED
    assert decision.successor is not None
    return decision.successor


def test_a_token_is_spent_once() -> None:
    family = Family()
    second = rotated(family, family.first, NOW)
    assert second != family.first
    rotated(family, second, NOW)


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        (timedelta(0), Outcome.REPEATED),
        (GRACE, Outcome.REPEATED),
        (GRACE + timedelta(microseconds=1), Outcome.REUSED),
        (timedelta(days=30), Outcome.REUSED),
    ],
)
def test_a_spent_token_is_repeated_for_a_while(after: timedelta, outcome: Outcome) -> None:
    family = Family()
    second = rotated(family, family.first, NOW)
    decision = family.show(family.first, NOW + after)
    assert decision.outcome is outcome
    assert decision.successor == (second if outcome is Outcome.REPEATED else None)


def test_nothing_comes_of_a_session_that_has_ended() -> None:
    family = Family()
    family.ended = True
    assert family.show(family.first, NOW) == Decision(Outcome.OVER)


def test_a_token_that_nobody_made_is_unknown_and_ends_nothing() -> None:
    family = Family()
    assert family.show(secrets.token_bytes(SECRET), NOW) == Decision(Outcome.UNKNOWN)
    rotated(family, family.first, NOW)


def test_records_that_were_tampered_with_end_the_session() -> None:
    family = Family()
    rotated(family, family.first, NOW)
    family.kept[digest(family.first)] = Kept("s", NOW, secrets.token_bytes(SALT))
    assert family.show(family.first, NOW).outcome is Outcome.REUSED


def test_whoever_reads_the_records_has_no_token() -> None:
    family = Family()
    second = rotated(family, family.first, NOW)
    kept = family.kept[digest(family.first)]
    assert kept.salt is not None
    for known in (digest(family.first), digest(second), kept.salt):
        assert successor(known, kept.salt) != second


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30)), max_size=25))
def test_however_tokens_are_shown_there_is_one_newest_or_none(
    shown: list[tuple[int, int]],
) -> None:
    """`shown`: which of the tokens so far, the newest first, and seconds since the last one."""
    family = Family()
    tokens, now = [family.first], NOW
    for back, seconds in shown:
        now += timedelta(seconds=seconds)
        token = tokens[max(0, len(tokens) - 1 - back)]
        ended = family.ended
        spent_at = family.kept[digest(token)].spent_at
        decision = family.show(token, now)
        if ended:
            assert decision.outcome is Outcome.OVER
        elif spent_at is None:
            assert token == tokens[-1]
            assert decision.outcome is Outcome.ROTATED
            assert decision.successor is not None
            tokens.append(decision.successor)
        elif now - spent_at <= GRACE:
            assert decision == Decision(Outcome.REPEATED, tokens[-1])
        else:
            assert decision == Decision(Outcome.REUSED)
        unspent = [kept for kept in family.kept.values() if kept.spent_at is None]
        assert len(unspent) == 1


@given(st.binary(min_size=SECRET, max_size=SECRET))
def test_a_token_is_read_as_it_was_written(token: bytes) -> None:
    assert read(written(token)) == token


@given(st.text(max_size=60))
def test_no_text_is_read_but_as_it_would_be_written(text: str) -> None:
    token = read("fhr_" + text)
    assert token is None or written(token) == "fhr_" + text
