"""The live door, `/v1/live`: what happens, as it happens, by WebSocket or server-sent events."""

from firmhold.doors.live.stream import TABLE
from firmhold.doors.shared.operation import Operation

OPERATIONS: tuple[Operation, ...] = tuple(TABLE)
"""Of this door. Their answers have no end."""
