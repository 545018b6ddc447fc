"""The access door: signing in, who may do what, and the keys of programs.

`/api/auth` (also `/api/v1/auth`) is for everyone, `/v1/users` and `/v1/api-keys` for whoever
runs an organization.
"""

from firmhold.doors.access import accounts, keys, oidc, sessions, users
from firmhold.doors.shared.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *sessions.TABLE,
    *accounts.TABLE,
    *users.TABLE,
    *keys.TABLE,
)

OIDC_OPERATIONS: tuple[Operation, ...] = (*oidc.TABLE,)
"""Only where an identity provider is configured."""
