"""Customers by name: one person is one customer, whoever speaks of them.

Who is a user goes by the user's id, also if named by e-mail address; who is none by the address in
small letters, or by whatever else they are called.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.domain.holding import refuse_customer
from firmhold.doors.shared.operation import Call
from firmhold.identity.permissions import Permission

T = TypeVar("T")


async def customer_of(call: Call, name: str | None) -> str | None:
    """For whom the actor asks when it names this customer, or nobody, which means itself unless it
    is an operator. Raises `Refused` if it may not.

    The rule is asked again under lock. Asked here too, because whoever may not should not learn
    what there is.
    """
    actor = call.actor
    customer = own_name(call, name)
    if customer is None and not actor.operator:
        customer = actor.customer
    if refusal := refuse_customer(actor, customer):
        raise Refused(refusal)
    if customer is None or customer == actor.customer:
        return customer
    return await customer_named(call, customer)


async def customers_sought(call: Call, name: str | None, things: str) -> list[str] | None:
    """Under which names the list of these things is to be searched for the customer that is named;
    `None` if it is everybody's. Raises `Refused` if the actor may not see that.

    Someone who is a user may have been a guest before. What a guest has is found by those who see
    everything, and not by the user: nobody has shown that the guest was the same person.
    """
    if not call.identity.may(Permission.RESERVATIONS_READ):
        own = call.actor.customer
        if own is None or own_name(call, name) not in {None, own}:
            raise Refused(refuse(Code.FORBIDDEN, f"Only your own {things} can be listed."))
        return [own]
    if name is None:
        return None
    return list(dict.fromkeys([await customer_named(call, name), _address(name), name]))


async def newest_of_each(
    customers: Sequence[str] | None,
    read: Callable[[str | None], Awaitable[list[T]]],
    id_of: Callable[[T], str],
    limit: int,
) -> list[T]:
    """So many of the newest that `read` finds under these names, each time as many at most."""
    found = [it for customer in customers or (None,) for it in await read(customer)]
    if customers is not None and len(customers) > 1:
        found.sort(key=id_of, reverse=True)
    return found[:limit]


async def customer_named(call: Call, name: str) -> str:
    """Whom an operator means: the user with this e-mail address, or else whoever goes by the name.

    A user's limits count everything they have, and they see it as their own, so an operator must
    not make a second customer of them. A guest's address proves nothing and does not come here, and
    neither does that of someone who has registered with it and has never shown that it is theirs.
    """
    if "@" not in name:
        return name
    users = await call.services.directory.proven_users_by_email(name, call.organization)
    return users[0].id if users else _address(name)


async def customer_for(call: Call, named: str | None, field: str, not_yours: str) -> str:
    """Whom something is for: whoever asks, or whom staff or a program name in this field.

    Raises `Refused` for a hold token, for an API key that names nobody, and, with the words
    `not_yours`, for a customer who names somebody else.
    """
    actor = call.actor
    if actor.reservation is not None:
        raise Refused(refuse(Code.FORBIDDEN, "A hold token opens one hold and places none."))
    if actor.customer is not None and named in {None, actor.customer, call.identity.email}:
        return actor.customer
    if not actor.operator:
        raise Refused(refuse(Code.FORBIDDEN, not_yours))
    if named is None:
        raise Refused(malformed(field, "needed from an API key, which is nobody's customer"))
    return await customer_named(call, named)


def own_name(call: Call, name: str | None) -> str | None:
    """The name itself, but for one's own e-mail address: that means oneself."""
    email = call.identity.email
    if name is None or email is None or _address(name) != email.lower():
        return name
    return call.actor.customer


def _address(name: str) -> str:
    """The name as all write it who mean the same."""
    return name.lower() if "@" in name else name
