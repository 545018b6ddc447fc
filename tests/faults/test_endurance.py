"""A long run notices what grows, what does not last and what is not forgotten; a short one says
that it cannot."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.evidence import TOLD
from tests.faults.endurance import (
    CUSTOMERS,
    KEPT_SECONDS,
    LEAST_SECONDS,
    SKUS,
    Look,
    Report,
    endure,
    slope,
)
from tests.faults.leavers import UNITS
from tests.faults.postgres import until
from tests.faults.weights import TABLES, is_passing, memory
from tests.faults.world import home

HOUR, MINUTE = 3600.0, 60.0
RATE = 300.0
WORKERS = ("server process 11", "server process 12")
OTHERS = ("supervisor 10", "guardian 20", "PostgreSQL 21")

Change = Callable[[Look], None]


def a_run(seconds: float, change: Change = lambda look: None) -> Report:
    """One in which all goes well, but for what is changed of its looks."""
    looks = []
    for number in range(int(seconds / MINUTE) + 1):
        at = number * MINUTE
        stored = min(at, KEPT_SECONDS) * RATE
        memory_mb = dict.fromkeys((*WORKERS, *OTHERS), 60.0)
        tables = {name: table(at * RATE * 300) for name in TABLES}
        tables["offering"] = table(100_000)
        tables["idempotency"] = table(stored * 800, deleted=int(at * RATE - stored))
        look = Look(at, int(at * RATE), memory_mb, tables, min(at, KEPT_SECONDS + 10))
        change(look)
        looks.append(look)
    return Report(looks, reservations=10_000, refused=30_000)


def table(size: float, deleted: int = 0) -> dict[str, int]:
    return {"heap": int(size), "indexes": 0, "live": 1, "dead": 0, "deleted": deleted}


def grows(name: str, mb_per_hour: float) -> Change:
    def change(look: Look) -> None:
        look.memory_mb[name] += mb_per_hour * look.seconds / HOUR

    return change


def keeps(name: str, bytes_: float) -> Change:
    """Of each operation."""

    def change(look: Look) -> None:
        look.tables[name]["heap"] += int(bytes_ * look.acknowledged)

    return change


def never_prunes(look: Look) -> None:
    look.tables["idempotency"]["deleted"] = 0


def prunes_late(look: Look) -> None:
    look.oldest_answer = look.seconds


def slows_down(look: Look) -> None:
    look.acknowledged = int(RATE * (look.seconds - look.seconds**2 / 4 / HOUR))


def test_growth_is_the_slope_of_the_line_that_fits_best() -> None:
    assert slope([(0, 1), (1, 3), (2, 5)]) == 2
    assert slope([(0, 4), (1, 5), (2, 3)]) == -0.5


@pytest.mark.parametrize("seconds", [LEAST_SECONDS, HOUR, 3 * HOUR])
def test_a_run_in_which_nothing_grows_is_a_good_one(seconds: float) -> None:
    report = a_run(seconds)
    assert (report.judge(), report.replaced(), report.not_judged()) == ([], [], [])


@pytest.mark.parametrize("seconds", [LEAST_SECONDS, HOUR, 3 * HOUR])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        *((grows(name, 40), f"{name} grows by 40 MB an hour") for name in (WORKERS[1], *OTHERS)),
        (keeps("offering", 100), "offering keeps 100 bytes of each operation"),
        (keeps("idempotency", 800), "idempotency keeps 800 bytes of each operation"),
        (never_prunes, "no stored answer was ever forgotten"),
        (prunes_late, "an answer was stored for"),
        (slows_down, "throughput changes by"),
    ],
)
def test_what_would_not_go_well_for_a_day_is_told(
    seconds: float, change: Change, told: str
) -> None:
    found = a_run(seconds, change).judge()
    assert len(found) == 1 and found[0].startswith(told), found


@pytest.mark.parametrize(
    ("table", "times", "well"),
    [("ledger", 3, True), ("ledger", 5, False), ("offering", 500, False), ("offering", 20, True)],
)
def test_no_table_is_mostly_waste(table: str, times: float, well: bool) -> None:
    report = a_run(HOUR)
    report.waste = {table: times}
    assert (report.judge() == []) is well


def test_a_load_for_which_there_is_enough_is_not_what_was_promised() -> None:
    report = a_run(HOUR)
    report.refused = 100
    assert report.judge() == ["only 1 % found it sold out, so the load is not contended"]
    assert sum(SKUS.values()) + UNITS < CUSTOMERS


def test_a_process_that_was_replaced_is_told_of_though_its_successor_has_not_grown() -> None:
    def replaced(look: Look) -> None:
        if look.seconds > HOUR / 2:
            look.memory_mb["server process 99"] = look.memory_mb.pop(WORKERS[0])

    report = a_run(HOUR, replaced)
    assert report.judge() == []
    assert report.replaced() == [
        "server process 11 was not there all the time",
        "server process 99 was not there all the time",
    ]


def test_what_is_told_of_a_run_can_be_told_even_if_no_process_has_lasted() -> None:
    def one_after_the_other(look: Look) -> None:
        look.memory_mb = {f"server process {look.seconds:.0f}": 60.0}

    report = a_run(HOUR, one_after_the_other)
    assert len(report.replaced()) == len(report.looks)
    assert "Minutes" in dict(TOLD["endurance"].rows(report.as_json()))
    assert report.lines()


def test_a_run_that_is_too_short_says_what_it_cannot_judge() -> None:
    report = a_run(840, grows(WORKERS[0], 24_000))
    assert report.judge() == []
    told = "slopes of memory, throughput and sizes: 840 s are less than 1200"
    assert report.not_judged() == [told]
    assert f"NOT JUDGED: {told}" in report.lines()
    assert dict(TOLD["endurance"].rows(report.as_json()))["Not judged"] == told


@pytest.mark.parametrize(
    ("title", "passing"),
    [
        ("postgres: firmhold: autovacuum worker firmhold", True),
        ("postgres: firmhold: parallel worker for PID 7", True),
        ("postgres: firmhold: autovacuum launcher", False),
        ("postgres: firmhold: firmhold firmhold [local] idle", False),
        ("/usr/bin/postgres -D /data/pgdata", False),
    ],
)
def test_what_gives_all_back_in_a_moment_is_not_weighed(title: str, passing: bool) -> None:
    assert is_passing(title) is passing


async def test_each_process_of_a_server_is_weighed_by_its_own_name(folder: Path) -> None:
    async with home(folder, 2) as world:
        server = world.server
        before = memory(server)
        kinds = [name.rpartition(" ")[0] for name in before]
        assert sorted(kinds) == ["PostgreSQL", "guardian", *["server process"] * 2, "supervisor"]
        assert all(weight > 1 for weight in before.values()), before
        dies = server.processes()[0]
        os.kill(dies, signal.SIGKILL)
        until(lambda: dies not in server.processes() and len(server.processes()) == 2)
        after = memory(server)
    looks = [Look(n * MINUTE, n, it, {}, 0.0) for n, it in enumerate((before, after))]
    replaced: Any = Report(looks).replaced()
    assert f"server process {dies} was not there all the time" in replaced
    assert len(replaced) == 2


async def test_what_grows_is_measured(folder: Path) -> None:
    """In so little time it tells nothing but that it would be told."""
    report = await endure(folder, 3, workers=2)
    print("\n".join(report.lines()))
    assert (report.wrong, report.beyond) == ([], [])
    assert report.expired > 0 and report.reservations > report.expired
    told = report.as_json()
    assert len(told["memory_growth_mb_per_hour"]) == 2 + 3 and len(told["looks"]) > 2
    assert set(told["times_size_anew"]) == set(told["bytes_per_reservation"])
    assert told["not_judged"]
