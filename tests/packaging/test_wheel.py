"""Whoever installs the package has the pages, and needs no Node.js."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.processes import READY, stop

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Where everything is made. Run by root, PostgreSQL's own account has to pass through."""
    folder = Path(tempfile.mkdtemp(prefix="firmhold-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def wheel(place: Path) -> Path:
    folder = place / "wheel"
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    run(sys.executable, "-m", "pip", "wheel", *options, ".")
    (made,) = folder.glob("firmhold-*.whl")
    return made


@pytest.fixture(scope="module")
def program(wheel: Path, place: Path) -> Path:
    """The command, in an environment that has what the package asks for and nothing else."""
    environment = place / "environment"
    run(sys.executable, "-m", "venv", environment)
    pip = (environment / "bin/python", "-m", "pip", "install", "--quiet")
    run(*pip, "--require-hashes", "-r", "requirements/base.txt")
    run(*pip, "--no-deps", wheel)
    run(environment / "bin/python", "-m", "pip", "check")
    return environment / "bin/firmhold"


@pytest.fixture(scope="module")
def address(program: Path, place: Path) -> Iterator[str]:
    """A server of the package, started where there is no checkout and no other program."""
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    process = subprocess.Popen(
        [program, "serve", "--port", "0", "--data-dir", elsewhere / "data"],
        cwd=elsewhere,
        env={"PATH": str(elsewhere), "HOME": str(elsewhere), "LANG": "C.UTF-8", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        line = next((line for line in process.stdout if READY in line), "")
        yield line.partition(READY)[2].split()[0]
    finally:
        stop(process)


def test_the_wheel_has_the_pages_ready_to_be_sent(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    pages = {name.partition("/console/dist/")[2] for name in names if "/console/dist/" in name}
    assert {"index.html", "console.html"} <= pages
    scripts = {name for name in pages if name.endswith(".js")}
    assert scripts
    for name in scripts:
        assert {f"{name}.br", f"{name}.gz"} <= pages, "not compressed once for all"
    assert not [name for name in names if "node_modules" in name or name.startswith("web/")]


def test_an_installed_server_shows_the_pages(address: str) -> None:
    with httpx.Client(base_url=address, headers={"accept-encoding": "br"}) as client:
        for page in ("/", "/console", "/sale/anything"):
            answer = client.get(page)
            assert (answer.status_code, answer.headers["content-type"]) == (
                200,
                "text/html; charset=utf-8",
            )
        found = re.search(r'src="\.?/?(assets/[^"]+\.js)"', client.get("/").text)
        assert found is not None
        script = client.get(f"/{found[1]}")
        assert script.status_code == 200
        assert script.headers["content-encoding"] == "br"
        assert "immutable" in script.headers["cache-control"]
        assert client.get("/readyz").json()["status"] == "ready"


def test_the_server_runs_as_whoever_starts_it(program: Path) -> None:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"(firmhold )?\d+\.\d+\.\d+", told.stdout.strip())
    assert os.access(program, os.X_OK)
