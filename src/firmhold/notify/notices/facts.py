"""What is known of a notice as it is about to be sent: whether there is still a reason to, to whom
it goes, and what is put into its words.

Pure.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from firmhold.notify.notices.kinds import PERSONAL, Channel, Kind
from firmhold.notify.notices.wording import instant, money, span

TITLES = 3
"""Named in a title; of more it is said how many."""


class LineFact(msgspec.Struct, frozen=True):
    """One line of the reservation, with what it is of."""

    title: str | None
    units: int
    """Held or confirmed by now."""
    asked: int
    """When it was still there."""
    unit_price: int | None = None
    currency: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    site: str | None = None
    address: str | None = None
    zone: str | None = None


class Facts(NamedTuple):
    """A notice and all it depends on, as of one instant of the database's clock."""

    kind: Kind
    channel: Channel
    reservation: str
    about: datetime | None
    now: datetime
    organization: str
    standing: str
    expires_at: datetime | None
    reason: str | None
    wait: str | None
    """Of the place in line that has led to the reservation, if any has."""
    overtaken: bool
    """A later reminder of the same start is due as well."""
    lines: Sequence[LineFact]
    customer: str | None
    email: str | None
    """Of the user that the customer is, if they are one."""
    name: str | None
    is_shut_out: bool
    phone: str | None
    languages: tuple[str | None, ...]
    """The customer's and the organization's."""
    told: tuple[Sequence[str], Sequence[str]]
    """Kinds and channels that the organization has."""
    off: tuple[Sequence[str], Sequence[str]]
    """Kinds and channels that the customer does without."""


_STANDING = {
    Kind.CONFIRMATION: "confirmed",
    Kind.REMINDER: "confirmed",
    Kind.CANCELLATION: "cancelled",
    Kind.OFFER: "held",
    Kind.EXPIRY: "held",
}
"""What a reservation has to be for it to be told."""


def why_not(facts: Facts) -> str | None:
    """Why there is no reason any more to send it, in words; `None` if there is."""
    kinds, channels = facts.told
    if facts.kind not in kinds or facts.channel not in channels:
        return "the organization does not tell this any more"
    if over := _why_over(facts):
        return over
    if facts.channel not in PERSONAL:
        return None
    if facts.is_shut_out:
        return "the user is shut out"
    kinds, channels = facts.off
    if facts.kind in kinds or facts.channel in channels:
        return "the customer does without"
    return None if address_of(facts) else "the customer has no address for this"


def _why_over(facts: Facts) -> str | None:
    if facts.standing != _STANDING[facts.kind]:
        return f"the reservation is {facts.standing}"
    if facts.kind is Kind.REMINDER:
        if not any(line.starts_at == facts.about and line.units for line in facts.lines):
            return "the reservation is for another time"
        if facts.about is not None and facts.about <= facts.now:
            return "it has begun"
        return "a later reminder is due" if facts.overtaken else None
    if facts.kind in {Kind.OFFER, Kind.EXPIRY}:
        if facts.expires_at is None or facts.expires_at <= facts.now:
            return "the hold has ended"
        if facts.kind is Kind.OFFER and facts.wait != "offered":
            return "it is no offer any more"
        if facts.kind is Kind.EXPIRY and facts.expires_at != facts.about:
            return "the hold ends at another time"
    return None


def address_of(facts: Facts) -> str | None:
    """Where a channel that leads to the customer finds them; `None` where it does not, or where
    there is no need to know."""
    if facts.channel is Channel.SMS:
        return facts.phone
    if facts.channel is not Channel.EMAIL:
        return None
    if facts.email is not None:
        return facts.email
    customer = facts.customer or ""
    return customer if "@" in customer else None


def values_of(facts: Facts, language: str) -> dict[str, str]:
    """What can be put into a template. `language` decides how instants and money are written."""
    lines = _lines_told(facts)
    slots = [line for line in lines if line.starts_at is not None]
    zone = slots[0].zone if slots else None
    titles = list(dict.fromkeys(line.title or "?" for line in lines))
    more = f" (+{len(titles) - TITLES})" if len(titles) > TITLES else ""
    return {
        "organization": facts.organization,
        "customer": facts.name or "",
        "reservation": facts.reservation,
        "title": ", ".join(titles[:TITLES]) + more,
        "lines": "\n".join(_line(line, language) for line in lines),
        "starts": _moment(slots[0].starts_at if slots else None, zone, language),
        "ends": _moment(slots[-1].ends_at if slots else None, zone, language),
        "expires": _moment(facts.expires_at, zone, language),
        "site": ", ".join(dict.fromkeys(line.site or "" for line in slots)),
        "address": "\n".join(dict.fromkeys(line.address for line in slots if line.address)),
        "total": _total(lines, facts, language),
        "reason": facts.reason or "",
    }


def _lines_told(facts: Facts) -> list[LineFact]:
    if facts.kind is Kind.REMINDER:
        return [line for line in facts.lines if line.units and line.starts_at == facts.about]
    return [line for line in facts.lines if line.units or facts.kind is Kind.CANCELLATION]


def _moment(at: datetime | None, zone: str | None, language: str) -> str:
    return "" if at is None else instant(at, zone, language)


def _line(line: LineFact, language: str) -> str:
    parts = [f"{line.units or line.asked} × {line.title or '?'}"]
    if line.starts_at is not None and line.ends_at is not None:
        parts.append(span(line.starts_at, line.ends_at, line.zone, language))
    if line.site:
        parts.append(line.site)
    return ", ".join(parts)


def _total(lines: Sequence[LineFact], facts: Facts, language: str) -> str:
    if facts.kind is Kind.CANCELLATION:
        return ""
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.currency is not None and line.unit_price is not None:
            sums[line.currency] += line.units * line.unit_price
    return " + ".join(money(amount, name, language) for name, amount in sorted(sums.items()))
