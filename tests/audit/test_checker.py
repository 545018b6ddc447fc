"""Who checks a log finds whatever was done to it."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
from base64 import b64encode
from collections import Counter
from copy import deepcopy
from pathlib import Path

import pytest

from firmhold.audit import checker
from firmhold.audit.checker import check_file, public_key, read_note
from firmhold.audit.merkle import leaf_hash
from tests.audit.logs import (
    SIGNER,
    STRANGER,
    Line,
    act,
    check,
    last_note,
    ledger_entry,
    log_of,
    note,
    usual_log,
)
from tests.audit.tampering import TAMPERINGS, Tampering

TIMES = 1000
"""Of each kind: eleven thousand in all."""


def test_a_log_that_nobody_touched_holds() -> None:
    lines = usual_log()
    assert check(lines) == []
    assert check(lines, last_note(lines)) == []


def test_a_log_goes_on_from_each_checkpoint_that_was_kept() -> None:
    lines = usual_log()
    assert check(lines, *(line["checkpoint"] for line in lines if "checkpoint" in line)) == []


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_a_thousand_random_tamperings_are_all_found(tamper: Tampering) -> None:
    kept = last_note(usual_log())
    original = json.dumps(usual_log())
    dice = random.Random(tamper.__name__)
    missed, same = [], 0
    for time in range(TIMES):
        lines = json.loads(original)
        tamper(lines, dice)
        if json.dumps(lines) == original:
            same += 1
        elif not check(lines, kept):
            missed.append(time)
    assert missed == []
    assert same < TIMES / 10  # what changes nothing proves nothing


@pytest.mark.parametrize(
    ("tamper", "first", "what"),
    [
        (lambda lines: lines[5]["entry"].__setitem__(4, "expired"), 3, "is not what was sealed"),
        (lambda lines: lines.pop(5), 3, "entry 4 is in its place"),
        (lambda lines: lines[12]["entry"].__setitem__(15, "user:x"), 9, "is not what was sealed"),
        (lambda lines: lines.__delitem__(slice(30, None)), 22, "no checkpoint covers the entries"),
    ],
)
def test_the_first_bad_entry_is_named(tamper, first: int, what: str) -> None:  # type: ignore[no-untyped-def]
    lines = usual_log()
    tamper(lines)
    finding = check(lines)[0]
    assert finding.entry == first
    assert what in finding.what


def test_a_log_cut_off_at_a_checkpoint_is_found_by_one_that_was_kept_and_not_without() -> None:
    lines = usual_log()
    ends = [at for at, line in enumerate(lines) if "checkpoint" in line]
    cut = lines[: ends[2] + 1]
    assert check(cut) == []
    [finding] = check(cut, last_note(lines))
    assert finding.entry == 21
    assert "it had 40 entries" in finding.what


def test_history_rewritten_with_the_very_key_is_found_by_a_checkpoint_that_was_kept() -> None:
    entries = [ledger_entry(n + 1) for n in range(9)]
    kept = last_note(log_of(entries[:6], [6]))
    entries[2][4] = "expired"
    forged = log_of(entries, [6, 9])
    assert check(forged) == []
    assert "history was rewritten" in check(forged, kept)[0].what


def test_a_kept_checkpoint_counts_only_if_a_known_key_has_signed_it() -> None:
    lines = usual_log()
    leaves = [bytes.fromhex(line["leaf"]) for line in lines if "leaf" in line]
    assert "does not count" in check(lines, note(leaves, 22, STRANGER))[0].what


def test_a_log_is_checked_by_any_key_that_is_known_and_by_no_other() -> None:
    lines = usual_log()
    assert check(lines, keys=[STRANGER.public, SIGNER.public]) == []
    assert "no known key has signed it" in check(lines, keys=[STRANGER.public])[0].what


def test_what_is_erased_must_be_said_by_a_later_act_that_is_still_there() -> None:
    entries = [ledger_entry(1), act(1, "audit.erased", entries=[[2, 1]]), ledger_entry(2)]
    lines = log_of(entries, [3])
    lines[3]["commitments"] = _commit(lines[3])
    lines[3] |= {"act": entries[1][2], "entry": [*entries[2][:-2], None, None]}
    del lines[3]["salt"]
    assert "no act in the log says so" in check(lines)[0].what


def _commit(line: Line) -> list[str | None]:
    from firmhold.audit.entry import commitments

    return commitments(line["entry"], bytes.fromhex(line["salt"]))


def test_what_was_erased_cannot_be_put_back_as_something_else() -> None:
    lines = usual_log()
    erased = next(line for line in lines if "act" in line)
    erased["entry"][-2] = "user:somebody"
    assert "was erased, and yet is there" in check(lines)[0].what


def test_of_what_was_erased_no_salt_may_be_left() -> None:
    lines = usual_log()
    next(line for line in lines if "act" in line)["salt"] = "00" * 16
    assert "its salt is there" in check(lines)[0].what


def test_an_empty_log_is_one_without_findings_and_no_log_is_not() -> None:
    assert check(usual_log()[:1]) == []
    assert "there is no log" in check([])[0].what


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"index": 0},
        {"index": 0, "leaf": "zz", "entry": ["act/1"]},
        {"index": 0, "leaf": "00", "salt": "00", "entry": []},
        {"index": 0, "leaf": "00", "salt": "00", "entry": {"a": 1}},
        {"index": 0, "leaf": "00", "salt": None, "entry": ["ledger/2", 1]},
        {"checkpoint": None},
        {"checkpoint": "\n\n\n"},
        {"checkpoint": "a\n٣\nb\nat \nprevious 0\n\n— a b"},
    ],
)
def test_nonsense_is_a_finding_and_no_crash(line: Line) -> None:
    assert check([usual_log()[0], line]) != []


@pytest.mark.parametrize("text", ["", "\n\n", "a\n1\nAA==\nat x\nprevious 0\n\n— a ???\n"])
def test_nonsense_is_no_checkpoint(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each in its own words
        read_note(text, [SIGNER.public])


def test_the_checker_imports_nothing_of_ours() -> None:
    source = Path(checker.__file__).read_text(encoding="utf-8")
    names = Counter(
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    )
    assert set(names) - set(sys.stdlib_module_names) == {"cryptography"}
    assert len(source.splitlines()) < 500


def test_the_checker_runs_alone(tmp_path: Path) -> None:
    alone = tmp_path / "checker.py"
    alone.write_text(Path(checker.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    file, kept = tmp_path / "log.jsonl", tmp_path / "kept"
    lines = usual_log()
    kept.write_text(last_note(lines), encoding="utf-8")

    def run(lines: list[Line]) -> subprocess.CompletedProcess[str]:
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        key = b64encode(SIGNER.public).decode()
        options = ["--key", key, "--since", str(kept)]
        command = [sys.executable, "-I", str(alone), str(file), *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    good = run(lines)
    assert (good.returncode, good.stdout) == (0, "All 40 entries hold, 1 erased.\n")
    worse = deepcopy(lines)
    worse[9]["entry"][8] = 5
    bad = run(worse)
    assert bad.returncode == 1
    assert bad.stderr.startswith("entry 7: ")


def test_a_file_with_a_line_that_is_no_json_is_not_accepted(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    text = "".join(json.dumps(line) + "\n" for line in usual_log())
    for wrong in ("{", "[]", "1"):
        file.write_text(text + wrong + "\n", encoding="utf-8")
        assert check_file(file, [SIGNER.public]).findings


def test_a_public_key_has_32_bytes() -> None:
    assert public_key(b64encode(SIGNER.public).decode() + "\n") == SIGNER.public
    with pytest.raises(ValueError, match="32 bytes"):
        public_key("AAAA")


def test_a_leaf_is_what_the_documentation_says() -> None:
    line = log_of([ledger_entry(1, reason="ä")], [1])[1]
    from hashlib import sha256

    salt, entry = bytes.fromhex(line["salt"]), line["entry"]
    actor = sha256(salt + b"actor\0user:operator").hexdigest()
    reason = sha256(salt + "reason\0ä".encode()).hexdigest()
    text = json.dumps([*entry[:-2], actor, reason], separators=(",", ":"))
    assert line["leaf"] == leaf_hash(text.encode()).hex()
