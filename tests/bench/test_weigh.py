"""What a load has written is weighed before anybody reads it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench import firmhold_http, firmhold_stock
from bench.lab import Lab, Options, Proof, Share, hold_one
from bench.load_spec import Latency, LoadResult, LoadSpec
from bench.weigh import Written

RESULT = LoadResult(
    1, 1.0, 1.0, {"201": 1}, {"201": 1}, {"201": 1}, 0, 0, Latency(1, 1, 1, 1, 1), 0.1, 10
)


async def test_the_log_is_weighed_before_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Scale:
        def __init__(self, connection: Any) -> None:
            pass

        async def before(self) -> None:
            done.append("weigh")

        async def after(self) -> Written:
            done.append("weigh again")
            return Written(10, 20)

        async def count(self, written: Written) -> None:
            done.append("count")

    class Bench:
        options = Options()
        spec = Lab.spec

        def measure(self, spec: LoadSpec, pid: int) -> tuple[LoadResult, Share]:
            done.append("load")
            return RESULT, Share()

    async def prove(*_: Any) -> Proof:
        done.append("prove")
        return Proof(True, capacity=1, held=1, answered=1)

    def verify(_: Any) -> str:
        done.append("verify")
        return ""

    monkeypatch.setattr(firmhold_http, "Scale", Scale)
    monkeypatch.setattr(firmhold_stock, "prove", prove)
    monkeypatch.setattr(firmhold_http, "verify", verify)
    service = SimpleNamespace(url="http://127.0.0.1:1", pid=1)
    shop = firmhold_http.Shop(cast(Any, service), ["token"], cast(Any, None), {}, 0)
    run = await shop.load(cast(Lab, Bench()), "firmhold/hot", [hold_one()])
    assert run.written == Written(10, 20)
    assert done == ["weigh", "load", "weigh again", "prove", "verify", "count"]
