"""What `web/` was built to: pages, and files whose names say what is in them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

DIST = Path(__file__).with_name("dist")
"""Not part of the sources: `make demo` and the build of the package make it where there is
Node.js."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

_TYPES: Mapping[str, bytes] = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".woff2": b"font/woff2",
    ".png": b"image/png",
}

_ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
"""In the order in which we prefer them."""


class File(NamedTuple):
    """A file as it is sent."""

    content: bytes
    media_type: bytes
    encoding: bytes | None
    """As in `Content-Encoding`; `None` for the file as it is."""


def page(name: str) -> str | None:
    """The HTML of a page; `None` if nothing has been built."""
    try:
        return DIST.joinpath(name).read_text("utf-8")
    except FileNotFoundError:
        return None


def asset(name: str, accepted: bytes) -> File | None:
    """A file by its name, in the encoding that suits `Accept-Encoding`; `None` if there is none."""
    media_type = _TYPES.get(Path(name).suffix)
    if media_type is None or not _NAME.fullmatch(name):
        return None
    folder = DIST / "assets"
    wanted = acceptable(accepted)
    for encoding, suffix in _ENCODINGS:
        if encoding in wanted:
            try:
                return File(folder.joinpath(name + suffix).read_bytes(), media_type, encoding)
            except FileNotFoundError:
                continue
    try:
        return File(folder.joinpath(name).read_bytes(), media_type, None)
    except FileNotFoundError:
        return None


def acceptable(accepted: bytes) -> frozenset[bytes]:
    """Encodings that `Accept-Encoding` names and does not refuse by `q=0` (RFC 9110, section
    12.5.3)."""
    found = set()
    for part in accepted.lower().split(b","):
        encoding, *parameters = (piece.strip() for piece in part.split(b";"))
        weights = [it[2:].strip() for it in parameters if it.startswith(b"q=")]
        if encoding and not any(re.fullmatch(rb"0(\.0*)?", weight) for weight in weights):
            found.add(encoding)
    return frozenset(found)
