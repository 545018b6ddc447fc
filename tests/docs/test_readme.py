"""The README's commands, run as they are pasted, against the demo that `make demo` starts; and
those of the pages that begin with nothing, against an empty server."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {"clinic": [], "theatre": ["Dr. Haddad"]}
"""Each is one story: what a block sets, the next ones use. With those of whom it is said that they
are taken."""


def blocks(name: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)


BLOCKS = blocks("README.md")
FIRMHOLD = Path(sys.executable).with_name("firmhold")


class Demo(NamedTuple):
    """A running server, and how a shell of a reader reaches it."""

    address: str
    environment: dict[str, str]
    printed: str


@contextmanager
def serving(*options: str, until: str = "") -> Iterator[Demo]:
    """A server on a data directory of its own, which has printed what ends with `until`."""
    folder = Path(tempfile.mkdtemp(prefix="firmhold-readme-"))
    folder.chmod(0o755)
    environment = {**os.environ, "FIRMHOLD_DATA_DIR": str(folder / "data")}
    process = subprocess.Popen(
        [FIRMHOLD, "serve", *options, "--port", "0"],
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        address = re.search(r"http://\S+", ready)
        assert address is not None, ready
        printed = ""
        while until not in printed:
            printed += process.stdout.readline()
        yield Demo(address[0], environment, printed)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        shutil.rmtree(folder)
    assert process.returncode == 0


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with serving("--demo", until="Ctrl-C") as demo:
        yield demo


def run(demo: Demo, script: str) -> str:
    script = script.replace("http://127.0.0.1:8080", demo.address)
    script = script.replace(".venv/bin/firmhold", str(FIRMHOLD))
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env={**demo.environment, "FIRMHOLD_TOKEN": ""},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if not block.startswith("make")], ids=lambda b: b[:50]
)
def test_every_block_of_the_readme_runs(demo: Demo, block: str) -> None:
    if "loadtest" in block:
        block = block.replace("loadtest", f"loadtest --url {demo.address}")
    printed = run(demo, block)
    assert '"status":4' not in printed
    assert '"code":' not in printed


def test_a_hold_of_the_readme_is_confirmed(demo: Demo) -> None:
    block = next(block for block in BLOCKS if "/confirm" in block)
    assert '"status":"confirmed"' in run(demo, block)


def test_a_guest_can_act_on_the_hold_with_its_token(demo: Demo) -> None:
    block = next(block for block in BLOCKS if "7b1c4f0e-my-first-hold" in block)
    assert '"hold_token":' in run(demo, block)


def test_the_demo_says_where_to_look_and_how_to_sign_in(demo: Demo) -> None:
    assert f"{demo.address}/docs" in demo.printed
    assert len(re.findall(r"^ +(?:operator|customer) +eyJ\S+$", demo.printed, re.MULTILINE)) == 2


# --- pages that begin with nothing ---


def test_the_visit_of_the_clinics_page_can_be_moved_whenever_it_can_be_booked() -> None:
    """On whichever day and at whichever hour somebody reads it."""
    text = (ROOT / "docs" / "clinic.md").read_text(encoding="utf-8")
    minutes = dict(re.findall(r'"(notice|cutoff)_minutes": (\d+)', text))
    assert int(minutes["cutoff"]) < int(minutes["notice"])


@pytest.fixture(scope="module")
def empty() -> Iterator[Demo]:
    """With nothing in it but what the pages before have made: whoever has read one page goes on
    with the next, on the same server."""
    with serving() as server:
        yield server


@pytest.mark.parametrize("page", PAGES)
def test_a_page_leads_from_nothing_to_something_confirmed(empty: Demo, page: str) -> None:
    name = f"docs/{page}.md"
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80, "no longer than a page"
    script = "\n".join(blocks(name))
    printed = run(empty, script)
    assert '"status":"confirmed"' in printed
    # What is refused is announced, as often as it happens.
    codes = re.findall(r'"code":"(\w+)"', printed)
    assert set(codes) <= set(re.findall(r"`(\w+)`", text))
    assert len(codes) == text.count("is refused with")
    assert re.findall(r'"pool_name":"([^"]*)"', printed) == PAGES[page]


def test_the_page_of_graphql_leads_from_nothing_to_a_confirmed_booking(empty: Demo) -> None:
    printed = run(empty, "\n".join(blocks("docs/graphql.md")))
    assert re.search(r'"status":"CONFIRMED","confirmationCode":"[0-9A-Z-]{19}"', printed), printed
    assert '"errors"' not in printed


def test_the_page_of_who_may_do_what_leads_from_nobody_to_a_key_for_a_program(empty: Demo) -> None:
    printed = run(empty, "\n".join(blocks("docs/access.md")))
    assert '"role":"owner"' in printed
    assert '"role":"operator"' in printed
    key = re.search(r'"key":"(fhk_[0-9a-f]{32}_[\w-]{43})"', printed)
    assert key is not None, printed
    kids = printed.split()[-2:]
    assert kids[0] != kids[1] and f"Signing with {kids[0]}" in printed
    assert '"code":"' not in printed, "nothing is refused"


def test_the_page_of_what_is_live_shows_something_live(demo: Demo) -> None:
    printed = run(demo, "\n".join(blocks("docs/live.md")).replace("10 ", "2 "))
    assert '"type":"subscribed"' in printed, printed


def test_the_page_of_notifications_has_customers_told(demo: Demo) -> None:
    printed = run(demo, "\n".join(blocks("docs/notifications.md")))
    assert '"channels":["email"]' in printed, printed
    assert '"data":[' in printed


def test_the_page_of_webhooks_makes_one(demo: Demo) -> None:
    printed = run(demo, "\n".join(blocks("docs/webhooks.md")))
    assert re.search(r'"secret":"whsec_[A-Za-z0-9+/]{43}="', printed), printed
