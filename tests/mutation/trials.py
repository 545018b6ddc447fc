"""Tries mutants against tests, in one process that has imported and collected everything.

Each mutant gets a fork of that process, in which the functions that are alive get the code of the
changed module. The tests that run the changed statement are run there, until one fails. A change
of what is made on import is tried by importing everything anew in the fork.

Nothing is written to disk. What a fork does stays there.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.mutators import Mutant

PYTEST = ["-o", "addopts=--import-mode=importlib", "-o", "faulthandler_timeout=0", "-s"]
# What the fixtures for all tests import could not be imported twice.
PYTEST += ["--noconftest"]
PYTEST += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
for _plugin in ("cacheprovider", "xdist", "terminal", "schemathesis"):
    # A fork has a terminal and a cache of nobody's.
    PYTEST += ["-p", f"no:{_plugin}"]

SPARE_SECONDS = 5
"""Of processor time, beyond three times what the tests take without a change."""
LONGEST_SECONDS = 300
"""By the clock: whoever waits for ever uses no processor."""
SPARE_MEMORY = 1 << 30
"""Bytes beyond what the process has: a loop that only grows comes to its end."""

KILLED, SURVIVED, NEVER_RUN, ENDLESS = "killed", "survived", "never run", "endless"
WRONG_TYPE, NOT_IMPORTABLE = "wrong type", "not importable"
"""Noticed by whoever runs the line at all, whatever they ask: a TypeError or an AttributeError; a
module that cannot be imported any more, its own or one of the tests'."""


class Trial(NamedTuple):
    """What came of one mutant."""

    mutant: Mutant
    outcome: str
    """One of the words above."""
    by: str | None
    """The first test that failed."""
    seconds: float

    @property
    def noticed(self) -> bool:
        return self.outcome not in {SURVIVED, NEVER_RUN}


class Ground:
    """A pytest plugin: instead of running the tests, tries mutants with them."""

    def __init__(
        self,
        sources: dict[Path, str],
        mutants: Sequence[Mutant],
        jobs: int,
        show: Callable[[Trial], None],
    ) -> None:
        """`show` is told each trial as it ends."""
        self.trials: list[Trial] = []
        self.baseline = 0.0
        """Seconds that all tests took without a change, watched."""
        self.failed: list[str] = []
        """Tests that fail without a change: then nothing was tried."""
        self._sources = sources
        self._mutants = mutants
        self._jobs = jobs
        self._show = show

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("some tests cannot be imported")
        started = time.monotonic()
        reach = _watch(session.items, set(map(str, self._sources)))
        self.failed = reach.failed
        self.baseline = time.monotonic() - started
        if not self.failed:
            failure = _FirstFailure()
            session.config.pluginmanager.register(failure)
            tries = _Tries(session.items, reach, self._sources, failure)
            tries.see_that_no_change_survives(self._mutants)
            for trial in tries.run(self._mutants, self._jobs):
                self.trials.append(trial)
                self._show(trial)
        return True


def run(tests: Sequence[str], ground: Ground) -> None:
    """Collect the tests and let the ground have them. Raises if they cannot be collected."""
    # Every run is the same run, and learns nothing from the one before.
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutation")
    code = pytest.main([*PYTEST, *tests], plugins=[ground])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise RuntimeError(f"the tests cannot be collected: pytest says {code!r}")


# --- which test runs what -------------------------------------------------------------------------


class Reach:
    """Which tests run which lines, and how long they take."""

    def __init__(self) -> None:
        self.tests: dict[tuple[str, int], set[int]] = defaultdict(set)
        self.seconds: list[float] = []
        """Of processor time, by test."""
        self.failed: list[str] = []

    def of(self, file: Path, lines: Iterable[int]) -> set[int]:
        """Tests that run any of these lines."""
        return {test for line in lines for test in self.tests.get((str(file), line), ())}


