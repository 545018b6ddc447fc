"""What does nothing answers what a hold does, or its speed would be that of failing."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from bench import ceiling_app


@pytest.mark.parametrize("name", ["lane_app", "litestar_app", "asgi_app"])
async def test_a_ceiling_answers_like_a_hold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceiling_app._stack.engine, "loop", asyncio.get_running_loop())
    app: Any = getattr(ceiling_app, name)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench.test") as client:
        body = {"sku": "A", "quantity": 2}
        answer = await client.post("/api/v1/inventory/reserve", json=body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["sku"], answer.json()["quantity"]) == ("A", 2)
