"""Which addresses are places on a page, so that everything else stays an address of the API.

The list is in `places.json`, which a test of the pages' own routers reads as well.
"""

import json
from importlib.resources import files

_PLACES: dict[str, list[str]] = json.loads(
    files("firmhold.doors.console").joinpath("places.json").read_text("utf-8")
)

PORTAL = "index.html"
CONSOLE = "console.html"


def places() -> list[tuple[str, str]]:
    """The routes of both pages, as the framework writes them, and the page of each."""
    found = [("/", PORTAL)]
    for page, names in ((PORTAL, _PLACES["portal"]), (CONSOLE, _PLACES["console"])):
        for name in names:
            found += [(f"/{name}", page), (f"/{name}/{{rest:path}}", page)]
    return found
