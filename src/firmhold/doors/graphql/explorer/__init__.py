"""GraphiQL, the page on which to try documents, from files of our own: nothing of it is fetched
from elsewhere. Served only where the schema is told as well.

`files/LICENSES.txt` says what the compressed files are, and whose.
"""

from functools import cache
from pathlib import Path

from firmhold.doors.shared.reply import Header, Reply

ADDRESS = "/graphql/explorer/{name:str}"

_FILES = Path(__file__).parent / "files"
_TYPES = {".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8"}

# Its editor sets styles as it draws; fonts and pictures are in its sheet.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; font-src data:; connect-src 'self'; "
    b"frame-ancestors 'none'; base-uri 'none'; "
    b"form-action 'none'"
)
_PAGE_HEADERS: tuple[Header, ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", _POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)


@cache
def page() -> Reply:
    """The page."""
    return Reply(200, (_FILES / "page.html").read_bytes(), _PAGE_HEADERS)


@cache
def names() -> frozenset[str]:
    """The files that the page is made of, as they are asked for."""
    found = (path.name.removesuffix(".gz") for path in _FILES.iterdir())
    return frozenset(name for name in found if Path(name).suffix in _TYPES)


def file(name: str) -> Reply | None:
    """A file of the page, or `None` if it has none of this name."""
    return _file(name) if name in names() else None


@cache
def _file(name: str) -> Reply:
    headers: tuple[Header, ...] = (
        (b"content-type", _TYPES[Path(name).suffix]),
        (b"cache-control", b"no-cache"),
    )
    packed = _FILES / f"{name}.gz"
    if packed.exists():
        # Every browser that can run the page can unpack it.
        return Reply(200, packed.read_bytes(), (*headers, (b"content-encoding", b"gzip")))
    return Reply(200, (_FILES / name).read_bytes(), headers)
