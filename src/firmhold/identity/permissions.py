"""What may be done, as data: permissions, and which role has which.

An operation names the one permission that it takes; an API key has some of them as its scopes.
There is no other place in which a role means anything.
"""

from enum import StrEnum
from typing import Final

from firmhold.identity.roles import Role


class Permission(StrEnum):
    """One thing that somebody may do in their organization. The values are the scopes of API
    keys."""

    CATALOGUE_READ = "catalogue:read"
    """See what there is, what is left of it, and what the organization allows."""
    RESERVATIONS_OWN = "reservations:own"
    """Hold for oneself, and do as one likes with that."""
    RESERVATIONS_READ = "reservations:read"
    """See everybody's reservations and places in line."""
    RESERVATIONS_WRITE = "reservations:write"
    """Act for every customer, beyond what customers may."""
    CUSTOMERS_READ = "customers:read"
    """See who the customers are, in reports."""
    STOCK_READ = "stock:read"
    """See pools, loans and schedules, and slots that are not open."""
    STOCK_WRITE = "stock:write"
    """Change items, sites, pools, slots and schedules."""
    LEDGER_READ = "ledger:read"
    REPORTS_READ = "reports:read"
    """Totals and their course over time."""
    ORGANIZATION_WRITE = "organization:write"
    """Change what the organization allows."""
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    """Let people in, change their roles, and shut them out."""
    KEYS_WRITE = "keys:write"
    """Make API keys and withdraw them."""
    WEBHOOKS_WRITE = "webhooks:write"
    """Say where events are sent, and see what came of it."""
    NOTIFICATIONS_WRITE = "notifications:write"
    """Say what customers are told and how, and see what was sent to whom."""
    NOTIFICATIONS_OWN = "notifications:own"
    """Say what one wants to be told oneself."""
    AUDIT_READ = "audit:read"
    """Read the audit log and have its proofs."""
    SESSIONS_OWN = "sessions:own"
    """See where one is signed in, and sign out."""
    PLATFORM_WRITE = "platform:write"
    """See which organizations there are, and make them."""
    DEMO_RESET = "demo:reset"
    """Have the demo's data as it was at first."""


P: Final = Permission

_CUSTOMER = frozenset({P.CATALOGUE_READ, P.RESERVATIONS_OWN, P.SESSIONS_OWN, P.NOTIFICATIONS_OWN})
_AUDITOR = _CUSTOMER | {
    P.RESERVATIONS_READ,
    P.STOCK_READ,
    P.LEDGER_READ,
    P.REPORTS_READ,
    P.USERS_READ,
    P.AUDIT_READ,
}
_OPERATOR = _CUSTOMER | {
    P.RESERVATIONS_READ,
    P.RESERVATIONS_WRITE,
    P.CUSTOMERS_READ,
    P.STOCK_READ,
    P.STOCK_WRITE,
    P.LEDGER_READ,
    P.REPORTS_READ,
}
_OWNER = (
    _OPERATOR
    | _AUDITOR
    | {
        P.ORGANIZATION_WRITE,
        P.USERS_WRITE,
        P.KEYS_WRITE,
        P.WEBHOOKS_WRITE,
        P.NOTIFICATIONS_WRITE,
    }
)

OF_ROLE: Final = {
    Role.CUSTOMER: _CUSTOMER,
    Role.AUDITOR: _AUDITOR,
    Role.OPERATOR: _OPERATOR,
    Role.OWNER: _OWNER,
    Role.ADMIN: frozenset(Permission),
}
"""What each role may do in its organization; none may anything in another."""

OF_SERVER: Final = frozenset({P.PLATFORM_WRITE})
"""What is about the whole server. A role has it in the server's own organization alone: elsewhere
somebody may be an admin who runs a shop and not the server (ADR 0019)."""

OF_PUBLIC: Final = frozenset({P.CATALOGUE_READ})
OF_HOLD_TOKEN: Final = frozenset({P.CATALOGUE_READ, P.RESERVATIONS_OWN})

OWN: Final = frozenset({P.RESERVATIONS_OWN, P.SESSIONS_OWN, P.NOTIFICATIONS_OWN})
"""What concerns nobody but whoever has it. Every user has it, and a key has none: it is nobody's
customer, and is not signed in."""

SCOPES: Final = frozenset(Permission) - OWN - {P.PLATFORM_WRITE, P.DEMO_RESET}
"""What an API key may be given, by whoever may do that too."""

_IMPLIED: Final = {
    P.RESERVATIONS_WRITE: frozenset({P.RESERVATIONS_OWN, P.RESERVATIONS_READ}),
    P.STOCK_WRITE: frozenset({P.STOCK_READ}),
    P.USERS_WRITE: frozenset({P.USERS_READ}),
}


def of_scopes(scopes: frozenset[Permission]) -> frozenset[Permission]:
    """What an API key with these scopes may do: who may act for every customer may use the calls
    that customers use, and who may change something may see it."""
    implied = (_IMPLIED.get(scope, frozenset()) for scope in scopes)
    return frozenset({P.CATALOGUE_READ}).union(scopes & SCOPES, *implied)


def grantable(by: frozenset[Permission]) -> frozenset[Permission]:
    """The scopes that somebody with these permissions may give to an API key: nobody gives what
    they do not have."""
    return SCOPES & by
