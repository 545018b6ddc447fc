"""The pages in a real browser, on a real server and database: everything in `web/tests/e2e`.

Run among the other tests, because it waits most of the time: for a countdown, for a server that
comes back, for a page to fall silent.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path.name for path in (ROOT / "web/tests/e2e").glob("*.test.ts"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("file", FILES, ids=lambda name: name.removesuffix(".test.ts"))
def test_pages_do_in_a_browser_what_they_promise(file: str) -> None:
    named = os.environ.get("FIRMHOLD_CHROMIUM")
    if not (named or any(map(shutil.which, BROWSERS)) or os.environ.get("CI")):
        pytest.skip("no Chromium: apt-get install chromium, or name one in FIRMHOLD_CHROMIUM")
    done = subprocess.run(
        [sys.executable, "web/build.py", "e2e", f"tests/e2e/{file}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    said = COLOURS.sub("", done.stdout)
    assert done.returncode == 0, said
    passed = re.search(r"^ +Tests +(\d+) passed \((\d+)\)$", said, re.MULTILINE)
    assert passed is not None and passed[1] == passed[2], said
