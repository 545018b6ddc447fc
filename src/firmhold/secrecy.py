"""Secrets that a server is given: read from files of their own, and not so weak that anybody would
try them."""

import re
import stat
from itertools import pairwise
from pathlib import Path

SHORTEST = 32
"""Characters of a secret that signs."""

FEWEST_DIFFERENT = 8
"""Characters that differ. Of 32 random hexadecimal digits there are fewer once in 27 million keys,
of anything else still less often."""

LARGEST_FILE = 65_536
"""Bytes. Whoever names a larger file has named the wrong one."""

_PLACEHOLDERS = (
    *("changeme", "changethis", "replaceme", "replacethis", "yoursecret", "yourkey", "yourjwt"),
    *("placeholder", "example", "insecure", "supersecret", "topsecret", "notasecret"),
    *("password", "letmein", "qwerty", "donotuse"),
)
"""What stands in guides for a secret to be put there. By chance one would stand in a key of 64
characters in base64 once in a million times at most."""

_BETWEEN = re.compile(r"[\s._-]+")


class SecretError(ValueError):
    """A secret cannot be used; says why, without repeating it."""


def weakness_of(secret: str) -> str | None:
    """Why somebody would guess this secret, if so."""
    if len(secret) < SHORTEST:
        return f"at least {SHORTEST} characters, so that it cannot be guessed"
    if len(set(secret)) < FEWEST_DIFFERENT:
        return "too few different characters"
    if _period(secret) < SHORTEST:
        return "the same few characters again and again"
    steps = [abs(ord(after) - ord(before)) for before, after in pairwise(secret)]
    if sum(step <= 1 for step in steps) * 3 > len(steps) * 2:
        return "characters in their order"
    plain = _BETWEEN.sub("", secret).casefold()
    for word in _PLACEHOLDERS:
        if word in plain:
            return f"{word!r} stands in it, as in what is to be replaced"
    return None


def _period(text: str) -> int:
    """After how many characters the text repeats itself; its length if it does not."""
    for length in range(1, len(text) // 2 + 1):  # the last time may be cut off
        if all(text[at] == text[at % length] for at in range(length, len(text))):
            return length
    return len(text)


def in_file(name: str) -> str:
    """The secret in a file, without white space around it. Raises `SecretError` for one that is
    missing, empty, no text, or readable by everybody on the machine."""
    path = Path(name).expanduser()
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SecretError(f"{path} is no file")
        refuse_readable(path)
        if found.st_size > LARGEST_FILE:
            raise SecretError(f"{path} is too large to be a secret")
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SecretError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SecretError(f"{path} is no text") from None
    if not text:
        raise SecretError(f"{path} is empty")
    return text


def refuse_readable(path: Path) -> None:
    """Raises `SecretError` for a file that everybody on the machine can read or change."""
    if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        raise SecretError(f"{path} can be read by everybody on this machine: chmod o-rwx {path}")
