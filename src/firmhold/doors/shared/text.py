"""Shapes of single values in requests, with their bounds and what they mean."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct

from firmhold.domain.model import MAX_CAPACITY, MAX_QUANTITY, MAX_TTL_SECONDS

# No control characters: they cannot be read back, and some cannot be stored. Nor what turns the
# direction of the text around it (Unicode's UTS 55): a name would not be what it looks like.
# Right-to-left scripts do without. `$` alone would let a final line break pass.
_TURNS = r"\u202a-\u202e\u2066-\u2069"
_OUT = rf"\x00-\x1f\x7f-\x9f{_TURNS}"
# What is not to be seen (Unicode's Default_Ignorable_Code_Point): names in some scripts are written
# with some of it, but an address with it would be taken for the one without.
_UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8" + "\U000e0000-\U000e0fff"
)
_LINE = rf"^[^{_OUT}]*$(?!\n)"
_TITLE = rf"^[^{_OUT}]*[^\s{_OUT}][^{_OUT}]*$(?!\n)"
_TRIMMED = rf"^[^\s{_OUT}]([^{_OUT}]*[^\s{_OUT}])?$(?!\n)"
_TEXT = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_TURNS}]*$"
_EMAIL = rf"^[^@\s{_OUT}{_UNSEEN}]+@[^@\s{_OUT}{_UNSEEN}]+$(?!\n)"
_CURRENCY = r"^[A-Z]{3}$(?!\n)"
_CLOCK = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$(?!\n)"
_SLUG = r"^[a-z0-9][a-z0-9-]*$(?!\n)"
_KEY = r"^[\x21-\x7e]+$(?!\n)"

PATTERNS = {
    _LINE: "no control characters",
    _TITLE: "not blank, no control characters",
    _TRIMMED: "no white space at its ends, no control characters",
    _TEXT: "no control characters but tabs and line breaks",
    _EMAIL: "an e-mail address",
    _CURRENCY: "three capital letters",
    _KEY: "printable ASCII characters without spaces",
    _SLUG: "letters from a to z, digits and hyphens, and no hyphen first",
    _CLOCK: "a time of day such as 09:00, with two digits each, up to 24:00",
}
"""What each pattern asks for, in words."""

LONGEST_SKU = 128

Sku = Annotated[
    str,
    Meta(min_length=1, max_length=LONGEST_SKU, pattern=_LINE, examples=["FLASH-SALE-001"]),
]
NewSku = Annotated[
    str,
    Meta(min_length=1, max_length=LONGEST_SKU, pattern=_TRIMMED, examples=["FLASH-SALE-001"]),
]
Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=_TITLE)]
Text = Annotated[str, Meta(max_length=4000, pattern=_TEXT)]
Reason = Annotated[str, Meta(max_length=500, pattern=_LINE)]
ShortReason = Annotated[str, Meta(max_length=200, pattern=_LINE)]
Address = Annotated[str, Meta(max_length=1000, pattern=_TEXT)]
Customer = Annotated[str, Meta(min_length=1, max_length=200, pattern=_TRIMMED)]
Email = Annotated[
    str, Meta(min_length=3, max_length=200, pattern=_EMAIL, examples=["ada@example.org"])
]
NewSlug = Annotated[
    str, Meta(min_length=1, max_length=63, pattern=_SLUG, examples=["town-theatre"])
]
Currency = Annotated[str, Meta(pattern=_CURRENCY, description="Three letters, as in ISO 4217.")]
Id = Annotated[str, Meta(max_length=64)]
Quantity = Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]
Units = Annotated[int, Meta(ge=0, le=MAX_CAPACITY)]
Delta = Annotated[int, Meta(ge=-MAX_CAPACITY, le=MAX_CAPACITY)]
Ttl = Annotated[int, Meta(ge=1, le=MAX_TTL_SECONDS)]
Instant = Annotated[datetime, Meta(tz=True, examples=["2030-01-31T18:00:00Z"])]
Clock = Annotated[str, Meta(pattern=_CLOCK, examples=["09:00"])]
LocalTime = Annotated[str, Meta(max_length=32, examples=["2030-12-24T12:00"])]
Zone = Annotated[str, Meta(min_length=1, max_length=64, examples=["Europe/Berlin"])]
IdempotencyKey = Annotated[str, Meta(min_length=1, max_length=255, pattern=_KEY)]
Limit = Annotated[int, Meta(ge=1, le=500, description="Entries per page, 1 to 500.")]
Search = Annotated[
    Annotated[str, Meta(max_length=100)] | None,
    Meta(description="Text that the name or the SKU contains, in any case of letters."),
]
Cursor = Annotated[
    str | None, Meta(description="Where the page before ended; from the start unless given.")
]


class Request(Struct, forbid_unknown_fields=True):
    """A body or query in which every field means something: what nobody knows is refused."""


def given_in(change: Struct) -> dict[str, Any]:
    """What a change says something about, by the names of fields."""
    return {
        name: value
        for name in change.__struct_fields__
        if (value := getattr(change, name)) is not UNSET
    }
