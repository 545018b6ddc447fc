"""A benchmark against what oversells would prove nothing: each rival sells out exactly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import rivals
from bench.lab import Lab, Options
from bench.rivals import RedisLuaRival, SqlRival
from bench.run import SQL_STRATEGIES
from bench.servers import Postgres, Valkey

FEW = 10
"""Units."""

MANY = 60
"""Connections that ask for one unit each, again and again."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Postgres() as postgres, Valkey() as valkey:
        yield Lab(
            Options(warmup=0.1, seconds=1, connections=MANY, customers=MANY), postgres, valkey
        )


@pytest.mark.parametrize("strategy", [*SQL_STRATEGIES, "redis_lua"])
async def test_a_rival_sells_what_there_is_and_no_more(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, strategy: str
) -> None:
    monkeypatch.setattr(rivals, "PLENTY", FEW)
    rival = RedisLuaRival() if strategy == "redis_lua" else SqlRival(strategy)
    run = await rival.run(lab)
    assert run.proof is not None
    assert run.proof.ok
    assert run.proof.held == run.proof.answered == FEW
    # Its guard says no, and not the constraint of the table behind it.
    assert run.statuses.keys() <= {"201", "409", rivals.BUSY}
