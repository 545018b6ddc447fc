"""What fields mean that answers of several shapes have. Bounds are for requests: an answer shows
what there is."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

ServerTime = Annotated[
    datetime,
    Meta(description="The clock that decides, as it stood when this answer was true."),
]
OfferingId = Annotated[str, Meta(description="The item's or slot's id; it never changes.")]
ItemId = Annotated[str, Meta(description="The item's id; it never changes.")]
ItemSku = Annotated[str, Meta(description="The item's SKU; it never changes.")]
Name = Annotated[str, Meta(description="What people call the item; operators may change it.")]
Description = Annotated[str | None, Meta(description="Text about the item, if there is any.")]
Capacity = Annotated[int, Meta(description="Units there are to give, promised or not.")]
Held = Annotated[
    int, Meta(description="Units promised for now; a hold that has ended counts no longer.")
]
Confirmed = Annotated[int, Meta(description="Units promised for good.")]
Available = Annotated[
    int, Meta(description="Units that can be had: capacity less held less confirmed.")
]
DrainingTo = Annotated[
    int | None,
    Meta(description="A lower capacity that is approached as units come back, if any."),
]
Version = Annotated[
    int, Meta(description="Number of the newest ledger entry; one more with every change.")
]
SaleStartsAt = Annotated[
    datetime | None, Meta(description="From then on it is on sale; `null`: always was.")
]
SaleEndsAt = Annotated[
    datetime | None, Meta(description="From then on it is no longer on sale; `null`: never.")
]
MaxPerCustomer = Annotated[
    int | None,
    Meta(description="Units one customer may have, held and confirmed together; `null`: any."),
]
WhyNot = Annotated[
    str | None,
    Meta(description="Why it is not on sale: `sold_out`, `not_on_sale_yet` or `sale_ended`."),
]
StaffMetadata = Annotated[
    dict[str, Any] | None,
    Meta(description="Members of your own; `null` unless an auditor or an operator asks."),
]
ReservationId = Annotated[str, Meta(description="Keeps naming the reservation to its end.")]
ReservationStatus = Annotated[
    str,
    Meta(
        description="`held`, `confirmed`, `released`, `expired`, `cancelled`, or, once someone "
        "was expected, `fulfilled` or `no_show`."
    ),
]
ExpiresAt = Annotated[
    datetime,
    Meta(description="From this instant on the hold is over and its units are back on sale."),
]
CancellableUntil = Annotated[
    datetime | None,
    Meta(
        description="Until then its customer can cancel or move it once it is confirmed: past if "
        "that is too late. `null` if it has no slot and always can be, or has ended."
    ),
]
ConfirmedAt = Annotated[datetime | None, Meta(description="When it was made firm, if it was.")]
EndedAt = Annotated[
    datetime | None,
    Meta(description="When it was released, cancelled, checked in or expired, if it was."),
]
HoldToken = Annotated[
    str,
    Meta(description="For guests: the bearer token that opens this reservation and nothing else."),
]
