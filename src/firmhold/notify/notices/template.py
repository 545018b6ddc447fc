"""Templates: text with places in it for what is to be said.

Pure. A template is taken apart once and put together in one pass, so a value is never looked at for
places: whoever calls themselves `{total}` is called that.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from firmhold.domain.errors import Refused, malformed
from firmhold.notify.notices.kinds import Kind

LONGEST_SUBJECT = 200
LONGEST_TEXT = 10_000

LONGEST = 50_000
"""Characters of a text with its values: names can be long, and a template can have one often."""

_COMMON = frozenset(
    {
        *("organization", "customer", "reservation", "title", "lines", "starts", "ends"),
        *("site", "address", "total"),
    }
)
PLACES: Mapping[Kind, frozenset[str]] = {
    Kind.CONFIRMATION: _COMMON,
    Kind.REMINDER: _COMMON,
    Kind.CANCELLATION: _COMMON | {"reason"},
    Kind.OFFER: _COMMON | {"expires"},
    Kind.EXPIRY: _COMMON | {"expires"},
}
"""What can be named in braces, by kind."""

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that no value has a right to: controls, and what turns the direction of the text."""


class Template(NamedTuple):
    """Subject and text, as they are written."""

    subject: str
    text: str


def refuse_template(kind: Kind, template: Template) -> None:
    """Raises `Refused` (`malformed_request`) for a template that cannot be filled in, naming the
    field and what is wrong in it."""
    for field, text, longest in (
        ("subject", template.subject, LONGEST_SUBJECT),
        ("text", template.text, LONGEST_TEXT),
    ):
        if not text.strip():
            raise Refused(malformed(field, "must not be blank"))
        if len(text) > longest:
            raise Refused(malformed(field, f"at most {longest:,} characters"))
        if field == "subject" and any(char in text for char in "\r\n"):
            raise Refused(malformed(field, "must be one line"))
        for found in _PLACE.finditer(text):
            name = found[1]
            if found[0] in {"{", "}"}:
                raise Refused(malformed(field, f"a lone {found[0]!r}; write it twice to have it"))
            if name is not None and name not in PLACES[kind]:
                known = ", ".join(sorted(PLACES[kind]))
                raise Refused(malformed(field, f"there is no {{{name[:40]}}}; there are {known}"))


def filled(template: Template, values: Mapping[str, str]) -> Template:
    """The template with values in its places. A line in which all places are empty is left out; the
    subject stays one line, whatever is in the values."""
    lines = [line for line in template.text.splitlines() if not _is_only_for_nothing(line, values)]
    text = _put(re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip("\n")), values)
    subject = " ".join(_put(template.subject, values).split())
    return Template(subject[:LONGEST_SUBJECT].strip(), text[:LONGEST] + "\n")


def _is_only_for_nothing(line: str, values: Mapping[str, str]) -> bool:
    named = [found[1] for found in _PLACE.finditer(line) if found[1] is not None]
    return bool(named) and not any(values.get(name) for name in named)


def _put(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]  # doubled, which means itself
        return _UNSEEN.sub(" ", values.get(found[1], ""))

    return _PLACE.sub(value, text)
