"""The files and settings of one embedded PostgreSQL.

Owns ``data_dir/postgres`` (the cluster), ``data_dir/run`` (the socket) and the server's command
line. Never upgrades, repairs or overwrites a cluster, and never leaves a half-made one under the
final name.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from firmhold.store.account import Account
from firmhold.store.binaries import Binaries, PostgresUnavailable, copy_into, find_binaries
from firmhold.store.guardian import CLUSTER

ROLE = "firmhold"  # also the name of its database
PORT = 5432  # names the socket file; no TCP port is opened

# A socket address holds 108 bytes on Linux and 104 on macOS, with the final zero; rounded down.
_LONGEST_SOCKET_PATH = 100

_FIRST_SQL = (
    # Not a superuser and able to create nothing outside its own database.
    f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS\n"
    f"CREATE DATABASE {ROLE} OWNER {ROLE} TEMPLATE template0 ENCODING 'UTF8'\n"
)


def ready_cluster(data_dir: Path, account: Account) -> Binaries:
    """Make the cluster if there is none, and return programs of its version the account can run.

    Call under the start lock only.
    """
    pgdata = data_dir / CLUSTER
    major = None
    if pgdata.exists():
        try:
            major = int((pgdata / "PG_VERSION").read_text())
        except (OSError, ValueError) as error:
            raise PostgresUnavailable(
                f"{pgdata} exists but is no PostgreSQL data directory that can be read ({error}). "
                "Move it away, or choose another --data-dir."
            ) from error
    for remains in data_dir.glob(f"{CLUSTER}.new-*"):  # of a creation that was killed
        shutil.rmtree(remains, ignore_errors=True)
    binaries = _runnable(find_binaries(major), data_dir, account)
    if major is None:
        _create(pgdata, account, binaries)
    return binaries


def _runnable(binaries: Binaries, data_dir: Path, account: Account) -> Binaries:
    """The programs themselves, or a copy in the data directory when the account cannot run them."""
    if account.uid is None or _runs(binaries, account):
        return binaries
    if binaries.prefix is not None:
        copied = copy_into(binaries, data_dir)
        if _runs(copied, account):
            return copied
    raise PostgresUnavailable(
        f"The account '{account.name}' cannot run {binaries.program('postgres')} (from "
        f"{binaries.source}). Make it executable for that account, or run as an ordinary user."
    )


def _runs(binaries: Binaries, account: Account) -> bool:
    """Try both: they load different libraries."""
    try:
        return all(
            account.run([binaries.program(name), "--version"]).returncode == 0
            for name in ("postgres", "initdb")
        )
    except PermissionError:
        return False


def _create(pgdata: Path, account: Account, binaries: Binaries) -> None:
    """Build the cluster, role and database under another name, then rename: all or nothing."""
    unfinished = Path(tempfile.mkdtemp(prefix=f"{CLUSTER}.new-", dir=pgdata.parent))
    account.own(unfinished)
    try:
        _initdb(unfinished, account, binaries)
        _create_database(unfinished, account, binaries)
        unfinished.rename(pgdata)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    parent = os.open(pgdata.parent, os.O_RDONLY)
    os.fsync(parent)  # makes the rename itself survive a power cut
    os.close(parent)


def _initdb(pgdata: Path, account: Account, binaries: Binaries) -> None:
    # "trust" is sound here: only the socket leads to the server, and only the account that owns
    # the files can enter the socket's folder (0700). A password would lie beside it in the clear.
    command = [binaries.program("initdb"), "-D", str(pgdata), "-U", "postgres", "--no-instructions"]
    command += ["--encoding=UTF8", "--auth-local=trust", "--auth-host=reject"]
    # The same order of strings on every machine, by code point, with Unicode case mapping where
    # the version can: built in since 17, a locale of the system before, which not all have.
    if binaries.major >= 17:
        choices = [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    else:
        choices = [["--locale=C.UTF-8"], ["--locale=C"]]
    said = ""
    for choice in choices:
        done = account.run([*command, *choice])
        if done.returncode == 0:
            return
        said = done.stdout.strip()
    raise PostgresUnavailable(f"PostgreSQL's initdb failed in {pgdata}:\n{said}")


def _create_database(pgdata: Path, account: Account, binaries: Binaries) -> None:
    # The single-user server opens no socket, so nobody can come in between. Left to itself it
    # would report an error and go on.
    command = [binaries.program("postgres"), "--single", "-D", str(pgdata)]
    done = account.run([*command, "-c", "exit_on_error=on", "postgres"], stdin=_FIRST_SQL)
    if done.returncode != 0:
        raise PostgresUnavailable(f"The database could not be created:\n{done.stdout.strip()}")


def socket_dir(data_dir: Path, account: Account) -> tuple[Path, bool]:
    """Return a private folder for the socket, and whether it is a temporary one under /tmp.

    A path too long for a socket, or with a comma (clients read that as a list of hosts), gets a
    random folder; ``data_dir/run`` then links to it, so that it is found again after a hard end.
    Call under the start lock only.
    """
    run = data_dir / "run"
    length = len(os.fsencode(run / f".s.PGSQL.{PORT}"))
    if length <= _LONGEST_SOCKET_PATH and "," not in str(run):
        if run.is_symlink():
            run.unlink()  # the directory had a longer path once
        account.make_private(run)
        return run, False
    if not _is_private(run, account):
        run.unlink(missing_ok=True)
        # Not $TMPDIR, which may itself be long. The name cannot be guessed and taken by others.
        temporary = Path(tempfile.mkdtemp(prefix="firmhold-", dir="/tmp"))
        account.own(temporary)
        run.symlink_to(temporary)
    return run.resolve(), True


def _is_private(folder: Path, account: Account) -> bool:
    """Whether the folder still exists, is the account's, and is closed to all others."""
    try:
        found = folder.stat()
    except OSError:
        return False
    owner = os.geteuid() if account.uid is None else account.uid
    return stat.S_ISDIR(found.st_mode) and (found.st_uid, found.st_mode & 0o077) == (owner, 0)


def server_command(binaries: Binaries, pgdata: Path, sockets: Path) -> list[str]:
    """The command line of the server: settings given here cannot be lost in an edited file."""
    quoted = str(sockets).replace('"', '""')  # the setting is a list; quotes keep commas in paths
    settings = {
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "shared_buffers": f"{_shared_buffers_mb()}MB",
        **_SETTINGS,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [binaries.program("postgres"), "-D", str(pgdata), *options]


_SETTINGS = {
    "cluster_name": "firmhold",  # tells it apart in the list of processes
    "listen_addresses": "",  # no TCP: nothing on the network, no port to collide
    "max_connections": "200",  # several workers with their pools, tools, and some to spare
    # An answer given is a fact kept. These are the defaults; nobody may tune them away here.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",  # short statements only: compiling costs more than running them
    "max_wal_size": "2GB",  # with the next: fewer checkpoints, and full-page images, under load
    "checkpoint_timeout": "15min",
    "autovacuum": "on",
    "autovacuum_naptime": "15s",  # counters and queues are small and updated all the time
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",  # the guardian holds the log and bounds it
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # Without DETAIL, which quotes rows and so personal data ("Key (email)=(…) already exists").
    "log_error_verbosity": "terse",
    "lc_messages": "C",
}


def _shared_buffers_mb() -> int:
    """128 MB as PostgreSQL's default, less on a machine where that would be over an eighth."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return 128
    return max(16, min(128, memory // 8 // 2**20))
