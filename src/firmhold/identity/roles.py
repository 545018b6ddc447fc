"""What a user is to an organization."""

from enum import StrEnum


class Role(StrEnum):
    """Named by what people do; what each may do is said in `permissions`."""

    ADMIN = "admin"
    OWNER = "owner"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    CUSTOMER = "customer"
