"""How reserving went of late."""

from datetime import UTC, datetime, timedelta

import pytest

from firmhold.doors.shared.recent import Look, Recent, between, quantile
from firmhold.telemetry import RESERVING

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
INF = float("inf")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_a_quantile_is_what_prometheus_would_estimate() -> None:
    within = [(0.1, 50), (0.5, 90), (1.0, 100), (INF, 100)]
    assert quantile(within, 0.95) == pytest.approx(0.75)
    assert quantile(within, 0.25) == pytest.approx(0.05)


def test_what_took_longer_than_the_highest_bound_is_said_to_have_taken_that() -> None:
    assert quantile([(0.1, 0), (10.0, 1), (INF, 100)], 0.95) == 10.0


def test_there_is_no_quantile_of_nothing() -> None:
    assert quantile([(0.1, 0), (INF, 0)], 0.95) is None
    assert quantile([], 0.95) is None


def test_between_two_looks_only_what_came_then_counts() -> None:
    before = Look(NOON, 100, 50, 10, ((0.1, 100), (1.0, 100), (INF, 100)))
    after = Look(NOON, 110, 55, 11, ((0.1, 100), (1.0, 110), (INF, 110)))
    went = between(before, after)
    assert went[:3] == (10, 5, 1)
    assert went.p95_seconds == pytest.approx(0.955)


def test_what_is_answered_is_counted_by_what_became_of_it() -> None:
    clock = Clock()
    recent = Recent(clock)
    assert recent.went().requests == 0
    recent.look()
    for status in (201, 201, 409, 429, 503):
        RESERVING.observe(status, 0.003)
    clock.now += timedelta(seconds=10)
    recent.look()
    went = recent.went()
    assert went[:3] == (5, 2, 1)
    assert went.p95_seconds is not None
    assert 0.0025 < went.p95_seconds < 0.005


def test_alarms_are_of_the_last_minutes_and_steps_of_what_is_asked_for() -> None:
    clock = Clock()
    recent = Recent(clock)
    for _ in range(60):
        recent.look()
        RESERVING.observe(201, 0.003)
        clock.now += timedelta(seconds=10)
    assert recent.went().requests == 30
    steps = recent.series(NOON + timedelta(minutes=5), 60)
    assert [at for at, _ in steps] == [NOON + timedelta(minutes=it) for it in range(5, 10)]
    assert [went.requests for _, went in steps] == [6] * 5


def test_after_an_hour_a_look_is_forgotten() -> None:
    clock = Clock()
    recent = Recent(clock)
    for _ in range(200):
        recent.look()
        clock.now += timedelta(minutes=1)
    assert len(recent.series(NOON, 60)) == 61
