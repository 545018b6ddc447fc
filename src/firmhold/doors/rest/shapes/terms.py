"""Terms of sale on the wire: the same for an item, a slot, and the slots of a schedule."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from firmhold.doors.shared.text import Currency, Instant, Quantity, Text, Title, Ttl


class Price(Struct, forbid_unknown_fields=True, frozen=True):
    """An amount of money."""

    amount: Annotated[
        int,
        Meta(ge=0, le=10**15, description="Minor units, such as cents: 1999 EUR is 19.99 €."),
    ]
    currency: Currency


# --- in requests ---

GivenName = Annotated[Title, Meta(description="What people call it; need not be unique.")]
About = Annotated[Text | None, Meta(description="Text about it; `null` for none.")]
GivenPrice = Annotated[
    Price | None, Meta(description="Of one unit; what is held already keeps the price it had.")
]
SaleFrom = Annotated[
    Instant | None,
    Meta(description="RFC 3339: before it nothing can be held; `null` for no such bound."),
]
SaleUntil = Annotated[
    Instant | None,
    Meta(
        description="RFC 3339: from it on nothing can be held, but what is held can still be "
        "confirmed; `null` for no such bound."
    ),
]
Fewest = Annotated[Quantity, Meta(description="Fewest units of one reservation.")]
Most = Annotated[
    Quantity | None,
    Meta(description="Most units of one reservation; `null` for no such limit."),
]
MostPerCustomer = Annotated[
    Quantity | None,
    Meta(
        description="Most units of one customer, held and confirmed together; `null` for no such "
        "limit."
    ),
]
HoldSeconds = Annotated[
    Ttl | None,
    Meta(description="Seconds a hold on it lasts, at most too; `null` for the organization's."),
]
Members = Annotated[dict[str, Any], Meta(description="Members of your own to keep with it.")]

# --- in answers ---

PriceNow = Annotated[
    Price | None, Meta(description="Of one unit from now on; `null` if it has none.")
]
FewestNow = Annotated[int, Meta(description="Fewest units of one reservation.")]
MostNow = Annotated[int | None, Meta(description="Most units of one reservation; `null`: any.")]
HoldSecondsNow = Annotated[
    int | None,
    Meta(description="Seconds a hold on it lasts; `null`: what the organization has set."),
]
OwnMembers = Annotated[dict[str, Any], Meta(description="Members of your own.")]
