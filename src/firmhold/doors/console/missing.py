"""What is said where the pages have not been built: how to build them, and what works without."""

from firmhold.doors.shared.reply import Reply

_PAGE = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Firmhold: pages not built</title></head>
<body><h1>The pages have not been built</h1>
<p>Firmhold is running, and its API works. The pages for people are built with Node.js 20 or newer,
which is not needed afterwards:</p>
<pre>make web</pre>
<p>Then load this page again. The API reference is at <a href="%b">%b</a>.</p>
</body></html>
"""


def not_built(base_path: str) -> Reply:
    """A small page, and a status by which nobody takes it for the real one."""
    docs = f"{base_path}docs".encode()
    headers = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"retry-after", b"60"),
    )
    return Reply(503, _PAGE % (docs, docs), headers)
