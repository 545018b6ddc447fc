"""Every fault there is, struck once under load, for a moment; `make soak` takes its time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.endurance import Look, Report, endure, slope
from tests.faults.registry import KINDS, Fault, load
from tests.faults.soak import soak

A_MOMENT = 0.3
"""Seconds. A fault that lasts longer is mended after that."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for a server's data."""
    folder = Path(tempfile.mkdtemp(prefix="firmhold-test-"))
    folder.chmod(0o755)  # run by root, PostgreSQL's own account has to pass through
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_acknowledged_is_lost_by(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [fault for fault in load().values() if fault.kind == kind]
    for fault in faults:
        least, most = fault.lasts
        monkeypatch.setattr(
            type(fault), "lasts", (min(least, A_MOMENT), min(most, A_MOMENT)), raising=False
        )
    report = await soak(folder, [fault.name for fault in faults], workers=4, quiet=False)
    print("\n".join(report.lines()))
    assert report.wrong == []
    assert report.clean > 0
    assert report.faults == {it.name: 1 for it in faults if it.name not in report.impossible}
    assert report.impossible == {it.name: why for it in faults if (why := it.cannot()) is not None}
    if kind == "postgresql":
        # Whatever becomes of the database, whoever asks is told, and in time: within the engine's
        # patience, and a crowded machine's.
        assert report.answers["no answer"] == report.answers["no server"] == 0
        assert report.slowest < 5 + 2.5


async def test_what_grows_is_measured(folder: Path) -> None:
    """In so little time it tells nothing but that it would be told."""
    report = await endure(folder, 3, workers=2)
    assert report.wrong == []
    assert report.expired > 0 and report.reservations > report.expired
    told = report.as_json()
    assert len(told["memory_growth_mb_per_hour"]) == 2 and len(told["looks"]) >= 5
    assert set(told["times_size_anew"]) == set(told["bytes_per_reservation"])


def test_growth_is_the_slope_of_the_line_that_fits_best() -> None:
    assert slope([(0, 1), (1, 3), (2, 5)]) == 2
    assert slope([(0, 4), (1, 5), (2, 3)]) == -0.5
    grown = [Look(600.0 * n, 1000 * n, {7: 80 + 10 * n}, {}) for n in range(11)]
    report = Report(looks=grown)
    assert report.judge() == ["process 7 grows by 60 MB an hour"]
    assert round(report.trend()) == 0


def test_every_kind_of_fault_is_there_and_says_what_it_is() -> None:
    faults = load()
    assert {fault.kind for fault in faults.values()} == set(KINDS)
    for name, fault in faults.items():
        assert isinstance(fault, Fault) and fault.__doc__, name
        assert fault.lasts[0] <= fault.lasts[1], name