def _watch(items: Sequence[pytest.Item], files: set[str]) -> Reach:
    reach = Reach()
    lines: set[tuple[str, int]] = set()

    def entered(frame: FrameType, event: str, argument: Any) -> Any:
        return stepped if frame.f_code.co_filename in files else None

    def stepped(frame: FrameType, event: str, argument: Any) -> Any:
        lines.add((frame.f_code.co_filename, frame.f_lineno))
        return stepped

    for number, item in enumerate(items):
        lines.clear()
        began = time.process_time()
        sys.settrace(entered)
        try:
            passed = _passes(item)
        finally:
            sys.settrace(None)
        reach.seconds.append(time.process_time() - began)
        if not passed:
            reach.failed.append(item.nodeid)
        for line in lines:
            reach.tests[line].add(number)
    return reach


def _passes(item: pytest.Item) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=None)
    return all(report.passed for report in reports)


# --- trying ---------------------------------------------------------------------------------------


class _Tries:
    """Forks of this process, each with a mutant."""

    def __init__(
        self,
        items: Sequence[pytest.Item],
        reach: Reach,
        sources: dict[Path, str],
        failure: _FirstFailure,
    ) -> None:
        self._items = items
        self._failure = failure
        """Of which it hears in the fork where it happens."""
        self._reach = reach
        self._sources = sources
        self._alive = _functions(set(map(str, sources)))
        self._killers: dict[str, Counter[int]] = defaultdict(Counter)
        """By function, which tests have noticed how many changes of it: they are asked first."""
        self._files: Counter[str] = Counter()
        """Which files of tests have noticed changes of what is made on import: likewise."""
        self._running: dict[int, tuple[Mutant, int, float]] = {}
        # What is there now is there in every fork, and not to be copied by collecting garbage.
        gc.freeze()

    def see_that_no_change_survives(self, mutants: Iterable[Mutant]) -> None:
        """With any of the tests: one that fails or does not end anyhow would notice everything. In
        both ways, and in place of the function that most of them run."""
        same: dict[bool, Mutant] = {}
        for mutant in sorted(mutants, key=lambda it: len(self._reached(it))):
            same[mutant.frozen] = mutant._replace(end=mutant.start, new="")
        for mutant in same.values():
            self._start(mutant, range(len(self._items)))
            trial = self._ended(*os.wait())
            if trial.outcome != SURVIVED:
                raise RuntimeError(f"with nothing changed: {trial.outcome}, by {trial.by}")

    def run(self, mutants: Iterable[Mutant], jobs: int) -> Iterator[Trial]:
        """So many at a time; what is done first comes first."""
        left = iter(mutants)
        while True:
            while len(self._running) < jobs and (mutant := next(left, None)) is not None:
                if tests := self._tests(mutant):
                    self._start(mutant, tests)
                else:
                    yield Trial(mutant, NEVER_RUN, None, 0.0)
            if not self._running:
                return
            yield self._ended(*os.wait())

    def _tests(self, mutant: Mutant) -> list[int]:
        """Who may notice, those first who are likely to, and then those who are quick."""
        killers, seconds = self._killers[mutant.scope], self._reach.seconds
        return sorted(self._reached(mutant), key=lambda test: (-killers[test], seconds[test]))

    def _reached(self, mutant: Mutant) -> Collection[int]:
        path = _path(self._sources, mutant)
        if not mutant.frozen:
            return self._reach.of(path, mutant.lines)
        imported = any(getattr(m, "__file__", "") == str(path) for m in sys.modules.values())
        return range(len(self._items)) if imported else ()

    def _start(self, mutant: Mutant, tests: Sequence[int]) -> None:
        out, pipe = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(out)
            _limit(sum(self._reach.seconds[test] for test in tests))
            self._in_fork(pipe, mutant, tests)
        os.close(pipe)
        self._running[child] = mutant, out, time.monotonic()

    def _in_fork(self, pipe: int, mutant: Mutant, tests: Sequence[int]) -> None:
        """Say through the pipe what comes of it, and be gone."""
        word = ""
        try:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            path = _path(self._sources, mutant)
            changed = mutant.made_in(self._sources[path])
            if not mutant.frozen and _put_in(self._alive, path, changed, mutant.scope):
                failing = (str(test) for test in tests if not _passes(self._items[test]))
                by = next(failing, "")
                word = f"{self._failure.outcome if by else SURVIVED}\n{by}"
            else:
                files = {str(self._items[test].path) for test in tests}
                failure = _import_anew(path, changed, sorted(files, key=self._likely))
                word = f"{failure.outcome}\n{failure.name}"
        finally:
            os.write(pipe, word.encode())
            os._exit(0)

    def _likely(self, file: str) -> tuple[int, str]:
        return -self._files[Path(file).name], file

    def _ended(self, child: int, status: int) -> Trial:
        mutant, out, began = self._running.pop(child)
        with open(out, encoding="utf-8") as said:
            word = said.read()
        seconds = time.monotonic() - began
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGALRM}:
            return Trial(mutant, ENDLESS, None, seconds)
        if not word:
            raise RuntimeError(f"a trial ended with {status}: {mutant}")
        outcome, _, by = word.partition("\n")
        if by.isdigit():
            self._killers[mutant.scope][int(by)] += 1
            by = self._items[int(by)].nodeid
        elif by:
            self._files[Path(by.split("::")[0]).name] += 1
        return Trial(mutant, outcome, by or None, seconds)


