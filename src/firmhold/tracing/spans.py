"""Spans as OpenTelemetry has them, and where they are sent. Imported only where traces are on.

Nothing in a span is personal or opens a door: of an address the route alone, of a body nothing.
The names of attributes are OpenTelemetry's own where it has one.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from firmhold import __version__
from firmhold.request import Request

EXPORT_SECONDS = 2.0
"""For one export, with its repetitions. Spans that a collector does not take in time are given up:
the next ones are waiting, in a queue of bounded length."""

CLOSE_SECONDS = 1.0
"""For what is left when a server is told to stop, which has five seconds for everything."""

MOST_LINKS = 512
"""Of a span: as many as a batch has commands. OpenTelemetry's own default would lose most."""

_OURS = "firmhold."
"""Before the names of attributes that are nobody else's."""

_PROPAGATOR = TraceContextTextMapPropagator()
_CALLERS = (b"traceparent", b"tracestate")


class RequestSpan:
    """The span of one request."""

    __slots__ = ("span", "trace")

    def __init__(self, span: trace.Span) -> None:
        self.span = span
        self.trace = trace.format_trace_id(span.get_span_context().trace_id)

    def ended(self, status: int, asked: Request) -> None:
        """See `firmhold.tracing.Span`."""
        span = self.span
        span.set_attribute("http.response.status_code", status)
        for name, value in asked.told().items():
            if name != "trace":
                span.set_attribute(f"{_OURS}{name}", value)
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()


class Tracing:
    """Makes spans by a provider of OpenTelemetry's."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("firmhold", __version__)

    def request(
        self, name: str, method: str, route: str, headers: Iterable[tuple[bytes, bytes]]
    ) -> RequestSpan:
        """See `firmhold.tracing.Tracer`."""
        carrier = {
            key.decode(): value.decode("latin-1") for key, value in headers if key in _CALLERS
        }
        # A context of our own: what is around here is no part of the caller's trace.
        parent = _PROPAGATOR.extract(carrier, Context())
        attributes = {"http.request.method": method, "http.route": route}
        span = self._tracer.start_span(
            name, context=parent, kind=SpanKind.SERVER, attributes=attributes
        )
        return RequestSpan(span)

    @contextmanager
    def batch(
        self, organization: str, commands: int, requests: Iterable[Request | None]
    ) -> Iterator[None]:
        """See `firmhold.tracing.Tracer`."""
        spans = {
            asked.span.span: None
            for asked in requests
            if asked is not None and asked.span is not None and asked.span.span.is_recording()
        }
        batch = self._tracer.start_span(
            "batch",
            context=Context(),
            links=[Link(span.get_span_context()) for span in spans],
            attributes={f"{_OURS}organization": organization, f"{_OURS}commands": commands},
        )
        # And back, so that whoever looks at a slow request finds what it waited for.
        for span in spans:
            span.add_link(batch.get_span_context())
        with _current(batch):
            yield

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """See `firmhold.tracing.Tracer`."""
        with _current(self._tracer.start_span(name)):
            yield

    def happened(self, what: str) -> None:
        """See `firmhold.tracing.Tracer`."""
        trace.get_current_span().add_event(what)

    def close(self) -> None:
        """Send what is left, as far as that is possible in `CLOSE_SECONDS`."""
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)


@contextmanager
def _current(span: trace.Span) -> Iterator[None]:
    """With this span around. Of an exception it says that there was one: messages have values."""
    try:
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            yield
    except BaseException:
        span.set_status(Status(StatusCode.ERROR))
        raise
    finally:
        span.end()


def sending_to(endpoint: str) -> Tracing:
    """Traces that are sent by OTLP over HTTP to a collector at this address. Everything else, such
    as headers, sampling and the name of the service, is said by the `OTEL_…` variables."""
    resource = Resource.create({"service.version": __version__})
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": "firmhold"}))
    provider = TracerProvider(
        resource=resource, span_limits=SpanLimits(max_links=MOST_LINKS), shutdown_on_exit=False
    )
    exporter = OTLPSpanExporter(
        endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(provider)
