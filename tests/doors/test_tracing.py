"""Traces: a span for each request, one for each batch, and links between them both ways."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from firmhold import tracing
from firmhold.cli.worker import tracing_to
from firmhold.engine.batch import Batch
from firmhold.settings import Settings, SettingsError
from firmhold.telemetry import with_request
from firmhold.tracing.spans import MOST_LINKS, Tracing, sending_to
from tests.doors.client import Api, a_problem, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Where the spans of this process are found."""
    found = InMemorySpanExporter()
    provider = TracerProvider(span_limits=SpanLimits(max_links=MOST_LINKS), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(found))
    tracing.use(Tracing(provider))
    yield found
    tracing.use(None)
    provider.shutdown()


def named(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == name]


def id_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


def linked(span: ReadableSpan) -> set[int]:
    return {link.context.span_id for link in span.links}


async def test_a_request_is_part_of_its_caller_s_trace(
    api: Api, spans: InMemorySpanExporter
) -> None:
    headers = {"traceparent": f"00-{TRACE}-{CALLER}-01", "x-request-id": "mine"}
    ok(await api.call("GET", "/v1/items", api.operator, headers=headers))
    (span,) = named(spans, "list_items")
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == TRACE
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == CALLER
    assert span.kind.name == "SERVER"
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/items",
        "http.response.status_code": 200,
        "firmhold.request": "mine",
        "firmhold.organization": api.shop.organization.id,
    }


@pytest.mark.parametrize("given", ["", "00-0-0-01", f"00-{'0' * 32}-{CALLER}-01", "\u00fc"])
async def test_what_is_no_trace_begins_one(
    api: Api, spans: InMemorySpanExporter, given: str
) -> None:
    headers = {"traceparent": given.encode("latin-1")}
    ok(await api.call("GET", "/v1/items", api.operator, headers=headers))
    (span,) = named(spans, "list_items")
    assert span.parent is None


async def test_the_span_of_a_batch_is_linked_with_the_span_of_each_of_its_requests(
    api: Api, spans: InMemorySpanExporter
) -> None:
    item = await api.item(200)
    spans.clear()
    held = await asyncio.gather(*(api.hold(item["id"]) for _ in range(140)))
    requests = named(spans, "place_hold")
    batches = named(spans, "batch")
    assert len(requests) == 140
    assert {(span.attributes or {})["firmhold.reservation"] for span in requests} == {
        hold["id"] for hold in held
    }
    of_batches = [linked(batch) for batch in batches]
    assert sum(map(len, of_batches)) == 140, "each in one batch, and none left out of a large one"
    assert set().union(*of_batches) == {id_of(span) for span in requests}
    for span in requests:
        (back,) = linked(span)
        (batch,) = (it for it in batches if id_of(it) == back)
        assert id_of(span) in linked(batch)
    for batch in batches:
        assert batch.parent is None
        assert (batch.attributes or {})["firmhold.commands"] == len(batch.links)
        steps = [
            span.name
            for span in spans.get_finished_spans()
            if span.parent is not None and span.parent.span_id == id_of(batch)
        ]
        assert steps == ["lock", "work", "commit"]


async def test_a_failure_shows_and_nothing_of_what_was_asked_does(
    api: Api, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await api.item(5)
    secret = "ada@example.org is allergic"

    async def broken(*_: Any) -> Any:
        raise ValueError(secret)

    monkeypatch.setattr(Batch, "settle", broken)
    body = {"lines": [{"item": item["id"], "quantity": 1}], "notes": secret}
    with capture_logs():
        response = await api.post("/v1/reservations", api.customer, body)
    assert a_problem(response)["status"] == 500
    (request,), (step,) = named(spans, "place_hold"), named(spans, "work")
    assert request.status.status_code.name == step.status.status_code.name == "ERROR"
    for span in spans.get_finished_spans():
        assert "ada" not in span.to_json()


async def test_a_refusal_is_no_error_and_a_line_of_the_log_names_the_trace(
    api: Api, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem(await api.get("/v1/items/item_" + "0" * 32, api.operator), "not_found")
    (span,) = spans.get_finished_spans()
    assert (span.attributes or {})["http.response.status_code"] == 404
    assert span.status.status_code.name == "UNSET"

    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(type(api.shop.services.reader), "reservations", broken)
    with capture_logs([with_request]) as log:
        await api.get("/v1/reservations", api.operator)
    (line,) = log
    (span,) = named(spans, "list_reservations")
    assert span.context is not None
    assert line["trace"] == f"{span.context.trace_id:032x}"


# --- on and off ---


async def test_without_it_nothing_of_the_library_is_imported() -> None:
    code = (
        "import sys, firmhold.cli.worker, firmhold.app, firmhold.cli.supervisor;"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert tracing.tracer is None


@pytest.mark.parametrize(
    "address", ["localhost:4318", "ftp://x", "http://u:p@x:4318", "http://x?key=1", "http://"]
)
async def test_an_address_that_is_none_or_has_a_secret_in_it_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="otlp_endpoint"):
        Settings.load({"otlp_endpoint": address})


class Collector:
    """Something that takes traces, on this machine."""

    def __init__(self) -> None:
        self.taken: list[ExportTraceServiceRequest] = []
        self.paths: list[str] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.paths.append(self.path)
                collector.taken.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


async def test_traces_are_sent_by_otlp_and_what_is_left_when_it_ends_too(api: Api) -> None:
    collector = Collector()
    with ThreadingHTTPServer(("127.0.0.1", 0), collector.handler()) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with tracing_to(f"http://127.0.0.1:{server.server_port}/"):
                assert tracing.tracer is not None
                await api.hold((await api.item(5))["id"])
            assert tracing.tracer is None
        finally:
            server.shutdown()
            thread.join()
    assert set(collector.paths) == {"/v1/traces"}
    resources = [it for taken in collector.taken for it in taken.resource_spans]
    names = {a.key: a.value.string_value for it in resources for a in it.resource.attributes}
    assert names["service.name"] == "firmhold"
    sent = [span for it in resources for scope in it.scope_spans for span in scope.spans]
    (hold,) = (span for span in sent if span.name == "place_hold")
    batches = [span for span in sent if span.name == "batch"]
    assert [link.span_id for batch in batches for link in batch.links] == [hold.span_id]


async def test_a_collector_that_is_away_keeps_nobody_waiting(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmhold.tracing.spans.CLOSE_SECONDS", 0.0)
    with tracing_to("http://127.0.0.1:9"):
        item = (await api.item(5))["id"]
        await api.hold(item)
        assert await api.counts(item) == (5, 1, 0)


async def test_a_name_of_the_service_that_was_given_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "tickets")
    sending = sending_to("http://127.0.0.1:9")
    assert sending._provider.resource.attributes["service.name"] == "tickets"
    sending.close()
