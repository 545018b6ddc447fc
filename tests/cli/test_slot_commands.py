"""`firmhold import --slots` and `firmhold export --slots`: files, exit codes, what is printed."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from firmhold.cli.transfer import export_command, import_command
from tests.databases import Address
from tests.doors.client import Api
from tests.shop import open_shop

HEADER = "title,starts_at,minutes,capacity,room"


def at(hours: int) -> str:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return (hour + timedelta(hours=hours + 1)).isoformat().replace("+00:00", "Z")


class Clinic(SimpleNamespace):
    """A site with a room."""

    site: str
    name: str
    other: str
    room: str


@pytest.fixture
async def clinic(database: Address, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    async with open_shop(database.dsn) as shop:
        api = Api(shop)
        async with api.http:
            await api.open()
            site, room = await api.site(), await api.pool()
            other = await api.site()
            await api.slot(other["id"])
            made = Clinic(
                site=site["id"], name=site["name"], other=other["name"], room=room["name"]
            )
    monkeypatch.setenv("FIRMHOLD_DATABASE_URL", database.dsn)
    monkeypatch.setenv("FIRMHOLD_ORGANIZATION", "default")
    return made


def test_slots_go_in_and_come_out_as_csv(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, taken = tmp_path / "slots.csv", tmp_path / "out.csv"
    given.write_text(f'{HEADER}\n"A, B",{at(30)},20,2,{clinic.room}\nC,{at(31)},30,1,\n')
    assert import_command(str(given), slots=True, site=clinic.name) == 0
    assert "2 slots created, 0 rejected" in capsys.readouterr().out
    assert export_command(str(taken), slots=True, site=clinic.site, counts=True) == 0
    rows = list(csv.DictReader(io.StringIO(taken.read_text())))
    assert [(row["title"], row["starts_at"], row["room"]) for row in rows] == [
        ("A, B", at(30), clinic.room),
        ("C", at(31), ""),
    ]
    assert (rows[0]["capacity"], rows[0]["held"], rows[0]["available"]) == ("2", "0", "2")
    assert "2 slots exported" in capsys.readouterr().err


def test_what_was_exported_is_imported_again_and_a_calendars_events_only_once(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "slots.csv"
    given.write_text(f"{HEADER}\nA,{at(30)},20,2,\nC,{at(31)},30,1,\n")
    assert import_command(str(given), slots=True, site=clinic.name) == 0

    def moved(name: str, site: str) -> tuple[int, int, int]:
        assert export_command(str(tmp_path / name), slots=True, site=clinic.name) == 0
        capsys.readouterr()
        code = import_command(str(tmp_path / name), slots=True, site=site, json_output=True)
        summary = json.loads(capsys.readouterr().out)
        assert summary["seconds"] > 0 and summary["memory_mb"] > 0
        assert summary["kept"] == (code == 0)
        return code, summary["created"], summary["rejected"]

    assert moved("out.csv", clinic.other) == (0, 2, 0)
    assert moved("out.ics", clinic.other) == (0, 2, 0)
    assert moved("out.ics", clinic.other) == (1, 0, 2)
    assert moved("out.ics", clinic.name) == (1, 0, 2), "they are there already"


def test_bad_rows_are_told_with_line_and_reason_and_the_good_are_kept(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, rejects = tmp_path / "slots.csv", tmp_path / "rejects.csv"
    bad = f"=1+1,{at(31)},many,1,"
    given.write_text(
        f"{HEADER}\nA,{at(30)},20,2,{clinic.room}\n{bad}\nB,{at(30)},9,1,{clinic.room}\n"
    )
    options: dict[str, Any] = {"slots": True, "site": clinic.name, "rejects": rejects}
    assert import_command(str(given), **options) == 1
    said = capsys.readouterr()
    assert "0 slots created, 2 rejected" in said.out and "Nothing was kept" in said.err
    assert "line 3: minutes must be a whole number" in said.err
    assert f"line 4: {clinic.room} is taken from" in said.err
    for _ in range(2):
        header, first, second = csv.reader(rejects.read_text().splitlines())
        assert header == ["line", "field", "reason", "row"]
        assert (first[:2], first[3]) == (["3", "minutes"], f"'{bad}")
        assert second[0] == "4"
        assert import_command(str(given), on_error="skip", **options) == 1
    said = capsys.readouterr()
    assert "1 slots created, 2 rejected" in said.out
    assert f"The rejected rows are in {rejects}." in said.err


def test_the_file_of_rejects_has_all_of_them(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, rejects = tmp_path / "slots.csv", tmp_path / "rejects.csv"
    given.write_text(HEADER + "\n" + "A,soon,20,2,\n" * 1_100)
    for on_error in ("abort", "skip"):
        options: dict[str, Any] = {"slots": True, "site": clinic.name, "rejects": rejects}
        assert import_command(str(given), on_error=on_error, **options) == 1
        assert "1,100 rejected" in capsys.readouterr().out
        assert len(rejects.read_text().splitlines()) == 1_101


def test_events_that_are_left_out_are_counted(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "slots.ics"
    start = at(30).replace("-", "").replace(":", "")

    def send(*events: tuple[str, str, str]) -> tuple[str, str]:
        written = "".join(
            f"BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:x\r\nDTSTART:{time}\r\nDURATION:PT1H\r\n"
            f"STATUS:{status}\r\nEND:VEVENT\r\n"
            for uid, time, status in events
        )
        given.write_bytes(f"BEGIN:VCALENDAR\r\n{written}END:VCALENDAR\r\n".encode())
        assert import_command(str(given), slots=True, site=clinic.name) == 0
        said = capsys.readouterr()
        return said.out, said.err

    far, off = ("far", "21500101T090000Z", "CONFIRMED"), ("off", start, "CANCELLED")
    told = "1 outside the next 366 days, 1 cancelled, in "
    out, err = send(far, off)
    assert f"0 slots created, 0 rejected, {told}" in out
    assert err == "Nothing in the file could be published.\n"
    out, err = send(far, off, ("good", start, "CONFIRMED"))
    assert f"1 slots created, 0 rejected, {told}" in out
    assert err == ""


def test_a_zone_may_be_said_for_times_that_name_none_that_is_known(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, taken = tmp_path / "slots.csv", tmp_path / "out.csv"
    given.write_text(f"{HEADER}\nA,2035-01-05T09:00,20,2,\n")
    options: dict[str, Any] = {"slots": True, "site": clinic.name}
    assert import_command(str(given), zone="America/New_York", **options) == 0
    assert export_command(str(taken), **options) == 0
    assert ",2035-01-05T14:00:00Z," in taken.read_text()
    capsys.readouterr()
    for more, reason in (
        ({**options, "zone": "Nowhere"}, "zone: 'Nowhere' is not in the IANA"),
        ({"zone": "UTC"}, "--zone: goes with --slots"),
    ):
        with pytest.raises(SystemExit):
            import_command(str(given), **more)
        assert reason in capsys.readouterr().err


def test_a_calendars_bad_events_are_told_with_their_uid(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, rejects = tmp_path / "slots.ics", tmp_path / "rejects.csv"
    start = at(30).replace("-", "").replace(":", "")
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{uid}\r\n{more}DTSTART:{start}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
        for uid, more in (("good", "SUMMARY:Good\r\n"), ("bad", ""))
    )
    given.write_bytes(f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode())
    options: dict[str, Any] = {"slots": True, "site": clinic.name, "rejects": rejects}
    assert import_command(str(given), on_error="skip", **options) == 1
    assert "1 slots created, 1 rejected" in capsys.readouterr().out
    assert "SUMMARY" in rejects.read_text() and ",bad" in rejects.read_text()


def test_standard_input_and_output(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    data = io.BytesIO(f"{HEADER}\n=A,{at(30)},20,2,\n".encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=data))
    assert import_command("-", slots=True, site=clinic.name) == 0
    capsysbinary.readouterr()
    assert export_command(slots=True, site=clinic.name, spreadsheet_safe=True) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[0].startswith("title,starts_at,ends_at,capacity")
    assert lines[1].startswith("'=A,")


@pytest.mark.parametrize(
    ("options", "reason", "code"),
    [
        ({"slots": True}, "--site: say at which site", 2),
        ({"slots": True, "site": "Nowhere"}, "there is no site 'Nowhere'", 1),
        ({"site": "x"}, "--site: goes with --slots", 2),
        ({"format": "ics"}, "a calendar has slots; say --slots", 2),
        ({"slots": True, "site": "x", "format": "jsonl"}, "csv or ics", 2),
        ({"slots": True, "site": "x", "existing": "skip"}, "--existing: goes with items", 2),
    ],
)
def test_options_that_do_not_go_together_end_the_command(
    clinic: Clinic,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: dict[str, Any],
    reason: str,
    code: int,
) -> None:
    del clinic
    given = tmp_path / "slots.csv"
    given.write_text(f"{HEADER}\n")
    with pytest.raises(SystemExit) as ended:
        import_command(str(given), **options)
    assert ended.value.code == code
    assert reason in capsys.readouterr().err
    if "existing" not in options:
        with pytest.raises(SystemExit):
            export_command(str(tmp_path / "out.csv"), **options)
        assert reason in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["slots.csv"]


def test_a_file_that_is_none_ends_the_command(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content, reason in (
        ("a.csv", b"title\n", "a column is missing"),
        ("a.csv", b"\xff\xfe", "is not UTF-8"),
        ("a.ics", b"hello", "is not an iCalendar file"),
        ("a.xls", b"", "say csv or ics"),
    ):
        given = tmp_path / name
        given.write_bytes(content)
        with pytest.raises(SystemExit) as ended:
            import_command(str(given), slots=True, site=clinic.name)
        assert ended.value.code == 2
        assert reason in capsys.readouterr().err
