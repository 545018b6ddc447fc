"""Values as people read them: instants by the clocks of the place, and money, by language.

Pure, but for the zones' own tables. Languages that this does not know get numbers instead of names.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused
from firmhold.planning.zones import zone_of

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
    "de": (
        *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August"),
        *("September", "Oktober", "November", "Dezember"),
    ),
}

_WITHOUT_CENTS = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"),
        *("VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
_IN_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""


def place_of(zone: str | None) -> ZoneInfo | None:
    """The zone of this name; `None` stands for UTC, also for a zone that nobody knows any more."""
    if zone is None:
        return None
    try:
        return zone_of(zone)
    except Refused:
        return None


def instant(at: datetime, zone: str | None, language: str) -> str:
    """An instant by the clocks of a zone, with the day, and the zone's name: in an hour that occurs
    twice its abbreviation tells which."""
    local, name = _local(at, zone)
    return f"{_day(local, language)}, {local:%H:%M} {name}"


def span(starts: datetime, ends: datetime, zone: str | None, language: str) -> str:
    """From one instant to another, likewise; the zone twice if it is another time of the year."""
    begin, name = _local(starts, zone)
    end, end_name = _local(ends, zone)
    first = f"{begin:%H:%M}" if name == end_name else f"{begin:%H:%M} {name}"
    last = f"{end:%H:%M} {end_name}"
    if begin.date() != end.date():
        last = f"{_day(end, language)}, {last}"
    return f"{_day(begin, language)}, {first} – {last}"


def money(amount: int, currency: str, language: str) -> str:
    """An amount in the currency's minor unit."""
    digits = 0 if currency in _WITHOUT_CENTS else 3 if currency in _IN_THOUSANDTHS else 2
    whole, part = divmod(abs(amount), 10**digits)
    text = f"{'-' if amount < 0 else ''}{whole:,}" + (f".{part:0{digits}}" if digits else "")
    if language == "de":
        return f"{text.translate(str.maketrans(',.', '.,'))} {currency}"
    return f"{currency} {text}"


def _local(at: datetime, zone: str | None) -> tuple[datetime, str]:
    place = place_of(zone)
    local = at.astimezone(place or UTC)
    short = local.tzname() or "UTC"
    if place is None:
        return local, "UTC"
    if short[0] in "+-":  # a zone without letters of its own
        short = f"UTC{short}"
    return local, f"{short} ({place.key})"


def _day(local: datetime, language: str) -> str:
    if language not in _DAYS:
        return f"{local:%Y-%m-%d}"
    day = _DAYS[language][local.weekday()]
    month = _MONTHS[language][local.month - 1]
    dot = "." if language == "de" else ""
    return f"{day}, {local.day}{dot} {month} {local.year}"
