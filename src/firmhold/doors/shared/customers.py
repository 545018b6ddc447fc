"""Customers by name: one person is one customer, whoever speaks of them."""

from firmhold.domain.errors import Refused
from firmhold.domain.holding import refuse_customer
from firmhold.doors.shared.operation import Call


async def customer_of(call: Call, name: str | None) -> str | None:
    """For whom the actor asks when it names this customer, or nobody, which means itself unless it
    is an operator. Raises `Refused` if it may not.

    The rule is asked again under lock. Asked here too, because whoever may not should not learn
    what there is.
    """
    actor = call.actor
    customer = actor.customer if name is None and not actor.operator else name
    if refusal := refuse_customer(actor, customer):
        raise Refused(refusal)
    if customer is None or customer == actor.customer:
        return customer
    return await customer_named(call, customer)


async def customer_named(call: Call, name: str) -> str:
    """Whom an operator means: the user with this e-mail address, or else whoever goes by the name.

    A user's limits count everything they have, and they see it as their own, so an operator must
    not make a second customer of them. A guest's address proves nothing and does not come here.
    """
    if "@" not in name:
        return name
    users = await call.services.directory.users_by_email(name, call.organization)
    return users[0].id if users else name
