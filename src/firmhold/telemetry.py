"""Metrics that the process counts itself, and how logs look.

Stock is not counted here: it is read from the database when Prometheus asks.
"""

import logging
import sys
from collections.abc import MutableMapping

import prometheus_client as prometheus
import structlog

from firmhold.redaction import clean, on_one_line, redacted


class Reserving:
    """`reserve_requests_total{status}` and `reserve_duration_seconds`."""

    def __init__(self) -> None:
        self._requests = prometheus.Counter(
            "reserve_requests_total", "Requests to reserve, by HTTP status.", ["status"]
        )
        self._duration = prometheus.Histogram(
            "reserve_duration_seconds",
            "Seconds from the request's headers to its answer.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10),
        )
        self._by_status: dict[int, prometheus.Counter] = {}

    def observe(self, status: int, seconds: float) -> None:
        """Count one request."""
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._requests.labels(str(status))
        counter.inc()
        self._duration.observe(seconds)


RESERVING = Reserving()

# --- the engine; what each process counts is summed over all of them ---

BATCH = prometheus.Histogram(
    "firmhold_engine_batch_commands",
    "Commands that were carried out together in one transaction.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
WAITING = prometheus.Gauge(
    "firmhold_engine_waiting_commands",
    "Commands that have no answer yet, queued or in a transaction.",
    multiprocess_mode="livesum",
)
RETRIES = prometheus.Counter(
    "firmhold_engine_retries_total",
    "Transactions that were tried again because the database was away or in the way.",
)
LOST_COMMITS = prometheus.Counter(
    "firmhold_engine_lost_commits_total",
    "Commits that were never answered, so that their fate had to be looked up.",
)
FAILED = prometheus.Counter(
    "firmhold_engine_failed_commands_total",
    "Commands that failed for a defect of ours; the log has each.",
)
OVERLOADED = prometheus.Counter(
    "firmhold_engine_overloaded_commands_total",
    "Commands turned away because the queue was full or their time was up.",
)


def set_up_logging(format: str, level: str) -> None:
    """Write logs to standard error, for people or for machines: ours, the web server's and whatever
    else the process has to say. Nothing in them opens a door.

    Standard output belongs to the commands' results.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Not the pretty one, which prints local variables: tokens and addresses.
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: structlog.types.Processor
    if format == "json":
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))


def redact(_: object, __: str, entry: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Take out of a log's entry what opens a door, wherever it stands."""
    cleaned = {name: clean(name, value) for name, value in entry.items() if name != "exception"}
    if (trace := entry.get("exception")) is not None:
        lines = redacted(str(trace)).split("\n")
        cleaned["exception"] = "\n".join(map(on_one_line, lines))
    return cleaned
