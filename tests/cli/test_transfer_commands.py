"""`firmhold import` and `firmhold export`, as commands: files, exit codes, what is printed."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from firmhold.cli.main import app
from firmhold.cli.transfer import export_command, import_command
from tests.databases import Address, looking

HEADER = "sku,name,capacity"


@pytest.fixture
async def stockroom(database: Address, monkeypatch: pytest.MonkeyPatch) -> Address:
    connection = await looking(database.dsn)
    await connection.execute(
        "INSERT INTO organization (id, slug, name) VALUES (gen_random_uuid(), 'shop', 'Shop')"
    )
    await connection.close()
    monkeypatch.setenv("FIRMHOLD_DATABASE_URL", database.dsn)
    monkeypatch.setenv("FIRMHOLD_ORGANIZATION", "shop")
    return database


@pytest.mark.usefixtures("stockroom")
def test_a_good_file_goes_in_and_comes_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, taken = tmp_path / "items.csv", tmp_path / "out.jsonl"
    given.write_text(f"{HEADER}\nA,a,1\nB,b,2\n")
    assert import_command(str(given)) == 0
    assert "2 created, 0 updated, 0 left as they were, 0 rejected" in capsys.readouterr().out
    assert export_command(str(taken)) == 0
    assert [json.loads(line)["sku"] for line in taken.read_text().splitlines()] == ["A", "B"]
    assert import_command(str(taken), existing="skip", json_output=True) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["created"], summary["skipped"], summary["errors"]) == (0, 2, [])
    assert summary["seconds"] > 0 and summary["memory_mb"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["items.csv", "out.jsonl"]


@pytest.mark.usefixtures("stockroom")
def test_rejected_rows_are_told_written_down_and_make_it_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, rejects = tmp_path / "items.csv", tmp_path / "rejects.csv"
    given.write_text(f"{HEADER}\nA,a,1\n=1+1,b,many\n")
    assert import_command(str(given), rejects=rejects) == 1
    assert "Nothing was kept" in capsys.readouterr().err
    assert import_command(str(given), on_error="skip", rejects=rejects) == 1
    said = capsys.readouterr()
    assert "1 created" in said.out and "1 rejected" in said.out
    assert "line 3: capacity must be a whole number from 0 to 1,000,000,000, not 'many'" in said.err
    header, reject = csv.reader(rejects.read_text().splitlines())
    assert header == ["line", "field", "reason", "row"]
    assert reject[:2] == ["3", "capacity"] and reject[3] == "'=1+1,b,many"
    assert import_command(str(given), on_error="abort", existing="skip") == 1
    assert "Nothing was kept" in capsys.readouterr().err


@pytest.mark.usefixtures("stockroom")
def test_standard_input_and_output(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    data = io.BytesIO(b'{"sku":"A","name":"a","capacity":1}\n')
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=data))
    assert import_command("-", format="jsonl") == 0
    capsysbinary.readouterr()
    assert export_command(counts=True) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[0].endswith("metadata,held,confirmed,available")
    assert lines[1].startswith("A,a,1,") and lines[1].endswith(",0,0,1")


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        ("sku,name\n", "items.csv", "line 1: a column is missing: capacity"),
        ("", "items.csv", "the file needs a header"),
        ("", "items.xls", "say csv or jsonl"),
        (None, "items.csv", "No such file"),
    ],
)
@pytest.mark.usefixtures("stockroom")
def test_a_file_that_is_none_ends_the_command(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str | None,
    name: str,
    reason: str,
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(SystemExit) as ended:
        import_command(str(tmp_path / name))
    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


@pytest.mark.usefixtures("stockroom")
def test_an_export_that_cannot_be_written_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    monkeypatch.setenv("FIRMHOLD_ORGANIZATION", "nobody")
    with pytest.raises(SystemExit):
        export_command(str(target))
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_hyphen_is_a_file_and_options_stay_options() -> None:
    for name, command in (("import", import_command), ("export", export_command)):
        found, bound, _ = app.parse_args([name, "-", "--json", "--format", "csv"])
        assert found is command
        assert bound.args == ("-",)
        assert bound.kwargs == {"json_output": True, "format": "csv"}


@pytest.mark.usefixtures("stockroom")
def test_a_reader_that_has_seen_enough_ends_the_export_quietly() -> None:
    code = "import sys; from firmhold.cli.main import app; sys.exit(app())"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", code, "export"], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
