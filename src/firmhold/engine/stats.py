"""What the engine counts about itself, for metrics and tests; nothing decides by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import Counter

from firmhold import telemetry, tracing


class _Total:
    """A number of one engine that only grows, and by as much its sum over all processes."""

    def __init__(self, sum: Counter) -> None:
        self._sum = sum

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, stats: object, owner: type) -> int:
        return getattr(stats, self._name, 0)

    def __set__(self, stats: object, value: int) -> None:
        self._sum.inc(value - self.__get__(stats, type(stats)))
        setattr(stats, self._name, value)


class Stats:
    """Totals since the engine was made."""

    retries = _Total(telemetry.RETRIES)
    lost_commits = _Total(telemetry.LOST_COMMITS)
    failed = _Total(telemetry.FAILED)
    overloaded = _Total(telemetry.OVERLOADED)

    def waiting(self, commands: int) -> None:
        """So many commands have no answer at this moment. Said from batch to batch: with each
        command it would cost more than it tells."""
        telemetry.WAITING.set(commands)

    def batch(self, size: int, waited: float) -> None:
        """Count one batch of so many commands, of which one has waited for so many seconds and none
        for longer. With each command it would cost more than it tells."""
        telemetry.BATCH.observe(size)
        telemetry.QUEUED.observe(waited)


@contextmanager
def step(name: str) -> Iterator[None]:
    """A part of a transaction, as metrics and traces have it, however it ends."""
    started = perf_counter()
    try:
        with tracing.step(name):
            yield
    finally:
        telemetry.step_took(name, perf_counter() - started)
