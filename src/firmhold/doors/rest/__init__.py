"""The native API, `/v1`: every call of the engine under its own name."""

from firmhold.doors.rest import (
    audit,
    availability,
    calendars,
    finding,
    imports,
    items,
    notifications,
    organization,
    organizations,
    pools,
    reports,
    reservations,
    schedules,
    sites,
    slots,
    waitlist,
    webhooks,
)
from firmhold.doors.shared.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *reservations.TABLE,
    *finding.TABLE,
    *waitlist.TABLE,
    *items.TABLE,
    *sites.TABLE,
    *pools.TABLE,
    *slots.TABLE,
    *imports.TABLE,
    *schedules.TABLE,
    *calendars.TABLE,
    *availability.TABLE,
    *organization.TABLE,
    *audit.TABLE,
    *organizations.TABLE,
    *webhooks.TABLE,
    *reports.TABLE,
    *notifications.TABLE,
)
