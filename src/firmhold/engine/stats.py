"""What the engine counts about itself, for metrics and tests; nothing decides by it."""

from prometheus_client import Counter

from firmhold import telemetry


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

    def batch(self, size: int) -> None:
        """Count one batch of so many commands."""
        telemetry.BATCH.observe(size)
