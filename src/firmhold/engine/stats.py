"""What the engine counts about itself. Read by whoever exposes metrics; nothing decides by it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Stats:
    """Totals since the process started."""

    batches: int = 0
    commands: int = 0
    retries: int = 0
    lost_commits: int = 0
    failed: int = 0
    overloaded: int = 0
    batch_sizes: dict[int, int] = field(default_factory=dict)
    """How many batches had up to so many commands; keys are powers of two."""

    def batch(self, size: int) -> None:
        """Count one batch."""
        self.batches += 1
        self.commands += size
        bound = 1 << (size - 1).bit_length()
        self.batch_sizes[bound] = self.batch_sizes.get(bound, 0) + 1
