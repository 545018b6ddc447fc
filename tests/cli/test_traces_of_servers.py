"""Traces of a real server with several processes, taken by a collector on this machine."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from firmhold.cli.serve import _look_for_extras
from firmhold.settings import Settings
from tests.databases import Address, Server
from tests.processes import serving, stop

TRACE = "0af7651916cd43dd8448eb211c80319c"

REQUESTS = 12


@pytest.fixture
def database(server: Server) -> Iterator[Address]:
    address = asyncio.run(server.clone())
    yield address
    asyncio.run(server.drop(address))


class Collector(ThreadingHTTPServer):
    """Takes traces, or takes them and never answers."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, answers: bool = True) -> None:
        self.taken: list[ExportTraceServiceRequest] = []
        self.answers = answers
        self.asked = threading.Event()
        super().__init__(("127.0.0.1", 0), Taking)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self) -> list[tuple[str, str]]:
        """Names and traces."""
        return [
            (span.name, span.trace_id.hex())
            for taken in self.taken
            for resource in taken.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append(ExportTraceServiceRequest.FromString(body))
        self.server.asked.set()
        if not self.server.answers:
            threading.Event().wait()
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.shutdown()
    collector.server_close()


def ask(url: str) -> None:
    """Requests over connections of their own, which whichever process is free accepts."""
    for _ in range(REQUESTS):
        headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
        assert httpx.get(f"{url}/v1/items", headers=headers, timeout=60).status_code == 401


def test_each_process_sends_its_traces_and_none_is_lost_at_the_end(
    database: Address, collector: Collector
) -> None:
    env = {"FIRMHOLD_OTLP_ENDPOINT": collector.url}
    with serving(database, "--workers", "2", env=env) as running:
        ask(running.url)
    spans = [trace for name, trace in collector.spans() if name == "list_items"]
    assert spans == [TRACE] * REQUESTS


def test_a_collector_that_never_answers_does_not_keep_a_server_from_stopping(
    database: Address,
) -> None:
    collector = Collector(answers=False)
    env = {"FIRMHOLD_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "10"}
    try:
        with serving(database, env=env) as running:
            ask(running.url)
            assert collector.asked.wait(60)
            ask(running.url)
            # Which fails where it has to be killed; the collector would hold it for ever.
            assert stop(running.process) in {0, -15}
    finally:
        collector.shutdown()
        collector.server_close()


def test_without_the_package_it_is_said_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "firmhold.tracing.spans", raising=False)
    _look_for_extras(Settings())
    with pytest.raises(SystemExit) as ended:
        _look_for_extras(Settings(otlp_endpoint="http://localhost:4318"))
    assert ended.value.code == 2
    assert "firmhold[otel]" in capsys.readouterr().err
