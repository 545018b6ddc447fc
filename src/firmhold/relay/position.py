"""How far somebody has read: exactly which transactions they have seen.

Transactions do not commit in the order of their numbers, so one number does not say it. What has
been seen is what a snapshot of PostgreSQL sees, and is written down the same way: everything below
`next`, but for what was still running (`missing`); and sometimes a few above (`ahead`).
"""

from collections.abc import Iterable
from typing import NamedTuple

LONGEST_TEXT = 8192
"""Characters. With all of a server's connections in the middle of a transaction, about 2,000."""

MOST_NUMBERS = 1000
"""Transactions that may be missing or ahead, from a text that somebody sends."""

_HIGHEST = 2**63


class Position(NamedTuple):
    """All numbers are `xid8`s of PostgreSQL, which never begin anew within a cluster."""

    system: int
    """The cluster in which transactions are numbered: `system_identifier`."""
    next: int
    missing: tuple[int, ...] = ()
    """Below `next` and not seen, ascending."""
    ahead: tuple[int, ...] = ()
    """From `next` on and seen all the same, ascending."""

    def has_seen(self, xid: int) -> bool:
        """Whether a transaction's entries have been read."""
        if xid < self.next:
            return xid not in self.missing
        return xid in self.ahead

    def covers(self, other: "Position") -> bool:
        """Whether everything is seen here that is seen there. In doubt, because `other` came after
        or is not what a snapshot saw, it is said not to be."""
        return (
            self.system == other.system
            and other.next <= self.next
            and not any(other.has_seen(xid) for xid in self.missing)
            and all(self.has_seen(xid) for xid in other.ahead)
        )

    def until(self, next: int, running: Iterable[int], pulled: Iterable[int] = ()) -> "Position":
        """After reading all below `next` but what is running, and those pulled forward."""
        ahead = {xid for xid in (*self.ahead, *pulled) if xid >= next}
        missing = tuple(sorted(xid for xid in running if xid < next))
        return Position(self.system, next, missing, tuple(sorted(ahead)))

    def text(self) -> str:
        """In one word, safe in addresses: a cursor for callers, who need not understand it."""
        return ".".join(
            (_hex(self.system), _hex(self.next), _list(self.missing), _list(self.ahead))
        )


def position_of(text: str) -> Position | None:
    """The position of a text; `None` if it is none. Anybody may have written it: it gives access to
    nothing, and only says where reading begins."""
    parts = text.split(".")
    if len(text) > LONGEST_TEXT or len(parts) != 4:
        return None
    try:
        system, next = (_number(part) for part in parts[:2])
        missing, ahead = (
            tuple(_number(number) for number in part.split("-") if part) for part in parts[2:]
        )
    except ValueError:
        return None
    if len(missing) + len(ahead) > MOST_NUMBERS or any(x >= next for x in missing):
        return None
    position = Position(system, next, tuple(sorted(set(missing))), tuple(sorted(set(ahead))))
    return position if all(x >= next for x in ahead) else None


def _hex(number: int) -> str:
    return f"{number % 2**64:x}"


def _list(numbers: Iterable[int]) -> str:
    return "-".join(_hex(number) for number in numbers)


def _number(text: str) -> int:
    if not text or text.strip("0123456789abcdef"):
        raise ValueError(text)
    number = int(text, 16)
    if number >= 2 * _HIGHEST:
        raise ValueError(text)
    # The identifier of a cluster is signed.
    return number if number < _HIGHEST else number - 2 * _HIGHEST
