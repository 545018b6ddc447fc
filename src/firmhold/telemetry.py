"""Metrics that the process counts itself, and how logs look.

Stock is not counted here: it is read from the database when Prometheus asks.
"""

import logging
import sys
from collections.abc import MutableMapping

import prometheus_client as prometheus
import structlog

from firmhold.domain.errors import Code
from firmhold.redaction import clean, on_one_line, redacted
from firmhold.request import CURRENT

# When a counter began is told by servers of one process alone, and asked by nobody.
prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]


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
QUEUED = prometheus.Histogram(
    "firmhold_engine_queue_seconds",
    "Seconds that a batch's first command waited for its turn.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10),
)
STEPS = prometheus.Histogram(
    "firmhold_engine_step_seconds",
    "Seconds that a batch waited for its locks, worked, and waited for its commit.",
    ["step"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5),
)
_STEPS = {step: STEPS.labels(step) for step in ("lock", "work", "commit")}
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

# --- what is told ---

LIVE_LAG = prometheus.Gauge(
    "firmhold_live_lag_seconds",
    "Seconds for which a change may have been waiting to be told to live subscribers, at most.",
    multiprocess_mode="livemax",
)

# --- answers and connections ---

REFUSALS = prometheus.Counter(
    "firmhold_refusals_total", "Refusals of all operations, by the problem's code.", ["code"]
)
_REFUSALS = {code: REFUSALS.labels(code.value) for code in Code}
IN_USE = prometheus.Gauge(
    "firmhold_database_connections_in_use",
    "Connections to the database that somebody works with, by pool.",
    ["pool"],
    multiprocess_mode="livesum",
)
POOL_SIZE = prometheus.Gauge(
    "firmhold_database_connections_limit",
    "Connections to the database that there may be, by pool.",
    ["pool"],
    multiprocess_mode="livesum",
)
ALL_IN_USE = prometheus.Counter(
    "firmhold_database_all_in_use_total",
    "Requests turned away because no connection for reading became free in time.",
)


def step_took(step: str, seconds: float) -> None:
    """A part of a batch's transaction is over."""
    _STEPS[step].observe(seconds)


def refused(code: Code) -> None:
    """Somebody is told so."""
    _REFUSALS[code].inc()


def set_up_logging(format: str, level: str) -> None:
    """Write logs to standard error, for people or for machines: ours, the web server's and whatever
    else the process has to say. Nothing in them opens a door.

    Standard output belongs to the commands' results.
    """
    shared: list[structlog.types.Processor] = [
        with_request,
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


def with_request(
    _: object, __: str, entry: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Say which request an entry is about, unless it does."""
    asked = CURRENT.get()
    if asked is not None:
        for name, value in asked.told().items():
            entry.setdefault(name, value)
    return entry


def redact(_: object, __: str, entry: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Take out of a log's entry what opens a door, wherever it stands."""
    cleaned = {name: clean(name, value) for name, value in entry.items() if name != "exception"}
    if (trace := entry.get("exception")) is not None:
        lines = redacted(str(trace)).split("\n")
        cleaned["exception"] = "\n".join(map(on_one_line, lines))
    return cleaned
