"""What the documents name must exist: links, tasks, settings, commands and files.

The changelog and the decision records tell what was true at their time, so only their links are
checked. That the shell blocks of the README really run is shown elsewhere.
"""

import dataclasses
import importlib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]

FENCE = re.compile(
    r"^ {0,3}(?P<fence>```+|~~~+)(?P<info>[^\n]*)\n(?P<body>.*?)^ {0,3}(?P=fence)",
    re.MULTILINE | re.DOTALL,
)
CODE_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL)
INLINE_LINK = re.compile(
    r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?(?P<target>[^)\s>]+)>?(?:\s+\"[^\"]*\")?\)"
)
LINK_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(?P<target>[^\s>]+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*\s*$", re.MULTILINE)
HTML_ANCHOR = re.compile(r"<[a-z0-9]+\s[^>]*\b(?:id|name)=\"(?P<anchor>[^\"]+)\"", re.IGNORECASE)
SETTING = re.compile(r"\bFIRMHOLD_[A-Z0-9_]*[A-Z0-9]\b")
REPOSITORY_PATH = re.compile(r"(?:src|deploy|docs|bench|tests|requirements|\.ci)/[\w./*-]*")
SHELL = {"sh", "bash", "shell", "console"}


# --- reading --------------------------------------------------------------------------------------


@cache
def project_files() -> tuple[Path, ...]:
    """The files that belong to the project: known to git, or new and not ignored.

    Without git, or outside a checkout (a source archive), everything but hidden and generated
    directories.
    """
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
        names = [name for name in done.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, subfolders, files in os.walk(ROOT):
            generated = {"__pycache__", "node_modules", "dist", "build"}
            subfolders[:] = [
                name
                for name in subfolders
                if name == ".ci" or not (name.startswith(".") or name in generated)
            ]
            names += [str((Path(folder) / name).relative_to(ROOT)) for name in files]
    return tuple(sorted(path for name in names if (path := ROOT / name).is_file()))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def documents(*, with_history: bool) -> list[str]:
    names = [name_of(path) for path in project_files() if path.suffix == ".md"]
    if with_history:
        return names
    return [name for name in names if name != "CHANGELOG.md" and not name.startswith("docs/adr/")]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """The text without its code blocks."""
    return FENCE.sub("", text)


def code_spans(text: str) -> list[str]:
    return [match["code"].strip() for match in CODE_SPAN.finditer(prose(text))]


def shell_lines(text: str) -> list[str]:
    lines: list[str] = []
    for block in FENCE.finditer(text):
        if block["info"].strip().split(" ")[0] in SHELL:
            body = block["body"].replace("\\\n", " ")
            lines += [line.strip().removeprefix("$ ") for line in body.splitlines()]
    return lines


def invocations(text: str, program: str) -> list[list[str]]:
    """The arguments of every call of `program` in code spans and shell blocks."""
    found = []
    for line in [*shell_lines(text), *code_spans(text)]:
        try:
            tokens = shlex.split(line.replace("\n", " "), comments=True)
        except ValueError:
            tokens = line.split()
        call: list[str] | None = None
        for token in tokens:
            if call is None:
                if token == program or token.endswith(f"/bin/{program}"):
                    call = []
                    found.append(call)
                elif not re.fullmatch(r"[A-Z_][A-Z0-9_]*=.*|env|exec|nohup|sudo|time", token):
                    call = [] if token not in {"&&", ";", "|", "||", "&"} else None
            elif token in {"&&", "||", "|", ";", "&"}:
                call = None
            elif token.endswith(";"):
                call.append(token.removesuffix(";"))
                call = None
            else:
                call.append(token)
    return found


# --- links ----------------------------------------------------------------------------------------


def slug(heading: str) -> str:
    """The anchor that the usual renderers give to a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"[^\w\- ]", "", text.strip().lower())
    return text.replace(" ", "-")


@cache
def anchors(path: Path) -> frozenset[str]:
    text = prose(path.read_text(encoding="utf-8"))
    found = {match["anchor"] for match in HTML_ANCHOR.finditer(text)}
    seen: dict[str, int] = {}
    for match in HEADING.finditer(text):
        anchor = slug(match["text"])
        repeats = seen.get(anchor, 0)
        seen[anchor] = repeats + 1
        found.add(f"{anchor}-{repeats}" if repeats else anchor)
    return frozenset(found)


def broken_link(document: Path, target: str) -> str | None:
    """What is wrong with a link, or None. Addresses elsewhere are not looked up."""
    if re.match(r"[a-z][a-z0-9+.-]*:|//", target, re.IGNORECASE):
        return None
    location, _, anchor = unquote(target).partition("#")
    if location.startswith("/"):
        return f"{target}: not relative"
    path = (document.parent / location).resolve() if location else document
    if not path.is_relative_to(ROOT):
        return f"{target}: outside the repository"
    if not path.exists():
        return f"{target}: no such file"
    if anchor and path.suffix == ".md" and anchor not in anchors(path):
        return f"{target}: no such heading"
    return None


@pytest.mark.parametrize("name", documents(with_history=True))
def test_every_link_leads_somewhere(name: str) -> None:
    text = CODE_SPAN.sub("", prose(text_of(name)))
    links = [*INLINE_LINK.finditer(text), *LINK_DEFINITION.finditer(text)]
    problems = [broken_link(ROOT / name, match["target"]) for match in links]
    assert [problem for problem in problems if problem] == []


# --- make -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", documents(with_history=False))
def test_every_make_task_and_variable_exists(name: str) -> None:
    makefile = text_of("Makefile")
    tasks = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z][A-Z_]*)\s*[?:]?=", makefile, re.MULTILINE))
    words = [word for call in invocations(text_of(name), "make") for word in call]
    unknown = [
        word
        for word in words
        if not word.startswith("-") and word.partition("=")[0] not in tasks | variables
    ]
    assert unknown == []


# --- settings and commands ------------------------------------------------------------------------


@cache
def known_settings() -> frozenset[str]:
    """The variables that the server reads, and those that only the tests or the bench read."""
    module = importlib.import_module("firmhold.settings")
    settings = module.Settings
    if dataclasses.is_dataclass(settings):
        fields = [field.name for field in dataclasses.fields(settings)]
    else:
        fields = list(settings.__struct_fields__)
    fields += [name + module.IN_FILE for name in module.SECRETS]
    names = {f"FIRMHOLD_{field.upper()}" for field in fields}
    for path in project_files():
        if path.suffix == ".py" and name_of(path).startswith(("tests/", "bench/")):
            names |= set(SETTING.findall(path.read_text(encoding="utf-8")))
    return frozenset(names)


@pytest.mark.parametrize("name", documents(with_history=False))
def test_every_setting_exists(name: str) -> None:
    assert sorted(set(SETTING.findall(text_of(name))) - known_settings()) == []


@cache
def help_of(*words: str) -> tuple[list[str], str]:
    """The command that the words lead to, and its help."""
    done = subprocess.run(
        [sys.executable, "-c", "from firmhold.cli.main import main; main()", *words, "--help"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "COLUMNS": "400", "NO_COLOR": "1", "TERM": "dumb"},
    )
    usage = re.search(r"^\s*usage:\s*(.*)$", done.stdout, re.IGNORECASE | re.MULTILINE)
    if done.returncode != 0 or usage is None:
        return [], done.stdout + done.stderr
    # "Usage: firmhold user create [OPTIONS]": the words between the program and what it takes.
    command = []
    for word in usage[1].split()[1:]:
        if not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        command.append(word)
    return command, done.stdout


def unknown_in(call: list[str]) -> str | None:
    """What a call of `firmhold` names that its help does not, or None."""
    words = []
    for token in call:
        if not re.fullmatch(r"[a-z][a-z-]*", token):
            break
        words.append(token)
    command, text = help_of(*words[:2])
    # A word after a complete command is an argument; after a group it would be a subcommand.
    group = bool(re.search(r"^\s*usage:.*\bCOMMAND\b", text, re.IGNORECASE | re.MULTILINE))
    if words and (not command or words[: len(command)] != command):
        return " ".join(words)
    if group and len(words) > len(command):
        return " ".join(words)
    options = {
        token.partition("=")[0].strip("[]") for token in call if re.match(r"\[?--[a-z]", token)
    }
    missing = [option for option in sorted(options) if not re.search(rf"{option}(?![\w-])", text)]
    return f"{' '.join(command)}: {' '.join(missing)}" if missing else None


@pytest.mark.parametrize("name", documents(with_history=False))
def test_every_command_and_option_exists(name: str) -> None:
    calls = invocations(text_of(name), "firmhold")
    problems = [unknown_in(call) for call in calls]
    assert [problem for problem in problems if problem] == []


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", documents(with_history=False))
def test_every_file_named_exists(name: str) -> None:
    named = [code.partition("::")[0] for code in code_spans(text_of(name))]
    paths = [path for path in named if REPOSITORY_PATH.fullmatch(path)]
    assert [path for path in paths if not any(ROOT.glob(path.rstrip("/")))] == []


# --- what no file may hold ------------------------------------------------------------------------

# Each in two halves, so that this file does not find itself. Ann is nobody: tests may use her home.
DEVELOPER_PATH = re.compile(r"(?<![\w.])/(?:ho" + r"me|Us" + r"ers)/(?!ann\b)\w[\w.-]*")
REGISTRY = re.compile("://" + "pypi|files[.]python" + "hosted|registry[.]npm" + "js")
LARGEST_TEXT = 5_000_000  # bytes; anything larger is data


def test_no_file_names_a_package_registry_or_a_developers_machine() -> None:
    found = []
    for path in project_files():
        if path.stat().st_size > LARGEST_TEXT:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for forbidden in (DEVELOPER_PATH, REGISTRY):
            found += [f"{name_of(path)}: {match[0]}" for match in forbidden.finditer(text)]
    assert found == []


def test_the_locks_name_no_address_and_hold_a_hash_for_each_package() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert locks
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        assert re.findall(r"^-.*", text, re.MULTILINE) == [], f"{lock.name}: an option for pip"
        for pin in re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)):
            assert "--hash=sha256:" in pin, f"{lock.name}: {pin}"
