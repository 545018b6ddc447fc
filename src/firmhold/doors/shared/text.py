"""Shapes of single values that callers send, with their bounds."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from firmhold.domain.model import MAX_CAPACITY, MAX_QUANTITY, MAX_TTL_SECONDS

# No control characters: they cannot be read back, and some cannot be stored.
# `$` alone would let a final line break pass.
_LINE = r"^[^\x00-\x1f\x7f]*$(?!\n)"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

LONGEST_SKU = 128

Sku = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_SKU,
        pattern=_LINE,
        description="Stock-keeping unit.",
        examples=["FLASH-SALE-001"],
    ),
]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=_LINE)]
Text = Annotated[str, Meta(max_length=4000, pattern=_TEXT)]
Customer = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=_LINE,
        description="A user's id, or any reference or e-mail address of your own.",
    ),
]
Email = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=200,
        pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$(?!\n)",
        examples=["ada@example.org"],
    ),
]
Id = Annotated[str, Meta(max_length=64)]
Quantity = Annotated[int, Meta(ge=1, le=MAX_QUANTITY, description="Units.")]
Units = Annotated[int, Meta(ge=0, le=MAX_CAPACITY)]
Delta = Annotated[int, Meta(ge=-MAX_CAPACITY, le=MAX_CAPACITY)]
Ttl = Annotated[int, Meta(ge=1, le=MAX_TTL_SECONDS, description="Seconds.")]
Instant = Annotated[
    datetime,
    Meta(tz=True, description="RFC 3339, with an offset.", examples=["2030-01-31T18:00:00Z"]),
]
Limit = Annotated[int, Meta(ge=1, le=500, description="Entries per page.")]


class Request(Struct, forbid_unknown_fields=True):
    """A body or query in which every field means something: what nobody knows is refused."""