def _path(sources: Iterable[Path], mutant: Mutant) -> Path:
    return next(path for path in sources if path.as_posix().endswith(f"/{mutant.file}"))


def _limit(seconds: float) -> None:
    most = int(3 * seconds) + SPARE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (has + SPARE_MEMORY, has + SPARE_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(LONGEST_SECONDS)


def _functions(files: set[str]) -> dict[tuple[str, str], list[FunctionType]]:
    """The functions that are alive, by file and name."""
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for it in gc.get_objects():
        if isinstance(it, FunctionType) and it.__code__.co_filename in files:
            found[it.__code__.co_filename, it.__code__.co_qualname].append(it)
    return found


def _put_in(
    alive: dict[tuple[str, str], list[FunctionType]], path: Path, changed: str, scope: str
) -> bool:
    """Give the functions of this name the changed code; whether that can be done."""
    functions = alive.get((str(path), scope), [])
    code = _code_of(compile(changed, str(path), "exec"), scope)
    if not functions or code is None:
        return False
    try:
        for function in functions:
            function.__code__ = code
    except ValueError:  # it uses other variables from around it
        return False
    return True


def _code_of(code: CodeType, name: str) -> CodeType | None:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            if const.co_qualname == name:
                return const
            if (inner := _code_of(const, name)) is not None:
                return inner
    return None


# --- what is made on import -----------------------------------------------------------------------


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the one changed module."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)

    def get_filename(self, name: str) -> str:
        return str(self._path)


class _FirstFailure:
    """A pytest plugin that remembers what failed first, and how."""

    def __init__(self) -> None:
        self.name = ""
        self.outcome = SURVIVED

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed and not self.name:
            error = call.excinfo and call.excinfo.value
            self.name = item.nodeid
            self.outcome = WRONG_TYPE if _is_of_a_wrong_type(error) else KILLED
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.name:
            self.name, self.outcome = report.nodeid, NOT_IMPORTABLE


def _is_of_a_wrong_type(error: BaseException | None) -> bool:
    """Whether it says that something is of a wrong type, and nothing else."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_of_a_wrong_type, error.exceptions))
    return isinstance(error, TypeError | AttributeError)


def _import_anew(path: Path, changed: str, files: Sequence[str]) -> _FirstFailure:
    """What fails first, the first file being asked before the others."""
    name = next(n for n, m in sys.modules.items() if getattr(m, "__file__", None) == str(path))
    roots = {name.partition(".")[0], "tests"}
    for module, it in list(sys.modules.items()):
        if module.partition(".")[0] in roots or getattr(it, "__file__", None) in files:
            del sys.modules[module]
    sys.meta_path.insert(0, _Changed(name, path, changed))
    first = _FirstFailure()
    for some in (files[:1], files[1:]):
        if some and pytest.main([*PYTEST, "-x", *some], plugins=[first]) != pytest.ExitCode.OK:
            if not first.name:
                first.name, first.outcome = f"importing {name}", NOT_IMPORTABLE
            break
    return first
