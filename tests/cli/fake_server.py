"""A server that speaks as much of the native API as a load test asks for, and can misbehave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

REASONS = {200: "OK", 201: "Created", 404: "Not Found", 409: "Conflict", 503: "Unavailable"}


class FakeServer:
    """Keeps stock honestly but for the faults that a test sets."""

    def __init__(self) -> None:
        self.url = ""
        self.items: dict[str, dict[str, Any]] = {}
        self.reservations: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}
        self.requests: list[tuple[str, str]] = []
        self.extra = 0
        """Units sold beyond the capacity."""
        self.hide_oversold = False
        """The counts never show more than the capacity."""
        self.forgets = 0
        """So many acknowledged holds are not kept."""
        self.ignores_keys = False
        self.cut_after_work = 0
        """So many holds are carried out and their connection cut instead of an answer."""
        self.overloaded = 0
        """So many holds are refused with 503."""
        self.status_of_holds: int | None = None
        """What holds are answered with whatever happens."""
        self.same_id = False

    def answer(self, method: str, path: str, key: str, body: Any) -> tuple[int, dict[str, Any]]:
        if path == "/v1/items/bulk":
            for number, item in enumerate(body["items"]):
                self.items[f"item_{number}"] = {
                    "id": f"item_{number}", "sku": item["sku"], "capacity": item["capacity"],
                    "held": 0, "confirmed": 0,
                }  # fmt: skip
            return 201, {"data": list(self.items.values())}
        if path.startswith("/v1/items/"):
            item = dict(self.items[path.removeprefix("/v1/items/")])
            if self.hide_oversold:
                item["held"] = min(item["held"], item["capacity"] - item["confirmed"])
            return 200, item
        if key in self.answers and not self.ignores_keys:
            return self.answers[key]
        status, answer = self._hold(body) if path == "/v1/reservations" else self._act(path)
        if status < 300:
            self.answers[key] = status, answer
        return status, answer

    def _hold(self, body: Any) -> tuple[int, dict[str, Any]]:
        if self.overloaded:
            self.overloaded -= 1
            return 503, {"code": "overloaded", "retry_after": 0}
        if self.status_of_holds is not None:
            return self.status_of_holds, {"code": "odd"}
        (line,) = body["lines"]
        item, quantity = self.items[line["item"]], line["quantity"]
        if item["held"] + item["confirmed"] + quantity > item["capacity"] + self.extra:
            return 409, {"code": "insufficient_capacity"}
        if self.forgets:
            self.forgets -= 1
        else:
            item["held"] += quantity
        id = f"rsv_{0 if self.same_id else len(self.reservations)}"
        self.reservations[id] = {"item": item, "quantity": quantity, "status": "held"}
        lines = [{"held": quantity, "confirmed": 0}]
        return 201, {"id": id, "status": "held", "lines": lines}

    def _act(self, path: str) -> tuple[int, dict[str, Any]]:
        id, verb = path.split("/")[-2:]
        found = self.reservations[id]
        found["item"][found["status"]] -= found["quantity"]
        if verb == "confirm":
            found["item"]["confirmed"] += found["quantity"]
        found["status"] = {"confirm": "confirmed", "cancel": "cancelled"}[verb]
        return 200, {"id": id, "status": found["status"]}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().strip().split("\r\n")
                method, path, _ = first.split()
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                key = headers.get("idempotency-key", "")
                self.requests.append((path, key))
                parsed = json.loads(body) if body else None
                status, answer = self.answer(method, path, key, parsed)
                if self.cut_after_work and status == 201 and path == "/v1/reservations":
                    self.cut_after_work -= 1
                    return
                text = json.dumps(answer).encode()
                retry = f"retry-after: {answer['retry_after']}\r\n" if status == 503 else ""
                writer.write(
                    f"HTTP/1.1 {status} {REASONS.get(status, 'Odd')}\r\n{retry}"
                    f"content-length: {len(text)}\r\n\r\n".encode()
                    + text
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def fake_server() -> AsyncIterator[FakeServer]:
    fake = FakeServer()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        server.close()
