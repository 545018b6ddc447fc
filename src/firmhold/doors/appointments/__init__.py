"""The appointments door, `/api`: for clinics, theatres, shelters and supply pickups.

The words are theirs (booking, patient, doctor, procedure); the rules are the engine's.
"""

from firmhold.doors.appointments import bookings, report, scheduling, seed, slots
from firmhold.doors.shared.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *slots.TABLE,
    *bookings.TABLE,
    *scheduling.TABLE,
    *report.TABLE,
)

DEMO_OPERATIONS: tuple[Operation, ...] = (*seed.TABLE,)
"""What only a server knows that was started with `--demo`."""
