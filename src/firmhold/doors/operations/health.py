"""`/healthz`, `/readyz` and `/metrics`."""

import asyncio
import os

import prometheus_client as prometheus
from prometheus_client import multiprocess
from prometheus_client.registry import Collector

from firmhold.doors.operations.gauges import Found, read
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.doors.shared.services import Services
from firmhold.engine.faults import is_transient
from firmhold.store.migrate import MigrationError, pending

READY_WITHIN = 2.0
"""Seconds for the database to answer, before we say that it does not."""

MOST_LAG = 30.0
"""Seconds for which live subscribers of a process may hear of nothing before requests are better
served elsewhere. It looks for news many times a second, so by then it is stuck, and not only
without a free connection for a moment. What is sent to webhooks is late by itself, however many
processes there are, and takes none of them out of service."""


def healthy() -> Reply:
    """The process is there."""
    return json_reply(200, {"status": "ok"})


async def ready(services: Services) -> Reply:
    """Whether requests can be served: the database answers, its schema is ours, and whoever is
    subscribed here hears of what happens."""
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
    lag = services.hub.lag()
    checks["relay"] = f"{lag:.0f} seconds behind" if lag > MOST_LAG else "ok"
    fine = all(state == "ok" for state in checks.values())
    return json_reply(200 if fine else 503, {"status": "ready" if fine else "waiting", **checks})


async def metrics(services: Services) -> Reply:
    """Prometheus text: what all workers have counted, and what the database says at this moment."""
    registry = prometheus.CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Everything())
    try:
        async with asyncio.timeout(READY_WITHIN), services.database.read_across() as connection:
            found = await read(connection)
    except Exception as error:
        # What the process counted is worth having most when the database is away.
        if not is_transient(error):
            raise
        found = None
    registry.register(Found(found))
    body = prometheus.generate_latest(registry)
    return Reply(200, body, ((b"content-type", prometheus.CONTENT_TYPE_LATEST.encode()),))


class _Everything(Collector):
    """What this process has counted, as part of another registry."""

    def collect(self):  # type: ignore[no-untyped-def]
        return prometheus.REGISTRY.collect()
