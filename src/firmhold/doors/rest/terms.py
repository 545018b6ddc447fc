"""Terms of sale, which items and slots have alike: from a request, changed by one, and shown."""

from collections.abc import Mapping
from typing import Any, Protocol

from firmhold.domain.model import Terms
from firmhold.doors.rest.shapes.terms import Price


class Offered(Protocol):
    """A request that has all terms of sale among its fields."""

    @property
    def sale_starts_at(self) -> Any: ...
    @property
    def sale_ends_at(self) -> Any: ...
    @property
    def min_quantity(self) -> int: ...
    @property
    def max_quantity(self) -> int | None: ...
    @property
    def max_per_customer(self) -> int | None: ...
    @property
    def hold_ttl_seconds(self) -> int | None: ...
    @property
    def price(self) -> Price | None: ...


def terms_of(request: Offered) -> Terms:
    """The terms that a request says."""
    return Terms(
        request.sale_starts_at,
        request.sale_ends_at,
        request.min_quantity,
        request.max_quantity,
        request.max_per_customer,
        request.hold_ttl_seconds,
        None if request.price is None else request.price.amount,
        None if request.price is None else request.price.currency,
    )


def changed_terms(terms: Terms, given: Mapping[str, Any]) -> Terms:
    """The terms with what is given about them; what is about something else is passed over."""
    values = {name: given[name] for name in Terms._fields if name in given}
    if "price" in given:
        price = given["price"]
        values["unit_price"] = None if price is None else price.amount
        values["currency"] = None if price is None else price.currency
    return terms._replace(**values)


def price_of(amount: int | None, currency: str | None) -> Price | None:
    """A price, if there is one."""
    return None if amount is None or currency is None else Price(amount, currency)
