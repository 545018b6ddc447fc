"""The native API, `/v1`: every call of the engine under its own name."""

from firmhold.doors.rest import availability, items, organization, reservations
from firmhold.doors.shared.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *reservations.TABLE,
    *items.TABLE,
    *availability.TABLE,
    *organization.TABLE,
)
