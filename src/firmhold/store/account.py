"""The operating system account that PostgreSQL runs as, and its way to the data directory.

PostgreSQL refuses to run as root. Then an existing unprivileged account serves. Never creates an
account, and never changes a permission anywhere but on the data directory itself.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from firmhold.store.binaries import PostgresUnavailable
from firmhold.store.guardian import CLUSTER

if sys.platform != "win32":
    import pwd

# initdb takes half a second; a minute means a disk in trouble, and waiting on would hide it.
_LONGEST_COMMAND = 60.0

# The server runs as another account, which needs none of the application's secrets.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system account that PostgreSQL runs as; uid and gid only when it changes."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def run(self, command: list[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a short command as this account, with both outputs merged."""
        return subprocess.run(
            command,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_LONGEST_COMMAND,
            cwd="/",
            env=environment(),
            user=self.uid,
            group=self.gid,
            # Its own group alone: root's others must go, and Python 3.12.0 ignores an empty list.
            extra_groups=None if self.gid is None else [self.gid],
        )

    def make_private(self, folder: Path) -> None:
        """Create `folder` for this account only, or finish what a killed process began."""
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        self.own(folder)

    def own(self, folder: Path) -> None:
        """Give `folder` to this account; nothing to do when that is ourselves."""
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)


def environment() -> dict[str, str]:
    """A small, locale-free environment without any ``PG*`` variable that would steer the server."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def open_data_dir(path: Path) -> Path:
    """Create the data directory if needed and return it without symbolic links."""
    data_dir = path.expanduser().resolve()
    try:
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        # As root, the server's account must pass through to its own part, but list nothing.
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)  # whatever the umask took away
    except FileExistsError:
        if not data_dir.is_dir():
            raise PostgresUnavailable(f"The data directory {data_dir} is a file.") from None
    except OSError as error:
        raise PostgresUnavailable(
            f"The data directory {data_dir} cannot be created: {error.strerror}. "
            "Choose another with --data-dir."
        ) from error
    return data_dir


def choose_account(data_dir: Path) -> Account:
    """Ourselves, or as root an existing unprivileged account that can reach `data_dir`."""
    if os.geteuid() != 0:
        return Account(name=f"uid {os.geteuid()}")
    account = _account_for_root(data_dir / CLUSTER)
    if not _can_enter(account, data_dir) and data_dir.stat().st_uid == 0:
        # The data directory is ours to open for passing through; nothing above it is.
        data_dir.chmod(stat.S_IMODE(data_dir.stat().st_mode) | 0o011)
    if not _can_enter(account, data_dir):
        blocker = next(
            p for p in (*reversed(data_dir.parents), data_dir) if not _can_enter(account, p)
        )
        raise PostgresUnavailable(
            f"PostgreSQL refuses to run as root, and the account '{account.name}' cannot enter "
            f"{blocker}, so it cannot reach the data directory {data_dir}. Choose a --data-dir "
            "outside of it (such as /var/lib/firmhold), name another account in "
            "FIRMHOLD_POSTGRES_USER, or run Firmhold as an ordinary user."
        )
    return account


def _account_for_root(pgdata: Path) -> Account:
    """The owner of an existing cluster, whom alone it obeys; else the one asked for or usual."""
    if pgdata.exists() and pgdata.stat().st_uid != 0:
        owner = pgdata.stat()
        return Account(f"uid {owner.st_uid}", owner.st_uid, owner.st_gid)
    wanted = os.environ.get("FIRMHOLD_POSTGRES_USER")
    for name in [wanted] if wanted else ["postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresUnavailable(
        "PostgreSQL refuses to run as root, and no unprivileged account "
        f"{repr(wanted) if wanted else 'postgres or nobody'} exists. Name an existing one in "
        "FIRMHOLD_POSTGRES_USER, or run Firmhold as an ordinary user."
    )


def _can_enter(account: Account, folder: Path) -> bool:
    """Try it as that account: modes alone do not tell (access lists, mounts, security modules)."""
    return account.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]).returncode == 0
