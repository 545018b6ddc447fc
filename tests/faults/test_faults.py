"""Every fault that is one in a moment, struck once under load; `make soak` strikes all of them, and
takes its time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.registry import KINDS, Fault, load
from tests.faults.servers import LATE_SECONDS
from tests.faults.soak import main, planned, soak

A_MOMENT = 0.3
"""Seconds. A fault that lasts longer is mended after that."""


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_acknowledged_is_lost_by(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [it for it in load().values() if it.kind == kind and not it.needs_time]
    for fault in faults:
        least, most = fault.lasts
        monkeypatch.setattr(
            type(fault), "lasts", (min(least, A_MOMENT), min(most, A_MOMENT)), raising=False
        )
    # Each wrong clock takes a start of them all.
    workers = 2 if kind == "clocks" else 4
    report = await soak(folder, [fault.name for fault in faults], workers=workers, quiet=False)
    print("\n".join(report.lines()))
    assert report.wrong == []
    assert report.clean > 0
    assert report.answers["done hold"] and report.answers["done slot hold"]
    assert report.faults == {it.name: 1 for it in faults if it.name not in report.impossible}
    assert report.impossible == {it.name: why for it in faults if (why := it.cannot()) is not None}
    # Whoever is answered is answered in time. What takes longer than that to come back by itself is
    # a full disk, and connections that died without a word.
    assert report.slowest < LATE_SECONDS
    if kind == "postgresql":
        # Whatever becomes of the database, whoever asks is told.
        assert report.answers["no answer"] == report.answers["no server"] == 0


def test_a_soak_of_one_process_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is none below it to be killed and replaced."""
    monkeypatch.setattr("sys.argv", ["soak", "--workers", "1"])
    with pytest.raises(SystemExit):
        main()
    assert "two workers" in capsys.readouterr().err


def test_kills_and_stops_meet_the_pair_as_well_if_there_is_one() -> None:
    plan = planned(16, 8, 2)
    for name in ("worker killed", "server killed", "supervisor killed", "postgresql killed"):
        assert plan.count(name) == plan.count(f"pair: {name}") > 0
    assert len(plan) == 26 and plan.count("failover") == 2
    assert not any("pair" in it for it in planned(16, 8, 0))


def test_every_kind_of_fault_is_there_and_says_what_it_is() -> None:
    faults = load()
    assert {fault.kind for fault in faults.values()} == set(KINDS)
    for name, fault in faults.items():
        assert isinstance(fault, Fault) and fault.__doc__, name
        assert fault.lasts[0] <= fault.lasts[1], name
