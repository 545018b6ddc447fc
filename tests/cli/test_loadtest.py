"""`firmhold loadtest` against a real server, and against servers that fail in ways it must see."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from firmhold.cli.load_client import Server
from firmhold.cli.load_report import Report
from firmhold.cli.load_run import Plan
from firmhold.cli.loadtest import drive, loadtest
from firmhold.identity.roles import Role
from tests.cli.fake_server import FakeServer, fake_server
from tests.databases import Address
from tests.processes import FIRMHOLD, environment, firmhold, serving

# --- a real server --------------------------------------------------------------------------------


async def test_of_25_units_exactly_25_are_sold_to_300_customers(
    database: Address, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(database) as server:
        token = await server.token()
        options = ["loadtest", "--url", server.url, "--token", "-", "--customers", "300"]
        few = ["--requests", "1500", "--capacity", "25", "--svg", str(tmp_path / "out.svg")]
        done = await asyncio.to_thread(firmhold, database, [*options, *few], stdin=token + "\n")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "NOT OVERSOLD: 25 units, 1,500 requests, exactly 25 sold" in done.stdout
        assert (tmp_path / "out.svg").read_text().startswith("<svg ")

        # Many items, several units, everything given back in between, at a fixed rate; with a
        # token that it makes itself, because the server's key is at hand.
        mix = ["--items", "20", "--capacity", "7", "--quantity", "2", "--cancel", "0.5"]
        pace = ["--rate", "400", "--seconds", "2", "--json"]
        done = await asyncio.to_thread(
            firmhold, database, ["loadtest", "--url", server.url, *mix, *pace]
        )
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(done.stdout)
        assert report["verdict"]["ok"] and report["requests"] == 800
        assert {row["status"] for row in report["statuses"]} <= {200, 201, 409}

        customer = await server.token(Role.CUSTOMER)
        for bad, why in ((customer, "it is not an operator's"), ("x", "does not accept it")):
            with pytest.raises(SystemExit) as ended:
                await asyncio.to_thread(loadtest, url=server.url, token=bad)
            assert ended.value.code == 2
            assert why in capsys.readouterr().err


async def test_interrupted_it_gives_its_verdict_on_what_was_done(database: Address) -> None:
    with serving(database) as server:
        process = subprocess.Popen(
            [*FIRMHOLD, "loadtest", "--url", server.url, "--seconds", "600"],
            env=environment(database),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        await _until_something_is_sold(server.url, await server.token())
        process.send_signal(signal.SIGINT)
        out, err = await asyncio.to_thread(process.communicate, timeout=60)
        assert process.returncode == 0, out + err
        assert "NOT OVERSOLD" in out and "Traceback" not in err


async def _until_something_is_sold(url: str, token: str) -> None:
    from firmhold.cli.load_client import Client

    server, deadline = Server.at(url, token), time.monotonic() + 60
    client = Client(server)
    while time.monotonic() < deadline:
        answer = await client.ask(server.get("/v1/reservations?limit=1"))
        if json.loads(answer.body)["data"]:
            await client.aclose()
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing was sold")


# --- servers that fail ----------------------------------------------------------------------------


async def against(fake: FakeServer, **plan: Any) -> Report:
    given: dict[str, Any] = {
        "customers": 20,
        "requests": 200,
        "seconds": None,
        "items": 2,
        "capacity": 10,
    }
    given |= {"quantity": 1, "confirm": 0.5, "cancel": 0.1, "rate": None, **plan}
    return await drive(Server.at(fake.url, "token"), fake.url, Plan(**given), quiet=True)


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.verdict.findings}


async def test_an_honest_server_is_found_honest() -> None:
    async with fake_server() as fake:
        report = await against(fake)
        assert report.verdict.ok and report.requests == 200
        keys = [key for path, key in fake.requests if path.startswith("/v1/reservations")]
        assert len(keys) == len(set(keys)) == 200 and all(keys)


@pytest.mark.parametrize("hidden", [False, True])
async def test_overselling_is_found_also_when_the_counts_hide_it(hidden: bool) -> None:
    async with fake_server() as fake:
        fake.extra, fake.hide_oversold = 2, hidden
        report = await against(fake, items=1, cancel=0)
        assert not report.verdict.ok and report.verdict.oversold == 2
        assert report.verdict.headline.startswith("OVERSOLD by 2: load-")


async def test_a_reservation_promised_to_two_is_overselling() -> None:
    async with fake_server() as fake:
        fake.same_id = True
        assert "oversold" in kinds(await against(fake, confirm=0, cancel=0))


async def test_a_lost_acknowledgement_is_found() -> None:
    async with fake_server() as fake:
        fake.forgets = 1
        report = await against(fake, requests=10, confirm=0, cancel=0, items=1)
        assert kinds(report) == {"lost"}
        assert report.verdict.headline == "LOST: 1 acknowledged unit is missing"


async def test_a_lost_answer_is_asked_for_again_with_the_same_key() -> None:
    async with fake_server() as fake:
        fake.cut_after_work, fake.overloaded = 3, 2
        report = await against(fake, items=1)
        assert report.verdict.ok
        assert report.repeats == {"connection lost": 3, "503 overloaded": 2}


async def test_a_second_hold_for_a_repeated_request_is_found() -> None:
    async with fake_server() as fake:
        fake.cut_after_work, fake.ignores_keys = 1, True
        report = await against(fake, requests=5, items=1, cancel=0)
        assert kinds(report) == {"unaccounted"}


async def test_an_unexpected_status_is_not_a_success() -> None:
    async with fake_server() as fake:
        fake.status_of_holds = 500
        report = await against(fake, requests=5)
        assert kinds(report) == {"unexpected"}
        assert [(row.status, row.count, row.expected) for row in report.statuses] == [
            (500, 5, False)
        ]


async def test_a_server_that_oversells_ends_the_command_with_1(database: Address) -> None:
    async with fake_server() as fake:
        fake.extra = 1
        arguments = ["loadtest", "--url", fake.url, "--token", "t"]
        arguments += ["--requests", "300", "--capacity", "5", "--cancel", "0"]
        done = await asyncio.to_thread(firmhold, database, arguments)
        assert done.returncode == 1
        assert "OVERSOLD by 1" in done.stdout


# --- options --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"quantity": 0}, "--quantity: 1 to"),
        ({"customers": 0}, "--customers: 1 to"),
        ({"requests": -1}, "--requests: 1 to"),
        ({"confirm": 1.5}, "--confirm: a share from 0 to 1"),
        ({"cancel": float("nan")}, "--cancel: a share"),
        ({"rate": 0.0}, "--rate: more than 0"),
        ({"seconds": float("inf")}, "--seconds: more than 0"),
        ({"url": "127.0.0.1:8080"}, "start it with http://"),
        ({"url": "http://example.org"}, "another machine"),
        ({"svg": Path("/no/such/place/out.svg")}, "there is no directory /no/such/place"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        loadtest(**options)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_without_a_token_or_a_key_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("FIRMHOLD_SECRET_KEY", "FIRMHOLD_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit):
        loadtest(data_dir=tmp_path)
    assert "firmhold user token" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            loadtest(url=f"http://127.0.0.1:{port}", token="t")
    assert ended.value.code == 2
    assert f"port {port} cannot be reached" in capsys.readouterr().err
