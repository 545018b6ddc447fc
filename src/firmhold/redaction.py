"""What may not stand in a log, and is taken out of everything before it is written.

Logs are read by more people, and kept for longer, than anything else a server has. Nothing is meant
to log a secret; this is for the day on which an error's message or a traceback contains one all the
same.
"""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***"

_FIELDS = frozenset(
    {
        *("authorization", "proxy-authorization", "cookie", "set-cookie", "password", "passwd"),
        *("secret", "secret_key", "previous_secret_keys", "audit_key", "api_key"),
        *("token", "access_token", "refresh_token", "hold_token", "dsn"),
    }
)
"""Fields whose values are hidden whatever they look like."""

_TOKENS = re.compile(r"\beyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?|\b(fh[krc]_)[\w-]{6,}", re.ASCII)
"""Signed tokens; API keys, refresh tokens and codes, of which the kind is left."""

_CREDENTIALS = re.compile(r"\b(bearer|basic|digest)(\s+)[\w.~+/=-]{12,}", re.IGNORECASE)

# Up to the last "@" of the word: a password may have one, and a slash, where it was not escaped.
_URL = re.compile(r"\b([a-z][a-z0-9+.-]*://[^\s:/@'\"]*):[^\s'\"]*@", re.IGNORECASE)

_NAMED = re.compile(
    r"""(?<![a-z])(password|passwd|secret|secret_key|audit_key|api_?key|authorization|cookie
        |(?:access_|refresh_|hold_)?token|pgpassword)
        (["']?\s*=\s*|["']\s*:\s*)
        (?: (b?["']) .*? (?: (?<!\\) (?:\\\\)* ["'] | $ ) | [^\s,;&)}\]"']+ )""",
    re.IGNORECASE | re.VERBOSE,
)
"""`password=…`, `"password": "…"` and the like. Not `password: …`, which is prose."""


class Shown(str):
    """A secret that is for whoever reads the log, and for nobody else to see: a code in a letter,
    where no mail is set up."""

    __slots__ = ()


def redacted(text: str) -> str:
    """The text without what opens a door. Nothing else is changed, and once is enough."""
    text = _URL.sub(rf"\1:{HIDDEN}@", text)
    text = _CREDENTIALS.sub(rf"\1\2{HIDDEN}", text)
    text = _NAMED.sub(rf"\1\2{HIDDEN}", text)
    return _TOKENS.sub(lambda found: (found[1] or "") + HIDDEN, text)


def on_one_line(text: str) -> str:
    """The text with what would end its line, or hide a part of it, spelled out: nobody writes into
    our log what looks like an entry of its own."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def clean(name: str, value: Any) -> Any:
    """A field's value as it may be logged."""
    if isinstance(value, Shown):
        return on_one_line(value)
    if name.lower() in _FIELDS and value is not None:
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {_text(key): clean(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean("", inner) for inner in value]
    return _text(value)


def _text(value: Any) -> str:
    return on_one_line(redacted(value if isinstance(value, str) else repr(value)))
