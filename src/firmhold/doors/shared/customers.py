"""Customers by name: one person is one customer, whoever speaks of them."""

from firmhold.doors.shared.operation import Call


async def customer_named(call: Call, name: str) -> str:
    """Whom an operator means: the user with this e-mail address, or else whoever goes by the name.

    A user's limits count everything they have, and they see it as their own, so an operator must
    not make a second customer of them. A guest's address proves nothing and does not come here.
    """
    if "@" not in name:
        return name
    users = await call.services.directory.users_by_email(name, call.organization)
    return users[0].id if users else name
