"""The templates that come with the program, in English and German."""

from collections.abc import Iterable, Mapping

from firmhold.notify.notices.kinds import Kind
from firmhold.notify.notices.template import Template

_ENGLISH_END = """

Total: {total}
Address: {address}
Reservation: {reservation}

{organization}
"""

_GERMAN_END = """

Summe: {total}
Adresse: {address}
Reservierung: {reservation}

{organization}
"""

SHIPPED: Mapping[str, Mapping[Kind, Template]] = {
    "en": {
        Kind.CONFIRMATION: Template(
            "Confirmed: {title}",
            "Hello {customer},\n\nyour reservation is confirmed:\n\n{lines}" + _ENGLISH_END,
        ),
        Kind.REMINDER: Template(
            "Reminder: {title}, {starts}",
            "Hello {customer},\n\nthis is to remind you of:\n\n{lines}" + _ENGLISH_END,
        ),
        Kind.CANCELLATION: Template(
            "Cancelled: {title}",
            "Hello {customer},\n\nyour reservation is cancelled:\n\n{lines}\n\nReason: {reason}"
            "\nReservation: {reservation}\n\n{organization}\n",
        ),
        Kind.OFFER: Template(
            "It is your turn: {title}",
            "Hello {customer},\n\nyou were waiting for this, and now it is held for you until "
            "{expires}:\n\n{lines}\n\nConfirm it by then, or it goes to whoever waits next."
            + _ENGLISH_END,
        ),
        Kind.EXPIRY: Template(
            "Your hold ends soon: {title}",
            "Hello {customer},\n\nthis is held for you until {expires} and no longer:\n\n{lines}"
            "\n\nConfirm it by then to keep it." + _ENGLISH_END,
        ),
    },
    "de": {
        Kind.CONFIRMATION: Template(
            "Bestätigt: {title}",
            "Guten Tag {customer},\n\nIhre Reservierung ist bestätigt:\n\n{lines}" + _GERMAN_END,
        ),
        Kind.REMINDER: Template(
            "Erinnerung: {title}, {starts}",
            "Guten Tag {customer},\n\nwir erinnern Sie an:\n\n{lines}" + _GERMAN_END,
        ),
        Kind.CANCELLATION: Template(
            "Storniert: {title}",
            "Guten Tag {customer},\n\nIhre Reservierung ist storniert:\n\n{lines}\n\n"
            "Grund: {reason}\nReservierung: {reservation}\n\n{organization}\n",
        ),
        Kind.OFFER: Template(
            "Sie sind an der Reihe: {title}",
            "Guten Tag {customer},\n\nSie haben darauf gewartet, und nun ist es bis {expires} für "
            "Sie zurückgelegt:\n\n{lines}\n\nBestätigen Sie bis dahin, sonst ist der Nächste an "
            "der Reihe." + _GERMAN_END,
        ),
        Kind.EXPIRY: Template(
            "Ihre Vormerkung endet bald: {title}",
            "Guten Tag {customer},\n\ndies ist für Sie bis {expires} zurückgelegt, und nicht "
            "länger:\n\n{lines}\n\nBestätigen Sie bis dahin, um es zu behalten." + _GERMAN_END,
        ),
    },
}

Own = Mapping[tuple[Kind, str], Template]
"""What an organization has instead, by kind and language."""


def template_for(kind: Kind, languages: Iterable[str | None], own: Own) -> tuple[str, Template]:
    """The template in the first of these languages that there is one in, and which language that
    is: an organization's own before what is shipped, `de-AT` before `de`. English if there is
    none."""
    for language in languages:
        if language is None:
            continue
        base = language.partition("-")[0]
        for named in dict.fromkeys((language, base)):
            if (kind, named) in own:
                return named, own[kind, named]
            if named in SHIPPED:
                return named, SHIPPED[named][kind]
    return "en", own.get((kind, "en"), SHIPPED["en"][kind])
