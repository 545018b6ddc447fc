"""What is not counted by any process but read from the database when Prometheus asks.

It is the same whichever node is asked, so rules take the largest of what several nodes say, and
never the sum.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from firmhold.relay.lag import lags
from firmhold.store.sql import statement

MOST_ITEMS = 1000
"""Items per catalogue whose stock is shown; a million would drown Prometheus."""

MOST_UNSEALED = 1000
"""Entries that are looked at to find the oldest which has no seal. They are read in the order in
which they were written, so the oldest is among the first."""


MOST_WAITING = 10_000
"""Notifications of a channel that are counted while they wait; more is much."""


class Readings(NamedTuple):
    """What was found."""

    active: int
    """Holds that have not ended."""
    stock: list[tuple[str, str, int]]
    """Organization, SKU and units."""
    expirer: float
    """Seconds since the hold ended that should have been recorded first."""
    sealer: float
    """Seconds since the entry was written that should have been sealed first."""
    relay: list[tuple[str, float]]
    """Who goes on from where they were, and the seconds since the entry was written that they have
    to look at next."""
    waiting: list[tuple[str, int, float]]
    """Channel, notifications that are due, and seconds since the first of them was."""
    told: list[tuple[str, str, int]]
    """Channel, outcome, and notifications to which it came."""


async def read(connection: Any) -> Readings:
    """One look, on a connection that sees all organizations."""
    active = await connection.fetchval(statement("reading", "live_reservations"))
    stock = await connection.fetch(statement("reading", "stock"), MOST_ITEMS)
    expirer = await connection.fetchval(statement("reading", "seconds_unexpired"))
    async with connection.transaction():
        await connection.execute(statement("reading", "by_index"))
        sealer = await connection.fetchval(statement("reading", "seconds_unsealed"), MOST_UNSEALED)
        waiting = await connection.fetch(statement("notices", "waiting"), MOST_WAITING)
        relay = await lags(connection)
    told = await connection.fetch(statement("notices", "counts"))
    return Readings(
        active,
        [tuple(row) for row in stock],
        expirer,
        sealer,
        relay,
        [tuple(row) for row in waiting],
        [tuple(row) for row in told],
    )


class Found(Collector):
    """The readings as gauges; of those that could not be had, that it was so."""

    def __init__(self, readings: Readings | None) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Metric]:
        """See the library."""
        found = self._readings
        yield _gauge(
            "firmhold_database_up", "1 if the database answers, else 0.", found is not None
        )
        if found is None:
            return
        yield _gauge(
            "active_reservations_count",
            "Holds that have not ended, over all organizations.",
            found.active,
        )
        available = GaugeMetricFamily(
            "inventory_available",
            "Units nobody has a claim on, of the first items of each public catalogue.",
            labels=["organization", "sku"],
        )
        for organization, sku, units in found.stock:
            available.add_metric([organization, sku], units)
        yield available
        yield _gauge(
            "firmhold_expirer_lag_seconds",
            "Seconds for which the oldest hold that has ended is not recorded as expired.",
            found.expirer,
        )
        yield _gauge(
            "firmhold_sealer_lag_seconds",
            "Seconds for which the oldest entry without a seal has been waiting for it.",
            found.sealer,
        )
        relay = GaugeMetricFamily(
            "firmhold_relay_lag_seconds",
            "Seconds for which the oldest change has been there that a follower has not seen.",
            labels=["follower"],
        )
        for follower, seconds in found.relay:
            relay.add_metric([follower], seconds)
        yield relay
        yield from _notifications(found)


def _notifications(found: Readings) -> Iterator[Metric]:
    total = CounterMetricFamily(
        "firmhold_notifications",
        "Notifications that were sent, given up, or dropped as needless.",
        labels=["channel", "outcome"],
    )
    for channel, outcome, count in found.told:
        total.add_metric([channel, outcome], count)
    yield total
    due = GaugeMetricFamily(
        "firmhold_notifications_waiting",
        "Notifications that are due and have not been sent yet.",
        labels=["channel"],
    )
    oldest = GaugeMetricFamily(
        "firmhold_notifications_oldest_seconds",
        "Seconds for which the oldest of them has been due.",
        labels=["channel"],
    )
    for channel, count, seconds in found.waiting:
        due.add_metric([channel], count)
        oldest.add_metric([channel], seconds)
    yield due
    yield oldest


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, meaning)
    gauge.add_metric([], float(value))
    return gauge
