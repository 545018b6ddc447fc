"""`/healthz`, `/readyz` and `/metrics`."""

import asyncio
import os

import prometheus_client as prometheus
from prometheus_client import multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.doors.shared.services import Services
from firmhold.engine.faults import is_transient
from firmhold.store.migrate import MigrationError, pending
from firmhold.store.sql import statement

READY_WITHIN = 2.0
"""Seconds for the database to answer, before we say that it does not."""

MOST_ITEMS = 1000
"""Items per catalogue whose stock `/metrics` shows; a million would drown Prometheus."""


def healthy() -> Reply:
    """The process is there."""
    return json_reply(200, {"status": "ok"})


async def ready(services: Services) -> Reply:
    """Whether requests can be served: the database answers and its schema is ours."""
    checks: dict[str, str] = {}
    try:
        # As the engine does: a flood of reads is no reason to take out of service what still sells.
        async with asyncio.timeout(READY_WITHIN), services.database.engine() as connection:
            missing = await pending(connection)
        checks["database"] = "ok"
        checks["migrations"] = f"{len(missing)} missing" if missing else "ok"
    except MigrationError as error:
        checks["migrations"] = str(error)
    except Exception as error:
        if not is_transient(error):
            raise
        checks["database"] = "away"
    fine = all(state == "ok" for state in checks.values())
    return json_reply(200 if fine else 503, {"status": "ready" if fine else "waiting", **checks})


async def metrics(services: Services) -> Reply:
    """Prometheus text: what all workers have counted, and stock as the database has it now."""
    registry = prometheus.CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Everything())
    try:
        async with asyncio.timeout(READY_WITHIN), services.database.read_across() as connection:
            active = await connection.fetchval(statement("reading", "live_reservations"))
            stock = await connection.fetch(statement("reading", "stock"), MOST_ITEMS)
        registry.register(_Stock(active, [tuple(row) for row in stock]))
    except Exception as error:
        # What the process counted is worth having most when the database is away.
        if not is_transient(error):
            raise
    body = prometheus.generate_latest(registry)
    return Reply(200, body, ((b"content-type", prometheus.CONTENT_TYPE_LATEST.encode()),))


class _Everything(Collector):
    """What this process has counted, as part of another registry."""

    def collect(self):  # type: ignore[no-untyped-def]
        return prometheus.REGISTRY.collect()


class _Stock(Collector):
    """Gauges that were just read from the database."""

    def __init__(self, active: int, stock: list[tuple[str, str, int]]) -> None:
        self._active = active
        self._stock = stock

    def collect(self):  # type: ignore[no-untyped-def]
        active = GaugeMetricFamily(
            "active_reservations_count", "Holds that have not ended, over all organizations."
        )
        active.add_metric([], self._active)
        yield active
        available = GaugeMetricFamily(
            "inventory_available",
            "Units nobody has a claim on, of the first items of each public catalogue.",
            labels=["organization", "sku"],
        )
        for organization, sku, units in self._stock:
            available.add_metric([organization, sku], units)
        yield available
