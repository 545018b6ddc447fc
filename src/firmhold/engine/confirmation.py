"""Confirmation codes: what people read out on the phone to say which reservation they mean.

A code is the reservation's id in short, so that nothing is stored for it: the millisecond in which
it was made, by which it is found in the order of ids, and the last of its random bits, by which it
is told from the others of that millisecond. It opens nothing: whoever names one is shown only what
they may see anyway.
"""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without letters that look like digits, and without U."""

_TIME_BITS = 42
"""Milliseconds since 1970: until the year 2109."""

_TAIL_BITS = 38

_READ = str.maketrans("ILO", "110")
_FORM = re.compile(f"[{ALPHABET}]{{16}}")


def code_of(reservation: str) -> str | None:
    """The code of a reservation, as four groups of four; `None` for an id that has no time in it
    that a code can say."""
    number = int(reservation[-32:], 16)
    made = number >> 80
    if made >> _TIME_BITS:
        return None
    value = made << _TAIL_BITS | number & (1 << _TAIL_BITS) - 1
    digits = "".join(ALPHABET[value >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(digits[at : at + 4] for at in range(0, 16, 4))


def read(code: str) -> int | None:
    """What a code says, however it is written; `None` if it is none."""
    if len(code) > 40:
        return None
    digits = code.upper().replace("-", "").replace(" ", "").translate(_READ)
    if not _FORM.fullmatch(digits):
        return None
    value = 0
    for digit in digits:
        value = value << 5 | ALPHABET.index(digit)
    return value


def ids_within(value: int) -> tuple[str, str]:
    """The first and the last id, bare, that the millisecond of a code can have."""
    made = value >> _TAIL_BITS
    return f"{made:012x}{'0' * 20}", f"{made:012x}{'f' * 20}"


def means(value: int, bare: str) -> bool:
    """Whether the code means this id, bare, of those of its millisecond."""
    bits = (1 << _TAIL_BITS) - 1
    return int(bare, 16) & bits == value & bits
